//! How much a field holds, as the schema and the entry page tell it.

use super::{Layout, value};
use crate::form::{FieldIx, Form};

/// How many full-width characters a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// At most so many: the text may not continue.
    Limit(usize),
    /// So many in its own box, the rest on a 附页.
    Continues(usize),
    /// As many as one likes: its row grows, or it is no text.
    Open,
}

impl Capacity {
    /// That of one field; the layout is the blank form's, or that of the record that stands on it.
    pub fn of(form: &Form, layout: &Layout, field: FieldIx) -> Capacity {
        let limit = layout.values.get(field.0).and_then(|value| value.capacity);
        match (limit, value::room(form, layout, field)) {
            (Some(limit), _) => Capacity::Limit(limit),
            (None, Some(room)) => Capacity::Continues(room),
            (None, None) => Capacity::Open,
        }
    }

    /// The most characters that may be typed: characters of half the width are twice as many, and a text that fits must never
    /// be refused. None where the text may go on.
    pub fn max_length(self) -> Option<usize> {
        if let Capacity::Limit(limit) = self { Some(limit.saturating_mul(2)) } else { None }
    }
}
