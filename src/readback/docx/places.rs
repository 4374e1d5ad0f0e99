//! The places of fields in a part: every content control that carries a name, and every picture that does.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use crate::form::FieldKind;
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
    /// What it shows.
    pub text: String,
    /// The pictures in it.
    pub pictures: Vec<Image>,
    /// Whether it only holds other places, as a control around a row does.
    pub holds: bool,
    /// Whether its last paragraph goes on in the next, or none has begun.
    joined: bool,
}

impl Found {
    /// Whether it is a place for a picture.
    pub(super) fn is_photo(&self) -> bool {
        self.key.kind.as_ref().map_or(self.control.sort == Sort::Picture, |kind| *kind == FieldKind::Photo)
    }
}

/// Adds the places in one part of the package.
pub(super) fn read(bytes: &[u8], story: usize, found: &mut Vec<Found>) -> Result<(), Refusal> {
    let mut words = Words::new(bytes)?;
    let mut walk = Walk { found, story, open: Vec::new(), paragraph: 0, last: None };
    while let Some(piece) = words.next()? {
        walk.take(piece);
        if walk.found.len() > PLACES {
            return Err(Refusal::Fields);
        }
    }
    Ok(())
}

struct Walk<'f> {
    found: &'f mut Vec<Found>,
    story: usize,
    /// For each open control the place that its text belongs to; a text box belongs to none.
    open: Vec<Option<usize>>,
    /// How many paragraphs have begun.
    paragraph: usize,
    /// The place that was left last, and in which paragraph, as long as nothing has stood behind it.
    last: Option<(usize, usize)>,
}

impl Walk<'_> {
    /// The place that text belongs to now.
    fn place(&mut self) -> Option<&mut Found> {
        let at = self.open.last().copied().flatten()?;
        self.found.get_mut(at)
    }

    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Open(control) => self.begin(*control),
            Piece::Close => {
                let left = self.open.pop().flatten();
                if left != self.open.last().copied().flatten() {
                    self.last = left.map(|left| (left, self.paragraph));
                }
            }
            Piece::Text(text) => match self.place() {
                Some(place) => place.text.push_str(&text),
                None if text.chars().all(char::is_whitespace) => {}
                None => self.last = None,
            },
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
            Piece::Cell => self.last = None,
            // What stands in a text box is no part of the text that it is anchored in.
            Piece::Box => self.open.push(None),
            Piece::BoxEnd => {
                self.open.pop();
            }
            Piece::Picture(image) => self.picture(image),
            Piece::Block(_) => {}
        }
    }

    fn begin(&mut self, control: Control) {
        let around = self.open.last().copied().flatten();
        let inside_line = around.and_then(|at| self.found.get(at)).is_some_and(|place| place.control.inline);
        let at = match key(&control) {
            // A stranger's control, or one pasted into a line of a field: its text is the field's around it.
            None => around,
            Some(_) if inside_line => around,
            Some(key) => {
                if let Some(place) = self.place() {
                    place.holds = true;
                }
                Some(self.continued(&key, &control).unwrap_or_else(|| self.add(key, control)))
            }
        };
        self.open.push(at);
    }

    /// The place that goes on here: an editor cuts a control in two where Enter was pressed in it.
    fn continued(&mut self, key: &Key, control: &Control) -> Option<usize> {
        let (at, paragraph) = self.last?;
        let place = self.found.get_mut(at)?;
        let same = place.key.name == key.name && place.key.part == key.part && place.control.inline && control.inline;
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
        self.found.push(Found { key, control, story, text: String::new(), pictures: Vec::new(), holds: false, joined: true });
        at
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
            _ => self.last = None,
        }
    }
}

/// The key of a control: its tag, or its building block where an editor has dropped the tag.
fn key(control: &Control) -> Option<Key> {
    // LibreOffice 7.4 gives a control without a placeholder the building block of the control before it, and a picture's
    // has none.
    let is_own = |key: &Key| control.sort != Sort::Picture || key.kind == Some(FieldKind::Photo);
    let block = Key::from_block(&control.block).filter(is_own);
    match Key::from_tag(&control.tag) {
        Some(tag) => Some(block.filter(|block| block.name == tag.name && block.part == tag.part).unwrap_or(tag)),
        None => block,
    }
}
