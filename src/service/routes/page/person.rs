//! A person: what is wrong, the sheet with its fields outlined, values put right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ask::Ask;
use super::work::{batch_of, frame, rows, waiting};
use super::{framed, see};
use crate::batch::{Person, Problem as Found};
use crate::diag::{Lang, Message, Place};
use crate::engine::{Engine, PngOptions, dossier_templates};
use crate::form::{Field, FieldKind, Form, TextFormat};
use crate::name::FieldName;
use crate::preview::{self, MarkKind};
use crate::record::{Edit, Record};
use crate::service::app::App;
use crate::service::batches::{Amend, Batch};
use crate::service::bodies::{Part, parts};
use crate::service::page::address::{self, with};
use crate::service::page::control::{Control, Held, PREFIX, SHOWN};
use crate::service::page::parts::Tone;
use crate::service::page::people::{PER_PAGE, Row};
use crate::service::page::person::{Mend, Person as View, person};
use crate::service::page::shell::Step;
use crate::service::page::words::{Mark, say};
use crate::service::problem::Problem;

/// The page of a person.
pub async fn show(State(app): State<App>, ask: Ask, Path((id, entry)): Path<(String, usize)>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    if let Some(waiting) = waiting(&app, &ask, &batch) {
        return Ok(waiting);
    }
    let said = ask.get("saved").map(|_| (Tone::Fine, say(ask.lang, "已保存，重新核对过了。", "Saved and checked again.").to_owned()));
    shown(&app, &ask, &batch, entry, said, &BTreeMap::new()).await
}

/// The page with what happened, and with what was typed where it could not be taken.
async fn shown(
    app: &App,
    ask: &Ask,
    batch: &Arc<Batch>,
    entry: usize,
    said: Option<(Tone, String)>,
    typed: &BTreeMap<String, String>,
) -> Result<Response, Problem> {
    let wanted: Vec<String> = ask.all("field").map(str::to_owned).chain(typed.keys().cloned()).collect();
    let (sheet, job) = (ask.number("sheet"), (app.clone(), Arc::clone(batch)));
    let (everybody, mut seen) = app
        .work
        .run(move || {
            let (app, batch) = job;
            let report = app.batches.report(&batch)?;
            let line = report.lines.iter().find(|line| line.entry == entry).ok_or_else(nobody)?;
            let problems = line.problems.clone();
            let seen = app.batches.look(&batch, entry, |engine, person| seen(engine, &batch, person, &problems, &wanted))?;
            Ok((rows(&report), seen))
        })
        .await?;
    for mend in &mut seen.mend {
        if let (Some(typed), Held::Text(text)) = (typed.get(&mend.control.name), &mut mend.control.value) {
            text.clone_from(typed);
        }
    }
    let row = everybody.iter().find(|row| row.entry == entry).ok_or_else(nobody)?;
    let errors = row.problems.iter().filter(|problem| problem.error).count();
    let said = said.map(|(tone, words)| match (tone, errors, ask.lang) {
        (Tone::Wrong, ..) | (_, 0, _) => (tone, words),
        // Green would say that all is well.
        (_, _, Lang::Zh) => (Tone::Plain, format!("已保存，重新核对过了；还有 {errors} 处错误。")),
        (_, 1, Lang::En) => (Tone::Plain, "Saved and checked again; one error is left.".to_owned()),
        (_, _, Lang::En) => (Tone::Plain, format!("Saved and checked again; {errors} errors are left.")),
    });
    let (before, after) = beside(&everybody, row);
    let first = seen.places.iter().map(|(_, sheet)| *sheet).next();
    let id = batch.id.to_string();
    let view = View {
        id: &id,
        row,
        page: everybody.iter().position(|one| one.entry == entry).unwrap_or_default() / PER_PAGE + 1,
        before,
        after,
        mend: &seen.mend,
        others: &seen.others,
        fields: &seen.fields,
        sheets: seen.sheets,
        sheet: sheet.or(first).unwrap_or(1).clamp(1, seen.sheets.max(1)),
        places: &seen.places,
        said,
    };
    let title = format!("{} {} {}", row.mark.sign(), row.mark.word(ask.lang), row.name);
    Ok(framed(ask, title, Some(Step::Check), Some(frame(app, batch, ask.lang, true)), None, person(&view, ask.lang)))
}

/// What a look at a person gives the page.
struct Seen {
    mend: Vec<Mend>,
    others: Vec<Found>,
    fields: Vec<Control>,
    sheets: usize,
    places: Vec<(String, usize)>,
}

fn seen(engine: &Engine, batch: &Batch, person: &Person<'_>, problems: &[Found], wanted: &[String]) -> Result<Seen, Problem> {
    let blank = Record::blank();
    let record = person.record.as_ref().unwrap_or(&blank);
    let template = batch.kept().wish.template;
    let labels = engine.fields(&template)?;
    let forms = forms(engine, &template, record)?;
    let fields = fields_of(&forms, &labels);
    let of = |name: &FieldName, label: &str| {
        let field = fields.iter().find(|field| field.name == *name);
        let label = field.map(|field| field.label.as_str()).or(labels.get(&name.pattern()).map(String::as_str)).unwrap_or(label);
        control(name, label, field.map_or(&FieldKind::Text(TextFormat::Plain), |field| &field.kind), record)
    };
    let mut mend: Vec<Mend> = Vec::new();
    let mut others = Vec::new();
    let sorted = problems.iter().filter(|one| one.error).chain(problems.iter().filter(|one| !one.error));
    for problem in sorted {
        let name = problem.pointer.as_deref().and_then(FieldName::from_pointer).filter(|name| can_mend(&fields, &labels, name, record));
        // Where no record can be read there is nothing to put a value into.
        let Some(name) = name.filter(|_| person.record.is_some()) else {
            others.push(problem.clone());
            continue;
        };
        match mend.iter_mut().find(|mend| mend.control.name == name.as_str()) {
            Some(mend) => mend.problems.push(problem.clone()),
            None => mend.push(Mend { control: of(&name, &problem.label), problems: vec![problem.clone()] }),
        }
    }
    for name in wanted.iter().filter_map(|name| FieldName::parse(name)).filter(|name| can_mend(&fields, &labels, name, record)) {
        if mend.iter().all(|mend| mend.control.name != name.as_str()) {
            // What was asked for is what the clerk came for.
            mend.insert(0, Mend { control: of(&name, name.as_str()), problems: Vec::new() });
        }
    }
    let mut places = Vec::new();
    if let Some(dossier) = &person.dossier {
        for mend in &mend {
            let Some(name) = FieldName::parse(&mend.control.name) else { continue };
            places.extend(dossier.form().boxes(&name).first().map(|place| (mend.control.name.clone(), place.page)));
        }
    }
    let mut all: Vec<Control> = fields.iter().map(|field| control(&field.name, &field.label, &field.kind, record)).collect();
    // What no form of the dossier shows, the sheet does: 社会兼职, 评定时间.
    let on_forms: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let only_on_sheets = labels.iter().filter(|(name, _)| !name.contains('*') && !on_forms.contains(name.as_str()));
    let only_on_sheets = only_on_sheets.filter_map(|(name, label)| Some((FieldName::parse(name)?, label)));
    all.extend(only_on_sheets.map(|(name, label)| control(&name, label, &FieldKind::Text(TextFormat::Plain), record)));
    let fields = if person.record.is_some() { all } else { Vec::new() };
    Ok(Seen { mend, others, fields, sheets: person.dossier.as_ref().map_or(0, |dossier| dossier.pages()), places })
}

/// The form of a template, and those of the other papers in a dossier.
fn forms(engine: &Engine, template: &str, record: &Record) -> Result<Vec<Form>, Problem> {
    let mut forms = vec![engine.form(template, record)?];
    forms.extend(dossier_templates(template).iter().skip(1).filter_map(|part| engine.form(part, record).ok()));
    Ok(forms)
}

/// Every field of a person's record on these forms, once.
fn fields_of<'f>(forms: &'f [Form], labels: &BTreeMap<String, String>) -> Vec<&'f Field> {
    let mut seen = BTreeSet::new();
    let all = forms.iter().flat_map(|form| &form.fields).filter(|field| field.kind.is_data() && labels.contains_key(&field.name.pattern()));
    all.filter(|field| seen.insert(field.name.as_str())).collect()
}

/// Whether a name is one of a value that a control can hold: not that of a whole list.
fn can_mend(fields: &[&Field], labels: &BTreeMap<String, String>, name: &FieldName, record: &Record) -> bool {
    let known = fields.iter().any(|field| field.name == *name) || labels.contains_key(&name.pattern());
    let single = !record.root().get(name.as_str()).is_some_and(|value| value.is_array() || value.is_object());
    known && single
}

fn control(name: &FieldName, label: &str, kind: &FieldKind, record: &Record) -> Control {
    let value = match kind {
        FieldKind::Check => Held::Ticked(record.flag(name).unwrap_or_default()),
        FieldKind::Photo => Held::Picture(record.asset(name).is_some()),
        _ => Held::Text(record.text(name).unwrap_or_default().to_owned()),
    };
    Control { name: name.to_string(), label: label.to_owned(), kind: kind.clone(), kept: value.clone(), value }
}

/// The nearest people before and after with something to look at.
fn beside(everybody: &[Row], row: &Row) -> (Option<usize>, Option<usize>) {
    let at = everybody.iter().position(|other| other.entry == row.entry).unwrap_or_default();
    let troubled = |row: &&Row| !matches!(row.mark, Mark::Fine | Mark::Waiting);
    let before = everybody.iter().take(at).rev().find(troubled).map(|row| row.entry);
    (before, everybody.iter().skip(at + 1).find(troubled).map(|row| row.entry))
}

/// Puts values right: those that are not what they were.
pub async fn mend(
    State(app): State<App>,
    ask: Ask,
    Path((id, entry)): Path<(String, usize)>,
    request: Request,
) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let sent = parts(request, app.settings.body_limit).await?;
    let job = (app.clone(), Arc::clone(&batch), ask.lang);
    let tried = app
        .work
        .run(move || {
            let (app, batch, lang) = job;
            let template = batch.kept().wish.template;
            let (set, refused) = app.batches.look(&batch, entry, |engine, person| changes(engine, &template, person, &sent))?;
            if let Some(refused) = refused {
                return Ok(Some(Err((refused, Amend { set, ..Amend::default() }))));
            }
            if set.is_empty() {
                return Ok(None);
            }
            let first = set.keys().next().cloned();
            let amend = Amend { set, ..Amend::default() };
            match app.batches.amend(&batch, entry, &amend, lang) {
                Ok(_) => Ok(Some(Ok(first))),
                Err(refused) if !refused.problems.is_empty() => Ok(Some(Err((refused, amend)))),
                Err(other) => Err(other),
            }
        })
        .await?;
    let page = address::person(&id, entry);
    let (refused, amend) = match tried {
        None => return Ok(see(&page)),
        Some(Ok(first)) => {
            let anchor = first.map(|name| format!("#f-{name}")).unwrap_or_default();
            return Ok(see(&format!("{}{anchor}", with(&page, "saved", "1"))));
        }
        Some(Err(refused)) => refused,
    };
    // What was typed stays in its control, beside why it cannot be taken.
    let text = |edit: &Edit| if let Edit::Text(text) = edit { text.clone() } else { String::new() };
    let typed = amend.set.iter().map(|(name, edit)| (name.clone(), text(edit))).collect();
    let words: Vec<String> = match &refused.detail {
        Some(detail) if refused.problems.is_empty() => [&refused.title, detail].map(|words| words.text(ask.lang).to_owned()).into(),
        _ => refused.problems.iter().map(|one| told(one, ask.lang)).collect(),
    };
    let intro = say(ask.lang, "没有保存：", "Not saved: ");
    let said = Some((Tone::Wrong, format!("{intro}{}", words.join(say(ask.lang, "；", "; ")))));
    let mut response = shown(&app, &ask, &batch, entry, said, &typed).await?;
    *response.status_mut() = refused.status;
    Ok(response)
}

fn told(one: &crate::diag::Diagnostic, lang: Lang) -> String {
    let label = if let Place::Record { label, .. } = &one.place { label.as_str() } else { "" };
    let colon = if label.is_empty() { "" } else { say(lang, "：", ": ") };
    format!("{label}{colon}{}", one.message.text(lang))
}

/// The values of a form, and why one of them cannot be one.
type Changes = (BTreeMap<String, Edit>, Option<Problem>);

/// The values that a form sent and that are others than the record's, and than they stood in the form.
fn changes(engine: &Engine, template: &str, person: &Person<'_>, sent: &[Part]) -> Result<Changes, Problem> {
    let Some(record) = &person.record else { return Ok(Changes::default()) };
    let (forms, labels) = (forms(engine, template, record)?, engine.fields(template)?);
    let fields = fields_of(&forms, &labels);
    let (mut set, mut refused) = (BTreeMap::new(), None);
    let names: BTreeSet<&str> = sent.iter().filter_map(|part| part.name.strip_prefix(PREFIX)).collect();
    for name in names {
        let Some(field) = FieldName::parse(name).filter(|field| labels.contains_key(&field.pattern())) else { continue };
        let values = sent.iter().filter(|part| part.name.strip_prefix(PREFIX) == Some(name));
        // Of a box the last value counts: the empty one before it tells that it was there.
        let Some(part) = values.last() else { continue };
        let shown = sent.iter().find(|part| part.name.strip_prefix(SHOWN) == Some(name));
        if shown.is_some_and(|shown| text(shown).ok().is_some_and(|shown| text(part).is_ok_and(|now| now == shown))) {
            continue;
        }
        let kind = fields.iter().find(|one| one.name == field).map(|one| &one.kind);
        let edit = match kind {
            Some(FieldKind::Check) => {
                let ticked = part.bytes.as_ref() == b"true";
                (record.flag(&field).unwrap_or_default() != ticked).then_some(Edit::Flag(ticked))
            }
            Some(FieldKind::Photo) => picture(part).unwrap_or_else(|why| {
                refused = Some(why);
                None
            }),
            _ => {
                let text = text(part)?;
                let before = record.text(&field).unwrap_or_default();
                // Ends of lines are the browser's own (HTML, 4.10.21.4).
                let differs = text != before.trim_end();
                differs.then_some(if text.is_empty() { Edit::Gone } else { Edit::Text(text) })
            }
        };
        set.extend(edit.map(|edit| (name.to_owned(), edit)));
    }
    Ok((set, refused))
}

fn text(part: &Part) -> Result<String, Problem> {
    let text = std::str::from_utf8(&part.bytes).map_err(|_| super::work::broken())?;
    Ok(text.replace("\r\n", "\n").trim_end().to_owned())
}

/// A photo that was chosen; nothing where none was.
fn picture(part: &Part) -> Result<Option<Edit>, Problem> {
    // A control without a file sends a part whose file has no name.
    if part.bytes.is_empty() && part.file.as_deref().is_none_or(str::is_empty) {
        return Ok(None);
    }
    let kind = match part.bytes.as_ref() {
        [0xff, 0xd8, ..] => "jpeg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        _ => {
            return Err(Problem::bad_request("photo-kind", "照片要是 JPEG 或 PNG", "a photo is a JPEG or a PNG")
                .with_detail(Message::new("换一张，或另存为 JPEG", "choose another, or save it as JPEG")));
        }
    };
    Ok(Some(Edit::Text(format!("data:image/{kind};base64,{}", STANDARD.encode(&part.bytes)))))
}

/// A sheet of the dossier, fields outlined: made of the finished PDF.
pub async fn picture_of(
    State(app): State<App>,
    ask: Ask,
    Path((id, entry, sheet)): Path<(String, usize, String)>,
) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let number = sheet.strip_prefix("page-").and_then(|rest| rest.strip_suffix(".png")).and_then(|number| number.parse::<usize>().ok());
    let number = number.ok_or_else(|| Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address"))?;
    let names: Vec<FieldName> = ask.all("mark").take(200).filter_map(FieldName::parse).collect();
    let dpi = ask.number("dpi").map_or(110.0, |dpi| dpi as f64);
    let store = app.batches.clone();
    let png = app
        .work
        .run(move || {
            let report = store.report(&batch)?;
            let problems = report.lines.iter().find(|line| line.entry == entry).map(|line| line.problems.as_slice()).unwrap_or_default();
            let marks = names.into_iter().map(|name| (kind_of(problems, &name), name)).map(|(kind, name)| (name, kind)).collect();
            store.look(&batch, entry, |_, person| {
                let dossier = person.dossier.as_ref().ok_or_else(nobody)?;
                let options = PngOptions { dpi, marks, ..PngOptions::default() };
                Ok(preview::page(&Arc::new(dossier.pdf()?), number, &dossier.preview(&options))?)
            })
        })
        .await?;
    Ok((picture_headers("image/png"), png).into_response())
}

/// How a field is outlined: as what was found about it.
fn kind_of(problems: &[Found], name: &FieldName) -> MarkKind {
    let pointer = name.pointer();
    let mut found = problems.iter().filter(|problem| problem.pointer.as_deref() == Some(pointer.as_str())).peekable();
    match (found.peek().is_some(), found.any(|problem| problem.error)) {
        (false, _) => MarkKind::Chosen,
        (true, true) => MarkKind::Error,
        (true, false) => MarkKind::Warning,
    }
}

/// The photo of a person as it is now.
pub async fn photo(State(app): State<App>, ask: Ask, Path((id, entry, field)): Path<(String, usize, String)>) -> Result<Response, Problem> {
    let batch = batch_of(&app, &ask, &id)?;
    let store = app.batches.clone();
    let bytes = app
        .work
        .run(move || {
            store.look(&batch, entry, |_, person| {
                let name = FieldName::parse(&field);
                let photo = person.record.as_ref().zip(name).and_then(|(record, name)| record.asset(&name).map(<[u8]>::to_vec));
                photo.ok_or_else(|| Problem::not_found("photo-not-found", "没有照片", "there is no photo"))
            })
        })
        .await?;
    let kind = if bytes.starts_with(&[0x89, b'P']) { "image/png" } else { "image/jpeg" };
    Ok((picture_headers(kind), bytes).into_response())
}

/// Pictures of people are for this look only.
fn picture_headers(kind: &'static str) -> [(axum::http::HeaderName, HeaderValue); 2] {
    [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, HeaderValue::from_static("private, no-store"))]
}

fn nobody() -> Problem {
    Problem::not_found("item-not-found", "没有这个人", "there is no such person")
}
