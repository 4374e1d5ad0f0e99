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

// A problem is large, and made only when something is wrong: boxing it would cost more words than it saves.
#![allow(clippy::result_large_err)]

mod about;
mod accept;
mod app;
mod assets;
pub mod batches;
mod bodies;
mod budget;
pub mod config;
mod describe;
mod document;
mod flattened;
mod folder;
mod fresh;
mod guard;
mod intake;
pub mod keys;
mod language;
pub mod log;
mod metrics;
mod observe;
mod options;
mod output;
mod page;
mod problem;
mod process;
mod routes;
mod seats;
mod sent;
mod settings;
mod timed;
mod tls;
mod which;
mod work;

pub use accept::serve;
pub use app::App;
pub use guard::{Caller, is_called};
pub use problem::Problem;
pub use process::{Ended, listen, prepare, run_until_told};
pub use routes::{around, description, router, text as description_text};
pub use settings::Settings;
pub use tls::Tls;

use std::net::TcpListener;
use std::sync::Arc;

use crate::engine::Engine;
use crate::error::Error;

/// Serves until `stop` is told; finishes what is under way.
///
/// Errors: the listener cannot be used; another service holds the folder.
pub async fn run(
    listener: TcpListener,
    engine: Arc<Engine>,
    settings: Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (listener, app) = open(listener, engine, settings)?;
    until(listener, app, stop).await;
    Ok(())
}

/// Everything that can keep a service from starting.
fn open(listener: TcpListener, engine: Arc<Engine>, mut settings: Settings) -> Result<(tokio::net::TcpListener, App), Error> {
    let failed = |source| Error::Io { action: "listen on", path: "the address".into(), source };
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    settings.listen = listener.local_addr().map_err(failed)?;
    Ok((listener, App::new(engine, settings)?))
}

/// Serves until `stop` is told.
async fn until(listener: tokio::net::TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) {
    let (batches, stopping) = (app.batches.clone(), app.stopping.clone());
    let closing = batches.clone();
    // Whoever looks on at a batch is sent away at once, or the service would wait for them.
    tokio::spawn(async move {
        stopping.cancelled().await;
        closing.close();
    });
    accept::serve(listener, app.clone(), router(app), stop).await;
    // The dossiers under way are finished; what is left goes on when the service starts again.
    batches.close();
    let _ = tokio::task::spawn_blocking(move || batches.join()).await;
}
