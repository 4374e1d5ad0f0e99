//! Records as data: each `tests/records/*.json` has its expected diagnostics beside it. `BLESS=1` rewrites them.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formwright::check::{KnownKeys, Stage, check};
use formwright::diag::{self, Diagnostics, Lang, Place, Severity};
use formwright::form::{FieldKind, Form};
use formwright::record::{NoFiles, Record};
use proptest::prelude::*;
use serde_json::Value;

fn files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let listing = fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut files: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn open(path: &Path) -> Record {
    Record::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The form a record is for, with as many rows as the record has.
fn form_for(record: &Record) -> Form {
    if record.root().contains_key("nominees") {
        support::summary(record.rows("nominees").max(2))
    } else {
        support::recommendation(record.rows("resume").max(3))
    }
}

fn known() -> KnownKeys {
    ["name", "deeds", "social_posts", "remark", "brief.innovations", "brief.awards", "attachments.*.file", "attachments.*.caption"]
        .map(str::to_owned)
        .into()
}

fn place(place: &Place) -> String {
    match place {
        Place::Record { pointer, label } => format!("{pointer}（{label}）"),
        other => format!("{other:?}"),
    }
}

fn severity(of: Severity) -> &'static str {
    match of {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One line for each diagnostic: severity in a draft and in the end, code, place; then its words.
fn lines(draft: &Diagnostics, last: &Diagnostics) -> String {
    assert_eq!(draft.codes(), last.codes(), "the stage changes severities only");
    let mut out = String::new();
    for (one, other) in draft.iter().zip(last.iter()) {
        let weights = [severity(one.severity), severity(other.severity)];
        let weights = if weights[0] == weights[1] { weights[0].to_owned() } else { weights.join("→") };
        writeln!(out, "{weights} {} {}\n    {}", one.code, place(&one.place), one.message.zh).expect("a string takes all");
        writeln!(out, "    {}", one.help.as_ref().map_or("", |help| &help.zh)).expect("a string takes all");
    }
    out
}

fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) if text.chars().count() > 2 => out.push(text.clone()),
        Value::Array(rows) => rows.iter().for_each(|row| texts(row, out)),
        Value::Object(members) => members.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

#[test]
fn every_record_gets_what_is_written_beside_it() {
    let bless = std::env::var_os("BLESS").is_some();
    for path in files("tests/records") {
        let record = open(&path);
        let form = form_for(&record);
        let [draft, last] = [Stage::Draft, Stage::Final].map(|stage| check(&form, &record, &known(), stage));
        let got = lines(&draft, &last);
        let beside = path.with_extension("expected");
        if bless {
            fs::write(&beside, &got).unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
        }
        let want = fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(got, want, "{}", path.display());

        // Whatever is wrong, no message repeats what a person wrote.
        let mut values = Vec::new();
        texts(&Value::Object(record.root().clone()), &mut values);
        for lang in [Lang::Zh, Lang::En] {
            let said = diag::print(&last, lang) + &diag::json(&last, lang).to_string();
            // An example in a help text may be the very month that stands in the record.
            let leaked = values.iter().find(|value| said.contains(value.as_str()) && !["1985-03"].contains(&value.as_str()));
            assert_eq!(leaked, None, "{}", path.display());
        }
    }
}

#[test]
fn the_samples_have_nothing_wrong_but_what_their_sheet_leaves_out() {
    for path in files("samples") {
        let record = open(&path);
        let form = form_for(&record);
        let mut known = known();
        for pattern in RECORD_KEYS {
            known.insert(pattern.to_owned());
        }
        let found = check(&form, &record, &known, Stage::Final);
        let codes: Vec<&str> = found.codes().into_iter().filter(|code| *code != "photo-missing").collect();
        assert_eq!(codes, Vec::<&str>::new(), "{}: {}", path.display(), diag::print(&found, Lang::En));
    }
}

/// The keys of design/record.md that the form made by hand does not show.
const RECORD_KEYS: [&str; 18] = [
    "ethnicity",
    "birthplace",
    "education",
    "recommender",
    "post",
    "trade",
    "trade_years",
    "skill_level",
    "skill_level_date",
    "position",
    "address",
    "form_month",
    "brief.specialty",
    "brief.publications",
    "brief.mentoring",
    "brief.awards",
    "brief.opinion",
    "remark",
];

#[test]
fn rows_that_the_form_does_not_have_are_not_lost_in_silence() {
    let text = r#"{"name":"王小明","employer":"某厂","resume":[{},{},{},{"work":"铣工"}]}"#;
    let record = Record::parse(text.as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    let [short, long] = [3, 4].map(|rows| check(&support::recommendation(rows), &record, &known(), Stage::Draft));
    assert_eq!((short.codes().contains(&"row-not-on-form"), short.has_errors()), (true, true));
    assert_eq!((long.codes().contains(&"row-not-on-form"), long.has_errors()), (false, false));
}

#[test]
fn a_box_that_must_be_ticked_is_ticked_or_missing() {
    for (value, missing) in [("true", false), ("false", true), ("null", true)] {
        let text = format!("{{\"agrees_to_publication\":{value}}}");
        let record = Record::parse(text.as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
        let mut form = support::recommendation(1);
        form.fields.retain(|field| field.kind == FieldKind::Check);
        form.fields.iter_mut().for_each(|field| field.required = true);
        let found = check(&form, &record, &known(), Stage::Final);
        assert_eq!(found.codes(), if missing { vec!["missing-required"] } else { vec![] }, "{value}");
    }
}

#[test]
fn a_sheets_record_on_a_persons_form_is_recognised() {
    let record = Record::parse(br#"{"nominees":[{"name":"x"}]}"#, &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    let found = check(&support::recommendation(1), &record, &known(), Stage::Draft);
    assert!(found.iter().any(|one| one.help.as_ref().is_some_and(|help| help.en.contains("summary sheet"))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_is_ever_repeated(values in prop::collection::vec("\\PC{0,3}秘密\\PC{0,3}|[0-9]{6}秘密[0-9X.-]{0,18}", 12)) {
        let mut record = Record::blank();
        let form = support::recommendation(1);
        for (field, value) in form.fields.iter().zip(&values) {
            record.set(&field.name, value);
        }
        let found = check(&form, &record, &known(), Stage::Final);
        let said = diag::print(&found, Lang::Zh) + &diag::json(&found, Lang::En).to_string();
        prop_assert!(!said.contains("秘密"), "{}", said);
    }
}

#[test]
fn a_flood_of_mistakes_is_counted_not_listed() {
    let keys: Vec<String> = (0..50_000).map(|at| format!("\"k{at}\":1")).collect();
    let text = format!("{{{}}}", keys.join(","));
    let record = Record::parse(text.as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    let start = Instant::now();
    let found = check(&support::recommendation(3), &record, &known(), Stage::Final);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let unknown = found.iter().filter(|one| one.code == "unknown-key").count();
    assert_eq!(unknown, 101);
    assert!(found.iter().any(|one| one.message.en.starts_with("49900 more")));
}

#[test]
fn a_sheet_of_a_thousand_people_is_checked_in_a_moment() {
    let people = vec![r#"{"name":"王小明","employer":"某厂","id_number":"990000198503120027","sex":"男","birth":"1985-04"}"#; 1000];
    let text = format!("{{\"nominees\":[{}]}}", people.join(","));
    let record = Record::parse(text.as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    let form = form_for(&record);
    let start = Instant::now();
    let found = check(&form, &record, &known(), Stage::Final);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(found.codes().contains(&"same-person") && found.codes().contains(&"disagrees"));
}
