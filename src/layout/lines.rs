//! Lines of set text put at a place: glyph runs, alignment, spreading.

use std::ops::Range;

use super::frame::{Glyph, Run};
use crate::form::{Align, VAlign};
use crate::text::{Fitted, Set};
use crate::units::{Mm, Pt, Rect};

/// The part of an em above the baseline; the rest is below. Never taken from a font: their metrics differ wildly.
pub const ASCENT: f64 = 0.88;

/// The widest gap that justifying may add between two characters, in em; a line that needs more stays ragged.
const WIDEST_GAP: f64 = 0.5;

/// The runs of one line that begins at `x` on `baseline`, with `gap` em of extra room after each character but the last.
pub fn runs(set: &[Set], size: Pt, x: Mm, baseline: Mm, gap: f64) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = x;
    for (place, item) in set.iter().enumerate() {
        let space = if place + 1 == set.len() { 0.0 } else { gap };
        let glyph = Glyph { id: item.id, ch: item.ch, advance: item.advance, space: space as f32 };
        match runs.last_mut() {
            Some(run) if run.face == item.face => run.glyphs.push(glyph),
            _ => runs.push(Run { face: item.face, size, x: at, baseline, glyphs: vec![glyph] }),
        }
        at += size.to_mm() * (f64::from(item.advance) + space);
    }
    runs
}

/// The width of a line without extra room, in em.
pub fn width_em(set: &[Set]) -> f64 {
    set.iter().map(|item| f64::from(item.advance)).sum()
}

/// The runs of the lines that a box shows.
pub fn fitted_runs(fitted: &Fitted, within: &Rect, align: Align, valign: VAlign) -> Vec<Run> {
    let pitch = fitted.pitch.to_mm();
    let size = fitted.size.to_mm();
    let top = match valign {
        VAlign::Top => within.y,
        VAlign::Middle => within.y + (within.h - pitch * fitted.shown as f64) / 2.0,
    };
    let mut all = Vec::new();
    for (number, line) in fitted.lines.iter().take(fitted.shown).enumerate() {
        let set = part(&fitted.set, &line.range);
        let baseline = top + pitch * number as f64 + (pitch - size) / 2.0 + size * ASCENT;
        let slack = (within.w - size * width_em(set)).max(Mm(0.0));
        let (indent, gap) = match align {
            Align::Left => (Mm(0.0), 0.0),
            Align::Centre => (slack / 2.0, 0.0),
            Align::Right => (slack, 0.0),
            Align::Justify if line.ends_paragraph => (Mm(0.0), 0.0),
            Align::Justify => (Mm(0.0), justifying_gap(slack / size, set.len())),
        };
        all.extend(runs(set, fitted.size, within.x + indent, baseline, gap));
    }
    all
}

/// A part of set text; empty where the range is out of bounds.
pub fn part<'s>(set: &'s [Set], range: &Range<usize>) -> &'s [Set] {
    set.get(range.clone()).unwrap_or_default()
}

fn justifying_gap(slack_em: f64, glyphs: usize) -> f64 {
    let gap = slack_em / glyphs.saturating_sub(1).max(1) as f64;
    if glyphs > 1 && gap <= WIDEST_GAP { gap } else { 0.0 }
}
