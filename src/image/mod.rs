//! Pictures: told by their bytes, decoded within limits, turned upright, made ready to be embedded.

use crate::diag::Message;

/// A picture ready to be embedded: upright, without metadata, opaque.
#[derive(Clone, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its colours.
    pub colour: Colour,
    /// Its bytes.
    pub data: PictureData,
}

/// The colours of a picture's samples, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One grey sample a pixel.
    Grey,
    /// Red, green, blue.
    Rgb,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A photo is personal data: its bytes never reach a log.
        write!(f, "Picture({} × {}, {:?})", self.width, self.height, self.colour)
    }
}

/// The bytes of a picture.
#[derive(Clone, PartialEq)]
pub enum PictureData {
    /// A whole JPEG stream without metadata.
    Jpeg(Vec<u8>),
    /// Samples, row by row from the top, without padding.
    Raw(Vec<u8>),
}

/// What to make of a picture.
#[derive(Clone, Debug)]
pub struct ImageOptions {
    /// Grey only.
    pub grey: bool,
    /// The most bytes a file may have.
    pub max_bytes: usize,
    /// The most pixels a picture may claim.
    pub max_pixels: u64,
    /// A picture with more pixels on its longer side is resampled to this.
    pub max_side: u32,
}

/// Why a picture cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// A stable word: `photo-truncated`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Message,
    /// What to do next.
    pub help: Message,
}

/// Reads a picture.
pub fn load(_bytes: &[u8], _options: &ImageOptions) -> Result<Picture, Unusable> {
    todo!("helper C")
}
