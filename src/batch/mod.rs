//! Many records on one form: a journal on disk, bounded threads, one print run, the sheets, one report.

pub mod across;
pub mod names;
mod photos;
mod problem;
pub mod report;
mod round;
pub mod source;

pub use across::{Across, Brief};
pub use problem::Problem;
pub use report::{Line, Report, State, UnitLine};
pub use round::{Round, UnitKey};
pub use source::{Loaded, Source, SourceOptions};
