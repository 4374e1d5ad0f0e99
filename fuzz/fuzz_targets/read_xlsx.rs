//! Any bytes as a workbook; and any bytes as one part of a sound one, so that what lies behind the zip is reached.
#![no_main]

use formwright::diag::Severity;
use formwright::form::{FieldKind, TextFormat};
use formwright::package::{Part, pack};
use formwright::sheet::{Column, Columns, List, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") {
        judge(bytes);
        return;
    }
    // The first byte tells which part the others are.
    let Some((which, rest)) = bytes.split_first() else { return };
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, to: &str| {
        format!(r#"<Relationships><Relationship Id="{id}" Type="{office}/{kind}" Target="{to}"/></Relationships>"#).into_bytes()
    };
    let row = |at: usize, texts: [&str; 3]| {
        let cells: String = texts.iter().map(|text| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")).collect();
        format!("<row r=\"{at}\">{cells}</row>")
    };
    let head = row(1, ["name", "id_number", "birth"]);
    let whole = |rows: &[u8]| [b"<worksheet><sheetData>".as_slice(), head.as_bytes(), rows, b"</sheetData></worksheet>"].concat();
    let mut parts = [
        ("_rels/.rels", relation("a", "officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("b", "worksheet", "s.xml")),
        ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"s\" r:id=\"b\"/></sheets></workbook>".to_vec()),
        ("xl/styles.xml", b"<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_vec()),
        ("xl/sharedStrings.xml", b"<sst><si><t>a</t></si></sst>".to_vec()),
        ("xl/s.xml", whole(row(2, ["a", "b", "c"]).as_bytes())),
    ];
    match which % 10 {
        6.. => parts[5].1 = whole(rest),
        part => parts[usize::from(part)].1 = rest.to_vec(),
    }
    let parts = parts.map(|(name, bytes)| Part { name: name.to_owned(), bytes });
    judge(&pack(&parts).expect("a sound package is written"));
});

fn judge(bytes: &[u8]) {
    match read(&columns(), "f.xlsx", bytes) {
        Ok(people) => {
            let found = people.list.iter().map(|person| &person.found).chain([&people.found]);
            assert!(found.flat_map(|found| found.iter()).all(|one| one.help.is_some()), "each says what to do");
        }
        Err(found) => assert!(found.iter().all(|error| error.severity == Severity::Error), "errors say why"),
    }
}

fn columns() -> Columns {
    let column = |key: &str, kind: FieldKind, required: bool| Column {
        key: key.to_owned(),
        label: key.to_owned(),
        others: Vec::new(),
        kind,
        required,
        options: Vec::new(),
        given: true,
    };
    let people = vec![
        column("name", FieldKind::Text(TextFormat::Plain), true),
        column("id_number", FieldKind::Text(TextFormat::IdNumber), false),
        column("birth", FieldKind::Month, false),
    ];
    let rows = vec![column("resume.*.work", FieldKind::TextArea, false)];
    Columns { title: "t".to_owned(), people, lists: vec![List { array: "resume".to_owned(), title: "r".to_owned(), columns: rows }] }
}
