//! What stands inside a tag: paths, literals, helper calls, with the place of every word.

use std::ops::Range;

use serde_json::Value;

use super::source::Source;
use crate::diag::{Diagnostic, Message};

/// Why a tag cannot be read; boxed, since a tag seldom is wrong.
type Wrong = Box<Diagnostic>;

/// A value as a tag writes it.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Path(Path),
    Literal(Value, Range<usize>),
    Call(Call),
}

/// A path into the ink: `city`, `../label`, `@root/city`, `@index`, `this`.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub at: Range<usize>,
    /// `@root/…`
    pub root: bool,
    /// `@index`, `@first`, `@last`, `@key`
    pub local: bool,
    /// How many `../` it has.
    pub up: usize,
    /// The keys; none for `this`.
    pub steps: Vec<(String, Range<usize>)>,
}

/// A helper or a partial with what it is given.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub at: Range<usize>,
    pub name: String,
    pub name_at: Range<usize>,
    pub args: Vec<Expr>,
    pub hash: Vec<(String, Range<usize>, Expr)>,
    /// Block parameters: `as |unit index|`.
    pub params: Vec<(String, Range<usize>)>,
}

impl Expr {
    /// Where it stands.
    pub fn at(&self) -> Range<usize> {
        match self {
            Expr::Path(path) => path.at.clone(),
            Expr::Literal(_, at) => at.clone(),
            Expr::Call(call) => call.at.clone(),
        }
    }
}

/// Sub-expressions deeper than this are refused; people do not write them.
const DEEPEST: usize = 16;

/// Reads the inside of a tag, `name args key=value as |a b|`.
pub(super) fn read(source: &Source, at: Range<usize>) -> Result<Call, Wrong> {
    let tokens = tokens(source, at.clone())?;
    let mut reader = Reader { source, tokens, next: 0, end: at.end };
    let call = reader.call(at, 0)?;
    match reader.peek() {
        Some(token) => Err(reader.unexpected(token.at.clone())),
        None => Ok(call),
    }
}

/// A word as a path, or why it is none.
pub(super) fn path(source: &Source, at: Range<usize>) -> Result<Path, Wrong> {
    let word = source.slice(&at);
    let bad = || {
        let help = Message::new("路径写作 city、../label、@root/city 或 @index。", "write a path as city, ../label, @root/city or @index");
        let (zh, en) = (format!("`{word}` 不是能读的路径。"), format!("`{word}` is not a path"));
        Box::new(source.error(at.clone(), "bad-path", zh, en).with_help(help))
    };
    let mut path = Path { at: at.clone(), root: false, local: false, up: 0, steps: Vec::new() };
    let mut rest = word;
    if let Some(after) = rest.strip_prefix("@root").filter(|after| after.starts_with(['.', '/'])) {
        path.root = true;
        rest = after.get(1..).unwrap_or("");
    } else if let Some(after) = rest.strip_prefix('@') {
        path.local = true;
        rest = after;
    } else if let Some(after) = rest.strip_prefix("./").or_else(|| rest.strip_prefix("this.")).or_else(|| rest.strip_prefix("this/")) {
        rest = after;
    }
    while let Some(after) = rest.strip_prefix("../").filter(|_| !path.root) {
        path.up += 1;
        rest = after;
    }
    if rest == "this" && !path.root && !path.local {
        return Ok(path);
    }
    let mut start = at.end - rest.len();
    for step in rest.split(['.', '/']) {
        if step.is_empty() || step == "this" || !step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || !c.is_ascii()) {
            return Err(bad());
        }
        path.steps.push((step.to_owned(), start..start + step.len()));
        start += step.len() + 1;
    }
    if path.local && path.steps.len() != 1 {
        return Err(bad());
    }
    Ok(path)
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Word,
    Text(String),
    Open,
    Close,
    Equals,
    Bar,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    at: Range<usize>,
}

fn tokens(source: &Source, within: Range<usize>) -> Result<Vec<Token>, Wrong> {
    let mut tokens = Vec::new();
    let mut at = within.start;
    while let Some(c) = source.text.get(at..within.end).and_then(|rest| rest.chars().next()) {
        let start = at;
        at += c.len_utf8();
        let kind = match c {
            ' ' | '\t' | '\n' | '\r' => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '=' => Kind::Equals,
            '|' => Kind::Bar,
            '"' | '\'' => {
                at = string_end(source, start, within.end).ok_or_else(|| unclosed_string(source, start))?;
                Kind::Text(string(source, start..at)?)
            }
            c if is_word(c) => {
                while let Some(c) = source.text.get(at..within.end).and_then(|rest| rest.chars().next()).filter(|c| is_word(*c)) {
                    at += c.len_utf8();
                }
                Kind::Word
            }
            c => {
                return Err(wrong(source, start..at, format!("标签里不能有 `{c}`。"), format!("`{c}` cannot stand in a tag")));
            }
        };
        tokens.push(Token { kind, at: start..at });
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.@/".contains(c) || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
}

/// The byte after the string that begins at `start`, if it ends on the same line.
pub(super) fn string_end(source: &Source, start: usize, limit: usize) -> Option<usize> {
    let bytes = source.text.as_bytes().get(..limit)?;
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The error for a string without an end.
pub(super) fn unclosed_string(source: &Source, start: usize) -> Wrong {
    wrong(source, start..start + 1, "这个引号没有配对的引号。", "this quote is never closed")
}

fn string(source: &Source, at: Range<usize>) -> Result<String, Wrong> {
    let raw = source.slice(&at);
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
    // Handlebars reads the escapes of both kinds of quotes its own way; without escapes both mean the same.
    let fine = !inner.contains('\\') && !inner.chars().any(|c| c.is_control());
    fine.then(|| inner.to_owned()).ok_or_else(|| {
        let (zh, en) = ("字符串里不能有反斜线或控制字符。", "a string in a tag must not hold a backslash or a control character");
        let help = Message::new("请直接写出字符，或用另一种引号。", "write the characters themselves, or use the other kind of quotes");
        helped(*wrong(source, at.clone(), zh, en), help)
    })
}

struct Reader<'a> {
    source: &'a Source,
    tokens: Vec<Token>,
    next: usize,
    end: usize,
}

impl Reader<'_> {
    fn call(&mut self, at: Range<usize>, depth: usize) -> Result<Call, Wrong> {
        let Some(token) = self.take() else {
            return Err(wrong(self.source, at, "标签是空的。", "this tag is empty"));
        };
        if token.kind != Kind::Word {
            let help = Message::new(
                "标签以路径或助手名开头；文字直接写在标签外。",
                "a tag begins with a path or a helper's name; plain words stand outside of tags",
            );
            return Err(helped(*self.unexpected(token.at), help));
        }
        let name = self.source.slice(&token.at).to_owned();
        let mut call = Call { at, name, name_at: token.at, args: Vec::new(), hash: Vec::new(), params: Vec::new() };
        while let Some(token) = self.peek().cloned() {
            if token.kind == Kind::Close && depth > 0 {
                break;
            }
            let follows = |kind: Kind| self.tokens.get(self.next + 1).is_some_and(|t| t.kind == kind);
            if token.kind == Kind::Word && follows(Kind::Equals) {
                self.next += 2;
                let value = self.value(depth)?;
                let key = self.source.slice(&token.at).to_owned();
                if !key.starts_with(|c: char| c.is_ascii_lowercase())
                    || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
                {
                    return Err(self.unexpected(token.at));
                }
                if call.hash.iter().any(|(other, ..)| *other == key) {
                    return Err(wrong(
                        self.source,
                        token.at,
                        format!("参数 `{key}` 写了两次。"),
                        format!("the parameter `{key}` is given twice"),
                    ));
                }
                call.hash.push((key, token.at, value));
            } else if token.kind == Kind::Word && self.source.slice(&token.at) == "as" && follows(Kind::Bar) && depth == 0 {
                self.next += 2;
                self.block_params(&mut call)?;
            } else {
                call.args.push(self.value(depth)?);
            }
        }
        Ok(call)
    }

    fn block_params(&mut self, call: &mut Call) -> Result<(), Wrong> {
        loop {
            match self.take() {
                Some(Token { kind: Kind::Word, at }) if call.params.len() < 2 => {
                    let word = self.source.slice(&at).to_owned();
                    if !word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || word.starts_with(|c: char| c.is_ascii_digit()) {
                        return Err(self.unexpected(at));
                    }
                    call.params.push((word, at));
                }
                Some(Token { kind: Kind::Bar, .. }) if !call.params.is_empty() => return Ok(()),
                Some(token) => return Err(self.unexpected(token.at)),
                None => return Err(self.unexpected(self.end..self.end + 1)),
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Expr, Wrong> {
        let Some(token) = self.take() else { return Err(self.unexpected(self.end..self.end + 1)) };
        match token.kind {
            Kind::Text(text) => Ok(Expr::Literal(Value::String(text), token.at)),
            Kind::Word => self.word(token.at),
            Kind::Open if depth < DEEPEST => {
                let mut call = self.call(token.at.clone(), depth + 1)?;
                match self.take() {
                    Some(close) if close.kind == Kind::Close => call.at.end = close.at.end,
                    _ => return Err(wrong(self.source, token.at, "这个括号没有配对的 `)`。", "this bracket is never closed")),
                }
                Ok(Expr::Call(call))
            }
            _ => Err(self.unexpected(token.at)),
        }
    }

    fn word(&self, at: Range<usize>) -> Result<Expr, Wrong> {
        let word = self.source.slice(&at);
        let literal = match word {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            "as" | "else" => return Err(self.unexpected(at)),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => match serde_json::from_str(word) {
                Ok(number) => Some(number),
                Err(_) => {
                    return Err(wrong(self.source, at.clone(), format!("`{word}` 不是数。"), format!("`{word}` is not a number")));
                }
            },
            _ => None,
        };
        match literal {
            Some(value) => Ok(Expr::Literal(value, at)),
            None => path(self.source, at).map(Expr::Path),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn unexpected(&self, at: Range<usize>) -> Wrong {
        let word = self.source.slice(&at);
        wrong(self.source, at.clone(), format!("标签里这个位置不能写 `{word}`。"), format!("`{word}` is not expected here in a tag"))
    }
}

fn wrong(source: &Source, at: Range<usize>, zh: impl Into<String>, en: impl Into<String>) -> Wrong {
    Box::new(source.error(at, "bad-tag", zh, en))
}

fn helped(wrong: Diagnostic, help: Message) -> Wrong {
    Box::new(wrong.with_help(help))
}
