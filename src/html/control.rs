//! A field as a control: the browser's own, so that keyboards, screen readers and script-less browsers know what to do.

use super::markup::Html;
use super::problems::Note;
use crate::diag::Lang;
use crate::form::{Field, FieldBox, FieldKind, TextFormat, post};
use crate::layout::Widget;
use crate::record::value::SEXES;
use crate::units::{Mm, Pt};

/// A line that holds so many full-width characters is wide enough for a control that cannot wrap.
const WIDE: f64 = 10.0;

/// What a field's control needs to know.
pub struct Control<'a> {
    pub field: &'a Field,
    /// The value in the words of the paper.
    pub value: &'a str,
    /// The picture that is there, as a data URI.
    pub photo: Option<String>,
    /// The field's first place on the laid-out sheets: the size that layout chose for the value.
    pub widget: Option<&'a Widget>,
    /// The most characters that may be typed.
    pub max_length: Option<usize>,
    /// What a check found.
    pub note: Option<&'a Note>,
    /// Whether a picture that is there must be sent again.
    pub served: bool,
    /// The language of hints.
    pub lang: Lang,
}

impl Control<'_> {
    /// The size of type at a place: what layout chose for a value of one line; a longer text scrolls or grows instead.
    pub fn size(&self, place: &FieldBox) -> Pt {
        let chosen = self.widget.and_then(|widget| widget.flow.as_ref()).map(|flow| flow.size);
        match self.field.kind {
            FieldKind::TextArea => place.style.size,
            _ => chosen.filter(|size| *size < place.style.size).unwrap_or(place.style.size),
        }
    }

    /// The id of the control; labels and the list of problems point at it.
    pub fn id(name: &str) -> String {
        format!("f-{name}")
    }

    /// Whether the control must wrap: a text of several lines, or a box that is too narrow for what the field is made for.
    fn wraps(&self, place: &FieldBox) -> bool {
        let width = self.widget.map_or(Mm(0.0), |widget| widget.at.w);
        let room = width / place.style.size.to_mm();
        let lines = self.widget.and_then(|widget| widget.flow.as_ref()).map_or(1, |flow| flow.lines);
        let needed = match self.field.kind {
            FieldKind::TextArea => return true,
            // Digits take half an em; a little room is left for the caret.
            FieldKind::Text(TextFormat::IdNumber) => 9.5,
            FieldKind::Text(TextFormat::Mobile) => 6.0,
            FieldKind::Text(TextFormat::Postcode) => 3.5,
            FieldKind::Month => 4.0,
            FieldKind::Date => 6.0,
            FieldKind::Text(TextFormat::Number) => 1.0,
            FieldKind::Choice(_) => 0.0,
            _ => WIDE,
        };
        room < needed || lines > 1 || self.value.contains('\n')
    }

    /// How a value is written, said to whoever points at the control or has typed something else.
    fn hint(&self) -> Option<&'static str> {
        let [zh, en] = match self.field.kind {
            FieldKind::Month => ["写成 1985.03", "write it like 1985.03"],
            FieldKind::Date => ["写成 2021年9月18日 或 2021.9.18", "write it like 2021年9月18日 or 2021.9.18"],
            FieldKind::Text(TextFormat::IdNumber) => ["18 位身份证号码，末位的 X 大写", "18 characters, a last X as a capital"],
            FieldKind::Text(TextFormat::Mobile) => ["11 位手机号码", "a mobile number of 11 digits"],
            FieldKind::Text(TextFormat::Postcode) => ["6 位邮政编码", "a postcode of 6 digits"],
            FieldKind::Text(TextFormat::Number) => ["只写数字", "a number"],
            FieldKind::Choice(ref options) if !closed(options) => ["选一项，也可以另写", "choose one, or write another"],
            _ => return None,
        };
        Some(match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        })
    }
}

/// Whether no other value may be typed, as the schema has it.
fn closed(options: &[String]) -> bool {
    options.iter().eq(SEXES.iter())
}

/// A field at one of its places, in a box of these classes; `again` where its control stands elsewhere already.
pub fn write(out: &mut Html, control: &Control<'_>, place: &FieldBox, classes: &str, again: bool) {
    match &control.field.kind {
        FieldKind::Signature => by_hand(out, control, &format!("{classes} sign"), ["打印后签字", "sign it on paper"]),
        FieldKind::Seal => by_hand(out, control, &format!("{classes} seal"), ["打印后盖章", "seal it on paper"]),
        FieldKind::Photo if again => {}
        FieldKind::Photo => photo(out, control, place, classes),
        _ if again => {
            out.raw("<span").attr("class", &format!("{classes} echo")).attr("data-of", control.field.name.as_str()).raw(">");
            out.text(control.value).raw("</span>");
        }
        kind => {
            out.raw("<label").attr("class", &format!("{classes} entry{}", marks(control))).raw(">");
            match kind {
                FieldKind::Check => tick(out, control),
                FieldKind::Choice(options) if closed(options) => select(out, control, options),
                _ if control.wraps(place) => textarea(out, control, place),
                _ => input(out, control, place),
            }
            note(out, control);
            out.raw("</label>");
        }
    }
}

/// Classes of a control's box that tell what was found.
fn marks(control: &Control<'_>) -> &'static str {
    match control.note {
        Some(note) if note.error => " wrong",
        Some(_) => " doubtful",
        None => "",
    }
}

/// What every control has.
fn common(out: &mut Html, control: &Control<'_>) {
    let field = control.field;
    let name = field.name.as_str();
    out.attr("id", &Control::id(name)).attr("name", name).attr("aria-label", &field.label);
    out.flag("required", field.required).attr_if("title", control.hint());
    if let Some(note) = control.note {
        out.attr("aria-describedby", &note.id(name)).attr_if("aria-invalid", note.error.then_some("true"));
    }
}

fn typed(out: &mut Html, control: &Control<'_>) {
    out.attr("autocomplete", "off").attr("spellcheck", "false").attr("data-kind", control.field.kind.word());
    // As the schema has it: a pattern is limit enough, and a choice has none.
    let limited = control.field.kind.pattern().is_none() && !matches!(control.field.kind, FieldKind::Choice(_));
    if let Some(most) = control.max_length.filter(|_| limited) {
        out.attr("maxlength", &most.to_string());
    }
    let keys = match control.field.kind {
        FieldKind::Text(TextFormat::Mobile | TextFormat::Postcode) => Some("numeric"),
        FieldKind::Text(TextFormat::Number) | FieldKind::Month => Some("decimal"),
        _ => None,
    };
    out.attr_if("inputmode", keys);
}

fn input(out: &mut Html, control: &Control<'_>, place: &FieldBox) {
    let name = control.field.name.as_str();
    let options = if let FieldKind::Choice(options) = &control.field.kind { options.as_slice() } else { &[] };
    let list = format!("o-{name}");
    out.raw("<input type=\"text\"");
    common(out, control);
    typed(out, control);
    out.attr_if("pattern", control.field.kind.paper_pattern()).attr_if("list", (!options.is_empty()).then_some(list.as_str()));
    out.attr_if("placeholder", empty(place).as_deref()).attr("value", control.value).raw(" />");
    if !options.is_empty() {
        out.raw("<datalist").attr("id", &list).raw(">");
        for option in options {
            out.raw("<option").attr("value", option).raw("></option>");
        }
        out.raw("</datalist>");
    }
}

fn textarea(out: &mut Html, control: &Control<'_>, place: &FieldBox) {
    let lines = control.widget.and_then(|widget| widget.flow.as_ref()).map_or(1, |flow| flow.lines.max(1));
    let short = control.field.kind != FieldKind::TextArea;
    out.raw("<textarea");
    common(out, control);
    typed(out, control);
    // A control that wraps knows no pattern: the script minds it, and the check in any case.
    out.attr_if("data-pattern", control.field.kind.paper_pattern()).attr_if("data-short", short.then_some("true"));
    out.attr_if("placeholder", empty(place).as_deref()).attr("rows", &lines.to_string());
    // The first line end after the tag is not part of the text (WHATWG HTML, 13.1.2.5).
    out.raw(">\n").text(&control.value.replace("\r\n", "\n")).raw("</textarea>");
}

fn select(out: &mut Html, control: &Control<'_>, options: &[String]) {
    out.raw("<select");
    common(out, control);
    out.attr("autocomplete", "off").raw("><option value=\"\"></option>");
    let other = (!control.value.is_empty() && !options.iter().any(|option| option == control.value)).then_some(control.value);
    for option in options.iter().map(String::as_str).chain(other) {
        out.raw("<option").attr("value", option).flag("selected", option == control.value).raw(">").text(option).raw("</option>");
    }
    out.raw("</select>");
}

fn tick(out: &mut Html, control: &Control<'_>) {
    out.raw("<input type=\"checkbox\"");
    common(out, control);
    out.attr("value", "true").flag("checked", control.value == "true").raw(" />");
}

fn photo(out: &mut Html, control: &Control<'_>, place: &FieldBox, classes: &str) {
    let field = control.field;
    let name = field.name.as_str();
    out.raw("<span").attr("class", &format!("{classes} photo{}", marks(control))).raw("><label class=\"frame\">");
    match &control.photo {
        Some(uri) => out.raw("<img").attr("alt", &field.label).attr("src", uri).raw(" />"),
        None => out,
    };
    out.raw("<span class=\"none\">");
    for (at, line) in place.empty.iter().enumerate() {
        out.raw(if at > 0 { "<br />" } else { "" }).text(&line.text);
    }
    out.raw("</span><input type=\"file\" accept=\"image/jpeg,image/png\"");
    common(out, control);
    out.raw(" /></label>");
    if let Some(uri) = control.photo.as_ref() {
        if control.served {
            out.raw("<input type=\"hidden\"").attr("name", &format!("{}{name}", post::KEPT)).attr("value", uri).raw(" />");
        }
        let words = match control.lang {
            Lang::Zh => "不用这张",
            Lang::En => "take away",
        };
        out.raw("<label class=\"drop\"><input type=\"checkbox\"").attr("name", &format!("{}{name}", post::DROPPED));
        out.attr("aria-label", &format!("{}：{words}", field.label)).raw(" value=\"true\" />").raw(words).raw("</label>");
    }
    note(out, control);
    out.raw("</span>");
}

/// A place that nobody types in.
fn by_hand(out: &mut Html, control: &Control<'_>, classes: &str, [zh, en]: [&str; 2]) {
    let words = match control.lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    out.raw("<span").attr("class", classes).attr("title", words).raw("><span class=\"said\">");
    out.text(&control.field.label).raw("：").raw(words).raw("</span></span>");
}

/// What was found about the value, read to whoever is in the control.
fn note(out: &mut Html, control: &Control<'_>) {
    let Some(note) = control.note else { return };
    out.raw("<span").attr("class", "note").attr("id", &note.id(control.field.name.as_str())).raw(">");
    out.text(&note.text).raw("</span>");
}

/// What the paper shows where nothing is written: a date's 　　年　　月　　日.
fn empty(place: &FieldBox) -> Option<String> {
    let ink: String = place.empty.iter().map(|line| line.text.as_str()).collect();
    (!ink.is_empty()).then_some(ink)
}
