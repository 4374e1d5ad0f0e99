//! The forms there are, and what each of them is.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::about::{self, TemplateDetail, TemplateLine};
use crate::service::app::App;
use crate::service::describe::{DocumentQuery, File, OfBlank, OfList, OfSample, OfTemplate, TemplatePath};
use crate::service::document::{Document, TEMPLATE};
use crate::service::fresh::is_known;
use crate::service::options::{BLANK, Options};
use crate::service::output::Output;
use crate::service::problem::Problem;
use crate::service::which::{Which, pinned};

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(schema)).routes(routes!(sample)).routes(routes!(blank))
}

/// List the forms · 有哪些表
///
/// Every form that can be used here, by name. A form with mistakes in its template is left out; asking for it tells them.
#[utoipa::path(get, path = "/v1/templates", tag = "templates", responses((status = 200, description = "The forms.", body = Vec<TemplateLine>), OfList))]
async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Vec<TemplateLine>>, Problem> {
    Options::from_query(query.as_deref(), &[])?;
    let job = app.clone();
    app.work.run(move || Ok(about::lines(&job).to_vec())).await.map(Json)
}

/// Tell of one form · 一张表
///
/// The form with its fields, their labels, limits and places on the paper in millimetres. The `ETag` changes when the form does.
#[utoipa::path(get, path = "/v1/templates/{template}", tag = "templates", params(TemplatePath),
    responses((status = 200, description = "The form.", body = TemplateDetail, headers(("ETag" = String, description = "Changes when the form does; send it back in `If-None-Match`."))), OfTemplate))]
async fn one(State(app): State<App>, which: Which, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Options::from_query(query.as_deref(), &[])?;
    let etag = match fresh(&app, &which, &headers)? {
        Seen::Again(answer) => return Ok(answer),
        Seen::Anew(etag) => etag,
    };
    let (job, name) = (app.clone(), which.0.clone());
    let detail = app.work.run(move || about::detail(&job, &name)).await?;
    Ok(marked(Json(detail).into_response(), etag))
}

/// The JSON Schema of a form's record · 记录的结构
///
/// JSON Schema 2020-12 with Chinese titles: what a record may hold, patterns and lengths included. The record is open: keys of
/// other forms may stand in it.
#[utoipa::path(get, path = "/v1/templates/{template}/schema", tag = "templates", params(TemplatePath),
    responses((status = 200, description = "The schema.", content((serde_json::Value = "application/schema+json"))), OfTemplate))]
async fn schema(State(app): State<App>, which: Which, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Options::from_query(query.as_deref(), &[])?;
    let etag = match fresh(&app, &which, &headers)? {
        Seen::Again(answer) => return Ok(answer),
        Seen::Anew(etag) => etag,
    };
    let (job, name) = (app.clone(), which.0.clone());
    let schema = app.work.run(move || Ok(job.engine.schema(&name)?)).await?;
    let text = format!("{schema:#}\n");
    Ok(marked(([(CONTENT_TYPE, "application/schema+json")], text).into_response(), etag))
}

/// A sample record · 样例记录
///
/// A record of invented people that fills the form, photos held in it: post it back to `render` as it is.
#[utoipa::path(get, path = "/v1/templates/{template}/sample", tag = "templates", params(TemplatePath),
    responses((status = 200, description = "The record.", content((serde_json::Value = "application/json"))), OfSample))]
async fn sample(State(app): State<App>, which: Which, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    Options::from_query(query.as_deref(), &[])?;
    let job = app.clone();
    let record = app.work.run(move || Ok(job.engine.sample(&which.0)?)).await?;
    let record = record.ok_or_else(|| Problem::not_found("no-sample", "这张表没有样例", "this form brings no sample"))?;
    Ok(([(CONTENT_TYPE, "application/json")], record.to_json()).into_response())
}

/// The empty form · 空白表
///
/// To be printed, or filled in with a PDF reader, Word or WPS and sent to `read`.
#[utoipa::path(
    get,
    path = "/v1/templates/{template}/blank",
    tag = "templates",
    params(TemplatePath, DocumentQuery),
    responses(File, OfBlank)
)]
async fn blank(State(app): State<App>, which: Which, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Document, Problem> {
    let options = Options::from_query(query.as_deref(), &BLANK)?;
    let job = app.clone();
    app.work
        .run(move || {
            let output = Output::chosen(options.output, &headers, &about::offered(&job, &which)?)?;
            Document::blank(&job, &which, &options, output)
        })
        .await
}

/// Whether a client has seen what it asks for.
enum Seen {
    /// It has: 304.
    Again(Response),
    /// It has not; this marks the answer.
    Anew(HeaderValues),
}

/// The headers that mark an answer about a template.
struct HeaderValues {
    etag: HeaderValue,
    template: HeaderValue,
}

/// Compares `If-None-Match` (RFC 9110, 13.1.2) with the form that is here. What is told of it changes with the form and with
/// the program.
fn fresh(app: &App, which: &Which, headers: &HeaderMap) -> Result<Seen, Problem> {
    let template = which.template(app)?;
    let etag = format!("\"{}-{}\"", template.id().digest, env!("CARGO_PKG_VERSION"));
    let header = |text: &str| HeaderValue::from_str(text).map_err(|_| Problem::internal());
    let values = HeaderValues { etag: header(&etag)?, template: header(&pinned(template))? };
    if is_known(headers, &etag) {
        Ok(Seen::Again(marked(StatusCode::NOT_MODIFIED.into_response(), values)))
    } else {
        Ok(Seen::Anew(values))
    }
}

fn marked(mut answer: Response, values: HeaderValues) -> Response {
    let headers = answer.headers_mut();
    headers.insert(ETAG, values.etag);
    headers.insert(TEMPLATE, values.template);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer
}
