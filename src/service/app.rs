//! What every request shares.

use std::sync::{Arc, OnceLock};

use super::about::TemplateLine;
use super::settings::Settings;
use super::work::Work;
use crate::engine::Engine;

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
    /// What is told of each form, once somebody asked.
    pub lines: OnceLock<Vec<TemplateLine>>,
}

impl App {
    /// The state of one service.
    pub fn new(engine: Arc<Engine>, settings: Settings) -> App {
        let work = Work::new(&settings);
        App(Arc::new(Shared { engine, settings, work, lines: OnceLock::new() }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
