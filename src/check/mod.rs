//! Does this record suit this form: types, required fields, identity numbers, dates, cross-checks, unknown keys.

mod agree;
mod characters;
mod fields;
mod walk;

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Diagnostics, Message, Place, Severity};
use crate::form::{Field, Form};
use crate::name::{FieldName, Step};
use crate::record::Record;

/// So many of one code, and the others are only counted.
const MOST_OF_A_CODE: usize = 100;

/// How strict a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// A unit prints a draft: a missing required field, a wrong check digit, an impossible date are warnings.
    #[default]
    Draft,
    /// The form is handed in: they are errors.
    Final,
}

/// The keys a record may have beyond the form's own fields: patterns such as `resume.*.period`.
///
/// They hold for a person; below `nominees.*` the same keys are known.
pub type KnownKeys = std::collections::BTreeSet<String>;

/// Everything that is wrong with the record, all at once.
///
/// `form` is the template expanded for this record's rows. What [`Record::troubles`] holds is handed on here, with the form's
/// labels. No diagnostic holds a value of the record.
pub fn check(form: &Form, record: &Record, known: &KnownKeys, stage: Stage) -> Diagnostics {
    let mut report = Report::new(form, stage);
    for trouble in record.troubles().iter() {
        report.hand_on(trouble);
    }
    walk::walk(&mut report, form, record, known);
    for field in form.fields.iter().filter(|field| field.kind.is_data()) {
        fields::check(&mut report, record, field);
        agree::with_others(&mut report, record, field);
    }
    agree::rows(&mut report, form, record);
    report.finish()
}

/// What weighs differently in a draft and in a form that is handed in.
#[derive(Clone, Copy)]
enum Weight {
    /// Always an error.
    Error,
    /// Always a warning.
    Warning,
    /// A warning in a draft, an error in the end.
    ByStage,
}

/// The diagnostics as they are found, and the fields by their names.
struct Report<'f> {
    stage: Stage,
    by_name: BTreeMap<&'f str, &'f Field>,
    by_pattern: BTreeMap<String, &'f Field>,
    found: Vec<Diagnostic>,
    counts: BTreeMap<&'static str, usize>,
    /// Where a value of the wrong type stands: what is missing there has been said.
    broken: Vec<String>,
}

impl<'f> Report<'f> {
    fn new(form: &'f Form, stage: Stage) -> Report<'f> {
        let by_name = form.fields.iter().map(|field| (field.name.as_str(), field)).collect();
        let by_pattern = form.fields.iter().rev().map(|field| (field.name.pattern(), field)).collect();
        Report { stage, by_name, by_pattern, found: Vec::new(), counts: BTreeMap::new(), broken: Vec::new() }
    }

    /// Adds a diagnostic at a field. The words: Chinese, English; what to do in Chinese, in English.
    fn at(&mut self, field: &Field, weight: Weight, code: &'static str, words: [String; 2], help: [&str; 2]) {
        let place = Place::Record { pointer: field.name.pointer(), label: label(field) };
        self.say(place, weight, code, words, help);
    }

    fn say(&mut self, place: Place, weight: Weight, code: &'static str, [zh, en]: [String; 2], [help_zh, help_en]: [&str; 2]) {
        let severity = match (weight, self.stage) {
            (Weight::Error, _) | (Weight::ByStage, Stage::Final) => Severity::Error,
            (Weight::Warning, _) | (Weight::ByStage, Stage::Draft) => Severity::Warning,
        };
        let message = Message::new(zh, en);
        self.push(Diagnostic { severity, code, place, message, help: Some(Message::new(help_zh, help_en)) });
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        let count = self.counts.entry(diagnostic.code).or_default();
        *count += 1;
        if *count <= MOST_OF_A_CODE {
            self.found.push(diagnostic);
        }
    }

    /// Hands on what was found while reading, with the form's label if the form shows the value.
    fn hand_on(&mut self, trouble: &Diagnostic) {
        let mut trouble = trouble.clone();
        if let Place::Record { pointer, label: shown } = &mut trouble.place
            && let Some(field) = FieldName::from_pointer(pointer).and_then(|name| self.field(&name))
        {
            *shown = label(field);
        }
        if let (Severity::Error, Place::Record { pointer, .. }) = (trouble.severity, &trouble.place) {
            self.broken.push(pointer.clone());
        }
        self.push(trouble);
    }

    /// The field of that name, or one of the same column in another row.
    fn field(&self, name: &FieldName) -> Option<&'f Field> {
        self.by_name.get(name.as_str()).or_else(|| self.by_pattern.get(&name.pattern())).copied()
    }

    /// Whether a value stands at this pointer or above it that has been refused.
    fn is_broken(&self, pointer: &str) -> bool {
        self.broken.iter().any(|broken| pointer.strip_prefix(broken.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    fn finish(self) -> Diagnostics {
        let mut list = Diagnostics::default();
        for (code, count) in &self.counts {
            let Some(left_off) = count.checked_sub(MOST_OF_A_CODE).filter(|number| *number > 0) else { continue };
            let worst = self.found.iter().filter(|one| one.code == *code).map(|one| one.severity).max().unwrap_or(Severity::Warning);
            let place = Place::Record { pointer: String::new(), label: String::new() };
            let message =
                Message::new(format!("这样的问题还有 {left_off} 处，没有列出"), format!("{left_off} more of this kind are not listed"));
            list.push(Diagnostic { severity: worst, code, place, message, help: None });
        }
        let mut sorted = Diagnostics::default();
        sorted.extend(self.found);
        sorted.extend(list);
        sorted
    }
}

/// What the paper calls a field, with the number of its row.
fn label(field: &Field) -> String {
    let row = field.name.steps().find_map(|step| if let Step::Index(index) = step { Some(index + 1) } else { None });
    row.map_or_else(|| field.label.clone(), |row| format!("{}·第{row}行", field.label))
}

/// The part of a name before its first index, the index, and the name of the row.
fn row_of(name: &FieldName) -> Option<(String, usize, FieldName)> {
    let mut array = Vec::new();
    for step in name.steps() {
        match step {
            Step::Key(key) => array.push(key),
            Step::Index(index) => {
                let array = array.join(".");
                let row = FieldName::parse(&format!("{array}.{index}"))?;
                return Some((array, index, row));
            }
        }
    }
    None
}
