//! Copies of papers: whole, in the place that a template keeps for them.

use std::sync::Arc;

use super::frame::{Item, ItemKind, Layout, Placed, PlacedCopy};
use crate::form::{FieldKind, Form, Role};
use crate::image::{self, Picture};
use crate::pdf_in::ImportedPage;
use crate::units::Mm;

/// Dots per inch at which a picture has its natural size: nothing is blown up until it is coarse.
const NATURAL_DPI: f64 = 150.0;

/// A paper that is copied.
#[derive(Clone, Debug)]
pub enum Paper {
    /// A picture of it.
    Picture(Arc<Picture>),
    /// A page of a file.
    Page(Arc<ImportedPage>),
}

impl Paper {
    /// Whether it is in colour, as far as can be told.
    pub fn is_coloured(&self) -> bool {
        match self {
            Paper::Picture(picture) => picture.colour == image::Colour::Rgb,
            Paper::Page(page) => page.coloured,
        }
    }

    fn size(&self) -> (Mm, Mm) {
        match self {
            Paper::Picture(picture) => {
                let side = |pixels: u32| Mm(f64::from(pixels) * 25.4 / NATURAL_DPI);
                (side(picture.width), side(picture.height))
            }
            Paper::Page(page) => (page.width, page.height),
        }
    }
}

/// Sets a paper into the place for a photo of that name: whole, never stretched, never above its natural size. One that is set
/// broadside has its head at the left (GB/T 9704-2012, 8).
///
/// `false` where the form has no such place.
pub fn set_copy(form: &Form, layout: &mut Layout, name: &str, paper: &Paper) -> bool {
    let Some((field, _)) = form.field(name).filter(|(_, field)| field.kind == FieldKind::Photo) else { return false };
    let mut set = false;
    for item in layout.frames.iter_mut().flat_map(|frame| &mut frame.items) {
        let cell = item.cell;
        let ItemKind::Widget(widget) = &mut item.kind else { continue };
        if widget.field != field {
            continue;
        }
        let (at, turned) = image::whole(paper.size(), widget.at);
        let kind = match paper {
            Paper::Picture(picture) => ItemKind::Image(Placed { at, clip: at, picture: Arc::clone(picture), turned }),
            Paper::Page(page) => ItemKind::Copy(PlacedCopy { at, page: Arc::clone(page), turned }),
        };
        widget.items = vec![Item { role: Role::Value(field), cell, kind }];
        set = true;
    }
    set
}
