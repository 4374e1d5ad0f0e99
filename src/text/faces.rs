//! Choosing the face of each character.

use std::iter::{Enumerate, Peekable};
use std::str::Chars;

use super::unify::{composed, unified};
use super::{Fallback, Missing, Set};
use crate::fonts::{FaceId, Fonts};
use crate::form::FontRole;

/// Chooses a face and a glyph for every character.
///
/// Kangxi radicals and CJK radicals (U+2E80–2FDF) are drawn as the unified characters they stand for; invisible characters
/// (zero-width spaces, variation selectors) are left out; CR and CR LF are `\n`, tabs and the typographic spaces are spaces.
/// Errors: every character that no face has, and every private-use and control character, noncharacter and U+FFFD.
pub fn set(fonts: &Fonts, role: FontRole, text: &str, fallback: Fallback) -> Result<Vec<Set>, Vec<Missing>> {
    let chain = fonts.chain(role);
    if fallback == Fallback::Each {
        return each(fonts, chain, &[], text);
    }
    let drawable = Drawer::new(text).all(|drawn| !drawn.refused);
    if let Some(set) = chain.iter().filter(|_| drawable).find_map(|face| whole(fonts, *face, text)) {
        return Ok(set);
    }
    // No face has it all: 宋体 sets what it can, so that only the rare characters stand in another face.
    each(fonts, fonts.chain(FontRole::Song), chain, text)
}

/// The byte of the source at which the item of that number in the set text begins; the source's length past the last.
///
/// Set text has fewer items than its source has characters: what is invisible is left out, and a mark that joins its
/// letter is one item with it.
pub fn source_at(text: &str, item: usize) -> usize {
    let at = Drawer::new(text).nth(item).map(|drawn| drawn.at);
    at.and_then(|at| text.char_indices().nth(at)).map_or(text.len(), |(byte, _)| byte)
}

/// The text in one face, if the face covers it.
fn whole(fonts: &Fonts, face: FaceId, text: &str) -> Option<Vec<Set>> {
    let mut set = Vec::new();
    for Drawn { ch, .. } in Drawer::new(text) {
        set.push(in_face(fonts, face, ch)?);
    }
    Some(set)
}

/// Each character in the first face of the chains that has it.
fn each(fonts: &Fonts, chain: &[FaceId], then: &[FaceId], text: &str) -> Result<Vec<Set>, Vec<Missing>> {
    let mut set = Vec::new();
    let mut missing = Vec::new();
    for Drawn { at, source, ch, refused } in Drawer::new(text) {
        let mut faces = chain.iter().chain(then);
        match faces.find_map(|face| in_face(fonts, *face, ch)).filter(|_| !refused) {
            Some(one) if missing.is_empty() => set.push(one),
            Some(_) => {}
            None => missing.push(Missing { ch: source, at }),
        }
    }
    if missing.is_empty() { Ok(set) } else { Err(missing) }
}

fn in_face(fonts: &Fonts, face: FaceId, ch: char) -> Option<Set> {
    if ch == '\n' {
        return Some(Set { ch, face, id: 0, advance: 0.0 });
    }
    let glyph = match fonts.glyph(face, ch) {
        // A face without a no-break space draws its space.
        None if ch == '\u{a0}' => fonts.glyph(face, ' '),
        glyph => glyph,
    }?;
    Some(Set { ch, face, id: glyph.id, advance: glyph.advance })
}

/// A character as it is drawn.
struct Drawn {
    /// Its place in the text, in characters.
    at: usize,
    /// What the text has there.
    source: char,
    /// What is drawn.
    ch: char,
    /// Whether it must not be drawn, whatever the faces have.
    refused: bool,
}

/// The characters of a text as they are drawn.
struct Drawer<'a> {
    chars: Peekable<Enumerate<Chars<'a>>>,
}

impl<'a> Drawer<'a> {
    fn new(text: &'a str) -> Drawer<'a> {
        Drawer { chars: text.chars().enumerate().peekable() }
    }
}

impl Iterator for Drawer<'_> {
    type Item = Drawn;

    fn next(&mut self) -> Option<Drawn> {
        let (at, source) = self.chars.by_ref().find(|(_, ch)| !is_invisible(*ch))?;
        let mut ch = plain(source);
        if source == '\r' {
            self.chars.next_if(|(_, next)| *next == '\n');
        }
        while let Some(joined) = self.chars.peek().and_then(|(_, mark)| mark_joined(ch, *mark)) {
            ch = joined;
            self.chars.next();
        }
        let drawn = unified(ch);
        let refused = drawn.is_none() || is_refused(ch);
        Some(Drawn { at, source, ch: drawn.unwrap_or(ch), refused })
    }
}

fn mark_joined(letter: char, mark: char) -> Option<char> {
    matches!(mark, '\u{300}'..='\u{36f}').then(|| composed(letter, mark)).flatten()
}

/// Line ends as `\n`, and spaces of all widths as the ones that faces have.
fn plain(ch: char) -> char {
    match ch {
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' | '\u{1680}' | '\u{2000}' | '\u{2002}' | '\u{2004}'..='\u{200a}' | '\u{205f}' => ' ',
        '\u{2001}' | '\u{2003}' => '\u{3000}',
        '\u{202f}' => '\u{a0}',
        _ => ch,
    }
}

/// Characters without ink or width (Unicode 15.0, Default_Ignorable_Code_Point).
fn is_invisible(ch: char) -> bool {
    matches!(ch,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that mean nothing to another reader (private use), or that stand for lost ones.
fn is_refused(ch: char) -> bool {
    let noncharacter = u32::from(ch) & 0xfffe == 0xfffe || matches!(ch, '\u{fdd0}'..='\u{fdef}');
    let private = matches!(ch, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    noncharacter || private || ch == '\u{fffd}' || (ch.is_control() && ch != '\n')
}
