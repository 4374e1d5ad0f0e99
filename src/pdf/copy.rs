//! Copies of pages of other files, as form XObjects (ISO 32000-1, 8.10). What is drawn in one cannot touch what is drawn
//! around it, however its `q` and `Q` are matched, and nothing of it is seen outside its box.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use pdf_writer::{Dict, Finish, Name, Obj, Ref, Str};
use serde::{Deserialize, Serialize};

use super::file::File;
use super::stream::{Stored, pack, raw};
use crate::error::Error;
use crate::pdf_in::{ImportedObject, ImportedPage, Value};

/// Values that lie in one another deeper than this become `null`; no reader goes further either.
const MAX_DEPTH: usize = 32;

/// All copies of a drawing: each page once, each object once.
#[derive(Default)]
pub(super) struct Copies {
    pages: Vec<(Arc<ImportedPage>, StoredCopy)>,
    /// The lists that objects come from, in the order in which they were met.
    lists: Vec<Arc<Vec<ImportedObject>>>,
    /// The place among `objects` of an object that a page reaches.
    places: BTreeMap<(usize, u32), u32>,
    objects: Vec<StoredObject>,
}

/// A page of another file, ready to stand in one of ours.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredCopy {
    /// Width and height in points as it is shown.
    pub(super) size: (f64, f64),
    bbox: [f32; 4],
    matrix: [f32; 6],
    content: Stored,
    resources: Value,
}

/// An object that copies refer to.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredObject {
    value: Value,
    stream: Option<Stored>,
}

impl Copies {
    /// The place of a page among the copied ones. Errors: a page without a size.
    pub(super) fn place(&mut self, page: &Arc<ImportedPage>, compress: bool) -> Result<usize, Error> {
        if let Some(place) = self.pages.iter().position(|(known, _)| Arc::ptr_eq(known, page)) {
            return Ok(place);
        }
        let (matrix, size) = upright(page.bbox, page.rotate).ok_or_else(|| Error::Write("a copied page has no size".to_owned()))?;
        let list = self.lists.iter().position(|known| Arc::ptr_eq(known, &page.objects)).unwrap_or_else(|| {
            self.lists.push(Arc::clone(&page.objects));
            self.lists.len() - 1
        });
        let resources = self.taken(&page.objects, list, &page.resources, compress)?;
        let content = pack(&page.content, compress)?.into();
        self.pages.push((Arc::clone(page), StoredCopy { size, bbox: page.bbox, matrix, content, resources }));
        Ok(self.pages.len() - 1)
    }

    /// Width and height in points of a copied page as it is shown.
    pub(super) fn size(&self, place: usize) -> (f64, f64) {
        self.pages.get(place).map_or((1.0, 1.0), |(_, copy)| copy.size)
    }

    /// The copies and what they refer to.
    pub(super) fn store(self) -> (Vec<StoredCopy>, Vec<StoredObject>) {
        (self.pages.into_iter().map(|(_, copy)| copy).collect(), self.objects)
    }

    /// A value with the numbers that its objects have here; what it reaches is taken too.
    fn taken(&mut self, list: &[ImportedObject], number: usize, value: &Value, compress: bool) -> Result<Value, Error> {
        let mut waiting = Vec::new();
        let taken = self.renumbered(list, number, value, &mut waiting, 0);
        // Objects refer to one another in circles: each waits once.
        while let Some((place, index)) = waiting.pop() {
            let Some(object) = usize::try_from(index).ok().and_then(|index| list.get(index)) else { continue };
            let value = self.renumbered(list, number, &object.value, &mut waiting, 0);
            let stream = object.stream.as_ref().map(|bytes| stored(bytes, &value, compress)).transpose()?;
            if let Some(slot) = usize::try_from(place).ok().and_then(|place| self.objects.get_mut(place)) {
                *slot = StoredObject { value, stream };
            }
        }
        Ok(taken)
    }

    fn renumbered(&mut self, list: &[ImportedObject], number: usize, value: &Value, waiting: &mut Vec<(u32, u32)>, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        match value {
            Value::Array(items) => Value::Array(items.iter().map(|item| self.renumbered(list, number, item, waiting, depth + 1)).collect()),
            Value::Dict(entries) => {
                let entry = |(key, item): &(Vec<u8>, Value)| (writable(key), self.renumbered(list, number, item, waiting, depth + 1));
                // An entry that is `null` is one that is not there (7.3.7), and readers complain less of those.
                Value::Dict(entries.iter().map(entry).filter(|(_, item)| *item != Value::Null).collect())
            }
            Value::Ref(index) => self.reference(list, number, *index, waiting).map_or(Value::Null, Value::Ref),
            Value::Name(name) => Value::Name(writable(name)),
            other => other.clone(),
        }
    }

    /// The number here of an object of a list; it is taken when it is first met.
    fn reference(&mut self, list: &[ImportedObject], number: usize, index: u32, waiting: &mut Vec<(u32, u32)>) -> Option<u32> {
        let index = end_of_chain(list, index)?;
        if let Some(place) = self.places.get(&(number, index)) {
            return Some(*place);
        }
        let place = u32::try_from(self.objects.len()).ok()?;
        self.objects.push(StoredObject { value: Value::Null, stream: None });
        self.places.insert((number, index), place);
        waiting.push((place, index));
        Some(place)
    }
}

/// A name without the one byte that no name may have (7.3.5); the writer escapes the others.
fn writable(name: &[u8]) -> Vec<u8> {
    name.iter().copied().filter(|byte| *byte != 0).collect()
}

/// The object that a reference leads to: no object of a file may be a reference itself (7.5.7).
fn end_of_chain(list: &[ImportedObject], mut index: u32) -> Option<u32> {
    for _ in 0..MAX_DEPTH {
        let object = list.get(usize::try_from(index).ok()?)?;
        match (&object.value, &object.stream) {
            (Value::Ref(next), None) => index = *next,
            _ => return Some(index),
        }
    }
    None
}

/// A stream as it stands in a file: one without any filter is deflated.
fn stored(bytes: &[u8], value: &Value, compress: bool) -> Result<Stored, Error> {
    let coded = |key: &[u8]| matches!(key, b"Filter" | b"DecodeParms" | b"F" | b"FFilter" | b"FDecodeParms");
    let plain = matches!(value, Value::Dict(entries) if !entries.iter().any(|(key, _)| coded(key)));
    Ok(if plain { pack(bytes, compress)? } else { raw(bytes)? }.into())
}

/// What turns a page's box upright, its left bottom corner at (0, 0), and its width and height then.
fn upright(bbox: [f32; 4], rotate: u16) -> Option<([f32; 6], (f64, f64))> {
    let [left, bottom, right, top] = bbox;
    let (width, height) = (f64::from(right) - f64::from(left), f64::from(top) - f64::from(bottom));
    if !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
        return None;
    }
    // Degrees clockwise (14.11.2, /Rotate).
    Some(match rotate {
        90 => ([0.0, -1.0, 1.0, 0.0, -bottom, right], (height, width)),
        180 => ([-1.0, 0.0, 0.0, -1.0, right, top], (width, height)),
        270 => ([0.0, 1.0, -1.0, 0.0, top, -left], (height, width)),
        _ => ([1.0, 0.0, 0.0, 1.0, -left, -bottom], (width, height)),
    })
}

impl StoredCopy {
    /// Writes the copy as a form XObject; `objects` are the numbers that the part's objects have in the file.
    pub(super) fn write<W: Write>(&self, id: Ref, objects: &[Ref], file: &mut File<W>) {
        let [left, bottom, right, top] = self.bbox;
        let mut form = file.form_xobject(id, &self.content.bytes.0);
        form.bbox(pdf_writer::Rect::new(left, bottom, right, top));
        form.matrix(self.matrix);
        let resources = form.insert(Name(b"Resources"));
        match &self.resources {
            Value::Dict(_) | Value::Ref(_) => write_value(resources, &self.resources, objects),
            _ => drop(resources.dict()),
        }
        self.content.describe(&mut form);
        form.finish();
    }
}

impl StoredObject {
    pub(super) fn write<W: Write>(&self, id: Ref, objects: &[Ref], file: &mut File<W>) {
        let Some(stored) = &self.stream else {
            write_value(file.value(id), &self.value, objects);
            return;
        };
        let mut stream = file.stream(id, &stored.bytes.0);
        stored.describe(&mut stream);
        if let Value::Dict(entries) = &self.value {
            // The length is that of the bytes, whatever a stranger says.
            entries.iter().filter(|(key, _)| key != b"Length").for_each(|entry| write_entry(&mut stream, entry, objects));
        }
    }
}

fn write_entry(dict: &mut Dict<'_>, (key, value): &(Vec<u8>, Value), objects: &[Ref]) {
    write_value(dict.insert(Name(key)), value, objects);
}

fn write_value(place: Obj<'_>, value: &Value, objects: &[Ref]) {
    match value {
        Value::Null => place.primitive(pdf_writer::Null),
        Value::Bool(value) => place.primitive(*value),
        Value::Int(value) => match i32::try_from(*value) {
            Ok(value) => place.primitive(value),
            // Annex C: what is no 32-bit integer is a real number.
            Err(_) => place.primitive(*value as f32),
        },
        Value::Real(value) => place.primitive(if value.is_finite() { *value } else { 0.0 }),
        Value::Name(name) => place.primitive(Name(name)),
        Value::Text(text) => place.primitive(Str(text)),
        Value::Array(items) => {
            let mut array = place.array();
            items.iter().for_each(|item| write_value(array.push(), item, objects));
        }
        Value::Dict(entries) => {
            let mut dict = place.dict();
            entries.iter().for_each(|entry| write_entry(&mut dict, entry, objects));
        }
        Value::Ref(index) => match usize::try_from(*index).ok().and_then(|index| objects.get(index)) {
            Some(id) => place.primitive(*id),
            None => place.primitive(pdf_writer::Null),
        },
    }
}
