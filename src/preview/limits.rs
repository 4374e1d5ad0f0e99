//! What the pictures in a file may cost before the renderer decodes them.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::dict::keys::{HEIGHT, SUBTYPE, WIDTH};
use hayro::hayro_syntax::object::{Name, Object, Stream};

use super::refused;
use crate::error::Error;

/// The most pixels of a picture in a file: an A4 page scanned at 600 dpi has 35 million.
const MOST_PIXELS: u64 = 40_000_000;

/// The first bytes of a JPEG 2000 codestream that tell its size: SOC, then SIZ (ISO/IEC 15444-1, A.4.1 and A.5.1).
const SIZ: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];

/// Refuses a file with a picture that is too large, by what its dictionary says and by what its own header says.
pub(super) fn pictures(file: &Pdf) -> Result<(), Error> {
    let too_large = file.objects().into_iter().any(|object| match object {
        Object::Stream(stream) => is_picture(&stream) && pixels(&stream) > MOST_PIXELS,
        _ => false,
    });
    if !too_large {
        return Ok(());
    }
    Err(refused(
        "preview-picture-too-large",
        ("文件里有一张图多于 4000 万像素，不做页面图", "a picture in the file has more than 40 million pixels: no page picture is made"),
        (
            "把这张图缩小后再附上；要看现在的，用 PDF 软件打开",
            "make it smaller and attach it again; to see it now, open the PDF with a PDF program",
        ),
    ))
}

fn is_picture(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>(SUBTYPE).as_deref() == Some(b"Image")
}

fn pixels(stream: &Stream<'_>) -> u64 {
    let side = |key| stream.dict().get::<f64>(key).map_or(0, |side| side.clamp(0.0, f64::from(u32::MAX)) as u64);
    let told = side(WIDTH).saturating_mul(side(HEIGHT));
    let data = stream.raw_data();
    let own = jpeg(&data).or_else(|| jpeg_2000(&data)).map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    told.max(own)
}

/// The size in a JPEG's frame header (ITU-T T.81, B.2.2).
fn jpeg(data: &[u8]) -> Option<(u32, u32)> {
    let mut rest = data.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let at = rest.iter().position(|byte| *byte == 0xFF)?;
        let (marker, after) = rest.get(at + 1..)?.split_first()?;
        match marker {
            // Fill bytes and markers without a segment (B.1.1.2, B.1.1.3).
            0xFF => rest = rest.get(at + 1..)?,
            0x00 | 0x01 | 0xD0..=0xD8 => rest = after,
            // Every start of frame but the codes in between that are tables.
            0xC0..=0xCF if ![0xC4, 0xC8, 0xCC].contains(marker) => {
                let [_, _, _, h1, h0, w1, w0, ..] = after else { return None };
                return Some((u32::from(u16::from_be_bytes([*w1, *w0])), u32::from(u16::from_be_bytes([*h1, *h0]))));
            }
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                rest = after.get(length..)?;
            }
        }
    }
}

/// The size of a JPEG 2000 picture's reference grid.
fn jpeg_2000(data: &[u8]) -> Option<(u32, u32)> {
    let at = data.windows(SIZ.len()).take(4_096).position(|four| four == SIZ)?;
    // Length and capabilities take two bytes each.
    let sides = data.get(at + SIZ.len() + 4..)?;
    Some((u32::from_be_bytes(*sides.first_chunk()?), u32::from_be_bytes(*sides.get(4..)?.first_chunk()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_tell_their_own_size() {
        let jpg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0x12, 0x34, 0x56, 0x78, 3];
        assert_eq!(jpeg(&jpg), Some((0x5678, 0x1234)));
        for cut in 0..jpg.len() - 2 {
            assert_eq!(jpeg(&jpg[..cut]), None, "{cut}");
        }
        let mut jp2 = vec![0; 80];
        jp2.extend(SIZ);
        jp2.extend([0, 47, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
        assert_eq!(jpeg_2000(&jp2), Some((256, 512)));
        assert_eq!(jpeg_2000(&jp2[..jp2.len() - 1]), None);
    }
}
