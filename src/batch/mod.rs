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
//!
//! ```
//! use formwright::Engine;
//! use formwright::batch::{self, BatchOptions, State, Unwatched};
//! use std::path::Path;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let output = folder.path();
//! let engine = Engine::open("templates", "fonts")?;
//! let options = BatchOptions { check_only: true, ..BatchOptions::default() };
//! let outcome = batch::run(&engine, Path::new("samples/batch.jsonl"), output, &options, &Unwatched)?;
//! for line in &outcome.report.lines {
//!     for problem in line.problems.iter().filter(|problem| problem.error) {
//!         println!("{} {}: {}", line.n, line.place, problem.message(options.lang)); // never a value of the record
//!     }
//! }
//! assert_eq!(outcome.report.count(State::Held), 2);
//! # Ok(())
//! # }
//! ```

pub mod across;
mod edits;
mod folder;
mod intake;
mod journal;
mod key;
pub mod names;
mod options;
mod person;
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
pub use edits::Edits;
pub use folder::{CHECK, PRINT, REPORT, SHEETS, writes_to};
pub use names::Pattern;
pub use options::{BatchOptions, Format, Progress, Stage, Unwatched, Watch};
pub use person::{Person, person};
pub use problem::Problem;
pub use report::{Line, Report, State, UnitLine};
pub use round::{Round, UnitKey};
pub use run::{Outcome, run, takes};
pub use source::{Loaded, Source, SourceOptions};

/// What the journal calls a drawn dossier among the bytes it keeps.
const PART: &str = "part";
