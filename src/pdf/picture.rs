//! The pictures of a document as image XObjects (ISO 32000-1, 8.9.5).

use std::io::Write;
use std::sync::Arc;

use pdf_writer::types::Predictor;
use pdf_writer::{Filter, Finish, Name, Ref};
use serde::{Deserialize, Serialize};

use super::file::File;
use super::stream::{Bytes, Stored, deflated, raw};
use crate::error::Error;
use crate::image::{Colour, Picture, PictureData};

/// All pictures of a drawing, each once.
#[derive(Default)]
pub(super) struct Pictures {
    used: Vec<Arc<Picture>>,
}

/// A picture ready to stand in a file.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredPicture {
    width: i32,
    height: i32,
    /// Samples a pixel: 1 is grey, 3 are red, green, blue.
    colours: i32,
    coding: Coding,
    bytes: Bytes,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Coding {
    Jpeg,
    Deflated,
    Raw,
}

impl Pictures {
    /// The place of a picture among the used ones.
    pub(super) fn place(&mut self, picture: &Arc<Picture>) -> usize {
        self.used.iter().position(|used| Arc::ptr_eq(used, picture)).unwrap_or_else(|| {
            self.used.push(Arc::clone(picture));
            self.used.len() - 1
        })
    }

    /// The pictures, ready to be written.
    pub(super) fn store(&self, compress: bool) -> Result<Vec<StoredPicture>, Error> {
        self.used.iter().map(|picture| StoredPicture::new(picture, compress)).collect()
    }
}

impl StoredPicture {
    fn new(picture: &Picture, compress: bool) -> Result<StoredPicture, Error> {
        let colours = match picture.colour {
            Colour::Grey => 1,
            Colour::Rgb => 3,
        };
        let (Ok(width), Ok(height)) = (i32::try_from(picture.width), i32::try_from(picture.height)) else {
            return Err(Error::Write("a picture is too large".to_owned()));
        };
        let row = usize::try_from(picture.width).ok().and_then(|width| width.checked_mul(colours));
        let row = row.filter(|row| *row > 0).ok_or_else(|| Error::Write("a picture has no width".to_owned()))?;
        let (coding, packed) = match &picture.data {
            PictureData::Jpeg(bytes) => (Coding::Jpeg, raw(bytes)?),
            PictureData::Raw(samples) if samples.len() != row.saturating_mul(usize::try_from(picture.height).unwrap_or(0)) => {
                return Err(Error::Write("a picture's samples do not fill it".to_owned()));
            }
            PictureData::Raw(samples) if compress => (Coding::Deflated, deflated(&predicted(samples, row, colours))?),
            PictureData::Raw(samples) => (Coding::Raw, raw(samples)?),
        };
        let colours = i32::try_from(colours).unwrap_or(1);
        Ok(StoredPicture { width, height, colours, coding, bytes: Stored::from(packed).bytes })
    }

    /// Writes the picture as an image XObject.
    pub(super) fn write<W: Write>(&self, id: Ref, file: &mut File<W>) {
        let StoredPicture { width, height, colours, coding, bytes } = self;
        let space = if *colours == 1 { Name(b"DeviceGray") } else { Name(b"DeviceRGB") };
        let mut image = file.image_xobject(id, &bytes.0);
        image.width(*width).height(*height).bits_per_component(8).color_space_name(space);
        match coding {
            Coding::Jpeg => {
                image.filter(Filter::DctDecode);
            }
            Coding::Deflated => {
                image.filter(Filter::FlateDecode);
                image.decode_parms().predictor(Predictor::PngOptimum).colors(*colours).columns(*width);
            }
            Coding::Raw => {}
        }
        image.finish();
    }
}

/// Samples as differences to their neighbours, each row by the PNG filter that leaves the least (PNG, chapter 9):
/// what deflate needs to do anything with a photograph.
fn predicted(samples: &[u8], row: usize, colours: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len() + samples.len() / row);
    let blank = vec![0; row];
    let mut above = &blank[..];
    let mut best = Vec::with_capacity(row);
    let mut tried = Vec::with_capacity(row);
    for line in samples.chunks_exact(row) {
        let mut least = (u64::MAX, 0);
        for kind in 0..=4 {
            tried.clear();
            tried.extend(line.iter().enumerate().map(|(at, sample)| {
                let left = at.checked_sub(colours).and_then(|left| Some((*line.get(left)?, *above.get(left)?)));
                let (left, corner) = left.unwrap_or((0, 0));
                let up = above.get(at).copied().unwrap_or(0);
                sample.wrapping_sub(guess(kind, left, up, corner))
            }));
            let weight = tried.iter().map(|rest| u64::from((*rest).cast_signed().unsigned_abs())).sum();
            if weight < least.0 {
                least = (weight, kind);
                std::mem::swap(&mut best, &mut tried);
            }
        }
        out.push(least.1);
        out.extend_from_slice(&best);
        above = line;
    }
    out
}

/// What a sample is likely to be: nothing, the left, the upper, their mean, or Paeth's choice.
fn guess(kind: u8, left: u8, up: u8, corner: u8) -> u8 {
    match kind {
        1 => left,
        2 => up,
        3 => left.midpoint(up),
        4 => {
            let [a, b, c] = [left, up, corner].map(i16::from);
            let estimate = a + b - c;
            let [to_a, to_b, to_c] = [a, b, c].map(|value| (estimate - value).abs());
            if to_a <= to_b && to_a <= to_c {
                left
            } else if to_b <= to_c {
                up
            } else {
                corner
            }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Undoes the prediction as a reader does.
    fn restored(predicted: &[u8], row: usize, colours: usize) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        for line in predicted.chunks_exact(row + 1) {
            let start = out.len();
            for (at, rest) in line[1..].iter().enumerate() {
                let up = if start > 0 { out[start - row + at] } else { 0 };
                let left = if at >= colours { out[start + at - colours] } else { 0 };
                let corner = if at >= colours && start > 0 { out[start - row + at - colours] } else { 0 };
                out.push(rest.wrapping_add(guess(line[0], left, up, corner)));
            }
        }
        out
    }

    #[test]
    fn prediction_can_be_undone_and_pays() {
        for colours in [1, 3] {
            let row = 40 * colours;
            let samples: Vec<u8> = (0..row * 30).map(|at| (at % row * 3 + at / row * 5 + at * at % 7) as u8).collect();
            let predicted = predicted(&samples, row, colours);
            assert_eq!(restored(&predicted, row, colours), samples);
            assert!(predicted.chunks_exact(row + 1).any(|line| line[0] > 0), "some row is predicted");
            assert!(deflated(&predicted).unwrap().bytes.len() < deflated(&samples).unwrap().bytes.len());
        }
    }

    #[test]
    fn a_picture_that_is_not_full_is_refused() {
        for (width, height, samples) in [(4, 4, 15), (0, 4, 0), (4, 4, 17), (u32::MAX, 1, 4)] {
            let picture = Picture { width, height, colour: Colour::Grey, data: PictureData::Raw(vec![0; samples]) };
            assert!(matches!(StoredPicture::new(&picture, true), Err(Error::Write(_))), "{width} × {height}");
        }
    }
}
