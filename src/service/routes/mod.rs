//! What is asked where.

mod batches;
mod templates;

use axum::Router;
use axum::middleware::from_fn;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::app::App;
use super::observe::observe;
use super::problem::Problem;

/// Everything the service answers.
pub fn router(app: App) -> Router {
    let (router, _) = api().split_for_parts();
    router.fallback(nothing_here).with_state(app).layer(from_fn(observe))
}

/// What the API is, as OpenAPI 3.1.
pub fn description() -> OpenApi {
    api().split_for_parts().1
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(templates::routes()).merge(batches::routes())
}

async fn nothing_here() -> Problem {
    Problem::not_found("no-such-page", "没有这个地址", "there is nothing at this address")
}
