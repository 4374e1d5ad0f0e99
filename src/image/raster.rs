//! Samples in memory: gathered row by row, made smaller, turned upright, made grey.

use ::image::metadata::Orientation;

use super::Colour;

/// A picture's samples, row by row from the top, without padding.
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) colour: Colour,
    pub(super) samples: Vec<u8>,
}

/// How many samples a pixel has.
fn channels(colour: Colour) -> usize {
    match colour {
        Colour::Grey => 1,
        Colour::Rgb => 3,
    }
}

/// Bits behind the point of a filter's weights; 8 bits of a sample and the filter's overshoot leave room in 32.
const WEIGHT_BITS: u32 = 14;

impl Raster {
    /// Gathers rows of `width` pixels, resampled to at most `max_side` pixels on the longer side.
    ///
    /// `row(y, out)` writes row `y`; only the rows made narrower are held, so a large picture takes little room.
    pub(super) fn gather(
        (width, height): (usize, usize),
        colour: Colour,
        max_side: usize,
        mut row: impl FnMut(usize, &mut [u8]),
    ) -> Raster {
        let each = channels(colour);
        let (new_width, new_height) = smaller((width, height), max_side);
        let (across, down) = (weights(width, new_width), weights(height, new_height));
        let mut narrow = vec![0; new_width * each * height];
        let mut wide = vec![0; width * each];
        for (y, out) in narrow.chunks_exact_mut(new_width * each).enumerate() {
            if new_width == width {
                row(y, out);
            } else {
                row(y, &mut wide);
                resample_row(&wide, out, &across, each);
            }
        }
        let mut raster = Raster { width: new_width, height, colour, samples: narrow };
        if new_height != height {
            raster.samples = resample_columns(&raster.samples, new_width * each, &down);
            raster.height = new_height;
        }
        raster
    }

    /// The picture as its camera was held (EXIF 2.32, 4.6.4, tag 274).
    pub(super) fn turned(self, orientation: Orientation) -> Raster {
        let (width, height, each) = (self.width, self.height, channels(self.colour));
        // For every pixel of the turned picture: the pixel it comes from.
        let from = |x: usize, y: usize| match orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (width - 1 - x, y),
            Orientation::Rotate180 => (width - 1 - x, height - 1 - y),
            Orientation::FlipVertical => (x, height - 1 - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, height - 1 - x),
            Orientation::Rotate270FlipH => (width - 1 - y, height - 1 - x),
            Orientation::Rotate270 => (width - 1 - y, x),
        };
        let on_its_side = matches!(
            orientation,
            Orientation::Rotate90 | Orientation::Rotate90FlipH | Orientation::Rotate270 | Orientation::Rotate270FlipH
        );
        let (new_width, new_height) = if on_its_side { (height, width) } else { (width, height) };
        let mut samples = Vec::with_capacity(self.samples.len());
        for y in 0..new_height {
            for x in 0..new_width {
                let (x, y) = from(x, y);
                let place = (y * width + x) * each;
                samples.extend(self.samples.get(place..place + each).unwrap_or(&[]));
            }
        }
        Raster { width: new_width, height: new_height, colour: self.colour, samples }
    }

    /// The picture in grey, by the luma of ITU-R BT.601, which is also JPEG's Y (T.871, clause 7).
    pub(super) fn grey(self) -> Raster {
        if self.colour == Colour::Grey {
            return self;
        }
        let luma = |[r, g, b]: &[u8; 3]| ((299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b) + 500) / 1000) as u8;
        let samples = self.samples.as_chunks::<3>().0.iter().map(luma).collect();
        Raster { colour: Colour::Grey, samples, ..self }
    }

    /// Whether neighbours are mostly equal, as in a drawing: such a picture is smaller without loss than as JPEG.
    pub(super) fn is_flat(&self) -> bool {
        let each = channels(self.colour);
        let differ = self.samples.iter().zip(self.samples.iter().skip(each)).filter(|(a, b)| a != b).count();
        differ * 16 <= self.samples.len()
    }
}

/// The size of a picture made to have at most `max_side` pixels on its longer side, its ratio kept.
fn smaller((width, height): (usize, usize), max_side: usize) -> (usize, usize) {
    let longer = width.max(height);
    let max_side = max_side.max(1);
    if longer <= max_side {
        return (width, height);
    }
    let scale = |side: usize| ((side * max_side + longer / 2) / longer).max(1);
    (scale(width), scale(height))
}

/// A new sample: where its old ones begin, and their weights.
type Weights = (usize, Vec<i32>);

/// The weights of a Catmull–Rom filter that makes `old` samples into `new` ≤ `old`.
///
/// Only sums, products and quotients: every machine rounds them alike (IEEE 754).
fn weights(old: usize, new: usize) -> Vec<Weights> {
    let scale = old as f64 / new as f64;
    let reach = 2.0 * scale;
    let weights = (0..new).map(|place| {
        let middle = (place as f64 + 0.5) * scale;
        let first = (middle - reach).max(0.0) as usize;
        let last = ((middle + reach) as usize + 1).min(old);
        let shares: Vec<f64> = (first..last).map(|at| catmull_rom((at as f64 + 0.5 - middle) / scale)).collect();
        let sum: f64 = shares.iter().sum();
        let one = f64::from(1 << WEIGHT_BITS);
        let mut whole: Vec<i32> = shares.iter().map(|share| (share / sum * one).round() as i32).collect();
        // What rounding lost or won goes to the middle one, so that white stays white.
        let rest = (1 << WEIGHT_BITS) - whole.iter().sum::<i32>();
        let centre = whole.len() / 2;
        if let Some(weight) = whole.get_mut(centre) {
            *weight += rest;
        }
        (first, whole)
    });
    weights.collect()
}

/// Keys's cubic with a = −1/2.
fn catmull_rom(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

fn resample_row(row: &[u8], out: &mut [u8], weights: &[Weights], each: usize) {
    for (pixel, (first, weights)) in out.chunks_exact_mut(each).zip(weights) {
        let mut sums = [1i32 << (WEIGHT_BITS - 1); 3];
        for (old, &weight) in row.chunks_exact(each).skip(*first).zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(old) {
                *sum += i32::from(sample) * weight;
            }
        }
        for (sample, sum) in pixel.iter_mut().zip(sums) {
            *sample = (sum >> WEIGHT_BITS).clamp(0, 255) as u8;
        }
    }
}

fn resample_columns(samples: &[u8], stride: usize, weights: &[Weights]) -> Vec<u8> {
    let mut out = Vec::with_capacity(stride * weights.len());
    for (first, weights) in weights {
        let mut sums = vec![1i32 << (WEIGHT_BITS - 1); stride];
        for (row, &weight) in samples.chunks_exact(stride.max(1)).skip(*first).zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += i32::from(sample) * weight;
            }
        }
        out.extend(sums.into_iter().map(|sum| (sum >> WEIGHT_BITS).clamp(0, 255) as u8));
    }
    out
}
