//! What a face covers: character to glyph and width, in a table that costs two look-ups.

use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider, instance::LocationRef, instance::Size};

use super::GlyphMetrics;

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
        let mut coverage = Coverage { index: vec![0; BLOCKS], blocks: Vec::new(), units_per_em: f32::from(units_per_em) };
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
