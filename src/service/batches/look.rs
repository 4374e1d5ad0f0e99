//! One person of a batch as the page shows it: the record and the dossier together, looked at once.

use super::batch::Batch;
use super::store::Store;
use crate::batch::{self, Person};
use crate::engine::Engine;
use crate::service::problem::Problem;

impl Store {
    /// Lets `see` look at a person, read and laid out anew with what was put right. Touches the disk; takes a core.
    ///
    /// Errors: 404 where there is no such entry; what `see` says.
    pub fn look<T>(&self, batch: &Batch, entry: usize, see: impl FnOnce(&Engine, &Person<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        let shared = self.shared();
        let source = shared.source(batch)?;
        if entry >= source.len() {
            return Err(super::person::nobody());
        }
        let person = batch::person(&shared.engine, &source, entry, &batch.options()?)?;
        see(&shared.engine, &person)
    }
}
