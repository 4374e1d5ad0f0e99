//! A filled file becomes a record again: names and values, no template needed.

mod docx;
mod pdf;

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::FieldKind;
use crate::name::FieldName;

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

/// Reads a filled PDF or DOCX, told by its bytes.
///
/// Errors: everything that keeps it from being read, at [`Place::File`] with the `name` given (no path is opened).
pub fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Diagnostics> {
    if docx::is_ours(bytes) {
        return docx::read(name, bytes);
    }
    if bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|window| window == b"%PDF-")) {
        return pdf::read(name, bytes);
    }
    let message = Message::new("这不是 PDF，也不是 DOCX", "this is neither a PDF nor a DOCX");
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("not-a-filled-form", Place::File { file: name.to_owned() }, message));
    Err(found)
}
