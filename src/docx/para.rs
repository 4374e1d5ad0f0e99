//! Paragraphs: atoms become lines of exact height at their places.

use docx_rs::{BreakType, LineSpacing, Paragraph, Run as Piece, RunFonts, StructuredDataTag, Tab, TabValueType};

use super::atoms::{Atom, Ink, Line, Says, Thing, Value};
use super::control::{Kept, TICKED, UNTICKED};
use super::measure::{half_points, twips};
use super::shared::Shared;
use super::styles::{Look, font_name};
use super::xml::sound;
use crate::error::Error;
use crate::form::{Align, FontRole, VAlign};
use crate::layout::{Flow, Widget};
use crate::package::marks::Scope;
use crate::units::{Mm, Pt, Rect};

/// The pitch of a line that stands alone, as a multiple of its size.
const LEADING: f64 = 1.3;

/// The part of an exact line that Word and LibreOffice put above the baseline (`sw/source/core/text/itrform2.cxx`).
const ABOVE: f64 = 0.8;

/// How far a line's middle or end may be from its column's and still be set by alignment.
const NEAR: f64 = 0.4;

/// A gap in a line, in millimetres, from which on a tab makes it.
const GAP: f64 = 1.0;

/// An indent that is a cell's padding at most: a line that must not break may use it.
const PADDING: f64 = 2.0;

/// What LibreOffice takes for a rule from each side of a cell, Word does not.
const RULE: Mm = Mm(0.25);

/// Paragraphs and the room they take.
pub(super) struct Stack {
    /// The top of the first line.
    pub(super) top: Mm,
    /// The bottom of the last line.
    pub(super) bottom: Mm,
    /// Whether what is typed here begins at the top, however much it is.
    pub(super) top_down: bool,
    /// The paragraphs; the room before each but the first is theirs.
    pub(super) paragraphs: Vec<Paragraph>,
}

impl Stack {
    /// The paragraphs, the first one moved down.
    pub(super) fn moved(mut self, by: Mm) -> Vec<Paragraph> {
        if let Some(first) = self.paragraphs.first_mut() {
            let paragraph = std::mem::take(first);
            *first = moved(paragraph, by);
        }
        self.paragraphs
    }
}

/// A paragraph with room before it.
fn moved(paragraph: Paragraph, by: Mm) -> Paragraph {
    let by = twips(by);
    if by > 0 { paragraph.line_spacing(LineSpacing::new().before(by.unsigned_abs())) } else { paragraph }
}

/// An atom as paragraphs in a column; `None` for a table. `scope` is what a value that stands alone has to itself there.
pub(super) fn stack(shared: &mut Shared, atom: &Atom, column: &Rect, scope: Scope) -> Result<Option<Stack>, Error> {
    Ok(Some(match &atom.thing {
        Thing::Lines(lines) => set_lines(shared, lines, column)?,
        Thing::Value(value) => set_value(shared, value, column, scope)?,
        Thing::Photo(widget) => photo(shared, widget, column)?,
        Thing::Table(_) => return Ok(None),
    }))
}

/// A paragraph of exactly this height that says nothing.
pub(super) fn spacer(shared: &mut Shared, height: i32) -> Paragraph {
    let look = Look { font: FontRole::Song, size: Pt(1.0), line: Some(20), align: Align::Left, indents: (0, 0) };
    let paragraph = Paragraph::new().style(&shared.styles.id(&look));
    if height == 20 {
        return paragraph;
    }
    let exact = docx_rs::LineSpacingType::Exact;
    paragraph.line_spacing(LineSpacing::new().line(height.max(20)).line_rule(exact))
}

/// One value in its box.
fn set_value(shared: &mut Shared, value: &Value, column: &Rect, scope: Scope) -> Result<Stack, Error> {
    let room = value.room();
    let (font, size, pitch, lines, align, valign) = match value.says {
        Says::Text(flow, _) => (flow.font, flow.size, pitch(flow), flow.lines, flow.align, flow.valign),
        Says::Tick(widget) => (FontRole::Song, widget.size, widget.size * LEADING, 1, widget.align, VAlign::Middle),
    };
    let (mut left, mut right) = (room.x - column.x, column.right() - room.right());
    let padded = left.0 <= PADDING && right.0 <= PADDING;
    let typed_on_one = matches!(value.says, Says::Text(_, Some(widget)) if !widget.multiline);
    if (lines <= 1 && (typed_on_one || padded)) || (typed_on_one && padded) {
        // What is typed on one line may grow over its box's ends, where the reader's face is a little wider than ours.
        let both = left.min(right);
        (left, right) = match align {
            Align::Left | Align::Justify => (left, Mm(0.0)),
            Align::Right => (Mm(0.0), right),
            Align::Centre => (left - both, right - both),
        };
    } else if padded {
        (left, right) = ((left - RULE).max(Mm(0.0)), (right - RULE).max(Mm(0.0)));
    }
    let line = (pitch.0 * 20.0).floor() as i32;
    let look = Look { font, size, line: Some(line), align, indents: (twips(left), twips(right)) };
    let mut paragraph = Paragraph::new().style(&shared.styles.id(&look));
    paragraph = paragraph.add_structured_data_tag(control(shared, value, scope, None)?);
    let height = pitch.to_mm() * lines as f64;
    let top_down = valign == VAlign::Top;
    let top = if top_down { room.y } else { room.y + (room.h - height) / 2.0 };
    Ok(Stack { top, bottom: top + height, top_down, paragraphs: vec![paragraph] })
}

/// The pitch at which a box has room for one line more in every ten, as another program may break a line earlier.
fn pitch(flow: &Flow) -> Pt {
    if flow.lines < 2 {
        return flow.pitch;
    }
    let lines = flow.lines + flow.lines.div_ceil(10);
    let fits = flow.room.h.to_pt() / lines as f64;
    // Never so tight that lines touch.
    if fits < flow.pitch { Pt(fits.0.max(flow.size.0 * 1.05).min(flow.pitch.0)) } else { flow.pitch }
}

/// A control with what it says; `around` is the look of the paragraph where the control's own differs.
fn control(shared: &mut Shared, value: &Value, scope: Scope, around: Option<(FontRole, Pt)>) -> Result<StructuredDataTag, Error> {
    let (text, font, size) = match value.says {
        Says::Text(flow, _) => (plain(&flow.text), flow.font, flow.size),
        Says::Tick(widget) => {
            let ticked = shared.text(value.field) == "true";
            (if ticked { TICKED } else { UNTICKED }.to_owned(), FontRole::Song, widget.size)
        }
    };
    let own = |piece: Piece| match around {
        Some((face, height)) => dressed(piece, (font != face).then_some(font), (size != height).then_some(size)),
        None => piece,
    };
    // A blank shows two full-width spaces or the field's own empty ink; Word would print a placeholder of its own.
    let empty = shared.empty_ink(value.field);
    let shown = if text.is_empty() { empty.as_str() } else { text.as_str() };
    let mut piece = own(Piece::new());
    for (number, line) in sound(shown).split('\n').enumerate() {
        if number > 0 {
            piece = piece.add_break(BreakType::TextWrapping);
        }
        for (number, part) in line.split('\t').enumerate() {
            if number > 0 {
                piece = piece.add_tab();
            }
            if !part.is_empty() {
                piece = piece.add_text(part);
            }
        }
    }
    let number = shared.control(Kept { field: value.field, part: value.part, text, empty, scope })?;
    Ok(StructuredDataTag::new().alias(number.to_string()).add_run(piece))
}

/// A text whose lines all end in `\n`: no XML reader leaves a carriage return as it is.
pub(super) fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The photo's place: a picture control on a line as high as the picture.
fn photo(shared: &mut Shared, widget: &Widget, column: &Rect) -> Result<Stack, Error> {
    let (left, right) = (widget.at.x - column.x, column.right() - widget.at.right());
    let centred = (left - right).0.abs() < NEAR;
    let (align, indents) = if centred { (Align::Centre, (0, 0)) } else { (Align::Left, (twips(left), 0)) };
    let look = Look { font: FontRole::Song, size: Pt(1.0), line: None, align, indents };
    let number = shared.picture(widget)?;
    let tag = StructuredDataTag::new().alias(number.to_string());
    let paragraph = Paragraph::new().style(&shared.styles.id(&look)).add_structured_data_tag(tag);
    Ok(Stack { top: widget.at.y, bottom: widget.at.bottom(), top_down: false, paragraphs: vec![paragraph] })
}

/// Lines of ink, from the top.
fn set_lines(shared: &mut Shared, lines: &[Line], column: &Rect) -> Result<Stack, Error> {
    let sizes: Vec<Mm> = lines.iter().map(|line| size(line).to_mm()).collect();
    let leading = leading(lines, &sizes);
    let side = Side::of(lines, column);
    let mut stack = Stack { top: Mm(0.0), bottom: Mm(0.0), top_down: false, paragraphs: Vec::new() };
    let mut open: Option<(Paragraph, (FontRole, Pt))> = None;
    for (number, (line, size_mm)) in lines.iter().zip(&sizes).enumerate() {
        let height = *size_mm * leading;
        let top = line.baseline - height * ABOVE;
        let before = if number == 0 { Mm(0.0) } else { top - stack.bottom };
        let look = (shared.role_of_line(line), size(line));
        // Lines of one look at one pitch are one paragraph, so that a label reads in one piece.
        let joins = before.0 < 0.1 && !matches!(side, Side::Each);
        open = Some(match open.take() {
            Some((paragraph, known)) if joins && known == look => {
                let paragraph = paragraph.add_run(Piece::new().add_break(BreakType::TextWrapping));
                (add_line(shared, paragraph, line, look, None)?, known)
            }
            other => {
                stack.paragraphs.extend(other.map(|(paragraph, _)| paragraph));
                let (align, left) = side.place(line, column);
                let indents = (twips(left).max(0), 0);
                let exact = (height.to_pt().0 * 20.0).round() as i32;
                let paragraph_look = Look { font: look.0, size: look.1, line: Some(exact), align, indents };
                let paragraph = moved(Paragraph::new().style(&shared.styles.id(&paragraph_look)), before);
                let tabs = if align == Align::Left { Some(column.x) } else { None };
                (add_line(shared, paragraph, line, look, tabs)?, look)
            }
        });
        if number == 0 {
            stack.top = top;
        }
        stack.bottom = top + height;
    }
    stack.paragraphs.extend(open.map(|(paragraph, _)| paragraph));
    Ok(stack)
}

/// Where the lines of an atom stand in their column.
enum Side {
    Centre,
    Left,
    /// Each line has an indent of its own.
    Each,
}

impl Side {
    fn of(lines: &[Line], column: &Rect) -> Side {
        let middle = column.x + column.w / 2.0;
        let centred = |line: &Line| ((left(line) + right(line)) / 2.0 - middle).0.abs() < NEAR && !gaping(line);
        if lines.iter().all(centred) {
            return Side::Centre;
        }
        let first = lines.first().map_or(column.x, left);
        if lines.iter().all(|line| (left(line) - first).0.abs() < NEAR) { Side::Left } else { Side::Each }
    }

    fn place(&self, line: &Line, column: &Rect) -> (Align, Mm) {
        match self {
            Side::Centre => (Align::Centre, Mm(0.0)),
            Side::Left | Side::Each => (Align::Left, left(line) - column.x),
        }
    }
}

fn left(line: &Line) -> Mm {
    line.pieces.iter().map(|piece| piece.left).reduce(Mm::min).unwrap_or_default()
}

fn right(line: &Line) -> Mm {
    line.pieces.iter().map(|piece| piece.right).reduce(Mm::max).unwrap_or_default()
}

/// Whether there is a gap in a line that only a tab can make.
fn gaping(line: &Line) -> bool {
    line.pieces.windows(2).any(|pair| if let [a, b] = pair { (b.left - a.right).0 > GAP } else { false })
}

fn size(line: &Line) -> Pt {
    let sizes = line.pieces.iter().map(|piece| match &piece.ink {
        Ink::Run(run) => run.size,
        Ink::Value(Value { says: Says::Text(flow, _), .. }) => flow.size,
        Ink::Value(Value { says: Says::Tick(widget), .. }) => widget.size,
    });
    sizes.fold(Pt(1.0), |most, size| if size > most { size } else { most })
}

/// The multiple of their sizes by which lines follow one another: the smallest, so that none begins above the last one's end.
fn leading(lines: &[Line], sizes: &[Mm]) -> f64 {
    let pairs = lines.windows(2).zip(sizes.windows(2));
    let each = pairs.filter_map(|(lines, sizes)| match (lines, sizes) {
        ([a, b], [upper, lower]) => Some((b.baseline - a.baseline) / (*upper * (1.0 - ABOVE) + *lower * ABOVE)),
        _ => None,
    });
    let least = each.fold(f64::INFINITY, f64::min);
    if least.is_finite() { least.clamp(0.5, 4.0) } else { LEADING }
}

/// Adds the pieces of a line; `tabs` is where tab stops are counted from, for a line that keeps its places.
fn add_line(
    shared: &mut Shared,
    mut paragraph: Paragraph,
    line: &Line,
    look: (FontRole, Pt),
    tabs: Option<Mm>,
) -> Result<Paragraph, Error> {
    let mut reached: Option<Mm> = None;
    let mut after_field = false;
    let mut inked: Vec<Inked> = Vec::new();
    let last = line.pieces.len().saturating_sub(1);
    for (number, piece) in line.pieces.iter().enumerate() {
        let gap = reached.is_some_and(|reached| (piece.left - reached).0 > GAP);
        if let Some(origin) = tabs
            && (gap || after_field)
        {
            paragraph = pour(paragraph, &mut inked, look)?;
            let pos = twips(piece.left - origin).max(0) as usize;
            paragraph = paragraph.add_tab(Tab::new().val(TabValueType::Left).pos(pos)).add_run(Piece::new().add_tab());
        }
        match &piece.ink {
            Ink::Run(run) => {
                let role = shared.fonts.role_of(run.face).unwrap_or(look.0);
                for (at, glyph) in run.glyphs.iter().enumerate() {
                    shared.ink.extend((!glyph.ch.is_whitespace()).then_some(glyph.ch));
                    // What ends the line has nothing after it.
                    let ends = number == last && at + 1 == run.glyphs.len();
                    let space = if ends { 0 } else { (f64::from(glyph.space) * run.size.0 * 20.0).round() as i32 };
                    match inked.last_mut() {
                        Some(before) if (before.role, before.size, before.space) == (role, run.size, space) => before.text.push(glyph.ch),
                        _ => inked.push(Inked { text: glyph.ch.to_string(), role, size: run.size, space }),
                    }
                }
            }
            Ink::Value(value) => {
                paragraph = pour(paragraph, &mut inked, look)?;
                paragraph = paragraph.add_structured_data_tag(control(shared, value, Scope::Inked, Some(look))?);
            }
        }
        after_field = matches!(piece.ink, Ink::Value(_));
        reached = Some(piece.right);
    }
    pour(paragraph, &mut inked, look)
}

/// Ink of one look.
struct Inked {
    text: String,
    role: FontRole,
    size: Pt,
    /// Room after each character, in twips.
    space: i32,
}

/// Adds ink as runs; `look` is what the paragraph's style says already.
fn pour(paragraph: Paragraph, inked: &mut Vec<Inked>, look: (FontRole, Pt)) -> Result<Paragraph, Error> {
    inked.drain(..).try_fold(paragraph, |paragraph, Inked { text, role, size, space }| {
        let piece = dressed(Piece::new(), (role != look.0).then_some(role), (size != look.1).then_some(size));
        let piece = if space == 0 { piece } else { piece.character_spacing(space) };
        Ok(paragraph.add_run(piece.add_text(sound(&text))))
    })
}

/// A run with a face and a size of its own.
fn dressed(piece: Piece, font: Option<FontRole>, size: Option<Pt>) -> Piece {
    let piece = match font.map(font_name) {
        Some(name) => piece.fonts(RunFonts::new().ascii(name).hi_ansi(name).east_asia(name).cs(name)),
        None => piece,
    };
    match size {
        Some(size) => piece.size(half_points(size)),
        None => piece,
    }
}
