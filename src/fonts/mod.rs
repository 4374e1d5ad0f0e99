//! Faces by the part they play: which face sets a character, how wide it is, and the bytes a writer embeds.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::form::FontRole;

/// A face of a [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(pub u16);

/// All faces, found once; each is read when it is first needed.
pub struct Fonts {}

/// A face that has been read: what a writer needs to embed it.
pub struct Face {
    /// The whole font file.
    pub data: Arc<[u8]>,
    /// Index in a collection, else 0.
    pub index: u32,
    /// PostScript name.
    pub postscript_name: String,
    /// Whether the outlines are CFF (else TrueType).
    pub cff: bool,
    /// Ascender, descender, cap height in em.
    pub ascent: f32,
    /// Descender in em, negative.
    pub descent: f32,
    /// Height of capitals in em.
    pub cap_height: f32,
    /// Bounding box of all glyphs in em: left, bottom, right, top.
    pub bbox: [f32; 4],
    /// Italic angle in degrees.
    pub italic_angle: f32,
}

/// A glyph of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlyphMetrics {
    /// Index in the face.
    pub id: u16,
    /// Advance in em.
    pub advance: f32,
}

/// Where faces are looked for.
#[derive(Clone, Debug, Default)]
pub struct FontOptions {
    /// Folders, the first looked at first; the bundled folder comes last.
    pub folders: Vec<PathBuf>,
    /// Whether the system's faces are used too, after all folders.
    pub system: bool,
}

impl Fonts {
    /// Finds the faces; reads no outlines yet.
    pub fn open(_options: &FontOptions) -> Result<Fonts, Error> {
        todo!("helper B")
    }

    /// Faces from memory, for where there is no file system.
    pub fn from_memory(_files: Vec<Vec<u8>>) -> Result<Fonts, Error> {
        todo!("helper B")
    }

    /// The faces tried for a role, in order: the role's own, 宋体, the rare ones.
    pub fn chain(&self, _role: FontRole) -> &[FaceId] {
        todo!("helper B")
    }

    /// The glyph of a character in a face; `None` where the face has none.
    pub fn glyph(&self, _face: FaceId, _ch: char) -> Option<GlyphMetrics> {
        todo!("helper B")
    }

    /// The face itself, read if it was not yet.
    pub fn face(&self, _face: FaceId) -> Result<Arc<Face>, Error> {
        todo!("helper B")
    }
}
