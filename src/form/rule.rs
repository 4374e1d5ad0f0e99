//! The rules of a kind in the words of a regular expression: what the schema asks of a record, and the entry page of a typist.

use super::{FieldKind, TextFormat};

impl FieldKind {
    /// The pattern of a value in the record, a regular expression without anchors; none where any text is right.
    pub fn pattern(&self) -> Option<&'static str> {
        Some(match self {
            FieldKind::Month => "[0-9]{4}-(0[1-9]|1[0-2])",
            FieldKind::Date => "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
            // GB 11643-1999, 4.1.
            FieldKind::Text(TextFormat::IdNumber) => "[0-9]{17}[0-9X]",
            FieldKind::Text(TextFormat::Mobile) => "1[3-9][0-9]{9}",
            FieldKind::Text(TextFormat::Postcode) => "[0-9]{6}",
            FieldKind::Text(TextFormat::Number) => "-?[0-9]+([.][0-9]+)?",
            _ => return None,
        })
    }

    /// The pattern of a value as people write it on paper: that of the record, but for months and dates, where every spelling
    /// counts that [`crate::record::value::month_respelt`] and [`crate::record::value::date_respelt`] understand in half-width characters.
    ///
    /// It is a regular expression with the flag `v`, as HTML's `pattern` has it: `-` and `/` are escaped between brackets.
    pub fn paper_pattern(&self) -> Option<&'static str> {
        match self {
            FieldKind::Month => Some(r"[1-9][0-9]{3}[.\-\/年](0?[1-9]|1[0-2])月?"),
            FieldKind::Date => Some(r"[1-9][0-9]{3}[.\-\/年](0?[1-9]|1[0-2])[.\-\/月](0?[1-9]|[12][0-9]|3[01])日?"),
            other => other.pattern(),
        }
    }

    /// What a value in the record looks like, where a pattern alone would not tell.
    pub fn example(&self) -> Option<&'static str> {
        match self {
            FieldKind::Month => Some("1985-03"),
            FieldKind::Date => Some("2021-09-18"),
            _ => None,
        }
    }
}
