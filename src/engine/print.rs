//! Dossiers on their way to the printer: drawn once, then put into as many files as wanted.

use std::io::Write;

use super::Engine;
use super::dossier::{COPY, DEEDS};
use crate::error::Error;
use crate::pdf::{self, Part, PdfOptions, PrintRun, RunOptions};

impl Engine {
    /// A dossier that was drawn, as a PDF of its own.
    #[doc(hidden)]
    pub fn dossier_pdf(&self, part: &Part) -> Result<Vec<u8>, Error> {
        pdf::write_part(part, &self.fonts, &PdfOptions::print())
    }

    /// Begins a print run: dossiers that were drawn, one after another, each on a leaf of its own.
    #[doc(hidden)]
    pub fn print_run<W: Write>(&self, out: W, options: &RunOptions) -> Result<PrintRun<'_, W>, Error> {
        PrintRun::new(out, &self.fonts, options)
    }
}

/// The templates that a dossier on a form is made of.
pub fn dossier_templates(form: &str) -> [&str; 3] {
    [form, DEEDS, COPY]
}
