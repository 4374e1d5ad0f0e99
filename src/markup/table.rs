//! Tables: rows and cells that tile, their sizes, and the labels of their fields.

use super::cell::read_cell;
use super::field::Room;
use super::label::{Mark, labels};
use super::page::Sheet;
use super::reader::{Reader, at};
use super::tile::{Fault, Span, tile};
use super::value;
use super::vocabulary::Tag;
use super::xml::Element;
use crate::form::{Cell, Content, FieldBox, FieldKind, Inline, Row, Table};
use crate::units::{Mm, Pt};

/// Sums of widths that only differ by rounding are equal.
const CLOSE: f64 = 0.005;

/// A table on a page.
pub(super) fn read_table(reader: &mut Reader, element: &Element, sheet: Option<&Sheet>) -> Option<Table> {
    let x = reader.need(element, "x", value::mm);
    let y = reader.need(element, "y", value::mm);
    let next_y = reader.read(element, "next-y", value::mm).or(y);
    let cols = reader.need(element, "cols", value::extents);
    let row = RowHeight { known: reader.read(element, "row", value::height), excused: element.broken || element.get("row").is_some() };
    let outer = reader.read(element, "outer", value::rule).unwrap_or(Pt(1.5));
    let inner = reader.read(element, "inner", value::rule).unwrap_or(Pt(0.5));
    let parts = parts(reader, element);
    let head = read_rows(reader, &parts.head, cols.as_deref(), row, true);
    let body = read_rows(reader, &parts.body, cols.as_deref(), row, false);
    if parts.body.is_empty() && !parts.has_head && !element.broken {
        reader.error("empty-table", &element.at, "表格里没有 `<tr>`", "the table has no `<tr>`");
    }
    if !parts.has_head && let Some(growing) = parts.body.iter().zip(&body.rows).find(|(_, row)| row.grows) {
        reader.error(
            "growing-row",
            at(growing.0, "height"),
            "有会增高的行，表格就要有 `<thead>`：它可能排到下一页",
            "a table with rows that grow needs a `<thead>`: it may run onto the next sheet",
        );
    }
    let table = Table { x: x?, y: y?, next_y: next_y?, cols: cols?, head: head.rows, rows: body.rows, outer, inner };
    if head.sound && body.sound {
        name_fields(reader, &table);
        if let Some(sheet) = sheet.filter(|_| !element.broken) {
            fits(reader, element, &table, parts.has_head, sheet);
        }
    }
    Some(table)
}

/// The height of rows without their own.
#[derive(Clone, Copy)]
struct RowHeight {
    known: Option<(Mm, bool)>,
    /// Whether the table's mistake, not the row's, is why it is not known.
    excused: bool,
}

struct Parts<'a> {
    has_head: bool,
    head: Vec<&'a Element>,
    body: Vec<&'a Element>,
}

fn parts<'a>(reader: &mut Reader, element: &'a Element) -> Parts<'a> {
    let mut parts = Parts { has_head: false, head: Vec::new(), body: Vec::new() };
    for child in element.elements() {
        if child.tag == Tag::Tr {
            parts.body.push(child);
            continue;
        }
        if parts.has_head || !parts.body.is_empty() {
            reader.error(
                "misplaced-element",
                &child.at,
                "`<thead>` 只有一个，在表格最前面",
                "there is one `<thead>`, before all rows",
            );
        }
        parts.has_head = true;
        parts.head.extend(child.elements());
    }
    parts
}

/// Rows that were read, and whether they tile.
struct Rows {
    rows: Vec<Row>,
    sound: bool,
}

fn read_rows(reader: &mut Reader, elements: &[&Element], cols: Option<&[Mm]>, row: RowHeight, head: bool) -> Rows {
    let heights: Vec<Option<(Mm, bool)>> = elements.iter().map(|tr| read_height(reader, tr, row, head)).collect();
    let spans: Vec<Vec<Option<Span>>> =
        elements.iter().map(|tr| tr.elements().map(|cell| read_span(reader, cell)).collect()).collect();
    let known: Option<Vec<Vec<Span>>> = spans.into_iter().map(|row| row.into_iter().collect()).collect();
    let broken = elements.iter().any(|tr| tr.broken || tr.elements().any(|cell| cell.broken));
    let heights_known: Option<Vec<(Mm, bool)>> = heights.iter().copied().collect();
    let (Some(cols), Some(spans), Some(heights), false) = (cols, known, heights_known, broken) else {
        return unsound(reader, elements);
    };
    let (starts, faults) = tile(cols.len(), &spans);
    for fault in &faults {
        report(reader, fault, elements, cols.len());
    }
    if !faults.is_empty() {
        return unsound(reader, elements);
    }
    let mut rows = Vec::new();
    for (index, tr) in elements.iter().enumerate() {
        let (height, grows) = heights.get(index).copied().unwrap_or((Mm(0.0), false));
        let places = starts.get(index).into_iter().flatten().zip(spans.get(index).into_iter().flatten());
        let mut cells = Vec::new();
        for (element, (&col, span)) in tr.elements().zip(places) {
            if span.rows > 1 && heights.iter().skip(index).take(span.rows).any(|(_, grows)| *grows) {
                reader.error(
                    "growing-row",
                    at(element, "rowspan"),
                    "会增高的行里不能有跨行的单元格",
                    "a row that grows has no cells that span rows",
                );
            }
            let w = cols.iter().skip(col).take(span.cols).copied().sum();
            let h = heights.iter().skip(index).take(span.rows).map(|(height, _)| *height).sum();
            cells.push(cell(reader, element, col, *span, Some(Room { w, h, grows })));
        }
        rows.push(Row { height, grows, cells });
    }
    Rows { rows, sound: true }
}

/// Reads what is in the cells although nobody knows how large they are: their own mistakes are still found.
fn unsound(reader: &mut Reader, elements: &[&Element]) -> Rows {
    for element in elements.iter().flat_map(|tr| tr.elements()) {
        cell(reader, element, 0, Span { cols: 1, rows: 1 }, None);
    }
    Rows { rows: Vec::new(), sound: false }
}

fn read_height(reader: &mut Reader, tr: &Element, row: RowHeight, head: bool) -> Option<(Mm, bool)> {
    if tr.get("height").is_none() && row.known.is_none() && !row.excused {
        reader.missing(tr, "height");
    }
    let height = match tr.get("height") {
        Some(attribute) => reader.value(attribute, value::height),
        None => row.known,
    };
    if head && !tr.broken && height.is_some_and(|(_, grows)| grows) {
        reader.error("growing-row", at(tr, "height"), "表头的行不能增高", "a row of the head cannot grow");
        return None;
    }
    height
}

fn read_span(reader: &mut Reader, cell: &Element) -> Option<Span> {
    let mut count = |name: &str| match cell.get(name) {
        Some(attribute) => reader.value(attribute, value::count),
        None => Some(1),
    };
    let (cols, rows) = (count("colspan"), count("rowspan"));
    Some(Span { cols: cols?, rows: rows? })
}

fn cell(reader: &mut Reader, element: &Element, col: usize, span: Span, room: Option<Room>) -> Cell {
    let (padding, content) = read_cell(reader, element, room);
    Cell { col, colspan: span.cols, rowspan: span.rows, header: element.tag == Tag::Th, padding, content }
}

fn report(reader: &mut Reader, fault: &Fault, rows: &[&Element], cols: usize) {
    let cell = |row: usize, cell: usize| rows.get(row).and_then(|tr| tr.elements().nth(cell));
    match *fault {
        Fault::Hole { row, missing } => {
            let Some(tr) = rows.get(row) else { return };
            let filled = cols - missing;
            reader.error(
                "hole",
                &tr.at,
                format!("这一行（第 {} 行）只占 {filled} 列，表格有 {cols} 列，缺 {missing} 列", row + 1),
                format!("this row (row {}) fills {filled} of {cols} columns: {missing} missing", row + 1),
            );
        }
        Fault::Wide { row, cell: at_cell, free } => {
            let Some(element) = cell(row, at_cell) else { return };
            let span = element.get("colspan").map_or("1", |attribute| attribute.value.as_str());
            reader.error(
                "too-wide-row",
                at(element, "colspan"),
                format!("这个单元格要 {span} 列，此处只剩 {free} 列（表格有 {cols} 列）"),
                format!("this cell wants {span} column(s), but {free} are left here (the table has {cols})"),
            );
        }
        Fault::Deep { row, cell: at_cell, left } => {
            let Some(element) = cell(row, at_cell) else { return };
            let span = element.get("rowspan").map_or("1", |attribute| attribute.value.as_str());
            reader.error(
                "rowspan",
                at(element, "rowspan"),
                format!("这个单元格要 {span} 行，此处只剩 {left} 行"),
                format!("this cell wants {span} rows, but {left} are left here"),
            );
        }
    }
}

/// The table stays inside the margins; its rows may run onto the next sheet if it has a head to repeat.
fn fits(reader: &mut Reader, element: &Element, table: &Table, runs_on: bool, sheet: &Sheet) {
    let width: Mm = table.cols.iter().copied().sum();
    let (left, right) = (sheet.margin.left, sheet.size.0 - sheet.margin.right);
    if table.x.0 < left.0 - CLOSE || (table.x + width).0 > right.0 + CLOSE {
        let by = if table.x.0 < left.0 - CLOSE { "x" } else { "cols" };
        let (from, to, left, right) = (table.x.0, (table.x + width).0, left.0, right.0);
        reader.error(
            "off-paper",
            at(element, by),
            format!("表格从 {from:.2} 到 {to:.2} 毫米，超出左右页边距之间（{left:.2} 到 {right:.2} 毫米）"),
            format!("the table goes from {from:.2} to {to:.2} mm, outside the side margins ({left:.2} to {right:.2} mm)"),
        );
    }
    let (top, bottom) = (sheet.margin.top, sheet.size.1 - sheet.margin.bottom);
    let sum = |rows: &[Row]| -> Mm { rows.iter().map(|row| row.height).sum() };
    let tallest = table.rows.iter().map(|row| row.height).fold(Mm(0.0), Mm::max);
    let (first, next) = match runs_on {
        true => (sum(&table.head) + tallest, sum(&table.head) + tallest),
        false => (sum(&table.head) + sum(&table.rows), Mm(0.0)),
    };
    for (name, y, height) in [("y", table.y, first), ("next-y", table.next_y, next)] {
        if y.0 < top.0 - CLOSE || (y + height).0 > bottom.0 + CLOSE {
            let (from, to, top, bottom) = (y.0, (y + height).0, top.0, bottom.0);
            reader.error(
                "off-paper",
                at(element, name),
                format!("表格从 {from:.2} 到 {to:.2} 毫米高处，超出上下页边距之间（{top:.2} 到 {bottom:.2} 毫米）"),
                format!("the table goes from {from:.2} to {to:.2} mm down, outside the margins ({top:.2} to {bottom:.2} mm)"),
            );
            return;
        }
    }
}

/// Gives the fields of the table their labels.
fn name_fields(reader: &mut Reader, table: &Table) {
    let rows: Vec<&Row> = table.head.iter().chain(&table.rows).collect();
    let marks: Vec<Vec<Mark>> = rows.iter().map(|row| row.cells.iter().map(mark).collect()).collect();
    let found = labels(table.cols.len(), &marks);
    for (cell, label) in rows.iter().flat_map(|row| &row.cells).zip(found.into_iter().flatten()) {
        let Some(label) = label.filter(|label| !label.is_empty()) else { continue };
        let fields: Vec<&FieldBox> = cell.content.iter().flat_map(boxes).collect();
        for field in &fields {
            let part = match reader.fields.kind(field.field) {
                Some(FieldKind::Seal) => "·盖章",
                Some(FieldKind::Signature) => "·签字",
                Some(FieldKind::Date) if fields.len() > 1 => "·日期",
                _ => "",
            };
            reader.fields.found_label(field.field, format!("{label}{part}"));
        }
    }
}

fn mark(cell: &Cell) -> Mark<'_> {
    let words = || match cell.content.first() {
        Some(Content::Label(label)) => label.plain.as_str(),
        _ => "",
    };
    let span = Span { cols: cell.colspan, rows: cell.rowspan };
    Mark { col: cell.col, span, head: cell.header.then(words) }
}

fn boxes(content: &Content) -> Vec<&FieldBox> {
    match content {
        Content::Label(_) => Vec::new(),
        Content::Field(field) => vec![field],
        Content::Para(para) => {
            let inlines = para.lines.iter().flat_map(|line| &line.inlines);
            inlines.filter_map(|inline| if let Inline::Field(field, _) = inline { Some(field) } else { None }).collect()
        }
    }
}
