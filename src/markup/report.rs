//! Mistakes found while reading, each once at its place in the template.

use std::ops::Range;

use crate::diag::{Diagnostic, Diagnostics, Message, Place};

/// More reports than this help nobody.
const LIMIT: usize = 100;

/// The mistakes found so far.
pub(super) struct Reports<'a> {
    place: &'a dyn Fn(Range<usize>) -> Place,
    found: Diagnostics,
}

impl<'a> Reports<'a> {
    /// An empty list; `place` tells where in the template a byte range of the expanded text came from.
    pub(super) fn new(place: &'a dyn Fn(Range<usize>) -> Place) -> Reports<'a> {
        Reports { place, found: Diagnostics::default() }
    }

    /// Adds a mistake.
    pub(super) fn error(&mut self, code: &'static str, at: &Range<usize>, message: Message) {
        self.add(code, at, message, None);
    }

    /// Adds a mistake with a next step.
    pub(super) fn error_with_help(&mut self, code: &'static str, at: &Range<usize>, message: Message, help: Message) {
        self.add(code, at, message, Some(help));
    }

    /// Adds a mistake, with a next step where one is known.
    pub(super) fn add(&mut self, code: &'static str, at: &Range<usize>, message: Message, help: Option<Message>) {
        if self.found.len() >= LIMIT {
            return;
        }
        let place = (self.place)(at.clone());
        // A loop repeats a mistake with other numbers in its words: its code and place are still the same.
        if self.found.iter().any(|known| known.code == code && known.place == place) {
            return;
        }
        let report = Diagnostic::error(code, place, message);
        self.found.push(match help {
            Some(help) => report.with_help(help),
            None => report,
        });
    }

    /// Where in the template this came from.
    pub(super) fn place(&self, at: &Range<usize>) -> Place {
        (self.place)(at.clone())
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The whole list.
    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.found
    }
}

/// "Did you mean": a next step in both languages.
pub(super) fn did_you_mean(word: &str) -> Message {
    Message::new(format!("是不是 `{word}`？"), format!("did you mean `{word}`?"))
}
