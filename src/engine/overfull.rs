//! A record that fills a form to the brim and beyond.

use crate::form::{FieldIx, FieldKind, Form, Overflow, TextFormat};
use crate::layout::{ItemKind, Layout};
use crate::name::{FieldName, Step};
use crate::record::{Record, id_number};

/// Characters in a text that may continue on a 附页.
const LONG: usize = 3000;

/// Lines in a text whose row grows.
const LINES: usize = 8;

/// How many rows more than the paper has.
const MORE_ROWS: usize = 3;

/// The record; `has` says of a field in a row more than the paper has whether the form grows by that row.
pub fn record(form: &Form, blank: &Layout, has: impl Fn(&FieldName) -> bool) -> Record {
    let mut record = Record::blank();
    for (at, field) in form.fields.iter().enumerate() {
        let room = Room::of(form, blank, FieldIx(at));
        for name in rows_of(form, &field.name).into_iter().filter(|name| name == &field.name || has(name)) {
            if let Some(text) = words(&field.kind, &room, row_of(&name)) {
                record.set(&name, &text);
            }
        }
    }
    record
}

/// What is known of a field's room.
struct Room {
    overflow: Option<Overflow>,
    capacity: Option<usize>,
    /// Full-width characters on a line of its widget.
    per_line: usize,
}

impl Room {
    fn of(form: &Form, blank: &Layout, field: FieldIx) -> Room {
        let items = blank.frames.iter().flat_map(|frame| &frame.items);
        let mut widgets = items.filter_map(|item| match &item.kind {
            ItemKind::Widget(widget) if widget.field == field => Some(widget),
            _ => None,
        });
        Room {
            overflow: form.boxes().find(|place| place.field == field).map(|place| place.overflow),
            capacity: blank.values.get(field.0).and_then(|value| value.capacity),
            // A float to integer cast saturates.
            per_line: widgets.next().map_or(1, |widget| (widget.at.w / widget.size.to_mm()) as usize),
        }
    }
}

fn words(kind: &FieldKind, room: &Room, row: usize) -> Option<String> {
    Some(match kind {
        FieldKind::Text(TextFormat::Plain) | FieldKind::TextArea => {
            let count = match room.overflow {
                Some(Overflow::Continue) => LONG,
                Some(Overflow::Grow) => room.per_line.saturating_mul(LINES),
                _ => room.capacity.unwrap_or(1),
            };
            "技艺精湛".chars().cycle().take(count).collect()
        }
        FieldKind::Text(TextFormat::Number) => "18".to_owned(),
        FieldKind::Text(TextFormat::IdNumber) => identity(row),
        FieldKind::Text(TextFormat::Mobile) => "19900000001".to_owned(),
        FieldKind::Text(TextFormat::Postcode) => "325000".to_owned(),
        FieldKind::Choice(options) => options.first()?.clone(),
        FieldKind::Date => "2021-09-18".to_owned(),
        FieldKind::Month => "1985-03".to_owned(),
        FieldKind::Check | FieldKind::Photo | FieldKind::Signature | FieldKind::Seal => return None,
    })
}

/// An identity number of a region that does not exist, with the right check character: another man for each row.
fn identity(row: usize) -> String {
    let number = format!("99000019850315{:03}0", (row * 2 + 1) % 1000);
    match id_number::parse(&number) {
        Ok(parsed) => format!("{}{}", &number[..17], parsed.expected_check()),
        Err(_) => number,
    }
}

fn row_of(name: &FieldName) -> usize {
    name.steps().find_map(|step| if let Step::Index(index) = step { Some(index) } else { None }).unwrap_or(0)
}

/// The field itself and, where it stands in the last row of an array, the same field in the rows after it.
fn rows_of(form: &Form, name: &FieldName) -> Vec<FieldName> {
    let mut names = vec![name.clone()];
    let steps: Vec<Step> = name.steps().collect();
    let Some((at, last)) =
        steps.iter().enumerate().find_map(|(at, step)| if let Step::Index(index) = step { Some((at, *index)) } else { None })
    else {
        return names;
    };
    let with = |index: usize| {
        let parts: Vec<String> = steps
            .iter()
            .enumerate()
            .map(|(place, step)| match step {
                Step::Index(_) if place == at => index.to_string(),
                Step::Index(other) => other.to_string(),
                Step::Key(key) => (*key).to_owned(),
            })
            .collect();
        FieldName::parse(&parts.join("."))
    };
    let is_last = with(last + 1).is_none_or(|next| form.field(next.as_str()).is_none());
    if is_last {
        names.extend((last + 1..=last + MORE_ROWS).filter_map(with));
    }
    names
}
