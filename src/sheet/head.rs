//! Which column of a sheet is what: by the row of keys, or where that was deleted by the labels.

use std::collections::BTreeMap;

use super::columns::{Column, Columns, List};
use super::grid::{Cell, Grid};
use crate::record::value::half_width;

/// So many rows from the top are looked at: titles may stand above the heads.
const TOP: usize = 60;

/// What a sheet was found to be.
pub(super) struct Head<'c> {
    /// What its rows are.
    pub(super) rows: Rows<'c>,
    /// Its columns by their number.
    pub(super) columns: BTreeMap<u32, &'c Column>,
    /// Columns with a head that says nothing known, or that was there before: the head's cell.
    pub(super) unknown: BTreeMap<u32, Strange>,
    /// The last row of the heads; data begins below.
    pub(super) last: u32,
    /// The first row of the heads.
    pub(super) first: u32,
}

/// What the rows of a sheet are.
#[derive(Clone, Copy)]
pub(super) enum Rows<'c> {
    /// A person each.
    People,
    /// A row of a person's list each.
    List(&'c List),
}

/// Why a column is not read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Strange {
    /// Nobody knows its head, in this row.
    Unknown(u32),
    /// Another column is the same, and this head is in this row.
    Twice(u32),
}

/// The columns a sheet may have.
struct Kind<'c> {
    rows: Rows<'c>,
    /// What may stand here, the columns that link rows to people first.
    columns: Vec<&'c Column>,
    /// How many of them link only.
    links: usize,
    by_key: BTreeMap<&'c str, usize>,
    by_label: BTreeMap<String, usize>,
}

impl<'c> Kind<'c> {
    fn new(rows: Rows<'c>, links: Vec<&'c Column>, own: &'c [Column]) -> Kind<'c> {
        let mut kind = Kind { rows, links: links.len(), columns: links, by_key: BTreeMap::new(), by_label: BTreeMap::new() };
        kind.columns.extend(own);
        for (at, column) in kind.columns.iter().enumerate() {
            kind.by_key.entry(column.key.as_str()).or_insert(at);
            kind.by_label.entry(plain(&column.label)).or_insert(at);
        }
        // What other forms call a column never takes away another's own label.
        for (at, column) in kind.columns.iter().enumerate() {
            for other in &column.others {
                kind.by_label.entry(plain(other)).or_insert(at);
            }
        }
        kind
    }

    /// Which of the columns a cell names.
    fn named(&self, cell: &Cell, by_key: bool) -> Option<usize> {
        // No label is as long.
        let word = cell.held.word().filter(|word| word.len() <= 400)?;
        if by_key {
            return self.by_key.get(half_width(word).to_ascii_lowercase().as_str()).copied();
        }
        self.by_label.get(&plain(word)).copied()
    }
}

/// What a sheet is; `None` where it has no head that is known.
pub(super) fn find<'c>(grid: &Grid, columns: &'c Columns) -> Option<Head<'c>> {
    let people = Kind::new(Rows::People, Vec::new(), &columns.people);
    let lists = columns.lists.iter().map(|list| Kind::new(Rows::List(list), columns.links(), &list.columns));
    let kinds: Vec<Kind> = std::iter::once(people).chain(lists).collect();
    let rows: Vec<&[Cell]> = grid.cells.chunk_by(|one, other| one.row == other.row).take(TOP).collect();

    // The row that names the most, and what it names them as; keys before labels, people before lists.
    let mut best: Option<(usize, &Kind, usize)> = None;
    for by_key in [true, false] {
        for kind in &kinds {
            for (at, row) in rows.iter().enumerate() {
                let named: Vec<usize> = row.iter().filter_map(|cell| kind.named(cell, by_key)).collect();
                let proper = named.iter().filter(|at| **at >= kind.links).count();
                let enough = proper >= 1 && (named.len() >= 2 || kind.columns.len() == 1);
                // A list's row also names people: what it names beyond them decides.
                if enough && best.is_none_or(|(most, ..)| named.len() > most) {
                    best = Some((named.len(), kind, at));
                }
            }
        }
        if best.is_some() {
            break;
        }
    }
    let (_, kind, at) = best?;
    Some(head(kind, &rows, at))
}

/// The head whose best row is the one of a number: a row of labels above it, or of keys below it, belongs to it.
fn head<'c>(kind: &Kind<'c>, rows: &[&[Cell]], at: usize) -> Head<'c> {
    let is_head = |row: &&[Cell]| {
        let keys = row.iter().filter(|cell| kind.named(cell, true).is_some()).count();
        let known = row.iter().filter(|cell| kind.named(cell, true).or_else(|| kind.named(cell, false)).is_some()).count();
        keys == row.len() || known >= 2 && known * 2 >= row.len()
    };
    let mut first = at;
    while first > 0 && rows.get(first - 1).is_some_and(is_head) {
        first -= 1;
    }
    let mut last = at;
    while rows.get(last + 1).is_some_and(is_head) {
        last += 1;
    }
    let row_of = |at: usize| rows.get(at).and_then(|row| row.first()).map_or(0, |cell| cell.row);
    let mut found = Head { rows: kind.rows, columns: BTreeMap::new(), unknown: BTreeMap::new(), last: row_of(last), first: row_of(first) };
    // The key of a column decides, its label where it has none.
    let cells = || rows.get(first..=last).unwrap_or_default().iter().flat_map(|row| row.iter());
    for by_key in [true, false] {
        for cell in cells() {
            let Some(column) = kind.named(cell, by_key).and_then(|at| kind.columns.get(at)) else { continue };
            if found.columns.contains_key(&cell.col) || found.unknown.contains_key(&cell.col) {
                continue;
            }
            if found.columns.values().any(|known| known.key == column.key) {
                found.unknown.insert(cell.col, Strange::Twice(cell.row));
            } else {
                found.columns.insert(cell.col, column);
            }
        }
    }
    for cell in cells() {
        if !found.columns.contains_key(&cell.col) {
            found.unknown.entry(cell.col).or_insert(Strange::Unknown(cell.row));
        }
    }
    found
}

/// A label without what people and programs put into it: marks of what is required, spaces, line breaks, widths.
fn plain(label: &str) -> String {
    let label = half_width(label).replace("(必填)", "");
    label.chars().filter(|ch| !super::grid::is_blank(*ch) && !matches!(ch, '*' | '·' | ':' | '\u{3000}')).collect()
}
