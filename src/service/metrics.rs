//! What is counted: by route, template, output and outcome, never by anything of a record or by who asked.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::app::App;
use super::batches::BatchState;
use crate::error::Error;

/// The media type of what [`Metrics::text`] gives.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the buckets of durations, in seconds.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// The counters of one service.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    renders: Family<RenderLabels, Counter>,
    batches: Family<BatchLabels, Gauge>,
    requests_now: Gauge,
    jobs_now: Gauge,
    jobs_waiting: Gauge,
    connections: Gauge,
    bodies: Gauge,
    memory: Gauge,
    disk: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    method: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RenderLabels {
    template: String,
    output: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BatchLabels {
    state: &'static str,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut metrics = Metrics {
            registry: Registry::with_prefix("formwright"),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            renders: Family::default(),
            batches: Family::default(),
            requests_now: Gauge::default(),
            jobs_now: Gauge::default(),
            jobs_waiting: Gauge::default(),
            connections: Gauge::default(),
            bodies: Gauge::default(),
            memory: Gauge::default(),
            disk: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        let durations = metrics.durations.clone();
        registry.register_with_unit("http_request_duration", "Time until an answer began", Unit::Seconds, durations);
        registry.register("http_requests_in_flight", "Requests whose answer has not begun", metrics.requests_now.clone());
        registry.register("renders", "Documents asked for, by outcome", metrics.renders.clone());
        registry.register("jobs_running", "Jobs that have a core", metrics.jobs_now.clone());
        registry.register("jobs_waiting", "Jobs that wait for a core", metrics.jobs_waiting.clone());
        registry.register("batches", "Batches by state", metrics.batches.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register_with_unit("body_memory", "Bodies held in memory", Unit::Bytes, metrics.bodies.clone());
        registry.register_with_unit("resident_memory", "Memory of the process", Unit::Bytes, metrics.memory.clone());
        registry.register_with_unit("disk_free", "Room on the disk of the batches", Unit::Bytes, metrics.disk.clone());
        metrics
    }
}

impl Metrics {
    /// A request has come.
    pub fn begins(&self) -> InFlight {
        self.requests_now.inc();
        InFlight(self.requests_now.clone())
    }

    /// A request has its answer. The route is a pattern of ours, never what was asked.
    pub fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let labels = RequestLabels { route: route.to_owned(), method, status };
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&RouteLabels { route: route.to_owned(), method }).observe(took.as_secs_f64());
    }

    /// A document was asked for. The template must be one that there is, or anybody could fill the memory with names.
    pub fn rendered(&self, template: &str, output: &'static str, outcome: &'static str) {
        self.renders.get_or_create(&RenderLabels { template: template.to_owned(), output, outcome }).inc();
    }

    /// Everything, in the text format of OpenMetrics.
    ///
    /// Errors: it cannot be written, which memory alone could cause.
    pub fn text(&self, app: &App) -> Result<String, Error> {
        self.jobs_now.set(whole(app.work.running()));
        self.jobs_waiting.set(whole(app.work.waiting()));
        self.connections.set(whole(app.seats.count()));
        self.bodies.set(whole(app.budget.held()));
        self.memory.set(whole(resident_bytes().unwrap_or(0)));
        self.disk.set(super::folder::free_bytes(&app.settings.folder).and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(-1));
        let states = app.batches.states();
        for state in BatchState::ALL {
            let count = states.iter().filter(|other| **other == state).count();
            self.batches.get_or_create(&BatchLabels { state: state.word() }).set(whole(count));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|error| Error::Write(error.to_string()))?;
        Ok(text)
    }
}

/// A request whose answer has not begun.
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The memory of this process as Linux counts it, in bytes; none elsewhere.
fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<usize>().ok()?.checked_mul(1024)
}
