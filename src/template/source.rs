//! A file of a template, and the way from a byte of it to a place for people.

use std::ops::Range;

use crate::diag::{Diagnostic, Diagnostics, Message, Place};

/// A file of a template as it was read.
pub(super) struct Source {
    /// The path people see: `templates/recommendation/form.hbs`.
    pub file: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// The byte at which each line begins.
    lines: Vec<usize>,
}

impl Source {
    /// A file by its path relative to the templates' folder.
    pub fn new(relative: &str, text: &str) -> Source {
        Source::shown(format!("templates/{relative}"), text)
    }

    /// A file by the path people see.
    pub fn shown(file: String, text: &str) -> Source {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { file, text, lines }
    }

    /// The place of a byte range; the caret never leaves the range's first line.
    pub fn place(&self, at: Range<usize>) -> Place {
        let start = self.text.floor_char_boundary(at.start.min(self.text.len()));
        let line = self.lines.partition_point(|&begin| begin <= start).max(1);
        let begin = self.lines.get(line - 1).copied().unwrap_or(0);
        let rest = self.text.get(begin..).unwrap_or("");
        let excerpt = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        let chars = |from: usize, to: usize| self.text.get(from..to).map_or(0, |text| text.chars().count());
        let end = self.text.floor_char_boundary(at.end.min(begin + excerpt.len()));
        Place::Template {
            file: self.file.clone(),
            line,
            column: chars(begin, start) + 1,
            excerpt: excerpt.to_owned(),
            width: chars(start, end).max(1),
        }
    }

    /// The text of a byte range.
    pub fn slice(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or("")
    }

    /// The byte of a line and a column counted in bytes, both from 1, as serde_json counts them.
    pub fn byte(&self, line: usize, column: usize) -> usize {
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.lines.get(line).map_or(self.text.len(), |next| next - 1);
        (begin + column.saturating_sub(1)).min(end)
    }

    /// An error at a byte range of this file.
    pub fn error(&self, at: Range<usize>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.place(at), Message::new(zh, en))
    }
}

/// Adds the help "did you mean" where there is a near word, else the other help where there is one.
pub(super) fn suggest<'a>(
    diagnostic: Diagnostic,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: Option<Message>,
) -> Diagnostic {
    match (crate::diag::nearest(word, known), otherwise) {
        (Some(near), _) => diagnostic.with_help(Message::new(format!("是不是想写 `{near}`？"), format!("did you mean `{near}`?"))),
        (None, Some(help)) => diagnostic.with_help(help),
        (None, None) => diagnostic,
    }
}

/// Refuses a text that holds characters this module marks its own places with.
pub(super) fn refuse_marks(source: &Source, found: &mut Diagnostics) {
    for (at, c) in source.text.char_indices().filter(|(_, c)| super::weave::is_mark(*c)) {
        found.push(
            source
                .error(
                    at..at + c.len_utf8(),
                    "private-character",
                    format!("模板里不能有私用字符 U+{:X}。", c as u32),
                    format!("a template must not hold the private-use character U+{:X}", c as u32),
                )
                .with_help(Message::new("请换成标准字符。", "replace it by a standard character")),
        );
    }
}
