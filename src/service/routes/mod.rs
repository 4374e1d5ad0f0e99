//! What is asked where.

mod batches;
mod docs;
mod entry;
mod ops;
mod page;
mod record;
mod templates;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::app::App;
use super::describe;
use super::flattened::flattened;
use super::guard::guard;
use super::intake::intake;
use super::observe::observe;
use super::problem::Problem;
use crate::diag::Message;

pub use docs::text;

/// Everything the service answers.
pub fn router(app: App) -> Router {
    let (router, _) = api().split_for_parts();
    let router = router.merge(docs::routes()).merge(entry::files()).merge(page::routes());
    let router = router.fallback(nothing_here).method_not_allowed_fallback(not_so);
    around(router.with_state(app.clone()), app)
}

/// What stands between a connection and any routes: they are numbered and logged, guarded, limited, and a panic is one request's.
pub fn around(routes: Router, app: App) -> Router {
    routes
        .layer(from_fn_with_state(app.clone(), intake))
        .layer(CatchPanicLayer::custom(|_| -> Response { Problem::internal().into_response() }))
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(from_fn(page::in_words))
        .layer(from_fn_with_state(app, observe))
}

/// What the API is, as OpenAPI 3.1.
pub fn description() -> OpenApi {
    flattened(api().split_for_parts().1)
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(describe::frame())
        .merge(templates::routes())
        .merge(record::routes())
        .merge(entry::routes())
        .merge(batches::routes())
        .merge(ops::routes())
}

async fn nothing_here(request: Request) -> Problem {
    let problem = Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address");
    match request.uri().path() {
        path if path.len() > 1 && path.ends_with('/') => {
            problem.with_detail(Message::new("去掉末尾的 / 再试", "try again without the / at its end"))
        }
        _ => problem,
    }
}

/// A method that an address does not know; `Allow` with those it does is set by axum. OPTIONS is answered with that alone
/// (RFC 9110, 9.3.7).
async fn not_so(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let title = Message::new("这个地址不能这样请求", "this address is not asked in this way");
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", title);
    problem.with_detail(Message::new("可用的方法见 Allow 头", "the header Allow names the methods")).into_response()
}
