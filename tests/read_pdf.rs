//! Filled PDFs read back: what was written comes back as it was, and what strangers hand in ends in words.

#[path = "read_pdf/editors.rs"]
mod editors;
#[path = "read_pdf/hostile.rs"]
mod hostile;
#[path = "read_pdf/outside.rs"]
mod outside;
#[path = "read_pdf/raw.rs"]
mod raw;

use std::path::Path;
use std::sync::OnceLock;

use formwright::form::FieldKind;
use formwright::image::{ImageOptions, Picture, PictureData, load};
use formwright::layout::ItemKind;
use formwright::name::FieldName;
use formwright::pdf::PdfOptions;
use formwright::readback::{Content, Format, Issued, ReadBack, Returned, read};
use formwright::{Diagnostics, Engine, Filled, Record};

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ENGINE.get_or_init(|| Engine::open(root.join("templates"), root.join("fonts")).unwrap())
}

fn filled(template: &str, sample: &str) -> Filled<'static> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("samples/{sample}.json"));
    engine().fill(template, Record::open(path).unwrap()).unwrap()
}

fn fillable(filled: &Filled) -> Vec<u8> {
    filled.pdf(&PdfOptions::fillable()).unwrap()
}

fn nominee() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| fillable(&filled("recommendation", "nominee")))
}

/// The errors of a file that must not be read.
fn refused(bytes: &[u8]) -> Vec<&'static str> {
    match read("x.pdf", bytes) {
        Err(found) => {
            assert!(found.iter().all(|one| one.help.is_some()), "every refusal says what to do");
            codes(&found)
        }
        Ok(back) => panic!("it was read: {} fields", back.fields.len()),
    }
}

fn codes(found: &Diagnostics) -> Vec<&'static str> {
    found.codes()
}

fn of<'b>(back: &'b ReadBack, name: &str) -> &'b Returned {
    back.fields.iter().find(|field| field.name.as_str() == name).unwrap_or_else(|| panic!("no field {name}"))
}

fn text<'b>(back: &'b ReadBack, name: &str) -> &'b str {
    match &of(back, name).value {
        Content::Text(text) => text,
        _ => panic!("{name} is no text"),
    }
}

fn without_options(kind: &FieldKind) -> FieldKind {
    if let FieldKind::Choice(_) = kind { FieldKind::Choice(Vec::new()) } else { kind.clone() }
}

/// Asserts that a file says what was laid out, field for field.
fn says_what_was_set(filled: &Filled, bytes: &[u8]) {
    let back = read("x.pdf", bytes).unwrap();
    assert_eq!(back.format, Format::Pdf);
    assert!(back.warnings.is_empty(), "{:?}", codes(&back.warnings));
    let issue = back.issue.as_ref().unwrap();
    let template = &filled.form().template;
    assert_eq!((&issue.template, &issue.version, &issue.digest), (&template.id, &template.version, &template.digest));
    let data = filled.form().fields.iter().zip(&filled.layout().values).filter(|(field, _)| field.kind.is_data());
    let mut count = 0;
    for (field, set) in data {
        let back = of(&back, field.name.as_str());
        assert_eq!(back.kind, Some(without_options(&field.kind)), "{}", field.name);
        assert_eq!(back.label, field.label, "{}", field.name);
        match (&back.value, &back.issued) {
            (Content::Text(text), Issued::Text(issued)) => {
                assert!(text == &set.text && issued == &set.text, "{}: another text", field.name);
            }
            (Content::Ticked(on), Issued::Text(issued)) => {
                assert_eq!((*on, issued.as_str()), (set.text == "true", if *on { "true" } else { "false" }), "{}", field.name);
            }
            (Content::Picture(_), Issued::Unknown) => assert_eq!(field.kind, FieldKind::Photo),
            _ => panic!("{}: value and default do not fit together", field.name),
        }
        count += 1;
    }
    assert_eq!(back.fields.len(), count, "each field once, and no other");
}

#[test]
fn every_sample_comes_back_as_it_was_set() {
    for (template, sample) in [
        ("recommendation", "nominee"),
        ("recommendation", "overfull"),
        ("recommendation", "rare"),
        ("recommendation", "minority"),
        ("summary", "sheet"),
    ] {
        let filled = filled(template, sample);
        says_what_was_set(&filled, &fillable(&filled));
        says_what_was_set(&filled, &filled.pdf(&PdfOptions { compress: false, ..PdfOptions::fillable() }).unwrap());
    }
}

#[test]
fn the_blank_form_comes_back_empty() {
    for template in ["recommendation", "summary"] {
        let blank = engine().blank(template).unwrap();
        let bytes = fillable(&blank);
        says_what_was_set(&blank, &bytes);
        for field in read("x.pdf", &bytes).unwrap().fields {
            let empty = match &field.value {
                Content::Text(text) => text.is_empty(),
                Content::Ticked(on) => !on,
                Content::Picture(picture) => picture.is_none(),
            };
            assert!(empty, "{}", field.name);
        }
    }
}

#[test]
fn the_order_is_the_files() {
    let back = read("x.pdf", nominee()).unwrap();
    let names: Vec<&str> = back.fields.iter().map(|field| field.name.as_str()).collect();
    let rows: Vec<&&str> = names.iter().filter(|name| name.starts_with("resume.")).collect();
    assert!(rows.is_sorted_by_key(|name| name.split('.').nth(1).and_then(|row| row.parse::<usize>().ok())));
}

fn samples_of(picture: &Picture) -> Vec<u8> {
    let file = match &picture.data {
        PictureData::Jpeg(jpeg) => jpeg.clone(),
        PictureData::Raw(_) => formwright::image::file(picture).unwrap(),
    };
    image::load_from_memory(&file).unwrap().to_rgb8().into_raw()
}

#[test]
fn the_photo_comes_back_with_the_same_pixels() {
    let filled = filled("recommendation", "nominee");
    let drawn = filled.layout().frames.iter().flat_map(|frame| &frame.items).find_map(|item| match &item.kind {
        ItemKind::Widget(widget) => widget.items.iter().find_map(|item| match &item.kind {
            ItemKind::Image(placed) => Some(placed.picture.clone()),
            _ => None,
        }),
        _ => None,
    });
    let back = read("x.pdf", nominee()).unwrap();
    let Content::Picture(Some(file)) = &of(&back, "photo").value else { panic!("no photo") };
    let pixels = image::load_from_memory(file).unwrap().to_rgb8().into_raw();
    assert!(pixels == samples_of(&drawn.unwrap()));
    assert!(load(file, &ImageOptions::default()).is_ok(), "it can be used again");
}

#[test]
fn a_photo_of_raw_samples_comes_back_as_png() {
    // A small picture in PNG stays samples, predicted and deflated.
    let mut png = Vec::new();
    let samples: Vec<u8> = (0..30 * 42 * 3).map(|at| (at * 7 % 251) as u8).collect();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    image::ImageEncoder::write_image(encoder, &samples, 30, 42, image::ExtendedColorType::Rgb8).unwrap();
    let uri = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &png);
    let record = format!(r#"{{"name":"林晓","employer":"样品厂","photo":"data:image/png;base64,{uri}"}}"#);
    let record = Record::from_reader(record.as_bytes(), Path::new(".")).unwrap();
    let filled = engine().fill("recommendation", record).unwrap();
    for compress in [true, false] {
        let bytes = filled.pdf(&PdfOptions { compress, ..PdfOptions::fillable() }).unwrap();
        let back = read("x.pdf", &bytes).unwrap();
        let Content::Picture(Some(file)) = &of(&back, "photo").value else { panic!("no photo") };
        assert!(file.starts_with(b"\x89PNG"));
        assert!(image::load_from_memory(file).unwrap().to_rgb8().into_raw() == samples);
    }
}

#[test]
fn a_locked_field_is_read_only_and_reads_the_same() {
    let filled = filled("recommendation", "nominee");
    let locked: Vec<FieldName> = ["name", "id_number", "sex", "photo"].map(|name| FieldName::parse(name).unwrap()).to_vec();
    let bytes = filled.pdf(&PdfOptions { locked, ..PdfOptions::fillable() }).unwrap();
    says_what_was_set(&filled, &bytes);
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let flags: Vec<(String, i64)> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|dictionary| dictionary.has(b"FWKind"))
        .map(|dictionary| {
            let name = lopdf::decode_text_string(dictionary.get(b"T").unwrap()).unwrap();
            (name, dictionary.get(b"Ff").and_then(lopdf::Object::as_i64).unwrap_or(0))
        })
        .collect();
    let mut read_only: Vec<&str> = flags.iter().filter(|(_, flags)| flags & 1 == 1).map(|(name, _)| name.as_str()).collect();
    read_only.sort_unstable();
    assert_eq!(read_only, ["id_number", "name", "photo", "sex"]);
    assert!(flags.len() > 50);
}

/// A file of one text field with these keys.
fn one(keys: &str) -> Vec<u8> {
    raw::file(&raw::form(&[2], &[&format!("<</FT/Tx/T(name){keys}>>")]))
}

#[test]
fn names_and_attributes_are_inherited() {
    let file = raw::file(&raw::form(
        &[2, 5],
        &[
            "<</T(resume)/FT/Tx/DV(was)/Kids[3 0 R]>>",
            "<</T(0)/Parent 2 0 R/Kids[4 0 R]>>",
            "<</T(work)/Parent 3 0 R/V(now)/FWKind/textarea/TU<FEFF5DE54F5C>>>",
            "<</T(resume.1.work)/FT/Tx/V 6 0 R/Kids[7 0 R 8 0 R]>>",
            "(flat)",
            "<</Type/Annot/Subtype/Widget/Parent 5 0 R>>",
            "<</Type/Annot/Subtype/Widget/Parent 5 0 R>>",
        ],
    ));
    let back = read("x.pdf", &file).unwrap();
    assert_eq!(back.fields.len(), 2);
    let first = of(&back, "resume.0.work");
    assert!(first.value == Content::Text("now".into()) && first.issued == Issued::Text("was".into()));
    assert_eq!((&first.kind, first.label.as_str()), (&Some(FieldKind::TextArea), "工作"));
    let second = of(&back, "resume.1.work");
    assert!(second.value == Content::Text("flat".into()) && second.issued == Issued::Unknown && second.kind.is_none());
    assert!(back.issue.is_none() && back.warnings.is_empty());
}

#[test]
fn a_value_is_found_where_other_programs_leave_it() {
    for (keys, want) in [
        ("/V(plain)", "plain"),
        ("", ""),
        ("/V null", ""),
        ("/V 9 0 R", ""),
        ("/V(a\\\nb\\rc)", "ab\nc"),
        ("/V/Name", "Name"),
        ("/V<FEFF9F99D840DD64>/RV(hidden)", "龙\u{20164}"),
        ("/FT/Ch/Opt[[(b)(乙)][(a)<FEFF7532>]]/V(a)", "甲"),
        ("/FT/Ch/Opt[(a)(b)]/V[(a)(b)]", "a\nb"),
    ] {
        assert_eq!(text(&read("x.pdf", &one(keys)).unwrap(), "name"), want, "{keys}");
    }
    let long = "长".repeat(40_000);
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(long.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for stream in [raw::stream("", &utf16), raw::flate("", &utf16)] {
        let mut objects = raw::form(&[2], &["<</FT/Tx/T(name)/V 3 0 R>>"]);
        objects.push(stream);
        assert!(text(&read("x.pdf", &raw::file(&objects)).unwrap(), "name") == long);
    }
}

#[test]
fn half_a_character_is_told() {
    let back = read("x.pdf", &one("/V<FEFFD8404E2D>")).unwrap();
    assert_eq!((text(&back, "name"), codes(&back.warnings)), ("\u{FFFD}中", vec!["damaged-character"]));
    let back = read("x.pdf", &one("/V(sound)/DV<FEFFD840>")).unwrap();
    assert!(back.warnings.is_empty());
}

#[test]
fn boxes_are_ticked_by_value_or_by_what_they_show() {
    for (keys, on) in [("/V/Yes", true), ("/V/Off", false), ("/AS/On", true), ("/AS/Off", false), ("", false), ("/V/Off/AS/Yes", false)] {
        let file = raw::file(&raw::form(&[2], &[&format!("<</FT/Btn/T(agreed)/FWKind/check{keys}>>")]));
        assert!(of(&read("x.pdf", &file).unwrap(), "agreed").value == Content::Ticked(on), "{keys}");
    }
}

#[test]
fn fields_that_only_a_page_knows_are_found() {
    // The form's list is lost; of one field there is a parent, of another the widget alone; a link is no field.
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/Annots[4 0 R 5 0 R 7 0 R 8 0 R]>>",
        "<</Subtype/Widget/FT/Tx/T(name)/V(one)>>",
        "<</Subtype/Widget/Parent 6 0 R>>",
        "<</FT/Tx/T(mobile)/V(two)/Kids[5 0 R]>>",
        "<</Subtype/Link/T(post)/FT/Tx/V(no)>>",
        "<</Subtype/Widget/FT/Tx/T(name)/V(other)>>",
    ];
    let back = read("x.pdf", &raw::file(&objects.map(|object| object.as_bytes().to_vec()))).unwrap();
    assert_eq!(back.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["name", "mobile"]);
    assert_eq!((text(&back, "name"), text(&back, "mobile")), ("one", "two"));
    assert_eq!(codes(&back.warnings), ["unequal-values"]);
}

#[test]
fn a_sheet_of_five_hundred_people_is_read() {
    let mut objects = vec![Vec::new()];
    let mut list = String::new();
    for field in 0..500 * 21 {
        let (row, column) = (field / 21, field % 21);
        list.push_str(&format!("{} 0 R ", field + 2));
        let name = format!("nominees.{row}.brief.a{}", (b'a' + column as u8) as char);
        objects.push(
            format!(
                "<</Type/Annot/Subtype/Widget/Parent 9 0 R/FT/Tx/FWKind/text/Ff 4096/T({name})/TU<FEFF59D3540D>/V<FEFF6797>\
                 /DV<FEFF6797>/P 3 0 R/Rect[1.5 2.5 3.5 4.5]/F 4/BS<</W 0>>/DA(/Song 0 Tf 0 g)/Q 1/AP<</N 4 0 R>>>>"
            )
            .into_bytes(),
        );
    }
    objects[0] = format!("<</Type/Catalog/AcroForm<</Fields[{list}]>>>>").into_bytes();
    assert_eq!(read("x.pdf", &raw::file(&objects)).unwrap().fields.len(), 10_500);
}

#[test]
fn a_file_without_fields_says_what_it_is() {
    let print = filled("recommendation", "nominee").pdf(&PdfOptions::print()).unwrap();
    assert_eq!(refused(&print), ["print-pdf"]);
    let page = |resources: &str| {
        let pages = format!("<</Kids[3 0 R]/Count 1/Resources<<{resources}>>>>");
        raw::file(&["<</Type/Catalog/Pages 2 0 R>>", &pages, "<</Type/Page>>"].map(|object| object.as_bytes().to_vec()))
    };
    assert_eq!(refused(&page("/XObject<</I 4 0 R>>")), ["scanned-pdf"]);
    assert_eq!(refused(&page("/Font<</F 4 0 R>>/XObject<<>>")), ["no-fields"]);
    assert_eq!(refused(&raw::file(&[b"<</Type/Catalog/AcroForm<</XFA(x)/Fields[]>>>>".to_vec()])), ["xfa-form"]);
    assert_eq!(refused(&raw::file(&raw::form(&[2], &["<</FT/Tx/T(Text Field 1)/V(x)>>"]))), ["other-form"]);
    let signature = raw::form(&[2], &["<</FT/Sig/T(opinions.experts.signature)>>"]);
    assert_eq!(refused(&raw::file(&signature)), ["other-form"]);
}

#[test]
fn no_value_comes_from_a_hidden_copy() {
    let whole = read("x.pdf", nominee()).unwrap();
    let mut document = lopdf::Document::load_mem(nominee()).unwrap();
    document.trailer.remove(b"Info");
    for key in [&b"FWForm"[..], b"Metadata", b"Outlines", b"ViewerPreferences"] {
        document.catalog_mut().unwrap().remove(key).unwrap();
    }
    let mut stripped = Vec::new();
    document.prune_objects();
    document.save_to(&mut stripped).unwrap();
    let back = read("x.pdf", &stripped).unwrap();
    assert!(back.fields == whole.fields && back.issue.is_none());
    // And what is not a value is not missed where the values are gone.
    for object in document.objects.values_mut() {
        if let Ok(field) = object.as_dict_mut() {
            field.remove(b"V");
        }
    }
    let mut empty = Vec::new();
    document.save_to(&mut empty).unwrap();
    for field in read("x.pdf", &empty).unwrap().fields {
        assert!(matches!(&field.value, Content::Text(text) if text.is_empty()) || field.name.as_str() == "photo", "{}", field.name);
    }
}

#[test]
fn a_photo_is_taken_from_what_is_seen() {
    let button = "<</FT/Btn/Ff 65536/T(photo)/FWKind/photo/AP<</N 3 0 R>>/MK<</I 4 0 R>>>>";
    let wrapped = |image: usize| raw::stream(&format!("/Subtype/Form/Resources<</XObject<</I {image} 0 R>>>>"), b"");
    let empty = || raw::stream("/Subtype/Form/Resources<<>>", b"");
    let jpeg = |mark: u8| raw::stream("/Subtype/Image/Width 9/Height 9/Filter[/DCTDecode]", &[0xFF, 0xD8, mark]);
    let samples = |keys: &str, data: &[u8]| raw::flate(&format!("/Subtype/Image/Width 2/Height 1/BitsPerComponent 8{keys}"), data);
    let shown = |seen: Vec<u8>, icon: Vec<u8>, image: Vec<u8>, other: Vec<u8>| {
        let objects = [raw::form(&[2], &[button]), vec![seen, icon, image, other, raw::stream("/N 3", b"")]].concat();
        let back = read("x.pdf", &raw::file(&objects)).unwrap();
        let Content::Picture(picture) = &of(&back, "photo").value else { panic!("no picture") };
        (picture.clone(), codes(&back.warnings))
    };
    let is = |mark: u8| (Some(vec![0xFF, 0xD8, mark]), vec![]);
    assert_eq!(shown(wrapped(5), wrapped(6), jpeg(1), jpeg(2)), is(1), "the appearance counts");
    assert_eq!(shown(empty(), wrapped(6), jpeg(1), jpeg(2)), is(2), "without a picture in it, the icon");
    assert_eq!(shown(jpeg(3), wrapped(6), jpeg(1), jpeg(2)), is(3), "the image itself");
    assert_eq!(shown(wrapped(3), wrapped(4), jpeg(1), jpeg(2)), (None, vec![]), "forms in a circle");
    let png = |keys: &str, data: &[u8]| {
        shown(wrapped(5), empty(), samples(keys, data), jpeg(2)).0.map(|file| image::load_from_memory(&file).unwrap().to_rgb8().into_raw())
    };
    assert_eq!(png("/ColorSpace/DeviceRGB", &[1, 2, 3, 4, 5, 6]), Some(vec![1, 2, 3, 4, 5, 6]));
    assert_eq!(png("/ColorSpace[/ICCBased 7 0 R]", &[1, 2, 3, 4, 5, 6, 7]), Some(vec![1, 2, 3, 4, 5, 6]));
    assert_eq!(png("/ColorSpace/DeviceGray", &[7, 9]), Some(vec![7, 7, 7, 9, 9, 9]));
    assert_eq!(png("/ColorSpace/DeviceGray/DecodeParms<</Predictor 15/Columns 2>>", &[1, 7, 2]), Some(vec![7, 7, 7, 9, 9, 9]));
    for (keys, data) in [
        ("/ColorSpace/DeviceRGB", &[1, 2, 3][..]),
        ("/ColorSpace/DeviceCMYK", &[0; 8]),
        ("/ColorSpace[/Indexed/DeviceRGB 1(abcdef)]", &[0, 1]),
        ("", &[0; 6]),
    ] {
        assert_eq!(shown(wrapped(5), empty(), samples(keys, data), jpeg(2)), (None, vec!["photo-unreadable"]), "{keys}");
    }
}

#[test]
fn no_value_reaches_a_debug_print() {
    let back = read("x.pdf", nominee()).unwrap();
    let name = text(&back, "name").to_owned();
    assert!(!name.is_empty() && !format!("{back:?}").contains(&name));
}

/// Reading a form is quicker than writing it: at most 5 ms of processor time, even as tests are built.
#[test]
#[ignore = "measures: cargo test --test read_pdf reading_takes -- --ignored --nocapture"]
fn reading_takes_little_time() {
    let bytes = nominee();
    let runs = 200;
    let start = hostile::processor_time();
    for _ in 0..runs {
        assert!(read("x.pdf", bytes).is_ok());
    }
    let each = (hostile::processor_time() - start) / runs;
    eprintln!("reading {} bytes: {each:?}", bytes.len());
    assert!(each < std::time::Duration::from_millis(5));
}
