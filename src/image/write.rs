//! PNG files (ISO/IEC 15948) of samples that are there already.

use ::image::codecs::png::PngEncoder;
use ::image::{ExtendedColorType, ImageEncoder};

use super::Colour;
use crate::error::Error;

/// Where the first chunk after `IHDR` begins: behind the signature (8 bytes) and `IHDR` (25).
const AFTER_HEADER: usize = 33;

/// Samples, row by row from the top, 8 bits each, as a PNG; `comment` (Latin-1) becomes a `tEXt` chunk (11.3.4.3).
pub fn png(width: u32, height: u32, colour: Colour, samples: &[u8], comment: Option<&str>) -> Result<Vec<u8>, Error> {
    let kind = match colour {
        Colour::Grey => ExtendedColorType::L8,
        Colour::Rgb => ExtendedColorType::Rgb8,
    };
    let each = if colour == Colour::Grey { 1 } else { 3 };
    // The encoder panics where samples and size disagree.
    if samples.len() as u64 != u64::from(width) * u64::from(height) * each {
        return Err(Error::Write("a picture has more or fewer samples than its size says".to_owned()));
    }
    let mut file = Vec::new();
    PngEncoder::new(&mut file).write_image(samples, width, height, kind).map_err(|error| Error::Write(format!("PNG: {error}")))?;
    if let Some(comment) = comment {
        let chunk = text_chunk(comment);
        let at = AFTER_HEADER.min(file.len());
        file.splice(at..at, chunk);
    }
    Ok(file)
}

fn text_chunk(comment: &str) -> Vec<u8> {
    let mut body = b"tEXtComment\0".to_vec();
    body.extend(comment.chars().map(|ch| u8::try_from(u32::from(ch)).unwrap_or(b'?')));
    let mut chunk = ((body.len() - 4) as u32).to_be_bytes().to_vec();
    let sum = crc(&body);
    chunk.extend(body);
    chunk.extend(sum.to_be_bytes());
    chunk
}

/// The cyclic redundancy code of a chunk's type and data (ISO/IEC 15948, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_code() {
        assert_eq!(crc(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_comment_leaves_the_picture_readable() {
        let file = png(2, 1, Colour::Grey, &[0, 200], Some("formwright")).expect("it can be written");
        let read = ::image::load_from_memory(&file).expect("it can be read").to_luma8();
        assert_eq!((read.dimensions(), read.into_raw()), ((2, 1), vec![0, 200]));
        assert!(png(2, 2, Colour::Rgb, &[0; 11], None).is_err());
    }
}
