//! Pages become sheets: one, unless a table runs on.

use super::Setter;
use super::frame::{Frame, Item, Ruled};
use super::ink::Refs;
use crate::form::{Block, Page};
use crate::units::Mm;

/// What stands on a sheet.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) items: Vec<Item>,
    pub(super) tables: Vec<Ruled>,
}

impl Sheet {
    /// The sheet with what stands on another one.
    pub(super) fn with(mut self, other: Sheet) -> Sheet {
        self.items.extend(other.items);
        self.tables.extend(other.tables);
        self
    }
}

impl Setter<'_> {
    /// A page of the form proper.
    pub(super) fn page(&mut self, page: &Page) {
        let refs = Refs::default();
        let sheets = self.sheets(page, |_| refs.clone());
        for (number, sheet) in sheets.into_iter().enumerate() {
            let title = if number == 0 { page.title.clone() } else { None };
            self.frames.push(Frame { size: page.size, title, items: sheet.items, tables: sheet.tables });
        }
    }

    /// Each sheet that a page takes; `refs` tells each sheet's own words.
    pub(super) fn sheets(&mut self, page: &Page, refs: impl Fn(usize) -> Refs) -> Vec<Sheet> {
        // Tables first: how many sheets there are decides how often a line stands.
        let mut tables: Vec<Option<Vec<Sheet>>> = Vec::new();
        for block in &page.blocks {
            let number = tables.iter().flatten().count();
            tables.push(match block {
                Block::Table(table) => Some(self.table(table, page, number)),
                Block::Para(_) | Block::Rest(_) => None,
            });
        }
        let count = tables.iter().flatten().map(Vec::len).max().unwrap_or(1);
        let mut sheets: Vec<Sheet> = (0..count).map(|_| Sheet::default()).collect();
        for (block, laid) in page.blocks.iter().zip(tables) {
            for (sheet, part) in sheets.iter_mut().zip(laid.unwrap_or_default()) {
                *sheet = std::mem::take(sheet).with(part);
            }
            if let Block::Para(para) = block {
                let last = if para.every_sheet { count } else { 1 };
                for (number, sheet) in sheets.iter_mut().enumerate().take(last) {
                    sheet.items.extend(self.para(para, (Mm(0.0), Mm(0.0)), None, &refs(number)));
                }
            }
        }
        sheets
    }
}
