//! Text that is not well-formed XML: which tag is to blame, in words for people.

use std::ops::Range;

use roxmltree::{Error, TextPos};

use super::report::{Reports, did_you_mean};
use super::vocabulary::{Tag, VOCABULARY};
use super::xml::name_len;
use crate::diag::{Message, nearest};

/// Reports why the text is not well-formed.
///
/// A misspelt start tag no longer fits its end tag, and the parser would blame the end tag: so tags that the
/// vocabulary does not know are named first, then tags that do not pair, and only then what the parser says.
pub(super) fn explain(text: &str, error: &Error, reports: &mut Reports) {
    if matches!(error, Error::UnexpectedCloseTag(..) | Error::UnclosedRootNode | Error::UnexpectedEndOfStream | Error::NoRootNode) {
        let tags = tags(text);
        if unknown_names(&tags, reports) || unpaired(&tags, reports) {
            return;
        }
    }
    let at = offset(text, error.pos());
    let (code, message) = words(error);
    reports.error(code, &at, message);
}

/// A tag as it stands in the text.
struct TagText<'a> {
    name: &'a str,
    at: Range<usize>,
    end: bool,
    empty: bool,
}

/// The tags of the text in order, comments and quoted `>` stepped over.
fn tags(text: &str) -> Vec<TagText<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let rest = text.get(open..).unwrap_or_default();
        if rest.starts_with("<!--") {
            from = rest.find("-->").map_or(text.len(), |end| open + end + 3);
            continue;
        }
        let end = rest.starts_with("</");
        let start = open + if end { 2 } else { 1 };
        let len = name_len(text.get(start..).unwrap_or_default());
        let close = tag_end(rest).map_or(text.len(), |at| open + at);
        let name = text.get(start..start + len).unwrap_or_default();
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            let empty = text.get(..close).is_some_and(|before| before.ends_with('/'));
            found.push(TagText { name, at: start..start + len, end, empty });
        }
        from = close.max(open + 1);
    }
    found
}

/// Where the tag's `>` stands.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

fn unknown_names(tags: &[TagText], reports: &mut Reports) -> bool {
    let mut any = false;
    for tag in tags.iter().filter(|tag| Tag::find(tag.name).is_none()) {
        any = true;
        let name = tag.name;
        let message = match tag.end {
            false => Message::new(format!("没有元素 `<{name}>`"), format!("unknown element `<{name}>`")),
            true => Message::new(format!("没有元素 `</{name}>`"), format!("unknown element `</{name}>`")),
        };
        let help = nearest(name, VOCABULARY.iter().map(|spec| spec.name)).map(did_you_mean);
        reports.add("unknown-element", &tag.at, message, help);
    }
    any
}

fn unpaired(tags: &[TagText], reports: &mut Reports) -> bool {
    let mut open: Vec<&TagText> = Vec::new();
    for tag in tags.iter().filter(|tag| !tag.empty) {
        if !tag.end {
            open.push(tag);
            continue;
        }
        let name = tag.name;
        match open.pop() {
            Some(start) if start.name == name => {}
            // The end tag closes something further out: what stands between was never closed.
            Some(start) if open.iter().any(|outer| outer.name == name) => return unclosed(start, Some(tag), reports),
            _ => {
                let message = Message::new(
                    format!("`</{name}>` 没有对应的开始标签"),
                    format!("`</{name}>` has no start tag"),
                );
                reports.error("unpaired-tag", &tag.at, message);
                return true;
            }
        }
    }
    match open.pop() {
        Some(start) => unclosed(start, None, reports),
        None => false,
    }
}

fn unclosed(start: &TagText, end: Option<&TagText>, reports: &mut Reports) -> bool {
    let name = start.name;
    let (zh, en) = match end {
        Some(end) => (format!("，先遇到了 `</{}>`", end.name), format!(": `</{}>` comes first", end.name)),
        None => (String::new(), String::new()),
    };
    let message = Message::new(format!("`<{name}>` 没有结束{zh}"), format!("`<{name}>` is never closed{en}"));
    let help = Message::new(
        format!("补上 `</{name}>`；没有内容的写成 `<{name}/>`"),
        format!("add `</{name}>`, or write `<{name}/>` if it is empty"),
    );
    reports.error_with_help("unpaired-tag", &start.at, message, help);
    true
}

/// The byte range of the character at a line and column, both from 1, columns in characters.
fn offset(text: &str, at: TextPos) -> Range<usize> {
    let line = usize::try_from(at.row).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(at.col).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let inner = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    let width = rest.get(inner..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    start + inner..start + inner + width
}

fn words(error: &Error) -> (&'static str, Message) {
    match error {
        Error::DtdDetected => ("xml", Message::new("模板里没有 `<!DOCTYPE>`", "templates have no `<!DOCTYPE>`")),
        Error::UnknownEntityReference(name, _) => (
            "xml",
            Message::new(
                format!("没有实体 `&{name};`，只有 &amp; &lt; &gt; &quot; &apos; 和字符编号"),
                format!("there is no entity `&{name};`: only &amp; &lt; &gt; &quot; &apos; and character numbers"),
            ),
        ),
        Error::MalformedEntityReference(_) => {
            ("xml", Message::new("`&` 要写成 `&amp;`", "write `&amp;` for `&`"))
        }
        Error::DuplicatedAttribute(name, _) => (
            "xml",
            Message::new(format!("属性 `{name}` 写了两次"), format!("the attribute `{name}` is written twice")),
        ),
        Error::UnknownNamespace(prefix, _) => (
            "unknown-element",
            Message::new(format!("模板不用 XML 命名空间 `{prefix}:`"), format!("templates use no XML namespaces (`{prefix}:`)")),
        ),
        Error::NoRootNode => ("xml", Message::new("模板没有 `<form>`", "the template has no `<form>`")),
        Error::InvalidAttributeValue(_) => {
            ("xml", Message::new("属性值里的 `<` 要写成 `&lt;`", "write `&lt;` for `<` in an attribute"))
        }
        Error::InvalidChar(expected, ..) => (
            "xml",
            Message::new(format!("此处应为 `{}`", char::from(*expected)), format!("`{}` is expected here", char::from(*expected))),
        ),
        Error::InvalidChar2(expected, ..) => {
            ("xml", Message::new(format!("此处应为 {expected}"), format!("{expected} is expected here")))
        }
        Error::NonXmlChar(c, _) => (
            "xml",
            Message::new(format!("不允许的字符 U+{:04X}", u32::from(*c)), format!("the character U+{:04X} is not allowed", u32::from(*c))),
        ),
        // The parser's own words count lines of the expanded text, which nobody sees.
        _ => ("xml", Message::new("此处的 XML 写法有误", "this is not well-formed XML")),
    }
}
