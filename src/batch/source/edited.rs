//! An entry with its values put right.

use std::collections::BTreeMap;

use super::{Loaded, Source, refused, said};
use crate::batch::edits::Beside;
use crate::diag::{Diagnostic, Place};
use crate::error::Error;
use crate::name::FieldName;
use crate::record::{Edit, Folder, is_at};

impl Source {
    /// Refuses edits of entries that are not there: they were made for another source.
    pub(super) fn has_the_edited(&self, name: &str) -> Result<(), Error> {
        let last = self.edits.entries().next_back();
        if last.is_some_and(|last| last >= self.len()) { Err(refused(said::no_entry(name))) } else { Ok(()) }
    }

    /// The entry with the values put right. What was found about just those values while it was read is said no more.
    pub(super) fn put_right(&self, entry: usize, fields: &BTreeMap<FieldName, Edit>, loaded: Loaded) -> Loaded {
        let Loaded { record, mut found, files } = loaded;
        let Some(mut record) = record else {
            found.push(said::edits_idle(&self.place(entry)));
            return Loaded { record: None, found, files };
        };
        let files = match &self.edit_files {
            Some(folder) => Box::new(Beside::new(fields, Folder::new(folder), files)),
            None => files,
        };
        let (known, strange): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, edit)| self.is_field(name, edit));
        let (done, wrong) = record.put_right(known, &*files);
        found.retain(|one| !done.iter().any(|name| is_at(&one.place, name)));
        found.extend(wrong.into_iter().map(|one| self.labelled(one)));
        found.extend(strange.into_iter().map(|(name, _)| said::no_field(name.pointer())));
        Loaded { record: Some(record), found, files }
    }

    /// Whether a record has such a field; a list or a row may be taken away as a whole.
    fn is_field(&self, name: &FieldName, edit: &Edit) -> bool {
        let pattern = name.pattern();
        let holds_one = || {
            let inside = format!("{pattern}.");
            self.fields.keys().any(|field| field.starts_with(&inside))
        };
        self.fields.contains_key(&pattern) || (*edit == Edit::Gone && holds_one())
    }

    /// The same with what the paper calls the value.
    fn labelled(&self, one: Diagnostic) -> Diagnostic {
        let Place::Record { pointer, label } = &one.place else { return one };
        let known = FieldName::from_pointer(pointer).and_then(|name| self.fields.get(&name.pattern()));
        match known.filter(|_| label.is_empty()) {
            Some(label) => Diagnostic { place: Place::Record { pointer: pointer.clone(), label: label.clone() }, ..one },
            None => one,
        }
    }
}
