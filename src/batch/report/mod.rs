//! What a batch came to: a line for each person, a line for each unit, as a table, as data and as a page to read.

mod csv;
mod html;
mod json;
mod mask;
mod words;

use serde::{Deserialize, Serialize};

use super::Problem;

pub use self::csv::csv;
pub use html::html;
pub use json::json;

/// Everything a report tells.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its heading: 温州市第七轮首席技师 …
    pub title: String,
    /// The people, in the order of their numbers.
    pub lines: Vec<Line>,
    /// The recommending units, in the order of 附件1.
    pub units: Vec<UnitLine>,
    /// What concerns nobody's dossier: photos that nobody claimed, files passed over.
    pub notes: Vec<Problem>,
    /// The files made of all dossiers: print runs, sheets; from the output folder.
    pub files: Vec<String>,
    /// How many dossiers were rendered since the journal was begun, all runs together: none twice where it equals the dossiers.
    pub renders: u64,
}

/// What became of a person's papers.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The entry of the source, from 0: what [`super::Source::load`] and [`super::Edits`] call this person.
    pub entry: usize,
    /// The dossier's number, from 1.
    pub n: usize,
    /// The person; empty where the record does not tell.
    pub name: String,
    /// The recommending unit, in short; empty where the record does not tell.
    pub unit: String,
    /// Where the record came from: `名单.jsonl 第17行`.
    pub place: String,
    /// How far it came.
    pub state: State,
    /// What is wrong, and what a person should look at.
    pub problems: Vec<Problem>,
    /// The pages of the dossier; 0 where none was made.
    pub pages: usize,
    /// The files of this person, from the output folder.
    pub files: Vec<String>,
    /// How often it was rendered.
    pub renders: u32,
}

/// How far a dossier came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is made; or, where only the records were checked, nothing keeps it from being made.
    Done,
    /// It has errors and was held back.
    Held,
    /// The machine could not make it.
    Failed,
    /// It was not reached yet.
    Waiting,
}

/// A recommending unit.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitLine {
    /// Its short name; empty for those who have none.
    pub unit: String,
    /// How many it may recommend; `None` where nothing is said.
    pub quota: Option<usize>,
    /// How many it recommends, those held back among them.
    pub recommended: usize,
    /// What is wrong with its list.
    pub problems: Vec<Problem>,
}

impl State {
    /// Every state, the best first.
    pub const ALL: [State; 4] = [State::Done, State::Held, State::Failed, State::Waiting];

    /// The state as programs know it: `done`, `held`, `failed`, `waiting`.
    pub fn code(self) -> &'static str {
        match self {
            State::Done => "done",
            State::Held => "held",
            State::Failed => "failed",
            State::Waiting => "waiting",
        }
    }
}

impl Report {
    /// How many people came so far.
    pub fn count(&self, state: State) -> usize {
        self.lines.iter().filter(|line| line.state == state).count()
    }

    /// How many people's dossiers were held back or could not be made.
    pub fn troubled(&self) -> usize {
        self.count(State::Held) + self.count(State::Failed)
    }

    /// How many people have something to look at though nothing holds them back.
    pub fn warned(&self) -> usize {
        self.lines.iter().filter(|line| line.state == State::Done && !line.problems.is_empty()).count()
    }

    /// The pages of all dossiers, without the blank ones between them.
    pub fn pages(&self) -> usize {
        self.lines.iter().map(|line| line.pages).sum()
    }
}

// The lines are people: no value of theirs reaches a log.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({}, {:?}, {} problems)", self.n, self.state, self.problems.len())
    }
}

impl std::fmt::Debug for UnitLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnitLine({} of {:?}, {} problems)", self.recommended, self.quota, self.problems.len())
    }
}

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Report({} lines, {} units)", self.lines.len(), self.units.len())
    }
}
