//! Workbooks as other programs see them: LibreOffice prints and saves them, openpyxl fills them in, Microsoft's validator
//! reads them. `tests/run` installs them; without it these tests are left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwright::diag::{Lang, print};
use formwright::sheet::People;
use formwright::{Engine, Record};
use serde_json::{Value, json};

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_summary_sheet_is_sound_and_prints_on_landscape_paper() {
    let folder = folder("summary");
    let engine = engine();
    let long = long_sheet(&folder);
    for (name, path) in [("sheet", root().join("samples/sheet.json")), ("long", long)] {
        let record = Record::open(&path).expect("the record");
        let file = folder.join(format!("{name}.xlsx"));
        fs::write(&file, engine.fill("summary", record).and_then(|filled| filled.xlsx()).expect("a workbook")).expect("a file");
        let done = python("docx_office.py", &["pdf", text(&folder.join("printed")), text(&file)]);
        assert!(done.0, "{}", done.2);
        let pdf = folder.join(format!("printed/{name}.pdf"));
        let title = "温州市第七轮首席技师推荐人选情况一览表";
        let facts = sound(&[text(&file), "--title", title, "--summary", text(&path), "--pdf", text(&pdf)]);
        assert!(facts["pages"].as_u64().is_some_and(|pages| pages >= 2), "{facts}");
    }
}

/// People whose texts are as long as their narrow columns can be, and texts that look like formulas.
fn long_sheet(folder: &Path) -> PathBuf {
    let brief = |text: &str| json!({"innovations": text.repeat(14), "awards": "=1+1", "opinion": "-同意", "publications": "@SUM(A1)"});
    let people: Vec<Value> = (100..106)
        .map(|number| {
            json!({"name": "王㛃", "employer": "+某厂", "id_number": format!("990000198503120{number}"), "mobile": "19900000001",
                "skill_level_date": "2012-01", "brief": brief("完成绷帮机等技术革新3项，"), "remark": "=HYPERLINK(\"x\")"})
        })
        .collect();
    let path = folder.join("long.json");
    fs::write(&path, json!({"nominees": people}).to_string()).expect("a file");
    path
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_workbook_to_fill_in_is_sound() {
    let folder = folder("blank");
    let file = folder.join("recommendation.xlsx");
    fs::write(&file, engine().workbook("recommendation").expect("a workbook")).expect("a file");
    sound(&[text(&file), "--title", "温州市第七轮首席技师推荐表"]);
}

/// Filled in by openpyxl, and saved by LibreOffice after that, every sample comes back as it was, and nobody is warned.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_openpyxl_fills_in_and_libreoffice_saves_comes_back_whole() {
    let folder = folder("filled");
    let (empty, records) = issued(&folder);
    let (by_python, by_office) = (folder.join("filled.xlsx"), folder.join("saved/filled.xlsx"));
    let done = python("xlsx_fill.py", &[text(&empty), text(&folder.join("records.json")), text(&by_python)]);
    assert!(done.0, "{}", done.2);
    let done = python("docx_office.py", &["xlsx", text(&folder.join("saved")), text(&by_python)]);
    assert!(done.0, "{}", done.2);
    for file in [by_python, by_office] {
        let people = read(&file);
        assert_eq!(values(&people), records, "{}", file.display());
        assert_eq!(warnings(&people), "", "{}", file.display());
    }
}

/// Dates, numbers, the calendar of 1904, a title above, columns moved and hidden, sheets renamed and in another order.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_spoilt_workbook_comes_back_whole_and_says_what_was_wrong() {
    let folder = folder("spoilt");
    let (empty, records) = issued(&folder);
    let spoilt = folder.join("spoilt.xlsx");
    let done = python("xlsx_fill.py", &[text(&empty), text(&folder.join("records.json")), text(&spoilt), "--spoilt"]);
    assert!(done.0, "{}", done.2);
    let done = python("docx_office.py", &["xlsx", text(&folder.join("saved")), text(&spoilt)]);
    assert!(done.0, "{}", done.2);
    for file in [spoilt, folder.join("saved/spoilt.xlsx")] {
        let people = read(&file);
        assert_eq!(values(&people), records, "{}\n{}", file.display(), warnings(&people));
        for person in &people.list {
            let codes = person.found.codes();
            for code in ["date-cell", "number-for-text", "spaces"] {
                assert!(codes.contains(&code), "{}: {codes:?}", file.display());
            }
            assert!(!person.found.has_errors());
        }
    }
}

/// The empty workbook, and the samples as one list beside it; what of them has columns.
fn issued(folder: &Path) -> (PathBuf, Vec<Value>) {
    let empty = folder.join("empty.xlsx");
    fs::write(&empty, engine().workbook("recommendation").expect("a workbook")).expect("a file");
    let mut records: Vec<Value> = ["nominee", "minority", "overfull"]
        .iter()
        .map(|name| serde_json::from_slice(&fs::read(root().join(format!("samples/{name}.json"))).expect("a sample")).expect("JSON"))
        .collect();
    for (number, record) in (10..).zip(&mut records) {
        let record = record.as_object_mut().expect("an object");
        // For the pen, so the workbook does not ask for them.
        record.remove("opinions");
        record.remove("form_month");
        record.insert("id_number".into(), format!("9900001985031200{number}").into());
        record.insert("postcode".into(), "325000".into());
        record.insert("mobile".into(), "19900000001".into());
        record.insert("birth".into(), "1985-03".into());
        record.insert("attachments".into(), json!([{"file": "证书.pdf", "caption": "=证书"}]));
    }
    fs::write(folder.join("records.json"), Value::from(records.clone()).to_string()).expect("a file");
    (empty, records.iter().map(sorted).collect())
}

fn read(file: &Path) -> People {
    engine()
        .people("recommendation", "人员.xlsx", &fs::read(file).expect("a file"))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn values(people: &People) -> Vec<Value> {
    people.list.iter().map(|person| sorted(&Value::Object(person.record.root().clone()))).collect()
}

fn warnings(people: &People) -> String {
    people.list.iter().map(|person| &person.found).chain([&people.found]).map(|found| print(found, Lang::Zh)).collect()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            members.sort_by_key(|(key, _)| key.as_str());
            Value::Object(members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(rows) => rows.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn sound(arguments: &[&str]) -> Value {
    let (good, said, complaint) = python("xlsx_sound.py", arguments);
    assert!(good, "{said}{complaint}");
    serde_json::from_str::<Value>(&said).expect("a report")["facts"].clone()
}

/// Runs a script: whether it was content, and what it said.
fn python(script: &str, arguments: &[&str]) -> (bool, String, String) {
    let program = root().join("target/readers/venv/bin/python");
    let mut command = Command::new(&program);
    command.arg(root().join("tests/readers").join(script)).args(arguments);
    command.env("READERS_NODE", root().join("target/readers/node/node_modules")).env("PYTHONDONTWRITEBYTECODE", "1");
    let done = command.output().unwrap_or_else(|error| panic!("{}: {error}; run tests/run, which installs it", program.display()));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.success(), said(&done.stdout), said(&done.stderr))
}

fn engine() -> Engine {
    Engine::open(root().join("templates"), root().join("fonts")).expect("the engine opens")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("calc").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the project lies at a path that is UTF-8")
}
