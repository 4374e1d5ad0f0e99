//! Does this record suit this form: types, required fields, identity numbers, dates, cross-checks, unknown keys.

use crate::diag::Diagnostics;
use crate::form::Form;
use crate::record::Record;

/// How strict a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// A unit prints a draft: a missing required field, a wrong check digit, an impossible date are warnings.
    #[default]
    Draft,
    /// The form is handed in: they are errors.
    Final,
}

/// The keys a record may have beyond the form's own fields: patterns such as `resume.*.period`.
pub type KnownKeys = std::collections::BTreeSet<String>;

/// Everything that is wrong with the record, all at once.
pub fn check(_form: &Form, _record: &Record, _known: &KnownKeys, _stage: Stage) -> Diagnostics {
    todo!("helper D")
}
