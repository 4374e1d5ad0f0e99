//! The vocabulary of forms: expanded markup becomes a [`Form`], or every mistake at its place.

use crate::diag::Diagnostics;
use crate::form::{Form, TemplateId};
use crate::template::Markup;

/// Parses expanded markup: vocabulary, styles, tiling, labels.
pub fn parse(_markup: &Markup, _template: &TemplateId) -> Result<Form, Diagnostics> {
    todo!("helper A2")
}
