//! One person of a batch: looked at, put right, shown.

use std::collections::BTreeMap;

use std::sync::{Arc, PoisonError};

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::batch::Batch;
use super::clock::now;
use super::home;
use super::items::Item;
use super::kept::{End, Tally, write_json};
use super::pulse::BatchState;
use super::store::{Shared, Store};
use crate::batch::{self, BatchOptions, Edits, Line, Person, Report, Source, State, Unwatched};
use crate::diag::{Diagnostic, Diagnostics, Lang, Message, Place, Severity};
use crate::docx::DocxOptions;
use crate::engine::{Engine, PngOptions};
use crate::error::Error;
use crate::name::FieldName;
use crate::pdf::PdfOptions;
use crate::preview::{self, MarkKind};
use crate::record::{Edit, Record, is_at};
use crate::service::problem::Problem;

/// What was put right of the people, in the folder of a batch.
const EDITS: &str = "edits.json";

/// Where people are compared with each other after one was put right: beyond so many that would take seconds, and `run` does it.
const FEW: usize = 500;

/// What is wrong with a person only beside others.
const BESIDE: [&str; 2] = ["same-identity", "same-person"];
/// What is told to nobody where everybody lacks it.
const COMMON: &str = "no-attachments";

/// A person of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BatchPerson)]
pub struct OnePerson {
    /// What became of the person.
    #[serde(flatten)]
    pub item: Item,
    /// The record with what was put right, without pictures; nothing where none could be read, or names are masked.
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
    /// Where the photo is; nothing where there is none.
    pub photo: Option<String>,
    /// The fields that were put right.
    pub edited: Vec<String>,
    /// Whether people were put right and nobody compared them with the others since: `run` does.
    pub stale: bool,
}

/// What is put right of a person.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BatchAmend)]
pub struct Amend {
    /// Values by the names of their fields (`id_number`, `resume.0.work`): a text, `true` or `false`, or `null`, which takes the value
    /// away. A photo is a data URI.
    #[schema(value_type = Object)]
    pub set: BTreeMap<String, Edit>,
    /// Fields whose value is again what was sent.
    pub unset: Vec<String>,
}

/// A picture of a page.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// The page, from 1; that of the first mark where nothing is said.
    pub page: Option<usize>,
    /// Dots per inch; 100 where nothing is said.
    pub dpi: Option<f64>,
    /// The fields to mark, as names.
    pub marks: Vec<String>,
}

/// What can be made of one person.
#[derive(Clone, Debug)]
pub enum Document {
    /// The whole dossier, to print.
    Pdf,
    /// The form, to fill in.
    Fillable,
    /// The form in Word.
    Docx,
    /// A page of the dossier.
    Png(Picture),
    /// The record.
    Json,
}

/// A document, and how many pages the dossier has.
pub struct Made {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The pages of the dossier; 0 where it has none.
    pub pages: usize,
}

impl Store {
    /// A person, read anew. Touches the disk; takes a core.
    ///
    /// Errors: 404 where there is no such entry; 409 before anybody was looked at.
    pub fn person(&self, batch: &Batch, entry: usize, lang: Lang, mask: bool) -> Result<OnePerson, Problem> {
        let shared = self.shared();
        let report = shared.report(batch)?;
        let line = line_of(&report, entry)?;
        let source = shared.source(batch)?;
        let record = source.load(&shared.engine, entry)?.record;
        Ok(one(batch, &source, line, record.as_ref().filter(|_| !mask), lang, mask))
    }

    /// The photo of a person, as it was sent. Touches the disk.
    ///
    /// Errors: 404 where there is none.
    pub fn photo(&self, batch: &Batch, entry: usize) -> Result<Vec<u8>, Problem> {
        let shared = self.shared();
        let source = shared.source(batch)?;
        if entry >= source.len() {
            return Err(nobody());
        }
        let record = source.load(&shared.engine, entry)?.record;
        let photo = record.as_ref().zip(FieldName::parse("photo")).and_then(|(record, name)| record.asset(&name).map(<[u8]>::to_vec));
        photo.ok_or_else(|| Problem::not_found("photo-not-found", "没有照片", "there is no photo"))
    }

    /// A document of a person, drafts too: made now, kept nowhere. Touches the disk; takes a core.
    ///
    /// Errors: 404 where there is no such entry; 422 where nothing can be laid out.
    pub fn document(&self, batch: &Batch, entry: usize, document: &Document) -> Result<Made, Problem> {
        let shared = self.shared();
        let source = shared.source(batch)?;
        if entry >= source.len() {
            return Err(nobody());
        }
        let options = batch.options()?;
        let Person { record, dossier, .. } = batch::person(&shared.engine, &source, entry, &options)?;
        let Some(record) = record else { return Err(unreadable()) };
        if let Document::Json = document {
            return Ok(Made { bytes: record.to_json().into_bytes(), pages: 0 });
        }
        let dossier = dossier.ok_or_else(unreadable)?;
        let bytes = match document {
            Document::Fillable => dossier.form().pdf(&PdfOptions::fillable())?,
            Document::Docx => dossier.form().docx(&DocxOptions::default())?,
            Document::Png(picture) => {
                let names: Vec<FieldName> = picture.marks.iter().filter_map(|name| FieldName::parse(name)).collect();
                let marked = names.iter().find_map(|name| dossier.form().boxes(name).first().map(|place| place.page));
                let page = picture.page.or(marked).unwrap_or(1);
                let marks = names.into_iter().map(|name| (name, MarkKind::Chosen)).collect();
                let mut asked = PngOptions { marks, ..PngOptions::default() };
                asked.dpi = picture.dpi.unwrap_or(asked.dpi);
                preview::page(&Arc::new(dossier.pdf()?), page, &dossier.preview(&asked))?
            }
            Document::Pdf | Document::Json => dossier.pdf()?,
        };
        Ok(Made { bytes, pages: dossier.pages() })
    }

    /// Puts values of a person right; what was sent stays as it is. The person is judged anew at once, and beside the others where
    /// they are few. Whatever was made before has to be made again. Touches the disk; takes a core.
    ///
    /// Errors: 404 where there is no such entry; 409 while the batch is under way; 422 for what is no field, or goes beyond the
    /// limits of a record: then nothing is changed.
    pub fn amend(&self, batch: &Arc<Batch>, entry: usize, amend: &Amend, lang: Lang) -> Result<OnePerson, Problem> {
        let shared = self.shared();
        let _alone = batch.alone.lock().unwrap_or_else(PoisonError::into_inner);
        batch.at_rest()?;
        let report = shared.report(batch)?;
        let line = line_of(&report, entry)?;
        let before = shared.source(batch)?;
        let edits = amend.onto(before.edits().clone(), entry)?;
        let source = Arc::new(before.edited(&shared.engine, edits)?);
        refused_edits(&shared.engine, (&before, &source), entry, amend)?;
        write_json(source.edits(), &batch.folder.join(EDITS), &batch.folder)?;
        shared.put_source(batch, Arc::clone(&source));
        let options = batch.options()?;
        let person = batch::person(&shared.engine, &source, entry, &options)?;
        let new = judged_alone(line, &person, &report);
        let mut next = Report::clone(&report);
        if let Some(line) = next.lines.iter_mut().find(|line| line.entry == entry) {
            *line = new;
        }
        // What is there of the batch is out of date before anything else can fail.
        let stale = next.lines.len() > FEW;
        shared.note_amended(batch, Tally { renders: report.renders, ..Tally::of(&next) })?;
        let report = if stale {
            shared.keep_report(batch, next)?
        } else {
            let options = BatchOptions { threads: Some(1), ..options };
            let outcome = batch::run(&shared.engine, &batch.source(), &batch.check(), &batch.checking(options)?, &Unwatched)?;
            let tally = Tally::of(&outcome.report);
            let report = shared.keep_report(batch, outcome.report)?;
            batch.change(|kept| (kept.tally, kept.stale) = (tally, false))?;
            report
        };
        Ok(one(batch, &source, line_of(&report, entry)?, person.record.as_ref(), lang, false))
    }
}

impl Shared {
    /// The source of a batch with what was put right, opened once and kept for the next request.
    pub(super) fn source(&self, batch: &Batch) -> Result<Arc<Source>, Problem> {
        if let Some(source) = self.known_source(batch) {
            return Ok(source);
        }
        let source = Arc::new(Source::open(&batch.source(), &batch.options()?.source(), &self.engine)?);
        self.put_source(batch, Arc::clone(&source));
        Ok(source)
    }

    /// Notes that somebody was put right: what was made before is not to be taken away any more.
    fn note_amended(&self, batch: &Batch, tally: Tally) -> Result<(), Problem> {
        batch.change(|kept| {
            kept.ended = Some(End::Checked);
            kept.changed = now();
            (kept.tally, kept.stale) = (tally, true);
        })?;
        batch.teller.say(BatchState::Checked);
        Ok(())
    }
}

impl Amend {
    /// The edits of a batch with these.
    fn onto(&self, mut edits: Edits, entry: usize) -> Result<Edits, Problem> {
        for name in &self.unset {
            edits.forget(entry, &field(name)?);
        }
        for (name, edit) in &self.set {
            edits.put(entry, field(name)?, edit.clone());
        }
        Ok(edits)
    }
}

impl Batch {
    /// What was put right so far.
    pub(super) fn edits(&self) -> Result<Edits, Error> {
        let path = self.folder.join(EDITS);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| home::failed("read", &path)(error.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Edits::default()),
            Err(error) => Err(home::failed("read", &path)(error)),
        }
    }

    /// The options of a look that makes nothing. It shares the journal of what is made: whoever was judged is not judged again.
    pub(super) fn checking(&self, options: BatchOptions) -> Result<BatchOptions, Error> {
        let own = self.output().join(".formwright");
        home::make(&own)?;
        Ok(BatchOptions { check_only: true, journal: Some(own.join("journal.sqlite")), ..options })
    }
}

/// Refuses what a record cannot hold: found while the values were put right, and not found before.
fn refused_edits(engine: &Engine, (before, after): (&Source, &Source), entry: usize, amend: &Amend) -> Result<(), Problem> {
    let known = before.load(engine, entry)?.found;
    let after = after.load(engine, entry)?.found;
    let names: Vec<FieldName> = amend.set.keys().filter_map(|name| FieldName::parse(name)).collect();
    let is_new = |one: &&Diagnostic| {
        one.severity == Severity::Error
            && !known.iter().any(|known| known == *one)
            && (one.code.starts_with("edit-") || names.iter().any(|name| is_at(&one.place, name)))
    };
    let mut refused = Diagnostics::default();
    refused.extend(after.iter().filter(is_new).cloned());
    if refused.is_empty() { Ok(()) } else { Err(Problem::refused(refused)) }
}

/// A person's line after a look at that person alone: what was wrong beside others stays as it was.
fn judged_alone(line: &Line, person: &Person<'_>, report: &Report) -> Line {
    let nobody_has = report.notes.iter().any(|note| note.code == COMMON);
    let own = person.problems.iter().filter(|problem| !nobody_has || problem.code != COMMON).cloned();
    let beside: Vec<_> = line.problems.iter().filter(|problem| BESIDE.contains(&problem.code.as_str())).cloned().collect();
    let held = person.state == State::Held || beside.iter().any(|problem| problem.error);
    let text = |name: &str| {
        let value = person.record.as_ref().zip(FieldName::parse(name)).and_then(|(record, name)| record.text(&name));
        value.unwrap_or_default().trim().to_owned()
    };
    Line {
        name: text("name"),
        state: if held { State::Held } else { State::Done },
        problems: own.chain(beside).collect(),
        pages: person.dossier.as_ref().filter(|_| !held).map_or(0, |dossier| dossier.pages()),
        files: Vec::new(),
        ..line.clone()
    }
}

fn one(batch: &Batch, source: &Source, line: &Line, record: Option<&Record>, lang: Lang, mask: bool) -> OnePerson {
    let photo = record.zip(FieldName::parse("photo")).is_some_and(|(record, name)| record.asset(&name).is_some());
    let edited = source.edits().of(line.entry).into_iter().flat_map(|fields| fields.keys().map(FieldName::to_string));
    OnePerson {
        item: Item::of(line, lang, mask),
        record: record.map(without_pictures),
        photo: photo.then(|| format!("/v1/batches/{}/items/{}/photo", batch.id, line.entry)),
        edited: edited.collect(),
        stale: batch.kept().stale,
    }
}

/// A record as JSON, pictures and copies left out that are in it as data.
fn without_pictures(record: &Record) -> Value {
    let mut root = Value::Object(record.root().clone());
    let mut pending: Vec<&mut Value> = vec![&mut root];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                members.retain(|_, value| !value.as_str().is_some_and(is_data));
                pending.extend(members.values_mut());
            }
            Value::Array(rows) => pending.extend(rows.iter_mut()),
            _ => {}
        }
    }
    root
}

fn is_data(text: &str) -> bool {
    text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

fn line_of(report: &Report, entry: usize) -> Result<&Line, Problem> {
    report.lines.iter().find(|line| line.entry == entry).ok_or_else(nobody)
}

fn field(name: &str) -> Result<FieldName, Problem> {
    FieldName::parse(name).ok_or_else(|| {
        let (zh, en) = ("set、unset 里有一个不是栏目的名称", "a name in set or unset is no name of a field");
        let mut found = Diagnostics::default();
        found.push(Diagnostic::error(
            "edit-no-field",
            Place::Record { pointer: String::new(), label: String::new() },
            Message::new(zh, en),
        ));
        Problem::refused(found)
    })
}

pub(super) fn nobody() -> Problem {
    Problem::not_found("item-not-found", "没有这个人", "there is no such person")
}

fn unreadable() -> Problem {
    let title = Message::new("这一份读不出来，或排不出版面", "this one cannot be read, or cannot be laid out");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "record-invalid", title)
        .with_detail(Message::new("看这个人的 problems", "see the problems of this person"))
}
