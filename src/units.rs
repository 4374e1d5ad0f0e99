//! Lengths: millimetres inside, points at the edges, and the names of Chinese type sizes (字号).

use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A length in millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Mm(pub f64);

/// A length in points, 1/72 inch (ISO 32000-1, 8.3.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Pt(pub f64);

/// Millimetres in one point.
const MM_PER_PT: f64 = 25.4 / 72.0;

/// The names of type sizes in the Chinese trade, in points (GB/T 40637 and common office use).
const NAMED_SIZES: [(&str, f64); 14] = [
    ("初号", 42.0),
    ("小初", 36.0),
    ("一号", 26.0),
    ("小一", 24.0),
    ("二号", 22.0),
    ("小二", 18.0),
    ("三号", 16.0),
    ("小三", 15.0),
    ("四号", 14.0),
    ("小四", 12.0),
    ("五号", 10.5),
    ("小五", 9.0),
    ("六号", 7.5),
    ("小六", 6.5),
];

impl Mm {
    /// The same length in points.
    pub fn to_pt(self) -> Pt {
        Pt(self.0 / MM_PER_PT)
    }

    /// The longer of two lengths.
    pub fn max(self, other: Mm) -> Mm {
        Mm(self.0.max(other.0))
    }

    /// The shorter of two lengths.
    pub fn min(self, other: Mm) -> Mm {
        Mm(self.0.min(other.0))
    }
}

impl Pt {
    /// The same length in millimetres.
    pub fn to_mm(self) -> Mm {
        Mm(self.0 * MM_PER_PT)
    }

    /// A type size written as a 字号 name (`小四`) or as a number of points (`10.5`).
    ///
    /// Returns `None` for anything else, for zero, negative and non-finite numbers.
    pub fn parse_size(text: &str) -> Option<Pt> {
        if let Some((_, pt)) = NAMED_SIZES.iter().find(|(name, _)| *name == text) {
            return Some(Pt(*pt));
        }
        let number: f64 = text.parse().ok()?;
        (number.is_finite() && number > 0.0).then_some(Pt(number))
    }

    /// The names of all sizes, largest first, for messages.
    pub fn size_names() -> impl Iterator<Item = &'static str> {
        NAMED_SIZES.iter().map(|(name, _)| *name)
    }
}

macro_rules! arithmetic {
    ($unit:ident) => {
        impl Add for $unit {
            type Output = $unit;
            fn add(self, other: $unit) -> $unit {
                $unit(self.0 + other.0)
            }
        }
        impl AddAssign for $unit {
            fn add_assign(&mut self, other: $unit) {
                self.0 += other.0;
            }
        }
        impl Sub for $unit {
            type Output = $unit;
            fn sub(self, other: $unit) -> $unit {
                $unit(self.0 - other.0)
            }
        }
        impl SubAssign for $unit {
            fn sub_assign(&mut self, other: $unit) {
                self.0 -= other.0;
            }
        }
        impl Mul<f64> for $unit {
            type Output = $unit;
            fn mul(self, factor: f64) -> $unit {
                $unit(self.0 * factor)
            }
        }
        impl Div<f64> for $unit {
            type Output = $unit;
            fn div(self, divisor: f64) -> $unit {
                $unit(self.0 / divisor)
            }
        }
        impl Div for $unit {
            type Output = f64;
            fn div(self, other: $unit) -> f64 {
                self.0 / other.0
            }
        }
        impl Neg for $unit {
            type Output = $unit;
            fn neg(self) -> $unit {
                $unit(-self.0)
            }
        }
        impl std::iter::Sum for $unit {
            fn sum<I: Iterator<Item = $unit>>(lengths: I) -> $unit {
                $unit(lengths.map(|length| length.0).sum())
            }
        }
    };
}
arithmetic!(Mm);
arithmetic!(Pt);

/// A rectangle on paper in millimetres: `x`, `y` is the top left corner, `y` grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Distance of the left edge from the paper's left.
    pub x: Mm,
    /// Distance of the top edge from the paper's top.
    pub y: Mm,
    /// Width.
    pub w: Mm,
    /// Height.
    pub h: Mm,
}

impl Rect {
    /// A rectangle from four numbers of millimetres.
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Rect {
        Rect { x: Mm(x), y: Mm(y), w: Mm(w), h: Mm(h) }
    }

    /// The right edge.
    pub fn right(&self) -> Mm {
        self.x + self.w
    }

    /// The bottom edge.
    pub fn bottom(&self) -> Mm {
        self.y + self.h
    }

    /// The rectangle made smaller by `dx` at the left and the right and by `dy` at the top and the bottom.
    pub fn inset(&self, dx: Mm, dy: Mm) -> Rect {
        Rect { x: self.x + dx, y: self.y + dy, w: (self.w - dx * 2.0).max(Mm(0.0)), h: (self.h - dy * 2.0).max(Mm(0.0)) }
    }

    /// Whether the inner areas of two rectangles share a point.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_names_and_numbers() {
        for (text, want) in
            [("小四", Some(12.0)), ("五号", Some(10.5)), ("10.5", Some(10.5)), ("小思", None), ("0", None), ("-3", None), ("inf", None)]
        {
            assert_eq!(Pt::parse_size(text).map(|pt| pt.0), want, "{text}");
        }
    }

    #[test]
    fn an_inch_is_seventy_two_points() {
        assert!((Mm(25.4).to_pt().0 - 72.0).abs() < 1e-12);
        assert!((Pt(72.0).to_mm().0 - 25.4).abs() < 1e-12);
    }

    #[test]
    fn rectangles_that_only_touch_do_not_overlap() {
        let left = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!(!left.overlaps(&Rect::new(10.0, 0.0, 5.0, 5.0)));
        assert!(left.overlaps(&Rect::new(9.9, 9.9, 5.0, 5.0)));
    }
}
