//! The control of one field: what stands in it, how it is changed.

use super::address;
use super::html::{El, el};
use super::words::say;
use crate::diag::Lang;
use crate::form::{FieldKind, TextFormat};

/// What the names of controls begin with, so that no field's name is taken for another part of the form.
pub const PREFIX: &str = "f.";

/// A field and what it holds.
#[derive(Clone)]
pub struct Control {
    /// The field's dotted name.
    pub name: String,
    /// What the paper calls it.
    pub label: String,
    /// What may stand in it.
    pub kind: FieldKind,
    /// What stands in it.
    pub value: Held,
}

/// What a field holds.
#[derive(Clone, PartialEq)]
pub enum Held {
    /// Words, as the record has them; empty for none.
    Text(String),
    /// A tick.
    Ticked(bool),
    /// Whether there is a picture.
    Picture(bool),
}

impl Control {
    /// What it holds, on one line.
    pub fn shown(&self, lang: Lang) -> String {
        match &self.value {
            Held::Text(text) if text.is_empty() => "—".to_owned(),
            Held::Text(text) => {
                let mut shown: String = text.chars().take(120).map(|char| if char == '\n' { ' ' } else { char }).collect();
                if text.chars().nth(120).is_some() {
                    shown.push('…');
                }
                shown
            }
            Held::Ticked(true) => "✓".to_owned(),
            Held::Ticked(false) | Held::Picture(false) => "—".to_owned(),
            Held::Picture(true) => say(lang, "有", "there is one").to_owned(),
        }
    }
}

/// The control as HTML; `described` is the element that tells what is wrong.
pub fn control(control: &Control, batch: &str, entry: usize, described: Option<String>, wrong: bool, lang: Lang) -> El {
    let input = |name: &'static str| {
        el(name)
            .attr("name", format!("{PREFIX}{}", control.name))
            .attr("id", format!("c-{}", control.name))
            .maybe("aria-describedby", described.clone())
            .maybe("aria-invalid", wrong.then_some("true"))
    };
    let text = if let Held::Text(text) = &control.value { text.clone() } else { String::new() };
    let line = |input: El| input.attr("type", "text").attr("value", text.clone()).attr("autocomplete", "off");
    let hinted = |input: El, hint: &'static str| el("div").put(input).put(el("p").class("hint").text(hint));
    match &control.kind {
        FieldKind::Text(format) => match format {
            TextFormat::Plain if text.contains('\n') => input("textarea").attr("rows", "3").text(text.clone()),
            TextFormat::Plain => line(input("input")),
            TextFormat::Number => line(input("input")).attr("inputmode", "decimal"),
            TextFormat::IdNumber => hinted(
                line(input("input")).attr("spellcheck", "false"),
                say(lang, "18 位，末位可以是 X", "18 characters; the last may be X"),
            ),
            TextFormat::Mobile => hinted(line(input("input")).attr("inputmode", "numeric"), say(lang, "11 位", "11 digits")),
            TextFormat::Postcode => hinted(line(input("input")).attr("inputmode", "numeric"), say(lang, "6 位", "6 digits")),
        },
        FieldKind::TextArea => input("textarea").attr("rows", "6").text(text.clone()),
        FieldKind::Choice(options) => {
            let list = format!("o-{}", control.name);
            let options = options.iter().map(|option| el("option").attr("value", option.clone()));
            let hint = say(lang, "可以选，也可以另写", "Choose one, or write another");
            hinted(line(input("input")).attr("list", list.clone()), hint).put(el("datalist").attr("id", list).all(options))
        }
        FieldKind::Check => {
            // A box without a tick is not sent: the empty value before it tells that it was there.
            let there = el("input").attr("type", "hidden").attr("name", format!("{PREFIX}{}", control.name)).attr("value", "");
            let ticked = control.value == Held::Ticked(true);
            let tick = input("input").attr("type", "checkbox").attr("value", "true").flag("checked", ticked);
            el("div").put(there).put(tick)
        }
        FieldKind::Date => hinted(
            line(input("input")).attr("placeholder", "2021-09-18"),
            say(lang, "年-月-日，如 2021-09-18", "Year-month-day: 2021-09-18"),
        ),
        FieldKind::Month => {
            hinted(line(input("input")).attr("placeholder", "2021-09"), say(lang, "年-月，如 2021-09", "Year-month: 2021-09"))
        }
        FieldKind::Photo => {
            let there = control.value == Held::Picture(true);
            let picture = there.then(|| {
                let address = format!("{}/photo/{}", address::person(batch, entry), control.name);
                el("img").attr("src", address).attr("alt", say(lang, "现在的照片", "The present photo"))
            });
            let file = input("input").attr("type", "file").attr("accept", ".jpg,.jpeg,.png");
            el("div").all(picture).put(file).put(el("p").class("hint").text(say(
                lang,
                "JPEG 或 PNG；不选就不换",
                "JPEG or PNG; without one the present stays",
            )))
        }
        FieldKind::Signature | FieldKind::Seal => el("p").class("hint").text(say(lang, "在纸上签字盖章", "Signed and sealed on paper")),
    }
}
