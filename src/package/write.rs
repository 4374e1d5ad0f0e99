//! Parts put into a package.

use crate::error::Error;

/// A part of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name without the first slash: `word/document.xml`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Packs parts in their order: deflated where that makes them smaller, every date 1980-01-01, the same bytes each time.
pub fn pack(parts: &[Part]) -> Result<Vec<u8>, Error> {
    let _ = parts;
    Err(Error::Write("packing is not written yet".to_owned()))
}
