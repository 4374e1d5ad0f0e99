//! Sheets become pages, and sheets of one paper a section.

use std::collections::BTreeMap;

use docx_rs::{Docx, PageMargin, PageOrientationType, PageSize, Paragraph, SectionProperty, Table};

use super::atoms::{Atom, Atoms, Says, Thing, Value, gather, union};
use super::grid::{self, Cells};
use super::measure::twips;
use super::para::{self, Stack};
use super::shared::Shared;
use crate::error::Error;
use crate::form::FieldIx;
use crate::layout::Frame;
use crate::package::marks::Scope;
use crate::units::{Mm, Rect};

/// The empty edge at the foot that Word is told of. A form's own is wider (22 mm, and 13 mm on its side): between the two
/// Word has room for the paragraph that must follow a table, and for rows that its own arithmetic makes a little higher.
const FOOT: (Mm, Mm) = (Mm(14.0), Mm(5.0));

/// How far the text of a section begins above its highest thing.
const ABOVE: Mm = Mm(2.0);

/// Sheets of one paper.
pub(super) struct Section<'l> {
    size: (Mm, Mm),
    sheets: Vec<Atoms<'l>>,
}

/// A thing in the flow of a page.
enum Block {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

/// The sections of a form; a new one begins where the paper changes.
pub(super) fn sections<'l>(shared: &Shared, frames: &'l [Frame]) -> Vec<Section<'l>> {
    let mut parts: BTreeMap<FieldIx, usize> = BTreeMap::new();
    let mut sections: Vec<Section> = Vec::new();
    for frame in frames {
        let sheet = gather(shared.form, frame, &mut parts);
        match sections.last_mut() {
            Some(section) if section.size == frame.size => section.sheets.push(sheet),
            _ => sections.push(Section { size: frame.size, sheets: vec![sheet] }),
        }
    }
    sections
}

/// Adds a section to the document; the last one's properties are the document's own.
pub(super) fn add(shared: &mut Shared, mut docx: Docx, section: Section, last: bool) -> Result<Docx, Error> {
    let (width, height) = section.size;
    let covered = section.sheets.iter().flat_map(|sheet| &sheet.body).map(|atom| atom.area).reduce(union);
    let covered = covered.unwrap_or(Rect { x: Mm(0.0), y: Mm(0.0), w: width, h: height });
    // The same margin at both sides, so that what is centred on the paper is centred between them.
    let side = covered.x.min(width - covered.right()).max(Mm(0.0));
    let column = Rect { x: side, y: (covered.y - ABOVE).max(Mm(0.0)), w: width - side * 2.0, h: height };
    for (number, sheet) in section.sheets.into_iter().enumerate() {
        for (at, block) in page(shared, sheet, &column)?.into_iter().enumerate() {
            docx = match block {
                Block::Paragraph(paragraph) => docx.add_paragraph((*paragraph).page_break_before(at == 0 && number > 0)),
                Block::Table(table) => docx.add_table(*table),
            };
        }
    }
    let properties = properties(section.size, &column);
    // A table must be followed by a paragraph; between sections it carries the properties of the one that ends.
    let end = para::spacer(shared, 20);
    Ok(if last {
        docx.document.section_property = properties;
        docx.add_paragraph(end)
    } else {
        docx.add_paragraph(end.section_property(properties))
    })
}

fn properties((width, height): (Mm, Mm), column: &Rect) -> SectionProperty {
    let landscape = width > height;
    let foot = if landscape { FOOT.1 } else { FOOT.0 };
    let mut size = PageSize::new().size(twips(width).unsigned_abs(), twips(height).unsigned_abs());
    if landscape {
        size = size.orient(PageOrientationType::Landscape);
    }
    let side = twips(column.x);
    let margin = PageMargin { top: twips(column.y), left: side, bottom: twips(foot), right: side, header: 0, footer: 0, gutter: 0 };
    SectionProperty::new().page_size(size).page_margin(margin)
}

/// The blocks of a page from the top; the first is a paragraph that says nothing and reaches down to the first thing.
fn page(shared: &mut Shared, sheet: Atoms, column: &Rect) -> Result<Vec<Block>, Error> {
    let Atoms { body, mut cells } = sheet;
    let mut blocks: Vec<Block> = Vec::new();
    let mut reached = column.y;
    for band in bands(body) {
        let (set, top, bottom) = set(shared, band, &mut cells, column)?;
        // Word leaves out the room before a page's first paragraph, tables have none, and two that touch would become one.
        let after_table = matches!(blocks.last(), Some(Block::Table(_)));
        let needed = match &set {
            Set::Stack(_) => blocks.is_empty(),
            Set::Table(_) => blocks.is_empty() || after_table || twips(top - reached) > 0,
        };
        if needed {
            blocks.push(Block::Paragraph(Box::new(para::spacer(shared, twips(top - reached)))));
            reached = top;
        }
        match set {
            Set::Stack(stack) => {
                blocks.extend(stack.moved(top - reached).into_iter().map(|paragraph| Block::Paragraph(Box::new(paragraph))))
            }
            Set::Table(table) => blocks.push(Block::Table(table)),
        }
        reached = bottom.max(reached);
    }
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(Box::new(para::spacer(shared, 20))));
    }
    Ok(blocks)
}

/// What a band of a page becomes.
enum Set {
    Stack(Stack),
    Table(Box<Table>),
}

/// The atoms of a page, those that stand beside one another together.
fn bands(body: Vec<Atom>) -> Vec<Vec<Atom>> {
    let mut bands: Vec<(Mm, Vec<Atom>)> = Vec::new();
    for atom in body {
        match bands.last_mut() {
            Some((bottom, band)) if atom.area.y.0 < bottom.0 - 0.01 => {
                *bottom = bottom.max(atom.area.bottom());
                band.push(atom);
            }
            _ => bands.push((atom.area.bottom(), vec![atom])),
        }
    }
    bands.into_iter().map(|(_, band)| band).collect()
}

/// A band of a page, with its top and its bottom.
fn set<'l>(shared: &mut Shared, band: Vec<Atom<'l>>, cells: &mut Cells<'l>, column: &Rect) -> Result<(Set, Mm, Mm), Error> {
    if let [atom] = band.as_slice() {
        if let Thing::Table(ruled) = atom.thing {
            let table = grid::ruled(shared, ruled, cells, atom.area.x - column.x)?;
            return Ok((Set::Table(Box::new(table)), atom.area.y, atom.area.bottom()));
        }
        // A box of several lines is a row of exact height, so that what is typed there moves nothing to another page.
        if !is_box(atom)
            && let Some(stack) = para::stack(shared, atom, column, Scope::Line)?
        {
            let (top, bottom) = (stack.top, stack.bottom);
            return Ok((Set::Stack(stack), top, bottom));
        }
    }
    let covered = band.iter().map(|atom| atom.area).reduce(union).unwrap_or(*column);
    let area = Rect { x: column.x, w: column.w, ..covered };
    let table = grid::side_by_side(shared, area, band, cells)?;
    Ok((Set::Table(Box::new(table)), area.y, area.bottom()))
}

/// Whether an atom is a value in a box of several lines.
fn is_box(atom: &Atom) -> bool {
    match &atom.thing {
        Thing::Value(Value { says: Says::Text(flow, _), .. }) => flow.room.h.0 > flow.pitch.to_mm().0 * 1.5,
        Thing::Photo(_) => true,
        _ => false,
    }
}
