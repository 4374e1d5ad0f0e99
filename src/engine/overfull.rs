//! A record that fills a form to the brim and beyond.

use crate::form::{FieldBox, FieldIx, FieldKind, Form, Overflow, TextFormat};
use crate::layout::Layout;
use crate::name::{FieldName, Step};
use crate::record::Record;

/// Characters in a text that may continue or whose row grows.
const LONG: usize = 3000;
const GROWING: usize = 100;

/// How many rows more than the paper has.
const MORE_ROWS: usize = 3;

/// An identity number of a region that does not exist, with the right check character (GB 11643).
const IDENTITY: &str = "990000198503150015";

/// The record.
pub fn record(form: &Form, blank: &Layout) -> Record {
    let mut record = Record::blank();
    for (at, field) in form.fields.iter().enumerate() {
        let capacity = blank.values.get(at).and_then(|value| value.capacity);
        let overflow = form.boxes().find(|place| place.field == FieldIx(at)).map(|place: &FieldBox| place.overflow);
        let Some(text) = words(&field.kind, capacity, overflow) else { continue };
        for name in rows_of(form, &field.name) {
            record.set(&name, &text);
        }
    }
    record
}

fn words(kind: &FieldKind, capacity: Option<usize>, overflow: Option<Overflow>) -> Option<String> {
    Some(match kind {
        FieldKind::Text(TextFormat::Plain) | FieldKind::TextArea => {
            let count = match overflow {
                Some(Overflow::Continue) => LONG,
                Some(Overflow::Grow) => GROWING,
                _ => capacity.unwrap_or(1),
            };
            "技艺精湛".chars().cycle().take(count).collect()
        }
        FieldKind::Text(TextFormat::Number) => "18".to_owned(),
        FieldKind::Text(TextFormat::IdNumber) => IDENTITY.to_owned(),
        FieldKind::Text(TextFormat::Mobile) => "19900000001".to_owned(),
        FieldKind::Text(TextFormat::Postcode) => "325000".to_owned(),
        FieldKind::Choice(options) => options.first()?.clone(),
        FieldKind::Check => "true".to_owned(),
        FieldKind::Date => "2021-09-18".to_owned(),
        FieldKind::Month => "1985-03".to_owned(),
        FieldKind::Photo | FieldKind::Signature | FieldKind::Seal => return None,
    })
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
