//! The people of a workbook, kept as text: five thousand records as trees would be ten times as large.

use super::Loaded;
use crate::diag::Diagnostics;
use crate::engine::Engine;
use crate::error::Error;
use crate::record::{Folder, Record};
use crate::sheet;

/// A person of a workbook.
pub struct Person {
    /// What people see: 人员 第5行.
    pub place: String,
    /// The record as JSON.
    pub record: String,
    /// What was found while the row was read.
    pub found: Diagnostics,
}

/// The people of a workbook, and what is nobody's.
pub fn read(engine: &Engine, template: &str, file: &str, bytes: &[u8]) -> Result<(Vec<Person>, Diagnostics), Error> {
    let people = engine.people(template, file, bytes)?;
    let person = |sheet::Person { place, record, found }| Person { place, record: record.to_json(), found };
    Ok((people.list.into_iter().map(person).collect(), people.found))
}

/// A person as an entry of the source.
pub fn load(person: &Person, folder: &Folder) -> Loaded {
    let mut found = person.found.clone();
    let record = Record::parse(person.record.as_bytes(), folder).map_err(|mistakes| found.extend(mistakes)).ok();
    Loaded { record, found, files: Box::new(folder.clone()) }
}
