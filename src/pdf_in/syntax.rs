//! Objects as they are written (ISO 32000-1, 7.2 and 7.3).

use lopdf::{Dictionary, Object, StringFormat};

use super::Fault;
use super::budget::Budget;

/// How deep arrays and dictionaries may lie in each other. Forms need six.
const MOST_DEEP: usize = 48;

/// What an object takes in memory, roughly: itself, and its room in a list that grows by doubling.
const OBJECT: usize = 2 * size_of::<Object>();

/// What the key of a dictionary takes besides its bytes.
const KEY: usize = 24;

/// A reader of objects in a run of bytes.
pub(super) struct Parser<'a, 'p> {
    bytes: &'a [u8],
    pub(super) at: usize,
    budget: &'p mut Budget,
}

impl<'a, 'p> Parser<'a, 'p> {
    pub(super) fn new(bytes: &'a [u8], at: usize, budget: &'p mut Budget) -> Parser<'a, 'p> {
        Parser { bytes, at, budget }
    }

    /// The next object. What was walked over is paid for, whatever comes of it.
    pub(super) fn object(&mut self) -> Result<Object, Fault> {
        let from = self.at;
        let object = self.nested(MOST_DEEP);
        self.budget.read(self.at.saturating_sub(from))?;
        object
    }

    /// The head of an indirect object, `12 0 obj`: its number and generation.
    pub(super) fn head(&mut self) -> Option<(u32, u16)> {
        self.blanks();
        let number = u32::try_from(self.digits()?).ok()?;
        self.blanks();
        let generation = u16::try_from(self.digits()?).ok()?;
        self.blanks();
        self.word(b"obj").then_some((number, generation))
    }

    /// A number without sign or point, after white space.
    pub(super) fn whole(&mut self) -> Option<u64> {
        self.space();
        self.digits()
    }

    fn digits(&mut self) -> Option<u64> {
        let digits = self.rest().iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        let text = std::str::from_utf8(self.rest().get(..digits)?).ok()?;
        let value = text.parse().ok()?;
        self.at += digits;
        Some(value)
    }

    /// Passes over a word if it stands here.
    pub(super) fn word(&mut self, word: &[u8]) -> bool {
        let here = self.rest().starts_with(word);
        if here {
            self.at += word.len();
        }
        here
    }

    /// Passes over white space and comments, and pays for it: many objects may stand before one long comment.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let from = self.at;
        self.space();
        self.budget.read(self.at.saturating_sub(from))
    }

    /// Passes over white space and comments (7.2.2, 7.2.3).
    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b'\0' | 0x0C => self.at += 1,
                b'%' => self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count(),
                _ => return,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn nested(&mut self, depth: usize) -> Result<Object, Fault> {
        self.space();
        self.budget.hold(OBJECT)?;
        match self.peek().ok_or(Fault::Damaged)? {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal(),
            b'<' if self.rest().starts_with(b"<<") => self.dictionary(depth),
            b'<' => self.hexadecimal(),
            b'[' => self.array(depth),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            _ => match self.regular() {
                b"true" => Ok(Object::Boolean(true)),
                b"false" => Ok(Object::Boolean(false)),
                b"null" => Ok(Object::Null),
                _ => Err(Fault::Damaged),
            },
        }
    }

    /// A run of regular characters (7.2.2).
    fn regular(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or(&[])
    }

    /// 7.3.5: `#` and two hexadecimal digits are one byte.
    fn name(&mut self) -> Result<Vec<u8>, Fault> {
        self.at += 1;
        let written = self.regular();
        self.budget.hold(written.len())?;
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written;
        while let Some((byte, after)) = rest.split_first() {
            let escaped = (*byte == b'#').then(|| after.first_chunk::<2>()).flatten().and_then(|two| Some((hex(two[0])?, hex(two[1])?)));
            rest = after;
            match escaped {
                Some((high, low)) => {
                    name.push(high << 4 | low);
                    rest = after.get(2..).unwrap_or(&[]);
                }
                None => name.push(*byte),
            }
        }
        Ok(name)
    }

    /// 7.3.4.2. Line ends stay as they are: the words of a field have theirs made equal later, and a byte of a UTF-16
    /// text that looks like one is none.
    fn literal(&mut self) -> Result<Object, Fault> {
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1usize);
        loop {
            let byte = self.next().ok_or(Fault::Damaged)?;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    if let Some(byte) = self.escape()? {
                        text.push(byte);
                    }
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                break;
            }
            text.push(byte);
        }
        self.budget.hold(2 * text.len())?;
        Ok(Object::String(text, StringFormat::Literal))
    }

    /// What follows a backslash: a byte, or nothing for a line that goes on.
    fn escape(&mut self) -> Result<Option<u8>, Fault> {
        Ok(Some(match self.next().ok_or(Fault::Damaged)? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return Ok(None),
            b'\r' => {
                self.word(b"\n");
                return Ok(None);
            }
            first @ b'0'..=b'7' => {
                let mut value = first - b'0';
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    // Table 3: high-order overflow is ignored.
                    value = value.wrapping_mul(8).wrapping_add(digit - b'0');
                    self.at += 1;
                }
                value
            }
            other => other,
        }))
    }

    /// 7.3.4.3: a last digit without a second has a 0.
    fn hexadecimal(&mut self) -> Result<Object, Fault> {
        self.at += 1;
        let (mut text, mut high) = (Vec::new(), None);
        loop {
            let byte = self.next().ok_or(Fault::Damaged)?;
            if byte == b'>' {
                break;
            }
            if is_space(byte) {
                continue;
            }
            let digit = hex(byte).ok_or(Fault::Damaged)?;
            match high.take() {
                Some(high) => text.push(high | digit),
                None => high = Some(digit << 4),
            }
        }
        text.extend(high);
        self.budget.hold(2 * text.len())?;
        Ok(Object::String(text, StringFormat::Hexadecimal))
    }

    fn array(&mut self, depth: usize) -> Result<Object, Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::Damaged)?;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.word(b"]") {
                return Ok(Object::Array(items));
            }
            items.push(self.nested(depth)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Object, Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::Damaged)?;
        self.at += 2;
        let mut dictionary = Dictionary::new();
        loop {
            self.space();
            if self.word(b">>") {
                return Ok(Object::Dictionary(dictionary));
            }
            if self.peek() != Some(b'/') {
                return Err(Fault::Damaged);
            }
            self.budget.hold(KEY)?;
            let key = self.name()?;
            self.space();
            // Some writers leave the value of a last key out.
            let value = if self.rest().starts_with(b">>") { Object::Null } else { self.nested(depth)? };
            dictionary.set(key, value);
        }
    }

    /// A number, or a reference, which begins as one (7.3.10).
    fn number(&mut self) -> Result<Object, Fault> {
        let from = self.at;
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        self.at += length;
        let text = rest.get(..length).and_then(|text| std::str::from_utf8(text).ok()).ok_or(Fault::Damaged)?;
        let Ok(whole) = text.parse::<i64>() else {
            return Ok(text.parse().map_or(Object::Integer(0), Object::Real));
        };
        let after = self.at;
        if let (Ok(number), true) = (u32::try_from(whole), from < after)
            && let Some(generation) = self.reference()
        {
            return Ok(Object::Reference((number, generation)));
        }
        self.at = after;
        Ok(Object::Integer(whole))
    }

    /// The generation of a reference whose number has been read.
    fn reference(&mut self) -> Option<u16> {
        if !is_space(self.peek()?) {
            return None;
        }
        self.blanks();
        let generation = if self.peek()?.is_ascii_digit() { u16::try_from(self.whole()?).ok()? } else { return None };
        if !is_space(self.peek()?) {
            return None;
        }
        self.blanks();
        let ends = self.bytes.get(self.at + 1).is_none_or(|byte| is_space(*byte) || is_delimiter(*byte));
        (ends && self.word(b"R")).then_some(generation)
    }

    /// Passes over white space, but not far: what is looked at ahead is looked at again.
    fn blanks(&mut self) {
        self.at += self.rest().iter().take(16).take_while(|byte| is_space(**byte)).count();
    }
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\0' | 0x0C)
}

pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Object, Fault> {
        Parser::new(text, 0, &mut Budget::default()).object()
    }

    #[test]
    fn objects_are_read_as_they_are_meant() {
        let literal = |text: &[u8]| Object::String(text.to_vec(), StringFormat::Literal);
        for (written, meant) in [
            (&b" %x\n true"[..], Object::Boolean(true)),
            (b"null", Object::Null),
            (b"-17", Object::Integer(-17)),
            (b"4.25 ", Object::Real(4.25)),
            (b"+.5", Object::Real(0.5)),
            (b"--5", Object::Integer(0)),
            (b"12 0 R", Object::Reference((12, 0))),
            (b"12 0 RG", Object::Integer(12)),
            (b"12 0", Object::Integer(12)),
            (b"/A#20b#zz", Object::Name(b"A b#zz".to_vec())),
            (b"(a(b)c\\)\\\\)", literal(b"a(b)c)\\")),
            (b"(\\101\\7\\0053\\400\\n\\q)", literal(b"A\x07\x053\x00\nq")),
            (b"(a\\\r\nb\\\nc)", literal(b"abc")),
            (b"(\xFE\xFF\x0D\x0D)", literal(b"\xFE\xFF\x0D\x0D")),
            (b"<4 1 5>", Object::String(b"AP".to_vec(), StringFormat::Hexadecimal)),
            (b"[1 2 R 3 0 R]", Object::Array(vec![Object::Reference((1, 2)), Object::Reference((3, 0))])),
        ] {
            assert_eq!(read(written).unwrap(), meant, "{}", String::from_utf8_lossy(written));
        }
        let dictionary = read(b"<</A[1]/B<</C(x)>>/A 2/D>>").unwrap();
        let dictionary = dictionary.as_dict().unwrap();
        assert_eq!((dictionary.len(), dictionary.get(b"A").unwrap()), (3, &Object::Integer(2)), "the last of one key");
    }

    #[test]
    fn what_is_broken_or_too_deep_is_refused() {
        for written in [&b""[..], b"(", b"<41", b"<4x>", b"[1", b"<</A 1", b"<<1 2>>", b"endobj", b"]", b"(\\"] {
            assert_eq!(read(written), Err(Fault::Damaged), "{}", String::from_utf8_lossy(written));
        }
        let deep = |count: usize| read(&[b"[".repeat(count), b"]".repeat(count)].concat());
        assert!(deep(MOST_DEEP).is_ok());
        assert_eq!(deep(MOST_DEEP + 1), Err(Fault::Damaged));
        assert_eq!(deep(1_000_000), Err(Fault::Damaged));
        assert_eq!(read(&[b"[".to_vec(), b"0 ".repeat(1_000_000)].concat()), Err(Fault::TooMuch));
    }
}
