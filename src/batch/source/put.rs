//! Values of a record by their names as texts.

use crate::name::FieldName;
use crate::record::Record;

/// The text of a field.
pub fn text<'r>(record: &'r Record, name: &str) -> Option<&'r str> {
    record.text(&FieldName::parse(name)?)
}

/// Sets the text of a field; whether it could.
pub fn set(record: &mut Record, name: &str, text: &str) -> bool {
    FieldName::parse(name).is_some_and(|name| record.set(&name, text))
}

/// Names and holds the file of a field; whether it could.
pub fn attach(record: &mut Record, name: &str, path: &str, bytes: &[u8]) -> bool {
    FieldName::parse(name).is_some_and(|name| record.attach(&name, path, bytes))
}

/// The paths of the copies that a record names.
pub fn files(record: &Record) -> Vec<String> {
    let rows = 0..record.rows("attachments");
    rows.filter_map(|row| text(record, &format!("attachments.{row}.file")).map(str::to_owned)).collect()
}
