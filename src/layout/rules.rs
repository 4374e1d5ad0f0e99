//! The rules of a table: one stroke for each longest straight piece, outer rules over inner ones.

use super::frame::Stroke;
use crate::units::{Mm, Pt};

/// A laid-out grid: the lines between columns and rows, and which cell covers each square.
pub struct Grid {
    /// The x of each column line, from the table's left edge to its right one.
    pub xs: Vec<Mm>,
    /// The y of each row line, from the table's top edge to its bottom one.
    pub ys: Vec<Mm>,
    /// For each row, for each column, the number of the cell that covers the square.
    pub owners: Vec<Vec<usize>>,
}

/// The strokes of a grid: outer rules first, then inner rules across, then inner rules down.
pub fn strokes(grid: &Grid, outer: Pt, inner: Pt) -> Vec<Stroke> {
    let (Some(&left), Some(&right), Some(&top), Some(&bottom)) = (grid.xs.first(), grid.xs.last(), grid.ys.first(), grid.ys.last()) else {
        return Vec::new();
    };
    let mut all = vec![
        Stroke { from: (left, top), to: (right, top), width: outer },
        Stroke { from: (left, bottom), to: (right, bottom), width: outer },
        Stroke { from: (left, top), to: (left, bottom), width: outer },
        Stroke { from: (right, top), to: (right, bottom), width: outer },
    ];
    let (rows, cols) = (grid.ys.len() - 1, grid.xs.len() - 1);
    for row in 1..rows {
        let drawn = |col: usize| grid.owners[row - 1][col] != grid.owners[row][col];
        for (from, to) in stretches(cols, drawn) {
            all.push(Stroke { from: (grid.xs[from], grid.ys[row]), to: (grid.xs[to], grid.ys[row]), width: inner });
        }
    }
    for col in 1..cols {
        let drawn = |row: usize| grid.owners[row][col - 1] != grid.owners[row][col];
        for (from, to) in stretches(rows, drawn) {
            all.push(Stroke { from: (grid.xs[col], grid.ys[from]), to: (grid.xs[col], grid.ys[to]), width: inner });
        }
    }
    // A rule of no width would be drawn as thin as the printer can (ISO 32000-1, 8.4.3.2); here it is none.
    all.retain(|stroke| stroke.width.0 > 0.0);
    all
}

/// The longest runs of places where a rule is drawn, as half-open ranges.
fn stretches(count: usize, drawn: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for place in (0..count).filter(|place| drawn(*place)) {
        match found.last_mut() {
            Some(last) if last.1 == place => last.1 = place + 1,
            _ => found.push((place, place + 1)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_no_rule_inside_and_long_rules_are_one_stroke() {
        // Two rows of three columns; the first cell spans both rows.
        let grid = Grid {
            xs: [0.0, 10.0, 20.0, 30.0].map(Mm).to_vec(),
            ys: [0.0, 5.0, 10.0].map(Mm).to_vec(),
            owners: vec![vec![0, 1, 2], vec![0, 3, 4]],
        };
        let inner: Vec<_> = strokes(&grid, Pt(1.5), Pt(0.5)).into_iter().filter(|stroke| stroke.width == Pt(0.5)).collect();
        let want = [((10.0, 5.0), (30.0, 5.0)), ((10.0, 0.0), (10.0, 10.0)), ((20.0, 0.0), (20.0, 10.0))];
        let got: Vec<_> = inner.iter().map(|s| ((s.from.0.0, s.from.1.0), (s.to.0.0, s.to.1.0))).collect();
        assert_eq!(got, want);
        assert_eq!(strokes(&grid, Pt(1.5), Pt(0.0)).len(), 4, "rules of no width are not there");
        assert!(strokes(&grid, Pt(0.0), Pt(0.0)).is_empty());
    }
}
