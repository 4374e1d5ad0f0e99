//! The schema of two forms, as a person would read it; `BLESS=1` rewrites it.

mod support;

use std::fs;
use std::path::Path;

use formwright::form::{FieldKind, Form, TextFormat};
use formwright::layout::{FieldValue, Layout};
use formwright::schema::schema;

/// A layout that says of every plain text that it holds twenty characters.
fn layout(form: &Form) -> Layout {
    let capacity = |kind: &FieldKind| matches!(kind, FieldKind::Text(TextFormat::Plain) | FieldKind::Choice(_)).then_some(20);
    let values = form.fields.iter().map(|field| FieldValue { text: String::new(), capacity: capacity(&field.kind) });
    Layout { frames: Vec::new(), values: values.collect() }
}

#[test]
fn schemas_are_as_written() {
    for (name, form) in [("recommendation", support::recommendation(3)), ("summary", support::summary(2))] {
        let mut got = serde_json::to_string_pretty(&schema(&form, &layout(&form))).expect("a value can be written");
        got.push('\n');
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema").join(name).with_extension("json");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &got).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        assert_eq!(got, fs::read_to_string(&path).unwrap_or_default(), "{}", path.display());
    }
}

#[test]
fn more_rows_do_not_change_the_schema() {
    let [few, many] = [support::recommendation(1), support::recommendation(12)].map(|form| schema(&form, &layout(&form)));
    assert_eq!(few, many);
}

#[test]
fn signatures_and_seals_are_absent() {
    let form = support::recommendation(1);
    let text = schema(&form, &layout(&form)).to_string();
    assert!(form.fields.iter().any(|field| field.kind == FieldKind::Seal));
    assert!(!text.contains("seal") && !text.contains("盖章"));
}
