//! The text of a template cut into tags and what stands between them.

use std::ops::Range;

use super::expr;
use super::source::Source;
use crate::diag::{Diagnostic, Diagnostics, Message};

/// A piece of a template: words for the paper, or a tag.
#[derive(Debug)]
pub(super) struct Piece {
    pub kind: Kind,
    /// The whole tag, or the text as it stands in the file.
    pub at: Range<usize>,
    /// What stands inside the tag's braces and sign; of a text, what is left of it after whitespace control.
    pub inner: Range<usize>,
    trim_before: bool,
    trim_after: bool,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Comment,
    /// `{{city}}`
    Print,
    /// `{{#if …}}`
    Open,
    /// `{{else}}`, `{{else if …}}`
    Else,
    /// `{{/if}}`
    Close,
    /// `{{> opinion …}}`
    Partial,
}

/// Cuts a range of a file into pieces; what may not stand there goes to `found` and is left out.
pub(super) fn pieces(source: &Source, range: Range<usize>, found: &mut Diagnostics) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    while let Some(length) = source.slice(&(at..range.end)).find("{{") {
        let open = at + length;
        if source.slice(&(at..open)).ends_with('\\') {
            found.push(
                source
                    .error(open - 1..open + 2, "escaped-tag", "模板里不能用 `\\{{`。", "`\\{{` is not part of this language")
                    .with_help(Message::new("需要印出花括号时写 `&#123;`。", "to print a brace, write `&#123;`")),
            );
        }
        text(&mut pieces, at..open);
        at = tag(source, open, range.end, &mut pieces, found);
    }
    text(&mut pieces, at..range.end);
    control_whitespace(source, &mut pieces);
    pieces
}

fn text(pieces: &mut Vec<Piece>, at: Range<usize>) {
    if !at.is_empty() {
        pieces.push(Piece { kind: Kind::Text, inner: at.clone(), at, trim_before: false, trim_after: false });
    }
}

/// Reads the tag at `open` and returns the byte after it.
fn tag(source: &Source, open: usize, limit: usize, pieces: &mut Vec<Piece>, found: &mut Diagnostics) -> usize {
    let rest = |at: usize| source.slice(&(at..limit));
    let trim_before = rest(open + 2).starts_with('~');
    let begin = open + 2 + usize::from(trim_before);
    if rest(begin).starts_with('!') {
        return comment(source, open, begin, limit, trim_before, pieces, found);
    }
    let refused = refusal(rest(begin));
    let end = match tag_end(source, open, begin, limit) {
        Ok(end) => end,
        Err((diagnostic, next)) => {
            found.push(*diagnostic);
            return next;
        }
    };
    // A triple brace closes with three; what it is has been said already.
    let after = if refused.is_some() { end + rest(end).bytes().take_while(|b| *b == b'}').count() } else { end };
    if let Some((code, zh, en, help)) = refused {
        let spread = source.slice(&(open..after)).trim_end_matches('\n').len();
        found.push(source.error(open..open + spread, code, zh, en).with_help(help));
        return after;
    }
    let mut inner = begin..end - 2;
    let trim_after = source.slice(&inner).ends_with('~');
    inner.end -= usize::from(trim_after);
    let kind = match source.slice(&inner).chars().next() {
        Some('#') => Kind::Open,
        Some('/') => Kind::Close,
        Some('>') => Kind::Partial,
        Some('^') => Kind::Else,
        _ if is_else(source.slice(&inner)) => Kind::Else,
        _ => Kind::Print,
    };
    match kind {
        Kind::Else if source.slice(&inner).starts_with('^') => inner.start += 1,
        Kind::Else => {
            let word = source.slice(&inner);
            inner.start += word.len() - word.trim_start().len() + "else".len();
        }
        Kind::Print => {}
        _ => inner.start += 1,
    }
    pieces.push(Piece { kind, at: open..end, inner, trim_before, trim_after });
    end
}

fn is_else(inner: &str) -> bool {
    inner.trim_start().strip_prefix("else").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

fn comment(
    source: &Source,
    open: usize,
    begin: usize,
    limit: usize,
    trim_before: bool,
    pieces: &mut Vec<Piece>,
    found: &mut Diagnostics,
) -> usize {
    let rest = source.slice(&(begin..limit));
    let close = if rest.starts_with("!--") { rest.find("--}}").or_else(|| rest.find("--~}}")).map(|at| at + 2) } else { rest.find("}}") };
    let Some(close) = close else {
        found.push(source.error(open..open + 2, "bad-tag", "这个注释没有结束。", "this comment never ends"));
        return limit;
    };
    let tail = source.slice(&(begin + close..limit));
    let trim_after = tail.starts_with('~') || source.slice(&(begin..begin + close)).ends_with('~');
    let end = begin + close + usize::from(tail.starts_with('~')) + 2;
    pieces.push(Piece { kind: Kind::Comment, at: open..end, inner: begin..begin + close, trim_before, trim_after });
    end
}

/// The byte after the `}}` of the tag at `open`, or what is wrong and where to read on.
fn tag_end(source: &Source, open: usize, begin: usize, limit: usize) -> Result<usize, (Box<Diagnostic>, usize)> {
    let mut at = begin;
    loop {
        let rest = source.slice(&(at..limit));
        let Some(next) = rest.find(['}', '"', '\'', '{']) else {
            return Err((unclosed(source, open).into(), limit));
        };
        let here = at + next;
        let rest = source.slice(&(here..limit));
        if rest.starts_with("}}") {
            return Ok(here + 2);
        } else if rest.starts_with("{{") && here > begin {
            return Err((unclosed(source, open).into(), here));
        } else if rest.starts_with(['"', '\'']) {
            match expr::string_end(source, here, limit) {
                Some(end) => at = end,
                None => {
                    let next = rest.find("}}").map_or(limit, |close| here + close + 2);
                    return Err((expr::unclosed_string(source, here), next));
                }
            }
        } else {
            at = here + 1;
        }
    }
}

fn unclosed(source: &Source, open: usize) -> Diagnostic {
    source
        .error(open..open + 2, "bad-tag", "这个标签没有用 `}}` 结束。", "this tag is never closed with `}}`")
        .with_help(Message::new("请补上 `}}`。", "add `}}`"))
}

type Refusal = (&'static str, &'static str, &'static str, Message);

/// Why a tag that begins so is no part of the language, if it is none.
fn refusal(inner: &str) -> Option<Refusal> {
    let sign = inner.strip_prefix('#').map_or(inner, str::trim_start);
    let block = inner.starts_with('#');
    if inner.starts_with("{{") {
        return Some((
            "raw-output",
            "模板里不能有原样块 `{{{{ }}}}`。",
            "raw blocks `{{{{ }}}}` are not part of this language",
            Message::new("请直接写出内容。", "write the content itself"),
        ));
    }
    if inner.starts_with('{') || inner.starts_with('&') {
        return Some((
            "raw-output",
            "不能原样输出：`{{{ }}}` 和 `{{& }}` 会绕过转义。",
            "raw output is refused: `{{{ }}}` and `{{& }}` go round the escaping",
            Message::new("请写成 `{{ }}`。", "write it as `{{ }}`"),
        ));
    }
    if sign.starts_with('*') {
        return Some((
            "decorator",
            "不能用装饰器和内联分部。",
            "decorators and inline partials are not part of this language",
            Message::new("请把分部写成 partials 下的文件。", "make the partial a file in `partials/`"),
        ));
    }
    if block && sign.starts_with('>') {
        return Some((
            "partial-block",
            "分部不能带内容块。",
            "a partial cannot be given a block",
            Message::new("请写成 `{{> 名 键=值}}`。", "write `{{> name key=value}}`"),
        ));
    }
    None
}

/// Whitespace control as Handlebars has it: `~` takes all blanks on its side, and a line on which a block
/// tag, a comment or a partial stands alone goes away whole. It is done here, before Handlebars sees the
/// text, so that the place marks can neither disturb it nor be disturbed by it.
fn control_whitespace(source: &Source, pieces: &mut [Piece]) {
    for index in 0..pieces.len() {
        let Some(Piece { kind, trim_before, trim_after, .. }) = pieces.get(index) else { continue };
        let (kind, trim_before, trim_after) = (*kind, *trim_before, *trim_after);
        if matches!(kind, Kind::Text) {
            continue;
        }
        let before = index.checked_sub(1);
        let alone = !matches!(kind, Kind::Print)
            && line_begins(source, before.and_then(|at| pieces.get(at)))
            && line_ends(source, pieces.get(index + 1));
        if let Some(text) = before.and_then(|at| pieces.get_mut(at)).filter(|piece| piece.kind == Kind::Text) {
            let kept = source.slice(&text.inner);
            if trim_before {
                text.inner.end = text.inner.start + kept.trim_end().len();
            } else if alone {
                text.inner.end = text.inner.start + kept.trim_end_matches([' ', '\t']).len();
            }
        }
        if let Some(text) = pieces.get_mut(index + 1).filter(|piece| piece.kind == Kind::Text) {
            let kept = source.slice(&text.inner);
            let rest = if trim_after {
                kept.trim_start()
            } else if alone {
                let rest = kept.trim_start_matches([' ', '\t']);
                rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest)
            } else {
                kept
            };
            text.inner.start = text.inner.end - rest.len();
        }
    }
}

/// Whether only blanks stand between the beginning of a line and what follows this piece.
fn line_begins(source: &Source, before: Option<&Piece>) -> bool {
    match before {
        None => true,
        Some(piece) if piece.kind == Kind::Text => {
            let kept = source.slice(&piece.at).trim_end_matches([' ', '\t']);
            kept.ends_with('\n') || (kept.is_empty() && piece.at.start == 0)
        }
        Some(_) => false,
    }
}

/// Whether only blanks stand between what precedes this piece and the end of the line.
fn line_ends(source: &Source, after: Option<&Piece>) -> bool {
    match after {
        None => true,
        Some(piece) if piece.kind == Kind::Text => {
            let rest = source.slice(&piece.at).trim_start_matches([' ', '\t']);
            rest.starts_with('\n') || rest.starts_with("\r\n") || (rest.is_empty() && piece.at.end == source.text.len())
        }
        Some(_) => false,
    }
}
