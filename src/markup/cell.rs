//! What stands in a cell: a label, fields, placed lines.

use std::ops::Range;

use super::field::{self, Room};
use super::ink::{Lines, Piece, plain};
use super::line;
use super::reader::{Reader, at};
use super::style::{Look, look, look_in};
use super::value;
use super::vocabulary::Tag;
use super::xml::{Child, Element};
use crate::form::{Across, Content, Down, Edges, FieldBox, Inline, Label, LabelLine, Para};
use crate::units::{Mm, Rect};

/// The content of a cell and its padding; `room` is unknown where the table does not tile.
pub(super) fn read_cell(reader: &mut Reader, element: &Element, room: Option<Room>) -> (Edges, Vec<Content>) {
    let look = look(reader, element);
    let vertical = reader.read(element, "vertical", value::yes).unwrap_or(false);
    let label = read_label(reader, element, &look, vertical);
    let mut content: Vec<Content> = label.map(Content::Label).into_iter().collect();
    let mut boxes: Vec<(Rect, &Range<usize>)> = Vec::new();
    let whole = room.map(|room| whole(room, &look.padding));
    for child in element.elements() {
        match child.tag {
            Tag::Br => {}
            Tag::P if !line::is_placed(child) => {}
            Tag::P => {
                if let Some(para) = line::in_cell(reader, child, &look, room) {
                    boxes.extend(extent(&para).map(|rect| (rect, &child.at)));
                    content.push(Content::Para(para));
                }
            }
            _ => {
                if let Some(field) = field::in_cell(reader, child, room) {
                    // A seal or a signature lies over what is there and takes no room.
                    if !matches!(child.tag, Tag::Seal | Tag::Signature) && !child.broken {
                        boxes.extend(field.at.or(whole).map(|rect| (rect, &child.at)));
                    }
                    if !child.broken {
                        mixed(reader, &content, child, &field);
                    }
                    content.push(Content::Field(field));
                }
            }
        }
    }
    crossing(reader, &boxes);
    if element.tag == Tag::Th && content.iter().any(|content| !matches!(content, Content::Label(_))) {
        reader.error(
            "field-in-head",
            &element.at,
            "`<th>` 里只能有标签文字；字段放在 `<td>` 里",
            "a `<th>` holds a label only; fields stand in a `<td>`",
        );
    }
    (look.padding, content)
}

/// The ink that stands in the cell without a place of its own.
fn read_label(reader: &mut Reader, element: &Element, look: &Look, vertical: bool) -> Option<Label> {
    let mut lines: Vec<LabelLine> = Vec::new();
    let mut own: Lines<()> = Lines::new();
    for child in &element.children {
        match child {
            Child::Text(text) => own.text(text),
            Child::Element(inner) if inner.tag == Tag::Br => own.end_line(),
            Child::Element(inner) if inner.tag == Tag::P && !line::is_placed(inner) => {
                lines.extend(label_lines(std::mem::replace(&mut own, Lines::new()), look));
                lines.extend(paragraph_lines(reader, inner, look));
            }
            Child::Element(_) => {}
        }
    }
    lines.extend(label_lines(own, look));
    if let (Some(em), [only]) = (look.distribute, lines.as_mut_slice()) {
        only.distribute.get_or_insert(em);
    }
    if let (1.., [only]) = (element.attributes.len(), lines.as_slice()) {
        spread_enough(reader, element, only);
    }
    if lines.is_empty() {
        return None;
    }
    let plain = plain(lines.iter().map(|line| line.text.as_str()));
    Some(Label { lines, align: look.align, leading: look.leading.0, vertical, plain })
}

/// The lines of a `p` without a place: part of the label, with a look of their own.
fn paragraph_lines(reader: &mut Reader, element: &Element, cell: &Look) -> Vec<LabelLine> {
    let look = look_in(reader, element, Some(cell));
    let why = ("没有位置的 `<p>` 是标签的一行", "a `<p>` without a place is a line of the label");
    reader.refuse(element, &["x", "y", "pages", "align", "leading"], why);
    let mut own: Lines<()> = Lines::new();
    for child in &element.children {
        match child {
            Child::Text(text) => own.text(text),
            Child::Element(inner) if inner.tag == Tag::Br => own.end_line(),
            Child::Element(inner) => {
                let name = inner.tag.name();
                reader.error(
                    "unplaced-field",
                    &inner.at,
                    format!("`<{name}>` 所在的 `<p>` 没有位置：写 `left`/`right` 和 `top`/`baseline`"),
                    format!("the `<p>` around `<{name}>` has no place: write `left`/`right` and `top`/`baseline`"),
                );
            }
        }
    }
    let mut lines = label_lines(own, &look);
    if let (Some(em), [only]) = (look.distribute, lines.as_mut_slice()) {
        only.distribute = Some(em);
        spread_enough(reader, element, only);
    }
    lines
}

fn label_lines(lines: Lines<()>, look: &Look) -> Vec<LabelLine> {
    let text = |piece| if let Piece::Text(text) = piece { text } else { String::new() };
    let line = |pieces: Vec<Piece<()>>| LabelLine { text: pieces.into_iter().map(text).collect(), style: look.style(), distribute: None };
    lines.finish().into_iter().map(line).collect()
}

fn spread_enough(reader: &mut Reader, element: &Element, line: &LabelLine) {
    let Some(em) = line.distribute else { return };
    // Half-width characters take half an em; the count is a lower bound and enough to find a slip.
    let need: f64 = line.text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum();
    if need > em {
        reader.error(
            "bad-value",
            at(element, "distribute"),
            format!("“{}”有 {need} 字宽，不能撑开成 {em} 字宽", line.text),
            format!("\"{}\" is {need} em wide and cannot be spread over {em} em", line.text),
        );
    }
}

fn whole(room: Room, padding: &Edges) -> Rect {
    let (w, h) = (room.w - padding.left - padding.right, room.h - padding.top - padding.bottom);
    Rect { x: padding.left, y: padding.top, w: w.max(Mm(0.0)), h: h.max(Mm(0.0)) }
}

/// Where the fields of placed lines stand; known where a field is alone on its line.
fn extent(para: &Para) -> Option<Rect> {
    let [only] = para.lines.as_slice() else { return None };
    let [Inline::Field(field, w)] = only.inlines.as_slice() else { return None };
    let h = field.style.size.to_mm();
    let x = match para.across {
        Across::Left(x) => x,
        Across::Centre(x) => x - *w / 2.0,
        Across::Right(x) => x - *w,
    };
    let y = match para.down {
        Down::Top(y) => y,
        // The em box has 0.88 of its height above the baseline (geometry.json, text_y).
        Down::Baseline(y) => y - h * 0.88,
    };
    Some(Rect { x, y, w: *w, h })
}

fn crossing(reader: &mut Reader, boxes: &[(Rect, &Range<usize>)]) {
    for (index, (rect, at)) in boxes.iter().enumerate() {
        if boxes.iter().take(index).any(|(other, _)| rect.overlaps(other)) {
            reader.error(
                "crossing-fields",
                at,
                "字段与同一单元格里前面的字段重叠：用 `box` 或 `right`、`foot` 分开",
                "the field overlaps another one in its cell: part them with `box`, or `right` and `foot`",
            );
        }
    }
}

fn mixed(reader: &mut Reader, content: &[Content], element: &Element, field: &FieldBox) {
    if field.at.is_none() && content.iter().any(|content| matches!(content, Content::Label(_))) {
        reader.error(
            "ink-and-field",
            &element.at,
            "字段占满单元格，旁边不能有文字：放进有位置的 `<p>` 里",
            "the field fills its cell, so no ink can stand beside it: put both into a placed `<p>`",
        );
    }
}
