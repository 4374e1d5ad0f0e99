//! What every request shares.

use std::sync::Arc;

use super::batches::Store;
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
}

impl App {
    /// The state of one service, with the batches of earlier.
    ///
    /// Errors: the folder of batches cannot be used.
    pub fn new(engine: Arc<Engine>, settings: Settings) -> Result<App, Error> {
        let work = Work::new(&settings);
        let batches = Store::open(Arc::clone(&engine), &settings)?;
        Ok(App(Arc::new(Shared { engine, settings, work, batches })))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
