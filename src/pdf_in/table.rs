//! Where the objects of a file are: cross-reference tables and streams (ISO 32000-1, 7.5.4 and 7.5.8).

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object};

use super::syntax::Parser;
use super::{Fault, Pdf, find, find_last};

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Nowhere: it was deleted.
    Free,
    /// At an offset of the file.
    At(usize),
    /// In an object stream of that number.
    In(u32),
}

/// A section of the table, with the dictionary that leads on.
struct Section {
    entries: Vec<(u32, Entry)>,
    trailer: Dictionary,
}

/// The most sections: one for each time a file was saved.
const MOST_SECTIONS: usize = 4_000;

/// How far from the end `startxref` may stand (some programs write more after it).
const TAIL: usize = 4_096;

impl Pdf<'_> {
    /// Follows the sections from the newest to the oldest. An entry of a newer section hides those of older ones.
    pub(super) fn read_table(&mut self) -> Result<(), Fault> {
        let from = self.bytes.len().saturating_sub(TAIL);
        let tail = self.bytes.get(from..).unwrap_or(&[]);
        let start = find_last(tail, b"startxref").ok_or(Fault::Damaged)?;
        let mut parser = Parser::new(tail, start + b"startxref".len(), &mut self.budget);
        let mut next = parser.whole();
        // Objects behind the last table are an update whose own table is lost: the table would tell old values.
        let behind = parser.at;
        if find(tail.get(behind..).unwrap_or(&[]), b"obj").is_some() {
            return Err(Fault::Damaged);
        }
        let mut seen = BTreeSet::new();
        self.table = BTreeMap::new();
        self.trailer = Dictionary::new();
        while let Some(place) = next.take() {
            // A section that leads back to a newer one ends the chain.
            if !seen.insert(place) {
                break;
            }
            if seen.len() > MOST_SECTIONS {
                return Err(Fault::TooMuch);
            }
            let section = self.section(place)?;
            let (kept, free): (Vec<_>, Vec<_>) = section.entries.into_iter().partition(|(_, entry)| *entry != Entry::Free);
            self.note(kept);
            // 7.5.8.4: what the table of a hybrid file calls free may be in its stream.
            if let Ok(place) = section.trailer.get(b"XRefStm").and_then(Object::as_i64)
                && let Ok(place) = u64::try_from(place)
                && seen.insert(place)
                && let Ok(hidden) = self.section(place)
            {
                self.note(hidden.entries);
            }
            self.note(free);
            next = section.trailer.get(b"Prev").and_then(Object::as_i64).ok().and_then(|place| u64::try_from(place).ok());
            next = next.filter(|place| *place > 0);
            if self.trailer.is_empty() {
                self.trailer = section.trailer;
            }
        }
        if self.trailer.has(b"Root") { Ok(()) } else { Err(Fault::Damaged) }
    }

    fn note(&mut self, entries: Vec<(u32, Entry)>) {
        for (number, entry) in entries {
            self.table.entry(number).or_insert(entry);
        }
    }

    fn section(&mut self, place: u64) -> Result<Section, Fault> {
        let place = usize::try_from(place).ok().filter(|place| *place < self.bytes.len()).ok_or(Fault::Damaged)?;
        let mut parser = Parser::new(self.bytes, place, &mut self.budget);
        parser.skip()?;
        if parser.word(b"xref") {
            let at = parser.at;
            self.classic(at)
        } else {
            self.compressed(place)
        }
    }

    /// A table in words. Programs differ in the blanks between its numbers, so only the numbers count.
    fn classic(&mut self, at: usize) -> Result<Section, Fault> {
        let mut entries = Vec::new();
        let mut at = at;
        loop {
            let mut parser = Parser::new(self.bytes, at, &mut self.budget);
            parser.skip()?;
            if parser.word(b"trailer") {
                let Object::Dictionary(trailer) = parser.object()? else { return Err(Fault::Damaged) };
                return Ok(Section { entries, trailer });
            }
            let (Some(first), Some(count)) = (parser.whole(), parser.whole()) else { return Err(Fault::Damaged) };
            at = parser.at;
            for row in 0..count {
                self.budget.entry()?;
                let mut parser = Parser::new(self.bytes, at, &mut self.budget);
                let offset = parser.whole().and_then(|offset| usize::try_from(offset).ok());
                let (Some(offset), Some(_generation)) = (offset, parser.whole()) else { return Err(Fault::Damaged) };
                parser.skip()?;
                let entry = if parser.word(b"n") {
                    Entry::At(offset)
                } else if parser.word(b"f") {
                    Entry::Free
                } else {
                    return Err(Fault::Damaged);
                };
                let walked = parser.at - at;
                at = parser.at;
                self.budget.read(walked)?;
                if let Some(number) = first.checked_add(row).and_then(|number| u32::try_from(number).ok()) {
                    entries.push((number, entry));
                }
            }
        }
    }

    /// A table as a stream of rows (tables 17 and 18).
    fn compressed(&mut self, at: usize) -> Result<Section, Fault> {
        let (_, object) = self.indirect(at, None, false)?;
        let Object::Stream(stream) = object else { return Err(Fault::Damaged) };
        if !stream.dict.has_type(b"XRef") {
            return Err(Fault::Damaged);
        }
        let rows = self.decode(&stream)?;
        let trailer = stream.dict;
        let numbers = |key: &[u8]| -> Option<Vec<u64>> {
            let array = trailer.get(key).and_then(Object::as_array).ok()?;
            array.iter().map(|one| one.as_i64().ok().and_then(|one| u64::try_from(one).ok())).collect()
        };
        let widths: Vec<usize> = numbers(b"W").ok_or(Fault::Damaged)?.into_iter().filter_map(|width| usize::try_from(width).ok()).collect();
        let [kind, place, last] = widths[..] else { return Err(Fault::Damaged) };
        // Eight bytes hold any number there is.
        if widths.iter().any(|width| *width > 8) || kind + place + last == 0 {
            return Err(Fault::Damaged);
        }
        let size = trailer.get(b"Size").and_then(Object::as_i64).ok().and_then(|size| u64::try_from(size).ok()).ok_or(Fault::Damaged)?;
        let index = numbers(b"Index").unwrap_or_else(|| vec![0, size]);
        let mut rows = rows.chunks_exact(kind + place + last);
        let mut entries = Vec::new();
        for range in index.chunks_exact(2) {
            let &[first, count] = range else { continue };
            // As many rows as there are, whatever the dictionary says.
            for (row, number) in rows.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)).zip(first..) {
                self.budget.entry()?;
                let (head, rest) = row.split_at(kind);
                let (middle, _) = rest.split_at(place);
                let entry = match (if kind == 0 { 1 } else { big_endian(head) }, big_endian(middle)) {
                    (0, _) => Entry::Free,
                    (1, offset) => usize::try_from(offset).map_or(Entry::Free, Entry::At),
                    (2, stream) => u32::try_from(stream).map_or(Entry::Free, Entry::In),
                    // Table 18: other kinds are as null.
                    _ => Entry::Free,
                };
                if let Ok(number) = u32::try_from(number) {
                    entries.push((number, entry));
                }
            }
        }
        Ok(Section { entries, trailer })
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
