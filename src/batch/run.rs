//! A batch from its source to its report.

use std::collections::BTreeMap;
use std::path::Path;

use super::folder::{Folder, REPORT};
use super::intake::{Intake, Taken};
use super::journal::{Journal, Outcome as Done, Verdict};
use super::key::Common;
use super::names::{Facts, Names, safe};
use super::options::{BatchOptions, Format, Progress, Stage, Watch};
use super::problem::Problem;
use super::render::Render;
use super::report::{self, Line, Report, State, UnitLine};
use super::round::Round;
use super::seat::{Seat, seats};
use super::sheets::{self, Shown};
use super::source::{Source, SourceOptions};
use super::{print, publish};
use crate::engine::{Engine, dossier_templates};
use crate::error::Error;

/// What a batch came to.
#[derive(Debug)]
pub struct Outcome {
    /// What became of everybody.
    pub report: Report,
    /// Whether it was asked to stop before its end; then the files of all are not made yet, and no report is written.
    pub stopped: bool,
}

/// Runs a batch: reads `source`, makes what is missing in the folder `output`, writes the report.
///
/// What an earlier run with the same folder did is not done again: it may have been killed at any moment. Equal source, options,
/// templates and faces give equal files.
///
/// Errors: a source or folder that cannot be read or written (the journal stays sound; run again), a folder that another program
/// holds, a template with mistakes. What is wrong with a person's papers is in the report, not an error.
pub fn run(engine: &Engine, source: &Path, output: &Path, options: &BatchOptions, watch: &dyn Watch) -> Result<Outcome, Error> {
    let source_options = SourceOptions { photos: options.photos.clone(), template: options.template.clone() };
    let source = Source::open(source, &source_options, engine)?;
    let round = engine.round()?;
    let common = Common::new(engine, &dossier_templates(&options.template), options.grey(round))?;
    let shown = Shown::new(engine)?;
    let folder = if options.check_only { Folder::for_report(output)? } else { Folder::open(output)? };
    let mut journal = if options.check_only { Journal::temporary()? } else { Journal::open(&folder.journal())? };
    if !options.check_only {
        folder.clean()?;
    }
    let batch = Batch { engine, source: &source, options, common: &common, round, folder: &folder, watch };
    let intake = Intake { source: &source, options, common: &common, round, shown: &shown };
    batch.run(&mut journal, &intake)
}

struct Batch<'r> {
    engine: &'r Engine,
    source: &'r Source<'r>,
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
        if printing {
            self.rearrange(journal, &seats, None)?;
        }
        let (engine, source, options) = (self.engine, self.source, self.options);
        let render = Render { engine, source, options, common: self.common, round: self.round, folder, seats: &seats };
        let mut files = Vec::new();
        let mut finished = render.run(journal, self.watch)?;
        if finished && printing {
            finished = self.papers(journal, &seats, &mut progress, (&mut files, &mut notes))?;
        }
        let mut report = self.report(journal, &seats, units, finished)?;
        if !finished {
            return Ok(Outcome { report, stopped: true });
        }
        notes.extend(self.source.notes().iter().map(Problem::from));
        report.notes = notes;
        report.files = files;
        self.write_report(&report)?;
        Ok(Outcome { report, stopped: false })
    }

    /// Files that are common to all: print runs, sheets, letters. Gives back whether it came to the end.
    fn papers(
        &self,
        journal: &mut Journal,
        seats: &[Seat],
        progress: &mut Progress,
        (files, notes): (&mut Vec<String>, &mut Vec<Problem>),
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
        let plan = sheets::Plan::new(&drawn, self.options.mask, &safe);
        let mut common: BTreeMap<String, &str> = volumes.iter().map(|volume| (volume.path.clone(), print::FORMAT)).collect();
        common.extend(plan.paths().map(|path| (path, sheets::FORMAT)));
        self.rearrange(journal, seats, Some((&drawn, &common)))?;
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
    fn rearrange(
        &self,
        journal: &mut Journal,
        seats: &[Seat],
        known: Option<(&[(&Seat, &str)], &BTreeMap<String, &str>)>,
    ) -> Result<(), Error> {
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
                Some((_, common)) => common.contains_key(path),
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
            seat.stem = names.take(&self.options.names.name(facts));
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
        let found = verdict.iter().flat_map(|verdict| verdict.problems.iter().cloned());
        for problem in found.collect::<Vec<_>>() {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let holds = seat.held || verdict.as_ref().is_some_and(|verdict| Seat::holds(&verdict.problems, self.options));
        let state = match &verdict {
            Some(Verdict { outcome: Done::Failed, .. }) => State::Failed,
            _ if holds => State::Held,
            Some(Verdict { outcome: Done::Drawn, .. }) => State::Done,
            Some(Verdict { outcome: Done::Judged, .. }) if self.options.check_only => State::Done,
            _ if finished => State::Failed,
            _ => State::Waiting,
        };
        let mut files = Vec::new();
        if state == State::Done && !self.options.check_only {
            files.extend(self.options.formats.iter().map(|format| publish::path(seat, *format)));
        }
        let (pages, renders) = verdict.map_or((0, 0), |verdict| (verdict.pages, verdict.renders));
        let pages = if state == State::Done { pages } else { 0 };
        let (n, name, unit, place) = (seat.n, seat.name.clone(), seat.unit.clone(), seat.place.clone());
        Ok(Line { n, name, unit, place, state, problems, pages, files, renders })
    }

    fn write_report(&self, report: &Report) -> Result<(), Error> {
        let (lang, mask) = (self.options.lang, self.options.mask_names);
        self.folder.write_report(&format!("{REPORT}.csv"), &report::csv(report, lang, mask))?;
        self.folder.write_report(&format!("{REPORT}.json"), report::json(report, mask).as_bytes())?;
        self.folder.write_report(&format!("{REPORT}.html"), report::html(report, lang, mask).as_bytes())
    }

    fn stopped(&self) -> Outcome {
        let report =
            Report { title: String::new(), lines: Vec::new(), units: Vec::new(), notes: Vec::new(), files: Vec::new(), renders: 0 };
        Outcome { report, stopped: true }
    }
}
