//! A diagnostic as the journal keeps it and the report tells it: owned, and without a value of the record as ever.

use serde::{Deserialize, Serialize};

use crate::diag::{Diagnostic, Lang, Place, Severity};

/// What is wrong with one person's papers, or with a unit's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether it holds the dossier back; else a person should look.
    pub error: bool,
    /// A stable word for programs: `missing-required`.
    pub code: String,
    /// Where it is, for programs: a JSON pointer (RFC 6901), a cell, a file.
    pub place: String,
    /// The value that is meant, as a JSON pointer (RFC 6901) into the person's record; `None` where it is no value.
    #[serde(default)]
    pub pointer: Option<String>,
    /// What the paper calls it; empty where nothing on paper is meant.
    pub label: String,
    /// What is wrong, in Chinese and in English.
    pub message: [String; 2],
    /// What to do next, in Chinese and in English; empty where nothing is known.
    pub help: [String; 2],
}

impl Problem {
    /// Adds what is not told yet.
    pub(super) fn join(problems: &mut Vec<Problem>, more: Vec<Problem>) {
        for problem in more {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }

    /// What is wrong, in one language.
    pub fn message(&self, lang: Lang) -> &str {
        one_of(&self.message, lang)
    }

    /// What to do next, in one language.
    pub fn help(&self, lang: Lang) -> &str {
        one_of(&self.help, lang)
    }
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Problem {
        let pointer = match &diagnostic.place {
            Place::Record { pointer, .. } | Place::Cell { pointer, .. } if !pointer.is_empty() => Some(pointer.clone()),
            _ => None,
        };
        let (place, label) = match &diagnostic.place {
            Place::Record { pointer, label } => (pointer.clone(), label.clone()),
            Place::File { file } => (file.clone(), String::new()),
            // Whoever mends a workbook looks for the cell.
            Place::Cell { file, sheet, cell, label, .. } => {
                (format!("{file} {sheet}!{cell}"), format!("{sheet}!{cell} {label}").trim_end().to_owned())
            }
            Place::Input { line, column } => (format!("{line}:{column}"), String::new()),
            Place::Template { file, line, column, .. } => (format!("{file}:{line}:{column}"), String::new()),
        };
        let help = diagnostic.help.as_ref().map_or_else(Default::default, |help| [help.zh.clone(), help.en.clone()]);
        let message = [diagnostic.message.zh.clone(), diagnostic.message.en.clone()];
        Problem { error: diagnostic.severity == Severity::Error, code: diagnostic.code.to_owned(), place, pointer, label, message, help }
    }
}

fn one_of(pair: &[String; 2], lang: Lang) -> &str {
    match lang {
        Lang::Zh => &pair[0],
        Lang::En => &pair[1],
    }
}
