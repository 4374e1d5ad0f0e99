//! One person by itself: what a batch finds in the record and makes of it.

use super::across;
use super::options::BatchOptions;
use super::problem::Problem;
use super::report::State;
use super::round::Round;
use super::seat::Seat;
use super::sheets::Shown;
use super::source::{Loaded, Source};
use crate::check;
use crate::engine::{Dossier, DossierOptions, Engine};
use crate::error::Error;
use crate::record::{Assets, Record};

/// A person of a batch, looked at alone.
pub struct Person<'e> {
    /// The record, with its values put right; `None` where there is none that can be used.
    pub record: Option<Record>,
    /// Where the files that the record names are.
    pub files: Box<dyn Assets + Send + Sync>,
    /// What is wrong, and what a person should look at.
    pub problems: Vec<Problem>,
    /// [`State::Done`] where nothing holds the dossier back, else [`State::Held`].
    pub state: State,
    /// The dossier, laid out, errors or not; `None` where it cannot be.
    pub dossier: Option<Dossier<'e>>,
}

/// One person of a source as [`super::run`] would judge and set it with these options: nothing is written, no other person is read.
///
/// Only what people say together (an identity number that two have, quotas) is not told here, and missing copies are told though
/// nobody has any. The source is the caller's, so that one that was opened serves many calls: its own edits count, not those of
/// the options.
///
/// ```
/// use formwright::batch::{self, BatchOptions, Edits, Source, State};
/// use formwright::record::Edit;
/// use formwright::{DocxOptions, Engine, FieldName};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::open("templates", "fonts")?;
/// let options = BatchOptions::default();
/// let source = Source::open("samples/batch.jsonl".as_ref(), &options.source(), &engine)?; // once; many threads may share it
///
/// let entry = 3; // as `Line::entry` of a report has it
/// let person = batch::person(&engine, &source, entry, &options)?;
/// assert_eq!(person.state, State::Done);
/// let dossier = person.dossier.ok_or("it can be laid out")?;
/// let pdf = dossier.pdf()?; // the bytes that the batch writes
/// let docx = dossier.form().docx(&DocxOptions::default())?; // the form alone
/// # assert!(pdf.starts_with(b"%PDF") && docx.starts_with(b"PK"));
///
/// // A clerk puts a value right: the source stays as it was sent.
/// let mut edits = Edits::default();
/// edits.put(entry, FieldName::parse("name").ok_or("it is a name")?, Edit::Gone);
/// let source = source.edited(&engine, edits)?;
/// let person = batch::person(&engine, &source, entry, &options)?;
/// assert_eq!(person.state, State::Held);
/// assert!(person.problems.iter().any(|problem| problem.error && problem.pointer.as_deref() == Some("/name")));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Source::load`]; a template or a round with mistakes.
pub fn person<'e>(engine: &'e Engine, source: &Source, entry: usize, options: &BatchOptions) -> Result<Person<'e>, Error> {
    let (round, shown) = (engine.round()?, Shown::new(engine, &options.template)?);
    let loaded = source.load(engine, entry)?;
    let mut problems = read(&loaded, round, &shown);
    let Loaded { record, files, .. } = loaded;
    let mut dossier = None;
    if let Some(record) = &record {
        let judged = judge(engine, options, (round, &shown), record, &*files)?;
        dossier = judged.dossier;
        Problem::join(&mut problems, judged.problems);
    }
    let holds = record.is_none() || Seat::holds(&problems, options);
    Ok(Person { record, files, problems, state: if holds { State::Held } else { State::Done }, dossier })
}

/// What is wrong with an entry before it is set on a form.
pub(super) fn read(loaded: &Loaded, round: &Round, shown: &Shown) -> Vec<Problem> {
    let mut found: Vec<Problem> = loaded.found.iter().map(Problem::from).collect();
    if let Some(record) = loaded.record.as_ref().filter(|_| shown.of_round) {
        found.extend(across::person(record, round));
        found.extend(shown.lacking(record).iter().map(Problem::from));
    }
    found
}

/// A record set on its form.
pub(super) struct Judged<'e> {
    /// The dossier; `None` where nothing can be laid out at all.
    pub dossier: Option<Dossier<'e>>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Sets a record on its form and on the sheet.
pub(super) fn judge<'e>(
    engine: &'e Engine,
    options: &BatchOptions,
    (round, shown): (&Round, &Shown),
    record: &Record,
    files: &dyn Assets,
) -> Result<Judged<'e>, Error> {
    let how = DossierOptions { fill: options.fill(round), stage: check::Stage::Final };
    let dossier = match engine.dossier(&options.template, record, files, &how) {
        Ok(dossier) => dossier,
        // The template is at fault, or nothing can be laid out at all.
        Err(Error::Refused(found)) => return Ok(Judged { dossier: None, problems: found.iter().map(Problem::from).collect() }),
        Err(other) => return Err(other),
    };
    let mut problems: Vec<Problem> = dossier.warnings().iter().map(Problem::from).collect();
    let of_sheet = shown.unfit(engine, record, &problems)?;
    problems.extend(of_sheet);
    Ok(Judged { dossier: Some(dossier), problems })
}
