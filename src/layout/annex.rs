//! 附页: the sheets on which a text or a table goes on, numbered, with the place they continue.

use super::frame::{Frame, Item, ItemKind, Text};
use super::ink::Refs;
use super::lines::fitted_runs;
use super::page::Sheet;
use super::value::flow;
use super::{Continued, Setter};
use crate::form::{Align, Block, Page, Rest, Role, VAlign};
use crate::text::{self, Fallback, Fitted};

/// How much of the box a continued text fills at most, as everywhere.
const FILL: f64 = 0.9;

impl Setter<'_> {
    /// A 附页 that the template laid itself: it continues the fields whose names begin with `prefix`.
    pub(super) fn annex_page(&mut self, page: &Page, prefix: &str) {
        let before = self.frames.len();
        let origin = self.last_sheet_with(prefix).unwrap_or(before);
        let first = self.annexes + 1;
        let refs = move |sheet: usize| Refs {
            annex: Some(first + sheet),
            page: Some(if sheet == 0 { origin } else { before + sheet }),
            label: None,
        };
        for sheet in self.sheets(page, refs) {
            self.annex_frame(page, sheet);
        }
    }

    /// One 附页 after another for every text that did not fit.
    pub(super) fn rest_pages(&mut self, page: &Page) {
        let Some(rest) = page.blocks.iter().find_map(|block| if let Block::Rest(rest) = block { Some(rest) } else { None }) else {
            return;
        };
        for continued in std::mem::take(&mut self.continued) {
            self.rest_of(page, rest, continued);
        }
    }

    fn rest_of(&mut self, page: &Page, rest: &Rest, continued: Continued) {
        let field = continued.field;
        let value = self.values[field.0].text.clone();
        let words = value.trim_end().get(continued.begin..).unwrap_or_default();
        let set = match text::set(self.fonts, rest.style.font, words, Fallback::Each) {
            Ok(set) => set,
            Err(missing) => return self.missing(field, &missing),
        };
        let pitch = rest.style.size * rest.leading;
        let lines = text::break_lines(&set, (rest.at.w / rest.style.size.to_mm()) as f32, &[]);
        // A box of no height would never end.
        let room = ((rest.at.h * FILL / pitch.to_mm()).floor() as usize).max(1);
        let label = self.form[field].label.clone();
        let mut from = continued.sheet;
        let mut fitted = Fitted { font: rest.style.font, set, size: rest.style.size, pitch, lines: Vec::new(), shown: 0 };
        let mut begin = continued.begin;
        let mut left = lines.chunks(room).peekable();
        while let Some(part) = left.next() {
            let end = left.peek().and_then(|next| next.first()).map(|line| continued.begin + text::source_at(words, line.range.start));
            let end = end.unwrap_or(value.len());
            let here = value.get(begin..end).unwrap_or_default().to_owned();
            begin = end;
            fitted.lines = part.to_vec();
            fitted.shown = part.len();
            let refs = Refs { annex: Some(self.annexes + 1), page: Some(from), label: Some(label.clone()) };
            // Only a pattern with a table that runs on would make several sheets of one; they are one again.
            let mut sheet = self.sheets(page, |_| refs.clone()).into_iter().fold(Sheet::default(), Sheet::with);
            let runs = fitted_runs(&fitted, &rest.at, Align::Justify, VAlign::Top);
            let flow = flow(here, &fitted, &rest.at, Align::Justify, VAlign::Top);
            let text = Text { runs, actual: None, flow: Some(flow) };
            sheet.items.push(Item { role: Role::Continuation(field), cell: None, kind: ItemKind::Text(text) });
            self.annex_frame(page, sheet);
            from = self.frames.len();
        }
    }

    fn annex_frame(&mut self, page: &Page, sheet: Sheet) {
        self.annexes += 1;
        let title = page.title.as_ref().map(|title| format!("{title}{}", self.annexes));
        self.frames.push(Frame { size: page.size, title, items: sheet.items, tables: sheet.tables });
    }

    /// The number of the last sheet, from 1, with a field whose name begins so.
    fn last_sheet_with(&self, prefix: &str) -> Option<usize> {
        let shows = |frame: &Frame| {
            frame.items.iter().any(|item| match item.role {
                Role::Value(field) => self.form[field].name.as_str().starts_with(prefix),
                _ => false,
            })
        };
        self.frames.iter().rposition(shows).map(|at| at + 1)
    }
}
