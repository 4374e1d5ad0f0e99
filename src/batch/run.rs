//! A batch from its source to its report.

use std::collections::BTreeMap;
use std::path::Path;

use super::folder::{CHECK, Folder, REPORT};
use super::intake::{Intake, Taken};
use super::journal::{Journal, Outcome as Done};
use super::key::Common;
use super::names::{Facts, Names, safe};
use super::options::{BatchOptions, Format, Progress, Stage, Watch};
use super::problem::Problem;
use super::render::Render;
use super::report::{self, Line, Report, State, UnitLine};
use super::round::Round;
use super::seat::{Seat, seats};
use super::sheets::{self, Shown};
use super::source::Source;
use super::{print, publish};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::engine::{Engine, dossier_templates};
use crate::error::Error;
use crate::record::Record;

/// What a batch came to.
#[derive(Debug)]
pub struct Outcome {
    /// What became of everybody.
    pub report: Report,
    /// Whether it was asked to stop before its end; then the files of all are not made yet, and no report is written.
    pub stopped: bool,
    /// How many files of earlier runs were taken away, as nobody's any more.
    pub removed: usize,
}

/// Runs a batch: reads `source`, makes what is missing in the folder `output`, writes the report.
///
/// What an earlier run with the same folder did is not done again: it may have been killed at any moment. Equal source, edits,
/// options, templates and faces give equal files. Where something changed (a file of the source, a value put right in
/// [`BatchOptions::edits`]), those people are rendered again and no others; so are those at whom the program or the machine
/// failed ([`State::Failed`]): every run tries them again.
///
/// What is wrong with a person's papers is in the report, not an error.
///
/// # Errors
/// [`Error::Io`] where the source, the folder or the journal cannot be read or written (the journal stays sound; run again), and
/// where the source is changed meanwhile. [`Error::NoTemplate`]. [`Error::Refused`] for all else, by code:
///
/// | code | what it is |
/// |---|---|
/// | `source-kind` | the source is no list, workbook, filled form or folder |
/// | `source-empty` | nobody is in it; what was passed over is told, too |
/// | `encoding-gb18030`, `encoding-utf16` | a list in another encoding than UTF-8 |
/// | `file-too-large` | a workbook beyond the limits |
/// | `not-xlsx`, `no-people`, `file-encrypted`, `file-damaged`, `file-unsafe`, `too-many-problems` | a workbook that cannot be read as one of people |
/// | `edit-no-entry` | a value put right of an entry that the source does not have |
/// | `template-is-sheet` | the template is a sheet of many people |
/// | `another-source` | the folder has files of another source, and [`BatchOptions::replace`] is not set |
/// | `batch-is-running` | another batch is at work in the folder |
/// | `journal-version` | the folder was used by another version of the program |
/// | `journal-damaged` | the folder's journal cannot be read |
/// | `output-link` | a folder to be written to is a link |
/// | any other | a mistake in a template or in `round.json`, at its place |
pub fn run(engine: &Engine, source: &Path, output: &Path, options: &BatchOptions, watch: &dyn Watch) -> Result<Outcome, Error> {
    takes(engine, &options.template)?;
    let path = source;
    let source = Source::open(path, &options.source(), engine)?;
    let round = engine.round()?;
    let common = Common::new(engine, &dossier_templates(&options.template), options.grey(round))?;
    let shown = Shown::new(engine, &options.template)?;
    let folder = if options.check_only { Folder::for_report(output)? } else { Folder::open(output)? };
    let mut journal = match (&options.check_only, &options.journal) {
        (false, _) => Journal::open(&folder.journal())?,
        (true, Some(path)) => Journal::open(path)?,
        (true, None) => Journal::temporary()?,
    };
    if !options.check_only {
        folder.clean()?;
        belongs(&journal, path, options)?;
        folder.adopt(&mut journal)?;
    }
    let batch = Batch { engine, source: &source, options, common: &common, round, folder: &folder, watch };
    let intake = Intake { engine, source: &source, options, common: &common, round, shown: &shown };
    batch.run(&mut journal, &intake)
}

/// Refuses the template of a sheet: a batch makes the sheets by itself.
///
/// Errors: [`Error::Refused`] with `template-is-sheet`; there is no such template, or it has mistakes.
pub fn takes(engine: &Engine, template: &str) -> Result<(), Error> {
    let form = engine.form(template, &Record::blank())?;
    if form.fields.iter().any(|field| field.kind.is_data() && !field.name.as_str().starts_with("nominees.")) {
        return Ok(());
    }
    let message = Message::new("这个模板是一张多人的表，不是每人一份的表", "this template is a sheet of many people, not a form of each");
    let help = Message::new("去掉 --template：一览表会自动做出来", "leave --template out: the sheets are made anyway");
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("template-is-sheet", Place::File { file: template.to_owned() }, message).with_help(help));
    Err(Error::Refused(found))
}

/// What the journal calls the report's files.
const REPORTED: &str = "report";

/// Refuses a folder whose files were made of another source: they would all be taken away.
fn belongs(journal: &Journal, source: &Path, options: &BatchOptions) -> Result<(), Error> {
    const SOURCE: &str = "source";
    let name = source.canonicalize().map(|path| path.display().to_string()).unwrap_or_default();
    let other = journal.fact(SOURCE)?.is_some_and(|before| before != name);
    if other && !options.replace {
        let message = Message::new("这个文件夹里是另一份来件的成品", "the files in this folder were made of another source");
        let help = Message::new(
            "换一个 -o；来件只是移了位置，或确实要用这份代替，请加 --replace（这份里没有的人，成品会删去）",
            "give another -o; if the source was only moved, or is to take the other's place, add --replace (files of people not in it go)",
        );
        let mut found = Diagnostics::default();
        let place = Place::File { file: source.display().to_string() };
        found.push(Diagnostic::error("another-source", place, message).with_help(help));
        return Err(Error::Refused(found));
    }
    journal.put_fact(SOURCE, &name)
}

/// Whose dossiers were drawn, with their keys; and the common files there are, with their formats.
type Known<'k> = (&'k [(&'k Seat, &'k str)], &'k BTreeMap<String, &'k str>);

struct Batch<'r> {
    engine: &'r Engine,
    source: &'r Source,
    options: &'r BatchOptions,
    common: &'r Common,
    round: &'r Round,
    folder: &'r Folder,
    watch: &'r dyn Watch,
}

impl Batch<'_> {
    fn run(&self, journal: &mut Journal, intake: &Intake<'_>) -> Result<Outcome, Error> {
        let mut progress = Progress { stage: Stage::Reading, done: 0, total: 0, troubled: 0 };
        let Some(Taken { units, mut notes }) = intake.run(journal, &mut progress, self.watch)? else { return Ok(self.stopped()) };
        let mut seats = seats(journal, self.options)?;
        self.name(&mut seats);
        let seats = seats;
        let printing = !self.options.check_only;
        let folder = printing.then_some(self.folder);
        let mut removed = if printing { self.rearrange(journal, &seats, None)? } else { 0 };
        let (engine, source, options) = (self.engine, self.source, self.options);
        let render = Render { engine, source, options, common: self.common, round: self.round, shown: intake.shown, folder, seats: &seats };
        let mut files = Vec::new();
        let mut finished = render.run(journal, self.watch)?;
        if finished && printing {
            finished = self.papers(journal, &seats, &mut progress, (&mut files, &mut notes, &mut removed))?;
        }
        let mut report = self.report(journal, &seats, units, finished)?;
        if !finished {
            return Ok(Outcome { report, stopped: true, removed });
        }
        notes.extend(self.source.notes().iter().map(Problem::from));
        report.notes = notes;
        report.files = files;
        self.write_report(journal, &report)?;
        Ok(Outcome { report, stopped: false, removed })
    }

    /// Files that are common to all: print runs, sheets, letters. Gives back whether it came to the end.
    fn papers(
        &self,
        journal: &mut Journal,
        seats: &[Seat],
        progress: &mut Progress,
        (files, notes, removed): (&mut Vec<String>, &mut Vec<Problem>, &mut usize),
    ) -> Result<bool, Error> {
        let mut drawn: Vec<(&Seat, &str)> = Vec::new();
        for seat in seats {
            let Some(key) = seat.wanted() else { continue };
            if journal.verdict(key)?.is_some_and(|verdict| verdict.outcome == Done::Drawn && !Seat::holds(&verdict.problems, self.options))
            {
                drawn.push((seat, key));
            }
        }
        let title = &self.engine.template(&self.options.template)?.id().title;
        let volumes = print::volumes(self.common, self.options, title, &drawn);
        // Only a draft is printed though the sheet cannot say it.
        let mut on_sheet = Vec::with_capacity(drawn.len());
        for (seat, key) in &drawn {
            if !journal.verdict(key)?.is_some_and(|verdict| verdict.problems.iter().any(sheets::is_of_sheet)) {
                on_sheet.push((*seat, *key));
            }
        }
        let plan = sheets::Plan::new(&on_sheet, self.options.mask, &safe);
        let mut common: BTreeMap<String, &str> = volumes.iter().map(|volume| (volume.path.clone(), print::FORMAT)).collect();
        common.extend(plan.paths().map(|path| (path, sheets::FORMAT)));
        *removed += self.rearrange(journal, seats, Some((&drawn, &common)))?;
        if !print::write(self.engine, journal, self.folder, &volumes, (progress, self.watch))? {
            return Ok(false);
        }
        if !plan.write(self.engine, (journal, self.folder, self.common), (progress, self.watch), notes)? {
            return Ok(false);
        }
        // A sheet that could not be laid out is no file.
        for path in common.into_keys() {
            if journal.file(&path)?.is_some_and(|file| self.folder.stands(&file)) {
                files.push(path);
            }
        }
        journal.drop_idle()?;
        Ok(true)
    }

    /// Moves files whose people have other numbers now, and takes away those that nobody has any more.
    ///
    /// Before anything is rendered it is not known who is held back: what may still be wanted is kept. `known` says who is not
    /// and which common files there are.
    fn rearrange(&self, journal: &mut Journal, seats: &[Seat], known: Option<Known<'_>>) -> Result<usize, Error> {
        let mut wanted: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut paths: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        let people: Vec<(&Seat, &str)> = match known {
            Some((drawn, _)) => drawn.to_vec(),
            None => seats.iter().filter_map(|seat| Some((seat, seat.wanted()?))).collect(),
        };
        for (seat, key) in people {
            for format in &self.options.formats {
                let (path, made_of) = (publish::path(seat, *format), (key.to_owned(), format.word().to_owned()));
                paths.entry(made_of.clone()).or_default().push(path.clone());
                wanted.insert(path, made_of);
            }
        }
        let standing: BTreeMap<String, (String, String)> =
            journal.files()?.into_iter().map(|file| (file.path, (file.key, file.format))).collect();
        let kept = |path: &str| {
            let (key, format) = standing.get(path)?;
            let common = Format::ALL.iter().all(|format_of| format_of.word() != format);
            let stays = match known {
                Some((_, common)) => common.contains_key(path) || format == REPORTED,
                None => true,
            };
            (common && stays).then(|| (key.clone(), format.clone()))
        };
        self.folder.rearrange(journal, &|path| wanted.get(path).cloned().or_else(|| kept(path)), &|key, format| {
            paths.get(&(key.to_owned(), format.to_owned())).cloned().unwrap_or_default()
        })
    }

    /// Gives every person the name of the own files.
    fn name(&self, seats: &mut [Seat]) {
        let digits = seats.len().to_string().len().max(3);
        let mut names = Names::default();
        for seat in seats {
            let facts = Facts { n: seat.n, digits, unit: &seat.unit, name: &seat.name };
            let name = self.options.names.name(facts);
            // 张三.fillable.pdf is the form of 张三 to fill in, and nobody else's dossier.
            let taken = name.to_lowercase().ends_with(".fillable");
            seat.stem = names.take(&if taken { format!("{name}_") } else { name });
        }
    }

    fn report(&self, journal: &Journal, seats: &[Seat], units: Vec<UnitLine>, finished: bool) -> Result<Report, Error> {
        let mut lines = Vec::with_capacity(seats.len());
        for seat in seats {
            lines.push(self.line(journal, seat, finished)?);
        }
        let title = self.engine.template(&self.options.template)?.id().title.clone();
        Ok(Report { title, lines, units, notes: Vec::new(), files: Vec::new(), renders: journal.renders()? })
    }

    fn line(&self, journal: &Journal, seat: &Seat, finished: bool) -> Result<Line, Error> {
        let verdict = seat.key.as_deref().map(|key| journal.verdict(key)).transpose()?.flatten();
        let mut problems = journal.found(seat.entry)?;
        Problem::join(&mut problems, verdict.as_ref().map_or_else(Vec::new, |verdict| verdict.problems.clone()));
        let state = match seat.state(verdict.as_ref(), self.options) {
            // At the end nobody is waited for any more.
            State::Waiting if finished => State::Failed,
            state => state,
        };
        let mut files = Vec::new();
        if state == State::Done && !self.options.check_only {
            files.extend(self.options.formats.iter().map(|format| publish::path(seat, *format)));
        }
        let (pages, renders) = verdict.map_or((0, 0), |verdict| (verdict.pages, verdict.renders));
        let pages = if state == State::Done { pages } else { 0 };
        let (n, name, unit, place) = (seat.n, seat.name.clone(), seat.unit.clone(), seat.place.clone());
        Ok(Line { entry: seat.entry, n, name, unit, place, state, problems, pages, files, renders })
    }

    fn write_report(&self, journal: &mut Journal, report: &Report) -> Result<(), Error> {
        let (lang, mask) = (self.options.lang, self.options.mask_names);
        let files = [
            ("csv", report::csv(report, lang, mask)),
            ("json", report::json(report, mask).into_bytes()),
            ("html", report::html(report, lang, mask).into_bytes()),
        ];
        for (ending, bytes) in files {
            if self.options.check_only {
                self.folder.write_check(&format!("{CHECK}.{ending}"), &bytes)?;
                continue;
            }
            let path = format!("{REPORT}.{ending}");
            let write = |out: &mut dyn std::io::Write| {
                out.write_all(&bytes).map_err(|source| Error::Io { action: "write", path: self.folder.place(&path), source })
            };
            self.folder.put(journal, &path, (REPORTED, REPORTED), write, |_| Ok(()))?;
        }
        Ok(())
    }

    fn stopped(&self) -> Outcome {
        let report =
            Report { title: String::new(), lines: Vec::new(), units: Vec::new(), notes: Vec::new(), files: Vec::new(), renders: 0 };
        Outcome { report, stopped: true, removed: 0 }
    }
}
