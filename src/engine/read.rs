//! Filled files that come back, as a template's.

use std::collections::BTreeSet;

use super::Engine;
use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::readback::{self, ReadBack};

impl Engine {
    /// Reads a filled PDF or DOCX as a template's, and checks its record as one that is handed in; `file` is what messages
    /// call it (no path is opened).
    ///
    /// Everything a person should look at is in [`ReadBack::warnings`], what is wrong with the record as errors.
    ///
    /// Errors: there is no such template, or it has mistakes; the file cannot be read.
    ///
    /// ```
    /// # fn main() -> Result<(), formwright::Error> {
    /// # use formwright::{Engine, PdfOptions, Record};
    /// let engine = Engine::open("templates", "fonts")?;
    /// let sent = Record::open("samples/nominee.json")?;
    /// let pdf = engine.fill("recommendation", sent.clone())?.pdf(&PdfOptions::fillable())?; // goes out, comes back
    ///
    /// let back = engine.read("recommendation", "filled.pdf", &pdf)?;
    /// assert!(back.warnings.is_empty());
    /// assert!(back.differences(&sent).is_empty());
    /// let again = engine.fill("recommendation", back.record())?; // the same bytes
    /// # assert_eq!(again.pdf(&PdfOptions::fillable())?, pdf);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read(&self, template: &str, file: &str, bytes: &[u8]) -> Result<ReadBack, Error> {
        self.template(template)?;
        self.checked(template, file, &ReadBack::read(file, bytes)?)
    }

    /// A file that was read, as [`Engine::read`] gives it.
    ///
    /// Errors: there is no such template, or it has mistakes.
    pub fn checked(&self, template: &str, file: &str, back: &ReadBack) -> Result<ReadBack, Error> {
        let mut back = self.suited(template, file, back)?;
        let checked = self.check(template, &back.record())?;
        back.warnings = together(std::mem::take(&mut back.warnings), checked);
        Ok(back)
    }

    /// A file that was read, with the kinds and labels of a template, and warnings where it does not suit it; its record is
    /// not checked.
    ///
    /// Errors: there is no such template, or it has mistakes.
    pub fn suited(&self, template: &str, file: &str, back: &ReadBack) -> Result<ReadBack, Error> {
        Ok(readback::suited(back, &self.form(template, &back.record())?, file))
    }
}

/// What reading found and what the check found, each fact once.
fn together(read: Diagnostics, checked: Diagnostics) -> Diagnostics {
    let places = |list: &Diagnostics, code: &str| -> BTreeSet<String> {
        let pointer = |one: &Diagnostic| if let Place::Record { pointer, .. } = &one.place { Some(pointer.clone()) } else { None };
        list.iter().filter(|one| one.code == code).filter_map(pointer).collect()
    };
    let told =
        |places: &BTreeSet<String>, one: &Diagnostic| matches!(&one.place, Place::Record { pointer, .. } if places.contains(pointer));
    let (dates, unknown) = (places(&checked, "date-form"), places(&read, "unknown-field"));
    let mut found = Diagnostics::default();
    found.extend(read.into_iter().filter(|one| one.code != "unreadable-date" || !told(&dates, one)));
    found.extend(checked.into_iter().filter(|one| one.code != "unknown-key" || !told(&unknown, one)));
    found
}
