//! Setting text: which face each character takes, where lines break (kinsoku), and the size that fits.

mod even;
mod faces;
mod fit;
mod grow;
mod lines;
mod places;
mod unify;

use std::ops::Range;

pub use even::{Longer, even_lines};
pub use faces::{set, source_at};
pub use fit::{capacity, fit};
pub use grow::grow;
pub use lines::break_lines;

use crate::fonts::FaceId;
use crate::form::FontRole;
use crate::units::{Mm, Pt};

/// A character with its glyph, at no particular size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Set {
    /// The character; `\n` breaks a line and has no width.
    pub ch: char,
    /// The face that has it.
    pub face: FaceId,
    /// Index in the face.
    pub id: u16,
    /// Advance in em.
    pub advance: f32,
}

/// How faces are chosen when the role's own face lacks a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// The whole text moves to the first face that covers it; if none does, 宋体 with the rare glyphs from the rare faces.
    Whole,
    /// Character by character.
    Each,
}

/// One line of broken text.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenLine {
    /// The characters shown: indices into the set text, without the spaces and the newline it was broken at.
    pub range: Range<usize>,
    /// Where the next line begins.
    pub next: usize,
    /// Width in em.
    pub width: f32,
    /// Whether the line ends a paragraph (a newline or the end of the text).
    pub ends_paragraph: bool,
}

/// A box that a text must fit.
#[derive(Clone, Debug)]
pub struct FitBox {
    /// Inner width.
    pub width: Mm,
    /// Inner height.
    pub height: Mm,
    /// The face's role at full size; below 9 pt 仿宋 gives way to 宋体.
    pub font: FontRole,
    /// Full size.
    pub size: Pt,
    /// Smallest size.
    pub min_size: Pt,
    /// Line pitch at the full and at the smallest size, as multiples of the size.
    pub leading: (f64, f64),
    /// How faces are chosen.
    pub fallback: Fallback,
    /// The pieces, in characters, each of which has a line of its own if the whole does not fit on one.
    pub breaks: Vec<usize>,
    /// Whether one line is to be had by shrinking a little rather than by breaking (names).
    pub prefer_one_line: bool,
}

/// A text set in a box.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The part that the face plays: a small 仿宋 gives way to 宋体.
    pub font: FontRole,
    /// The characters.
    pub set: Vec<Set>,
    /// The size.
    pub size: Pt,
    /// The line pitch.
    pub pitch: Pt,
    /// The lines, all of them, also those that do not fit.
    pub lines: Vec<BrokenLine>,
    /// How many lines stand in the box; fewer than `lines` where the text is too long.
    pub shown: usize,
}

/// A character that no face has, or that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The character.
    pub ch: char,
    /// Its place in the text, counted in characters from 0.
    pub at: usize,
}
