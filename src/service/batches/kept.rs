//! What is kept of a batch beside its papers: `batch.json`, written whole or not at all.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::wish::Wish;
use crate::batch::{Problem, Report, State};
use crate::error::Error;
use crate::files::{Access, Whole};

/// The file's name in the folder of a batch.
pub const FILE: &str = "batch.json";

/// What was asked for, by whom, and how far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Whose it is: the caller's id.
    pub owner: String,
    /// What is to be made.
    pub wish: Wish,
    /// The source, as a path below the folder of the batch.
    pub source: String,
    /// The folder of photos, where there is one; likewise.
    pub photos: Option<String>,
    /// When it came, in seconds since 1970.
    pub created: u64,
    /// When it was asked for, put right, or ended; likewise.
    pub changed: u64,
    /// Its turn: who asked earlier is served earlier.
    pub turn: u64,
    /// How it ended; nothing where it waits or is under way.
    pub ended: Option<End>,
    /// Whether somebody deleted it while it was under way.
    #[serde(default)]
    pub deleted: bool,
    /// Whether people were edited and the others not looked at since.
    pub stale: bool,
    /// What it came to the last time.
    pub tally: Tally,
    /// Why it failed.
    pub why: Vec<Problem>,
    /// The bytes of its folder, when they were last counted.
    pub bytes: u64,
    /// The request that made it, where it had a key.
    pub once: Option<Once>,
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Everything is made.
    Done,
    /// Everybody was looked at; nothing is made.
    Checked,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
}

/// A batch in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All people.
    pub total: usize,
    /// Those whose papers are made, or who may be printed.
    pub done: usize,
    /// Those held back.
    pub held: usize,
    /// Those at whom the program failed.
    pub failed: usize,
    /// Those with something to look at though nothing holds them back.
    pub warned: usize,
    /// The pages of all dossiers.
    pub pages: usize,
    /// How many dossiers were rendered, all runs together.
    pub renders: u64,
}

/// The key of a request, and what it carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// The header `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of everything that was sent, lower-case hex.
    pub digest: String,
}

impl Kept {
    /// Reads it; nothing where there is none that can be used.
    pub fn read(folder: &Path) -> Option<Kept> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Puts it in place of the one before.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        write_json(self, &folder.join(FILE), folder)
    }
}

impl Tally {
    /// What a report comes to.
    pub fn of(report: &Report) -> Tally {
        Tally {
            total: report.lines.len(),
            done: report.count(State::Done),
            held: report.count(State::Held),
            failed: report.count(State::Failed),
            warned: report.warned(),
            pages: report.pages(),
            renders: report.renders,
        }
    }
}

/// Writes a value as JSON, whole, for its owner alone.
pub fn write_json(value: &impl Serialize, path: &Path, folder: &Path) -> Result<(), Error> {
    let mut file = Whole::begin(path, folder, Access::Owner)?;
    let failed = |source| Error::Io { action: "write", path: path.to_owned(), source };
    serde_json::to_writer(&mut file, value).map_err(|error| failed(error.into()))?;
    file.flush().map_err(failed)?;
    file.finish()
}
