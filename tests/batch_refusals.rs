//! Everything that a batch refuses has a word for programs, which stays: the list stands at `batch::run`.

use std::fs;
use std::path::{Path, PathBuf};

use formwright::batch::{self, BatchOptions, Edits, Progress, Unwatched, Watch};
use formwright::record::Edit;
use formwright::{Engine, Error, FieldName};

type Any = Box<dyn std::error::Error>;

struct Desk {
    folder: tempfile::TempDir,
    engine: Engine,
}

impl Desk {
    fn new() -> Result<Desk, Any> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        Ok(Desk { folder: tempfile::tempdir()?, engine: Engine::open(home.join("templates"), home.join("fonts"))? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, source: &str, output: &str, options: &BatchOptions) -> Result<Vec<&'static str>, Any> {
        self.watched(source, output, options, &Unwatched)
    }

    /// The codes of a refusal; an empty list where nothing was refused.
    fn watched(&self, source: &str, output: &str, options: &BatchOptions, watch: &dyn Watch) -> Result<Vec<&'static str>, Any> {
        match batch::run(&self.engine, &self.path(source), &self.path(output), options, watch) {
            Ok(_) => Ok(Vec::new()),
            Err(Error::Refused(found)) => {
                assert!(found.iter().all(|one| one.help.is_some()), "each has a next step: {:?}", found.codes());
                Ok(found.codes())
            }
            Err(other) => Err(other.into()),
        }
    }
}

#[test]
fn sources_are_refused_by_their_kinds() -> Result<(), Any> {
    let desk = Desk::new()?;
    let check = BatchOptions { check_only: true, ..BatchOptions::default() };
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gbk = b"[{\"name\":\"\xD5\xC5\xC8\xFD\",\"employer\":\"\xCE\xC2\xD6\xDD\"}]";
    let zip = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))?;
    for (file, bytes, want) in [
        ("a.csv", &b"name"[..], "source-kind"),
        ("a.json", b"[]", "source-empty"),
        ("a.jsonl", b"\n\n", "source-empty"),
        ("gbk.json", gbk, "encoding-gb18030"),
        ("utf16.json", &utf16, "encoding-utf16"),
        ("a.xlsx", &zip, "not-xlsx"),
        ("cut.xlsx", &desk.engine.workbook("recommendation")?[..2_000], "file-damaged"),
    ] {
        fs::write(desk.path(file), bytes)?;
        assert_eq!(desk.run(file, "out", &check)?, [want], "{file}");
    }
    fs::File::create(desk.path("large.xlsx"))?.set_len(33 << 20)?;
    assert_eq!(desk.run("large.xlsx", "out", &check)?, ["file-too-large"]);
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "会议纪要")?;
    book.save(desk.path("other.xlsx"))?;
    assert_eq!(desk.run("other.xlsx", "out", &check)?, ["no-people"]);
    // A compound file with a workbook behind a password in it.
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(desk.path("locked.xlsx"), [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &name].concat())?;
    assert_eq!(desk.run("locked.xlsx", "out", &check)?, ["file-encrypted"]);
    let mut zip = zip::ZipWriter::new(fs::File::create(desk.path("unsafe.xlsx"))?);
    zip.start_file("../xl/workbook.xml", zip::write::SimpleFileOptions::default())?;
    zip.finish()?;
    assert_eq!(desk.run("unsafe.xlsx", "out", &check)?, ["file-unsafe"]);
    fs::create_dir(desk.path("folder"))?;
    assert_eq!(desk.run("folder", "out", &check)?, ["source-empty"]);
    fs::write(desk.path("folder/old.doc"), b"x")?;
    assert_eq!(desk.run("folder", "out", &check)?, ["unread-kind", "source-empty"], "what was passed over says why");
    Ok(())
}

#[test]
fn a_workbook_of_nothing_but_problems_is_not_read_to_its_end() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (col, key) in ["name", "id_number", "mobile", "postcode", "address", "employer"].into_iter().enumerate() {
        let col = u16::try_from(col)?;
        sheet.write_string(0, col, key)?;
        for row in 1..=18_000 {
            sheet.write_boolean(row, col, true)?;
        }
    }
    book.save(desk.path("problems.xlsx"))?;
    let check = BatchOptions { check_only: true, ..BatchOptions::default() };
    assert_eq!(desk.run("problems.xlsx", "out", &check)?, ["too-many-problems"]);
    Ok(())
}

#[test]
fn what_is_asked_for_is_refused_where_it_makes_no_sense() -> Result<(), Any> {
    let desk = Desk::new()?;
    fs::write(desk.path("one.jsonl"), "{\"name\":\"甲\"}")?;
    let check = BatchOptions { check_only: true, ..BatchOptions::default() };
    assert_eq!(desk.run("one.jsonl", "out", &BatchOptions { template: "summary".into(), ..check.clone() })?, ["template-is-sheet"]);
    let unknown = BatchOptions { template: "nothing".into(), ..check.clone() };
    let refused = batch::run(&desk.engine, &desk.path("one.jsonl"), &desk.path("out"), &unknown, &Unwatched);
    assert!(matches!(refused, Err(Error::NoTemplate { .. })));
    let absent = batch::run(&desk.engine, &desk.path("absent.jsonl"), &desk.path("out"), &check, &Unwatched);
    assert!(matches!(absent, Err(Error::Io { action: "read", .. })));
    let mut edits = Edits::default();
    edits.put(1, FieldName::parse("name").ok_or("a name")?, Edit::Gone);
    assert_eq!(desk.run("one.jsonl", "out", &BatchOptions { edits, ..check })?, ["edit-no-entry"]);
    Ok(())
}

/// Runs another batch in the same folder while one is at work.
struct Beside<'d> {
    desk: &'d Desk,
    told: std::sync::Mutex<Vec<&'static str>>,
}

impl Watch for Beside<'_> {
    fn progress(&self, _progress: &Progress) {
        let codes = self.desk.run("one.jsonl", "out", &BatchOptions::default()).expect("it is refused, not failed");
        *self.told.lock().expect("nobody panics while holding it") = codes;
    }

    fn stopped(&self) -> bool {
        true
    }
}

#[test]
fn folders_are_refused_by_what_is_in_them() -> Result<(), Any> {
    let desk = Desk::new()?;
    let options = BatchOptions { formats: Vec::new(), ..BatchOptions::default() };
    fs::write(desk.path("one.jsonl"), "{\"name\":\"甲\"}")?;
    fs::write(desk.path("two.jsonl"), "{\"name\":\"甲\"}")?;
    let beside = Beside { desk: &desk, told: Default::default() };
    assert!(desk.watched("one.jsonl", "out", &options, &beside)?.is_empty());
    assert_eq!(*beside.told.lock().expect("nobody panics while holding it"), ["batch-is-running"]);

    assert!(desk.run("one.jsonl", "out", &options)?.is_empty());
    assert_eq!(desk.run("two.jsonl", "out", &options)?, ["another-source"]);
    assert!(desk.run("two.jsonl", "out", &BatchOptions { replace: true, ..options.clone() })?.is_empty());

    let journal = desk.path("out/.formwright/journal.sqlite");
    rusqlite::Connection::open(&journal)?.execute("UPDATE meta SET value = '99' WHERE key = 'version'", [])?;
    assert_eq!(desk.run("two.jsonl", "out", &options)?, ["journal-version"]);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(desk.path(&format!("out/.formwright/journal.sqlite{end}")));
    }
    fs::write(&journal, "this is no journal, but a text that somebody put there")?;
    assert_eq!(desk.run("two.jsonl", "out", &options)?, ["journal-damaged"]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed() -> Result<(), Any> {
    let desk = Desk::new()?;
    fs::write(desk.path("one.jsonl"), "{\"name\":\"甲\"}")?;
    fs::create_dir_all(desk.path("out"))?;
    fs::create_dir_all(desk.path("elsewhere"))?;
    std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("out/个人"))?;
    assert_eq!(desk.run("one.jsonl", "out", &BatchOptions { draft: true, ..BatchOptions::default() })?, ["output-link"]);
    assert_eq!(fs::read_dir(desk.path("elsewhere"))?.count(), 0);
    Ok(())
}
