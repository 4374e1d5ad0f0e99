//! PNG (ISO/IEC 15948): only the chunks that make the picture are handed to the decoder.

use std::io::Cursor;

use ::image::codecs::png::PngDecoder;
use ::image::{ColorType, ImageDecoder};

use super::jpeg::MOST_WORKING_BYTES;
use super::raster::Raster;
use super::{Colour, Fault};

/// A decoded PNG.
pub(super) struct Png {
    width: usize,
    height: usize,
    kind: ColorType,
    samples: Vec<u8>,
    /// The content of its `eXIf` chunk, if it has one.
    pub(super) exif: Option<Vec<u8>>,
}

/// Decodes a PNG of at most `max_pixels` pixels.
pub(super) fn read(bytes: &[u8], max_pixels: u64) -> Result<Png, Fault> {
    let Sifted { width, height, exif, essence } = sift(bytes, max_pixels)?;
    let too_many = Fault::TooManyPixels { width, height };
    let decoder = PngDecoder::new(Cursor::new(essence)).map_err(|_| Fault::Damaged)?;
    let (kind, total) = (decoder.color_type(), decoder.total_bytes());
    if total > MOST_WORKING_BYTES {
        return Err(too_many);
    }
    let mut samples = vec![0; usize::try_from(total).map_err(|_| too_many)?];
    decoder.read_image(&mut samples).map_err(|_| Fault::Damaged)?;
    Ok(Png { width: width as usize, height: height as usize, kind, samples, exif })
}

impl Png {
    /// The picture over white, 8 bits a sample, with at most `max_side` pixels on its longer side.
    pub(super) fn into_raster(self, max_side: usize) -> Raster {
        let colour = if self.kind.has_color() { Colour::Rgb } else { Colour::Grey };
        let stride = self.width * usize::from(self.kind.bytes_per_pixel());
        Raster::gather((self.width, self.height), colour, max_side, |y, out| {
            flatten(self.kind, self.samples.get(y * stride..(y + 1) * stride).unwrap_or(&[]), out);
        })
    }
}

/// The chunks that make the picture, and what else is of use.
struct Sifted {
    width: u32,
    height: u32,
    exif: Option<Vec<u8>>,
    essence: Vec<u8>,
}

const SIGNATURE: usize = 8;

/// Takes the critical chunks and transparency out of a file. Texts, profiles, times and animation stay behind:
/// they may be bombs of their own and nothing of them is printed.
fn sift(bytes: &[u8], max_pixels: u64) -> Result<Sifted, Fault> {
    let (signature, mut rest) = bytes.split_at_checked(SIGNATURE).ok_or(Fault::Truncated)?;
    let mut sifted = Sifted { width: 0, height: 0, exif: None, essence: signature.to_vec() };
    let mut first = true;
    loop {
        // ISO/IEC 15948, 5.3: length, type, data, CRC.
        let (head, _) = rest.split_first_chunk::<4>().ok_or(Fault::Truncated)?;
        let length = usize::try_from(u32::from_be_bytes(*head)).ok().and_then(|n| n.checked_add(12)).ok_or(Fault::Damaged)?;
        let (chunk, after) = rest.split_at_checked(length).ok_or(Fault::Truncated)?;
        let (kind, data) = (chunk.get(4..8).unwrap_or(&[]), chunk.get(8..length - 4).unwrap_or(&[]));
        if first != (kind == b"IHDR") {
            return Err(Fault::Damaged);
        }
        match kind {
            b"IHDR" => {
                let side = |at: usize| data.get(at..).and_then(|part| part.first_chunk()).map(|four| u32::from_be_bytes(*four));
                let (Some(width), Some(height)) = (side(0), side(4)) else { return Err(Fault::Damaged) };
                if width == 0 || height == 0 {
                    return Err(Fault::Damaged);
                }
                // A thread of a million pixels is no photo, and resampling it would take more room than its pixels.
                let too_long = width.max(height) > u32::from(u16::MAX);
                if too_long || u64::from(width) * u64::from(height) > max_pixels {
                    return Err(Fault::TooManyPixels { width, height });
                }
                (sifted.width, sifted.height) = (width, height);
                sifted.essence.extend(chunk);
            }
            // ISO/IEC 15948, 11.2.2: three bytes a colour; the decoder counts on it.
            b"PLTE" if data.is_empty() || data.len() % 3 != 0 || data.len() > 768 => return Err(Fault::Damaged),
            b"PLTE" | b"tRNS" | b"IDAT" => sifted.essence.extend(chunk),
            b"eXIf" => sifted.exif = Some(data.to_vec()),
            b"IEND" => {
                sifted.essence.extend(chunk);
                return Ok(sifted);
            }
            // ISO/IEC 15948, 5.4: a capital says that the picture cannot be shown without the chunk.
            [b'A'..=b'Z', ..] => return Err(Fault::Unsupported),
            _ => {}
        }
        (rest, first) = (after, false);
    }
}

/// One row of any kind of samples over white, 8 bits each.
fn flatten(kind: ColorType, row: &[u8], out: &mut [u8]) {
    match kind {
        ColorType::L8 | ColorType::Rgb8 => out.iter_mut().zip(row).for_each(|(to, from)| *to = *from),
        ColorType::L16 | ColorType::Rgb16 => out.iter_mut().zip(sixteen(row)).for_each(|(to, from)| *to = eight(from)),
        ColorType::La8 => {
            for (to, &[grey, alpha]) in out.iter_mut().zip(row.as_chunks::<2>().0) {
                *to = over_white(wide(grey), wide(alpha));
            }
        }
        ColorType::La16 => {
            for (to, &[g1, g0, a1, a0]) in out.iter_mut().zip(row.as_chunks::<4>().0) {
                *to = over_white(u16::from_ne_bytes([g1, g0]), u16::from_ne_bytes([a1, a0]));
            }
        }
        ColorType::Rgba8 => {
            for (to, &[r, g, b, alpha]) in out.as_chunks_mut::<3>().0.iter_mut().zip(row.as_chunks::<4>().0) {
                *to = [r, g, b].map(|sample| over_white(wide(sample), wide(alpha)));
            }
        }
        ColorType::Rgba16 => {
            for (to, &[r1, r0, g1, g0, b1, b0, a1, a0]) in out.as_chunks_mut::<3>().0.iter_mut().zip(row.as_chunks::<8>().0) {
                let alpha = u16::from_ne_bytes([a1, a0]);
                *to = [[r1, r0], [g1, g0], [b1, b0]].map(|sample| over_white(u16::from_ne_bytes(sample), alpha));
            }
        }
        // The decoder makes no other kinds of PNG.
        _ => out.fill(255),
    }
}

/// The 16-bit samples of a row, in the machine's order as the decoder leaves them.
fn sixteen(row: &[u8]) -> impl Iterator<Item = u16> {
    row.as_chunks::<2>().0.iter().map(|pair| u16::from_ne_bytes(*pair))
}

fn wide(sample: u8) -> u16 {
    u16::from(sample) * 257
}

/// ISO/IEC 15948, 13.12: rounded, not cut.
fn eight(sample: u16) -> u8 {
    ((u32::from(sample) + 128) / 257) as u8
}

fn over_white(sample: u16, alpha: u16) -> u8 {
    let (sample, alpha) = (u64::from(sample), u64::from(alpha));
    let mixed = (sample * alpha + 65_535 * (65_535 - alpha) + 32_767) / 65_535;
    eight(mixed as u16)
}
