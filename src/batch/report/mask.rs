//! What a report that goes out leaves off: of a name all but the first character, and every path, which may hold names.

use super::Problem;
pub use crate::record::mask_name as name;

/// Where a problem is, as the report says it: by the paper's label, else by its place.
pub fn place(problem: &Problem, mask: bool) -> &str {
    if !problem.label.is_empty() {
        return &problem.label;
    }
    // A pointer into the record or a line and column are nobody's name; the path of a file may be.
    let is_path = !problem.place.starts_with('/') && problem.place.chars().any(|ch| !ch.is_ascii_digit() && ch != ':');
    if mask && is_path { "" } else { &problem.place }
}
