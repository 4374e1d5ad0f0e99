//! Ink: labels in the middle of their cells, and lines at fixed places.

use super::Setter;
use super::frame::{CellPlace, Item, ItemKind, Text};
use super::lines::{ASCENT, part, runs, width_em};
use crate::diag::{Diagnostic, Message, Place};
use crate::form::{Across, Align, Down, FontRole, Inline, Label, LabelLine, Line, Para, RefKind, Role};
use crate::text::{self, Fallback, Longer, Set};
use crate::units::{Mm, Pt, Rect};

/// The words that only layout knows, on one sheet.
#[derive(Clone, Debug, Default)]
pub struct Refs {
    /// The number of this 附页.
    pub annex: Option<usize>,
    /// The number of the sheet where the part before stands.
    pub page: Option<usize>,
    /// The label of the continued field.
    pub label: Option<String>,
}

impl Refs {
    fn word(&self, kind: RefKind) -> String {
        match kind {
            RefKind::Annex => self.annex.map(|number| number.to_string()),
            RefKind::Page => self.page.map(|number| number.to_string()),
            RefKind::Label => self.label.clone(),
        }
        .unwrap_or_default()
    }
}

impl Setter<'_> {
    /// The ink of a template, set; a character that no face has is the template's mistake.
    pub(super) fn ink(&mut self, text: &str, font: FontRole) -> Vec<Set> {
        match text::set(self.fonts, font, text, Fallback::Each) {
            Ok(set) => set,
            Err(missing) => {
                for gone in missing {
                    let code = format!("U+{:04X}", u32::from(gone.ch));
                    // The words may come from a partial, the defaults or the round: only the folder is certain.
                    let place = Place::File { file: format!("templates/{}/", self.form.template.id) };
                    let message = Message::new(
                        format!("表上印的字里有一个字，没有任何字体能排：{code}"),
                        format!("no face has {code}, which the form itself prints"),
                    );
                    let help = Message::new(
                        "换一个字，或用 --fonts 加一个有此字的字体文件夹",
                        "use another character, or add a folder of fonts that have it with --fonts",
                    );
                    self.diagnostics.push(Diagnostic::error("missing-glyph", place, message).with_help(help));
                }
                Vec::new()
            }
        }
    }

    /// A label in the middle of a box.
    pub(super) fn label(&mut self, label: &Label, within: &Rect, cell: Option<CellPlace>, role: Role) -> Option<Item> {
        let mut set: Vec<(Vec<Set>, Pt, Option<f64>)> = Vec::new();
        for line in &label.lines {
            self.label_lines(line, within, label.vertical, &mut set);
        }
        let shown: String = label.lines.iter().map(|line| line.text.as_str()).collect();
        let runs = if label.vertical {
            vertical_runs(&set, within, label.leading)
        } else {
            stacked_runs(&set, within, label.align, label.leading)
        };
        // A spread, stacked or vertical label says its plain word in one piece (ISO 32000-1, 14.9.4).
        let plain = set.len() == 1 && set.iter().all(|(_, _, spread)| spread.is_none()) && !label.vertical && shown == label.plain;
        let actual = (!plain && !label.plain.is_empty()).then(|| label.plain.clone());
        (!runs.is_empty()).then_some(Item { role, cell, kind: ItemKind::Text(Text { runs, actual, flow: None }) })
    }

    /// One line of a label, broken evenly where it is wider than its cell.
    fn label_lines(&mut self, line: &LabelLine, within: &Rect, vertical: bool, into: &mut Vec<(Vec<Set>, Pt, Option<f64>)>) {
        let size = line.style.size;
        let set = self.ink(&line.text, line.style.font);
        let room = (within.w / size.to_mm()) as f32;
        // Half a hundredth of an em is below what a printer shows; it keeps a label that fits exactly on its line.
        if vertical || width_em(&set) as f32 <= room + 0.005 {
            into.push((set, size, line.distribute));
            return;
        }
        for broken in evenly_broken(&set, room) {
            into.push((part(&set, &broken).to_vec(), size, None));
        }
    }

    /// Lines at a fixed place of a page or a cell whose top left corner is `origin`.
    pub(super) fn para(&mut self, para: &Para, origin: (Mm, Mm), cell: Option<CellPlace>, refs: &Refs) -> Vec<Item> {
        let mut items = Vec::new();
        let mut baseline = Mm(0.0);
        for (number, line) in para.lines.iter().enumerate() {
            let size = line_size(line);
            baseline = match (number, para.down) {
                (0, Down::Top(y)) => origin.1 + y + size.to_mm() * ASCENT,
                (0, Down::Baseline(y)) => origin.1 + y,
                _ => baseline + size.to_mm() * para.leading,
            };
            self.para_line(para, line, origin.0, baseline, cell, refs, &mut items);
        }
        items
    }

    #[expect(clippy::too_many_arguments, reason = "one line needs its place, its words and where its items go")]
    fn para_line(&mut self, para: &Para, line: &Line, left: Mm, baseline: Mm, cell: Option<CellPlace>, refs: &Refs, items: &mut Vec<Item>) {
        let parts: Vec<(Vec<Set>, Pt, Mm)> = line
            .inlines
            .iter()
            .map(|inline| match inline {
                Inline::Text(text, style) => self.measured(text, style.font, style.size),
                Inline::Ref(kind, style) => self.measured(&refs.word(*kind), style.font, style.size),
                Inline::Field(field, width) => (Vec::new(), field.style.size, *width),
            })
            .collect();
        let width: Mm = parts.iter().map(|(_, _, width)| *width).sum();
        let mut x = left
            + match para.across {
                Across::Left(at) => at,
                Across::Centre(at) => at - width / 2.0,
                Across::Right(at) => at - width,
            };
        for (inline, (set, size, width)) in line.inlines.iter().zip(parts) {
            if let Inline::Field(field, _) = inline {
                // The box of a field in a line is a little higher than its em box, with the same middle: 1.4 em.
                let em = size.to_mm();
                let within = Rect { x, y: baseline - em * (ASCENT + 0.2), w: width, h: em * 1.4 };
                items.extend(self.inline_field(field, &within, cell));
            } else if !set.is_empty() {
                let text = Text { runs: runs(&set, size, x, baseline, 0.0), actual: None, flow: None };
                append_text(items, Item { role: para.role, cell, kind: ItemKind::Text(text) });
            }
            x += width;
        }
    }

    fn measured(&mut self, text: &str, font: FontRole, size: Pt) -> (Vec<Set>, Pt, Mm) {
        let set = self.ink(text, font);
        let width = size.to_mm() * width_em(&set);
        (set, size, width)
    }
}

/// Adds text to the text before it where both are the same kind of ink on the same paragraph, so that they read in one piece.
fn append_text(items: &mut Vec<Item>, item: Item) {
    if let (Some(Item { role, kind: ItemKind::Text(before), .. }), ItemKind::Text(text)) = (items.last_mut(), &item.kind)
        && *role == item.role
        && let (Some(last), Some(first)) = (before.runs.last(), text.runs.first())
        && last.baseline == first.baseline
    {
        before.runs.extend(text.runs.iter().cloned());
        return;
    }
    items.push(item);
}

fn line_size(line: &Line) -> Pt {
    let sizes = line.inlines.iter().map(|inline| match inline {
        Inline::Text(_, style) | Inline::Ref(_, style) => style.size,
        Inline::Field(field, _) => field.style.size,
    });
    sizes.fold(Pt(0.0), |most, size| if size > most { size } else { most })
}

/// Breaks a label into as few lines as it needs and makes them as even as they can be.
fn evenly_broken(set: &[Set], room: f32) -> Vec<std::ops::Range<usize>> {
    let mut lines = text::break_lines(set, room, &[]);
    text::even_lines(set, &mut lines, f64::from(room), Longer::First);
    lines.into_iter().map(|line| line.range).collect()
}

fn stacked_runs(lines: &[(Vec<Set>, Pt, Option<f64>)], within: &Rect, align: Align, leading: f64) -> Vec<super::Run> {
    let height: Mm = lines.iter().map(|(_, size, _)| size.to_mm() * leading).sum();
    let mut top = within.y + (within.h - height) / 2.0;
    let mut all = Vec::new();
    for (set, size, spread) in lines {
        let em = size.to_mm();
        let natural = width_em(set);
        let gap = match spread {
            Some(over) if set.len() > 1 => ((over - natural) / (set.len() - 1) as f64).max(0.0),
            _ => 0.0,
        };
        let width = em * (natural + gap * set.len().saturating_sub(1) as f64);
        let indent = match align {
            Align::Left | Align::Justify => Mm(0.0),
            Align::Centre => (within.w - width) / 2.0,
            Align::Right => within.w - width,
        };
        let baseline = top + em * ((leading - 1.0) / 2.0 + ASCENT);
        all.extend(runs(set, *size, within.x + indent, baseline, gap));
        top += em * leading;
    }
    all
}

/// Columns from the right, each character in its own em square.
fn vertical_runs(columns: &[(Vec<Set>, Pt, Option<f64>)], within: &Rect, leading: f64) -> Vec<super::Run> {
    let width: Mm = columns.iter().map(|(_, size, _)| size.to_mm() * leading).sum();
    let mut right = within.x + (within.w + width) / 2.0;
    let mut all = Vec::new();
    for (set, size, spread) in columns {
        let em = size.to_mm();
        let count = set.len() as f64;
        let gap = match spread {
            Some(over) if set.len() > 1 => ((over - count) / (count - 1.0)).max(0.0),
            _ => 0.0,
        };
        let mut top = within.y + (within.h - em * (count + gap * (count - 1.0).max(0.0))) / 2.0;
        let middle = right - em * leading / 2.0;
        for item in set {
            let x = middle - em * f64::from(item.advance) / 2.0;
            all.extend(runs(std::slice::from_ref(item), *size, x, top + em * ASCENT, 0.0));
            top += em * (1.0 + gap);
        }
        right -= em * leading;
    }
    all
}
