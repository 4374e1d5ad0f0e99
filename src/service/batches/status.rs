//! A batch as a program sees it: numbers, moments, addresses; nobody's name.

use serde::Serialize;
use utoipa::ToSchema;

use super::batch::Batch;
use super::clock::rfc3339;
use super::kept::Kept;
use super::pulse::{BatchState, Pulse};
use super::store::Store;
use super::wish::Wish;
use crate::batch::Problem;
use crate::diag::Lang;

/// How far a batch is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BatchStatus)]
pub struct Status {
    /// Its name.
    pub id: String,
    /// What it is about.
    pub state: BatchState,
    /// What it is doing: `reading`, `rendering`, `printing`, `sheets`; nothing where it rests.
    pub stage: Option<&'static str>,
    /// How many pieces of that there are; how many people, where it rests.
    pub total: usize,
    /// How many pieces of that are done; how many people's papers are made or may be, where it rests.
    pub done: usize,
    /// How many people are held back: they have errors.
    pub held: usize,
    /// At how many people the program failed; `retry` tries them again.
    pub failed: usize,
    /// How many people have something to look at though nothing holds them back.
    pub warnings: usize,
    /// The pages of all dossiers.
    pub pages: usize,
    /// How many dossiers were rendered, all runs together.
    pub renders: u64,
    /// Whether people were edited and nobody looked at the others since: `run` does.
    pub stale: bool,
    /// Why it failed.
    pub problems: Vec<Reason>,
    /// What is made of it.
    pub options: Wish,
    /// When it came (RFC 3339).
    pub created_at: String,
    /// When it was asked for, put right, or ended, the last time.
    pub changed_at: String,
    /// When it is deleted if it is not made anew or put right before; looking at it does not count.
    pub expires_at: String,
    /// Where what belongs to it is.
    pub links: Links,
}

/// Why something could not be done.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchReason)]
pub struct Reason {
    /// A stable word for programs.
    pub code: String,
    /// What it is.
    pub message: String,
    /// What to do next; may be empty.
    pub help: String,
}

/// Addresses below this service.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BatchLinks)]
pub struct Links {
    /// This status.
    #[serde(rename = "self")]
    pub itself: String,
    /// What happens, as server-sent events.
    pub events: String,
    /// The people.
    pub items: String,
    /// The report for programs.
    pub report: String,
    /// The files; 409 before the batch is `done`.
    pub output: String,
}

impl Store {
    /// How far a batch is, in one language.
    pub fn status(&self, batch: &Batch, lang: Lang) -> Status {
        let (kept, pulse) = (batch.kept(), batch.teller.now());
        let expires = self.expires(&kept);
        let Kept { wish, created, changed, stale, tally, why, .. } = kept;
        let base = format!("/v1/batches/{}", batch.id);
        let Pulse { state, progress, .. } = pulse;
        let (stage, total, done, held) = match progress.filter(|_| !state.rests()) {
            Some(step) => (Some(step.stage.word()), step.total, step.done, step.troubled),
            None => (None, tally.total, tally.done, tally.held),
        };
        Status {
            id: batch.id.to_string(),
            state,
            stage,
            total,
            done,
            held,
            failed: if state.rests() { tally.failed } else { 0 },
            warnings: tally.warned,
            pages: tally.pages,
            renders: tally.renders,
            stale,
            problems: why.iter().map(|problem| Reason::of(problem, lang)).collect(),
            options: wish,
            created_at: rfc3339(created),
            changed_at: rfc3339(changed),
            expires_at: rfc3339(expires),
            links: Links {
                events: format!("{base}/events"),
                items: format!("{base}/items"),
                report: format!("{base}/report.json"),
                output: format!("{base}/output"),
                itself: base,
            },
        }
    }
}

impl Reason {
    fn of(problem: &Problem, lang: Lang) -> Reason {
        Reason { code: problem.code.clone(), message: problem.message(lang).to_owned(), help: problem.help(lang).to_owned() }
    }
}
