//! What a face covers: character to glyph and width, in a table that costs two look-ups.

use std::sync::OnceLock;

use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider, Tag, instance::LocationRef, instance::Size};

use super::{GlyphMetrics, Spoken};

/// The tables a coverage is made of.
pub(super) const TABLES: [[u8; 4]; 6] = [*b"cmap", *b"head", *b"hhea", *b"hmtx", *b"maxp", *b"OS/2"];

/// Blocks of 256 characters, up to U+10FFFF.
const BLOCKS: usize = 0x1100;

/// The characters of a face.
pub(super) struct Coverage {
    /// For each block of 256 characters its place in `blocks`, plus one; zero where the face has none of them.
    index: Vec<u16>,
    blocks: Vec<[Entry; 256]>,
    units_per_em: f32,
    /// The table `head`.
    head: Vec<u8>,
    /// The way back, by glyph; made when it is first asked for.
    spoken: OnceLock<Vec<Said>>,
}

/// What a glyph says: a character or 0, and an advance in font units.
#[derive(Clone, Copy, Default)]
struct Said {
    ch: u32,
    advance: u16,
    known: bool,
}

/// A glyph and its advance in font units; glyph 0 where there is none.
#[derive(Clone, Copy, Default)]
struct Entry {
    id: u16,
    advance: u16,
}

impl Coverage {
    /// Reads the character map of a font file that holds at least [`TABLES`].
    pub(super) fn read(data: &[u8]) -> Result<Coverage, String> {
        let font = FontRef::new(data).map_err(|error| error.to_string())?;
        let units_per_em = font.head().map_err(|error| error.to_string())?.units_per_em();
        if !(16..=16384).contains(&units_per_em) {
            return Err("its em is outside 16 to 16384 units".to_owned());
        }
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = metrics.glyph_count();
        let head = font.table_data(Tag::new(b"head")).map(|table| table.as_bytes().to_vec()).unwrap_or_default();
        let units_per_em = f32::from(units_per_em);
        let mut coverage = Coverage { index: vec![0; BLOCKS], blocks: Vec::new(), units_per_em, head, spoken: OnceLock::new() };
        for (code, glyph) in font.charmap().mappings() {
            // Glyph 0 is the box that stands for a character the face lacks (OpenType, cmap).
            let Some(id) = u16::try_from(glyph.to_u32()).ok().filter(|id| *id != 0 && u32::from(*id) < glyphs) else { continue };
            let advance = metrics.advance_width(glyph).unwrap_or(0.0);
            // A float to integer cast saturates.
            coverage.insert(code, Entry { id, advance: advance as u16 });
        }
        if coverage.blocks.is_empty() {
            return Err("it has no Unicode character map".to_owned());
        }
        Ok(coverage)
    }

    /// The glyph of a character.
    pub(super) fn glyph(&self, ch: char) -> Option<GlyphMetrics> {
        let code = u32::from(ch);
        let block = usize::from(*self.index.get((code >> 8) as usize)?).checked_sub(1)?;
        let entry = self.blocks.get(block)?.get((code & 0xff) as usize)?;
        (entry.id != 0).then(|| GlyphMetrics { id: entry.id, advance: f32::from(entry.advance) / self.units_per_em })
    }

    /// The table `head`: with the checksum in it, no two versions of a face have the same.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// What a glyph says, whoever set it; `None` where no character leads to it.
    pub(super) fn spoken(&self, glyph: u16) -> Option<Spoken> {
        let said = self.spoken.get_or_init(|| self.way_back()).get(usize::from(glyph)).filter(|said| said.known)?;
        let says = char::from_u32(said.ch).filter(|ch| *ch != '\0');
        Some(Spoken { says, advance: f32::from(said.advance) / self.units_per_em })
    }

    /// By glyph, the most common character that leads to it.
    fn way_back(&self) -> Vec<Said> {
        let mut back: Vec<Said> = Vec::new();
        for (high, slot) in (0_u32..).zip(&self.index) {
            let block = usize::from(*slot).checked_sub(1).and_then(|block| self.blocks.get(block));
            for (low, entry) in (0_u32..).zip(block.into_iter().flatten()) {
                if entry.id == 0 {
                    continue;
                }
                let place = usize::from(entry.id);
                if back.len() <= place {
                    back.resize(place + 1, Said::default());
                }
                let Some(said) = back.get_mut(place) else { continue };
                let ch = high << 8 | low;
                said.known = true;
                said.advance = entry.advance;
                let rank = |ch: u32| char::from_u32(ch).and_then(rank).unwrap_or(u8::MAX);
                // Characters come from the smallest to the largest: of equal ones the first stays.
                if rank(ch) < rank(said.ch) {
                    said.ch = ch;
                }
            }
        }
        back
    }

    fn insert(&mut self, code: u32, entry: Entry) {
        let Some(slot) = self.index.get_mut((code >> 8) as usize) else { return };
        if *slot == 0 {
            self.blocks.push([Entry::default(); 256]);
            *slot = u16::try_from(self.blocks.len()).unwrap_or(0);
        }
        let block = usize::from(*slot).checked_sub(1).and_then(|block| self.blocks.get_mut(block));
        if let Some(place) = block.and_then(|block| block.get_mut((code & 0xff) as usize)) {
            *place = entry;
        }
    }
}

/// How far behind others a character stands for a glyph to those who search or copy; `None` where it never may.
///
/// First come the characters of Chinese and Latin texts: faces draw U+3000 as U+2003, ～ as U+301C, · as U+2022 and U+30FB.
/// Control characters (a bundled face leads from U+0001 to its space), radicals (U+2E80 to U+2FDF) and private
/// characters look like text on paper and are noise.
fn rank(ch: char) -> Option<u8> {
    match ch {
        '\u{2E80}'..='\u{2FDF}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => None,
        _ if ch.is_control() => None,
        ' '..='~' | '·' | '–' | '—' | '‘'..='”' | '…' | '\u{3000}'..='\u{3017}' | '\u{4E00}'..='\u{9FFF}' | '！'..='～' => {
            Some(0)
        }
        _ => Some(1),
    }
}
