//! Operators of a page (ISO 32000-1, 7.8.2): what they use, whether they paint in colour, and what must not be painted.

use std::collections::BTreeSet;

use crate::pdf_in::syntax::{is_delimiter, is_space};

/// So many marks lie in each other; deeper ones are not told apart.
const MOST_MARKS: usize = 1_000;

/// So many operands are looked at: a matrix or a curve has six.
const MOST_OPERANDS: usize = 8;

/// Colours that differ by less are one grey.
const SAME: f32 = 0.004;

/// What the operators of a page, form or pattern say.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Whether a colour is chosen that is no grey.
    pub coloured: bool,
    /// The pictures and forms that are painted.
    pub xobjects: BTreeSet<Vec<u8>>,
    /// The colour spaces that are chosen.
    pub spaces: BTreeSet<Vec<u8>>,
    /// The patterns that are chosen.
    pub patterns: BTreeSet<Vec<u8>>,
    /// The shadings that are painted.
    pub shadings: BTreeSet<Vec<u8>>,
    /// Whether something was left out because its layer is hidden.
    pub hidden: bool,
    /// The operators made anew, where some had to go: marks, what is on hidden layers, states saved and not restored.
    pub rewritten: Option<Vec<u8>>,
}

/// A word of the language of operators.
#[derive(Clone, Copy, PartialEq)]
enum Token {
    Number(f32),
    Name(usize, usize),
    /// A string, a bracket: an operand that says nothing here.
    Other,
    /// An operator.
    Word(usize, usize),
}

/// Looks at every operator once. `hidden` tells whether a property list of that name is a hidden layer.
pub(super) fn scan(bytes: &[u8], hidden: &dyn Fn(&[u8]) -> bool) -> Scan {
    let mut scanner =
        Scanner { bytes, at: 0, found: Scan::default(), out: Vec::new(), copied: 0, marks: Vec::new(), saved: 0, operands: Vec::new() };
    scanner.run(hidden);
    let Scanner { mut found, mut out, copied, saved, .. } = scanner;
    if copied > 0 || saved > 0 {
        out.extend(bytes.get(copied..).unwrap_or_default());
        out.extend(b"\nQ".repeat(saved));
        found.rewritten = Some(out);
    }
    found
}

struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    found: Scan,
    /// The operators made anew, up to `copied`.
    out: Vec<u8>,
    copied: usize,
    /// For each mark that is open, whether it is a hidden layer.
    marks: Vec<bool>,
    /// How many states wait to be restored.
    saved: usize,
    operands: Vec<Token>,
}

impl Scanner<'_> {
    fn run(&mut self, hidden: &dyn Fn(&[u8]) -> bool) {
        let mut begin = None;
        loop {
            self.space();
            let from = self.at;
            let Some(token) = self.token() else { return };
            let begin_here = *begin.get_or_insert(from);
            if let Token::Word(from, to) = token {
                let word = self.bytes.get(from..to).unwrap_or_default();
                self.operator(word, begin_here, hidden);
                self.operands.clear();
                begin = None;
            } else if self.operands.len() < MOST_OPERANDS {
                self.operands.push(token);
            }
        }
    }

    fn operator(&mut self, word: &[u8], begin: usize, hidden: &dyn Fn(&[u8]) -> bool) {
        match word {
            b"q" => self.saved += 1,
            b"Q" if self.saved == 0 => self.replace(begin, b""),
            b"Q" => self.saved -= 1,
            // 14.6: marks have no meaning outside their file.
            b"BMC" | b"BDC" => {
                let layer = match (self.name(0), self.name(1)) {
                    (Some(b"OC"), Some(list)) => hidden(list),
                    _ => false,
                };
                if self.marks.len() < MOST_MARKS {
                    self.marks.push(layer);
                }
                self.replace(begin, b"");
            }
            b"EMC" => {
                self.marks.pop();
                self.replace(begin, b"");
            }
            b"MP" | b"DP" => self.replace(begin, b""),
            b"BI" => self.inline_image(begin),
            _ if self.marks.contains(&true) => self.unpainted(word, begin),
            _ => self.uses(word),
        }
    }

    /// An operator on a hidden layer: what it paints is left out, what it changes stays.
    fn unpainted(&mut self, word: &[u8], begin: usize) {
        let instead: &[u8] = match word {
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => b"n",
            b"Tj" | b"TJ" | b"Do" | b"sh" => b"",
            b"'" | b"\"" => b"T*",
            _ => return self.uses(word),
        };
        self.found.hidden = true;
        self.replace(begin, instead);
    }

    fn uses(&mut self, word: &[u8]) {
        let name = self.operands.last().and_then(|token| self.name_of(*token)).map(<[u8]>::to_vec);
        match (word, name) {
            (b"Do", Some(name)) => drop(self.found.xobjects.insert(name)),
            (b"sh", Some(name)) => drop(self.found.shadings.insert(name)),
            (b"cs" | b"CS", Some(name)) => drop(self.found.spaces.insert(name)),
            (b"scn" | b"SCN", Some(name)) => drop(self.found.patterns.insert(name)),
            (b"rg" | b"RG" | b"k" | b"K" | b"sc" | b"SC" | b"scn" | b"SCN", _) => self.found.coloured |= self.is_colour(),
            _ => {}
        }
    }

    /// Whether three or four operands are a colour that is no grey (black ink, the fourth, is none).
    fn is_colour(&self) -> bool {
        let numbers: Vec<f32> =
            self.operands.iter().filter_map(|token| if let Token::Number(number) = token { Some(*number) } else { None }).collect();
        match numbers[..] {
            [a, b, c] | [a, b, c, _] => (a - b).abs() > SAME || (b - c).abs() > SAME,
            _ => false,
        }
    }

    /// A small picture among the operators (8.9.7): `BI`, its dictionary, `ID`, its bytes, `EI`.
    fn inline_image(&mut self, begin: usize) {
        let mut key: Option<&[u8]> = None;
        loop {
            self.space();
            match self.token() {
                None => return,
                Some(Token::Word(from, to)) if self.bytes.get(from..to) == Some(b"ID") => break,
                Some(Token::Name(from, to)) => {
                    let name = self.bytes.get(from..to).unwrap_or_default();
                    if matches!(key, Some(b"CS" | b"ColorSpace")) && !matches!(name, b"G" | b"DeviceGray" | b"CalGray") {
                        self.found.coloured |= !self.marks.contains(&true);
                    }
                    key = Some(name);
                }
                Some(_) => key = None,
            }
        }
        self.at = (self.at + 1).min(self.bytes.len());
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += end_of_image(rest).unwrap_or(rest.len());
        if self.marks.contains(&true) {
            self.found.hidden = true;
            self.replace(begin, b"");
        }
    }

    /// Writes something else instead of what stands from `begin` to here.
    fn replace(&mut self, begin: usize, instead: &[u8]) {
        self.out.extend(self.bytes.get(self.copied..begin).unwrap_or_default());
        self.out.extend(instead);
        self.out.push(b'\n');
        self.copied = self.at;
    }

    fn name(&self, operand: usize) -> Option<&[u8]> {
        self.operands.get(operand).and_then(|token| self.name_of(*token))
    }

    fn name_of(&self, token: Token) -> Option<&[u8]> {
        let Token::Name(from, to) = token else { return None };
        self.bytes.get(from..to)
    }

    fn space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count(),
                byte if is_space(*byte) => self.at += 1,
                _ => return,
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self) -> Option<Token> {
        let from = self.at;
        let first = *self.bytes.get(from)?;
        self.at += 1;
        Some(match first {
            b'/' => {
                self.regular();
                Token::Name(from + 1, self.at)
            }
            b'(' => {
                self.literal();
                Token::Other
            }
            b'<' if self.rest().first() != Some(&b'<') => {
                self.at += self.rest().iter().position(|byte| *byte == b'>').map_or(self.rest().len(), |end| end + 1);
                Token::Other
            }
            byte if is_delimiter(byte) => Token::Other,
            _ => {
                self.regular();
                let word = self.bytes.get(from..self.at).unwrap_or_default();
                match word.first() {
                    Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {
                        Token::Number(std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).unwrap_or(0.0))
                    }
                    _ if matches!(word, b"true" | b"false" | b"null") => Token::Other,
                    _ => Token::Word(from, self.at),
                }
            }
        })
    }

    fn regular(&mut self) {
        self.at += self.rest().iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
    }

    /// The rest of a string in parentheses (7.3.4.2).
    fn literal(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            let Some(byte) = self.bytes.get(self.at) else { return };
            self.at += if *byte == b'\\' { 2 } else { 1 };
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
        }
        self.at = self.at.min(self.bytes.len());
    }
}

/// Where an inline image's `EI` ends: the bytes before it may look like one, so what follows must look like operators.
fn end_of_image(bytes: &[u8]) -> Option<usize> {
    let starts = bytes.windows(2).enumerate().filter(|(_, two)| *two == b"EI").map(|(at, _)| at);
    let ends = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(|byte| is_space(*byte));
        let after = bytes.get(at + 2..).unwrap_or_default();
        before
            && after.first().is_none_or(|byte| is_space(*byte))
            && after.iter().take(12).all(|byte| byte.is_ascii_graphic() || is_space(*byte) && *byte != 0)
    };
    let mut starts = starts;
    starts.find(ends).map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        let found = scan(text.as_bytes(), &|name| name == b"MC0");
        let words = found.rewritten.unwrap_or_else(|| text.as_bytes().to_vec());
        String::from_utf8_lossy(&words).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn marks_go_and_hidden_layers_are_not_painted() {
        for (text, want) in [
            ("q 1 0 0 1 0 0 cm /Im0 Do Q", "q 1 0 0 1 0 0 cm /Im0 Do Q"),
            ("/P <</MCID 0>> BDC BT (a)Tj ET EMC", "BT (a)Tj ET"),
            ("/OC /MC0 BDC 0 0 9 9 re f /Im0 Do EMC 1 1 2 2 re f", "0 0 9 9 re n 1 1 2 2 re f"),
            ("/OC /MC1 BDC 0 0 9 9 re f EMC", "0 0 9 9 re f"),
            ("/OC /MC0 BDC /Span BMC BT 9 Tf (a) ' (b) Tj ET EMC EMC (c) Tj", "BT 9 Tf T* ET (c) Tj"),
            ("/OC /MC0 BDC BI /W 1 /H 1 /BPC 8 /CS /G ID \u{1} EI 1 w EMC", "1 w"),
            ("Q Q q q 1 w", "q q 1 w Q Q"),
            ("% /OC /MC0 BDC\n(/OC /MC0 BDC) Tj", "% /OC /MC0 BDC (/OC /MC0 BDC) Tj"),
            ("EMC EMC 1 w", "1 w"),
            ("(open 1 w", "(open 1 w"),
        ] {
            assert_eq!(rewritten(text), want, "{text}");
        }
    }

    #[test]
    fn colours_are_told_from_greys() {
        for (text, want) in [
            ("0 0 0 rg 1 1 1 RG 0.5 g 0 0 0 1 k", false),
            ("1 0 0 rg", true),
            ("0 1 1 0 K", true),
            ("/CS0 cs 0.2 0.2 0.2 sc", false),
            ("/CS0 cs 0.2 0.4 0.2 scn", true),
            ("BI /W 1 /H 1 /CS /RGB ID \u{1}\u{2}\u{3} EI Q", true),
            ("BI /W 1 /H 1 /IM true ID \u{1} EI Q", false),
            ("(1 0 0 rg) Tj", false),
        ] {
            assert_eq!(scan(text.as_bytes(), &|_| false).coloured, want, "{text}");
        }
        let used = scan(b"/Im0 Do /Sh0 sh /CS0 cs /P0 scn", &|_| false);
        let names =
            |set: &BTreeSet<Vec<u8>>| set.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>().join(" ");
        let all = [&used.xobjects, &used.shadings, &used.spaces, &used.patterns].map(names);
        assert_eq!(all, ["Im0", "Sh0", "CS0", "P0"]);
    }
}
