//! What the service is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderName;
use ipnet::IpNet;

use super::keys::Keys;
use super::log::LogKind;
use super::tls::Tls;

/// How the service behaves; every value has a default that is safe on one machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Names, beside those of this machine's loopback, by which browsers may call it.
    pub hosts: Vec<String>,
    /// Who may ask, where not everybody may.
    pub keys: Option<Keys>,
    /// Networks of proxies that say who asks.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they say it.
    pub identity_header: HeaderName,
    /// Certificate and key, where connections are encrypted here.
    pub tls: Option<Tls>,
    /// A proxy in front of it encrypts.
    pub behind_tls_proxy: bool,
    /// The most bytes of a request that is held in memory: a record with its files.
    pub body_limit: usize,
    /// The most bytes of an upload that goes to disk: a list with its photos.
    pub upload_limit: u64,
    /// The most bytes of bodies that are held in memory at once, of all requests together.
    pub body_memory: usize,
    /// How many jobs work at once; as many as there are cores.
    pub workers: usize,
    /// How many more may wait for their turn; the next one is told to come back.
    pub queue: usize,
    /// The longest wait for a turn.
    pub patience: Duration,
    /// How many connections there may be; beyond it the one that has waited longest for its client goes.
    pub connections: usize,
    /// The most bytes of a request's head.
    pub head_limit: usize,
    /// The most headers of a request.
    pub head_count: usize,
    /// How long a request's head may take, from its first byte; also the handshake and the wait for the first request.
    pub head_time: Duration,
    /// How long a connection may stay without a request after its first.
    pub idle_time: Duration,
    /// The longest pause within a body.
    pub body_pause: Duration,
    /// How long a body may take, beside what [`Settings::body_rate`] allows it.
    pub body_time: Duration,
    /// Bytes a second that the slowest upload must reach.
    pub body_rate: u64,
    /// How long an answer may take from the end of its request's body to its own beginning.
    pub answer_time: Duration,
    /// How long a client may take no byte of an answer.
    pub send_pause: Duration,
    /// After this long a connection takes no further request.
    pub connection_life: Duration,
    /// How long what is under way may take to finish once the service is told to stop.
    pub drain: Duration,
    /// Where batches are kept; each has a folder of its own.
    pub folder: PathBuf,
    /// How long a batch is kept after it was last touched.
    pub keep: Duration,
    /// How many batches work at once.
    pub batch_workers: usize,
    /// How many threads a batch has; as many as there are cores where nothing is said. They stand back behind single documents.
    pub batch_threads: Option<usize>,
    /// The most batches that are kept at a time.
    pub batches: usize,
    /// The most bytes of all batches together, beyond which no further one is taken.
    pub batch_bytes: u64,
    /// How many may look on at batches at once.
    pub streams: usize,
    /// How many may take files of batches away at once.
    pub downloads: usize,
    /// How many uploads of batches may come in at once.
    pub uploads: usize,
    /// With less room than this on the disk of the batches the service is not ready, in bytes.
    pub disk_reserve: u64,
    /// What its log looks like.
    pub log: LogKind,
}

impl Settings {
    /// Where a browser opens it.
    pub fn addresses(&self) -> Vec<String> {
        let (scheme, usual) = if self.tls.is_some() { ("https", 443) } else { ("http", 80) };
        let port = self.listen.port();
        let at = |host: &str| if port == usual { format!("{scheme}://{host}/") } else { format!("{scheme}://{host}:{port}/") };
        if self.hosts.is_empty() {
            return vec![match self.listen {
                address if address.ip().is_unspecified() => at("localhost"),
                SocketAddr::V4(address) => at(&address.ip().to_string()),
                SocketAddr::V6(address) => at(&format!("[{}]", address.ip())),
            }];
        }
        // The proxy's port is not known here; it is the usual one as a rule.
        let named = |host: &String| if self.behind_tls_proxy { format!("https://{host}/") } else { at(host) };
        self.hosts.iter().map(named).collect()
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            hosts: Vec::new(),
            keys: None,
            trusted_proxies: Vec::new(),
            identity_header: HeaderName::from_static("x-forwarded-user"),
            tls: None,
            behind_tls_proxy: false,
            body_limit: 96 << 20,
            upload_limit: 1 << 30,
            body_memory: 256 << 20,
            workers: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            queue: 64,
            patience: Duration::from_secs(10),
            connections: 4096,
            head_limit: 64 << 10,
            head_count: 100,
            head_time: Duration::from_secs(5),
            // Longer than the 60 s after which nginx gives up an idle connection to us: the side that sends requests must be
            // the one that closes, or a request meets a closing connection now and then.
            idle_time: Duration::from_secs(75),
            body_pause: Duration::from_secs(10),
            body_time: Duration::from_secs(60),
            body_rate: 64 << 10,
            answer_time: Duration::from_secs(120),
            send_pause: Duration::from_secs(30),
            connection_life: Duration::from_secs(600),
            drain: Duration::from_secs(30),
            folder: PathBuf::from("formwright-batches"),
            keep: Duration::from_secs(7 * 24 * 3600),
            batch_workers: 1,
            batch_threads: None,
            batches: 500,
            batch_bytes: 64 << 30,
            streams: 64,
            downloads: 16,
            uploads: 16,
            disk_reserve: 256 << 20,
            log: LogKind::Json,
        }
    }
}
