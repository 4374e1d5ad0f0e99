//! The record's values from the root down: keys that nobody knows, and values of the wrong type.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{KnownKeys, Report, Weight, label};
use crate::diag::{Place, nearest};
use crate::form::{Field, FieldKind, Form};
use crate::name::FieldName;
use crate::record::{Kind, Record, pointer_step};

/// Below this pattern a record of a person begins again.
const PEOPLE: &str = "nominees.*.";

/// The list of people of a summary sheet.
const PEOPLE_KEY: &str = "nominees";

/// A key longer than this is no slip of the finger.
const LONGEST_KEY: usize = 60;

/// What may stand at a pattern.
#[derive(Clone, Copy, Default)]
struct Shape {
    value: bool,
    list: bool,
    object: bool,
    on_form: bool,
}

/// What may stand where, by pattern; every prefix of a known pattern is known.
struct Shapes {
    by_pattern: BTreeMap<String, Shape>,
}

pub(super) fn walk<'f>(report: &mut Report<'f>, form: &'f Form, record: &Record, known: &KnownKeys) {
    let shapes = Shapes::new(form, known);
    let mut labels = BTreeMap::new();
    for field in &form.fields {
        labels.entry(field.label.as_str()).or_insert(field);
    }
    let mut walker = Walker { report, shapes, labels };
    walker.members(record.root(), "", "");
}

impl Shapes {
    fn new(form: &Form, known: &KnownKeys) -> Shapes {
        let mut shapes = Shapes { by_pattern: BTreeMap::new() };
        for field in &form.fields {
            shapes.add(&field.name.pattern(), true);
        }
        for pattern in known {
            shapes.add(pattern, false);
        }
        shapes
    }

    fn add(&mut self, pattern: &str, on_form: bool) {
        let mut end = 0;
        for part in pattern.split('.') {
            if let Some(before) = pattern.get(..end.max(1) - 1).filter(|before| !before.is_empty()) {
                let shape = self.by_pattern.entry(before.to_owned()).or_default();
                shape.list |= part == "*";
                shape.object |= part != "*";
                shape.on_form |= on_form;
            }
            end += part.len() + 1;
        }
        let shape = self.by_pattern.entry(pattern.to_owned()).or_default();
        shape.value = true;
        shape.on_form |= on_form;
    }

    fn get(&self, pattern: &str) -> Option<Shape> {
        let person = || self.by_pattern.get(pattern.strip_prefix(PEOPLE)?).map(|shape| Shape { on_form: false, ..*shape });
        self.by_pattern.get(pattern).copied().or_else(person)
    }

    /// The keys that may stand directly below a pattern.
    fn keys_below<'s>(&'s self, pattern: &'s str) -> impl Iterator<Item = &'s str> {
        let person = format!("{pattern}.").strip_prefix(PEOPLE).map(|rest| rest.trim_end_matches('.').to_owned());
        self.by_pattern.keys().filter_map(move |known| {
            let (parent, key) = known.rsplit_once('.').unwrap_or(("", known));
            (key != "*" && (parent == pattern || person.as_deref() == Some(parent))).then_some(key)
        })
    }
}

struct Walker<'r, 'f> {
    report: &'r mut Report<'f>,
    shapes: Shapes,
    labels: BTreeMap<&'f str, &'f Field>,
}

impl Walker<'_, '_> {
    fn members(&mut self, members: &Map<String, Value>, pattern: &str, pointer: &str) {
        for (key, value) in members {
            let below = if pattern.is_empty() { key.clone() } else { format!("{pattern}.{key}") };
            let place = format!("{pointer}/{}", pointer_step(key));
            // A key with a dot or a star in it is not a path.
            match self.shapes.get(&below).filter(|_| !key.contains(['.', '*'])) {
                Some(shape) => self.value(value, shape, &below, &place),
                None => self.unknown(key, pattern, place),
            }
        }
    }

    fn value(&mut self, value: &Value, shape: Shape, pattern: &str, pointer: &str) {
        match value {
            Value::Null => {}
            Value::Object(members) if shape.object => self.members(members, pattern, pointer),
            Value::Array(rows) if shape.list => {
                let below = format!("{pattern}.*");
                let row = self.shapes.get(&below).unwrap_or_default();
                for (index, value) in rows.iter().enumerate() {
                    self.value(value, row, &below, &format!("{pointer}/{index}"));
                }
            }
            Value::String(text) if text.is_empty() => {}
            _ if !shape.on_form => {}
            _ if shape.value => self.leaf(Kind::of(value), pointer),
            _ => self.wrong_structure(shape, pointer),
        }
    }

    /// A value at a field of the form.
    fn leaf(&mut self, kind: Kind, pointer: &str) {
        let Some(name) = FieldName::from_pointer(pointer) else { return };
        let Some(field) = self.report.field(&name) else { return };
        let place = Place::Record { pointer: pointer.to_owned(), label: label(&Field { name: name.clone(), ..field.clone() }) };
        if !field.kind.is_data() {
            let words = ["签名和印章不是数据，不会印出".to_owned(), "a signature or seal is not data and is not printed".to_owned()];
            let help = ["删去这个键；纸上签字盖章，或在填写版 PDF 里签名", "delete the key; sign on paper, or in the fillable PDF"];
            return self.report.say(place, Weight::Warning, "not-data", words, help);
        }
        if !self.report.by_name.contains_key(name.as_str()) {
            let words = ["表上没有这一行".to_owned(), "the form has no such row".to_owned()];
            let help = ["删去多出的行，或换用有这一行的模板", "delete the row, or use a template that has it"];
            return self.report.say(place, Weight::Error, "row-not-on-form", words, help);
        }
        let (code, zh, en, help) = match (&field.kind, kind) {
            (FieldKind::Check, Kind::Bool) => return,
            (FieldKind::Check, _) => (
                "wrong-type",
                "这里应是 true 或 false",
                "true or false is wanted here",
                ["勾选写 true，不勾选写 false，不加引号", "write true for a tick and false for none, without quotes"],
            ),
            (_, Kind::Text) => return,
            (_, Kind::Number) => (
                "number-for-text",
                "这里应是文字，却是一个数",
                "a text is wanted here, but this is a number",
                [
                    "加上引号：\"…\"。作为数，长号码会丢失末几位和开头的 0（Excel 只保留 15 位，身份证号码会变成 3.30E+17）",
                    "put it in quotes: \"…\". As a number, a long one loses its last digits and its leading zeros (Excel keeps 15 digits; an identity number becomes 3.30E+17)",
                ],
            ),
            _ => (
                "wrong-type",
                "这里应是一段文字",
                "a text is wanted here",
                ["写成 \"…\"；没有就删去这个键", "write \"…\", or delete the key where there is nothing"],
            ),
        };
        self.report.broken.push(pointer.to_owned());
        self.report.say(place, Weight::Error, code, [zh.to_owned(), en.to_owned()], help);
    }

    fn wrong_structure(&mut self, shape: Shape, pointer: &str) {
        self.report.broken.push(pointer.to_owned());
        let place = Place::Record { pointer: pointer.to_owned(), label: String::new() };
        let (zh, en, help) = if shape.list {
            ("这里应是一个列表 […]", "a list […] is wanted here", ["每一行写成一个 {…}，放在 […] 里", "write each row as {…} inside […]"])
        } else {
            (
                "这里应是一个对象 {…}",
                "an object {…} is wanted here",
                ["写成 {\"键\": \"值\"}，对照 schema 命令的输出", "write {\"key\": \"value\"}; compare the output of the schema command"],
            )
        };
        self.report.say(place, Weight::Error, "wrong-type", [zh.to_owned(), en.to_owned()], help);
    }

    fn unknown(&mut self, key: &str, parent: &str, pointer: String) {
        let meant = self.meant(key, parent);
        let words = ["没有表用到这个键，它的内容不会印出".to_owned(), "no form knows this key; what it holds is not printed".to_owned()];
        if key == PEOPLE_KEY && parent.is_empty() {
            let place = Place::Record { pointer, label: String::new() };
            let help = [
                "这是一览表的记录：换用一览表的模板，或每人一份记录",
                "this is a record for a summary sheet: use the sheet's template, or one record for each person",
            ];
            return self.report.say(place, Weight::Warning, "unknown-key", words, help);
        }
        let help = meant.map(|key| (format!("是不是 `{key}`？"), format!("did you mean `{key}`?")));
        let (zh, en) = help.unwrap_or((
            "删去它，或对照 schema 命令列出的键".to_owned(),
            "delete it, or compare the keys that the schema command lists".to_owned(),
        ));
        let place = Place::Record { pointer, label: String::new() };
        self.report.say(place, Weight::Warning, "unknown-key", words, [&zh, &en]);
    }

    /// The key a person meant: the same but for capitals, the key of the label written instead, or the nearest one.
    fn meant(&self, key: &str, parent: &str) -> Option<String> {
        if key.chars().count() > LONGEST_KEY {
            return None;
        }
        let wanted = key.trim().to_lowercase().replace(['-', ' '], "_");
        let siblings: Vec<&str> = self.shapes.keys_below(parent).collect();
        let labelled = self.labels.get(key.trim()).map(|field| field.name.pattern());
        let labelled = labelled.filter(|pattern| pattern.rsplit_once('.').map_or("", |(before, _)| before) == parent);
        let labelled = labelled.and_then(|pattern| pattern.rsplit('.').next().map(str::to_owned));
        labelled.or_else(|| nearest(&wanted, siblings).map(str::to_owned))
    }
}
