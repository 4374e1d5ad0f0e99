//! The name of a field: one string that is the path in the record, the PDF field name, the DOCX tag,
//! the HTML input name and the key of the JSON Schema.

use std::fmt;

/// The path of one value in a record, written `resume.0.period`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldName(String);

/// One step of a path: a key of an object or an index of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A key: a lower-case letter, then lower-case letters, digits and `_`.
    Key(&'a str),
    /// An index, from 0, without leading zeros, below 100,000.
    Index(usize),
}

impl FieldName {
    /// Reads a dotted name. The first step is a key; `None` where the text is not a name.
    pub fn parse(text: &str) -> Option<FieldName> {
        if text.len() > 200 {
            return None;
        }
        for (place, part) in text.split('.').enumerate() {
            match step(part)? {
                Step::Index(_) if place == 0 => return None,
                _ => {}
            }
        }
        Some(FieldName(text.to_owned()))
    }

    /// Reads a JSON pointer (RFC 6901) of a record: `/resume/0/period`.
    pub fn from_pointer(pointer: &str) -> Option<FieldName> {
        FieldName::parse(&pointer.strip_prefix('/')?.replace('/', "."))
    }

    /// The dotted form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The JSON pointer (RFC 6901) of the value in the record.
    pub fn pointer(&self) -> String {
        // Keys hold neither `~` nor `/`, so nothing needs escaping.
        format!("/{}", self.0.replace('.', "/"))
    }

    /// The steps of the path, outermost first.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        self.0.split('.').filter_map(step)
    }

    /// The name with every index replaced by `*`: `resume.*.period`.
    pub fn pattern(&self) -> String {
        let parts: Vec<&str> = self.0.split('.').map(|part| if part.as_bytes()[0].is_ascii_digit() { "*" } else { part }).collect();
        parts.join(".")
    }
}

fn step(part: &str) -> Option<Step<'_>> {
    let first = part.bytes().next()?;
    if first.is_ascii_digit() {
        let plain = part.len() <= 5 && (part == "0" || first != b'0') && part.bytes().all(|b| b.is_ascii_digit());
        return plain.then(|| part.parse().ok().map(Step::Index)).flatten();
    }
    let word = first.is_ascii_lowercase() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    word.then_some(Step::Key(part))
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
