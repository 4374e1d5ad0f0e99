//! What a template may say, where its mistakes are, and that every piece of its text is led home.

mod expansion;
mod mistakes;
mod places;
mod shipped;

use super::{Files, Markup, Template};
use crate::diag::{Diagnostic, Diagnostics, Place};

const ROUND: &str = r#"{"city": "温州市", "round": "七", "office": "A<&\"'B", "deadline": null,
  "quotas": [{"unit": "鹿城区", "quota": 4, "aliases": ["甲", "乙"]}, {"unit": "龙湾区", "quota": 5, "aliases": [], "note": "注"}]}"#;

const ABOUT: &str = r#"{"id": "t", "version": "1", "title": "{{city}}第{{round}}轮推荐表", "outputs": ["pdf"]}"#;

const DEFAULTS: &str = r#"{"lines": ["所在", "单位"], "boxes": {"a": {"label": "甲"}, "b": {"label": "乙"}}, "years": 2}"#;

/// A template `t` with this form and these other files.
fn files(form: &str, others: &[(&str, &str)]) -> Files {
    let mut files = Files::new();
    for (path, text) in [("round.json", ROUND), ("t/template.json", ABOUT), ("t/defaults.json", DEFAULTS), ("t/form.hbs", form)] {
        files.insert(path.to_owned(), text.to_owned());
    }
    for (path, text) in others {
        files.insert((*path).to_owned(), (*text).to_owned());
    }
    files
}

fn load(form: &str, others: &[(&str, &str)]) -> Result<Template, Diagnostics> {
    Template::load("t", &files(form, others))
}

fn sound(form: &str, others: &[(&str, &str)]) -> Template {
    load(form, others).unwrap_or_else(|found| panic!("{form}\n{}", list(&found)))
}

fn blank(form: &str, others: &[(&str, &str)]) -> Markup {
    sound(form, others).expand(&|_| 0).unwrap_or_else(|found| panic!("{form}\n{}", list(&found)))
}

/// `form.hbs:1:3 unknown-path`, one a line.
fn list(found: &Diagnostics) -> String {
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(diagnostic: &Diagnostic) -> String {
    let Place::Template { file, line, column, .. } = &diagnostic.place else { panic!("{diagnostic:?}") };
    let file = file.strip_prefix("templates/t/").or_else(|| file.strip_prefix("templates/")).unwrap_or(file);
    format!("{file}:{line}:{column} {}", diagnostic.code)
}
