//! Problems as pages, for browsers.

use axum::extract::Request;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use super::ask::Ask;
use super::page;
use crate::service::observe::{RequestId, Told};
use crate::service::page::address::{self, WORK, percent};
use crate::service::page::trouble::trouble;
use crate::service::problem::Problem;

/// Puts a problem into a page where a person looks for one; a program gets its document.
pub async fn in_words(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if !is_of_a_person(&parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let ask = Ask::of(&parts);
    let number = parts.extensions.get::<RequestId>().map_or(String::new(), |id| id.0.clone());
    let id = parts
        .uri
        .path()
        .strip_prefix(WORK)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(|rest| rest.split('/').next())
        .filter(|id| !id.is_empty());
    let work = id.map(|id| address::people(&percent(id)));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    // Of a batch that is gone there is nothing to go back to.
    let work = work.filter(|_| problem.code != "batch-not-found");
    let shown = page(&ask, problem.title.text(ask.lang), None, trouble(&problem, &number, work.as_deref(), ask.lang));
    let (mut parts, _) = response.into_parts();
    let (shown, body) = shown.into_parts();
    parts.headers.extend(shown.headers);
    parts.extensions.insert(Told(problem.code));
    Response::from_parts(parts, body)
}

/// Whether a browser asks for a page: it names HTML before everything else; and not below the API.
fn is_of_a_person(parts: &Parts) -> bool {
    let accepted = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.trim_start().starts_with("text/html") && !parts.uri.path().starts_with("/v1/")
}
