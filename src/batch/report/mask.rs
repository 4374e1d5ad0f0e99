//! What a report that goes out leaves off: of a name all but the first character, and every path, which may hold names.

use super::Problem;

/// A name as public lists show it: 张三 as 张*, 买买提·阿不都 as 买**·***.
pub fn name(name: &str) -> String {
    let hidden = |(at, ch): (usize, char)| if at == 0 || ch == '·' || ch == ' ' { ch } else { '*' };
    name.trim().chars().enumerate().map(hidden).collect()
}

/// Where a problem is, as the report says it: by the paper's label, else by its place.
pub fn place(problem: &Problem, mask: bool) -> &str {
    if !problem.label.is_empty() {
        return &problem.label;
    }
    // A pointer into the record or a line and column are nobody's name; the path of a file may be.
    let is_path = !problem.place.starts_with('/') && problem.place.chars().any(|ch| !ch.is_ascii_digit() && ch != ':');
    if mask && is_path { "" } else { &problem.place }
}
