//! Breaking set text into lines.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::places::{is_clean, is_mark, is_space, places};
use super::{BrokenLine, Set};

/// Widths in em this close are equal: sums of widths are not exact.
pub(super) const CLOSE: f64 = 1e-3;

/// How far, in em, closing marks may hang out of a line that holds nothing else to move down with them.
const HANG: f64 = 1.0;

/// The part of a line that may move down to keep the last character of a paragraph company.
const MOVED: f64 = 1.0 / 3.0;

/// Breaks set text into lines of at most `width` em.
///
/// Lines break where UAX #14 and kinsoku allow; a run without such a place is broken where the line is full. `breaks` are the
/// lengths of pieces, in characters: if the text does not fit on one line, each piece has its own (990000/19660101/101X,
/// 199/0000/0101), so that numbers below one another are read and compared alike. A paragraph of several lines does not end in
/// a single character if the line before can spare one. A newline ends a
/// paragraph; an empty paragraph is a line. Where not even one character and the marks after it fit, one mark hangs out.
pub fn break_lines(set: &[Set], width: f32, breaks: &[usize]) -> Vec<BrokenLine> {
    Breaker::new(Cow::Borrowed(set)).lines(f64::from(width), breaks)
}

/// Set text to be broken at one width or several.
pub(super) struct Breaker<'a> {
    set: Cow<'a, [Set]>,
    places: OnceCell<Vec<bool>>,
}

impl<'a> Breaker<'a> {
    pub(super) fn new(set: Cow<'a, [Set]>) -> Breaker<'a> {
        Breaker { set, places: OnceCell::new() }
    }

    /// The text, when all is broken.
    pub(super) fn into_set(self) -> Vec<Set> {
        self.set.into_owned()
    }

    /// The lines at a width in em.
    pub(super) fn lines(&self, width: f64, breaks: &[usize]) -> Vec<BrokenLine> {
        let may = self.places.get_or_init(|| places(&self.set));
        if breaks.is_empty() || self.one_line().is_some_and(|own| own <= width + CLOSE) {
            return self.broken(width, may, &[]);
        }
        let mut may = may.clone();
        let total = breaks.iter().fold(0usize, |sum, length| sum.saturating_add(*length)).min(may.len());
        if let Some(pieces) = may.get_mut(..total) {
            pieces.fill(false);
        }
        let mut ends = Vec::with_capacity(breaks.len());
        let mut at = 0usize;
        for length in breaks {
            at = at.saturating_add(*length);
            ends.push(at);
        }
        self.broken(width, &may, &ends)
    }

    /// The width in em if it is all set on one line; `None` if it has several paragraphs.
    pub(super) fn one_line(&self) -> Option<f64> {
        let mut width = 0.0;
        let mut shown = 0.0;
        let mut ended = false;
        for one in self.set.iter() {
            if ended {
                return None;
            }
            width += f64::from(one.advance);
            ended = one.ch == '\n';
            if !ended && !is_space(one.ch) {
                shown = width;
            }
        }
        Some(shown)
    }

    /// `ends` are the places where a line must begin.
    fn broken(&self, width: f64, may: &[bool], ends: &[usize]) -> Vec<BrokenLine> {
        let mut lines: Vec<BrokenLine> = Vec::new();
        let mut start = 0;
        while start < self.set.len() {
            let line = self.line(start, width, may, ends);
            start = line.next.max(start + 1);
            let (before, last) = match lines.pop() {
                Some(before) if ends.is_empty() && !before.ends_paragraph && line.ends_paragraph => {
                    let (before, last) = self.shared(before, line, width, may);
                    (Some(before), last)
                }
                before => (before, line),
            };
            lines.extend(before);
            lines.push(last);
        }
        lines
    }

    /// The last two lines of a paragraph, with a character more on the last if it had one only.
    fn shared(&self, before: BrokenLine, last: BrokenLine, width: f64, may: &[bool]) -> (BrokenLine, BrokenLine) {
        let ink = |from: usize, to: usize| {
            let line = self.set.get(from..to).unwrap_or_default();
            line.iter().filter(|one| !is_space(one.ch) && !is_mark(one.ch)).count()
        };
        if ink(last.range.start, last.range.end) != 1 || !may.get(last.range.start).copied().unwrap_or(false) {
            return (before, last);
        }
        let begin = (before.range.start + 1..last.range.start)
            .rev()
            .find(|at| may.get(*at).copied().unwrap_or(false) && ink(*at, last.range.end) > 1 && ink(before.range.start, *at) > 1);
        let Some(begin) = begin else { return (before, last) };
        let upper = self.shown(before.range.start, begin);
        let lower = self.shown(begin, last.range.end);
        if f64::from(before.width) - upper.width > width * MOVED || lower.width > width + CLOSE {
            return (before, last);
        }
        (upper.line(before.range.start, begin, false), lower.line(begin, last.next, true))
    }

    /// The line that begins at a place.
    fn line(&self, start: usize, limit: f64, may: &[bool], ends: &[usize]) -> BrokenLine {
        let mut width = 0.0;
        let mut shown = Shown { end: start, width: 0.0 };
        let mut best = None;
        for (at, one) in self.set.iter().enumerate().skip(start) {
            if one.ch == '\n' {
                return shown.line(start, at + 1, true);
            }
            if shown.end > start && ends.contains(&at) {
                return self.soft(start, at, shown);
            }
            // An indentation is no line of its own.
            if shown.end > start && may.get(at).copied().unwrap_or(false) {
                best = Some((at, shown));
            }
            width += f64::from(one.advance);
            if is_space(one.ch) {
                continue;
            }
            if width > limit + CLOSE {
                return match best {
                    Some((next, shown)) => self.soft(start, next, shown),
                    None => self.forced(start, at.max(start + 1), limit, may),
                };
            }
            shown = Shown { end: at + 1, width };
        }
        shown.line(start, self.set.len(), true)
    }

    /// Breaks a run without a place to break; the character at `full` no longer fits.
    fn forced(&self, start: usize, full: usize, limit: f64, may: &[bool]) -> BrokenLine {
        let end = (start + 1..=full).rev().find(|at| self.has_ink(start, *at) && is_clean(&self.set, *at));
        let end = end.or_else(|| self.hung(start, full, limit, may)).unwrap_or(full);
        self.soft(start, end, self.shown(start, end))
    }

    /// How far a line between two places is seen.
    fn shown(&self, start: usize, end: usize) -> Shown {
        let mut shown = Shown { end: start, width: 0.0 };
        let mut width = 0.0;
        for (at, one) in self.set.iter().enumerate().take(end).skip(start) {
            width += f64::from(one.advance);
            if !is_space(one.ch) {
                shown = Shown { end: at + 1, width };
            }
        }
        shown
    }

    /// Where the run ends if a mark hangs out of the line.
    fn hung(&self, start: usize, full: usize, limit: f64, may: &[bool]) -> Option<usize> {
        let mut width = self.set.get(start..full)?.iter().map(|one| f64::from(one.advance)).sum::<f64>();
        for (at, one) in self.set.iter().enumerate().skip(full) {
            width += f64::from(one.advance);
            if width > limit + HANG + CLOSE {
                return None;
            }
            let ends = self.set.get(at + 1).is_none_or(|next| next.ch == '\n');
            if ends || may.get(at + 1).copied().unwrap_or(false) || is_clean(&self.set, at + 1) {
                return Some(at + 1);
            }
        }
        None
    }

    fn has_ink(&self, start: usize, end: usize) -> bool {
        self.set.get(start..end).is_some_and(|line| line.iter().any(|one| !is_space(one.ch)))
    }

    /// A line broken for want of room; spaces after it are dropped, and a newline right there is its own.
    fn soft(&self, start: usize, next: usize, shown: Shown) -> BrokenLine {
        let mut next = next;
        while self.set.get(next).is_some_and(|one| is_space(one.ch)) {
            next += 1;
        }
        match self.set.get(next) {
            None => shown.line(start, next, true),
            Some(one) if one.ch == '\n' => shown.line(start, next + 1, true),
            Some(_) => shown.line(start, next, false),
        }
    }
}

/// How far a line is seen: without the spaces at its end.
#[derive(Clone, Copy)]
struct Shown {
    end: usize,
    width: f64,
}

impl Shown {
    fn line(self, start: usize, next: usize, ends_paragraph: bool) -> BrokenLine {
        BrokenLine { range: start..self.end, next, width: self.width as f32, ends_paragraph }
    }
}
