//! A JSON body taken apart while it comes: the list of records goes to disk as it is, the rest is small and stays.

/// The member that holds the people.
const RECORDS: &[u8] = b"records";

/// The most bytes of everything but the people.
const REST: usize = 64 << 10;

/// Why a body cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsplit {
    /// It is no object.
    NoObject,
    /// Everything but the people is longer than options ever are.
    Long,
    /// It has its people twice.
    Twice,
}

/// Takes an object apart byte by byte. It follows strings and brackets alone: whether the rest is JSON, whoever reads it tells.
#[derive(Debug, Default)]
pub struct Splitter {
    /// The object with `null` in place of its people.
    rest: Vec<u8>,
    depth: usize,
    text: Text,
    /// The last string of the object itself, and whether it is a member's name with its colon.
    name: Vec<u8>,
    named: bool,
    /// Whether the people are going by.
    inside: bool,
    found: bool,
}

#[derive(Debug, Default, PartialEq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

impl Splitter {
    /// Takes what has come; bytes of the list of people are put behind `list`.
    pub fn take(&mut self, bytes: &[u8], list: &mut Vec<u8>) -> Result<(), Unsplit> {
        for byte in bytes.iter().copied() {
            if self.depth == 0 && self.rest.iter().all(|byte| byte.is_ascii_whitespace() || is_mark(*byte)) {
                match byte {
                    b'{' => {}
                    _ if byte.is_ascii_whitespace() || is_mark(byte) => {}
                    _ => return Err(Unsplit::NoObject),
                }
            }
            self.step(byte, list)?;
            if self.rest.len() > REST {
                return Err(Unsplit::Long);
            }
        }
        Ok(())
    }

    /// The object without its people, and whether it had any.
    pub fn finish(self) -> (Vec<u8>, bool) {
        // Programs for Windows put a mark before what they write; it was let through above, and no JSON has it.
        let rest = self.rest.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec);
        (rest.unwrap_or(self.rest), self.found)
    }

    fn step(&mut self, byte: u8, list: &mut Vec<u8>) -> Result<(), Unsplit> {
        let of_object = self.depth == 1 && !self.inside;
        match self.text {
            Text::Escaped => self.text = Text::Inside,
            Text::Inside if byte == b'\\' => self.text = Text::Escaped,
            Text::Inside if byte == b'"' => self.text = Text::Outside,
            Text::Inside => {}
            Text::Outside => match byte {
                b'"' => {
                    self.text = Text::Inside;
                    if of_object {
                        self.name.clear();
                        self.put(byte, list);
                        return Ok(());
                    }
                }
                b'[' if of_object && self.named && self.name == RECORDS => {
                    if self.found {
                        return Err(Unsplit::Twice);
                    }
                    (self.found, self.inside, self.depth) = (true, true, 2);
                    list.push(byte);
                    return Ok(());
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inside && self.depth == 1 {
                        (self.inside, self.named) = (false, false);
                        list.push(byte);
                        self.rest.extend(b"null");
                        return Ok(());
                    }
                }
                b':' if of_object => self.named = true,
                b',' if of_object => self.named = false,
                _ => {}
            },
        }
        // One byte more than the name is enough to tell it from every longer one.
        if of_object && self.text != Text::Outside && self.name.len() <= RECORDS.len() && !self.named {
            self.name.push(byte);
        }
        self.put(byte, list);
        Ok(())
    }

    fn put(&mut self, byte: u8, list: &mut Vec<u8>) {
        if self.inside { list.push(byte) } else { self.rest.push(byte) }
    }
}

/// Whether a byte is of a byte order mark, which some programs put before JSON.
fn is_mark(byte: u8) -> bool {
    matches!(byte, 0xEF | 0xBB | 0xBF)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body taken apart, in pieces of so many bytes.
    fn split(body: &str, piece: usize) -> Result<(String, String, bool), Unsplit> {
        let (mut splitter, mut list) = (Splitter::default(), Vec::new());
        for chunk in body.as_bytes().chunks(piece) {
            splitter.take(chunk, &mut list)?;
        }
        let (rest, found) = splitter.finish();
        Ok((String::from_utf8(rest).expect("it is text"), String::from_utf8(list).expect("it is text"), found))
    }

    #[test]
    fn people_go_one_way_and_options_the_other() {
        for (body, rest, list) in [
            (r#"{"records":[]}"#, r#"{"records":null}"#, "[]"),
            (r#" { "records" : [ {"a":[1,2]} , 3 ] , "draft":true}"#, r#" { "records" : null , "draft":true}"#, r#"[ {"a":[1,2]} , 3 ]"#),
            (r#"{"draft":true,"records":["]}\"[{\\"]}"#, r#"{"draft":true,"records":null}"#, r#"["]}\"[{\\"]"#),
            (r#"{"a":{"records":[1]},"records":[2]}"#, r#"{"a":{"records":[1]},"records":null}"#, "[2]"),
            (r#"{"names":"records","records":[王]}"#, r#"{"names":"records","records":null}"#, "[王]"),
            (r#"{"names":"x","recordsx":[1],"records":[2]}"#, r#"{"names":"x","recordsx":[1],"records":null}"#, "[2]"),
        ] {
            for piece in [1, 3, 1000] {
                assert_eq!(split(body, piece), Ok((rest.to_owned(), list.to_owned(), true)), "{body}");
            }
        }
        // A mark before it is left out (RFC 8259, 8.1, lets a reader pass over one).
        assert_eq!(split("\u{feff}{\"records\":[1]}", 1), Ok((r#"{"records":null}"#.to_owned(), "[1]".to_owned(), true)));
        for body in [r#"{"records":3}"#, r#"{"draft":true}"#, r#"{"x":["records",[1]]}"#, r#"{"a":"records","b":[1]}"#] {
            assert_eq!(split(body, 2), Ok((body.to_owned(), String::new(), false)), "{body}");
        }
    }

    #[test]
    fn what_is_no_such_object_is_refused() {
        assert_eq!(split("[1]", 1), Err(Unsplit::NoObject));
        assert_eq!(split("  x", 1), Err(Unsplit::NoObject));
        assert_eq!(split(r#"{"records":[1],"records":[2]}"#, 1), Err(Unsplit::Twice));
        let long = format!(r#"{{"names":"{}"}}"#, "x".repeat(REST));
        assert_eq!(split(&long, 100), Err(Unsplit::Long));
    }
}
