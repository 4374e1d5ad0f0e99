//! Files that we issue ourselves, read back: every field exactly, of every sample and of blank forms.

use std::path::Path;

use formwright::diag::Diagnostics;
use formwright::docx::DocxOptions;
use formwright::engine::{Engine, Filled};
use formwright::form::{FieldKind, Form};
use formwright::readback::{Content, Issued, ReadBack, read};
use formwright::record::Record;

const SAMPLES: [(&str, Option<&str>); 7] = [
    ("recommendation", Some("nominee")),
    ("recommendation", Some("overfull")),
    ("recommendation", Some("rare")),
    ("recommendation", Some("minority")),
    ("recommendation", None),
    ("summary", Some("sheet")),
    ("summary", None),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn engine() -> Engine {
    Engine::open(root().join("templates"), root().join("fonts")).expect("the shipped templates and faces")
}

fn filled<'e>(engine: &'e Engine, template: &str, sample: Option<&str>) -> Filled<'e> {
    match sample {
        None => engine.blank(template).expect("a blank form"),
        Some(sample) => {
            let record = Record::open(root().join("samples").join(format!("{sample}.json"))).expect("a sample");
            engine.fill(template, record).expect("a sample can be filled")
        }
    }
}

/// Every difference between what was laid out and what came back, by the name of the field.
fn differences(filled: &Filled, back: &ReadBack) -> Vec<String> {
    let form: &Form = filled.form();
    let mut found: Vec<String> = Vec::new();
    for (field, value) in form.fields.iter().zip(&filled.layout().values) {
        if !field.kind.is_data() {
            continue;
        }
        let Some(returned) = back.fields.iter().find(|returned| returned.name == field.name) else {
            found.push(format!("{}: lost", field.name));
            continue;
        };
        match &returned.value {
            Content::Text(text) if *text == value.text => {}
            Content::Text(text) => {
                found.push(format!("{}: {} characters, not {}", field.name, text.chars().count(), value.text.chars().count()))
            }
            Content::Picture(_) if field.kind == FieldKind::Photo => {}
            Content::Ticked(ticked) if *ticked != value.text.is_empty() => {}
            _ => found.push(format!("{}: of another kind", field.name)),
        }
    }
    found
}

fn none(what: &str, found: &[String], warnings: &Diagnostics) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
    assert!(warnings.is_empty(), "{what}: {:?}", warnings.codes());
}

#[test]
fn what_we_issue_comes_back() {
    let engine = engine();
    for (template, sample) in SAMPLES {
        let what = format!("{template}-{}", sample.unwrap_or("blank"));
        let filled = filled(&engine, template, sample);
        let docx = filled.docx(&DocxOptions::default()).expect("a DOCX");
        // Seeds for the fuzzer, and files for other programs to open.
        if let Some(folder) = std::env::var_os("FORMWRIGHT_DOCX") {
            std::fs::write(Path::new(&folder).join(format!("{what}.docx")), &docx).expect("the folder can be written");
        }
        let back = read(&what, &docx).unwrap_or_else(|found| panic!("{what}: {:?}", found.codes()));
        none(&what, &differences(&filled, &back), &back.warnings);
        let issue = back.issue.as_ref().expect("it says what it was issued as");
        assert_eq!((&issue.template, &issue.digest), (&filled.form().template.id, &filled.form().template.digest));
        for returned in &back.fields {
            let (_, field) = filled.form().field(returned.name.as_str()).expect("a field of the form");
            let plain = |kind: &FieldKind| if matches!(kind, FieldKind::Choice(_)) { FieldKind::Choice(Vec::new()) } else { kind.clone() };
            assert_eq!(returned.kind, Some(plain(&field.kind)), "{what}: {}", field.name);
            assert_eq!(returned.label, field.label, "{what}: {}", field.name);
            assert!(returned.issued != Issued::Unknown, "{what}: {}", field.name);
            if let (Content::Picture(picture), Some(photo)) = (&returned.value, sample) {
                assert_eq!(picture.is_some(), photo != "sheet", "{what}: the photo");
            }
        }
    }
}

/// `soffice` opens every file and saves it again.
#[test]
#[ignore = "needs LibreOffice"]
fn what_libreoffice_saves_comes_back() {
    let engine = engine();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docx-libreoffice");
    let (sent, saved) = (folder.join("sent"), folder.join("saved"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&sent).expect("a folder for the files");
    let mut all = Vec::new();
    for (template, sample) in SAMPLES {
        let filled = filled(&engine, template, sample);
        let path = sent.join(format!("{template}-{}.docx", sample.unwrap_or("blank")));
        std::fs::write(&path, filled.docx(&DocxOptions::default()).expect("a DOCX")).expect("the file is written");
        all.push((path, filled));
    }
    let done = std::process::Command::new("soffice")
        .arg("--headless")
        .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
        .args(["--convert-to", "docx:MS Word 2007 XML", "--outdir"])
        .arg(&saved)
        .args(all.iter().map(|(path, _)| path))
        .output()
        .expect("soffice runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mut wrong = Vec::new();
    for (path, filled) in &all {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let bytes = std::fs::read(saved.join(&name)).expect("LibreOffice has saved it");
        let back = read(&name, &bytes).unwrap_or_else(|found| panic!("{name}: {:?}", found.codes()));
        let sent = read(&name, &std::fs::read(path).expect("it was written")).expect("it is read");
        wrong.extend(differences(filled, &back).into_iter().map(|found| format!("{name}: {found}")));
        wrong.extend(back.warnings.iter().map(|warning| format!("{name}: {} {:?}", warning.code, warning.place)));
        for returned in &back.fields {
            let before = sent.fields.iter().find(|field| field.name == returned.name).expect("no field is made up");
            if returned.kind != before.kind || returned.issued != before.issued {
                wrong.push(format!("{name}: {}: its kind or what was issued", returned.name));
            }
            // The file of a photo is kept as it is, and an empty place stays one.
            if matches!(before.value, Content::Picture(_)) && returned.value != before.value {
                wrong.push(format!("{name}: {}: the picture", returned.name));
            }
        }
        if back.issue != sent.issue {
            wrong.push(format!("{name}: what it was issued as"));
        }
    }
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
}
