//! Finding the size at which a text fits its box.

use std::borrow::Cow;

use super::faces::set;
use super::lines::{Breaker, CLOSE};
use super::places::is_space;
use super::{BrokenLine, FitBox, Fitted, Missing};
use crate::fonts::Fonts;
use crate::form::FontRole;
use crate::units::Pt;

/// The part of a box that a text may fill: Word's spacing differs a little from ours.
pub(super) const USABLE: f64 = 0.9;

/// How much smaller than the full size a name may be to stand on one line.
const SHRUNK: f64 = 0.8;

/// The steps in which a text shrinks, in points.
const STEP: f64 = 0.5;

/// Below this size 仿宋 is too thin to be copied: 宋体 takes its place.
const THIN: f64 = 9.0;

/// A box shrinks at most this often before it takes its smallest size.
const MAX_STEPS: u32 = 1000;

/// Finds the largest size, in half points from the full size down, at which the text fits nine tenths of its box.
///
/// At the smallest size the text may still be too long: then `shown` is less than the number of lines. An empty text has no
/// lines. Errors: as [`set`].
pub fn fit(fonts: &Fonts, text: &str, frame: &FitBox) -> Result<Fitted, Vec<Missing>> {
    let rooms = rooms(frame);
    let mut measured = Measured::new(fonts, text, frame, role_at(frame, frame.size.0))?;
    if frame.prefer_one_line {
        for room in rooms.iter().filter(|room| room.size >= frame.size.0 * SHRUNK - CLOSE) {
            if measured.is_hopeless(&Room { lines: 1, ..*room }) {
                continue;
            }
            measured = measured.at(fonts, text, frame, room)?;
            if measured.on_one_line(room) {
                return Ok(measured.fitted(room, frame));
            }
        }
    }
    for room in &rooms {
        if measured.is_hopeless(room) {
            continue;
        }
        measured = measured.at(fonts, text, frame, room)?;
        if let Some(lines) = measured.fitting(room, frame) {
            return Ok(measured.done(room, lines));
        }
    }
    let smallest = rooms.last().copied().unwrap_or_else(|| Room::new(frame, frame.size.0));
    measured = measured.at(fonts, text, frame, &smallest)?;
    Ok(measured.fitted(&smallest, frame))
}

/// How many full-width characters a box holds at its smallest size.
pub fn capacity(frame: &FitBox) -> usize {
    let room = rooms(frame).last().copied().unwrap_or_else(|| Room::new(frame, frame.size.0));
    let width = if room.lines == 1 { room.width * USABLE } else { room.width };
    // A float to integer cast saturates.
    room.lines.saturating_mul((width + CLOSE).floor().max(0.0) as usize)
}

/// The box at each size it may take, the full one first.
fn rooms(frame: &FitBox) -> Vec<Room> {
    let (full, floor) = (frame.size.0, frame.min_size.0.min(frame.size.0));
    let steps = (0..MAX_STEPS).map(|step| full - STEP * f64::from(step)).take_while(|size| *size > floor + CLOSE);
    steps.chain([floor]).map(|size| Room::new(frame, size)).collect()
}

/// The role that sets a box at a size.
pub(super) fn role_at(frame: &FitBox, size: f64) -> FontRole {
    if frame.font == FontRole::Fang && size < THIN - CLOSE { FontRole::Song } else { frame.font }
}

/// What a box holds at one size.
#[derive(Clone, Copy)]
struct Room {
    /// The size in points.
    size: f64,
    /// The line pitch in points.
    pitch: f64,
    /// The width in em.
    width: f64,
    /// How many lines it holds.
    lines: usize,
}

impl Room {
    fn new(frame: &FitBox, size: f64) -> Room {
        let range = frame.size.0 - frame.min_size.0;
        let share = if range > CLOSE { ((size - frame.min_size.0) / range).clamp(0.0, 1.0) } else { 1.0 };
        let pitch = size * (frame.leading.1 + share * (frame.leading.0 - frame.leading.1));
        let height = frame.height.to_pt().0;
        // A float to integer cast saturates, and makes 0 of what is no number.
        let stacked = (height * USABLE / pitch + CLOSE).floor() as usize;
        // One line needs no leading.
        let lines = if size <= height + CLOSE { stacked.max(1) } else { stacked };
        Room { size, pitch, width: frame.width.to_pt().0 / size, lines }
    }

    /// The width a text on one line may take, in em.
    fn one_line(&self) -> f64 {
        self.width * USABLE
    }
}

/// A text set by one role, and what of its measure decides without breaking it.
struct Measured {
    role: FontRole,
    text: Breaker<'static>,
    /// Its width without spaces, in em: no arrangement in lines is shorter.
    ink: f64,
    /// Its paragraphs.
    paragraphs: usize,
    /// Its width on one line; `None` if it has several paragraphs.
    one_line: Option<f64>,
}

impl Measured {
    fn new(fonts: &Fonts, text: &str, frame: &FitBox, role: FontRole) -> Result<Measured, Vec<Missing>> {
        let set = set(fonts, role, text, frame.fallback)?;
        let ink = set.iter().filter(|one| !is_space(one.ch)).map(|one| f64::from(one.advance)).sum();
        let ends = set.iter().filter(|one| one.ch == '\n').count();
        let open = set.last().is_some_and(|one| one.ch != '\n');
        let text = Breaker::new(Cow::Owned(set));
        Ok(Measured { role, ink, paragraphs: ends + usize::from(open), one_line: text.one_line(), text })
    }

    /// The text in the role of a size, set again if that is another role.
    fn at(self, fonts: &Fonts, text: &str, frame: &FitBox, room: &Room) -> Result<Measured, Vec<Missing>> {
        let role = role_at(frame, room.size);
        if role == self.role {
            return Ok(self);
        }
        // The text may be millions of characters long: never hold it twice.
        drop(self);
        Measured::new(fonts, text, frame, role)
    }

    fn on_one_line(&self, room: &Room) -> bool {
        room.lines > 0 && self.one_line.is_some_and(|own| own <= room.one_line() + CLOSE)
    }

    /// Whether it is plain without breaking that the box is too small; never so for a text that fits.
    fn is_hopeless(&self, room: &Room) -> bool {
        // Widths of letters differ by face, but not twofold: a text in another role is not judged by this one's widths.
        self.paragraphs > room.lines || self.ink * 0.5 > room.width * room.lines as f64
    }

    fn fitting(&self, room: &Room, frame: &FitBox) -> Option<Vec<BrokenLine>> {
        if self.paragraphs > room.lines || self.ink > room.lines as f64 * (room.width + CLOSE) + CLOSE {
            return None;
        }
        let lines = self.lines(room, frame);
        let wide = lines.iter().any(|line| f64::from(line.width) > room.width + CLOSE * 2.0);
        (lines.len() <= room.lines && !wide).then_some(lines)
    }

    /// The lines at a size: one if it is at most nine tenths of the width, else as many as the full width needs.
    fn lines(&self, room: &Room, frame: &FitBox) -> Vec<BrokenLine> {
        // Too wide for one line and too narrow for two: the full width would give one line again.
        let between = self.one_line.is_some_and(|own| own > room.one_line() + CLOSE && own <= room.width + CLOSE);
        self.text.lines(if between { room.one_line() } else { room.width }, &frame.breaks)
    }

    fn fitted(self, room: &Room, frame: &FitBox) -> Fitted {
        let lines = self.lines(room, frame);
        self.done(room, lines)
    }

    fn done(self, room: &Room, lines: Vec<BrokenLine>) -> Fitted {
        let shown = room.lines.min(lines.len());
        Fitted { font: self.role, set: self.text.into_set(), size: Pt(room.size), pitch: Pt(room.pitch), lines, shown }
    }
}
