//! The pixels of a page, and the few ways in which something is drawn over them.

use hayro::vello_cpu::Pixmap;

use crate::units::Mm;

/// A colour: red, green, blue.
pub(super) type Colour = [u8; 3];

/// A page in pixels, each four bytes of which the last says nothing: the paper is opaque.
pub(super) struct Raster {
    pixmap: Pixmap,
    dpi: f64,
}

/// A rectangle of whole pixels: left, top, right, bottom; right and bottom are the first outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Raster {
    pub(super) fn new(pixmap: Pixmap, dpi: f64) -> Raster {
        Raster { pixmap, dpi }
    }

    pub(super) fn width(&self) -> u32 {
        u32::from(self.pixmap.width())
    }

    pub(super) fn height(&self) -> u32 {
        u32::from(self.pixmap.height())
    }

    pub(super) fn dpi(&self) -> f64 {
        self.dpi
    }

    /// The whole page.
    pub(super) fn area(&self) -> Area {
        Area { left: 0, top: 0, right: i32::from(self.pixmap.width()), bottom: i32::from(self.pixmap.height()) }
    }

    /// A place on paper in pixels; whoever names a place far outside gets one outside.
    pub(super) fn pixel(&self, place: Mm) -> i32 {
        (place.0 / 25.4 * self.dpi).round().clamp(-1e6, 1e6) as i32
    }

    /// The rows from the top, four bytes a pixel.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.pixmap.data_as_u8_slice().chunks_exact(usize::from(self.pixmap.width()) * 4)
    }

    /// Covers a box with a colour.
    pub(super) fn cover(&mut self, area: Area, colour: Colour) {
        self.each(area, |pixel| pixel.copy_from_slice(&colour));
    }

    /// Lays a light colour over a box as if the paper had it: ink stays as dark as it is.
    pub(super) fn tint(&mut self, area: Area, colour: Colour) {
        self.each(area, |pixel| {
            for (sample, light) in pixel.iter_mut().zip(colour) {
                *sample = (u16::from(*sample) * u16::from(light) / 255) as u8;
            }
        });
    }

    /// Lays white over a box so that what is below shows through faintly.
    pub(super) fn veil(&mut self, area: Area) {
        self.each(area, |pixel| pixel.iter_mut().for_each(|sample| *sample = 255 - (255 - *sample) / 5));
    }

    fn each(&mut self, area: Area, mut change: impl FnMut(&mut [u8])) {
        let all = self.area();
        let clip = |value: i32, most: i32| usize::try_from(value.clamp(0, most)).unwrap_or(0);
        let (left, right) = (clip(area.left, all.right), clip(area.right, all.right));
        let (top, bottom) = (clip(area.top, all.bottom), clip(area.bottom, all.bottom));
        let stride = clip(all.right, all.right) * 4;
        for row in self.pixmap.data_as_u8_slice_mut().chunks_exact_mut(stride).take(bottom).skip(top) {
            for pixel in row.chunks_exact_mut(4).take(right).skip(left) {
                if let Some(samples) = pixel.get_mut(..3) {
                    change(samples);
                }
            }
        }
    }
}

impl Area {
    pub(super) fn width(&self) -> i32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> i32 {
        self.bottom - self.top
    }

    /// The box made larger on each side.
    pub(super) fn grown(&self, by: i32) -> Area {
        Area { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// The four sides of a frame of a width inside the box.
    pub(super) fn frame(&self, width: i32) -> [Area; 4] {
        let inner = self.grown(-width);
        [
            Area { bottom: inner.top, ..*self },
            Area { top: inner.bottom, ..*self },
            Area { right: inner.left, top: inner.top, bottom: inner.bottom, ..*self },
            Area { left: inner.right, top: inner.top, bottom: inner.bottom, ..*self },
        ]
    }
}
