//! Workbooks of people: the empty one, and the people of one that was filled in.

use std::collections::BTreeMap;

use super::Engine;
use crate::error::Error;
use crate::form::Form;
use crate::record::Record;
use crate::sheet::{self, Columns, People};

/// The key whose values are the recommending units of the round.
const RECOMMENDER: &str = "recommender";

impl Engine {
    /// The workbook (XLSX) that people fill in for a template: a row for each person, a sheet for each list (简历).
    ///
    /// It asks for what the template shows, then for what the other templates show of a person, so that one workbook serves
    /// the form and the summary sheet. Equal templates give equal bytes.
    ///
    /// Errors: there is no such template, or it has mistakes.
    pub fn workbook(&self, template: &str) -> Result<Vec<u8>, Error> {
        sheet::blank(&self.columns(template)?)
    }

    /// The people of a workbook that was filled in, one for each row that is used; `file` is what messages call it (no
    /// path is opened).
    ///
    /// What spreadsheets do to numbers and dates is undone where nothing is guessed, and named with sheet, row and column
    /// in [`sheet::Person::found`]. Photos are paths only; the records are not checked.
    ///
    /// Errors: there is no such template, or it has mistakes; the workbook cannot be read, or has no sheet of people.
    ///
    /// ```
    /// # fn main() -> Result<(), formwright::Error> {
    /// let engine = formwright::Engine::open("templates", "fonts")?;
    /// let empty = engine.workbook("recommendation")?; // goes out, comes back
    /// assert!(engine.people("recommendation", "people.xlsx", &empty)?.list.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn people(&self, template: &str, file: &str, bytes: &[u8]) -> Result<People, Error> {
        sheet::read(&self.columns(template)?, file, bytes).map_err(Error::Refused)
    }

    /// The fields that a person's record may have for a template, by the patterns of their names (`resume.*.period`), with their
    /// labels: those of `templates/record.json`, and those of the form.
    ///
    /// Errors: there is no such template, or it has mistakes.
    pub fn fields(&self, template: &str) -> Result<BTreeMap<String, String>, Error> {
        let form = self.form(template, &Record::blank())?;
        let own = form.fields.into_iter().filter(|field| field.kind.is_data()).map(|field| (field.name.pattern(), field.label));
        Ok(own.chain(self.labels()).collect())
    }

    /// What a workbook of people asks for.
    fn columns(&self, template: &str) -> Result<Columns, Error> {
        let form = self.form(template, &Record::blank())?;
        // A template with mistakes is told of when it is asked for itself.
        let others: Vec<Form> =
            self.template_names().filter(|name| *name != template).filter_map(|name| self.form(name, &Record::blank()).ok()).collect();
        let others: Vec<&Form> = others.iter().collect();
        let offered = [(RECOMMENDER, self.units())];
        Ok(Columns::of(&form, &others, &self.labels(), &offered))
    }

    /// Every key of a person with its label, in the order of `templates/record.json`.
    fn labels(&self) -> Vec<(String, String)> {
        let listed = self.json("record.json");
        let keys = listed.get("keys").and_then(|keys| keys.as_object());
        keys.into_iter().flatten().map(|(key, label)| (key.clone(), label.as_str().unwrap_or(key).to_owned())).collect()
    }

    /// The units that recommend, in the order of 附件1.
    fn units(&self) -> Vec<String> {
        let round = self.json("round.json");
        let quotas = round.get("quotas").and_then(|quotas| quotas.as_array());
        quotas.into_iter().flatten().filter_map(|quota| Some(quota.get("unit")?.as_str()?.to_owned())).collect()
    }

    fn json(&self, file: &str) -> serde_json::Value {
        self.read.files.get(file).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
