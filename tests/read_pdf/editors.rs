//! Files that other programs filled and saved; `tests/run` installs the programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwright::pdf::PdfOptions;
use formwright::readback::{Content, Issued, ReadBack, read};

use super::{filled, of, text};

const NAME: &str = "林㛃𠅤啰瞭";
const ADDRESS: &str = "龙湾区样品路𬭎号（甲）& <乙> \\ (丙";
const BIRTH: &str = "1988.05";
const LINES: &str = "第一行\n第二行：㛃";

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read_pdf");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of `tests/readers` and fails with what it says.
fn run(script: &str, arguments: &[&str]) {
    let home = root().join("target/readers");
    let own_node = home.join("venv/bin/node");
    let node = if own_node.exists() { own_node } else { PathBuf::from("node") };
    let engine = if script.ends_with(".mjs") { node } else { home.join("venv/bin/python") };
    let mut command = Command::new(&engine);
    command.arg(root().join("tests/readers").join(script)).args(arguments);
    command.env("READERS_NODE", home.join("node/node_modules")).env("PYTHONDONTWRITEBYTECODE", "1");
    let done = command.output().unwrap_or_else(|error| panic!("{}: {error}; run tests/run, which installs it", engine.display()));
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap_or_default();
    assert!(
        done.status.success() && report["ok"] == true,
        "{script} {}: {}\n{}",
        arguments.join(" "),
        report["problems"],
        String::from_utf8_lossy(&done.stderr)
    );
}

/// The nominee's fillable PDF as a file.
fn source(compress: bool) -> PathBuf {
    let bytes = filled("recommendation", "nominee").pdf(&PdfOptions { compress, ..PdfOptions::fillable() }).unwrap();
    let path = folder().join(if compress { "packed.pdf" } else { "plain.pdf" });
    // Tests run beside each other and write the same bytes.
    let own = path.with_extension(format!("{:?}", std::thread::current().id()));
    fs::write(&own, &bytes).unwrap();
    fs::rename(&own, &path).unwrap();
    path
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn opened(path: &Path) -> ReadBack {
    read("x.pdf", &fs::read(path).unwrap()).unwrap_or_else(|found| panic!("{}: {:?}", path.display(), found.codes()))
}

/// Asserts that a file holds the new values, and of every other field what the old one holds.
fn says(program: &str, old: &ReadBack, new: &ReadBack, typed: &[(&str, &str)]) {
    assert!(new.warnings.is_empty(), "{program}: {:?}", new.warnings.codes());
    assert_eq!(new.issue, old.issue, "{program}");
    assert_eq!(new.fields.len(), old.fields.len(), "{program}");
    for field in &old.fields {
        let name = field.name.as_str();
        let back = of(new, name);
        assert_eq!((&back.kind, &back.label), (&field.kind, &field.label), "{program}: {name}");
        assert!(back.issued == field.issued, "{program}: {name} was issued as something else");
        match typed.iter().find(|(typed, _)| *typed == name) {
            Some((_, value)) => assert!(back.value == Content::Text((*value).to_owned()), "{program}: {name} is not what was typed"),
            None => assert!(back.value == field.value, "{program}: {name} has changed"),
        }
    }
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_other_programs_fill_comes_back() {
    let typed = [("name", NAME), ("address", ADDRESS), ("birth", BIRTH), ("personal_summary", LINES), ("sex", "女")];
    let pairs: Vec<String> = typed.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for compress in [true, false] {
        let source = source(compress);
        let old = opened(&source);
        for program in ["pypdf", "pypdf-incremental", "pikepdf", "pymupdf", "flattened-names", "lost-list"] {
            let target = folder().join(format!("{program}-{compress}.pdf"));
            let mut arguments = vec![program, path(&source), path(&target)];
            arguments.extend(pairs.iter().map(String::as_str));
            run("refill.py", &arguments);
            says(program, &old, &opened(&target), &typed);
        }
    }
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_browsers_fill_comes_back() {
    let face = root().join("fonts/noto/FWSansSC-Medium.otf");
    let source = source(true);
    let old = opened(&source);
    for (script, name, value) in [
        ("fill_pdfjs.mjs", "name", NAME),
        ("fill_pdfjs.mjs", "birth", BIRTH),
        ("fill_pdflib.mjs", "address", "龙湾区样品路㛃𠅤号"),
        ("fill_pdflib.mjs", "birth", BIRTH),
    ] {
        let target = folder().join(format!("{script}-{name}.pdf"));
        let mut arguments = vec![path(&source), path(&target), name, value];
        arguments.extend((script == "fill_pdflib.mjs").then_some(path(&face)));
        run(script, &arguments);
        says(script, &old, &opened(&target), &[(name, value)]);
    }
}

/// pdfium keeps 16 bits of each character that is typed; what was there already it leaves alone.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_pdfium_cuts_comes_back_as_it_left_it() {
    let source = source(true);
    let old = opened(&source);
    let target = folder().join("pdfium.pdf");
    let lines = format!("personal_summary={LINES}");
    let (birth, name) = (format!("birth={BIRTH}"), format!("name={NAME}"));
    run("refill.py", &["pdfium", path(&source), path(&target), &name, &birth, &lines]);
    let new = opened(&target);
    assert_eq!(text(&new, "name"), "林㛃\u{164}啰瞭", "U+20164 is cut to U+0164");
    says("pdfium", &old, &new, &[("name", "林㛃\u{164}啰瞭"), ("birth", BIRTH), ("personal_summary", LINES)]);
    assert!(of(&new, "name").issued == of(&old, "name").issued && of(&new, "name").issued != Issued::Unknown);
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_file_that_was_only_saved_says_the_same() {
    for compress in [true, false] {
        let source = source(compress);
        let old = opened(&source);
        for program in ["qpdf-linearized", "qpdf-packed", "qpdf-plain", "qpdf-qdf", "pypdf", "pypdf-incremental", "pymupdf", "pdfium"] {
            // An update of nothing is no update.
            let change: &[&str] = if program == "pypdf-incremental" { &["birth=1988.05"] } else { &[] };
            let target = folder().join(format!("saved-{program}-{compress}.pdf"));
            run("refill.py", &[&[program, path(&source), path(&target)][..], change].concat());
            let typed: &[(&str, &str)] = if change.is_empty() { &[] } else { &[("birth", BIRTH)] };
            says(program, &old, &opened(&target), typed);
            // A file that lost its table, and a linearised one that was cut in two, are found again or refused.
            let bytes = fs::read(&target).unwrap();
            let end = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
            let lost = read("x.pdf", &bytes[..end]).unwrap();
            assert!(lost.fields == opened(&target).fields, "{program} without its table");
        }
    }
}
