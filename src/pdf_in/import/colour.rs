//! Whether a page is in colour, as far as colour spaces and operators tell: samples are not decoded.

use std::collections::{BTreeMap, BTreeSet};

use super::content::Scan;
use crate::pdf_in::{ImportedObject, Value};

/// So deep forms lie in each other.
const MOST_DEEP: usize = 16;

/// The copied objects, and what is known of them.
pub(super) struct Colours<'o> {
    objects: &'o [ImportedObject],
    scans: &'o BTreeMap<u32, Scan>,
    known: BTreeMap<u32, bool>,
}

impl<'o> Colours<'o> {
    pub(super) fn new(objects: &'o [ImportedObject], scans: &'o BTreeMap<u32, Scan>) -> Colours<'o> {
        Colours { objects, scans, known: BTreeMap::new() }
    }

    /// Whether operators, with these resources, paint in colour.
    pub(super) fn of_scan(&mut self, scan: &Scan, resources: &Value) -> bool {
        self.scan(scan, resources, MOST_DEEP)
    }

    fn scan(&mut self, scan: &Scan, resources: &Value, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let objects = self.objects;
        let named = |category: &[u8], names: &BTreeSet<Vec<u8>>| -> Vec<&Value> {
            let all = get(objects, resources, category).map(|all| entries(objects, all)).unwrap_or_default();
            all.iter().filter(|(name, _)| names.contains(name)).map(|(_, value)| value).collect()
        };
        let spaces = named(b"ColorSpace", &scan.spaces);
        let shadings = named(b"Shading", &scan.shadings);
        let patterns = named(b"Pattern", &scan.patterns);
        let xobjects = named(b"XObject", &scan.xobjects);
        scan.coloured
            || spaces.into_iter().any(|space| self.is_spot(space))
            || shadings.into_iter().any(|shading| get(objects, shading, b"ColorSpace").is_some_and(|space| self.space(space)))
            || patterns.into_iter().any(|pattern| self.pattern(pattern, depth))
            || xobjects.into_iter().any(|xobject| self.xobject(xobject, depth))
    }

    fn pattern(&mut self, pattern: &Value, depth: usize) -> bool {
        let shading = get(self.objects, pattern, b"Shading").and_then(|shading| get(self.objects, shading, b"ColorSpace"));
        shading.is_some_and(|space| self.space(space)) || self.operators(pattern, depth)
    }

    fn xobject(&mut self, xobject: &Value, depth: usize) -> bool {
        if let Value::Ref(index) = xobject
            && let Some(known) = self.known.get(index)
        {
            return *known;
        }
        if let Value::Ref(index) = xobject {
            // One that leads back to itself adds nothing to itself.
            self.known.insert(*index, false);
        }
        let found = match get(self.objects, xobject, b"Subtype") {
            Some(Value::Name(name)) if name == b"Image" => self.image(xobject),
            _ => self.operators(xobject, depth),
        };
        if let Value::Ref(index) = xobject {
            self.known.insert(*index, found);
        }
        found
    }

    fn operators(&mut self, of: &Value, depth: usize) -> bool {
        let Value::Ref(index) = of else { return false };
        let scans = self.scans;
        let Some(scan) = scans.get(index) else { return false };
        let resources = get(self.objects, of, b"Resources").unwrap_or(&Value::Null);
        self.scan(scan, resources, depth)
    }

    fn image(&self, image: &Value) -> bool {
        if get(self.objects, image, b"ImageMask") == Some(&Value::Bool(true)) {
            return false;
        }
        // A JPEG 2000 picture may know its colours itself: it is taken for coloured.
        get(self.objects, image, b"ColorSpace").is_none_or(|space| self.space(space))
    }

    /// Whether colours of a space can be other than grey.
    fn space(&self, space: &Value) -> bool {
        match resolve(self.objects, space) {
            Value::Name(name) => !matches!(name.as_slice(), b"DeviceGray" | b"CalGray" | b"G" | b"Pattern"),
            Value::Array(parts) => match parts.first() {
                Some(Value::Name(family)) => match family.as_slice() {
                    b"DeviceGray" | b"CalGray" | b"Pattern" => false,
                    b"ICCBased" => {
                        let profile = parts.get(1).and_then(|profile| get(self.objects, profile, b"N"));
                        !matches!(profile, Some(Value::Int(1)))
                    }
                    b"Indexed" => parts.get(1).is_some_and(|base| self.space(base)) && !is_grey_table(parts.get(3)),
                    b"Separation" | b"DeviceN" => self.is_spot(space),
                    _ => true,
                },
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether a space has colours that its operands do not show: inks with names.
    fn is_spot(&self, space: &Value) -> bool {
        let Value::Array(parts) = resolve(self.objects, space) else { return false };
        let grey = |name: &Value| matches!(name, Value::Name(name) if matches!(name.as_slice(), b"Black" | b"All" | b"None"));
        match (parts.first(), parts.get(1)) {
            (Some(Value::Name(family)), Some(ink)) if family == b"Separation" => !grey(ink),
            (Some(Value::Name(family)), Some(inks)) if family == b"DeviceN" => match resolve(self.objects, inks) {
                Value::Array(inks) => !inks.iter().all(grey),
                _ => true,
            },
            (Some(Value::Name(family)), _) if family == b"Indexed" => self.space(space),
            _ => false,
        }
    }
}

/// Whether a table of colours in threes holds greys only.
fn is_grey_table(table: Option<&Value>) -> bool {
    let Some(Value::Text(bytes)) = table else { return false };
    bytes.as_chunks::<3>().0.iter().all(|[r, g, b]| r == g && g == b)
}

fn resolve<'o>(objects: &'o [ImportedObject], value: &'o Value) -> &'o Value {
    match value {
        Value::Ref(index) => objects.get(*index as usize).map_or(&Value::Null, |object| &object.value),
        other => other,
    }
}

fn entries<'o>(objects: &'o [ImportedObject], value: &'o Value) -> &'o [(Vec<u8>, Value)] {
    match resolve(objects, value) {
        Value::Dict(entries) => entries,
        _ => &[],
    }
}

fn get<'o>(objects: &'o [ImportedObject], value: &'o Value, key: &[u8]) -> Option<&'o Value> {
    entries(objects, value).iter().find(|(known, _)| known == key).map(|(_, value)| value)
}
