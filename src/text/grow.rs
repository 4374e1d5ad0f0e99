//! Setting a text in a width at its full size, in as many lines as it takes.

use std::borrow::Cow;

use super::faces::set;
use super::fit::{USABLE, role_at};
use super::lines::{Breaker, CLOSE};
use super::places::places;
use super::{BrokenLine, FitBox, Fitted, Missing, Set};
use crate::fonts::Fonts;
use crate::units::Pt;

/// Sets a text in the width of a box whose height follows the text.
///
/// It keeps its full size; only a run that cannot be broken and is wider than the box makes it smaller, in half points, down
/// to the smallest size. A text on one line takes at most nine tenths of the width, else it is broken where it may be.
/// Errors: as [`set`].
pub fn grow(fonts: &Fonts, text: &str, frame: &FitBox) -> Result<Fitted, Vec<Missing>> {
    let mut size = frame.size.0;
    loop {
        let font = role_at(frame, size);
        let set = set(fonts, font, text, frame.fallback)?;
        let width = frame.width.to_pt().0 / size;
        let broken = Breaker::new(Cow::Borrowed(&set));
        let between = broken.one_line().is_some_and(|own| own > width * USABLE + CLOSE && own <= width + CLOSE);
        let lines = broken.lines(if between { width * USABLE } else { width }, &frame.breaks);
        let smaller = size - 0.5;
        if smaller < frame.min_size.0 - CLOSE || is_well_broken(&set, &lines, &frame.breaks) {
            let shown = lines.len();
            return Ok(Fitted { font, set, size: Pt(size), pitch: Pt(size * frame.leading.0), lines, shown });
        }
        size = smaller;
    }
}

/// Whether every line ends where a line may end: no run was cut for want of room.
fn is_well_broken(set: &[Set], lines: &[BrokenLine], breaks: &[usize]) -> bool {
    let may = places(set);
    let mut pieces = Vec::new();
    let mut end = 0usize;
    for length in breaks {
        end = end.saturating_add(*length);
        pieces.push(end);
    }
    lines.iter().filter(|line| !line.ends_paragraph).all(|line| {
        let at = line.next;
        pieces.contains(&at) || (at > end || breaks.is_empty()) && may.get(at).copied().unwrap_or(true)
    })
}
