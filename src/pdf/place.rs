//! What was drawn is put into a file: it gets its numbers there, and its streams are copied.

use std::io::Write;

use pdf_writer::types::TabOrder;
use pdf_writer::writers::{Page, Resources};
use pdf_writer::{Finish, Name, Ref};

use super::coords::Area;
use super::file::File;
use super::glyphs::Faces;
use super::part::{Drawing, Part, Sheet};
use super::widget::PlacedWidget;
use crate::error::Error;
use crate::fonts::Fonts;

/// A part in a file: the numbers that its faces, pictures and copies have there.
pub(super) struct Placing {
    faces: Vec<(u16, Ref)>,
    pictures: Vec<Ref>,
    copies: Vec<Ref>,
}

impl Placing {
    /// Writes what the pages of a part share. Errors: it was drawn with other faces.
    pub(super) fn new<W: Write>(part: &Part, faces: &mut Faces, fonts: &Fonts, file: &mut File<W>) -> Result<Placing, Error> {
        // All are looked at before anything is written, so that what is refused leaves no trace.
        let ids = part.faces.iter().map(|drawn| drawn.id(fonts)).collect::<Result<Vec<_>, Error>>()?;
        let mut placing = Placing { faces: Vec::new(), pictures: Vec::new(), copies: Vec::new() };
        for (drawn, id) in part.faces.iter().zip(ids) {
            placing.faces.push((id.0, faces.font(id, &drawn.glyphs, file)));
        }
        for picture in &part.pictures {
            let id = file.id();
            picture.write(id, file);
            placing.pictures.push(id);
        }
        let objects: Vec<Ref> = part.objects.iter().map(|_| file.id()).collect();
        for (object, id) in part.objects.iter().zip(&objects) {
            object.write(*id, &objects, file);
        }
        for copy in &part.copies {
            let id = file.id();
            copy.write(id, &objects, file);
            placing.copies.push(id);
        }
        Ok(placing)
    }

    /// Writes a page with its content and its widgets.
    pub(super) fn page<W: Write>(&self, (id, parent): (Ref, Ref), sheet: &Sheet, widgets: &[PlacedWidget], file: &mut File<W>) {
        let content_id = file.id();
        let content = &sheet.drawing.content;
        content.describe(&mut file.stream(content_id, &content.bytes.0));

        let mut page = file.object::<Page>(id);
        page.parent(parent).media_box(sheet.area.to_rect()).contents(content_id);
        self.resources(&sheet.drawing, &mut page.resources());
        if !widgets.is_empty() {
            page.annotations(widgets.iter().map(|widget| widget.id));
            // Row order; structure order becomes possible with tags (table 30).
            page.tab_order(TabOrder::RowOrder);
        }
        page.finish();
    }

    /// Writes a drawing as a form XObject in the page's own coordinates: its box is the widget's rectangle, so the
    /// reader's transformation (12.5.5, algorithm 8.1) is the identity and every item falls where print has it.
    pub(super) fn appearance<W: Write>(&self, id: Ref, drawing: &Drawing, area: Area, file: &mut File<W>) {
        let mut form = file.form_xobject(id, &drawing.content.bytes.0);
        form.bbox(area.to_rect());
        self.resources(drawing, &mut form.resources());
        drawing.content.describe(&mut form);
        form.finish();
    }

    /// The resources that the content names, no others.
    fn resources(&self, drawing: &Drawing, resources: &mut Resources) {
        if !drawing.faces.is_empty() {
            let mut fonts = resources.fonts();
            for face in &drawing.faces {
                if let Some((_, font)) = self.faces.iter().find(|(id, _)| id == face) {
                    fonts.pair(Name(format!("F{face}").as_bytes()), *font);
                }
            }
        }
        if !drawing.pictures.is_empty() || !drawing.copies.is_empty() {
            let mut objects = resources.x_objects();
            for (letter, places, ids) in [('I', &drawing.pictures, &self.pictures), ('C', &drawing.copies, &self.copies)] {
                for place in places {
                    if let Some(id) = ids.get(*place) {
                        objects.pair(Name(format!("{letter}{place}").as_bytes()), *id);
                    }
                }
            }
        }
    }
}
