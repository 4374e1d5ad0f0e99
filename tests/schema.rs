//! The schema of two forms, as a person would read it; `BLESS=1` rewrites it.

mod support;

use std::fs;
use std::path::Path;

use formwright::engine::Engine;
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
fn a_list_has_the_titles_of_its_columns() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::open(home.join("templates"), home.join("fonts")).expect("the shipped templates");
    let schema = engine.schema("recommendation").expect("a schema");
    let row = &schema["properties"]["resume"]["items"]["properties"];
    let titles: Vec<_> = row.as_object().into_iter().flatten().map(|(_, member)| member["title"].as_str().unwrap_or_default()).collect();
    assert_eq!(titles, ["起止年月", "在何地从事何职业（工种）工作", "证明人"]);
}

#[test]
fn only_what_counts_rows_is_taken_from_a_title() {
    let mut form = support::recommendation(3);
    for field in &mut form.fields {
        if let Some(row) = field.name.as_str().strip_prefix("resume.").and_then(|rest| rest.split('.').next()) {
            let row: usize = row.parse().expect("a row");
            field.label = format!("简历第{}行·{}·{}", row + 1, field.label, if field.label == "证明人" { row + 1 } else { 0 });
        }
    }
    let schema = schema(&form, &layout(&form));
    let row = schema["properties"]["resume"]["items"]["properties"].as_object().expect("rows").clone();
    let titles: Vec<_> = row.iter().map(|(_, member)| member["title"].as_str().unwrap_or_default()).collect();
    assert!(!titles.is_empty() && titles.iter().all(|title| !title.contains('第')), "{titles:?}");
    assert!(titles.contains(&"证明人") && titles.iter().filter(|title| title.ends_with("·0")).count() == titles.len() - 1, "{titles:?}");
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
