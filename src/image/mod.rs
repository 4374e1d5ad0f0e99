//! Pictures: told by their bytes, decoded within limits, turned upright, made ready to be embedded.

//!
//! The photo of a person comes from anywhere: a phone, a scanner, a chat. What cannot be printed right is refused with
//! words; what can is made into a [`Picture`] that holds no place, time, name or thumbnail any more.

mod fault;
mod jpeg;
mod place;
mod png;
mod raster;
mod same;
mod sniff;
mod write;

use ::image::codecs::jpeg::JpegEncoder;
use ::image::codecs::png::PngEncoder;
use ::image::metadata::Orientation;
use ::image::{ExtendedColorType, ImageEncoder};

use crate::diag::Message;
use fault::Fault;
use jpeg::{Coding, Jpeg, Luma, Want};
pub use place::{dpi, frame, whole};
use raster::Raster;
pub use same::same;
use sniff::Kind;
pub use write::png;

/// A picture ready to be embedded: upright, without metadata, opaque.
#[derive(Clone, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its colours.
    pub colour: Colour,
    /// Its bytes.
    pub data: PictureData,
}

/// The colours of a picture's samples, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One grey sample a pixel.
    Grey,
    /// Red, green, blue.
    Rgb,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A photo is personal data: its bytes never reach a log.
        write!(f, "Picture({} × {}, {:?})", self.width, self.height, self.colour)
    }
}

/// The bytes of a picture.
#[derive(Clone, PartialEq)]
pub enum PictureData {
    /// A whole JPEG stream without metadata.
    Jpeg(Vec<u8>),
    /// Samples, row by row from the top, without padding.
    Raw(Vec<u8>),
}

/// What a picture shows: messages name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    #[default]
    Photo,
    /// A certificate or another paper.
    Copy,
}

/// What to make of a picture.
#[derive(Clone, Debug)]
pub struct ImageOptions {
    /// What it shows.
    pub subject: Subject,
    /// Grey only.
    pub grey: bool,
    /// The most bytes a file may have.
    pub max_bytes: usize,
    /// The most pixels a picture may claim.
    pub max_pixels: u64,
    /// A picture with more pixels on its longer side is resampled to this.
    pub max_side: u32,
    /// A JPEG of so many bytes at most is kept though it has up to twice the pixels that print needs.
    pub small_jpeg: usize,
}

impl Default for ImageOptions {
    /// Room for a telephone's 50 megapixels; print sharpness of 35 × 49 mm at 600 dpi.
    ///
    /// Under these limits a picture takes less than 256 MB and less than two seconds.
    fn default() -> ImageOptions {
        let small_jpeg = 100_000;
        ImageOptions { subject: Subject::Photo, grey: false, max_bytes: 20_000_000, max_pixels: 52_000_000, max_side: 1158, small_jpeg }
    }
}

impl ImageOptions {
    /// For the copy of a paper: A4 at 300 dots per inch.
    pub fn copy(grey: bool) -> ImageOptions {
        let max_bytes = crate::record::MAX_FILE_BYTES;
        ImageOptions { subject: Subject::Copy, grey, max_bytes, max_pixels: 52_000_000, max_side: 3508, small_jpeg: 1_500_000 }
    }
}

/// Why a picture cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// A stable word: `photo-truncated`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Message,
    /// What to do next.
    pub help: Message,
}

/// The quality at which pictures are encoded anew: what is lost is not seen in print.
const QUALITY: u8 = 92;

/// The same for pictures made grey: finer steps would make them larger than the files in colour that they come from.
const GREY_QUALITY: u8 = 85;

/// The most bytes of samples that go into a document as they are.
const SMALL_RASTER: usize = 24_000;

/// Reads a picture: JPEG or PNG, told by its bytes.
///
/// A sound, upright JPEG in grey, YCbCr or RGB that is not larger than needed keeps its coded data bit for bit; its
/// metadata and whatever follows its end are left out. Where grey is wanted, the luminance of one in YCbCr keeps its
/// coefficients. All else is decoded, laid over white, turned upright, made smaller and encoded anew. Colour profiles are left out too: a photo in Adobe RGB prints a little paler than it was taken.
pub fn load(bytes: &[u8], options: &ImageOptions) -> Result<Picture, Unusable> {
    read(bytes, options).map_err(|fault| fault.into_unusable(options.subject))
}

fn read(bytes: &[u8], options: &ImageOptions) -> Result<Picture, Fault> {
    if bytes.len() > options.max_bytes {
        return Err(Fault::TooManyBytes { bytes: bytes.len(), most: options.max_bytes });
    }
    match sniff::sniff(bytes) {
        Kind::Jpeg => read_jpeg(bytes, options),
        Kind::Png => read_png(bytes, options),
        other => Err(Fault::Kind(other)),
    }
}

fn read_jpeg(bytes: &[u8], options: &ImageOptions) -> Result<Picture, Fault> {
    // One that is too large to be kept is read once, samples and all.
    let most = (options.max_side as usize).saturating_mul(if bytes.len() > options.small_jpeg { 1 } else { 2 });
    let want = if options.grey { Want::LumaAbove(most) } else { Want::SamplesAbove(most) };
    let mut jpeg = jpeg::read(bytes, options.max_pixels, want)?;
    if let Some((colour, data)) = without_loss(&mut jpeg, options) {
        return Ok(Picture { width: jpeg.width, height: jpeg.height, colour, data: PictureData::Jpeg(data) });
    }
    if jpeg.samples.is_none() {
        jpeg.samples = match jpeg.luma.take() {
            Some(luma) => Some(luma.into_samples()),
            None => jpeg::read(bytes, options.max_pixels, Want::Samples)?.samples,
        };
    }
    let samples = jpeg.samples.ok_or(Fault::Damaged)?;
    let size = (jpeg.width as usize, jpeg.height as usize);
    let raster = Raster::gather(size, samples.colour(), options.max_side as usize, |y, row| samples.row(y, row));
    finish(raster, jpeg.exif.as_deref(), options, |raster| encode(raster, options))
}

/// The coded data of a JPEG that can go into a document untouched, or whose luminance can.
fn without_loss(jpeg: &mut Jpeg, options: &ImageOptions) -> Option<(Colour, Vec<u8>)> {
    let longer = jpeg.width.max(jpeg.height);
    let small = longer <= options.max_side.saturating_mul(2) && jpeg.clean.len() <= options.small_jpeg;
    let upright = orientation(jpeg.exif.as_deref()) == Orientation::NoTransforms;
    if !upright || (longer > options.max_side && !small) {
        return None;
    }
    match jpeg.coding {
        Coding::Grey => Some((Colour::Grey, std::mem::take(&mut jpeg.clean))),
        Coding::YCbCr if options.grey => jpeg.luma.as_ref().and_then(Luma::to_jpeg).map(|data| (Colour::Grey, data)),
        Coding::YCbCr | Coding::Rgb if !options.grey => Some((Colour::Rgb, std::mem::take(&mut jpeg.clean))),
        _ => None,
    }
}

fn read_png(bytes: &[u8], options: &ImageOptions) -> Result<Picture, Fault> {
    let mut png = self::png::read(bytes, options.max_pixels)?;
    let exif = png.exif.take();
    finish(png.into_raster(options.max_side as usize), exif.as_deref(), options, |raster| {
        if raster.samples.len() <= SMALL_RASTER || raster.is_flat() {
            return Ok(PictureData::Raw(raster.samples));
        }
        encode(raster, options)
    })
}

fn finish(
    raster: Raster,
    exif: Option<&[u8]>,
    options: &ImageOptions,
    pack: impl FnOnce(Raster) -> Result<PictureData, Fault>,
) -> Result<Picture, Fault> {
    let mut raster = raster.turned(orientation(exif));
    if options.grey {
        raster = raster.grey();
    }
    let (width, height, colour) = (raster.width as u32, raster.height as u32, raster.colour);
    Ok(Picture { width, height, colour, data: pack(raster)? })
}

/// How the camera was held; a broken note is no note.
fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// A picture as a file that other programs open: a JPEG as it is, samples as PNG.
///
/// `None` where the samples do not fill the picture.
pub fn file(picture: &Picture) -> Option<Vec<u8>> {
    let samples = match &picture.data {
        PictureData::Jpeg(jpeg) => return Some(jpeg.clone()),
        PictureData::Raw(samples) => samples,
    };
    let (kind, colours) = match picture.colour {
        Colour::Grey => (ExtendedColorType::L8, 1),
        Colour::Rgb => (ExtendedColorType::Rgb8, 3),
    };
    let size = u64::from(picture.width) * u64::from(picture.height) * colours;
    if size == 0 || u64::try_from(samples.len()).ok()? != size {
        return None;
    }
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(samples, picture.width, picture.height, kind).ok()?;
    Some(png)
}

fn encode(raster: Raster, options: &ImageOptions) -> Result<PictureData, Fault> {
    let (width, height) = (raster.width as u32, raster.height as u32);
    let kind = match raster.colour {
        Colour::Grey => ExtendedColorType::L8,
        Colour::Rgb => ExtendedColorType::Rgb8,
    };
    let quality = if options.grey { GREY_QUALITY } else { QUALITY };
    let mut jpeg = Vec::new();
    // JPEG holds at most 65,535 pixels a side; only a caller's own `max_side` could let more come here.
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode(&raster.samples, width, height, kind).map_err(|_| Fault::Unsupported)?;
    Ok(PictureData::Jpeg(jpeg))
}
