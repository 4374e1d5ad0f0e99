//! What changed: a file that came back, beside the record it was made from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::restore::{label, label_of_column, restored};
use super::{Content, ReadBack, Returned};
use crate::diag::{Diagnostic, Place};
use crate::form::FieldKind;
use crate::image;
use crate::name::FieldName;
use crate::record::{Record, value};

/// A field whose value is not what the record has.
#[derive(Clone, PartialEq)]
pub struct Difference {
    /// The field.
    pub name: FieldName,
    /// What the paper calls it, with the number of its row; empty where the file does not tell.
    pub label: String,
    /// What happened.
    pub change: Change,
    /// What the record has.
    pub before: Content,
    /// What the file has.
    pub after: Content,
}

/// What happened to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was nothing before.
    Added,
    /// It is another now.
    Changed,
    /// It is empty now.
    Removed,
    /// The file has no place for it: a row that the form was not made with, or a field that was taken out of it.
    NoPlace,
}

impl Change {
    /// The change in one word, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Removed => "removed",
            Change::NoPlace => "no-place",
        }
    }
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A record's value never reaches a log.
        f.debug_struct("Difference").field("name", &self.name).field("change", &self.change).finish_non_exhaustive()
    }
}

/// The fields of a file whose values are not those of a record, in the file's order.
///
/// Values are compared in the record's form, photos by their pixels. A key of the record that the file does not show is passed
/// over, but for rows of a list that it shows in part, and for fields that were taken out of the file.
pub fn differences(back: &ReadBack, record: &Record) -> Vec<Difference> {
    let mut found: Vec<Difference> = back.fields.iter().filter_map(|field| difference(field, record)).collect();
    found.extend(without_place(back, record));
    found
}

fn difference(field: &Returned, record: &Record) -> Option<Difference> {
    let (before, after) = match &field.value {
        Content::Text(text) => {
            let before = restored(field.kind.as_ref(), record.text(&field.name).unwrap_or_default()).text;
            let after = restored(field.kind.as_ref(), text).text;
            if before == after || (field.kind.is_none() && is_printed(&before, &after)) {
                return None;
            }
            (Content::Text(before), Content::Text(after))
        }
        Content::Ticked(ticked) => {
            let before = record.flag(&field.name) == Some(true);
            if before == *ticked {
                return None;
            }
            (Content::Ticked(before), Content::Ticked(*ticked))
        }
        Content::Picture(picture) => {
            let before = record.asset(&field.name);
            let same = match (before, picture) {
                (Some(before), Some(after)) => image::same(before, after),
                (before, after) => before.is_none() && after.is_none(),
            };
            if same {
                return None;
            }
            (Content::Picture(before.map(<[u8]>::to_vec)), Content::Picture(picture.clone()))
        }
    };
    let change = match (is_nothing(&before), is_nothing(&after)) {
        (true, _) => Change::Added,
        (false, true) => Change::Removed,
        (false, false) => Change::Changed,
    };
    Some(Difference { name: field.name.clone(), label: label(&field.name, &field.label), change, before, after })
}

/// Whether a value stands in a file as the paper shows it, where the file does not tell any more that it is a month or a date.
fn is_printed(stored: &str, printed: &str) -> bool {
    [value::month_on_paper(stored), value::date_on_paper(stored)].iter().any(|paper| paper.as_deref() == Some(printed))
}

fn is_nothing(content: &Content) -> bool {
    match content {
        Content::Text(text) => text.is_empty(),
        Content::Ticked(ticked) => !ticked,
        Content::Picture(picture) => picture.is_none(),
    }
}

/// Values in rows that the file was not made with, though it has other rows of the same list, and in fields that were taken
/// out of it.
fn without_place(back: &ReadBack, record: &Record) -> Vec<Difference> {
    let names: BTreeSet<&str> = back.fields.iter().map(|field| field.name.as_str()).collect();
    let mut columns: BTreeMap<String, &Returned> = BTreeMap::new();
    for field in &back.fields {
        columns.entry(field.name.pattern()).or_insert(field);
    }
    let gone: BTreeSet<&str> = back.warnings.iter().filter(|one| one.code == "field-missing").filter_map(pointer).collect();
    let mut leaves = Vec::new();
    for (key, value) in record.root() {
        walk(key.clone(), value, &mut leaves);
    }
    let lost = leaves.into_iter().filter_map(|(name, value)| {
        let name = FieldName::parse(&name).filter(|name| !names.contains(name.as_str()))?;
        let column = columns.get(&name.pattern());
        if column.is_none() && !gone.contains(name.pointer().as_str()) {
            return None;
        }
        let kind = column.and_then(|column| column.kind.as_ref());
        let before = match (record.asset(&name), value) {
            (Some(photo), _) => Content::Picture(Some(photo.to_vec())),
            // A photo that could not be loaded is told by the record.
            (None, _) if kind == Some(&FieldKind::Photo) => return None,
            (None, Value::String(text)) => Content::Text(restored(kind, text).text),
            (None, value) => Content::Ticked(value.as_bool()?),
        };
        let after = match &before {
            Content::Text(_) => Content::Text(String::new()),
            Content::Ticked(_) => Content::Ticked(false),
            Content::Picture(_) => Content::Picture(None),
        };
        let label = column.map(|column| label(&name, &label_of_column(&name, &column.name, &column.label))).unwrap_or_default();
        (!is_nothing(&before)).then_some(Difference { name, label, change: Change::NoPlace, before, after })
    });
    lost.collect()
}

/// The pointer of the field that a diagnostic speaks of.
fn pointer(diagnostic: &Diagnostic) -> Option<&str> {
    if let Place::Record { pointer, .. } = &diagnostic.place { Some(pointer) } else { None }
}

/// The texts and ticks below a value, by their dotted names. A record is no deeper than it may be.
fn walk<'r>(name: String, value: &'r Value, leaves: &mut Vec<(String, &'r Value)>) {
    match value {
        Value::Array(rows) => rows.iter().enumerate().for_each(|(index, row)| walk(format!("{name}.{index}"), row, leaves)),
        Value::Object(members) => members.iter().for_each(|(key, value)| walk(format!("{name}.{key}"), value, leaves)),
        Value::String(_) | Value::Bool(_) => leaves.push((name, value)),
        Value::Null | Value::Number(_) => {}
    }
}
