//! Which glyphs of which faces are used: all that a drawing and a subset have to agree on, as a glyph's code is its
//! own number in its face.

use std::collections::BTreeMap;

use pdf_writer::Ref;

use super::face;
use super::file::File;
use crate::error::Error;
use crate::fonts::{FaceId, Fonts};

/// A set of glyphs: a bit for each.
#[derive(Clone, Default)]
pub(super) struct Glyphs(Vec<u64>);

impl Glyphs {
    pub(super) fn insert(&mut self, glyph: u16) {
        let (word, bit) = (usize::from(glyph / 64), glyph % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// From the smallest to the largest.
    pub(super) fn iter(&self) -> impl Iterator<Item = u16> {
        let words = self.0.iter().enumerate().filter_map(|(at, word)| Some((u16::try_from(at * 64).ok()?, *word)));
        words.flat_map(|(first, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit))
    }
}

/// The faces of a file and what the whole file uses of them, in the order of their numbers: whatever was put into the
/// file first, the subsets are the same.
#[derive(Default)]
pub(super) struct Faces(BTreeMap<FaceId, (Ref, Glyphs)>);

impl Faces {
    /// The font of a face, of which these glyphs are going to be shown.
    pub(super) fn font<W: std::io::Write>(&mut self, face: FaceId, glyphs: &[u16], file: &mut File<W>) -> Ref {
        let (font, used) = self.0.entry(face).or_insert_with(|| (file.id(), Glyphs::default()));
        glyphs.iter().for_each(|glyph| used.insert(*glyph));
        *font
    }

    /// Writes the subset of each face and the objects around it.
    pub(super) fn write<W: std::io::Write>(&self, fonts: &Fonts, file: &mut File<W>) -> Result<(), Error> {
        self.0.iter().try_for_each(|(id, (font, glyphs))| {
            let glyphs: Vec<u16> = glyphs.iter().collect();
            face::write((*id, *font), &glyphs, fonts, file)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyphs_come_back_sorted_and_once() {
        let mut glyphs = Glyphs::default();
        for glyph in [65_534, 3, 64, 63, 3, 0, 40_000] {
            glyphs.insert(glyph);
        }
        assert_eq!(glyphs.iter().collect::<Vec<_>>(), [0, 3, 63, 64, 40_000, 65_534]);
    }
}
