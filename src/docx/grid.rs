//! Tables: rows of exact height, cells cut finer where several things stand at fixed places in one.

use docx_rs::{
    BorderType, HeightRule, Table, TableBorder, TableBorderPosition, TableBorders, TableCell, TableCellBorder, TableCellBorderPosition,
    TableCellBorders, TableCellMargins, TableLayoutType, TableRow, VAlignType, VMergeType, WidthType,
};

use super::atoms::{Atom, Thing};
use super::cut::{Leaf, cut};
use super::measure::twips;
use super::para::{self, Stack};
use super::shared::Shared;
use crate::error::Error;
use crate::layout::{CellPlace, Ruled};
use crate::package::marks::Scope;
use crate::units::{Mm, Pt, Rect};

/// The atoms of a sheet's cells.
pub(super) type Cells<'l> = Vec<(CellPlace, Vec<Atom<'l>>)>;

/// Two lines of a grid are one where they are this near.
const SAME: f64 = 0.05;

/// How far the middle of a text may be from the middle of its cell and still be set there by alignment.
const NEAR: f64 = 0.8;

/// A grid before it is cut finer.
struct Grid {
    xs: Vec<Mm>,
    ys: Vec<Mm>,
    /// How many rows are the head.
    head: usize,
    /// Widths of the outer and the inner rules; `None` for a grid that only keeps things in their places.
    rules: Option<(Pt, Pt)>,
}

/// A rectangle of the finer grid.
struct Square<'l> {
    leaf: Leaf<'l>,
    row: usize,
    rowspan: usize,
    col: usize,
    colspan: usize,
    /// Which edges lie inside a cell of the form and bear no rule: top, left, bottom, right.
    bare: [bool; 4],
}

/// A ruled table, its left edge `indent` from the column's.
pub(super) fn ruled<'l>(shared: &mut Shared, ruled: &'l Ruled, cells: &mut Cells<'l>, indent: Mm) -> Result<Table, Error> {
    let edge = |lines: &[Mm], at: usize| lines.get(at.min(lines.len().saturating_sub(1))).copied().unwrap_or_default();
    let mut leaves = Vec::new();
    for (place, _) in &ruled.cells {
        let (x, y) = (edge(&ruled.xs, place.col), edge(&ruled.ys, place.row));
        let (right, bottom) = (edge(&ruled.xs, place.col + place.colspan), edge(&ruled.ys, place.row + place.rowspan));
        let area = Rect { x, y, w: right - x, h: bottom - y };
        let known = cells.iter().position(|(known, _)| known == place);
        let atoms = known.map(|at| cells.swap_remove(at).1).unwrap_or_default();
        leaves.extend(cut(area, atoms).into_iter().map(|leaf| (bare(&leaf.area, &area), leaf)));
    }
    let grid = Grid { xs: ruled.xs.clone(), ys: ruled.ys.clone(), head: ruled.head, rules: Some((ruled.outer, ruled.inner)) };
    table(shared, grid, leaves, cells, indent)
}

/// Things side by side on a page, in a table without rules.
pub(super) fn side_by_side<'l>(shared: &mut Shared, area: Rect, atoms: Vec<Atom<'l>>, cells: &mut Cells<'l>) -> Result<Table, Error> {
    let grid = Grid { xs: vec![area.x, area.right()], ys: vec![area.y, area.bottom()], head: 0, rules: None };
    let leaves = cut(area, atoms).into_iter().map(|leaf| ([false; 4], leaf)).collect();
    table(shared, grid, leaves, cells, Mm(0.0))
}

fn bare(leaf: &Rect, cell: &Rect) -> [bool; 4] {
    let inside = |a: Mm, b: Mm| (a - b).0.abs() > SAME;
    [inside(leaf.y, cell.y), inside(leaf.x, cell.x), inside(leaf.bottom(), cell.bottom()), inside(leaf.right(), cell.right())]
}

fn table<'l>(
    shared: &mut Shared,
    mut grid: Grid,
    leaves: Vec<([bool; 4], Leaf<'l>)>,
    cells: &mut Cells<'l>,
    indent: Mm,
) -> Result<Table, Error> {
    let head = grid.ys.get(grid.head).copied().unwrap_or_default();
    for (_, leaf) in &leaves {
        grid.xs.extend([leaf.area.x, leaf.area.right()]);
        grid.ys.extend([leaf.area.y, leaf.area.bottom()]);
    }
    let (xs, ys) = (once(grid.xs), once(grid.ys));
    let mut squares: Vec<Square> = leaves
        .into_iter()
        .map(|(bare, leaf)| {
            let (row, col) = (nearest(&ys, leaf.area.y), nearest(&xs, leaf.area.x));
            let rowspan = nearest(&ys, leaf.area.bottom()).saturating_sub(row);
            let colspan = nearest(&xs, leaf.area.right()).saturating_sub(col);
            Square { leaf, row, rowspan, col, colspan, bare }
        })
        .collect();
    squares.sort_by_key(|square| (square.col, square.row));

    let across: Vec<i32> = xs.iter().map(|x| twips(*x)).collect();
    let down: Vec<i32> = ys.iter().map(|y| twips(*y)).collect();
    let mut rows = Vec::new();
    for (row, (top, bottom)) in down.iter().zip(down.iter().skip(1)).enumerate() {
        shared.heads.push(grid.head > 0 && ys.get(row).is_some_and(|y| y.0 < head.0 - SAME));
        let mut made = Vec::new();
        for square in squares.iter_mut().filter(|square| (square.row..square.row + square.rowspan).contains(&row)) {
            let width = |at: usize| across.get(at).copied().unwrap_or_default();
            let width = (width(square.col + square.colspan) - width(square.col)).max(0) as usize;
            made.push(cell(shared, square, row, cells)?.width(width, WidthType::Dxa));
        }
        rows.push(TableRow::new(made).row_height((bottom - top) as f32).height_rule(HeightRule::Exact).cant_split());
    }
    let widths: Vec<usize> = across.windows(2).map(|pair| if let [a, b] = pair { (b - a).max(0) as usize } else { 0 }).collect();
    let total = widths.iter().sum();
    Ok(Table::new(rows)
        .set_grid(widths)
        .layout(TableLayoutType::Fixed)
        .width(total, WidthType::Dxa)
        .indent(twips(indent))
        // Cells are padded by their paragraphs: Word moves a table by its cells' margin in some modes, and not in others.
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
        .set_borders(borders(grid.rules)))
}

/// The lines of a grid in order, each once.
fn once(mut lines: Vec<Mm>) -> Vec<Mm> {
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.dedup_by(|a, b| (*a - *b).0.abs() < SAME);
    lines
}

fn nearest(lines: &[Mm], at: Mm) -> usize {
    lines.partition_point(|line| line.0 < at.0 - SAME)
}

/// A square's part in a row: whole, or one of the pieces that a reader joins.
fn cell<'l>(shared: &mut Shared, square: &mut Square<'l>, row: usize, cells: &mut Cells<'l>) -> Result<TableCell, Error> {
    let first = row == square.row;
    let mut made = if first { content(shared, std::mem::take(&mut square.leaf.atoms), &square.leaf.area, cells)? } else { empty(shared) };
    if square.colspan > 1 {
        made = made.grid_span(square.colspan);
    }
    if square.rowspan > 1 {
        made = made.vertical_merge(if first { VMergeType::Restart } else { VMergeType::Continue });
    }
    if square.bare.contains(&true) {
        made = made.set_borders(bare_edges(&square.bare));
    }
    Ok(made)
}

fn empty(shared: &mut Shared) -> TableCell {
    TableCell::new().add_paragraph(para::spacer(shared, 20))
}

/// What stands in a cell: one atom at its place, or several, one below the other.
fn content<'l>(shared: &mut Shared, atoms: Vec<Atom<'l>>, area: &Rect, cells: &mut Cells<'l>) -> Result<TableCell, Error> {
    if atoms.iter().any(|atom| matches!(atom.thing, Thing::Table(_))) {
        return around_tables(shared, atoms, area, cells);
    }
    let scope = if atoms.len() == 1 { Scope::Cell } else { Scope::Line };
    let mut stacks: Vec<Stack> = Vec::new();
    for atom in &atoms {
        stacks.extend(para::stack(shared, atom, area, scope)?);
    }
    let mut made = TableCell::new();
    if let [stack] = stacks.as_slice() {
        let off = (stack.top + stack.bottom) / 2.0 - (area.y + area.h / 2.0);
        if off.0.abs() < NEAR && !stack.top_down {
            made = made.vertical_align(VAlignType::Center);
            for paragraph in stacks.into_iter().flat_map(|stack| stack.moved(Mm(0.0))) {
                made = made.add_paragraph(paragraph);
            }
            return Ok(made);
        }
    }
    if stacks.is_empty() {
        return Ok(empty(shared));
    }
    let mut reached = area.y;
    for stack in stacks {
        let (top, bottom) = (stack.top, stack.bottom);
        for paragraph in stack.moved(top - reached) {
            made = made.add_paragraph(paragraph);
        }
        reached = bottom.max(reached);
    }
    Ok(made)
}

/// A table of the form beside something else: a table in the cell that keeps its place. What no straight cut parts from it (a line
/// that lies over its edge) stands before or after it, so that neither is lost.
fn around_tables<'l>(shared: &mut Shared, atoms: Vec<Atom<'l>>, area: &Rect, cells: &mut Cells<'l>) -> Result<TableCell, Error> {
    let mut made = TableCell::new();
    let mut reached = area.y;
    for atom in &atoms {
        if let Thing::Table(inside) = atom.thing {
            let table = ruled(shared, inside, cells, atom.area.x - area.x)?;
            let above = twips(atom.area.y - reached);
            if above > 0 {
                made = made.add_paragraph(para::spacer(shared, above));
            }
            made = made.add_table(table).add_paragraph(para::spacer(shared, 20));
            reached = reached.max(atom.area.bottom());
        }
        if let Some(stack) = para::stack(shared, atom, area, Scope::Line)? {
            let bottom = stack.bottom;
            let down = (stack.top - reached).max(Mm(0.0));
            for paragraph in stack.moved(down) {
                made = made.add_paragraph(paragraph);
            }
            reached = reached.max(bottom);
        }
    }
    Ok(made)
}

fn bare_edges(bare: &[bool; 4]) -> TableCellBorders {
    use TableCellBorderPosition::{Bottom, Left, Right, Top};
    let edges = bare.iter().zip([Top, Left, Bottom, Right]).filter(|(bare, _)| **bare);
    edges.fold(TableCellBorders::with_empty(), |borders, (_, edge)| {
        borders.set(TableCellBorder::new(edge).border_type(BorderType::Nil).size(0))
    })
}

/// Eighths of a point, in which Word counts rules.
fn borders(rules: Option<(Pt, Pt)>) -> TableBorders {
    use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
    let Some((outer, inner)) = rules else { return TableBorders::with_empty() };
    let eighths = |width: Pt| (width.0 * 8.0).round().clamp(2.0, 96.0) as usize;
    let sides = [(Top, outer), (Left, outer), (Bottom, outer), (Right, outer), (InsideH, inner), (InsideV, inner)];
    let drawn = sides.into_iter().filter(|(_, width)| width.0 > 0.0);
    drawn.fold(TableBorders::with_empty(), |borders, (side, width)| borders.set(TableBorder::new(side).size(eighths(width))))
}
