//! How a DOCX of ours carries the names of its fields, so that writer and reader agree and editors cannot lose them all.
//!
//! | where | what |
//! |---|---|
//! | `w:sdtPr/w:tag` | the field's name; `+1`, `+2` … follow it in the parts of a value that stand on a 附页 |
//! | `w:sdtPr/w:placeholder/w:docPart` | `fw:KIND:NAME` (with the same `+1`): LibreOffice drops tags and keeps this. `:cell` or `:line` behind it tells what the field has to itself, [`Scope`] |
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
    /// What it has to itself, where the mark carries it.
    pub scope: Scope,
}

/// What a place has to itself: text that a person has typed there beside the control is the field's.
///
/// LibreOffice 7.4 leaves only the first character in a control whose whole text is typed over, and a click at the right of
/// a cell puts the cursor behind the control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Nothing: ink stands beside it, or the mark does not tell.
    #[default]
    Inked,
    /// Its paragraph, which has no ink.
    Line,
    /// Its cell of a table, which has no ink.
    Cell,
}

impl Scope {
    /// What a building block's name ends in.
    fn ending(self) -> &'static str {
        match self {
            Scope::Inked => "",
            Scope::Line => ":line",
            Scope::Cell => ":cell",
        }
    }
}

impl Key {
    /// As `w:tag`.
    pub fn tag(&self) -> String {
        if self.part == 0 { self.name.to_string() } else { format!("{}+{}", self.name, self.part) }
    }

    /// As the name of the placeholder's building block, and of a picture.
    pub fn block(&self) -> String {
        let kind = self.kind.as_ref().map_or("text", FieldKind::word);
        format!("fw:{kind}:{}{}", self.tag(), self.scope.ending())
    }

    /// Whether another is of the same part of the same field.
    pub fn is_place_of(&self, other: &Key) -> bool {
        self.name == other.name && self.part == other.part
    }

    /// The key of a `w:tag`.
    pub fn from_tag(tag: &str) -> Option<Key> {
        let (name, part) = match tag.split_once('+') {
            None => (tag, 0),
            Some((name, part)) => (name, part.parse().ok().filter(|part| (1..=100_000).contains(part))?),
        };
        Some(Key { name: FieldName::parse(name)?, kind: None, part, scope: Scope::Inked })
    }

    /// The key of a placeholder's building block, or of a picture's name.
    pub fn from_block(block: &str) -> Option<Key> {
        let (kind, tag) = block.strip_prefix("fw:")?.split_once(':')?;
        let scoped = [Scope::Cell, Scope::Line].into_iter().find_map(|scope| Some((tag.strip_suffix(scope.ending())?, scope)));
        let (tag, scope) = scoped.unwrap_or((tag, Scope::Inked));
        Some(Key { kind: FieldKind::from_word(kind), scope, ..Key::from_tag(tag)? })
    }
}

/// The digest of a value as issued: the first half of its SHA-256 in hex, line ends made `\n`.
pub fn value_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a form's fixed text: of the words of its main part that stand outside all content controls and outside what
/// these have to themselves ([`Scope`]), white space left out, so that it lives through editors that split and join runs.
/// `None` where the part cannot be read.
pub fn ink_digest(document: &[u8]) -> Option<String> {
    super::frames::ink(document).ok().map(|ink| value_digest(ink.as_bytes()))
}
