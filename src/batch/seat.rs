//! A person's seat in a run: the little of everybody that is held in memory.

use super::journal::{Journal, Outcome, Verdict};
use super::report::State;
use super::{BatchOptions, Problem};
use crate::error::Error;

/// A person's seat: number, names, and whether anything is printed.
pub struct Seat {
    /// The entry of the source.
    pub entry: usize,
    /// The number, from 1.
    pub n: usize,
    /// The key of the papers; `None` where no record could be read.
    pub key: Option<String>,
    /// Where the record comes from, for people.
    pub place: String,
    /// The person's name.
    pub name: String,
    /// The recommending unit, as 附件1 calls it.
    pub unit: String,
    /// What was found while reading and beside others holds the dossier back.
    pub held: bool,
    /// The name of the person's own files, without ending.
    pub stem: String,
}

impl Seat {
    /// Whether problems hold a dossier back.
    pub fn holds(problems: &[Problem], options: &BatchOptions) -> bool {
        !options.draft && problems.iter().any(|problem| problem.error || options.strict)
    }

    /// How far the dossier is by what is known of the record.
    pub fn state(&self, verdict: Option<&Verdict>, options: &BatchOptions) -> State {
        let holds = self.held || verdict.is_some_and(|verdict| Seat::holds(&verdict.problems, options));
        match verdict.map(|verdict| verdict.outcome) {
            Some(Outcome::Failed) => State::Failed,
            _ if holds => State::Held,
            Some(Outcome::Drawn) => State::Done,
            Some(Outcome::Judged) if options.check_only => State::Done,
            _ => State::Waiting,
        }
    }

    /// The key, if the dossier is to be drawn as far as is known without judging it.
    pub fn wanted(&self) -> Option<&str> {
        self.key.as_deref().filter(|_| !self.held)
    }
}

/// The seats of the journal's people, in the order of their numbers; names of files come later.
pub fn seats(journal: &Journal, options: &BatchOptions) -> Result<Vec<Seat>, Error> {
    let mut seats = Vec::new();
    journal.people(|person| {
        let held = person.key.is_none() || Seat::holds(&person.found, options);
        let (entry, n, key, place) = (person.entry, person.n, person.key, person.place);
        seats.push(Seat { entry, n, key, place, name: person.name, unit: person.unit, held, stem: String::new() });
        Ok(())
    })?;
    Ok(seats)
}
