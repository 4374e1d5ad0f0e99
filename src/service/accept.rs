//! Connections: taken, limited in number and time, and ended in good order.
//!
//! `axum::serve` has no limit on the time of a head, so two hundred clients that never finish theirs stay for ever. This loop has.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::app::App;
use super::seats::Seat;
use super::timed::Timed;

/// The other end of a connection, found in a request's extensions.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Its seat, to say when it waits.
    pub seat: Seat,
}

/// Serves until `stop` is told, then until what is under way is finished or the time for it is over.
pub async fn serve(listener: TcpListener, app: App, router: Router, stop: impl Future<Output = ()> + Send) {
    let acceptor = app.settings.tls.as_ref().map(|tls| tls.acceptor());
    let shared = Arc::new(Shared { app: app.clone(), router, acceptor });
    let mut stop = pin!(stop);
    let mut rest = Rest::default();
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                rest.reset();
                // Where everybody is worked for, who comes now finds the door closed.
                let Some(seat) = app.seats.take() else { continue };
                tokio::spawn(connection(stream, Peer { address, seat }, Arc::clone(&shared)));
            }
            // No file left, no memory left, or the client went away: none of it is a reason to stop serving the others.
            Err(error) => {
                tracing::warn!(target: super::log::TARGET, event = "accept-failed", kind = %error.kind());
                rest.take().await;
            }
        }
    }
    drop(listener);
    app.stopping.cancel();
    if timeout(app.settings.drain, app.seats.empty()).await.is_err() {
        tracing::warn!(target: super::log::TARGET, event = "drain-over", connections = app.seats.count());
    }
}

/// What connections share.
struct Shared {
    app: App,
    router: Router,
    acceptor: Option<TlsAcceptor>,
}

/// One connection from its handshake to its end.
async fn connection(stream: TcpStream, peer: Peer, shared: Arc<Shared>) {
    // Answers are written whole; waiting for more to send would only delay them. Where it fails they are just later.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = &shared.acceptor else { return requests(stream, peer, &shared).await };
    let shake = timeout(shared.app.settings.head_time, acceptor.accept(stream));
    let shaken = tokio::select! {
        shaken = shake => shaken,
        () = peer.seat.lost() => return,
        () = shared.app.stopping.cancelled() => return,
    };
    // A client that speaks no TLS, or none of ours, is told so by the handshake itself.
    if let Ok(Ok(stream)) = shaken {
        requests(stream, peer, &shared).await;
    }
}

/// The requests of one connection.
async fn requests<S: AsyncRead + AsyncWrite + Unpin + Send>(stream: S, peer: Peer, shared: &Shared) {
    let settings = &shared.app.settings;
    let timed = TokioIo::new(Timed::new(stream, peer.seat.clone(), settings));
    let answer = service_fn(|request: hyper::Request<Incoming>| {
        peer.seat.works();
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        let (seat, answer) = (peer.seat.clone(), shared.router.clone().oneshot(request));
        async move { answer.await.map(|answer| answer.map(|inner| Answer { inner, seat })) }
    });
    let mut builder = http1::Builder::new();
    builder.header_read_timeout(None).max_buf_size(settings.head_limit.max(8192)).max_headers(settings.head_count);
    let mut served = pin!(builder.serve_connection(timed, answer));
    let mut last = pin!(sleep(settings.connection_life));
    let mut closing = false;
    loop {
        tokio::select! {
            // How it ended is the client's business: it went away, was too slow, or sent what is no HTTP and was told so.
            _ = served.as_mut() => return,
            () = peer.seat.lost() => return,
            () = last.as_mut(), if !closing => closing = true,
            () = shared.app.stopping.cancelled(), if !closing => closing = true,
        }
        if closing {
            served.as_mut().graceful_shutdown();
        }
    }
}

/// The body of an answer; at its end the connection waits for the next head.
struct Answer {
    inner: Body,
    seat: Seat,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.seat.waits_for_head();
    }
}

/// Rests after failures to accept: longer each time in a row, at most a second.
#[derive(Default)]
struct Rest(u32);

impl Rest {
    fn reset(&mut self) {
        self.0 = 0;
    }

    async fn take(&mut self) {
        sleep(Duration::from_millis(10 << self.0.min(7)).min(Duration::from_secs(1))).await;
        self.0 = self.0.saturating_add(1);
    }
}
