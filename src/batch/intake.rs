//! Every entry of the source read once: what is wrong with it by itself and beside the others, its unit, its number, its key.

use std::collections::{BTreeMap, HashMap};

use super::across::{self, Brief};
use super::journal::{Journal, Person};
use super::key::Common;
use super::options::{BatchOptions, Progress, Watch};
use super::person;
use super::pool::{self, Missed};
use super::problem::Problem;
use super::report::UnitLine;
use super::round::{Round, UnitKey};
use super::sheets::Shown;
use super::source::{Source, text};
use crate::diag::{Diagnostic, Message, Place};
use crate::engine::Engine;
use crate::error::Error;

/// What reading needs of a run.
pub struct Intake<'r> {
    pub engine: &'r Engine,
    pub source: &'r Source,
    pub options: &'r BatchOptions,
    pub common: &'r Common,
    pub round: &'r Round,
    pub shown: &'r Shown,
}

/// What was read of an entry.
struct Read {
    person: Person,
    /// What is needed to see it beside all others; `None` where there is no record.
    brief: Option<Brief>,
}

/// What reading came to.
pub struct Taken {
    /// The recommending units.
    pub units: Vec<UnitLine>,
    /// What is so for everybody, told once.
    pub notes: Vec<Problem>,
}

impl Intake<'_> {
    /// Reads all entries into the journal; gives back nothing where it was stopped.
    pub fn run(&self, journal: &mut Journal, progress: &mut Progress, watch: &dyn Watch) -> Result<Option<Taken>, Error> {
        (progress.done, progress.total) = (0, self.source.len());
        watch.progress(progress);
        let mut briefs: Vec<Option<Brief>> = vec![None; self.source.len()];
        let mut without_copies = 0;
        journal.together(|journal| {
            journal.clear_people()?;
            let work = |entry| self.read(entry);
            let take = |group: Vec<(usize, Result<Read, Missed>)>| {
                for (entry, result) in group {
                    let Read { person, brief } = match result {
                        Ok(read) => read,
                        Err(Missed::Failed(error)) => return Err(error),
                        Err(Missed::Panicked) => self.broken(entry),
                    };
                    journal.put_person(&person)?;
                    without_copies += usize::from(person.found.iter().any(|one| one.code == NO_COPIES));
                    if let Some(slot) = briefs.get_mut(entry) {
                        *slot = brief;
                    }
                    progress.done += 1;
                }
                watch.progress(progress);
                Ok(())
            };
            pool::share(self.options.threads(), self.source.len(), work, || watch.stopped(), take)
        })?;
        if watch.stopped() {
            return Ok(None);
        }
        let (numbers, units) = self.number(&mut briefs);
        let across = across::people(briefs.iter().flatten(), self.round);
        let mut beside: BTreeMap<usize, Vec<Problem>> = BTreeMap::new();
        for (n, problem) in across.people {
            beside.entry(n).or_default().push(problem);
        }
        // What everybody lacks comes by another way, or not at all: a warning to each would hide the others.
        let nobody_has_copies = without_copies > 1 && without_copies == briefs.iter().flatten().count();
        journal.together(|journal| {
            for (entry, n) in numbers.iter().enumerate() {
                let mut found = journal.found(entry)?;
                found.extend(beside.remove(n).unwrap_or_default());
                found.retain(|one| !nobody_has_copies || one.code != NO_COPIES);
                // One unit has one name, however its people spell it.
                let unit = briefs.get(entry).and_then(Option::as_ref).and_then(|brief| units.get(&brief.unit));
                journal.place_person(entry, *n, unit.map_or("", String::as_str), &found)?;
            }
            Ok(())
        })?;
        let notes = nobody_has_copies.then(no_copies).into_iter().collect();
        Ok(Some(Taken { units: across.units, notes }))
    }

    /// Numbers people by unit in the order of 附件1, others by who comes first, within a unit as they come; those without a record
    /// come last. Gives back the number of every entry, and the name of every unit.
    fn number(&self, briefs: &mut [Option<Brief>]) -> (Vec<usize>, HashMap<UnitKey, String>) {
        let order = self.round.order(briefs.iter().flatten().map(|brief| &brief.unit));
        let rank: HashMap<&UnitKey, usize> = order.iter().zip(0..).collect();
        let unit = |brief: &Option<Brief>| brief.as_ref().and_then(|brief| rank.get(&brief.unit)).copied().unwrap_or(usize::MAX);
        let mut places: Vec<(usize, usize)> = briefs.iter().map(unit).zip(0..).collect();
        places.sort_unstable();
        let mut numbers = vec![0; briefs.len()];
        for (place, (_, entry)) in places.into_iter().enumerate() {
            if let Some(number) = numbers.get_mut(entry) {
                *number = place + 1;
            }
            if let Some(Some(brief)) = briefs.get_mut(entry) {
                brief.n = place + 1;
            }
        }
        (numbers, order.into_iter().map(|unit| (unit.clone(), unit.name().to_owned())).collect())
    }

    fn read(&self, entry: usize) -> Result<Read, Error> {
        let loaded = self.source.load(self.engine, entry)?;
        let found = person::read(&loaded, self.round, self.shown);
        let place = self.source.place(entry);
        let Some(record) = &loaded.record else {
            return Ok(Read { brief: None, person: nobody(entry, place, found) });
        };
        let brief = Brief::of(0, &place, record, self.round);
        let person = Person {
            key: Some(self.common.record(record, &*loaded.files)),
            name: text(record, "name").unwrap_or_default().trim().to_owned(),
            unit: brief.unit.name().to_owned(),
            record: self.shown.of(record),
            ..nobody(entry, place, found)
        };
        Ok(Read { person, brief: Some(brief) })
    }

    /// An entry at which the program failed.
    fn broken(&self, entry: usize) -> Read {
        let place = self.source.place(entry);
        let message = Message::new("程序在读这一份时出错了", "the program failed while it read this one");
        let problem = Diagnostic::error("internal-error", Place::File { file: place.clone() }, message);
        Read { brief: None, person: nobody(entry, place, vec![Problem::from(&problem)]) }
    }
}

/// An entry of which no more is known than where it is.
fn nobody(entry: usize, place: String, found: Vec<Problem>) -> Person {
    Person { entry, n: 0, key: None, place, name: String::new(), unit: String::new(), record: "{}".to_owned(), found }
}

/// That a person's papers have no copies of certificates, as [`across::person`] calls it.
const NO_COPIES: &str = "no-attachments";

fn no_copies() -> Problem {
    let place = Place::Record { pointer: String::new(), label: "附件".to_owned() };
    let message = Message::new("所有人都没有附身份证、证书等复印件", "nobody has copies of identity card and certificates");
    let help = Message::new("如另行装订，不必理会", "if they are bound in another way, nothing is to be done");
    Problem::from(&Diagnostic::warning(NO_COPIES, place, message).with_help(help))
}
