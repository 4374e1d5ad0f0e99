//! Items become operators. Every item of a document passes [`Ink::item`], on a page and in a widget alike.

use std::sync::Arc;

use pdf_writer::writers::Resources;
use pdf_writer::{Name, Ref};

use super::coords::{Milli, Paper};
use super::face::Faces;
use super::ops::{Ops, Piece};
use super::picture::Pictures;
use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::{Form, Role};
use crate::layout::{Item, ItemKind, Placed, Run, Text, Widget};

/// What all pages and widgets of a document share.
pub(super) struct Shared<'a> {
    pub(super) form: &'a Form,
    pub(super) fonts: &'a Fonts,
    /// Whether a person will change the file.
    pub(super) fillable: bool,
    pub(super) ids: Ref,
    pub(super) faces: Faces,
    pub(super) pictures: Pictures,
}

/// One content stream in the making.
pub(super) struct Ink<'a, 'f, 'i> {
    shared: &'a mut Shared<'f>,
    paper: Paper,
    ops: Ops,
    fonts: Vec<usize>,
    images: Vec<usize>,
    /// Where widgets go, if they are not drawn.
    widgets: Option<Vec<&'i Widget>>,
}

/// A finished content stream.
pub(super) struct Drawn<'i> {
    pub(super) content: Vec<u8>,
    pub(super) fonts: Vec<usize>,
    pub(super) images: Vec<usize>,
    pub(super) widgets: Vec<&'i Widget>,
}

impl<'a, 'f, 'i> Ink<'a, 'f, 'i> {
    /// Ink that draws widgets as what they hold.
    pub(super) fn new(shared: &'a mut Shared<'f>, paper: Paper) -> Ink<'a, 'f, 'i> {
        Ink { shared, paper, ops: Ops::default(), fonts: Vec::new(), images: Vec::new(), widgets: None }
    }

    /// Ink that puts widgets aside.
    pub(super) fn without_widgets(shared: &'a mut Shared<'f>, paper: Paper) -> Ink<'a, 'f, 'i> {
        Ink { widgets: Some(Vec::new()), ..Ink::new(shared, paper) }
    }

    /// Draws an item. The role and the cell of the item end here: tags would be written around this match.
    pub(super) fn item(&mut self, item: &'i Item) -> Result<(), Error> {
        match &item.kind {
            ItemKind::Text(text) => self.text(text, item.role),
            ItemKind::Line(stroke) => {
                let (from, to) = (self.paper.point(stroke.from.0, stroke.from.1), self.paper.point(stroke.to.0, stroke.to.1));
                self.ops.line(from, to, stroke.width.into());
                Ok(())
            }
            ItemKind::Image(placed) => {
                self.image(placed);
                Ok(())
            }
            ItemKind::Copy(_) => Err(Error::Write("copies of pages cannot be drawn yet".to_owned())),
            ItemKind::Widget(widget) => match &mut self.widgets {
                Some(aside) => {
                    aside.push(widget);
                    Ok(())
                }
                None => widget.items.iter().try_for_each(|item| self.item(item)),
            },
        }
    }

    /// Draws all items as the variable text of a field (12.7.3.3), which a reader replaces when a person types.
    pub(super) fn variable_text(&mut self, items: &'i [Item]) -> Result<(), Error> {
        self.ops.begin_marked("Tx");
        items.iter().try_for_each(|item| self.item(item))?;
        self.ops.end_marked();
        Ok(())
    }

    /// The content stream and what it needs.
    pub(super) fn finish(self) -> Drawn<'i> {
        Drawn { content: self.ops.finish(), fonts: self.fonts, images: self.images, widgets: self.widgets.unwrap_or_default() }
    }

    fn text(&mut self, text: &Text, role: Role) -> Result<(), Error> {
        let continued = match role {
            Role::Continuation(field) => self.shared.form.fields.get(field.0),
            _ => None,
        };
        if let Some(field) = continued {
            self.ops.begin_text_span("FWContinuation", "FWField", field.name.as_str());
        }
        if let Some(actual) = &text.actual {
            self.ops.begin_text_span("Span", "ActualText", actual);
        }
        text.runs.iter().try_for_each(|run| self.run(run, text.actual.is_some()))?;
        for _ in 0..usize::from(text.actual.is_some()) + usize::from(continued.is_some()) {
            self.ops.end_text_span();
        }
        Ok(())
    }

    fn run(&mut self, run: &Run, said: bool) -> Result<(), Error> {
        if run.glyphs.is_empty() {
            return Ok(());
        }
        let shared = &mut *self.shared;
        let face = shared.faces.place(run.face, shared.fonts, shared.fillable, &mut shared.ids)?;
        if !self.fonts.contains(&face) {
            self.fonts.push(face);
        }
        self.ops.font(face, Milli::from(run.size));
        self.ops.text_at(self.paper.point(run.x, run.baseline));

        let mut pieces = Vec::with_capacity(run.glyphs.len());
        // Where the pen should be and where it is, in thousandths of an em: shifts are whole numbers, and what
        // rounding leaves over is made good at the next glyph.
        let (mut wanted, mut pen) = (0.0, 0.0);
        // The characters that the codes shown next do not say themselves.
        let mut unsaid = String::new();
        for glyph in &run.glyphs {
            let used = self.shared.faces.glyph(face, glyph)?;
            let says_it = said || used.says_it;
            if says_it != unsaid.is_empty() {
                self.show(&mut pieces, &mut unsaid);
            }
            let shift = Milli::pt((wanted - pen) / 1000.0).get();
            if shift != 0 {
                pieces.push(Piece::Shift(shift));
                pen += f64::from(shift);
            }
            pieces.push(Piece::Code(used.code));
            if !says_it {
                unsaid.push(glyph.ch);
            }
            wanted += (f64::from(glyph.advance) + f64::from(glyph.space)) * 1000.0;
            pen += used.width;
        }
        self.show(&mut pieces, &mut unsaid);
        Ok(())
    }

    /// Shows pieces, with their text beside them if their codes do not say it (14.9.4).
    fn show(&mut self, pieces: &mut Vec<Piece>, unsaid: &mut String) {
        if !unsaid.is_empty() {
            self.ops.begin_text_span("Span", "ActualText", unsaid);
        }
        self.ops.show(pieces);
        if !unsaid.is_empty() {
            self.ops.end_text_span();
        }
        pieces.clear();
        unsaid.clear();
    }

    fn image(&mut self, placed: &Placed) {
        let image = self.shared.pictures.place(&Arc::clone(&placed.picture), &mut self.shared.ids);
        if !self.images.contains(&image) {
            self.images.push(image);
        }
        let (at, clip) = (self.paper.rect(&placed.at), self.paper.rect(&placed.clip));
        self.ops.image(&image_name(image), at, (clip != at).then_some(clip));
    }
}

impl Drawn<'_> {
    /// The resources that the content names, no others.
    pub(super) fn resources(&self, shared: &Shared, resources: &mut Resources) {
        if !self.fonts.is_empty() {
            let mut fonts = resources.fonts();
            for place in &self.fonts {
                if let Some(font) = shared.faces.font(*place) {
                    fonts.pair(Name(format!("F{place}").as_bytes()), font);
                }
            }
        }
        if !self.images.is_empty() {
            let mut images = resources.x_objects();
            for place in &self.images {
                if let Some(image) = shared.pictures.image(*place) {
                    images.pair(Name(image_name(*place).as_bytes()), image);
                }
            }
        }
    }
}

fn image_name(place: usize) -> String {
    format!("I{place}")
}
