//! Sources of a batch: lists, folders of dossiers, filled forms, photos beside them. All people are invented.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use formwright::batch::source::{Source, SourceOptions};
use formwright::diag::{Diagnostics, Place};
use formwright::{Engine, Error, FieldName, PdfOptions, Record};

type Any = Box<dyn std::error::Error>;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        Engine::open(home.join("templates"), home.join("fonts")).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// Files as they lie in a folder of a test: their paths and their bytes.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(files: &[(&str, &[u8])]) -> Result<Desk, Any> {
        let desk = Desk(tempfile::tempdir()?);
        for (path, bytes) in files {
            desk.put(path, bytes)?;
        }
        Ok(desk)
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Any> {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
        Ok(fs::write(path, bytes)?)
    }

    fn open(&self, path: &str) -> Result<Source, Error> {
        Source::open(&self.0.path().join(path), &SourceOptions::default(), engine())
    }

    fn with_photos(&self, path: &str, photos: &str) -> Result<Source, Error> {
        let options = SourceOptions { photos: Some(self.0.path().join(photos)), ..SourceOptions::default() };
        Source::open(&self.0.path().join(path), &options, engine())
    }
}

fn text(record: &Record, name: &str) -> String {
    FieldName::parse(name).and_then(|name| record.text(&name)).unwrap_or_default().to_owned()
}

/// A source in lines: place, name, and what was found with its place.
fn told(source: &Source) -> Result<Vec<String>, Error> {
    (0..source.len())
        .map(|entry| {
            let loaded = source.load(engine(), entry)?;
            assert!(loaded.record.is_some() || loaded.found.has_errors(), "an entry without a record says why");
            let name = loaded.record.map_or_else(|| "–".to_owned(), |record| text(&record, "name"));
            Ok(format!("{} | {name} | {}", source.place(entry), codes(&loaded.found).join(" ")))
        })
        .collect()
}

fn codes(found: &Diagnostics) -> Vec<String> {
    let one = |one: &formwright::Diagnostic| match &one.place {
        Place::Input { line, column } => format!("{}@{line}:{column}", one.code),
        Place::Record { pointer, .. } => format!("{}@{pointer}", one.code),
        Place::File { file } => format!("{}@{file}", one.code),
        Place::Cell { sheet, cell, .. } => format!("{}@{sheet}!{cell}", one.code),
        Place::Template { .. } => one.code.to_owned(),
    };
    found.iter().map(one).collect()
}

fn refused(result: Result<Source, Error>) -> Vec<String> {
    match result {
        Err(Error::Refused(found)) => codes(&found),
        Err(other) => vec![other.to_string()],
        Ok(_) => vec!["opened".to_owned()],
    }
}

#[test]
fn lists_are_read_and_a_broken_item_spoils_itself_only() -> Result<(), Any> {
    for (file, bytes, want) in [
        (
            "名单.jsonl",
            "{\"name\":\"甲\"}\n\n{\"name\":\n{\"name\":\"丙\"}\r\n",
            vec!["名单.jsonl 第1行 | 甲 | ", "名单.jsonl 第3行 | – | json-cut@3:8", "名单.jsonl 第4行 | 丙 | "],
        ),
        (
            "a.json",
            "\u{FEFF}[\n {\"name\":\"甲\"},\n  {\"name\":\"乙\" \"sex\":1},\n 3, {\"name\":\"丁\"}]",
            vec![
                "a.json 第1人 | 甲 | ",
                "a.json 第2人 | – | json-comma@3:15",
                "a.json 第3人 | – | root-not-object@4:2",
                "a.json 第4人 | 丁 | ",
            ],
        ),
        (
            "a.json",
            "[{\"name\":\"甲\"},\n{\"name\":\"乙\n\"},{\"name\":\"丙\"}]",
            vec!["a.json 第1人 | 甲 | ", "a.json 第2行起 | – | json-control@3:1"],
        ),
        ("a.json", "[{\"name\":\"甲\"}\n {\"name\":\"乙\"}]", vec!["a.json 第1人 | 甲 | ", "a.json 第2行起 | – | json-comma@2:2"]),
        ("a.json", "{\"nominees\":[{\"name\":\"甲\"},{\"name\":\"乙\"}]}", vec!["a.json 第1人 | 甲 | ", "a.json 第2人 | 乙 | "]),
        ("a.json", "{\"name\":\"甲\"}", vec!["a.json | 甲 | "]),
        ("a.json", "{\"name\":\"甲\"", vec!["a.json | – | json-cut@1:11"]),
    ] {
        let desk = Desk::new(&[(file, bytes.as_bytes())])?;
        let source = desk.open(file)?;
        assert_eq!(told(&source)?, want, "{bytes}");
        assert!(source.load(engine(), source.len()).is_err());
    }
    Ok(())
}

#[test]
fn what_is_no_source_is_refused_with_its_reason() -> Result<(), Any> {
    let gbk = b"[{\"name\":\"\xd0\xd5\xc3\xfb\xa3\xac\xb5\xa5\xce\xbb\"}]";
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (file, bytes, want) in [
        ("a.json", &gbk[..], "encoding-gb18030@a.json"),
        ("a.jsonl", &utf16, "encoding-utf16@a.jsonl"),
        ("a.json", b"[]", "source-empty@a.json"),
        ("a.jsonl", b"\n \n", "source-empty@a.jsonl"),
        ("a.doc", b"x", "source-kind@a.doc"),
        ("a.json", b"%PDF-1.7", "source-kind@a.json"),
    ] {
        let desk = Desk::new(&[(file, bytes)])?;
        assert_eq!(refused(desk.open(file)), [want], "{file}");
    }
    let desk = Desk::new(&[])?;
    fs::create_dir(desk.0.path().join("空"))?;
    assert_eq!(refused(desk.open("空")), ["source-empty@空"]);
    assert!(matches!(desk.open("没有"), Err(Error::Io { .. })));
    Ok(())
}

#[test]
fn nobody_is_lost_behind_a_list_or_under_one_name() -> Result<(), Any> {
    let desk = Desk::new(&[
        ("after.json", b"[{\"name\":\"a\"}] {\"name\":\"b\"}"),
        ("two.json", b"[{\"name\":\"a\"}][{\"name\":\"b\"}]"),
        ("twice.json", b"{\"nominees\":[{\"name\":\"a\"}],\"nominees\":[{\"name\":\"b\"}]}"),
        ("more.json", b"{\"nominees\":[{\"name\":\"a\"}],\"round\":\"7\"}\n"),
        ("before.json", b"{\"others\":[{\"name\":\"b\"}],\"nominees\":[{\"name\":\"a\"}]}"),
        ("s/z.json", b"{\"name\":\"a\"}"),
        ("s/z.JSON", b"{\"name\":\"b\"}"),
        ("s/y.json", b"{\"name\":\"c\"}"),
        ("s/y.jpg", b"\xFF\xD8\xFF"),
        ("s/y.png", b"\x89PNG\r\n\x1A\n"),
    ])?;
    for (list, broken) in [("after.json", true), ("two.json", true), ("twice.json", true), ("before.json", true), ("more.json", false)] {
        let told = told(&desk.open(list)?)?;
        assert_eq!(told.len(), if broken { 2 } else { 1 }, "{list}: {told:?}");
        assert_eq!(told.iter().any(|line| line.contains("– ")), broken, "{list}: {told:?}");
    }
    let source = desk.open("s")?;
    let told = told(&source)?;
    let names: Vec<&str> = told.iter().filter_map(|line| line.split(" | ").nth(1)).collect();
    assert!(["a", "b", "c"].iter().all(|name| names.iter().filter(|one| *one == name).count() == 1), "{told:?}");
    Ok(())
}

#[test]
fn a_stray_file_at_the_top_hides_nobody() -> Result<(), Any> {
    let desk = Desk::new(&[
        ("s/记录.json", "{\"name\":\"零\"}".as_bytes()),
        ("s/瑞安市/甲/记录.json", "{\"name\":\"甲\"}".as_bytes()),
        ("s/瑞安市/推荐函.pdf", b"%PDF-1.7"),
        ("s/瑞安市/乙/乙.jpg", b"\xFF\xD8\xFF"),
        ("s/鹿城区/丙.doc", b"x"),
        ("s/丁/推荐表.odt", b"x"),
    ])?;
    let source = desk.open("s")?;
    let found = told(&source)?;
    assert!(["零", "甲"].iter().all(|name| found.iter().any(|line| line.contains(&format!("| {name} |")))), "{found:?}");
    let notes = source.notes();
    let errors = notes.iter().filter(|note| note.severity == formwright::Severity::Error).count();
    assert_eq!(errors, 3, "乙, 丙 and 丁 are somebody: {:?}", codes(&notes));
    assert!(codes(&notes).contains(&"unit-letter@瑞安市/推荐函.pdf".to_owned()), "{:?}", codes(&notes));
    Ok(())
}

#[test]
fn nobody_is_lost_in_a_mixed_folder() -> Result<(), Any> {
    let desk = Desk::new(&[
        ("s/瑞安市/林小舟/记录.json", "{\"name\":\"林小舟\"}".as_bytes()),
        ("s/瑞安市/王㛃.json", "{\"name\":\"王㛃\"}".as_bytes()),
        ("s/甲县/乙镇/丙/记录.json", "{\"name\":\"丙\"}".as_bytes()),
        ("s/丁/记录.json", "{\"name\":\"丁\"}".as_bytes()),
        ("s/丁/戊/记录.json", "{\"name\":\"戊\"}".as_bytes()),
        ("s/名单.csv", b"x"),
    ])?;
    let source = desk.open("s")?;
    assert_eq!(told(&source)?, ["丁/ | 丁 | ", "瑞安市/林小舟/ | 林小舟 | ", "瑞安市/王㛃.json | 王㛃 | "]);
    let notes = source.notes();
    assert_eq!(codes(&notes), ["folder-not-read@丁/戊/", "folder-not-read@甲县/乙镇/", "list-in-folder@名单.csv"]);
    assert!(notes.iter().all(|note| note.severity == formwright::Severity::Error), "who is left out is an error");
    Ok(())
}

#[test]
fn folders_hold_dossiers_in_natural_order() -> Result<(), Any> {
    let desk = Desk::new(&[
        ("s/10 壬/记录.json", b"{\"name\":\"\xe5\xa3\xac\"}"),
        ("s/2 乙/记录.json", "{\"name\":\"乙\",\"deeds\":\"有\"}".as_bytes()),
        ("s/2 乙/照片.jpg", b"\xFF\xD8\xFF"),
        ("s/2 乙/事迹材料.txt", "﻿　　他\r\n好\r\n".as_bytes()),
        ("s/01 甲.json", "{\"name\":\"甲\",\"photo\":\"照片/甲.png\"}".as_bytes()),
        ("s/照片/甲.png", b"\x89PNG\r\n\x1A\n"),
        ("s/瑞安市/丙/r.json", "{\"name\":\"丙\"}".as_bytes()),
        ("s/瑞安市/丙/事迹材料.md", "# 一刀准\n\n　　正文\n".as_bytes()),
        ("s/瑞安市/丙/附件/10 丙.PNG", b"x"),
        ("s/瑞安市/丙/附件/2 乙.pdf", b"x"),
        ("s/瑞安市/丙/附件/01身份证.jpg", b"x"),
        ("s/瑞安市/丙/附件/说明.doc", b"x"),
        ("s/瑞安市/丁/照片.png", b"x"),
        ("s/瑞安市/丁/~$x.docx", b"x"),
        ("s/说明.doc", b"x"),
        ("s/名单.xlsx", b"x"),
        ("s/Thumbs.db", b"x"),
        ("s/.DS_Store", b"x"),
        ("s/__MACOSX/x.json", b"x"),
        ("s/旧结果/.formwright/journal.sqlite", b"x"),
        ("s/旧结果/1.pdf", b"x"),
        ("s/两份/a.json", b"{}"),
        ("s/两份/b.json", b"{}"),
        ("s/两份/附件/x.jpg", b"{}"),
    ])?;
    let source = desk.open("s")?;
    let want = [
        "01 甲.json | 甲 | ",
        "2 乙/ | 乙 | file-not-used@2 乙/事迹材料.txt",
        "10 壬/ | 壬 | ",
        "两份/ | – | several-records@两份/",
        "瑞安市/丁/ | – | no-record@瑞安市/丁/",
        "瑞安市/丙/ | 丙 | attachment-kind@瑞安市/丙/附件/说明.doc",
    ];
    assert_eq!(told(&source)?, want);
    assert_eq!(
        codes(&source.notes()),
        ["passed-over@两份/a.json", "passed-over@两份/b.json", "list-in-folder@名单.xlsx", "unread-kind@说明.doc"]
    );
    // What stands beside a record is part of it.
    let second = source.load(engine(), 1)?.record.ok_or("there is a record")?;
    assert_eq!((text(&second, "photo"), text(&second, "deeds")), ("照片.jpg".to_owned(), "有".to_owned()));
    assert_eq!(FieldName::parse("photo").and_then(|name| second.asset(&name).map(<[u8]>::to_vec)), Some(b"\xFF\xD8\xFF".to_vec()));
    let loaded = source.load(engine(), 5)?;
    let last = loaded.record.ok_or("there is a record")?;
    assert_eq!(text(&last, "deeds"), "一刀准\n\n　　正文");
    let copies: Vec<String> = (0..last.rows("attachments"))
        .map(|row| format!("{}={}", text(&last, &format!("attachments.{row}.file")), text(&last, &format!("attachments.{row}.caption"))))
        .collect();
    assert_eq!(copies, ["附件/01身份证.jpg=身份证", "附件/2 乙.pdf=乙", "附件/10 丙.PNG=丙"]);
    assert!(loaded.files.read("附件/2 乙.pdf").is_ok());
    Ok(())
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere_else() -> Result<(), Any> {
    let desk = Desk::new(&[("out/x.json", b"{}"), ("s/a.json", b"{\"name\":\"A\"}")])?;
    let root = desk.0.path();
    std::os::unix::fs::symlink(root.join("out"), root.join("s/b"))?;
    std::os::unix::fs::symlink(root.join("out/x.json"), root.join("s/c.json"))?;
    std::os::unix::fs::symlink(root.join("s/nothing"), root.join("s/d.json"))?;
    let source = desk.open("s")?;
    assert_eq!(told(&source)?, ["a.json | A | "]);
    assert_eq!(codes(&source.notes()), ["link-outside@b", "link-outside@c.json", "link-outside@d.json"]);
    Ok(())
}

#[test]
fn filled_forms_come_back_and_are_compared_with_records() -> Result<(), Any> {
    let json = "{\"name\":\"甲\",\"employer\":\"某厂\",\"birth\":\"1985-03\",\"mobile\":\"19900000001\"}";
    let record = Record::parse(json.as_bytes(), &formwright::record::NoFiles).map_err(Error::Refused)?;
    let filled = engine().fill("recommendation", record)?;
    let (pdf, docx) = (filled.pdf(&PdfOptions::fillable())?, filled.docx(&Default::default())?);
    let changed = json.replace("某厂", "另一厂").replace(",\"mobile\":\"19900000001\"", "");
    let desk = Desk::new(&[
        ("s/1.pdf", &pdf),
        ("s/2.docx", &docx),
        ("s/3/记录.json", json.as_bytes()),
        ("s/3/推荐表.pdf", &pdf),
        ("s/4/记录.json", changed.as_bytes()),
        ("s/4/推荐表.docx", &docx),
        ("s/5/推荐表.pdf", &pdf),
        ("s/5/推荐表.docx", &docx),
        ("s/6/记录.json", b"{"),
        ("s/6/推荐表.docx", &docx),
        ("s/7/记录.json", json.as_bytes()),
        ("s/7/证书.pdf", b"%PDF-1.7 nothing"),
        ("s/8.pdf", b"%PDF-1.7 nothing"),
        ("s/9.docx", b"nothing"),
    ])?;
    let source = desk.open("s")?;
    let mut lines = told(&source)?;
    // Which word tells a broken PDF is the reader's matter.
    if let Some(line) = lines.iter_mut().find(|line| line.starts_with("8.pdf")) {
        assert!(line.starts_with("8.pdf | – | ") && line.ends_with("@8.pdf"), "{line}");
        line.truncate(5);
    }
    assert_eq!(
        lines,
        [
            "1.pdf | 甲 | ",
            "2.docx | 甲 | ",
            "3/ | 甲 | ",
            "4/ | 甲 | differs-from-filled@/employer differs-from-filled@/mobile",
            "5/ | 甲 | ",
            "6/ | – | json-cut@1:1",
            "7/ | 甲 | file-not-used@7/证书.pdf",
            "8.pdf",
            "9.docx | – | not-a-filled-form@9.docx",
        ]
    );
    let found = source.load(engine(), 3)?.found;
    assert!(found.iter().all(|one| matches!(&one.place, Place::Record { label, .. } if !label.is_empty())));
    assert!(!format!("{found:?}").contains("另一厂") && !format!("{found:?}").contains("19900000001"));
    let single = desk.open("s/1.pdf")?;
    assert_eq!(told(&single)?, ["1.pdf | 甲 | "]);
    // A folder that is one dossier.
    assert_eq!(told(&desk.open("s/3")?)?, ["3/ | 甲 | "]);
    Ok(())
}

#[test]
fn photos_are_found_by_number_or_name_and_never_guessed() -> Result<(), Any> {
    let (one, two) = ("990000198503120027", "99000019850312003X");
    let list = format!(
        "{{\"name\":\"张三\",\"id_number\":\"{one}\"}}\n{{\"name\":\"李四\",\"id_number\":\"{two}\"}}\n{{\"name\":\"王㛃\"}}\n\
         {{\"name\":\"同名\"}}\n{{\"name\":\"同名\"}}\n{{\"name\":\"赵六\"}}\n{{\"name\":\"自带\",\"photo\":\"own.png\"}}\n{{\"name\":\"无\"}}\n"
    );
    let desk = Desk::new(&[
        ("名单.jsonl", list.as_bytes()),
        ("own.png", b"\x89PNG own"),
        ("p/张三_990000198503120027.jpg", b"\xFF\xD8\xFF 1"),
        ("p/瑞安市/99000019850312003x.JPG", b"\xFF\xD8\xFF 2"),
        ("p/王㛃 照片.png", b"\x89PNG 3"),
        ("p/同名.jpg", b"\xFF\xD8\xFF 4"),
        ("p/赵六.jpg", b"\xFF\xD8\xFF 5"),
        ("p/赵六2.jpg", b"\xFF\xD8\xFF 6"),
        ("p/自带.jpg", b"\xFF\xD8\xFF 7"),
        ("p/谁.jpg", b"\xFF\xD8\xFF 8"),
        ("p/readme.txt", b""),
    ])?;
    let source = desk.with_photos("名单.jsonl", "p")?;
    let photo = FieldName::parse("photo").ok_or("it is a name")?;
    let mut lines = Vec::new();
    for entry in 0..source.len() {
        let loaded = source.load(engine(), entry)?;
        let record = loaded.record.ok_or("there is a record")?;
        let last = record.asset(&photo).and_then(|bytes| bytes.last().copied()).map_or('–', char::from);
        lines.push(format!("{} {last} {}", text(&record, "name"), codes(&loaded.found).join(" ")));
        // What the journal keeps as text is the same record.
        assert_eq!(Record::parse(record.to_json().as_bytes(), &*loaded.files).map_err(Error::Refused)?, record);
    }
    assert_eq!(
        lines,
        [
            "张三 1 ",
            "李四 2 ",
            "王㛃 3 ",
            "同名 – photo-shared@/photo",
            "同名 – photo-shared@/photo",
            "赵六 – photo-several@/photo",
            "自带 n ",
            "无 – ",
        ]
    );
    assert_eq!(codes(&source.notes()), ["photo-not-used@自带.jpg", "photo-unclaimed@谁.jpg"]);
    assert!(matches!(desk.with_photos("名单.jsonl", "none"), Err(Error::Io { .. })));
    Ok(())
}

#[test]
fn a_source_is_the_same_from_every_thread_and_told_from_a_changed_one() -> Result<(), Any> {
    let list: String = (0..300).map(|n| format!("{{\"name\":\"人{n}\",\"photo\":\"p.png\"}}\n")).collect();
    let desk = Desk::new(&[("a.jsonl", list.as_bytes()), ("p.png", b"\x89PNG")])?;
    let source = desk.open("a.jsonl")?;
    let want = told(&source)?;
    let all: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..4).map(|_| scope.spawn(|| told(&source))).collect();
        running.into_iter().map(|thread| thread.join()).collect()
    });
    for lines in all {
        assert_eq!(lines.map_err(|_| "a thread panicked")??, want);
    }
    desk.put("a.jsonl", b"{}")?;
    assert!(matches!(source.load(engine(), 0), Err(Error::Io { .. })));
    fs::remove_file(desk.0.path().join("a.jsonl"))?;
    assert!(matches!(source.load(engine(), 0), Err(Error::Io { .. })));
    Ok(())
}

/// A list of a gigabyte is scanned and loaded in the memory of one record.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "writes a gigabyte"]
fn a_gigabyte_of_people_takes_little_memory() -> Result<(), Any> {
    use std::io::Write as _;
    let desk = Desk::new(&[])?;
    let path = desk.0.path().join("a.json");
    let mut file = std::io::BufWriter::new(fs::File::create(&path)?);
    let photo = "QUJD".repeat(50_000);
    for n in 0..5_000 {
        let before = if n == 0 { "[" } else { ",\n" };
        write!(file, "{before}{{\"name\":\"人{n}\",\"photo\":\"data:image/png;base64,{photo}\"}}")?;
    }
    file.write_all(b"]")?;
    file.into_inner()?.sync_all()?;
    let peak = || -> Result<usize, Any> {
        let status = fs::read_to_string("/proc/self/status")?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("Linux tells the peak")?;
        Ok(line.split_whitespace().nth(1).ok_or("a number")?.parse()?)
    };
    engine().template("recommendation")?;
    let before = peak()?;
    let begun = std::time::Instant::now();
    let source = desk.open("a.json")?;
    println!("{} MB scanned in {:?}", fs::metadata(&path)?.len() >> 20, begun.elapsed());
    assert_eq!(source.len(), 5_000);
    for entry in 0..source.len() {
        assert!(source.load(engine(), entry)?.record.is_some());
    }
    let more = peak()?.saturating_sub(before);
    println!("all loaded after {:?}, {more} KB more", begun.elapsed());
    assert!(more < 20_000, "{more} KB");
    Ok(())
}
