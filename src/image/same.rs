//! Whether two files show the same picture.

use super::jpeg::{self, Want};
use super::raster::Raster;
use super::{ImageOptions, Picture, PictureData, load};

/// Whether two files (JPEG or PNG) show the same picture once they are made ready for a form: the same pixels, whatever
/// their format, metadata and way of compression. Files that are no pictures are the same where their bytes are.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let options = ImageOptions::default();
    let (Ok(one), Ok(other)) = (load(one, &options), load(other, &options)) else { return false };
    if (one.width, one.height) != (other.width, other.height) {
        return false;
    }
    one == other || samples(one).zip(samples(other)).is_some_and(|(one, other)| one == other)
}

/// A picture's samples, three a pixel.
fn samples(picture: Picture) -> Option<Vec<u8>> {
    let (size, colour, samples) = match picture.data {
        PictureData::Raw(samples) => ((picture.width as usize, picture.height as usize), picture.colour, samples),
        PictureData::Jpeg(bytes) => {
            let jpeg = jpeg::read(&bytes, ImageOptions::default().max_pixels, Want::Samples).ok()?;
            let (size, samples) = ((jpeg.width as usize, jpeg.height as usize), jpeg.samples?);
            let raster = Raster::gather(size, samples.colour(), size.0.max(size.1), |y, row| samples.row(y, row));
            (size, raster.colour, raster.samples)
        }
    };
    let rgb = match colour {
        super::Colour::Rgb => samples,
        super::Colour::Grey => samples.iter().flat_map(|grey| [*grey; 3]).collect(),
    };
    (rgb.len() == size.0.checked_mul(size.1)?.checked_mul(3)?).then_some(rgb)
}
