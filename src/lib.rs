//! **formwright**: one template and one record make the exact official form.
//!
//! A template is a folder: Handlebars lays the paper, named fields carry the record. From it come the print PDF, the
//! fillable PDF, the DOCX and the JSON Schema; a filled PDF or DOCX becomes the record again. Chinese is the normal case.
//!
//! This page leads from a record to a file, to the files of many people, and back. Everything on it is run as a test. `examples/` has the
//! same as three small programs.
//!
//! # One record
//!
//! An [`Engine`] is templates and fonts, found once; threads share it. A [`Record`] is one JSON object with the photo that it names. A
//! [`Filled`] is the record set on the form, from which every format is written; equal records give equal bytes, on every machine.
//!
//! ```
//! use formwright::{DocxOptions, Engine, PdfOptions, Record};
//!
//! # fn main() -> Result<(), formwright::Error> {
//! let engine = Engine::open("templates", "fonts")?;
//! let record = Record::open("samples/nominee.json")?; // its photo's path is relative to this file
//! let form = engine.fill("recommendation", record)?; // expanded, parsed, checked, laid out
//! let print = form.pdf(&PdfOptions::print())?;
//! let to_fill_in = form.pdf(&PdfOptions::fillable())?;
//! let word = form.docx(&DocxOptions::default())?;
//! # assert!(print.starts_with(b"%PDF-1.7") && to_fill_in.starts_with(b"%PDF-1.7") && word.starts_with(b"PK"));
//! # assert_eq!(form.pages(), 6);
//! # Ok(())
//! # }
//! ```
//!
//! [`Engine::blank`] gives the empty paper, [`Engine::schema`] the JSON Schema of its record, [`Engine::workbook`] an Excel workbook for
//! many people to be typed into.
//!
//! # What is wrong
//!
//! What a person did wrong comes as [`Diagnostics`]: all at once, each at its [`Place`] with a code for programs, words in two languages and a
//! next step; none has a value of the record. What keeps the paper from saying what the record says is [`Error::Refused`]; all else travels
//! beside the success, in [`Filled::warnings`]. [`Engine::check`] judges more strictly, as whoever receives the form does.
//!
//! ```
//! use formwright::{Edit, Engine, Error, FieldName, Lang, NoFiles, Place, Record};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::open("templates", "fonts")?;
//! let json = r#"{"name": "张三", "birth": "1985-13"}"#; // from wherever records come
//! let record = Record::parse(json.as_bytes(), &NoFiles).map_err(Error::Refused)?; // photos as data URIs only
//!
//! let mistakes = engine.check("recommendation", &record)?;
//! let birth = mistakes.iter().find(|one| matches!(&one.place, Place::Record { pointer, .. } if pointer == "/birth")).ok_or("it is told")?;
//! assert_eq!(birth.code, "impossible-date");
//! assert_eq!(birth.message.text(Lang::Zh), "不可能有这样的年月日");
//!
//! // Records do not change; one that is put right is another one.
//! let name = FieldName::parse("birth").ok_or("it is a name")?;
//! let right = record.with(&name, &Edit::Text("1985-12".to_owned()), &NoFiles).map_err(Error::Refused)?;
//! assert!(engine.check("recommendation", &right)?.len() < mistakes.len());
//! # Ok(())
//! # }
//! ```
//!
//! # Everything about one person
//!
//! A [`Dossier`] is the form, the 事迹材料 and a page for every page of every certificate that the record's `attachments` name.
//!
//! ```
//! use formwright::{DossierOptions, Engine, Folder, Record};
//!
//! # fn main() -> Result<(), formwright::Error> {
//! # let engine = Engine::open("templates", "fonts")?;
//! let record = Record::open("samples/nominee.json")?;
//! let files = Folder::new("samples".as_ref()); // where certificates are
//! let dossier = engine.dossier("recommendation", &record, &files, &DossierOptions::default())?;
//! let pdf = dossier.pdf()?;
//! assert!(dossier.pages() > dossier.form().pages());
//! # assert!(pdf.starts_with(b"%PDF-1.7"));
//! # Ok(())
//! # }
//! ```
//!
//! # Many people
//!
//! [`batch::run`] takes a list, a workbook or a folder, and makes everybody's files, one file for the printer, the sheets and a report. It
//! keeps a journal: after any stop it goes on where it was. [`batch::Watch`] hears how far it is; [`batch::person`] looks at one person alone.
//!
//! ```
//! use formwright::batch::{self, BatchOptions, Edits, State, Unwatched};
//! use formwright::{Edit, Engine, FieldName, Lang};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let engine = Engine::open("templates", "fonts")?;
//! # let folder = tempfile::tempdir()?;
//! # let output = folder.path();
//! let source = "samples/batch.jsonl".as_ref();
//! let outcome = batch::run(&engine, source, output, &BatchOptions::default(), &Unwatched)?;
//! assert_eq!((outcome.report.count(State::Done), outcome.report.count(State::Held)), (12, 2));
//!
//! let held = outcome.report.lines.iter().find(|line| line.state == State::Held).ok_or("one is held back")?;
//! for problem in held.problems.iter().filter(|problem| problem.error) {
//!     println!("{} {}: {}", held.place, problem.label, problem.message(Lang::Zh));
//! }
//!
//! // The clerk puts a name right that was left out. What was sent stays as it is, and only this dossier is rendered.
//! let mut edits = Edits::default();
//! edits.put(9, FieldName::parse("name").ok_or("it is a name")?, Edit::Text("金向阳".to_owned()));
//! let options = BatchOptions { edits, ..BatchOptions::default() };
//! let outcome = batch::run(&engine, source, output, &options, &Unwatched)?;
//! assert_eq!((outcome.report.count(State::Done), outcome.report.renders), (13, 13));
//! # Ok(())
//! # }
//! ```
//!
//! # And back
//!
//! A PDF or DOCX that somebody filled in, with whatever program, is a record again, and says what is other than when it went out. A workbook
//! is read by [`Engine::people`], a list of [`Person`]s.
//!
//! ```
//! use formwright::{Change, Edit, Engine, FieldName, NoFiles, PdfOptions, Record};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let engine = Engine::open("templates", "fonts")?;
//! let sent = Record::open("samples/nominee.json")?;
//! # let name = FieldName::parse("mobile").ok_or("it is a name")?;
//! # let filled_in = sent.with(&name, &Edit::Text("19900000000".to_owned()), &NoFiles).map_err(formwright::Error::Refused)?;
//! # let bytes = engine.fill("recommendation", filled_in)?.pdf(&PdfOptions::fillable())?;
//! let back = engine.read("recommendation", "filled.pdf", &bytes)?; // the name is for messages
//! for difference in back.differences(&sent) {
//!     assert_eq!((difference.name.as_str(), difference.change), ("mobile", Change::Changed));
//! }
//! # assert_eq!(back.differences(&sent).len(), 1);
//! let record = back.record(); // `back.warnings` is what a person should look at
//! std::fs::write(
//! #   tempfile::tempdir()?.path().join(
//!     "back.json",
//! #   ),
//!     record.to_json(),
//! )?;
//! # Ok(())
//! # }
//! ```
//!
//! # What holds everywhere
//!
//! - Nothing is fetched from a network, and no path leads out of a record's own folder.
//! - No message, no log and no `Debug` has a value of a record.
//! - What strangers send (records, PDF, DOCX, workbooks, pictures) is read within limits and never panics.
//! - Messages are [`Diagnostic`]s for people's mistakes and one [`Error`] for the machine's failures.
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
pub mod html;
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

pub use check::Stage;
pub use diag::{Diagnostic, Diagnostics, Lang, Message, Place, Severity};
pub use docx::DocxOptions;
pub use engine::{Dossier, DossierOptions, Engine, FieldBox, FillOptions, Filled, PngOptions};
pub use error::Error;
pub use fonts::FontOptions;
pub use form::TemplateId;
pub use html::{HtmlOptions, Served};
pub use name::FieldName;
pub use pdf::PdfOptions;
pub use preview::MarkKind;
pub use readback::{Change, Difference, ReadBack};
pub use record::{Assets, Edit, Folder, NoFiles, Record};
pub use sheet::{People, Person};
pub use template::Template;
