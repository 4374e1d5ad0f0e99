//! The record's text read as JSON within limits, with every duplicate key found.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{explained, files, one, syntax};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};

/// The most bytes a record's file may have: a photo of [`super::MAX_FILE_BYTES`] as a data URI, and room.
pub const MAX_BYTES: usize = 32 << 20;

/// The most characters one text may have.
pub const MAX_CHARS: usize = 100_000;

/// The most rows one list may have.
pub const MAX_ROWS: usize = 1_000;

/// The most levels of objects and lists in one another; the deepest value of a form stands on level 6.
pub const MAX_DEPTH: usize = 16;

/// The most values in one record, all in all.
pub const MAX_VALUES: usize = 200_000;

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

/// The diagnostic for a file above [`MAX_BYTES`].
pub(super) fn too_large() -> Diagnostic {
    let megabytes = MAX_BYTES >> 20;
    Diagnostic::error(
        "record-too-large",
        Place::Input { line: 1, column: 1 },
        Message::new(format!("记录文件超过 {megabytes} MB"), format!("the record's file is larger than {megabytes} MB")),
    )
    .with_help(Message::new(
        "照片请用文件路径给出，不要放在记录里；多人请分批",
        "name photos by their path instead of putting them into the record; split a long list of people",
    ))
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
        self.stop("too-many-problems", words, help)
    }

    fn stop(&mut self, code: &'static str, [zh, en]: [&str; 2], [help_zh, help_en]: [&str; 2]) -> Result<(), Stop> {
        self.fatal = Some(explained(code, self.place(), [zh, en, help_zh, help_en]));
        Err(Stop)
    }

    /// Counts the value that the path leads to, before it is read.
    fn enter(&mut self) -> Result<(), Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            let (zh, en) = (format!("记录里的值超过 {MAX_VALUES} 个"), format!("the record has more than {MAX_VALUES} values"));
            let help = ["一份记录只放一个人或一张一览表", "a record holds one person or one summary sheet"];
            return self.stop("too-many-values", [&zh, &en], help);
        }
        if self.path.len() > MAX_DEPTH {
            let (zh, en) = (format!("嵌套超过 {MAX_DEPTH} 层"), format!("objects and lists are nested more than {MAX_DEPTH} deep"));
            let help =
                ["记录最多有六层，请对照 schema 命令的输出", "a record has at most six levels; compare the output of the schema command"];
            return self.stop("too-deep", [&zh, &en], help);
        }
        match self.path.last() {
            Some(Part::Index(index)) if *index >= MAX_ROWS => {
                self.path.pop();
                let (zh, en) = (format!("列表超过 {MAX_ROWS} 行"), format!("the list has more than {MAX_ROWS} rows"));
                self.stop("too-many-rows", [&zh, &en], ["请分成几份记录", "split it into several records"])
            }
            _ => Ok(()),
        }
    }

    /// The text as it is kept; a text beyond the limit is reported and not kept.
    fn keep(&mut self, text: &str) -> Result<Option<String>, Stop> {
        let is_file = files::names_a_file(&pattern(&self.path)).is_some();
        // A photo's data URI has a limit of its own.
        if text.len() <= MAX_CHARS || is_file || text.chars().nth(MAX_CHARS).is_none() {
            return Ok(Some(text.to_owned()));
        }
        let count = text.chars().count();
        let message = Message::new(
            format!("文字太长：有 {count} 个字符，每个栏目最多 {MAX_CHARS} 个"),
            format!("text too long: it has {count} characters; at most {MAX_CHARS} per field"),
        );
        let help = Message::new("请删减文字，或把附加材料另附文件", "shorten it, or hand the material in as an attachment");
        self.trouble(Diagnostic::error("text-too-long", self.place(), message).with_help(help))?;
        Ok(None)
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
