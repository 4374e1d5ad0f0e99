//! Who the text beside content controls belongs to: a field that has its cell or its paragraph to itself, or the form's ink.

use super::marks::{Key, Scope};
use super::words::{Control, Piece, Words};
use super::xml::Malformed;

/// The open cells, paragraphs and text boxes of a part, with all they have said so far.
///
/// Whoever reads a part hands on every piece, tells who says each text, and which control claims what is around it.
#[derive(Default)]
pub struct Frames {
    open: Vec<Frame>,
    /// All text that nobody has taken out, in the document's order.
    said: Vec<Said>,
    /// What stands in text boxes outside all controls: no field's, wherever it is anchored.
    boxed: Vec<Said>,
}

/// A cell, a paragraph or a text box.
struct Frame {
    sort: Sort,
    /// Where its text begins in [`Frames::said`].
    begin: usize,
    claim: Claim,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Cell,
    Paragraph,
    Box,
}

/// Which place has a frame to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    None,
    One(usize),
    /// A control was pasted beside another: what stands beside both is neither's.
    Several,
}

/// A text, and the place that it stands in; `None` outside all.
pub struct Said {
    /// The place.
    pub place: Option<usize>,
    /// The text.
    pub text: String,
}

impl Frames {
    /// Notes a text.
    pub fn say(&mut self, place: Option<usize>, text: &str) {
        let begun = self.open.last().is_none_or(|frame| frame.begin < self.said.len());
        match self.said.last_mut() {
            Some(last) if begun && last.place == place => last.text.push_str(text),
            _ => self.said.push(Said { place, text: text.to_owned() }),
        }
    }

    /// Notes where cells, paragraphs and text boxes begin and end; where the one that ends is a field's own, its number and
    /// all that stands there.
    pub fn turn(&mut self, piece: &Piece) -> Option<(usize, Vec<Said>)> {
        match piece {
            Piece::Cell => self.begin(Sort::Cell),
            Piece::Paragraph => self.begin(Sort::Paragraph),
            Piece::Box => self.begin(Sort::Box),
            Piece::CellEnd | Piece::BoxEnd => return self.end(),
            Piece::ParagraphEnd { joined } => {
                let own = self.end();
                if !joined {
                    self.say(None, "\n");
                }
                return own;
            }
            _ => {}
        }
        None
    }

    /// Claims what is around a control that begins in a line, for its place. One around paragraphs or cells claims nothing:
    /// we write none, and an editor that makes one may say its text twice.
    pub fn claim(&mut self, scope: Scope, place: usize) {
        if let Some(frame) = self.around(scope) {
            frame.claim = match frame.claim {
                Claim::None => Claim::One(place),
                Claim::One(other) if other == place => Claim::One(place),
                _ => Claim::Several,
            };
        }
    }

    /// The place that has claimed what a control of that scope would.
    pub fn owner(&mut self, scope: Scope) -> Option<usize> {
        match self.around(scope)?.claim {
            Claim::One(place) => Some(place),
            _ => None,
        }
    }

    fn around(&mut self, scope: Scope) -> Option<&mut Frame> {
        let mut inwards = self.open.iter_mut().rev();
        match scope {
            Scope::Inked => None,
            Scope::Line => inwards.next().filter(|frame| frame.sort == Sort::Paragraph),
            Scope::Cell => inwards.find(|frame| frame.sort != Sort::Paragraph).filter(|frame| frame.sort == Sort::Cell),
        }
    }

    fn begin(&mut self, sort: Sort) {
        self.open.push(Frame { sort, begin: self.said.len(), claim: Claim::None });
    }

    fn end(&mut self) -> Option<(usize, Vec<Said>)> {
        let frame = self.open.pop()?;
        match frame.claim {
            Claim::One(place) => Some((place, self.said.split_off(frame.begin))),
            _ if frame.sort == Sort::Box => {
                let inside = self.said.split_off(frame.begin);
                self.boxed.extend(inside.into_iter().filter(|said| said.place.is_none()));
                None
            }
            _ => None,
        }
    }
}

/// The fixed text of a part: the words outside all content controls and outside what these have to themselves, without
/// white space, deletions and hidden text.
pub fn ink(bytes: &[u8]) -> Result<String, Malformed> {
    let mut words = Words::new(bytes)?;
    let mut frames = Frames::default();
    let mut keys: Vec<Key> = Vec::new();
    let mut open: Vec<bool> = Vec::new();
    while let Some(piece) = words.next()? {
        frames.turn(&piece);
        match piece {
            Piece::Open(control) => {
                let in_line = open.last().is_some_and(|in_line| *in_line);
                open.push(in_line || (control.inline && control.key().is_some()));
                if !in_line {
                    claim(&mut frames, &mut keys, &control);
                }
            }
            Piece::Close => {
                open.pop();
            }
            Piece::Text(text) if open.is_empty() => frames.say(None, &text),
            _ => {}
        }
    }
    let ink = frames.said.iter().chain(&frames.boxed).flat_map(|said| said.text.chars());
    Ok(ink.filter(|ch| !ch.is_whitespace()).collect())
}

/// Claims for a control, whose place is the number of its key here.
fn claim(frames: &mut Frames, keys: &mut Vec<Key>, control: &Control) {
    let Some(key) = control.key().filter(|key| control.inline && key.scope != Scope::Inked) else { return };
    let known = frames.owner(key.scope).filter(|at| keys.get(*at).is_some_and(|known| known.is_place_of(&key)));
    let place = known.unwrap_or_else(|| {
        keys.push(key.clone());
        keys.len() - 1
    });
    frames.claim(key.scope, place);
}
