//! Fields: `input textarea select photo signature seal` → a box on paper and an entry in the form's fields.

use super::fields::{Declaration, declare};
use super::ink::{Lines, Piece, plain};
use super::reader::{Reader, at};
use super::style::{Look, look_in};
use super::value::{self, Width};
use super::vocabulary::Tag;
use super::xml::{Child, Element};
use crate::form::{FieldBox, FieldIx, FieldKind, LabelLine, Overflow, TextFormat};
use crate::units::{Mm, Rect};

/// The room in a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub w: Mm,
    pub h: Mm,
    /// Whether the row may grow: then nothing can be placed from its foot.
    pub grows: bool,
}

/// An empty date, as a person fills it in with a pen.
const EMPTY_DATE: &str = "　　年　　月　　日";

/// Numbers that only differ by rounding are equal.
const CLOSE: f64 = 0.005;

/// A field in a cell; `None` where it has no name to go by.
pub(super) fn in_cell(reader: &mut Reader, element: &Element, room: Option<Room>) -> Option<FieldBox> {
    let look = look_in(reader, element, None);
    let at = place(reader, element, room);
    if element.tag != Tag::Photo && element.get("right").is_none() && element.get("foot").is_none() {
        let why = ("它要与 `right`、`foot` 一起", "it goes with `right` and `foot`");
        if !matches!(element.tag, Tag::Signature | Tag::Seal) {
            reader.refuse(element, &["width", "height"], why);
        }
    }
    let kind = kind(reader, element);
    check_overflow(reader, element, &look, &kind, room);
    boxed(reader, element, look, kind, at)
}

/// A field in a line of ink, and its width.
pub(super) fn in_line(reader: &mut Reader, element: &Element, line: &Look) -> Option<(FieldBox, Mm)> {
    let look = look_in(reader, element, Some(line));
    let why = ("字段在一行文字里", "the field stands in a line of ink");
    reader.refuse(element, &["box", "right", "foot", "height", "valign", "overflow"], why);
    let kind = kind(reader, element);
    let width = match (element.get("width"), &kind) {
        (None, FieldKind::Date) => Some(Width::Em(9.0)),
        (None, FieldKind::Check) => Some(Width::Em(1.0)),
        _ => reader.need(element, "width", value::width),
    };
    let width = match width {
        Some(Width::Mm(width)) => width,
        Some(Width::Em(em)) => look.size.to_mm() * em,
        None => Mm(0.0),
    };
    Some((boxed(reader, element, look, kind, None)?, width))
}

fn boxed(reader: &mut Reader, element: &Element, look: Look, kind: FieldKind, at: Option<Rect>) -> Option<FieldBox> {
    let breaks = reader.read(element, "breaks", value::counts).unwrap_or_default();
    if !matches!(kind, FieldKind::Text(_)) {
        reader.refuse(element, &["breaks"], ("只有文字可以断开", "only text can be broken"));
    }
    let empty = empty(element, &look, &kind);
    let field = enter(reader, element, kind)?;
    Some(FieldBox {
        field,
        at,
        style: look.style(),
        min_size: look.min_size,
        leading: look.leading,
        align: look.align,
        valign: look.valign,
        overflow: look.overflow,
        breaks,
        empty,
    })
}

/// Enters the field under its name.
fn enter(reader: &mut Reader, element: &Element, kind: FieldKind) -> Option<FieldIx> {
    let name = reader.need(element, "name", value::name);
    let required = reader.read(element, "required", value::yes).unwrap_or(false);
    let agrees = reader.read(element, "agrees", value::names).unwrap_or_default();
    let after = reader.read(element, "after", value::names).unwrap_or_default();
    let type_known = element.get("type").is_none_or(|written| input_type(&written.value).is_ok());
    if !matches!(kind, FieldKind::Date | FieldKind::Month) && type_known {
        reader.refuse(element, &["after"], ("只有日期有先后", "only dates come after one another"));
    }
    if after.len() > 1 {
        reader.error("bad-value", at(element, "after"), "`after` 只能写一个字段", "`after` names one field");
    }
    let label = element.get("label").map(|label| (label.value.trim().to_owned(), label.at.clone()));
    if let Some((text, range)) = &label
        && text.is_empty()
    {
        reader.error("bad-value", range, "标签是空的", "the label is empty");
    }
    let mut refers: Vec<_> = agrees.iter().map(|name| (name.clone(), at(element, "agrees").clone())).collect();
    refers.extend(after.iter().map(|name| (name.clone(), at(element, "after").clone())));
    let name = name?;
    let said = Declaration { kind, required, agrees, after: after.into_iter().next(), label, at: at(element, "name").clone(), refers, name };
    Some(declare(reader, said))
}

fn kind(reader: &mut Reader, element: &Element) -> FieldKind {
    match element.tag {
        Tag::Textarea => FieldKind::TextArea,
        Tag::Select => FieldKind::Choice(options(reader, element)),
        Tag::Photo => FieldKind::Photo,
        Tag::Signature => FieldKind::Signature,
        Tag::Seal => FieldKind::Seal,
        _ => reader.read(element, "type", input_type).unwrap_or(InputType::Text).kind(),
    }
}

/// What `type=` says.
#[derive(Clone, Copy)]
enum InputType {
    Text,
    Number,
    IdNumber,
    Mobile,
    Postcode,
    Date,
    Month,
    Check,
}

impl InputType {
    fn kind(self) -> FieldKind {
        match self {
            InputType::Text => FieldKind::Text(TextFormat::Plain),
            InputType::Number => FieldKind::Text(TextFormat::Number),
            InputType::IdNumber => FieldKind::Text(TextFormat::IdNumber),
            InputType::Mobile => FieldKind::Text(TextFormat::Mobile),
            InputType::Postcode => FieldKind::Text(TextFormat::Postcode),
            InputType::Date => FieldKind::Date,
            InputType::Month => FieldKind::Month,
            InputType::Check => FieldKind::Check,
        }
    }
}

fn input_type(text: &str) -> Result<InputType, value::Wrong> {
    let types = [
        ("text", InputType::Text),
        ("number", InputType::Number),
        ("id-number", InputType::IdNumber),
        ("mobile", InputType::Mobile),
        ("postcode", InputType::Postcode),
        ("date", InputType::Date),
        ("month", InputType::Month),
        ("check", InputType::Check),
    ];
    value::word(text, &types)
}

fn options(reader: &mut Reader, select: &Element) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    for option in select.elements() {
        let text = plain(texts(option));
        if text.is_empty() {
            reader.error("bad-value", &option.at, "选项是空的", "the option is empty");
        } else if options.contains(&text) {
            let message = (format!("选项“{text}”写了两次"), format!("the option \"{text}\" is written twice"));
            reader.error("bad-value", &option.at, message.0, message.1);
        } else {
            options.push(text);
        }
    }
    if options.is_empty() && !select.broken {
        reader.error("no-option", &select.at, "`<select>` 里没有 `<option>`", "`<select>` holds no `<option>`");
    }
    options
}

fn texts(element: &Element) -> impl Iterator<Item = &str> {
    element.children.iter().filter_map(|child| if let Child::Text(text) = child { Some(text.as_str()) } else { None })
}

/// The ink of the empty field.
fn empty(element: &Element, look: &Look, kind: &FieldKind) -> Vec<LabelLine> {
    let line = |text: String| LabelLine { text, style: look.style(), distribute: None };
    match kind {
        FieldKind::Date => vec![line(EMPTY_DATE.to_owned())],
        FieldKind::Photo => {
            let mut lines: Lines<()> = Lines::new();
            for child in &element.children {
                match child {
                    Child::Text(text) => lines.text(text),
                    Child::Element(_) => lines.end_line(),
                }
            }
            let text = |piece| if let Piece::Text(text) = piece { text } else { String::new() };
            lines.finish().into_iter().map(|pieces| line(pieces.into_iter().map(text).collect())).collect()
        }
        _ => Vec::new(),
    }
}

/// The field's box in its cell, where the template gives one.
fn place(reader: &mut Reader, element: &Element, room: Option<Room>) -> Option<Rect> {
    let photo = element.tag == Tag::Photo;
    let placed = photo || matches!(element.tag, Tag::Signature | Tag::Seal);
    if element.get("box").is_some() {
        reader.refuse(element, &["right", "foot", "width", "height"], ("`box` 已说明位置", "`box` says where it is"));
        let rect = reader.read(element, "box", value::rect)?;
        return inside(reader, element, "box", rect, room);
    }
    let from_edges = element.get("right").is_some() || element.get("foot").is_some();
    if !placed && !from_edges {
        return None;
    }
    let size = (reader.need(element, "width", value::extent), reader.need(element, "height", value::extent));
    let edges = match photo && !from_edges {
        true => None,
        false => Some((reader.need(element, "right", value::mm), reader.need(element, "foot", value::mm))),
    };
    let room = room?;
    if room.grows {
        let by = if element.get("foot").is_some() { at(element, "foot") } else { &element.at };
        reader.error(
            "growing-row",
            by,
            "会增高的行里不能从底边定位：改用 `box`",
            "in a row that grows nothing can be placed from the foot: use `box`",
        );
        return None;
    }
    let (w, h) = (size.0?, size.1?);
    let rect = match edges {
        None => Rect { x: (room.w - w) / 2.0, y: (room.h - h) / 2.0, w, h },
        Some((right, foot)) => Rect { x: room.w - right? - w, y: room.h - foot? - h, w, h },
    };
    inside(reader, element, "width", rect, Some(room))
}

/// The box, if it lies in the cell.
fn inside(reader: &mut Reader, element: &Element, by: &str, rect: Rect, room: Option<Room>) -> Option<Rect> {
    let room = room?;
    let out = rect.x.0 < -CLOSE || rect.y.0 < -CLOSE || rect.right().0 > room.w.0 + CLOSE || rect.bottom().0 > room.h.0 + CLOSE;
    if out && !element.broken {
        let (w, h) = (room.w.0, room.h.0);
        let (x, y, right, bottom) = (rect.x.0, rect.y.0, rect.right().0, rect.bottom().0);
        reader.error(
            "out-of-cell",
            at(element, by),
            format!("字段的框（左 {x:.2}，上 {y:.2}，右 {right:.2}，下 {bottom:.2} 毫米）超出单元格（{w:.2}×{h:.2} 毫米）"),
            format!("the field's box (left {x:.2}, top {y:.2}, right {right:.2}, bottom {bottom:.2} mm) leaves its cell ({w:.2}×{h:.2} mm)"),
        );
    }
    Some(rect)
}

fn check_overflow(reader: &mut Reader, element: &Element, look: &Look, kind: &FieldKind, room: Option<Room>) {
    let by = at(element, "overflow");
    match look.overflow {
        Overflow::Continue if *kind != FieldKind::TextArea => {
            reader.error("overflow", by, "只有 `<textarea>` 可以续到附页", "only a `<textarea>` may continue on an annex");
        }
        Overflow::Continue => {
            reader.continued.get_or_insert_with(|| by.clone());
        }
        Overflow::Grow if room.is_some_and(|room| !room.grows) => {
            reader.error(
                "overflow",
                by,
                "这一行的高度是固定的：会增高的行写 `height=\"17+\"`",
                "this row's height is exact: a row that may grow has `height=\"17+\"`",
            );
        }
        Overflow::Grow | Overflow::Error => {}
    }
}
