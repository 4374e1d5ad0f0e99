//! The nominee record: one JSON object with its assets, got and set by field name.

use std::path::Path;

use crate::diag::Diagnostics;
use crate::error::Error;
use crate::name::FieldName;

/// A record of a person (or of a sheet of people) with the files it names.
#[derive(Clone)]
pub struct Record {}

/// Where the files that a record names come from.
pub trait Assets {
    /// The bytes of the file at a path relative to the record's own folder, or why not.
    fn read(&self, path: &str) -> Result<Vec<u8>, crate::diag::Diagnostic>;
}

impl Record {
    /// Reads a record's file and the files it names.
    pub fn open(_path: &Path) -> Result<Record, Error> {
        todo!("helper D")
    }

    /// Reads a record from bytes.
    pub fn parse(_bytes: &[u8], _assets: &dyn Assets) -> Result<Record, Diagnostics> {
        todo!("helper D")
    }

    /// The record of nobody: every field empty.
    pub fn blank() -> Record {
        todo!("helper D")
    }

    /// The text of a field; `None` where it is absent, empty or not a text.
    pub fn text(&self, _name: &FieldName) -> Option<&str> {
        todo!("helper D")
    }

    /// The bytes of the file a field names (a photo), if the record names one.
    pub fn asset(&self, _name: &FieldName) -> Option<&[u8]> {
        todo!("helper D")
    }

    /// How many rows an array has, without empty rows at its end.
    pub fn rows(&self, _array: &str) -> usize {
        todo!("helper D")
    }
}
