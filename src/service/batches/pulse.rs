//! How far a batch is, for everybody who looks on; nobody who is slow holds it up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use super::kept::End;
use crate::batch::{Progress, Stage, State, Watch};

/// What a batch is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BatchState {
    /// It waits for its turn.
    Queued,
    /// People are read and looked at.
    Checking,
    /// Dossiers are rendered.
    Running,
    /// The print file, the sheets and the letters are put together.
    Packing,
    /// Everything is made.
    Done,
    /// Everybody was looked at; nothing is made until `run` is asked for.
    Checked,
    /// Somebody stopped it; `run` goes on with it.
    Cancelled,
    /// It could not go on; `problems` say why.
    Failed,
}

/// A batch at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// What it is about.
    pub state: BatchState,
    /// What it is doing; nothing where it rests.
    pub progress: Option<Step>,
    /// Which run it is, counted since the service started.
    pub run: u64,
    /// How many people's verdicts of this run are known.
    pub verdicts: usize,
    /// Whether whoever looks on is to go: the service stops, or the batch is gone.
    pub over: bool,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub stage: Stage,
    /// Of how many pieces so many are done.
    pub done: usize,
    /// How many pieces there are.
    pub total: usize,
    /// How many people are held back or failed so far.
    pub troubled: usize,
}

/// What became of a person in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The place in the source, from 0.
    pub entry: usize,
    /// The number, from 1.
    pub n: usize,
    /// How far the papers came.
    pub state: State,
}

/// Where a batch tells how far it is.
pub struct Teller {
    pulse: watch::Sender<Pulse>,
    verdicts: Mutex<Vec<Verdict>>,
}

impl BatchState {
    /// The state of a batch that has ended so, or waits.
    pub fn of(ended: Option<End>) -> BatchState {
        match ended {
            None => BatchState::Queued,
            Some(End::Done) => BatchState::Done,
            Some(End::Checked) => BatchState::Checked,
            Some(End::Cancelled) => BatchState::Cancelled,
            Some(End::Failed) => BatchState::Failed,
        }
    }

    /// Every state.
    pub const ALL: [BatchState; 8] = [
        BatchState::Queued,
        BatchState::Checking,
        BatchState::Running,
        BatchState::Packing,
        BatchState::Done,
        BatchState::Checked,
        BatchState::Cancelled,
        BatchState::Failed,
    ];

    /// What it is called in answers and counts.
    pub fn word(self) -> &'static str {
        match self {
            BatchState::Queued => "queued",
            BatchState::Checking => "checking",
            BatchState::Running => "running",
            BatchState::Packing => "packing",
            BatchState::Done => "done",
            BatchState::Checked => "checked",
            BatchState::Cancelled => "cancelled",
            BatchState::Failed => "failed",
        }
    }

    /// Whether nothing more comes of itself.
    pub fn rests(self) -> bool {
        matches!(self, BatchState::Done | BatchState::Checked | BatchState::Cancelled | BatchState::Failed)
    }
}

impl Teller {
    /// Of a batch in this state.
    pub fn new(state: BatchState) -> Teller {
        let (pulse, _) = watch::channel(Pulse { state, progress: None, run: 0, verdicts: 0, over: false });
        Teller { pulse, verdicts: Mutex::default() }
    }

    /// How far it is.
    pub fn now(&self) -> Pulse {
        *self.pulse.borrow()
    }

    /// Is told of every change, the latest alone where several came meanwhile.
    pub fn subscribe(&self) -> watch::Receiver<Pulse> {
        self.pulse.subscribe()
    }

    /// The verdicts of a run from one on; none where another run has begun.
    pub fn verdicts(&self, run: u64, from: usize) -> Vec<Verdict> {
        let verdicts = self.list();
        if self.now().run != run { Vec::new() } else { verdicts.get(from..).unwrap_or_default().to_vec() }
    }

    /// It waits for a turn, or rests.
    pub fn say(&self, state: BatchState) {
        self.pulse.send_modify(|pulse| (pulse.state, pulse.progress) = (state, None));
    }

    /// A run begins.
    pub fn begin(&self, state: BatchState) {
        let mut verdicts = self.list();
        verdicts.clear();
        self.pulse.send_modify(|pulse| {
            (pulse.state, pulse.progress, pulse.verdicts) = (state, None, 0);
            pulse.run += 1;
        });
    }

    /// Sends everybody away who looks on.
    pub fn end(&self) {
        self.pulse.send_modify(|pulse| pulse.over = true);
    }

    fn step(&self, progress: &Progress, check_only: bool) {
        let Progress { stage, done, total, troubled } = *progress;
        let state = match stage {
            Stage::Reading => BatchState::Checking,
            Stage::Rendering if check_only => BatchState::Checking,
            Stage::Rendering => BatchState::Running,
            Stage::Printing | Stage::Sheets => BatchState::Packing,
        };
        self.pulse.send_modify(|pulse| (pulse.state, pulse.progress) = (state, Some(Step { stage, done, total, troubled })));
    }

    fn verdict(&self, verdict: Verdict) {
        let mut verdicts = self.list();
        verdicts.push(verdict);
        let known = verdicts.len();
        self.pulse.send_modify(|pulse| pulse.verdicts = known);
    }

    fn list(&self) -> MutexGuard<'_, Vec<Verdict>> {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks on at a run for everybody else, and hands their wish to stop to it.
pub struct Looking<'t> {
    /// Whom it tells.
    pub teller: &'t Teller,
    /// Whether the run only checks.
    pub check_only: bool,
    /// Where it is asked to stop.
    pub stops: [&'t AtomicBool; 2],
}

impl Watch for Looking<'_> {
    fn progress(&self, progress: &Progress) {
        self.teller.step(progress, self.check_only);
    }

    fn person(&self, entry: usize, n: usize, state: State) {
        self.teller.verdict(Verdict { entry, n, state });
    }

    fn stopped(&self) -> bool {
        self.stops.iter().any(|stop| stop.load(Ordering::Relaxed))
    }
}
