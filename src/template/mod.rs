//! Templates: folders of Handlebars over the form vocabulary, loaded, checked and expanded.

mod engine;
mod expr;
mod helpers;
mod ink;
mod json;
mod load;
mod markup;
mod round;
mod scan;
mod shape;
mod source;
mod tree;
mod weave;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use crate::diag::Diagnostics;
use crate::form::TemplateId;

pub use load::SAMPLE;
pub use markup::Markup;
pub use round::{Ages, Length, Quota, Round, Skills};

/// A loaded template: every tag, path and partial of it is known to be sound.
pub struct Template {
    id: TemplateId,
    outputs: Vec<String>,
    engine: engine::Engine,
}

/// The files of a template as they were read: path relative to the templates' folder → text.
pub type Files = BTreeMap<String, String>;

impl Template {
    /// Loads `id` from files such as `recommendation/form.hbs` and `round.json`; everything that is wrong
    /// in them comes back at once, each mistake at its file, line and column.
    pub fn load(id: &str, files: &Files) -> Result<Template, Diagnostics> {
        load::load(id, files)
    }

    /// Which template it is.
    pub fn id(&self) -> &TemplateId {
        &self.id
    }

    /// The formats the template is made for, as `template.json` lists them: `pdf`, `fillable`, `schema`, …
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Expands the template for a record whose arrays have so many rows.
    pub fn expand(&self, rows: &dyn Fn(&str) -> usize) -> Result<Markup, Diagnostics> {
        self.engine.expand(rows)
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("id", &self.id).field("outputs", &self.outputs).finish_non_exhaustive()
    }
}
