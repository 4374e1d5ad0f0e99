//! Frames become DOCX (ECMA-376 part 1, transitional): a sheet of the layout is a page, a field a content control.

use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::Form;
use crate::layout::Layout;
use crate::name::FieldName;

/// What kind of DOCX.
#[derive(Clone, Debug, Default)]
pub struct DocxOptions {
    /// Fields that nobody may change.
    pub locked: Vec<FieldName>,
}

/// Writes laid-out forms as one document, each as a section of its own (or several, where its paper changes).
///
/// The same arguments give the same bytes.
pub fn write(forms: &[(&Form, &Layout)], fonts: &Fonts, options: &DocxOptions) -> Result<Vec<u8>, Error> {
    let _ = (forms, fonts, options);
    Err(Error::Write("DOCX is not written yet".to_owned()))
}
