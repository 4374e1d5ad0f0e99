//! The fields of the form: one entry for each name, however often it stands on paper.

use std::collections::BTreeMap;
use std::ops::Range;

use super::reader::Reader;
use super::report::did_you_mean;
use crate::diag::{Message, nearest};
use crate::form::{Field, FieldIx, FieldKind};
use crate::name::FieldName;

/// The fields found so far, in reading order of their first places.
#[derive(Debug, Default)]
pub(super) struct Fields {
    entries: Vec<Entry>,
    by_name: BTreeMap<FieldName, usize>,
}

/// A field and what is known about it so far.
#[derive(Debug)]
struct Entry {
    field: Field,
    /// Where its first name stands in the expanded text.
    at: Range<usize>,
    /// The label that the template wrote, and where.
    written: Option<(String, Range<usize>)>,
    /// Where other fields are named that it must agree with or come after.
    refers: Vec<(FieldName, Range<usize>)>,
}

/// What one place of a field says about it.
#[derive(Debug)]
pub(super) struct Declaration {
    pub name: FieldName,
    pub kind: FieldKind,
    pub required: bool,
    pub agrees: Vec<FieldName>,
    pub after: Option<FieldName>,
    pub label: Option<(String, Range<usize>)>,
    /// Where the name stands.
    pub at: Range<usize>,
    /// The other names, and where they stand.
    pub refers: Vec<(FieldName, Range<usize>)>,
}

impl Fields {
    /// The label of a field as the words around it give it; the last one stays, unless the template wrote one.
    pub(super) fn found_label(&mut self, field: FieldIx, label: String) {
        if let Some(entry) = self.entries.get_mut(field.0) {
            entry.field.label = label;
        }
    }

    /// The kind of a field.
    pub(super) fn kind(&self, field: FieldIx) -> Option<&FieldKind> {
        self.entries.get(field.0).map(|entry| &entry.field.kind)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.entries.iter().map(|entry| &entry.field.name)
    }
}

/// Enters a field, or the next place of a field that is known already.
pub(super) fn declare(reader: &mut Reader, said: Declaration) -> FieldIx {
    let Some(&known) = reader.fields.by_name.get(&said.name) else {
        return enter(reader, said);
    };
    let Some(entry) = reader.fields.entries.get_mut(known) else { return FieldIx(known) };
    let (name, kinds_differ) = (said.name, entry.field.kind != said.kind);
    let two_labels = match (&entry.written, &said.label) {
        (Some((first, _)), Some((second, at))) if first != second => Some((first.clone(), second.clone(), at.clone())),
        _ => None,
    };
    entry.field.required |= said.required;
    entry.refers.extend(said.refers);
    for other in said.agrees {
        if !entry.field.agrees.contains(&other) {
            entry.field.agrees.push(other);
        }
    }
    entry.field.after = said.after.or(entry.field.after.take());
    if entry.written.is_none() {
        entry.written = said.label;
    }
    if kinds_differ {
        reader.error(
            "two-kinds",
            &said.at,
            format!("字段 `{name}` 在前面是另一种类型：同名字段是同一个字段，类型和选项须相同"),
            format!("the field `{name}` has another kind further up: equal names are one field, with one kind and one list of options"),
        );
    }
    if let Some((first, second, at)) = two_labels {
        reader.error(
            "two-labels",
            &at,
            format!("字段 `{name}` 的标签在前面写作“{first}”，这里写作“{second}”"),
            format!("the label of `{name}` is written \"{first}\" further up and \"{second}\" here"),
        );
    }
    FieldIx(known)
}

fn enter(reader: &mut Reader, said: Declaration) -> FieldIx {
    let index = reader.fields.entries.len();
    reader.fields.by_name.insert(said.name.clone(), index);
    let field = Field {
        name: said.name,
        kind: said.kind,
        label: String::new(),
        required: said.required,
        agrees: said.agrees,
        after: said.after,
        declared: reader.reports.place(&said.at),
    };
    reader.fields.entries.push(Entry { field, at: said.at, written: said.label, refers: said.refers });
    FieldIx(index)
}

/// Closes the book: there is a field, every field has its label, and what it refers to is there.
pub(super) fn finish(reader: &mut Reader, form: &Range<usize>) -> Vec<Field> {
    let Fields { entries, by_name } = std::mem::take(&mut reader.fields);
    if entries.is_empty() {
        reader.reports.error_with_help(
            "no-field",
            form,
            Message::new("这张表没有一个字段，没有可填的地方", "this form has no field: there is nothing to fill in"),
            Message::new(
                "在 `<td>` 或 `<p>` 里放一个，如 `<input name=\"name\"/>`；循环里的行用 `min=1` 至少留一行",
                "put one into a `<td>` or `<p>`, such as `<input name=\"name\"/>`; give rows in a loop `min=1`",
            ),
        );
    }
    for entry in &entries {
        let name = &entry.field.name;
        if entry.written.is_none() && entry.field.label.is_empty() && entry.field.kind.is_data() {
            reader.reports.error_with_help(
                "no-label",
                &entry.at,
                Message::new(format!("字段 `{name}` 没有标签"), format!("the field `{name}` has no label")),
                Message::new("在它左边或上面放一个 `<th>`，或写 `label=`", "put a `<th>` to its left or above it, or write `label=`"),
            );
        }
        for (other, at) in entry.refers.iter().filter(|(other, _)| !by_name.contains_key(other)) {
            let near = nearest(other.as_str(), by_name.keys().map(FieldName::as_str));
            let message = Message::new(format!("本表没有字段 `{other}`"), format!("this form has no field `{other}`"));
            reader.reports.add("unknown-field", at, message, near.map(did_you_mean));
        }
        crossed(reader, entry, &by_name);
    }
    entries.into_iter().map(|entry| with_label(entry.field, entry.written)).collect()
}

/// A path cannot be a value and hold values: `a` and `a.b` are not fields of one record.
fn crossed(reader: &mut Reader, entry: &Entry, by_name: &BTreeMap<FieldName, usize>) {
    let name = entry.field.name.as_str();
    let outer = name.match_indices('.').filter_map(|(dot, _)| name.get(..dot)).find_map(|outer| {
        let outer = FieldName::parse(outer)?;
        by_name.contains_key(&outer).then_some(outer)
    });
    if let Some(outer) = outer {
        reader.error(
            "crossed-names",
            &entry.at,
            format!("`{outer}` 已是一个字段，`{name}` 不能在它里面"),
            format!("`{outer}` is a field, so `{name}` cannot be inside it"),
        );
    }
}

fn with_label(field: Field, written: Option<(String, Range<usize>)>) -> Field {
    match written {
        Some((label, _)) => Field { label, ..field },
        None => field,
    }
}
