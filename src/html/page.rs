//! The page around the sheets: head, title, problems, buttons.

use std::collections::BTreeMap;

use super::control::Control;
use super::geometry::{Classes, stylesheet};
use super::markup::Html;
use super::script::SCRIPT;
use super::sheet::Sheets;
use super::{HtmlOptions, Served, problems};
use crate::diag::Lang;
use crate::form::{FieldIx, FieldKind, Form, post};
use crate::layout::{Capacity, FieldValue, ItemKind, Layout, Widget};
use crate::name::FieldName;
use crate::record::{self, Record};

/// A file of its own asks for nothing, and nothing that is typed into it can leave it.
const ALONE: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";

/// The page; see [`super::write`].
pub fn write(form: &Form, layout: &Layout, record: &Record, options: &HtmlOptions) -> String {
    let notes = options.problems.as_ref().map(|problems| problems::notes(form, problems, options.lang)).unwrap_or_default();
    let controls = controls(form, layout, record, &notes, options);
    let mut sheets = Sheets { form, controls: &controls, out: Html::default(), classes: Classes::default(), done: Vec::new() };
    sheets.write();
    let (body, classes) = (sheets.out.into_text(), sheets.classes.query());

    let mut out = Html::default();
    out.raw("<!DOCTYPE html>\n");
    out.raw("<html").attr("lang", say(options.lang, "zh-CN", "en")).raw(">\n");
    head(&mut out, form, options, &classes);
    out.raw("<body>\n<form id=\"entry\" autocomplete=\"off\"").attr("data-template", &form.template.id);
    match &options.served {
        Some(Served { action, .. }) => {
            out.attr("action", action).raw(" method=\"post\" enctype=\"multipart/form-data\" accept-charset=\"utf-8\">\n");
        }
        None => {
            out.raw(">\n");
        }
    }
    out.raw("<header>\n<h1")
        .attr("lang", "zh-CN")
        .raw(">")
        .text(&form.template.title)
        .raw("</h1>\n<p>")
        .raw(hint(options))
        .raw("</p>\n</header>\n<main>\n");
    if let Some(found) = &options.problems {
        problems::list(&mut out, form, found, options.lang);
    }
    out.raw("<div lang=\"zh-CN\">\n").raw(&body).raw("</div>\n</main>\n");
    buttons(&mut out, options);
    out.raw("</form>\n");
    if options.served.is_none() {
        out.raw("<script>\n").raw(SCRIPT).raw("</script>\n");
    }
    out.raw("</body>\n</html>\n");
    out.into_text()
}

/// The controls of the form's fields.
fn controls<'a>(
    form: &'a Form,
    layout: &'a Layout,
    record: &Record,
    notes: &'a BTreeMap<FieldName, problems::Note>,
    options: &HtmlOptions,
) -> BTreeMap<FieldIx, Control<'a>> {
    let mut widgets: BTreeMap<FieldIx, &Widget> = BTreeMap::new();
    for item in layout.frames.iter().flat_map(|frame| &frame.items) {
        if let ItemKind::Widget(widget) = &item.kind {
            widgets.entry(widget.field).or_insert(widget);
        }
    }
    let control = |(at, field): (usize, &'a crate::form::Field)| {
        let at = FieldIx(at);
        let photo = (field.kind == FieldKind::Photo).then(|| record.asset(&field.name).map(record::data_uri)).flatten();
        let control = Control {
            field,
            value: layout.values.get(at.0).map_or("", |FieldValue { text, .. }| text.as_str()),
            photo,
            widget: widgets.get(&at).copied(),
            max_length: Capacity::of(form, layout, at).max_length(),
            note: notes.get(&field.name),
            served: options.served.is_some(),
            lang: options.lang,
        };
        (at, control)
    };
    form.fields.iter().enumerate().map(control).collect()
}

fn head(out: &mut Html, form: &Form, options: &HtmlOptions, classes: &str) {
    out.raw("<head>\n<meta charset=\"utf-8\" />\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
    if options.served.is_none() {
        out.raw("<meta http-equiv=\"Content-Security-Policy\"").attr("content", ALONE).raw(" />\n");
    }
    let template = &form.template;
    out.raw("<meta name=\"formwright\"").attr("content", &format!("{} {} {}", template.id, template.version, template.digest)).raw(" />\n");
    out.raw("<title>").text(&template.title).raw("</title>\n");
    match &options.served {
        Some(Served { assets, .. }) => {
            out.raw("<link rel=\"stylesheet\"").attr("href", &format!("{assets}/entry.css?{classes}")).raw(" />\n");
            out.raw("<script defer=\"defer\"").attr("src", &format!("{assets}/entry.js")).raw("></script>\n");
        }
        None => {
            out.raw("<style>\n").raw(&stylesheet(classes)).raw("</style>\n");
        }
    }
    out.raw("</head>\n");
}

fn hint(options: &HtmlOptions) -> &'static str {
    let lang = options.lang;
    match options.served {
        Some(_) => say(
            lang,
            "照纸上的样子填写；写不下的会自动转到附页。日期写成 1985.03 或 2021年9月18日。",
            "Fill it in like the paper; what does not fit goes on on a 附页. Dates are written 1985.03 or 2021年9月18日.",
        ),
        None => say(
            lang,
            "照纸上的样子填写；填好后保存为 JSON 交回，也可以直接打印。填写的内容不会离开这台电脑。",
            "Fill it in like the paper, then save it as JSON and hand that in, or print it. Nothing leaves this computer.",
        ),
    }
}

fn buttons(out: &mut Html, options: &HtmlOptions) {
    let lang = options.lang;
    out.raw("<footer>\n");
    match &options.served {
        Some(Served { outputs, .. }) => {
            // The first button is what the Enter key presses: it only looks.
            button(out, post::CHECK, say(lang, "检查", "Check"), "main", true);
            for output in outputs {
                let (words, half_done) = match output.as_str() {
                    "pdf" => (say(lang, "生成 PDF", "Make the PDF"), false),
                    "fillable" => (say(lang, "可填写 PDF", "Fillable PDF"), false),
                    "docx" => (say(lang, "Word", "Word"), false),
                    "xlsx" => (say(lang, "Excel", "Excel"), false),
                    "json" => (say(lang, "保存记录（JSON）", "Save the record (JSON)"), true),
                    _ => continue,
                };
                button(out, output, words, "", half_done);
                if output == "pdf" {
                    button(out, output, say(lang, "打印草稿", "Draft"), "minor", true);
                }
            }
        }
        None => {
            let waiting = say(lang, "保存为 JSON", "Save as JSON");
            out.raw("<button type=\"button\" class=\"main\" data-do=\"save\" hidden=\"hidden\">").raw(waiting).raw("</button>\n");
            let print = say(lang, "打印", "Print");
            out.raw("<button type=\"button\" data-do=\"print\" hidden=\"hidden\">").raw(print).raw("</button>\n");
            let words = say(
                lang,
                "浏览器没有运行脚本：可以填写并打印；要保存为 JSON，请允许脚本，或填写 PDF、Word。",
                "Scripts do not run here: fill it in and print it. To save JSON allow scripts, or fill in the PDF or the Word file.",
            );
            out.raw("<noscript><p>").raw(words).raw("</p></noscript>\n");
        }
    }
    out.raw("<output class=\"said-now\" aria-live=\"polite\"");
    out.attr("data-saved", say(lang, "已保存", "saved"))
        .attr("data-left", say(lang, "还有必填的栏目没有填，或写法不对：", "still empty or not right: "));
    out.raw("></output>\n</footer>\n");
}

/// A button that posts; `half_done` where the browser does not insist on what is required.
fn button(out: &mut Html, to: &str, words: &str, class: &str, half_done: bool) {
    out.raw("<button type=\"submit\"").attr("name", post::TO).attr("value", to);
    out.attr_if("class", (!class.is_empty()).then_some(class)).flag("formnovalidate", half_done);
    out.raw(">").raw(words).raw("</button>\n");
}

fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
