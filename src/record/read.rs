//! The record's text read as JSON within limits, with every duplicate key found.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::limits::{self, MAX_DEPTH, MAX_ROWS, MAX_VALUES};
use super::{explained, files, one, syntax};
use crate::diag::{Diagnostic, Diagnostics, Place};

/// So many mistakes, and the rest is not looked for.
const MAX_TROUBLES: usize = 200;

/// A key longer than this is cut in messages.
const MAX_KEY_SHOWN: usize = 60;

/// Reads a JSON object, and the mistakes that leave it usable.
pub(super) fn read(text: &str) -> Result<(Map<String, Value>, Diagnostics), Diagnostics> {
    let context = RefCell::new(Context::default());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let outcome = Node { context: &context }.deserialize(&mut deserializer).and_then(|value| {
        deserializer.end()?;
        Ok(value)
    });
    let context = context.into_inner();
    match (context.fatal, outcome) {
        (Some(fatal), _) => Err(one(fatal)),
        (None, Err(error)) => Err(one(syntax::explain(text, &error, &pointer(&context.path)))),
        (None, Ok(Value::Object(root))) => Ok((root, context.troubles)),
        (None, Ok(root)) => Err(one(root_is_no_object(root.is_array()))),
    }
}

fn root_is_no_object(is_array: bool) -> Diagnostic {
    let place = Place::Input { line: 1, column: 1 };
    if is_array {
        return explained(
            "root-not-object",
            place,
            [
                "记录应是一个 JSON 对象 {…}，这里是一个数组 […]",
                "a record is one JSON object {…}; this is an array […]",
                "一览表请写成 {\"nominees\": […]}；推荐表每人一个文件",
                "for the summary sheet write {\"nominees\": […]}; for a form of each person write one file for each",
            ],
        );
    }
    explained(
        "root-not-object",
        place,
        ["记录应是一个 JSON 对象 {…}", "a record is one JSON object {…}", "写成 {\"name\": \"…\", …}", "write {\"name\": \"…\", …}"],
    )
}

#[derive(Default)]
struct Context {
    path: Vec<Part>,
    values: usize,
    troubles: Diagnostics,
    fatal: Option<Diagnostic>,
}

enum Part {
    Key(String),
    Index(usize),
}

impl Context {
    fn place(&self) -> Place {
        Place::Record { pointer: pointer(&self.path), label: String::new() }
    }

    fn trouble(&mut self, trouble: Diagnostic) -> Result<(), Stop> {
        self.troubles.push(trouble);
        if self.troubles.len() < MAX_TROUBLES {
            return Ok(());
        }
        let words = ["问题太多，后面的不再检查", "too many problems; the rest was not looked at"];
        let help = ["请先修正重复的键和过长的文字", "mend duplicate keys and texts that are too long first"];
        self.stop(explained("too-many-problems", self.place(), [words[0], words[1], help[0], help[1]]))
    }

    fn stop(&mut self, fatal: Diagnostic) -> Result<(), Stop> {
        self.fatal = Some(fatal);
        Err(Stop)
    }

    /// Counts the value that the path leads to, before it is read.
    fn enter(&mut self) -> Result<(), Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return self.stop(limits::too_many_values(self.place()));
        }
        if self.path.len() > MAX_DEPTH {
            return self.stop(limits::too_deep(self.place()));
        }
        match self.path.last() {
            Some(Part::Index(index)) if *index >= MAX_ROWS => {
                self.path.pop();
                self.stop(limits::too_many_rows(self.place()))
            }
            _ => Ok(()),
        }
    }

    /// The text as it is kept; a text beyond the limit is reported and not kept.
    fn keep(&mut self, text: &str) -> Result<Option<String>, Stop> {
        let is_file = files::names_a_file(&pattern(&self.path)).is_some();
        // A photo's data URI has a limit of its own.
        match limits::too_long(text, || self.place()).filter(|_| !is_file) {
            None => Ok(Some(text.to_owned())),
            Some(trouble) => self.trouble(trouble).map(|()| None),
        }
    }
}

/// Reading ends here; why is in the context.
struct Stop;

impl Stop {
    fn raise<E: serde::de::Error>(self) -> E {
        E::custom("stopped")
    }
}

struct Node<'c> {
    context: &'c RefCell<Context>,
}

impl Node<'_> {
    fn enter<E: serde::de::Error>(&self, part: Part) -> Result<(), E> {
        let mut context = self.context.borrow_mut();
        context.path.push(part);
        context.enter().map_err(Stop::raise)
    }

    fn leave(&self) {
        self.context.borrow_mut().path.pop();
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        let kept = self.context.borrow_mut().keep(text).map_err(Stop::raise)?;
        Ok(kept.map_or(Value::Null, Value::String))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        if self.context.borrow().path.is_empty() {
            // A list of people is not read to its end only to be refused.
            self.context.borrow_mut().fatal = Some(root_is_no_object(true));
            return Err(A::Error::custom("stopped"));
        }
        let mut rows = Vec::new();
        loop {
            let index = rows.len();
            // The index is entered when the row is known to be there: an array of exactly the most rows is allowed.
            let Some(row) = seq.next_element_seed(Row { node: Node { context: self.context }, index })? else {
                return Ok(Value::Array(rows));
            };
            rows.push(row);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            self.enter(Part::Key(key.clone()))?;
            let value = map.next_value_seed(Node { context: self.context })?;
            if members.contains_key(&key) {
                let mut context = self.context.borrow_mut();
                let duplicate = explained(
                    "duplicate-key",
                    context.place(),
                    [
                        "同一个键出现了两次",
                        "the same key stands here twice",
                        "只留一个；哪一个是对的，程序不替您选",
                        "keep one of them; the program does not choose for you",
                    ],
                );
                context.trouble(duplicate).map_err(Stop::raise)?;
            } else {
                members.insert(key, value);
            }
            self.leave();
        }
        Ok(Value::Object(members))
    }
}

struct Row<'c> {
    node: Node<'c>,
    index: usize,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.node.enter(Part::Index(self.index))?;
        let context = self.node.context;
        let value = deserializer.deserialize_any(self.node)?;
        context.borrow_mut().path.pop();
        Ok(value)
    }
}

/// The JSON pointer of a path; a key that is too long to be read is cut.
fn pointer(path: &[Part]) -> String {
    let mut out = String::new();
    for part in path {
        out.push('/');
        match part {
            Part::Key(key) => out.push_str(&pointer_step(key)),
            Part::Index(index) => out.push_str(&index.to_string()),
        }
    }
    out
}

/// A key as a step of a JSON pointer (RFC 6901, 3), cut where it is too long to be read.
pub(crate) fn pointer_step(key: &str) -> String {
    let shown = key.char_indices().nth(MAX_KEY_SHOWN).map_or(key.to_owned(), |(end, _)| format!("{}…", key.get(..end).unwrap_or_default()));
    shown.replace('~', "~0").replace('/', "~1")
}

fn pattern(path: &[Part]) -> String {
    let parts: Vec<&str> = path.iter().map(|part| if let Part::Key(key) = part { key.as_str() } else { "*" }).collect();
    parts.join(".")
}
