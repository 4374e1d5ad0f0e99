//! The entry page of a template, with a record in it.

use std::collections::BTreeMap;

use super::{Engine, Filled};
use crate::diag::Diagnostics;
use crate::error::Error;
use crate::form::Form;
use crate::html::{self, HtmlOptions};
use crate::layout;
use crate::markup;
use crate::name::Step;
use crate::readback::{self, Posted};
use crate::record::Record;

/// A list on the page has at least so many empty rows.
const SPARE: usize = 3;

impl Engine {
    /// The entry page of a form with a record in it, which may have mistakes: what is wrong is for the page to show
    /// ([`HtmlOptions::problems`]). Lists have at least three empty rows, so that nothing need be added while one types.
    ///
    /// Errors: there is no such template, or it has mistakes.
    ///
    /// ```
    /// # fn main() -> Result<(), formwright::Error> {
    /// use formwright::{Engine, HtmlOptions, Record};
    ///
    /// let engine = Engine::open("templates", "fonts")?;
    /// let page = engine.entry("recommendation", &Record::blank(), &HtmlOptions::default())?;
    /// assert!(page.contains("name=\"id_number\""));
    /// # Ok(())
    /// # }
    /// ```
    pub fn entry(&self, name: &str, record: &Record, options: &HtmlOptions) -> Result<String, Error> {
        let form = self.entry_form(name, record)?;
        let (layout, _) = layout::lay_out(&form, record, &self.fonts, &self.layout_options(false));
        Ok(html::write(&form, &layout, record, options))
    }

    /// The record of a posted entry page, with what could not be taken or understood; it is not checked.
    ///
    /// Errors: there is no such template, or it has mistakes.
    pub fn posted(&self, name: &str, values: &[(String, Posted)]) -> Result<(Record, Diagnostics), Error> {
        Ok(readback::posted(&self.form(name, &Record::blank())?, values))
    }

    /// The form with room in its lists.
    fn entry_form(&self, name: &str, record: &Record) -> Result<Form, Error> {
        let form = self.form(name, record)?;
        let short: BTreeMap<String, usize> = lists(&form).into_iter().filter(|(list, rows)| *rows < record.rows(list) + SPARE).collect();
        if short.is_empty() {
            return Ok(form);
        }
        let template = self.template(name)?;
        let rows = |array: &str| record.rows(array) + if short.contains_key(array) { SPARE } else { 0 };
        let expanded = template.expand(&rows).map_err(Error::Refused)?;
        markup::parse(&expanded, template.id()).map_err(Error::Refused)
    }
}

/// The lists of a form with their numbers of rows.
fn lists(form: &Form) -> BTreeMap<String, usize> {
    let mut lists: BTreeMap<String, usize> = BTreeMap::new();
    for field in &form.fields {
        let mut path = String::new();
        for step in field.name.steps() {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Index(index) => {
                    let rows = lists.entry(path.clone()).or_default();
                    *rows = (*rows).max(index + 1);
                    // A list in a row of a list is none that ink can count.
                    break;
                }
            }
        }
    }
    lists
}

impl Filled<'_> {
    /// The form's entry page: laid out like the paper, a control for every field, the record in it.
    ///
    /// Errors: as [`Engine::entry`].
    pub fn html(&self, options: &HtmlOptions) -> Result<String, Error> {
        self.engine.entry(&self.form.template.id, &self.record, options)
    }
}
