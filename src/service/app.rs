//! What every request shares.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::batches::Store;
use super::budget::Budget;
use super::metrics::Metrics;
use super::seats::Seats;
use super::settings::Settings;
use super::work::Work;
use crate::engine::Engine;
use crate::error::Error;

/// The engine, the settings, and who works on what.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What an [`App`] holds.
pub struct Shared {
    /// Templates and fonts.
    pub engine: Arc<Engine>,
    /// What the service was told when it started.
    pub settings: Settings,
    /// The turns of jobs that need a core.
    pub work: Work,
    /// The batches.
    pub batches: Store,
    /// What is counted.
    pub metrics: Metrics,
    /// The memory that bodies may take.
    pub budget: Budget,
    /// Who holds a connection.
    pub seats: Seats,
    /// The turns of wrong keys, which wait for their answer.
    pub penance: Semaphore,
    /// Told once the service is to stop: whatever would go on for long ends by itself then.
    pub stopping: CancellationToken,
}

impl App {
    /// The state of one service, with the batches of earlier.
    ///
    /// Errors: the folder of batches cannot be used.
    pub fn new(engine: Arc<Engine>, settings: Settings) -> Result<App, Error> {
        let work = Work::new(&settings);
        let batches = Store::open(Arc::clone(&engine), &settings)?;
        let (budget, seats) = (Budget::new(settings.body_memory), Seats::new(settings.connections));
        let (metrics, penance, stopping) = (Metrics::default(), Semaphore::new(32), CancellationToken::new());
        Ok(App(Arc::new(Shared { engine, settings, work, batches, metrics, budget, seats, penance, stopping })))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
