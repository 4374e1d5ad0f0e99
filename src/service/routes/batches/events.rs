//! What happens to a batch, as server-sent events (HTML Living Standard, 9.2).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json as object;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

use super::Owner;
use super::described::OfOne;
use crate::diag::{Lang, Message};
use crate::service::app::App;
use crate::service::batches::{Batch, Pulse, Store};
use crate::service::language::Spoken;
use crate::service::problem::Problem;

/// Events of progress are this far apart at least.
const PACE: Duration = Duration::from_millis(250);
/// How often is looked whether anybody is still there, where nothing happens.
const LOOK: Duration = Duration::from_secs(2);
/// After how long a browser comes back that was cut off.
const RETRY: Duration = Duration::from_secs(2);
/// How often a line is sent where nothing happens, so that no proxy takes the connection for dead.
const BREATH: Duration = Duration::from_secs(15);

/// What happens to a batch · 实时进度
///
/// `state` first and whenever it changes, `progress`, `item` for each person whose verdict is known, and `done` when nothing more comes. Whoever connects
/// again gets the present state first.
///
/// Whoever was cut off and comes back with `Last-Event-ID` gets the present state and the people in between. A browser that comes back
/// after `done` gets 204, which tells it to stay away.
#[utoipa::path(get, path = "/v1/batches/{id}/events", operation_id = "batch_events", tag = "batches",
    params(("id" = String, Path, description = "the batch"), ("Last-Event-ID" = Option<String>, Header, description = "the last event seen")),
    responses((status = 200, description = "the events", content_type = "text/event-stream", body = String), (status = 204, description = "nothing more comes"), OfOne))]
pub async fn events(
    State(app): State<App>,
    Owner(owner): Owner,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let batch = app.batches.get(&id, &owner)?;
    let seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(Seen::parse);
    let now = batch.teller.now();
    if now.state.rests() && seen.is_some_and(|seen| seen.done && seen.run == now.run) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let place = app.batches.stream().ok_or_else(crowded)?;
    let (send, events) = channel::<Result<Event, Infallible>>(16);
    let store = app.batches.clone();
    tokio::spawn(async move {
        let _place = place;
        // Whoever has gone away needs no more events.
        let _ = follow(&store, &batch, lang, seen, &send).await;
    });
    let alive = KeepAlive::new().interval(BREATH);
    let headers = [(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, Sse::new(ReceiverStream::new(events)).keep_alive(alive)).into_response())
}

/// Nobody listens any more.
struct Gone;

type Events = Sender<Result<Event, Infallible>>;

async fn follow(store: &Store, batch: &Arc<Batch>, lang: Lang, seen: Option<Seen>, to: &Events) -> Result<(), Gone> {
    let mut pulses = batch.teller.subscribe();
    let mut last = *pulses.borrow_and_update();
    // People are told from where a client was cut off, or from now on.
    let mut at = seen.filter(|seen| seen.run == last.run).map_or(last.verdicts, |seen| seen.at.min(last.verdicts));
    let first = Event::default().retry(RETRY);
    say(to, first, "state", Seen::at(&last, at), &store.status(batch, lang)).await?;
    loop {
        for verdict in batch.teller.verdicts(last.run, at) {
            at += 1;
            let data = object!({ "entry": verdict.entry, "n": verdict.n, "state": verdict.state.code() });
            say(to, Event::default(), "item", Seen::at(&last, at), &data).await?;
        }
        if last.over {
            return Ok(());
        }
        if last.state.rests() {
            return say(to, Event::default(), "done", Seen { done: true, ..Seen::at(&last, at) }, &store.status(batch, lang)).await;
        }
        tokio::time::sleep(PACE).await;
        while let Err(_elapsed) = tokio::time::timeout(LOOK, pulses.changed()).await {
            if to.is_closed() {
                return Err(Gone);
            }
        }
        let now = *pulses.borrow_and_update();
        if now.run != last.run {
            at = 0;
        }
        if (now.state, now.run) != (last.state, last.run) {
            say(to, Event::default(), "state", Seen::at(&now, at), &store.status(batch, lang)).await?;
        } else if let Some(step) = now.progress.filter(|_| now.progress != last.progress) {
            let data = object!({ "stage": step.stage.word(), "done": step.done, "total": step.total, "troubled": step.troubled });
            say(to, Event::default(), "progress", Seen::at(&now, at), &data).await?;
        }
        last = now;
    }
}

async fn say(to: &Events, event: Event, name: &str, seen: Seen, data: &impl Serialize) -> Result<(), Gone> {
    let event = event.event(name).id(seen.to_string()).json_data(data).map_err(|_| Gone)?;
    to.send(Ok(event)).await.map_err(|_| Gone)
}

/// What a client has seen, as the `id` of an event tells it: `2-17`, `2-30-done`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    run: u64,
    at: usize,
    done: bool,
}

impl Seen {
    fn at(pulse: &Pulse, at: usize) -> Seen {
        Seen { run: pulse.run, at, done: false }
    }

    fn parse(text: &str) -> Option<Seen> {
        let (text, done) = text.strip_suffix("-done").map_or((text, false), |text| (text, true));
        let (run, at) = text.split_once('-')?;
        Some(Seen { run: run.parse().ok()?, at: at.parse().ok()?, done })
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}{}", self.run, self.at, if self.done { "-done" } else { "" })
    }
}

fn crowded() -> Problem {
    let title = Message::new("看进度的人太多", "too many look on at once");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", title);
    Problem { retry_after: Some(5), ..problem }
        .with_detail(Message::new("过一会儿再来，或只查状态", "come back in a moment, or ask for the status alone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_known_again() {
        for text in ["0-0", "2-17", "3-5000-done"] {
            assert_eq!(Seen::parse(text).map(|seen| seen.to_string()).as_deref(), Some(text));
        }
        for text in ["", "2", "-", "x-1", "1-x", "1-2-3", "done"] {
            assert_eq!(Seen::parse(text), None, "{text}");
        }
    }
}
