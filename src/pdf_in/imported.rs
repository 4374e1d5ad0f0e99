//! Pages taken out of a stranger's PDF: plain data, nothing in it can act.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::units::Mm;

/// A value of an object, without a way back to its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Real(f32),
    /// A name, without its slash and with its escapes undone.
    Name(Vec<u8>),
    /// A string's bytes, deciphered.
    Text(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A dictionary, its keys in their order.
    Dict(Vec<(Vec<u8>, Value)>),
    /// One of [`ImportedPage::objects`], by its index.
    Ref(u32),
}

/// An indirect object that a page needs: a font, a picture, a colour space.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedObject {
    /// The object; of a stream its dictionary, without `/Length`.
    pub value: Value,
    /// A stream's bytes as they are stored, under the filters that the dictionary names.
    pub stream: Option<Vec<u8>>,
}

/// A page that can be drawn in another file.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedPage {
    /// Width as it is shown, `/Rotate` obeyed.
    pub width: Mm,
    /// Height as it is shown.
    pub height: Mm,
    /// What is seen of the page's own coordinates, in points: left, bottom, right, top (the crop box, ISO 32000-1, 14.11.2).
    pub bbox: [f32; 4],
    /// Degrees clockwise by which the page is turned when it is shown: 0, 90, 180 or 270.
    pub rotate: u16,
    /// The operators, decoded and joined.
    pub content: Vec<u8>,
    /// The resource dictionary.
    pub resources: Value,
    /// What the resources refer to, and what that refers to; shared by the pages of one file.
    pub objects: Arc<Vec<ImportedObject>>,
    /// Whether anything on it is in colour, as far as can be told.
    pub coloured: bool,
}

impl std::fmt::Debug for ImportedObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A certificate's bytes never reach a log.
        write!(f, "ImportedObject({} bytes)", self.stream.as_ref().map_or(0, Vec::len))
    }
}

impl std::fmt::Debug for ImportedPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImportedPage({:?} × {:?}, {} objects)", self.width, self.height, self.objects.len())
    }
}
