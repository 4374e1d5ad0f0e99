//! The entry page of a form: filled in with a browser, checked, and made into files; it needs no script.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::diag::{Diagnostics, Lang, Message};
use crate::form::post;
use crate::html::{self, HtmlOptions, Served};
use crate::readback::Posted;
use crate::record::Record;
use crate::service::about;
use crate::service::app::App;
use crate::service::assets::Uploads;
use crate::service::bodies::{self, Part, media_type, unsupported};
use crate::service::describe::{EntryForm, EntryQuery, OfEntry, OfEntryPost, TemplatePath};
use crate::service::document::Document;
use crate::service::fresh;
use crate::service::language::Spoken;
use crate::service::options::{Options, unsuitable};
use crate::service::output::Output;
use crate::service::problem::Problem;
use crate::service::which::Which;

/// The options of the page.
const ENTRY: [&str; 1] = ["lang"];

/// What its buttons make.
const BUTTONS: [Output; 5] = [Output::Pdf, Output::Fillable, Output::Docx, Output::Xlsx, Output::Json];

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(page, posted))
}

/// The style and the script of the page.
pub fn files() -> Router<App> {
    Router::new().route("/entry/assets/entry.css", get(style)).route("/entry/assets/entry.js", get(script))
}

/// The entry page of a form · 网页填表
///
/// Laid out like the paper, with a control for every field; it works without script.
#[utoipa::path(get, path = "/entry/{template}", tag = "pages", params(TemplatePath, EntryQuery),
    responses((status = 200, description = "The page.", content(("text/html"))), OfEntry))]
async fn page(State(app): State<App>, which: Which, Spoken(spoken): Spoken, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let page = Page::of(which, Options::from_query(query.as_deref(), &ENTRY)?, spoken);
    let job = app.clone();
    app.work.run(move || page.shown(&job, &Record::blank(), None, StatusCode::OK)).await
}

/// Take what was filled in · 收下填的内容
///
/// The button that was pressed is `to`: `check` gives the page back with what is wrong at its fields; an output gives that file. A
/// record that no paper could show comes back as the page, with its mistakes and the status 422.
#[utoipa::path(post, path = "/entry/{template}", tag = "pages", params(TemplatePath, EntryQuery),
    request_body(content((EntryForm = "multipart/form-data"))), responses(OfEntryPost))]
async fn posted(
    State(app): State<App>,
    which: Which,
    Spoken(spoken): Spoken,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    let page = Page::of(which, Options::from_query(query.as_deref(), &ENTRY)?, spoken);
    if media_type(request.headers()) != "multipart/form-data" {
        return Err(unsupported(&["multipart/form-data"]));
    }
    let parts = bodies::parts(request, app.settings.body_limit).await?;
    let job = app.clone();
    app.work.run(move || page.answered(&job, parts)).await
}

/// A page of a form in a language.
struct Page {
    which: Which,
    lang: Lang,
    /// How the page is asked for again.
    query: &'static str,
}

impl Page {
    fn of(which: Which, options: Options, spoken: Lang) -> Page {
        let query = match options.lang {
            Some(Lang::Zh) => "?lang=zh",
            Some(Lang::En) => "?lang=en",
            None => "",
        };
        Page { which, lang: options.lang.unwrap_or(spoken), query }
    }

    /// What the pressed button asks for.
    fn answered(&self, app: &App, parts: Vec<Part>) -> Result<Response, Problem> {
        let mut to = None;
        let mut values = Vec::new();
        for Part { name, file, bytes } in parts {
            let value = match file {
                Some(_) => Posted::File(bytes.to_vec()),
                None => Posted::Text(String::from_utf8_lossy(&bytes).into_owned()),
            };
            match value {
                Posted::Text(word) if name == post::TO => to = Some(word),
                value => values.push((name, value)),
            }
        }
        let (record, found) = app.engine.posted(&self.which.0, &values)?;
        drop(values);
        let offered = about::offered(app, &self.which)?;
        match to.as_deref().unwrap_or(post::CHECK) {
            post::CHECK => {
                let found = together(found, app.engine.check(&self.which.0, &record)?);
                self.shown(app, &record, Some(found), StatusCode::OK)
            }
            word => {
                let output = Output::of(word).filter(|output| offered.contains(output));
                let output = output.ok_or_else(|| {
                    unsuitable(
                        Message::new("没有这个按钮", "there is no such button"),
                        Some(Message::new("请重新打开页面", "open the page anew")),
                    )
                })?;
                let lang = (output == Output::Html).then_some(self.lang);
                let options = Options { lang, ..Options::default() };
                // What could not be taken would be missing in the file.
                let made = match found.has_errors() {
                    true => Err(Problem::refused(found.clone())),
                    false => Document::of(app, &self.which, record.clone(), &Uploads::default(), &options, output),
                };
                match made {
                    Ok(document) => Ok(document.into_response()),
                    Err(problem) if problem.code == "record-invalid" => {
                        let found = together(found, problem.problems);
                        self.shown(app, &record, Some(found), StatusCode::UNPROCESSABLE_ENTITY)
                    }
                    Err(problem) => Err(problem),
                }
            }
        }
    }

    fn shown(&self, app: &App, record: &Record, problems: Option<Diagnostics>, status: StatusCode) -> Result<Response, Problem> {
        let offered: BTreeSet<&str> = about::offered(app, &self.which)?.into_iter().map(Output::word).collect();
        let outputs = BUTTONS.map(Output::word).into_iter().filter(|word| offered.contains(word)).map(str::to_owned).collect();
        let action = format!("/entry/{}{}", self.which.0, self.query);
        let served = Served { action, assets: "/entry/assets".to_owned(), outputs };
        let text = app.engine.entry(&self.which.0, record, &HtmlOptions { lang: self.lang, problems, served: Some(served) })?;
        Ok((status, [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "private, no-store")], text).into_response())
    }
}

/// Two lists as one.
fn together(mut found: Diagnostics, others: Diagnostics) -> Diagnostics {
    found.extend(others);
    found
}

async fn style(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    fresh::file(&headers, "text/css; charset=utf-8", html::stylesheet(query.as_deref().unwrap_or_default()).into_bytes())
}

async fn script(headers: HeaderMap) -> Response {
    fresh::file(&headers, "text/javascript; charset=utf-8", html::SCRIPT.as_bytes().to_vec())
}
