//! The nominee record: one JSON object with its assets, got and set by field name.

// A diagnostic is large, and made only when something is wrong: boxing it would cost more words than it saves.
#![allow(clippy::result_large_err)]

mod edit;
mod encoding;
mod files;
pub mod id_number;
mod limits;
mod mask;
mod read;
mod syntax;
pub mod value;
mod write;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::name::{FieldName, Step};

pub use edit::Edit;
pub(crate) use edit::is_at;
pub(crate) use encoding::decode;
pub use files::{Assets, Folder, MAX_ALL_BYTES, MAX_FILE_BYTES, NoData, NoFiles, SENT, data_uri};
pub use limits::{MAX_BYTES, MAX_CHARS, MAX_DEPTH, MAX_ROWS, MAX_VALUES};
pub use mask::{mask_id_number, mask_mobile, mask_name};
pub(crate) use read::pointer_step;

/// A record of a person (or of a sheet of people) with the files it names.
#[derive(Clone, Default, PartialEq)]
pub struct Record {
    root: Map<String, Value>,
    /// The bytes of photos, by the dotted name of the value that names them.
    assets: BTreeMap<String, Arc<[u8]>>,
    troubles: Diagnostics,
}

/// What stands at a name in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`, which means the same as nothing.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number; never what a form wants (`3.30E+17`).
    Number,
    /// A text.
    Text,
    /// A list of rows.
    List,
    /// An object with keys of its own.
    Object,
}

impl Kind {
    /// The kind of a JSON value.
    pub fn of(value: &Value) -> Kind {
        match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::List,
            Value::Object(_) => Kind::Object,
        }
    }
}

impl Record {
    /// Reads a record's file and the files it names; their paths are relative to the folder of the record's file.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Refused`] where nothing usable is in it. Mistakes that leave
    /// a usable record (a missing photo) are in [`Record::troubles`].
    pub fn open(path: impl AsRef<Path>) -> Result<Record, Error> {
        let path = path.as_ref();
        let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        Record::from_reader(File::open(path).map_err(failed)?, folder).map_err(|error| match error {
            Error::Io { source, .. } => failed(source),
            other => other,
        })
    }

    /// Reads a record from a stream; the paths of the files it names are relative to `folder`.
    ///
    /// # Errors
    /// As [`Record::open`].
    pub fn from_reader(stream: impl Read, folder: &Path) -> Result<Record, Error> {
        let mut bytes = Vec::new();
        // One byte more than allowed, so that a stream that is too long is seen to be.
        let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let failed = |source| Error::Io { action: "read", path: "the record".into(), source };
        stream.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Record::parse(&bytes, &Folder::new(folder)).map_err(Error::Refused)
    }

    /// Reads a record from bytes: one JSON object in UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// What leaves no usable record: another encoding, broken JSON, a root that is no object, a limit overstepped.
    /// Everything else is in [`Record::troubles`], so that a check can tell all at once.
    pub fn parse(bytes: &[u8], assets: &dyn Assets) -> Result<Record, Diagnostics> {
        if bytes.len() > MAX_BYTES {
            return Err(one(limits::too_large(Place::Input { line: 1, column: 1 })));
        }
        let text = encoding::decode(bytes).map_err(one)?;
        let (root, troubles) = read::read(text)?;
        let mut record = Record { root, assets: BTreeMap::new(), troubles };
        files::load(&mut record, assets);
        Ok(record)
    }

    /// The record of nobody: every field empty.
    pub fn blank() -> Record {
        Record::default()
    }

    /// The mistakes found while reading that left a usable record: duplicate keys, a missing photo, a text beyond all limits.
    ///
    /// [`crate::check::check`] hands them on with the labels of the form.
    pub fn troubles(&self) -> &Diagnostics {
        &self.troubles
    }

    /// The text of a field; `None` where it is absent, empty or not a text.
    pub fn text(&self, name: &FieldName) -> Option<&str> {
        self.value(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether a box is ticked; `None` where the value is absent or neither `true` nor `false`.
    pub fn flag(&self, name: &FieldName) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    /// The bytes of the file a field names (a photo), if the record names one.
    pub fn asset(&self, name: &FieldName) -> Option<&[u8]> {
        self.assets.get(name.as_str()).map(|bytes| &**bytes)
    }

    /// The bytes of every file that the record holds (photos), by the dotted name of the value that names it.
    pub fn assets(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.assets.iter().map(|(name, bytes)| (name.as_str(), &**bytes))
    }

    /// How many rows an array has, without empty rows at its end; 0 where there is no array of that name.
    pub fn rows(&self, array: &str) -> usize {
        let rows = FieldName::parse(array).and_then(|name| self.value(&name)).and_then(Value::as_array);
        rows.and_then(|rows| rows.iter().rposition(|row| !is_empty(row))).map_or(0, |last| last + 1)
    }

    /// Whether there is anything at a name: a text that is not empty, a number, a tick, a list or object with something in it.
    pub fn has(&self, name: &FieldName) -> bool {
        self.value(name).is_some_and(|value| !is_empty(value))
    }

    /// What kind of value stands at a name; `None` where there is none.
    pub fn kind(&self, name: &FieldName) -> Option<Kind> {
        self.value(name).map(Kind::of)
    }

    /// The record's keys and values as they were read; the bytes of a photo given as a data URI are in [`Record::asset`] only.
    pub fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    fn value(&self, name: &FieldName) -> Option<&Value> {
        let mut steps = name.steps();
        let Some(Step::Key(first)) = steps.next() else { return None };
        steps.try_fold(self.root.get(first)?, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        })
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The records are people: neither a value nor a key of theirs reaches a log.
        write!(f, "Record({} keys, {} files, {} troubles)", self.root.len(), self.assets.len(), self.troubles.len())
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(rows) => rows.iter().all(is_empty),
        Value::Object(members) => members.values().all(is_empty),
    }
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    let mut list = Diagnostics::default();
    list.push(diagnostic);
    list
}

/// A place in the text, counted from its first byte: lines and columns from 1, columns in characters.
fn input_place(bytes: &[u8]) -> Place {
    let line = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    let last = bytes.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // Bytes that continue a character are not counted.
    let column = last.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count() + 1;
    Place::Input { line, column }
}

/// A message with its next step, in both languages: Chinese, English, what to do in Chinese, in English.
fn explained(code: &'static str, place: Place, [zh, en, help_zh, help_en]: [&str; 4]) -> Diagnostic {
    Diagnostic::error(code, place, Message::new(zh, en)).with_help(Message::new(help_zh, help_en))
}

#[cfg(test)]
mod tests;
