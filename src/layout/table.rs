//! Tables: rows put on sheets, cells put in rows, rules round them.

use super::frame::{CellPlace, Item, ItemKind, Ruled};
use super::ink::Refs;
use super::page::Sheet;
use super::rules::{Grid, strokes};
use super::value::grown_height;
use super::{Setter, value};
use crate::diag::{Diagnostic, Message};
use crate::form::{Cell, Content, FieldBox, Overflow, Page, Role, Row, Table};
use crate::text::Fitted;
use crate::units::{Mm, Rect};

/// How much two sums of the same lengths may differ and still be the same place.
const SAME: Mm = Mm(0.001);

/// A row with the height it was given and the texts that made it grow.
struct Sized<'f> {
    row: &'f Row,
    height: Mm,
    /// For each content of each cell, the text that was set to find the height.
    grown: Vec<Vec<Option<Fitted>>>,
}

impl Setter<'_> {
    /// A table as its part on one sheet after another.
    pub(super) fn table(&mut self, table: &Table, page: &Page, number: usize) -> Vec<Sheet> {
        let head: Vec<Sized> = table.head.iter().map(|row| self.sized(row, table)).collect();
        let body: Vec<Sized> = table.rows.iter().map(|row| self.sized(row, table)).collect();
        let bottom = page.size.1 - page.margin.bottom + SAME;
        let head_height: Mm = head.iter().map(|row| row.height).sum();
        let mut sheets: Vec<Vec<&Sized>> = vec![head.iter().collect()];
        let mut y = table.y + head_height;
        let mut fresh = true;
        for group in groups(&body) {
            let height: Mm = group.iter().map(|row| row.height).sum();
            if y + height > bottom && !fresh {
                sheets.push(head.iter().collect());
                y = table.next_y + head_height;
            }
            if y + height > bottom {
                self.too_high(group, bottom - table.next_y - head_height);
            }
            y += height;
            fresh = false;
            if let Some(sheet) = sheets.last_mut() {
                sheet.extend(group);
            }
        }
        let mut laid = Vec::new();
        for (sheet, rows) in sheets.iter().enumerate() {
            let top = if sheet == 0 { table.y } else { table.next_y };
            laid.push(self.rows(table, rows, top, number));
        }
        laid
    }

    fn sized<'f>(&mut self, row: &'f Row, table: &Table) -> Sized<'f> {
        let mut height = row.height;
        let mut grown = Vec::new();
        for cell in &row.cells {
            let width = span(&table.cols, cell.col, cell.colspan) - cell.padding.left - cell.padding.right;
            let texts: Vec<Option<Fitted>> = cell
                .content
                .iter()
                .map(|content| match content {
                    Content::Field(place) if row.grows && grows(place) => self.grown(place, width),
                    _ => None,
                })
                .collect();
            let need: Mm = texts.iter().flatten().map(grown_height).sum();
            height = height.max(need + cell.padding.top + cell.padding.bottom);
            grown.push(texts);
        }
        Sized { row, height: if row.grows { height } else { row.height }, grown }
    }

    /// The rows of one sheet with the rules round them.
    fn rows(&mut self, table: &Table, rows: &[&Sized], top: Mm, number: usize) -> Sheet {
        let mut grid = Grid { xs: lines_of(table.x, &table.cols), ys: Vec::new(), owners: Vec::new() };
        let heights: Vec<Mm> = rows.iter().map(|row| row.height).collect();
        grid.ys = lines_of(top, &heights);
        grid.owners = vec![vec![usize::MAX; table.cols.len()]; rows.len()];
        let mut items = Vec::new();
        let mut cells = Vec::new();
        for (at, sized) in rows.iter().enumerate() {
            for (cell, grown) in sized.row.cells.iter().zip(&sized.grown) {
                let rowspan = cell.rowspan.min(rows.len() - at);
                for owners in &mut grid.owners[at..at + rowspan] {
                    let last = (cell.col + cell.colspan).min(owners.len());
                    owners[cell.col.min(last)..last].fill(cells.len());
                }
                let within = Rect {
                    x: grid.xs[cell.col],
                    y: grid.ys[at],
                    w: span(&table.cols, cell.col, cell.colspan),
                    h: span(&heights, at, rowspan),
                };
                let place = CellPlace { table: number, row: at, col: cell.col, rowspan, colspan: cell.colspan, header: cell.header };
                cells.push((place, cell.padding));
                self.cell(cell, &within, place, grown, &mut items);
            }
        }
        let rules = strokes(&grid, table.outer, table.inner);
        items.extend(rules.into_iter().map(|stroke| Item { role: Role::Artefact, cell: None, kind: ItemKind::Line(stroke) }));
        let Grid { xs, ys, .. } = grid;
        let ruled = Ruled { number, xs, ys, head: table.head.len(), cells, outer: table.outer, inner: table.inner };
        Sheet { items, tables: vec![ruled] }
    }

    fn cell(&mut self, cell: &Cell, within: &Rect, place: CellPlace, grown: &[Option<Fitted>], items: &mut Vec<Item>) {
        let padding = cell.padding;
        let inside = Rect {
            x: within.x + padding.left,
            y: within.y + padding.top,
            w: (within.w - padding.left - padding.right).max(Mm(0.0)),
            h: (within.h - padding.top - padding.bottom).max(Mm(0.0)),
        };
        let ink = if cell.header { Role::Label } else { Role::Text };
        for (content, fitted) in cell.content.iter().zip(grown) {
            match content {
                Content::Label(label) => items.extend(self.label(label, &inside, Some(place), ink)),
                Content::Para(para) => items.extend(self.para(para, (within.x, within.y), Some(place), &Refs::default())),
                Content::Field(field) => {
                    let at = field.at.map_or(inside, |at| Rect { x: within.x + at.x, y: within.y + at.y, ..at });
                    items.push(match fitted {
                        Some(fitted) => self.grown_field(field, &at, Some(place), fitted),
                        None => self.field(field, &at, Some(place)),
                    });
                }
            }
        }
    }

    /// A row that no sheet can hold.
    fn too_high(&mut self, group: &[Sized], room: Mm) {
        let longest = group
            .iter()
            .flat_map(|sized| sized.row.cells.iter().zip(&sized.grown))
            .flat_map(|(cell, grown)| cell.content.iter().zip(grown))
            .filter_map(|(content, fitted)| match (content, fitted) {
                (Content::Field(place), Some(fitted)) => Some((place.field, fitted)),
                _ => None,
            })
            .max_by(|a, b| grown_height(a.1).0.total_cmp(&grown_height(b.1).0));
        let Some((field, fitted)) = longest else { return };
        let lines = (room.0 * 0.9 / fitted.pitch.to_mm().0).floor().max(0.0);
        let field = &self.form[field];
        let message = Message::new(
            format!("“{}”要排 {} 行，一页纸最多排 {lines} 行", field.label, fitted.shown),
            format!("{} takes {} lines; a sheet has room for {lines}", field.label, fitted.shown),
        );
        let help = Message::new("缩短这一栏的文字", "shorten this text");
        self.diagnostics.push(Diagnostic::error("does-not-fit", value::place_of(field), message).with_help(help));
    }
}

fn grows(place: &FieldBox) -> bool {
    place.overflow == Overflow::Grow && place.at.is_none()
}

/// Rows that a spanning cell holds together are one group: they stand on one sheet.
fn groups<'s, 'f>(rows: &'s [Sized<'f>]) -> Vec<&'s [Sized<'f>]> {
    let mut groups = Vec::new();
    let mut begin = 0;
    let mut end = 0;
    for (at, sized) in rows.iter().enumerate() {
        if at >= end && at > begin {
            groups.push(&rows[begin..at]);
            begin = at;
        }
        let reach = sized.row.cells.iter().map(|cell| at + cell.rowspan).max().unwrap_or(at + 1);
        end = end.max(reach);
    }
    if begin < rows.len() {
        groups.push(&rows[begin..]);
    }
    groups
}

fn span(lengths: &[Mm], from: usize, count: usize) -> Mm {
    lengths.iter().skip(from).take(count).copied().sum()
}

fn lines_of(origin: Mm, lengths: &[Mm]) -> Vec<Mm> {
    let mut at = origin;
    let mut lines = vec![at];
    for length in lengths {
        at += *length;
        lines.push(at);
    }
    lines
}
