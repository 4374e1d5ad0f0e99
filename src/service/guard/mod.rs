//! Who may ask, from where, by which name; and what every answer forbids a browser.

mod caller;
mod headers;
mod origin;

pub use caller::{Caller, InLog};
pub use origin::is_called;

use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::problem::Problem;

/// Probes of a supervisor: they carry no key and call a machine by any name. Their answers say nothing about anybody.
const PROBES: &[&str] = &["/healthz", "/readyz"];

/// Lets a request through that may come in, with its [`Caller`] in the extensions.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut answer = match admitted(&app, &parts).await {
        Ok(caller) => {
            let name = caller.in_log();
            parts.extensions.insert(caller);
            let mut answer = next.run(Request::from_parts(parts, body)).await;
            answer.extensions_mut().insert(name);
            answer
        }
        Err(problem) => {
            let unknown = problem.status == StatusCode::UNAUTHORIZED;
            let mut answer = problem.into_response();
            if unknown {
                // The browser's own question for name and password; programs know what to send.
                let how = HeaderValue::from_static("Basic realm=\"formwright\", charset=\"UTF-8\", Bearer realm=\"formwright\"");
                answer.headers_mut().insert(WWW_AUTHENTICATE, how);
            }
            answer
        }
    };
    headers::put(answer.headers_mut(), app.settings.tls.is_some());
    answer
}

async fn admitted(app: &App, request: &Parts) -> Result<Caller, Problem> {
    if PROBES.contains(&request.uri.path()) {
        return Ok(Caller::nobody());
    }
    origin::host(&app.settings, request)?;
    origin::site(&app.settings, request)?;
    let caller = caller::of(app, request).await?;
    caller::may(&caller, request)?;
    Ok(caller)
}
