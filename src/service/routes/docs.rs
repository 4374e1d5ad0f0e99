//! The description of the API, for programs and as a page that is served from the binary alone.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_swagger_ui::Config;

use crate::service::app::App;
use crate::service::problem::Problem;

/// What the page may load: nothing from elsewhere. Its program sets styles on elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// These routes; they are not described themselves.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/openapi.json", get(openapi))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(|| page(String::from("index.html"))))
        .route("/docs/{file}", get(|Path(file): Path<String>| page(file)))
}

/// The description as text; it is the same for as long as the program runs.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut text = super::description().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    })
}

async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")], text()).into_response()
}

async fn page(file: String) -> Result<Response, Problem> {
    // Without an address the page would send the description to a validator elsewhere.
    let config = Config::from("/v1/openapi.json").validator_url("none").try_it_out_enabled(true).display_request_duration(true);
    let nothing = || Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address");
    let found = utoipa_swagger_ui::serve(&file, Arc::new(config)).map_err(|_| Problem::internal())?.ok_or_else(nothing)?;
    let mut answer = found.bytes.into_owned().into_response();
    let headers = answer.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&found.content_type) {
        headers.insert(CONTENT_TYPE, kind);
    }
    if found.gzpipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(answer)
}
