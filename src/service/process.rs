//! What the service asks of the system for its own process.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;

use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use super::settings::Settings;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::engine::Engine;
use crate::error::Error;

/// New files are their owner's alone, and as many connections may be open as the system lets us; the number of files comes back.
#[cfg(unix)]
pub fn prepare() -> Option<u64> {
    use rustix::fs::Mode;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
    umask(Mode::from_bits_truncate(0o077));
    let limit = getrlimit(Resource::Nofile);
    // Where it cannot be raised the connections are fewer; the caller sees how many.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    getrlimit(Resource::Nofile).current
}

/// Nothing of this is asked here.
#[cfg(not(unix))]
pub fn prepare() -> Option<u64> {
    None
}

/// Takes the address, before anything else is done: who starts a service twice by mistake is told at once.
///
/// Errors: another program has it, it may not be taken, or it is none of this machine's.
pub fn listen(settings: &Settings) -> Result<TcpListener, Diagnostics> {
    let address = settings.listen;
    TcpListener::bind(address).map_err(|error| {
        let message = match error.kind() {
            ErrorKind::AddrInUse => Message::new(
                format!("{address} 已被别的程序占用：先停下它，或用 --listen 换一个端口"),
                format!("another program has {address}: stop it, or take another port with --listen"),
            ),
            ErrorKind::PermissionDenied => Message::new(
                format!("不许用 {address}：1024 以下的端口要由系统授权，请换一个"),
                format!("{address} is not allowed: ports below 1024 need the system's leave, take another one"),
            ),
            ErrorKind::AddrNotAvailable => Message::new(
                format!("本机没有地址 {}：请核对 --listen", address.ip()),
                format!("this machine has no address {}: look at --listen", address.ip()),
            ),
            _ => Message::new(format!("不能监听 {address}：{error}"), format!("cannot listen on {address}: {error}")),
        };
        let mut wrong = Diagnostics::default();
        wrong.push(Diagnostic::error("address", Place::File { file: format!("--listen {address}") }, message));
        wrong
    })
}

/// How a service that listens to signals ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// What was under way is finished, or its time was over.
    Finished,
    /// A second signal ended it at once.
    AtOnce,
}

/// Serves on a runtime of its own until SIGTERM or SIGINT, then as [`super::run`] ends; a second signal ends it at once.
/// `begun` is told once a signal would be heard and nothing can keep it from starting any more.
///
/// Errors: the runtime cannot be made, or the listener not be used; another service holds the folder.
pub fn run_until_told(listener: TcpListener, engine: Arc<Engine>, settings: Settings, begun: impl FnOnce()) -> Result<Ended, Error> {
    let failed = |source| Error::Io { action: "start", path: "the service".into(), source };
    // Jobs have the threads that their turns let them have; a few more read and write files.
    let blocking = settings.workers.saturating_add(16);
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(blocking).build().map_err(failed)?;
    let ended = runtime.block_on(async {
        let told = CancellationToken::new();
        let signals = Signals::new().map_err(failed)?;
        let (listener, app) = super::open(listener, engine, settings)?;
        begun();
        let twice = signals.twice(told.clone());
        tokio::select! {
            () = super::until(listener, app, told.cancelled_owned()) => Ok(Ended::Finished),
            () = twice => Ok(Ended::AtOnce),
        }
    });
    // A job that still works has nobody who waits for it.
    runtime.shutdown_background();
    ended
}

/// The signals that tell a service to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Signals> {
        Ok(Signals {})
    }

    /// Passes the first signal on and ends with the second.
    async fn twice(mut self, told: CancellationToken) {
        self.next().await;
        tracing::info!(target: super::log::TARGET, event = "stopping");
        told.cancel();
        self.next().await;
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        // Where signals cannot be listened to, nothing tells us to stop but the end of the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
