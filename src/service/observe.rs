//! What every request has: a number, a line in the log, its place in the counts; and its problem in words.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};
use uuid::Uuid;

use super::app::App;
use super::guard::InLog;
use super::language::spoken;
use super::log::TARGET;
use super::problem::Problem;
use crate::diag::Message;

/// The header that carries a request's number.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What supervisors ask all day; a line each would bury the rest.
const UNLOGGED: &str = "/healthz";

/// The code of a problem that was put into a page, found in an answer's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Told(pub &'static str);

/// The number of a request, found in its extensions.
#[derive(Clone, Debug)]
#[allow(dead_code)] // pages that tell a problem show it
pub struct RequestId(pub String);

/// Numbers the request, words the problem of its answer, counts and logs it.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = number(request.headers());
    let lang = spoken(request.headers());
    let mut line = Line {
        method: method(request.method()),
        route: request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |path| path.as_str().to_owned()),
        status: 0,
        ms: 0,
        bytes: 0,
        whole: false,
        request: id.clone(),
        trace: trace(request.headers()),
        caller: "-".to_owned(),
        problem: "-",
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let in_flight = app.metrics.begins();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>().or_else(|| wordless(&response)) {
        line.problem = problem.code;
        let (mut parts, _) = response.into_parts();
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response = (parts, problem.document(lang, &id).to_string()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    if let Some(Told(code)) = response.extensions_mut().remove() {
        line.problem = code;
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    drop(in_flight);
    if let Some(InLog(caller)) = response.extensions_mut().remove() {
        line.caller = caller;
    }
    line.status = response.status().as_u16();
    line.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    app.metrics.answered(&line.route, line.method, line.status, begun.elapsed());
    response.map(|inner| {
        line.whole = inner.is_end_stream();
        Body::new(Counted { inner, line })
    })
}

/// A line of the log. These are all its fields: none of them has anything of a path, a query, a header or a body of the request but a
/// number that has the form of one.
struct Line {
    method: &'static str,
    route: String,
    status: u16,
    /// Milliseconds until the answer began.
    ms: u64,
    /// Bytes of the answer's body that were taken.
    bytes: u64,
    /// Whether all of them were.
    whole: bool,
    request: String,
    trace: Option<String>,
    caller: String,
    problem: &'static str,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.route == UNLOGGED {
            return;
        }
        let Line { method, status, ms, bytes, whole, problem, .. } = *self;
        let (route, request, caller) = (self.route.as_str(), self.request.as_str(), self.caller.as_str());
        let trace = self.trace.as_deref().unwrap_or("-");
        if status == 0 {
            // The client went away before there was an answer.
            tracing::info!(target: TARGET, event = "given-up", method, route, request, trace);
        } else {
            tracing::info!(target: TARGET, event = "request", method, route, status, ms, bytes, whole, request, trace, caller, problem);
        }
    }
}

/// A body whose end writes the line.
struct Counted {
    inner: Body,
    line: Line,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.line.bytes += u64::try_from(bytes).unwrap_or(0);
                self.line.whole = self.inner.is_end_stream();
            }
            Poll::Ready(None) => self.line.whole = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The number that a client or a proxy gave, where it is a UUID or 32 hexadecimal digits; else a new one.
///
/// Other forms are not taken: it goes into logs, and an identity number would fit a looser one.
fn number(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let sound = |id: &&str| [32, 36].contains(&id.len()) && Uuid::try_parse(id).is_ok();
    given.filter(sound).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The number of the trace that the request belongs to (W3C Trace Context, 3.2).
fn trace(headers: &HeaderMap) -> Option<String> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let sound = version == "00" && trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    sound.then(|| trace.to_owned())
}

/// The methods there are; a client may send any word.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The problem of an answer that has none and is one: a method that is not taken, and what extractors say in words of their own,
/// which may repeat what they were given.
fn wordless(response: &Response) -> Option<Problem> {
    let status = response.status();
    let typed = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !(status.is_client_error() || status.is_server_error()) || !(typed.is_empty() || typed.starts_with("text/plain")) {
        return None;
    }
    let (code, title) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method-not-allowed", Message::new("这个地址不接受这种请求", "this address does not take this method"))
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", Message::new("内容太大", "the body is too large")),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", Message::new("不接受这种内容类型", "this type of content is not taken")),
        StatusCode::NOT_FOUND => ("not-found", Message::new("没有这个东西", "there is no such thing")),
        _ if status.is_server_error() => return Some(Problem { status, ..Problem::internal() }),
        _ => ("bad-request", Message::new("请求读不懂", "the request cannot be read")),
    };
    Some(Problem::new(status, code, title))
}
