//! The paper's millimetres from the top left become the PDF's points from the bottom left, once.

use serde::{Deserialize, Serialize};

use crate::units::{Mm, Pt, Rect};

/// A length in thousandths of a point: the finest a page needs, and an integer, so that it is written the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Milli(i32);

impl Milli {
    /// A length in points, rounded; what is not a number becomes 0, what is too large the largest there is.
    pub(super) fn pt(points: f64) -> Milli {
        // A float cast saturates, so no length can wrap.
        Milli((points * 1000.0).round() as i32)
    }

    /// The integer.
    pub(super) fn get(self) -> i32 {
        self.0
    }

    /// The number of points, for the object writer.
    pub(super) fn to_f32(self) -> f32 {
        (f64::from(self.0) / 1000.0) as f32
    }

    /// The difference to another length.
    pub(super) fn since(self, other: Milli) -> Milli {
        Milli(self.0.saturating_sub(other.0))
    }
}

impl From<Pt> for Milli {
    fn from(length: Pt) -> Milli {
        Milli::pt(length.0)
    }
}

impl From<Mm> for Milli {
    fn from(length: Mm) -> Milli {
        Milli::pt(length.to_pt().0)
    }
}

/// A rectangle in the PDF's own coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Area {
    pub(super) left: Milli,
    pub(super) bottom: Milli,
    pub(super) right: Milli,
    pub(super) top: Milli,
}

impl Area {
    pub(super) fn width(&self) -> Milli {
        self.right.since(self.left)
    }

    pub(super) fn height(&self) -> Milli {
        self.top.since(self.bottom)
    }

    /// Whether the inner areas share a point.
    pub(super) fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right && other.left < self.right && self.bottom < other.top && other.bottom < self.top
    }

    /// The surface, to compare two areas by.
    pub(super) fn surface(&self) -> i64 {
        i64::from(self.width().get()) * i64::from(self.height().get())
    }

    pub(super) fn to_rect(self) -> pdf_writer::Rect {
        pdf_writer::Rect::new(self.left.to_f32(), self.bottom.to_f32(), self.right.to_f32(), self.top.to_f32())
    }
}

/// A sheet: what turns its coordinates over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    width: Mm,
    height: Mm,
}

impl Paper {
    pub(super) fn new((width, height): (Mm, Mm)) -> Paper {
        Paper { width, height }
    }

    /// The whole sheet.
    pub(super) fn area(&self) -> Area {
        self.rect(&Rect { x: Mm(0.0), y: Mm(0.0), w: self.width, h: self.height })
    }

    pub(super) fn point(&self, x: Mm, y: Mm) -> (Milli, Milli) {
        (x.into(), (self.height - y).into())
    }

    pub(super) fn rect(&self, rect: &Rect) -> Area {
        let (left, top) = self.point(rect.x, rect.y);
        let (right, bottom) = self.point(rect.right(), rect.bottom());
        Area { left, bottom, right, top }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_is_turned_over() {
        let paper = Paper::new((Mm(210.0), Mm(297.0)));
        let area = paper.rect(&Rect::new(0.0, 0.0, 25.4, 25.4));
        assert_eq!((area.left.get(), area.right.get()), (0, 72_000));
        assert_eq!((area.bottom.get(), area.top.get()), (769_890, 841_890));
        assert_eq!(paper.area().width().get(), 595_276);
    }

    #[test]
    fn what_is_no_number_stays_writable() {
        for (points, want) in [(f64::NAN, 0), (f64::INFINITY, i32::MAX), (-1e30, i32::MIN), (0.0004, 0), (-0.0006, -1)] {
            assert_eq!(Milli::pt(points).get(), want);
        }
    }
}
