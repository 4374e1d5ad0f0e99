//! What is asked where.

mod batches;
mod ops;
mod page;
mod templates;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::app::App;
use super::guard::guard;
use super::intake::intake;
use super::observe::observe;
use super::problem::Problem;

/// Everything the service answers.
pub fn router(app: App) -> Router {
    let (router, _) = api().split_for_parts();
    around(router.fallback(nothing_here).with_state(app.clone()), app)
}

/// What stands between a connection and any routes: they are numbered and logged, guarded, limited, and a panic is one request's.
pub fn around(routes: Router, app: App) -> Router {
    routes
        .layer(from_fn_with_state(app.clone(), intake))
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(CatchPanicLayer::custom(|_| -> Response { Problem::internal().into_response() }))
        .layer(from_fn(page::in_words))
        .layer(from_fn_with_state(app, observe))
}

/// What the API is, as OpenAPI 3.1.
pub fn description() -> OpenApi {
    api().split_for_parts().1
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(templates::routes()).merge(batches::routes()).merge(ops::routes()).merge(page::routes())
}

async fn nothing_here() -> Problem {
    Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address")
}
