//! The log: a line for each request, of fields that are known to hold nothing of a record.

use std::io::Write;

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;
use tracing_subscriber::util::SubscriberInitExt;

/// What our own events are marked with. Events of other crates are not written: nobody here knows what they say.
pub const TARGET: &str = "formwright";

/// What a log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKind {
    /// A JSON object a line, for programs.
    Json,
    /// Words, for people.
    Text,
    /// None.
    Off,
}

/// Begins to write the log to standard error, and the places of panics into it. Once a process; a second call changes nothing.
pub fn begin(kind: LogKind) {
    let ours = filter_fn(|about| about.target() == TARGET);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false);
    let done = match kind {
        LogKind::Json => registry().with(layer.json().flatten_event(true).with_current_span(false).with_filter(ours)).try_init(),
        LogKind::Text => registry().with(layer.with_filter(ours)).try_init(),
        LogKind::Off => Ok(()),
    };
    // Where a program around us has its own log already, ours goes there.
    let _ = done;
    panics_by_place(kind);
}

/// A panic is our mistake: it says where, and never what was being worked on.
fn panics_by_place(kind: LogKind) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        if kind == LogKind::Off {
            // Somebody who wants no log of requests still has to learn of our mistakes.
            let _ = writeln!(std::io::stderr(), "formwright: internal error at {place}");
        } else {
            tracing::error!(target: TARGET, event = "panic", place);
        }
    }));
}
