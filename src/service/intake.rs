//! Bodies come in within limits of size, time and memory, whoever reads them.

use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::accept::Peer;
use super::app::App;
use super::budget::Held;
use super::problem::Problem;
use super::seats::Seat;
use crate::diag::Message;

/// Routes whose bodies go to disk as they come in, so that they may be long and take no memory.
const TO_DISK: &[&str] = &["/v1/batches", "/work"];

/// Limits the body of the request, and the time that its answer takes.
pub async fn intake(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let to_disk = *request.method() == Method::POST && TO_DISK.contains(&route.as_str());
    let limit = if to_disk { app.settings.upload_limit } else { u64::try_from(app.settings.body_limit).unwrap_or(u64::MAX) };
    let announced = request.body().size_hint().lower();
    if announced > limit {
        return refused(Fault::TooLarge(limit));
    }
    let seat = request.extensions().get::<Peer>().map(|peer| peer.seat.clone());
    let memory = (!to_disk).then(|| app.budget.open());
    let watch = Arc::new(Watch { fault: Mutex::default(), ended: Notify::new(), memory: Mutex::new(memory) });
    let (parts, body) = request.into_parts();
    let limits = Limits { limit, pause: app.settings.body_pause, time: app.settings.body_time, rate: app.settings.body_rate.max(1) };
    let ended = body.is_end_stream();
    let body = if ended {
        watch.ended.notify_one();
        body
    } else {
        let (begun, alarm) = (Instant::now(), Box::pin(sleep(limits.pause)));
        Body::new(Limited { inner: body, watch: Arc::clone(&watch), limits, seat, begun, alarm, received: 0, waiting: false })
    };
    let answer = tokio::select! {
        answer = next.run(Request::from_parts(parts, body)) => answer,
        () = overdue(&watch, app.settings.answer_time) => return late(),
    };
    // Whatever the reader of the body made of its failure: this is what it was.
    let fault = watch.fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    match fault {
        Some(fault) if !answer.status().is_success() => refused(fault),
        _ => answer,
    }
}

/// What is known of a body on both sides of the routes.
struct Watch {
    fault: Mutex<Option<Fault>>,
    ended: Notify,
    /// The memory it takes until its request is answered; none where it goes to disk.
    memory: Mutex<Option<Held>>,
}

/// Why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// It has more bytes than this.
    TooLarge(u64),
    /// It came too slowly.
    TooSlow,
    /// There is no memory for it now.
    NoRoom,
}

/// The limits of one body.
struct Limits {
    limit: u64,
    pause: Duration,
    time: Duration,
    rate: u64,
}

/// A body within its limits.
struct Limited {
    inner: Body,
    watch: Arc<Watch>,
    limits: Limits,
    seat: Option<Seat>,
    begun: Instant,
    alarm: Pin<Box<Sleep>>,
    received: u64,
    waiting: bool,
}

impl Limited {
    fn took(&mut self, bytes: usize) -> Result<(), Fault> {
        self.received = self.received.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.received > self.limits.limit {
            return Err(Fault::TooLarge(self.limits.limit));
        }
        match &mut *self.watch.memory.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(memory) => memory.add(bytes).then_some(()).ok_or(Fault::NoRoom),
            None => Ok(()),
        }
    }

    /// When the next piece must be there: after a pause, and as fast in all as the slowest upload may be.
    fn due(&self) -> Instant {
        let allowed = self.limits.time + Duration::from_secs(self.received / self.limits.rate);
        (Instant::now() + self.limits.pause).min(self.begun + allowed)
    }

    fn fail(&mut self, fault: Fault) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        *self.watch.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
        self.watch.ended.notify_one();
        Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))))
    }
}

impl hyper::body::Body for Limited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.waiting = false;
                if let Some(seat) = &self.seat {
                    seat.moved();
                }
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                match self.took(bytes) {
                    Ok(()) => Poll::Ready(Some(Ok(frame))),
                    Err(fault) => self.fail(fault),
                }
            }
            Poll::Ready(end) => {
                self.watch.ended.notify_one();
                Poll::Ready(end)
            }
            Poll::Pending => {
                // The pause is the client's from when we ask for more, not from when we last took something.
                if !self.waiting {
                    self.waiting = true;
                    let due = self.due();
                    self.alarm.as_mut().reset(due);
                }
                if let Some(seat) = &self.seat {
                    seat.waits();
                }
                match self.alarm.as_mut().poll(cx) {
                    Poll::Ready(()) => self.fail(Fault::TooSlow),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.watch.ended.notify_one();
        if let Some(seat) = self.seat.as_ref().filter(|_| self.waiting) {
            seat.moved();
        }
    }
}

/// Ends when an answer has taken too long since its request was there.
async fn overdue(watch: &Watch, time: Duration) {
    watch.ended.notified().await;
    match Instant::now().checked_add(time) {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

fn late() -> Response {
    let title = Message::new("处理时间过长，已停止", "it took too long and was stopped");
    let step = Message::new("请拆成几次，或做成一批", "split it up, or make it a batch");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", title).with_detail(step).into_response()
}

/// The answer to a body that was not taken; the rest of it is not read, so the connection ends with it.
fn refused(fault: Fault) -> Response {
    let problem = match fault {
        Fault::TooLarge(limit) => {
            let mib = limit >> 20;
            let title = Message::new("内容太大", "the body is too large");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title).with_detail(Message::new(
                format!("这里最多收 {limit} 字节（{mib} MiB）；请缩小照片或分批提交"),
                format!("at most {limit} bytes ({mib} MiB) are taken here; make photos smaller or send less at once"),
            ))
        }
        Fault::TooSlow => {
            let title = Message::new("内容传得太慢，已停止接收", "the body came too slowly and was given up");
            let step = Message::new("请检查网络后重传", "look at the network and send it again");
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body-timeout", title).with_detail(step)
        }
        Fault::NoRoom => {
            let title = Message::new("同时上传的内容太多，内存不够", "too much is being sent at once for the memory there is");
            let step = Message::new("过一会儿再试", "try again in a moment");
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title).with_detail(step);
            Problem { retry_after: Some(2), ..problem }
        }
    };
    let mut answer = problem.into_response();
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
