//! A face in a file: the subset that is embedded of it, and what its codes say.
//!
//! A glyph's code is its own number in its face, whatever else the file shows. So a content stream belongs to no file: it is
//! drawn once, stored, and copied into any. The subset holds the glyphs that the whole file uses; its CFF charset
//! (or the CIDToGIDMap of a TrueType face) leads from the numbers to them.

use std::io::Write;

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

/// A glyph that a code stands for.
struct Code {
    code: u16,
    /// What the code says, for those who copy or search.
    says: Option<char>,
    /// Thousandths of an em, with at most three decimals.
    width: f64,
}

/// What a glyph of a face says, and its width in thousandths of an em, with at most three decimals.
pub(super) fn spoken(fonts: &Fonts, face: FaceId, glyph: u16) -> Option<(Option<char>, f64)> {
    let spoken = fonts.spoken(face, glyph)?;
    Some((spoken.says, (f64::from(spoken.advance) * 1e6).round() / 1e3))
}

/// Writes the subset of a face with the given glyphs, which are sorted, and the objects around it.
pub(super) fn write<W: Write>((id, font): (FaceId, Ref), glyphs: &[u16], fonts: &Fonts, file: &mut File<W>) -> Result<(), Error> {
    let [cid_font, descriptor, outlines, to_unicode] = [0; 4].map(|_| file.id());
    let face = &*fonts.face(id)?;
    let base = format!("{}+{}", tag(face, glyphs), face.postscript_name);
    let codes = glyphs.iter().map(|glyph| {
        let (says, width) = spoken(fonts, id, *glyph).ok_or_else(|| Error::Font(format!("{} lost a glyph", face.postscript_name)))?;
        Ok(Code { code: *glyph, says, width })
    });
    let codes = codes.collect::<Result<Vec<_>, Error>>()?;

    // ISO 32000-1, 9.7.6.1: for a CIDFontType0 the name of the encoding is part of the name.
    let whole = if face.cff { format!("{base}-Identity-H") } else { base.clone() };
    file.object::<Type0Font>(font)
        .base_font(Name(whole.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid_font)
        .to_unicode(to_unicode);

    let places = (!face.cff).then(|| file.id());
    let mut cid = file.object::<CidFont>(cid_font);
    cid.subtype(if face.cff { CidFontType::Type0 } else { CidFontType::Type2 });
    cid.base_font(Name(base.as_bytes()));
    cid.system_info(IDENTITY);
    cid.font_descriptor(descriptor);
    cid.default_width(FULL_WIDTH as f32);
    widths(&codes, &mut cid);
    if let Some(places) = places {
        cid.cid_to_gid_map_stream(places);
    }
    cid.finish();
    describe((face, &base), (descriptor, outlines), file);

    let program = program(face, glyphs)?;
    let packed = pack(&program, file.compress)?;
    let mut stream = file.stream(outlines, &packed.bytes);
    packed.describe(&mut stream);
    if face.cff {
        stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    } else {
        stream.pair(Name(b"Length1"), i32::try_from(program.len()).unwrap_or(i32::MAX));
    }
    stream.finish();

    if let Some(places) = places {
        let map = cid_to_gid(glyphs);
        let packed = pack(&map, file.compress)?;
        packed.describe(&mut file.stream(places, &packed.bytes));
    }
    let cmap = unicode_map(&codes);
    let packed = pack(&cmap, file.compress)?;
    packed.describe(&mut file.stream(to_unicode, &packed.bytes));
    Ok(())
}

fn describe<W: Write>((face, base): (&Face, &str), (descriptor, outlines): (Ref, Ref), file: &mut File<W>) {
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
}

/// The font program with `.notdef` and the used glyphs alone, in their order.
fn program(face: &Face, glyphs: &[u16]) -> Result<Vec<u8>, Error> {
    if face.cff && face.index == 0 {
        let simple = table(&face.data, *b"CFF ").and_then(|table| cff::copied(table, glyphs));
        if let Some(program) = simple {
            return Ok(program);
        }
    }
    let failed = |cause: String| Error::Font(format!("{} cannot be subset: {cause}", face.postscript_name));
    let remapper = GlyphRemapper::new_from_glyphs_sorted(glyphs);
    let subset = subsetter::subset(&face.data, face.index, &remapper).map_err(|cause| failed(cause.to_string()))?;
    if !face.cff {
        return Ok(subset);
    }
    // A CIDFontType0C is the bare table (9.9, table 126).
    let outlines = table(&subset, *b"CFF ").and_then(|table| cff::recoded(table, glyphs));
    outlines.ok_or_else(|| failed("its outlines got lost".to_owned()))
}

/// Six letters that stand for this very subset (9.6.4).
fn tag(face: &Face, glyphs: &[u16]) -> String {
    let mut hash = Sha256::new();
    hash.update(face.postscript_name.as_bytes());
    for glyph in glyphs {
        hash.update(glyph.to_be_bytes());
    }
    hash.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// The widths that are not the default: nearly all glyphs of a Chinese face are one em wide.
fn widths(codes: &[Code], cid: &mut CidFont<'_>) {
    let odd: Vec<&Code> = codes.iter().filter(|code| code.width != FULL_WIDTH).collect();
    let mut widths = cid.widths();
    for run in odd.chunk_by(|one, next| one.code + 1 == next.code) {
        if let Some(first) = run.first() {
            widths.consecutive(first.code, run.iter().map(|code| code.width as f32));
        }
    }
}

/// Where the glyphs of a TrueType subset are, two bytes for each code (9.7.4.2).
fn cid_to_gid(glyphs: &[u16]) -> Vec<u8> {
    let codes = glyphs.last().map_or(0, |last| usize::from(*last) + 1);
    let mut map = vec![0; codes * 2];
    for (place, glyph) in (1_u16..).zip(glyphs) {
        let at = usize::from(*glyph) * 2;
        if let Some(entry) = map.get_mut(at..at + 2) {
            entry.copy_from_slice(&place.to_be_bytes());
        }
    }
    map
}

fn unicode_map(codes: &[Code]) -> Vec<u8> {
    let mut cmap = UnicodeCmap::new(Name(b"FW-UTF16"), IDENTITY);
    for Code { code, says, .. } in codes {
        if let Some(ch) = says {
            cmap.pair(*code, *ch);
        }
    }
    cmap.finish().into_vec()
}

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// One em in thousandths.
const FULL_WIDTH: f64 = 1000.0;

/// The thickness of upright stems. No table of a font states it and nobody asks for it while the outlines are
/// embedded, but the entry is required (9.8.1, table 122).
const STEM_V: f32 = 80.0;

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
