//! The fields of a file, wherever a program left them: in the form's tree, flattened, or with their widgets alone.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::value;
use crate::pdf_in::{Dictionary, Fault, Got, Object, Pdf};

/// A field.
pub(super) struct Found {
    /// Its full name (12.7.3.2), partial names joined by dots.
    pub(super) name: String,
    /// Its widgets (12.5.6.19).
    pub(super) widgets: Vec<Rc<Object>>,
    /// Whether another dictionary of that name has another value.
    pub(super) differs: bool,
    holders: Holders,
}

/// What a field may say, itself or by its parents.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Key {
    Type,
    Flags,
    Value,
    Default,
    Kind,
    Label,
    Options,
}

const KEYS: [&[u8]; 7] = [b"FT", b"Ff", b"V", b"DV", b"FWKind", b"TU", b"Opt"];

/// For each key the nearest dictionary that has it.
type Holders = [Option<Rc<Object>>; KEYS.len()];

/// What a field inherits.
#[derive(Default)]
struct Above {
    name: String,
    holders: Holders,
}

/// The most dictionaries that are looked at as fields, widgets or pages: a sheet of a thousand people has 21,000.
const MOST_NODES: usize = 60_000;

/// The most levels of a field above a widget.
const MOST_LEVELS: usize = 32;

/// The most bytes of a full name; ours have 200.
const MOST_NAME: usize = 512;

impl Found {
    /// What the field says under a key; null where it says nothing.
    pub(super) fn get(&self, pdf: &mut Pdf, key: Key) -> Result<Got<'_>, Fault> {
        let holder = self.holders.get(key as usize).and_then(Option::as_ref).and_then(|holder| holder.as_dict().ok());
        match (holder, KEYS.get(key as usize)) {
            (Some(holder), Some(key)) => pdf.value(holder, key),
            _ => Ok(Got::Here(&Object::Null)),
        }
    }

    fn differs_from(&self, other: &Found) -> bool {
        let (Some(Some(one)), Some(Some(other))) = (self.holders.get(Key::Value as usize), other.holders.get(Key::Value as usize)) else {
            return false;
        };
        let (Ok(this), Ok(that)) = (one.as_dict(), other.as_dict()) else { return false };
        // Widgets of one field have its value from one dictionary.
        !Rc::ptr_eq(one, other) && this.get(b"V").ok() != that.get(b"V").ok()
    }
}

/// All fields of a file, each name once: those of the form's tree in its order, then those that only a page knows; and how
/// many notes stand on its pages beside them.
pub(super) fn all(pdf: &mut Pdf) -> Result<(Vec<Found>, usize), Fault> {
    let Some(catalog) = pdf.catalog()? else { return Ok((Vec::new(), 0)) };
    let Ok(catalog) = catalog.as_dict() else { return Ok((Vec::new(), 0)) };
    let mut walk = Walk { pdf, seen: BTreeSet::new(), list: Vec::new(), places: BTreeMap::new(), named: 0, notes: 0 };
    walk.tree(catalog)?;
    walk.pages(catalog)?;
    let notes = walk.notes;
    Ok((walk.finish(), notes))
}

/// Whether an annotation of that kind adds something to the page that a person may take for an entry (12.5.6.1).
fn is_note(subtype: &[u8]) -> bool {
    matches!(subtype, b"FreeText" | b"Text" | b"Ink" | b"Stamp" | b"StrikeOut" | b"Caret" | b"Redact" | b"FileAttachment")
}

struct Walk<'p, 'b> {
    pdf: &'p mut Pdf<'b>,
    /// The objects that were looked at: each is, once.
    seen: BTreeSet<u32>,
    list: Vec<Found>,
    places: BTreeMap<String, usize>,
    /// How many kids were named so far, seen ones too.
    named: usize,
    /// How many annotations add something to the pages that is in no field.
    notes: usize,
}

impl Walk<'_, '_> {
    /// The tree of the form (12.7.2), first to last.
    fn tree(&mut self, catalog: &Dictionary) -> Result<(), Fault> {
        let form = self.pdf.value(catalog, b"AcroForm")?;
        let Ok(form) = form.as_dict() else { return Ok(()) };
        let mut stack = Vec::new();
        self.push_kids(form, b"Fields", &Rc::default(), &mut stack)?;
        while let Some((number, above)) = stack.pop() {
            if let Some(node) = self.visit(number)?
                && let Ok(dictionary) = node.as_dict()
                && let Some(here) = self.below(&above, &node)?
            {
                let here = Rc::new(here);
                let before = stack.len();
                self.push_kids(dictionary, b"Kids", &here, &mut stack)?;
                // A parent has a value of its own though all its widgets are lost.
                if stack.len() == before || dictionary.has(b"FT") {
                    self.register(&here, (stack.len() == before).then_some(node))?;
                }
            }
        }
        Ok(())
    }

    /// Widgets that no field leads to, by the pages they stand on (12.5.2).
    fn pages(&mut self, catalog: &Dictionary) -> Result<(), Fault> {
        let mut stack = match catalog.get(b"Pages") {
            Ok(Object::Reference(root)) => vec![(root.0, Rc::default())],
            _ => return Ok(()),
        };
        while let Some((number, none)) = stack.pop() {
            let Some(page) = self.visit(number)? else { continue };
            let Ok(page) = page.as_dict() else { continue };
            self.push_kids(page, b"Kids", &none, &mut stack)?;
            let mut widgets = Vec::new();
            self.push_kids(page, b"Annots", &none, &mut widgets)?;
            for (number, _) in widgets.into_iter().rev() {
                let Some(widget) = self.visit(number)? else { continue };
                let subtype = widget.as_dict().ok().and_then(|widget| widget.get(b"Subtype").and_then(Object::as_name).ok());
                self.notes += usize::from(subtype.is_some_and(is_note));
                if subtype == Some(b"Widget")
                    && let Some(here) = self.climb(&widget)?
                {
                    self.register(&here, Some(widget))?;
                }
            }
        }
        Ok(())
    }

    /// What a widget says and inherits, found from below.
    fn climb(&mut self, widget: &Rc<Object>) -> Result<Option<Above>, Fault> {
        let mut line = vec![Rc::clone(widget)];
        // A parent that is its own ancestor ends nowhere: the levels are counted.
        while line.len() < MOST_LEVELS {
            let Some(Ok(dictionary)) = line.last().map(|node| node.as_dict()) else { break };
            let Ok(Object::Reference(_)) = dictionary.get(b"Parent") else { break };
            let Got::There(parent) = self.pdf.value(dictionary, b"Parent")? else { break };
            line.push(parent);
        }
        let mut above = Above::default();
        for node in line.iter().rev() {
            let Some(here) = self.below(&above, node)? else { return Ok(None) };
            above = here;
        }
        Ok(Some(above))
    }

    /// The dictionary of a number, the first time it is asked for.
    fn visit(&mut self, number: u32) -> Result<Option<Rc<Object>>, Fault> {
        if !self.seen.insert(number) {
            return Ok(None);
        }
        if self.seen.len() > MOST_NODES {
            return Err(Fault::TooMuch);
        }
        match self.pdf.follow(&Object::Reference((number, 0)))? {
            Got::There(node) if node.as_dict().is_ok() => Ok(Some(node)),
            _ => Ok(None),
        }
    }

    /// Puts the references of an array on a stack, the first on top.
    fn push_kids(&mut self, from: &Dictionary, key: &[u8], above: &Rc<Above>, stack: &mut Vec<(u32, Rc<Above>)>) -> Result<(), Fault> {
        let kids = self.pdf.value(from, key)?;
        let Ok(kids) = kids.as_array() else { return Ok(()) };
        self.named = self.named.saturating_add(kids.len());
        if self.named > 4 * MOST_NODES {
            return Err(Fault::TooMuch);
        }
        stack.extend(kids.iter().rev().filter_map(|kid| Some((kid.as_reference().ok()?.0, Rc::clone(above)))));
        Ok(())
    }

    /// What holds at a dictionary below others; `None` where its name is longer than any of ours.
    fn below(&mut self, above: &Above, node: &Rc<Object>) -> Result<Option<Above>, Fault> {
        let Ok(dictionary) = node.as_dict() else { return Ok(None) };
        let own = self.pdf.value(dictionary, b"T")?;
        let own = match &*own {
            Object::String(text, _) if text.len() > 2 * MOST_NAME => return Ok(None),
            Object::String(text, _) => {
                self.pdf.walked(text.len() + 64)?;
                value::decoded(text).text
            }
            _ => String::new(),
        };
        let joint = if above.name.is_empty() || own.is_empty() { "" } else { "." };
        let name = format!("{}{joint}{own}", above.name);
        let mut holders = above.holders.clone();
        for (holder, key) in holders.iter_mut().zip(KEYS) {
            if dictionary.has(key) {
                *holder = Some(Rc::clone(node));
            }
        }
        Ok((name.len() <= MOST_NAME).then_some(Above { name, holders }))
    }

    /// Notes a field, or one more widget of it.
    fn register(&mut self, here: &Above, widget: Option<Rc<Object>>) -> Result<(), Fault> {
        if here.name.is_empty() {
            return Ok(());
        }
        // In the list, in the index, and perhaps among the groups.
        self.pdf.kept(3 * here.name.len())?;
        let new = Found { name: here.name.clone(), widgets: widget.into_iter().collect(), differs: false, holders: here.holders.clone() };
        match self.places.get(&here.name).and_then(|at| self.list.get_mut(*at)) {
            None => {
                self.places.insert(here.name.clone(), self.list.len());
                self.list.push(new);
            }
            Some(known) => {
                known.differs |= known.differs_from(&new);
                known.widgets.extend(new.widgets);
                for (holder, other) in known.holders.iter_mut().zip(new.holders) {
                    if holder.is_none() {
                        *holder = other;
                    }
                }
            }
        }
        Ok(())
    }

    /// The fields without those that turned out to be groups of others.
    fn finish(self) -> Vec<Found> {
        let Walk { list, places, .. } = self;
        let group = |name: &str| {
            let inside = format!("{name}.");
            places.range(inside.clone()..).next().is_some_and(|(other, _)| other.starts_with(&inside))
        };
        let groups: BTreeSet<String> = places.keys().filter(|name| group(name)).cloned().collect();
        list.into_iter().filter(|found| !groups.contains(&found.name)).collect()
    }
}
