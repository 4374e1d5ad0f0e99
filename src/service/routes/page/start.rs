//! Steps 1 and 2, and what they offer to take along.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::ask::Ask;
use super::page;
use crate::engine::{Engine, PngOptions, dossier_templates};
use crate::record::Record;
use crate::service::app::App;
use crate::service::page::address::percent;
use crate::service::page::shell::Step;
use crate::service::page::start::{Card, Start, start};
use crate::service::page::words::say;
use crate::service::problem::Problem;

/// The dots per inch of a form's picture: twice as many pixels as it is wide on the page, for sharp screens.
const THUMBNAIL: f64 = 44.0;

/// The first page.
pub async fn show(State(app): State<App>, ask: Ask) -> Result<Response, Problem> {
    let settings = &app.settings;
    let (days, megabytes) = (settings.keep.as_secs().div_ceil(24 * 3600), settings.upload_limit >> 20);
    let wiped = ask.get("wiped").is_some();
    let engine = std::sync::Arc::clone(&app.engine);
    let (forms, others) = app.work.run(move || cards(&engine)).await?;
    let view = Start { forms, others, days, megabytes, wiped };
    Ok(page(&ask, say(ask.lang, "选表、上传", "Choose a form, send the list"), Some(Step::Choose), start(&view, ask.lang)))
}

/// The forms that each person gets one of; and the other papers. A template with mistakes is in neither.
fn cards(engine: &Engine) -> Result<(Vec<Card>, Vec<Card>), Problem> {
    let parts = dossier_templates("");
    let (mut forms, mut others) = (Vec::new(), Vec::new());
    for name in engine.template_names() {
        let (Ok(template), Ok(form)) = (engine.template(name), engine.form(name, &Record::blank())) else { continue };
        let mut fields = form.fields.iter().filter(|field| field.kind.is_data()).peekable();
        // A paper without anything to fill in is only ever part of another.
        if fields.peek().is_none() || template.outputs().len() < 2 {
            continue;
        }
        let card = Card { id: name.to_owned(), title: template.id().title.clone(), outputs: template.outputs().to_vec() };
        let of_many = fields.any(|field| field.name.as_str().starts_with("nominees."));
        if of_many || parts.contains(&name) { others.push(card) } else { forms.push(card) }
    }
    Ok((forms, others))
}

/// The workbook that people fill in, a row each.
pub async fn workbook(State(app): State<App>, Path(template): Path<String>) -> Result<Response, Problem> {
    let engine = std::sync::Arc::clone(&app.engine);
    let (title, bytes) = app.work.run(move || Ok((engine.template(&template)?.id().title.clone(), engine.workbook(&template)?))).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((download(kind, &format!("{title}-名单.xlsx")), bytes).into_response())
}

/// The first page of the blank form, small.
pub async fn picture(State(app): State<App>, Path(template): Path<String>) -> Result<Response, Problem> {
    let engine = std::sync::Arc::clone(&app.engine);
    let png = app.work.run(move || Ok(engine.blank(&template)?.png(1, &PngOptions { dpi: THUMBNAIL, ..PngOptions::default() })?)).await?;
    let kept = (CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("image/png")), kept], png).into_response())
}

/// Headers of a file that is kept under its name (RFC 6266, RFC 8187).
pub fn download(kind: &'static str, name: &str) -> [(axum::http::HeaderName, HeaderValue); 3] {
    let place = format!("attachment; filename*=UTF-8''{}", percent(name));
    [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&place).unwrap_or(HeaderValue::from_static("attachment"))),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ]
}
