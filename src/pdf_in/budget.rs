//! What a stranger's file may cost, counted where it is spent and never where it is declared.

use super::Fault;

/// What is left to spend on one file.
#[derive(Debug)]
pub(super) struct Budget {
    /// Bytes that parsed objects may hold.
    memory: usize,
    /// Bytes of the file that may be walked over, each time counted.
    reading: usize,
    /// Bytes that filters may put out.
    decoding: usize,
    /// Rows of cross-reference tables, and members of object streams.
    entries: usize,
}

/// The most bytes that one stream may decode to: 5 megapixels in colour.
const MOST_DECODED: usize = 16 << 20;

impl Default for Budget {
    /// A form of six pages spends a hundredth of each, a sheet of 500 people nearly all the memory.
    fn default() -> Budget {
        Budget { memory: 72 << 20, reading: 256 << 20, decoding: 64 << 20, entries: 400_000 }
    }
}

impl Budget {
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        spend(&mut self.memory, bytes)
    }

    pub(super) fn read(&mut self, bytes: usize) -> Result<(), Fault> {
        spend(&mut self.reading, bytes)
    }

    pub(super) fn entry(&mut self) -> Result<(), Fault> {
        spend(&mut self.entries, 1)
    }

    /// The most that the next stream may decode to.
    pub(super) fn room(&self) -> usize {
        self.decoding.min(MOST_DECODED)
    }

    pub(super) fn decoded(&mut self, bytes: usize) -> Result<(), Fault> {
        spend(&mut self.decoding, bytes)
    }
}

fn spend(left: &mut usize, amount: usize) -> Result<(), Fault> {
    *left = left.checked_sub(amount).ok_or(Fault::TooMuch)?;
    Ok(())
}
