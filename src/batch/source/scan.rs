//! Where each record of a long JSON file stands: found by reading once, so that no file is ever held whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use crate::record::MAX_BYTES;

/// Brackets are followed so deep; a record is refused long before.
const DEEPEST: usize = 1_024;

/// So much of a file is read at a time.
const CHUNK: usize = 64 << 10;

/// The key under which a summary sheet's file holds its people.
const NOMINEES: &[u8] = b"nominees";

/// A stretch of a file that holds one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes.
    pub at: Range<u64>,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column in which it begins, in characters, from 1.
    pub column: usize,
}

/// What was found in a file.
#[derive(Debug, Default, PartialEq)]
pub struct Scan {
    /// The records, in the file's order.
    pub pieces: Vec<Piece>,
    /// From where nothing more could be told apart: from the beginning of what is broken to where that was seen.
    pub broken: Option<Piece>,
    /// Whether the file is one record, not a list of them.
    pub single: bool,
    /// Whether something beside the list could be people.
    pub beside: bool,
    /// Whether the list is a member of an object.
    in_object: bool,
}

/// Finds the items of an array, or of an object's `nominees`; an object without them is one record.
pub fn array(file: impl Read) -> io::Result<Scan> {
    let mut cursor = Cursor::new(file);
    cursor.skip_mark()?;
    cursor.space()?;
    let mut scan = Scan::default();
    let found = match cursor.peek()? {
        Some(b'[') => cursor.items(&mut scan)?,
        Some(b'{') => cursor.nominees(&mut scan)?,
        _ => None,
    };
    if found.is_none() {
        // One record, or something that only a record's own reader can explain.
        while cursor.peek()?.is_some() {
            cursor.step();
        }
        let whole = Piece { at: 0..cursor.mark.at, line: 1, column: 1 };
        return Ok(Scan { pieces: vec![whole], broken: None, single: true, beside: false, in_object: false });
    }
    Ok(scan)
}

/// Finds the lines of a file that hold anything.
pub fn lines(file: impl Read) -> io::Result<Scan> {
    let mut cursor = Cursor::new(file);
    cursor.skip_mark()?;
    let mut scan = Scan::default();
    loop {
        let start = cursor.mark;
        let mut filled = false;
        let more = loop {
            match cursor.peek()? {
                None => break false,
                Some(b'\n') => break true,
                Some(byte) => filled |= !byte.is_ascii_whitespace(),
            }
            cursor.step();
        };
        if filled {
            scan.pieces.push(Piece { at: start.at..cursor.mark.at, line: start.line, column: 1 });
        }
        if !more {
            return Ok(scan);
        }
        cursor.step();
    }
}

/// The bytes of a piece, or as many of them as show that it is too long for a record.
pub fn read(path: &Path, piece: &Piece) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(piece.at.start))?;
    let length = piece.at.end.saturating_sub(piece.at.start).min(MAX_BYTES as u64 + 1);
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The beginning of a file, cut where no character of any encoding is cut.
pub fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(CHUNK as u64).read_to_end(&mut bytes)?;
    // No byte below 0x30 is part of a longer character, neither in UTF-8 nor in GB18030.
    if bytes.len() == CHUNK
        && let Some(last) = bytes.iter().rposition(|byte| *byte < 0x30)
    {
        bytes.truncate(last + 1);
    }
    Ok(bytes)
}

/// A place in a file.
#[derive(Clone, Copy)]
struct Mark {
    at: u64,
    line: usize,
    column: usize,
}

struct Cursor<R> {
    file: R,
    buffer: Vec<u8>,
    next: usize,
    mark: Mark,
}

impl<R: Read> Cursor<R> {
    fn new(file: R) -> Cursor<R> {
        Cursor { file, buffer: Vec::new(), next: 0, mark: Mark { at: 0, line: 1, column: 1 } }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.next == self.buffer.len() {
            self.buffer.clear();
            self.next = 0;
            (&mut self.file).take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        }
        Ok(self.buffer.get(self.next).copied())
    }

    fn step(&mut self) {
        let Some(byte) = self.buffer.get(self.next) else { return };
        self.next += 1;
        self.mark.at += 1;
        if *byte == b'\n' {
            self.mark.line += 1;
            self.mark.column = 1;
        } else if byte & 0b1100_0000 != 0b1000_0000 {
            self.mark.column += 1;
        }
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        if self.peek()? == Some(0xEF) && self.buffer.starts_with(b"\xEF\xBB\xBF") {
            self.next = 3;
            self.mark.at = 3;
        }
        Ok(())
    }

    fn space(&mut self) -> io::Result<()> {
        while self.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.step();
        }
        Ok(())
    }

    /// What stands from a mark to just behind the byte that is next.
    fn piece(&self, start: Mark, more: u64) -> Piece {
        Piece { at: start.at..self.mark.at + more, line: start.line, column: start.column }
    }

    /// The items of the array that begins here; `Some` though it may be broken.
    fn items(&mut self, scan: &mut Scan) -> io::Result<Option<()>> {
        self.step();
        loop {
            self.space()?;
            // A comma behind the last item harms nobody.
            if self.peek()? == Some(b']') {
                self.step();
                self.nothing_more(scan)?;
                return Ok(Some(()));
            }
            let start = self.mark;
            if !self.value()? {
                scan.broken = Some(self.piece(start, 1));
                return Ok(Some(()));
            }
            scan.pieces.push(self.piece(start, 0));
            self.space()?;
            match self.peek()? {
                Some(b',') => self.step(),
                Some(b']') => {}
                _ => {
                    scan.broken = Some(self.piece(self.mark, 0));
                    return Ok(Some(()));
                }
            }
        }
    }

    /// Behind a list only its object may end, perhaps after other members; whatever else stands there could be more people.
    fn nothing_more(&mut self, scan: &mut Scan) -> io::Result<()> {
        let start = self.mark;
        let mut last = None;
        let mut lists = false;
        while let Some(byte) = self.peek()? {
            lists |= byte == b'[';
            if !byte.is_ascii_whitespace() {
                last = Some(byte);
            }
            if byte == b'"' {
                let mut key = Vec::new();
                if !self.string(&mut key)? {
                    break;
                }
                lists |= key == NOMINEES;
                continue;
            }
            self.step();
        }
        let ends = if scan.in_object { last == Some(b'}') && !lists } else { last.is_none() };
        if !ends || scan.beside {
            scan.beside = true;
            scan.broken = Some(Piece { at: start.at..start.at, line: start.line, column: start.column });
        }
        Ok(())
    }

    /// The items of `nominees` in the object that begins here; `None` where it has none.
    fn nominees(&mut self, scan: &mut Scan) -> io::Result<Option<()>> {
        self.step();
        loop {
            self.space()?;
            if self.peek()? != Some(b'"') {
                return Ok(None);
            }
            let mut key = Vec::new();
            if !self.string(&mut key)? {
                return Ok(None);
            }
            self.space()?;
            if self.peek()? != Some(b':') {
                return Ok(None);
            }
            self.step();
            self.space()?;
            if key == NOMINEES && self.peek()? == Some(b'[') {
                scan.in_object = true;
                return self.items(scan);
            }
            scan.beside |= self.peek()? == Some(b'[');
            if !self.value()? {
                return Ok(None);
            }
            self.space()?;
            if self.peek()? != Some(b',') {
                return Ok(None);
            }
            self.step();
        }
    }

    /// Passes over a value; whether it ends as it should.
    fn value(&mut self) -> io::Result<bool> {
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                None => return Ok(false),
                Some(b'"') => {
                    if !self.string(&mut Vec::new())? {
                        return Ok(false);
                    }
                }
                Some(byte @ (b'{' | b'[')) => {
                    if open.len() == DEEPEST {
                        return Ok(false);
                    }
                    open.push(byte);
                    self.step();
                }
                Some(byte @ (b'}' | b']')) => {
                    if !matches!((open.pop(), byte), (Some(b'{'), b'}') | (Some(b'['), b']')) {
                        return Ok(false);
                    }
                    self.step();
                }
                Some(_) if open.is_empty() => return self.word(),
                Some(_) => self.step(),
            }
            if open.is_empty() {
                return Ok(true);
            }
        }
    }

    /// A number or a word outside all brackets, whatever it is.
    fn word(&mut self) -> io::Result<bool> {
        let start = self.mark.at;
        while self.peek()?.is_some_and(|byte| !byte.is_ascii_whitespace() && !b",]}:\"".contains(&byte)) {
            self.step();
        }
        Ok(self.mark.at > start)
    }

    /// A string, of which the beginning is kept; whether it ends as it should.
    fn string(&mut self, kept: &mut Vec<u8>) -> io::Result<bool> {
        self.step();
        loop {
            match self.peek()? {
                None | Some(..0x20) => return Ok(false),
                Some(b'"') => {
                    self.step();
                    return Ok(true);
                }
                Some(b'\\') => {
                    self.step();
                    if self.peek()?.is_none() {
                        return Ok(false);
                    }
                }
                Some(byte) if kept.len() <= NOMINEES.len() => kept.push(byte),
                Some(_) => {}
            }
            self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn texts(text: &str, scan: &Scan) -> Vec<String> {
        scan.pieces.iter().map(|piece| text[piece.at.start as usize..piece.at.end as usize].to_owned()).collect()
    }

    #[test]
    fn items_are_found_whatever_their_texts_hold() {
        for (text, want) in [
            ("[]", vec![]),
            ("\u{FEFF} [ {\"a\":\"]}\\\"[{\"} ,\n{}]", vec!["{\"a\":\"]}\\\"[{\"}", "{}"]),
            ("[1,\"x\",[2,[3]],null]", vec!["1", "\"x\"", "[2,[3]]", "null"]),
            ("[{},]", vec!["{}"]),
            ("{\"city\":{\"nominees\":[9]},\"nominees\":[{\"n\":1},{\"n\":2}],\"x\":1}", vec!["{\"n\":1}", "{\"n\":2}"]),
            ("{\"nominees\":[]}", vec![]),
            ("{\"name\":\"王\"}", vec!["{\"name\":\"王\"}"]),
            ("", vec![""]),
            ("true", vec!["true"]),
        ] {
            let scan = array(text.as_bytes()).unwrap_or_default();
            assert_eq!((texts(text, &scan), &scan.broken), (want.iter().map(|item| (*item).to_owned()).collect(), &None), "{text}");
        }
    }

    #[test]
    fn what_is_broken_keeps_what_stands_before_it() {
        for (text, whole, line, column) in [
            ("[{},\n {\"a\":\"x\n\"},{}]", 1, 2, 2),
            ("[{},{\"a\":[}]", 1, 1, 5),
            ("[{}\n{}]", 1, 2, 1),
            ("[{\"王\":1} x", 1, 1, 10),
            ("[{},{\"a\":\"王", 1, 1, 5),
            ("[", 0, 1, 2),
            ("[{},,{}]", 1, 1, 5),
            (&format!("[{}", "[".repeat(100_000)), 0, 1, 2),
        ] {
            let scan = array(text.as_bytes()).unwrap_or_default();
            let broken = scan.broken.map(|piece| (piece.line, piece.column));
            assert_eq!((scan.pieces.len(), broken), (whole, Some((line, column))), "{}", &text[..text.len().min(40)]);
        }
    }

    #[test]
    fn lines_are_numbered_with_the_blank_ones() {
        let text = "\u{FEFF}{\"a\":1}\r\n\r\n  \n{\"b\":2}\n{\"c\":3}";
        let scan = lines(text.as_bytes()).unwrap_or_default();
        assert_eq!(texts(text, &scan), ["{\"a\":1}\r", "{\"b\":2}", "{\"c\":3}"]);
        assert_eq!(scan.pieces.iter().map(|piece| piece.line).collect::<Vec<_>>(), [1, 4, 5]);
    }

    proptest! {
        #[test]
        fn any_array_comes_apart_as_its_reader_takes_it(texts in proptest::collection::vec("\\PC{0,6}|[\\\\\"{}\\[\\],: ]{0,9}", 0..6), spaced in any::<bool>()) {
            let items: Vec<Value> = texts.iter().map(|text| serde_json::json!({ text.as_str(): [text, { "x": text }, 1.5, null] })).collect();
            let whole = Value::from(items.clone());
            let text = if spaced { format!("{whole:#}") } else { whole.to_string() };
            let scan = array(text.as_bytes())?;
            let found: Result<Vec<Value>, _> = self::texts(&text, &scan).iter().map(|text| serde_json::from_str(text)).collect();
            prop_assert_eq!(found.ok(), Some(items));
            prop_assert!(scan.broken.is_none() && !scan.single);
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"[]{},:\"\\\n n".to_vec())], 0..60)) {
            for scan in [array(&bytes[..])?, lines(&bytes[..])?] {
                let mut end = 0;
                for piece in scan.pieces.iter().chain(&scan.broken) {
                    prop_assert!(piece.at.start >= end && piece.at.end >= piece.at.start);
                    end = piece.at.end;
                }
            }
        }
    }
}
