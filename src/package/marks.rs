//! How a DOCX of ours carries the names of its fields, so that writer and reader agree and editors cannot lose them all.
//!
//! | where | what |
//! |---|---|
//! | `w:sdtPr/w:tag` | the field's name; `+1`, `+2` … follow it in the parts of a value that stand on a 附页 |
//! | `w:sdtPr/w:placeholder/w:docPart` | `fw:KIND:NAME` (with the same `+1`): LibreOffice drops tags and keeps this |
//! | `wp:docPr/@name` of a picture | `fw:photo:NAME` |
//! | `docProps/custom.xml` | the template, its version and digest, the digest of the form's fixed text, and of each value as issued |

use sha2::{Digest, Sha256};

use crate::form::FieldKind;
use crate::name::FieldName;

/// The custom property with the template's name.
pub const TEMPLATE: &str = "FWTemplate";
/// The custom property with the template's version.
pub const VERSION: &str = "FWVersion";
/// The custom property with the template's digest.
pub const DIGEST: &str = "FWDigest";
/// The custom property with the digest of the form's fixed text, [`ink_digest`].
pub const INK: &str = "FWInk";
/// What the custom property of a field's value as issued begins with; the field's name follows.
pub const VALUE: &str = "FW:";
/// The text of the `tEXt` chunk (keyword `Comment`) by which the picture of an empty photo's place is told.
pub const NO_PICTURE: &str = "formwright: no photo";

/// The key of a content control.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The field.
    pub name: FieldName,
    /// Its kind, where the mark carries one.
    pub kind: Option<FieldKind>,
    /// Which part of the value, from 0: the form's own place; 1 and on are places on 附页.
    pub part: usize,
}

impl Key {
    /// As `w:tag`.
    pub fn tag(&self) -> String {
        if self.part == 0 { self.name.to_string() } else { format!("{}+{}", self.name, self.part) }
    }

    /// As the name of the placeholder's building block, and of a picture.
    pub fn block(&self) -> String {
        let kind = self.kind.as_ref().map_or("text", FieldKind::word);
        format!("fw:{kind}:{}", self.tag())
    }

    /// The key of a `w:tag`.
    pub fn from_tag(tag: &str) -> Option<Key> {
        let (name, part) = match tag.split_once('+') {
            None => (tag, 0),
            Some((name, part)) => (name, part.parse().ok().filter(|part| (1..=100_000).contains(part))?),
        };
        Some(Key { name: FieldName::parse(name)?, kind: None, part })
    }

    /// The key of a placeholder's building block, or of a picture's name.
    pub fn from_block(block: &str) -> Option<Key> {
        let (kind, tag) = block.strip_prefix("fw:")?.split_once(':')?;
        Some(Key { kind: FieldKind::from_word(kind), ..Key::from_tag(tag)? })
    }
}

/// The digest of a value as issued: the first half of its SHA-256 in hex, line ends made `\n`.
pub fn value_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a form's fixed text: of the words of its main part that stand outside all content controls, white space
/// left out, so that it lives through editors that split and join runs. `None` where the part cannot be read.
pub fn ink_digest(document: &[u8]) -> Option<String> {
    super::words::ink(document).ok().map(|ink| value_digest(ink.as_bytes()))
}
