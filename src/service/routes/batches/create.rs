//! A batch comes in: as JSON, as JSON Lines, or as files.

use std::error::Error as _;

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{LengthLimitError, Limited};
use serde_json::Value;
use tokio_stream::StreamExt;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::described::OfNew;
use super::{Owner, waiting};
use crate::diag::Message;
use crate::service::app::App;
use crate::service::batches::{LINES, LIST, Members, Receiving, Role, Sink, Splitter, Status, Tongue, Unsplit, Wish, parsed};
use crate::service::language::Spoken;
use crate::service::problem::Problem;

/// The header with which a client tells a request that it may send twice.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that the answer is that of an earlier request with the same key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The most bytes of the options beside files.
const OPTIONS: usize = 64 << 10;

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    // The limit is that of uploads, which only the handler knows.
    OpenApiRouter::new().routes(routes!(create)).layer(DefaultBodyLimit::disable())
}

/// People and what is to be made of them.
#[derive(ToSchema)]
#[schema(as = NewBatch)]
#[allow(dead_code)]
struct NewBatch {
    #[schema(inline)]
    #[serde(flatten)]
    wish: Wish,
    /// The people: records, as the template's schema has them; photos as data URIs.
    records: Vec<Value>,
}

/// People as files.
#[derive(ToSchema)]
#[schema(as = NewBatchFiles)]
#[allow(dead_code)]
struct NewBatchFiles {
    /// What is to be made.
    options: Option<Wish>,
    /// A list (`.xlsx`, `.json`, `.jsonl`), filled forms (`.pdf`, `.docx`; several parts), or a `.zip` of people's folders.
    #[schema(value_type = Vec<String>, format = Binary)]
    source: Vec<u8>,
    /// Photos (several parts) or a `.zip` of them, named by identity number or name.
    #[schema(value_type = Option<Vec<String>>, format = Binary)]
    photos: Option<Vec<u8>>,
}

/// Begin a batch · 新建一批
///
/// Takes people in and begins to look at them and to make their papers.
///
/// The body is JSON with the records, JSON Lines of records with the options in the query, or a form with files. It goes to disk as
/// it comes; when it breaks off, nothing of it is kept. With an `Idempotency-Key` a request may be sent again without making a
/// second batch.
#[utoipa::path(post, path = "/v1/batches", operation_id = "create_batch", tag = "batches",
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]{1,255}$", description = "1 to 255 visible ASCII characters; kept as long as the batch"),
        ("template" = Option<String>, Query, description = "with application/x-ndjson: the options of a batch, each a parameter")),
    request_body(content((NewBatch = "application/json"), (String = "application/x-ndjson"), (NewBatchFiles = "multipart/form-data"))),
    responses((status = 202, body = Status, description = "It waits for its turn; with a key, how far that batch is.", headers(("Location" = String))), OfNew))]
async fn create(State(app): State<App>, Owner(owner): Owner, Spoken(lang): Spoken, request: Request) -> Result<Response, Problem> {
    let kind = media_type(request.headers());
    let key = key(request.headers())?;
    let uri = request.uri().clone();
    let limit = usize::try_from(app.settings.upload_limit).unwrap_or(usize::MAX);
    let request = request.map(|body| Body::new(Limited::new(body, limit)));
    let (store, asked) = (app.batches.clone(), owner.clone());
    let mut receiving = match kind.as_str() {
        "application/json" | "application/x-ndjson" | "multipart/form-data" => waiting(move || store.begin(&asked, key)).await?,
        _ => return Err(other_kind()),
    };
    receiving.note(kind.as_bytes());
    match kind.as_str() {
        "application/json" => json(&mut receiving, request.into_body()).await?,
        "application/x-ndjson" => {
            let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|_| bad_query())?;
            receiving.note(uri.query().unwrap_or_default().as_bytes());
            receiving.wish = Wish::of_query(&pairs)?;
            lines(&mut receiving, request.into_body()).await?;
        }
        _ => form(&mut receiving, request).await?,
    }
    receiving.wish.lang.get_or_insert(Tongue::of(lang));
    let store = app.batches.clone();
    // Reading the source takes a core.
    let (batch, again) = app.work.run(move || store.create(receiving)).await?;
    let mut response = (StatusCode::ACCEPTED, Json(app.batches.status(&batch, lang))).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/batches/{}", batch.id)) {
        response.headers_mut().insert(LOCATION, location);
    }
    if again {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// A body of JSON: the list of records goes to disk as it is.
async fn json(receiving: &mut Receiving, body: Body) -> Result<(), Problem> {
    let mut sink = receiving.file(Role::Source, LIST).await?;
    let (mut splitter, mut list) = (Splitter::default(), Vec::new());
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| broken_off(&error))?;
        receiving.hash(&piece);
        splitter.take(&piece, &mut list).map_err(unsplit)?;
        sink.write(&list).await?;
        list.clear();
    }
    sink.finish().await?;
    let (rest, found) = splitter.finish();
    let Members(mut members) = parsed(&rest)?;
    members.remove("records");
    receiving.wish = Wish::of(members)?;
    if found { Ok(()) } else { Err(no_records()) }
}

/// A body of JSON Lines.
async fn lines(receiving: &mut Receiving, body: Body) -> Result<(), Problem> {
    let mut sink = receiving.file(Role::Source, LINES).await?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| broken_off(&error))?;
        receiving.hash(&piece);
        sink.write(&piece).await?;
    }
    sink.finish().await
}

/// A form with files, in any order.
async fn form(receiving: &mut Receiving, request: Request) -> Result<(), Problem> {
    let mut wished = false;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    while let Some(mut part) = form.next_field().await.map_err(of_form)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        receiving.note(name.as_bytes());
        receiving.note(file.as_deref().unwrap_or_default().as_bytes());
        let role = match (name.as_str(), &file) {
            ("options", _) if std::mem::replace(&mut wished, true) => return Err(other_part()),
            ("options", _) => {
                let text = short(&mut part).await?;
                receiving.note(&text);
                receiving.wish = Wish::parse(&text)?;
                continue;
            }
            ("source", Some(_)) => Role::Source,
            ("photos", Some(_)) => Role::Photos,
            _ => return Err(other_part()),
        };
        // A form sends a part for a field in which no file was chosen: it has no name and no bytes.
        let file = file.filter(|file| !file.is_empty());
        let mut sink: Option<Sink> = None;
        if let Some(file) = &file {
            sink = Some(receiving.file(role, file).await?);
        }
        let mut inner = receiving.part();
        while let Some(piece) = part.chunk().await.map_err(of_form)? {
            inner.hash(&piece);
            match &mut sink {
                Some(sink) => sink.write(&piece).await?,
                None => return Err(other_part()),
            }
        }
        receiving.note_part(inner);
        if let Some(sink) = sink {
            sink.finish().await?;
        }
    }
    Ok(())
}

/// A part that is small.
async fn short(part: &mut Field<'_>) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(of_form)? {
        text.extend_from_slice(&piece);
        if text.len() > OPTIONS {
            return Err(too_large(Message::new("options 最多 64 KiB", "options have at most 64 KiB")));
        }
    }
    Ok(text)
}

/// The media type of the body, in small letters, without parameters.
fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The key of the request, where it has one.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(value) = keys.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let sound = (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) && keys.next().is_none();
    if sound { Ok(Some(key.to_owned())) } else { Err(bad_key()) }
}

fn bad_key() -> Problem {
    Problem::bad_request(
        "bad-parameter",
        "Idempotency-Key 是 1 到 255 个可见的 ASCII 字符，只写一次",
        "an Idempotency-Key has 1 to 255 visible ASCII characters, and is given once",
    )
}

/// A body that broke off, or went on for too long.
fn broken_off(error: &axum::Error) -> Problem {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<LengthLimitError>() {
            return too_large_upload();
        }
        cause = inner.source();
    }
    Problem::bad_request("broken-off", "请求没有传完", "the request broke off")
}

fn of_form(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large_upload() } else { malformed() }
}

fn malformed() -> Problem {
    Problem::bad_request("malformed-multipart", "表单（multipart）读不出来", "the form (multipart) cannot be read")
}

fn too_large_upload() -> Problem {
    too_large(Message::new("上传的内容超过上限；请分成几批", "the upload is longer than the limit; send it in several batches"))
}

fn too_large(detail: Message) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", Message::new("太大", "too large")).with_detail(detail)
}

fn unsplit(why: Unsplit) -> Problem {
    match why {
        Unsplit::NoObject => Problem::bad_request("malformed-json", "请求不是 JSON 对象", "the request is no JSON object"),
        Unsplit::Long => too_large(Message::new("records 以外最多 64 KiB", "all but the records has at most 64 KiB")),
        Unsplit::Twice => Problem::bad_request("malformed-json", "records 写了两次", "records is there twice"),
    }
}

fn no_records() -> Problem {
    Problem::bad_request("bad-parameter", "没有 records：人员的数组", "there is no list of records")
}

fn bad_query() -> Problem {
    Problem::bad_request("bad-parameter", "网址里的参数读不出来", "the parameters in the address cannot be read")
}

fn other_part() -> Problem {
    Problem::bad_request(
        "malformed-multipart",
        "表单只有 options（一次）、source（文件）、photos（文件）几项",
        "the form has the parts options (once), source (files) and photos (files) only",
    )
}

fn other_kind() -> Problem {
    let title = Message::new("不收这种内容", "this kind of content is not taken");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title).with_detail(Message::new(
        "用 application/json、application/x-ndjson 或 multipart/form-data",
        "send application/json, application/x-ndjson or multipart/form-data",
    ))
}
