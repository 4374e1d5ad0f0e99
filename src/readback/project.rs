//! The law of the way back: reading what was written gives the record projected on the form.

use super::restore::restored;
use crate::form::{FieldKind, Form};
use crate::record::Record;

/// What of a record can come back from a form: the values of the form's fields, in the record's form.
///
/// Keys that the form does not show cannot come back. An empty text (or one of white space alone) and an unticked box equal an absent key, empty rows at
/// a list's end drop, lines end in `\n`, and a month or a date that is spelt another way comes back as the record spells it.
pub fn project(form: &Form, record: &Record) -> Record {
    let mut projected = Record::blank();
    for field in form.fields.iter().filter(|field| field.kind.is_data()) {
        let name = &field.name;
        match field.kind {
            FieldKind::Photo => {
                if let Some(bytes) = record.asset(name) {
                    projected.embed(name, bytes);
                }
            }
            FieldKind::Check => {
                if record.flag(name) == Some(true) {
                    projected.set_flag(name, true);
                }
            }
            _ => {
                let text = restored(Some(&field.kind), record.text(name).unwrap_or_default()).text;
                if !text.is_empty() {
                    projected.set(name, &text);
                }
            }
        }
    }
    projected
}
