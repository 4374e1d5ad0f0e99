//! Lengths as Word counts them, converted once.

use crate::units::{Mm, Pt};

/// Twips, a twentieth of a point.
pub(super) fn twips(length: Mm) -> i32 {
    (length.to_pt().0 * 20.0).round() as i32
}

/// Half points, in which Word counts type sizes.
pub(super) fn half_points(size: Pt) -> usize {
    (size.0 * 2.0).round().max(1.0) as usize
}

/// English Metric Units, 36,000 in a millimetre.
pub(super) fn emu(length: Mm) -> i64 {
    (length.0 * 36_000.0).round() as i64
}
