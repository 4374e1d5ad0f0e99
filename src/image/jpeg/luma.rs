//! The luminance of a JPEG as its coefficients: what a grey picture needs, and all of it that the file has.

use super::Coding;
use super::frame::Frame;
use super::samples::{Plane, Quantisation, Samples};
use super::scan::Block;

/// The first component of a picture in YCbCr or grey.
pub(crate) struct Luma {
    frame: Frame,
    /// Whole MCUs of blocks, row by row.
    pub(super) blocks: Vec<Block>,
    pub(super) table: Quantisation,
}

impl Luma {
    pub(super) fn new(frame: Frame, blocks: Vec<Block>, table: Quantisation) -> Luma {
        Luma { frame, blocks, table }
    }

    /// Its samples, a grey picture.
    pub(crate) fn into_samples(self) -> Samples {
        let columns = self.frame.components.first().map_or(0, |component| component.padded.0);
        let plane = Plane::of(columns, &self.blocks, &self.table);
        Samples::new(&self.frame, Coding::Grey, vec![plane])
    }

    /// The coefficients and their quantisation as a grey JPEG of its own; nothing is decoded to samples, nothing is lost.
    ///
    /// `None` where a baseline file cannot hold them, or where the luminance has fewer samples than the picture pixels.
    pub(crate) fn to_jpeg(&self) -> Option<Vec<u8>> {
        let component = self.frame.components.first()?;
        if component.size != (self.frame.width, self.frame.height) {
            return None;
        }
        // T.81, A.2: what fills up the MCUs of several components is not in a scan of one.
        let (columns, rows) = component.blocks;
        let blocks = self.blocks.chunks(component.padded.0.max(1)).take(rows).flat_map(|row| row.iter().take(columns));
        super::write::grey(component.size, blocks, &self.table)
    }
}
