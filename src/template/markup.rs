//! The expanded text of a template, and the way back.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::source::Source;
use super::weave::{self, Segment};
use crate::diag::Place;

/// The files of a template and the segments its marks stand for.
pub(super) struct Origins {
    /// The index of the form's own file: the place of what came from nowhere, such as an empty text.
    pub form: usize,
    pub sources: Vec<Source>,
    pub segments: Vec<Segment>,
}

impl Origins {
    fn place(&self, file: usize, at: Range<usize>) -> Place {
        match self.sources.get(file) {
            Some(source) => source.place(at),
            None => Place::Template { file: String::new(), line: 1, column: 1, excerpt: String::new(), width: 1 },
        }
    }
}

/// An expanded template: the text, and the way back from it to the template.
pub struct Markup {
    text: String,
    /// Where each run of the text begins, and the segment it came from.
    runs: Vec<(usize, usize)>,
    origins: Arc<Origins>,
}

impl Markup {
    /// A text that is its own template, without Handlebars: for tests and fuzzing of the parser.
    pub fn verbatim(file: &str, text: &str) -> Markup {
        let source = Source::shown(file.to_owned(), text);
        let text = source.text.clone();
        let segments = vec![Segment { file: 0, at: 0..text.len(), literal: true }];
        Markup { text, runs: vec![(0, 0)], origins: Arc::new(Origins { form: 0, sources: vec![source], segments }) }
    }

    /// The expanded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where in the template a byte range of the expanded text came from. What an expression printed has the
    /// place of its tag; a range over several pieces of one line is marked from its first to its last.
    pub fn place(&self, range: Range<usize>) -> Place {
        let start = range.start.min(self.text.len());
        let end = range.end.clamp(start, self.text.len());
        let Some((file, first)) = self.origin(start, start + 1) else {
            return self.origins.place(self.origins.form, 0..1);
        };
        let mut at = first;
        if end > start {
            match self.origin(end - 1, end) {
                Some((other, last)) if other == file && last.end > at.start => at.end = last.end,
                _ => {}
            }
        }
        self.origins.place(file, at)
    }

    /// The file and the bytes of it that a short piece of the text came from.
    fn origin(&self, start: usize, end: usize) -> Option<(usize, Range<usize>)> {
        let run = self.runs.partition_point(|(begin, _)| *begin <= start).checked_sub(1)?;
        let (begin, segment) = self.runs.get(run)?;
        let segment = self.origins.segments.get(*segment)?;
        let at = if segment.literal {
            let base = segment.at.start;
            (base + (start - begin)).min(segment.at.end)..(base + (end - begin)).min(segment.at.end)
        } else {
            segment.at.clone()
        };
        Some((segment.file, at))
    }
}

/// At most so many bytes of expanded text: a sheet of some thousand people.
pub(super) const LONGEST: usize = 8 << 20;

/// At most so many pieces, which also bounds the rounds of loops that print nothing.
const MOST_RUNS: usize = 1_000_000;

/// Takes what Handlebars writes, parts marks from text and keeps both within limits.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    runs: Vec<(usize, usize)>,
    marks: usize,
    /// The last mark seen: where Handlebars was when it stopped.
    pub last: Option<usize>,
    /// Whether a limit was reached.
    pub over: bool,
}

impl Writer {
    /// The finished markup.
    pub fn finish(self, origins: Arc<Origins>) -> Markup {
        Markup { text: self.text, runs: self.runs, origins }
    }

    /// The text alone.
    pub fn into_text(self) -> String {
        self.text
    }

    fn mark(&mut self, index: usize) {
        self.marks += 1;
        self.last = Some(index);
        // A mark without text of its own is of no use to the map.
        match self.runs.last_mut() {
            Some(run) if run.0 == self.text.len() => run.1 = index,
            _ => self.runs.push((self.text.len(), index)),
        }
    }
}

impl io::Write for &mut Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        while let Some((at, mark)) = rest.char_indices().find(|(_, c)| weave::is_mark(*c)) {
            self.text.push_str(rest.get(..at).unwrap_or(""));
            if let Some(index) = weave::index(mark) {
                self.mark(index);
            }
            rest = rest.get(at + mark.len_utf8()..).unwrap_or("");
        }
        self.text.push_str(rest);
        self.over = self.text.len() > LONGEST || self.marks > MOST_RUNS;
        if self.over { Err(io::Error::other("too much output")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
