//! Objects copied out of a stranger's file, each once, as far as the allow-list lets them.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use lopdf::Stream;

use super::allowed::{FILTERS, Kind};
use super::content::{Scan, scan};
use super::layers::Layers;
use crate::pdf_in::{Dictionary, Fault, Got, ImportedObject, Object, Pdf, Value};

/// So many objects a file may have that its pages need; a scan has three a page, a text a hundred.
const MOST_OBJECTS: usize = 50_000;

/// What a value takes in memory, roughly.
const VALUE: usize = 2 * size_of::<Value>();

/// The entries of a dictionary that are taken.
pub(super) type Entries = Vec<(Vec<u8>, Value)>;

/// Objects on their way from one file into none in particular.
pub(super) struct Copier<'p, 'b> {
    pub(super) pdf: &'p mut Pdf<'b>,
    pub(super) layers: Layers,
    pub(super) objects: Vec<ImportedObject>,
    /// What the operators of forms and patterns say, by their index.
    pub(super) scans: BTreeMap<u32, Scan>,
    /// Whether something was left out because its layer is hidden.
    pub(super) hid: bool,
    /// How many objects were broken.
    pub(super) broken: usize,
    known: BTreeMap<(u32, Kind), u32>,
    waiting: VecDeque<(u32, Kind, u32)>,
}

impl<'p, 'b> Copier<'p, 'b> {
    pub(super) fn new(pdf: &'p mut Pdf<'b>, layers: Layers) -> Copier<'p, 'b> {
        Copier {
            pdf,
            layers,
            objects: Vec::new(),
            scans: BTreeMap::new(),
            hid: false,
            broken: 0,
            known: BTreeMap::new(),
            waiting: VecDeque::new(),
        }
    }

    /// A value of that kind; what it refers to is copied by [`Copier::finish`]. `None` where nothing of it may be copied.
    pub(super) fn value(&mut self, object: &Object, kind: Kind) -> Result<Option<Value>, Fault> {
        self.pdf.kept(VALUE)?;
        Ok(Some(match object {
            Object::Null => return Ok(None),
            Object::Boolean(value) => Value::Bool(*value),
            Object::Integer(value) => Value::Int(*value),
            Object::Real(value) if value.is_finite() => Value::Real(*value),
            Object::Real(_) => Value::Int(0),
            Object::Name(name) => Value::Name(self.bytes(name)?),
            Object::String(text, _) => Value::Text(self.bytes(text)?),
            // The parser bounds how deep arrays and dictionaries lie in each other; references are followed one after another.
            Object::Array(items) => {
                // 8.6.6.5: what follows the tint's function are attributes, which are no colour.
                let tints = kind == Kind::Colour && items.first().is_some_and(|name| name.as_name().is_ok_and(|name| name == b"DeviceN"));
                let most = if tints { 4 } else { usize::MAX };
                let items = items.iter().take(most).map(|item| Ok(self.value(item, kind)?.unwrap_or(Value::Null)));
                Value::Array(items.collect::<Result<_, Fault>>()?)
            }
            Object::Dictionary(dictionary) => Value::Dict(self.dictionary(dictionary, kind)?),
            Object::Stream(_) => return Ok(None),
            Object::Reference(_) => return self.reference(object, kind),
        }))
    }

    fn reference(&mut self, object: &Object, kind: Kind) -> Result<Option<Value>, Fault> {
        let Some((number, target)) = self.target(object)? else { return Ok(None) };
        match &*target {
            Object::Stream(_) if !kind.is_stream() => Ok(None),
            Object::Stream(_) | Object::Dictionary(_) | Object::Array(_) => Ok(Some(Value::Ref(self.index(number, kind)?))),
            Object::Reference(_) => Ok(None),
            scalar => self.value(scalar, kind),
        }
    }

    /// The object that references lead to, with its own number.
    fn target(&mut self, object: &Object) -> Result<Option<(u32, Rc<Object>)>, Fault> {
        let Object::Reference(mut id) = object.clone() else { return Ok(None) };
        for _ in 0..crate::pdf_in::MOST_STEPS {
            let found = self.pdf.object(id.0)?;
            let Object::Reference(next) = *found else { return Ok(Some((id.0, found))) };
            id = next;
        }
        Ok(None)
    }

    fn index(&mut self, number: u32, kind: Kind) -> Result<u32, Fault> {
        if let Some(known) = self.known.get(&(number, kind)) {
            return Ok(*known);
        }
        let index = self.objects.len();
        if index >= MOST_OBJECTS {
            return Err(Fault::TooMuch);
        }
        let index = index as u32;
        self.objects.push(ImportedObject { value: Value::Null, stream: None });
        self.known.insert((number, kind), index);
        self.waiting.push_back((number, kind, index));
        Ok(index)
    }

    /// The keys of a dictionary that are on the list of its kind.
    pub(super) fn dictionary(&mut self, dictionary: &Dictionary, kind: Kind) -> Result<Entries, Fault> {
        let mut copied = Vec::new();
        for (key, object) in dictionary {
            let Some(behind) = kind.behind(key) else { continue };
            if let Some(value) = self.value(object, behind)? {
                copied.push((self.bytes(key)?, value));
            }
        }
        Ok(copied)
    }

    /// Copies what was referred to, and what that refers to.
    pub(super) fn finish(&mut self) -> Result<(), Fault> {
        while let Some((number, kind, index)) = self.waiting.pop_front() {
            let object = self.pdf.take(number)?;
            let copied = match object {
                Object::Stream(stream) => self.stream(stream, kind, index)?,
                other => self.value(&other, kind)?.map(|value| ImportedObject { value, stream: None }),
            };
            if let (Some(copied), Some(place)) = (copied, self.objects.get_mut(index as usize)) {
                *place = copied;
            }
        }
        Ok(())
    }

    fn stream(&mut self, mut stream: Stream, kind: Kind, index: u32) -> Result<Option<ImportedObject>, Fault> {
        if kind == Kind::Xobject {
            let subtype = self.pdf.value(&stream.dict, b"Subtype")?.as_name().unwrap_or_default().to_vec();
            let hidden = match stream.dict.get(b"OC") {
                Ok(layer) => self.layers.hides(self.pdf, layer)?,
                Err(_) => false,
            };
            self.hid |= hidden;
            match subtype.as_slice() {
                _ if hidden => return Ok(Some(nothing())),
                b"Form" => return self.operators(stream, kind, index),
                b"Image" => {}
                // 8.8: a PostScript XObject may do anything.
                _ => return Ok(Some(nothing())),
            }
        }
        if kind == Kind::Pattern {
            return self.operators(stream, kind, index);
        }
        let Some(mut entries) = self.filters(&stream)? else {
            self.broken += 1;
            return Ok((kind == Kind::Xobject).then(nothing));
        };
        entries.extend(self.dictionary(&stream.dict, kind)?);
        Ok(Some(ImportedObject { value: Value::Dict(entries), stream: Some(std::mem::take(&mut stream.content)) }))
    }

    /// A stream of operators: a form or a tile.
    fn operators(&mut self, stream: Stream, kind: Kind, index: u32) -> Result<Option<ImportedObject>, Fault> {
        let Some(bytes) = self.pdf.content(&stream)? else {
            self.broken += 1;
            return Ok(Some(nothing()));
        };
        let resources = self.pdf.value(&stream.dict, b"Resources")?.as_dict().cloned().unwrap_or_default();
        let mut found = self.scan(&bytes, &resources)?;
        let mut entries = self.dictionary(&stream.dict, kind)?;
        let content = match found.rewritten.take() {
            // As it is stored, where nothing had to go.
            None => {
                entries.extend(self.filters(&stream)?.unwrap_or_default());
                stream.content
            }
            Some(rewritten) => {
                self.pdf.kept(rewritten.len())?;
                let mut packed = Stream::new(Dictionary::new(), rewritten);
                // What cannot be made smaller stays as it is.
                let _ = packed.compress();
                if packed.dict.has(b"Filter") {
                    entries.push((b"Filter".to_vec(), Value::Name(b"FlateDecode".to_vec())));
                }
                packed.content
            }
        };
        self.scans.insert(index, found);
        Ok(Some(ImportedObject { value: Value::Dict(entries), stream: Some(content) }))
    }

    /// What operators say, layers judged by the property lists of their resources.
    pub(super) fn scan(&mut self, bytes: &[u8], resources: &Dictionary) -> Result<Scan, Fault> {
        let mut hidden: Vec<Vec<u8>> = Vec::new();
        if self.layers.any() {
            let properties = self.pdf.value(resources, b"Properties")?;
            for (name, belongs) in properties.as_dict().into_iter().flatten() {
                if self.layers.hides(self.pdf, belongs)? {
                    hidden.push(name.clone());
                }
            }
        }
        self.pdf.walked(bytes.len())?;
        let found = scan(bytes, &|name| hidden.iter().any(|known| known == name));
        self.hid |= found.hidden;
        Ok(found)
    }

    /// A stream's filters and their parameters, where all of them are known.
    fn filters(&mut self, stream: &Stream) -> Result<Option<Entries>, Fault> {
        let Some(names) = self.pdf.filters(stream)? else { return Ok(None) };
        if names.iter().any(|name| !FILTERS.contains(&name.as_slice())) {
            return Ok(None);
        }
        let mut entries = Vec::new();
        if let [name] = &names[..] {
            entries.push((b"Filter".to_vec(), Value::Name(name.clone())));
        } else if !names.is_empty() {
            entries.push((b"Filter".to_vec(), Value::Array(names.into_iter().map(Value::Name).collect())));
        }
        let parameters = match stream.dict.get(b"DecodeParms") {
            Ok(parameters) => self.value(parameters, Kind::Plain)?,
            Err(_) => None,
        };
        entries.extend(parameters.map(|parameters| (b"DecodeParms".to_vec(), parameters)));
        Ok(Some(entries))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        self.pdf.kept(bytes.len())?;
        Ok(bytes.to_vec())
    }
}

/// A form that paints nothing.
fn nothing() -> ImportedObject {
    let name = |name: &[u8]| Value::Name(name.to_vec());
    let value = Value::Dict(vec![
        (b"Type".to_vec(), name(b"XObject")),
        (b"Subtype".to_vec(), name(b"Form")),
        (b"BBox".to_vec(), Value::Array(vec![Value::Int(0); 4])),
    ]);
    ImportedObject { value, stream: Some(Vec::new()) }
}

impl Pdf<'_> {
    /// The object of a number, no longer held here.
    fn take(&mut self, number: u32) -> Result<Object, Fault> {
        let object = self.object(number)?;
        self.objects.remove(&number);
        Ok(Rc::try_unwrap(object).unwrap_or_else(|shared| (*shared).clone()))
    }

    /// A dictionary, where the object is one or leads to one.
    pub(super) fn dictionary(&mut self, object: &Object) -> Result<Option<Dictionary>, Fault> {
        let found: Got<'_> = self.follow(object)?;
        Ok(found.as_dict().ok().cloned())
    }
}
