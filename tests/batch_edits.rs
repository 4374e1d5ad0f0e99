//! What a service needs of a batch: values put right beside the source, one person alone, word of everybody, trying again.

#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use formwright::batch::{self, BatchOptions, Edits, Format, Outcome, Problem, Progress, Source, Stage, State, Unwatched, Watch};
use formwright::record::Edit;
use formwright::{DocxOptions, Engine, Error, FieldName, PdfOptions, Record};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

type Any = Box<dyn std::error::Error>;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        Engine::open(home.join("templates"), home.join("fonts")).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// A folder with a list and the photos that its people name.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Result<Desk, Any> {
        let desk = Desk(tempfile::tempdir()?);
        people::photos(desk.0.path());
        Ok(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, people: &[Value]) -> Result<PathBuf, Any> {
        let lines: Vec<String> = people.iter().map(Value::to_string).collect();
        fs::write(self.path(name), lines.join("\n"))?;
        Ok(self.path(name))
    }

    fn run(&self, source: &Path, output: &str, options: &BatchOptions) -> Result<Outcome, Error> {
        batch::run(engine(), source, &self.path(output), options, &Unwatched)
    }
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn said(text: &str) -> Edit {
    Edit::Text(text.to_owned())
}

fn edits(list: &[(usize, &str, Edit)]) -> Edits {
    let mut edits = Edits::default();
    list.iter().for_each(|(entry, field, edit)| edits.put(*entry, name(field), edit.clone()));
    edits
}

fn with(edits: Edits) -> BatchOptions {
    BatchOptions { edits, ..BatchOptions::default() }
}

fn text<'r>(record: &'r Record, field: &str) -> &'r str {
    record.text(&name(field)).unwrap_or_default()
}

fn codes(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|one| format!("{}@{}", one.code, one.pointer.as_deref().unwrap_or("-"))).collect()
}

/// Every file below a folder but the program's own.
fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, Any> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with(".formwright") {
            files.extend(
                tree(&path)?.into_iter().map(|(inner, bytes)| (Path::new(path.file_name().unwrap_or_default()).join(inner), bytes)),
            );
        } else if path.is_file() {
            files.insert(path.file_name().unwrap_or_default().into(), fs::read(&path)?);
        }
    }
    Ok(files)
}

#[test]
fn a_batch_with_edits_is_the_batch_of_a_source_that_was_right() -> Result<(), Any> {
    let desk = Desk::new()?;
    let right: Vec<Value> = (0..4).map(people::person).collect();
    let mut sent = right.clone();
    sent[2]["id_number"] = json!("990000198503120028");
    sent[3]["recommender"] = json!("鹿城");
    sent[3]["resume"].as_array_mut().ok_or("rows")?.pop();
    let source = desk.put("all.jsonl", &sent)?;
    let before = fs::read(&source)?;
    let formats = vec![Format::Pdf, Format::Docx, Format::Fillable];
    let options = |edits| BatchOptions { formats: formats.clone(), mask: true, ..with(edits) };

    let first = desk.run(&source, "out", &options(Edits::default()))?;
    assert_eq!((first.report.count(State::Held), first.report.renders), (1, 3));

    let last = right[3]["resume"].as_array().ok_or("rows")?.len() - 1;
    let mut list =
        vec![(2, "id_number".to_owned(), right[2]["id_number"].clone()), (3, "recommender".to_owned(), right[3]["recommender"].clone())];
    for (key, value) in right[3]["resume"][last].as_object().ok_or("a row")? {
        list.push((3, format!("resume.{last}.{key}"), value.clone()));
    }
    let mut edits = Edits::default();
    for (entry, field, value) in list {
        edits.put(entry, name(&field), said(value.as_str().ok_or("a text")?));
    }
    let mended = desk.run(&source, "out", &options(edits))?;
    // The third for the first time, the fourth again; nobody else.
    assert_eq!((mended.report.count(State::Done), mended.report.renders), (4, 4));
    let by_entry: BTreeMap<usize, u32> = mended.report.lines.iter().map(|line| (line.entry, line.renders)).collect();
    assert_eq!(by_entry, BTreeMap::from([(0, 1), (1, 1), (2, 1), (3, 1)]));
    assert_eq!(fs::read(&source)?, before, "what was sent stays as it is");

    // The whole folder is that of a source that was right from the beginning: numbers, names, print file, sheets, reports.
    fs::create_dir(desk.path("right"))?;
    people::photos(&desk.path("right"));
    let fresh = desk.run(&desk.put("right/all.jsonl", &right)?, "fresh", &options(Edits::default()))?;
    assert_eq!(fresh.report, mended.report);
    assert_eq!(tree(&desk.path("out"))?, tree(&desk.path("fresh"))?);

    // Edits taken back are as if they had never been.
    let back = desk.run(&source, "out", &options(Edits::default()))?;
    let shown = |outcome: &Outcome| -> Vec<_> {
        outcome.report.lines.iter().map(|line| (line.n, line.state, line.unit.clone(), line.problems.clone(), line.files.clone())).collect()
    };
    assert!(shown(&back) == shown(&first));
    Ok(())
}

#[test]
fn what_was_wrong_with_a_cell_goes_when_its_value_is_put_right() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (col, key) in ["name", "id_number", "mobile"].into_iter().enumerate() {
        sheet.write_string(0, u16::try_from(col)?, key)?;
    }
    sheet.write_string(1, 0, "张三")?;
    // Excel keeps fifteen digits of a number.
    sheet.write_number(1, 1, 990000198503120000.0)?;
    sheet.write_string(1, 2, "19900000001")?;
    let rows = book.add_worksheet();
    for (col, key) in ["name", "resume.*.period", "resume.*.work"].into_iter().enumerate() {
        rows.write_string(0, u16::try_from(col)?, key)?;
    }
    for row in 1..=2 {
        rows.write_string(row, 0, "张三")?;
        rows.write_string(row, 1, "2003.07—2008.12")?;
    }
    rows.write_string(1, 2, "学徒")?;
    rows.write_formula(2, 2, "=1/0")?.set_formula_result(2, 2, "#DIV/0!");
    book.save(desk.path("people.xlsx"))?;

    let open = |list: &[(usize, &str, Edit)]| Source::open(&desk.path("people.xlsx"), &with(edits(list)).source(), engine());
    let told = |source: &Source| -> Result<Vec<String>, Any> {
        let problems: Vec<Problem> = source.load(engine(), 0)?.found.iter().map(Problem::from).collect();
        Ok(codes(&problems))
    };
    let source = open(&[])?;
    let found = told(&source)?;
    assert_eq!(found.iter().filter(|one| one.ends_with("@/id_number")).count(), 1, "{found:?}");
    assert_eq!(found.iter().filter(|one| one.ends_with("@/resume/1/work")).count(), 1, "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");

    let source = open(&[(0, "id_number", said("99000019850312002X"))])?;
    assert_eq!(told(&source)?, [found.iter().find(|one| one.contains("resume")).cloned().ok_or("the other one")?]);
    let record = source.load(engine(), 0)?.record.ok_or("a record")?;
    assert_eq!((text(&record, "id_number"), text(&record, "name"), record.rows("resume")), ("99000019850312002X", "张三", 2));

    // A row that goes takes its problem along; a row that comes is within the record's limits.
    let source = open(&[(0, "resume.1", Edit::Gone), (0, "id_number", said("99000019850312002X")), (0, "resume.2.work", said("技师"))])?;
    assert!(told(&source)?.is_empty());
    let record = source.load(engine(), 0)?.record.ok_or("a record")?;
    assert_eq!((record.rows("resume"), text(&record, "resume.0.work"), text(&record, "resume.2.work")), (3, "学徒", "技师"));
    Ok(())
}

#[test]
fn photos_follow_what_was_put_right() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut sent: Vec<Value> = (0..3).map(people::person).collect();
    for person in &mut sent {
        person.as_object_mut().ok_or("a record")?.shift_remove("photo");
    }
    let meant = sent[1]["name"].as_str().ok_or("a name")?.to_owned();
    sent[1]["name"] = json!("某某");
    sent[1]["id_number"] = json!("");
    let source = desk.put("all.jsonl", &sent)?;
    let jpeg = fs::read(desk.path("photos/photo-1.jpg"))?;
    fs::create_dir(desk.path("by-name"))?;
    fs::write(desk.path("by-name").join(format!("{meant}.jpg")), &jpeg)?;
    fs::create_dir(desk.path("edited"))?;
    fs::copy(desk.path("photos/photo-2.jpg"), desk.path("edited/new.jpg"))?;

    let options = |list| {
        let (photos, edit_files) = (Some(desk.path("by-name")), Some(desk.path("edited")));
        BatchOptions { photos, edit_files, ..with(edits(list)) }.source()
    };
    let photo_of = |source: &Source, entry| -> Result<Option<Vec<u8>>, Any> {
        let record = source.load(engine(), entry)?.record.ok_or("a record")?;
        Ok(record.asset(&name("photo")).map(<[u8]>::to_vec))
    };
    let plain = Source::open(&source, &options(&[]), engine())?;
    assert_eq!(photo_of(&plain, 1)?, None);
    assert_eq!(plain.notes().codes(), ["photo-unclaimed"]);

    let list = [(1, "name", said(&meant))];
    for source in [Source::open(&source, &options(&list), engine())?, plain.edited(engine(), edits(&list))?] {
        assert_eq!(photo_of(&source, 1)?.as_deref(), Some(&*jpeg), "the name that was put right finds the photo");
        assert!(source.notes().is_empty());
        // And back again.
        let back = source.edited(engine(), Edits::default())?;
        assert_eq!((photo_of(&back, 1)?, back.notes().codes()), (None, vec!["photo-unclaimed"]));
    }

    let uri = format!("data:image/jpeg;base64,{}", base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &jpeg));
    let source = plain.edited(
        engine(),
        edits(&[(0, "photo", said("new.jpg")), (1, "name", said(&meant)), (1, "photo", said(&uri)), (2, "photo", said("absent.jpg"))]),
    )?;
    assert_eq!(photo_of(&source, 0)?, Some(fs::read(desk.path("edited/new.jpg"))?));
    assert_eq!(photo_of(&source, 1)?.as_deref(), Some(&*jpeg));
    assert_eq!(source.notes().codes(), ["photo-not-used"], "an own photo needs none of the folder");
    let record = source.load(engine(), 2)?.record.ok_or("a record")?;
    assert_eq!(record.troubles().codes(), ["photo-missing"]);
    Ok(())
}

#[test]
fn what_cannot_be_put_right_is_said_at_its_place() -> Result<(), Any> {
    let desk = Desk::new()?;
    let source = desk.put("all.jsonl", &[people::person(0), json!({"name": "乙"})])?;
    fs::write(&source, format!("{}\n{{\"name\": \"丙", fs::read_to_string(&source)?))?;
    let list = [
        (0, "nickname", said("小")),
        (0, "resume", said("无")),
        (0, "resume.1000.work", said("无")),
        (0, "personal_summary", said(&"长".repeat(100_001))),
        (0, "employer", said("某某厂")),
        (2, "name", said("丙")),
    ];
    let source = Source::open(&source, &with(edits(&list)).source(), engine())?;
    let loaded = source.load(engine(), 0)?;
    let problems: Vec<Problem> = loaded.found.iter().map(Problem::from).collect();
    let mut told = codes(&problems);
    told.sort();
    assert_eq!(
        told,
        ["edit-no-field@/nickname", "edit-no-field@/resume", "text-too-long@/personal_summary", "too-many-rows@/resume/1000/work"]
    );
    assert!(problems.iter().all(|one| one.error) && problems.iter().any(|one| one.label == "个人总结"));
    // What can be, is.
    assert_eq!(text(&loaded.record.ok_or("a record")?, "employer"), "某某厂");
    let broken = source.load(engine(), 2)?;
    assert!(broken.record.is_none() && broken.found.codes().contains(&"edit-no-record"), "{:?}", broken.found.codes());
    Ok(())
}

#[test]
fn edits_are_kept_as_json_and_tell_no_value() -> Result<(), Any> {
    let list = [(10, "photo", Edit::Gone), (2, "resume.2.work", said("密")), (2, "opinions.employer.signed", Edit::Flag(true))];
    let edits = edits(&list);
    let json = serde_json::to_string(&edits)?;
    assert_eq!(json, r#"{"2":{"opinions.employer.signed":true,"resume.2.work":"密"},"10":{"photo":null}}"#);
    let mut back: Edits = serde_json::from_str(&json)?;
    assert_eq!(back, edits);
    back.forget(10, &name("photo"));
    assert_eq!(back.entries().collect::<Vec<_>>(), [2]);
    assert!(!format!("{edits:?} {:?}", said("密")).contains('密'));
    for wrong in [r#"{"1":{"Name":"x"}}"#, r#"{"1":{"name":3}}"#, r#"{"-1":{}}"#, r#"{"1":{"name":["密"]}}"#] {
        let error = serde_json::from_str::<Edits>(wrong).expect_err(wrong).to_string();
        assert!(!error.contains('密'), "{error}");
    }
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Source>();
    Ok(())
}

/// Keeps what it is told.
#[derive(Default)]
struct Told {
    people: Mutex<Vec<(usize, usize, State)>>,
    /// Done once, when everything is read and nothing is rendered.
    between: Option<Box<dyn Fn() + Sync + Send>>,
}

impl Watch for Told {
    fn progress(&self, progress: &Progress) {
        if let (Stage::Rendering, true, Some(act)) = (progress.stage, self.people.lock().is_ok_and(|list| list.is_empty()), &self.between) {
            act();
        }
    }

    fn person(&self, entry: usize, n: usize, state: State) {
        self.people.lock().expect("nobody panics while holding it").push((entry, n, state));
    }
}

impl Told {
    /// Everybody once, as the report has it.
    fn agrees(&self, outcome: &Outcome) {
        let mut told = self.people.lock().expect("nobody panics while holding it").clone();
        told.sort_by_key(|(entry, ..)| *entry);
        let mut lines: Vec<_> = outcome.report.lines.iter().map(|line| (line.entry, line.n, line.state)).collect();
        lines.sort_by_key(|(entry, ..)| *entry);
        assert_eq!(told, lines);
    }
}

#[test]
fn who_failed_is_tried_again_and_nobody_else() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut sent: Vec<Value> = (0..4).map(people::person).collect();
    sent[1]["name"] = json!("");
    sent[2]["photo"] = json!("photos/own.jpg");
    // The same papers twice are one piece of work, and two people.
    sent.push(sent[3].clone());
    let source = desk.put("all.jsonl", &sent)?;
    let own = desk.path("photos/own.jpg");
    fs::copy(desk.path("photos/photo-1.jpg"), &own)?;
    let other = desk.path("photos/photo-2.jpg");
    let run =
        |watch: &Told| batch::run(engine(), &source, &desk.path("out"), &BatchOptions { draft: true, ..BatchOptions::default() }, watch);

    let (from, to) = (other.clone(), own.clone());
    let told = Told { between: Some(Box::new(move || drop(fs::copy(&from, &to)))), ..Told::default() };
    let first = run(&told)?;
    told.agrees(&first);
    let failed: Vec<_> = first.report.lines.iter().filter(|line| line.state == State::Failed).collect();
    assert_eq!(failed.iter().map(|line| line.entry).collect::<Vec<_>>(), [2]);
    assert!(failed[0].problems.iter().any(|one| one.code == "changed-meanwhile"));

    // The very record that failed: nothing of it is other than when it failed.
    fs::copy(desk.path("photos/photo-1.jpg"), &own)?;
    let told = Told::default();
    let again = run(&told)?;
    told.agrees(&again);
    assert_eq!(again.report.count(State::Done), 5);
    assert!(again.report.lines.iter().all(|line| line.renders == 1), "nobody else was rendered again");
    let told = Told::default();
    told.agrees(&run(&told)?);
    Ok(())
}

#[test]
fn one_person_alone_is_what_the_batch_makes() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut sent: Vec<Value> = (0..3).map(people::person).collect();
    fs::create_dir_all(desk.path("附件"))?;
    fs::copy(desk.path("photos/photo-2.jpg"), desk.path("附件/证书.jpg"))?;
    sent[0]["attachments"] = json!([{"file": "附件/证书.jpg", "caption": "证书"}]);
    sent[1]["birth"] = json!("1850-13");
    sent[2]["brief"]["awards"] = json!("技能大赛获奖和获得先进荣誉称号。".repeat(60));
    let source = desk.put("all.jsonl", &sent)?;
    let options = BatchOptions {
        formats: Format::ALL.to_vec(),
        ..with(edits(&[(0, "employer", said("某某厂")), (0, "attachments.0.caption", said("技师证书"))]))
    };
    let outcome = desk.run(&source, "out", &options)?;
    let opened = Source::open(&source, &options.source(), engine())?;
    for line in &outcome.report.lines {
        let person = batch::person(engine(), &opened, line.entry, &options)?;
        assert_eq!((person.state, &person.problems), (line.state, &line.problems), "entry {}", line.entry);
        let dossier = person.dossier.ok_or("it can be laid out")?;
        if line.state == State::Done {
            assert_eq!(dossier.pages(), line.pages);
            for (file, bytes) in line.files.iter().zip([
                dossier.pdf()?,
                dossier.form().pdf(&PdfOptions::fillable())?,
                dossier.form().docx(&DocxOptions::default())?,
            ]) {
                assert!(fs::read(desk.path("out").join(file))? == bytes, "{file}");
            }
        }
    }
    assert_eq!(outcome.report.lines.iter().filter(|line| line.state == State::Done).count(), 1);
    // What the sheet says of a value is said of the person's own.
    let sheet: Vec<_> =
        outcome.report.lines.iter().flat_map(|line| &line.problems).filter(|one| one.place.starts_with("/nominees/0/")).collect();
    assert!(!sheet.is_empty() && sheet.iter().all(|one| one.pointer.as_deref() == Some("/brief/awards")), "{sheet:?}");
    Ok(())
}
