//! Frames become PDF: page content and form fields in one pass.
//!
//! Every item is drawn by one function, on a page or in a widget's appearance, at the coordinates that layout gave
//! it: the print PDF and the fillable PDF look alike because they are the same drawing. One subset of each face
//! serves pages and appearances. Nothing here measures, breaks or fits.
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

mod cff;
mod coords;
mod document;
mod face;
mod field;
mod file;
mod ink;
mod ops;
mod picture;
mod stream;
mod widget;

use pdf_writer::types::TabOrder;
use pdf_writer::writers::{Page, Pages};
use pdf_writer::{Finish, Ref};

use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::Form;
use crate::layout::{Frame, Layout};
use crate::name::FieldName;
use coords::Paper;
use document::Bookmark;
use file::File;
use ink::{Ink, Shared};
use stream::pack;
use widget::PlacedWidget;

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
    let mut file = File::new(options.compress);
    let mut shared =
        Shared { form, fonts, fillable: options.fillable, ids: Ref::new(1), faces: Default::default(), pictures: Default::default() };

    let tree = shared.ids.bump();
    let mut pages = Vec::with_capacity(layout.frames.len());
    let mut widgets = Vec::new();
    for frame in &layout.frames {
        let (page, placed) = page(frame, tree, &mut shared, &mut file)?;
        pages.push(page);
        widgets.extend(placed);
    }
    let count = i32::try_from(pages.len()).map_err(|_| Error::Write("too many pages".to_owned()))?;
    file.object::<Pages>(tree).kids(pages.iter().copied()).count(count);

    let mut ids = shared.ids;
    let roots = if options.fillable { Some(field::write((form, &options.locked), layout, &widgets, &mut file, &mut ids)?) } else { None };
    shared.faces.write(&mut file, &mut ids)?;
    shared.pictures.write(&mut file)?;

    let titled = layout.frames.iter().zip(&pages).filter_map(|(frame, page)| Some((frame.title.as_deref()?, *page, frame.size)));
    let bookmarks: Vec<Bookmark> = titled.map(|(title, page, size)| Bookmark { title, page, top: Paper::new(size).area().top }).collect();
    document::write(&mut file, &mut ids, &form.template, tree, &bookmarks, roots.as_deref());
    file.finish(ids)
}

/// Writes a page and the appearances of its widgets.
fn page(frame: &Frame, tree: Ref, shared: &mut Shared, file: &mut File) -> Result<(Ref, Vec<PlacedWidget>), Error> {
    let (page_id, content_id) = (shared.ids.bump(), shared.ids.bump());
    let paper = Paper::new(frame.size);
    let mut ink = if shared.fillable { Ink::without_widgets(shared, paper) } else { Ink::new(shared, paper) };
    frame.items.iter().try_for_each(|item| ink.item(item))?;
    let drawn = ink.finish();
    let packed = pack(&drawn.content, file.compress)?;
    packed.describe(&mut file.stream(content_id, &packed.bytes));

    let mut placed = Vec::with_capacity(drawn.widgets.len());
    for widget in &drawn.widgets {
        placed.push(PlacedWidget::draw(shared, file, (widget, paper, page_id))?);
    }
    let form = shared.form;
    let placed = widget::stacked(placed, |field| form.fields.get(field.0).map(|field| field.kind.clone()));

    let mut page = file.object::<Page>(page_id);
    page.parent(tree).media_box(paper.area().to_rect()).contents(content_id);
    drawn.resources(shared, &mut page.resources());
    if !placed.is_empty() {
        page.annotations(placed.iter().map(|widget| widget.id));
        // Row order; structure order becomes possible with tags (table 30).
        page.tab_order(TabOrder::RowOrder);
    }
    page.finish();
    Ok((page_id, placed))
}
