//! Frames become PDF: page content and form fields in one pass.

use crate::error::Error;
use crate::fonts::Fonts;
use crate::form::Form;
use crate::layout::Layout;

/// What kind of PDF.
#[derive(Clone, Debug, Default)]
pub struct PdfOptions {
    /// Fields become widgets.
    pub fillable: bool,
}

impl PdfOptions {
    /// A PDF to print.
    pub fn print() -> PdfOptions {
        PdfOptions::default()
    }

    /// A PDF to fill in.
    pub fn fillable() -> PdfOptions {
        PdfOptions { fillable: true }
    }
}

/// Writes a laid-out form as PDF 1.7 (ISO 32000-1).
pub fn write(_form: &Form, _layout: &Layout, _fonts: &Fonts, _options: &PdfOptions) -> Result<Vec<u8>, Error> {
    todo!("helper E")
}
