//! The people of a workbook, kept as text: five thousand records as trees would be ten times as large.

use super::Loaded;
use crate::diag::Diagnostics;
use crate::engine::Engine;
use crate::error::Error;
use crate::record::{Folder, Record};

/// A person of a workbook.
pub struct Person {
    /// What people see: 人员 第5行.
    pub place: String,
    /// The record as JSON; `None` where the row could not be read.
    pub record: Option<String>,
    /// What was found while the row was read.
    pub found: Diagnostics,
}

/// The people of a workbook.
pub struct People {
    /// One for each row that is used.
    pub list: Vec<Person>,
    /// What belongs to no person.
    pub found: Diagnostics,
}

/// Reads a workbook.
///
/// SEAM: the lead connects `Engine::people` here when helper XLSX is merged (`record: Some(person.record.to_json())`); until
/// then a workbook is refused with advice.
pub fn read(_engine: &Engine, _template: &str, file: &str, _bytes: &[u8]) -> Result<People, Error> {
    let mut found = Diagnostics::default();
    found.push(super::said::unknown_kind(file));
    Err(Error::Refused(found))
}

/// A person as an entry of the source.
pub fn load(person: &Person, folder: &Folder) -> Loaded {
    let mut found = person.found.clone();
    let record =
        person.record.as_deref().and_then(|text| Record::parse(text.as_bytes(), folder).map_err(|mistakes| found.extend(mistakes)).ok());
    Loaded { record, found, files: Box::new(folder.clone()) }
}
