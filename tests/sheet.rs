//! Workbooks: the summary sheet written, the one that people fill in, and everything that spreadsheets do to it on its way back.

use std::fmt::Write as _;
use std::sync::LazyLock;

use formwright::diag::{Lang, print};
use formwright::package::{Part, pack};
use formwright::sheet::{People, Person};
use formwright::{Engine, Error, Record};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::{Value, json};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open("templates", "fonts").expect("the engine opens"));

fn people(bytes: &[u8]) -> People {
    ENGINE.people("recommendation", "人员.xlsx", bytes).unwrap_or_else(|error| panic!("{}", told(&error)))
}

fn told(error: &Error) -> String {
    if let Error::Refused(found) = error { print(found, Lang::Zh) } else { error.to_string() }
}

fn only(people: &People) -> &Person {
    assert_eq!(people.list.len(), 1, "{}", print(&people.found, Lang::Zh));
    &people.list[0]
}

/// A workbook with the sheets given: rows of texts from the top, empty ones left out.
fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    made(|book| {
        for (name, rows) in sheets {
            let sheet = book.add_worksheet();
            sheet.set_name(*name).expect("a sheet's name");
            texts(sheet, 0, rows);
        }
    })
}

fn texts(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) {
    for (row, cells) in (from..).zip(rows) {
        for (col, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, col, *text).expect("a text");
        }
    }
}

fn made(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().expect("a workbook")
}

fn json_of(record: &Record) -> Value {
    Value::Object(record.root().clone())
}

#[test]
fn equal_records_give_equal_workbooks() {
    let record = Record::open("samples/sheet.json").expect("the sample");
    let write = || ENGINE.fill("summary", record.clone()).and_then(|filled| filled.xlsx()).expect("a workbook");
    assert_eq!(write(), write());
    let blank = || ENGINE.workbook("recommendation").expect("a workbook");
    let one = blank();
    assert_eq!(one, blank());
    assert!(one.len() < 100_000, "{} bytes", one.len());
    let form = ENGINE.form("summary", &record).expect("the form");
    assert_eq!(formwright::sheet::write(&form, &record).expect("a workbook"), write());
}

#[test]
fn a_persons_form_is_no_sheet() {
    let error = ENGINE.blank("recommendation").and_then(|filled| filled.xlsx()).expect_err("it is refused");
    assert!(told(&error).contains("no-sheet"), "{}", told(&error));
}

#[test]
fn the_empty_workbook_has_nobody_and_nothing_is_wrong_with_it() {
    for template in ["recommendation", "summary"] {
        let empty = ENGINE.workbook(template).expect("a workbook");
        let people = ENGINE.people(template, "x.xlsx", &empty).expect("it is read");
        assert!(people.list.is_empty() && people.found.is_empty(), "{}", print(&people.found, Lang::Zh));
    }
}

/// A record, as it stands in the workbook: every column a text, the rows of lists on their sheets.
fn filled(records: &[Value]) -> Vec<u8> {
    let keys = people_keys();
    made(|book| {
        let sheet = book.add_worksheet();
        for (col, key) in (0..).zip(&keys) {
            sheet.write_string(0, col, key).expect("a key");
            for (row, record) in (1..).zip(records) {
                let pointer = format!("/{}", key.replace('.', "/"));
                if let Some(text) = record.pointer(&pointer).and_then(Value::as_str) {
                    sheet.write_string(row, col, text).expect("a text");
                }
            }
        }
        for (array, columns) in [("resume", ["period", "work", "witness"].as_slice()), ("attachments", &["file", "caption"])] {
            let sheet = book.add_worksheet();
            sheet.write_string(0, 0, "id_number").expect("a key");
            for (col, column) in (1..).zip(columns) {
                sheet.write_string(0, col, format!("{array}.*.{column}")).expect("a key");
            }
            let mut row = 1;
            for record in records {
                for one in record[array].as_array().into_iter().flatten() {
                    sheet.write_string(row, 0, record["id_number"].as_str().unwrap_or_default()).expect("a link");
                    for (col, column) in (1..).zip(columns) {
                        sheet.write_string(row, col, one[*column].as_str().unwrap_or_default()).expect("a text");
                    }
                    row += 1;
                }
            }
        }
    })
}

fn people_keys() -> Vec<String> {
    let known: Value = serde_json::from_str(include_str!("../templates/record.json")).expect("the list of keys");
    known["keys"].as_object().expect("keys").keys().filter(|key| !key.contains('*')).cloned().collect()
}

#[test]
fn the_samples_come_back_as_they_were() {
    for sample in ["nominee", "minority", "rare", "overfull"] {
        let text = std::fs::read_to_string(format!("samples/{sample}.json")).expect("the sample");
        let sent: Value = serde_json::from_str(&text).expect("JSON");
        let people = people(&filled(std::slice::from_ref(&sent)));
        let person = only(&people);
        assert!(person.found.is_empty() && people.found.is_empty(), "{sample}: {}", print(&person.found, Lang::Zh));
        assert_eq!(sorted(&json_of(&person.record)), sorted(&sent), "{sample}");
    }
}

/// The same with keys in the order of the alphabet, so that records are compared and not their writing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            keys.sort_by_key(|(key, _)| key.as_str());
            Value::Object(keys.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(rows) => rows.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn word() -> impl Strategy<Value = String> {
    "[\\PC&&[^\\s\\u{200B}\\u{FEFF}\\u{2060}]]{1,12}|[=+@-][0-9a-z(]{1,8}|_x0041_|[\u{20000}-\u{2A6DF}]{1,4}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_typed_comes_back(
        names in proptest::collection::vec(word(), 1..4),
        texts in proptest::collection::vec((word(), word()), 0..5),
        year in 1900_u32..2100, month in 1_u32..13, rows in 0_usize..12,
    ) {
        let records: Vec<Value> = (100..).zip(&names).map(|(number, name)| {
            let resume: Vec<Value> = (0..rows).map(|row| json!({"period": name, "work": format!("{name}\n{row}")})).collect();
            let mut record = json!({
                "name": name, "id_number": format!("990000198503120{number}"), "birth": format!("{year}-{month:02}"),
                "brief": {"awards": texts.iter().map(|(one, other)| format!("{one}\n　　{other}")).collect::<Vec<_>>().join("\n")},
            });
            if rows > 0 {
                record["resume"] = resume.into();
            }
            if texts.is_empty() {
                record.as_object_mut().expect("an object").remove("brief");
            }
            record
        }).collect();
        let back = people(&filled(&records));
        let found: Vec<Value> = back.list.iter().map(|person| sorted(&json_of(&person.record))).collect();
        let sent: Vec<Value> = records.iter().map(sorted).collect();
        prop_assert_eq!(found, sent);
        prop_assert!(back.found.is_empty());
    }
}

#[test]
fn columns_are_found_wherever_they_are() {
    let people_of = |rows: &[&[&str]]| people(&book(&[("随便", rows)]));
    let cases: [&[&[&str]]; 6] = [
        &[&["*姓名", "身份证号码"], &["name", "id_number"], &["王㛃", "990000198503120028"]],
        // Moved, with a title above, and an unknown column between.
        &[&["人员名单"], &["身份证\n号码", "序号", "姓　名"], &["id_number", "", "name"], &["990000198503120028", "", "王㛃"]],
        // Without the row of keys.
        &[&["姓名（必填）", "身份证号码"], &["王㛃", "990000198503120028"]],
        // Without the row of labels.
        &[&["NAME", " id_number "], &["王㛃", "990000198503120028"]],
        // A column that somebody added by its label, and empty rows.
        &[&["姓名", "身份证号码"], &["name", ""], &[], &[], &["王㛃", "990000198503120028"]],
        // What the summary sheet calls things.
        &[&["姓名", "身份证号码", "现工作岗位"], &["王㛃", "990000198503120028"]],
    ];
    for rows in cases {
        let people = people_of(rows);
        let person = only(&people);
        assert_eq!(
            json_of(&person.record),
            sorted(&json!({"name": "王㛃", "id_number": "990000198503120028"})),
            "{rows:?}: {}",
            print(&people.found, Lang::Zh)
        );
        assert!(people.found.is_empty() && person.found.is_empty());
        assert_eq!(person.place, format!("随便 第{}行", rows.len()));
    }
}

/// One damage each: what is written below the head of a key, what the record has then, and what is said.
#[test]
fn damage_is_undone_where_nothing_is_guessed_and_named_where_it_stands() {
    type Put = Box<dyn Fn(&mut Worksheet) -> &mut Worksheet>;
    let boxed = |put: fn(&mut Worksheet) -> &mut Worksheet| -> Put { Box::new(put) };
    let string = |value: &'static str| -> Put { Box::new(move |sheet| sheet.write_string(1, 1, value).expect("a text")) };
    let number = |value: f64| -> Put {
        let text = Format::new().set_num_format("@");
        Box::new(move |sheet| sheet.write_number_with_format(1, 1, value, &text).expect("a number"))
    };
    let dated = |year, month, format: &'static str| -> Put {
        let day = ExcelDateTime::from_ymd(year, month, 1).expect("a day");
        let format = Format::new().set_num_format(format);
        Box::new(move |sheet| sheet.write_datetime_with_format(1, 1, &day, &format).expect("a date"))
    };
    let cases: Vec<(&str, &str, Put, Option<&str>)> = vec![
        ("id as number", "id_number", boxed(|s| s.write_number(1, 1, 990_000_198_503_120_028.0).expect("n")), None),
        ("id cut to a power", "id_number", string("9.90000198503E+17"), None),
        ("old id as number", "id_number", boxed(|s| s.write_number(1, 1, 990_000_850_312_002.0).expect("n")), None),
        ("id full width", "id_number", string("９９００００１９８５０３１２００２８"), Some("990000198503120028")),
        ("id with spaces", "id_number", string(" 990000 19850312 002X\u{a0}"), Some("99000019850312002X")),
        ("id with apostrophe", "id_number", string("'990000198503120028"), Some("990000198503120028")),
        ("mobile as number", "mobile", number(19_900_000_001.0), Some("19900000001")),
        ("mobile with a fraction", "mobile", number(19_900_000_001.5), None),
        ("postcode as number", "postcode", number(325_000.0), Some("325000")),
        ("postcode without its zero", "postcode", number(25_000.0), None),
        ("postcode full width", "postcode", string("３２５０００"), Some("325000")),
        ("month as a date", "birth", dated(1985, 3, "yyyy/m/d"), Some("1985-03")),
        ("month as a serial", "birth", number(31_107.0), Some("1985-03")),
        ("month with a point", "birth", string("1985.3"), Some("1985-03")),
        ("month as a decimal", "birth", number(1985.03), Some("1985-03")),
        ("month as a decimal without its zero", "birth", number(1985.1), None),
        ("month as a decimal that can be one only", "birth", number(1985.12), Some("1985-12")),
        ("month in six digits", "birth", number(198_503.0), Some("1985-03")),
        ("a whole date for a month", "birth", string("1985年3月12日"), Some("1985-03")),
        ("a year for a month", "birth", number(1985.0), None),
        ("months not understood", "birth", string("不详"), Some("不详")),
        ("a number in a text", "trade_years", number(18.0), Some("18")),
        ("a date in a text", "trade_years", dated(2003, 7, "yyyy-mm"), None),
        (
            "a time",
            "trade_years",
            boxed(|s| {
                s.write_datetime_with_format(1, 1, ExcelDateTime::from_hms(8, 30, 0).expect("t"), &Format::new().set_num_format("hh:mm"))
                    .expect("d")
            }),
            None,
        ),
        ("true", "post", boxed(|s| s.write_boolean(1, 1, true).expect("b")), None),
        ("spaces", "post", string("　车工\u{a0}"), Some("车工")),
        ("spaces only", "post", string(" \u{a0}\u{3000}"), None),
        ("line ends", "personal_summary", string("　　一\r\n二\r三"), Some("　　一\n二\n三")),
        (
            "a formula",
            "post",
            boxed(|s| s.write_formula(1, 1, Formula::new("=\"车\"&\"工\"").set_result("车工")).expect("f")),
            Some("车工"),
        ),
        ("a formula's error", "post", boxed(|s| s.write_formula(1, 1, Formula::new("=NA()").set_result("#N/A")).expect("f")), None),
        ("a text that looks like a formula", "post", string("=1+1"), Some("=1+1")),
        ("merged", "post", boxed(|s| s.merge_range(1, 1, 2, 1, "车工", &Format::new()).expect("m")), Some("车工")),
        ("a photo's name", "photo", string("照片/王.jpg"), Some("照片/王.jpg")),
        ("an opinion, for the pen", "opinions.employer.text", string("同意"), Some("同意")),
    ];
    let mut said = String::new();
    for (name, key, put, want) in cases {
        let bytes = made(|book| {
            let sheet = book.add_worksheet();
            sheet.set_name("人员").expect("a name");
            texts(sheet, 0, &[&["name", key], &["王㛃"]]);
            put(sheet);
        });
        let people = people(&bytes);
        let person = only(&people);
        let field = formwright::FieldName::parse(key).expect("a key");
        assert_eq!(person.record.text(&field), want, "{name}");
        let _ = writeln!(said, "## {name}");
        for found in [&person.found, &people.found] {
            let _ = write!(said, "{}", print(found, Lang::Zh));
            let _ = write!(said, "{}", print(found, Lang::En));
        }
    }
    compare("tests/sheet/damage.txt", &said);
}

#[test]
fn rows_and_columns_that_are_nobodys_are_named() {
    let heads: &[&str] = &["id_number", "name", "resume.*.period", "resume.*.work"];
    let bytes = book(&[
        (
            "人员",
            &[
                &["某某 先移上来", "990000198503120036"],
                &["姓名", "身份证号码", "", "爱好", "姓名"],
                &["name", "id_number", "", "hobby", "name"],
                &["甲", "990000198503120028", "散", "棋", "乙"],
                &["丙", "990000198503120044"],
                &["丙", "990000198503120052"],
            ],
        ),
        (
            "经历",
            &[
                heads,
                &["990000198503120028", "甲", "2003.07—2008.12", "某厂"],
                &["", "甲", "2009.01—2010.12", "某厂"],
                &["990000198503120099", "", "2003.07", "某厂"],
                &["", "丙", "2003.07", "某厂"],
                &["990000198503120052", "丙", "2003.07", "某厂"],
                &["990000198503120028", "丙", "2003.07", "某厂"],
                &["", "", "2003.07", "某厂"],
            ],
        ),
        ("别的", &[&["会议", "地点"], &["一", "二"]]),
    ]);
    let people = people(&bytes);
    let rows: Vec<usize> = people.list.iter().map(|person| person.record.rows("resume")).collect();
    assert_eq!(rows, [2, 0, 1]);
    assert!(people.list.iter().all(|person| person.found.is_empty()));
    compare("tests/sheet/nobodys.txt", &(print(&people.found, Lang::Zh) + &print(&people.found, Lang::En)));
}

#[test]
fn a_name_merged_over_its_rows_links_them_all() {
    let bytes = made(|book| {
        texts(book.add_worksheet(), 0, &[&["name", "id_number"], &["甲", "990000198503120028"], &["乙", "990000198503120044"]]);
        let sheet = book.add_worksheet();
        texts(
            sheet,
            0,
            &[&["姓名", "起止年月", "证明人"], &["", "2003", "一"], &["", "2004", "二"], &["", "2005", "三"], &["乙", "2006", "四"]],
        );
        sheet.merge_range(1, 0, 3, 0, "甲", &Format::new()).expect("an area");
    });
    let people = people(&bytes);
    assert!(people.found.is_empty(), "{}", print(&people.found, Lang::Zh));
    let rows: Vec<usize> = people.list.iter().map(|person| person.record.rows("resume")).collect();
    assert_eq!(rows, [3, 1]);
}

#[test]
fn several_sheets_of_people_are_all_read() {
    let rows: &[&[&str]] = &[&["name", "id_number"], &["甲", "990000198503120028"]];
    let people = people(&book(&[("鹿城", rows), ("龙湾", rows)]));
    let places: Vec<&str> = people.list.iter().map(|person| person.place.as_str()).collect();
    assert_eq!(places, ["鹿城 第2行", "龙湾 第2行"]);
}

fn part(name: &str, text: impl Into<Vec<u8>>) -> Part {
    Part { name: name.to_owned(), bytes: text.into() }
}

/// A workbook of one sheet from its XML.
fn raw(workbook: &str, sheet: Vec<u8>, more: Vec<Part>) -> Vec<u8> {
    let ns = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut parts = vec![
        part("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
        part(
            "_rels/.rels",
            format!("<Relationships><Relationship Id=\"a\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
        ),
        part(
            "xl/workbook.xml",
            format!("<workbook {ns}>{workbook}<sheets><sheet name=\"人员\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"),
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships><Relationship Id=\"b\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
        ),
        part("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend(more);
    pack(&parts).expect("a package")
}

fn sheet_xml(rows: &str) -> Vec<u8> {
    let head =
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>birth</t></is></c></row>";
    format!("<worksheet><sheetData>{head}{rows}</sheetData></worksheet>").into_bytes()
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_says_so() {
    let styles = part("xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
    for (workbook, want) in [("", "1985-03"), ("<workbookPr date1904=\"1\"/>", "1989-03")] {
        for style in ["0", "1"] {
            let rows =
                format!("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>甲</t></is></c><c r=\"B2\" s=\"{style}\"><v>31107</v></c></row>");
            let people = people(&raw(workbook, sheet_xml(&rows), vec![styles.clone()]));
            let birth = formwright::FieldName::parse("birth").expect("a key");
            assert_eq!(only(&people).record.text(&birth), Some(want), "{workbook}{style}");
            assert_eq!(only(&people).found.len(), 1);
        }
    }
}

#[test]
fn a_formula_without_its_result_is_not_taken() {
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>甲</t></is></c><c r=\"B2\"><f>A1</f></c></row>";
    let people = people(&raw("", sheet_xml(rows), vec![]));
    assert_eq!(only(&people).found.codes(), ["formula-without-result"]);
}

#[test]
fn what_is_no_workbook_is_refused_with_a_next_step() {
    let empty = ENGINE.workbook("recommendation").expect("a workbook");
    let old: Vec<u8> = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    let mut locked = old.clone();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let zip = |name: &str| pack(&[part(name, "x")]).expect("a package");
    let bomb = |part_name: &str, bytes: usize| {
        let mut xml = b"<x>".to_vec();
        xml.resize(bytes, b' ');
        raw("", sheet_xml(""), vec![part(part_name, xml)])
    };
    let lie =
        |dimension: &str| raw("", format!("<worksheet><dimension ref=\"{dimension}\"/><sheetData/></worksheet>").into_bytes(), vec![]);
    let text = |count: usize| format!("<sst uniqueCount=\"{count}\"><si><t>name</t></si></sst>");
    let odd = sheet_xml("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("xls, et", old),
        ("password", locked),
        ("csv", "姓名,身份证号码\n甲,990000198503120028\n".into()),
        ("gb18030 csv", b"\xd0\xd5\xc3\xfb,\xc9\xed".to_vec()),
        ("web page", b"<html><table>".to_vec()),
        ("pdf", b"%PDF-1.7".to_vec()),
        ("xlsb", zip("xl/workbook.bin")),
        ("docx", zip("word/document.xml")),
        ("zip", zip("photos/1.jpg")),
        ("cut", empty[..empty.len() / 2].to_vec()),
        ("bomb in one part", bomb("xl/media/image1.png", 150 << 20)),
        ("bomb in many parts", raw("", sheet_xml(""), (0..6).map(|at| part(&format!("xl/x{at}.xml"), vec![b' '; 30 << 20])).collect())),
        ("count that lies", raw("", sheet_xml(""), vec![part("xl/sharedStrings.xml", text(usize::MAX))])),
        ("dimension that lies", lie("ZZ9:A1")),
        ("address that cannot be", lie("A1:ZZZZZZZZZZ9")),
        ("doctype", raw("", b"<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>".to_vec(), vec![])),
        ("two values at one place", raw("", odd, vec![])),
        ("nobody's columns", book(&[("表", &[&["会议", "地点"], &["一", "二"]])])),
        ("nothing", book(&[("表", &[])])),
    ];
    let mut said = String::new();
    for (name, bytes) in cases {
        let error = ENGINE.people("recommendation", "人员.xlsx", &bytes).expect_err(name);
        let Error::Refused(found) = &error else { panic!("{name}: {error}") };
        let _ = write!(said, "## {name}\n{}{}", print(found, Lang::Zh), print(found, Lang::En));
    }
    compare("tests/sheet/refused.txt", &said);
}

#[test]
fn a_million_formatted_rows_are_bounded_work() {
    let mut rows = String::with_capacity(60 << 20);
    for row in 2..=1_048_576 {
        let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>");
    }
    let bytes = raw("", sheet_xml(&rows), vec![]);
    let start = std::time::Instant::now();
    let people = people(&bytes);
    assert!(people.list.is_empty() && people.found.is_empty());
    // Ten times what it takes on a quiet machine.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn cutting_a_workbook_anywhere_never_panics() {
    let bytes = book(&[("人员", &[&["name", "id_number"], &["甲", "990000198503120028"]])]);
    for end in (0..bytes.len()).step_by(41) {
        let _ = ENGINE.people("recommendation", "x.xlsx", &bytes[..end]);
    }
    for at in (0..bytes.len()).step_by(17) {
        let mut spoilt = bytes.clone();
        spoilt[at] ^= 0x55;
        let _ = ENGINE.people("recommendation", "x.xlsx", &spoilt);
    }
}

/// A byte changed or taken away anywhere in the XML, packed again so that it is reached.
#[test]
fn spoiling_the_xml_anywhere_never_panics() {
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" s=\"1\"><f t=\"shared\" si=\"0\" ref=\"B2:B3\">A1</f><v>31107</v></c></row>";
    let end = "<mergeCells count=\"1\"><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>";
    let sheet = String::from_utf8(sheet_xml(rows)).expect("UTF-8").replace("<worksheet>", "<worksheet><dimension ref=\"A1:B3\"/>");
    let sheet = sheet.replace("</worksheet>", end).into_bytes();
    let styles = b"<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy\"/></numFmts><fonts><font><sz val=\"9\"/><color theme=\"1\" tint=\"0.5\"/></font></fonts><cellXfs><xf fontId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>";
    let strings = b"<sst count=\"1\" uniqueCount=\"1\"><si><t>&#x738B;</t></si></sst>";
    let columns = |bytes: &[u8]| ENGINE.people("summary", "x.xlsx", bytes);
    let whole = |sheet: &[u8], styles: &[u8], strings: &[u8]| {
        raw("", sheet.to_vec(), vec![part("xl/styles.xml", styles), part("xl/sharedStrings.xml", strings)])
    };
    assert_eq!(columns(&whole(&sheet, styles, strings)).expect("it is read").list.len(), 1);
    for (which, xml) in [sheet.as_slice(), styles, strings].into_iter().enumerate() {
        for at in (0..xml.len()).step_by(3) {
            for change in [Some(b'9'), Some(b'<'), Some(b'"'), None] {
                let mut spoilt = xml.to_vec();
                match change {
                    Some(byte) => spoilt[at] = byte,
                    None => drop(spoilt.remove(at)),
                }
                let mut parts = [sheet.as_slice(), styles, strings];
                parts[which] = &spoilt;
                let _ = columns(&whole(parts[0], parts[1], parts[2]));
            }
        }
    }
}

fn compare(path: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, found).expect("the reference is written");
        return;
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, want, "if this is right: BLESS=1 cargo test --test sheet");
}
