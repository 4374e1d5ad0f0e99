//! What is seen of a page, and how large it is (ISO 32000-1, 14.11.2).

use crate::pdf_in::{Dictionary, Fault, Object, Pdf};
use crate::units::{Mm, Pt};

/// A page's paper.
pub(super) struct Paper {
    pub width: Mm,
    pub height: Mm,
    pub bbox: [f32; 4],
    pub rotate: u16,
}

/// A4, for pages that do not say how large they are.
const A4: [f32; 4] = [0.0, 0.0, 595.28, 841.89];

/// The largest paper, in points of a page without a unit of its own (annex C: 14,400 units; planes of a ship are smaller).
const LARGEST: f32 = 144_000.0;

pub(super) fn paper(pdf: &mut Pdf<'_>, page: &Dictionary) -> Result<Paper, Fault> {
    let media = rectangle(pdf, page, b"MediaBox")?.unwrap_or(A4);
    let crop = rectangle(pdf, page, b"CropBox")?.and_then(|crop| common(crop, media));
    let bbox = crop.unwrap_or(media);
    let turns = pdf.value(page, b"Rotate")?.as_i64().unwrap_or(0);
    let rotate = u16::try_from(turns.rem_euclid(360) / 90 * 90).unwrap_or(0);
    let unit = number(&*pdf.value(page, b"UserUnit")?).filter(|unit| (0.01..=1_000.0).contains(unit)).unwrap_or(1.0);
    let [left, bottom, right, top] = bbox;
    let side = |length: f32| Pt(f64::from(length) * f64::from(unit)).to_mm();
    let (width, height) = (side(right - left), side(top - bottom));
    let (width, height) = if rotate % 180 == 0 { (width, height) } else { (height, width) };
    Ok(Paper { width, height, bbox, rotate })
}

/// A rectangle, its corners in order; `None` where there is none, or nothing in it.
pub(super) fn rectangle(pdf: &mut Pdf<'_>, dictionary: &Dictionary, key: &[u8]) -> Result<Option<[f32; 4]>, Fault> {
    let Some([a, b, c, d]) = numbers(pdf, dictionary, key)? else { return Ok(None) };
    let (left, right) = (a.min(c), a.max(c));
    let (bottom, top) = (b.min(d), b.max(d));
    let sound = right - left >= 1.0 && top - bottom >= 1.0 && [left, bottom, right, top].iter().all(|side| side.abs() <= LARGEST);
    Ok(sound.then_some([left, bottom, right, top]))
}

/// So many numbers.
pub(super) fn numbers<const N: usize>(pdf: &mut Pdf<'_>, dictionary: &Dictionary, key: &[u8]) -> Result<Option<[f32; N]>, Fault> {
    let array = pdf.value(dictionary, key)?;
    let Object::Array(array) = &*array else { return Ok(None) };
    let mut numbers = [0.0; N];
    if array.len() != N {
        return Ok(None);
    }
    for (place, one) in numbers.iter_mut().zip(array) {
        let Some(one) = number(&*pdf.follow(one)?) else { return Ok(None) };
        *place = one;
    }
    Ok(Some(numbers))
}

fn number(object: &Object) -> Option<f32> {
    object.as_float().ok().filter(|number| number.is_finite())
}

fn common(a: [f32; 4], b: [f32; 4]) -> Option<[f32; 4]> {
    let both = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
    (both[2] - both[0] >= 1.0 && both[3] - both[1] >= 1.0).then_some(both)
}
