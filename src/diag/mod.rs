//! What a person did wrong, said so that the person can mend it: plural, placed, in Chinese and English,
//! never with a value of the record.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

mod print;
mod suggest;

pub use print::{json, print, visible};
pub use suggest::nearest;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document can be made; a person should look.
    Warning,
    /// The document cannot say what it should.
    Error,
}

/// The language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Message {
    /// A sentence from its two versions, Chinese first.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Message {
        Message { zh: zh.into(), en: en.into() }
    }

    /// The sentence in one language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a file of a template.
    Template {
        /// The file, as a path from where the templates are looked for: `templates/recommendation/form.hbs`.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The whole source line, for the caret.
        excerpt: String,
        /// How many characters the caret marks, at least 1.
        width: usize,
    },
    /// A file or a folder as a whole: a font, or a file that is not there.
    File {
        /// Its path.
        file: String,
    },
    /// At a value of the record; never the value itself.
    Record {
        /// JSON pointer (RFC 6901).
        pointer: String,
        /// The label on paper (姓名), or empty where the form does not show the value.
        label: String,
    },
    /// In a cell of a workbook; never what stands in it.
    Cell {
        /// The workbook's file.
        file: String,
        /// The sheet's name.
        sheet: String,
        /// The cell as workbooks name it: `C5`.
        cell: String,
        /// What the column is called (身份证号码), or empty.
        label: String,
        /// JSON pointer (RFC 6901) of the value in the record of the person whose cell it is, or empty.
        pointer: String,
    },
    /// In the text of the record's file, where there is no value to point at (broken JSON).
    Input {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
}

/// A person's mistake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A stable word for programs: `missing-glyph`.
    pub code: &'static str,
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub message: Message,
    /// What to do next.
    pub help: Option<Message>,
}

impl Diagnostic {
    /// An error without help.
    pub fn error(code: &'static str, place: Place, message: Message) -> Diagnostic {
        Diagnostic { severity: Severity::Error, code, place, message, help: None }
    }

    /// A warning without help.
    pub fn warning(code: &'static str, place: Place, message: Message) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, code, place, message, help: None }
    }

    /// The same with a next step.
    pub fn with_help(mut self, help: Message) -> Diagnostic {
        self.help = Some(help);
        self
    }
}

/// Diagnostics in the order they were found, each once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Hashes of what is in the list, so that ten thousand mistakes are not each compared with all before.
    seen: BTreeSet<u64>,
}

impl PartialEq for Diagnostics {
    fn eq(&self, other: &Diagnostics) -> bool {
        self.list == other.list
    }
}

impl Eq for Diagnostics {}

impl Diagnostics {
    /// Adds one unless the same code stands at the same place with the same words already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let mut hasher = DefaultHasher::new();
        diagnostic.hash(&mut hasher);
        if self.seen.insert(hasher.finish()) || !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Adds all of another list.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in others {
            self.push(diagnostic);
        }
    }

    /// Keeps those of which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(&Diagnostic) -> bool) {
        let kept = std::mem::take(self).into_iter().filter(keep);
        // With the list anew: what was taken out may come again.
        self.extend(kept);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The codes in order, for tests and for counting.
    pub fn codes(&self) -> Vec<&'static str> {
        self.list.iter().map(|diagnostic| diagnostic.code).collect()
    }

    /// The same list with every warning made an error (`--strict`).
    pub fn into_strict(mut self) -> Diagnostics {
        for diagnostic in &mut self.list {
            diagnostic.severity = Severity::Error;
        }
        // Two that differed by their weight alone are one now, and every hash is another.
        let mut strict = Diagnostics::default();
        strict.extend(self);
        strict
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
