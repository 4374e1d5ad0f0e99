//! JPEG (ITU-T T.81) read strictly: a file is whole and sound to its last block, or it is refused.
//!
//! The decoder of the `image` crate fills what is missing with grey and says nothing; its CPU-specific paths need not
//! agree to the bit; and it takes all four-ink files for inverted ones. A form must not print half a face, so every
//! block is decoded here. A good file needs no more than that: its data then go into the document untouched.

mod frame;
mod huffman;
mod samples;
mod scan;

use frame::Frame;
use huffman::Huffman;
use samples::{Coefficients, Nowhere, Quantisation, Straight};
use scan::{Scan, Sink, Tables};

use super::Fault;
pub(super) use samples::Samples;

/// A sound JPEG.
pub(super) struct Jpeg {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) coding: Coding,
    /// The content of its EXIF segment (TIFF), if it has one.
    pub(super) exif: Option<Vec<u8>>,
    /// The file without metadata and without anything after its end.
    pub(super) clean: Vec<u8>,
    /// Its samples, where they were asked for.
    pub(super) samples: Option<Samples>,
}

/// How samples stand for colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Grey,
    YCbCr,
    Rgb,
    /// Four inks, 255 is full.
    Cmyk,
    /// Four inks, 255 is none (Adobe).
    InvertedCmyk,
    /// Four inks, 255 is none, the first three as YCbCr (Adobe).
    Ycck,
}

/// What is wanted of a JPEG.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Want {
    /// To know that it is sound.
    #[default]
    Proof,
    /// Its samples.
    Samples,
    /// Its samples if it has more pixels than this on its longer side, so that a large file is gone through once.
    SamplesAbove(usize),
}

/// The most bytes that samples and coefficients may take while a picture is decoded.
pub(super) const MOST_WORKING_BYTES: u64 = 160_000_000;

/// The most steps that all scans may take together: a small file must not cost minutes by a thousand scans.
const MOST_STEPS: u64 = 400_000_000;

/// Reads a JPEG of at most `max_pixels` pixels.
pub(super) fn read(bytes: &[u8], max_pixels: u64, want: Want) -> Result<Jpeg, Fault> {
    let mut reader = Reader { bytes, want, max_pixels, ..Reader::default() };
    let mut at = 2;
    loop {
        at = match next_marker(bytes, at)? {
            Some((EOI, _)) => break,
            Some((marker, after)) => reader.segment(marker, after)?,
            // Some programs forget the end marker. Without it any scan of a progressive file may be missing.
            None if reader.frame.as_ref().is_none_or(|frame| frame.progressive) => return Err(Fault::Truncated),
            None => break,
        };
    }
    reader.finish()
}

const EOI: u8 = 0xD9;

/// The marker at `at` and where it ends; `None` at the end of the data.
fn next_marker(bytes: &[u8], at: usize) -> Result<Option<(u8, usize)>, Fault> {
    let mut rest = bytes.get(at..).unwrap_or(&[]).iter().enumerate();
    match rest.next() {
        None => return Ok(None),
        Some((_, 0xFF)) => {}
        Some(_) => return Err(Fault::Damaged),
    }
    // T.81, B.1.1.2: any number of fill bytes FF may stand before a marker.
    match rest.find(|&(_, &byte)| byte != 0xFF) {
        Some((_, 0)) => Err(Fault::Damaged),
        Some((offset, &marker)) => Ok(Some((marker, at + offset + 1))),
        None => Ok(None),
    }
}

/// What was read so far.
#[derive(Default)]
struct Reader<'a> {
    bytes: &'a [u8],
    want: Want,
    max_pixels: u64,
    jfif: bool,
    /// The colour transform that an Adobe marker names.
    adobe: Option<u8>,
    exif: Option<Vec<u8>>,
    frame: Option<Frame>,
    tables: Tables,
    quantisation: [Option<Quantisation>; 4],
    /// For each component and coefficient: the lowest bit known.
    known: Vec<[Option<u8>; 64]>,
    steps: u64,
    sink: Store,
    /// Where kept segments stand in the file.
    kept: Vec<std::ops::Range<usize>>,
}

/// What becomes of the coefficients.
#[derive(Default)]
enum Store {
    #[default]
    None,
    Dropped(Nowhere),
    Straight(Straight),
    Kept(Coefficients),
}

impl Reader<'_> {
    /// Reads the segment whose marker ends at `after`; returns where the next marker stands.
    fn segment(&mut self, marker: u8, after: usize) -> Result<usize, Fault> {
        // T.81, table B.1: these have no content and no place here.
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            return Err(Fault::Damaged);
        }
        let length = self.bytes.get(after..).and_then(|rest| rest.first_chunk()).ok_or(Fault::Truncated)?;
        let end = after + usize::from(u16::from_be_bytes(*length));
        if end < after + 2 {
            return Err(Fault::Damaged);
        }
        let body = self.bytes.get(after + 2..end).ok_or(Fault::Truncated)?;
        let mut keep = after.saturating_sub(2)..end;
        match marker {
            0xC0..=0xC2 => self.frame(body, marker == 0xC2)?,
            0xC4 => self.huffman(body)?,
            0xDB => self.quantisation(body)?,
            0xDD => self.tables.restart = u16::from_be_bytes(*body.first_chunk().ok_or(Fault::Damaged)?).into(),
            0xDA => keep.end = self.scan(body, end)?,
            0xE0..=0xEF | 0xFE => {
                self.metadata(marker, body);
                return Ok(end);
            }
            // Arithmetic coding, lossless, hierarchical, a height that comes later: nobody's camera writes them.
            0xC3 | 0xC5..=0xCF | 0xDC | 0xDE | 0xDF => return Err(Fault::Unsupported),
            _ => return Err(Fault::Damaged),
        }
        let next = keep.end;
        self.kept.push(keep);
        Ok(next)
    }

    /// Application data and comments: three facts are read, the rest is nobody's business.
    fn metadata(&mut self, marker: u8, body: &[u8]) {
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") => self.jfif = true,
            0xE1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec),
            // Adobe Technical Note 5116, 18: name, version, two flags of 16 bits, transform.
            0xEE if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied().or(self.adobe),
            _ => {}
        }
    }

    fn frame(&mut self, body: &[u8], progressive: bool) -> Result<(), Fault> {
        if self.frame.is_some() {
            return Err(Fault::Damaged);
        }
        let (&[precision, h1, h0, w1, w0, count], list) = body.split_first_chunk().ok_or(Fault::Damaged)?;
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if precision != 8 || !matches!(count, 1 | 3 | 4) || height == 0 {
            return Err(Fault::Unsupported);
        }
        if width == 0 || list.len() != usize::from(count) * 3 {
            return Err(Fault::Damaged);
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Fault::TooManyPixels { width: width.into(), height: height.into() });
        }
        let frame = Frame::new(width.into(), height.into(), progressive, list.as_chunks::<3>().0)?;
        self.known = vec![[None; 64]; frame.components.len()];
        let samples: u64 = frame.components.iter().map(|c| c.padded_blocks() * 64).sum();
        if let Want::SamplesAbove(side) = self.want {
            self.want = if frame.width.max(frame.height) > side { Want::Samples } else { Want::Proof };
        }
        let proof = self.want == Want::Proof;
        // A coefficient takes two bytes, a sample one.
        if samples * if progressive { 3 } else { 1 } > MOST_WORKING_BYTES {
            return Err(Fault::TooManyPixels { width: width.into(), height: height.into() });
        }
        self.sink = match (progressive, proof) {
            (true, _) => Store::Kept(Coefficients::new(&frame)),
            (false, true) => Store::Dropped(Nowhere([0; 64])),
            (false, false) => Store::Straight(Straight::new(&frame)),
        };
        self.frame = Some(frame);
        Ok(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let Some((&head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(Fault::Damaged)?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            if total > 256 {
                return Err(Fault::Damaged);
            }
            let (symbols, rest) = rest.split_at_checked(total).ok_or(Fault::Damaged)?;
            let class = if head >> 4 == 0 { &mut self.tables.dc } else { &mut self.tables.ac };
            let slot = class.get_mut(usize::from(head & 15)).filter(|_| head >> 4 < 2).ok_or(Fault::Damaged)?;
            *slot = Some(Huffman::new(counts, symbols)?);
            body = rest;
        }
        Ok(())
    }

    fn quantisation(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let Some((&head, rest)) = body.split_first() {
            let slot = self.quantisation.get_mut(usize::from(head & 15)).ok_or(Fault::Damaged)?;
            let (values, rest): (Quantisation, _) = match head >> 4 {
                0 => rest.split_first_chunk::<64>().map(|(bytes, rest)| (bytes.map(u16::from), rest)),
                1 => rest.split_first_chunk::<128>().map(|(bytes, rest)| {
                    let mut values = bytes.as_chunks::<2>().0.iter();
                    (std::array::from_fn(|_| values.next().map_or(0, |pair| u16::from_be_bytes(*pair))), rest)
                }),
                _ => None,
            }
            .ok_or(Fault::Damaged)?;
            if values.contains(&0) {
                return Err(Fault::Damaged);
            }
            *slot = Some(values);
            body = rest;
        }
        Ok(())
    }

    fn scan(&mut self, body: &[u8], at: usize) -> Result<usize, Fault> {
        let frame = self.frame.as_ref().ok_or(Fault::Damaged)?;
        let scan = Scan::parse(body, frame)?;
        scan.mark(&mut self.known)?;
        self.steps += scan.steps(frame);
        if self.steps > MOST_STEPS {
            return Err(Fault::Unsupported);
        }
        if let Store::Straight(straight) = &mut self.sink {
            straight.tables = quantisation_of(frame, &self.quantisation)?;
        }
        let sink: &mut dyn Sink = match &mut self.sink {
            Store::Dropped(sink) => sink,
            Store::Straight(sink) => sink,
            Store::Kept(sink) => sink,
            Store::None => return Err(Fault::Damaged),
        };
        scan.decode(self.bytes, at, frame, &self.tables, sink)
    }

    fn finish(self) -> Result<Jpeg, Fault> {
        let frame = self.frame.as_ref().ok_or(Fault::Truncated)?;
        // Every component's DC must be there to the last bit; fine detail may be left out by whoever made the file.
        // But what a scan began, a later one must have ended.
        if self.known.iter().any(|bits| bits[0] != Some(0) || bits.iter().flatten().any(|&bit| bit > 0)) {
            return Err(Fault::Truncated);
        }
        let tables = quantisation_of(frame, &self.quantisation)?;
        let coding = self.coding(frame);
        let clean = self.clean(coding);
        let planes = match self.sink {
            Store::Straight(straight) => Some(straight.planes),
            Store::Kept(kept) if self.want == Want::Samples => Some(kept.into_planes(&tables)),
            _ => None,
        };
        let samples = planes.map(|planes| Samples::new(frame, coding, planes));
        Ok(Jpeg { width: frame.width as u32, height: frame.height as u32, coding, exif: self.exif, clean, samples })
    }

    /// How samples stand for colours, told as libjpeg tells it, which wrote or showed most files there are.
    fn coding(&self, frame: &Frame) -> Coding {
        let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), self.adobe) {
            ([_], _) => Coding::Grey,
            (&[_, _, _], Some(0)) if !self.jfif => Coding::Rgb,
            (b"RGB", None) if !self.jfif => Coding::Rgb,
            (&[_, _, _], _) => Coding::YCbCr,
            (_, None) => Coding::Cmyk,
            (_, Some(0)) => Coding::InvertedCmyk,
            (_, Some(_)) => Coding::Ycck,
        }
    }

    /// The file with all that decoding needs and nothing else, behind a header of our own that says how colours are coded.
    fn clean(&self, coding: Coding) -> Vec<u8> {
        let mut clean = vec![0xFF, 0xD8];
        match coding {
            // T.871, 10.1: version 1.02, no unit, square pixels, no thumbnail.
            Coding::Grey | Coding::YCbCr => clean.extend(b"\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
            Coding::Rgb | Coding::InvertedCmyk => clean.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\0"),
            Coding::Ycck => clean.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x02"),
            Coding::Cmyk => {}
        }
        for range in &self.kept {
            clean.extend(self.bytes.get(range.clone()).unwrap_or(&[]));
        }
        clean.extend([0xFF, EOI]);
        clean
    }
}

fn quantisation_of(frame: &Frame, tables: &[Option<Quantisation>; 4]) -> Result<Vec<Quantisation>, Fault> {
    frame.components.iter().map(|component| tables.get(component.table).copied().flatten().ok_or(Fault::Damaged)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoder of the `image` crate shares no code with this one.
    #[test]
    fn samples_are_those_of_another_decoder() {
        let files: [(&str, &[u8]); 8] = [
            ("plain", include_bytes!("../../../tests/hostile/images/plain.jpg")),
            ("subsampled", include_bytes!("../../../tests/hostile/images/subsampled.jpg")),
            ("half-subsampled", include_bytes!("../../../tests/hostile/images/half-subsampled.jpg")),
            ("progressive", include_bytes!("../../../tests/hostile/images/progressive.jpg")),
            ("progressive-grey", include_bytes!("../../../tests/hostile/images/progressive-grey.jpg")),
            ("restarts", include_bytes!("../../../tests/hostile/images/restarts.jpg")),
            ("rgb", include_bytes!("../../../tests/hostile/images/rgb.jpg")),
            ("cmyk-adobe", include_bytes!("../../../tests/hostile/images/cmyk-adobe.jpg")),
        ];
        for (name, file) in files {
            let jpeg = read(file, 10_000, Want::Samples).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
            let samples = jpeg.samples.unwrap_or_else(|| panic!("{name} has no samples"));
            let theirs = ::image::load_from_memory(file).expect(name);
            let theirs = if jpeg.coding == Coding::Grey { theirs.to_luma8().into_raw() } else { theirs.to_rgb8().into_raw() };
            let stride = theirs.len() / jpeg.height as usize;
            let mut ours = vec![0; theirs.len()];
            ours.chunks_exact_mut(stride).enumerate().for_each(|(y, row)| samples.row(y, row));
            let apart: Vec<u8> = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).collect();
            let mean = apart.iter().map(|&a| f64::from(a)).sum::<f64>() / apart.len() as f64;
            let most = apart.iter().max().copied().unwrap_or(0);
            println!("{name}: {mean} {most}");
            assert!(mean < 0.6 && most <= 4, "{name}: mean {mean}, most {most}");
        }
    }
}
