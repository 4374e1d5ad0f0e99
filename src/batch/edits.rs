//! Values put right after the source was sent: kept beside it, so that what was sent stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diag::Diagnostic;
use crate::name::FieldName;
use crate::record::{Assets, Edit, Folder};

/// Values put right, by the entry of the source (from 0) and the field.
///
/// In JSON: `{"4": {"mobile": "19900000000", "resume.2.witness": null}}`; the same edits are the same bytes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Edits(BTreeMap<usize, BTreeMap<FieldName, Edit>>);

impl Edits {
    /// Puts a value of an entry right; an earlier edit of the same field is replaced.
    pub fn put(&mut self, entry: usize, name: FieldName, edit: Edit) {
        self.0.entry(entry).or_default().insert(name, edit);
    }

    /// Forgets an edit: the source's own value counts again.
    pub fn forget(&mut self, entry: usize, name: &FieldName) {
        if let Some(fields) = self.0.get_mut(&entry) {
            fields.remove(name);
            if fields.is_empty() {
                self.0.remove(&entry);
            }
        }
    }

    /// What was put right of an entry, by field.
    pub fn of(&self, entry: usize) -> Option<&BTreeMap<FieldName, Edit>> {
        self.0.get(&entry).filter(|fields| !fields.is_empty())
    }

    /// The entries of which anything was put right, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.0.iter().filter(|(_, fields)| !fields.is_empty()).map(|(entry, _)| *entry)
    }

    /// Whether nothing was put right.
    pub fn is_empty(&self) -> bool {
        self.entries().next().is_none()
    }
}

impl fmt::Debug for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edits(of {} entries)", self.entries().count())
    }
}

/// The files of an entry, those that edits name from a folder of their own.
pub(super) struct Beside {
    /// The paths that edits name, as a record's reader judges them.
    paths: BTreeSet<String>,
    folder: Folder,
    own: Box<dyn Assets + Send + Sync>,
}

impl Beside {
    /// The files of an entry with these edits.
    pub(super) fn new(fields: &BTreeMap<FieldName, Edit>, folder: Folder, own: Box<dyn Assets + Send + Sync>) -> Beside {
        let texts = fields.values().filter_map(|edit| if let Edit::Text(text) = edit { Some(text) } else { None });
        // A text that is no path is never asked for.
        let paths = texts.filter(|text| text.len() <= 1_000).map(|text| plain(text)).collect();
        Beside { paths, folder, own }
    }

    fn files(&self, path: &str) -> &dyn Assets {
        if self.paths.contains(path) { &self.folder } else { &*self.own }
    }
}

impl Assets for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        self.files(path).read(path)
    }

    fn read_attachment(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        self.files(path).read_attachment(path)
    }
}

/// A path as a record's reader asks for it, and as a folder's list writes it.
pub(super) fn plain(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}
