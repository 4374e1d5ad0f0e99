//! What is drawn over a page: the millimetre grid, frames around fields, names.

use super::letters::{self, ADVANCE, HEIGHT};
use super::raster::{Area, Colour, Raster};
use super::{MarkKind, PreviewOptions};
use crate::units::Mm;

/// Grid lines a millimetre apart, ten millimetres apart, and their numbers.
const FINE: Colour = [226, 238, 250];
const BOLD: Colour = [158, 197, 236];
const NUMBER: Colour = [21, 90, 160];

/// The grid goes so far, in millimetres: past the largest paper.
const LONGEST: i32 = 430;

/// Lines closer than this many pixels would be a grey veil.
const CLOSEST: f64 = 3.0;

/// How a mark looks.
struct Look {
    frame: Colour,
    tint: Colour,
    /// Width of the frame, in widths of a thin line.
    width: i32,
}

fn look(kind: MarkKind) -> Look {
    let (frame, tint, width) = match kind {
        MarkKind::Field => ([0, 121, 107], [232, 246, 243], 1),
        MarkKind::Chosen => ([21, 101, 192], [224, 238, 252], 2),
        MarkKind::Warning => ([178, 106, 0], [255, 241, 210], 2),
        MarkKind::Error => ([198, 40, 40], [253, 226, 224], 2),
    };
    Look { frame, tint, width }
}

/// Draws the grid, then the marks of a page, then their names.
pub(super) fn draw(raster: &mut Raster, page: usize, options: &PreviewOptions) {
    if options.grid {
        grid(raster);
    }
    let here = || options.marks.iter().filter(|mark| mark.page == page);
    let mut places: Vec<(Area, Look)> = Vec::new();
    for mark in here() {
        let at = &mark.at;
        let (left, top) = (raster.pixel(at.x), raster.pixel(at.y));
        // A field without an area is seen all the same.
        let (right, bottom) = (raster.pixel(at.right()).max(left + 1), raster.pixel(at.bottom()).max(top + 1));
        places.push((Area { left, top, right, bottom }, look(mark.kind)));
    }
    // Frames come after all tints, so that a field beside another does not pale its frame.
    places.iter().for_each(|(place, look)| raster.tint(*place, look.tint));
    let thin = thin(raster);
    for (place, look) in &places {
        let width = thin * look.width;
        // A strong frame lies outside: in a low box it would cover the text.
        let outer = place.grown(if look.width > 1 { width } else { 0 });
        outer.frame(width).into_iter().for_each(|side| raster.cover(side, look.frame));
    }
    for ((place, look), mark) in places.iter().zip(here()) {
        if let Some(name) = &mark.name {
            named(raster, place, name, look.frame);
        }
    }
    if options.grid {
        numbers(raster);
    }
}

/// The width of a thin line and of a letter's dot: a pixel on a screen, more where the picture is larger.
fn thin(raster: &Raster) -> i32 {
    (raster.dpi() / 110.0).round().clamp(1.0, 4.0) as i32
}

fn grid(raster: &mut Raster) {
    let (step, area, width) = (raster.dpi() / 25.4, raster.area(), thin(raster));
    for (every, colour) in [(1, FINE), (10, BOLD)] {
        if step * f64::from(every) < CLOSEST {
            continue;
        }
        // Where a strong line comes, no fine one does.
        for number in (every..=LONGEST).step_by(every as usize).filter(|number| every == 10 || number % 10 != 0) {
            let from = raster.pixel(Mm(f64::from(number))) - width / 2;
            raster.tint(Area { left: from, right: from + width, ..area }, colour);
            raster.tint(Area { top: from, bottom: from + width, ..area }, colour);
        }
    }
}

/// The numbers of the strong lines, in millimetres, along the upper and the left edge.
fn numbers(raster: &mut Raster) {
    let (dot, area) = (thin(raster), raster.area());
    for number in (10..=LONGEST).step_by(10) {
        let text = number.to_string();
        let at = raster.pixel(Mm(f64::from(number)));
        let half = letters::width(&text) * dot / 2;
        if at + half < area.right {
            written(raster, (at - half, 2 * dot), &text, NUMBER);
        }
        if at + HEIGHT * dot < area.bottom {
            written(raster, (2 * dot, at - HEIGHT * dot / 2), &text, NUMBER);
        }
    }
}

/// A name in the upper left corner of a box, on as many lines as it takes; where they are too many, those at its end stay,
/// which tell fields apart.
fn named(raster: &mut Raster, place: &Area, name: &str, colour: Colour) {
    let dot = thin(raster);
    let inner = place.grown(-2 * dot);
    let most = (inner.width() / (ADVANCE * dot)).max(3) as usize;
    let lines = letters::broken(name, most);
    let room = (inner.height() / ((HEIGHT + 1) * dot)).max(1) as usize;
    for (line, number) in lines.iter().skip(lines.len().saturating_sub(room)).zip(0..) {
        written(raster, (inner.left, inner.top + number * (HEIGHT + 1) * dot), line, colour);
    }
}

/// Writes a line on a veil of white; the place is its upper left corner.
fn written(raster: &mut Raster, (left, top): (i32, i32), text: &str, colour: Colour) {
    let dot = thin(raster);
    let (width, height) = (letters::width(text) * dot, HEIGHT * dot);
    raster.veil(Area { left, top, right: left + width, bottom: top + height }.grown(dot));
    for (number, letter) in (0..).zip(text.chars()) {
        for (x, y) in letters::dots(letter) {
            let (left, top) = (left + (number * ADVANCE + x) * dot, top + y * dot);
            raster.cover(Area { left, top, right: left + dot, bottom: top + dot }, colour);
        }
    }
}
