//! Many records on one form: a journal on disk, bounded threads, one print run, the sheets, one report.

mod problem;

pub use problem::Problem;
