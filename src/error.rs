//! What stops the program: a person's mistakes handed up as diagnostics, or the machine's failure.

use std::path::PathBuf;

use crate::diag::Diagnostics;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A person's mistakes; the list holds at least one error.
    #[error("{} problem(s) in the template or the record", .0.len())]
    Refused(Diagnostics),
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Io {
        /// What was being done: `read`, `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// There is no such template.
    #[error("there is no template {name:?}; there are: {}", known.join(", "))]
    NoTemplate {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A font folder lacks a face the program cannot do without, or a face is broken.
    #[error("fonts: {0}")]
    Font(String),
    /// A writer could not finish a document.
    #[error("cannot make the document: {0}")]
    Write(String),
}
