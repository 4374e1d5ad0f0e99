//! What kind of value a path leads to, as far as it is known when a template is loaded.

use std::collections::BTreeMap;

use serde_json::Value;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Nothing is known; everything may be read from it, and the expansion at load has the last word.
    Unknown,
    /// A parameter that other calls of the partial give, but not this one.
    Absent,
    /// Nothing, or an item of an empty list, of which nothing is known either.
    Null,
    Bool,
    Number,
    Text,
    List(Box<Shape>),
    /// An object; a key that only some of several objects have is in it.
    Map(BTreeMap<String, Shape>),
}

impl Shape {
    /// The shape of a value.
    pub fn of(value: &Value) -> Shape {
        match value {
            Value::Null => Shape::Null,
            Value::Bool(_) => Shape::Bool,
            Value::Number(_) => Shape::Number,
            Value::String(_) => Shape::Text,
            Value::Array(items) => Shape::list(items.iter().map(Shape::of)),
            Value::Object(members) => Shape::Map(members.iter().map(|(key, value)| (key.clone(), Shape::of(value))).collect()),
        }
    }

    /// A list of these.
    pub fn list(items: impl Iterator<Item = Shape>) -> Shape {
        Shape::List(Box::new(items.reduce(Shape::or).unwrap_or(Shape::Null)))
    }

    /// What is either this or the other.
    pub fn or(self, other: Shape) -> Shape {
        match (self, other) {
            (a, b) if a == b => a,
            (Shape::Null, shape) | (shape, Shape::Null) => shape,
            (Shape::List(a), Shape::List(b)) => Shape::List(Box::new(a.or(*b))),
            (Shape::Map(mut a), Shape::Map(b)) => {
                for (key, shape) in b {
                    let shape = match a.remove(&key) {
                        Some(before) => before.or(shape),
                        None => shape,
                    };
                    a.insert(key, shape);
                }
                Shape::Map(a)
            }
            _ => Shape::Unknown,
        }
    }

    /// What `{{#each}}` goes over; `None` where it is no collection.
    pub fn item(&self) -> Option<Shape> {
        match self {
            Shape::List(item) => Some((**item).clone()),
            Shape::Map(members) => Some(members.values().cloned().reduce(Shape::or).unwrap_or(Shape::Unknown)),
            Shape::Unknown | Shape::Null => Some(self.clone()),
            _ => None,
        }
    }

    /// The keys that may be read from it.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let members = match self {
            Shape::Map(members) => Some(members),
            _ => None,
        };
        members.into_iter().flat_map(|members| members.keys().map(String::as_str))
    }
}
