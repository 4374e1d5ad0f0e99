//! Pages taken out of strangers' PDFs: what paints comes along, what could act stays behind, and nothing takes long.

use std::fmt::Write;
use std::time::Duration;

use formwright::pdf_in::{Dropped, Fault, Imported, ImportedObject, Refusal, Value, import};

#[path = "import/hostile.rs"]
mod hostile;
#[path = "read_pdf/raw.rs"]
#[allow(dead_code)]
mod raw;

use raw::{file, flate, stream};

/// The most pages, as the engine has it.
const MOST: usize = 60;

/// A file of one page: what the catalog and the page say besides, and the objects from number 4 on.
fn one_page(catalog: &str, page: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let mut all = vec![
        format!("<</Type/Catalog/Pages 2 0 R{catalog}>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{page}>>").into_bytes(),
    ];
    all.extend(objects.iter().cloned());
    file(&all)
}

fn imported(name: &str, bytes: &[u8]) -> Imported {
    import(bytes, MOST).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
}

/// Everything of the pages in words: each page, then the objects.
fn said(imported: &Imported) -> String {
    let mut out = String::new();
    for page in &imported.pages {
        let _ = write!(out, "{} ", String::from_utf8_lossy(&page.content));
        say(&page.resources, &mut out);
    }
    for (index, ImportedObject { value, stream }) in imported.pages[0].objects.iter().enumerate() {
        let _ = write!(out, " {index}:");
        say(value, &mut out);
        if let Some(stream) = stream {
            let _ = write!(out, "({})", String::from_utf8_lossy(stream));
        }
    }
    out
}

fn say(value: &Value, out: &mut String) {
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::Real(value) => write!(out, "{value}"),
        Value::Name(name) => write!(out, "/{}", String::from_utf8_lossy(name)),
        Value::Text(text) => write!(out, "({})", String::from_utf8_lossy(text)),
        Value::Ref(index) => write!(out, "@{index}"),
        Value::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| {
                say(item, out);
                out.push(' ');
            });
            write!(out, "]")
        }
        Value::Dict(entries) => {
            out.push_str("<<");
            for (key, value) in entries {
                let _ = write!(out, "/{} ", String::from_utf8_lossy(key));
                say(value, out);
            }
            write!(out, ">>")
        }
    };
}

#[test]
fn what_paints_comes_along_and_what_could_act_stays_behind() {
    let image = "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8";
    let form = "/Type/XObject/Subtype/Form/BBox[0 0 1 1]";
    let paints = "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>>>";
    let content = || stream("", b"/Im0 Do GOOD");
    // What the catalog says, what the page says, objects from 5 on. EVIL must not come along, GOOD must.
    let table: Vec<(&str, &str, &str, Vec<Vec<u8>>)> = vec![
        ("a script on opening", "/OpenAction<</S/JavaScript/JS(EVIL)>>", paints, vec![stream(image, b"x")]),
        ("named scripts", "/Names<</JavaScript<</Names[(EVIL)<</S/JavaScript/JS(EVIL)>>]>>>>", paints, vec![stream(image, b"x")]),
        ("embedded files", "/Names<</EmbeddedFiles<</Names[(EVIL)7 0 R]>>>>/AF[7 0 R]", paints, vec![stream(image, b"x")]),
        ("a page's actions", "", "PAINTS/AA<</O<</S/Launch/F(EVIL)>>>>", vec![stream(image, b"x")]),
        ("a link that launches", "", "PAINTS/Annots[<</Subtype/Link/A<</S/Launch/F(EVIL)>>>>]", vec![stream(image, b"x")]),
        ("an attached file", "", "PAINTS/Annots[<</Subtype/FileAttachment/FS<</F(EVIL)>>>>]", vec![stream(image, b"x")]),
        ("rich media", "", "PAINTS/Annots[<</Subtype/RichMedia/RichMediaContent<</A(EVIL)>>>>]", vec![stream(image, b"x")]),
        (
            "a field without looks",
            "/AcroForm<</Fields[6 0 R]/XFA(EVIL)>>",
            "PAINTS/Annots[6 0 R]",
            vec![stream(image, b"x"), b"<</Subtype/Widget/FT/Tx/T(EVIL)/V(EVIL)/F 4>>".to_vec()],
        ),
        (
            "metadata",
            "",
            paints,
            vec![
                stream(&format!("{image}/Metadata 6 0 R/PieceInfo<</EVIL(EVIL)>>/StructParent 3/OPI<</2.0(EVIL)>>"), b"x"),
                stream("", b"EVIL"),
            ],
        ),
        ("alternates", "", paints, vec![stream(&format!("{image}/Alternates[<</Image 6 0 R>>]"), b"x"), stream(image, b"EVIL")]),
        ("bytes of another file", "", paints, vec![stream(&format!("{image}/F(EVIL)/FFilter/EVIL/FDecodeParms<</EVIL 1>>"), b"x")]),
        ("a PostScript object", "", paints, vec![stream("/Type/XObject/Subtype/PS", b"EVIL")]),
        ("an unknown object", "", paints, vec![stream("/Type/XObject/Subtype/EVIL", b"EVIL")]),
        ("a page of another file", "", paints, vec![stream(&format!("{form}/Ref<</F(EVIL)/Page 0>>"), b"GOOD")]),
        ("a form's last changes", "", paints, vec![stream(&format!("{form}/LastModified(EVIL)/Name/EVIL"), b"GOOD")]),
        (
            "property lists",
            "",
            "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>/Properties<</MC0<</EVIL 1>>>>>>",
            vec![stream(image, b"x")],
        ),
        ("a category nobody knows", "", "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>/EVIL<</A(EVIL)>>>>", vec![stream(image, b"x")]),
        (
            "a state's functions",
            "",
            "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>/ExtGState<</GOOD<</TR 6 0 R/HT 6 0 R/ca 0.5>>>>>>",
            vec![stream(image, b"x"), stream("/FunctionType 4", b"EVIL")],
        ),
        (
            "inks' attributes",
            "",
            "/Contents 4 0 R/Resources<</ColorSpace<</GOOD[/DeviceN[/A/B/C/D/E/F]/DeviceGray 6 0 R<</EVIL 1>>]>>>>",
            vec![stream(image, b"x"), stream("/FunctionType 4/Domain[0 1]/Range[0 1]", b"{}")],
        ),
        ("a filter nobody knows", "", paints, vec![stream(&format!("{image}/Filter/EVIL"), b"EVIL")]),
        (
            "a font with more to say",
            "",
            "/Contents 4 0 R/Resources<</Font<</GOOD<</Type/Font/Subtype/Type1/BaseFont/Helvetica/EVIL(EVIL)/AF 6 0 R>>>>>>",
            vec![stream(image, b"x"), stream("", b"EVIL")],
        ),
        (
            "a stream where none may be",
            "",
            "/Contents 4 0 R/Resources<</Font<</GOOD<</Type/Font/Widths 6 0 R/BaseFont 6 0 R>>>>>>",
            vec![stream(image, b"x"), stream("", b"EVIL")],
        ),
    ];
    for (name, catalog, page, mut objects) in table {
        objects.insert(0, content());
        let said = said(&imported(name, &one_page(catalog, &page.replace("PAINTS", paints), &objects)));
        assert!(!said.contains("EVIL") && said.contains("GOOD"), "{name}: {said}");
    }
}

#[test]
fn objects_come_along_once_with_their_bytes_and_filters() {
    let packed = raw::deflated(b"\x01\x02\x03");
    let objects = [
        stream("", b"q /A Do /B Do Q"),
        flate("/Subtype/Image/Width 1/Height 1/ColorSpace 6 0 R/BitsPerComponent 8/SMask 7 0 R", b"\x01\x02\x03"),
        b"[/ICCBased 8 0 R]".to_vec(),
        stream("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", b"m"),
        stream("/N 3/Alternate/DeviceRGB", b"profile"),
    ];
    let got = imported("a scan", &one_page("", "/Contents[4 0 R]/Resources<</XObject<</A 5 0 R/B 5 0 R>>>>", &objects));
    let page = &got.pages[0];
    assert_eq!(page.objects.len(), 4, "{}", said(&got));
    assert_eq!(page.objects[0].stream.as_deref(), Some(&packed[..]));
    assert_eq!(
        said(&got).split(" 1:").next().map(|first| first.split('(').next().unwrap_or_default()),
        Some(
            "q /A Do /B Do Q\n <</XObject <</A @0/B @0>>>> 0:<</Filter /FlateDecode/Subtype /Image/Width 1/Height 1/ColorSpace @1/BitsPerComponent 8/SMask @2>>"
        )
    );
    assert!(page.coloured);
    assert_eq!(got.dropped, Dropped::default());
}

#[test]
fn pages_are_as_large_as_they_are_shown() {
    // What the page says; width, height in points as shown, what is seen, turned by.
    let a4 = [0.0, 0.0, 595.0, 842.0];
    for (page, (width, height), bbox, rotate) in [
        ("", (595.0, 842.0), a4, 0),
        ("/Rotate 90", (842.0, 595.0), a4, 90),
        ("/Rotate -90", (842.0, 595.0), a4, 270),
        ("/Rotate 450", (842.0, 595.0), a4, 90),
        ("/Rotate 45", (595.0, 842.0), a4, 0),
        ("/CropBox[100 100 300 400]", (200.0, 300.0), [100.0, 100.0, 300.0, 400.0], 0),
        ("/CropBox[300 400 100 100]/Rotate 270", (300.0, 200.0), [100.0, 100.0, 300.0, 400.0], 270),
        ("/CropBox[-50 -50 9000 421]", (595.0, 421.0), [0.0, 0.0, 595.0, 421.0], 0),
        ("/CropBox[900 900 1000 1000]", (595.0, 842.0), a4, 0),
        ("/CropBox[1 2 3]", (595.0, 842.0), a4, 0),
        ("/UserUnit 2", (1190.0, 1684.0), a4, 0),
        ("/UserUnit -2", (595.0, 842.0), a4, 0),
        ("/MediaBox[0 0 0 0]", (595.28, 841.89), [0.0, 0.0, 595.28, 841.89], 0),
        ("/MediaBox[0 0 99999999 1]", (595.28, 841.89), [0.0, 0.0, 595.28, 841.89], 0),
        ("/MediaBox(x)", (595.28, 841.89), [0.0, 0.0, 595.28, 841.89], 0),
    ] {
        let got = imported(page, &one_page("", page, &[]));
        let got = &got.pages[0];
        assert_eq!((got.bbox, got.rotate), (bbox, rotate), "{page}");
        for (got, want) in [(got.width, width), (got.height, height)] {
            assert!((got.0 - want * 25.4 / 72.0).abs() < 0.01, "{page}: {got:?}");
        }
    }
    // What a page does not say, its branches say.
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Kids[3 0 R 5 0 R]/MediaBox[0 0 100 200]/Rotate 90/Resources<</Font<</F0<</Type/Font>>>>>>>>",
        "<</Kids[4 0 R]/MediaBox[0 0 300 400]>>",
        "<</Type/Page>>",
        "<</Type/Page/Rotate 0>>",
    ];
    let got = imported("inherited", &file(&objects.map(|object| object.as_bytes().to_vec())));
    let sizes: Vec<_> = got.pages.iter().map(|page| (page.bbox[2], page.rotate)).collect();
    assert_eq!(sizes, [(300.0, 90), (100.0, 0)]);
    assert!(said(&got).contains("F0"));
}

#[test]
fn what_lies_on_a_page_is_ink_and_is_told() {
    let look = || stream("/Subtype/Form/BBox[0 0 10 10]", b"SEAL");
    let told = |dropped: Dropped| {
        let Dropped { fields, signatures, stamps, unprinted, actions, files, layers, broken } = dropped;
        let words = [("fields", fields), ("signatures", signatures), ("stamps", stamps), ("unprinted", unprinted), ("broken", broken)];
        let flags = [("actions", actions), ("files", files), ("layers", layers)];
        let counted = words.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{word} {count}"));
        counted.chain(flags.iter().filter(|(_, is)| *is).map(|(word, _)| (*word).to_owned())).collect::<Vec<_>>().join(", ")
    };
    // Annotation, whether its looks are printed, what is told.
    for (annotation, printed, want) in [
        ("/Subtype/Stamp/F 4/Rect[0 0 20 20]/AP<</N 4 0 R>>", true, "stamps 1"),
        ("/Subtype/Stamp/Rect[0 0 20 20]/AP<</N 4 0 R>>", false, "unprinted 1"),
        ("/Subtype/Stamp/F 6/Rect[0 0 20 20]/AP<</N 4 0 R>>", false, ""),
        ("/Subtype/Stamp/F 4/Rect[0 0 20 20]", false, "unprinted 1"),
        ("/Subtype/Stamp/F 4/Rect[0 0 20 20]/OC 5 0 R/AP<</N 4 0 R>>", false, "unprinted 1"),
        ("/Subtype/Widget/FT/Sig/F 4/Rect[0 0 20 20]/AP<</N 4 0 R>>/V<</Contents(x)>>", true, "signatures 1"),
        ("/Subtype/Widget/Parent<</FT/Sig/V 1>>/F 4/Rect[0 0 20 20]/AP<</N 4 0 R>>", true, "signatures 1"),
        ("/Subtype/Widget/FT/Tx/V(x)/F 4/Rect[0 0 20 20]/AP<</N 4 0 R>>", true, "fields 1"),
        ("/Subtype/Widget/FT/Tx/V(x)/F 4/Rect[0 0 20 20]", false, "unprinted 1"),
        ("/Subtype/Widget/FT/Tx/F 4/Rect[0 0 20 20]", false, ""),
        ("/Subtype/Widget/FT/Btn/AS/Yes/V/Yes/F 4/Rect[0 0 20 20]/AP<</N<</Yes 4 0 R/Off 9 0 R>>>>", true, "fields 1"),
        ("/Subtype/Link/A<</S/URI/URI(x)>>", false, ""),
        ("/Subtype/Widget/A<</S/JavaScript/JS(x)>>", false, "actions"),
        ("/Subtype/FileAttachment/F 4", false, "unprinted 1, files"),
        ("/Subtype/Stamp/F 4/Rect[0 0 20 20]/AP<</N 3 0 R>>", false, "unprinted 1"),
    ] {
        let layers = "/OCProperties<</OCGs[5 0 R]/D<</OFF[5 0 R]>>>>";
        let bytes = one_page(layers, &format!("/Annots[<<{annotation}>>]"), &[look(), b"<</Type/OCG/Name(x)>>".to_vec()]);
        let got = imported(annotation, &bytes);
        let content = String::from_utf8_lossy(&got.pages[0].content).into_owned();
        assert_eq!(
            (content.contains("q 2 0 0 2 0 0 cm /FwAnnotation0 Do Q"), said(&got).contains("SEAL")),
            (printed, printed),
            "{annotation}"
        );
        assert_eq!(told(got.dropped), want, "{annotation}");
    }
    // A page's own names stand beside the looks, wherever they stand.
    for resources in ["<</XObject<</A 4 0 R>>>>", "<</XObject 6 0 R>>", "7 0 R"] {
        let page = format!("/Resources {resources}/Annots[<</Subtype/Stamp/F 4/Rect[0 0 20 20]/AP<</N 4 0 R>>>>]");
        let objects = [look(), b"null".to_vec(), b"<</A 4 0 R>>".to_vec(), b"<</XObject 6 0 R>>".to_vec()];
        let said = said(&imported(resources, &one_page("", &page, &objects)));
        assert!(said.contains("/A @") && said.contains("/FwAnnotation0 @"), "{resources}: {said}");
    }
}

#[test]
fn hidden_layers_are_not_printed() {
    let content = || stream("", b"/OC /L BDC (SECRET) Tj 0 0 9 9 re f EMC /OC /M BDC /Im0 Do EMC (SEEN) Tj");
    let form = || stream("/Subtype/Form/BBox[0 0 9 9]/Resources<</Properties<</L 6 0 R>>>>", b"/OC /L BDC (SECRET) Tj EMC (SEEN) Tj");
    let layer = || b"<</Type/OCG/Name(L)>>".to_vec();
    let resources = "/Contents 4 0 R/Resources<</XObject<</Im0 5 0 R>>/Properties<</L 6 0 R/M<</Type/OCMD/OCGs[6 0 R]/P/AllOff>>>>>>";
    for (configuration, hidden) in
        [("<</OFF[6 0 R]>>", true), ("<</BaseState/OFF>>", true), ("<</BaseState/OFF/ON[6 0 R]>>", false), ("<<>>", false)]
    {
        let catalog = format!("/OCProperties<</OCGs[6 0 R]/D {configuration}>>");
        let got = imported(configuration, &one_page(&catalog, resources, &[content(), form(), layer()]));
        let said = said(&got);
        // The form is made anew and packed: its bytes say nothing here.
        assert_eq!(!String::from_utf8_lossy(&got.pages[0].content).contains("SECRET"), hidden, "{configuration}: {said}");
        assert!(said.contains("SEEN") && !said.contains("/OC "), "{configuration}: {said}");
        // Where the one is seen, what is for its absence is not.
        assert!(got.dropped.layers, "{configuration}");
    }
    let with_layer = || stream("/Subtype/Form/BBox[0 0 9 9]/OC 6 0 R", b"SECRET");
    let got = imported(
        "a hidden form",
        &one_page("/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>", resources, &[content(), with_layer(), layer()]),
    );
    assert!(!said(&got).contains("SECRET") && got.dropped.layers);
}

#[test]
fn colour_is_told_as_far_as_it_can_be() {
    let image = |space: &str| stream(&format!("/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace{space}"), b"x");
    for (content, fourth, want) in [
        ("0 g", image("/DeviceRGB"), false),
        ("/X Do", image("/DeviceRGB"), true),
        ("/X Do", image("/DeviceGray"), false),
        ("/X Do", image("[/Indexed/DeviceRGB 1<000000FFFFFF>]"), false),
        ("/X Do", image("[/Indexed/DeviceRGB 1<000000FF0000>]"), true),
        ("/X Do", image("[/Separation/Black/DeviceCMYK<<>>]"), false),
        ("/X Do", image("[/Separation/Red/DeviceCMYK<<>>]"), true),
        ("/X Do", stream("/Subtype/Image/ImageMask true/Width 1/Height 1", b"x"), false),
        ("/X Do", stream("/Subtype/Form/BBox[0 0 1 1]", b"1 0 0 rg"), true),
        ("/X Do", stream("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X 5 0 R>>>>", b"/X Do"), false),
        ("/C cs 1 scn", image("/DeviceGray"), true),
        ("1 0 0 rg", image("/DeviceGray"), true),
    ] {
        let resources = "/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>/ColorSpace<</C[/Separation/Red/DeviceCMYK<<>>]>>>>";
        let got = imported(content, &one_page("", resources, &[stream("", content.as_bytes()), fourth]));
        assert_eq!(got.pages[0].coloured, want, "{content}: {}", said(&got));
    }
}

#[test]
fn files_that_give_no_pages_are_refused_with_a_reason() {
    let many = |count: usize| {
        let kids = "<</Type/Page>>".repeat(count);
        file(&[b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), format!("<</Kids[{kids}]>>").into_bytes()])
    };
    assert_eq!(imported("as many as may be", &many(MOST)).pages.len(), MOST);
    for (name, bytes, want) in [
        ("a page too many", many(MOST + 1), Refusal::TooManyPages { most: MOST }),
        ("no pages", file(&[b"<</Type/Catalog>>".to_vec()]), Refusal::NoPages),
        ("no PDF", b"GIF89a".to_vec(), Refusal::Fault(Fault::NotPdf)),
        ("a head alone", b"%PDF-1.7\n".to_vec(), Refusal::Fault(Fault::Damaged)),
        ("a file too large", [b"%PDF-1.7\n".to_vec(), vec![b' '; 33 << 20]].concat(), Refusal::Fault(Fault::TooMuch)),
    ] {
        assert_eq!(import(&bytes, MOST), Err(want), "{name}");
    }
}

/// The processor time that a file took, and what came of it.
fn timed(name: &str, bytes: &[u8]) -> Result<Imported, Refusal> {
    let start = hostile::processor_time();
    let got = import(bytes, MOST);
    let took = hostile::processor_time() - start;
    if std::env::var_os("MEASURE").is_some() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        eprintln!("{name}: {} bytes, {took:?}, {peak}", bytes.len());
    }
    assert!(took < Duration::from_secs(3), "{name}: {took:?}");
    got
}
