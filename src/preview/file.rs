//! PNG files (ISO/IEC 15948) of rendered pages: as few bytes a pixel as the colours need, no time, no text.

use std::collections::BTreeMap;
use std::io::Write;

use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, Unit};

use super::raster::Raster;
use crate::error::Error;

/// How a page's pixels are written.
enum Pixels {
    /// A grey each: a page without a photo.
    Grey,
    /// A number each, with the colours they stand for.
    Numbered(BTreeMap<[u8; 3], u8>),
    /// Red, green and blue each.
    Rgb,
}

/// Writes a page, its resolution included (`pHYs`, 11.3.4.3).
pub(super) fn png(raster: &Raster) -> Result<Vec<u8>, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Write(format!("PNG: {error}"));
    let pixels = Pixels::of(raster);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, raster.width(), raster.height());
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    // Dots per metre.
    let dots = (raster.dpi() / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: dots, yppu: dots, unit: Unit::Meter }));
    match &pixels {
        Pixels::Grey => encoder.set_color(ColorType::Grayscale),
        Pixels::Rgb => encoder.set_color(ColorType::Rgb),
        Pixels::Numbered(colours) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(colours.keys().flatten().copied().collect::<Vec<u8>>());
        }
    }
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    let mut stream = writer.stream_writer().map_err(|error| failed(&error))?;
    let mut line = Vec::new();
    for row in raster.rows() {
        line.clear();
        pixels.put(row, &mut line);
        stream.write_all(&line).map_err(|error| failed(&error))?;
    }
    stream.finish().map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(out)
}

impl Pixels {
    fn of(raster: &Raster) -> Pixels {
        let mut colours: BTreeMap<[u8; 3], u8> = BTreeMap::new();
        let mut last = None;
        for colour in raster.rows().flat_map(|row| row.as_chunks::<4>().0).map(|[red, green, blue, _]| [*red, *green, *blue]) {
            if last == Some(colour) {
                continue;
            }
            last = Some(colour);
            colours.entry(colour).or_default();
            if colours.len() > 256 {
                return Pixels::Rgb;
            }
        }
        if colours.keys().all(|[red, green, blue]| red == green && green == blue) {
            return Pixels::Grey;
        }
        colours.values_mut().zip(0..=u8::MAX).for_each(|(place, number)| *place = number);
        Pixels::Numbered(colours)
    }

    fn put(&self, row: &[u8], line: &mut Vec<u8>) {
        let pixels = row.as_chunks::<4>().0.iter();
        match self {
            Pixels::Grey => line.extend(pixels.map(|[grey, ..]| *grey)),
            Pixels::Numbered(colours) => {
                line.extend(pixels.map(|[red, green, blue, _]| colours.get(&[*red, *green, *blue]).copied().unwrap_or_default()));
            }
            Pixels::Rgb => line.extend(pixels.flat_map(|[red, green, blue, _]| [*red, *green, *blue])),
        }
    }
}
