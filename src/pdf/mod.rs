//! Frames become PDF: page content and form fields in one pass.
//!
//! Every item is drawn by one function, on a page or in a widget's appearance, at the coordinates that layout gave
//! it: the print PDF and the fillable PDF look alike because they are the same drawing. One subset of each face
//! serves pages and appearances. Nothing here measures, breaks or fits.
//!
//! Drawing comes first and gives a [`Part`], which belongs to no file: a glyph's code is its number in its face, streams are
//! ready, and only what is shared has no number yet. Then a part is put into a file: [`write()`] and [`write_part`] make one of
//! its own, a [`PrintRun`] takes any number of parts.
//!
//! # Private keys
//! ISO 32000-1, annex E, leaves a file room for keys of its own; readers that do not know them pass over them.
//!
//! | where | key | value |
//! |---|---|---|
//! | catalog | `/FWForm` | `<< /Template (id) /Version (version) /Digest (SHA-256 of the template, hex) >>` |
//! | document information | `/FWTemplate`, `/FWVersion`, `/FWDigest` | the same three |
//! | terminal field | `/FWKind` | `/text /number /id-number /mobile /postcode /textarea /choice /check /date /month /photo /signature /seal` |
//! | marked content | `/FWContinuation` | `<< /FWField (name of the field) >>` around the part of a value that stands on a 附页 |
//!
//! The values as issued are the fields' default values (`/DV`), so a reader can tell what changed since.

mod bookmark;
mod cff;
mod coords;
mod copy;
mod document;
mod face;
mod field;
mod file;
mod glyphs;
mod ink;
mod ops;
mod part;
mod picture;
mod place;
mod run;
mod stream;
mod widget;

use pdf_writer::Ref;
use pdf_writer::writers::Pages;

use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::Form;
use crate::layout::Layout;
use crate::name::FieldName;
use bookmark::{Bookmark, Bookmarks};
use coords::Paper;
use document::Document;
use file::File;
use glyphs::Faces;
use ink::{Ink, Shared};
pub use part::Part;
use part::Sheet;
use place::Placing;
pub use run::{PrintRun, RunOptions};
use widget::{DrawnWidget, PlacedWidget, stacked};

/// What kind of PDF.
#[derive(Clone, Debug)]
pub struct PdfOptions {
    /// Fields become widgets.
    pub fillable: bool,
    /// Fields of a fillable PDF that show their values and take no other; names without a field are passed over.
    pub locked: Vec<FieldName>,
    /// Streams are deflated; without, a person can read them.
    #[doc(hidden)]
    pub compress: bool,
}

impl Default for PdfOptions {
    fn default() -> PdfOptions {
        PdfOptions { fillable: false, locked: Vec::new(), compress: true }
    }
}

impl PdfOptions {
    /// A PDF to print.
    pub fn print() -> PdfOptions {
        PdfOptions::default()
    }

    /// A PDF to fill in.
    pub fn fillable() -> PdfOptions {
        PdfOptions { fillable: true, ..PdfOptions::default() }
    }
}

/// Writes a laid-out form as PDF 1.7 (ISO 32000-1).
///
/// The same arguments give the same bytes. Fails where a face cannot be read or subset, or where the layout does
/// not belong to the form.
pub fn write(form: &Form, layout: &Layout, fonts: &Fonts, options: &PdfOptions) -> Result<Vec<u8>, Error> {
    let (part, widgets) = drawn(&[(form, layout)], fonts, (options.fillable, options.compress))?;
    let fields = options.fillable.then_some((form, layout, &options.locked[..]));
    written(&part, &widgets, fields, fonts, options.compress)
}

/// Draws laid-out forms for print, one after another as one dossier.
///
/// The part holds no more than the pages need, and can be put into any number of files. Fails where the paper could not
/// be printed: a glyph that its face lacks, a picture or a copied page without a size.
pub fn draw(sections: &[(&Form, &Layout)], fonts: &Fonts, compress: bool) -> Result<Part, Error> {
    Ok(drawn(sections, fonts, (false, compress))?.0)
}

/// Writes one dossier as a PDF of its own; of one section, the very bytes of [`write()`].
///
/// A part is for print: `fillable` and `locked` are passed over. Its title and its template are those of its first section.
pub fn write_part(part: &Part, fonts: &Fonts, options: &PdfOptions) -> Result<Vec<u8>, Error> {
    written(part, &[], None, fonts, options.compress)
}

/// Draws sections; the widgets of each page are apart if a person will fill them in.
fn drawn(sections: &[(&Form, &Layout)], fonts: &Fonts, (fillable, compress): (bool, bool)) -> Result<(Part, Vec<Vec<DrawnWidget>>), Error> {
    let Some((first, _)) = sections.first() else { return Err(Error::Write("a dossier has no section".to_owned())) };
    let mut shared = Shared::new(first, fonts, fillable, compress);
    let (mut sheets, mut widgets) = (Vec::new(), Vec::new());
    for (form, layout) in sections {
        shared.form = form;
        for frame in &layout.frames {
            let paper = Paper::new(frame.size);
            let mut ink = if fillable { Ink::without_widgets(&mut shared, paper) } else { Ink::new(&mut shared, paper) };
            frame.items.iter().try_for_each(|item| ink.item(item))?;
            let (drawing, aside) = ink.finish()?;
            let aside = aside.into_iter().map(|widget| DrawnWidget::new(&mut shared, widget, paper)).collect::<Result<_, Error>>()?;
            widgets.push(stacked(aside, |field| form.fields.get(field.0).map(|field| field.kind.clone())));
            sheets.push(Sheet { area: paper.area(), title: frame.title.clone(), drawing });
        }
    }
    let (faces, pictures) = (shared.drawn_faces(), shared.pictures.store(compress)?);
    let (copies, objects) = shared.copies.store();
    Ok((Part { template: first.template.clone(), faces, pictures, copies, objects, sheets }, widgets))
}

/// Writes a part as a document, with the widgets of each page and the form they belong to if there is one.
fn written(
    part: &Part,
    widgets: &[Vec<DrawnWidget>],
    fields: Option<(&Form, &Layout, &[FieldName])>,
    fonts: &Fonts,
    compress: bool,
) -> Result<Vec<u8>, Error> {
    let mut file = File::new(Vec::with_capacity(256 * 1024), compress);
    let mut faces = Faces::default();
    let tree = file.id();
    let placing = Placing::new(part, &mut faces, fonts, &mut file)?;
    let pages: Vec<Ref> = part.sheets.iter().map(|_| file.id()).collect();
    let count = i32::try_from(pages.len()).map_err(|_| Error::Write("too many pages".to_owned()))?;
    file.object::<Pages>(tree).kids(pages.iter().copied()).count(count);
    let mut placed: Vec<PlacedWidget> = Vec::new();
    for (at, (sheet, page)) in part.sheets.iter().zip(&pages).enumerate() {
        let begin = placed.len();
        placed.extend(widgets.get(at).into_iter().flatten().map(|widget| widget.place(&placing, *page, &mut file)));
        placing.page((*page, tree), sheet, placed.get(begin..).unwrap_or_default(), &mut file);
    }
    let roots = match fields {
        Some((form, layout, locked)) => Some(field::write((form, locked), layout, &placed, &mut file)?),
        None => None,
    };
    faces.write(fonts, &mut file)?;

    let mut bookmarks = Bookmarks::default();
    for bookmark in titled(part, &pages) {
        bookmarks.add(&bookmark, &[], &mut file)?;
    }
    let bookmarks = bookmarks.finish_document(&mut file);
    let template = &part.template;
    let (title, template) = (&template.title[..], Some(template));
    document::write(&Document { title, template, pages: tree, bookmarks, labels: None, fields: roots.as_deref() }, &mut file);
    file.finish()
}

/// The pages of a part at which something begins.
fn titled<'a>(part: &'a Part, pages: &[Ref]) -> Vec<Bookmark<'a>> {
    let sheets = part.sheets.iter().zip(pages);
    sheets.filter_map(|(sheet, page)| Some(Bookmark { title: sheet.title.as_deref()?, page: *page, top: sheet.area.top })).collect()
}
