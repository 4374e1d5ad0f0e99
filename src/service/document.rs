//! A document made for a request, with the headers it goes out with.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::app::App;
use super::assets::Uploads;
use super::options::{Options, unsuitable};
use super::output::Output;
use super::problem::Problem;
use super::which::{Which, pinned};
use crate::check::Stage;
use crate::diag::{Diagnostics, Message};
use crate::docx::DocxOptions;
use crate::engine::{DossierOptions, Filled};
use crate::pdf::PdfOptions;
use crate::record::Record;

/// How many sheets the document has.
pub const PAGES: HeaderName = HeaderName::from_static("formwright-pages");
/// How many warnings a check would tell.
pub const WARNINGS: HeaderName = HeaderName::from_static("formwright-warnings");
/// The template, by its digest.
pub const TEMPLATE: HeaderName = HeaderName::from_static("formwright-template");
/// The digest of the whole document (RFC 9530).
pub const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// A finished document.
pub struct Document {
    output: Output,
    bytes: Vec<u8>,
    /// What the paper is called.
    title: String,
    template: String,
    pinned: String,
    pages: usize,
    warnings: usize,
}

impl Document {
    /// A record set on a form and written.
    ///
    /// # Errors
    /// The paper could not say what the record says; an option does not go with the output.
    pub fn of(app: &App, which: &Which, record: Record, uploads: &Uploads, options: &Options, output: Output) -> Result<Document, Problem> {
        let unused = uploads.unused(&record);
        if options.fill().strict && !unused.is_empty() {
            let mut found = Diagnostics::default();
            found.extend(unused);
            return Err(Problem::refused(found.into_strict()));
        }
        let engine = &app.engine;
        if output == Output::Dossier {
            let how = DossierOptions { fill: options.fill(), stage: Stage::Draft };
            let dossier = engine.dossier(&which.0, &record, uploads, &how)?;
            if dossier.warnings().has_errors() {
                return Err(Problem::refused(dossier.warnings().clone()));
            }
            options.locked(dossier.form(), output)?;
            let bytes = engine.dossier_pdf(&dossier.part()?)?;
            return Document::new(app, which, output, bytes, dossier.pages(), dossier.warnings().len() + unused.len());
        }
        let filled = engine.fill_with(&which.0, &record, &options.fill())?;
        let bytes = written(&filled, record, options, output)?;
        Document::new(app, which, output, bytes, filled.pages(), filled.warnings().len() + unused.len())
    }

    /// The empty paper.
    ///
    /// # Errors
    /// As [`Document::of`].
    pub fn blank(app: &App, which: &Which, options: &Options, output: Output) -> Result<Document, Problem> {
        if output == Output::Dossier {
            let title = Message::new("空白表没有册", "there is no dossier of nobody");
            return Err(unsuitable(title, Some(Message::new("请要 pdf", "ask for `pdf`"))));
        }
        let filled = app.engine.blank(&which.0)?;
        let bytes = written(&filled, Record::blank(), options, output)?;
        Document::new(app, which, output, bytes, filled.pages(), filled.warnings().len())
    }

    fn new(app: &App, which: &Which, output: Output, bytes: Vec<u8>, pages: usize, warnings: usize) -> Result<Document, Problem> {
        let template = which.template(app)?;
        let (title, pinned) = (template.id().title.clone(), pinned(template));
        Ok(Document { output, bytes, title, template: which.0.clone(), pinned, pages, warnings })
    }
}

fn written(filled: &Filled<'_>, mut record: Record, options: &Options, output: Output) -> Result<Vec<u8>, Problem> {
    let locked = options.locked(filled, output)?;
    Ok(match output {
        Output::Json => {
            record.embed_files();
            record.to_json().into_bytes()
        }
        Output::Pdf | Output::Dossier => filled.pdf(&PdfOptions::print())?,
        Output::Fillable => filled.pdf(&PdfOptions { locked, ..PdfOptions::fillable() })?,
        Output::Docx => filled.docx(&DocxOptions { locked })?,
        Output::Xlsx => filled.xlsx()?,
    })
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        let digest = format!("sha-256=:{}:", BASE64_STANDARD.encode(Sha256::digest(&self.bytes)));
        let ending = self.output.ending();
        let disposition = disposition(&format!("{}.{ending}", self.template), &format!("{}.{ending}", self.title));
        let fixed = [(CACHE_CONTROL, "private, no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (CONTENT_TYPE, self.output.media_type())];
        let computed = [
            (CONTENT_DISPOSITION, disposition),
            (CONTENT_LENGTH, self.bytes.len().to_string()),
            (REPR_DIGEST, digest),
            (PAGES, self.pages.to_string()),
            (WARNINGS, self.warnings.to_string()),
            (TEMPLATE, self.pinned),
        ];
        let mut response = Response::new(Body::from(self.bytes));
        let headers = response.headers_mut();
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in computed {
            // What is not ASCII has been percent-encoded; a header that could not be set is left out.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// A file to be saved, under a name in ASCII and in the words of the paper (RFC 6266, 4.3; RFC 8187, 3.2).
pub fn disposition(ascii: &str, name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        // attr-char of RFC 8187, 3.2.1.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    let ascii: String = ascii.chars().filter(|ch| ch.is_ascii_graphic() && !"\"\\%/".contains(*ch)).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_encoded() {
        let said = disposition("a\"b/%c.pdf", "推荐表 1'.pdf");
        assert_eq!(said, "attachment; filename=\"abc.pdf\"; filename*=UTF-8''%E6%8E%A8%E8%8D%90%E8%A1%A8%201%27.pdf");
    }
}
