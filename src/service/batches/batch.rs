//! A batch of the service: its folder, what is kept of it, how far it is.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use uuid::Uuid;

use super::kept::Kept;
use super::pulse::{BatchState, Teller};
use crate::batch::BatchOptions;
use crate::diag::Message;
use crate::error::Error;
use crate::service::problem::Problem;

/// The code of a problem: there is nothing of a batch yet.
pub const NOT_READY: &str = "not-ready";

/// A batch.
pub struct Batch {
    /// Its name.
    pub id: Uuid,
    /// Its folder.
    pub folder: PathBuf,
    /// How far it is.
    pub teller: Teller,
    /// Whether it is asked to stop.
    pub(super) stop: AtomicBool,
    /// Whether it is to be deleted.
    pub(super) gone: AtomicBool,
    /// Held by whoever changes its people, or lets it wait for a turn.
    pub(super) alone: Mutex<()>,
    kept: Mutex<Kept>,
}

impl Batch {
    /// A batch out of its folder.
    pub(super) fn new(id: Uuid, folder: PathBuf, kept: Kept) -> Batch {
        let teller = Teller::new(BatchState::of(kept.ended));
        Batch {
            id,
            folder,
            teller,
            stop: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            alone: Mutex::default(),
            kept: Mutex::new(kept),
        }
    }

    /// What is kept of it.
    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }

    /// Changes what is kept, on disk first; where that fails nothing is changed.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> Result<T, Error> {
        let mut kept = self.lock();
        let mut next = kept.clone();
        let said = change(&mut next);
        next.write(&self.folder)?;
        *kept = next;
        Ok(said)
    }

    /// The same where it may be refused.
    pub(super) fn try_change<T>(&self, change: impl FnOnce(&mut Kept) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut kept = self.lock();
        let mut next = kept.clone();
        let said = change(&mut next)?;
        next.write(&self.folder)?;
        *kept = next;
        Ok(said)
    }

    /// Changes what is known of it while the service runs, where the disk does not take it.
    pub(super) fn hold(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.lock());
    }

    /// Whether it came of a request with this key.
    pub(super) fn is_of(&self, owner: &str, key: &str) -> bool {
        let kept = self.lock();
        kept.owner == owner && kept.once.as_ref().is_some_and(|once| once.key == key)
    }

    /// Where its source is.
    pub fn source(&self) -> PathBuf {
        below(&self.folder, &self.lock().source)
    }

    /// Where what is made of it stands.
    pub fn output(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// Where the report of a check stands.
    pub(super) fn check(&self) -> PathBuf {
        self.folder.join("check")
    }

    /// How the batch engine is to be asked.
    pub(super) fn options(&self) -> Result<BatchOptions, Error> {
        let edits = self.edits()?;
        let kept = self.lock();
        let photos = kept.photos.as_deref().map(|photos| below(&self.folder, photos));
        // The folder is ours alone, wherever an administrator moves it to.
        Ok(BatchOptions { photos, edits, replace: true, ..kept.wish.options() })
    }

    /// Refuses what cannot be done while it waits or is under way: 409.
    pub fn at_rest(&self) -> Result<(), Problem> {
        if self.lock().ended.is_some() && self.teller.now().state.rests() { Ok(()) } else { Err(at_work()) }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It is under way: 409.
pub(super) fn at_work() -> Problem {
    let title = Message::new("这一批正在处理", "the batch is under way");
    Problem::new(StatusCode::CONFLICT, "batch-at-work", title)
        .with_detail(Message::new("等它做完，或先停下（cancel）", "wait until it ends, or cancel it first"))
}

/// There is nothing to take away yet: 409.
pub(super) fn not_ready() -> Problem {
    let title = Message::new("还没有做好", "it is not ready yet");
    Problem::new(StatusCode::CONFLICT, NOT_READY, title).with_detail(Message::new(
        "看 state：做完了再来取；只核对过的，先运行（run）",
        "look at its state: come when it is done; run what was only checked",
    ))
}

/// A path below a folder, written with `/`.
fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/').fold(folder.to_owned(), |folder, part| folder.join(part))
}
