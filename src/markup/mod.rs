//! The vocabulary of forms: expanded markup becomes a [`Form`], or every mistake at its place.
//!
//! Reading goes inwards (form, page, table, cell, field) over a tree of known elements; each step leaves nothing to look
//! up behind it. What is misspelt is reported by `xml`, which then goes on with what was probably meant, so that one
//! slip is one report and never hides the next.

use std::ops::Range;

use crate::diag::{Diagnostics, Place};
use crate::form::{Form, TemplateId};
use crate::template::Markup;

mod cell;
mod field;
mod fields;
mod ink;
mod label;
mod line;
mod malformed;
mod page;
mod reader;
mod report;
mod style;
mod table;
mod tile;
mod value;
mod vocabulary;
mod xml;

use fields::Fields;
use reader::Reader;
use report::Reports;
use style::Styles;

/// Parses expanded markup: vocabulary, styles, tiling, labels.
///
/// One `<form>` holds everything. Errors come all at once, each once at its place in the template; a form is returned
/// only where there is none.
pub fn parse(markup: &Markup, template: &TemplateId) -> Result<Form, Diagnostics> {
    parse_text(markup.text(), &|range| markup.place(range), template)
}

/// Parses expanded text, whose byte ranges `place` leads back to the template.
fn parse_text(text: &str, place: &dyn Fn(Range<usize>) -> Place, template: &TemplateId) -> Result<Form, Diagnostics> {
    let mut reports = Reports::new(place);
    let Some(root) = xml::read(text, &mut reports) else {
        return Err(reports.into_diagnostics());
    };
    let mut reader = Reader { reports, styles: Styles::default(), fields: Fields::default(), page: None, continued: None };
    let pages = page::read_pages(&mut reader, &root);
    // What a misspelt word took away with it would only be missed here: so these are the last questions.
    let fields = match reader.reports.is_empty() {
        true => fields::finish(&mut reader, &root.at),
        false => Vec::new(),
    };
    match reader.reports.is_empty() {
        true => Ok(Form { template: template.clone(), pages, fields }),
        false => Err(reader.reports.into_diagnostics()),
    }
}

#[cfg(test)]
mod tests;
