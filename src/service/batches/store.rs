//! All batches of a service.
//!
//! Functions that touch the disk say so; call them from a thread that may wait.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::batch::Batch;
use super::clock::{later, now};
use super::home;
use super::kept::{End, Kept, write_json};
use super::pulse::BatchState;
use super::runner;
use super::wish::Change;
use crate::batch::{Report, Source};
use crate::engine::Engine;
use crate::error::Error;
use crate::service::problem::Problem;
use crate::service::settings::Settings;

/// The report of a batch, as the service keeps it.
const REPORT: &str = "report.json";

/// Reports of so many batches are held in memory; others are read when they are asked for.
const REPORTS: usize = 4;

/// Sources of so many batches are kept open for requests about single people.
const SOURCES: usize = 2;

/// How often is looked for batches whose time is over.
const ROUND: Duration = Duration::from_secs(60);

/// All batches of a service. Whoever drops the last one lets the batch under way stop where it is.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    threads: Mutex<Vec<thread::JoinHandle<()>>>,
}

/// What the threads of batches share with requests.
pub struct Shared {
    pub(super) engine: Arc<Engine>,
    pub(super) folder: PathBuf,
    /// How long a batch is kept.
    pub(super) keep: Duration,
    /// How many threads a batch has; as many as there are cores where nothing is said.
    pub(super) threads: Option<usize>,
    pub(super) most: usize,
    pub(super) most_bytes: u64,
    /// The most bytes of an upload, packed and unpacked.
    pub(super) most_upload: u64,
    /// Whether the service stops.
    pub(super) closing: AtomicBool,
    /// How many may look on at once.
    pub(super) streams: Arc<Semaphore>,
    /// How many may take files away at once.
    pub(super) downloads: Arc<Semaphore>,
    /// How many uploads may come in at once: each may have as many bytes as the limit says.
    pub(super) uploads: Arc<Semaphore>,
    /// The keys of requests whose bodies are still coming, by caller.
    pub(super) coming: Mutex<HashSet<(String, String)>>,
    lock: Mutex<Option<File>>,
    batches: Mutex<BTreeMap<Uuid, Arc<Batch>>>,
    queue: Mutex<Queue>,
    turn: Condvar,
    reports: Mutex<VecDeque<(Uuid, Arc<Report>)>>,
    sources: Mutex<VecDeque<(Uuid, Arc<Source>)>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Arc<Batch>>,
    at_work: BTreeSet<Uuid>,
}

impl Store {
    /// Finds the batches of earlier, queues those that have not ended, and begins to work. Touches the disk; makes no folder
    /// before the first batch comes.
    ///
    /// Errors: the folder cannot be used, or another service holds it.
    pub fn open(engine: Arc<Engine>, settings: &Settings) -> Result<Store, Error> {
        let shared = Arc::new(Shared {
            engine,
            folder: settings.folder.clone(),
            keep: settings.keep,
            threads: settings.batch_threads,
            most: settings.batches,
            most_bytes: settings.batch_bytes,
            most_upload: settings.upload_limit,
            closing: AtomicBool::new(false),
            streams: Arc::new(Semaphore::new(settings.streams)),
            downloads: Arc::new(Semaphore::new(settings.downloads)),
            uploads: Arc::new(Semaphore::new(settings.uploads)),
            coming: Mutex::default(),
            lock: Mutex::default(),
            batches: Mutex::default(),
            queue: Mutex::default(),
            turn: Condvar::new(),
            reports: Mutex::default(),
            sources: Mutex::default(),
        });
        if settings.folder.exists() {
            shared.take_home()?;
            shared.find()?;
        }
        let mut threads = Vec::new();
        for _ in 0..settings.batch_workers.max(1) {
            let shared = Arc::clone(&shared);
            threads.push(start("batches", move || runner::work(&shared))?);
        }
        let keeper = Arc::clone(&shared);
        threads.push(start("expiry", move || keeper.watch_over())?);
        Ok(Store(Arc::new(Inner { shared, threads: Mutex::new(threads) })))
    }

    /// A batch of this caller.
    ///
    /// Errors: 404, also where it is somebody else's.
    pub fn get(&self, id: &str, caller: &str) -> Result<Arc<Batch>, Problem> {
        let parsed = Uuid::try_parse(id).ok().filter(|uuid| uuid.hyphenated().to_string() == id);
        let batch = parsed.and_then(|id| self.shared().batches().get(&id).cloned());
        batch.filter(|batch| batch.kept().owner == caller).ok_or_else(unknown)
    }

    /// The batches of a caller, the latest first.
    pub fn list(&self, caller: &str) -> Vec<Arc<Batch>> {
        let mut list: Vec<(u64, Arc<Batch>)> =
            self.shared().batches().values().map(|batch| (batch.kept().created, Arc::clone(batch))).collect();
        list.retain(|(_, batch)| batch.kept().owner == caller);
        list.sort_by_key(|(created, batch)| (std::cmp::Reverse(*created), batch.id));
        list.into_iter().map(|(_, batch)| batch).collect()
    }

    /// In which state each batch is.
    pub fn states(&self) -> Vec<BatchState> {
        self.shared().batches().values().map(|batch| batch.teller.now().state).collect()
    }

    /// How many batches wait or are under way.
    pub fn busy(&self) -> usize {
        let queue = self.shared().queue();
        queue.waiting.len() + queue.at_work.len()
    }

    /// When a batch goes by itself, in seconds since 1970, if it is not made anew or put right before.
    pub fn expires(&self, kept: &Kept) -> u64 {
        later(kept.changed, self.shared().keep)
    }

    /// The report of the last run. Touches the disk.
    ///
    /// Errors: 409 where there was none yet.
    pub fn report(&self, batch: &Batch) -> Result<Arc<Report>, Problem> {
        self.shared().report(batch)
    }

    /// Makes what was only checked, or goes on with what was stopped. Touches the disk.
    ///
    /// Errors: 409 while it is under way; 400 for a change that cannot be.
    pub fn run(&self, batch: &Arc<Batch>, change: Change) -> Result<(), Problem> {
        let _alone = batch.alone.lock().unwrap_or_else(PoisonError::into_inner);
        batch.at_rest()?;
        batch.try_change(|kept| {
            kept.wish = kept.wish.clone().changed(change)?;
            wait(kept);
            Ok(())
        })?;
        self.shared().queue_up(batch);
        Ok(())
    }

    /// Tries again those at whom the program failed. Touches the disk.
    ///
    /// Errors: 409 while it is under way.
    pub fn retry(&self, batch: &Arc<Batch>) -> Result<(), Problem> {
        let _alone = batch.alone.lock().unwrap_or_else(PoisonError::into_inner);
        batch.at_rest()?;
        batch.change(wait)?;
        self.shared().queue_up(batch);
        Ok(())
    }

    /// Stops a batch where it is; what is done stays. Touches the disk.
    pub fn cancel(&self, batch: &Arc<Batch>) -> Result<(), Problem> {
        let mut queue = self.shared().queue();
        let waited = queue.waiting.len();
        queue.waiting.retain(|other| other.id != batch.id);
        if queue.waiting.len() < waited {
            let cancelled = |kept: &mut Kept| (kept.ended, kept.changed) = (Some(End::Cancelled), now());
            // A full disk keeps nobody from stopping it; should the service start again, it has to be stopped again.
            if batch.change(cancelled).is_err() {
                batch.hold(cancelled);
            }
            batch.teller.say(BatchState::Cancelled);
        } else if queue.at_work.contains(&batch.id) {
            // Noted before it is promised: a service that is killed before its thread stops does not take it up again.
            let _ = batch.change(|kept| kept.ended = kept.ended.or(Some(End::Cancelled)));
            batch.stop.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Deletes a batch and everything of it; from now on it is unknown. Touches the disk. One that is under way is stopped first:
    /// its folder is gone when [`super::Pulse::over`] is told.
    pub fn delete(&self, batch: &Batch) -> Result<(), Problem> {
        Ok(self.shared().delete(batch)?)
    }

    /// A place among those who look on; nothing where there is none left.
    pub fn stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared().streams).try_acquire_owned().ok()
    }

    /// Lets nobody wait any longer: the service stops. What is under way goes on when it starts again.
    pub fn close(&self) {
        self.shared().close();
    }

    /// Waits until no thread of batches is at work any more; call [`Store::close`] first.
    pub fn join(&self) {
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // A thread that panicked is at its end as well.
        threads.into_iter().for_each(|thread| drop(thread.join()));
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Shared {
    /// Makes the folder and holds it, as long as the service lives.
    pub(super) fn take_home(&self) -> Result<(), Error> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            *lock = Some(home::take(&self.folder)?);
        }
        Ok(())
    }

    /// The batches that are there already; what has not ended is queued in the order in which it was asked for.
    fn find(&self) -> Result<(), Error> {
        let mut waiting = Vec::new();
        for (id, folder) in home::batches(&self.folder, self.keep)? {
            let Some(kept) = Kept::read(&folder) else { continue };
            let (turn, waits) = (kept.turn, kept.ended.is_none());
            let batch = Arc::new(Batch::new(id, folder, kept));
            if waits {
                waiting.push((turn, id, Arc::clone(&batch)));
            }
            self.batches().insert(id, batch);
        }
        waiting.sort_by_key(|(turn, id, _)| (*turn, *id));
        self.queue().waiting.extend(waiting.into_iter().map(|(_, _, batch)| batch));
        Ok(())
    }

    /// Takes a new batch in.
    pub(super) fn add(&self, batch: Arc<Batch>) {
        self.batches().insert(batch.id, Arc::clone(&batch));
        self.queue_up(&batch);
    }

    /// Lets a batch wait for its turn.
    pub(super) fn queue_up(&self, batch: &Arc<Batch>) {
        let mut queue = self.queue();
        if queue.waiting.iter().any(|other| other.id == batch.id) {
            return;
        }
        batch.stop.store(false, Ordering::Relaxed);
        batch.teller.say(BatchState::Queued);
        queue.waiting.push_back(Arc::clone(batch));
        self.turn.notify_all();
    }

    /// The next batch; nothing when the service stops.
    pub(super) fn next(&self) -> Option<Arc<Batch>> {
        let mut queue = self.queue();
        loop {
            if self.closing.load(Ordering::Relaxed) {
                return None;
            }
            // One that has just ended may be asked for again before its thread has let go of it.
            let first = queue.waiting.iter().position(|batch| !queue.at_work.contains(&batch.id));
            if let Some(batch) = first.and_then(|at| queue.waiting.remove(at)) {
                queue.at_work.insert(batch.id);
                return Some(batch);
            }
            queue = self.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A batch is no longer under way; one that is to be deleted goes now.
    pub(super) fn rests(&self, batch: &Batch) {
        self.queue().at_work.remove(&batch.id);
        self.turn.notify_all();
        if batch.gone.load(Ordering::Relaxed) {
            // What cannot be removed now is removed when the service starts again.
            let _ = home::remove(&self.folder, &batch.folder);
            batch.teller.end();
        }
    }

    fn delete(&self, batch: &Batch) -> Result<(), Error> {
        let at_work = {
            let mut queue = self.queue();
            queue.waiting.retain(|other| other.id != batch.id);
            batch.gone.store(true, Ordering::Relaxed);
            batch.stop.store(true, Ordering::Relaxed);
            queue.at_work.contains(&batch.id)
        };
        if at_work {
            // Killed before its thread lets go of it, it goes when the service starts again.
            let _ = batch.change(|kept| kept.deleted = true);
        }
        self.batches().remove(&batch.id);
        self.forget(batch.id);
        if !at_work {
            home::remove(&self.folder, &batch.folder)?;
            batch.teller.end();
        }
        Ok(())
    }

    /// The report of the last run.
    pub(super) fn report(&self, batch: &Batch) -> Result<Arc<Report>, Problem> {
        if let Some((_, report)) = self.reports().iter().find(|(id, _)| *id == batch.id) {
            return Ok(Arc::clone(report));
        }
        let path = batch.folder.join(REPORT);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(super::batch::not_ready()),
            Err(source) => return Err(Error::Io { action: "read", path, source }.into()),
        };
        let report: Report = serde_json::from_slice(&bytes).map_err(|_| Problem::internal())?;
        Ok(self.remember(batch.id, report))
    }

    /// Keeps what a run came to.
    pub(super) fn keep_report(&self, batch: &Batch, report: Report) -> Result<Arc<Report>, Error> {
        write_json(&report, &batch.folder.join(REPORT), &batch.folder)?;
        Ok(self.remember(batch.id, report))
    }

    fn remember(&self, id: Uuid, report: Report) -> Arc<Report> {
        let report = Arc::new(report);
        let mut reports = self.reports();
        reports.retain(|(other, _)| *other != id);
        reports.push_front((id, Arc::clone(&report)));
        reports.truncate(REPORTS);
        report
    }

    /// The source of a batch, where it is open.
    pub(super) fn known_source(&self, batch: &Batch) -> Option<Arc<Source>> {
        self.sources().iter().find(|(id, _)| *id == batch.id).map(|(_, source)| Arc::clone(source))
    }

    /// Keeps the source of a batch open.
    pub(super) fn put_source(&self, batch: &Batch, source: Arc<Source>) {
        let mut sources = self.sources();
        sources.retain(|(other, _)| *other != batch.id);
        sources.push_front((batch.id, source));
        sources.truncate(SOURCES);
    }

    fn forget(&self, id: Uuid) {
        self.reports().retain(|(other, _)| *other != id);
        self.sources().retain(|(other, _)| *other != id);
    }

    /// Deletes batches whose time is over, until the service stops.
    fn watch_over(&self) {
        while !self.closing.load(Ordering::Relaxed) {
            let batches: Vec<Arc<Batch>> = self.batches().values().cloned().collect();
            for batch in batches {
                if batch.at_rest().is_ok() && later(batch.kept().changed, self.keep) <= now() {
                    // What cannot be removed now is tried again when the service starts.
                    let _ = self.delete(&batch);
                }
            }
            let queue = self.queue();
            if !self.closing.load(Ordering::Relaxed) {
                drop(self.turn.wait_timeout_while(queue, ROUND, |_| !self.closing.load(Ordering::Relaxed)));
            }
        }
    }

    fn close(&self) {
        {
            let _queue = self.queue();
            self.closing.store(true, Ordering::Relaxed);
            self.turn.notify_all();
        }
        self.batches().values().for_each(|batch| batch.teller.end());
    }

    pub(super) fn batches(&self) -> MutexGuard<'_, BTreeMap<Uuid, Arc<Batch>>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sources(&self) -> MutexGuard<'_, VecDeque<(Uuid, Arc<Source>)>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reports(&self) -> MutexGuard<'_, VecDeque<(Uuid, Arc<Report>)>> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It waits for its turn from now on.
fn wait(kept: &mut Kept) {
    let now = now();
    (kept.ended, kept.changed, kept.turn) = (None, now, super::clock::turn());
    kept.why.clear();
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>, Error> {
    let failed = |source| Error::Io { action: "start", path: "a thread".into(), source };
    // As much stack as a main thread: strangers' files are read here.
    thread::Builder::new().name(name.to_owned()).stack_size(8 << 20).spawn(work).map_err(failed)
}

fn unknown() -> Problem {
    Problem::not_found("batch-not-found", "没有这一批，或它已到期删除", "there is no such batch, or its time is over")
}
