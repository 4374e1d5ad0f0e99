//! What a page may cost to draw, counted before anything is drawn.
//!
//! Content that a stranger wrote may draw a line of a hundred million dashes, or a form that draws ten forms that draw ten forms.
//! The renderer would do it all; so the page is walked once with a device that draws nothing and counts. Tiles and masks are
//! drawn out of the walk's sight and are not counted.

use std::any::Any;
use std::panic::resume_unwind;

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings, SoftMask,
    interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, PathEl, Point, Rect};

/// The most pieces of a page. The fullest page of ours has some 6,000; a map in a stranger's file may have a million.
const MOST: f64 = 4e6;

/// A layer costs as much as so many pieces, and so many pixels of a picture as much as one.
const LAYER: f64 = 2_000.0;
const PIXELS: f64 = 50.0;

/// Thrown through the interpreter, which cannot be stopped otherwise, when a page costs too much.
struct Spent;

/// Whether a panic was ours, to stop a walk.
pub(super) fn is_spent(panic: &(dyn Any + Send)) -> bool {
    panic.is::<Spent>()
}

/// Walks a page; unwinds, and no panic is told, where it costs too much (see [`is_spent`]).
pub(super) fn walk(page: &Page<'_>) {
    let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context = Context::new(Affine::IDENTITY, area, &cache, page.xref(), settings);
    interpret_page(page, &mut context, &mut Counter { left: MOST });
}

/// A device that draws nothing and counts.
struct Counter {
    left: f64,
}

impl Counter {
    fn spend(&mut self, pieces: f64) {
        self.left -= pieces;
        // What is no number is too much as well.
        if self.left.is_nan() || self.left <= 0.0 {
            resume_unwind(Box::new(Spent));
        }
    }
}

impl<'a> Device<'a> for Counter {
    fn draw_path(&mut self, path: &BezPath, _: DrawProps<'a>, mode: &DrawMode) {
        self.spend(1.0 + path.elements().len() as f64);
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode
            && !stroke.dash_array.is_empty()
        {
            let period: f64 = stroke.dash_array.iter().map(|dash| f64::from(*dash).abs()).sum();
            // A pattern of no length is a line without dashes (ISO 32000-1, 8.4.3.6).
            if period > 0.0 {
                self.spend(length(path) / period * stroke.dash_array.len() as f64);
            }
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.spend(1.0 + clip.path.elements().len() as f64);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(LAYER);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        self.spend(1.0 + run.glyphs().len() as f64);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.spend(1.0 + f64::from(image.width()) * f64::from(image.height()) / PIXELS);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// About how long a path is: its points joined by straight lines.
fn length(path: &BezPath) -> f64 {
    let (mut sum, mut at, mut begin) = (0.0, Point::ZERO, Point::ZERO);
    for element in path.elements() {
        let mut to = |next: Point| {
            sum += at.distance(next);
            at = next;
        };
        match *element {
            PathEl::MoveTo(point) => (at, begin) = (point, point),
            PathEl::LineTo(point) => to(point),
            PathEl::QuadTo(one, point) => [one, point].into_iter().for_each(to),
            PathEl::CurveTo(one, two, point) => [one, two, point].into_iter().for_each(to),
            PathEl::ClosePath => to(begin),
        }
    }
    sum
}
