//! The laid-out page: items at fixed places, ready to be written. Writers compute nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::fonts::FaceId;
use crate::form::{Align, Edges, FieldIx, FontRole, Role, VAlign};
use crate::image::Picture;
use crate::pdf_in::ImportedPage;
use crate::units::{Mm, Pt, Rect};

/// A laid-out page: items at fixed places.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Width and height of the paper.
    pub size: (Mm, Mm),
    /// The bookmark, if a part begins here.
    pub title: Option<String>,
    /// The items in reading order; rules come last.
    pub items: Vec<Item>,
    /// The tables, for writers that need cells and not rules.
    pub tables: Vec<Ruled>,
}

/// A table on a sheet: its grid and every cell of it, those with nothing in them too.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruled {
    /// The number that [`CellPlace::table`] has.
    pub number: usize,
    /// The x of each column line, from the paper's left: the left edge, …, the right edge.
    pub xs: Vec<Mm>,
    /// The y of each row line, from the paper's top: the top edge, …, the bottom edge.
    pub ys: Vec<Mm>,
    /// How many rows are the head that every sheet repeats.
    pub head: usize,
    /// The cells in reading order, with their empty edges.
    pub cells: Vec<(CellPlace, Edges)>,
    /// Width of the outer rules.
    pub outer: Pt,
    /// Width of the inner rules.
    pub inner: Pt,
}

/// A thing at a fixed place.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub role: Role,
    /// The cell it stands in, if it stands in a table.
    pub cell: Option<CellPlace>,
    /// How it looks.
    pub kind: ItemKind,
}

/// A cell of a laid-out table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellPlace {
    /// The table on this sheet, from 0.
    pub table: usize,
    /// The row on this sheet, from 0.
    pub row: usize,
    /// The first column, from 0.
    pub col: usize,
    /// Rows spanned.
    pub rowspan: usize,
    /// Columns spanned.
    pub colspan: usize,
    /// Whether it is a head cell.
    pub header: bool,
}

/// How an item looks.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// Set text.
    Text(Text),
    /// A straight line.
    Line(Stroke),
    /// A picture.
    Image(Placed),
    /// A page of another file: the copy of a certificate.
    Copy(PlacedCopy),
    /// A field: page content in print, a widget in the fillable PDF.
    Widget(Widget),
}

/// Set text: one logical piece, perhaps on several lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// The runs in reading order.
    pub runs: Vec<Run>,
    /// What the runs say in one piece, where their places would not tell (姓名 spread over its cell); PDF's ActualText.
    pub actual: Option<String>,
    /// The same as flowing text, where it is a part of a value.
    pub flow: Option<Flow>,
}

/// A value, or the part of it that stands in a box, as flowing text: for writers whose readers break the lines.
/// The parts of a value, one after another, are the whole value.
#[derive(Clone, PartialEq)]
pub struct Flow {
    /// The box it may fill.
    pub room: Rect,
    /// The words, as the paper says them; `\n` ends a line.
    pub text: String,
    /// The part that the face plays.
    pub font: FontRole,
    /// The size.
    pub size: Pt,
    /// From baseline to baseline.
    pub pitch: Pt,
    /// How many lines it takes.
    pub lines: usize,
    /// Horizontal alignment.
    pub align: Align,
    /// Vertical alignment.
    pub valign: VAlign,
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A record's value never reaches a log.
        f.debug_struct("Flow").field("room", &self.room).field("chars", &self.text.chars().count()).field("lines", &self.lines).finish()
    }
}

/// Glyphs of one face on one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The face.
    pub face: FaceId,
    /// The size.
    pub size: Pt,
    /// Left end, from the paper's left.
    pub x: Mm,
    /// Baseline, from the paper's top.
    pub baseline: Mm,
    /// The glyphs from left to right.
    pub glyphs: Vec<Glyph>,
}

/// A glyph and the room it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// Index in the face.
    pub id: u16,
    /// The character it stands for.
    pub ch: char,
    /// The face's own advance, in em.
    pub advance: f32,
    /// Extra room after it, in em (spread labels, justified lines).
    pub space: f32,
}

impl Run {
    /// The width from the left end to the end of the last glyph's own advance.
    pub fn width(&self) -> Mm {
        let last = self.glyphs.last().map_or(0.0, |glyph| glyph.space);
        let em: f32 = self.glyphs.iter().map(|glyph| glyph.advance + glyph.space).sum::<f32>() - last;
        self.size.to_mm() * f64::from(em)
    }
}

/// A straight line, drawn with projecting square ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// One end, from the paper's top left.
    pub from: (Mm, Mm),
    /// The other end.
    pub to: (Mm, Mm),
    /// Its width.
    pub width: Pt,
}

/// A picture at its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Where the whole upright picture lies; may be larger than what is seen.
    pub at: Rect,
    /// What is seen of it.
    pub clip: Rect,
    /// The picture.
    pub picture: Arc<Picture>,
    /// Whether it is set a quarter turn anticlockwise, its head to the left; `at` and `clip` say where it lies then.
    pub turned: bool,
}

/// A page of another file at its place.
#[derive(Clone, Debug)]
pub struct PlacedCopy {
    /// Where the page lies, after turning.
    pub at: Rect,
    /// The page.
    pub page: Arc<ImportedPage>,
    /// Whether it is set a quarter turn anticlockwise, its head to the left.
    pub turned: bool,
}

/// A field at its place.
#[derive(Clone, Debug)]
pub struct Widget {
    /// Which field.
    pub field: FieldIx,
    /// The widget's rectangle.
    pub at: Rect,
    /// What is drawn in it, in coordinates of the page.
    pub items: Vec<Item>,
    /// The size a person's typing begins with.
    pub size: Pt,
    /// Horizontal alignment of a person's typing.
    pub align: Align,
    /// Whether a person's typing may take several lines.
    pub multiline: bool,
    /// Whether the widget is as high as one line, so that a reader may fit what is typed to it.
    pub one_line: bool,
    /// What stands in it, or would, as flowing text; none for pictures, ticks, signatures and seals.
    pub flow: Option<Flow>,
}

/// The value of a field as it stands on paper.
#[derive(Clone, Default, PartialEq)]
pub struct FieldValue {
    /// The whole text, continued parts included; empty for pictures, signatures and seals.
    pub text: String,
    /// How many full-width characters the field holds at its smallest size, where the text may not continue.
    pub capacity: Option<usize>,
}

impl std::fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A record's value never reaches a log.
        f.debug_struct("FieldValue").field("chars", &self.text.chars().count()).field("capacity", &self.capacity).finish()
    }
}

/// A record set on a form.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The pages.
    pub frames: Vec<Frame>,
    /// The values, one for each field of the form.
    pub values: Vec<FieldValue>,
}

impl Layout {
    /// The faces that set anything, on paper or in a field, each once.
    pub fn faces(&self) -> BTreeSet<FaceId> {
        let mut faces = BTreeSet::new();
        self.frames.iter().for_each(|frame| faces_of(&frame.items, &mut faces));
        faces
    }
}

fn faces_of(items: &[Item], into: &mut BTreeSet<FaceId>) {
    for item in items {
        match &item.kind {
            ItemKind::Text(text) => into.extend(text.runs.iter().map(|run| run.face)),
            ItemKind::Widget(widget) => faces_of(&widget.items, into),
            ItemKind::Line(_) | ItemKind::Image(_) | ItemKind::Copy(_) => {}
        }
    }
}
