//! Widgets: the places of fields on pages, each with the appearance it was laid out with (ISO 32000-1, 12.5.6.19).

use std::io::Write;

use pdf_writer::types::{AnnotationFlags, HighlightEffect, TextPosition};
use pdf_writer::writers::Annotation;
use pdf_writer::{Name, Ref, Str};

use super::coords::{Area, Milli, Paper};
use super::file::File;
use super::ink::{Ink, Shared};
use super::part::Drawing;
use super::place::Placing;
use crate::error::Error;
use crate::form::{Align, FieldIx, FieldKind, Role};
use crate::layout::{Item, ItemKind, Stroke, Widget};
use crate::units::{Mm, Pt, Rect};

/// The resource name of the typing font.
pub(super) const TYPING_FONT: &str = "Song";

/// A widget, its appearances drawn.
pub(super) struct DrawnWidget {
    field: FieldIx,
    multiline: bool,
    one_line: bool,
    area: Area,
    look: Look<Drawing>,
    size: Milli,
    align: Align,
}

/// A widget in a file, its appearances written, waiting for its field.
pub(super) struct PlacedWidget {
    pub(super) field: FieldIx,
    pub(super) id: Ref,
    pub(super) multiline: bool,
    one_line: bool,
    page: Ref,
    area: Area,
    look: Look<Ref>,
    size: Milli,
    align: Align,
}

/// How a widget looks in each of its states.
#[derive(Clone, Copy)]
enum Look<T> {
    /// Always the same.
    One(T),
    /// With the picture that a push button shows.
    Icon(T),
    /// Ticked and not ticked.
    Check { yes: T, off: T },
}

impl DrawnWidget {
    /// Draws a widget's appearances.
    pub(super) fn new(shared: &mut Shared, widget: &Widget, paper: Paper) -> Result<DrawnWidget, Error> {
        let field = shared.form.fields.get(widget.field.0).ok_or_else(|| Error::Write("a widget has no field".to_owned()))?;
        // The lines of a check box may run along the rectangle's edge, and an appearance shows nothing outside it:
        // half the line, and a pixel for poppler, which moves lines to whole ones.
        let edge = if field.kind == FieldKind::Check { Mm(-0.5) } else { Mm(0.0) };
        let area = paper.rect(&widget.at.inset(edge, edge));
        let look = match &field.kind {
            FieldKind::Check => {
                let (off, yes) = states(widget);
                Look::Check { off: appearance(shared, (&off, false), paper)?, yes: appearance(shared, (&yes, false), paper)? }
            }
            FieldKind::Photo => {
                let picture = widget.items.iter().any(|item| matches!(item.kind, ItemKind::Image(_)));
                let look = appearance(shared, (&widget.items, false), paper)?;
                if picture { Look::Icon(look) } else { Look::One(look) }
            }
            FieldKind::Signature | FieldKind::Seal => Look::One(appearance(shared, (&widget.items, false), paper)?),
            FieldKind::Text(_) | FieldKind::TextArea | FieldKind::Choice(_) | FieldKind::Date | FieldKind::Month => {
                Look::One(appearance(shared, (&widget.items, true), paper)?)
            }
        };
        let size = Milli::from(widget.size);
        let Widget { field, multiline, one_line, align, .. } = *widget;
        Ok(DrawnWidget { field, multiline, one_line, area, look, size, align })
    }

    /// Writes the appearances and gives the widget its place on a page.
    pub(super) fn place<W: Write>(&self, placing: &Placing, page: Ref, file: &mut File<W>) -> PlacedWidget {
        let id = file.id();
        let mut write = |drawing: &Drawing| {
            let id = file.id();
            placing.appearance(id, drawing, self.area, file);
            id
        };
        let look = match &self.look {
            Look::One(look) => Look::One(write(look)),
            Look::Icon(look) => Look::Icon(write(look)),
            Look::Check { yes, off } => Look::Check { off: write(off), yes: write(yes) },
        };
        let DrawnWidget { field, multiline, one_line, area, size, align, .. } = *self;
        PlacedWidget { field, id, multiline, one_line, page, area, look, size, align }
    }
}

impl PlacedWidget {
    /// Writes what makes a dictionary the widget of a field of that kind.
    pub(super) fn describe(&self, kind: &FieldKind, ticked: bool, annotation: &mut Annotation) {
        annotation.page(self.page).rect(self.area.to_rect()).flags(AnnotationFlags::PRINT);
        // Without a style a reader that draws the widget anew frames it.
        annotation.border_style().width(0.0);
        if has_variable_text(kind) {
            // Size 0 is the reader's choice (12.7.3.3): it fits one line to the widget, so that no name that is typed is cut off.
            let size = if self.one_line { 0.0 } else { self.size.to_f32() };
            annotation.pair(Name(b"DA"), Str(format!("/{TYPING_FONT} {size} Tf 0 g").as_bytes()));
            annotation.pair(
                Name(b"Q"),
                match self.align {
                    Align::Left | Align::Justify => 0,
                    Align::Centre => 1,
                    Align::Right => 2,
                },
            );
        }
        match self.look {
            Look::One(look) => annotation.appearance().normal().stream(look),
            Look::Icon(look) => {
                annotation.appearance().normal().stream(look);
                annotation.highlight(HighlightEffect::None);
                let mut button = annotation.appearance_characteristics();
                button.normal_icon(look).text_position(TextPosition::IconOnly);
                button.icon_fit().fit_bounds(true);
            }
            Look::Check { yes, off } => {
                annotation.appearance().normal().streams().pairs([(Name(b"Yes"), yes), (Name(b"Off"), off)]);
                annotation.appearance_state(Name(if ticked { b"Yes" } else { b"Off" }));
            }
        }
    }
}

/// Whether a person types into fields of this kind, so that they need a typing font (12.7.3.3).
pub(super) fn has_variable_text(kind: &FieldKind) -> bool {
    !matches!(kind, FieldKind::Check | FieldKind::Photo | FieldKind::Signature | FieldKind::Seal)
}

/// The widgets of a page in the order they are drawn and clicked: reading order, but a seal or a signature lies
/// below every smaller widget that it overlaps. A date inside a seal's circle would else be out of reach.
pub(super) fn stacked(widgets: Vec<DrawnWidget>, kind: impl Fn(FieldIx) -> Option<FieldKind>) -> Vec<DrawnWidget> {
    let mut stack: Vec<DrawnWidget> = Vec::with_capacity(widgets.len());
    for widget in widgets {
        let stamped = matches!(kind(widget.field), Some(FieldKind::Signature | FieldKind::Seal));
        let covers = |below: &DrawnWidget| widget.area.overlaps(&below.area) && below.area.surface() < widget.area.surface();
        let at = stack.iter().position(|below| stamped && covers(below)).unwrap_or(stack.len());
        stack.insert(at, widget);
    }
    stack
}

/// Draws items in the page's own coordinates.
fn appearance(shared: &mut Shared, (items, variable): (&[Item], bool), paper: Paper) -> Result<Drawing, Error> {
    let mut ink = Ink::new(shared, paper);
    if variable {
        ink.variable_text(items)?;
    } else {
        items.iter().try_for_each(|item| ink.item(item))?;
    }
    Ok(ink.finish()?.0)
}

/// The two states of a check box, of which layout drew the present one: its slanting strokes are the tick. Where there
/// is none, one is drawn for the day it is ticked.
fn states(widget: &Widget) -> (Vec<Item>, Vec<Item>) {
    let off: Vec<Item> = widget.items.iter().filter(|item| !is_tick(item)).cloned().collect();
    let mut yes = widget.items.clone();
    if !yes.iter().any(is_tick) {
        let strokes = tick(&frame(&off).unwrap_or(widget.at));
        yes.extend(strokes.map(|stroke| Item { role: Role::Value(widget.field), cell: None, kind: ItemKind::Line(stroke) }));
    }
    (off, yes)
}

fn is_tick(item: &Item) -> bool {
    matches!(&item.kind, ItemKind::Line(stroke) if stroke.from.0 != stroke.to.0 && stroke.from.1 != stroke.to.1)
}

/// The rectangle around all lines.
fn frame(items: &[Item]) -> Option<Rect> {
    let ends = items.iter().filter_map(|item| if let ItemKind::Line(stroke) = &item.kind { Some([stroke.from, stroke.to]) } else { None });
    let (low, high) = ends.flatten().fold(None, |bounds: Option<((Mm, Mm), (Mm, Mm))>, (x, y)| {
        let (low, high) = bounds.unwrap_or(((x, y), (x, y)));
        Some(((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y))))
    })?;
    Some(Rect { x: low.0, y: low.1, w: high.0 - low.0, h: high.1 - low.1 })
}

/// A tick in the largest square in the middle of a rectangle.
fn tick(at: &Rect) -> [Stroke; 2] {
    let side = at.w.min(at.h);
    let point = |x: f64, y: f64| -> (Mm, Mm) { (at.x + at.w / 2.0 + side * (x - 0.5), at.y + at.h / 2.0 + side * (y - 0.5)) };
    let (foot, width) = (point(0.42, 0.75), Pt(1.0));
    [Stroke { from: point(0.2, 0.5), to: foot, width }, Stroke { from: foot, to: point(0.82, 0.22), width }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_box_has_a_tick_for_the_day_it_is_ticked() {
        let field = FieldIx(0);
        let line = |from: (f64, f64), to: (f64, f64)| {
            let stroke = Stroke { from: (Mm(from.0), Mm(from.1)), to: (Mm(to.0), Mm(to.1)), width: Pt(1.0) };
            Item { role: Role::Value(field), cell: None, kind: ItemKind::Line(stroke) }
        };
        let corners = [(20.0, 10.0), (24.0, 10.0), (24.0, 14.0), (20.0, 14.0)];
        let sides: Vec<Item> = (0..4).map(|side| line(corners[side], corners[(side + 1) % 4])).collect();
        let slants = vec![line((21.0, 12.0), (22.0, 13.0)), line((22.0, 13.0), (23.0, 11.0))];
        let at = Rect::new(10.0, 10.0, 40.0, 4.0);
        let widget = |items| Widget { field, at, items, size: Pt(12.0), align: Align::Left, multiline: false, one_line: false, flow: None };

        let (off, yes) = states(&widget([sides.clone(), slants].concat()));
        assert_eq!((off.len(), yes.len()), (4, 6));
        let (off, yes) = states(&widget(sides));
        assert_eq!((off.len(), yes.len()), (4, 6));
        for item in &yes[4..] {
            let ItemKind::Line(stroke) = &item.kind else { panic!("a tick is lines") };
            for (x, y) in [stroke.from, stroke.to] {
                assert!(x > Mm(20.0) && x < Mm(24.0) && y > Mm(10.0) && y < Mm(14.0), "in the box, wherever it stands");
            }
        }
    }
}
