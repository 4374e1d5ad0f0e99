//! Many people at once: sent, looked at, made, taken away.

mod create;
mod described;
mod events;
mod items;
mod output;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use described::{OfAll, OfAsked, OfOne};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::diag::Lang;
use crate::service::app::App;
use crate::service::batches::{Batch, Change, Status, Store, parsed};
use crate::service::guard::Caller;
use crate::service::language::Spoken;
use crate::service::problem::Problem;

/// So long a batch that is under way is waited for before it is said to be deleted.
const PATIENCE: Duration = Duration::from_secs(30);

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(create::routes())
        .routes(routes!(list))
        .routes(routes!(status, delete))
        .routes(routes!(events::events))
        .routes(routes!(run))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .merge(items::routes())
        .merge(output::routes())
        // What is known of people is for whoever asked, and for no cache.
        .layer(map_response(kept_by_nobody))
}

async fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// The header of a file that is to be kept under a name: one for old programs, one in UTF-8 (RFC 6266, RFC 8187).
pub fn attachment(name: &str) -> HeaderMap {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    let old: String = name.chars().map(|ch| if ch.is_ascii_alphanumeric() || "-._".contains(ch) { ch } else { '_' }).collect();
    let new: String = name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    let value = HeaderValue::from_str(&format!("attachment; filename=\"{old}\"; filename*=UTF-8''{new}"));
    value.into_iter().map(|value| (CONTENT_DISPOSITION, value)).collect()
}

/// Whose request it is.
pub struct Owner(pub String);

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Owner, Infallible> {
        Ok(Owner(parts.extensions.get::<Caller>().map_or_else(|| Caller::local().id, |caller| caller.id.clone())))
    }
}

/// A job that touches the disk, on a thread that may wait.
pub async fn waiting<T: Send + 'static>(job: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(job).await.unwrap_or_else(|_| Err(Problem::internal()))
}

/// List the batches · 有哪些批次
///
/// The batches of this caller, the latest first.
#[utoipa::path(get, path = "/v1/batches", operation_id = "list_batches", tag = "batches", responses((status = 200, description = "the batches", body = Vec<Status>), OfAll))]
async fn list(State(app): State<App>, Owner(owner): Owner, Spoken(lang): Spoken) -> Json<Vec<Status>> {
    Json(app.batches.list(&owner).iter().map(|batch| app.batches.status(batch, lang)).collect())
}

/// How far a batch is · 进度
///
/// Numbers and moments, nobody's name.
#[utoipa::path(get, path = "/v1/batches/{id}", operation_id = "batch_status", tag = "batches", params(("id" = String, Path, description = "the batch")),
    responses((status = 200, description = "the batch", body = Status), OfOne))]
async fn status(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
) -> Result<Json<Status>, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    Ok(Json(app.batches.status(&batch, lang)))
}

/// Delete a batch · 清除
///
/// Deletes a batch and everything of it. One that is under way is stopped first.
#[utoipa::path(delete, path = "/v1/batches/{id}", operation_id = "delete_batch", tag = "batches", params(("id" = String, Path, description = "the batch")),
    responses((status = 204, description = "it is gone"), OfOne))]
async fn delete(State(app): State<App>, Owner(owner): Owner, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let mut pulses = batch.teller.subscribe();
    let store = app.batches.clone();
    waiting(move || store.delete(&batch)).await?;
    // Nobody can ask for it any more; whether its last dossier is finished is a matter of moments.
    let _ = tokio::time::timeout(PATIENCE, pulses.wait_for(|pulse| pulse.over)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Make the papers · 出件
///
/// Makes what was only checked, or goes on with what was stopped; other outputs and options may be asked for.
#[utoipa::path(post, path = "/v1/batches/{id}/run", operation_id = "run_batch", tag = "batches", params(("id" = String, Path, description = "the batch")),
    request_body = Option<Change>,
    responses((status = 202, description = "the batch", body = Status), OfAsked))]
async fn run(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    // Many programs write what they do not say as null.
    let unsaid = body.is_empty() || body.trim_ascii() == b"null";
    let change: Change = if unsaid { Change::default() } else { parsed(&body)? };
    asked(&app, lang, batch, move |store, batch| store.run(batch, change)).await
}

/// Try failures again · 重试
///
/// Tries again those at whom the program failed.
#[utoipa::path(post, path = "/v1/batches/{id}/retry", operation_id = "retry_batch", tag = "batches", params(("id" = String, Path, description = "the batch")),
    responses((status = 202, description = "the batch", body = Status), OfAsked))]
async fn retry(State(app): State<App>, Owner(owner): Owner, Spoken(lang): Spoken, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    asked(&app, lang, batch, Store::retry).await
}

/// Stop a batch · 停止
///
/// Stops a batch where it is; what is done stays, and `run` goes on with it. One that has ended stays as it is.
#[utoipa::path(post, path = "/v1/batches/{id}/cancel", operation_id = "cancel_batch", tag = "batches", params(("id" = String, Path, description = "the batch")),
    responses((status = 202, description = "the batch", body = Status), OfAsked))]
async fn cancel(State(app): State<App>, Owner(owner): Owner, Spoken(lang): Spoken, Path(id): Path<String>) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    asked(&app, lang, batch, Store::cancel).await
}

/// Asks something of a batch, and tells how far it is then.
async fn asked(
    app: &App,
    lang: Lang,
    batch: Arc<Batch>,
    ask: impl FnOnce(&Store, &Arc<Batch>) -> Result<(), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let store = app.batches.clone();
    let asked = Arc::clone(&batch);
    waiting(move || ask(&store, &asked)).await?;
    Ok((StatusCode::ACCEPTED, Json(app.batches.status(&batch, lang))).into_response())
}
