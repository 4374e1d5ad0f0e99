//! The JSON Schema (2020-12) of the record a form takes.

use serde_json::{Map, Value, json};

use crate::form::{Field, FieldIx, FieldKind, Form};
use crate::layout::{Capacity, Layout};
use crate::name::{FieldName, Step};
use crate::record::MAX_ROWS;
use crate::record::value::SEXES;

/// The schema; `layout` is the blank form's, for capacities.
///
/// - A property has the label on paper as its title, in a list without the number of the row; signatures and seals are no data and have none.
/// - The root is open, and so is everything below: other forms' keys may stand in the same record.
/// - It describes the record's own form of a value. What a check only warns about (a small x, a month written 1985.3) is
///   refused here, an empty text is not: it equals an absent one.
/// - A choice is `anyOf` an `enum` and any string, as another value may be typed: validators accept both, and form
///   generators (JSON Forms, react-jsonschema-form by the `examples`) show a list that can be typed into. The sexes alone are a closed `enum`.
/// - `x-capacity` is how many full-width characters the field's box holds at its smallest size; where the text may continue,
///   the rest goes on a 附页. `maxLength` is twice that where
///   the text may not continue: characters of half the width are twice as many, and a text that fits must never be refused.
pub fn schema(form: &Form, layout: &Layout) -> Value {
    let mut root = Node::default();
    for (at, field) in form.fields.iter().enumerate().filter(|(_, field)| field.kind.is_data()) {
        let steps: Vec<Step<'_>> = field.name.steps().collect();
        let capacity = Capacity::of(form, layout, FieldIx(at));
        root.add(&steps, &title(form, field), field, capacity);
    }
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("$id".into(), json!(format!("urn:formwright:{}:{}", form.template.id, form.template.version)));
    schema.insert("title".into(), json!(form.template.title));
    if let Value::Object(members) = root.write() {
        schema.extend(members);
    }
    Value::Object(schema)
}

/// A value, an object of values, or a list of rows, on its way to a schema.
#[derive(Default)]
struct Node {
    leaf: Option<Value>,
    members: Vec<(String, Node)>,
    row: Option<Box<Node>>,
    required: bool,
}

impl Node {
    /// Adds a field below this node. The rows of a list share one schema: the field of the first row gives it.
    fn add(&mut self, steps: &[Step<'_>], title: &str, field: &Field, capacity: Capacity) {
        // What holds a required value is required, too; so is the first row of a list.
        self.required |= field.required;
        match steps.split_first() {
            None if self.leaf.is_none() => self.leaf = Some(leaf(title, field, capacity)),
            None => {}
            Some((Step::Index(_), rest)) => self.row.get_or_insert_default().add(rest, title, field, capacity),
            Some((Step::Key(key), rest)) => {
                let at = self.members.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                    self.members.push(((*key).to_owned(), Node::default()));
                    self.members.len() - 1
                });
                if let Some((_, member)) = self.members.get_mut(at) {
                    member.add(rest, title, field, capacity);
                }
            }
        }
    }

    fn write(self) -> Value {
        if let Some(leaf) = self.leaf {
            return leaf;
        }
        if let Some(row) = self.row {
            let mut list = json!({"type": "array", "maxItems": MAX_ROWS});
            if self.required {
                list["minItems"] = json!(1);
            }
            list["items"] = row.write();
            return list;
        }
        let required: Vec<&str> = self.members.iter().filter(|(_, member)| member.required).map(|(key, _)| key.as_str()).collect();
        let mut object = json!({"type": "object"});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        object["properties"] = Value::Object(self.members.into_iter().map(|(key, member)| (key, member.write())).collect());
        object
    }
}

/// A field's label without what counts its row: 起止年月 for 简历第1行·起止年月, which is 简历第2行·起止年月 in the next.
fn title(form: &Form, field: &Field) -> String {
    let mut parts: Vec<&str> = field.label.split('·').collect();
    for (at, step) in field.name.steps().enumerate() {
        let Step::Index(row) = step else { continue };
        let Some((_, next)) = next_row(&field.name, at, row).and_then(|name| form.field(name.as_str())) else { continue };
        let others: Vec<&str> = next.label.split('·').collect();
        if others.len() == field.label.split('·').count() {
            parts.retain(|part| others.contains(part));
        }
    }
    if parts.is_empty() { field.label.clone() } else { parts.join("·") }
}

/// The same field in the next row of the list whose index is that step.
fn next_row(name: &FieldName, index: usize, row: usize) -> Option<FieldName> {
    let next = row.checked_add(1)?.to_string();
    let parts: Vec<&str> = name.as_str().split('.').enumerate().map(|(at, part)| if at == index { next.as_str() } else { part }).collect();
    FieldName::parse(&parts.join("."))
}

/// The schema of one value.
fn leaf(title: &str, field: &Field, capacity: Capacity) -> Value {
    let mut schema = json!({"title": title});
    match &field.kind {
        FieldKind::Check => schema["type"] = json!("boolean"),
        FieldKind::Photo => {
            schema["type"] = json!("string");
            schema["description"] =
                json!("照片：相对于记录文件所在文件夹的路径，或 data:image/jpeg;base64,… / data:image/png;base64,…；不能是网址");
        }
        FieldKind::Choice(options) => choice(&mut schema, options, field.required),
        kind => {
            schema["type"] = json!("string");
            if let Some(pattern) = kind.pattern() {
                schema["pattern"] = json!(if field.required { format!("^{pattern}$") } else { format!("^({pattern})?$") });
            } else if let Some(most) = capacity.max_length() {
                schema["maxLength"] = json!(most);
            }
            if let Some(example) = kind.example() {
                schema["examples"] = json!([example]);
            }
        }
    }
    if field.required && schema["type"] == "string" {
        schema["minLength"] = json!(1);
    }
    match capacity {
        Capacity::Limit(room) | Capacity::Continues(room) if !matches!(field.kind, FieldKind::Check | FieldKind::Photo) => {
            schema["x-capacity"] = json!(room);
        }
        _ => {}
    }
    schema
}

fn choice(schema: &mut Value, options: &[String], required: bool) {
    let mut values: Vec<&str> = options.iter().map(String::as_str).collect();
    if options.iter().eq(SEXES.iter()) {
        if !required {
            values.push("");
        }
        schema["type"] = json!("string");
        schema["enum"] = json!(values);
    } else {
        let any = if required { json!({"type": "string", "minLength": 1}) } else { json!({"type": "string"}) };
        schema["anyOf"] = json!([{"type": "string", "enum": values}, any]);
        schema["examples"] = json!(values);
    }
}
