//! Page pictures of a filled form, with its fields marked by their names.

use std::sync::Arc;

use super::{Dossier, Filled};
use crate::error::Error;
use crate::form::{FieldIx, Role};
use crate::layout::{Item, ItemKind};
use crate::name::FieldName;
use crate::pdf::PdfOptions;
use crate::preview::{self, Mark, MarkKind, PreviewOptions};
use crate::units::Rect;

/// How a page of a form is shown.
#[derive(Clone, Debug)]
pub struct PngOptions {
    /// Dots per inch, 20 to 300.
    pub dpi: f64,
    /// A millimetre grid, and around every field a frame with its name.
    pub grid: bool,
    /// Fields to mark, and how; a name marks everything below it too (`resume.0` its three cells).
    pub marks: Vec<(FieldName, MarkKind)>,
}

impl Default for PngOptions {
    /// 100 dots per inch, nothing marked.
    fn default() -> PngOptions {
        PngOptions { dpi: 100.0, grid: false, marks: Vec::new() }
    }
}

/// A box in which a field's value stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldBox {
    /// The sheet, from 1.
    pub page: usize,
    /// Where on the sheet.
    pub at: Rect,
}

impl Filled<'_> {
    /// A sheet, from 1, as a PNG: made of the print PDF.
    ///
    /// Errors: [`Error::Refused`] where there is no such sheet or the resolution is out of bounds.
    pub fn png(&self, page: usize, options: &PngOptions) -> Result<Vec<u8>, Error> {
        let pdf = Arc::new(self.pdf(&PdfOptions::print())?);
        preview::page(&pdf, page, &self.preview(options))
    }

    /// What [`preview::page`] is asked for, so that one PDF serves every page of it.
    pub fn preview(&self, options: &PngOptions) -> PreviewOptions {
        let mut marks = Vec::new();
        if options.grid {
            let all = self.boxed(|_| true);
            marks.extend(all.map(|(field, FieldBox { page, at })| {
                let name = self.form.fields.get(field.0).map(|field| field.name.to_string());
                Mark { page, at, kind: MarkKind::Field, name }
            }));
        }
        for (name, kind) in &options.marks {
            marks.extend(self.boxes(name).into_iter().map(|FieldBox { page, at }| Mark { page, at, kind: *kind, name: None }));
        }
        PreviewOptions { dpi: options.dpi, grid: options.grid, marks }
    }

    /// The boxes of a field, or of all fields below a name, in reading order: its places on every sheet, 附页 included.
    pub fn boxes(&self, name: &FieldName) -> Vec<FieldBox> {
        let below = format!("{name}.");
        let meant = |field: FieldIx| {
            let found = self.form.fields.get(field.0).map_or("", |field| field.name.as_str());
            found == name.as_str() || found.starts_with(&below)
        };
        self.boxed(meant).map(|(_, place)| place).collect()
    }

    /// The boxes of some fields, sheet by sheet.
    fn boxed(&self, meant: impl Fn(FieldIx) -> bool) -> impl Iterator<Item = (FieldIx, FieldBox)> {
        let sheets = (1..).zip(&self.layout.frames);
        let places = sheets.flat_map(|(page, frame)| frame.items.iter().filter_map(move |item| Some((page, place(item)?))));
        places.filter(move |(_, (field, _))| meant(*field)).map(|(page, (field, at))| (field, FieldBox { page, at }))
    }
}

impl Dossier<'_> {
    /// What [`preview::page`] is asked for of the dossier's PDF; what is marked stands on the form, its first pages.
    pub fn preview(&self, options: &PngOptions) -> PreviewOptions {
        self.form().preview(options)
    }
}

/// The field that an item shows, and its box.
fn place(item: &Item) -> Option<(FieldIx, Rect)> {
    match (&item.kind, item.role) {
        (ItemKind::Widget(widget), _) => Some((widget.field, widget.at)),
        // On a 附页 a value is ink: nobody fills in the rest of a text.
        (ItemKind::Text(text), Role::Continuation(field)) => Some((field, text.flow.as_ref()?.room)),
        _ => None,
    }
}
