//! Page pictures: made of the finished PDF, true to the millimetre, the same each time, marked where fields are; and of
//! files that no program should have written, a refusal.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use formwright::preview::{self, Mark, MarkKind, PreviewOptions};
use formwright::units::Rect;
use formwright::{Engine, Error, FieldName, PdfOptions, PngOptions, Record};
use image::RgbImage;
use serde_json::Value;

#[path = "read_pdf/raw.rs"]
#[allow(dead_code)]
mod raw;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::open(root().join("templates"), root().join("fonts")).expect("the engine opens"))
}

fn sample(name: &str) -> Record {
    Record::open(root().join("samples").join(name)).expect("the sample opens")
}

fn blank() -> Arc<Vec<u8>> {
    Arc::new(engine().blank("recommendation").expect("the blank form").pdf(&PdfOptions::print()).expect("it is written"))
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).expect("a name")
}

fn at(dpi: f64) -> PreviewOptions {
    PreviewOptions { dpi, ..PreviewOptions::default() }
}

fn pixels(png: &[u8]) -> RgbImage {
    image::load_from_memory(png).expect("it is a PNG").to_rgb8()
}

fn codes(error: &Error) -> Vec<&'static str> {
    match error {
        Error::Refused(found) => found.iter().map(|one| one.code).collect(),
        other => panic!("no refusal: {other}"),
    }
}

/// The chunks of a PNG: their types and data.
fn chunks(png: &[u8]) -> Vec<(String, &[u8])> {
    let (mut rest, mut found) = (&png[8..], Vec::new());
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        found.push((String::from_utf8_lossy(&rest[4..8]).into_owned(), &rest[8..8 + length]));
        rest = &rest[12 + length..];
    }
    found
}

#[test]
fn rules_stand_where_the_geometry_says() {
    const DPI: f64 = 150.0;
    let geometry: Value = serde_json::from_slice(&std::fs::read(root().join("tests/reference/geometry.json")).unwrap()).unwrap();
    let numbers = |value: &Value| -> Vec<f64> { value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect() };
    let pdf = blank();
    let mut checked = 0;
    for (number, page) in (1..).zip(geometry["pages"].as_array().unwrap()).filter(|(_, page)| page["orient"] == "portrait") {
        let picture = pixels(&preview::page(&pdf, number, &at(DPI)).expect("the page is shown"));
        assert_eq!(picture.dimensions(), (1241, 1754));
        for table in page["tables"].as_array().unwrap() {
            let edges = |from: &Value, sizes: &[f64]| -> Vec<f64> {
                std::iter::once(0.0)
                    .chain(sizes.iter().copied())
                    .scan(from.as_f64().unwrap(), |at, size| {
                        Some({
                            *at += size;
                            *at
                        })
                    })
                    .collect()
            };
            let (xs, ys) = (edges(&table["x"], &numbers(&table["cols"])), edges(&table["y"], &numbers(&table["rows"])));
            for cell in table["cells"].as_array().unwrap() {
                let part = |key: &str| cell[key].as_u64().unwrap() as usize;
                let (left, top) = (xs[part("c")], ys[part("r")]);
                let (right, bottom) = (xs[part("c") + part("cs")], ys[part("r") + part("rs")]);
                for (line, across, upright) in
                    [(left, top + 0.6, true), (right, bottom - 0.6, true), (top, left + 0.6, false), (bottom, right - 0.6, false)]
                {
                    let found = rule(&picture, line * DPI / 25.4, across * DPI / 25.4, upright);
                    let want = line * DPI / 25.4;
                    assert!((found - want).abs() <= 1.0, "page {number}, {line} mm (upright: {upright}): {found:.2} px, not {want:.2}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 350, "only {checked} rules were looked at");
}

/// The middle of the dark near a place, in pixels, along a line across a rule.
fn rule(picture: &RgbImage, want: f64, across: f64, upright: bool) -> f64 {
    let (mut dark, mut moment) = (0.0, 0.0);
    for pixel in (want - 5.0) as u32..=(want + 5.0) as u32 {
        let (x, y) = if upright { (pixel, across as u32) } else { (across as u32, pixel) };
        let ink = f64::from(255 - picture.get_pixel(x, y).0[0]);
        dark += ink;
        moment += ink * (f64::from(pixel) + 0.5);
    }
    if dark < 100.0 { f64::NAN } else { moment / dark }
}

#[test]
fn the_same_file_makes_the_same_bytes_and_they_tell_no_time() {
    let filled = engine().fill("recommendation", sample("nominee.json")).expect("the sample fills");
    let pdf = Arc::new(filled.pdf(&PdfOptions::print()).expect("it is written"));
    assert_eq!(preview::pages(&pdf).expect("it opens"), 6);
    for (page, colours) in [(1, 0), (2, 2)] {
        let png = filled.png(page, &PngOptions::default()).expect("the page is shown");
        assert_eq!(png, preview::page(&pdf, page, &PreviewOptions::default()).expect("the page is shown"));
        let chunks = chunks(&png);
        for (kind, data) in &chunks {
            match kind.as_str() {
                // Eight bits a sample: grey where nothing is coloured, else red, green and blue.
                "IHDR" => assert_eq!((&data[..8], data[8], data[9]), (&[0, 0, 3, 59, 0, 0, 4, 146][..], 8, colours)),
                // 3,937 dots a metre are 100 an inch.
                "pHYs" => assert_eq!(*data, [0, 0, 15, 97, 0, 0, 15, 97, 1]),
                "IDAT" | "IEND" => {}
                other => panic!("a chunk {other}"),
            }
        }
        assert!(chunks.iter().any(|(kind, _)| kind == "pHYs"));
        assert!(png.len() < 200_000, "page {page}: {} bytes", png.len());
    }
    // Few colours are numbers.
    let few = preview::page(&blank(), 6, &PreviewOptions { marks: vec![mark(6, MarkKind::Error)], ..at(50.0) }).expect("it is shown");
    assert!(chunks(&few).iter().any(|(kind, _)| kind == "PLTE"));
    assert_ne!(filled.png(2, &PngOptions::default()).unwrap(), filled.png(3, &PngOptions::default()).unwrap());
}

#[test]
fn print_and_fillable_are_shown_alike() {
    let filled = engine().fill("recommendation", sample("nominee.json")).expect("the sample fills");
    let print = Arc::new(filled.pdf(&PdfOptions::print()).unwrap());
    let fillable = Arc::new(filled.pdf(&PdfOptions::fillable()).unwrap());
    for page in 1..=6 {
        let [one, other] = [&print, &fillable].map(|pdf| pixels(&preview::page(pdf, page, &at(100.0)).expect("it is shown")));
        let differ = one.pixels().zip(other.pixels()).filter(|(a, b)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 48)).count();
        assert!(differ <= 58, "page {page}: {differ} pixels differ, more than 60 of a million");
    }
    // A widget's value is there: without it the page would be the blank one.
    let one = pixels(&preview::page(&fillable, 2, &at(100.0)).unwrap());
    let other = pixels(&preview::page(&blank(), 2, &at(100.0)).unwrap());
    assert!(one.pixels().zip(other.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 48).count() > 5_000);
}

fn mark(page: usize, kind: MarkKind) -> Mark {
    Mark { page, at: Rect::new(50.0, 100.0, 40.0, 20.0), kind, name: None }
}

#[test]
fn a_mark_frames_its_place_on_its_page_and_hides_no_ink() {
    let pdf = blank();
    for (kind, frame) in [
        (MarkKind::Field, [0, 121, 107]),
        (MarkKind::Chosen, [21, 101, 192]),
        (MarkKind::Warning, [178, 106, 0]),
        (MarkKind::Error, [198, 40, 40]),
    ] {
        let marked = PreviewOptions { marks: vec![mark(2, kind)], ..at(127.0) };
        let (plain, shown) = (pixels(&preview::page(&pdf, 2, &at(127.0)).unwrap()), pixels(&preview::page(&pdf, 2, &marked).unwrap()));
        // At 127 dpi a millimetre is five pixels; a strong frame lies outside.
        let framed: Vec<(u32, u32)> = shown.enumerate_pixels().filter(|(.., pixel)| pixel.0 == frame).map(|(x, y, _)| (x, y)).collect();
        let out = if kind == MarkKind::Field { 0 } else { 2 };
        let bounds = (
            framed.iter().map(|at| at.0).min(),
            framed.iter().map(|at| at.0).max(),
            framed.iter().map(|at| at.1).min(),
            framed.iter().map(|at| at.1).max(),
        );
        assert_eq!(bounds, (Some(250 - out), Some(449 + out), Some(500 - out), Some(599 + out)), "{kind:?}");
        for (x, y, pixel) in shown.enumerate_pixels() {
            let (before, inside) = (plain.get_pixel(x, y).0, (250..450).contains(&x) && (500..600).contains(&y));
            if pixel.0 == frame {
                continue;
            }
            match inside {
                true if before == [0; 3] => assert_eq!(pixel.0, [0; 3], "ink stays ink"),
                true if before == [255; 3] => {
                    assert!(pixel.0 != [255; 3] && pixel.0.iter().all(|sample| *sample > 200), "the paper is tinted")
                }
                true => {}
                false => assert_eq!(pixel.0, before, "outside nothing changes ({x}, {y})"),
            }
        }
        assert_eq!(preview::page(&pdf, 3, &marked).unwrap(), preview::page(&pdf, 3, &at(127.0)).unwrap(), "nor on another page");
    }
    // A place outside the paper marks nothing, and no arithmetic fails.
    for far in [Rect::new(-500.0, -500.0, 10.0, 10.0), Rect::new(1e300, 1e300, 1e300, 1e300), Rect::new(f64::NAN, 0.0, f64::INFINITY, -5.0)]
    {
        let marks = vec![Mark { at: far, name: Some("a".repeat(500)), ..mark(2, MarkKind::Error) }];
        preview::page(&pdf, 2, &PreviewOptions { marks, ..at(30.0) }).expect("it is shown");
    }
}

#[test]
fn fields_are_marked_by_their_names_wherever_they_stand() {
    let filled = engine().fill("recommendation", sample("overfull.json")).expect("the sample fills");
    // In geometry.json the cell of 姓名 is 24 × 12.75 mm from (46, 25).
    let boxes = filled.boxes(&name("name"));
    let on_page_2 = boxes.iter().find(|place| place.page == 2).expect("the name stands on page 2").at;
    assert!(Rect::new(46.0, 25.0, 24.0, 12.75).overlaps(&on_page_2) && on_page_2.w.0 < 24.0 && on_page_2.h.0 < 12.75);
    assert_eq!(filled.boxes(&name("resume.0")).len(), 3, "a name stands for what is below it");
    assert_eq!(filled.boxes(&name("resume.0.period")).len(), 1);
    assert!(filled.boxes(&name("resum")).is_empty() && filled.boxes(&name("absent")).is_empty());
    let pages: Vec<usize> = filled.boxes(&name("personal_summary")).iter().map(|place| place.page).collect();
    assert!(pages.len() > 1 && pages[0] == 5 && pages[1..].iter().all(|page| *page > 6), "a text that goes on: {pages:?}");

    let options = PngOptions { marks: vec![(name("personal_summary"), MarkKind::Error)], ..PngOptions::default() };
    for page in 1..=filled.pages() {
        let marked = filled.png(page, &options).unwrap() != filled.png(page, &PngOptions::default()).unwrap();
        assert_eq!(marked, pages.contains(&page), "page {page}");
    }
}

#[test]
fn the_grid_is_a_line_every_millimetre_and_names_in_the_fields() {
    let filled = engine().blank("recommendation").expect("the blank form");
    let shown = pixels(&filled.png(2, &PngOptions { dpi: 127.0, grid: true, ..PngOptions::default() }).unwrap());
    // Below the table there is nothing but paper: x = 5, 10, …, a millimetre each, every tenth stronger.
    let row: Vec<u8> = (50..950).map(|x| shown.get_pixel(x, 1_418).0[0]).collect();
    for (x, sample) in (50..).zip(row) {
        let want = if x % 50 == 0 {
            158
        } else if x % 5 == 0 {
            226
        } else {
            255
        };
        assert_eq!(sample, want, "at {x} px");
    }
    // Every field of the page is framed; of a name the letters are there.
    let green = image::Rgb([0, 121, 107]);
    for field in ["name", "photo", "resume.0.work", "id_number"] {
        let place = filled.boxes(&name(field)).into_iter().find(|place| place.page == 2).expect("it stands on page 2").at;
        let (left, top) = ((place.x.0 * 5.0).round() as u32, (place.y.0 * 5.0).round() as u32);
        assert_eq!(shown.get_pixel(left, top + 5), &green, "{field}");
        let letters = (left + 2..left + 30).flat_map(|x| (top.saturating_sub(30)..top + 12).map(move |y| (x, y)));
        let dots = letters.filter(|(x, y)| shown.get_pixel(*x, *y) == &green && *y != top).count();
        assert!(dots > 25, "{field}: {dots} dots of its name");
    }
    let plain = filled.png(2, &PngOptions { dpi: 40.0, ..PngOptions::default() }).unwrap();
    let grid = filled.png(2, &PngOptions { dpi: 40.0, grid: true, ..PngOptions::default() }).unwrap();
    assert_ne!(plain, grid);
    // At 40 dpi lines a millimetre apart would be a veil over the whole paper.
    let white = |png: &[u8]| pixels(png).pixels().filter(|pixel| pixel.0 == [255; 3]).count();
    assert!(white(&grid) * 4 > white(&plain));
}

#[test]
fn what_is_not_there_or_too_much_is_refused() {
    let pdf = blank();
    let code = |page: usize, options: &PreviewOptions| codes(&preview::page(&pdf, page, options).expect_err("it is refused"));
    for dpi in [19.9, 300.1, 0.0, -100.0, f64::NAN, f64::INFINITY] {
        assert_eq!(code(1, &at(dpi)), ["preview-resolution"], "{dpi}");
    }
    for page in [0, 7, usize::MAX] {
        assert_eq!(code(page, &at(50.0)), ["no-such-page"], "{page}");
    }
    for dpi in [20.0, 300.0] {
        let png = preview::page(&pdf, 1, &at(dpi)).expect("the bounds are allowed");
        assert_eq!(pixels(&png).width(), (210.0 / 25.4 * dpi).ceil() as u32);
    }
    let shown = |page: &str, objects: &[&str]| {
        let mut all = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            format!("<</Type/Page/Parent 2 0 R{page}>>"),
        ];
        all.extend(objects.iter().map(|object| (*object).to_owned()));
        let objects: Vec<Vec<u8>> = all.into_iter().map(String::into_bytes).collect();
        preview::page(&Arc::new(raw::file(&objects)), 1, &at(100.0))
    };
    assert!(shown("/MediaBox[0 0 842 1191]", &[]).is_ok(), "A3");
    assert!(shown("/MediaBox[0 0 1191 842]", &[]).is_ok(), "A3, landscape");
    assert!(shown("/MediaBox[0 0 595 842]/Rotate 90", &[]).is_ok());
    for large in [
        "[0 0 1191 1684]",
        "[0 0 900 900]",
        "[0 0 1000000000 1000000000]",
        "[-2147483648 -2147483648 2147483647 2147483647]",
        "[0 0 100 100000000000]",
    ] {
        let error = shown(&format!("/MediaBox{large}"), &[]).expect_err("it is larger than A3");
        assert_eq!(codes(&error), ["preview-too-large"], "{large}");
    }
    let picture = |size: &str| {
        format!("<</Type/XObject/Subtype/Image{size}/BitsPerComponent 8/ColorSpace/DeviceGray/Length 3>>\nstream\nabc\nendstream")
    };
    let page = "/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R";
    let paints = "<</Length 6>>\nstream\n/I Do \nendstream";
    assert!(shown(page, &[&picture("/Width 10/Height 10"), paints]).is_ok());
    for size in ["/Width 40000/Height 40000", "/Width 4294967295/Height 4294967295", "/Width 99999999/Height 99999999"] {
        let error = shown(page, &[&picture(size), paints]).expect_err("it is too large");
        assert_eq!(codes(&error), ["preview-picture-too-large"], "{size}");
    }
    let mut many: Vec<Vec<u8>> = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), Vec::new()];
    let kids: String = (3..2_004).map(|number| format!("{number} 0 R ")).collect();
    many[1] = format!("<</Type/Pages/Kids[{kids}]/Count 2001/MediaBox[0 0 595 842]>>").into_bytes();
    many.extend((3..2_004).map(|_| b"<</Type/Page/Parent 2 0 R>>".to_vec()));
    let many = Arc::new(raw::file(&many));
    assert_eq!(codes(&preview::pages(&many).expect_err("it is refused")), ["preview-too-many-pages"]);
}

/// Numbers beyond all paper, at each `@`.
const BEYOND: &str = "@ 0 0 @ -@ @ cm 0 0 @ @ re f 0.0000001 w 0 0 m @ @ l S";

#[test]
fn a_page_that_draws_without_end_is_refused_before_it_is_drawn() {
    // Each form draws the next ten times: ten thousand million dots.
    let mut objects: Vec<String> = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"].map(str::to_owned).to_vec();
    objects.push("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>".to_owned());
    objects.push("<</Length 5>>\nstream\n/F Do\nendstream".to_owned());
    for next in 6..16 {
        let content = "/F Do ".repeat(10);
        let head =
            format!("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F {next} 0 R>>>>/Length {}>>", content.len());
        objects.push(format!("{head}\nstream\n{content}\nendstream"));
    }
    objects.push("<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 11>>\nstream\n0 0 1 1 re f\nendstream".to_owned());
    let objects: Vec<Vec<u8>> = objects.into_iter().map(String::into_bytes).collect();
    let error = preview::page(&Arc::new(raw::file(&objects)), 1, &at(50.0)).expect_err("it is refused");
    assert_eq!(codes(&error), ["preview-too-much"]);
}

#[test]
fn damaged_files_are_refused_or_shown_and_stop_nobody() {
    let whole = {
        let filled = engine().fill("recommendation", sample("nominee.json")).expect("the sample fills");
        filled.pdf(&PdfOptions::fillable()).expect("it is written")
    };
    let mut files: Vec<Vec<u8>> = vec![Vec::new(), b"%PDF-1.7".to_vec(), vec![0; 4_096], b"garbage".repeat(999)];
    files.extend((1..24).map(|part| whole[..whole.len() * part / 24].to_vec()));
    // Three bytes are others, each time elsewhere.
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for _ in 0..24 {
        let mut spoiled = whole.clone();
        for _ in 0..3 {
            let at = next() % spoiled.len();
            spoiled[at] = next() as u8;
        }
        files.push(spoiled);
    }
    // Trees and forms that go round in circles, content that never closes, numbers beyond all bounds.
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R>>";
    let form = "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F 4 0 R>>>>/Length 5>>\nstream\n/F Do\nendstream";
    let stream = |text: &str| format!("<</Length {}>>\nstream\n{text}\nendstream", text.len());
    for (tree, content) in [
        ("<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", stream("/F Do")),
        ("<</Type/Pages/Kids[3 0 R]/Count 1>>", stream("/F Do /F Do")),
        ("<</Type/Pages/Kids[3 0 R]/Count -1>>", stream(&"q ".repeat(100_000))),
        ("<</Type/Pages/Kids[3 0 R]/Count 1>>", stream(&"[".repeat(100_000))),
        ("<</Type/Pages/Kids[3 0 R]/Count 1>>", stream(&BEYOND.replace('@', &"9".repeat(38)))),
        ("<</Type/Pages/Kids[3 0 R]/Count 1>>", stream("[0.00001 0.00001] 0 d 1 w 0 0 m 595 842 l S")),
    ] {
        let objects = ["<</Type/Catalog/Pages 2 0 R>>", tree, page, form, &content].map(|object| object.as_bytes().to_vec());
        files.push(raw::file(&objects));
    }
    let (mut shown, mut refused) = (0, 0);
    for (number, file) in files.into_iter().enumerate() {
        let file = Arc::new(file);
        for page in 1..=2 {
            match preview::page(&file, page, &at(40.0)) {
                Ok(png) => shown += usize::from(pixels(&png).width() > 0),
                Err(Error::Refused(_)) => refused += 1,
                Err(error) => panic!("file {number}: {error}"),
            }
        }
    }
    assert!(shown > 20 && refused > 40, "{shown} were shown, {refused} refused");
}
