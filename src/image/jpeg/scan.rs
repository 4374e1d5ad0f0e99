//! The scans of a JPEG: every block of every component is decoded, so that a missing one cannot hide.

use super::Fault;
use super::frame::{Component, Frame};
use super::huffman::{Bits, Huffman};

/// The coefficients of 8 × 8 samples, row by row.
pub(super) type Block = [i16; 64];

/// The tables in force.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Huffman>; 4],
    pub(super) ac: [Option<Huffman>; 4],
    /// MCUs between restart markers; 0: there are none.
    pub(super) restart: u32,
}

/// What a scan's header says (T.81, B.2.3).
pub(super) struct Scan {
    /// For each component of the scan: its place in the frame, its DC and its AC table.
    parts: Vec<(usize, usize, usize)>,
    /// The first and the last coefficient, in zigzag order.
    band: (usize, usize),
    /// Successive approximation: the bit position of the scan before and of this one.
    high: u8,
    low: u8,
}

/// Where the coefficients go as they are decoded.
pub(super) trait Sink {
    /// The block of component `part` in column `x` and row `y`, as it is known so far.
    fn block(&mut self, part: usize, x: usize, y: usize) -> Option<&mut Block>;
    /// Called when the block is known as far as this scan goes.
    fn done(&mut self, part: usize, x: usize, y: usize);
}

impl Scan {
    /// Reads a scan's header, the segment's content.
    pub(super) fn parse(body: &[u8], frame: &Frame) -> Result<Scan, Fault> {
        let (&count, rest) = body.split_first().ok_or(Fault::Damaged)?;
        let count = usize::from(count);
        let (&[first, last, approximation], true) =
            (rest.get(count * 2..).and_then(|tail| tail.first_chunk::<3>()).ok_or(Fault::Damaged)?, (1..=4).contains(&count))
        else {
            return Err(Fault::Damaged);
        };
        let mut parts: Vec<(usize, usize, usize)> = Vec::with_capacity(count);
        for pair in rest.as_chunks::<2>().0.iter().take(count) {
            let [id, tables] = *pair;
            let part = frame.components.iter().position(|component| component.id == id).ok_or(Fault::Damaged)?;
            if parts.iter().any(|&(other, ..)| other == part) {
                return Err(Fault::Damaged);
            }
            parts.push((part, usize::from(tables >> 4), usize::from(tables & 15)));
        }
        let scan = if frame.progressive {
            Scan { parts, band: (first.into(), last.into()), high: approximation >> 4, low: approximation & 15 }
        } else {
            Scan { parts, band: (0, 63), high: 0, low: 0 }
        };
        scan.check(frame)?;
        Ok(scan)
    }

    fn check(&self, frame: &Frame) -> Result<(), Fault> {
        if frame.progressive {
            // T.81, G.1.1.1: DC alone, perhaps of several components; or a band of AC of one component.
            let (first, last) = self.band;
            let dc = first == 0 && last == 0;
            let ac = first > 0 && first <= last && last < 64 && self.parts.len() == 1;
            let refines = self.high == 0 || self.high == self.low + 1;
            if !(dc || ac) || self.low > 13 || !refines {
                return Err(Fault::Damaged);
            }
        }
        let blocks: usize = self.parts.iter().filter_map(|&(part, ..)| frame.components.get(part)).map(|c| c.h * c.v).sum();
        if self.parts.len() > 1 && blocks > 10 {
            return Err(Fault::Damaged);
        }
        Ok(())
    }

    /// The places of its components in the frame.
    pub(super) fn components(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(|&(part, ..)| part)
    }

    /// Marks in `known` what this scan adds; fails where it says a thing again or refines what is not there.
    pub(super) fn mark(&self, known: &mut [[Option<u8>; 64]]) -> Result<(), Fault> {
        for &(part, ..) in &self.parts {
            let bits = known.get_mut(part).ok_or(Fault::Damaged)?;
            for bit in bits.get_mut(self.band.0..=self.band.1).ok_or(Fault::Damaged)? {
                let expected = (self.high > 0).then_some(self.high);
                if *bit != expected {
                    return Err(Fault::Damaged);
                }
                *bit = Some(self.low);
            }
        }
        Ok(())
    }

    /// How many steps the scan takes whatever its data say: one a block, or one a coefficient where all are looked at anew.
    pub(super) fn steps(&self, frame: &Frame) -> u64 {
        let each = if self.high > 0 { self.band.1 - self.band.0 + 1 } else { 1 };
        let blocks = self.parts.iter().filter_map(|&(part, ..)| frame.components.get(part)).map(Component::padded_blocks);
        blocks.sum::<u64>() * each as u64
    }

    /// Decodes the scan whose data begin at `at`; returns where the next marker stands.
    pub(super) fn decode(&self, data: &[u8], at: usize, frame: &Frame, tables: &Tables, sink: &mut dyn Sink) -> Result<usize, Fault> {
        let mut state = State { scan: self, bits: Bits::new(data, at), before: [0; 4], run: 0, progressive: frame.progressive };
        let mut parts = Vec::with_capacity(self.parts.len());
        for &(part, dc, ac) in &self.parts {
            let component = frame.components.get(part).ok_or(Fault::Damaged)?;
            let dc = tables.dc.get(dc).and_then(Option::as_ref);
            let ac = tables.ac.get(ac).and_then(Option::as_ref);
            // A table the scan does not use may be absent.
            let (need_dc, need_ac) = (self.band.0 == 0 && self.high == 0, self.band.1 > 0);
            if (need_dc && dc.is_none()) || (need_ac && ac.is_none()) {
                return Err(Fault::Damaged);
            }
            parts.push((part, component, dc, ac));
        }
        // T.81, A.2: a scan of one component goes through its own blocks, a scan of several through whole MCUs.
        let (columns, rows) = match parts.as_slice() {
            [(_, component, ..)] => component.blocks,
            _ => frame.mcus,
        };
        let alone = parts.len() == 1;
        let (mut left, mut next) = (tables.restart, 0u8);
        for row in 0..rows {
            for column in 0..columns {
                if tables.restart > 0 {
                    if left == 0 {
                        state.restart(next)?;
                        (left, next) = (tables.restart, (next + 1) % 8);
                    }
                    left -= 1;
                }
                for &(part, component, dc, ac) in &parts {
                    let (h, v) = if alone { (1, 1) } else { (component.h, component.v) };
                    for y in row * v..(row + 1) * v {
                        for x in column * h..(column + 1) * h {
                            let block = sink.block(part, x, y).ok_or(Fault::Damaged)?;
                            state.block(part, block, dc, ac)?;
                            sink.done(part, x, y);
                        }
                    }
                }
            }
        }
        state.bits.finish()
    }
}

/// Where decoding a scan stands.
struct State<'a> {
    scan: &'a Scan,
    bits: Bits<'a>,
    /// The DC coefficient of the block before, for each component.
    before: [i32; 4],
    /// How many blocks without further coefficients follow (EOBRUN, T.81, G.1.2.2).
    run: u32,
    progressive: bool,
}

impl State<'_> {
    fn restart(&mut self, n: u8) -> Result<(), Fault> {
        (self.before, self.run) = ([0; 4], 0);
        self.bits.restart(n)
    }

    fn block(&mut self, part: usize, block: &mut Block, dc: Option<&Huffman>, ac: Option<&Huffman>) -> Result<(), Fault> {
        let refines = self.scan.high > 0;
        if self.scan.band.0 == 0 {
            match dc {
                Some(dc) if !refines => self.first_dc(part, block, dc)?,
                _ => self.more_dc(block)?,
            }
        }
        match ac {
            Some(ac) if !self.progressive => self.all_ac(block, ac),
            Some(ac) if self.scan.band.0 > 0 && !refines => self.first_ac(block, ac),
            Some(ac) if self.scan.band.0 > 0 => self.more_ac(block, ac),
            _ => Ok(()),
        }
    }

    fn first_dc(&mut self, part: usize, block: &mut Block, dc: &Huffman) -> Result<(), Fault> {
        let size = dc.symbol(&mut self.bits)?;
        // T.81, table F.1: differences of 8-bit samples have at most 11 bits.
        if size > 11 {
            return Err(Fault::Damaged);
        }
        let difference = self.bits.take_signed(size.into())?;
        let before = self.before.get_mut(part).ok_or(Fault::Damaged)?;
        // Sound data stay within 12 bits; broken data may drift as far as they like.
        *before = (*before + difference).clamp(-0x7FFF, 0x7FFF);
        block[0] = clamp(*before << self.scan.low);
        Ok(())
    }

    fn more_dc(&mut self, block: &mut Block) -> Result<(), Fault> {
        if self.bits.take(1)? == 1 {
            block[0] |= 1 << self.scan.low;
        }
        Ok(())
    }

    fn all_ac(&mut self, block: &mut Block, ac: &Huffman) -> Result<(), Fault> {
        let mut k = 1;
        while k < 64 {
            let symbol = ac.symbol(&mut self.bits)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => k += 16,
                (_, 0) => break,
                _ => {
                    k += zeros;
                    let value = self.bits.take_signed(size.into())?;
                    *coefficient(block, k)? = clamp(value);
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// The first scan of a band (T.81, G.1.2.2).
    fn first_ac(&mut self, block: &mut Block, ac: &Huffman) -> Result<(), Fault> {
        if self.run > 0 {
            self.run -= 1;
            return Ok(());
        }
        let (mut k, last) = self.scan.band;
        while k <= last {
            let symbol = ac.symbol(&mut self.bits)?;
            let (zeros, size) = (usize::from(symbol >> 4), symbol & 15);
            match (zeros, size) {
                (15, 0) => k += 16,
                (_, 0) => {
                    self.run = self.run_length(zeros)? - 1;
                    break;
                }
                _ => {
                    k += zeros;
                    let value = self.bits.take_signed(size.into())?;
                    if k > last {
                        return Err(Fault::Damaged);
                    }
                    *coefficient(block, k)? = clamp(value << self.scan.low);
                    k += 1;
                }
            }
        }
        Ok(())
    }

    /// A scan that adds one bit to the coefficients of a band (T.81, G.1.2.3).
    fn more_ac(&mut self, block: &mut Block, ac: &Huffman) -> Result<(), Fault> {
        let (mut k, last) = self.scan.band;
        let bit = 1i16 << self.scan.low;
        if self.run == 0 {
            while k <= last {
                let symbol = ac.symbol(&mut self.bits)?;
                let (mut zeros, size) = (usize::from(symbol >> 4), symbol & 15);
                let mut new = 0;
                match (zeros, size) {
                    (15, 0) => {}
                    (_, 0) => {
                        self.run = self.run_length(zeros)?;
                        break;
                    }
                    (_, 1) => new = if self.bits.take(1)? == 1 { bit } else { -bit },
                    _ => return Err(Fault::Damaged),
                }
                while k <= last {
                    let known = coefficient(block, k)?;
                    if *known != 0 {
                        self.refine(known, bit)?;
                    } else if zeros == 0 {
                        break;
                    } else {
                        zeros -= 1;
                    }
                    k += 1;
                }
                if new != 0 {
                    if k > last {
                        return Err(Fault::Damaged);
                    }
                    *coefficient(block, k)? = new;
                }
                k += 1;
            }
        }
        if self.run > 0 {
            while k <= last {
                let known = coefficient(block, k)?;
                if *known != 0 {
                    self.refine(known, bit)?;
                }
                k += 1;
            }
            self.run -= 1;
        }
        Ok(())
    }

    fn refine(&mut self, known: &mut i16, bit: i16) -> Result<(), Fault> {
        if self.bits.take(1)? == 1 && *known & bit == 0 {
            *known = if *known > 0 { known.saturating_add(bit) } else { known.saturating_sub(bit) };
        }
        Ok(())
    }

    fn run_length(&mut self, size: usize) -> Result<u32, Fault> {
        let more = self.bits.take(size as u32)?;
        Ok((1u32 << size) + more as u32)
    }
}

fn clamp(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// The coefficient at place `k` of the zigzag.
fn coefficient(block: &mut Block, k: usize) -> Result<&mut i16, Fault> {
    ZIGZAG.get(k).and_then(|&place| block.get_mut(usize::from(place))).ok_or(Fault::Damaged)
}

/// The zigzag order (T.81, figure A.6): for each place the index of the coefficient, row by row.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56,
    57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
