//! What is taken away: the report, the files.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::mpsc::channel;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::described::{OfOutput, OfReport};
use super::{Owner, attachment, waiting};
use crate::batch::report;
use crate::diag::Message;
use crate::service::app::App;
use crate::service::batches::{As, Flag, Kind, Takeaway, pack};
use crate::service::language::Spoken;
use crate::service::problem::Problem;

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(csv)).routes(routes!(json)).routes(routes!(html)).routes(routes!(output))
}

/// What may stand in the query of a report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Masked {
    mask: Option<Flag>,
}

type Masking = Result<Query<Masked>, QueryRejection>;

/// The report as a table · 报告（表格）
///
/// For spreadsheets: UTF-8 with a byte order mark, no cell a formula.
#[utoipa::path(get, path = "/v1/batches/{id}/report.csv", operation_id = "batch_report_csv", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("mask" = inline(Option<Flag>), Query, description = "1: names are 张*")),
    responses((status = 200, description = "the table", content_type = "text/csv", body = String), OfReport))]
async fn csv(app: State<App>, owner: Owner, Spoken(lang): Spoken, id: Path<String>, mask: Masking) -> Result<Response, Problem> {
    told(app, owner, id, mask, "text/csv; charset=utf-8", Some("报告.csv"), move |report, mask| report::csv(report, lang, mask)).await
}

/// The report for programs · 报告（JSON）
///
/// Everybody with what is wrong, units, notes, files.
#[utoipa::path(get, path = "/v1/batches/{id}/report.json", operation_id = "batch_report_json", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("mask" = inline(Option<Flag>), Query, description = "1: names are 张*")),
    responses((status = 200, description = "the report", content_type = "application/json", body = Object), OfReport))]
async fn json(app: State<App>, owner: Owner, id: Path<String>, mask: Masking) -> Result<Response, Problem> {
    told(app, owner, id, mask, "application/json", None, |report, mask| report::json(report, mask).into_bytes()).await
}

/// The report to read · 报告（网页）
///
/// A page by itself, without script.
#[utoipa::path(get, path = "/v1/batches/{id}/report.html", operation_id = "batch_report_html", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("mask" = inline(Option<Flag>), Query, description = "1: names are 张*")),
    responses((status = 200, description = "the page", content_type = "text/html", body = String), OfReport))]
async fn html(app: State<App>, owner: Owner, Spoken(lang): Spoken, id: Path<String>, mask: Masking) -> Result<Response, Problem> {
    told(app, owner, id, mask, "text/html; charset=utf-8", Some("报告.html"), move |report, mask| {
        report::html(report, lang, mask).into_bytes()
    })
    .await
}

async fn told(
    State(app): State<App>,
    Owner(owner): Owner,
    Path(id): Path<String>,
    mask: Masking,
    kind: &'static str,
    name: Option<&str>,
    tell: impl FnOnce(&report::Report, bool) -> Vec<u8> + Send + 'static,
) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let Query(Masked { mask }) = mask.map_err(|_| bad_query())?;
    let store = app.batches.clone();
    let bytes = waiting(move || {
        // Who asked for masked names when the batch was made gets no others by asking again.
        let mask = mask == Some(Flag::Yes) || batch.kept().wish.mask_names;
        Ok(tell(&*store.report(&batch)?, mask))
    })
    .await?;
    let mut response = ([(CONTENT_TYPE, kind)], bytes).into_response();
    if let Some(name) = name {
        response.headers_mut().extend(attachment(name));
    }
    Ok(response)
}

/// What may stand in the query of the output.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    kind: Kind,
    format: Option<As>,
}

/// Take files away · 取件
///
/// The files of a batch that is `done`: everything, the file for the printer, the sheets, or each person's own files.
#[utoipa::path(get, path = "/v1/batches/{id}/output", operation_id = "batch_output", tag = "batches",
    params(("id" = String, Path, description = "the batch"),
        ("kind" = inline(Option<Kind>), Query, description = "`zip` (everything) where nothing is said"),
        ("format" = inline(Option<As>), Query, description = "with `sheet`: pdf, docx, xlsx; with `people`: pdf, fillable, docx")),
    responses((status = 200, content((Vec<u8> = "application/zip"), (Vec<u8> = "application/pdf"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), description = "the file"), OfOutput))]
async fn output(
    State(app): State<App>,
    Owner(owner): Owner,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let Query(Asked { kind, format }) = asked.map_err(|_| bad_query())?;
    if format.is_some() && !matches!(kind, Kind::Sheet | Kind::People) {
        return Err(bad_query());
    }
    let store = app.batches.clone();
    let takeaway = waiting(move || store.output(&batch, kind, format)).await?;
    let place = app.batches.download().ok_or_else(crowded)?;
    Ok(match takeaway {
        Takeaway::One { name, kind, length, file } => {
            // The place is given back with the stream, not with its head.
            let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 << 10).map(move |piece| {
                let _place = &place;
                piece
            });
            let body = Body::from_stream(pieces);
            let mut response = ([(CONTENT_TYPE, kind)], body).into_response();
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            response.headers_mut().extend(attachment(&name));
            response
        }
        Takeaway::Zip { name, root, paths } => {
            let (send, pieces) = channel(4);
            tokio::task::spawn_blocking(move || {
                let _place = place;
                pack(&root, &paths, send);
            });
            let body = Body::from_stream(ReceiverStream::new(pieces));
            let mut response = ([(CONTENT_TYPE, "application/zip")], body).into_response();
            response.headers_mut().extend(attachment(&name));
            response
        }
    })
}

fn bad_query() -> Problem {
    Problem::bad_request("bad-parameter", "网址里的参数不对", "a parameter in the address is wrong")
}

fn crowded() -> Problem {
    let title = Message::new("同时下载的人太多", "too many take files away at once");
    let problem = Problem::new(axum::http::StatusCode::TOO_MANY_REQUESTS, "busy", title);
    Problem { retry_after: Some(5), ..problem }.with_detail(Message::new("过一会儿再下载", "come back in a moment"))
}
