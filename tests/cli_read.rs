//! Filled files on the command line, as its users see it: exit code, standard output and standard error in full, in
//! `tests/cli/*.txt`.
//!
//! `BLESS=1 cargo test --test cli_read` writes them anew: read the diff.

#[path = "support/desk.rs"]
mod desk;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::OnceLock;

use desk::{Any, Desk, compare, home, told};
use formwright::image;
use formwright::record::Folder;
use formwright::{DocxOptions, Engine, PdfOptions, Record};
use lopdf::{Document, Object, StringFormat};

/// What was sent out.
const SENT: &str = r#"{"name": "王𠅤", "sex": "女", "birth": "1985-03", "employer": "某厂", "id_number": "990000198503120027",
    "resume": [{"period": "2003.09—2006.06", "work": "学徒"}], "personal_summary": "SUMMARY", "photo": "photo-1.jpg"}"#;

/// Another record, as far as it differs.
const OTHER: &str = r#"{"name": "王大明", "sex": "女", "birth": "1985-04", "employer": "某厂", "id_number": "990000198503120027",
    "mobile": "19900000001", "resume": [{"period": "2003.09—2006.06"}, {}, {}, {}, {}, {}, {}, {}, {}, {"work": "第十行"}],
    "personal_summary": "SUMMARX", "deeds": "表上没有"}"#;

/// Text files on the desk.
fn texts() -> Vec<(&'static str, String)> {
    let long = format!("　　本人{}在某厂工作。", "勤勤恳恳，".repeat(30));
    vec![
        ("sent.json", SENT.replace("SUMMARY", &long)),
        ("other.json", OTHER.replace("SUMMARX", &long.replace("在某厂", "一直在某厂"))),
        ("broken.json", "{\"name\": \"王㛃\",}".to_owned()),
        ("lost.json", "{\"name\": \"王𠅤\", \"photo\": \"lost.jpg\"}".to_owned()),
        ("page.html", "<html></html>".to_owned()),
        // Pictures of others that stand where a record's photo would.
        ("taken.photo.jpg", "another".to_owned()),
        ("taken.photo.2.jpg", "yet another".to_owned()),
    ]
}

/// The other files on the desk, made once.
fn files() -> &'static BTreeMap<&'static str, Vec<u8>> {
    static FILES: OnceLock<BTreeMap<&'static str, Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| make().unwrap_or_else(|error| panic!("{error}")))
}

fn make() -> Result<BTreeMap<&'static str, Vec<u8>>, Any> {
    let engine = Engine::open(home().join("templates"), home().join("fonts"))?;
    let sent = texts().into_iter().find(|(name, _)| *name == "sent.json").map(|(_, text)| text).unwrap_or_default();
    let record =
        Record::parse(sent.as_bytes(), &Folder::new(&home().join("samples/photos"))).map_err(|found| format!("{:?}", found.codes()))?;
    let form = engine.fill("recommendation", record)?;
    let pdf = form.pdf(&PdfOptions::fillable())?;
    let sheet = engine.blank("summary")?.pdf(&PdfOptions::fillable())?;
    let mut files = BTreeMap::from([
        ("sent.docx", form.docx(&DocxOptions::default())?),
        ("print.pdf", form.pdf(&PdfOptions::print())?),
        ("sheet.pdf", sheet),
        ("photo-1.jpg", fs::read(home().join("samples/photos/photo-1.jpg"))?),
        ("old.doc", [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600]].concat()),
        ("zip.docx", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
        ("cut.docx", form.docx(&DocxOptions::default())?[..2000].to_vec()),
        ("garbage.pdf", [&b"%PDF-1.7\n"[..], &[b'x'; 5000]].concat()),
        ("secret.pdf", fs::read(home().join("tests/read_pdf/encrypted/locked-rc4-128-plain.pdf"))?),
        // What pdfium leaves of a character beyond the BMP; an identity number cleared; a month that is none.
        ("damaged.pdf", edited(&pdf, &[("name", "王\u{164}"), ("id_number", ""), ("birth", "八五年春")])?),
        ("unmarked.pdf", marked(&pdf, None)?),
        ("foreign.pdf", marked(&pdf, Some("dossier"))?),
        ("older.pdf", marked(&pdf, Some("recommendation"))?),
    ]);
    files.insert("sent.pdf", pdf);
    Ok(files)
}

/// A PDF in which somebody typed other values.
fn edited(bytes: &[u8], values: &[(&str, &str)]) -> Result<Vec<u8>, Any> {
    let mut document = Document::load_mem(bytes)?;
    for object in document.objects.values_mut() {
        let Ok(field) = object.as_dict_mut() else { continue };
        let Some(name) = field.get(b"T").ok().and_then(|name| name.as_str().ok()).map(ToOwned::to_owned) else { continue };
        if let Some((_, value)) = values.iter().find(|(known, _)| known.as_bytes() == name) {
            let utf16 = [0xFEFF].into_iter().chain(value.encode_utf16()).flat_map(u16::to_be_bytes).collect();
            field.set("V", Object::String(utf16, StringFormat::Hexadecimal));
        }
    }
    Ok(saved(document)?)
}

/// A PDF with another template's name and digest, or with none.
fn marked(bytes: &[u8], template: Option<&str>) -> Result<Vec<u8>, Any> {
    let mut document = Document::load_mem(bytes)?;
    document.trailer.remove(b"Info");
    let catalog = document.catalog_mut()?;
    catalog.remove(b"FWForm");
    if let Some(template) = template {
        let mut mark = lopdf::Dictionary::new();
        for (key, value) in [("Template", template), ("Version", "0"), ("Digest", "00")] {
            mark.set(key, Object::string_literal(value));
        }
        catalog.set("FWForm", mark);
    }
    Ok(saved(document)?)
}

fn saved(mut document: Document) -> Result<Vec<u8>, std::io::Error> {
    let mut out = Vec::new();
    document.save_to(&mut out)?;
    Ok(out)
}

fn desk() -> Result<Desk, Any> {
    let desk = Desk::new()?;
    for (name, text) in texts() {
        desk.put(name, &text)?;
    }
    for (name, bytes) in files() {
        fs::write(desk.path(name), bytes)?;
    }
    fs::create_dir(desk.path("folder"))?;
    Ok(desk)
}

/// Every command line, by the name of the file that says what it does.
const CASES: [(&str, &str); 60] = [
    ("read-help", "read --help"),
    ("read-stdin", "read - -o out.json --against sent.json"),
    ("read-output", "read sent.pdf -o out.json"),
    ("read-output-docx", "read sent.docx -o out.json"),
    ("read-into-folder", "read sent.pdf -o folder"),
    ("read-photo-name-taken", "read sent.pdf -o taken.json"),
    ("read-no-folder", "read sent.pdf -o nowhere/out.json"),
    ("read-not-json", "read sent.pdf -o out.txt"),
    ("read-over-itself", "read sent.json -o sent.json"),
    ("read-json-and-stdout", "read sent.pdf --json"),
    ("read-against-and-stdout", "read sent.pdf -o - --against sent.json"),
    ("read-json", "read damaged.pdf -o out.json --json"),
    ("read-values-alone", "read sent.pdf -o out.json --values"),
    ("read-same", "read sent.pdf --against sent.json"),
    ("read-same-json", "read sent.pdf --against sent.json --json"),
    ("read-same-as-docx", "read sent.pdf --against sent.docx"),
    ("read-differs", "read sent.pdf --against other.json"),
    ("read-differs-values", "read sent.docx --against other.json --values"),
    ("read-differs-json", "read sent.pdf --against other.json --json"),
    ("read-differs-json-values", "read sent.pdf --against other.json --json --values"),
    ("read-differs-and-writes", "read sent.pdf --against other.json -o out.json"),
    ("read-against-broken", "read sent.pdf --against broken.json"),
    ("read-against-absent", "read sent.pdf --against absent.json"),
    ("read-against-lost-photo", "read sent.pdf --against lost.json"),
    ("read-template", "read sent.pdf --template recommendation -o out.json"),
    ("read-template-damaged", "read damaged.pdf --template recommendation -o out.json"),
    ("read-template-of-another", "read sheet.pdf --template recommendation -o out.json"),
    ("read-template-older", "read older.pdf --template recommendation -o out.json"),
    ("read-template-unknown", "read sent.pdf --template recomendation -o out.json"),
    ("read-absent", "read absent.pdf"),
    ("read-is-folder", "read folder"),
    ("read-record", "read sent.json"),
    ("read-old-word", "read old.doc"),
    ("read-web-page", "read page.html"),
    ("read-picture", "read photo-1.jpg"),
    ("read-print", "read print.pdf"),
    ("read-encrypted", "read secret.pdf"),
    ("read-garbage", "read garbage.pdf"),
    ("read-empty-zip", "read zip.docx"),
    ("read-cut", "read cut.docx"),
    ("read-damaged", "read damaged.pdf -o out.json"),
    ("read-damaged-against", "read damaged.pdf --against sent.json --values"),
    ("check-filled", "check recommendation sent.pdf"),
    ("check-damaged", "check recommendation damaged.pdf"),
    ("check-old-word", "check recommendation old.doc"),
    ("render-filled", "render recommendation sent.docx -o out.pdf"),
    ("render-filled-damaged", "render recommendation damaged.pdf -o out.pdf"),
    ("render-filled-strict", "render recommendation damaged.pdf -o out.pdf --strict"),
    ("render-filled-of-another", "render summary sent.pdf -o out.pdf"),
    ("render-from", "render --from sent.pdf -o out.pdf"),
    ("render-from-older", "render --from older.pdf -o out.pdf"),
    ("render-from-foreign", "render --from foreign.pdf -o out.pdf"),
    ("render-from-unmarked", "render --from unmarked.pdf -o out.pdf"),
    ("render-from-named", "render recommendation --from unmarked.pdf -o out.pdf"),
    ("render-from-record", "render --from sent.json -o out.pdf"),
    ("render-from-absent", "render --from absent.pdf -o out.pdf"),
    ("render-from-and-record", "render recommendation sent.json --from sent.pdf -o out.pdf"),
    ("render-from-over-itself", "render --from sent.pdf -o sent.pdf"),
    ("render-from-over-itself-in-folder", "render --from sent.pdf -o ./"),
    ("render-nothing", "render -o out.pdf"),
];

#[test]
fn every_command_line_ends_as_written_down() -> Result<(), Any> {
    for (name, arguments) in CASES {
        let mut found = String::new();
        for language in ["zh_CN.UTF-8", "en_US.UTF-8"] {
            let desk = desk()?;
            let before = desk.names()?;
            let input = files().get("sent.pdf").map(Vec::as_slice).unwrap_or_default();
            let output = desk.run(language, arguments, input)?;
            let made: Vec<String> = desk.names()?.into_iter().filter(|name| !before.contains(name)).collect();
            let _ = write!(found, "{}", told(&desk, arguments, &output));
            if !made.is_empty() {
                let _ = writeln!(found, "--- made\n{}", made.join(" "));
            }
            found.push('\n');
        }
        compare(name, &found)?;
    }
    Ok(())
}

#[test]
fn a_record_comes_back_with_its_photo_beside_it() -> Result<(), Any> {
    let desk = desk()?;
    for (file, arguments) in
        [("one", "read sent.pdf -o one.json"), ("two", "read sent.docx -o two.json"), ("three", "read one.pdf -o three.json")]
    {
        assert_eq!(desk.run("C", arguments, b"")?.status.code(), Some(0), "{arguments}");
        assert!(image::same(&fs::read(desk.path(&format!("{file}.photo.jpg")))?, &files()["photo-1.jpg"]), "{arguments}");
        let text = fs::read_to_string(desk.path(&format!("{file}.json")))?;
        assert!(text.contains(&format!("\"photo\": \"{file}.photo.jpg\"")), "{text}");
        assert_eq!(text.replace(file, "one"), fs::read_to_string(desk.path("one.json"))?, "{arguments}");
        // What was read makes the form again.
        let output = desk.run("C", "render recommendation one.json -o one.pdf --fillable", b"")?;
        assert_eq!(output.status.code(), Some(0));
        assert!(fs::read(desk.path("one.pdf"))? == files()["sent.pdf"]);
    }
    // On standard output the photo is in the record.
    let output = desk.run("C", "read sent.docx", b"")?;
    let record = Record::parse(&output.stdout, &formwright::record::NoFiles).map_err(|found| format!("{:?}", found.codes()))?;
    assert!(record.troubles().is_empty() && record.embedded().count() == 1 && output.stderr.is_empty());
    Ok(())
}

#[test]
fn a_photo_of_another_record_stays() -> Result<(), Any> {
    let desk = desk()?;
    for _ in 0..2 {
        desk.run("C", "read sent.pdf -o taken.json", b"")?;
        assert_eq!(fs::read(desk.path("taken.photo.jpg"))?, b"another");
        assert_eq!(fs::read(desk.path("taken.photo.2.jpg"))?, b"yet another");
        assert!(image::same(&fs::read(desk.path("taken.photo.3.jpg"))?, &files()["photo-1.jpg"]));
        assert!(fs::read_to_string(desk.path("taken.json"))?.contains("\"taken.photo.3.jpg\""));
    }
    assert!(!desk.path("taken.photo.4.jpg").exists(), "the same photo is written once");
    Ok(())
}

#[test]
fn a_filled_file_is_flattened_by_setting_its_values_anew() -> Result<(), Any> {
    let desk = desk()?;
    for (arguments, want) in [
        ("render --from sent.pdf -o out.pdf", "print.pdf"),
        ("render --from sent.docx -o out.pdf", "print.pdf"),
        ("render recommendation sent.docx -o out.pdf --fillable", "sent.pdf"),
        ("render recommendation sent.json -o out.docx", "sent.docx"),
        ("render --from sent.pdf -o out.docx", "sent.docx"),
    ] {
        let output = desk.run("C", arguments, b"")?;
        assert_eq!(output.status.code(), Some(0), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        let out = if arguments.ends_with("docx") { "out.docx" } else { "out.pdf" };
        assert!(fs::read(desk.path(out))? == files()[want], "{arguments}");
    }
    Ok(())
}

#[test]
fn a_folder_gets_every_format_of_the_template() -> Result<(), Any> {
    let desk = desk()?;
    let output = desk.run("C", "render recommendation sent.json -o all/", b"")?;
    assert_eq!(output.status.code(), Some(0));
    for (file, want) in [("sent.pdf", "print.pdf"), ("sent.fillable.pdf", "sent.pdf"), ("sent.docx", "sent.docx")] {
        assert!(fs::read(desk.path("all").join(file))? == files()[want], "{file}");
    }
    assert!(fs::read_to_string(desk.path("all").join("sent.html"))?.starts_with("<!DOCTYPE html>"));
    assert_eq!(fs::read_dir(desk.path("all"))?.count(), 4);
    Ok(())
}

#[test]
fn neither_json_nor_a_log_holds_a_value_unless_asked() -> Result<(), Any> {
    let desk = desk()?;
    for arguments in [
        "read sent.pdf --against other.json",
        "read sent.pdf --against other.json --json",
        "read damaged.pdf --against other.json --template recommendation",
        "read damaged.pdf -o out.json --template recommendation --json",
        "check recommendation damaged.pdf",
    ] {
        let output = desk.run("zh_CN.UTF-8", arguments, b"")?;
        let all = String::from_utf8([output.stdout, output.stderr].concat())?;
        for value in ["王", "某厂", "八五", "学徒", "第十行", "勤勤恳恳", "990000"] {
            assert!(!all.contains(value), "{arguments}: {value} in {all}");
        }
    }
    Ok(())
}
