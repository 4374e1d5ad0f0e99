//! Placed lines: `p` on a page or in a cell.

use super::field::{Room, in_line};
use super::ink::{Lines, Piece};
use super::reader::{Reader, at};
use super::style::{Look, look, look_in};
use super::value;
use super::vocabulary::Tag;
use super::xml::{Child, Element};
use crate::form::{Across, Align, Down, FontRole, Inline, Line, PageKind, Para, RefKind, Role};
use crate::units::Mm;

/// The attributes that give a `p` its place in a cell.
const IN_CELL: [&str; 4] = ["left", "right", "top", "baseline"];

/// Whether a `p` in a cell has a place of its own; without one it is a line of the cell's label.
pub(super) fn is_placed(element: &Element) -> bool {
    element.attributes.iter().any(|attribute| IN_CELL.contains(&attribute.name))
}

/// A `p` on a page.
pub(super) fn on_page(reader: &mut Reader, element: &Element, paper: Option<(Mm, Mm)>) -> Option<Para> {
    let look = look(reader, element);
    reader.refuse(element, &IN_CELL, ("页面上用 `x` 和 `y`", "on a page, use `x` and `y`"));
    reader.refuse(element, &["distribute"], ("只有表格的标签可以撑开", "only labels in tables are spread"));
    let x = reader.need(element, "x", value::mm);
    let y = reader.need(element, "y", value::mm);
    let every_sheet = reader.read(element, "pages", value::pages).unwrap_or(false);
    let lines = lines(reader, element, &look);
    let (x, y) = (x?, y?);
    if let Some((w, h)) = paper {
        off_paper(reader, element, "x", x, w);
        off_paper(reader, element, "y", y, h);
    }
    let across = match look.align {
        Align::Left => Across::Left(x),
        Align::Centre => Across::Centre(x),
        Align::Right => Across::Right(x),
        Align::Justify => {
            reader.error("bad-value", at(element, "align"), "一行文字不能两端对齐", "a placed line cannot be justified");
            return None;
        }
    };
    // A title is what is set in the face for titles.
    let role = if look.font == FontRole::Title { Role::Title } else { Role::Text };
    Some(Para { across, down: Down::Top(y), role, lines, leading: look.leading.0, every_sheet })
}

/// A placed `p` in a cell.
pub(super) fn in_cell(reader: &mut Reader, element: &Element, cell: &Look, room: Option<Room>) -> Option<Para> {
    let mut look = look_in(reader, element, Some(cell));
    reader.refuse(element, &["x", "y", "pages"], ("单元格里用 `left`/`right` 和 `top`/`baseline`", "in a cell, use `left`/`right` and `top`/`baseline`"));
    reader.refuse(element, &["distribute"], ("只有标签可以撑开", "only labels are spread"));
    let across = across(reader, element, &mut look, room);
    let down = down(reader, element, room);
    let lines = lines(reader, element, &look);
    Some(Para { across: across?, down: down?, role: Role::Text, lines, leading: look.leading.0, every_sheet: true })
}

fn across(reader: &mut Reader, element: &Element, look: &mut Look, room: Option<Room>) -> Option<Across> {
    if element.get("left").is_some() {
        reader.refuse(element, &["right", "align"], ("`left` 已说明位置", "`left` says where it is"));
        look.align = Align::Left;
        let left = reader.read(element, "left", value::mm)?;
        within(reader, element, "left", left, room.map(|room| room.w));
        return Some(Across::Left(left));
    }
    if element.get("right").is_some() {
        reader.refuse(element, &["align"], ("`right` 已说明位置", "`right` says where it is"));
        look.align = Align::Right;
        let right = reader.read(element, "right", value::mm)?;
        within(reader, element, "right", right, room.map(|room| room.w));
        return Some(Across::Right(room?.w - right));
    }
    if element.get("align").is_some_and(|align| align.value == "center") {
        return Some(Across::Centre(room?.w / 2.0));
    }
    reader.missing(element, "left");
    None
}

fn down(reader: &mut Reader, element: &Element, room: Option<Room>) -> Option<Down> {
    if element.get("top").is_some() {
        reader.refuse(element, &["baseline"], ("`top` 已说明位置", "`top` says where it is"));
        let top = reader.read(element, "top", value::mm)?;
        within(reader, element, "top", top, room.map(|room| room.h));
        return Some(Down::Top(top));
    }
    if element.get("baseline").is_none() {
        reader.missing(element, "baseline");
    }
    let baseline = reader.read(element, "baseline", value::mm)?;
    let room = room?;
    if room.grows {
        reader.error(
            "growing-row",
            at(element, "baseline"),
            "会增高的行里不能从底边定位：改用 `top`",
            "in a row that grows nothing can be placed from the foot: use `top`",
        );
    }
    within(reader, element, "baseline", baseline, Some(room.h));
    Some(Down::Baseline(room.h - baseline))
}

fn within(reader: &mut Reader, element: &Element, name: &str, length: Mm, room: Option<Mm>) {
    if let Some(room) = room
        && length > room
    {
        let (length, room) = (length.0, room.0);
        reader.error(
            "out-of-cell",
            at(element, name),
            format!("{length} 毫米超出单元格（{room:.2} 毫米）"),
            format!("{length} mm is outside the cell ({room:.2} mm)"),
        );
    }
}

fn off_paper(reader: &mut Reader, element: &Element, name: &str, length: Mm, paper: Mm) {
    if length > paper {
        let (length, paper) = (length.0, paper.0);
        reader.error(
            "off-paper",
            at(element, name),
            format!("{length} 毫米超出纸张（{paper} 毫米）"),
            format!("{length} mm is outside the paper ({paper} mm)"),
        );
    }
}

/// The lines of a `p`: ink, fields and words that only layout knows.
fn lines(reader: &mut Reader, element: &Element, look: &Look) -> Vec<Line> {
    let mut lines: Lines<Inline> = Lines::new();
    for child in &element.children {
        match child {
            Child::Text(text) => lines.text(text),
            Child::Element(inner) => match inner.tag {
                Tag::Br => lines.end_line(),
                Tag::Ref => {
                    if let Some(kind) = reference(reader, inner) {
                        lines.other(Inline::Ref(kind, look.style()));
                    }
                }
                _ => {
                    if let Some((field, width)) = in_line(reader, inner, look) {
                        lines.other(Inline::Field(field, width));
                    }
                }
            },
        }
    }
    let inline = |piece| match piece {
        Piece::Text(text) => Inline::Text(text, look.style()),
        Piece::Other(inline) => inline,
    };
    lines.finish().into_iter().map(|pieces| Line { inlines: pieces.into_iter().map(inline).collect() }).collect()
}

fn reference(reader: &mut Reader, element: &Element) -> Option<RefKind> {
    let kind = reader.need(element, "to", value::reference)?;
    let known = match &reader.page {
        Some(PageKind::Plain) => false,
        Some(PageKind::Annex(_)) => kind != RefKind::Label,
        Some(PageKind::Rest) | None => true,
    };
    if !known {
        reader.error(
            "misplaced-element",
            &element.at,
            "`<ref>` 只在附页上：`label` 只在 `rest=\"yes\"` 的页上",
            "`<ref>` stands on annex pages only, and `label` only on the page with `rest=\"yes\"`",
        );
    }
    Some(kind)
}
