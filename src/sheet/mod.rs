//! Workbooks (ECMA-376, SpreadsheetML): a growing table written as one, the one that people fill in, and its way back.

mod blank;
mod columns;
mod grid;
mod head;
mod height;
mod open;
mod read;
mod refuse;
mod style;
mod value;
mod write;

pub use blank::blank;
pub use columns::{Column, Columns, List};
pub use read::{People, Person, read};
pub use write::{can_be_sheet, write, write_values};
