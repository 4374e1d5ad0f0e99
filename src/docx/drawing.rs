//! A small drawing of text, in grey dots: what an empty photo's place shows.

use crate::error::Error;
use crate::fonts::{Contour, Fonts};
use crate::layout::{ItemKind, Run, Widget};
use crate::units::Rect;

/// Lines of dots are looked at so many times each; across, a dot's share is exact.
const PASSES: usize = 4;

/// Dots on white paper, row by row from the top.
pub(super) struct Drawing {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 255 is white.
    pub(super) samples: Vec<u8>,
}

/// Draws the text of a widget, `dots` to the millimetre.
pub(super) fn draw(widget: &Widget, fonts: &Fonts, dots: f64) -> Result<Drawing, Error> {
    let side = |length: f64| (length * dots).ceil().clamp(1.0, 4_000.0) as usize;
    let (width, height) = (side(widget.at.w.0), side(widget.at.h.0));
    let mut drawing = Drawing { width, height, samples: vec![255; width * height] };
    for item in &widget.items {
        let ItemKind::Text(text) = &item.kind else { continue };
        for run in &text.runs {
            drawing.run(run, &widget.at, fonts, dots)?;
        }
    }
    Ok(drawing)
}

impl Drawing {
    fn run(&mut self, run: &Run, within: &Rect, fonts: &Fonts, dots: f64) -> Result<(), Error> {
        let em = run.size.to_mm().0 * dots;
        let mut x = (run.x - within.x).0 * dots;
        let baseline = (run.baseline - within.y).0 * dots;
        for glyph in &run.glyphs {
            let contours = fonts.outline(run.face, glyph.id)?;
            let place = |(across, up): (f32, f32)| (x + f64::from(across) * em, baseline - f64::from(up) * em);
            let edges: Vec<Edge> = contours.iter().flat_map(|contour| edges(contour, place)).collect();
            self.fill(&edges);
            x += f64::from(glyph.advance + glyph.space) * em;
        }
        Ok(())
    }

    /// Blackens what lies inside, by the non-zero rule.
    fn fill(&mut self, edges: &[Edge]) {
        let top = edges.iter().map(|edge| edge.from.1.min(edge.to.1)).fold(f64::INFINITY, f64::min).max(0.0) as usize;
        let bottom = edges.iter().map(|edge| edge.from.1.max(edge.to.1)).fold(0.0, f64::max).ceil() as usize;
        let width = self.width;
        for (row, samples) in self.samples.chunks_mut(width).enumerate().take(bottom).skip(top) {
            let mut covered = vec![0.0; width];
            for pass in 0..PASSES {
                let y = row as f64 + (pass as f64 + 0.5) / PASSES as f64;
                for (from, to) in inside(edges, y) {
                    cover(&mut covered, from, to);
                }
            }
            for (sample, share) in samples.iter_mut().zip(covered) {
                let white = f64::from(*sample) * (1.0 - (share / PASSES as f64).clamp(0.0, 1.0));
                *sample = white.round() as u8;
            }
        }
    }
}

/// A straight piece of an outline, in dots from the top left.
struct Edge {
    from: (f64, f64),
    to: (f64, f64),
}

fn edges(contour: &Contour, place: impl Fn((f32, f32)) -> (f64, f64)) -> Vec<Edge> {
    let points: Vec<(f64, f64)> = contour.iter().map(|point| place(*point)).collect();
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(from, to)| Edge { from: *from, to: *to }).collect()
}

/// The stretches of a line across that lie inside.
fn inside(edges: &[Edge], y: f64) -> Vec<(f64, f64)> {
    let mut crossings: Vec<(f64, i32)> = edges
        .iter()
        .filter(|edge| (edge.from.1 <= y) != (edge.to.1 <= y))
        .map(|edge| {
            let Edge { from, to } = edge;
            let x = from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1);
            (x, if to.1 > from.1 { 1 } else { -1 })
        })
        .collect();
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut stretches = Vec::new();
    let (mut winding, mut begin) = (0, 0.0);
    for (x, turn) in crossings {
        if winding == 0 {
            begin = x;
        }
        winding += turn;
        if winding == 0 {
            stretches.push((begin, x));
        }
    }
    stretches
}

/// Adds to each dot the share of it that a stretch covers.
fn cover(dots: &mut [f64], from: f64, to: f64) {
    let first = from.max(0.0) as usize;
    for (at, dot) in dots.iter_mut().enumerate().take(to.max(0.0).ceil() as usize).skip(first) {
        let left = at as f64;
        *dot += (to.min(left + 1.0) - from.max(left)).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_black_round_a_white_hole() {
        // A square of 8 dots with a hole of 4 that winds the other way, and one dot half covered at the right.
        let outer = vec![(1.0, 1.0), (1.0, 9.0), (9.5, 9.0), (9.5, 1.0)];
        let hole = vec![(3.0, 3.0), (7.0, 3.0), (7.0, 7.0), (3.0, 7.0)];
        let edges: Vec<Edge> = [outer, hole].iter().flat_map(|contour| edges(contour, |(x, y)| (f64::from(x), f64::from(y)))).collect();
        let mut drawing = Drawing { width: 12, height: 12, samples: vec![255; 144] };
        drawing.fill(&edges);
        let at = |x: usize, y: usize| drawing.samples[y * 12 + x];
        assert_eq!([at(0, 5), at(1, 5), at(2, 5), at(3, 5), at(6, 5), at(7, 5), at(9, 5), at(10, 5)], [255, 0, 0, 255, 255, 0, 128, 255]);
        assert_eq!([at(5, 0), at(5, 1), at(5, 8), at(5, 9)], [255, 0, 0, 255]);
    }
}
