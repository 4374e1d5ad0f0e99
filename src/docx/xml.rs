//! XML written: escaping, and the characters that XML 1.0 cannot carry.

use std::borrow::Cow;

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

/// Text with U+FFFD in place of what no XML 1.0 document can hold (W3C XML 1.0, production 2). Such a character is an error of the
/// record, so it comes here in drafts alone; the PDF of a draft has a box there.
pub(super) fn sound(text: &str) -> Cow<'_, str> {
    let unsound = |ch: char| matches!(ch, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    if text.contains(unsound) { Cow::Owned(text.replace(unsound, "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_told_as_damage() {
        assert_eq!(sound("王\u{0}小\u{1b}明\u{ffff}"), "王\u{fffd}小\u{fffd}明\u{fffd}");
        assert!(matches!(sound("第一行\n第二行\t𠅤"), Cow::Borrowed(_)));
    }
}
