//! Every entry of the source read once: what is wrong with it by itself and beside the others, its unit, its number, its key.

use super::across::{self, Brief};
use super::journal::{Journal, Person};
use super::key::Common;
use super::options::{BatchOptions, Progress, Watch};
use super::pool::{self, Missed};
use super::problem::Problem;
use super::report::UnitLine;
use super::round::Round;
use super::sheets::Shown;
use super::source::{Source, text};
use crate::diag::{Diagnostic, Message, Place};
use crate::error::Error;

/// What reading needs of a run.
pub struct Intake<'r> {
    pub source: &'r Source<'r>,
    pub options: &'r BatchOptions,
    pub common: &'r Common,
    pub round: &'r Round,
    pub shown: &'r Shown,
}

/// What was read of an entry.
struct Read {
    person: Person,
    brief: Brief,
}

impl Intake<'_> {
    /// Reads all entries into the journal; gives back the units, or nothing where it was stopped.
    pub fn run(&self, journal: &mut Journal, progress: &mut Progress, watch: &dyn Watch) -> Result<Option<Vec<UnitLine>>, Error> {
        (progress.done, progress.total) = (0, self.source.len());
        watch.progress(progress);
        let mut briefs: Vec<Brief> = Vec::new();
        journal.together(|journal| {
            journal.clear_people()?;
            let work = |entry| self.read(entry);
            pool::share(self.options.threads(), self.source.len(), work, || watch.stopped(), |group| {
                for (entry, result) in group {
                    let Read { person, brief } = match result {
                        Ok(read) => read,
                        Err(Missed::Failed(error)) => return Err(error),
                        Err(Missed::Panicked) => self.broken(entry),
                    };
                    journal.put_person(&person)?;
                    briefs.push(brief);
                    progress.done += 1;
                }
                watch.progress(progress);
                Ok(())
            })
        })?;
        if watch.stopped() {
            return Ok(None);
        }
        briefs.sort_by_key(|brief| brief.entry);
        self.number(&mut briefs);
        let found = across::people(&briefs, self.round);
        journal.together(|journal| {
            for brief in &briefs {
                let mut problems = journal.found(brief.entry)?;
                problems.extend(found.of(brief.entry).iter().cloned());
                journal.place_person(brief.entry, brief.n, &brief.unit, &problems)?;
            }
            Ok(())
        })?;
        Ok(Some(found.units))
    }

    /// Numbers people by unit in the order of 附件1, units that are not in it by who comes first, within a unit as they come.
    fn number(&self, briefs: &mut [Brief]) {
        let order = self.round.order(briefs.iter().map(|brief| brief.unit.as_str()));
        let mut ranks: Vec<(usize, usize)> =
            briefs.iter().enumerate().map(|(at, brief)| (order.get(&brief.unit).copied().unwrap_or(usize::MAX), at)).collect();
        ranks.sort_unstable();
        for (place, (_, at)) in ranks.into_iter().enumerate() {
            if let Some(brief) = briefs.get_mut(at) {
                brief.n = place + 1;
            }
        }
    }

    fn read(&self, entry: usize) -> Result<Read, Error> {
        let loaded = self.source.load(entry)?;
        let mut found: Vec<Problem> = loaded.found.iter().map(Problem::from).collect();
        let place = self.source.place(entry);
        let Some(record) = &loaded.record else {
            let person = self.person(entry, place, found);
            return Ok(Read { brief: Brief::nobody(entry, &person.place), person });
        };
        found.extend(across::person(record, self.round).iter().map(Problem::from));
        let brief = Brief::of(entry, &place, record, self.round);
        let person = Person {
            key: Some(self.common.record(record, &*loaded.files)),
            name: text(record, "name").unwrap_or_default().trim().to_owned(),
            unit: brief.unit.clone(),
            record: self.shown.of(record),
            ..self.person(entry, place, found)
        };
        Ok(Read { person, brief })
    }

    fn person(&self, entry: usize, place: String, found: Vec<Problem>) -> Person {
        Person { entry, n: 0, key: None, place, name: String::new(), unit: String::new(), record: "{}".to_owned(), found }
    }

    /// An entry at which the program failed.
    fn broken(&self, entry: usize) -> Read {
        let place = self.source.place(entry);
        let message = Message::new("程序在读这一份时出错了", "the program failed while it read this one");
        let problem = Diagnostic::error("internal-error", Place::File { file: place.clone() }, message);
        Read { brief: Brief::nobody(entry, &place), person: self.person(entry, place, vec![Problem::from(&problem)]) }
    }
}
