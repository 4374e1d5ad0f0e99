//! What belongs to the whole document: catalog, title, bookmarks, the interactive form and its typing font.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::writers::{Catalog, CidFont, FontDescriptor, Outline, OutlineItem, Type0Font};
use pdf_writer::{Finish, Name, Rect, Ref, Str, TextStr};

use super::coords::Milli;
use super::file::File;
use super::widget::TYPING_FONT;
use crate::form::TemplateId;

/// A page as its bookmark needs it.
pub(super) struct Bookmark<'a> {
    pub(super) title: &'a str,
    pub(super) page: Ref,
    pub(super) top: Milli,
}

/// The language of the form's text (RFC 5646).
const LANGUAGE: &str = "zh-CN";

const PRODUCER: &str = concat!("formwright ", env!("CARGO_PKG_VERSION"));

/// Writes the catalog and everything that hangs on it; `form` holds the fields' roots where there is a form.
pub(super) fn write(file: &mut File, ids: &mut Ref, template: &TemplateId, pages: Ref, bookmarks: &[Bookmark], form: Option<&[Ref]>) {
    let (catalog_id, info_id, metadata_id) = (ids.bump(), ids.bump(), ids.bump());
    let outline = (!bookmarks.is_empty()).then(|| outline(file, ids, bookmarks));
    let font = form.map(|_| typing_font(file, ids));

    let mut catalog = file.catalog(catalog_id);
    catalog.pages(pages).lang(TextStr(LANGUAGE)).metadata(metadata_id);
    catalog.viewer_preferences().display_doc_title(true);
    if let Some(outline) = outline {
        catalog.outlines(outline);
    }
    if let (Some(fields), Some(font)) = (form, font) {
        let mut form = catalog.form();
        form.fields(fields.iter().copied());
        form.default_appearance(Str(format!("/{TYPING_FONT} 10.5 Tf 0 g").as_bytes()));
        form.default_resources().fonts().pair(Name(TYPING_FONT.as_bytes()), font);
    }
    identify(&mut catalog, template);
    catalog.finish();

    let mut info = file.document_info(info_id);
    info.title(TextStr(&template.title)).producer(TextStr(PRODUCER));
    // Once more where a program that writes the catalog anew leaves it.
    info.pair(Name(b"FWTemplate"), TextStr(&template.id));
    info.pair(Name(b"FWVersion"), TextStr(&template.version));
    info.pair(Name(b"FWDigest"), TextStr(&template.digest));
    info.finish();
    let metadata = metadata(&template.title);
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

/// The bookmarks, a list without levels (12.3.3).
fn outline(file: &mut File, ids: &mut Ref, bookmarks: &[Bookmark]) -> Ref {
    let root = ids.bump();
    let items: Vec<Ref> = bookmarks.iter().map(|_| ids.bump()).collect();
    let mut outline = file.object::<Outline>(root);
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        outline.first(*first).last(*last).count(i32::try_from(items.len()).unwrap_or(i32::MAX));
    }
    outline.finish();
    for (at, (id, bookmark)) in items.iter().zip(bookmarks).enumerate() {
        let mut item = file.object::<OutlineItem>(*id);
        item.title(TextStr(bookmark.title)).parent(root);
        if let Some(before) = at.checked_sub(1).and_then(|before| items.get(before)) {
            item.prev(*before);
        }
        if let Some(after) = items.get(at + 1) {
            item.next(*after);
        }
        item.dest().page(bookmark.page).xyz(0.0, bookmark.top.to_f32(), None);
    }
    root
}

/// 宋体 as every reader of Chinese PDF knows it, not embedded: with it pdfium and pdf.js draw what a person types
/// and leave the other appearances alone (measured: `docs/design.md`). A subset font here would draw other characters.
fn typing_font(file: &mut File, ids: &mut Ref) -> Ref {
    let (font, cid_font, descriptor) = (ids.bump(), ids.bump(), ids.bump());
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
