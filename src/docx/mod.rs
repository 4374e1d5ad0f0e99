//! Frames become DOCX (ECMA-376 part 1, transitional): a sheet of the layout is a page, a field a content control.
//!
//! docx-rs makes the body; `finish` mends what it writes out of order and adds what it lacks; the parts round it and the
//! package are ours. Nothing here chooses a size, a line break or a page: rows are exact, every sheet begins a page.

mod atoms;
mod control;
mod cut;
mod drawing;
mod finish;
mod grid;
mod measure;
mod order;
mod para;
mod parts;
mod picture;
mod shared;
mod sheet;
mod styles;
mod xml;

use std::collections::BTreeSet;

use docx_rs::Docx;

use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::Form;
use crate::layout::Layout;
use crate::name::FieldName;
use crate::package::{self, marks};
use shared::Shared;

/// What kind of DOCX.
#[derive(Clone, Debug, Default)]
pub struct DocxOptions {
    /// Fields that nobody may change.
    pub locked: Vec<FieldName>,
}

/// Writes laid-out forms as one document, each as a section of its own (or several, where its paper changes).
///
/// The same arguments give the same bytes. Fails where a layout does not belong to its form, and for a field whose name is
/// longer than Word takes.
pub fn write(forms: &[(&Form, &Layout)], fonts: &Fonts, options: &DocxOptions) -> Result<Vec<u8>, Error> {
    let Some((form, layout)) = forms.first().copied() else {
        return Err(Error::Write("there is no form to write".to_owned()));
    };
    let mut shared = Shared {
        fonts,
        locked: &options.locked,
        form,
        layout,
        empty: Vec::new(),
        styles: Default::default(),
        controls: Default::default(),
        pictures: Default::default(),
        ink: String::new(),
        photos: Vec::new(),
        heads: Vec::new(),
    };
    let mut docx = Docx::new();
    for (number, (form, layout)) in forms.iter().enumerate() {
        shared.turn_to(form, layout);
        let sections = sheet::sections(&shared, &layout.frames);
        let count = sections.len();
        for (at, section) in sections.into_iter().enumerate() {
            docx = sheet::add(&mut shared, docx, section, number + 1 == forms.len() && at + 1 == count)?;
        }
    }
    let built = String::from_utf8(docx.build().document).map_err(|_| Error::Write("the body is no UTF-8".to_owned()))?;
    let document = finish::finish(&built, &shared)?;
    let properties = properties(forms, &shared);
    package::pack(&parts::parts(&form.template.title, document, properties, shared)?)
}

/// The custom properties: which template, the digest of the fixed text, and that of each value as issued.
fn properties(forms: &[(&Form, &Layout)], shared: &Shared) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, value: &str| all.push((name.to_owned(), value.to_owned()));
    if let Some((form, _)) = forms.first() {
        add(marks::TEMPLATE, &form.template.id);
        add(marks::VERSION, &form.template.version);
        add(marks::DIGEST, &form.template.digest);
    }
    add(marks::INK, &marks::value_digest(shared.ink.as_bytes()));
    let values = forms.iter().flat_map(|(form, layout)| form.fields.iter().zip(&layout.values));
    let texts = values.filter(|(_, value)| !value.text.is_empty());
    let texts = texts.map(|(field, value)| (&field.name, marks::value_digest(para::plain(&value.text).as_bytes())));
    let mut known = BTreeSet::new();
    for (name, digest) in texts.chain(shared.photos.iter().map(|(name, digest)| (name, digest.clone()))) {
        // A name that several forms share is one value.
        if known.insert(name) {
            add(&format!("{}{name}", marks::VALUE), &digest);
        }
    }
    all
}
