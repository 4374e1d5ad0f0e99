//! A filled file becomes a record again: names and values, no template needed. So does what the entry page posts.

mod compare;
mod damage;
mod docx;
mod pdf;
mod posted;
mod project;
mod restore;
mod sniff;
mod suit;

use crate::diag::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::form::FieldKind;
use crate::name::FieldName;
use crate::record::Record;

pub use compare::{Change, Difference, differences};
pub use posted::{Posted, posted};
pub use project::project;
pub use restore::{Restored, restored};
pub use suit::suited;

/// The most bytes a filled file may have: room for the largest photo beside a long form.
pub const MAX_BYTES: usize = 32 << 20;

/// What a filled file says.
#[derive(Clone, Debug)]
pub struct ReadBack {
    /// What kind of file it was.
    pub format: Format,
    /// What it was issued as; `None` where the file does not tell any more.
    pub issue: Option<Issue>,
    /// Its fields, each once, in the file's order.
    pub fields: Vec<Returned>,
    /// What a person should look at.
    pub warnings: Diagnostics,
}

/// The kind of a filled file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PDF with form fields.
    Pdf,
    /// DOCX with content controls.
    Docx,
}

/// Which template a file was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The template's name: `recommendation`.
    pub template: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its files, in hex.
    pub digest: String,
}

/// A field that came back.
#[derive(Clone, PartialEq)]
pub struct Returned {
    /// Its name.
    pub name: FieldName,
    /// Its kind, where the file still tells; a choice has no options here.
    pub kind: Option<FieldKind>,
    /// What the paper calls it, where the file still tells; else empty.
    pub label: String,
    /// What it holds now.
    pub value: Content,
    /// What it held when the file was made.
    pub issued: Issued,
}

/// What a field holds, as the file says it.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Words as they stand on paper (1985.03), lines ended by `\n`; empty for an empty field.
    Text(String),
    /// A box, ticked or not.
    Ticked(bool),
    /// A picture's file (JPEG or PNG); `None` for an empty place.
    Picture(Option<Vec<u8>>),
}

/// What a field held when the file was made.
#[derive(Clone, PartialEq)]
pub enum Issued {
    /// The file does not tell.
    Unknown,
    /// These words.
    Text(String),
    /// Something of this digest ([`crate::package::marks::value_digest`]).
    Digest(String),
}

impl std::fmt::Debug for Returned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A record's value never reaches a log.
        f.debug_struct("Returned").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl ReadBack {
    /// Reads a filled PDF or DOCX, told by its bytes; `name` is what messages call it (no path is opened).
    ///
    /// Errors: [`Error::Refused`] with everything that keeps it from being read.
    pub fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Error> {
        read(name, bytes).map_err(Error::Refused)
    }

    /// The file's values as a record; photos are held in it.
    ///
    /// What is empty has no key. What could not be taken or understood is in [`ReadBack::warnings`].
    pub fn record(&self) -> Record {
        restore::record(&self.fields).0
    }

    /// The fields whose values are not those of a record, in the file's order.
    pub fn differences(&self, record: &Record) -> Vec<Difference> {
        differences(self, record)
    }
}

/// Whether these are the bytes of a filled file, or of one that passes for it, and not of a record.
pub fn is_filled(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

fn format(bytes: &[u8]) -> Option<Format> {
    if docx::is_ours(bytes) {
        return Some(Format::Docx);
    }
    // Programs that follow ISO 32000-1, annex H.3 (implementation note 13), look for the header in the first 1024 bytes.
    bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|window| window == b"%PDF-")).then_some(Format::Pdf)
}

/// Reads a filled PDF or DOCX, told by its bytes.
///
/// Errors: everything that keeps it from being read, at [`crate::diag::Place::File`] with the `name` given (no path is opened).
pub fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Diagnostics> {
    let refused = |diagnostic: Diagnostic| {
        let mut found = Diagnostics::default();
        found.push(diagnostic);
        found
    };
    if bytes.len() > MAX_BYTES {
        return Err(refused(sniff::too_large(name)));
    }
    let mut back = match format(bytes) {
        Some(Format::Docx) => docx::read(name, bytes)?,
        Some(Format::Pdf) => pdf::read(name, bytes)?,
        None => return Err(refused(sniff::refused(name, bytes))),
    };
    let told = |remark: &Diagnostic| back.warnings.iter().any(|one| one.code == remark.code && one.place == remark.place);
    let remarks: Vec<Diagnostic> = suit::remarks(&back).into_iter().filter(|remark| !told(remark)).collect();
    back.warnings.extend(remarks);
    Ok(back)
}
