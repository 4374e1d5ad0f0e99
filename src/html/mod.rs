//! The entry page of a form: laid out like its paper, a real control for every field. A file of its own, or served.
//!
//! It hangs on the form tree, not on laid-out sheets: on a page texts wrap and rows grow as a person types, and what goes on on
//! a 附页 stands whole in its own place. Of the layout it asks sizes and limits only.

mod control;
mod geometry;
mod markup;
mod page;
mod problems;
mod script;
mod sheet;
mod style;

pub use geometry::stylesheet;
pub use script::SCRIPT;

use crate::diag::{Diagnostics, Lang};
use crate::form::Form;
use crate::layout::Layout;
use crate::record::Record;

/// What an entry page may be asked for.
#[derive(Clone, Debug, Default)]
pub struct HtmlOptions {
    /// The language of buttons and messages; the paper's own words stay as they are.
    pub lang: Lang,
    /// What a check found, shown at the fields and above them; none where nothing was checked.
    pub problems: Option<Diagnostics>,
    /// Where the page is served; none for a file of its own, which holds its style and script and saves its record by itself.
    pub served: Option<Served>,
}

/// The service around a served page.
///
/// Such a page has no style and no script in it, and none but `data:` pictures: it suits
/// `default-src 'self'; img-src 'self' data:`.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// The address it posts to, as `multipart/form-data`.
    pub action: String,
    /// Where `entry.css?…` ([`stylesheet`] of what stands behind the question mark) and `entry.js` ([`SCRIPT`]) lie: `/entry/assets`.
    pub assets: String,
    /// What may be made, as templates call it: a button each for `pdf`, `fillable`, `docx`, `xlsx` and `json`.
    pub outputs: Vec<String>,
}

/// The entry page of a form with a record in it, as one HTML5 page that is well-formed XML, too.
///
/// The layout is that of the same form and record; the record may have mistakes.
pub fn write(form: &Form, layout: &Layout, record: &Record, options: &HtmlOptions) -> String {
    page::write(form, layout, record, options)
}
