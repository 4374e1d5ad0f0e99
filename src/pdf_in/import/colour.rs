//! Whether a page is in colour, as far as colour spaces and operators tell: samples are not decoded.

use std::collections::{BTreeMap, BTreeSet};

use super::content::Scan;
use crate::pdf_in::{ImportedObject, Value};

/// So deep forms lie in each other.
const MOST_DEEP: usize = 16;

/// So many colour spaces stand behind each other: a pattern's, a table's, its base.
const MOST_BASES: usize = 4;

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
        self.once(pattern, |colours| {
            let shading = get(colours.objects, pattern, b"Shading").and_then(|shading| get(colours.objects, shading, b"ColorSpace"));
            shading.is_some_and(|space| colours.space(space)) || colours.operators(pattern, depth)
        })
    }

    fn xobject(&mut self, xobject: &Value, depth: usize) -> bool {
        self.once(xobject, |colours| match get(colours.objects, xobject, b"Subtype") {
            Some(Value::Name(name)) if name == b"Image" => colours.image(xobject),
            _ => colours.operators(xobject, depth),
        })
    }

    /// Looks at an object once. One that leads back to itself adds nothing to itself.
    fn once(&mut self, object: &Value, look: impl FnOnce(&mut Self) -> bool) -> bool {
        let Value::Ref(index) = object else { return look(self) };
        if let Some(known) = self.known.get(index) {
            return *known;
        }
        self.known.insert(*index, false);
        let found = look(self);
        self.known.insert(*index, found);
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
        self.nested(space, MOST_BASES)
    }

    fn nested(&self, space: &Value, depth: usize) -> bool {
        // What leads back to itself is no colour space.
        let Some(depth) = depth.checked_sub(1) else { return false };
        match resolve(self.objects, space) {
            Value::Name(name) => !matches!(name.as_slice(), b"DeviceGray" | b"CalGray" | b"G" | b"Pattern"),
            Value::Array(parts) => match parts.first() {
                Some(Value::Name(family)) => match family.as_slice() {
                    b"DeviceGray" | b"CalGray" | b"Pattern" => false,
                    b"ICCBased" => {
                        let profile = parts.get(1).and_then(|profile| get(self.objects, profile, b"N"));
                        !matches!(profile, Some(Value::Int(1)))
                    }
                    b"Indexed" => parts.get(1).is_some_and(|base| self.nested(base, depth)) && !is_grey_table(parts.get(3)),
                    b"Separation" | b"DeviceN" => is_ink(self.objects, parts),
                    _ => true,
                },
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether a space has colours that its operands do not show: inks with names, tables.
    fn is_spot(&self, space: &Value) -> bool {
        let Value::Array(parts) = resolve(self.objects, space) else { return false };
        matches!(parts.first(), Some(Value::Name(family)) if matches!(family.as_slice(), b"Separation" | b"DeviceN" | b"Indexed"))
            && self.space(space)
    }
}

/// Whether an ink, or one of several, is another than black.
fn is_ink(objects: &[ImportedObject], parts: &[Value]) -> bool {
    let grey = |name: &Value| matches!(name, Value::Name(name) if matches!(name.as_slice(), b"Black" | b"All" | b"None"));
    match parts.get(1).map(|inks| resolve(objects, inks)) {
        Some(Value::Array(inks)) => !inks.iter().all(grey),
        Some(ink) => !grey(ink),
        None => true,
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
