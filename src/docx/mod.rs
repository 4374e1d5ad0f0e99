//! Frames become DOCX (ECMA-376 part 1, transitional): a sheet of the layout is a page, a field a content control.
//!
//! docx-rs makes the body; [`finish`] mends what it writes out of order and adds what it lacks; the parts round it and the
//! package are ours. Nothing here chooses a size, a line break or a page: rows are exact, every sheet begins a page.

mod atoms;
mod control;
mod cut;
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
    let Some((first, (form, layout))) = forms.first().map(|first| (first.0, *first)) else {
        return Err(Error::Write("there is no form to write".to_owned()));
    };
    let mut shared = Shared {
        fonts,
        locked: &options.locked,
        form,
        layout,
        styles: Default::default(),
        controls: Default::default(),
        pictures: Default::default(),
        heads: Vec::new(),
    };
    let mut docx = Docx::new();
    for (number, (form, layout)) in forms.iter().copied().enumerate() {
        (shared.form, shared.layout) = (form, layout);
        let sections = sheet::sections(&shared, &layout.frames);
        let count = sections.len();
        for (at, section) in sections.into_iter().enumerate() {
            docx = sheet::add(&mut shared, docx, section, number + 1 == forms.len() && at + 1 == count)?;
        }
    }
    let built = String::from_utf8(docx.build().document).map_err(|_| Error::Write("the body is no UTF-8".to_owned()))?;
    let document = finish::finish(&built, &shared)?;
    let custom = parts::custom(&properties(first, forms, &shared))?;
    package::pack(&parts::parts(&first.template.title, document, custom, shared)?)
}

/// The custom properties: which template, and the digest of each value as issued.
fn properties(first: &Form, forms: &[(&Form, &Layout)], shared: &Shared) -> Vec<(String, String)> {
    let template = &first.template;
    let mut all: Vec<(String, String)> =
        [(marks::TEMPLATE, &template.id), (marks::VERSION, &template.version), (marks::DIGEST, &template.digest)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .to_vec();
    let mut known = BTreeSet::new();
    for (form, layout) in forms {
        for (field, value) in form.fields.iter().zip(&layout.values) {
            let text = value.text.replace("\r\n", "\n").replace('\r', "\n");
            if !text.is_empty() && known.insert(&field.name) {
                all.push((format!("{}{}", marks::VALUE, field.name), marks::value_digest(text.as_bytes())));
            }
        }
    }
    let _ = shared;
    all
}
