//! A connection that does not wait for ever.

use std::future::Future;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::seats::Seat;
use super::settings::Settings;

/// A stream whose client must send heads and take answers in time.
///
/// hyper's own limit on heads runs between requests too: it would either close idle connections after five seconds, under the hands of a
/// proxy that keeps them, or give a slow head as long as an idle connection may last.
pub struct Timed<S> {
    stream: S,
    seat: Seat,
    head_time: Duration,
    idle_time: Duration,
    send_pause: Duration,
    /// The turn of the seat that the times below belong to.
    turn: u64,
    /// Since when it waits for a head, once it was seen to.
    idle: Option<Instant>,
    /// When the first byte of the head came.
    begun: Option<Instant>,
    read: Alarm,
    write: Alarm,
}

impl<S> Timed<S> {
    /// A stream that holds a seat.
    pub fn new(stream: S, seat: Seat, settings: &Settings) -> Timed<S> {
        let Settings { head_time, idle_time, send_pause, .. } = *settings;
        let (read, write) = (Alarm::default(), Alarm::default());
        Timed { stream, seat, head_time, idle_time, send_pause, turn: 0, idle: None, begun: None, read, write }
    }

    /// When the head it waits for must be there; none where it waits for none. Within a body other limits hold.
    fn due(&mut self) -> Option<Instant> {
        let turn = self.seat.turn();
        if turn != self.turn {
            (self.turn, self.idle, self.begun) = (turn, None, None);
        }
        if turn % 2 == 1 {
            return None;
        }
        if let Some(begun) = self.begun {
            return Some(begun + self.head_time);
        }
        let idle = *self.idle.get_or_insert_with(Instant::now);
        Some(idle + if turn > 0 { self.idle_time } else { self.head_time })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(done) => {
                let due = self.due();
                if due.is_some() && buf.filled().len() > before {
                    self.begun.get_or_insert_with(Instant::now);
                }
                Poll::Ready(done)
            }
            Poll::Pending => match self.due() {
                Some(due) => self.read.ring(cx, due),
                None => {
                    self.seat.wake_at_head(cx.waker());
                    Poll::Pending
                }
            },
        }
    }
}

impl<S: AsyncWrite + Unpin> Timed<S> {
    /// What a write came to; one that is stuck for too long has failed.
    fn sent<T>(&mut self, cx: &mut Context<'_>, done: Poll<Result<T>>) -> Poll<Result<T>> {
        if done.is_ready() {
            // Only who was stuck goes on: the seat may be waiting for something else.
            if self.write.due().is_some() {
                self.write.off();
                self.seat.moved();
            }
            return done;
        }
        self.seat.waits();
        let due = self.write.due().unwrap_or_else(|| Instant::now() + self.send_pause);
        self.write.ring(cx, due)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.sent(cx, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(cx);
        self.sent(cx, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.sent(cx, done)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[std::io::IoSlice<'_>]) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.sent(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// An alarm that is set anew only when its time changes.
#[derive(Default)]
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// For when it is set.
    fn due(&self) -> Option<Instant> {
        self.0.as_ref().map(|sleep| sleep.deadline())
    }

    /// Nothing rings any more.
    fn off(&mut self) {
        self.0 = None;
    }

    /// An error at that time; until then the task will be woken for it.
    fn ring<T>(&mut self, cx: &mut Context<'_>, at: Instant) -> Poll<Result<T>> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx).map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}
