//! The record that a template brings to show itself with.

use super::Engine;
use crate::error::Error;
use crate::record::Record;
use crate::template::SAMPLE;

impl Engine {
    /// The sample record of a template, `sample.json` in its folder, with its photos held in itself; `None` where it brings none.
    ///
    /// # Errors
    /// There is no such template, or it has mistakes; the sample cannot be read.
    pub fn sample(&self, name: &str) -> Result<Option<Record>, Error> {
        self.template(name)?;
        if !self.read.files.contains_key(&format!("{name}/{SAMPLE}")) {
            return Ok(None);
        }
        let mut record = Record::open(self.folder.join(name).join(SAMPLE))?;
        record.embed_files();
        Ok(Some(record))
    }
}
