//! Turns for jobs that need a core: as many at once as there are cores, a bounded queue, and then "come back later".

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::Semaphore;

use super::problem::Problem;
use super::settings::Settings;
use crate::diag::Message;

/// The turns of one service.
pub struct Work {
    cores: Arc<Semaphore>,
    waiting: AtomicUsize,
    workers: usize,
    queue: usize,
    patience: Duration,
}

impl Work {
    /// As many turns as the settings say.
    pub fn new(settings: &Settings) -> Work {
        Work {
            cores: Arc::new(Semaphore::new(settings.workers)),
            waiting: AtomicUsize::new(0),
            workers: settings.workers,
            queue: settings.queue,
            patience: settings.patience,
        }
    }

    /// Runs a job on a thread of its own as soon as a core is free.
    ///
    /// The turn is the job's until it ends, even where nobody waits for it any more. A job that panics is a problem like another.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
        let permit = {
            let _place = Place::take(&self.waiting, self.queue).ok_or_else(busy)?;
            let turn = tokio::time::timeout(self.patience, Arc::clone(&self.cores).acquire_owned()).await;
            turn.map_err(|_| busy())?.map_err(|_| Problem::internal())?
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = catch_unwind(AssertUnwindSafe(job));
            drop(permit);
            done
        });
        match done.await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) | Err(_) => Err(Problem::internal()),
        }
    }

    /// How many jobs have a turn.
    pub fn running(&self) -> usize {
        self.workers.saturating_sub(self.cores.available_permits())
    }

    /// How many jobs wait for their turn.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// A place in the queue, given back when it is dropped.
struct Place<'w>(&'w AtomicUsize);

impl<'w> Place<'w> {
    fn take(waiting: &'w AtomicUsize, most: usize) -> Option<Place<'w>> {
        let taken = waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now < most).then_some(now + 1));
        taken.ok().map(|_| Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn busy() -> Problem {
    let title = Message::new("现在太忙", "too busy now");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", title);
    Problem { retry_after: Some(1), ..problem }.with_detail(Message::new("过一会儿再试", "try again in a moment"))
}
