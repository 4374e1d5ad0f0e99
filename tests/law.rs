//! The law of the way back (design/record.md): reading what was written gives the record projected on the form, and the
//! record that was read makes the same bytes again.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::OnceLock;

use formwright::form::{FieldKind, Form};
use formwright::readback::{Issued, differences, project};
use formwright::{DocxOptions, Engine, Error, FieldName, Filled, PdfOptions, Place, ReadBack, Record};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::open(home().join("templates"), home().join("fonts")).unwrap_or_else(|error| panic!("{error}")))
}

/// Pieces of texts: ordinary ones, rare characters (beyond the BMP, with a variation selector), marks that mean something in
/// XML, PDF, JSON and templates, spaces of all sorts, line ends. Those that the paper cannot show are taken out.
fn pieces() -> &'static [&'static str] {
    const ALL: [&str; 54] = [
        "王",
        "技艺精湛",
        "，",
        "。",
        "“”",
        "·",
        "2003.07—2008.12",
        "CNC",
        "é",
        "α",
        "㎡",
        "①",
        "㛃",
        "䶮",
        "𠅤",
        "𬭎",
        "𤸀",
        "\u{2A6D6}",
        "\u{3007}",
        "葛\u{E0100}",
        "辻\u{FE00}",
        "\u{2F00}",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "&amp;",
        "]]>",
        "<w:t>",
        "(",
        ")",
        "\\",
        "\\n",
        "%",
        "#",
        "{{name}}",
        "+1",
        "fw:",
        "\u{FEFF}",
        " ",
        "  ",
        "\u{3000}",
        "\u{A0}",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "?",
        "□",
        "~",
        "/",
        "\u{200B}",
    ];
    static SHOWN: OnceLock<Vec<&'static str>> = OnceLock::new();
    SHOWN.get_or_init(|| {
        let shown = |piece: &str| {
            let mut record = Record::blank();
            record.set(&name("personal_summary"), &format!("甲{piece}乙"));
            engine().fill("recommendation", record).is_ok()
        };
        ALL.into_iter().filter(|piece| shown(piece)).collect()
    })
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap_or_else(|| panic!("{text}"))
}

/// Texts from nothing to three sheets.
fn text() -> impl Strategy<Value = String> {
    let some = |range: std::ops::Range<usize>| vec(select(pieces()), range).prop_map(|pieces| pieces.concat());
    prop_oneof![
        2 => Just(String::new()),
        6 => some(1..4),
        3 => some(4..40),
        1 => (some(1..30), 1_usize..40).prop_map(|(text, times)| text.repeat(times)),
    ]
}

/// Months and dates as records and people have them.
fn dated() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 11] = [
        "1985-03",
        "2021-09-18",
        "1985年3月",
        "2021.9.18",
        "１９８５．３",
        "1985.13",
        "不详",
        "",
        " 2024-02-29 ",
        "　　年　　月　　日",
        "0985-03",
    ];
    select(KNOWN.as_slice()).prop_map(str::to_owned)
}

fn photo() -> impl Strategy<Value = Option<&'static str>> {
    option::of(select(["photo-1.jpg", "photo-2.jpg"].as_slice()))
}

/// The form's fields with so many rows of a list.
fn fields(template: &str, list: &str, rows: usize) -> Vec<(FieldName, FieldKind)> {
    let mut record = Record::blank();
    let key = if list == "resume" { "work" } else { "name" };
    record.set(&name(&format!("{list}.{}.{key}", rows.max(1) - 1)), "行");
    let form = engine().form(template, &record).unwrap_or_else(|error| panic!("{error}"));
    let data = form.fields.into_iter().filter(|field| field.kind.is_data());
    data.map(|field| (field.name, field.kind)).collect()
}

/// Records of a template: some of its fields filled, with lists of different lengths.
fn records(template: &'static str, list: &'static str, rows: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Record> {
    let filled = rows.prop_flat_map(move |rows| {
        let fields = fields(template, list, rows);
        let values = btree_map(0..fields.len(), (text(), dated()), 0..60);
        (Just(fields), values, photo())
    });
    filled.prop_map(|(fields, values, photo)| {
        let mut record = Record::blank();
        for (at, (text, dated)) in values {
            let (name, kind) = &fields[at];
            match kind {
                FieldKind::Photo => {}
                FieldKind::Check => drop(record.set_flag(name, text.len() % 2 == 0)),
                FieldKind::Month | FieldKind::Date => drop(record.set(name, &dated)),
                _ => drop(record.set(name, &text)),
            }
        }
        // A key that no form shows.
        record.set(&name("deeds"), "表上没有");
        let place = fields.iter().find(|(_, kind)| *kind == FieldKind::Photo);
        if let (Some((name, _)), Some(file)) = (place, photo) {
            let bytes = std::fs::read(home().join("samples/photos").join(file)).unwrap_or_default();
            record.attach(name, file, &bytes);
        }
        record
    })
}

/// The record on the form; a text that its box cannot hold is taken out.
fn filled(template: &str, record: &Record) -> Result<(Filled<'static>, Record), TestCaseError> {
    let mut record = record.clone();
    for _ in 0..4 {
        let refused = match engine().fill(template, record.clone()) {
            Ok(filled) => return Ok((filled, record)),
            Err(Error::Refused(found)) => found,
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        };
        for one in refused.iter().filter(|one| one.severity == formwright::Severity::Error) {
            match &one.place {
                Place::Record { pointer, .. } => drop(FieldName::from_pointer(pointer).map(|name| record.set(&name, ""))),
                other => return Err(TestCaseError::fail(format!("{}: {other:?}", one.code))),
            }
        }
    }
    Err(TestCaseError::reject("it does not fit"))
}

/// The file says what the projected record says, and nothing else; every field of the form is in it, with its kind and label.
fn says(back: &ReadBack, form: &Form, projected: &Record) -> TestCaseResult {
    let changed: Vec<String> = differences(back, projected).iter().map(|one| format!("{one:?}")).collect();
    prop_assert!(changed.is_empty(), "{:?}: {changed:?}", back.format);
    // The photo's own type may be another; its pixels were compared.
    let (mut record, mut projected) = (back.record(), projected.clone());
    for photo in form.fields.iter().filter(|field| field.kind == FieldKind::Photo) {
        prop_assert_eq!(record.has(&photo.name), projected.has(&photo.name));
        record.set(&photo.name, "");
        projected.set(&photo.name, "");
    }
    prop_assert!(record.root() == projected.root(), "{:?}: {} keys, not {}", back.format, record.root().len(), projected.root().len());
    let told: BTreeMap<&str, (Option<&str>, &str)> =
        back.fields.iter().map(|field| (field.name.as_str(), (field.kind.as_ref().map(FieldKind::word), field.label.as_str()))).collect();
    prop_assert_eq!(told.len(), back.fields.len(), "each field once");
    let want: BTreeMap<&str, (Option<&str>, &str)> = form
        .fields
        .iter()
        .filter(|field| field.kind.is_data())
        .map(|field| (field.name.as_str(), (Some(field.kind.word()), field.label.as_str())))
        .collect();
    prop_assert_eq!(told, want);
    Ok(())
}

/// The same values, whatever became of the marks that are kept beside them.
fn says_the_same(back: &ReadBack, projected: &Record) -> TestCaseResult {
    let changed: Vec<String> = differences(back, projected).iter().map(|one| format!("{one:?}")).collect();
    prop_assert!(changed.is_empty(), "stripped {:?}: {changed:?}", back.format);
    Ok(())
}

fn read(bytes: &[u8]) -> Result<ReadBack, TestCaseError> {
    ReadBack::read("f", bytes).map_err(|error| {
        let codes = if let Error::Refused(found) = &error { found.codes() } else { Vec::new() };
        TestCaseError::fail(format!("{error}: {codes:?}"))
    })
}

/// The form in its three formats: print PDF, fillable PDF, DOCX.
fn formats(filled: &Filled<'_>) -> Result<[Vec<u8>; 3], TestCaseError> {
    let failed = |error: Error| TestCaseError::fail(error.to_string());
    Ok([
        filled.pdf(&PdfOptions::print()).map_err(failed)?,
        filled.pdf(&PdfOptions::fillable()).map_err(failed)?,
        filled.docx(&DocxOptions::default()).map_err(failed)?,
    ])
}

fn holds(template: &'static str, record: &Record) -> TestCaseResult {
    let (filled, record) = filled(template, record)?;
    let projected = project(filled.form(), &record);
    let [_, pdf, docx] = formats(&filled)?;
    let want = formats(&engine().fill(template, projected.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?)?;
    for bytes in [&pdf, &docx] {
        let back = read(bytes)?;
        says(&back, filled.form(), &projected)?;
        let issue = back.issue.as_ref().map(|issue| (issue.template.as_str(), issue.digest.as_str()));
        prop_assert_eq!(issue, Some((template, filled.form().template.digest.as_str())));
        let codes: Vec<&str> = back.warnings.codes().into_iter().filter(|code| *code != "unreadable-date").collect();
        prop_assert!(codes.is_empty(), "{:?}: {codes:?}", back.format);
        prop_assert!(back.fields.iter().any(|field| field.issued != Issued::Unknown), "the file tells what it was issued with");
        let again = formats(&engine().fill(template, back.record()).map_err(|error| TestCaseError::fail(error.to_string()))?)?;
        for (format, (again, want)) in ["print", "fillable", "docx"].iter().zip(again.iter().zip(&want)) {
            prop_assert!(again == want, "{format} from {:?}: {} and {} bytes", back.format, again.len(), want.len());
        }
    }
    says_the_same(&read(&stripped_docx(&docx))?, &projected)?;
    says_the_same(&read(&stripped_pdf(&pdf))?, &projected)?;
    Ok(())
}

/// A DOCX without properties, custom XML and document variables.
fn stripped_docx(bytes: &[u8]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap_or_else(|error| panic!("{error}"));
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap_or_else(|error| panic!("{error}"));
        let name = part.name().unwrap_or_else(|error| panic!("{error}")).into_owned();
        if name.starts_with("docProps/") || name.starts_with("customXml/") {
            continue;
        }
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap_or_else(|error| panic!("{error}"));
        if name == "word/settings.xml" {
            let text = String::from_utf8_lossy(&content).into_owned();
            if let (Some(from), Some(to)) = (text.find("<w:docVars>"), text.find("</w:docVars>")) {
                content = [&text[..from], &text[to + "</w:docVars>".len()..]].concat().into_bytes();
            }
        }
        let options = zip::write::SimpleFileOptions::default();
        new.start_file(name, options).and_then(|()| Ok(new.write_all(&content)?)).unwrap_or_else(|error| panic!("{error}"));
    }
    new.finish().unwrap_or_else(|error| panic!("{error}")).into_inner()
}

/// A PDF without our key in the catalog, document information and metadata.
fn stripped_pdf(bytes: &[u8]) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(bytes).unwrap_or_else(|error| panic!("{error}"));
    document.trailer.remove(b"Info");
    let catalog = document.catalog_mut().unwrap_or_else(|error| panic!("{error}"));
    catalog.remove(b"FWForm");
    catalog.remove(b"Metadata");
    document.prune_objects();
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap_or_else(|error| panic!("{error}"));
    out
}

/// So many records, or as many as `PROPTEST_CASES` says.
fn cases(number: u32) -> ProptestConfig {
    let number = std::env::var("PROPTEST_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(number);
    ProptestConfig { cases: number, failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn the_recommendation_comes_back(record in records("recommendation", "resume", 0..=14)) {
        holds("recommendation", &record)?;
    }

    #[test]
    fn the_sheet_comes_back(record in records("summary", "nominees", 0..=6)) {
        holds("summary", &record)?;
    }
}

#[test]
fn the_samples_come_back() {
    for (template, sample) in [
        ("recommendation", "nominee.json"),
        ("recommendation", "overfull.json"),
        ("recommendation", "rare.json"),
        ("recommendation", "minority.json"),
        ("summary", "sheet.json"),
    ] {
        let record = Record::open(home().join("samples").join(sample)).unwrap_or_else(|error| panic!("{sample}: {error}"));
        holds(template, &record).unwrap_or_else(|fault| panic!("{sample}: {fault}"));
        holds(template, &Record::blank()).unwrap_or_else(|fault| panic!("blank {template}: {fault}"));
    }
}

#[test]
fn what_is_locked_comes_back_too() {
    let record = Record::open(home().join("samples/nominee.json")).unwrap_or_else(|error| panic!("{error}"));
    let filled = engine().fill("recommendation", record.clone()).unwrap_or_else(|error| panic!("{error}"));
    let locked: Vec<FieldName> = filled.form().fields.iter().map(|field| field.name.clone()).collect();
    let projected = project(filled.form(), &record);
    let pdf = filled.pdf(&PdfOptions { locked: locked.clone(), ..PdfOptions::fillable() }).unwrap_or_else(|error| panic!("{error}"));
    let docx = filled.docx(&DocxOptions { locked }).unwrap_or_else(|error| panic!("{error}"));
    for bytes in [&pdf, &docx] {
        read(bytes).and_then(|back| says(&back, filled.form(), &projected)).unwrap_or_else(|fault| panic!("{fault}"));
    }
    let open = formats(&filled).unwrap_or_else(|fault| panic!("{fault}"));
    assert!(open[1] != pdf && open[2] != docx, "a lock is something");
}

#[test]
fn the_pieces_are_what_the_generator_is_for() {
    let has = |piece: &str| pieces().contains(&piece);
    assert!(has("𠅤") && has("\n") && has("<") && has("\\") && has("\u{3000}") && has("{{name}}"), "{:?}", pieces());
    eprintln!("not shown by the paper: {}", 54 - pieces().len());
}
