//! A grey baseline JPEG written from quantised coefficients (ITU-T T.81, annexes F.1 and K.2).

use super::samples::Quantisation;
use super::scan::{Block, ZIGZAG};
use super::{EOI, JFIF};

/// Writes a picture of one component; `blocks` stand row by row from the top, each row from the left.
///
/// The Huffman codes are the best for just these coefficients, which saves what the colour file paid for typical ones.
/// `None` where baseline JPEG cannot hold the numbers: steps above 255, differences of DC above 11 bits, AC above 10.
pub(super) fn grey<'a>(size: (usize, usize), blocks: impl Iterator<Item = &'a Block>, table: &Quantisation) -> Option<Vec<u8>> {
    let (width, height) = (u16::try_from(size.0).ok()?, u16::try_from(size.1).ok()?);
    let mut tokens = Vec::new();
    let mut before = 0;
    for block in blocks {
        tokenise(block, &mut before, &mut tokens)?;
    }
    let mut counts = [[0u32; 256]; 2];
    for token in &tokens {
        counts[usize::from(token.class)][usize::from(token.symbol)] += 1;
    }
    let codes = counts.map(|counts| Codes::best(&counts));

    let mut out = vec![0xFF, 0xD8];
    out.extend(JFIF);
    segment(&mut out, 0xDB, [0u8].into_iter().chain(steps(table)?));
    let ([h1, h0], [w1, w0]) = (height.to_be_bytes(), width.to_be_bytes());
    segment(&mut out, 0xC0, [8, h1, h0, w1, w0, 1, 1, 0x11, 0]);
    for (class, codes) in (0u8..).zip(&codes) {
        segment(&mut out, 0xC4, [class << 4].into_iter().chain(codes.lengths).chain(codes.symbols.iter().copied()));
    }
    segment(&mut out, 0xDA, [1, 1, 0, 0, 63, 0]);
    let mut bits = BitWriter { out, held: 0, count: 0 };
    for token in &tokens {
        let (code, length) = codes[usize::from(token.class)].of[usize::from(token.symbol)];
        let more = u32::from(token.symbol & 15);
        bits.put(u32::from(code) << more | u32::from(token.bits), u32::from(length) + more);
    }
    let mut out = bits.finish();
    out.extend([0xFF, EOI]);
    Some(out)
}

/// The quantisation table as 64 bytes: T.81, B.2.4.1 allows no more in a baseline file.
fn steps(table: &Quantisation) -> Option<[u8; 64]> {
    let mut bytes = [0; 64];
    for (byte, &step) in bytes.iter_mut().zip(table) {
        *byte = u8::try_from(step).ok()?;
    }
    Some(bytes)
}

/// Writes a marker segment (T.81, B.1.1.4).
fn segment(out: &mut Vec<u8>, marker: u8, body: impl IntoIterator<Item = u8>) {
    let start = out.len();
    out.extend([0xFF, marker, 0, 0]);
    out.extend(body);
    // The longest body is a table of 256 codes.
    let length = (out.len() - start - 2) as u16;
    if let Some(place) = out.get_mut(start + 2..start + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

/// A symbol to be coded and the bits that follow its code; its lower half says how many they are.
#[derive(Clone, Copy)]
struct Token {
    /// 0: a difference of DC, 1: a coefficient of AC.
    class: u8,
    symbol: u8,
    bits: u16,
}

/// The symbols of one block (T.81, F.1.2); `None` where a number has too many bits.
fn tokenise(block: &Block, before: &mut i32, tokens: &mut Vec<Token>) -> Option<()> {
    let difference = i32::from(block[0]) - *before;
    *before = block[0].into();
    let (size, bits) = magnitude(difference);
    if size > 11 {
        return None;
    }
    tokens.push(Token { class: 0, symbol: size, bits });
    let mut zeros = 0u8;
    for &place in ZIGZAG.iter().skip(1) {
        let value = block[usize::from(place)];
        if value == 0 {
            zeros += 1;
            continue;
        }
        while zeros > 15 {
            tokens.push(Token { class: 1, symbol: 0xF0, bits: 0 });
            zeros -= 16;
        }
        let (size, bits) = magnitude(value.into());
        if size > 10 {
            return None;
        }
        tokens.push(Token { class: 1, symbol: zeros << 4 | size, bits });
        zeros = 0;
    }
    if zeros > 0 {
        tokens.push(Token { class: 1, symbol: 0, bits: 0 });
    }
    Some(())
}

/// A number's category and its bits (T.81, F.1.2.1): negative ones are written less one.
fn magnitude(value: i32) -> (u8, u16) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let bits = (if value < 0 { value - 1 } else { value }) & ((1 << size) - 1);
    (size as u8, bits as u16)
}

/// A table of Huffman codes to write with.
struct Codes {
    /// How many codes have each length 1–16.
    lengths: [u8; 16],
    /// The symbols in the order of their codes.
    symbols: Vec<u8>,
    /// For each symbol: its code and the code's length.
    of: [(u16, u8); 256],
}

impl Codes {
    /// The shortest codes of at most 16 bits for symbols that occur so often (T.81, K.2).
    fn best(counts: &[u32; 256]) -> Codes {
        let sizes = sizes(counts);
        // Figures K.2 and K.3: codes counted by length, those above 16 bits shortened in pairs.
        let mut bits = [0u16; 258];
        for &size in sizes.iter().filter(|&&size| size > 0) {
            bits[size] += 1;
        }
        for long in (17..bits.len()).rev() {
            while bits[long] > 0 {
                let Some(short) = (1..=long - 2).rev().find(|&short| bits[short] > 0) else { break };
                bits[long] -= 2;
                bits[long - 1] += 1;
                bits[short + 1] += 2;
                bits[short] -= 1;
            }
        }
        // The longest code belongs to the symbol that does not exist, so that no code is all ones.
        if let Some(longest) = bits.iter_mut().rev().find(|count| **count > 0) {
            *longest -= 1;
        }
        // Figure K.4: symbols in the order of their codes' lengths, here by what those come from.
        let mut symbols: Vec<u8> = (0..=255).filter(|&symbol| counts[usize::from(symbol)] > 0).collect();
        symbols.sort_by_key(|&symbol| std::cmp::Reverse(counts[usize::from(symbol)]));

        // Annex C: codes of one length follow each other.
        let mut codes = Codes { lengths: std::array::from_fn(|at| bits[at + 1] as u8), symbols, of: [(0, 0); 256] };
        let mut code = 0u16;
        let mut next = codes.symbols.iter();
        for (length, &count) in (1u8..).zip(&codes.lengths) {
            for &symbol in next.by_ref().take(count.into()) {
                codes.of[usize::from(symbol)] = (code, length);
                code += 1;
            }
            code <<= 1;
        }
        codes
    }
}

/// The length of each symbol's code by Huffman's procedure (T.81, figure K.1); the last symbol is one that never occurs.
fn sizes(counts: &[u32; 256]) -> [usize; 257] {
    let mut sizes = [0; 257];
    // Trees of symbols, each with how often they occur.
    let seen = (0..256).filter(|&symbol| counts[symbol] > 0).map(|symbol| (u64::from(counts[symbol]), vec![symbol]));
    let mut trees: Vec<(u64, Vec<usize>)> = seen.chain([(1, vec![256])]).collect();
    // The rarest last; of equals the one that was there first, which keeps codes short.
    trees.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    while trees.len() > 1 {
        let (Some((one, rarest)), Some((other, rare))) = (trees.pop(), trees.pop()) else { break };
        let joined = [rare, rarest].concat();
        for &symbol in &joined {
            sizes[symbol] += 1;
        }
        let place = trees.partition_point(|(count, _)| *count > one + other);
        trees.insert(place, (one + other, joined));
    }
    sizes
}

/// Entropy-coded data, bit by bit.
struct BitWriter {
    out: Vec<u8>,
    /// The lowest `count` bits are to be written.
    held: u64,
    count: u32,
}

impl BitWriter {
    /// Writes the lowest `n` ≤ 32 bits.
    fn put(&mut self, bits: u32, n: u32) {
        self.held = self.held << n | u64::from(bits);
        self.count += n;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.out.push(byte);
            if byte == 0xFF {
                // T.81, F.1.2.3: a zero tells it from a marker.
                self.out.push(0);
            }
        }
    }

    /// Fills the last byte with ones (T.81, F.1.2.3).
    fn finish(mut self) -> Vec<u8> {
        let missing = (8 - self.count) % 8;
        self.put((1 << missing) - 1, missing);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::jpeg::{Want, read};

    /// A block with these coefficients at these places of the zigzag.
    fn block(coefficients: &[(usize, i16)]) -> Block {
        let mut block = [0; 64];
        for &(k, value) in coefficients {
            block[usize::from(ZIGZAG[k])] = value;
        }
        block
    }

    /// The reader's coefficients of what was written from `blocks`, `columns` in a row, the last ones cut to a pixel.
    fn round_trip(columns: usize, blocks: &[Block], table: &Quantisation) -> Option<Vec<u8>> {
        let size = (columns * 8 - 7, blocks.len() / columns * 8 - 7);
        let file = grey(size, blocks.iter(), table)?;
        let jpeg = read(&file, 1_000_000, Want::LumaAbove(1000)).expect("the strict reader takes what was written");
        assert_eq!((jpeg.width as usize, jpeg.height as usize), size);
        assert_eq!(jpeg.clean, file, "it holds nothing that cleaning would take out");
        let luma = jpeg.luma.expect("a small grey file has its coefficients");
        assert!(luma.to_jpeg().as_ref() == Some(&file), "written anew it is the same");
        assert!(luma.blocks == blocks && luma.table == *table, "coefficients and steps come back");
        Some(file)
    }

    #[test]
    fn coefficients_come_back() {
        let full: Vec<(usize, i16)> = (0..64).map(|k| (k, if k % 2 == 0 { 1023 } else { -1023 })).collect();
        let categories: Vec<(usize, i16)> =
            (1..=10).flat_map(|size| [(size * 3, (1 << size) - 1), (size * 3 + 1, -(1 << (size - 1)))]).collect();
        for (name, columns, blocks) in [
            ("nothing", 1, vec![block(&[])]),
            ("one value of DC", 1, vec![block(&[(0, -7)])]),
            ("differences of 11 bits", 2, [1023, -1024, 1023, 0, -1, 1].map(|dc| block(&[(0, dc)])).to_vec()),
            ("no end of block", 1, vec![block(&[(63, 1)])]),
            ("runs of 15, 16, 17", 1, vec![block(&[(16, 1), (33, -1), (51, 2)])]),
            ("runs of 31, 32", 2, vec![block(&[(32, 3)]), block(&[(33, 3)])]),
            ("a run of 62", 1, vec![block(&[(63, -1023)])]),
            ("every category", 1, vec![block(&categories)]),
            ("every coefficient", 3, vec![block(&full); 9]),
        ] {
            assert!(round_trip(columns, &blocks, &[1; 64]).is_some(), "{name}");
        }
        let steps: Quantisation = std::array::from_fn(|k| 255 - k as u16);
        assert!(round_trip(1, &[block(&[(0, 5), (1, 5)])], &steps).is_some(), "steps keep their order");
    }

    #[test]
    fn what_baseline_cannot_hold_is_not_written() {
        let mut steps = [1; 64];
        steps[63] = 256;
        for (name, blocks, table) in [
            ("a step of 16 bits", vec![block(&[])], steps),
            ("a difference of 12 bits", vec![block(&[(0, 1024)]), block(&[(0, -1024)])], [1; 64]),
            ("a coefficient of 11 bits", vec![block(&[(5, -1024)])], [1; 64]),
            ("the largest numbers", vec![block(&[(0, i16::MIN), (1, i16::MAX)])], [1; 64]),
        ] {
            assert!(grey((8, 8 * blocks.len()), blocks.iter(), &table).is_none(), "{name}");
        }
        assert!(grey((65_536, 1), [].iter(), &[1; 64]).is_none(), "a side of 17 bits");
    }

    /// Numbers that hold each other like those of Fibonacci make the longest codes there can be.
    #[test]
    fn codes_are_short_and_leave_out_all_ones() {
        let mut fibonacci = [0u32; 256];
        let (mut a, mut b) = (1u32, 1u32);
        for count in fibonacci.iter_mut().take(44) {
            *count = a;
            (a, b) = (b, a + b);
        }
        let mut one = [0; 256];
        one[0xF0] = 1000;
        let rising: [u32; 256] = std::array::from_fn(|at| at as u32);
        for (name, counts) in
            [("one", one), ("all alike", [7; 256]), ("rising", rising), ("fibonacci", fibonacci), ("most", [u32::MAX; 256])]
        {
            let codes = Codes::best(&counts);
            let seen = counts.iter().filter(|&&count| count > 0).count();
            assert_eq!((codes.symbols.len(), codes.lengths.iter().map(|&n| usize::from(n)).sum::<usize>()), (seen, seen), "{name}");
            let room: u32 = (1u32..).zip(&codes.lengths).map(|(length, &count)| u32::from(count) << (16 - length)).sum();
            assert!(room < 1 << 16, "{name}: codes overlap, or one is all ones");
            for (more, less) in
                (0..256).flat_map(|a| (0..256).map(move |b| (a, b))).filter(|&(a, b)| counts[b] > 0 && counts[a] > counts[b])
            {
                assert!(codes.of[more].1 <= codes.of[less].1, "{name}: what occurs more often has the longer code");
            }
        }
        assert_eq!(Codes::best(&one).of[0xF0], (0, 1));
    }
}
