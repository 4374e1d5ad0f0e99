//! What the whole document shares while it is made: styles, controls, pictures.

use super::atoms::{Ink, Line, Says, Value};
use super::control::{Controls, Kept};
use super::picture::Pictures;
use super::styles::Styles;
use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::{Field, FieldIx, FontRole, Form};
use crate::layout::{Layout, Widget};
use crate::name::FieldName;
use crate::package::marks;

/// What the whole document shares while it is made.
pub(super) struct Shared<'d> {
    pub(super) fonts: &'d Fonts,
    pub(super) locked: &'d [FieldName],
    /// The form that is being written.
    pub(super) form: &'d Form,
    /// Its layout.
    pub(super) layout: &'d Layout,
    /// The ink that each field shows while it is empty.
    pub(super) empty: Vec<String>,
    pub(super) styles: Styles,
    pub(super) controls: Controls,
    pub(super) pictures: Pictures,
    /// The fixed text without white space, in the document's order: what [`marks::ink_digest`] finds when it reads the document.
    pub(super) ink: String,
    /// The digest of the file in each picture control.
    pub(super) photos: Vec<(FieldName, String)>,
    /// For each row of the document, in its order, whether it is a head that every sheet repeats.
    pub(super) heads: Vec<bool>,
}

impl<'d> Shared<'d> {
    /// The field of a number.
    pub(super) fn field(&self, at: FieldIx) -> Result<&'d Field, Error> {
        self.form.fields.get(at.0).ok_or_else(|| Error::Write("the layout does not belong to the form".to_owned()))
    }

    /// Makes another form the one that is written.
    pub(super) fn turn_to(&mut self, form: &'d Form, layout: &'d Layout) {
        (self.form, self.layout) = (form, layout);
        self.empty = vec![String::new(); form.fields.len()];
        for place in form.boxes() {
            if let Some(known) = self.empty.get_mut(place.field.0)
                && known.is_empty()
            {
                *known = place.empty.iter().map(|line| line.text.as_str()).collect();
            }
        }
    }

    /// What a blank field shows: its own empty ink (　　年　　月　　日), else two full-width spaces. Without either, Word
    /// would print a placeholder of its own.
    pub(super) fn empty_ink(&self, at: FieldIx) -> String {
        self.empty.get(at.0).filter(|ink| !ink.is_empty()).cloned().unwrap_or_else(|| "\u{3000}\u{3000}".to_owned())
    }

    /// The whole text of a field.
    pub(super) fn text(&self, at: FieldIx) -> &'d str {
        self.layout.values.get(at.0).map_or("", |value| value.text.as_str())
    }

    /// Notes a control and what it says; the number leads back to it when the document is finished.
    pub(super) fn control(&mut self, kept: Kept) -> Result<usize, Error> {
        let field = self.field(kept.field)?;
        let capacity = self.layout.values.get(kept.field.0).and_then(|value| value.capacity);
        self.controls.keep(field, capacity, self.locked.contains(&field.name), kept)
    }

    /// Notes a picture control.
    pub(super) fn picture(&mut self, widget: &Widget) -> Result<usize, Error> {
        let field = self.field(widget.field)?;
        let locked = self.locked.contains(&field.name);
        let placed = self.pictures.place(widget, self.fonts)?;
        self.photos.push((field.name.clone(), marks::value_digest(self.pictures.bytes(&placed))));
        self.controls.keep_picture(field, locked, &placed)
    }

    /// The part that the face of a line's first ink plays; 宋体 for a line that begins with a rare character.
    pub(super) fn role_of_line(&self, line: &Line) -> FontRole {
        let roles = line.pieces.iter().filter_map(|piece| match &piece.ink {
            Ink::Run(run) => self.fonts.role_of(run.face),
            Ink::Value(Value { says: Says::Text(flow, _), .. }) => Some(flow.font),
            Ink::Value(_) => None,
        });
        roles.into_iter().next().unwrap_or(FontRole::Song)
    }
}
