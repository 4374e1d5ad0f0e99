//! The forms there are.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::app::App;
use crate::service::problem::Problem;

/// These routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A form.
#[derive(Serialize, ToSchema)]
struct TemplateLine {
    /// What it is called in addresses.
    id: String,
    /// What the paper is called.
    title: String,
    /// What it can be written as.
    outputs: Vec<String>,
}

/// The forms there are.
#[utoipa::path(get, path = "/v1/templates", tag = "templates", responses((status = 200, body = Vec<TemplateLine>)))]
async fn list(State(app): State<App>) -> Result<Json<Vec<TemplateLine>>, Problem> {
    let mut lines = Vec::new();
    for name in app.engine.template_names() {
        let template = app.engine.template(name)?;
        lines.push(TemplateLine { id: name.to_owned(), title: template.id().title.clone(), outputs: template.outputs().to_vec() });
    }
    Ok(Json(lines))
}
