//! The engine over HTTP: an API for programs, and a page for people who call nothing.
//!
//! ```text
//!   connection ─ accept (TLS, time limits) ─ observe (id, log, metrics, problem → words) ─ guard (Host, Origin, key) ─ routes
//!                                                                                             │
//!                      work: as many renders at once as there are cores, a bounded queue ─────┤
//!                      batches: a folder each, run one after the other, go on after a restart ┘
//! ```
//!
//! Nothing is kept of single documents; no request leaves the machine; no URL is taken from anybody.

mod app;
pub mod batches;
mod language;
mod observe;
mod page;
mod problem;
mod routes;
mod settings;
mod work;

pub use app::App;
pub use problem::Problem;
pub use routes::{description, router};
pub use settings::Settings;

use std::net::TcpListener;
use std::sync::Arc;

use crate::engine::Engine;
use crate::error::Error;

/// Serves until `stop` is told; finishes what is under way.
///
/// Errors: the listener cannot be used.
pub async fn run(
    listener: TcpListener,
    engine: Arc<Engine>,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "listen on", path: "the address".into(), source };
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    let app = App::new(engine, settings)?;
    let batches = app.batches.clone();
    let closing = batches.clone();
    let stop = async move {
        stop.await;
        // Whoever looks on at a batch is sent away, or the service would wait for them.
        closing.close();
    };
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(stop).await.map_err(failed);
    batches.close();
    // The dossiers under way are finished; what is left goes on when the service starts again.
    let _ = tokio::task::spawn_blocking(move || batches.join()).await;
    served
}
