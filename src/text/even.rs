//! Evening out the lines of a short text that stands in the middle of its cell.

use super::lines::CLOSE;
use super::places::{is_mark, is_space, parts_phrases, places};
use super::{BrokenLine, Set};

/// A paragraph of more lines is prose; it is left as it was broken.
const MOST_LINES: usize = 12;

/// A paragraph of more characters is prose, too.
const MOST_CHARACTERS: usize = 240;

/// What a break inside a phrase costs, where an empty line costs 1.
const INSIDE_PHRASE: f64 = 0.4;

/// What a line with a single character costs.
const LONE: f64 = 0.5;

/// Which of two lines is the longer where both ways are equally good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longer {
    /// 身份证/号码: labels qualify a thing that is named last.
    First,
    /// 平版/印刷工: occupations and firms end in their longest word.
    Last,
}

/// Makes the lines of each paragraph as even as they can be at `width` em, without making them more or fewer.
///
/// A break after a mark or before an opening one is preferred to one inside a phrase (艾某某·/买买提), and no character
/// stands alone if that can be helped. Lines that had to be broken inside a run, and prose, stay as they are.
pub fn even_lines(set: &[Set], lines: &mut [BrokenLine], width: f64, longer: Longer) {
    if lines.len() < 2 {
        return;
    }
    let mut may = None;
    for paragraph in lines.chunk_by_mut(|line, _| !line.ends_paragraph) {
        let (Some(first), Some(last)) = (paragraph.first(), paragraph.last()) else { continue };
        let (start, end) = (first.range.start, last.range.end);
        if !(2..=MOST_LINES).contains(&paragraph.len()) || end.saturating_sub(start) > MOST_CHARACTERS {
            continue;
        }
        let may = may.get_or_insert_with(|| places(set));
        let clean = |line: &BrokenLine| may.get(line.next).copied().unwrap_or(false) && f64::from(line.width) <= width + CLOSE;
        if !paragraph.split_last().is_some_and(|(_, before)| before.iter().all(clean)) {
            continue;
        }
        let starts: Vec<usize> = (start..end).filter(|at| *at == start || may.get(*at).copied().unwrap_or(false)).collect();
        let search = Search { set, starts, end, width, longer };
        let Some(chosen) = search.starts_of_lines(paragraph.len()) else { continue };
        for (number, line) in paragraph.iter_mut().enumerate() {
            let Some(from) = chosen.get(number) else { continue };
            let next = chosen.get(number + 1);
            let (shown, width) = search.shown(*from, next.copied().unwrap_or(end));
            line.range = *from..shown;
            line.width = width as f32;
            if let Some(next) = next {
                line.next = *next;
            }
        }
    }
}

/// A paragraph and the places where its lines may begin.
struct Search<'a> {
    set: &'a [Set],
    starts: Vec<usize>,
    end: usize,
    width: f64,
    longer: Longer,
}

/// The best way to set the text from a place on: what it costs, and which place begins the line after.
#[derive(Clone, Copy)]
struct Way {
    cost: f64,
    next: usize,
}

impl Search<'_> {
    /// Where each of so many lines begins.
    fn starts_of_lines(&self, count: usize) -> Option<Vec<usize>> {
        let total = self.starts.len();
        // One row for each number of lines still to set, from the last line backwards.
        let mut ways: Vec<Vec<Option<Way>>> = Vec::with_capacity(count);
        ways.push((0..total).map(|at| self.line(at, total).map(|cost| Way { cost, next: total })).collect());
        for _ in 1..count {
            let after = ways.last()?;
            let row = (0..total).map(|at| self.best(at, after)).collect();
            ways.push(row);
        }
        let mut at = 0;
        let mut chosen = Vec::with_capacity(count);
        for row in ways.iter().rev() {
            chosen.push(*self.starts.get(at)?);
            at = row.get(at).copied().flatten()?.next;
        }
        Some(chosen)
    }

    fn best(&self, at: usize, after: &[Option<Way>]) -> Option<Way> {
        let mut best: Option<Way> = None;
        for next in at + 1..self.starts.len() {
            let Some(own) = self.line(at, next) else { break };
            let Some(rest) = after.get(next).copied().flatten() else { continue };
            let inside = self.starts.get(next).is_some_and(|place| !parts_phrases(self.set, *place));
            let cost = own + rest.cost + if inside { INSIDE_PHRASE } else { 0.0 };
            let better = best.is_none_or(|best| match self.longer {
                Longer::First => cost <= best.cost + CLOSE,
                Longer::Last => cost < best.cost - CLOSE,
            });
            if better {
                best = Some(Way { cost, next });
            }
        }
        best
    }

    /// What the line between two places costs; `None` if it is too wide or empty.
    fn line(&self, from: usize, to: usize) -> Option<f64> {
        let start = *self.starts.get(from)?;
        let (shown, width) = self.shown(start, self.starts.get(to).copied().unwrap_or(self.end));
        if shown == start || width > self.width + CLOSE {
            return None;
        }
        let slack = (self.width - width) / self.width.max(CLOSE);
        let ink = self.set.get(start..shown)?.iter().filter(|one| !is_space(one.ch) && !is_mark(one.ch));
        Some(slack * slack + if ink.take(2).count() < 2 { LONE } else { 0.0 })
    }

    /// Where the line between two characters ends to the eye, and how wide it is.
    fn shown(&self, start: usize, next: usize) -> (usize, f64) {
        let mut end = start;
        let mut width = 0.0;
        let mut shown = 0.0;
        for (at, one) in self.set.iter().enumerate().take(next).skip(start) {
            width += f64::from(one.advance);
            if !is_space(one.ch) && one.ch != '\n' {
                (end, shown) = (at + 1, width);
            }
        }
        (end, shown)
    }
}
