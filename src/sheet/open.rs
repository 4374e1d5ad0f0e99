//! A stranger's workbook opened within limits: what the reading crate would trust is looked at before.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use super::grid::{Area, Cell, Grid, Held, is_blank};
use super::refuse::{Refusal, posing};
use crate::package::{Limits, Package};

/// What a workbook may inflate to: 5,000 people of 3,400 characters each have 127 MB where each text stands in its cell.
const LIMITS: Limits = Limits { part: 144 << 20, total: 160 << 20 };
/// No address or pair of addresses is longer.
const LONGEST_ADDRESS: usize = 24;
/// A table of formats is smaller than this, however many years of copying have swollen it.
const STYLES: usize = 8 << 20;
/// So many formats; Excel itself allows 65,490.
const FORMATS: usize = 70_000;
/// So long a value of an attribute in a table of formats: each format has a copy of its font's name.
const ATTRIBUTE: usize = 512;
/// So many texts in the table of texts.
const STRINGS: usize = 1_000_000;
/// So many sheets.
const SHEETS: usize = 200;
/// So many cells that hold something: 5,000 people with nine résumé rows each have some 480,000.
const CELLS: usize = 800_000;
/// So many bytes of text in all cells together; a text in the table may be shown by many.
const TEXT: usize = 64 << 20;
/// What a cell of a workbook can hold, in characters.
const LONGEST: usize = 32_767;
/// So many merged areas are looked at.
const MERGED: usize = 20_000;

/// The sheets of a workbook with the cells that hold something.
pub(super) fn open(bytes: &[u8]) -> Result<Vec<Grid>, Refusal> {
    if let Some(refusal) = posing(bytes) {
        return Err(refusal);
    }
    inspect(&mut Package::open_within(bytes, LIMITS)?)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refusal)?;
    let sheets: Vec<String> =
        book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect();
    if sheets.len() > SHEETS {
        return Err(Refusal::Sheets);
    }
    let from_1904 = book.has_1904_epoch();
    let mut room = Room { cells: CELLS, text: TEXT };
    let mut grids = Vec::new();
    for name in sheets {
        let cells = cells(&mut book, &name, &mut room)?;
        // A sheet without a value has nothing to merge.
        let merged = if cells.is_empty() { Vec::new() } else { book.merge_cells_by_sheet_name(&name).map_err(refusal)? };
        let merged = merged.into_iter().take(MERGED).map(|area| Area { first: area.start, last: area.end }).collect();
        grids.push(Grid { name, cells, merged, from_1904 });
    }
    Ok(grids)
}

/// How much may still be taken out of a workbook.
struct Room {
    cells: usize,
    text: usize,
}

/// The cells of a sheet that hold something, in the order of rows.
fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, room: &mut Room) -> Result<Vec<Cell>, Refusal> {
    let mut reader = book.worksheet_cells_reader(name).map_err(refusal)?;
    let mut cells: Vec<Cell> = Vec::new();
    // Formulas are not spread out: their own texts are of no use here.
    while let Some(record) = reader.next_cell_with_formula_metadata().map_err(refusal)? {
        let formula = record.formula.is_some();
        let Some(held) = held(record.value, formula) else { continue };
        if let Held::Text(text) = &held {
            room.text = room.text.checked_sub(text.len()).ok_or(Refusal::Large)?;
        }
        room.cells = room.cells.checked_sub(1).ok_or(Refusal::Cells)?;
        let (row, col) = record.pos;
        cells.push(Cell { row, col, held, formula });
    }
    if !cells.is_sorted_by_key(|cell| (cell.row, cell.col)) {
        cells.sort_by_key(|cell| (cell.row, cell.col));
    }
    // Two values at one place: no program saves that, and each would show another one.
    if cells.windows(2).any(|pair| matches!(pair, [one, other] if (one.row, one.col) == (other.row, other.col))) {
        return Err(Refusal::Damaged);
    }
    cells.shrink_to_fit();
    Ok(cells)
}

/// What a cell holds; `None` where there is nothing but white space.
fn held(value: DataRef<'_>, formula: bool) -> Option<Held> {
    let text = |text: &str| {
        if text.chars().all(is_blank) {
            return None;
        }
        let fits = text.len() <= LONGEST || text.chars().nth(LONGEST).is_none();
        Some(if fits { Held::Text(text.to_owned()) } else { Held::TooLong })
    };
    match value {
        DataRef::Empty => formula.then_some(Held::Unknown),
        DataRef::SharedString(words) => text(words),
        DataRef::String(words) => text(&words),
        #[allow(clippy::cast_precision_loss)] // The reader of this format gives no integers.
        DataRef::Int(number) => Some(Held::Number(number as f64)),
        DataRef::Float(number) => Some(Held::Number(number)),
        DataRef::Bool(flag) => Some(Held::Flag(flag)),
        DataRef::Error(_) => Some(Held::Fault),
        DataRef::DurationIso(_) => Some(Held::Time),
        DataRef::DateTimeIso(words) => Some(iso(&words).unwrap_or(Held::Time)),
        DataRef::DateTime(date) if date.is_duration() || date.as_f64() < 1.0 => Some(Held::Time),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Some(Held::Day(year.into(), month.into(), day.into()))
        }
    }
}

/// The day of a date in ISO 8601.
fn iso(text: &str) -> Option<Held> {
    let day = crate::record::value::date(text.get(..10)?)?;
    Some(Held::Day(day.year, day.month, day.day))
}

fn refusal(error: XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::Password,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => Refusal::OtherZip,
        _ => Refusal::Damaged,
    }
}

/// Looks at every part before another crate reads it: sizes as they are and not as they are declared, addresses that
/// can be, tables that are no larger than they say.
fn inspect(package: &mut Package) -> Result<(), Refusal> {
    let names: Vec<String> = package.names().filter(|name| !name.ends_with('/')).map(str::to_owned).collect();
    if let Some(other) = super::refuse::other(package) {
        return Err(other);
    }
    for name in names {
        if name.ends_with("styles.xml") {
            // Small enough to be looked at whole.
            styles(&package.part(&name)?.unwrap_or_default())?;
            continue;
        }
        let mut look = Look { strings: name.ends_with("sharedstrings.xml"), seen: Vec::new(), begun: false, texts: 0, found: Ok(()) };
        package.pieces(&name, |piece| look.at(piece))?;
        look.found?;
    }
    Ok(())
}

/// A part that is looked at piece by piece.
struct Look {
    /// Whether it is the table of texts.
    strings: bool,
    /// The end of the piece before, and the piece: what lies across the border is seen whole.
    seen: Vec<u8>,
    begun: bool,
    texts: usize,
    found: Result<(), Refusal>,
}

impl Look {
    /// So much of a piece is looked at again with the next.
    const OVERLAP: usize = 512;

    fn at(&mut self, piece: &[u8]) {
        if self.found.is_ok() {
            self.seen.drain(..self.seen.len().saturating_sub(Look::OVERLAP));
            self.seen.extend_from_slice(piece);
            self.found = self.judge();
            self.begun = true;
        }
    }

    fn judge(&mut self) -> Result<(), Refusal> {
        let start = self.seen.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.seen).trim_ascii_start();
        if !self.begun {
            if find(start.get(..start.len().min(4096)).unwrap_or_default(), b"<!DOCTYPE").is_some() {
                return Err(Refusal::Unsafe);
            }
            if self.strings {
                root(start)?;
            }
        }
        if self.strings {
            // What lies in the overlap may be counted twice, which the limit has room for.
            self.texts += count(&self.seen, b"<si") + count(&self.seen, b":si");
            return if self.texts > STRINGS { Err(Refusal::Large) } else { Ok(()) };
        }
        addresses(&self.seen)
    }
}

/// Formats that are as many as can be, and values of attributes that are as long.
fn styles(part: &[u8]) -> Result<(), Refusal> {
    let count = count(part, b"<xf") + count(part, b":xf");
    let longest = part.split(|byte| matches!(byte, b'"' | b'\'')).skip(1).step_by(2).map(<[u8]>::len).max().unwrap_or(0);
    let doctype = find(part.get(..part.len().min(4096)).unwrap_or_default(), b"<!DOCTYPE").is_some();
    match () {
        () if part.len() > STYLES || count > FORMATS || longest > ATTRIBUTE => Err(Refusal::Large),
        () if doctype => Err(Refusal::Unsafe),
        () => Ok(()),
    }
}

/// The first element of the table of texts is the table, and it says no larger number than there may be.
fn root(mut start: &[u8]) -> Result<(), Refusal> {
    // What may stand before it: a declaration and comments.
    while let Some(rest) = start.strip_prefix(b"<?").or_else(|| start.strip_prefix(b"<!--")) {
        let end: &[u8] = if start.starts_with(b"<?") { b"?>" } else { b"-->" };
        let at = find(rest, end).ok_or(Refusal::Unsafe)?;
        start = rest.get(at + end.len()..).unwrap_or_default().trim_ascii_start();
    }
    let close = start.iter().position(|byte| *byte == b'>').ok_or(Refusal::Unsafe)?;
    let tag = start.get(..close).unwrap_or_default();
    let name = tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
    let most = u64::try_from(STRINGS).unwrap_or(u64::MAX);
    let said = |value: &[u8]| std::str::from_utf8(value).ok().and_then(|value| value.trim().parse::<u64>().ok());
    // What is no number at all is passed over by the reader, too; what is too large for one is not.
    let lies = |value: &[u8]| match said(value) {
        Some(count) => count > most,
        None => value.iter().any(u8::is_ascii_digit),
    };
    if !(name == b"<sst" || name.ends_with(b":sst")) || attributes(tag, b"uniqueCount").any(lies) {
        return Err(Refusal::Unsafe);
    }
    Ok(())
}

/// Whether every address is one that a workbook has; a number that overflows would be another place.
fn addresses(part: &[u8]) -> Result<(), Refusal> {
    let alike = |value: &[u8]| value.iter().all(u8::is_ascii_alphanumeric);
    for value in attributes(part, b"r").filter(|value| alike(value)) {
        // `r` is also the name of other things: only what begins as an address is judged.
        if value.first().is_some_and(u8::is_ascii_digit) {
            if value.len() > 7 {
                return Err(Refusal::Damaged);
            }
        } else if value.len() > LONGEST_ADDRESS || value.iter().any(u8::is_ascii_digit) && corner(value).is_none() {
            return Err(Refusal::Damaged);
        }
    }
    for value in attributes(part, b"ref") {
        let mut corners = value.split(|byte| *byte == b':').map(corner);
        let sound = match (corners.next(), corners.next(), corners.next()) {
            (Some(Some(_)), None, None) => true,
            (Some(Some(first)), Some(Some(last)), None) => first.0 <= last.0 && first.1 <= last.1,
            // Whole columns (A:B), lists of areas: the reader refuses or passes over them.
            (Some(_), ..) => value.iter().filter(|byte| byte.is_ascii_alphabetic()).count() <= 6 && value.len() <= LONGEST_ADDRESS,
            (None, ..) => true,
        };
        if !sound {
            return Err(Refusal::Damaged);
        }
    }
    Ok(())
}

/// Row and column of an address that a workbook can have: C5.
fn corner(address: &[u8]) -> Option<(u32, u32)> {
    let letters = address.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, digits) = address.split_at_checked(letters)?;
    if !(1..=3).contains(&letters.len()) || !(1..=7).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let col = letters.iter().fold(0, |col, letter| col * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = digits.iter().fold(0, |row, digit| row * 10 + u32::from(digit - b'0'));
    ((1..=16_384).contains(&col) && (1..=1_048_576).contains(&row)).then_some((row, col))
}

/// The values of every attribute of a local name, wherever such words stand.
fn attributes<'p>(part: &'p [u8], name: &'static [u8]) -> impl Iterator<Item = &'p [u8]> {
    let mut rest = part;
    std::iter::from_fn(move || {
        loop {
            let at = rest.iter().position(|byte| *byte == b'=')?;
            let (before, after) = (rest.get(..at)?, rest.get(at + 1..)?);
            rest = after;
            let Some(before) = before.trim_ascii_end().strip_suffix(name) else { continue };
            if !before.last().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b':') {
                continue;
            }
            let after = after.trim_ascii_start();
            let Some(quote @ (b'"' | b'\'')) = after.first() else { continue };
            let value = after.get(1..)?;
            // A value that goes on in the next piece is judged by its beginning; a short one is seen again there.
            let seen = value.get(..value.len().min(LONGEST_ADDRESS + 1))?;
            return seen.get(..seen.iter().position(|byte| byte == quote).unwrap_or(seen.len()));
        }
    })
}

fn count(part: &[u8], word: &[u8]) -> usize {
    let (mut count, mut rest) = (0, part);
    while let Some(at) = find(rest, word) {
        count += 1;
        rest = rest.get(at + word.len()..).unwrap_or_default();
    }
    count
}

fn find(part: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut from = 0;
    loop {
        let at = from + part.get(from..)?.iter().position(|byte| *byte == first)?;
        if part.get(at..)?.starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_are_told() {
        for (xml, good) in [
            ("<c r=\"A1\"/><row r=\"1048576\"/><dimension ref=\"A1:AZ500\"/>", true),
            ("<c r = 'XFD1048576' s=\"1\"/>", true),
            ("<c r=\"AAAAAAAAAAAA1\"/>", false),
            ("<c r=\"A99999999999\"/>", false),
            ("<row r=\"99999999999\"/>", false),
            ("<dimension ref=\"B2:A1\"/>", false),
            ("<dimension ref=\"A1:B2:C3\"/>", true),
            ("<x:mergeCell ref=\"C3:A9\"/>", false),
            ("<c r=\"XFE1\"/>", false),
        ] {
            assert_eq!(addresses(xml.as_bytes()).is_ok(), good, "{xml}");
        }
    }

    #[test]
    fn tables_that_lie_are_told() {
        for (xml, good) in [
            ("<sst count=\"3\" uniqueCount=\"3\"><si/></sst>", true),
            ("<sst uniqueCount=\"99999999999\"/>", false),
            ("<sst uniqueCount = '2000000'/>", false),
            ("<?xml version=\"1.0\"?>\n<!-- <sst> --><x:sst uniqueCount=\"1\">", true),
            ("<x><sst uniqueCount=\"1\"/></x>", false),
        ] {
            assert_eq!(root(xml.as_bytes()).is_ok(), good, "{xml}");
        }
        assert!(styles(format!("<font><name val=\"{}\"/></font>", "x".repeat(600)).as_bytes()).is_err());
    }
}
