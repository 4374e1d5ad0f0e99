//! Items become operators. Every item of a document passes [`Ink::item`], on a page and in a widget alike.

use std::collections::BTreeMap;

use super::coords::{Milli, Paper};
use super::copy::Copies;
use super::face::spoken;
use super::glyphs::Glyphs;
use super::ops::{Ops, Piece};
use super::part::{Drawing, DrawnFace};
use super::picture::Pictures;
use super::stream::pack_well;
use crate::error::Error;
use crate::fonts::{FaceId, Fonts};
use crate::form::{Form, Role};
use crate::layout::{Glyph, Item, ItemKind, Placed, PlacedCopy, Run, Text, Widget};

/// What all pages and widgets of a drawing share.
pub(super) struct Shared<'a> {
    pub(super) form: &'a Form,
    pub(super) fonts: &'a Fonts,
    /// Whether a person will change the file.
    pub(super) fillable: bool,
    pub(super) compress: bool,
    pub(super) faces: BTreeMap<FaceId, Glyphs>,
    pub(super) pictures: Pictures,
    pub(super) copies: Copies,
}

/// One content stream in the making.
pub(super) struct Ink<'a, 'f, 'i> {
    shared: &'a mut Shared<'f>,
    paper: Paper,
    ops: Ops,
    /// What it names; its content is still in `ops`.
    drawing: Drawing,
    /// Where widgets go, if they are not drawn.
    widgets: Option<Vec<&'i Widget>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(form: &'a Form, fonts: &'a Fonts, fillable: bool, compress: bool) -> Shared<'a> {
        let (faces, pictures, copies) = Default::default();
        Shared { form, fonts, fillable, compress, faces, pictures, copies }
    }

    /// The faces that were used.
    pub(super) fn drawn_faces(&self) -> Vec<DrawnFace> {
        self.faces.iter().map(|(id, glyphs)| DrawnFace::new(*id, glyphs.iter().collect(), self.fonts)).collect()
    }

    /// Announces a face.
    ///
    /// A licence may allow a face on paper and in a file to look at, but not in one that is to be changed.
    fn face(&mut self, face: FaceId) -> Result<(), Error> {
        if self.faces.contains_key(&face) {
            return Ok(());
        }
        if self.fillable && self.fonts.print_only(face).is_some() {
            let name = self.fonts.name(face);
            return Err(Error::Font(format!(
                "the licence of {name} forbids it in a file that is to be filled in: make the print PDF, or take the face away; \
                 字体 {name} 的许可不允许嵌入可填写的文件，请输出打印版，或移去该字体"
            )));
        }
        self.faces.insert(face, Glyphs::default());
        Ok(())
    }

    /// What a glyph says and its width, once it is known to be used.
    fn glyph(&mut self, face: FaceId, glyph: &Glyph) -> Result<(Option<char>, f64), Error> {
        // No face has a glyph 65,535 (maxp counts from 1).
        let known = if glyph.id == 0 || glyph.id == u16::MAX { None } else { spoken(self.fonts, face, glyph.id) };
        // A missing glyph must have been refused long before: the paper would show a box.
        let missing = || Error::Font(format!("{} lacks U+{:04X}", self.fonts.name(face), u32::from(glyph.ch)));
        let known = known.ok_or_else(missing)?;
        if let Some(used) = self.faces.get_mut(&face) {
            used.insert(glyph.id);
        }
        Ok(known)
    }
}

impl<'a, 'f, 'i> Ink<'a, 'f, 'i> {
    /// Ink that draws widgets as what they hold.
    pub(super) fn new(shared: &'a mut Shared<'f>, paper: Paper) -> Ink<'a, 'f, 'i> {
        Ink { shared, paper, ops: Ops::default(), drawing: Drawing::default(), widgets: None }
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
            ItemKind::Copy(placed) => self.copy(placed),
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

    /// The content stream with what it names, and the widgets that were put aside.
    pub(super) fn finish(self) -> Result<(Drawing, Vec<&'i Widget>), Error> {
        let content = pack_well(&self.ops.finish(), self.shared.compress)?.into();
        Ok((Drawing { content, ..self.drawing }, self.widgets.unwrap_or_default()))
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
        self.shared.face(run.face)?;
        let face = run.face.0;
        if !self.drawing.faces.contains(&face) {
            self.drawing.faces.push(face);
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
            let (says, width) = self.shared.glyph(run.face, glyph)?;
            let says_it = said || says == Some(glyph.ch);
            if says_it != unsaid.is_empty() {
                self.show(&mut pieces, &mut unsaid);
            }
            let shift = Milli::pt((wanted - pen) / 1000.0).get();
            if shift != 0 {
                pieces.push(Piece::Shift(shift));
                pen += f64::from(shift);
            }
            pieces.push(Piece::Code(glyph.id));
            if !says_it {
                unsaid.push(glyph.ch);
            }
            wanted += (f64::from(glyph.advance) + f64::from(glyph.space)) * 1000.0;
            pen += width;
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
        let image = self.shared.pictures.place(&placed.picture);
        if !self.drawing.pictures.contains(&image) {
            self.drawing.pictures.push(image);
        }
        let (at, clip) = (self.paper.rect(&placed.at), self.paper.rect(&placed.clip));
        self.ops.xobject(&format!("I{image}"), (1.0, 1.0), at, placed.turned, (clip != at).then_some(clip));
    }

    fn copy(&mut self, placed: &PlacedCopy) -> Result<(), Error> {
        let copy = self.shared.copies.place(&placed.page, self.shared.compress)?;
        if !self.drawing.copies.contains(&copy) {
            self.drawing.copies.push(copy);
        }
        let size = self.shared.copies.size(copy);
        self.ops.xobject(&format!("C{copy}"), size, self.paper.rect(&placed.at), placed.turned, None);
        Ok(())
    }
}
