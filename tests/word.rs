//! DOCX as other programs see it: LibreOffice prints it like our PDF, Microsoft's validator and three libraries read it,
//! and what editors save comes back. `tests/run` installs them; without it these tests are left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use formwright::{DocxOptions, Engine, PdfOptions, Record};
use serde_json::Value;

const FORM: &str = "温州市第七轮首席技师推荐表";
const SHEET: &str = "温州市第七轮首席技师推荐人选情况一览表";

/// What is written: template, sample (none for the blank form), title.
type Paper = (&'static str, Option<&'static str>, &'static str);

const PAPERS: [Paper; 7] = [
    ("recommendation", None, FORM),
    ("recommendation", Some("nominee"), FORM),
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

fn name((template, sample, _): Paper) -> String {
    format!("{template}-{}", sample.unwrap_or("blank"))
}

/// A paper of ours, `docx` or (fillable) `pdf`; all are made once.
fn made(paper: Paper, ending: &str) -> PathBuf {
    static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = folder().join("ours");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let engine = Engine::open(root().join("templates"), root().join("fonts")).expect("the templates are sound");
        for paper in PAPERS {
            let (template, sample, _) = paper;
            let filled = match sample {
                None => engine.blank(template),
                Some(sample) => {
                    let record = Record::open(root().join(format!("samples/{sample}.json"))).expect("the sample is there");
                    engine.fill(template, record)
                }
            };
            let filled = filled.unwrap_or_else(|error| panic!("{}: {error}", name(paper)));
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
    let done = python(script, arguments);
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

fn python(script: &str, arguments: &[&str]) -> std::process::Output {
    let home = root().join("target/readers");
    let mut command = Command::new(home.join("venv/bin/python"));
    command.arg(root().join("tests/readers").join(script)).args(arguments);
    command.env("READERS_NODE", home.join("node/node_modules")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.output().unwrap_or_else(|error| panic!("python: {error}; run tests/run, which installs it"))
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
