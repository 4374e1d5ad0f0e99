//! The journal: what a batch knows of every person, and what is done, on disk (SQLite). Whatever is in it is done; a
//! program that is killed leaves it as it was after its last transaction.
//!
//! | table | a row is |
//! |---|---|
//! | `meta` | a fact about the journal itself |
//! | `people` | an entry of the source, as it was read in this run |
//! | `results` | a record that was judged and drawn, by the digest of everything that decided it; it outlives runs |
//! | `blobs` | bytes of a result that are still needed: the drawn part, and formats that are not yet files |
//! | `files` | a file that stands in the output folder, and of what it was made |
//! | `coming` | a file that is about to be put there: what a killed program had just put is known as ours |

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::{Problem, sheets};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;

/// Which tables there are, and what stands in them; a journal of another version is not touched, but for the one before.
const VERSION: &str = "2";

/// The version before: its problems have no pointers. All else is as it is now, and nothing of it is done again.
const WITHOUT_POINTERS: &str = "1";

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people (
    entry INTEGER PRIMARY KEY, n INTEGER NOT NULL, key TEXT, place TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
    record TEXT NOT NULL, found TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS people_by_number ON people (n);
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, problems TEXT NOT NULL, pages INTEGER NOT NULL, renders INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (key TEXT NOT NULL, format TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (key, format));
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, key TEXT NOT NULL, format TEXT NOT NULL, length INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coming (
    path TEXT PRIMARY KEY, key TEXT NOT NULL, format TEXT NOT NULL, length INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
";

/// The journal of one output folder; one program at a time holds it.
pub struct Journal {
    db: Connection,
    path: PathBuf,
}

/// An entry of the source.
pub struct Person {
    /// Its place in the source, from 0.
    pub entry: usize,
    /// Its number in the order of the recommending units, from 1.
    pub n: usize,
    /// The digest of everything that decides its papers; `None` where no record could be read.
    pub key: Option<String>,
    /// Where it comes from, for people.
    pub place: String,
    /// The person's name; may be empty.
    pub name: String,
    /// The recommending unit, as 附件1 calls it; may be empty.
    pub unit: String,
    /// What the sheets show of it, as JSON.
    pub record: String,
    /// What was found while it was read, and beside others.
    pub found: Vec<Problem>,
}

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Drawn: its part is in the journal.
    Drawn,
    /// Judged and not drawn.
    Judged,
    /// The program failed at it.
    Failed,
}

/// What became of a record.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How far it came.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The sheets of its dossier.
    pub pages: usize,
    /// How often it was rendered, in all runs.
    pub renders: u32,
}

/// A file that stands in the output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its path below the output folder, with `/`.
    pub path: String,
    /// The digest of what it was made of.
    pub key: String,
    /// The format: `pdf`, `fillable`, `docx`, or what kind of common paper it is.
    pub format: String,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of its bytes, lower-case hex.
    pub digest: String,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Drawn => "drawn",
            Outcome::Judged => "judged",
            Outcome::Failed => "failed",
        }
    }

    fn of(word: &str) -> Outcome {
        match word {
            "drawn" => Outcome::Drawn,
            "judged" => Outcome::Judged,
            _ => Outcome::Failed,
        }
    }
}

impl Journal {
    /// Opens the journal at a path, or makes it; refuses where another program holds it.
    pub fn open(path: &Path) -> Result<Journal, Error> {
        let journal = Journal { db: Connection::open(path).map_err(|error| failed(path, &error))?, path: path.to_owned() };
        journal.prepare()?;
        Ok(journal)
    }

    /// A journal of a run that leaves nothing behind.
    pub fn temporary() -> Result<Journal, Error> {
        let path = PathBuf::from("(temporary journal)");
        // An empty name is a private file of SQLite's own that is deleted when it is closed.
        let journal = Journal { db: Connection::open("").map_err(|error| failed(&path, &error))?, path };
        journal.prepare()?;
        Ok(journal)
    }

    fn prepare(&self) -> Result<(), Error> {
        // Whoever holds it holds it for minutes: a short wait for one that is just ending, no more.
        self.db.busy_timeout(Duration::from_millis(300)).map_err(|error| failed(&self.path, &error))?;
        // Held by one program for as long as it runs; the system lets go of it when the program is killed.
        self.batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        self.batch("BEGIN IMMEDIATE;")?;
        self.batch(TABLES)?;
        let version: Option<String> = self.ask("SELECT value FROM meta WHERE key = 'version'", |row| row.get(0))?;
        match version {
            None => drop(self.run("INSERT INTO meta VALUES ('version', ?1)", params![VERSION])?),
            Some(version) if version == VERSION => {}
            Some(version) if version == WITHOUT_POINTERS => self.point()?,
            Some(_) => {
                self.batch("ROLLBACK;")?;
                return Err(Error::Refused(self.of_another_version()));
            }
        }
        self.batch("COMMIT;")
    }

    /// Gives the problems of the version before the pointers that they have now. People are read anew in every run.
    fn point(&self) -> Result<(), Error> {
        let read = |row: &Row<'_>| -> rusqlite::Result<(String, String)> { Ok((row.get(0)?, row.get(1)?)) };
        let mut results = Vec::new();
        self.each("SELECT key, problems FROM results", [], |row| {
            results.push(read(row).map_err(|error| failed(&self.path, &error))?);
            Ok(())
        })?;
        for (key, text) in results {
            let mut problems = self.problems(&text)?;
            for problem in &mut problems {
                // A file's name has a dot; a pointer to a field has none.
                let is_pointer = problem.place.starts_with('/') && (!problem.label.is_empty() || !problem.place.contains('.'));
                problem.pointer = is_pointer.then(|| sheets::of_person(problem.place.clone()));
            }
            self.run("UPDATE results SET problems = ?2 WHERE key = ?1", params![key, json(&problems)?])?;
        }
        self.run("UPDATE meta SET value = ?1 WHERE key = 'version'", params![VERSION]).map(drop)
    }

    /// Does several things at once: all of them are kept, or none.
    pub fn together<T>(&mut self, work: impl FnOnce(&Journal) -> Result<T, Error>) -> Result<T, Error> {
        self.batch("BEGIN IMMEDIATE;")?;
        let done = work(self).and_then(|value| self.batch("COMMIT;").map(|()| value));
        if done.is_err() {
            // What failed first is told; rolling back after a full disk may have been done already.
            let _ = self.batch("ROLLBACK;");
        }
        done
    }

    /// Forgets the people of the last run.
    pub fn clear_people(&self) -> Result<(), Error> {
        self.batch("DELETE FROM people;")
    }

    /// Keeps a person.
    pub fn put_person(&self, person: &Person) -> Result<(), Error> {
        let found = json(&person.found)?;
        let row = params![number(person.entry), number(person.n), person.key, person.place, person.name, person.unit, person.record, found];
        self.run("INSERT OR REPLACE INTO people VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", row).map(drop)
    }

    /// Gives a person its number and its unit's name, and adds what was found beside others.
    pub fn place_person(&self, entry: usize, n: usize, unit: &str, found: &[Problem]) -> Result<(), Error> {
        let row = params![number(entry), number(n), unit, json(found)?];
        self.run("UPDATE people SET n = ?2, unit = ?3, found = ?4 WHERE entry = ?1", row).map(drop)
    }

    /// The people in the order of their numbers, one after another, without their records.
    pub fn people(&self, mut take: impl FnMut(Person) -> Result<(), Error>) -> Result<(), Error> {
        self.each("SELECT entry, n, key, place, name, unit, '', found FROM people ORDER BY n, entry", [], |row| take(self.person(row)?))
    }

    /// What was found of a person so far.
    pub fn found(&self, entry: usize) -> Result<Vec<Problem>, Error> {
        let text: Option<String> = self.ask_with("SELECT found FROM people WHERE entry = ?1", params![number(entry)], |row| row.get(0))?;
        text.map_or(Ok(Vec::new()), |text| self.problems(&text))
    }

    /// What the sheets show of a person, as JSON.
    pub fn record(&self, entry: usize) -> Result<String, Error> {
        let text = self.ask_with("SELECT record FROM people WHERE entry = ?1", params![number(entry)], |row| row.get(0))?;
        Ok(text.unwrap_or_default())
    }

    /// What became of a record.
    pub fn verdict(&self, key: &str) -> Result<Option<Verdict>, Error> {
        let row: Option<(String, String, i64, u32)> =
            self.ask_with("SELECT state, problems, pages, renders FROM results WHERE key = ?1", params![key], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let Some((state, problems, pages, renders)) = row else { return Ok(None) };
        let pages = usize::try_from(pages).unwrap_or(0);
        Ok(Some(Verdict { outcome: Outcome::of(&state), problems: self.problems(&problems)?, pages, renders }))
    }

    /// Keeps what became of a record; `renders` is counted on from what is known.
    pub fn put_verdict(&self, key: &str, verdict: &Verdict) -> Result<(), Error> {
        let row = params![key, verdict.outcome.word(), json(&verdict.problems)?, number(verdict.pages), verdict.renders];
        self.run(
            "INSERT INTO results VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key) DO UPDATE
             SET state = excluded.state, problems = excluded.problems, pages = excluded.pages, renders = renders + excluded.renders",
            row,
        )
        .map(drop)
    }

    /// How often records were rendered, in all runs.
    pub fn renders(&self) -> Result<u64, Error> {
        let sum: Option<i64> =
            self.ask("SELECT COALESCE(SUM(renders), 0) FROM results WHERE key IN (SELECT key FROM people)", |row| row.get(0))?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    /// Keeps bytes of a result.
    pub fn put_blob(&self, key: &str, format: &str, bytes: &[u8]) -> Result<(), Error> {
        self.run("INSERT OR REPLACE INTO blobs VALUES (?1, ?2, ?3)", params![key, format, bytes]).map(drop)
    }

    /// Bytes of a result, if they are still kept.
    pub fn blob(&self, key: &str, format: &str) -> Result<Option<Vec<u8>>, Error> {
        self.ask_with("SELECT bytes FROM blobs WHERE key = ?1 AND format = ?2", params![key, format], |row| row.get(0))
    }

    /// Whether bytes of a result are still kept.
    pub fn has_blob(&self, key: &str, format: &str) -> Result<bool, Error> {
        let one: Option<i64> =
            self.ask_with("SELECT 1 FROM blobs WHERE key = ?1 AND format = ?2", params![key, format], |row| row.get(0))?;
        Ok(one.is_some())
    }

    /// Forgets bytes of a result: they are a file now.
    pub fn drop_blob(&self, key: &str, format: &str) -> Result<(), Error> {
        self.run("DELETE FROM blobs WHERE key = ?1 AND format = ?2", params![key, format]).map(drop)
    }

    /// Forgets the bytes of results that no person of this run needs.
    pub fn drop_idle(&self) -> Result<(), Error> {
        self.batch("DELETE FROM blobs WHERE key NOT IN (SELECT key FROM people WHERE key IS NOT NULL);")
    }

    /// Notes that a file stands in the output folder.
    pub fn put_file(&self, file: &Standing) -> Result<(), Error> {
        let length = i64::try_from(file.length).unwrap_or(i64::MAX);
        let row = params![file.path, file.key, file.format, length, file.digest];
        self.run("INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4, ?5)", row).map(drop)
    }

    /// Notes that a file is about to be put into the output folder.
    pub fn put_coming(&self, file: &Standing) -> Result<(), Error> {
        let length = i64::try_from(file.length).unwrap_or(i64::MAX);
        let row = params![file.path, file.key, file.format, length, file.digest];
        self.run("INSERT OR REPLACE INTO coming VALUES (?1, ?2, ?3, ?4, ?5)", row).map(drop)
    }

    /// Forgets that a file is about to be put there: it stands, or it never came.
    pub fn drop_coming(&self, path: &str) -> Result<(), Error> {
        self.run("DELETE FROM coming WHERE path = ?1", params![path]).map(drop)
    }

    /// The files that were about to be put into the output folder when the program was stopped.
    pub fn coming(&self) -> Result<Vec<Standing>, Error> {
        self.list("SELECT path, key, format, length, digest FROM coming ORDER BY path")
    }

    /// A fact about the journal itself.
    pub fn fact(&self, name: &str) -> Result<Option<String>, Error> {
        self.ask_with("SELECT value FROM meta WHERE key = ?1", params![name], |row| row.get(0))
    }

    /// Keeps a fact about the journal itself.
    pub fn put_fact(&self, name: &str, value: &str) -> Result<(), Error> {
        self.run("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![name, value]).map(drop)
    }

    /// Forgets a file.
    pub fn drop_file(&self, path: &str) -> Result<(), Error> {
        self.run("DELETE FROM files WHERE path = ?1", params![path]).map(drop)
    }

    /// The file at a path of the output folder, as it was written.
    pub fn file(&self, path: &str) -> Result<Option<Standing>, Error> {
        self.ask_with("SELECT path, key, format, length, digest FROM files WHERE path = ?1", params![path], standing)
    }

    /// A file that was made of a key in a format.
    pub fn file_of(&self, key: &str, format: &str) -> Result<Option<Standing>, Error> {
        let query = "SELECT path, key, format, length, digest FROM files WHERE key = ?1 AND format = ?2 ORDER BY path LIMIT 1";
        self.ask_with(query, params![key, format], standing)
    }

    /// All files that stand in the output folder, by their paths.
    pub fn files(&self) -> Result<Vec<Standing>, Error> {
        self.list("SELECT path, key, format, length, digest FROM files ORDER BY path")
    }

    fn list(&self, query: &str) -> Result<Vec<Standing>, Error> {
        let mut files = Vec::new();
        self.each(query, [], |row| {
            files.push(standing(row).map_err(|error| failed(&self.path, &error))?);
            Ok(())
        })?;
        Ok(files)
    }

    fn person(&self, row: &Row<'_>) -> Result<Person, Error> {
        let read = |row: &Row<'_>| {
            let found: String = row.get(7)?;
            let (entry, n): (i64, i64) = (row.get(0)?, row.get(1)?);
            let person = Person {
                entry: usize::try_from(entry).unwrap_or(0),
                n: usize::try_from(n).unwrap_or(0),
                key: row.get(2)?,
                place: row.get(3)?,
                name: row.get(4)?,
                unit: row.get(5)?,
                record: row.get(6)?,
                found: Vec::new(),
            };
            Ok((person, found))
        };
        let (person, found) = read(row).map_err(|error| failed(&self.path, &error))?;
        Ok(Person { found: self.problems(&found)?, ..person })
    }

    fn problems(&self, text: &str) -> Result<Vec<Problem>, Error> {
        serde_json::from_str(text).map_err(|_| {
            let source = std::io::Error::new(ErrorKind::InvalidData, "a row of the journal cannot be read");
            Error::Io { action: "read", path: self.path.clone(), source }
        })
    }

    fn of_another_version(&self) -> Diagnostics {
        let message = Message::new("这个文件夹是另一版本的程序用过的", "this folder was used by another version of the program");
        let help = Message::new("请换一个 -o，或删去其中的 .formwright 文件夹", "give another -o, or delete the folder .formwright in it");
        let place = Place::File { file: self.path.display().to_string() };
        one(Diagnostic::error("journal-version", place, message).with_help(help))
    }

    fn batch(&self, sql: &str) -> Result<(), Error> {
        self.db.execute_batch(sql).map_err(|error| failed(&self.path, &error))
    }

    fn run(&self, sql: &str, row: &[&dyn rusqlite::ToSql]) -> Result<usize, Error> {
        self.db.prepare_cached(sql).and_then(|mut query| query.execute(row)).map_err(|error| failed(&self.path, &error))
    }

    fn ask<T>(&self, sql: &str, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>, Error> {
        self.ask_with(sql, &[], read)
    }

    fn ask_with<T>(
        &self,
        sql: &str,
        row: &[&dyn rusqlite::ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        let asked = self.db.prepare_cached(sql).and_then(|mut query| query.query_row(row, read).optional());
        asked.map_err(|error| failed(&self.path, &error))
    }

    fn each(&self, sql: &str, row: impl rusqlite::Params, mut take: impl FnMut(&Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error: rusqlite::Error| failed(&self.path, &error);
        let mut query = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = query.query(row).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            take(row)?;
        }
        Ok(())
    }
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    let length: i64 = row.get(3)?;
    let length = u64::try_from(length).unwrap_or(0);
    Ok(Standing { path: row.get(0)?, key: row.get(1)?, format: row.get(2)?, length, digest: row.get(4)? })
}

fn json(problems: &[Problem]) -> Result<String, Error> {
    serde_json::to_string(problems).map_err(|cause| Error::Write(cause.to_string()))
}

/// SQLite's whole numbers have a sign.
fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    let mut list = Diagnostics::default();
    list.push(diagnostic);
    list
}

/// A failure of the journal, in the machine's words; who else holds it is a person's matter.
fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            let message = Message::new("另一个批处理正在写这个文件夹", "another batch is at work in this folder");
            let help = Message::new("等它完成，或换一个 -o", "wait until it is done, or give another -o");
            let place = Place::File { file: path.display().to_string() };
            return Error::Refused(one(Diagnostic::error("batch-is-running", place, message).with_help(help)));
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            let message = Message::new("批处理的日志已损坏", "the journal of the batch is damaged");
            let help = Message::new(
                "换一个 -o 从头做起；这个文件夹里的成品仍可用",
                "give another -o and begin anew; the finished files in this folder stay as they are",
            );
            let place = Place::File { file: path.display().to_string() };
            return Error::Refused(one(Diagnostic::error("journal-damaged", place, message).with_help(help)));
        }
        Some(ErrorCode::DiskFull) => ErrorKind::StorageFull,
        Some(ErrorCode::ReadOnly) => ErrorKind::ReadOnlyFilesystem,
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    // SQLite's messages name tables and columns, never a value that was bound.
    Error::Io { action: "write", path: path.to_owned(), source: std::io::Error::new(kind, error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(outcome: Outcome, renders: u32) -> Verdict {
        Verdict { outcome, problems: Vec::new(), pages: 6, renders }
    }

    #[test]
    fn what_is_kept_is_kept_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().join("journal.sqlite");
        let mut journal = Journal::open(&path).expect("it can be made");
        let broken: Result<(), Error> = journal.together(|journal| {
            journal.put_verdict("k", &verdict(Outcome::Drawn, 1))?;
            Err(Error::Write("stop".to_owned()))
        });
        assert!(broken.is_err());
        assert!(journal.verdict("k").expect("it can be asked").is_none());
        journal.together(|journal| journal.put_verdict("k", &verdict(Outcome::Judged, 0))).expect("it can be kept");
        journal.together(|journal| journal.put_verdict("k", &verdict(Outcome::Drawn, 1))).expect("it can be kept");
        drop(journal);
        let journal = Journal::open(&path).expect("it can be opened again");
        let known = journal.verdict("k").expect("it can be asked").expect("it is there");
        assert_eq!((known.outcome, known.pages, known.renders), (Outcome::Drawn, 6, 1));
    }

    #[test]
    fn a_journal_of_the_version_before_keeps_what_is_done_and_gets_pointers() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().join("journal.sqlite");
        let journal = Journal::open(&path).expect("it can be made");
        let old = |place: &str, label: &str| {
            format!(r#"{{"error":true,"code":"c","place":"{place}","label":"{label}","message":["",""],"help":["",""]}}"#)
        };
        let places = [
            ("/name", "姓名", Some("/name")),
            ("/nominees/0/birth", "一览表·出生年月", Some("/birth")),
            ("/nicht", "", Some("/nicht")),
            ("/usr/x.otf", "", None),
            ("templates/x", "", None),
            ("", "一览表", None),
        ];
        let text = format!("[{}]", places.map(|(place, label, _)| old(place, label)).join(","));
        journal.put_verdict("k", &verdict(Outcome::Drawn, 1)).expect("it can be kept");
        journal.put_blob("k", "part", b"drawn").expect("it can be kept");
        journal.run("UPDATE results SET problems = ?1", params![text]).expect("it can be written");
        journal.run("UPDATE meta SET value = '1' WHERE key = 'version'", &[]).expect("it can be written");
        drop(journal);
        for _ in 0..2 {
            let journal = Journal::open(&path).expect("it can be opened");
            let known = journal.verdict("k").expect("it can be asked").expect("it is there");
            let pointers: Vec<Option<&str>> = known.problems.iter().map(|problem| problem.pointer.as_deref()).collect();
            assert_eq!(pointers, places.map(|(_, _, want)| want));
            assert_eq!((known.outcome, known.renders), (Outcome::Drawn, 1));
            assert_eq!(journal.blob("k", "part").expect("it can be asked").as_deref(), Some(&b"drawn"[..]));
        }
        let journal = Journal::open(&path).expect("it can be opened");
        journal.run("UPDATE meta SET value = '99' WHERE key = 'version'", &[]).expect("it can be written");
        drop(journal);
        assert!(matches!(Journal::open(&path), Err(Error::Refused(found)) if found.codes() == ["journal-version"]));
    }

    #[test]
    fn one_program_at_a_time() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().join("journal.sqlite");
        let journal = Journal::open(&path).expect("it can be made");
        assert!(matches!(Journal::open(&path), Err(Error::Refused(found)) if found.codes() == ["batch-is-running"]));
        drop(journal);
        assert!(Journal::open(&path).is_ok());
        std::fs::write(&path, b"this is no journal, but a text that somebody put there").expect("it can be written");
        assert!(matches!(Journal::open(&path), Err(Error::Refused(found)) if found.codes() == ["journal-damaged"]));
    }
}
