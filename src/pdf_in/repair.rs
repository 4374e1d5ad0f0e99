//! A table made anew: every object that begins somewhere in the file, the last of a number being the newest.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};

use super::syntax::{Parser, is_space};
use super::table::Entry;
use super::{Fault, Pdf, find};

/// An object found by its head.
struct Found {
    number: u32,
    at: usize,
    /// Whether it looks like an object stream.
    pack: bool,
    /// Whether it looks like the catalog.
    catalog: bool,
}

/// How far behind the head of an object its kind is looked for.
const LOOK: usize = 4_096;

impl Pdf<'_> {
    /// Looks for objects from the first byte to the last, and for the newest dictionary that leads to a catalog.
    pub(super) fn rebuild(&mut self) -> Result<(), Fault> {
        self.rebuilt = true;
        self.budget.read(self.bytes.len())?;
        let (found, trailer) = self.scan()?;
        self.table = BTreeMap::new();
        self.objects = BTreeMap::new();
        self.packs = BTreeMap::new();
        self.cipher = None;
        self.trailer = trailer.unwrap_or_default();
        for one in &found {
            self.table.insert(one.number, Entry::At(one.at));
        }
        self.unlock()?;
        for one in &found {
            self.table.insert(one.number, Entry::At(one.at));
            if one.pack {
                let members: Vec<u32> = self.pack(one.number)?.members.keys().copied().collect();
                for member in members {
                    self.table.insert(member, Entry::In(one.number));
                }
            }
        }
        if !self.trailer.has(b"Root") {
            let root = self.newest_catalog(&found)?.ok_or(Fault::Damaged)?;
            self.trailer.set("Root", Object::Reference((root, 0)));
        }
        Ok(())
    }

    /// The number of the newest catalog.
    fn newest_catalog(&mut self, found: &[Found]) -> Result<Option<u32>, Fault> {
        for one in found.iter().rev() {
            if one.catalog && self.is_catalog(one.number)? {
                return Ok(Some(one.number));
            }
            if one.pack {
                let pack = self.pack(one.number)?;
                if find(&pack.content, b"/Catalog").is_none() {
                    continue;
                }
                for member in pack.members.keys().rev() {
                    if self.is_catalog(*member)? {
                        return Ok(Some(*member));
                    }
                }
            }
        }
        Ok(None)
    }

    fn is_catalog(&mut self, number: u32) -> Result<bool, Fault> {
        Ok(self.object(number)?.as_dict().is_ok_and(|dictionary| dictionary.has_type(b"Catalog")))
    }

    /// The objects of the file in its order, and its newest trailer.
    fn scan(&mut self) -> Result<(Vec<Found>, Option<Dictionary>), Fault> {
        let (mut found, mut trailer) = (Vec::new(), None);
        let mut at = 0;
        while let Some(here) = self.bytes.get(at) {
            let rest = self.bytes.get(at..).unwrap_or(&[]);
            if *here == b't' && rest.starts_with(b"trailer") {
                at += b"trailer".len();
                self.take_trailer(at, &mut trailer)?;
            } else if *here == b'o' && rest.starts_with(b"obj") {
                let head = self.bytes.get(..at).and_then(head_before);
                at += b"obj".len();
                if let Some((start, number)) = head {
                    self.budget.entry()?;
                    let (one, end) = self.look(start, number, at)?;
                    if one.1 {
                        self.take_trailer(at, &mut trailer)?;
                    }
                    found.push(one.0);
                    at = end;
                }
            } else {
                at += 1;
            }
        }
        Ok((found, trailer))
    }

    /// Keeps the dictionary at an offset if it leads to a catalog.
    fn take_trailer(&mut self, at: usize, trailer: &mut Option<Dictionary>) -> Result<(), Fault> {
        match Parser::new(self.bytes, at, &mut self.budget).object() {
            Ok(Object::Dictionary(dictionary)) if dictionary.has(b"Root") => *trailer = Some(dictionary),
            Err(Fault::TooMuch) => return Err(Fault::TooMuch),
            _ => {}
        }
        Ok(())
    }

    /// What the object behind a head looks like (and whether it is a cross-reference stream), and where to look on:
    /// what stands inside a stream is no object of this file, though it may be a whole file.
    fn look(&mut self, start: usize, number: u32, body: usize) -> Result<((Found, bool), usize), Fault> {
        let near = self.bytes.get(body..).unwrap_or(&[]);
        let near = near.get(..near.len().min(LOOK)).unwrap_or(near);
        let near = near.get(..find(near, b"endobj").unwrap_or(near.len())).unwrap_or(near);
        self.budget.read(near.len())?;
        let stream = find(near, b"stream");
        let words = near.get(..stream.unwrap_or(near.len())).unwrap_or(near);
        let has = |word: &[u8]| find(words, word).is_some();
        let found = Found { number, at: start, pack: stream.is_some() && has(b"/ObjStm"), catalog: has(b"/Catalog") };
        let table = stream.is_some() && has(b"/XRef") && has(b"/Root");
        let end = stream.and_then(|stream| self.after_stream(words, body + stream)).unwrap_or(body);
        Ok(((found, table), end))
    }

    /// The end of a stream whose length is written in its dictionary and true.
    fn after_stream(&self, words: &[u8], keyword: usize) -> Option<usize> {
        let told = words.get(find(words, b"/Length")? + b"/Length".len()..)?;
        let digits: Vec<u8> = told.iter().skip_while(|byte| is_space(**byte)).take_while(|byte| byte.is_ascii_digit()).copied().collect();
        let length: usize = std::str::from_utf8(&digits).ok()?.parse().ok()?;
        let end = keyword.checked_add(b"stream".len())?.checked_add(length)?;
        let after = self.bytes.get(end..)?;
        // The line ends before and after the data are at most four bytes.
        let word = find(after.get(..after.len().min(b"endstream".len() + 4))?, b"endstream")?;
        Some(end + word)
    }
}

/// The number and generation that end before `obj`: where they begin, and the number.
fn head_before(before: &[u8]) -> Option<(usize, u32)> {
    let blanks = |end: usize| {
        let run = before.get(..end)?.iter().rev().take(8).take_while(|byte| is_space(**byte)).count();
        end.checked_sub(run)
    };
    let digits = |end: usize| {
        let run = before.get(..end)?.iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
        (run > 0).then(|| end.checked_sub(run)).flatten()
    };
    let generation = digits(blanks(before.len())?)?;
    let end = blanks(generation).filter(|end| *end < generation)?;
    let start = digits(end)?;
    let number = std::str::from_utf8(before.get(start..end)?).ok()?.parse().ok()?;
    Some((start, number))
}
