//! The programs in `examples/`, run as their readers would run them; and the README, whose lines are theirs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use formwright::readback::ReadBack;
use formwright::{Engine, FieldName, PdfOptions, Record};
use serde_json::Value;

type Any = Box<dyn std::error::Error>;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the examples are built: beside the program, in the profile of these tests. `cargo test` has built them already, but
/// `cargo test --test examples` has not.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let program = Path::new(env!("CARGO_BIN_EXE_formwright"));
        let profile = if program.components().any(|part| part.as_os_str() == "release") { "release" } else { "dev" };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let target = program.parent().and_then(Path::parent).expect("the program is in the folder of a profile");
        let mut build = Command::new(cargo);
        // What cargo says to a test of its own package: some build scripts ask for it, and would run again, here and in the next build.
        let own = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "CARGO_TARGET_TMPDIR"];
        for (key, _) in std::env::vars_os() {
            if key.to_str().is_some_and(|key| own.iter().any(|start| key.starts_with(start))) {
                build.env_remove(key);
            }
        }
        build.current_dir(home()).args(["build", "--examples", "--locked", "--offline", "--quiet", "--profile", profile]);
        assert!(build.arg("--target-dir").arg(target).status().is_ok_and(|status| status.success()), "the examples can be built");
        program.with_file_name("examples")
    })
}

/// Runs an example from the project's folder, and expects an exit code.
fn run(example: &str, arguments: &[&Path], want: i32) -> Result<(String, String), Any> {
    let Output { status, stdout, stderr } = Command::new(built().join(example)).current_dir(home()).args(arguments).output()?;
    let (out, words) = (String::from_utf8(stdout)?, String::from_utf8(stderr)?);
    assert_eq!(status.code(), Some(want), "{example}\n{out}{words}");
    Ok((out, words))
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn one_record_is_rendered() -> Result<(), Any> {
    let folder = tempfile::tempdir()?;
    let (out, words) = run("render_one", &["samples/nominee.json".as_ref(), folder.path()], 0)?;
    assert_eq!((out.as_str(), words.as_str()), ("8 pages\n", ""));
    let engine = Engine::open(home().join("templates"), home().join("fonts"))?;
    let record = Record::open(home().join("samples/nominee.json"))?;
    let form = engine.fill("recommendation", record.clone())?;
    assert!(fs::read(folder.path().join("form.pdf"))? == form.pdf(&PdfOptions::print())?);
    for file in ["form-to-fill-in.pdf", "form.docx"] {
        let back = ReadBack::read(file, &fs::read(folder.path().join(file))?)?;
        assert!(back.warnings.is_empty() && back.differences(&record).is_empty(), "{file}");
    }
    assert!(fs::read(folder.path().join("dossier.pdf"))?.starts_with(b"%PDF-1.7"));

    // What is wrong is told with its next step and without the value.
    fs::write(folder.path().join("wrong.json"), r#"{"name": 3, "photo": "photos/none.jpg", "employer": "某某厂"}"#)?;
    let (_, words) = run("render_one", &[&folder.path().join("wrong.json"), folder.path()], 1)?;
    assert!(words.contains("photo-missing") && words.contains("number-for-text") && !words.contains("某某厂"), "{words}");
    run("render_one", &["samples/absent.json".as_ref(), folder.path()], 3)?;
    run("render_one", &[], 2)?;
    Ok(())
}

#[test]
fn a_batch_is_made_and_one_value_put_right() -> Result<(), Any> {
    let folder = tempfile::tempdir()?;
    let (out, words) = run("batch", &["samples/batch.jsonl".as_ref(), folder.path()], 0)?;
    assert!(out.ends_with("12 made, 2 held back, 12 rendered so far\n"), "{out}");
    assert!(out.contains("9 held batch.jsonl 第10行\n    姓名 missing-required: "), "{out}");
    assert!(words.contains("rendering 14/14"), "{words}");
    for person in fs::read_to_string(home().join("samples/batch.jsonl"))?.lines().map(serde_json::from_str::<Value>) {
        let person = person?;
        let Some(name) = person["name"].as_str() else { continue };
        assert!(!out.contains(name) && !words.contains(name), "no value of a record is told");
    }
    let own = |ending: &str| -> Result<usize, Any> {
        let names = fs::read_dir(folder.path().join("个人"))?.map(|entry| entry.map(|entry| entry.path()));
        Ok(names.collect::<Result<Vec<_>, _>>()?.iter().filter(|path| path.extension().is_some_and(|found| found == ending)).count())
    };
    assert_eq!((own("pdf")?, own("docx")?), (12, 12));

    let edit: Vec<&Path> = ["9", "name", "金向阳"].iter().map(Path::new).collect();
    let (out, _) = run("batch", &[&["samples/batch.jsonl".as_ref(), folder.path()][..], &edit].concat(), 0)?;
    assert!(out.ends_with("13 made, 1 held back, 13 rendered so far\n"), "{out}");
    assert_eq!((own("pdf")?, own("docx")?), (13, 13));
    Ok(())
}

#[test]
fn a_filled_form_is_read_back() -> Result<(), Any> {
    let folder = tempfile::tempdir()?;
    run("render_one", &["samples/nominee.json".as_ref(), folder.path()], 0)?;
    let sent = Path::new("samples/nominee.json");
    let (filled, record) = (folder.path().join("form.docx"), folder.path().join("back.json"));
    let (out, words) = run("read_back", &[&filled, &record, sent], 0)?;
    assert_eq!((out.as_str(), words.as_str()), ("", ""));
    let (back, first) = (Record::open(&record)?, Record::open(home().join(sent))?);
    assert_eq!(back.text(&name("name")), first.text(&name("name")));
    assert!(back.asset(&name("photo")).is_some_and(|photo| photo.starts_with(b"\xFF\xD8")));

    let mut other: Value = serde_json::from_slice(&fs::read(home().join(sent))?)?;
    other["mobile"] = Value::from("19900000000");
    other["photo"] = Value::Null;
    fs::write(folder.path().join("other.json"), other.to_string())?;
    let (out, _) = run("read_back", &[&filled, &record, &folder.path().join("other.json")], 0)?;
    assert_eq!(out.lines().collect::<BTreeSet<_>>(), BTreeSet::from(["mobile Changed", "photo Added"]));
    Ok(())
}

/// Every Rust line that the README shows stands so in an example, which is run above.
#[test]
fn the_readme_shows_lines_that_run() -> Result<(), Any> {
    let mut examples = Vec::new();
    for entry in fs::read_dir(home().join("examples"))? {
        let text = fs::read_to_string(entry?.path())?;
        examples.push(text.lines().map(str::trim_start).collect::<Vec<_>>().join("\n"));
    }
    assert_eq!(examples.len(), 3, "each is run by a test");
    let readme = fs::read_to_string(home().join("README.md"))?;
    let blocks: Vec<&str> = readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let plain = block.lines().map(str::trim_start).collect::<Vec<_>>().join("\n");
        assert!(examples.iter().any(|example| example.contains(&plain)), "this is in no example:\n{block}");
    }
    Ok(())
}
