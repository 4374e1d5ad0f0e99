//! **formwright**: one template and one record make the exact official form.
//!
//! A template is a folder: Handlebars lays the paper, named fields carry the record. From it come the print PDF, the
//! fillable PDF, the DOCX and the JSON Schema; a filled PDF or DOCX becomes the record again. Chinese is the normal case.
//!
//! ```
//! use formwright::{Engine, PdfOptions, Record};
//!
//! # fn main() -> Result<(), formwright::Error> {
//! let engine = Engine::open("templates", "fonts")?;
//! let record = Record::open("samples/nominee.json")?; // its photo's path is relative to this file
//! let form = engine.fill("recommendation", record)?; // expanded, parsed, checked, laid out
//! let pdf = form.pdf(&PdfOptions::fillable())?;
//! # assert!(pdf.starts_with(b"%PDF-1.7"));
//! # Ok(())
//! # }
//! ```
//!
//! What a person did wrong comes back as [`Error::Refused`] with all [`Diagnostics`] at once: each has a place and a next step,
//! none has a value of the record. Warnings travel beside a success, in [`Filled::warnings`].
//!
//! `docs/architecture.md` shows the rooms of the house on one screen, `docs/markup.md` the language of templates. The modules
//! behind this face are open to this project's own tests only and may change at any time.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod batch;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod diag;
#[doc(hidden)]
pub mod docx;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod files;
#[doc(hidden)]
pub mod fonts;
#[doc(hidden)]
pub mod form;
#[doc(hidden)]
pub mod image;
#[doc(hidden)]
pub mod layout;
#[doc(hidden)]
pub mod markup;
#[doc(hidden)]
pub mod name;
#[doc(hidden)]
pub mod package;
#[doc(hidden)]
pub mod pdf;
#[doc(hidden)]
pub mod pdf_in;
#[doc(hidden)]
pub mod preview;
#[doc(hidden)]
pub mod readback;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod service;
#[doc(hidden)]
pub mod sheet;
#[doc(hidden)]
pub mod template;
#[doc(hidden)]
pub mod text;
#[doc(hidden)]
pub mod units;

pub use diag::{Diagnostic, Diagnostics, Lang, Place, Severity};
pub use docx::DocxOptions;
pub use engine::{Dossier, DossierOptions, Engine, FieldBox, FillOptions, Filled, PngOptions};
pub use error::Error;
pub use fonts::FontOptions;
pub use name::FieldName;
pub use pdf::PdfOptions;
pub use preview::MarkKind;
pub use readback::ReadBack;
pub use record::Record;
pub use sheet::{People, Person};
