//! From coefficients to samples: the inverse transform, chroma brought to full size, colours to RGB.

use super::Coding;
use super::frame::{Component, Frame};
use super::scan::{Block, Sink, ZIGZAG};
use crate::image::Colour;

/// A quantisation table, in zigzag order.
pub(super) type Quantisation = [u16; 64];

/// Coefficients that are looked at and dropped: enough to know that none is missing in a sequential file.
pub(super) struct Nowhere(pub(super) Block);

impl Sink for Nowhere {
    fn block(&mut self, _part: usize, _x: usize, _y: usize) -> Option<&mut Block> {
        self.0 = [0; 64];
        Some(&mut self.0)
    }
    fn done(&mut self, _part: usize, _x: usize, _y: usize) {}
}

/// Coefficients that are kept: of a progressive file all, as its scans complete each other.
pub(super) struct Coefficients {
    /// For each component: blocks in a row, and the blocks.
    parts: Vec<(usize, Vec<Block>)>,
    /// Where those of other components are looked at and dropped.
    spare: Block,
}

impl Coefficients {
    /// Room for the first `kept` components; only a sequential file can do without the others.
    pub(super) fn new(frame: &Frame, kept: usize) -> Coefficients {
        let blocks = |c: &Component| (c.padded.0, vec![[0; 64]; c.padded.0 * c.padded.1]);
        Coefficients { parts: frame.components.iter().take(kept).map(blocks).collect(), spare: [0; 64] }
    }

    /// The blocks of the first component.
    pub(super) fn into_first(self) -> Vec<Block> {
        self.parts.into_iter().next().map(|(_, blocks)| blocks).unwrap_or_default()
    }

    /// The samples that the coefficients stand for.
    pub(super) fn into_planes(self, tables: &[Quantisation]) -> Vec<Plane> {
        self.parts.into_iter().zip(tables).map(|((columns, blocks), table)| Plane::of(columns, &blocks, table)).collect()
    }
}

impl Sink for Coefficients {
    fn block(&mut self, part: usize, x: usize, y: usize) -> Option<&mut Block> {
        let Some((columns, blocks)) = self.parts.get_mut(part) else {
            self.spare = [0; 64];
            return Some(&mut self.spare);
        };
        blocks.get_mut(y * *columns + x)
    }
    fn done(&mut self, _part: usize, _x: usize, _y: usize) {}
}

/// The samples of a sequential file, made block by block.
pub(super) struct Straight {
    block: Block,
    pub(super) planes: Vec<Plane>,
    /// For each component, once its first scan begins.
    pub(super) tables: Vec<Option<Quantisation>>,
}

impl Straight {
    /// Room for the first `kept` components; the others are looked at and dropped.
    pub(super) fn new(frame: &Frame, kept: usize) -> Straight {
        let planes = frame.components.iter().take(kept).map(|c| Plane::new(c.padded.0, c.padded.1)).collect();
        Straight { block: [0; 64], planes, tables: Vec::new() }
    }
}

impl Sink for Straight {
    fn block(&mut self, _part: usize, _x: usize, _y: usize) -> Option<&mut Block> {
        self.block = [0; 64];
        Some(&mut self.block)
    }
    fn done(&mut self, part: usize, x: usize, y: usize) {
        if let (Some(plane), Some(Some(table))) = (self.planes.get_mut(part), self.tables.get(part)) {
            plane.put(x, y, &self.block, table);
        }
    }
}

/// The samples of one component, padded to whole blocks.
pub(super) struct Plane {
    stride: usize,
    samples: Vec<u8>,
}

impl Plane {
    fn new(columns: usize, rows: usize) -> Plane {
        Plane { stride: columns * 8, samples: vec![0; columns * rows * 64] }
    }

    /// The samples of whole rows of `columns` blocks.
    pub(super) fn of(columns: usize, blocks: &[Block], table: &Quantisation) -> Plane {
        let mut plane = Plane::new(columns, blocks.len().checked_div(columns).unwrap_or(0));
        for (place, block) in blocks.iter().enumerate() {
            plane.put(place % columns, place / columns, block, table);
        }
        plane
    }

    fn put(&mut self, x: usize, y: usize, block: &Block, table: &Quantisation) {
        let square = inverse_transform(block, table);
        let rows = self.samples.chunks_mut(self.stride.max(1)).skip(y * 8);
        for (row, samples) in rows.zip(square.as_chunks::<8>().0) {
            if let Some(place) = row.get_mut(x * 8..x * 8 + 8) {
                place.copy_from_slice(samples);
            }
        }
    }

    fn row(&self, y: usize) -> &[u8] {
        self.samples.get(y * self.stride..(y + 1) * self.stride).unwrap_or(&[])
    }
}

/// A decoded JPEG, read row by row.
pub(crate) struct Samples {
    width: usize,
    coding: Coding,
    parts: Vec<Part>,
}

/// A component at its own resolution.
struct Part {
    plane: Plane,
    /// For every column of the picture: the samples left and right of its middle, and the right one's share.
    columns: Vec<(u32, u32, i32)>,
    /// Twice the number of rows and columns of the picture that share a sample.
    across: i32,
    down: i32,
    /// The last row with samples of the picture.
    last_row: usize,
}

impl Samples {
    /// Of the first components of a picture, or of all.
    pub(super) fn new(frame: &Frame, coding: Coding, planes: Vec<Plane>) -> Samples {
        let parts = planes.into_iter().zip(&frame.components).map(|(plane, component)| {
            let (across, down) = (2 * (frame.h_max / component.h), 2 * (frame.v_max / component.v));
            let last = component.size.0.saturating_sub(1);
            let columns = (0..frame.width).map(|x| {
                let (left, right, share) = between(x, across, last);
                (left as u32, right as u32, share)
            });
            let columns = columns.collect();
            Part { plane, columns, across: across as i32, down: down as i32, last_row: component.size.1.saturating_sub(1) }
        });
        Samples { width: frame.width, coding, parts: parts.collect() }
    }

    /// What its rows hold.
    pub(crate) fn colour(&self) -> Colour {
        if self.parts.len() == 1 { Colour::Grey } else { Colour::Rgb }
    }

    /// Writes row `y`: one byte a pixel where the picture is grey, else three.
    pub(crate) fn row(&self, y: usize, out: &mut [u8]) {
        if let [grey] = self.parts.as_slice() {
            // The luminance of a picture in colours may have fewer samples than that has pixels.
            out.iter_mut().zip(grey.full_row(y, self.width)).for_each(|(to, from)| *to = from);
            return;
        }
        let rows: Vec<Vec<u8>> = self.parts.iter().map(|part| part.full_row(y, self.width)).collect();
        match rows.as_slice() {
            [a, b, c] => {
                for (pixel, ((&a, &b), &c)) in out.as_chunks_mut::<3>().0.iter_mut().zip(a.iter().zip(b).zip(c)) {
                    *pixel = if self.coding == Coding::Rgb { [a, b, c] } else { from_ycc(a, b, c) };
                }
            }
            [a, b, c, k] => {
                for (pixel, (((&a, &b), &c), &k)) in out.as_chunks_mut::<3>().0.iter_mut().zip(a.iter().zip(b).zip(c).zip(k)) {
                    *pixel = from_four(self.coding, [a, b, c], k);
                }
            }
            _ => {}
        }
    }
}

impl Part {
    /// Row `y` of the picture, with samples put between where the component is smaller (as in T.871, 6.1: centred).
    fn full_row(&self, y: usize, width: usize) -> Vec<u8> {
        if self.across == 2 && self.down == 2 {
            return self.plane.row(y).iter().take(width).copied().collect();
        }
        let (above, below, share) = between(y, self.down as usize, self.last_row);
        let blend: Vec<i32> = self
            .plane
            .row(above)
            .iter()
            .zip(self.plane.row(below))
            .map(|(&a, &b)| i32::from(a) * (self.down - share) + i32::from(b) * share)
            .collect();
        let whole = self.across * self.down;
        let at = |place: u32| blend.get(place as usize).copied().unwrap_or(0);
        let sample =
            |&(left, right, share): &(u32, u32, i32)| ((at(left) * (self.across - share) + at(right) * share + whole / 2) / whole) as u8;
        self.columns.iter().take(width).map(sample).collect()
    }
}

/// The samples before and after the middle of pixel `x`, where `span` is twice the pixels a sample covers;
/// and the later one's share in units of `1 / span`.
fn between(x: usize, span: usize, last: usize) -> (usize, usize, i32) {
    // The middle of pixel x lies at (2x + 1) / span samples, that of sample i at i + 1/2.
    let middle = 2 * x + 1;
    let half = span / 2;
    if middle < half {
        return (0, 0, 0);
    }
    let before = (middle - half) / span;
    (before.min(last), (before + 1).min(last), ((middle - half) % span) as i32)
}

/// YCbCr to RGB (T.871, clause 7) in 16-bit fixed point: the same on every machine.
fn from_ycc(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let byte = |value: i32| ((value + (1 << 15)) >> 16).clamp(0, 255) as u8;
    [byte(y + 91_881 * cr), byte(y - 22_554 * cb - 46_802 * cr), byte(y + 116_130 * cb)]
}

/// Four inks to RGB, by the plain formula: there is no profile that could be trusted.
///
/// Programs of Adobe's line store inks inverted (255 is no ink), which the Adobe marker tells.
fn from_four(coding: Coding, three: [u8; 3], k: u8) -> [u8; 3] {
    let times = |ink: u8, k: u8| ((u32::from(ink) * u32::from(k) + 127) / 255) as u8;
    match coding {
        Coding::Cmyk => three.map(|ink| times(255 - ink, 255 - k)),
        // Adobe Technical Note 5116: YCCK holds 255 − C, 255 − M, 255 − Y as RGB, here of inverted inks.
        Coding::Ycck => {
            let [y, cb, cr] = three;
            from_ycc(y, cb, cr).map(|ink| times(255 - ink, k))
        }
        _ => three.map(|ink| times(ink, k)),
    }
}

/// The inverse discrete cosine transform of T.81, A.3.3, after Loeffler, Ligtenberg and Moschytz, in 13-bit fixed point.
///
/// Sums are held in 64 bits: coefficients of a hostile file cannot overflow them.
fn inverse_transform(block: &Block, table: &Quantisation) -> [u8; 64] {
    let mut work = [0i64; 64];
    for (place, step) in ZIGZAG.iter().zip(table) {
        let slot = usize::from(*place);
        work[slot] = i64::from(block[slot]) * i64::from(*step);
    }
    let mut out = [0u8; 64];
    if work[1..].iter().all(|&value| value == 0) {
        return [level((work[0] + 4) >> 3); 64];
    }
    // Columns keep two bits more, as the rows still divide.
    for x in 0..8 {
        let column: [i64; 8] = std::array::from_fn(|y| work[y * 8 + x]);
        let line = transform_eight(column);
        for (y, value) in line.into_iter().enumerate() {
            work[y * 8 + x] = (value + (1 << 10)) >> 11;
        }
    }
    for (line, samples) in work.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<8>().0) {
        for (value, sample) in transform_eight(*line).into_iter().zip(samples) {
            *sample = level((value + (1 << 17)) >> 18);
        }
    }
    out
}

fn level(value: i64) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

/// One dimension of the transform, times 2¹³·√8.
fn transform_eight(c: [i64; 8]) -> [i64; 8] {
    // The constants are the cosines of the paper times 2¹³.
    let z1 = (c[2] + c[6]) * 4_433;
    let (low, high) = (z1 - c[6] * 15_137, z1 + c[2] * 6_270);
    let (sum, difference) = ((c[0] + c[4]) << 13, (c[0] - c[4]) << 13);
    let even = [sum + high, difference + low, difference - low, sum - high];

    let (t0, t1, t2, t3) = (c[7], c[5], c[3], c[1]);
    let z5 = (t0 + t2 + t1 + t3) * 9_633;
    let (z1, z2) = (-(t0 + t3) * 7_373, -(t1 + t2) * 20_995);
    let (z3, z4) = (-(t0 + t2) * 16_069 + z5, -(t1 + t3) * 3_196 + z5);
    let odd = [t3 * 12_299 + z1 + z4, t2 * 25_172 + z2 + z3, t1 * 16_819 + z2 + z4, t0 * 2_446 + z1 + z3];

    std::array::from_fn(|i| if i < 4 { even[i] + odd[i] } else { even[7 - i] - odd[7 - i] })
}
