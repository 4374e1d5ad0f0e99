//! Layout: where everything stands, at which size, and on which sheet. It reads nothing but its arguments.

mod annex;
mod capacity;
mod copy;
mod frame;
mod ink;
mod lines;
mod page;
mod rules;
mod table;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics};
use crate::fonts::Fonts;
use crate::form::{FieldIx, Form, PageKind};
use crate::image::Picture;
use crate::record::Record;

pub use capacity::Capacity;
pub use copy::{Paper, set_copy};
pub use frame::{CellPlace, FieldValue, Flow, Frame, Glyph, Item, ItemKind, Layout, Placed, PlacedCopy, Ruled, Run, Stroke, Text, Widget};
pub use value::{on_paper, room};

/// What a layout may be asked for beyond its form and record.
#[derive(Clone, Copy, Debug, Default)]
pub struct LayoutOptions {
    /// Pictures in grey, for a black-and-white print.
    pub grey: bool,
    /// A photo with fewer dots per inch on paper is warned of; 200 where nothing is said.
    pub photo_dpi: Option<f64>,
}

/// Sets a record on a form.
///
/// The layout is complete even where something is wrong; the diagnostics tell what the paper could not say
/// (a character that no face has, a text that neither fits nor may continue, a broken photo).
pub fn lay_out(form: &Form, record: &Record, fonts: &Fonts, options: &LayoutOptions) -> (Layout, Diagnostics) {
    let mut setter = Setter {
        form,
        record,
        fonts,
        options: *options,
        frames: Vec::new(),
        values: form.fields.iter().map(|field| value::on_paper(field, record)).collect(),
        pictures: BTreeMap::new(),
        continued: Vec::new(),
        annexes: 0,
        unfit: BTreeMap::new(),
        diagnostics: Diagnostics::default(),
    };
    for page in &form.pages {
        match &page.kind {
            PageKind::Plain => setter.page(page),
            PageKind::Annex(prefix) => setter.annex_page(page, prefix),
            PageKind::Rest => setter.rest_pages(page),
        }
    }
    setter.refuse_what_is_left();
    (Layout { frames: setter.frames, values: setter.values }, setter.diagnostics)
}

/// A layout in the making.
struct Setter<'a> {
    form: &'a Form,
    record: &'a Record,
    fonts: &'a Fonts,
    options: LayoutOptions,
    /// The sheets that are finished.
    frames: Vec<Frame>,
    values: Vec<FieldValue>,
    /// Each photo once; `None` where it cannot be used.
    pictures: BTreeMap<FieldIx, Option<Arc<Picture>>>,
    /// The texts that did not fit and wait for a 附页.
    continued: Vec<Continued>,
    /// How many 附页 there are so far.
    annexes: usize,
    /// The texts that are too long and may not continue, with the room of the smallest box.
    unfit: BTreeMap<FieldIx, (usize, Diagnostic)>,
    diagnostics: Diagnostics,
}

/// A text that goes on elsewhere.
struct Continued {
    field: FieldIx,
    /// The byte of its value at which it goes on.
    begin: usize,
    /// The number of the sheet where the part before stands, from 1.
    sheet: usize,
}
