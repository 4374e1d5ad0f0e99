//! Tiling: cells and their spans cover a table exactly, or it is said where they do not.

/// How many columns and rows a cell spans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub cols: usize,
    pub rows: usize,
}

/// Where cells do not tile.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// The row leaves so many columns empty.
    Hole { row: usize, missing: usize },
    /// The cell wants more columns than are free before the edge or a cell from above.
    Wide { row: usize, cell: usize, free: usize },
    /// The cell reaches below the last row.
    Deep { row: usize, cell: usize, left: usize },
}

/// The first column of every cell, row by row; and all faults.
pub(super) fn tile(cols: usize, rows: &[Vec<Span>]) -> (Vec<Vec<usize>>, Vec<Fault>) {
    // For each column, the first row that no cell from above covers.
    let mut free_from = vec![0; cols];
    let mut starts = Vec::new();
    let mut faults = Vec::new();
    for (row, spans) in rows.iter().enumerate() {
        let mut places = Vec::new();
        let mut at = 0;
        let mut wide = false;
        for (cell, span) in spans.iter().enumerate() {
            at += free_from.iter().skip(at).take_while(|free| **free > row).count();
            let free = free_from.iter().skip(at).take_while(|free| **free <= row).count();
            if free < span.cols && !wide {
                wide = true;
                faults.push(Fault::Wide { row, cell, free });
            }
            let left = rows.len() - row;
            if span.rows > left {
                faults.push(Fault::Deep { row, cell, left });
            }
            places.push(at);
            let taken = span.cols.min(free);
            for free in free_from.iter_mut().skip(at).take(taken) {
                *free = row + span.rows;
            }
            at += taken;
        }
        let missing = free_from.iter().filter(|free| **free <= row).count();
        if missing > 0 && !wide {
            faults.push(Fault::Hole { row, missing });
        }
        starts.push(places);
    }
    (starts, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(rows: &[&[(usize, usize)]]) -> Vec<Vec<Span>> {
        rows.iter().map(|row| row.iter().map(|&(cols, rows)| Span { cols, rows }).collect()).collect()
    }

    #[test]
    fn cells_step_over_cells_from_above() {
        let (starts, faults) = tile(3, &spans(&[&[(1, 2), (2, 1)], &[(1, 1), (1, 1)]]));
        assert_eq!(starts, [vec![0, 1], vec![1, 2]]);
        assert_eq!(faults, []);
    }

    #[test]
    fn a_row_may_lie_wholly_under_the_one_above() {
        assert_eq!(tile(2, &spans(&[&[(2, 2)], &[]])).1, []);
    }

    #[test]
    fn faults_are_told_apart() {
        for (cols, rows, want) in [
            (3, spans(&[&[(2, 1)]]), Fault::Hole { row: 0, missing: 1 }),
            (3, spans(&[&[(2, 1), (2, 1)]]), Fault::Wide { row: 0, cell: 1, free: 1 }),
            (3, spans(&[&[(1, 1), (1, 2), (1, 1)], &[(2, 1), (1, 1)]]), Fault::Wide { row: 1, cell: 0, free: 1 }),
            (2, spans(&[&[(1, 3), (1, 1)], &[(1, 1)]]), Fault::Deep { row: 0, cell: 0, left: 2 }),
            (2, spans(&[&[(1, 1), (1, 1)], &[]]), Fault::Hole { row: 1, missing: 2 }),
        ] {
            assert_eq!(tile(cols, &rows).1, [want]);
        }
    }
}
