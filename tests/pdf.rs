//! The PDF writer, read back with a reader that shares no code with it.

#[path = "pdf/form.rs"]
mod form;
#[path = "pdf/reading.rs"]
mod reading;

use std::sync::OnceLock;

use formwright::error::Error;
use formwright::fonts::{FontOptions, Fonts};
use formwright::form::{FontRole, Role};
use formwright::layout::{Frame, Glyph, ItemKind, Layout, Run, Text};
use formwright::pdf::{PdfOptions, write};
use formwright::units::{Mm, Pt};
use lopdf::{Document, Object};
use reading::{Field, content, fields, snapshot, unicode};

fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
        Fonts::open(&FontOptions { folders: vec![folder.into()], system: false }).unwrap()
    })
}

fn written(options: &PdfOptions) -> Vec<u8> {
    let (form, layout) = form::filled(fonts());
    write(&form, &layout, fonts(), options).unwrap()
}

fn plain(fillable: bool) -> PdfOptions {
    PdfOptions { fillable, compress: false, ..PdfOptions::default() }
}

fn field<'a>(all: &'a [Field], name: &str) -> &'a Field {
    all.iter().find(|field| field.name == name).unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn print_reads_like_this() {
    reading::compare("print.txt", &snapshot(&written(&plain(false))));
}

#[test]
fn fillable_reads_like_this() {
    reading::compare("fillable.txt", &snapshot(&written(&plain(true))));
}

#[test]
fn the_same_comes_out_the_same() {
    for options in [PdfOptions::print(), PdfOptions::fillable()] {
        assert_eq!(written(&options), written(&options));
    }
    assert_ne!(reading::id(&written(&PdfOptions::print())), reading::id(&written(&PdfOptions::fillable())));
}

#[test]
fn every_reference_leads_somewhere_and_numbers_are_dense() {
    for options in [PdfOptions::print(), PdfOptions::fillable(), plain(false), plain(true)] {
        let bytes = written(&options);
        let document = Document::load_mem(&bytes).unwrap();
        assert_eq!(document.objects.len(), document.max_id as usize, "dense");
        for (id, object) in &document.objects {
            reading::references(object, &mut |target| assert!(document.objects.contains_key(&target), "{id:?} → {target:?}"));
        }
        reading::stream_lengths(&bytes);
    }
}

#[test]
fn packed_and_readable_files_say_the_same() {
    for fillable in [false, true] {
        let packed = written(&PdfOptions { fillable, ..PdfOptions::default() });
        let (packed, readable) = (Document::load_mem(&packed).unwrap(), Document::load_mem(&written(&plain(fillable))).unwrap());
        assert!(reading::packing(&readable).is_empty());
        let packing = reading::packing(&packed);
        for (id, object) in &readable.objects {
            assert_eq!(packing.contains(id), object.as_stream().is_err(), "{id:?}: what is no stream is in one");
            assert!(reading::said(&packed.objects[id]) == reading::said(object), "{id:?} says something else");
        }
    }
}

#[test]
fn print_has_no_form() {
    let document = Document::load_mem(&written(&PdfOptions::print())).unwrap();
    let catalog = document.catalog().unwrap();
    assert!(catalog.get(b"AcroForm").is_err());
    assert!(document.get_pages().values().all(|page| document.get_dictionary(*page).unwrap().get(b"Annots").is_err()));
}

#[test]
fn pages_draw_the_same_in_print_and_in_the_fillable_file() {
    // What the pages of the fillable file lack is in the appearances, operator for operator but for the frame around it.
    let (print, fillable) = (written(&plain(false)), written(&plain(true)));
    let (print, fillable) = (Document::load_mem(&print).unwrap(), Document::load_mem(&fillable).unwrap());
    let print_text: usize = print.get_pages().values().map(|page| reading::shown_codes(&content(&print, *page))).sum();
    let page_text: usize = fillable.get_pages().values().map(|page| reading::shown_codes(&content(&fillable, *page))).sum();
    let appearances: usize = reading::appearances(&fillable).iter().map(|stream| reading::shown_codes(stream)).sum();
    assert!(appearances > 30);
    assert_eq!(print_text, page_text + appearances);
}

#[test]
fn fields_have_names_kinds_labels_and_values() {
    let document = Document::load_mem(&written(&PdfOptions::fillable())).unwrap();
    let all = fields(&document);
    let names: Vec<&str> = all.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "name",
            "sex",
            "id_number",
            "photo",
            "resume.0.work",
            "party",
            "birth",
            "opinions.employer.date",
            "opinions.employer.seal",
            "opinions.experts.signature",
            "personal_summary",
            "remark"
        ]
    );
    // name, type, kind, value, flags, max length, quadding of the first widget, widgets
    type Row = (&'static str, &'static str, &'static str, Option<&'static str>, i64, Option<i64>, Option<i64>, usize);
    let rows: [Row; 12] = [
        ("name", "Tx", "text", Some(form::NAME), 0, Some(8), Some(1), 2),
        ("sex", "Ch", "choice", Some("女"), 1 << 17 | 1 << 18, None, Some(1), 1),
        ("id_number", "Tx", "id-number", Some("990302199003077429"), 0, Some(18), Some(0), 1),
        ("photo", "Btn", "photo", None, 1 << 16, None, None, 1),
        ("resume.0.work", "Tx", "textarea", Some("一机床厂(二车间)\n“双工位”夹具"), 1 << 12, None, Some(0), 1),
        ("party", "Btn", "check", Some("Yes"), 0, None, None, 1),
        ("birth", "Tx", "month", Some("1990.03"), 0, Some(8), Some(2), 1),
        ("opinions.employer.date", "Tx", "date", Some(""), 1 << 1, Some(11), Some(2), 1),
        ("opinions.employer.seal", "Sig", "seal", None, 0, None, None, 1),
        ("opinions.experts.signature", "Sig", "signature", None, 0, None, None, 1),
        ("personal_summary", "Tx", "textarea", Some("长文第一段，长文第二段。"), 1 << 12, None, Some(0), 1),
        ("remark", "Tx", "text", Some(""), 0, Some(20), Some(0), 1),
    ];
    for (name, kind, fw_kind, value, flags, max_length, quadding, widgets) in rows {
        let field = field(&all, name);
        assert_eq!(field.field_type, kind, "{name}");
        assert_eq!(field.fw_kind, fw_kind, "{name}");
        assert_eq!(field.value.as_deref(), value, "{name}");
        assert_eq!(field.default_value.as_deref(), value, "{name}");
        assert_eq!(field.flags, flags, "{name}");
        assert_eq!(field.max_length, max_length, "{name}");
        assert_eq!(field.widgets[0].quadding, quadding, "{name}");
        assert_eq!(field.widgets.len(), widgets, "{name}");
    }
    assert_eq!(field(&all, "opinions.employer.date").label, "单位意见·日期");
    assert_eq!(field(&all, "sex").options, ["男", "女"]);
}

#[test]
fn every_widget_looks_like_something_and_types_in_a_font_that_is_not_a_subset() {
    let document = Document::load_mem(&written(&PdfOptions::fillable())).unwrap();
    let form = document.get_object(document.catalog().unwrap().get(b"AcroForm").unwrap().as_reference().unwrap_or((0, 0)));
    let form = form.and_then(Object::as_dict).or_else(|_| document.catalog().unwrap().get(b"AcroForm").unwrap().as_dict()).unwrap();
    assert!(form.get(b"NeedAppearances").is_err() && form.get(b"SigFlags").is_err());
    let resources = form.get(b"DR").unwrap().as_dict().unwrap().get(b"Font").unwrap().as_dict().unwrap();
    let font = document.get_dictionary(resources.get(b"Song").unwrap().as_reference().unwrap()).unwrap();
    assert_eq!(font.get(b"Encoding").unwrap().as_name().unwrap(), b"UniGB-UCS2-H");

    for field in fields(&document) {
        for widget in &field.widgets {
            assert!(!widget.appearances.is_empty(), "{}", field.name);
            for (bbox, text) in &widget.appearances {
                // The appearance's box is the rectangle: a reader moves and scales nothing.
                assert_eq!(bbox, &widget.rect, "{}", field.name);
                let variable = matches!(field.field_type.as_str(), "Tx" | "Ch");
                assert_eq!(text.starts_with("/Tx BMC") && text.ends_with("EMC"), variable, "{}: {text}", field.name);
            }
            assert_eq!(widget.flags, 4, "{}", field.name);
            let typed = matches!(field.field_type.as_str(), "Tx" | "Ch");
            assert_eq!(
                widget.default_appearance.as_deref().map(|da| da.starts_with("/Song ") && da.ends_with(" Tf 0 g")),
                typed.then_some(true)
            );
        }
    }
    let party = &field(&fields(&document), "party").widgets[0].appearances.len().to_owned();
    assert_eq!(*party, 2, "ticked and not ticked");
}

#[test]
fn a_date_lies_above_the_seal_it_overlaps() {
    let document = Document::load_mem(&written(&PdfOptions::fillable())).unwrap();
    let all = fields(&document);
    let page = document.get_pages()[&2];
    let annotations = document.get_dictionary(page).unwrap().get(b"Annots").unwrap().as_array().unwrap();
    let place = |name: &str| {
        let id = field(&all, name).widgets[0].id;
        annotations.iter().position(|annotation| annotation.as_reference().unwrap() == id).unwrap()
    };
    assert!(place("opinions.employer.seal") < place("opinions.employer.date"));
    assert!(place("opinions.employer.date") < place("opinions.experts.signature"), "the rest keeps its order");
}

#[test]
fn the_template_is_named_in_the_catalog() {
    let document = Document::load_mem(&written(&PdfOptions::fillable())).unwrap();
    let made = document.catalog().unwrap().get(b"FWForm").unwrap().as_dict().unwrap();
    let text = |key: &[u8]| unicode(made.get(key).unwrap().as_str().unwrap());
    assert_eq!((text(b"Template"), text(b"Version"), text(b"Digest")), ("trial".into(), "1.0".into(), "00ff".repeat(16)));
    let info = document.get_dictionary(document.trailer.get(b"Info").unwrap().as_reference().unwrap()).unwrap();
    assert_eq!(unicode(info.get(b"FWDigest").unwrap().as_str().unwrap()), "00ff".repeat(16));
    assert_eq!(unicode(info.get(b"Title").unwrap().as_str().unwrap()), "温州市第七轮首席技师推荐表 <A&B>");
    assert!(info.get(b"CreationDate").is_err() && info.get(b"Author").is_err());
    assert_eq!(document.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
}

#[test]
fn every_font_is_a_subset_that_says_what_it_shows() {
    let document = Document::load_mem(&written(&PdfOptions::print())).unwrap();
    let maps = reading::to_unicode_maps(&document);
    assert!(maps.len() >= 3, "at least title, label and value");
    let said: String = maps.iter().flat_map(|(_, map)| map.values()).collect();
    for ch in form::NAME.chars().chain("首席技师推荐表姓名盖　章“”(".chars()) {
        assert!(said.contains(ch), "{ch}");
    }
    for (base, map) in &maps {
        let (tag, name) = base.split_once('+').unwrap();
        assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()) && !name.is_empty(), "{base}");
        assert!(map.keys().all(|code| *code != 0));
    }
}

/// A frame with one line of glyphs, given as glyph and character.
fn one_line(face: formwright::fonts::FaceId, glyphs: Vec<Glyph>) -> Layout {
    let run = Run { face, size: Pt(12.0), x: Mm(20.0), baseline: Mm(20.0), glyphs };
    let text = ItemKind::Text(Text { runs: vec![run], actual: None, flow: None });
    let frame = Frame { size: (Mm(210.0), Mm(297.0)), title: None, items: vec![form::item(Role::Text, text)], tables: Vec::new() };
    Layout { frames: vec![frame], values: Vec::new() }
}

#[test]
fn a_glyph_of_two_characters_says_the_common_one_and_the_other_stands_beside_it() {
    let (form, _) = form::filled(fonts());
    let face = fonts().chain(FontRole::Song)[0];
    let glyph = |ch: char, stands_for: char| {
        let metrics = fonts().glyph(face, ch).unwrap();
        Glyph { id: metrics.id, ch: stands_for, advance: metrics.advance, space: 0.0 }
    };
    // U+2F00 is a Kangxi radical, U+FA0C a compatibility ideograph; both look like a common character.
    let all = vec![glyph('一', '\u{2F00}'), glyph('一', '一'), glyph('兀', '兀'), glyph('兀', '\u{FA0C}')];
    let (one, bare) = (all[0].id, all[2].id);
    let page = |glyphs: Vec<Glyph>| {
        let bytes = write(&form, &one_line(face, glyphs), fonts(), &plain(false)).unwrap();
        let document = Document::load_mem(&bytes).unwrap();
        let maps = reading::to_unicode_maps(&document);
        (content(&document, document.get_pages()[&1]), maps[0].1.values().collect::<String>())
    };
    // Codes are the face's own numbers, whatever else is in the file.
    let (content, said) = page(all.clone());
    let font = face.0;
    assert_eq!(
        content,
        format!(
            "BT\n/F{font} 12 Tf\n56.693 785.197 Td\n/Span<</ActualText<FEFF2F00>>>BDC\n<{one:04X}>Tj\nEMC\n<{one:04X}{bare:04X}>Tj\n\
             /Span<</ActualText<FEFFFA0C>>>BDC\n<{bare:04X}>Tj\nEMC\nET"
        )
    );
    assert_eq!(said, "一兀");
    // Nor does it matter which of the two came first, or whether the common one came at all.
    for only in [0, 3] {
        let (content, said) = page(vec![all[only]]);
        assert!(content.contains("ActualText"), "{content}");
        assert_eq!(said, ["一", "", "", "兀"][only]);
    }
}

#[test]
fn rounding_never_adds_up() {
    let (form, _) = form::filled(fonts());
    let face = fonts().chain(FontRole::Song)[0];
    let metrics = fonts().glyph(face, '一').unwrap();
    let glyphs = vec![Glyph { id: metrics.id, ch: '一', advance: metrics.advance, space: 0.0123 }; 40];
    let bytes = write(&form, &one_line(face, glyphs), fonts(), &plain(false)).unwrap();
    let document = Document::load_mem(&bytes).unwrap();
    let page = content(&document, document.get_pages()[&1]);
    let shifts: i32 = page.split(['>', '<', '[', ']']).filter_map(|piece| piece.parse::<i32>().ok()).filter(|shift| *shift < 0).sum();
    assert_eq!(shifts, -480, "39 gaps of 12.3 thousandths");
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let (form, layout) = form::filled(fonts());
    let face = fonts().chain(FontRole::Song)[0];
    let missing = one_line(face, vec![Glyph { id: 0, ch: '龘', advance: 1.0, space: 0.0 }]);
    assert!(matches!(write(&form, &missing, fonts(), &PdfOptions::print()), Err(Error::Font(why)) if why.contains("U+9F98")));
    let outside = one_line(face, vec![Glyph { id: u16::MAX, ch: '一', advance: 1.0, space: 0.0 }]);
    assert!(matches!(write(&form, &outside, fonts(), &PdfOptions::print()), Err(Error::Font(_))));
    let short = Layout { values: Vec::new(), ..layout.clone() };
    assert!(matches!(write(&form, &short, fonts(), &PdfOptions::fillable()), Err(Error::Write(_))));
    let mut clash = form.clone();
    clash.fields[1].name = formwright::name::FieldName::parse("name.first").unwrap();
    assert!(matches!(write(&clash, &layout, fonts(), &PdfOptions::fillable()), Err(Error::Write(_))));
}

#[test]
fn an_embedded_outline_is_the_faces_own() {
    use skrifa::{GlyphId, MetadataProvider};

    let document = Document::load_mem(&written(&PdfOptions::print())).unwrap();
    let maps = reading::to_unicode_maps(&document);
    for role in [FontRole::Fang, FontRole::Song, FontRole::Title] {
        let face = fonts().chain(role)[0];
        let whole = fonts().face(face).unwrap();
        let (_, map) = maps.iter().find(|(base, _)| base.contains(&whole.postscript_name)).unwrap();
        let embedded = reading::sfnt_of(&reading::font_program(&document, &whole.postscript_name), &whole.data);
        let (source, subset) = (skrifa::FontRef::new(&whole.data).unwrap(), skrifa::FontRef::new(&embedded).unwrap());
        let (source, subset) = (source.outline_glyphs(), subset.outline_glyphs());
        assert!(map.len() > 1);
        for (place, (code, ch)) in (1_u16..).zip(map) {
            let glyph = fonts().glyph(face, *ch).unwrap().id;
            assert_eq!(*code, glyph, "{ch}: its code is its number in the face");
            let wanted = reading::outline(&source.get(GlyphId::from(glyph)).unwrap());
            assert_eq!(reading::outline(&subset.get(GlyphId::from(place)).unwrap()), wanted, "{ch}");
            assert!(ch.is_whitespace() || wanted.len() > 20, "{ch}");
        }
    }
}
