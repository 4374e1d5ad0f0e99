//! What the service is told when it starts.

use std::path::PathBuf;
use std::time::Duration;

/// How the service behaves; every value has a default that is safe on one machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most bytes of a request that is held in memory: a record with its files.
    pub body_limit: usize,
    /// The most bytes of an upload that goes to disk: a list with its photos.
    pub upload_limit: u64,
    /// How many jobs work at once; as many as there are cores.
    pub workers: usize,
    /// How many more may wait for their turn; the next one is told to come back.
    pub queue: usize,
    /// The longest wait for a turn.
    pub patience: Duration,
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
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            body_limit: 96 << 20,
            upload_limit: 1 << 30,
            workers: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            queue: 64,
            patience: Duration::from_secs(10),
            folder: PathBuf::from("formwright-batches"),
            keep: Duration::from_secs(7 * 24 * 3600),
            batch_workers: 1,
            batch_threads: None,
            batches: 500,
            batch_bytes: 64 << 30,
            streams: 64,
            downloads: 16,
        }
    }
}
