//! Many records on one form: a journal on disk, bounded threads, one print run, the sheets, one report.

pub mod names;
mod photos;
mod problem;
pub mod report;
pub mod source;

pub use problem::Problem;
pub use report::{Line, Report, State, UnitLine};
pub use source::{Loaded, Source, SourceOptions};
