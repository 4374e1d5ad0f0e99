//! Styles: how ink and values look, from the built-in look of an element over `<style>` to its own attributes.

use super::reader::{Reader, at};
use super::report::did_you_mean;
use super::value;
use super::vocabulary::{LOOK, Tag};
use super::xml::Element;
use crate::diag::{Message, nearest};
use crate::form::{Align, Edges, FontRole, Overflow, TextStyle, VAlign};
use crate::units::{Mm, Pt};

/// How ink or a value looks; what is `None` is left to what lies below.
#[derive(Clone, Copy, Debug, Default)]
struct Layer {
    font: Option<FontRole>,
    size: Option<Pt>,
    min_size: Option<Pt>,
    leading: Option<(f64, f64)>,
    align: Option<Align>,
    valign: Option<VAlign>,
    padding: Option<Edges>,
    distribute: Option<f64>,
    overflow: Option<Overflow>,
}

/// How ink or a value looks, nothing left open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub font: FontRole,
    pub size: Pt,
    pub min_size: Pt,
    pub leading: (f64, f64),
    pub align: Align,
    pub valign: VAlign,
    pub padding: Edges,
    pub distribute: Option<f64>,
    pub overflow: Overflow,
}

impl Look {
    /// Face and size as the form keeps them.
    pub(super) fn style(&self) -> TextStyle {
        TextStyle { font: self.font, size: self.size }
    }

    fn under(self, layer: &Layer) -> Look {
        Look {
            font: layer.font.unwrap_or(self.font),
            size: layer.size.unwrap_or(self.size),
            min_size: layer.min_size.unwrap_or(self.min_size),
            leading: layer.leading.unwrap_or(self.leading),
            align: layer.align.unwrap_or(self.align),
            valign: layer.valign.unwrap_or(self.valign),
            padding: layer.padding.unwrap_or(self.padding),
            distribute: layer.distribute.or(self.distribute),
            overflow: layer.overflow.unwrap_or(self.overflow),
        }
    }
}

/// What a `<style>` is for.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Element(Tag),
    Class(String),
}

/// The styles in force.
#[derive(Debug, Default)]
pub(super) struct Styles {
    rules: Vec<(Target, Layer)>,
    /// How many of the rules belong to the whole form.
    of_form: usize,
    /// Whether a style could not be read: a class that seems unknown may be its own.
    broken: bool,
}

impl Styles {
    /// Ends the form's own styles or a page's: what a page added is forgotten.
    pub(super) fn forget_page(&mut self) {
        self.rules.truncate(self.of_form);
    }

    fn classes(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|(target, _)| if let Target::Class(name) = target { Some(name.as_str()) } else { None })
    }
}

/// Reads the `<style>`s among the children; `whole` where they are the form's own.
pub(super) fn read_styles(reader: &mut Reader, parent: &Element, whole: bool) {
    for element in parent.elements().filter(|element| element.tag == Tag::Style) {
        let layer = layer(reader, element);
        reader.styles.broken |= element.broken;
        let Some(targets) = element.get("for") else {
            reader.missing(element, "for");
            continue;
        };
        for word in targets.value.split_ascii_whitespace() {
            match target(word) {
                Some(target) => {
                    applicable(reader, element, &target);
                    reader.styles.rules.push((target, layer));
                }
                None => {
                    let tags = STYLED.iter().map(|tag| tag.name());
                    let near = nearest(word, tags).map(did_you_mean);
                    let message = Message::new(
                        format!("“{word}”没有样式：写元素名（th td p input textarea select photo rest）或 .类名"),
                        format!("\"{word}\" has no style: name th, td, p, input, textarea, select, photo, rest or a .class"),
                    );
                    reader.styles.broken = true;
                    reader.reports.add("bad-value", &targets.at, message, near);
                }
            }
        }
    }
    if whole {
        reader.styles.of_form = reader.styles.rules.len();
    }
}

/// The elements that have a look.
const STYLED: [Tag; 8] = [Tag::Th, Tag::Td, Tag::P, Tag::Input, Tag::Textarea, Tag::Select, Tag::Photo, Tag::Rest];

fn target(word: &str) -> Option<Target> {
    match word.strip_prefix('.') {
        Some("") => None,
        Some(class) => Some(Target::Class(class.to_owned())),
        None => Tag::find(word).filter(|tag| STYLED.contains(tag)).map(Target::Element),
    }
}

fn applicable(reader: &mut Reader, element: &Element, target: &Target) {
    let Target::Element(tag) = target else { return };
    for attribute in element.attributes.iter().filter(|a| LOOK.contains(&a.name) && !tag.takes(a.name)) {
        let (name, on) = (attribute.name, tag.name());
        reader.error(
            "misplaced-attribute",
            &attribute.key_at,
            format!("`<{on}>` 没有属性 `{name}`"),
            format!("`<{on}>` has no `{name}`"),
        );
    }
}

/// The look of an element: its own attributes over its classes over the styles for its kind.
pub(super) fn look(reader: &mut Reader, element: &Element) -> Look {
    look_in(reader, element, None)
}

/// The look of an element in a line of ink, whose face and size it takes unless it has its own.
pub(super) fn look_in(reader: &mut Reader, element: &Element, line: Option<&Look>) -> Look {
    let mut look = built_in(element.tag);
    for (target, layer) in &reader.styles.rules {
        if *target == Target::Element(element.tag) {
            look = look.under(layer);
        }
    }
    if let Some(line) = line {
        (look.font, look.size, look.align) = (line.font, line.size, line.align);
    }
    if let Some(class) = element.get("class") {
        for word in class.value.split_ascii_whitespace() {
            let layers: Vec<Layer> =
                reader.styles.rules.iter().filter(|(target, _)| *target == Target::Class(word.to_owned())).map(|(_, layer)| *layer).collect();
            if layers.is_empty() && !reader.styles.broken {
                let message = Message::new(format!("没有样式 `.{word}`"), format!("there is no style `.{word}`"));
                let near = nearest(word, reader.styles.classes()).map(did_you_mean);
                reader.reports.add("unknown-class", &class.at, message, near);
            }
            for layer in &layers {
                look = look.under(layer);
            }
        }
    }
    let own = layer(reader, element);
    look = look.under(&own);
    if !element.broken && own.min_size.is_some_and(|min| min.0 > look.size.0) {
        reader.error(
            "bad-value",
            at(element, "min-size"),
            "`min-size` 大于字号",
            "`min-size` is larger than the size",
        );
    }
    look.min_size = Pt(look.min_size.0.min(look.size.0));
    look
}

/// The attributes of look that are written on an element.
fn layer(reader: &mut Reader, element: &Element) -> Layer {
    Layer {
        font: reader.read(element, "font", value::font),
        size: reader.read(element, "size", value::size),
        min_size: reader.read(element, "min-size", value::size),
        leading: reader.read(element, "leading", value::leading),
        align: reader.read(element, "align", value::align),
        valign: reader.read(element, "valign", value::valign),
        padding: reader.read(element, "padding", value::edges),
        distribute: reader.read(element, "distribute", value::em),
        overflow: reader.read(element, "overflow", value::overflow),
    }
}

/// The look that elements are born with (docs/markup.md lists it).
fn built_in(tag: Tag) -> Look {
    let edges = |x: f64| Edges { top: Mm(0.4), right: Mm(x), bottom: Mm(0.4), left: Mm(x) };
    let ink = Look {
        font: FontRole::Song,
        size: Pt(12.0),
        min_size: Pt(9.0),
        leading: (1.3, 1.3),
        align: Align::Left,
        valign: VAlign::Middle,
        padding: edges(1.2),
        distribute: None,
        overflow: Overflow::Error,
    };
    let value = Look { font: FontRole::Fang, leading: (1.5, 1.5), ..ink };
    match tag {
        Tag::Th => Look { align: Align::Centre, padding: edges(1.0), ..ink },
        Tag::Photo => Look { align: Align::Centre, ..ink },
        Tag::Input | Tag::Select | Tag::Rest | Tag::Signature | Tag::Seal => value,
        Tag::Textarea => Look { align: Align::Justify, valign: VAlign::Top, ..value },
        _ => ink,
    }
}
