//! An area cut into rectangles of one atom each, so that what stands at a fixed place has a table cell to stand in.

use super::atoms::Atom;
use crate::units::{Mm, Rect};

/// A rectangle and what stands in it; several atoms only where no straight cut parts them.
pub(super) struct Leaf<'l> {
    /// The rectangle.
    pub(super) area: Rect,
    /// What stands in it, from the top.
    pub(super) atoms: Vec<Atom<'l>>,
}

/// Cuts an area, from edge to edge each time, across first (rows), then down (columns).
pub(super) fn cut(area: Rect, atoms: Vec<Atom>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut waiting = vec![Leaf { area, atoms }];
    while let Some(leaf) = waiting.pop() {
        let across = gap(&leaf.atoms, |area| (area.y, area.bottom()));
        let down = gap(&leaf.atoms, |area| (area.x, area.right()));
        let Leaf { area, atoms } = leaf;
        if let Some(at) = across {
            let (above, below) = atoms.into_iter().partition(|atom| atom.area.y < at);
            waiting.push(Leaf { area: Rect { h: at - area.y, ..area }, atoms: above });
            waiting.push(Leaf { area: Rect { y: at, h: area.bottom() - at, ..area }, atoms: below });
        } else if let Some(at) = down {
            let (left, right) = atoms.into_iter().partition(|atom| atom.area.x < at);
            waiting.push(Leaf { area: Rect { w: at - area.x, ..area }, atoms: left });
            waiting.push(Leaf { area: Rect { x: at, w: area.right() - at, ..area }, atoms: right });
        } else {
            leaves.push(Leaf { area, atoms });
        }
    }
    leaves
}

/// The middle of the first gap between atoms in one direction; atoms that touch are parted where they touch.
fn gap(atoms: &[Atom], extent: impl Fn(&Rect) -> (Mm, Mm)) -> Option<Mm> {
    let mut extents: Vec<(Mm, Mm)> = atoms.iter().map(|atom| extent(&atom.area)).collect();
    extents.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let (first, mut reached) = *extents.first()?;
    for (begin, end) in extents.into_iter().skip(1) {
        // A hundredth of a millimetre is no overlap.
        if begin.0 > reached.0 - 0.01 && begin > first {
            return Some(begin.min((begin + reached) / 2.0));
        }
        reached = reached.max(end);
    }
    None
}
