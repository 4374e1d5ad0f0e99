//! XML written: escaping, and the characters that XML 1.0 cannot carry.

use crate::error::Error;

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Text as it stands between tags or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(ch),
        }
    }
    out
}

/// Refuses what no XML 1.0 document can hold (W3C XML 1.0, production 2); layout lets none through.
pub(super) fn sound(text: &str) -> Result<&str, Error> {
    let unsound = |ch: char| matches!(ch, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    match text.chars().find(|ch| unsound(*ch)) {
        None => Ok(text),
        Some(ch) => Err(Error::Write(format!("no DOCX can hold the character U+{:04X}", u32::from(ch)))),
    }
}
