//! Parts of pages that a browser keeps until they change.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// Whether `If-None-Match` (RFC 9110, 13.1.2) names this entity tag.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let said = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    said.map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}

/// A file of a page, or 304 where the browser has it already; the digest of its bytes marks it.
pub fn file(headers: &HeaderMap, kind: &str, bytes: Vec<u8>) -> Response {
    let digest = Sha256::digest(&bytes);
    let etag: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{etag}\"");
    let mut answer = if is_known(headers, &etag) { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(bytes).into_response() };
    for (name, value) in [(CONTENT_TYPE, kind), (ETAG, &etag), (CACHE_CONTROL, "no-cache")] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}
