//! Optional content (ISO 32000-1, 8.11): which layers a person does not see.

use std::collections::BTreeSet;

use crate::pdf_in::{Dictionary, Fault, Object, Pdf};

/// The layers that the file's default configuration hides.
#[derive(Debug, Default)]
pub(super) struct Layers {
    hidden: BTreeSet<u32>,
    /// Whether the file has layers at all.
    any: bool,
}

impl Layers {
    /// Reads the default configuration. A file without one has nothing to hide.
    pub(super) fn read(pdf: &mut Pdf<'_>, catalog: &Dictionary) -> Result<Layers, Fault> {
        let properties = pdf.value(catalog, b"OCProperties")?;
        let Object::Dictionary(properties) = &*properties else { return Ok(Layers::default()) };
        let configuration = pdf.value(properties, b"D")?;
        let Object::Dictionary(configuration) = &*configuration else { return Ok(Layers::default()) };
        let mut hidden = BTreeSet::new();
        // Table 101: OFF hides all that ON does not list.
        if pdf.value(configuration, b"BaseState")?.as_name().is_ok_and(|state| state == b"OFF") {
            hidden = numbers(pdf, properties, b"OCGs")?;
            let on = numbers(pdf, configuration, b"ON")?;
            hidden.retain(|layer| !on.contains(layer));
        }
        hidden.extend(numbers(pdf, configuration, b"OFF")?);
        Ok(Layers { hidden, any: true })
    }

    /// Whether the file has layers at all.
    pub(super) fn any(&self) -> bool {
        self.any
    }

    /// Whether what belongs to this group, or to this membership of groups, is hidden (8.11.2.2).
    ///
    /// A visibility expression (`/VE`) is passed over; the groups and the policy beside it say the same to older readers.
    pub(super) fn hides(&self, pdf: &mut Pdf<'_>, belongs: &Object) -> Result<bool, Fault> {
        if !self.any {
            return Ok(false);
        }
        if let Object::Reference(id) = belongs
            && self.hidden.contains(&id.0)
        {
            return Ok(true);
        }
        let membership = pdf.follow(belongs)?;
        let Object::Dictionary(membership) = &*membership else { return Ok(false) };
        let mut states = Vec::new();
        match membership.get(b"OCGs") {
            Ok(Object::Reference(id)) => match &*pdf.follow(&Object::Reference(*id))? {
                Object::Array(groups) => states.extend(groups.iter().filter_map(|group| self.state(group))),
                _ => states.push(self.hidden.contains(&id.0)),
            },
            Ok(Object::Array(groups)) => states.extend(groups.iter().filter_map(|group| self.state(group))),
            _ => {}
        }
        if states.is_empty() {
            return Ok(false);
        }
        let policy = pdf.value(membership, b"P")?;
        Ok(match policy.as_name().unwrap_or(b"AnyOn") {
            b"AllOn" => states.contains(&true),
            b"AnyOff" => !states.contains(&true),
            b"AllOff" => states.contains(&false),
            _ => !states.contains(&false),
        })
    }

    fn state(&self, group: &Object) -> Option<bool> {
        let Object::Reference(id) = group else { return None };
        Some(self.hidden.contains(&id.0))
    }
}

fn numbers(pdf: &mut Pdf<'_>, dictionary: &Dictionary, key: &[u8]) -> Result<BTreeSet<u32>, Fault> {
    let list = pdf.value(dictionary, key)?;
    let Object::Array(list) = &*list else { return Ok(BTreeSet::new()) };
    Ok(list.iter().filter_map(|one| if let Object::Reference(id) = one { Some(id.0) } else { None }).collect())
}
