//! Outlines of glyphs, for the few drawings that are no text any more.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::{FaceId, Fonts};
use crate::error::Error;

/// A closed line round an area, in em: x to the right, y upwards from the baseline.
pub type Contour = Vec<(f32, f32)>;

/// How many chords a curve becomes: at the size of a label nobody sees their corners.
const CHORDS: usize = 8;

impl Fonts {
    /// The outline of a glyph, its curves as chords; an area is inside where contours wind round it (non-zero rule).
    ///
    /// Errors: a face that cannot be read. A glyph without an outline has no contours.
    pub fn outline(&self, face: FaceId, glyph: u16) -> Result<Vec<Contour>, Error> {
        let face = self.face(face)?;
        let failed = |error: String| Error::Font(format!("{}: {error}", face.postscript_name));
        let font = FontRef::from_index(&face.data, face.index).map_err(|error| failed(error.to_string()))?;
        let em = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
        let mut pen = Pen { scale: 1.0 / f32::from(em.max(1)), contours: Vec::new() };
        if let Some(outline) = font.outline_glyphs().get(GlyphId::new(u32::from(glyph))) {
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen).map_err(|error| failed(error.to_string()))?;
        }
        Ok(pen.contours)
    }
}

struct Pen {
    scale: f32,
    contours: Vec<Contour>,
}

impl Pen {
    fn push(&mut self, x: f32, y: f32) {
        if let Some(contour) = self.contours.last_mut() {
            contour.push((x * self.scale, y * self.scale));
        }
    }

    /// The chords of a Bézier curve from the last point over the control points to the last of them.
    fn curve(&mut self, controls: &[(f32, f32)]) {
        let Some((x, y)) = self.contours.last().and_then(|contour| contour.last()).copied() else { return };
        let begin = (x / self.scale, y / self.scale);
        for step in 1..=CHORDS {
            let t = step as f32 / CHORDS as f32;
            // De Casteljau: points between points until one is left.
            let mut points: Vec<(f32, f32)> = std::iter::once(begin).chain(controls.iter().copied()).collect();
            while points.len() > 1 {
                let between = points.windows(2).filter_map(|pair| if let [a, b] = pair { Some((*a, *b)) } else { None });
                points = between.map(|(a, b)| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)).collect();
            }
            points.first().copied().into_iter().for_each(|(x, y)| self.push(x, y));
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.contours.push(Vec::new());
        self.push(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.curve(&[(cx, cy), (x, y)]);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.curve(&[(cx0, cy0), (cx1, cy1), (x, y)]);
    }

    fn close(&mut self) {}
}
