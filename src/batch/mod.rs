//! Many records on one form: a journal on disk, bounded threads, one print run, the sheets, one report.

mod photos;
mod problem;
pub mod source;

pub use problem::Problem;
pub use source::{Loaded, Source, SourceOptions};
