//! How the service is: for supervisors and administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::app::App;
use crate::service::folder::free_bytes;
use crate::service::metrics::MEDIA_TYPE;
use crate::service::problem::Problem;

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics)).routes(routes!(version))
}

/// Whether it lives · 是否在运行
///
/// Whether the service answers at all; it needs no key and is not logged.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()), responses((status = 200, description = "`ok`", body = String, content_type = "text/plain")))]
async fn healthz() -> &'static str {
    "ok"
}

/// Whether the service can take work.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    /// `ready`, or `not-ready`.
    status: &'static str,
    /// What it depends on.
    checks: Checks,
}

/// What a service depends on: `ok`, or what is wrong with it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Checks {
    /// The forms.
    templates: &'static str,
    /// The faces.
    fonts: &'static str,
    /// The folder of the batches.
    folder: &'static str,
    /// The turns: `full` where one more job would be told to come back.
    queue: &'static str,
    /// Whether it goes on: `draining` once it was told to stop.
    running: &'static str,
    /// MiB that are free on the disk of the batches.
    disk_free_mi_b: Option<u64>,
}

/// Whether it can take work · 能否接活
///
/// What the service depends on; 503 while it is full, ending, or lacks something.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()),
    responses((status = 200, description = "it can take work", body = Readiness), (status = 503, description = "not now", body = Readiness)))]
async fn readyz(State(app): State<App>) -> impl IntoResponse {
    let settings = &app.settings;
    let free = free_bytes(&settings.folder);
    let folder = match (settings.folder.is_dir(), free) {
        (false, _) => "missing",
        (true, Some(free)) if free < settings.disk_reserve => "disk-full",
        _ => "ok",
    };
    let said = |good: bool, otherwise: &'static str| if good { "ok" } else { otherwise };
    let checks = Checks {
        templates: said(app.engine.template_names().next().is_some(), "none"),
        // The engine is not made without the faces it needs.
        fonts: "ok",
        folder,
        queue: said(app.work.waiting() < settings.queue.max(1), "full"),
        running: said(!app.stopping.is_cancelled(), "draining"),
        disk_free_mi_b: free.map(|bytes| bytes >> 20),
    };
    let ready = [checks.templates, checks.fonts, checks.folder, checks.queue, checks.running].iter().all(|word| *word == "ok");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { status: if ready { "ready" } else { "not-ready" }, checks }))
}

/// Counts for Prometheus · 运行指标
///
/// What was counted since the start, without personal data. Where keys are used, it needs one with the scope `metrics`.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text")))]
async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let text = app.metrics.text(&app)?;
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], text))
}

/// Which program this is.
#[derive(Serialize, ToSchema)]
struct Version {
    /// Always `formwright`.
    name: &'static str,
    /// Its version.
    version: &'static str,
    /// Each form with its own version.
    templates: Vec<TemplateVersion>,
}

/// A form with its version.
#[derive(Serialize, ToSchema)]
struct TemplateVersion {
    /// What it is called in addresses.
    id: String,
    /// Its version.
    version: String,
}

/// Which program this is · 版本
///
/// The program with its version, and each form with its own.
#[utoipa::path(get, path = "/v1/version", tag = "operation", responses((status = 200, description = "the versions", body = Version)))]
async fn version(State(app): State<App>) -> Result<Json<Version>, Problem> {
    let mut templates = Vec::new();
    for name in app.engine.template_names() {
        let version = app.engine.template(name)?.id().version.clone();
        templates.push(TemplateVersion { id: name.to_owned(), version });
    }
    Ok(Json(Version { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), templates }))
}
