//! Layout: where everything stands, at which size, and on which sheet. It reads nothing but its arguments.

mod frame;

pub use frame::{CellPlace, FieldValue, Frame, Glyph, Item, ItemKind, Layout, Placed, Run, Stroke, Text, Widget};
