//! Diagnostics for a terminal and for programs.

use super::{Diagnostics, Lang};

/// The diagnostics as text for people: severity, message, place with the source line and a caret, help.
pub fn print(_diagnostics: &Diagnostics, _lang: Lang) -> String {
    todo!("helper D")
}

/// The diagnostics as a JSON array for programs.
pub fn json(_diagnostics: &Diagnostics, _lang: Lang) -> serde_json::Value {
    todo!("helper D")
}
