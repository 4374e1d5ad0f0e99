//! The faces of a document: which glyphs are used, and the subset that is embedded of each.

use std::sync::Arc;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::writers::{CidFont, FontDescriptor, Type0Font};
use pdf_writer::{Finish, Name, Rect, Ref, Str};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use super::cff;
use super::file::File;
use super::stream::pack;
use crate::error::Error;
use crate::fonts::{Face, FaceId, Fonts};
use crate::layout::Glyph;

/// All faces used in a document, in the order of their first glyph.
#[derive(Default)]
pub(super) struct Faces {
    used: Vec<UsedFace>,
}

/// A face and what the document uses of it.
struct UsedFace {
    id: FaceId,
    face: Arc<Face>,
    font: Ref,
    remapper: GlyphRemapper,
    /// By code: the character and the width. Code 0 is `.notdef`.
    codes: Vec<Code>,
}

#[derive(Clone, Copy, Default)]
struct Code {
    /// What the code says, for those who copy or search: the first character that was set with the glyph.
    says: Option<char>,
    /// Thousandths of an em, with at most three decimals.
    width: f64,
}

/// A glyph in the document.
pub(super) struct Used {
    /// Its code in the subset.
    pub(super) code: u16,
    /// Its width in thousandths of an em.
    pub(super) width: f64,
    /// Whether the code says the glyph's character; if not, an ActualText must.
    pub(super) says_it: bool,
}

impl Faces {
    /// The place of a face among the used ones; it is read when it is first asked for.
    ///
    /// A licence may allow a face on paper and in a file to look at, but not in one that is to be changed.
    pub(super) fn place(&mut self, id: FaceId, fonts: &Fonts, fillable: bool, ids: &mut Ref) -> Result<usize, Error> {
        if let Some(place) = self.used.iter().position(|used| used.id == id) {
            return Ok(place);
        }
        let face = fonts.face(id)?;
        if fillable && !face.fillable {
            let name = &face.postscript_name;
            return Err(Error::Font(format!(
                "the licence of {name} forbids it in a file that is to be filled in: make the print PDF, or take the face away; \
                 字体 {name} 的许可不允许嵌入可填写的文件，请输出打印版，或移去该字体"
            )));
        }
        let remapper = GlyphRemapper::new();
        self.used.push(UsedFace { id, face, font: ids.bump(), remapper, codes: vec![Code::default()] });
        Ok(self.used.len() - 1)
    }

    /// The font object of a face.
    pub(super) fn font(&self, place: usize) -> Option<Ref> {
        self.used.get(place).map(|used| used.font)
    }

    /// The code of a glyph in the document, given to it at its first use.
    pub(super) fn glyph(&mut self, place: usize, glyph: &Glyph) -> Result<Used, Error> {
        let used = self.used.get_mut(place).ok_or_else(|| Error::Write("a face was not announced".to_owned()))?;
        // No face has a glyph 65,535 (maxp counts from 1), and the subset's own count must not overflow.
        if glyph.id == 0 || glyph.id == u16::MAX {
            // A missing glyph must have been refused long before: the paper would show a box.
            return Err(Error::Font(format!("{} lacks U+{:04X}", used.face.postscript_name, u32::from(glyph.ch))));
        }
        let code = used.remapper.remap(glyph.id);
        let slot = usize::from(code);
        if slot >= used.codes.len() {
            let width = (f64::from(glyph.advance) * 1e6).round() / 1e3;
            used.codes.resize(slot + 1, Code { says: None, width });
        }
        let known = used.codes.get_mut(slot).ok_or_else(|| Error::Write("a glyph has no code".to_owned()))?;
        if known.says.is_none() && may_be_said(glyph.ch) {
            known.says = Some(glyph.ch);
        }
        Ok(Used { code, width: known.width, says_it: known.says == Some(glyph.ch) })
    }

    /// Writes the subset of each face and the objects around it.
    pub(super) fn write(&self, file: &mut File, ids: &mut Ref) -> Result<(), Error> {
        self.used.iter().try_for_each(|used| used.write(file, ids))
    }
}

impl UsedFace {
    fn write(&self, file: &mut File, ids: &mut Ref) -> Result<(), Error> {
        let (cid_font, descriptor, outlines, to_unicode) = (ids.bump(), ids.bump(), ids.bump(), ids.bump());
        let face = &*self.face;
        let base = format!("{}+{}", self.tag(), face.postscript_name);

        // ISO 32000-1, 9.7.6.1: for a CIDFontType0 the name of the encoding is part of the name.
        let whole = if face.cff { format!("{base}-Identity-H") } else { base.clone() };
        file.object::<Type0Font>(self.font)
            .base_font(Name(whole.as_bytes()))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid_font)
            .to_unicode(to_unicode);

        let mut cid = file.object::<CidFont>(cid_font);
        cid.subtype(if face.cff { CidFontType::Type0 } else { CidFontType::Type2 });
        cid.base_font(Name(base.as_bytes()));
        cid.system_info(IDENTITY);
        cid.font_descriptor(descriptor);
        cid.default_width(FULL_WIDTH as f32);
        self.widths(&mut cid);
        if !face.cff {
            cid.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        cid.finish();

        let mut flags = FontFlags::SYMBOLIC;
        flags.set(FontFlags::ITALIC, face.italic_angle != 0.0);
        let [left, bottom, right, top] = face.bbox.map(thousandths);
        let mut about = file.object::<FontDescriptor>(descriptor);
        about
            .name(Name(base.as_bytes()))
            .flags(flags)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(face.italic_angle)
            .ascent(thousandths(face.ascent))
            .descent(thousandths(face.descent))
            .cap_height(thousandths(face.cap_height))
            .stem_v(STEM_V);
        if face.cff {
            about.font_file3(outlines)
        } else {
            about.font_file2(outlines)
        };
        about.finish();

        let program = self.program()?;
        let packed = pack(&program, file.compress)?;
        let mut stream = file.stream(outlines, &packed.bytes);
        packed.describe(&mut stream);
        if face.cff {
            stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
        } else {
            stream.pair(Name(b"Length1"), i32::try_from(program.len()).unwrap_or(i32::MAX));
        }
        stream.finish();

        let cmap = self.to_unicode();
        let packed = pack(&cmap, file.compress)?;
        packed.describe(&mut file.stream(to_unicode, &packed.bytes));
        Ok(())
    }

    /// The font program with the used glyphs alone.
    fn program(&self) -> Result<Vec<u8>, Error> {
        let face = &*self.face;
        let simple = (face.cff && face.index == 0).then(|| cff::copied(table(&face.data, *b"CFF ")?, self.remapper.remapped_gids()));
        if let Some(program) = simple.flatten() {
            return Ok(program);
        }
        let subset = subsetter::subset(&face.data, face.index, &self.remapper)
            .map_err(|cause| Error::Font(format!("{} cannot be subset: {cause}", face.postscript_name)))?;
        if !face.cff {
            return Ok(subset);
        }
        // A CIDFontType0C is the bare table (9.9, table 126).
        let outlines = table(&subset, *b"CFF ").ok_or_else(|| Error::Font(format!("{} lost its outlines", face.postscript_name)))?;
        Ok(outlines.to_vec())
    }

    /// Six letters that stand for this very subset (9.6.4).
    fn tag(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.face.postscript_name.as_bytes());
        for glyph in self.remapper.remapped_gids() {
            hash.update(glyph.to_be_bytes());
        }
        hash.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
    }

    /// The widths that are not the default: nearly all glyphs of a Chinese face are one em wide.
    fn widths(&self, cid: &mut CidFont<'_>) {
        let mut widths = cid.widths();
        let mut first = 0;
        for run in self.codes.chunk_by(|a, b| (a.width == FULL_WIDTH) == (b.width == FULL_WIDTH)) {
            // Code 0 is never shown.
            let skipped = usize::from(first == 0);
            if let (Some(shown), Ok(start)) = (run.get(skipped..), u16::try_from(first + skipped))
                && shown.iter().any(|code| code.width != FULL_WIDTH)
            {
                widths.consecutive(start, shown.iter().map(|code| code.width as f32));
            }
            first += run.len();
        }
    }

    fn to_unicode(&self) -> Vec<u8> {
        let mut cmap = UnicodeCmap::new(Name(b"FW-UTF16"), IDENTITY);
        for (code, known) in self.codes.iter().enumerate() {
            if let (Ok(code), Some(ch)) = (u16::try_from(code), known.says) {
                cmap.pair(code, ch);
            }
        }
        cmap.finish().into_vec()
    }
}

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// One em in thousandths.
const FULL_WIDTH: f64 = 1000.0;

/// The thickness of upright stems. No table of a font states it and nobody asks for it while the outlines are
/// embedded, but the entry is required (9.8.1, table 122).
const STEM_V: f32 = 80.0;

/// Whether a character may stand in a ToUnicode map. Kangxi radicals (U+2F00 …) and private characters look like
/// text on paper and are noise to those who search or copy it.
fn may_be_said(ch: char) -> bool {
    !matches!(ch, '\u{2E80}'..='\u{2FDF}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

fn thousandths(em: f32) -> f32 {
    (em * 1000.0).round()
}

/// A table of an sfnt (OpenType 1.9, "Table Directory").
pub(super) fn table(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let word = |at: usize| -> Option<usize> { usize::try_from(u32::from_be_bytes(font.get(at..at + 4)?.try_into().ok()?)).ok() };
    let count = usize::from(u16::from_be_bytes(font.get(4..6)?.try_into().ok()?));
    let record = (0..count).map(|record| 12 + record * 16).find(|at| font.get(*at..at + 4) == Some(&tag))?;
    let (offset, length) = (word(record + 8)?, word(record + 12)?);
    font.get(offset..offset.checked_add(length)?)
}
