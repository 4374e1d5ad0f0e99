//! What a check found: a list with links above the form, and a note at each field.

use std::collections::BTreeMap;

use super::control::Control;
use super::markup::Html;
use crate::diag::{Diagnostic, Diagnostics, Lang, Place, Severity, visible};
use crate::form::Form;
use crate::name::FieldName;

/// What was found about one field.
pub struct Note {
    /// Whether one of it is an error.
    pub error: bool,
    /// All of it, in the page's language.
    pub text: String,
}

impl Note {
    /// The id of the note of a field.
    pub fn id(&self, name: &str) -> String {
        format!("n-{name}")
    }
}

/// The notes of the fields.
pub fn notes(form: &Form, problems: &Diagnostics, lang: Lang) -> BTreeMap<FieldName, Note> {
    let mut notes: BTreeMap<FieldName, Note> = BTreeMap::new();
    for problem in problems.iter() {
        let Some((name, _)) = target(form, problem) else { continue };
        let note = notes.entry(name).or_insert_with(|| Note { error: false, text: String::new() });
        note.error |= problem.severity == Severity::Error;
        if !note.text.is_empty() {
            note.text.push('\n');
        }
        note.text.push_str(&words(problem, lang));
    }
    notes
}

/// The list of everything, each with a link to its field.
pub fn list(out: &mut Html, form: &Form, problems: &Diagnostics, lang: Lang) {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let class = if problems.is_empty() { "problems fine" } else { "problems" };
    out.raw("<section").attr("class", class).raw(" id=\"problems\" role=\"status\" tabindex=\"-1\">\n<h2>");
    let head = match (lang, errors, warnings) {
        (Lang::Zh, 0, 0) => "● 没有发现问题".to_owned(),
        (Lang::Zh, 0, _) => format!("▲ {warnings} 处提醒"),
        (Lang::Zh, _, 0) => format!("✕ {errors} 处错误"),
        (Lang::Zh, ..) => format!("✕ {errors} 处错误，▲ {warnings} 处提醒"),
        (Lang::En, 0, 0) => "● No problem was found".to_owned(),
        (Lang::En, 0, _) => format!("▲ {warnings} to look at"),
        (Lang::En, _, 0) => format!("✕ {errors} to mend"),
        (Lang::En, ..) => format!("✕ {errors} to mend, ▲ {warnings} to look at"),
    };
    out.text(&head).raw("</h2>\n");
    if !problems.is_empty() {
        out.raw("<ul>\n");
        // What keeps the form from being handed in is read first.
        for weight in [Severity::Error, Severity::Warning] {
            problems.iter().filter(|problem| problem.severity == weight).for_each(|problem| line(out, form, problem, lang));
        }
        out.raw("</ul>\n");
    }
    out.raw("</section>\n");
}

fn line(out: &mut Html, form: &Form, problem: &Diagnostic, lang: Lang) {
    let sign = if problem.severity == Severity::Error { "✕" } else { "▲" };
    out.raw("<li><span aria-hidden=\"true\">").raw(sign).raw("</span> ");
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    if let Some((name, label)) = target(form, problem) {
        out.raw("<a").attr("href", &format!("#{}", Control::id(name.as_str()))).raw(">").text(&label).raw("</a>").raw(colon);
    } else if let Place::Record { label, .. } = &problem.place
        && !label.is_empty()
    {
        out.text(&visible(label)).raw(colon);
    }
    out.text(&words(problem, lang)).raw("</li>\n");
}

fn words(problem: &Diagnostic, lang: Lang) -> String {
    let help = problem.help.as_ref().map(|help| visible(help.text(lang)));
    let (stop, dash) = if lang == Lang::Zh { ("。", "——") } else { (".", " – ") };
    let message = visible(problem.message.text(lang));
    help.map_or_else(|| format!("{message}{stop}"), |help| format!("{message}{dash}{help}{stop}"))
}

/// The field that a problem is shown at, with its label: its own, or the first one below it (a list without rows).
fn target(form: &Form, problem: &Diagnostic) -> Option<(FieldName, String)> {
    let Place::Record { pointer, label } = &problem.place else { return None };
    let name = FieldName::from_pointer(pointer)?;
    let below = format!("{name}.");
    let mut data = form.fields.iter().filter(|field| field.kind.is_data());
    let exact = form.field(name.as_str()).map(|(_, field)| field).filter(|field| field.kind.is_data());
    let field = exact.or_else(|| data.find(|field| field.name.as_str().starts_with(&below)))?;
    Some((field.name.clone(), if label.is_empty() { field.label.clone() } else { label.clone() }))
}
