//! The places of fields in a part: every content control that carries a name, and every picture that does.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use crate::form::FieldKind;
use crate::package::frames::{Frames, Said};
use crate::package::marks::Key;
use crate::package::words::{Control, Image, Piece, Sort, Words};

/// The most places in a document; the largest form has two thousand.
const PLACES: usize = 20_000;
/// The most pictures in one place that are looked at.
const PICTURES: usize = 8;

/// What the building blocks of a glossary show, by name.
pub(super) type Placeholders = BTreeMap<String, String>;

/// A place of a field.
#[derive(Clone)]
pub(super) struct Found {
    /// Which field, and which part of it.
    pub key: Key,
    /// Its control's properties.
    pub control: Control,
    /// The part of the package it stands in, by number.
    pub story: usize,
    /// What its control shows.
    pub text: String,
    /// What was typed beside the control, where only the field stands.
    pub beside: Option<Beside>,
    /// The pictures in it.
    pub pictures: Vec<Image>,
    /// Whether a text box with words in it is anchored in it.
    pub boxed: bool,
    /// Whether it only holds other places, as a control around a row does.
    pub holds: bool,
    /// Whether its last paragraph goes on in the next, or none has begun.
    joined: bool,
}

/// Text beside a control that is its field's all the same.
#[derive(Clone, Default)]
pub(super) struct Beside {
    /// All that the place shows, the control's text included.
    pub whole: String,
    /// The text beside the control alone.
    pub alone: String,
}

impl Found {
    /// Whether it is a place for a picture.
    pub(super) fn is_photo(&self) -> bool {
        self.key.kind.as_ref().map_or(self.control.sort == Sort::Picture, |kind| *kind == FieldKind::Photo)
    }
}

/// Adds the places in one part of the package; tells whether it has a picture that is in none of them.
pub(super) fn read(bytes: &[u8], story: usize, found: &mut Vec<Found>) -> Result<bool, Refusal> {
    let mut words = Words::new(bytes)?;
    let mut walk = Walk { found, story, frames: Frames::default(), open: Vec::new(), paragraph: 0, last: None, stray: false };
    while let Some(piece) = words.next()? {
        walk.take(piece);
        if walk.found.len() > PLACES {
            return Err(Refusal::Fields);
        }
    }
    Ok(walk.stray)
}

struct Walk<'f> {
    found: &'f mut Vec<Found>,
    story: usize,
    frames: Frames,
    /// For each open control the place that its text belongs to; a text box belongs to none.
    open: Vec<Option<usize>>,
    /// How many paragraphs have begun.
    paragraph: usize,
    /// The place that was left last, and in which paragraph, as long as nothing has stood behind it.
    last: Option<(usize, usize)>,
    /// Whether a picture stands outside all places.
    stray: bool,
}

impl Walk<'_> {
    /// The place that text belongs to now.
    fn place(&mut self) -> Option<&mut Found> {
        let at = self.open.last().copied().flatten()?;
        self.found.get_mut(at)
    }

    fn take(&mut self, piece: Piece) {
        if let Some((place, said)) = self.frames.turn(&piece) {
            self.beside(place, &said);
        }
        match piece {
            Piece::Open(control) => self.begin(*control),
            Piece::Close => {
                let left = self.open.pop().flatten();
                if left != self.open.last().copied().flatten() {
                    self.last = left.map(|left| (left, self.paragraph));
                }
            }
            Piece::Text(text) => {
                self.frames.say(self.open.last().copied().flatten(), &text);
                match self.place() {
                    Some(place) => place.text.push_str(&text),
                    None if text.chars().all(char::is_whitespace) => {}
                    None => {
                        self.last = None;
                        self.boxed();
                    }
                }
            }
            Piece::Paragraph => {
                self.paragraph += 1;
                if let Some(place) = self.place() {
                    if !place.joined {
                        place.text.push('\n');
                    }
                    place.joined = false;
                }
            }
            Piece::ParagraphEnd { joined } => {
                if let Some(place) = self.place() {
                    place.joined = joined;
                }
            }
            Piece::Cell | Piece::CellEnd => self.last = None,
            // What stands in a text box is no part of the text that it is anchored in.
            Piece::Box => self.open.push(None),
            Piece::BoxEnd => {
                self.open.pop();
            }
            Piece::Picture(image) => self.picture(image),
            Piece::Block(_) => {}
        }
    }

    /// Notes words in a text box, at the place that the box is anchored in.
    fn boxed(&mut self) {
        let anchor = self.open.iter().rev().find_map(|at| *at);
        if let Some(place) = anchor.and_then(|at| self.found.get_mut(at)) {
            place.boxed = true;
        }
    }

    fn begin(&mut self, control: Control) {
        let around = self.open.last().copied().flatten();
        let inside_line = around.and_then(|at| self.found.get(at)).is_some_and(|place| place.control.inline);
        let at = match control.key() {
            // A stranger's control, or one pasted into a line of a field: its text is the field's around it.
            None => around,
            Some(_) if inside_line => around,
            Some(key) => {
                if let Some(place) = self.place() {
                    place.holds = true;
                }
                let (scope, inline) = (key.scope, control.inline);
                let at = self.continued(&key, &control).unwrap_or_else(|| self.add(key, control));
                if inline {
                    self.frames.claim(scope, at);
                }
                Some(at)
            }
        };
        self.open.push(at);
    }

    /// The place that goes on here: an editor cuts a control in two where Enter was pressed in it.
    fn continued(&mut self, key: &Key, control: &Control) -> Option<usize> {
        // Text between the two does not part them where it is the field's own.
        let (at, paragraph) = self.last.or_else(|| Some((self.frames.owner(key.scope)?, self.paragraph)))?;
        let place = self.found.get_mut(at)?;
        let same = place.key.is_place_of(key) && place.control.inline && control.inline;
        if !same || place.is_photo() {
            return None;
        }
        place.text.extend(std::iter::repeat_n('\n', self.paragraph.saturating_sub(paragraph)));
        place.control.showing &= control.showing;
        Some(at)
    }

    fn add(&mut self, key: Key, control: Control) -> usize {
        self.last = None;
        let at = self.found.len();
        let story = self.story;
        self.found.push(Found {
            key,
            control,
            story,
            text: String::new(),
            beside: None,
            pictures: Vec::new(),
            boxed: false,
            holds: false,
            joined: true,
        });
        at
    }

    /// Notes what was typed beside a control, where it is more than white space.
    fn beside(&mut self, at: usize, said: &[Said]) {
        let Some(place) = self.found.get_mut(at) else { return };
        let is_beside = |said: &Said| said.place.is_none();
        let is_blank = |said: &Said| is_beside(said) && said.text.trim().is_empty();
        if said.iter().filter(|said| is_beside(said)).all(is_blank) {
            return;
        }
        let first = said.iter().position(|said| !is_blank(said)).unwrap_or_default();
        let last = said.iter().rposition(|said| !is_blank(said)).unwrap_or_default();
        let mut beside = place.beside.take().unwrap_or_default();
        for (number, said) in said.iter().enumerate().take(last + 1).skip(first) {
            // What the control says is left as it is; beside it, white space at the ends is nobody's.
            let mut text = said.text.as_str();
            if is_beside(said) {
                text = if number == first { text.trim_start() } else { text };
                text = if number == last { text.trim_end() } else { text };
                beside.alone.push_str(text);
            } else if said.place != Some(at) {
                continue;
            }
            beside.whole.push_str(text);
        }
        place.beside = Some(beside);
    }

    fn picture(&mut self, image: Image) {
        let named = Key::from_block(&image.name);
        match (self.place(), named) {
            (Some(place), named) if named.as_ref().is_none_or(|named| named.name == place.key.name) => {
                if place.pictures.len() < PICTURES {
                    place.pictures.push(image);
                }
            }
            // LibreOffice drops the control around a picture, or its key; the picture's own name stays.
            (_, Some(named)) => {
                let at = self.add(named, Control::default());
                self.found.get_mut(at).into_iter().for_each(|place| place.pictures.push(image.clone()));
            }
            _ => {
                self.last = None;
                self.stray |= image.relation.is_some();
            }
        }
    }
}
