//! The field tree of the interactive form (ISO 32000-1, 12.7): names, kinds, values.

use std::collections::BTreeMap;
use std::io::Write;

use pdf_writer::types::{AnnotationType, CheckBoxState, FieldFlags, FieldType};
use pdf_writer::writers::{Annotation, Field as FieldWriter};
use pdf_writer::{Finish, Name, Ref, TextStr};

use super::file::File;
use super::widget::PlacedWidget;
use crate::error::Error;
use crate::form::{Field, FieldIx, FieldKind, Form, TextFormat};
use crate::layout::{FieldValue, Layout};
use crate::name::FieldName;

/// Writes all fields that have a widget, the locked ones read-only, and gives back the roots of their tree.
pub(super) fn write<W: Write>(
    (form, locked): (&Form, &[FieldName]),
    layout: &Layout,
    widgets: &[PlacedWidget],
    file: &mut File<W>,
) -> Result<Vec<Ref>, Error> {
    let mut places: BTreeMap<FieldIx, Vec<&PlacedWidget>> = BTreeMap::new();
    for widget in widgets {
        places.entry(widget.field).or_default().push(widget);
    }
    let mut tree = Tree::default();
    for (field, places) in places {
        let (Some(declared), Some(value)) = (form.fields.get(field.0), layout.values.get(field.0)) else {
            return Err(Error::Write("a field has no value".to_owned()));
        };
        tree.add(Terminal { field: declared, value, places, locked: locked.contains(&declared.name) }, file)?;
    }
    tree.write(file);
    Ok(tree.roots.iter().filter_map(|root| tree.nodes.get(*root)).map(|node| node.id).collect())
}

/// Partial names (12.7.3.2): a partial name must not contain a period, so each step of a path is a field of its own.
#[derive(Default)]
struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    roots: Vec<usize>,
    known: BTreeMap<(Option<usize>, &'a str), usize>,
}

struct Node<'a> {
    id: Ref,
    name: &'a str,
    parent: Option<Ref>,
    content: Content<'a>,
}

enum Content<'a> {
    Branch(Vec<Ref>),
    Terminal(Terminal<'a>),
}

struct Terminal<'a> {
    field: &'a Field,
    value: &'a FieldValue,
    places: Vec<&'a PlacedWidget>,
    locked: bool,
}

impl<'a> Tree<'a> {
    fn add<W: Write>(&mut self, terminal: Terminal<'a>, file: &mut File<W>) -> Result<(), Error> {
        let path = terminal.field.name.as_str();
        let clash = || Error::Write(format!("the field {path} is also a group of fields"));
        let mut terminal = Some(terminal);
        let mut parent = None;
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let leaf = if steps.peek().is_none() { terminal.take() } else { None };
            parent = match (self.known.get(&(parent, step)), leaf) {
                (Some(_), Some(_)) => return Err(clash()),
                (Some(known), None) => Some(*known),
                (None, leaf) => Some(self.insert(parent, step, leaf, file).ok_or_else(clash)?),
            };
        }
        Ok(())
    }

    /// Puts a node below a parent; `None` where the parent is a terminal field.
    fn insert<W: Write>(&mut self, parent: Option<usize>, name: &'a str, leaf: Option<Terminal<'a>>, file: &mut File<W>) -> Option<usize> {
        // A field with a single place is one dictionary with its widget (12.5.6.19).
        let id = match leaf.as_ref().map(|leaf| &leaf.places[..]) {
            Some([only]) => only.id,
            _ => file.id(),
        };
        let at = self.nodes.len();
        let above = match parent {
            None => {
                self.roots.push(at);
                None
            }
            Some(parent) => {
                let node = self.nodes.get_mut(parent)?;
                let Content::Branch(children) = &mut node.content else { return None };
                children.push(id);
                Some(node.id)
            }
        };
        self.known.insert((parent, name), at);
        let content = leaf.map_or_else(|| Content::Branch(Vec::new()), Content::Terminal);
        self.nodes.push(Node { id, name, parent: above, content });
        Some(at)
    }

    fn write<W: Write>(&self, file: &mut File<W>) {
        for node in &self.nodes {
            match &node.content {
                Content::Branch(children) => {
                    let mut writer = node.start(file);
                    writer.children(children.iter().copied());
                }
                Content::Terminal(terminal) => terminal.write(node, file),
            }
        }
    }
}

impl Node<'_> {
    fn start<'c, W: Write>(&self, file: &'c mut File<W>) -> FieldWriter<'c> {
        let mut writer = file.object::<FieldWriter>(self.id);
        if let Some(parent) = self.parent {
            writer.parent(parent);
        }
        writer.partial_name(TextStr(self.name));
        writer
    }
}

impl Terminal<'_> {
    fn write<W: Write>(&self, node: &Node, file: &mut File<W>) {
        let kind = &self.field.kind;
        let ticked = is_ticked(self.value);
        let mut writer = node.start(file);
        self.describe(&mut writer);
        if let [only] = self.places[..] {
            only.describe(kind, ticked, &mut writer.into_annotation());
            return;
        }
        writer.children(self.places.iter().map(|place| place.id));
        writer.finish();
        for place in &self.places {
            let mut widget = file.object::<Annotation>(place.id);
            widget.subtype(AnnotationType::Widget).parent(node.id);
            // pdf.js looks for the tooltip in the widget alone.
            widget.pair(Name(b"TU"), TextStr(&self.field.label));
            place.describe(kind, ticked, &mut widget);
        }
    }

    /// What the field is, whatever it looks like.
    fn describe(&self, writer: &mut FieldWriter) {
        let Terminal { field, value, places, locked } = self;
        writer.alternate_name(TextStr(&field.label));
        writer.pair(Name(b"FWKind"), Name(field.kind.word().as_bytes()));
        let text = TextStr(&value.text);
        let mut flags = FieldFlags::empty();
        flags.set(FieldFlags::REQUIRED, field.required);
        // Table 221: a person cannot change the value.
        flags.set(FieldFlags::READ_ONLY, *locked);
        match &field.kind {
            FieldKind::Choice(options) => {
                writer.field_type(FieldType::Choice);
                flags |= FieldFlags::COMBO | FieldFlags::EDIT;
                writer.choice_options().options(options.iter().map(|option| TextStr(option)));
                writer.choice_value(Some(text)).choice_default_value(Some(text));
            }
            FieldKind::Check => {
                let state = || if is_ticked(value) { CheckBoxState::Yes } else { CheckBoxState::Off };
                writer.field_type(FieldType::Button).checkbox_value(state()).checkbox_default_value(state());
            }
            FieldKind::Photo => {
                writer.field_type(FieldType::Button);
                flags |= FieldFlags::PUSHBUTTON;
            }
            FieldKind::Signature | FieldKind::Seal => {
                writer.field_type(FieldType::Signature);
            }
            FieldKind::Text(_) | FieldKind::TextArea | FieldKind::Date | FieldKind::Month => {
                writer.field_type(FieldType::Text).text_value(text).text_default_value(text);
                flags.set(FieldFlags::MULTILINE, places.iter().any(|place| place.multiline));
                if let Some(length) = max_length(&field.kind, value) {
                    writer.text_max_len(length);
                }
            }
        }
        if !flags.is_empty() {
            writer.field_flags(flags);
        }
    }
}

/// The most characters that a person may type. The capacity counts full-width characters; digits take half of one,
/// and what is there already must never be cut when a person touches it. Readers count UTF-16 units.
fn max_length(kind: &FieldKind, value: &FieldValue) -> Option<i32> {
    let capacity = value.capacity?;
    let wanted = match kind {
        FieldKind::Text(TextFormat::IdNumber) => 18,
        FieldKind::Text(TextFormat::Mobile) => 11,
        FieldKind::Text(TextFormat::Postcode) => 6,
        FieldKind::Text(TextFormat::Number) => capacity.saturating_mul(2),
        // 2021年09月18日 and 1985年03月, however narrow the box.
        FieldKind::Date => capacity.max(11),
        FieldKind::Month => capacity.max(8),
        _ => capacity,
    };
    i32::try_from(wanted.max(value.text.encode_utf16().count())).ok()
}

/// Whether a check box is ticked: layout gives its value as the record has it.
fn is_ticked(value: &FieldValue) -> bool {
    !matches!(value.text.as_str(), "" | "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_type_what_the_kind_needs_and_never_less_than_what_is_there() {
        use TextFormat::{IdNumber, Mobile, Number, Plain, Postcode};
        let long = "一二三四五六七八九十";
        for (kind, text, capacity, want) in [
            (FieldKind::Text(Plain), "", Some(6), Some(6)),
            (FieldKind::Text(Plain), "", None, None),
            (FieldKind::Text(Plain), long, Some(6), Some(10)),
            (FieldKind::Text(Plain), "𠅤𠅤𠅤𠅤", Some(6), Some(8)),
            (FieldKind::Text(IdNumber), "", Some(9), Some(18)),
            (FieldKind::Text(Mobile), "", Some(30), Some(11)),
            (FieldKind::Text(Postcode), "", Some(30), Some(6)),
            (FieldKind::Text(Number), "", Some(4), Some(8)),
            (FieldKind::Date, "", Some(9), Some(11)),
            (FieldKind::Month, "1985.03", Some(5), Some(8)),
            (FieldKind::TextArea, long, None, None),
        ] {
            let value = FieldValue { text: text.to_owned(), capacity };
            assert_eq!(max_length(&kind, &value), want, "{kind:?} {capacity:?}");
        }
    }

    #[test]
    fn a_box_is_ticked_by_what_the_record_says() {
        for (text, ticked) in [("true", true), ("✓", true), ("false", false), ("", false)] {
            assert_eq!(is_ticked(&FieldValue { text: text.to_owned(), capacity: None }), ticked, "{text}");
        }
    }
}
