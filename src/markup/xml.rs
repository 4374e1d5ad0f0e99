//! Expanded text → a tree of known elements. Everything the vocabulary does not know is reported here;
//! what was meant is guessed, so that the reading can go on.

use std::ops::Range;

use roxmltree::{Document, Node, NodeType};

use super::malformed;
use super::report::{Reports, did_you_mean};
use super::vocabulary::Tag;
use crate::diag::{Message, nearest};

/// An element of the vocabulary with its attributes and children.
#[derive(Debug)]
pub(super) struct Element {
    pub tag: Tag,
    /// Where its name stands in the expanded text.
    pub at: Range<usize>,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Child>,
    /// Whether something in it was unknown: what seems to be missing may only be misspelt.
    pub broken: bool,
    /// Whether its name was misspelt and the tag is a guess: what does not suit the guess is no mistake.
    guessed: bool,
}

/// An attribute that its element may have.
#[derive(Debug)]
pub(super) struct Attribute {
    pub name: &'static str,
    pub value: String,
    /// Where its name stands.
    pub key_at: Range<usize>,
    /// Where its value stands.
    pub at: Range<usize>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    /// The attribute of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Its children that are elements.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| if let Child::Element(element) = child { Some(element) } else { None })
    }
}

/// Reads the tree; `None` where there is none to read on with.
pub(super) fn read(text: &str, reports: &mut Reports) -> Option<Element> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            malformed::explain(text, &error, reports);
            return None;
        }
    };
    for stray in document.root().children().filter(Node::is_pi) {
        refuse_instruction(stray, reports);
    }
    let root = document.root_element();
    let name = written_name(text, root);
    if name != "form" {
        let message = Message::new(
            format!("最外层的元素是 `<{name}>`，应为 `<form>`"),
            format!("the outermost element is `<{name}>`; it must be `<form>`"),
        );
        let help = nearest(name, ["form"]).map(did_you_mean);
        reports.add("unknown-element", &name_range(text, root), message, help);
    }
    Some(element(text, root, Tag::Form, name != "form", reports))
}

fn element(text: &str, node: Node, tag: Tag, guessed: bool, reports: &mut Reports) -> Element {
    let at = name_range(text, node);
    let mut found = Element { tag, at, attributes: Vec::new(), children: Vec::new(), broken: guessed, guessed };
    let outer = node.parent_element().and_then(|outer| outer.tag_name().namespace());
    if node.tag_name().namespace().is_some() && outer.is_none() {
        found.broken = true;
        reports.error("unknown-attribute", &found.at, Message::new("模板不用 XML 命名空间", "templates use no XML namespaces"));
    }
    attributes(text, node, &mut found, reports);
    for child in node.children() {
        match child.node_type() {
            NodeType::Element => match known_child(text, child, &mut found, reports) {
                Some((inner, guessed)) => found.children.push(Child::Element(element(text, child, inner, guessed, reports))),
                None => found.broken = true,
            },
            NodeType::Text => ink(text, child, &mut found, reports),
            NodeType::PI => refuse_instruction(child, reports),
            NodeType::Comment | NodeType::Root => {}
        }
    }
    found
}

fn attributes(text: &str, node: Node, found: &mut Element, reports: &mut Reports) {
    let spec = found.tag.spec();
    for attribute in node.attributes() {
        let key_at = attribute.range_qname();
        let key = text.get(key_at.clone()).unwrap_or(attribute.name());
        match spec.attributes.iter().find(|name| **name == key) {
            Some(name) => {
                found.attributes.push(Attribute { name, value: attribute.value().to_owned(), key_at, at: value_range(attribute) });
            }
            None if found.guessed => found.broken = true,
            None => {
                found.broken = true;
                let on = written_name(text, node);
                let message =
                    Message::new(format!("`<{on}>` 没有属性 `{key}`"), format!("unknown attribute `{key}` on `<{on}>`"));
                let help = nearest(key, spec.attributes.iter().copied()).map(did_you_mean);
                let help = help.or_else(|| list_of(spec.attributes.iter().copied()));
                reports.add("unknown-attribute", &key_at, message, help);
            }
        }
    }
}

/// The tag of a child, or what was probably meant and that it is a guess; `None` where nothing near it may stand here.
fn known_child(text: &str, child: Node, parent: &mut Element, reports: &mut Reports) -> Option<(Tag, bool)> {
    let name = written_name(text, child);
    let at = name_range(text, child);
    let here = parent.tag.name();
    match Tag::find(name) {
        Some(tag) if tag.spec().within.contains(&parent.tag) => Some((tag, false)),
        Some(_) if parent.guessed => None,
        Some(tag) => {
            let places: Vec<String> = tag.spec().within.iter().map(|tag| format!("`<{}>`", tag.name())).collect();
            let message = Message::new(format!("`<{name}>` 不能放在 `<{here}>` 里"), format!("`<{name}>` cannot stand in `<{here}>`"));
            let help = match places.is_empty() {
                true => Message::new("`<form>` 只在最外层", "`<form>` is only the outermost element"),
                false => Message::new(format!("它的位置是 {}", places.join("、")), format!("its place is {}", places.join(", "))),
            };
            reports.error_with_help("misplaced-element", &at, message, help);
            None
        }
        None => {
            let near = nearest(name, parent.tag.children());
            let message = Message::new(format!("没有元素 `<{name}>`"), format!("unknown element `<{name}>`"));
            let help = near.map(did_you_mean).or_else(|| list_of(parent.tag.children()));
            reports.add("unknown-element", &at, message, help);
            parent.broken = true;
            near.and_then(Tag::find).map(|tag| (tag, true))
        }
    }
}

fn ink(text: &str, node: Node, found: &mut Element, reports: &mut Reports) {
    let words = node.text().unwrap_or_default();
    if found.tag.spec().text || found.guessed {
        found.children.push(Child::Text(words.to_owned()));
        return;
    }
    let range = node.range();
    let written = text.get(range.clone()).unwrap_or_default();
    let Some(first) = written.find(|c: char| !c.is_ascii_whitespace()) else { return };
    let start = range.start + first;
    let rest = written.get(first..).unwrap_or_default();
    let len = rest.find(['\n', '\r']).unwrap_or(rest.len());
    let name = found.tag.name();
    let message = Message::new(format!("文字不能直接放在 `<{name}>` 里"), format!("text cannot stand directly in `<{name}>`"));
    let help = match found.tag {
        Tag::Form | Tag::Page => Message::new("放进 `<p x= y=>` 里", "put it into a `<p x= y=>`"),
        Tag::Table | Tag::Thead | Tag::Tr => Message::new("放进 `<th>` 或 `<td>` 里", "put it into a `<th>` or a `<td>`"),
        _ => Message::new("值来自记录，模板里不写", "values come from the record, not from the template"),
    };
    reports.error_with_help("stray-text", &(start..start + len), message, help);
}

fn refuse_instruction(node: Node, reports: &mut Reports) {
    let message = Message::new("模板里没有处理指令 `<?…?>`", "templates have no processing instructions `<?…?>`");
    reports.error("xml", &node.range(), message);
}

fn list_of(names: impl Iterator<Item = &'static str>) -> Option<Message> {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => None,
        false => Some(Message::new(format!("可用的有：{}", names.join("、")), format!("there are: {}", names.join(", ")))),
    }
}

/// The range of the element's name as it is written.
fn name_range(text: &str, node: Node) -> Range<usize> {
    let start = node.range().start + 1;
    start..start + name_len(text.get(start..).unwrap_or_default())
}

fn written_name<'a>(text: &'a str, node: Node) -> &'a str {
    text.get(name_range(text, node)).unwrap_or_default()
}

/// How many bytes at the beginning of the text are an element's name.
pub(super) fn name_len(text: &str) -> usize {
    text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(text.len())
}

/// The value's range; the closing quote where the value is empty, so that a caret has something to mark.
fn value_range(attribute: roxmltree::Attribute) -> Range<usize> {
    let at = attribute.range_value();
    if at.is_empty() { at.start..at.start + 1 } else { at }
}
