//! The frame header: size, components and how they are sampled.

use super::Fault;

/// The picture's frame (T.81, B.2.2) with what follows from it.
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    pub(super) h_max: usize,
    pub(super) v_max: usize,
    /// Columns and rows of MCUs.
    pub(super) mcus: (usize, usize),
}

impl Frame {
    pub(super) fn new(width: usize, height: usize, progressive: bool, list: &[[u8; 3]]) -> Result<Frame, Fault> {
        let mut components = Vec::with_capacity(list.len());
        for &[id, sampling, table] in list {
            let (h, v) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            let twice = components.iter().any(|other: &Component| other.id == id);
            if twice || !(1..=4).contains(&h) || !(1..=4).contains(&v) || table > 3 {
                return Err(Fault::Damaged);
            }
            // One component has no others to be sampled more coarsely than (T.81, A.2.2).
            let (h, v) = if list.len() == 1 { (1, 1) } else { (h, v) };
            components.push(Component { id, h, v, table: table.into(), size: (0, 0), blocks: (0, 0), padded: (0, 0) });
        }
        let h_max = components.iter().map(|c| c.h).max().unwrap_or(1);
        let v_max = components.iter().map(|c| c.v).max().unwrap_or(1);
        if components.iter().any(|c| h_max % c.h != 0 || v_max % c.v != 0) {
            return Err(Fault::Unsupported);
        }
        let mcus = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
        for c in &mut components {
            c.size = ((width * c.h).div_ceil(h_max), (height * c.v).div_ceil(v_max));
            c.blocks = (c.size.0.div_ceil(8), c.size.1.div_ceil(8));
            c.padded = (mcus.0 * c.h, mcus.1 * c.v);
        }
        Ok(Frame { width, height, progressive, components, h_max, v_max, mcus })
    }
}

/// A component of the frame.
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) h: usize,
    pub(super) v: usize,
    pub(super) table: usize,
    /// Columns and rows of samples.
    pub(super) size: (usize, usize),
    /// Columns and rows of blocks that hold a sample of the picture.
    pub(super) blocks: (usize, usize),
    /// The same filled up to whole MCUs.
    pub(super) padded: (usize, usize),
}

impl Component {
    pub(super) fn padded_blocks(&self) -> u64 {
        self.padded.0 as u64 * self.padded.1 as u64
    }
}
