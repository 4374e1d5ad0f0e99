//! The form tree: what stands on the paper and which fields it has. Everything is resolved: styles are
//! inherited, spans tiled, labels found, lengths in millimetres. Data, no behaviour but walking.

pub mod post;
mod rule;

use serde::{Deserialize, Serialize};

use crate::diag::Place;
use crate::name::FieldName;
use crate::units::{Mm, Pt, Rect};

/// A form: pages of ink and fields.
#[derive(Clone, Debug)]
pub struct Form {
    /// Which template it was made from.
    pub template: TemplateId,
    /// The pages in order, annex pages last.
    pub pages: Vec<Page>,
    /// Every field once, in reading order of its first place.
    pub fields: Vec<Field>,
}

/// Which template, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateId {
    /// The folder's name: `recommendation`.
    pub id: String,
    /// The version in `template.json`.
    pub version: String,
    /// The document's title: 温州市第七轮首席技师推荐表.
    pub title: String,
    /// SHA-256 over all files of the template and the round, as lower-case hex.
    pub digest: String,
}

/// The index of a field in [`Form::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldIx(pub usize);

/// A value that a person fills in.
#[derive(Clone, Debug)]
pub struct Field {
    /// The path of the value in the record.
    pub name: FieldName,
    /// What may stand in it.
    pub kind: FieldKind,
    /// What the paper calls it, in one piece: 本专业技术特长或技术绝招情况·证明人或证明材料.
    pub label: String,
    /// Whether a finished form must have it.
    pub required: bool,
    /// Other fields it has to agree with (birth with the identity number).
    pub agrees: Vec<FieldName>,
    /// Another date field that must not be later than this one.
    pub after: Option<FieldName>,
    /// Where the template declares it first.
    pub declared: Place,
}

/// What may stand in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One value, wrapped where the cell allows it.
    Text(TextFormat),
    /// A longer text with paragraphs.
    TextArea,
    /// One of several values; another may be typed.
    Choice(Vec<String>),
    /// A box to tick; `true` in the record.
    Check,
    /// A date: `2021-09-18` in the record, 2021年9月18日 on paper.
    Date,
    /// A month: `1985-03` in the record, 1985.03 on paper.
    Month,
    /// A picture of the person.
    Photo,
    /// A place for a signature; never data.
    Signature,
    /// A place for a round seal; never data.
    Seal,
}

/// The rule a [`FieldKind::Text`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Any text.
    Plain,
    /// A decimal number.
    Number,
    /// An 18-character resident identity number (GB 11643).
    IdNumber,
    /// A mobile telephone number of the mainland.
    Mobile,
    /// Six digits.
    Postcode,
}

impl FieldKind {
    /// Whether a person types one line of text, unless its box is made for more.
    pub fn is_one_line(&self) -> bool {
        matches!(self, FieldKind::Text(_) | FieldKind::Date | FieldKind::Month)
    }

    /// The kind in one word, as the template's element names and `type=` have it; filled files carry it.
    pub fn word(&self) -> &'static str {
        match self {
            FieldKind::Text(TextFormat::Plain) => "text",
            FieldKind::Text(TextFormat::Number) => "number",
            FieldKind::Text(TextFormat::IdNumber) => "id-number",
            FieldKind::Text(TextFormat::Mobile) => "mobile",
            FieldKind::Text(TextFormat::Postcode) => "postcode",
            FieldKind::TextArea => "textarea",
            FieldKind::Choice(_) => "choice",
            FieldKind::Check => "check",
            FieldKind::Date => "date",
            FieldKind::Month => "month",
            FieldKind::Photo => "photo",
            FieldKind::Signature => "signature",
            FieldKind::Seal => "seal",
        }
    }

    /// The kind of that word; a choice without its options.
    pub fn from_word(word: &str) -> Option<FieldKind> {
        Some(match word {
            "text" => FieldKind::Text(TextFormat::Plain),
            "number" => FieldKind::Text(TextFormat::Number),
            "id-number" => FieldKind::Text(TextFormat::IdNumber),
            "mobile" => FieldKind::Text(TextFormat::Mobile),
            "postcode" => FieldKind::Text(TextFormat::Postcode),
            "textarea" => FieldKind::TextArea,
            "choice" => FieldKind::Choice(Vec::new()),
            "check" => FieldKind::Check,
            "date" => FieldKind::Date,
            "month" => FieldKind::Month,
            "photo" => FieldKind::Photo,
            "signature" => FieldKind::Signature,
            "seal" => FieldKind::Seal,
            _ => return None,
        })
    }

    /// Whether the field holds data of the record (signatures and seals do not).
    pub fn is_data(&self) -> bool {
        !matches!(self, FieldKind::Signature | FieldKind::Seal)
    }
}

/// A sheet of paper, or the pattern of the sheets that a continued text needs.
#[derive(Clone, Debug)]
pub struct Page {
    /// Width and height of the paper.
    pub size: (Mm, Mm),
    /// The empty edge.
    pub margin: Edges,
    /// The bookmark; a page without one belongs to the page before.
    pub title: Option<String>,
    /// Whether the page belongs to the form proper or continues something.
    pub kind: PageKind,
    /// What stands on it, in reading order.
    pub blocks: Vec<Block>,
}

/// Whether a page belongs to the form proper or continues something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// A page of the form.
    Plain,
    /// A 附页 that the template laid itself: it continues the fields whose names begin with this prefix (`resume.`).
    Annex(String),
    /// The pattern of a 附页: printed once for each sheet that a continued text needs, never for none.
    Rest,
}

/// Four distances from the edges of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edges {
    /// From the top.
    pub top: Mm,
    /// From the right.
    pub right: Mm,
    /// From the bottom.
    pub bottom: Mm,
    /// From the left.
    pub left: Mm,
}

/// A thing on a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// Placed lines.
    Para(Para),
    /// A ruled table.
    Table(Table),
    /// The place where a continued text goes on (only on a [`PageKind::Rest`] page).
    Rest(Rest),
}

/// Lines at a fixed place on a page or in a cell: ink, and fields between the ink.
#[derive(Clone, Debug)]
pub struct Para {
    /// Where the lines stand, horizontally: millimetres from the left of the page or cell.
    pub across: Across,
    /// Where the first line stands, vertically: millimetres from the top of the page or cell.
    pub down: Down,
    /// What it is, for readers that cannot see.
    pub role: Role,
    /// The lines, broken by the template.
    pub lines: Vec<Line>,
    /// Line pitch as a multiple of the size of the line's first ink.
    pub leading: f64,
    /// Whether it stands on every sheet that the page runs onto, or on the first alone.
    pub every_sheet: bool,
}

/// A point that lines are hung on, in millimetres from the left of the container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Across {
    /// The line begins there.
    Left(Mm),
    /// The line's middle is there.
    Centre(Mm),
    /// The line ends there.
    Right(Mm),
}

/// A height, in millimetres from the top of the container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Down {
    /// The top of the first line's em box.
    Top(Mm),
    /// The first line's baseline.
    Baseline(Mm),
}

/// One line of a [`Para`].
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its parts from left to right.
    pub inlines: Vec<Inline>,
}

/// A part of a line.
#[derive(Clone, Debug)]
pub enum Inline {
    /// Ink.
    Text(String, TextStyle),
    /// A field of a fixed width in the line.
    Field(FieldBox, Mm),
    /// A word that only layout knows.
    Ref(RefKind, TextStyle),
}

/// A word that only layout knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    /// The number of this 附页.
    Annex,
    /// The number of the sheet where the part before this one stands.
    Page,
    /// The label of the continued field.
    Label,
}

/// How ink or a value is set.
#[derive(Clone, Debug, PartialEq)]
pub struct TextStyle {
    /// The face's role.
    pub font: FontRole,
    /// The size.
    pub size: Pt,
}

/// The part a face plays on official paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FontRole {
    /// 宋体: labels, small values.
    Song,
    /// 仿宋: values.
    Fang,
    /// 黑体: the attachment mark, column heads.
    Hei,
    /// 小标宋: titles.
    Title,
}

/// What a thing on the page is, for tagged PDF, DOCX styles and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The title of the document or of a part.
    Title,
    /// Ink that is neither title nor label.
    Text,
    /// A head of a row or column: it names fields.
    Label,
    /// The value of a field.
    Value(FieldIx),
    /// The part of a value that stands on a 附页.
    Continuation(FieldIx),
    /// Rules and guides: nothing to read.
    Artefact,
}

/// A ruled table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Left edge from the paper's left (the middle of the outer rule).
    pub x: Mm,
    /// Top edge from the paper's top.
    pub y: Mm,
    /// Top edge on the sheets it runs onto.
    pub next_y: Mm,
    /// Widths of the columns.
    pub cols: Vec<Mm>,
    /// The rows that are repeated on every sheet.
    pub head: Vec<Row>,
    /// The other rows.
    pub rows: Vec<Row>,
    /// Width of the outer rules.
    pub outer: Pt,
    /// Width of the inner rules.
    pub inner: Pt,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its height, exact unless it grows.
    pub height: Mm,
    /// Whether the height is a minimum (`height="32+"`); such a row has no cell that spans rows.
    pub grows: bool,
    /// The cells that begin in this row, from left to right.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The first column, from 0.
    pub col: usize,
    /// How many columns it spans.
    pub colspan: usize,
    /// How many rows it spans.
    pub rowspan: usize,
    /// Whether it is a `th`.
    pub header: bool,
    /// The empty edge inside the rules' middles.
    pub padding: Edges,
    /// What stands in it, in reading order.
    pub content: Vec<Content>,
}

/// A thing in a cell.
#[derive(Clone, Debug)]
pub enum Content {
    /// Lines in the middle of the cell.
    Label(Label),
    /// A field.
    Field(FieldBox),
    /// Lines at a fixed place in the cell.
    Para(Para),
}

/// Lines of ink in the middle of a cell; together they are one label.
#[derive(Clone, Debug)]
pub struct Label {
    /// The lines, broken by the template; a line that is still too wide for the cell is broken by layout.
    pub lines: Vec<LabelLine>,
    /// Horizontal alignment.
    pub align: Align,
    /// Line pitch as a multiple of each line's size.
    pub leading: f64,
    /// Set from top to bottom, in columns from the right.
    pub vertical: bool,
    /// What the label says, in one piece: no spaces for spreading, no breaks.
    pub plain: String,
}

/// One line of a label.
#[derive(Clone, Debug)]
pub struct LabelLine {
    /// The ink.
    pub text: String,
    /// How it is set.
    pub style: TextStyle,
    /// Spread over so many em.
    pub distribute: Option<f64>,
}

/// Horizontal alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
    /// Every line but a paragraph's last fills the width.
    Justify,
}

/// Vertical alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VAlign {
    /// From the top.
    Top,
    /// In the middle.
    Middle,
}

/// One place where a field stands.
#[derive(Clone, Debug)]
pub struct FieldBox {
    /// Which field.
    pub field: FieldIx,
    /// Where it stands: `None` fills the cell's inside (or the line's place); else millimetres from the cell's top left.
    pub at: Option<Rect>,
    /// How the value is set.
    pub style: TextStyle,
    /// The smallest size.
    pub min_size: Pt,
    /// Line pitch at the full size, and at the smallest size, as multiples of the size.
    pub leading: (f64, f64),
    /// Horizontal alignment.
    pub align: Align,
    /// Vertical alignment.
    pub valign: VAlign,
    /// What happens to a text that does not fit at the smallest size.
    pub overflow: Overflow,
    /// Where the drawing may be broken, counted in characters, if the value does not fit on one line (6, 8, 4 for an identity number).
    pub breaks: Vec<usize>,
    /// Ink shown while the field is empty: a photo's 照片, a date's 　　年　　月　　日.
    pub empty: Vec<LabelLine>,
}

/// What happens to a text that does not fit at the smallest size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// A diagnostic with numbers.
    Error,
    /// The rest goes to a 附页.
    Continue,
    /// The row grows; the size does not change unless a single unbreakable run is too wide.
    Grow,
}

/// The place where a continued text goes on.
#[derive(Clone, Debug)]
pub struct Rest {
    /// The box on the page.
    pub at: Rect,
    /// How the text is set.
    pub style: TextStyle,
    /// Line pitch as a multiple of the size.
    pub leading: f64,
}

impl Form {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<(FieldIx, &Field)> {
        self.fields.iter().enumerate().find(|(_, field)| field.name.as_str() == name).map(|(at, field)| (FieldIx(at), field))
    }

    /// Every box of every field, in reading order.
    pub fn boxes(&self) -> impl Iterator<Item = &FieldBox> {
        self.pages.iter().flat_map(|page| &page.blocks).flat_map(block_boxes)
    }
}

impl std::ops::Index<FieldIx> for Form {
    type Output = Field;
    fn index(&self, at: FieldIx) -> &Field {
        &self.fields[at.0]
    }
}

fn block_boxes(block: &Block) -> Vec<&FieldBox> {
    match block {
        Block::Para(para) => para_boxes(para),
        Block::Table(table) => table.head.iter().chain(&table.rows).flat_map(|row| &row.cells).flat_map(cell_boxes).collect(),
        Block::Rest(_) => Vec::new(),
    }
}

fn cell_boxes(cell: &Cell) -> Vec<&FieldBox> {
    let boxes = cell.content.iter().map(|content| match content {
        Content::Label(_) => Vec::new(),
        Content::Field(field) => vec![field],
        Content::Para(para) => para_boxes(para),
    });
    boxes.flatten().collect()
}

fn para_boxes(para: &Para) -> Vec<&FieldBox> {
    let inlines = para.lines.iter().flat_map(|line| &line.inlines);
    inlines.filter_map(|inline| if let Inline::Field(field, _) = inline { Some(field) } else { None }).collect()
}
