//! A subset of a CFF face whose outlines call no subroutines: its charstrings are copied as they are.
//!
//! The subsetter decompiles and compiles every charstring, which for FandolFang, whose brush-like outlines take 600
//! bytes each, is half the time of a whole document. Where there is nothing to inline there is nothing to compile.
//! Adobe Technical Note 5176, "The Compact Font Format Specification".

/// A bare CFF table with `.notdef` and the given glyphs of a CID-keyed font; the glyphs are sorted, and their CIDs are the
/// numbers that they have in the font.
///
/// `None` where the font is not of the simple kind this copies (or not sound); the subsetter then does the work.
pub(super) fn copied(table: &[u8], glyphs: &[u16]) -> Option<Vec<u8>> {
    let source = Source::read(table)?;
    let mut charstrings = Vec::new();
    let mut selected = Vec::new();
    let mut dicts: Vec<u8> = Vec::new();
    for glyph in std::iter::once(0).chain(glyphs.iter().copied()) {
        charstrings.push(source.charstrings.get(usize::from(glyph))?);
        let dict = source.dict_of(glyph)?;
        let place = dicts.iter().position(|known| *known == dict).unwrap_or_else(|| {
            dicts.push(dict);
            dicts.len() - 1
        });
        selected.push(u8::try_from(place).ok()?);
    }
    let privates = dicts.iter().map(|dict| source.private(*dict)).collect::<Option<Vec<_>>>()?;
    let charset = charset(glyphs);
    let cids = usize::from(*glyphs.last()?) + 1;
    let mut select = vec![0];
    select.extend(&selected);

    let strings = index(&[b"Adobe", b"Identity", source.name])?;
    let charstrings = index(&charstrings)?;
    // Every offset is written in five bytes, so that no length depends on what is inside.
    let top = |offsets: [usize; 4]| -> Option<Vec<u8>> {
        let [charset, select, charstrings, array] = offsets;
        // The first strings after the 391 standard ones (appendix A).
        let mut dict = Vec::new();
        for number in [391, 392, 0] {
            dict.extend(integer(number)?);
        }
        dict.extend([12, 30]);
        dict.extend(source.bounds);
        for (offset, operator) in [(charset, &[15][..]), (select, &[12, 37]), (charstrings, &[17]), (array, &[12, 36]), (cids, &[12, 34])] {
            dict.extend(integer(offset)?);
            dict.extend(operator);
        }
        index(&[&dict])
    };
    let before = HEADER.len() + source.names.len() + top([0; 4])?.len() + strings.len() + NO_SUBROUTINES.len();
    let select_at = before + charset.len();
    let charstrings_at = select_at + select.len();
    let mut private_at = charstrings_at + charstrings.len();
    let mut fonts = Vec::new();
    for private in &privates {
        let mut dict = [&integer(393)?[..], &[12, 38], &integer(private.len())?, &integer(private_at)?].concat();
        dict.push(18);
        fonts.push(dict);
        private_at += private.len();
    }
    let array = index(&fonts.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    let top = top([before, select_at, charstrings_at, private_at])?;

    let mut out = Vec::with_capacity(private_at + array.len());
    let parts: [&[u8]; 8] = [&HEADER, source.names, &top, &strings, &NO_SUBROUTINES, &charset, &select, &charstrings];
    for part in parts.into_iter().chain(privates).chain([&array[..]]) {
        out.extend_from_slice(part);
    }
    Some(out)
}

/// The same table with other CIDs: those that the glyphs, which are sorted and follow `.notdef`, have in the whole font.
///
/// `None` where the table is not one that the subsetter writes: CID-keyed, every offset in five bytes.
pub(super) fn recoded(table: &[u8], glyphs: &[u16]) -> Option<Vec<u8>> {
    let names = Index::read(table, usize::from(*table.get(2)?))?;
    let tops = Index::read(table, names.end)?;
    let top = tops.get(0)?;
    let dict = Dict::read(top)?;
    let entry = dict.entry(CHARSET).filter(|_| dict.entry(ROS).is_some())?;
    let charstrings = Index::read(table, dict.entry(CHARSTRINGS)?.number(0)?)?;
    if charstrings.count != glyphs.len() + 1 || entry.whole.len() != 6 || entry.whole.first() != Some(&29) {
        return None;
    }
    // The first entry with this operator ends where its operands and their operator do.
    let place = tops.end.checked_sub(top.len())?
        + dict.0.iter().take_while(|other| other.operator != CHARSET).map(|other| other.whole.len()).sum::<usize>();
    let mut out = Vec::with_capacity(table.len() + 1 + glyphs.len() * 2);
    out.extend_from_slice(table);
    let offset = integer(out.len())?;
    out.get_mut(place..place + offset.len())?.copy_from_slice(&offset);
    out.extend(charset(glyphs));
    Some(out)
}

/// A charset: the CIDs of the glyphs after `.notdef`, as a list or as ranges, whichever is shorter (chapter 13).
fn charset(glyphs: &[u16]) -> Vec<u8> {
    let list = std::iter::once(0).chain(glyphs.iter().flat_map(|glyph| glyph.to_be_bytes())).collect::<Vec<_>>();
    let mut ranges = vec![2];
    for range in glyphs.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
        if let (Some(first), Ok(left)) = (range.first(), u16::try_from(range.len() - 1)) {
            ranges.extend([first.to_be_bytes(), left.to_be_bytes()].concat());
        }
    }
    if list.len() <= ranges.len() { list } else { ranges }
}

const HEADER: [u8; 4] = [1, 0, 4, 4];
const NO_SUBROUTINES: [u8; 2] = [0, 0];

/// The parts of a CID-keyed font without subroutines.
struct Source<'a> {
    table: &'a [u8],
    names: &'a [u8],
    name: &'a [u8],
    /// `FontBBox` with its operands, or nothing.
    bounds: &'a [u8],
    charstrings: Index<'a>,
    dicts: Index<'a>,
    select: &'a [u8],
}

impl<'a> Source<'a> {
    fn read(table: &'a [u8]) -> Option<Source<'a>> {
        let header = usize::from(*table.get(2)?);
        let names = Index::read(table, header)?;
        let tops = Index::read(table, names.end)?;
        let strings = Index::read(table, tops.end)?;
        let subroutines = Index::read(table, strings.end)?;
        let top = Dict::read(tops.get(0)?)?;
        let unusual = top.entry(FONT_MATRIX).is_some() || top.entry(CHARSTRING_TYPE).is_some();
        if subroutines.count > 0 || tops.count != 1 || top.entry(ROS).is_none() || unusual {
            return None;
        }
        let offset = |operator| top.entry(operator)?.number(0);
        Some(Source {
            table,
            names: table.get(header..names.end)?,
            name: names.get(0)?,
            bounds: top.entry(FONT_BBOX).map_or(&[], |entry| entry.whole),
            charstrings: Index::read(table, offset(CHARSTRINGS)?)?,
            dicts: Index::read(table, offset(FD_ARRAY)?)?,
            select: table.get(offset(FD_SELECT)?..)?,
        })
    }

    /// The font dictionary of a glyph (chapter 19, FDSelect).
    fn dict_of(&self, glyph: u16) -> Option<u8> {
        match self.select.first()? {
            0 => self.select.get(1 + usize::from(glyph)).copied(),
            3 => {
                let ranges = usize::from(word(self.select, 1)?);
                let first = |range: usize| word(self.select, 3 + range * 3);
                let (mut low, mut high) = (0, ranges);
                while low + 1 < high {
                    let middle = low.midpoint(high);
                    if first(middle)? <= glyph {
                        low = middle;
                    } else {
                        high = middle;
                    }
                }
                self.select.get(5 + low * 3).copied()
            }
            _ => None,
        }
    }

    /// The private dictionary of a font dictionary, if it has no subroutines either.
    fn private(&self, dict: u8) -> Option<&'a [u8]> {
        let font = Dict::read(self.dicts.get(usize::from(dict))?)?;
        let entry = font.entry(PRIVATE)?;
        let (length, at) = (entry.number(0)?, entry.number(1)?);
        let private = self.table.get(at..at.checked_add(length)?)?;
        let unusual = font.entry(FONT_MATRIX).is_some() || Dict::read(private)?.entry(SUBROUTINES).is_some();
        (!unusual).then_some(private)
    }
}

/// Operators (tables 9, 10 and 23); those of two bytes begin with 12.
const FONT_BBOX: u16 = 5;
const CHARSET: u16 = 15;
const CHARSTRINGS: u16 = 17;
const PRIVATE: u16 = 18;
const SUBROUTINES: u16 = 19;
const CHARSTRING_TYPE: u16 = 12 << 8 | 6;
const FONT_MATRIX: u16 = 12 << 8 | 7;
const ROS: u16 = 12 << 8 | 30;
const FD_ARRAY: u16 = 12 << 8 | 36;
const FD_SELECT: u16 = 12 << 8 | 37;

/// An INDEX (chapter 5).
struct Index<'a> {
    count: usize,
    width: usize,
    offsets: &'a [u8],
    /// Offset 1 is the first byte of this.
    data: &'a [u8],
    /// Where the INDEX ends in the table.
    end: usize,
}

impl<'a> Index<'a> {
    fn read(table: &'a [u8], at: usize) -> Option<Index<'a>> {
        let count = usize::from(word(table, at)?);
        if count == 0 {
            return Some(Index { count, width: 1, offsets: &[], data: &[], end: at + 2 });
        }
        let width = usize::from(*table.get(at + 2)?);
        let data_at = at.checked_add(3)?.checked_add((count + 1).checked_mul(width)?)?;
        let mut index = Index { count, width, offsets: table.get(at + 3..data_at)?, data: table.get(data_at..)?, end: 0 };
        index.end = data_at.checked_add(index.offset(count)?)?;
        Some(index)
    }

    fn get(&self, at: usize) -> Option<&'a [u8]> {
        if at >= self.count { None } else { self.data.get(self.offset(at)?..self.offset(at + 1)?) }
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let bytes = self.offsets.get(at.checked_mul(self.width)?..)?.get(..self.width)?;
        if !(1..=4).contains(&self.width) {
            return None;
        }
        bytes.iter().fold(0_usize, |offset, byte| offset << 8 | usize::from(*byte)).checked_sub(1)
    }
}

/// A DICT (chapter 4).
struct Dict<'a>(Vec<Entry<'a>>);

struct Entry<'a> {
    operator: u16,
    operands: Vec<i32>,
    /// The operands and the operator as they stand.
    whole: &'a [u8],
}

impl<'a> Dict<'a> {
    fn read(bytes: &'a [u8]) -> Option<Dict<'a>> {
        let mut entries = Vec::new();
        let (mut at, mut start, mut operands) = (0, 0, Vec::new());
        while let Some(first) = bytes.get(at) {
            let next = |place: usize| bytes.get(at + place).map(|byte| i32::from(*byte));
            let value = i32::from(*first);
            at += match first {
                28 => {
                    operands.push(i32::from(word(bytes, at + 1)?.cast_signed()));
                    3
                }
                29 => {
                    operands.push(i32::from_be_bytes(bytes.get(at + 1..at + 5)?.try_into().ok()?));
                    5
                }
                30 => {
                    // A real number ends with a nibble of ones; none of ours is needed as a number.
                    operands.push(0);
                    2 + bytes.get(at + 1..)?.iter().position(|byte| byte & 15 == 15 || byte >> 4 == 15)?
                }
                32..=246 => {
                    operands.push(value - 139);
                    1
                }
                247..=250 => {
                    operands.push((value - 247) * 256 + next(1)? + 108);
                    2
                }
                251..=254 => {
                    operands.push(-(value - 251) * 256 - next(1)? - 108);
                    2
                }
                0..=21 => {
                    let (operator, length) = if *first == 12 { (word(bytes, at)?, 2) } else { (u16::from(*first), 1) };
                    let whole = bytes.get(start..at + length)?;
                    entries.push(Entry { operator, operands: std::mem::take(&mut operands), whole });
                    start = at + length;
                    length
                }
                _ => return None,
            };
        }
        Some(Dict(entries))
    }

    fn entry(&self, operator: u16) -> Option<&Entry<'a>> {
        self.0.iter().find(|entry| entry.operator == operator)
    }
}

impl Entry<'_> {
    fn number(&self, place: usize) -> Option<usize> {
        usize::try_from(*self.operands.get(place)?).ok()
    }
}

/// An integer operand in five bytes.
fn integer(value: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![29];
    bytes.extend(i32::try_from(value).ok()?.to_be_bytes());
    Some(bytes)
}

fn index(items: &[&[u8]]) -> Option<Vec<u8>> {
    let length: usize = items.iter().map(|item| item.len()).sum();
    let width = match length + 1 {
        0..=0xFF => 1,
        0x100..=0xFFFF => 2,
        0x1_0000..=0xFF_FFFF => 3,
        _ => 4,
    };
    let mut out = Vec::with_capacity(3 + (items.len() + 1) * width + length);
    out.extend(u16::try_from(items.len()).ok()?.to_be_bytes());
    out.push(u8::try_from(width).ok()?);
    let mut offset = 1_usize;
    for end in std::iter::once(0).chain(items.iter().map(|item| item.len())) {
        offset += end;
        out.extend(u32::try_from(offset).ok()?.to_be_bytes().iter().skip(4 - width));
    }
    for item in items {
        out.extend_from_slice(item);
    }
    Some(out)
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::face::table;

    fn font(path: &str) -> Vec<u8> {
        std::fs::read(format!("{}/fonts/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// Nineteen glyphs of FandolFang after `.notdef`, and their numbers.
    fn small() -> (Vec<u8>, Vec<u16>) {
        let font = font("fandol/FandolFang-Regular.otf");
        let glyphs: Vec<u16> = (1..20).rev().map(|at| 9_000 - at * 97).collect();
        let small = copied(table(&font, *b"CFF ").unwrap(), &glyphs).unwrap();
        let source = Source::read(table(&font, *b"CFF ").unwrap()).unwrap();
        let read = Source::read(&small).unwrap();
        for (place, glyph) in std::iter::once(0).chain(glyphs.iter().copied()).enumerate() {
            assert_eq!(read.charstrings.get(place), source.charstrings.get(usize::from(glyph)));
            assert!(read.charstrings.get(place).is_some_and(|outline| !outline.is_empty()));
        }
        (small, glyphs)
    }

    /// The CIDs that a table gives to its glyphs.
    fn cids(table: &[u8]) -> Vec<u16> {
        let names = Index::read(table, 4).unwrap();
        let tops = Index::read(table, names.end).unwrap();
        let dict = Dict::read(tops.get(0).unwrap()).unwrap();
        let number = |operator| dict.entry(operator).unwrap().number(0).unwrap();
        let glyphs = Index::read(table, number(CHARSTRINGS)).unwrap().count;
        let (mut cids, mut at) = (vec![0], number(CHARSET));
        let format = table[at];
        at += 1;
        while cids.len() < glyphs {
            let first = word(table, at).unwrap();
            let left = if format == 2 { word(table, at + 2).unwrap() } else { 0 };
            cids.extend(first..=first + left);
            at += if format == 2 { 4 } else { 2 };
        }
        assert!(number(12 << 8 | 34) > usize::from(*cids.last().unwrap()), "CIDCount is above the largest");
        cids
    }

    #[test]
    fn a_glyphs_cid_is_its_number_in_the_face() {
        let (scattered, glyphs) = small();
        assert_eq!(cids(&scattered), [&[0][..], &glyphs].concat());
        let fandol = font("fandol/FandolFang-Regular.otf");
        let row: Vec<u16> = (700..760).collect();
        let copy = copied(table(&fandol, *b"CFF ").unwrap(), &row).unwrap();
        assert_eq!(cids(&copy), [&[0][..], &row].concat());

        for path in ["noto/FWSansSC-Medium.otf", "noto/FWSerifSC-Regular.otf"] {
            let noto = font(path);
            for glyphs in [&glyphs[..], &row, &[1]] {
                let remapper = subsetter::GlyphRemapper::new_from_glyphs_sorted(glyphs);
                let subset = subsetter::subset(&noto, 0, &remapper).unwrap();
                let before = table(&subset, *b"CFF ").unwrap();
                let after = recoded(before, glyphs).unwrap();
                assert_eq!(cids(&after), [&[0][..], glyphs].concat(), "{path}");
                let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
                assert!((1..=4).contains(&changed), "the offset of the charset and nothing else");
                assert_eq!(recoded(before, &glyphs[1..]), None, "another number of glyphs");
            }
        }
    }

    #[test]
    fn a_damaged_table_is_never_a_panic() {
        let (small, glyphs) = small();
        let numbers: Vec<u16> = (1..20).collect();
        for end in 0..small.len().min(400) {
            let _ = (copied(&small[..end], &numbers), recoded(&small[..end], &glyphs));
        }
        for at in 0..small.len().min(400) {
            for value in [0, 1, 3, 4, 12, 29, 30, 127, 255] {
                let mut damaged = small.clone();
                damaged[at] = value;
                let _ = (copied(&damaged, &numbers), recoded(&damaged, &glyphs));
            }
        }
    }

    #[test]
    fn what_is_no_simple_copy_is_left_to_the_subsetter() {
        let sans = font("noto/FWSansSC-Medium.otf");
        assert_eq!(copied(table(&sans, *b"CFF ").unwrap(), &[1, 2, 3]), None, "subroutines");
        let (small, _) = small();
        assert_eq!(copied(&small, &[20]), None, "no such glyph");
        assert_eq!(copied(&small, &[]), None);
    }
}
