//! JSON files of templates, read so that every mistake in them has its line and column.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::source::Source;
use crate::diag::{Diagnostics, Message};

/// A JSON text with the places of its values.
pub(super) struct Json {
    /// The value.
    pub value: Value,
    /// Every member of every object, in the order of the text.
    pub members: Vec<Member>,
}

/// A member of an object, or an item of an array.
pub(super) struct Member {
    /// The keys and indices from the root, joined by `/`.
    pub path: String,
    /// The key with its quotes; for an item of an array the item itself.
    pub key: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

impl Json {
    /// Reads a file that must hold one object; mistakes go to `found`.
    pub fn read(source: &Source, found: &mut Diagnostics) -> Option<Json> {
        let value: Value = match serde_json::from_str(&source.text) {
            Ok(value) => value,
            Err(error) => {
                let at = source.byte(error.line(), error.column());
                let text = error.to_string();
                let reason = text.rfind(" at line ").and_then(|end| text.get(..end)).unwrap_or(&text);
                found.push(
                    source
                        .error(at..at + 1, "bad-json", format!("JSON 写得不对：{reason}。"), format!("this is not JSON: {reason}"))
                        .with_help(Message::new(
                            "请检查这里和前一行的引号、逗号、括号。",
                            "look at the quotes, commas and brackets here and on the line before",
                        )),
                );
                return None;
            }
        };
        let mut walk = Walk { source, at: 0, members: Vec::new(), found };
        walk.value("");
        let members = walk.members;
        if !value.is_object() {
            found.push(source.error(0..1, "bad-json", "这个文件应是一个 JSON 对象 { … }。", "this file must be one JSON object { … }"));
            return None;
        }
        Some(Json { value, members })
    }

    /// The place of the value at a path, or the beginning of the file.
    pub fn at(&self, path: &str) -> Range<usize> {
        self.members.iter().find(|member| member.path == path).map_or(0..1, |member| member.value.clone())
    }
}

/// A walk over a text that serde_json has accepted, so that it need not judge, only find.
struct Walk<'a> {
    source: &'a Source,
    at: usize,
    members: Vec<Member>,
    found: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, path: &str) -> Range<usize> {
        self.space();
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(path),
            Some(b'[') => self.array(path),
            Some(b'"') => self.string(),
            _ => {
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) {
                    self.at += 1;
                }
            }
        }
        start..self.at
    }

    fn object(&mut self, path: &str) {
        let mut seen = BTreeSet::new();
        self.at += 1;
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                self.at += 1;
                return;
            }
            let start = self.at;
            self.string();
            let key = start..self.at;
            let name: String = serde_json::from_str(self.source.slice(&key)).unwrap_or_default();
            if !seen.insert(name.clone()) {
                self.found.push(self.source.error(
                    key.clone(),
                    "duplicate-key",
                    format!("键 `{name}` 写了两次。"),
                    format!("the key `{name}` stands twice"),
                ));
            }
            self.space();
            self.at += 1;
            self.member(join(path, &name), Some(key));
            if !self.comma() {
                return;
            }
        }
    }

    fn array(&mut self, path: &str) {
        self.at += 1;
        for index in 0.. {
            self.space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return;
            }
            self.member(join(path, &index.to_string()), None);
            if !self.comma() {
                return;
            }
        }
    }

    fn member(&mut self, path: String, key: Option<Range<usize>>) {
        let place = self.members.len();
        self.members.push(Member { path: path.clone(), key: 0..0, value: 0..0 });
        let value = self.value(&path);
        if let Some(member) = self.members.get_mut(place) {
            member.key = key.unwrap_or_else(|| value.clone());
            member.value = value;
        }
    }

    fn comma(&mut self) -> bool {
        self.space();
        let more = self.peek() == Some(b',');
        self.at += 1;
        more
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.text.as_bytes().get(self.at).copied()
    }
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() { step.to_owned() } else { format!("{path}/{step}") }
}
