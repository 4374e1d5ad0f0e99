//! Many records on one form: a journal on disk, bounded threads, one print run, the sheets, one report.
//!
//! ```text
//!   source ── intake ─▶ journal (people) ── across: number, unit, problems
//!                          │
//!                       render, once a record, on threads ─▶ journal (verdict, part) ─▶ each person's own files
//!                          │
//!                       print · sheets   put together from parts and rows: nothing is rendered here
//!                          │
//!                       report
//! ```
//!
//! Everything that is done is in the journal before it is a file, and whatever is in the journal is not done again. So a batch may
//! be killed at any moment, and the next run with the same folder goes on; its files are those of a run without a stop.

pub mod across;
mod folder;
mod intake;
mod journal;
mod key;
pub mod names;
mod options;
mod photos;
mod pool;
mod print;
mod problem;
mod publish;
mod render;
pub mod report;
mod round;
mod run;
mod seat;
mod sheets;
pub mod source;

pub use across::{Across, Brief};
pub use folder::REPORT;
pub use names::Pattern;
pub use options::{BatchOptions, Format, Progress, Stage, Unwatched, Watch};
pub use problem::Problem;
pub use report::{Line, Report, State, UnitLine};
pub use round::{Round, UnitKey};
pub use run::{Outcome, run};
pub use source::{Loaded, Source, SourceOptions};

/// What the journal calls a drawn dossier among the bytes it keeps.
const PART: &str = "part";
