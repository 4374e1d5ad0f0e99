//! The name of a field: one string that is the path in the record, the PDF field name, the DOCX tag,
//! the HTML input name and the key of the JSON Schema.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
        // A key with a dot in it is not two steps.
        if pointer.contains('.') {
            return None;
        }
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

/// As its dotted form.
impl Serialize for FieldName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// From its dotted form; another text is an error, in which the text does not stand.
impl<'de> Deserialize<'de> for FieldName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FieldName, D::Error> {
        let text = String::deserialize(deserializer)?;
        FieldName::parse(&text).ok_or_else(|| serde::de::Error::custom("this is not the name of a field"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_told_from_other_texts() {
        for (text, steps, pattern) in [
            ("name", 1, "name"),
            ("resume.0.period", 3, "resume.*.period"),
            ("nominees.12.brief.awards", 4, "nominees.*.brief.awards"),
            ("a.99999", 2, "a.*"),
            ("id_number2", 1, "id_number2"),
        ] {
            let name = FieldName::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((name.steps().count(), name.pattern().as_str(), name.as_str()), (steps, pattern, text));
        }
        let long = "a".repeat(201);
        for text in
            ["", ".", "a.", ".a", "a..b", "0", "0.a", "A", "a-b", "姓名", "a b", "a.01", "a.100000", "a.1x", "_a", "a.-1", "a/b", &long]
        {
            assert!(FieldName::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn pointers_that_are_no_names_are_refused() {
        for pointer in ["", "/", "name", "/a.b", "/a~1b", "/a//b", "/0", "/resume/01"] {
            assert!(FieldName::from_pointer(pointer).is_none(), "{pointer}");
        }
    }

    proptest! {
        #[test]
        fn a_name_comes_back_from_every_form(text in "[a-z][a-z0-9_]{0,8}(\\.([a-z][a-z0-9_]{0,8}|0|[1-9][0-9]{0,4})){0,5}") {
            let name = FieldName::parse(&text).expect("it is a name");
            prop_assert_eq!(name.to_string(), text);
            prop_assert_eq!(FieldName::from_pointer(&name.pointer()), Some(name.clone()));
            let json = serde_json::to_string(&name).expect("a text can be written");
            prop_assert_eq!(serde_json::from_str::<FieldName>(&json).ok(), Some(name.clone()));
            let again: Vec<String> = name.steps().map(|step| match step {
                Step::Key(key) => key.to_owned(),
                Step::Index(index) => index.to_string(),
            }).collect();
            prop_assert_eq!(again.join("."), name.as_str());
        }

        #[test]
        fn any_text_is_a_name_or_is_not(text in "\\PC{0,12}|[a-z0-9._/]{0,12}") {
            if let Some(name) = FieldName::parse(&text) {
                prop_assert_eq!(name.as_str(), &text);
                prop_assert_eq!(name.steps().count(), text.split('.').count());
            }
            if let Some(name) = FieldName::from_pointer(&text) {
                prop_assert_eq!(name.pointer(), text);
            }
        }
    }
}
