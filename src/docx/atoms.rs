//! What stands on a sheet, gathered into atoms: pieces that one paragraph, or a few, can say.

use std::collections::BTreeMap;

use crate::form::{FieldIx, FieldKind, Form, Role};
use crate::layout::{CellPlace, Flow, Frame, Item, ItemKind, Ruled, Run, Widget};
use crate::units::{Mm, Rect};

/// The part of an em above the baseline, as layout has it.
const ASCENT: f64 = 0.88;

/// Something that stands by itself.
pub(super) struct Atom<'l> {
    /// What it covers.
    pub(super) area: Rect,
    /// What it is.
    pub(super) thing: Thing<'l>,
}

/// What an atom is.
pub(super) enum Thing<'l> {
    /// Lines of ink, with fields between the ink where a line has some.
    Lines(Vec<Line<'l>>),
    /// A value, alone in its box.
    Value(Value<'l>),
    /// A picture of a person, or the place of one.
    Photo(&'l Widget),
    /// A ruled table.
    Table(&'l Ruled),
}

/// A line of ink and fields.
pub(super) struct Line<'l> {
    /// Its baseline, from the paper's top.
    pub(super) baseline: Mm,
    /// Its pieces from left to right.
    pub(super) pieces: Vec<Piece<'l>>,
}

/// A piece of a line.
pub(super) struct Piece<'l> {
    /// The left end.
    pub(super) left: Mm,
    /// The right end.
    pub(super) right: Mm,
    /// What it says.
    pub(super) ink: Ink<'l>,
}

/// What a piece of a line says.
pub(super) enum Ink<'l> {
    /// Ink of one face and size.
    Run(&'l Run),
    /// A field.
    Value(Value<'l>),
}

/// A value as its control holds it.
#[derive(Clone, Copy)]
pub(super) struct Value<'l> {
    pub(super) field: FieldIx,
    /// Which part of the value, as [`crate::package::marks::Key::part`] counts.
    pub(super) part: usize,
    pub(super) says: Says<'l>,
}

/// What a control holds.
#[derive(Clone, Copy)]
pub(super) enum Says<'l> {
    /// Text; the widget tells what an empty one shows.
    Text(&'l Flow, Option<&'l Widget>),
    /// A box to tick.
    Tick(&'l Widget),
}

impl Value<'_> {
    /// The box it may fill.
    pub(super) fn room(&self) -> Rect {
        match self.says {
            Says::Text(flow, _) => flow.room,
            Says::Tick(widget) => widget.at,
        }
    }
}

/// The atoms of a sheet: those of the page itself, and those of each cell.
pub(super) struct Atoms<'l> {
    pub(super) body: Vec<Atom<'l>>,
    pub(super) cells: Vec<(CellPlace, Vec<Atom<'l>>)>,
}

/// Gathers the atoms of a sheet; `parts` counts how often each field was continued before.
pub(super) fn gather<'l>(form: &Form, frame: &'l Frame, parts: &mut BTreeMap<FieldIx, usize>) -> Atoms<'l> {
    let mut body: Vec<Atom> = frame.tables.iter().filter_map(table).collect();
    let mut cells: Vec<(CellPlace, Vec<Atom>)> = Vec::new();
    for item in &frame.items {
        let atoms = atoms(form, item, parts);
        match item.cell {
            None => body.extend(atoms),
            Some(place) => match cells.iter_mut().rev().find(|(known, _)| *known == place) {
                Some((_, known)) => known.extend(atoms),
                None => cells.push((place, atoms)),
            },
        }
    }
    let cells = cells.into_iter().map(|(place, atoms)| (place, joined(atoms))).collect();
    Atoms { body: joined(body), cells }
}

fn table(ruled: &Ruled) -> Option<Atom<'_>> {
    let (&left, &right) = (ruled.xs.first()?, ruled.xs.last()?);
    let (&top, &bottom) = (ruled.ys.first()?, ruled.ys.last()?);
    Some(Atom { area: Rect { x: left, y: top, w: right - left, h: bottom - top }, thing: Thing::Table(ruled) })
}

fn atoms<'l>(form: &Form, item: &'l Item, parts: &mut BTreeMap<FieldIx, usize>) -> Vec<Atom<'l>> {
    match &item.kind {
        ItemKind::Text(text) => {
            if let (Role::Continuation(field), Some(flow)) = (item.role, &text.flow) {
                let part = parts.entry(field).or_insert(0);
                *part += 1;
                let value = Value { field, part: *part, says: Says::Text(flow, None) };
                return vec![Atom { area: flow.room, thing: Thing::Value(value) }];
            }
            // Only the columns of a vertical label go up again.
            let columns = text.runs.chunk_by(|above, below| above.baseline.0 < below.baseline.0 + 0.01);
            columns.filter_map(ink).collect()
        }
        ItemKind::Widget(widget) => widget_atom(form, widget).into_iter().collect(),
        // Rules are the tables' borders; a picture stands in its widget.
        ItemKind::Line(_) | ItemKind::Image(_) | ItemKind::Copy(_) => Vec::new(),
    }
}

fn widget_atom<'l>(form: &Form, widget: &'l Widget) -> Option<Atom<'l>> {
    let value = |says| Thing::Value(Value { field: widget.field, part: 0, says });
    let (area, thing) = match form.fields.get(widget.field.0).map(|field| &field.kind) {
        // A place for a pen or a stamp: the paper is left free.
        Some(FieldKind::Signature | FieldKind::Seal) => return None,
        Some(FieldKind::Photo) => (widget.at, Thing::Photo(widget)),
        Some(FieldKind::Check) => (widget.at, value(Says::Tick(widget))),
        _ => {
            let flow = widget.flow.as_ref()?;
            (flow.room, value(Says::Text(flow, Some(widget))))
        }
    };
    Some(Atom { area, thing })
}

/// Set text as lines, from the top.
fn ink(runs: &[Run]) -> Option<Atom<'_>> {
    let mut lines: Vec<Line> = Vec::new();
    for run in runs {
        let piece = Piece { left: run.x, right: run.x + run.width(), ink: Ink::Run(run) };
        match lines.iter_mut().find(|line| same(line.baseline, run.baseline)) {
            Some(line) => line.pieces.push(piece),
            None => lines.push(Line { baseline: run.baseline, pieces: vec![piece] }),
        }
    }
    let area = runs.iter().map(run_area).reduce(union)?;
    Some(Atom { area, thing: Thing::Lines(lines) })
}

fn run_area(run: &Run) -> Rect {
    let em = run.size.to_mm();
    Rect { x: run.x, y: run.baseline - em * ASCENT, w: run.width(), h: em }
}

fn same(a: Mm, b: Mm) -> bool {
    (a - b).0.abs() < 0.01
}

/// The smallest rectangle round two.
pub(super) fn union(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect { x, y, w: a.right().max(b.right()) - x, h: a.bottom().max(b.bottom()) - y }
}

/// Joins what stands on one line: ink with ink, and ink with the fields between it.
fn joined(atoms: Vec<Atom>) -> Vec<Atom> {
    let mut done: Vec<Atom> = Vec::new();
    for atom in atoms {
        match done.iter().position(|other| on_one_line(other, &atom)) {
            Some(at) => {
                let other = done.swap_remove(at);
                done.push(join(other, atom));
            }
            None => done.push(atom),
        }
    }
    done.sort_by(|a, b| (a.area.y.0, a.area.x.0).partial_cmp(&(b.area.y.0, b.area.x.0)).unwrap_or(std::cmp::Ordering::Equal));
    done
}

/// Whether two atoms stand side by side on one line: one is a line of ink, the other is ink on the same baseline or a
/// field that is about as high as the line and in its middle.
fn on_one_line(a: &Atom, b: &Atom) -> bool {
    if a.area.x.0 < b.area.right().0 - 0.1 && b.area.x.0 < a.area.right().0 - 0.1 {
        return false;
    }
    match (&a.thing, &b.thing) {
        (Thing::Lines(left), Thing::Lines(right)) => match (left.as_slice(), right.as_slice()) {
            ([left], [right]) => same(left.baseline, right.baseline),
            _ => false,
        },
        (Thing::Lines(lines), Thing::Value(value)) | (Thing::Value(value), Thing::Lines(lines)) => {
            let line = if matches!(a.thing, Thing::Lines(_)) { a.area } else { b.area };
            let room = value.room();
            let middle = room.y + room.h / 2.0;
            lines.len() == 1 && room.h.0 <= line.h.0 * 2.0 && line.y < middle && middle < line.bottom()
        }
        _ => false,
    }
}

fn join<'l>(a: Atom<'l>, b: Atom<'l>) -> Atom<'l> {
    let area = union(a.area, b.area);
    let mut pieces = Vec::new();
    let mut baseline = None;
    for thing in [a.thing, b.thing] {
        match thing {
            Thing::Lines(lines) => {
                for line in lines {
                    baseline = baseline.or(Some(line.baseline));
                    pieces.extend(line.pieces);
                }
            }
            Thing::Value(value) => {
                let room = value.room();
                pieces.push(Piece { left: room.x, right: room.right(), ink: Ink::Value(value) });
            }
            Thing::Photo(_) | Thing::Table(_) => {}
        }
    }
    pieces.sort_by(|a, b| a.left.0.total_cmp(&b.left.0));
    let baseline = baseline.unwrap_or(area.bottom());
    Atom { area, thing: Thing::Lines(vec![Line { baseline, pieces }]) }
}
