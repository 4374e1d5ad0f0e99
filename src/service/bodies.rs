//! The bodies of requests: read whole, within a limit, and told by their type.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::problem::Problem;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};

/// The most parts that one request may have; a sheet of a thousand people with their photos has fewer.
const MOST_PARTS: usize = 2_000;

/// A part of multipart/form-data (RFC 7578).
pub struct Part {
    /// The name of the form's field.
    pub name: String,
    /// The name of the file, where it is one.
    pub file: Option<String>,
    /// What it holds.
    pub bytes: Bytes,
}

/// The media type of a request's body in lower case, without parameters; empty where it names none.
pub fn media_type(headers: &HeaderMap) -> String {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The whole body, of at most so many bytes.
///
/// # Errors
/// It is larger: 413. It ended early: 400.
pub async fn whole(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let body = limited(request, limit)?.into_body();
    let collected = body.collect().await.map_err(|error| if is_limit(&error) { too_large(limit) } else { incomplete() })?;
    Ok(collected.to_bytes())
}

/// The parts of a multipart body, of at most so many bytes in all.
///
/// # Errors
/// It is larger: 413. It is no sound multipart body: 400.
pub async fn parts(request: Request, limit: usize) -> Result<Vec<Part>, Problem> {
    let request = limited(request, limit)?;
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| malformed_multipart())?;
    let mut parts = Vec::new();
    let failed = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE || is_limit(&error) { too_large(limit) } else { malformed_multipart() }
    };
    while let Some(field) = multipart.next_field().await.map_err(failed)? {
        let (name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
        let bytes = field.bytes().await.map_err(failed)?;
        parts.push(Part { name, file, bytes });
        if parts.len() > MOST_PARTS {
            let title = Message::new(format!("部分太多，最多 {MOST_PARTS} 个"), format!("too many parts; at most {MOST_PARTS}"));
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title));
        }
    }
    Ok(parts)
}

/// The request with a body that gives no more than its limit.
fn limited(request: Request, limit: usize) -> Result<Request, Problem> {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<u64>().ok());
    if said.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large(limit));
    }
    // The limit of axum's own extractors is another, and lower.
    let mut request = request.map(|body| Body::new(Limited::new(body, limit)));
    DefaultBodyLimit::disable().apply(&mut request);
    Ok(request)
}

/// Whether an error, or one behind it, says that a body is longer than it may be.
fn is_limit(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut at = Some(error);
    while let Some(error) = at {
        if error.is::<LengthLimitError>() {
            return true;
        }
        at = error.source();
    }
    false
}

/// The body is larger than it may be: 413.
pub fn too_large(limit: usize) -> Problem {
    let title = Message::new("请求太大", "the request is too large");
    let detail = match limit >> 20 {
        0 => Message::new(format!("上限 {limit} 字节"), format!("at most {limit} bytes")),
        megabytes => Message::new(
            format!("上限 {megabytes} MB；照片用看图软件缩小，多人请分批"),
            format!("at most {megabytes} MB: make pictures smaller, or send a long list as a batch"),
        ),
    };
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title).with_detail(detail)
}

/// The body is of a type that is not taken here: 415.
pub fn unsupported(accepted: &[&str]) -> Problem {
    let title = Message::new("这里不收这种内容", "this kind of content is not taken here");
    let detail =
        Message::new(format!("Content-Type 可以是：{}", accepted.join("、")), format!("Content-Type may be: {}", accepted.join(", ")));
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title).with_detail(detail)
}

/// The body is no JSON: 400, with the line and column.
pub fn malformed_json(line: usize, column: usize) -> Problem {
    let place = Place::Input { line: line.max(1), column: column.max(1) };
    let message = Message::new("这里不合 JSON 的写法", "this is not JSON");
    let help = Message::new("看看这里和前面：引号、逗号、括号是否成对", "look here and just before: quotes, commas, brackets");
    let mut problems = Diagnostics::default();
    problems.push(Diagnostic::error("malformed-json", place, message).with_help(help));
    let problem = Problem::bad_request("malformed-json", "请求不是合规的 JSON", "the request is not well-formed JSON");
    Problem { problems, ..problem }
}

fn malformed_multipart() -> Problem {
    Problem::bad_request("malformed-multipart", "请求不是合规的 multipart/form-data", "the request is not well-formed multipart/form-data")
        .with_detail(Message::new(
            "边界（boundary）要写在 Content-Type 里，最后一个边界后面有 --",
            "the boundary stands in Content-Type, and the last one ends in --",
        ))
}

fn incomplete() -> Problem {
    Problem::bad_request("incomplete-body", "请求没有传完", "the request ended early")
}
