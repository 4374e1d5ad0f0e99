//! What belongs to the whole document: catalog, title, the interactive form and its typing font.

use std::io::Write;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::writers::{Catalog, CidFont, FontDescriptor, Type0Font};
use pdf_writer::{Finish, Name, Rect, Ref, Str, TextStr};

use super::file::File;
use super::widget::TYPING_FONT;
use crate::form::TemplateId;

/// What a document is, and where its trees begin.
pub(super) struct Document<'a> {
    pub(super) title: &'a str,
    /// The template that made it, if a single one did.
    pub(super) template: Option<&'a TemplateId>,
    pub(super) pages: Ref,
    pub(super) bookmarks: Option<Ref>,
    /// The pages' own numbers, which only a print run has; it asks for both sides of the sheet, too.
    pub(super) labels: Option<Ref>,
    /// The roots of the fields, where there is a form.
    pub(super) fields: Option<&'a [Ref]>,
}

/// The language of the form's text (RFC 5646).
const LANGUAGE: &str = "zh-CN";

const PRODUCER: &str = concat!("formwright ", env!("CARGO_PKG_VERSION"));

/// Writes the catalog and what describes the whole document.
pub(super) fn write<W: Write>(document: &Document, file: &mut File<W>) {
    let [catalog_id, info_id, metadata_id] = [0; 3].map(|_| file.id());
    let font = document.fields.map(|_| typing_font(file));

    let mut catalog = file.catalog(catalog_id);
    catalog.pages(document.pages).lang(TextStr(LANGUAGE)).metadata(metadata_id);
    let mut preferences = catalog.viewer_preferences();
    preferences.display_doc_title(true);
    if document.labels.is_some() {
        // Table 150: turned over the long edge, paper by the page's size, as large as it is.
        preferences.pair(Name(b"Duplex"), Name(b"DuplexFlipLongEdge"));
        preferences.pair(Name(b"PickTrayByPDFSize"), true);
        preferences.pair(Name(b"PrintScaling"), Name(b"None"));
    }
    preferences.finish();
    if let Some(bookmarks) = document.bookmarks {
        catalog.outlines(bookmarks);
    }
    if let Some(labels) = document.labels {
        catalog.pair(Name(b"PageLabels"), labels);
    }
    if let (Some(fields), Some(font)) = (document.fields, font) {
        let mut form = catalog.form();
        form.fields(fields.iter().copied());
        form.default_appearance(Str(format!("/{TYPING_FONT} 10.5 Tf 0 g").as_bytes()));
        form.default_resources().fonts().pair(Name(TYPING_FONT.as_bytes()), font);
    }
    if let Some(template) = document.template {
        identify(&mut catalog, template);
    }
    catalog.finish();

    let mut info = file.document_info(info_id);
    info.title(TextStr(document.title)).producer(TextStr(PRODUCER));
    if let Some(template) = document.template {
        // Once more where a program that writes the catalog anew leaves it.
        info.pair(Name(b"FWTemplate"), TextStr(&template.id));
        info.pair(Name(b"FWVersion"), TextStr(&template.version));
        info.pair(Name(b"FWDigest"), TextStr(&template.digest));
    }
    info.finish();
    let metadata = metadata(document.title);
    let mut stream = file.stream(metadata_id, metadata.as_bytes());
    stream.pair(Name(b"Type"), Name(b"Metadata")).pair(Name(b"Subtype"), Name(b"XML"));
}

/// Says which template made the file, for the way back.
fn identify(catalog: &mut Catalog, template: &TemplateId) {
    let mut form = catalog.insert(Name(b"FWForm")).dict();
    form.pair(Name(b"Template"), TextStr(&template.id));
    form.pair(Name(b"Version"), TextStr(&template.version));
    form.pair(Name(b"Digest"), TextStr(&template.digest));
}

/// 宋体 as every reader of Chinese PDF knows it, not embedded: with it pdfium and pdf.js draw what a person types
/// and leave the other appearances alone (measured: `docs/design.md`). A subset font here would draw other characters.
fn typing_font<W: Write>(file: &mut File<W>) -> Ref {
    let [font, cid_font, descriptor] = [0; 3].map(|_| file.id());
    let name = Name(b"STSong-Light");
    file.object::<Type0Font>(font)
        .base_font(Name(b"STSong-Light-UniGB-UCS2-H"))
        .encoding_predefined(Name(b"UniGB-UCS2-H"))
        .descendant_font(cid_font);
    let mut cid = file.object::<CidFont>(cid_font);
    cid.subtype(CidFontType::Type0).base_font(name).font_descriptor(descriptor).default_width(1000.0);
    // Adobe-GB1-2 is what UniGB-UCS2-H maps to in PDF 1.3 (9.7.5.2, table 118).
    cid.system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"GB1"), supplement: 2 });
    cid.widths().consecutive(1, STSONG_LATIN).same(814, 939, 500.0);
    cid.finish();
    file.object::<FontDescriptor>(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC | FontFlags::SERIF)
        .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
        .italic_angle(0.0)
        .ascent(752.0)
        .descent(-271.0)
        .cap_height(737.0)
        .stem_v(58.0);
    font
}

/// The widths of STSong-Light's proportional Latin, Adobe-GB1 codes 1 to 95 (U+0020 to U+007E).
const STSONG_LATIN: [f32; 95] = [
    207.0, 270.0, 342.0, 467.0, 462.0, 797.0, 710.0, 239.0, 374.0, 374.0, 423.0, 605.0, 238.0, 375.0, 238.0, 334.0, 462.0, 462.0, 462.0,
    462.0, 462.0, 462.0, 462.0, 462.0, 462.0, 462.0, 238.0, 238.0, 605.0, 605.0, 605.0, 344.0, 748.0, 684.0, 560.0, 695.0, 739.0, 563.0,
    511.0, 729.0, 793.0, 318.0, 312.0, 666.0, 526.0, 896.0, 758.0, 772.0, 544.0, 772.0, 628.0, 465.0, 607.0, 753.0, 711.0, 972.0, 647.0,
    620.0, 607.0, 374.0, 333.0, 374.0, 606.0, 500.0, 239.0, 417.0, 503.0, 427.0, 529.0, 415.0, 264.0, 444.0, 518.0, 241.0, 230.0, 495.0,
    228.0, 793.0, 527.0, 524.0, 524.0, 504.0, 338.0, 336.0, 277.0, 517.0, 450.0, 652.0, 466.0, 452.0, 407.0, 370.0, 258.0, 370.0, 605.0,
];

/// The title and language once more, as XMP (14.3.2): what `DisplayDocTitle` and libraries read.
fn metadata(title: &str) -> String {
    let mut escaped = String::with_capacity(title.len());
    for ch in title.chars() {
        match ch {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Control characters have no place in XML 1.0.
            _ if ch.is_control() => {}
            _ => escaped.push(ch),
        }
    }
    format!(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{escaped}</rdf:li></rdf:Alt></dc:title>\
         <dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>\
         <pdf:Producer>{PRODUCER}</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
}
