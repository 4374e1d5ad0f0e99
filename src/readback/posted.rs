//! What the entry page posts becomes a record: names and values, as a browser sends them.

use std::collections::{BTreeMap, BTreeSet};

use super::suit::Known;
use super::{Content, Issued, Returned, restore};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::{Field, FieldKind, Form, post};
use crate::name::FieldName;
use crate::record::{self, MAX_VALUES, Record};

/// A value of a name in a posted form (`multipart/form-data`, RFC 7578).
#[derive(Clone, PartialEq, Eq)]
pub enum Posted {
    /// What was typed or chosen.
    Text(String),
    /// The bytes of a file; none where no file was chosen.
    File(Vec<u8>),
}

impl std::fmt::Debug for Posted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A record's value never reaches a log.
        f.write_str(if matches!(self, Posted::Text(_)) { "Text(…)" } else { "File(…)" })
    }
}

/// The record of a posted entry page, with what could not be taken or understood.
///
/// Months and dates become the record's (1985.03 → `1985-03`), line ends `\n`; what is empty has no key. `form` is the
/// template's, with any number of rows: rows beyond are taken as its first one. A photo is the file that was sent, or the
/// one that was sent before, unless its tick takes it away. The name of the buttons is passed over.
///
/// Nothing posted is ever named or quoted in a message but by the labels of the form.
pub fn posted(form: &Form, values: &[(String, Posted)]) -> (Record, Diagnostics) {
    let mut reader = Reader { known: Known::of(form), fields: BTreeMap::new(), photos: BTreeMap::new(), found: Diagnostics::default() };
    let mut strange = 0_usize;
    for (name, value) in values.iter().take(MAX_VALUES) {
        if !(name == post::TO || reader.take(name, value)) {
            strange += 1;
        }
    }
    let returned = reader.returned(form);
    let mut found = reader.found;
    if strange > 0 {
        found.push(unknown(strange));
    }
    if values.len() > MAX_VALUES {
        found.push(too_many(values.len()));
    }
    let (record, remarks) = restore::record(&returned);
    found.extend(remarks);
    (record, found)
}

/// A photo in the making.
#[derive(Default)]
struct Photo<'p> {
    sent: Option<&'p [u8]>,
    kept: Option<&'p str>,
    dropped: bool,
}

struct Reader<'p> {
    known: Known<'p>,
    fields: BTreeMap<FieldName, Returned>,
    photos: BTreeMap<FieldName, Photo<'p>>,
    found: Diagnostics,
}

impl<'p> Reader<'p> {
    /// Takes one value; not where the form has no such name.
    fn take(&mut self, name: &str, value: &'p Posted) -> bool {
        let (head, name) =
            [post::KEPT, post::DROPPED].iter().find_map(|head| Some((*head, name.strip_prefix(head)?))).unwrap_or(("", name));
        let Some(name) = FieldName::parse(name) else { return false };
        let Some(field) = self.known.field(&name).filter(|field| field.kind.is_data()) else { return false };
        let photo = field.kind == FieldKind::Photo;
        match value {
            _ if photo != (!head.is_empty() || matches!(value, Posted::File(_))) => return false,
            Posted::File(bytes) if head.is_empty() => {
                let photo = self.photos.entry(name).or_default();
                photo.sent = photo.sent.or((!bytes.is_empty()).then_some(bytes));
            }
            Posted::File(_) => return false,
            Posted::Text(text) if head == post::KEPT => self.photos.entry(name).or_default().kept = Some(text),
            Posted::Text(_) if head == post::DROPPED => self.photos.entry(name).or_default().dropped = true,
            Posted::Text(text) => {
                let content = match field.kind {
                    FieldKind::Check => Content::Ticked(!text.trim().is_empty()),
                    _ => Content::Text(text.clone()),
                };
                self.put(returned(&name, field, content));
            }
        }
        true
    }

    /// A name that comes twice keeps its first value.
    fn put(&mut self, field: Returned) {
        match self.fields.get(&field.name) {
            Some(first) if first.value == field.value => {}
            Some(_) => {
                let message = Message::new(
                    "这一栏发来了两次，内容不同，只取了第一次的",
                    "this field came twice with different values; the first was taken",
                );
                let help = Message::new("重新打开页面再填", "open the page anew and fill it in");
                self.found.push(Diagnostic::error("repeated-field", restore::place(&field), message).with_help(help));
            }
            None => drop(self.fields.insert(field.name.clone(), field)),
        }
    }

    /// Everything in the order of the form, rows beyond it last.
    fn returned(&mut self, form: &Form) -> Vec<Returned> {
        for (name, photo) in std::mem::take(&mut self.photos) {
            let Some(field) = self.known.field(&name) else { continue };
            let kept = photo.kept.filter(|kept| !photo.dropped && photo.sent.is_none() && !kept.trim().is_empty());
            let bytes = photo.sent.map(<[u8]>::to_vec).or_else(|| record::from_data_uri(kept?));
            let lost = bytes.is_none() && kept.is_some();
            let place = returned(&name, field, Content::Picture(bytes));
            if lost {
                let message = Message::new("上次交的照片没有传回来", "the photo that was sent before did not come back");
                let help = Message::new("重新选一次照片（JPEG 或 PNG）", "choose the photo again (a JPEG or PNG)");
                self.found.push(Diagnostic::error("photo-lost", restore::place(&place), message).with_help(help));
            }
            self.fields.insert(name, place);
        }
        let mut fields = std::mem::take(&mut self.fields);
        let mut list: Vec<Returned> = form.fields.iter().filter_map(|field| fields.remove(&field.name)).collect();
        let mut rest: BTreeSet<(usize, FieldName)> = BTreeSet::new();
        rest.extend(fields.keys().map(|name| (name.as_str().len(), name.clone())));
        list.extend(rest.into_iter().filter_map(|(_, name)| fields.remove(&name)));
        list
    }
}

fn returned(name: &FieldName, field: &Field, value: Content) -> Returned {
    let label = restore::label_of_column(name, &field.name, &field.label);
    Returned { name: name.clone(), kind: Some(field.kind.clone()), label, value, issued: Issued::Unknown }
}

/// The record as a whole: what is strange has no place in it.
fn whole() -> Place {
    Place::Record { pointer: String::new(), label: String::new() }
}

fn unknown(count: usize) -> Diagnostic {
    let message = Message::new(
        format!("发来的内容里有 {count} 项不属于这张表，没有取用"),
        format!("{count} of the values sent belong to no field of this form and were not taken"),
    );
    let help = Message::new("用这张表自己的页面填写；栏目名见 schema", "fill in this form's own page; the schema has the names");
    Diagnostic::warning("unknown-field", whole(), message).with_help(help)
}

fn too_many(count: usize) -> Diagnostic {
    let message = Message::new(
        format!("发来了 {count} 项内容，最多取 {MAX_VALUES} 项"),
        format!("{count} values were sent; at most {MAX_VALUES} are taken"),
    );
    let help = Message::new("请分成几份填写", "split it into several forms");
    Diagnostic::error("too-many-values", whole(), message).with_help(help)
}
