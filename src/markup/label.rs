//! Labels: which `th` names a field. The nearest one to its left in its row is the row's head, and the nearest one
//! above it that names nothing to its own right is the column's; where there are both, they are joined.

use super::tile::Span;

/// A cell as the pairing sees it.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    pub col: usize,
    pub span: Span,
    /// What the cell says, if it is a `th`.
    pub head: Option<&'a str>,
}

/// The label of every cell that is not a head, row by row; heads have `None`.
pub(super) fn labels(cols: usize, rows: &[Vec<Mark>]) -> Vec<Vec<Option<String>>> {
    // For each column, the cell that covers it in this row: its head's index, and the first row below it.
    let mut cover: Vec<Cover> = vec![Cover::default(); cols];
    let mut column_heads: Vec<Option<usize>> = vec![None; cols];
    let mut heads: Vec<Head> = Vec::new();
    let mut found = Vec::new();
    for (row, marks) in rows.iter().enumerate() {
        for mark in marks {
            let head = mark.head.map(|words| {
                heads.push(Head { words, col: mark.col, cols: mark.span.cols, names_right: false });
                heads.len() - 1
            });
            for cover in cover.iter_mut().skip(mark.col).take(mark.span.cols) {
                *cover = Cover { head, until: row + mark.span.rows };
            }
        }
        name_rightwards(&cover, &mut heads);
        let label = |mark: &Mark| match mark.head {
            Some(_) => None,
            None => Some(join(row_head(&cover, &heads, mark.col), column_heads.get(mark.col).copied().flatten().and_then(|at| heads.get(at)))),
        };
        found.push(marks.iter().map(label).collect());
        // A head that ends in this row and named nothing to its right names what is below.
        for place in cover.iter().filter(|place| place.until == row + 1) {
            let Some((at, head)) = place.head.and_then(|at| Some((at, heads.get(at)?))) else { continue };
            if !head.names_right {
                column_heads.iter_mut().skip(head.col).take(head.cols).for_each(|column| *column = Some(at));
            }
        }
    }
    found
}

#[derive(Clone, Copy, Debug, Default)]
struct Cover {
    head: Option<usize>,
    until: usize,
}

#[derive(Debug)]
struct Head<'a> {
    words: &'a str,
    col: usize,
    cols: usize,
    names_right: bool,
}

/// Notes the heads that have a value to their right in this row.
fn name_rightwards(cover: &[Cover], heads: &mut [Head]) {
    for (left, right) in cover.iter().zip(cover.iter().skip(1)) {
        if let (Some(at), None) = (left.head, right.head)
            && let Some(head) = heads.get_mut(at)
        {
            head.names_right = true;
        }
    }
}

fn row_head<'a, 'b>(cover: &[Cover], heads: &'b [Head<'a>], col: usize) -> Option<&'b Head<'a>> {
    let at = cover.iter().take(col).rev().find_map(|place| place.head)?;
    heads.get(at)
}

fn join(row: Option<&Head>, column: Option<&Head>) -> String {
    let words = |head: Option<&Head>| head.map_or(String::new(), |head| head.words.to_owned());
    let (row, column) = (words(row), words(column));
    match (row.is_empty(), column.is_empty()) {
        (false, false) => format!("{row}·{column}"),
        _ => row + &column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table in letters: upper case is a `th`, lower case a value; equal letters are one cell.
    fn pairs(rows: &[&str]) -> Vec<(char, String)> {
        let grid: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
        let cols = grid[0].len();
        let names: Vec<String> = ('A'..='Z').map(String::from).collect();
        let mut marks: Vec<Vec<Mark>> = Vec::new();
        let mut letters = Vec::new();
        for (r, row) in grid.iter().enumerate() {
            let mut line = Vec::new();
            for (c, &letter) in row.iter().enumerate() {
                let first = (c == 0 || row[c - 1] != letter) && (r == 0 || grid[r - 1][c] != letter);
                if first {
                    let wide = row[c..].iter().take_while(|l| **l == letter).count();
                    let deep = grid[r..].iter().take_while(|row| row[c] == letter).count();
                    let head = names.iter().find(|name| name.starts_with(letter)).map(String::as_str);
                    line.push(Mark { col: c, span: Span { cols: wide, rows: deep }, head });
                    letters.push(letter);
                }
            }
            marks.push(line);
        }
        let found = labels(cols, &marks).into_iter().flatten();
        letters.into_iter().zip(found).filter_map(|(letter, label)| Some((letter, label?))).collect()
    }

    #[test]
    fn heads_name_to_the_right_or_below() {
        for (rows, want) in [
            (&["AaBb"][..], &[('a', "A"), ('b', "B")][..]),
            (&["ABC", "Dab", "Ecd"], &[('a', "D·B"), ('b', "D·C"), ('c', "E·B"), ('d', "E·C")]),
            (&["ABC", "Aab", "Acd"], &[('a', "A·B"), ('b', "A·C"), ('c', "A·B"), ('d', "A·C")]),
            (&["A", "a"], &[('a', "A")]),
            (&["AaBb", "CcDd"], &[('a', "A"), ('b', "B"), ('c', "C"), ('d', "D")]),
            // A head that names its own row names nothing below it.
            (&["Aa", "bb"], &[('a', "A"), ('b', "")]),
            (&["AAB", "abc"], &[('a', "A"), ('b', "A"), ('c', "B")]),
        ] {
            let want: Vec<(char, String)> = want.iter().map(|(letter, label)| (*letter, (*label).to_owned())).collect();
            assert_eq!(pairs(rows), want, "{rows:?}");
        }
    }
}
