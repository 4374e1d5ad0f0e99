//! A record with values put right: the same limits as while reading, and the troubles of just those values judged anew.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::files::{load_one, names_a_file};
use super::limits::{self, MAX_BYTES, MAX_DEPTH, MAX_ROWS, MAX_VALUES};
use super::write::at;
use super::{Assets, Record, explained};
use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::name::{FieldName, Step};

/// What a value is put right to: in JSON a text, `true` or `false`, or `null`, which takes the value away.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Edit {
    /// This text; of a photo, a path or a data URI.
    Text(String),
    /// A box with or without a tick.
    Flag(bool),
    /// Nothing any more. A whole list or row may go, too; the rows behind it keep their places.
    Gone,
}

impl Record {
    /// The record with one value put right; the record itself stays as it is.
    ///
    /// Rows on the way are added. A photo is read through `assets`, or out of a data URI. What reading had found about that very
    /// value is judged anew and is in [`Record::troubles`] again where it is still so.
    ///
    /// # Errors
    /// What goes beyond a record's limits, at the value; a text where the record has a list or several values.
    ///
    /// ```
    /// use formwright::record::{Edit, NoFiles};
    /// use formwright::{FieldName, Record};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let record = Record::open("samples/nominee.json")?;
    /// let name = FieldName::parse("mobile").ok_or("it is a name")?;
    /// let right = record.with(&name, &Edit::Text("19900000000".to_owned()), &NoFiles).map_err(formwright::Error::Refused)?;
    /// assert_eq!(right.text(&name), Some("19900000000"));
    /// assert_ne!(record.text(&name), right.text(&name));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(&self, name: &FieldName, edit: &Edit, assets: &dyn Assets) -> Result<Record, Diagnostics> {
        let mut record = self.clone();
        let (_, refused) = record.put_right([(name, edit)], assets);
        if refused.is_empty() { Ok(record) } else { Err(refused) }
    }

    /// Puts values right, one after another. Gives back which could be, and what is wrong with the others.
    pub(crate) fn put_right<'n>(
        &mut self,
        edits: impl IntoIterator<Item = (&'n FieldName, &'n Edit)>,
        assets: &dyn Assets,
    ) -> (Vec<&'n FieldName>, Diagnostics) {
        let before = self.clone();
        let (mut done, mut refused) = (Vec::new(), Diagnostics::default());
        for (name, edit) in edits {
            match self.edit(name, edit, assets) {
                Ok(()) => done.push(name),
                Err(found) => refused.push(found),
            }
        }
        // One value may be within its limit, and all of them together beyond the record's.
        if let Some(found) = self.too_much() {
            *self = before;
            done.clear();
            refused.push(found);
        }
        (done, refused)
    }

    fn edit(&mut self, name: &FieldName, edit: &Edit, assets: &dyn Assets) -> Result<(), Diagnostic> {
        let place = || Place::Record { pointer: name.pointer(), label: String::new() };
        if name.steps().count() > MAX_DEPTH {
            return Err(limits::too_deep(place()));
        }
        if name.steps().any(|step| matches!(step, Step::Index(index) if index >= MAX_ROWS)) {
            return Err(limits::too_many_rows(place()));
        }
        let value = match edit {
            Edit::Gone => {
                self.take_away(name);
                return Ok(());
            }
            Edit::Flag(flag) => Value::from(*flag),
            Edit::Text(text) => match limits::too_long(text, place).filter(|_| names_a_file(&name.pattern()).is_none()) {
                Some(found) => return Err(found),
                None => Value::from(text.as_str()),
            },
        };
        if !self.put(name, value) {
            return Err(explained(
                "edit-no-value",
                place(),
                [
                    "这里不能写一个值：记录在这里或上一层有别的内容",
                    "one value cannot stand here: the record has something of another kind here or above",
                    "改里面的一栏；或先把这里的内容整个去掉",
                    "put a field inside it right, or take what is here away first",
                ],
            ));
        }
        self.forget(name);
        load_one(self, name, assets);
        Ok(())
    }

    /// Takes away what stands at a name, if anything does.
    fn take_away(&mut self, name: &FieldName) {
        self.forget(name);
        let own = name.as_str();
        let (parent, last) = match own.rsplit_once('.') {
            Some((parent, _)) => (FieldName::parse(parent).and_then(|parent| at(&mut self.root, &parent)), name.steps().last()),
            None => {
                // The order of the others stays.
                self.root.shift_remove(own);
                return;
            }
        };
        match (parent, last) {
            (Some(Value::Object(members)), Some(Step::Key(key))) => drop(members.shift_remove(key)),
            (Some(Value::Array(rows)), Some(Step::Index(index))) => {
                if let Some(row) = rows.get_mut(index) {
                    // A row without anything in it is written as what its neighbours are.
                    *row = if row.is_object() { Value::Object(Map::new()) } else { Value::Null };
                }
            }
            _ => {}
        }
    }

    /// Forgets files and troubles of a value and of what is in it.
    fn forget(&mut self, name: &FieldName) {
        let own = name.as_str();
        let inside = |other: &str| other.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.assets.retain(|other, _| !inside(other));
        self.troubles.retain(|one| !is_at(&one.place, name));
    }

    /// What is said where all values together are more than a record may hold.
    fn too_much(&self) -> Option<Diagnostic> {
        let place = || Place::Record { pointer: String::new(), label: String::new() };
        let values: usize = self.root.values().map(count).sum();
        if values > MAX_VALUES {
            return Some(limits::too_many_values(place()));
        }
        let text = serde_json::to_string(&self.root).map_or(usize::MAX, |text| text.len());
        let files = self.embedded().map(|(_, bytes)| base64::encoded_len(bytes.len(), true).unwrap_or(usize::MAX));
        let bytes = files.fold(text, usize::saturating_add);
        (bytes > MAX_BYTES).then(|| limits::too_large(place()))
    }
}

/// Whether a place is a value, or in it: in the record, or in the cell where it was read.
pub(crate) fn is_at(place: &Place, name: &FieldName) -> bool {
    let (Place::Record { pointer, .. } | Place::Cell { pointer, .. }) = place else { return false };
    pointer.strip_prefix(&name.pointer()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How many values there are in a value, itself among them.
fn count(value: &Value) -> usize {
    let inside: usize = match value {
        Value::Array(rows) => rows.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    };
    inside + 1
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What a person wrote never reaches a log.
        f.write_str(match self {
            Edit::Text(_) => "Text",
            Edit::Flag(_) => "Flag",
            Edit::Gone => "Gone",
        })
    }
}
