//! DOCX as other programs see it: LibreOffice prints it like our PDF, Microsoft's validator and three libraries read it,
//! and what editors save comes back. `tests/run` installs them; without it these tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use formwright::diag::Place;
use formwright::form::FieldKind;
use formwright::package::marks;
use formwright::readback::Content;
use formwright::{DocxOptions, Engine, Filled, PdfOptions, Record};
use serde_json::{Value, json};

const FORM: &str = "温州市第七轮首席技师推荐表";
const SHEET: &str = "温州市第七轮首席技师推荐人选情况一览表";

/// What is written: template, sample (none for the blank form), title.
type Paper = (&'static str, Option<&'static str>, &'static str);

const BLANK: Paper = ("recommendation", None, FORM);
const NOMINEE: Paper = ("recommendation", Some("nominee"), FORM);

const PAPERS: [Paper; 7] = [
    BLANK,
    NOMINEE,
    ("recommendation", Some("rare"), FORM),
    ("recommendation", Some("minority"), FORM),
    ("recommendation", Some("overfull"), FORM),
    ("summary", None, SHEET),
    ("summary", Some("sheet"), SHEET),
];

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn libreoffice_prints_what_the_pdf_says() {
    let mut findings = String::new();
    let mut said = String::new();
    for paper in PAPERS {
        let (problems, facts) = run("parity.py", &[text(&made(paper, "pdf")), text(&printed(paper))]);
        findings += &problems;
        said += &format!("DOCX by LibreOffice, {}: pages {}, rules off by at most {} mm\n", name(paper), facts["pages"], facts["largest"]);
    }
    // Past the test harness, which keeps what a good test prints.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
    assert!(findings.is_empty(), "{findings}");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn libreoffice_pages_look_like_the_pdfs() {
    let mut findings = String::new();
    for paper in PAPERS {
        findings += &run("docx_look.py", &[text(&made(paper, "pdf")), text(&printed(paper))]).0;
    }
    assert!(findings.is_empty(), "{findings}");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn packages_are_sound_and_valid() {
    let mut findings = String::new();
    for paper in PAPERS {
        findings += &run("docx_sound.py", &[text(&made(paper, "docx")), "--title", paper.2]).0;
    }
    assert!(findings.is_empty(), "{findings}");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn libraries_read_every_word_and_value() {
    let mut findings = String::new();
    for paper in PAPERS {
        findings += &run("docx_read.py", &[text(&made(paper, "docx")), text(&made(paper, "pdf")), "--title", paper.2]).0;
    }
    assert!(findings.is_empty(), "{findings}");
}

/// What editors save is read back as it was put in, nothing else has changed, and nobody is warned of nothing.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn files_that_were_only_saved_come_back_whole() {
    let mut findings = String::new();
    let issued = PAPERS.map(|paper| made(paper, "docx"));
    let by_office = office("docx", "saved-by-libreoffice", &issued);
    let twice = office("docx", "saved-twice", &PAPERS.map(|paper| by_office.join(format!("{}.docx", name(paper)))));
    for paper in PAPERS {
        let expected = values(paper);
        let file = format!("{}.docx", name(paper));
        let by_python = folder().join(format!("python-docx-{file}"));
        findings += &python_docx(&made(paper, "docx"), &by_python, &json!({}));
        for (who, path) in [
            ("issued", &made(paper, "docx")),
            ("LibreOffice", &by_office.join(&file)),
            ("LibreOffice twice", &twice.join(&file)),
            ("python-docx", &by_python),
        ] {
            findings += &differences(who, path, &expected);
        }
    }
    assert!(findings.is_empty(), "{findings}");
}

/// What a person changes in a form that was issued.
fn changes() -> Values {
    [
        ("address", "龙湾区样品路㛃𠅤号 <a&b> “引”\\%{{x}}"),
        ("mobile", "19900000009"),
        ("form_month", "十二"),
        ("resume.7.work", "新单位\n第二行"),
        ("personal_summary", "第一段。\n　　第二段𠅤。\n\n第四行 end"),
        ("opinions.experts.text", "同意"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Field, how it is typed (docx_type.py knows the ways), and what: a name, cells of one line and of several, a long text.
const BESIDE: [(&str, &str, &str); 8] = [
    ("name", "over", "欧阳修"),
    ("address", "over", "龙湾区样品路9号"),
    ("personal_summary", "over", "第一段写得很长很长，写了又写，写到这里为止。\n　　第二段。\n\n第四行 end"),
    ("resume.0.work", "over", "新单位\n第二行"),
    ("resume.1.work", "behind", "后面"),
    ("resume.2.work", "before", "前面"),
    ("resume.3.work", "below", "下面一段\n又一行"),
    ("opinions.authority.text", "behind", "同意\n推荐"),
];

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn values_put_in_by_editors_come_back() {
    let mut findings = String::new();
    let (mut jobs, mut expected, mut saved, mut doubtful, mut outside) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for paper in [NOMINEE, BLANK] {
        let source = made(paper, "docx");
        let after: Values = values(paper).into_iter().chain(changes()).collect();
        // By a program; and LibreOffice opens and saves what it made.
        let by_python = folder().join(format!("filled-by-python-docx-{}.docx", name(paper)));
        findings += &python_docx(&source, &by_python, &json!({"values": changes()}));
        findings += &differences("filled by python-docx", &by_python, &after);
        saved.push((by_python, after.clone()));
        // By Enter in a control.
        let in_paragraphs = folder().join(format!("paragraphs-{}.docx", name(paper)));
        let value = "第一段。\n第二段。";
        findings += &python_docx(&source, &in_paragraphs, &json!({"paragraphs": {"personal_summary": value}}));
        let with_paragraphs = values(paper).into_iter().chain([("personal_summary".to_owned(), value.to_owned())]).collect();
        findings += &differences("with paragraphs in a control", &in_paragraphs, &with_paragraphs);
        doubtful.push(in_paragraphs);
        // By LibreOffice's own typing: over what stands there, and behind it, where a click beside it puts the cursor.
        let typed = folder().join(format!("typed-in-libreoffice-{}.docx", name(paper)));
        jobs.push(json!({"from": source, "to": typed, "values": changes()}));
        expected.push((typed, after));
        // So that part of it, or all, stands beside the control.
        let beside = folder().join(format!("typed-beside-{}.docx", name(paper)));
        let mut job = json!({"from": source, "to": beside});
        let mut after = values(paper);
        for (field, way, typed) in BESIDE {
            job[way][field] = json!(typed);
            let value = after.entry(field.to_owned()).or_default();
            *value = match way {
                "before" => format!("{typed}{value}"),
                "below" if !value.is_empty() => format!("{value}\n{typed}"),
                "behind" | "below" => format!("{value}{typed}"),
                _ => typed.to_owned(),
            };
        }
        jobs.push(job);
        outside.push((beside, after));
    }
    // Where LibreOffice did not type, there is nothing to compare.
    let typed = typing(&jobs);
    assert!(typed.is_empty(), "{typed}");
    for (path, values) in &expected {
        findings += &differences("typed in LibreOffice", path, values);
    }
    let files: Vec<PathBuf> = saved.iter().map(|(path, _)| path).chain(&doubtful).cloned().collect();
    let by_office = office("docx", "filled-and-saved", &files);
    let of = |path: &Path| by_office.join(path.file_name().expect("a file"));
    for (path, values) in &saved {
        findings += &differences("LibreOffice after python-docx", &of(path), values);
    }
    // LibreOffice repeats what stands in a control round paragraphs when it saves, and puts the second paragraph behind the
    // control: that does not go by without a word.
    for path in doubtful.iter().map(|path| of(path)) {
        if !warnings(&path).contains(&("text-beside-field", "/personal_summary".to_owned())) {
            findings += &format!("\n{}: nobody is warned", path.display());
        }
    }
    // What stands beside a control is its field's, and a person is asked to look at just these.
    for (path, values) in &outside {
        let fields: BTreeSet<String> = BESIDE.iter().map(|(field, ..)| format!("/{}", field.replace('.', "/"))).collect();
        let warned = warnings(path);
        if warned.iter().any(|(code, _)| *code != "text-beside-field") || warned.iter().map(|(_, at)| at).ne(&fields) {
            findings += &format!("\n{}: warnings {warned:?}", path.display());
        }
        findings += &differences_but("typed beside controls", path, values, &["text-beside-field"]);
    }
    assert!(findings.is_empty(), "{findings}");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_replaced_photo_comes_back() {
    let mut findings = String::new();
    let photo = root().join("samples/photos/photo-2.jpg");
    let expected = pixels(&fs::read(&photo).expect("the photo is there"));
    let mut made_so = Vec::new();
    for (paper, relation) in [(NOMINEE, false), (NOMINEE, true), (BLANK, true)] {
        let target = folder().join(format!("photo-{}-{relation}.docx", name(paper)));
        findings += &python_docx(&made(paper, "docx"), &target, &json!({"photo": photo, "relation": relation}));
        let after: Values = values(paper).into_iter().chain([("photo".to_owned(), expected.clone())]).collect();
        findings += &differences("another photo", &target, &after);
        made_so.push((target, after));
    }
    let by_office = office("docx", "photo-saved", &made_so.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>());
    for (path, values) in &made_so {
        findings += &differences("another photo, saved by LibreOffice", &by_office.join(path.file_name().expect("a file")), values);
    }
    assert!(findings.is_empty(), "{findings}");
}

/// The checks above are worth something only if they refuse a spoiled file.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn spoiled_documents_are_refused() {
    let (ours, source) = (made(NOMINEE, "pdf"), made(NOMINEE, "docx"));
    let folder = folder().join("spoiled");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let spoiled = |kind: &str| folder.join(format!("{kind}.docx"));
    let spoil = |kinds: &[&str]| {
        let arguments = [&[text(&source), text(&folder)], kinds].concat();
        let done = python("docx_spoil.py", &arguments);
        assert!(done.status.success(), "docx_spoil.py: {}", String::from_utf8_lossy(&done.stderr));
    };
    let sound = |kind: &str| {
        let file = spoiled(kind);
        // Only one of these is the SDK's to find.
        let sdk = if ["nothing", "order"].contains(&kind) { None } else { Some("--without-sdk") };
        let arguments: Vec<&str> = [text(&file), "--title", FORM].into_iter().chain(sdk).collect();
        run("docx_sound.py", &arguments).0
    };
    let read = |kind: &str| run("docx_read.py", &[text(&spoiled(kind)), text(&ours), "--title", FORM]).0;
    spoil(&["nothing"]);
    assert_eq!(sound("nothing") + &read("nothing"), "", "packing alone spoils it");
    let unsound = [
        ("paragraph", "does not end with a paragraph"),
        ("id", "2 controls with the id"),
        ("range", "a control with the id"),
        ("drawing", "2 drawings with the id"),
        ("relation", "which is not there"),
        ("unknown", "uses the relation"),
        ("outside", "leads out of the file"),
        ("type", "content types: none for"),
        ("stray", "is reached from nowhere"),
        ("alternative", "font table: a name of"),
        ("font", "is asked for and not listed"),
        ("order", "SDK, Office2013: The element has unexpected child"),
        ("date", "zip: word/document.xml is of"),
        ("twice", "is there 2 times"),
        ("author", "an author is named"),
        ("language", "the language is en-US"),
        ("placeholder", "is no building block"),
        ("plain", "plain text"),
        ("tag", "a tag of 65 characters"),
        ("joined", "Word joins it to the next"),
        ("width", "not what the grid says"),
        ("loose", "not of an exact height"),
    ];
    spoil(&unsound.map(|(kind, _)| kind));
    for (kind, complaint) in unsound {
        let said = sound(kind);
        assert!(said.contains(complaint), "docx_sound.py on {kind}: {said}");
    }
    let unread = [
        ("value", "mobile: 3 characters"),
        ("lost", "no control for mobile"),
        ("mute", "docx2python misses 11"),
        ("size", "sees sections of"),
        ("author", "reads an author"),
    ];
    spoil(&unread.map(|(kind, _)| kind));
    for (kind, complaint) in unread {
        let said = read(kind);
        assert!(said.contains(complaint), "docx_read.py on {kind}: {said}");
    }
    let seen = [
        ("table", "has no mate", "look otherwise"),
        ("height", "has no mate", ""),
        ("column", "is not in the PDF from", ""),
        ("rule", "has no mate", ""),
        ("overflow", "resume.0.work: its last word is missing", ""),
        ("cut", "characters are cut off", ""),
        ("page", "is not in the PDF", "look otherwise"),
        ("photo", "no picture at", "look otherwise"),
        ("mute", "11 characters of the PDF are missing", ""),
    ];
    spoil(&seen.map(|(kind, _, _)| kind));
    let printed = office("pdf", "spoiled-printed", &seen.map(|(kind, _, _)| spoiled(kind)));
    for (kind, complaint, looks) in seen {
        let theirs = printed.join(format!("{kind}.pdf"));
        let said = run("parity.py", &[text(&ours), text(&theirs)]).0;
        assert!(said.contains(complaint), "parity.py on {kind}: {said}");
        if !looks.is_empty() {
            let said = run("docx_look.py", &[text(&ours), text(&theirs)]).0;
            assert!(said.contains(looks), "docx_look.py on {kind}: {said}");
        }
    }
    // Two pages have changed places.
    let swapped = folder.join("swapped.pdf");
    let theirs = self::printed(NOMINEE);
    let done = Command::new("qpdf").args([text(&theirs), "--pages", ".", "1,4,3,2,5,6", "--", text(&swapped)]).status().expect("qpdf runs");
    assert!(done.success(), "qpdf: {done}");
    assert!(run("parity.py", &[text(&ours), text(&swapped)]).0.contains("page 2"), "parity.py sees no swapped pages");
    assert!(run("docx_look.py", &[text(&ours), text(&swapped)]).0.contains("page 2"), "docx_look.py sees no swapped pages");
    // And the way back: what a file does not say is not read from it.
    assert!(differences("spoiled", &spoiled("value"), &values(NOMINEE)).contains("mobile"), "another value is not seen");
    assert!(differences("spoiled", &spoiled("lost"), &values(NOMINEE)).contains("mobile"), "a lost field is not seen");
}

fn name((template, sample, _): Paper) -> String {
    format!("{template}-{}", sample.unwrap_or("blank"))
}

/// Name → what the paper says there; a photo as its pixels' digest.
type Values = BTreeMap<String, String>;

/// What a paper should give back: what layout set on it.
fn values(paper: Paper) -> Values {
    let filled = filled(paper);
    let fields = filled.form().fields.iter().zip(&filled.layout().values);
    let data = fields.filter(|(field, _)| !matches!(field.kind, FieldKind::Signature | FieldKind::Seal));
    data.map(|(field, value)| {
        let photo = if field.kind == FieldKind::Photo { photo(paper) } else { None };
        (field.name.to_string(), photo.unwrap_or_else(|| value.text.clone()))
    })
    .collect()
}

/// The digest of a picture's size and pixels.
fn pixels(bytes: &[u8]) -> String {
    let picture = image::load_from_memory(bytes).expect("a picture").to_rgb8();
    format!("{:?} {}", picture.dimensions(), marks::value_digest(picture.as_raw()))
}

/// A sample's photo, as its pixels: the writer leaves out what a camera says beside them.
fn photo((_, sample, _): Paper) -> Option<String> {
    let record = fs::read(root().join(format!("samples/{}.json", sample?))).expect("the sample is there");
    let record: Value = serde_json::from_slice(&record).expect("the sample is JSON");
    let photo = fs::read(root().join("samples").join(record["photo"].as_str()?)).expect("the photo is there");
    Some(pixels(&photo))
}

/// What differs between a file read back and what it should say: names only, and warnings.
fn differences(who: &str, path: &Path, expected: &Values) -> String {
    differences_but(who, path, expected, &[])
}

/// The codes and places of a file's warnings, in the order of the places.
fn warnings(path: &Path) -> BTreeSet<(&'static str, String)> {
    let bytes = fs::read(path).expect("the file is there");
    let back = formwright::readback::read("the file", &bytes).unwrap_or_else(|found| panic!("{}: {found:?}", path.display()));
    let place = |place: &Place| match place {
        Place::Record { pointer, .. } => pointer.clone(),
        _ => String::new(),
    };
    back.warnings.iter().map(|warning| (warning.code, place(&warning.place))).collect()
}

/// The same where some warnings are looked for elsewhere.
fn differences_but(who: &str, path: &Path, expected: &Values, known: &[&str]) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let back = match formwright::readback::read("the file", &bytes) {
        Ok(back) => back,
        Err(diagnostics) => return format!("\n{who}, {}: {diagnostics:?}", path.display()),
    };
    let found: Values = back
        .fields
        .iter()
        .map(|field| {
            let value = match &field.value {
                Content::Text(text) => text.clone(),
                Content::Ticked(ticked) => ticked.to_string(),
                Content::Picture(picture) => picture.as_deref().map(pixels).unwrap_or_default(),
            };
            (field.name.to_string(), value)
        })
        .collect();
    let mut said: Vec<String> = Vec::new();
    for name in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        match (expected.get(name), found.get(name)) {
            (Some(want), Some(have)) if want == have => {}
            (Some(want), Some(have)) => {
                said.push(format!("{name}: {} characters instead of {}, or others", have.chars().count(), want.chars().count()))
            }
            (Some(_), None) => said.push(format!("{name} does not come back")),
            (None, _) => said.push(format!("{name} comes back and was never there")),
        }
    }
    let others = back.warnings.iter().filter(|warning| !known.contains(&warning.code));
    said.extend(others.map(|warning| format!("a warning of nothing: {} at {:?}", warning.code, warning.place)));
    if back.issue.is_none() {
        said.push("the file does not tell what it was issued as".to_owned());
    }
    if said.is_empty() { String::new() } else { format!("\n{who}, {}:\n  - {}\n", path.display(), said.join("\n  - ")) }
}

/// Lets python-docx do a job; its findings.
fn python_docx(source: &Path, target: &Path, job: &Value) -> String {
    let file = target.with_extension("json");
    fs::write(&file, job.to_string()).expect("the folder can be written");
    run("docx_fill.py", &[text(source), text(target), text(&file)]).0
}

/// Lets LibreOffice type into files, in one run of it; its findings.
fn typing(jobs: &[Value]) -> String {
    let file = folder().join("typing.json");
    fs::write(&file, Value::from(jobs.to_vec()).to_string()).expect("the folder can be written");
    // Debian's own Python: LibreOffice's API is a package of that.
    let arguments = [text(&file)];
    report("docx_type.py", &arguments, python_of(Path::new("/usr/bin/python3"), "docx_type.py", &arguments)).0
}

/// A paper, laid out.
fn filled(paper: Paper) -> Filled<'static> {
    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::open(root().join("templates"), root().join("fonts")).expect("the templates are sound"));
    let (template, sample, _) = paper;
    let filled = match sample {
        None => ENGINE.blank(template),
        Some(sample) => {
            let record = Record::open(root().join(format!("samples/{sample}.json"))).expect("the sample is there");
            ENGINE.fill(template, record)
        }
    };
    filled.unwrap_or_else(|error| panic!("{}: {error}", name(paper)))
}

/// A paper of ours, `docx` or (fillable) `pdf`; all are made once.
fn made(paper: Paper, ending: &str) -> PathBuf {
    static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = folder().join("ours");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        for paper in PAPERS {
            let filled = filled(paper);
            let docx = filled.docx(&DocxOptions::default()).expect("the DOCX is written");
            fs::write(folder.join(format!("{}.docx", name(paper))), docx).expect("the folder can be written");
            let pdf = filled.pdf(&PdfOptions::fillable()).expect("the PDF is written");
            fs::write(folder.join(format!("{}.pdf", name(paper))), pdf).expect("the folder can be written");
        }
        folder
    });
    MADE.join(format!("{}.{ending}", name(paper)))
}

/// The PDF that LibreOffice makes of our DOCX; one run of it makes them all.
fn printed(paper: Paper) -> PathBuf {
    static PRINTED: LazyLock<PathBuf> = LazyLock::new(|| office("pdf", "printed", &PAPERS.map(|paper| made(paper, "docx"))));
    PRINTED.join(format!("{}.pdf", name(paper)))
}

/// Lets LibreOffice open files and save them as PDF or DOCX in a folder.
fn office(kind: &str, target: &str, files: &[PathBuf]) -> PathBuf {
    let target = folder().join(target);
    let mut arguments = vec![kind, text(&target)];
    arguments.extend(files.iter().map(|file| text(file)));
    let done = python("docx_office.py", &arguments);
    assert!(done.status.success(), "docx_office.py: {}", String::from_utf8_lossy(&done.stderr));
    target
}

/// Runs a script; its findings (none: an empty text) and its facts.
fn run(script: &str, arguments: &[&str]) -> (String, Value) {
    report(script, arguments, python(script, arguments))
}

fn python(script: &str, arguments: &[&str]) -> Output {
    python_of(&root().join("target/readers/venv/bin/python"), script, arguments)
}

fn python_of(program: &Path, script: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.arg(root().join("tests/readers").join(script)).args(arguments);
    command.env("READERS_NODE", root().join("target/readers/node/node_modules")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("{}: {error}; run tests/run, which installs it", program.display()))
}

fn report(script: &str, arguments: &[&str], done: Output) -> (String, Value) {
    let report: Value = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
    let problems: Vec<&str> = report["problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let facts = report["facts"].clone();
    if done.status.success() && report["ok"] == Value::Bool(true) && problems.is_empty() {
        return (String::new(), facts);
    }
    let mut said = format!("\n{script} {}\n", arguments.join(" "));
    if problems.is_empty() {
        said += &format!("{}\n{}", done.status, String::from_utf8_lossy(&done.stderr));
    }
    said += &problems.iter().take(40).map(|problem| format!("  - {problem}\n")).collect::<String>();
    if problems.len() > 40 {
        said += &format!("  … and {} more\n", problems.len() - 40);
    }
    (said, facts)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where this run's files go; kept for a look after a failure.
fn folder() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("word");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the target folder can be written");
        folder
    });
    &FOLDER
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the project lies at a path that is UTF-8")
}
