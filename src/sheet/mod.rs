//! Workbooks (ECMA-376, SpreadsheetML): a growing table written as one, the one that people fill in, and its way back.

mod height;
mod style;
mod write;

pub use write::{can_be_sheet, write, write_values};
