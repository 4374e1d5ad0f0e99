//! A form that this project does not ship: a folder with other fields, and no code.

#[path = "support/batches.rs"]
mod batches;
#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;
#[allow(clippy::type_complexity)] // the parts of a form, written out
#[path = "support/service.rs"]
mod service;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use batches::{Office, settings};
use formwright::form::Role;
use formwright::layout::ItemKind;
use formwright::readback::ReadBack;
use formwright::{DocxOptions, Engine, PdfOptions, Record};
use serde_json::{Value, json};
use service::Service;

/// The project's templates with `tests/own` beside them.
fn templates() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for from in ["templates", "tests/own"] {
        for (name, bytes) in batches::files(Path::new(from)) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
            fs::write(path, bytes).expect("it can be written");
        }
    }
    folder
}

fn sample(name: &str) -> Value {
    serde_json::from_slice(&fs::read(format!("tests/own/{name}/sample.json")).expect("it is there")).expect("it is JSON")
}

#[test]
fn it_is_made_and_read_back() {
    let folder = templates();
    let engine = Engine::open(folder.path(), "fonts").expect("they can be opened");
    for name in ["leave", "club"] {
        let record = Record::parse(sample(name).to_string().as_bytes(), &formwright::record::NoFiles).expect("it is sound");
        let form = engine.fill(name, record.clone()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let files = [
            ("form.pdf", form.pdf(&PdfOptions::fillable()).expect("it can be written")),
            ("form.docx", form.docx(&DocxOptions::default()).expect("it can be written")),
        ];
        for (file, bytes) in files {
            let back = ReadBack::read(file, &bytes).unwrap_or_else(|found| panic!("{name} {file}: {found:?}"));
            assert!(back.warnings.is_empty() && back.differences(&record).is_empty(), "{name} {file}: {:?}", back.warnings);
        }
        // Rows that stand on the paper once and for all are not exceeded; a list grows.
        let full = engine.overfull(name).expect("a record");
        let filled = engine.fill(name, full.clone()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(filled.pages() > 1, "{name}");
        assert_eq!((full.rows("cover"), full.rows("members")), if name == "leave" { (3, 0) } else { (0, 5) });
    }
}

/// In a box that is too narrow for the room between them, 年, 月 and 日 stay on one line.
#[test]
fn an_empty_date_stays_on_its_line() {
    let folder = templates();
    let path = folder.path().join("leave/form.hbs");
    let text = fs::read_to_string(&path).expect("it is there");
    for (cols, lines) in [("40 60", 3), ("26 60", 3), ("60 40", 3)] {
        fs::write(&path, text.replace("cols=\"40 60\"", &format!("cols=\"{cols}\""))).expect("it can be written");
        let engine = Engine::open(folder.path(), "fonts").expect("they can be opened");
        let blank = engine.blank("leave").expect("it is a form");
        let (form, layout) = (blank.form(), blank.layout());
        let mut found = BTreeSet::new();
        for item in layout.frames.iter().flat_map(|frame| &frame.items) {
            let Role::Value(at) = item.role else { continue };
            let inner = match &item.kind {
                ItemKind::Widget(widget) => widget.items.clone(),
                _ => vec![item.clone()],
            };
            for set in inner.iter().filter(|_| form[at].name.as_str().ends_with(".day")) {
                if let ItemKind::Text(set) = &set.kind {
                    found.extend(set.runs.iter().map(|run| (at.0, (run.baseline.0 * 100.0) as i64)));
                }
            }
        }
        assert_eq!(found.len(), lines, "{cols}: a line each");
    }
}

/// A line that lies over a table's edge, which no straight cut parts from it, loses neither in the DOCX.
#[test]
fn a_line_over_a_table_loses_nothing() {
    let folder = templates();
    let path = folder.path().join("club/form.hbs");
    let text = fs::read_to_string(&path).expect("it is there");
    let moved = text.replace("y=\"25\"", "y=\"40\"");
    assert_ne!(text, moved);
    fs::write(&path, moved).expect("it can be written");
    let engine = Engine::open(folder.path(), "fonts").expect("they can be opened");
    let record = Record::parse(sample("club").to_string().as_bytes(), &formwright::record::NoFiles).expect("it is sound");
    let bytes = engine.fill("club", record.clone()).expect("it can be set").docx(&DocxOptions::default()).expect("it can be written");
    let back = ReadBack::read("form.docx", &bytes).expect("it can be read");
    assert!(back.differences(&record).is_empty());
}

#[test]
fn it_is_served() {
    let (folder, kept) = (templates(), tempfile::tempdir().expect("there is room for a folder"));
    let engine = Arc::new(Engine::open(folder.path(), "fonts").expect("they can be opened"));
    let service = Service::start_on(engine, settings(kept.path(), |_| {}));
    let first = service.get("/").text();
    for (name, title) in [("leave", "职工请假申请单"), ("club", "社团名单")] {
        let about = service.get(&format!("/v1/templates/{name}")).json();
        assert_eq!(about["title"], title);
        assert!(first.contains(title), "{name} is on the first page");
        assert_eq!(service.get(&format!("/v1/templates/{name}/sample")).json(), sample(name));
        assert_eq!(service.get(&format!("/entry/{name}")).status, 200);
        for output in about["outputs"].as_array().expect("a list").iter().filter_map(Value::as_str) {
            let asked = json!({ "record": sample(name), "output": output });
            let made = service.post_json(&format!("/v1/templates/{name}/render"), &asked);
            assert_eq!(made.status, 200, "{name} {output}: {}", made.text());
        }
    }

    // The round asks nothing of those who are on none of its forms: each has the mistakes of the form alone.
    let office = Office { service, folder: kept };
    let mut wrong = sample("leave");
    wrong["from"] = json!("2026-13-01");
    let place = office.send_json(&json!({ "template": "leave", "records": [sample("leave"), wrong] }));
    let status = office.done(&place);
    assert_eq!((&status["done"], &status["held"], &status["warnings"]), (&json!(1), &json!(1), &json!(0)), "{status}");
    let items = office.items(&place);
    let found: Vec<&Value> = items.iter().flat_map(|item| item["problems"].as_array().expect("a list")).map(|one| &one["code"]).collect();
    assert_eq!(found, ["impossible-date"]);
}
