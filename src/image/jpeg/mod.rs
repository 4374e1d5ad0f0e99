//! JPEG (ITU-T T.81) read strictly: a file is whole and sound to its last block, or it is refused.
//!
//! The decoder of the `image` crate fills what is missing with grey and says nothing; its CPU-specific paths need not
//! agree to the bit; and it takes all four-ink files for inverted ones. A form must not print half a face, so every
//! block is decoded here. A good file needs no more than that: its data then go into the document untouched, or, where
//! grey is wanted, the coefficients of its luminance do.

mod frame;
mod huffman;
mod luma;
mod samples;
mod scan;
mod write;

use frame::{Component, Frame};
use huffman::Huffman;
use samples::{Coefficients, Nowhere, Quantisation, Straight};
use scan::{Scan, Sink, Tables};

use super::Fault;
pub(super) use luma::Luma;
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
    /// Its samples, where they were asked for; where its luminance was, then of that.
    pub(super) samples: Option<Samples>,
    /// Its luminance, where that was asked for.
    pub(super) luma: Option<Luma>,
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

impl Coding {
    /// Whether the first component is the picture in grey (T.871, clause 7).
    fn is_luma_first(self) -> bool {
        matches!(self, Coding::Grey | Coding::YCbCr)
    }
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
    /// The same for a grey picture: of one in YCbCr only the luminance, as samples above this size, else as coefficients.
    LumaAbove(usize),
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

/// T.871, 10.1: version 1.02, no unit, square pixels, no thumbnail.
const JFIF: &[u8; 18] = b"\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0";

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
    /// For each component: the table that was in force when its first scan began.
    quantised_by: Vec<Option<Quantisation>>,
    /// Only the first component is of interest, by what the file said of its colours up to the frame.
    luma: bool,
    samples: bool,
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
        self.quantised_by = vec![None; frame.components.len()];
        let samples: u64 = frame.components.iter().map(|c| c.padded_blocks() * 64).sum();
        self.samples = match self.want {
            Want::Proof => false,
            Want::Samples => true,
            Want::SamplesAbove(side) | Want::LumaAbove(side) => frame.width.max(frame.height) > side,
        };
        self.luma = matches!(self.want, Want::LumaAbove(_)) && self.coding(&frame).is_luma_first();
        let kept = if self.luma { 1 } else { frame.components.len() };
        // A coefficient takes two bytes, a sample one.
        if samples * if progressive { 3 } else { 1 } > MOST_WORKING_BYTES {
            return Err(Fault::TooManyPixels { width: width.into(), height: height.into() });
        }
        let first = frame.components.first().map_or(0, Component::padded_blocks) * 64;
        self.sink = match (progressive, self.samples) {
            // To refine a component its coefficients must be known, wanted or not.
            (true, _) => Store::Kept(Coefficients::new(&frame, frame.components.len())),
            (false, true) => Store::Straight(Straight::new(&frame, kept)),
            (false, false) if self.luma && first * 3 <= MOST_WORKING_BYTES => Store::Kept(Coefficients::new(&frame, kept)),
            (false, false) => Store::Dropped(Nowhere([0; 64])),
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
        // A table may be replaced after the scan that needs it.
        for part in scan.components() {
            let table = frame.components.get(part).and_then(|component| self.quantisation.get(component.table)).copied().flatten();
            if let Some(latched @ None) = self.quantised_by.get_mut(part) {
                *latched = Some(table.ok_or(Fault::Damaged)?);
            }
        }
        self.steps += scan.steps(frame);
        if self.steps > MOST_STEPS {
            return Err(Fault::Unsupported);
        }
        if let Store::Straight(straight) = &mut self.sink {
            straight.tables.clone_from(&self.quantised_by);
        }
        let sink: &mut dyn Sink = match &mut self.sink {
            Store::Dropped(sink) => sink,
            Store::Straight(sink) => sink,
            Store::Kept(sink) => sink,
            Store::None => return Err(Fault::Damaged),
        };
        scan.decode(self.bytes, at, frame, &self.tables, sink)
    }

    fn finish(mut self) -> Result<Jpeg, Fault> {
        let frame = self.frame.take().ok_or(Fault::Truncated)?;
        // Every component's DC must be there to the last bit; fine detail may be left out by whoever made the file.
        // But what a scan began, a later one must have ended.
        if self.known.iter().any(|bits| bits[0] != Some(0) || bits.iter().flatten().any(|&bit| bit > 0)) {
            return Err(Fault::Truncated);
        }
        let tables = self.quantised_by.iter().copied().collect::<Option<Vec<Quantisation>>>().ok_or(Fault::Damaged)?;
        let coding = self.coding(&frame);
        let clean = self.clean(coding);
        let (width, height) = (frame.width as u32, frame.height as u32);
        let (mut samples, mut luma) = (None, None);
        match self.sink {
            // What the file said of its colours behind the frame makes another picture of it.
            _ if self.luma && !coding.is_luma_first() => {}
            Store::Straight(straight) => samples = Some(Samples::new(&frame, coding, straight.planes)),
            Store::Kept(kept) if self.luma => luma = tables.first().map(|table| Luma::new(frame, kept.into_first(), *table)),
            Store::Kept(kept) if self.samples => samples = Some(Samples::new(&frame, coding, kept.into_planes(&tables))),
            _ => {}
        }
        Ok(Jpeg { width, height, coding, exif: self.exif, clean, samples, luma })
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
            Coding::Grey | Coding::YCbCr => clean.extend(JFIF),
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
