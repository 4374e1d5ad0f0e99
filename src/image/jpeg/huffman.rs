//! Huffman codes and the bits they are read from (ITU-T T.81, annexes C and F.2.2).

use super::Fault;

/// How many bits the quick table looks at; almost every code of a photo is shorter.
const QUICK_BITS: u32 = 9;

/// A table of Huffman codes.
pub(super) struct Huffman {
    /// For every run of [`QUICK_BITS`] bits: length and symbol of the code it begins with; length 0 where it is longer.
    quick: Vec<(u8, u8)>,
    /// For each length 1–16: the first code too large for it.
    limits: [u32; 17],
    /// For each length: what to add to a code to have the place of its symbol.
    offsets: [i64; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// Builds the table from the number of codes of each length 1–16 and the symbols in the order of their codes.
    ///
    /// Fails where the lengths claim more codes than there can be.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Huffman, Fault> {
        let mut table = Huffman { quick: vec![(0, 0); 1 << QUICK_BITS], limits: [0; 17], offsets: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut place) = (0u32, 0usize);
        for (length, (&count, (limit, offset))) in
            (1u32..).zip(counts.iter().zip(table.limits.iter_mut().zip(table.offsets.iter_mut()).skip(1)))
        {
            *offset = i64::try_from(place).unwrap_or(0) - i64::from(code);
            for _ in 0..count {
                if code >= 1 << length {
                    return Err(Fault::Damaged);
                }
                if length <= QUICK_BITS {
                    let symbol = symbols.get(place).copied().ok_or(Fault::Damaged)?;
                    let first = code << (QUICK_BITS - length);
                    for entry in table.quick.iter_mut().skip(first as usize).take(1 << (QUICK_BITS - length)) {
                        *entry = (length as u8, symbol);
                    }
                }
                code += 1;
                place += 1;
            }
            *limit = code;
            code <<= 1;
        }
        Ok(table)
    }

    /// Reads one symbol.
    pub(super) fn symbol(&self, bits: &mut Bits) -> Result<u8, Fault> {
        let (length, symbol) = self.quick.get(bits.peek(QUICK_BITS) as usize).copied().unwrap_or((0, 0));
        if length > 0 {
            bits.skip(u32::from(length))?;
            return Ok(symbol);
        }
        let sixteen = bits.peek(16);
        for length in QUICK_BITS + 1..=16 {
            let code = sixteen >> (16 - length);
            let slot = length as usize;
            if code < self.limits[slot] {
                bits.skip(length)?;
                let place = usize::try_from(i64::from(code) + self.offsets[slot]).map_err(|_| Fault::Damaged)?;
                return self.symbols.get(place).copied().ok_or(Fault::Damaged);
            }
        }
        // No code begins like this; at the data's end the missing bits are the cause.
        Err(if bits.left() < 16 { Fault::Truncated } else { Fault::Damaged })
    }
}

/// The entropy-coded data of a scan, bit by bit, up to the next marker.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// The next byte to take.
    at: usize,
    /// Bits taken but not used yet, the next one highest.
    held: u64,
    /// How many of them there are.
    count: u32,
}

impl<'a> Bits<'a> {
    /// The bits of `data` from byte `at`.
    pub(super) fn new(data: &'a [u8], at: usize) -> Bits<'a> {
        Bits { data, at, held: 0, count: 0 }
    }

    /// The next `n` ≤ 16 bits without using them; zeros stand for bits behind the data's end.
    fn peek(&mut self, n: u32) -> u32 {
        if self.count < 16 {
            self.fill();
        }
        ((self.held >> 32) as u32) >> (32 - n)
    }

    /// How many bits are held; fewer than 16 after a peek means that the data end here.
    fn left(&self) -> u32 {
        self.count
    }

    /// Uses `n` ≤ 16 bits.
    fn skip(&mut self, n: u32) -> Result<(), Fault> {
        if n > self.count {
            return Err(Fault::Truncated);
        }
        self.held <<= n;
        self.count -= n;
        Ok(())
    }

    /// Takes `n` ≤ 16 bits as a number.
    pub(super) fn take(&mut self, n: u32) -> Result<i32, Fault> {
        if n == 0 {
            return Ok(0);
        }
        let value = self.peek(n);
        self.skip(n)?;
        Ok(value as i32)
    }

    /// Takes a signed number of `n` ≤ 15 bits (T.81, F.2.2.1, EXTEND).
    pub(super) fn take_signed(&mut self, n: u32) -> Result<i32, Fault> {
        let value = self.take(n)?;
        Ok(if n > 0 && value < 1 << (n - 1) { value - (1 << n) + 1 } else { value })
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let Some(&byte) = self.data.get(self.at) else { return };
            if byte == 0xFF {
                // A byte FF of the data is followed by 00 (T.81, B.1.1.5); anything else is a marker.
                if self.data.get(self.at + 1) != Some(&0) {
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Leaves what remains before the next marker and returns the marker's place, or the data's end.
    ///
    /// Some cameras pad a scan; but much unread data means that decoding lost its way.
    pub(super) fn finish(&mut self) -> Result<usize, Fault> {
        const TOLERATED: usize = 64;
        let mut unread = (self.count / 8) as usize;
        (self.held, self.count) = (0, 0);
        while let Some(&byte) = self.data.get(self.at) {
            match (byte, self.data.get(self.at + 1)) {
                (0xFF, Some(0)) => self.at += 2,
                (0xFF, Some(0xFF)) => self.at += 1,
                (0xFF, Some(_)) => break,
                (0xFF, None) | (0, _) => self.at += 1,
                _ => {
                    self.at += 1;
                    unread += 1;
                    if unread > TOLERATED {
                        return Err(Fault::Damaged);
                    }
                }
            }
        }
        Ok(self.at)
    }

    /// Passes the restart marker `RSTn` that must stand here (T.81, F.1.1.5.2).
    pub(super) fn restart(&mut self, n: u8) -> Result<(), Fault> {
        let at = self.finish()?;
        match self.data.get(at + 1) {
            Some(&marker) if marker == 0xD0 + n => {
                self.at = at + 2;
                Ok(())
            }
            Some(&0xD9) | None => Err(Fault::Truncated),
            Some(_) => Err(Fault::Damaged),
        }
    }
}
