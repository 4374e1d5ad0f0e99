//! The command line as its users see it: exit code, standard output and standard error in full, in `tests/cli/*.txt`.
//!
//! `BLESS=1 cargo test --test cli` writes them anew: read the diff.

#[path = "support/desk.rs"]
mod desk;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use desk::{Any, Desk, compare, home, told};

/// What stands in a record's file, by its name.
const RECORDS: [(&str, &str); 8] = [
    ("broken.json", "{\"name\": \"王㛃\",}"),
    ("array.json", "[]"),
    ("number.json", "{\"name\": \"王㛃\", \"employer\": \"某厂\", \"id_number\": 3.30E+17}"),
    ("typo.json", "{\"name\": \"王㛃\", \"employer\": \"某厂\", \"emplyer\": \"某厂\", \"mobil\": \"19900000001\"}"),
    ("warned.json", "{\"name\": \"王㛃\", \"employer\": \"某厂\", \"id_number\": \"990000198503120028\", \"birth\": \"1986-03\"}"),
    (
        "glyphs.json",
        "{\"name\": \"王\\uDB82\\uDC34\\uE000\", \"employer\": \"甲\\uD87A\\uDFF0乙\\uD87A\\uDFF1丙\\uD87A\\uDFF2丁\\uD87A\\uDFF3\"}",
    ),
    ("photo.json", "{\"name\": \"王㛃\", \"employer\": \"某厂\", \"photo\": \"../me.jpg\"}"),
    ("long.json", "{\"name\": \"王㛃\", \"employer\": \"某厂\", \"post\": \"甲\\n乙\\n丙\\n丁\\n戊\\n己\\n庚\\n辛\"}"),
];

/// Every command line, by the name of the file that says what it does.
const CASES: [(&str, &str); 67] = [
    ("templates", "templates"),
    ("templates-check", "templates --check"),
    ("render", "render recommendation good.json -o out.pdf"),
    ("render-stdin-stdout", "render recommendation - -o -"),
    ("render-folder", "render summary --blank -o both/"),
    ("render-warned", "render recommendation warned.json -o out.pdf"),
    ("render-warned-json", "render recommendation warned.json -o out.pdf --json"),
    ("render-strict", "render recommendation warned.json -o out.pdf --strict"),
    ("render-json-and-stdout", "render recommendation good.json -o - --json"),
    ("render-unknown-template", "render recomendation good.json -o out.pdf"),
    ("render-docx", "render recommendation good.json -o out.docx"),
    ("render-png", "render recommendation good.json -o out.png --dpi 20"),
    ("render-png-one", "render summary --blank -o out.png --dpi 20 --grid"),
    ("render-png-page", "render recommendation good.json -o out.png --page 2 --dpi 20"),
    ("render-png-absent-page", "render recommendation good.json -o out.png --page 7"),
    ("render-png-dpi", "render recommendation good.json -o out.png --dpi 301"),
    ("render-grid-no-png", "render recommendation good.json -o out.pdf --grid"),
    ("render-jpg", "render recommendation good.json -o out.jpg"),
    ("render-old-word", "render recommendation good.json -o out.doc"),
    ("render-unknown-ending", "render recommendation good.json -o out.odt"),
    ("render-lock", "render recommendation good.json -o out.pdf --fillable --lock name,resume"),
    ("render-lock-docx", "render recommendation good.json -o out.docx --lock name"),
    ("render-lock-unknown", "render recommendation good.json -o out.pdf --fillable --lock nmae"),
    ("render-lock-label", "render recommendation good.json -o out.docx --lock 出生年月"),
    ("render-lock-print", "render recommendation good.json -o out.pdf --lock name"),
    ("render-no-ending", "render recommendation good.json -o out"),
    ("render-no-output", "render recommendation good.json"),
    ("render-no-folder", "render recommendation good.json -o nowhere/out.pdf"),
    ("render-no-record", "render recommendation absent.json -o out.pdf"),
    ("render-record-is-folder", "render recommendation . -o out.pdf"),
    ("render-broken", "render recommendation broken.json -o out.pdf"),
    ("render-array", "render recommendation array.json -o out.pdf"),
    ("render-number", "render recommendation number.json -o out.pdf"),
    ("render-glyphs", "render recommendation glyphs.json -o out.pdf"),
    ("render-photo", "render recommendation photo.json -o out.pdf"),
    ("render-long", "render recommendation long.json -o out.pdf"),
    ("render-no-fonts", "render recommendation good.json -o out.pdf --fonts nowhere"),
    ("render-into-a-file", "render recommendation good.json -o good.json/"),
    ("render-unknown-option", "render recommendation good.json -o out.pdf --oops"),
    ("render-unknown-option-asked-for-in-english", "render recommendation good.json -o out.pdf --lang en --oops"),
    ("check", "check recommendation good.json"),
    ("check-typo", "check recommendation typo.json"),
    ("check-json", "check recommendation typo.json --json"),
    ("check-no-templates", "check recommendation good.json --templates nowhere"),
    ("schema-no-template", "schema sumary"),
    ("render-xlsx", "render summary --blank -o out.xlsx"),
    ("render-xlsx-of-a-person", "render recommendation good.json -o out.xlsx"),
    ("render-old-excel", "render summary --blank -o out.xls"),
    ("template-xlsx", "template-xlsx recommendation -o out.xlsx"),
    ("template-xlsx-ending", "template-xlsx recommendation -o out.csv"),
    ("template-xlsx-no-template", "template-xlsx recomendation -o out.xlsx"),
    ("template-xlsx-no-folder", "template-xlsx recommendation -o nowhere/out.xlsx"),
    ("template-xlsx-json-and-stdout", "template-xlsx recommendation -o - --json"),
    ("batch", "batch good.json -o out"),
    ("batch-held", "batch number.json -o out"),
    ("batch-json", "batch typo.json -o out --json --progress none"),
    ("batch-check-only", "batch warned.json -o out --check-only --strict"),
    ("batch-no-source", "batch absent.jsonl -o out"),
    ("batch-unknown-kind", "batch strange.txt -o out"),
    ("batch-empty-folder", "batch empty -o out"),
    ("batch-bad-names", "batch good.json -o out --names {who}"),
    ("batch-no-photos", "batch good.json -o out --photos nowhere"),
    ("batch-inside-its-source", "batch . -o out"),
    ("batch-unknown-template", "batch good.json -o out --template recomendation"),
    ("batch-unknown-format", "batch good.json -o out --formats pdf,odt"),
    ("batch-help", "batch --help"),
    ("help", "--help"),
];

#[test]
fn every_command_line_ends_as_written_down() -> Result<(), Any> {
    for (name, arguments) in CASES {
        let mut found = String::new();
        for language in ["zh_CN.UTF-8", "en_US.UTF-8"] {
            let desk = Desk::new()?;
            for (file, text) in RECORDS {
                desk.put(file, text)?;
            }
            desk.put("strange.txt", "no record")?;
            fs::create_dir(desk.path("empty"))?;
            let before = desk.names()?;
            let output = desk.run(language, arguments, &fs::read(desk.path("good.json"))?)?;
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

/// A mistake in a copy of the templates' folder: its name, the file that changes and its new bytes; none take it away.
const SPOILT: [(&str, &str, Option<&[u8]>); 7] = [
    ("template-gbk", "summary/form.hbs", Some(b"<form>\n  <!-- \xd0\xd5\xc3\xfb\xa3\xac\xb5\xa5\xce\xbb -->\n</form>\n")),
    (
        "template-cut",
        "summary/template.json",
        Some(b"{\n  \"id\": \"summary\", \"title\": \"\xe6\xb8\xa9\xe5\xb7\x9e\xe5\xb8\x82\xe9\xa6\x96\xe5\xb8\xad\xe6\x8a"),
    ),
    ("template-shared", "round.json", Some(b"\xff\xfe{\0}\0")),
    ("template-without-json", "summary/template.json", None),
    ("template-without-form", "summary/form.hbs", None),
    ("template-empty", "summary/form.hbs", Some(b"")),
    (
        "template-glyph",
        "summary/form.hbs",
        Some(
            "<form><page size=\"a4\"><p x=\"20\" y=\"20\">甲\u{2ebf0}乙\u{2ebf0}</p><p x=\"20\" y=\"40\">\u{2ebf0}\u{2ebf1}\
             <input name=\"name\" label=\"姓名\" width=\"30\"/></p></page></form>"
                .as_bytes(),
        ),
    ),
];

#[test]
fn a_spoilt_file_of_templates_is_named_and_spoils_no_other_template() -> Result<(), Any> {
    for (name, file, bytes) in SPOILT {
        let mut found = String::new();
        for language in ["zh_CN.UTF-8", "en_US.UTF-8"] {
            let desk = Desk::new()?;
            let copy = desk.path("mine");
            copy_folder(&home().join("templates"), &copy)?;
            match bytes {
                Some(bytes) => fs::write(copy.join(file), bytes)?,
                None => fs::remove_file(copy.join(file))?,
            }
            for arguments in ["templates --templates mine", "render summary --blank -o out.pdf --templates mine"] {
                let output = desk.run(language, arguments, b"")?;
                let _ = write!(found, "{}", told(&desk, arguments, &output));
            }
            found.push('\n');
        }
        compare(name, &found)?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Any> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() { copy_folder(&entry.path(), &there)? } else { fs::copy(entry.path(), there).map(|_| ())? }
    }
    Ok(())
}

/// Whoever the tests run as, nobody may make a file there.
#[cfg(target_os = "linux")]
#[test]
fn where_nothing_may_be_written_it_is_said() -> Result<(), Any> {
    let desk = Desk::new()?;
    for (language, words) in
        [("zh_CN.UTF-8", ["错误: 写不了 /proc/out.pdf", "请换一个能写的地方（-o）"]), ("en_US.UTF-8", ["cannot write", "/proc/out.pdf"])]
    {
        let output = desk.run(language, "render recommendation good.json -o /proc/out.pdf", b"")?;
        let told = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_killed_render_leaves_the_old_file_or_the_whole_new_one() -> Result<(), Any> {
    let desk = Desk::new()?;
    let arguments = "render recommendation good.json -o out.pdf";
    let begun = std::time::Instant::now();
    desk.run("C", arguments, b"")?;
    let (whole, took) = (fs::read(desk.path("out.pdf"))?, begun.elapsed());
    for part in [1u32, 3, 5, 6, 7, 8] {
        desk.put("out.pdf", "the old one")?;
        let mut child = desk.command("C", arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(took * part / 8);
        // SIGKILL: the program hears nothing of it.
        child.kill()?;
        child.wait()?;
        let left = fs::read(desk.path("out.pdf"))?;
        assert!(left == b"the old one" || left == whole, "half a file after {part}/8 of {took:?}");
        let others: Vec<String> = desk.names()?.into_iter().filter(|name| !["good.json", "out.pdf"].contains(&name.as_str())).collect();
        assert!(others.iter().all(|name| name.starts_with(".formwright-")), "{others:?}");
    }
    Ok(())
}

#[test]
fn json_stands_alone_on_standard_output() -> Result<(), Any> {
    let desk = Desk::new()?;
    for (file, text) in RECORDS {
        desk.put(file, text)?;
        let output = desk.run("C", &format!("check recommendation {file} --json"), b"")?;
        let list: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        assert!(list.as_array().is_some_and(|list| !list.is_empty()), "{file}");
        assert!(output.stderr.is_empty(), "{file}");
        let errors = list.as_array().into_iter().flatten().any(|one| one["severity"] == "error");
        assert_eq!(output.status.code(), Some(i32::from(errors)), "{file}");
    }
    Ok(())
}

#[test]
fn a_failed_render_leaves_the_old_file() -> Result<(), Any> {
    let desk = Desk::new()?;
    desk.put("out.pdf", "the old one")?;
    desk.put("bad.json", "{\"name\": 5}")?;
    let output = desk.run("C", "render recommendation bad.json -o out.pdf", b"")?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(desk.path("out.pdf"))?, "the old one");
    assert_eq!(desk.names()?, ["bad.json", "good.json", "out.pdf"], "nothing is left beside it");
    Ok(())
}

#[test]
fn no_message_holds_a_value() -> Result<(), Any> {
    let desk = Desk::new()?;
    let secret = "ZQXJ";
    let mut record = serde_json::Map::new();
    for key in ["name", "sex", "birth", "work_start", "id_number", "mobile", "postcode", "photo", "health", "skill_level_date"] {
        record.insert(key.into(), format!("{secret}\u{e000}\u{0}").into());
    }
    record.insert("employer".into(), secret.repeat(500).into());
    desk.put("secret.json", &serde_json::Value::from(record).to_string())?;
    for language in ["zh_CN.UTF-8", "en_US.UTF-8"] {
        for command in ["check recommendation secret.json", "check recommendation secret.json --json", "check summary secret.json"] {
            let output = desk.run(language, command, b"")?;
            let all = [output.stdout, output.stderr].concat();
            assert!(!String::from_utf8_lossy(&all).contains(secret), "{command}");
        }
    }
    Ok(())
}

#[test]
fn a_reader_that_goes_away_is_no_failure() -> Result<(), Any> {
    let desk = Desk::new()?;
    for arguments in ["schema recommendation", "render recommendation good.json -o -", "check recommendation good.json --json"] {
        let mut child = desk.command("C", arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        drop(child.stdout.take());
        let output = child.wait_with_output()?;
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments}: {:?}", output.status);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("internal error"), "{arguments}");
    }
    Ok(())
}

#[test]
fn the_place_and_the_clock_change_nothing() -> Result<(), Any> {
    let first = Desk::new()?;
    let second = Desk::new()?;
    let one = first.run("zh_CN.UTF-8", "render recommendation good.json -o - --fillable", b"")?;
    let other = second
        .command("en_US.UTF-8", "render recommendation good.json -o - --fillable")
        .env("TZ", "Pacific/Auckland")
        .env("RAYON_NUM_THREADS", "1")
        .output()?;
    assert!(one.stdout.starts_with(b"%PDF") && one.stdout == other.stdout);
    Ok(())
}

#[test]
fn a_hundred_thousand_unprintable_characters_are_one_message() -> Result<(), Any> {
    let desk = Desk::new()?;
    // Each was a diagnostic of its own once, and compared with all before: minutes.
    let text = format!("{{\"name\": \"王㛃\", \"employer\": \"某厂\", \"personal_summary\": \"e{}\"}}", "\u{301}".repeat(99_999));
    desk.put("marks.json", &text)?;
    let output = desk.run("en_US.UTF-8", "render recommendation marks.json -o out.pdf", b"")?;
    let words = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(words.matches("error[missing-glyph]").count(), 1, "{words}");
    Ok(())
}
