//! The record written: values set by name, files taken in, the whole as JSON.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::{MAX_ROWS, Record};
use crate::name::{FieldName, Step};

impl Record {
    /// Sets the text of a field, making the objects and rows on the way.
    ///
    /// Returns whether it could: not where the way leads through a value of another kind or past the last allowed row.
    pub fn set(&mut self, name: &FieldName, text: &str) -> bool {
        self.put(name, Value::from(text))
    }

    /// Ticks a box, or takes its tick away. Returns whether it could, as [`Record::set`].
    pub fn set_flag(&mut self, name: &FieldName, ticked: bool) -> bool {
        self.put(name, Value::from(ticked))
    }

    /// Names the file of a field (a photo), as a path relative to the record's own folder, and holds its bytes.
    ///
    /// Returns whether it could, as [`Record::set`]. No file is written.
    pub fn attach(&mut self, name: &FieldName, path: &str, bytes: &[u8]) -> bool {
        let set = self.set(name, path);
        if set {
            self.assets.insert(name.as_str().to_owned(), Arc::from(bytes));
        }
        set
    }

    /// Holds the bytes of a field's file (a JPEG or PNG) in the record itself, as a data URI (RFC 2397) would.
    ///
    /// Returns whether it could, as [`Record::set`].
    pub fn embed(&mut self, name: &FieldName, bytes: &[u8]) -> bool {
        let kind = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
        // As after reading: the head stands in the tree, the bytes are kept once.
        self.attach(name, &format!("data:image/{kind};base64,"), bytes)
    }

    /// Holds every file that was read (photos) in the record itself, so that its JSON needs no file beside it.
    pub fn embed_files(&mut self) {
        let held: Vec<(FieldName, Arc<[u8]>)> =
            self.assets.iter().filter_map(|(name, bytes)| Some((FieldName::parse(name)?, Arc::clone(bytes)))).collect();
        for (name, bytes) in held {
            self.embed(&name, &bytes);
        }
    }

    /// The names of the fields whose files the record holds in itself, with the files' bytes.
    pub fn embedded(&self) -> impl Iterator<Item = (FieldName, &[u8])> {
        self.assets.iter().filter_map(|(name, bytes)| {
            let name = FieldName::parse(name)?;
            is_head(self.text(&name)?).then_some((name, &**bytes))
        })
    }

    /// The record as JSON, indented, with a line end at its end; [`Record::parse`] reads it back.
    ///
    /// Keys stand in the order in which they were read or set. Photos held in the record are data URIs; a photo that is a
    /// file of its own is named only.
    pub fn to_json(&self) -> String {
        let mut root = self.root.clone();
        for (name, bytes) in self.embedded() {
            if let Some(Value::String(text)) = at(&mut root, &name) {
                text.push_str(&BASE64_STANDARD.encode(bytes));
            }
        }
        format!("{:#}\n", Value::Object(root))
    }

    pub(super) fn put(&mut self, name: &FieldName, value: Value) -> bool {
        let mut steps = name.steps().peekable();
        let Some(Step::Key(first)) = steps.next() else { return false };
        let mut at = self.root.entry(first).or_insert(Value::Null);
        while let Some(step) = steps.next() {
            let next = match step {
                Step::Key(key) => {
                    if at.is_null() {
                        *at = Value::Object(Map::new());
                    }
                    at.as_object_mut().map(|members| members.entry(key).or_insert(Value::Null))
                }
                Step::Index(index) if index < MAX_ROWS => {
                    if at.is_null() {
                        *at = Value::Array(Vec::new());
                    }
                    // A row without anything in it is written as what its neighbours are.
                    let row = if matches!(steps.peek(), Some(Step::Key(_))) { Value::Object(Map::new()) } else { Value::Null };
                    at.as_array_mut().and_then(|rows| {
                        if rows.len() <= index {
                            rows.resize(index + 1, row);
                        }
                        rows.get_mut(index)
                    })
                }
                Step::Index(_) => None,
            };
            match next {
                Some(next) => at = next,
                None => return false,
            }
        }
        if matches!(at, Value::Array(_) | Value::Object(_)) {
            return false;
        }
        *at = value;
        true
    }
}

/// Whether a text is a data URI without its bytes.
fn is_head(text: &str) -> bool {
    text.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) && text.ends_with(',')
}

/// The value at a name.
pub(super) fn at<'r>(root: &'r mut Map<String, Value>, name: &FieldName) -> Option<&'r mut Value> {
    let mut steps = name.steps();
    let Some(Step::Key(first)) = steps.next() else { return None };
    steps.try_fold(root.get_mut(first)?, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}
