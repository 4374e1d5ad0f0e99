//! Dossiers: the form, the 事迹材料 and the copies, laid out, judged, and drawn into one PDF that other programs read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwright::check::Stage;
use formwright::diag::{Diagnostic, Diagnostics, Place};
use formwright::form::Form;
use formwright::image::PictureData;
use formwright::layout::{Frame, ItemKind};
use formwright::pdf::{self, PdfOptions};
use formwright::record::{Assets, Folder, NoFiles};
use formwright::{Dossier, DossierOptions, Engine, FillOptions, Record};
use serde_json::{Value, json};

#[path = "read_pdf/raw.rs"]
#[allow(dead_code)]
mod raw;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn engine() -> Engine {
    Engine::open(root().join("templates"), root().join("fonts")).expect("the engine opens")
}

fn person() -> PathBuf {
    root().join("samples/dossier/林小舟")
}

/// The sample's record with what its folder holds, as a batch puts it together.
fn sample() -> Record {
    let text = std::fs::read_to_string(person().join("记录.json")).expect("the record is there");
    let mut record: Value = serde_json::from_str(&text).expect("it is JSON");
    record["photo"] = json!("照片.jpg");
    record["deeds"] = json!(std::fs::read_to_string(person().join("事迹材料.txt")).expect("the deeds are there").trim_end());
    record["attachments"] = json!([
        {"file": "附件/01 身份证.jpg", "caption": "身份证"},
        {"file": "附件/02 高级技师证书.pdf", "caption": "高级技师证书"},
    ]);
    Record::parse(record.to_string().as_bytes(), &Folder::new(&person())).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

/// Files by their names.
struct Files(BTreeMap<&'static str, Vec<u8>>);

impl Assets for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        match self.0.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => NoFiles.read(path),
        }
    }
}

fn with_attachments(attachments: &Value, files: &dyn Assets) -> Record {
    let record = json!({"name": "林小舟", "employer": "瑞安市云渡精密阀门有限公司", "attachments": attachments});
    Record::parse(record.to_string().as_bytes(), files).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

fn draft(engine: &Engine, record: &Record, files: &dyn Assets, grey: bool) -> String {
    let options = DossierOptions { fill: FillOptions { grey, strict: false }, stage: Stage::Draft };
    let dossier = engine.dossier("recommendation", record, files, &options).expect("a dossier comes of it");
    let copies = dossier.sections().iter().skip(1).map(|(_, layout)| layout.frames.len()).sum::<usize>();
    format!("{} {copies}", said(dossier.warnings()))
}

/// Code and label of everything that was found.
fn said(found: &Diagnostics) -> String {
    let label = |place: &Place| if let Place::Record { label, .. } = place { label.clone() } else { String::new() };
    found.iter().map(|one| format!("{}@{}", one.code, label(&one.place))).collect::<Vec<_>>().join(" ")
}

/// What stands in the place for the copy on a sheet: its kind, its place in millimetres, whether it is turned.
fn copy_on(form: &Form, frame: &Frame) -> String {
    let (field, _) = form.field("copy").expect("the template has a place");
    let mut items = frame.items.iter().filter_map(|item| if let ItemKind::Widget(widget) = &item.kind { Some(widget) } else { None });
    let widget = items.find(|widget| widget.field == field).expect("the sheet has the place");
    let whole = |rect: &formwright::units::Rect| format!("{:.0} {:.0} {:.0} {:.0}", rect.x.0, rect.y.0, rect.w.0, rect.h.0);
    match widget.items.first().map(|item| &item.kind) {
        Some(ItemKind::Image(placed)) => format!("picture {} {}", whole(&placed.at), placed.turned),
        Some(ItemKind::Copy(placed)) => format!("page {} {}", whole(&placed.at), placed.turned),
        _ => "nothing".to_owned(),
    }
}

fn copies(dossier: &Dossier<'_>) -> Vec<String> {
    let sheets = dossier.sections().into_iter().filter(|(form, _)| form.template.id == "copy");
    sheets.flat_map(|(form, layout)| layout.frames.iter().map(|frame| copy_on(form, frame)).collect::<Vec<_>>()).collect()
}

#[test]
fn the_sample_is_a_dossier_of_ten_pages() {
    let engine = engine();
    let options = DossierOptions { stage: Stage::Final, ..DossierOptions::default() };
    let dossier = engine.dossier("recommendation", &sample(), &Folder::new(&person()), &options).expect("it is laid out");
    assert_eq!(
        said(dossier.warnings()),
        "attachment-annotations@附件·第2个 attachment-actions@附件·第2个",
        "what the certificate's PDF had besides its ink"
    );
    assert_eq!((dossier.form().pages(), dossier.pages()), (6, 10));
    let titles: Vec<String> =
        dossier.sections().iter().skip(1).flat_map(|(_, layout)| layout.frames.iter().filter_map(|frame| frame.title.clone())).collect();
    assert_eq!(titles, ["事迹材料", "事迹材料续1", "身份证", "高级技师证书"]);
    // Both are wider than high; the card fits upright, the certificate does not.
    assert_eq!(copies(&dossier), ["picture 32 103 147 92 false", "page 20 29 170 240 true"]);
}

#[test]
fn the_sample_is_a_pdf_that_other_programs_read() {
    let engine = engine();
    let dossier = engine.dossier("recommendation", &sample(), &Folder::new(&person()), &DossierOptions::default()).expect("it is laid out");
    let part = dossier.part().expect("it is drawn");
    let fonts = formwright::fonts::Fonts::open(&formwright::FontOptions { folders: vec![root().join("fonts")], system: false })
        .expect("the fonts open");
    let bytes = pdf::write_part(&part, &fonts, &PdfOptions { compress: false, ..PdfOptions::print() }).expect("it is written");
    assert_eq!(part.pages(), 10);
    for word in ["JavaScript", "/Launch", "/AcroForm", "/Annots", "OpenAction", "EmbeddedFile", "/AA"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let file = std::env::temp_dir().join(format!("formwright-dossier-{}.pdf", std::process::id()));
    std::fs::write(&file, &bytes).expect("it can be written");
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).arg(&file).arg("-").output();
        done.map(|done| (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned()))
    };
    if let Ok(done) = Command::new("qpdf").arg("--check").arg(&file).output() {
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
    // The seal and the number are on the paper, as ink.
    if let Ok((true, text)) = run("pdftotext", &["-f", "10", "-l", "10"]) {
        assert!(text.contains("9900-1612-0117") && text.contains("高级技师证书") && text.contains("与原件一致"), "{text}");
    }
    // With LOOK=1 the file stays for a look.
    if std::env::var_os("LOOK").is_none() {
        std::fs::remove_file(&file).expect("it can be removed");
    }
}

#[test]
fn each_attachment_is_told_by_its_bytes_and_by_its_number() {
    let engine = engine();
    let fixture = |name: &str| std::fs::read(root().join("tests/hostile/images").join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    let encrypted = std::fs::read_dir(root().join("tests/read_pdf/encrypted")).expect("they are there");
    let encrypted = encrypted.map(|entry| entry.expect("it is there").path()).find(|path| path.to_string_lossy().contains("user"));
    let pages = |count: usize| {
        raw::file(&[
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            format!("<</Kids[{}]>>", "<</MediaBox[0 0 842 595]>>".repeat(count)).into_bytes(),
        ])
    };
    let colour = raw::file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Kids[<</Contents 3 0 R>>]>>".to_vec(),
        raw::stream("", b"1 0 0 rg 0 0 9 9 re f"),
    ]);
    let mut files = BTreeMap::from([
        ("plain.png", fixture("plain.png")),
        ("exif.jpg", fixture("exif-6.jpg")),
        ("heic.jpg", fixture("heic.jpg")),
        ("cut.jpg", fixture("truncated.jpg")),
        ("empty.pdf", Vec::new()),
        ("two.pdf", pages(2)),
        ("named.jpg", pages(1)),
        ("many.pdf", pages(61)),
        ("sixty.pdf", pages(60)),
        ("colour.pdf", colour),
        ("broken.pdf", b"%PDF-1.7\nnothing".to_vec()),
    ]);
    files.extend(encrypted.map(|path| ("locked.pdf", std::fs::read(path).expect("it is there"))));
    let locked = files.contains_key("locked.pdf");
    let files = Files(files);
    for (attachments, want) in [
        (json!([{"file": "plain.png", "caption": "证书"}]), " 1"),
        (json!([{"file": "named.jpg", "caption": "证书"}, {"file": "two.pdf", "caption": "专利"}]), " 3"),
        (json!([{"file": "heic.jpg"}, {"file": "plain.png"}]), "attachment-format@附件·第1个 1"),
        (json!([{"file": "plain.png"}, {"file": "cut.jpg"}]), "attachment-truncated@附件·第2个 1"),
        (json!([{"file": "empty.pdf"}]), "attachment-empty@附件·第1个 0"),
        (json!([{"file": "broken.pdf"}]), "attachment-damaged@附件·第1个 0"),
        (json!([{"file": "many.pdf"}]), "attachment-too-many-pages@附件·第1个 0"),
        (
            json!([{"file": "sixty.pdf"}, {"file": "sixty.pdf"}, {"file": "sixty.pdf"}, {"file": "sixty.pdf"}]),
            "attachment-too-many-pages@附件·第4个 180",
        ),
        (json!([{"file": "gone.png"}]), "attachment-no-files@附件·第1个 0"),
        (json!([{"file": "../gone.png"}, {"file": "plain.png"}]), "attachment-outside@附件·第1个 1"),
        (json!([{"file": "https://example.com/a.png"}]), "attachment-url@附件·第1个 0"),
        (json!([{"caption": "身份证"}, {"file": "plain.png"}]), "attachment-nameless@附件·第1个 1"),
        (json!([{"file": "plain.png", "caption": "证书\u{E000}"}]), "private-use@附件·第1个·说明 1"),
        (json!([{"file": "plain.png", "caption": "证".repeat(400)}]), "does-not-fit@附件·第1个·说明 1"),
        (json!([{"file": "colour.pdf"}]), "attachment-colour@附件·第1个 1"),
    ] {
        let record = with_attachments(&attachments, &files);
        assert_eq!(draft(&engine, &record, &files, true), want, "{attachments}");
    }
    if locked {
        let record = with_attachments(&json!([{"file": "locked.pdf"}]), &files);
        assert_eq!(draft(&engine, &record, &files, false), "attachment-encrypted@附件·第1个 0");
    }
    // No picture is larger than at 150 dots per inch, and EXIF is obeyed.
    let record = with_attachments(&json!([{"file": "exif.jpg"}, {"file": "two.pdf"}]), &files);
    let dossier = engine.dossier("recommendation", &record, &files, &DossierOptions::default()).expect("it is laid out");
    let places = copies(&dossier);
    assert!(places[0].starts_with("picture") && places[0].ends_with("false"), "{places:?}");
    assert_eq!(places[1..], ["page 20 29 170 241 true", "page 20 29 170 241 true"]);
}

#[test]
fn errors_are_told_and_what_can_be_printed_is_printed() {
    let engine = engine();
    let text =
        json!({"name": "林小舟", "sex": "男", "id_number": "990000198604090112", "deeds": "　　一\u{E000}二", "mobile": 3, "nmae": "x"});
    let record = Record::parse(text.to_string().as_bytes(), &NoFiles).expect("it is a record");
    for (stage, strict) in [(Stage::Draft, false), (Stage::Final, false), (Stage::Draft, true)] {
        let options = DossierOptions { stage, fill: FillOptions { strict, grey: false } };
        let dossier = engine.dossier("recommendation", &record, &NoFiles, &options).expect("it is laid out");
        let mut codes = dossier.warnings().codes();
        codes.sort_unstable();
        assert_eq!(
            codes,
            ["id-number-check", "missing-required", "number-for-text", "private-use", "unknown-key"],
            "each once: {}",
            said(dossier.warnings())
        );
        assert!(dossier.warnings().has_errors());
        assert_eq!(dossier.pages(), 7);
        assert_eq!(dossier.part().expect("it is drawn").pages(), 7);
        let errors = dossier.warnings().iter().filter(|one| one.severity == formwright::Severity::Error).count();
        assert_eq!(
            errors,
            if strict {
                5
            } else if stage == Stage::Final {
                4
            } else {
                2
            }
        );
    }
    // Without deeds and attachments a dossier is the form.
    let record = Record::parse(br#"{"deeds": " ", "attachments": []}"#, &NoFiles).expect("it is a record");
    let dossier = engine.dossier("recommendation", &record, &NoFiles, &DossierOptions::default()).expect("it is laid out");
    assert_eq!((dossier.pages(), dossier.sections().len()), (6, 1));
    assert!(engine.dossier("none", &record, &NoFiles, &DossierOptions::default()).is_err());
}

#[test]
fn a_copy_is_grey_where_it_is_asked_for_and_keeps_its_bytes_else() {
    let engine = engine();
    let jpeg = std::fs::read(root().join("tests/hostile/images/plain.jpg")).expect("it is there");
    let files = Files(BTreeMap::from([("a.jpg", jpeg.clone())]));
    let record = with_attachments(&json!([{"file": "a.jpg"}]), &files);
    for grey in [false, true] {
        let options = DossierOptions { fill: FillOptions { grey, strict: false }, ..DossierOptions::default() };
        let dossier = engine.dossier("recommendation", &record, &files, &options).expect("it is laid out");
        let sections = dossier.sections();
        let widgets = sections.iter().flat_map(|(_, layout)| &layout.frames).flat_map(|frame| &frame.items);
        let pictures = widgets.filter_map(|item| if let ItemKind::Widget(widget) = &item.kind { widget.items.first() } else { None });
        let pictures: Vec<_> =
            pictures.filter_map(|item| if let ItemKind::Image(placed) = &item.kind { Some(&placed.picture) } else { None }).collect();
        assert_eq!(pictures.len(), 1);
        assert_eq!(pictures[0].colour == formwright::image::Colour::Grey, grey);
        let PictureData::Jpeg(kept) = &pictures[0].data else { panic!("it is a JPEG") };
        let scan = |bytes: &[u8]| bytes.windows(2).position(|window| window == b"\xFF\xDA").map(|at| bytes[at..].to_vec());
        assert_eq!(scan(kept) == scan(&jpeg), !grey);
    }
}

#[test]
fn letters_and_masked_sheets_are_set_without_being_judged() {
    let engine = engine();
    let people: Vec<Value> = (0..30)
        .map(|_| json!({"name": "林小舟", "employer": "某公司", "id_number": "990000198604090111", "mobile": "19900000005"}))
        .collect();
    let parsed = |record: Value| Record::parse(record.to_string().as_bytes(), &NoFiles).expect("it is a record");
    let letter = engine.set("letter", &parsed(json!({"unit": "瑞安市", "count": "30", "nominees": people}))).expect("the letter is set");
    assert!(letter.pages() > 1 && letter.warnings().is_empty());
    let masked = parsed(json!({"nominees": people})).masked();
    assert!(engine.check("summary", &masked).expect("it is judged").has_errors());
    let sheet = engine.set("summary", &masked).expect("the sheet is set");
    let words: String = sheet.layout().values.iter().map(|value| value.text.as_str()).collect();
    assert!(
        words.contains("990***********0111")
            && words.contains("199****0005")
            && !words.contains("19860409")
            && !words.contains("19900000005")
    );
    // What the paper could not say is refused.
    let unsayable = parsed(json!({"unit": "瑞\u{E000}安市", "nominees": [{"name": "林小舟"}]}));
    assert!(engine.set("letter", &unsayable).is_err());
}
