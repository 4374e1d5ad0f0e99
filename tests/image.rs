//! Photos as people send them, and files that only pose as photos. The fixtures are drawn by `hostile/images/make.py`.

use std::fs;
use std::path::{Path, PathBuf};

use formwright::diag::Lang;
use formwright::image::{Colour, ImageOptions, Picture, PictureData, load};

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 180, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const YELLOW: [u8; 3] = [240, 220, 40];
/// What the fixtures show: red, green on top, blue, yellow below.
const UPRIGHT: [[u8; 3]; 4] = [RED, GREEN, BLUE, YELLOW];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/images")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

fn loaded(name: &str, options: &ImageOptions) -> Picture {
    load(&fixture(name), options).unwrap_or_else(|why| panic!("{name}: {why:?}"))
}

/// The samples of a picture as RGB, decoded by the `image` crate, which shares no code with ours for JPEG.
fn pixels(picture: &Picture) -> image::RgbImage {
    let (width, height) = (picture.width, picture.height);
    match (&picture.data, picture.colour) {
        (PictureData::Jpeg(bytes), _) => image::load_from_memory(bytes).expect("a JPEG of ours opens").to_rgb8(),
        (PictureData::Raw(bytes), Colour::Rgb) => image::RgbImage::from_raw(width, height, bytes.clone()).expect("three bytes a pixel"),
        (PictureData::Raw(bytes), Colour::Grey) => {
            let grey = image::GrayImage::from_raw(width, height, bytes.clone()).expect("one byte a pixel");
            image::DynamicImage::ImageLuma8(grey).to_rgb8()
        }
    }
}

/// The colours in the middles of the four quarters: top left, top right, bottom left, bottom right.
fn quarters(picture: &Picture) -> [[u8; 3]; 4] {
    let pixels = pixels(picture);
    assert_eq!(pixels.dimensions(), (picture.width, picture.height));
    let (w, h) = pixels.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| pixels.get_pixel(w * x / 4, h * y / 4).0)
}

fn assert_near(got: [[u8; 3]; 4], want: [[u8; 3]; 4], tolerance: u8, what: &str) {
    for (got, want) in got.iter().flatten().zip(want.iter().flatten()) {
        assert!(got.abs_diff(*want) <= tolerance, "{what}: {got} is not near {want}");
    }
}

fn grey_of([r, g, b]: [u8; 3]) -> [u8; 3] {
    [(0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)).round() as u8; 3]
}

/// Everything from the first scan on: headers of scans and coded data.
fn scans(jpeg: &[u8]) -> &[u8] {
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    &jpeg[at..]
}

fn jpeg_of(picture: &Picture) -> &[u8] {
    match &picture.data {
        PictureData::Jpeg(bytes) => bytes,
        PictureData::Raw(_) => panic!("not a JPEG"),
    }
}

#[test]
fn good_jpegs_keep_their_coded_data() {
    for (name, colour) in [
        ("plain.jpg", Colour::Rgb),
        ("subsampled.jpg", Colour::Rgb),
        ("half-subsampled.jpg", Colour::Rgb),
        ("progressive.jpg", Colour::Rgb),
        ("progressive-grey.jpg", Colour::Grey),
        ("grey.jpg", Colour::Grey),
        ("restarts.jpg", Colour::Rgb),
        ("rgb.jpg", Colour::Rgb),
        ("exif-1.jpg", Colour::Rgb),
        ("exif-9.jpg", Colour::Rgb),
    ] {
        let picture = loaded(name, &ImageOptions::default());
        assert_eq!(picture.colour, colour, "{name}");
        assert_eq!(scans(jpeg_of(&picture)), scans(&fixture(name)), "{name}");
        let tolerance = if name.starts_with("plain") || name.starts_with("exif") { 3 } else { 40 };
        let want = if colour == Colour::Grey { UPRIGHT.map(grey_of) } else { UPRIGHT };
        assert_near(quarters(&picture), want, tolerance, name);
        let again = load(jpeg_of(&picture), &ImageOptions::default()).expect("our own JPEG is sound");
        assert!(again == picture, "{name}: a cleaned file is clean");
    }
}

#[test]
fn nothing_private_is_left() {
    let picture = loaded("private.jpg", &ImageOptions::default());
    let (clean, plain) = (jpeg_of(&picture), loaded("plain.jpg", &ImageOptions::default()));
    assert!(fixture("private.jpg").windows(6).filter(|part| part == b"SECRET").count() >= 7, "the fixture tells a lot");
    for secret in [&b"SECRET"[..], b"Exif", b"GPS", b"http", b"ICC_PROFILE", b"Photoshop", b"JFXX"] {
        assert!(!clean.windows(secret.len()).any(|part| part == secret), "{}", String::from_utf8_lossy(secret));
    }
    assert!(picture == plain, "what is left is the plain picture");
    assert!(loaded("trailing.jpg", &ImageOptions::default()) == plain, "nothing hides behind the end");
    assert!(loaded("no-end-marker.jpg", &ImageOptions::default()) == plain, "a whole picture without end marker gets one");
    assert!(!format!("{picture:?}").contains("255"), "no bytes in a log");
}

#[test]
fn exif_turns_are_obeyed() {
    for number in 1..=8 {
        let name = format!("exif-{number}.jpg");
        let picture = loaded(&name, &ImageOptions::default());
        assert_eq!((picture.width, picture.height), (40, 56), "{name}");
        assert_near(quarters(&picture), UPRIGHT, 6, &name);
    }
    let picture = loaded("exif-6.png", &ImageOptions::default());
    assert_eq!((picture.width, picture.height), (40, 56));
    assert_near(quarters(&picture), UPRIGHT, 0, "exif-6.png");
}

#[test]
fn four_inks_become_rgb() {
    for name in ["cmyk-adobe.jpg", "cmyk-plain.jpg", "ycck-adobe.jpg"] {
        let picture = loaded(name, &ImageOptions::default());
        assert_eq!(picture.colour, Colour::Rgb, "{name}");
        assert_near(quarters(&picture), UPRIGHT, 8, name);
    }
}

#[test]
fn every_kind_of_png_comes_out_right() {
    let half = |colour: [u8; 3]| colour.map(|sample| ((u32::from(sample) * 128 + 255 * 127) / 255) as u8);
    let white = [[255; 3], GREEN, BLUE, YELLOW];
    // Quarters of luma above 100 are white: green and yellow.
    let bits = [[0; 3], [255; 3], [0; 3], [255; 3]];
    for (name, want, tolerance) in [
        ("plain.png", UPRIGHT, 0),
        ("palette.png", UPRIGHT, 0),
        ("palette-transparent.png", white, 0),
        ("rgba.png", UPRIGHT.map(half), 1),
        ("grey-alpha.png", UPRIGHT.map(grey_of).map(half), 1),
        ("one-bit.png", bits, 0),
        ("sixteen.png", UPRIGHT, 0),
        ("sixteen-alpha.png", UPRIGHT.map(half), 1),
        ("interlaced.png", UPRIGHT, 0),
        ("text-bomb.png", UPRIGHT, 0),
    ] {
        let picture = loaded(name, &ImageOptions::default());
        assert!(matches!(picture.data, PictureData::Raw(_)), "{name}: small drawings stay without loss");
        assert_near(quarters(&picture), want, tolerance, name);
    }
}

#[test]
fn photos_as_png_become_jpeg() {
    for (name, colour) in [("noise.png", Colour::Rgb), ("noise-grey.png", Colour::Grey)] {
        let picture = loaded(name, &ImageOptions::default());
        assert_eq!(picture.colour, colour);
        assert!(jpeg_of(&picture).len() < fixture(name).len(), "{name}");
        let want = if colour == Colour::Grey { UPRIGHT.map(grey_of) } else { UPRIGHT };
        assert_near(quarters(&picture), want, 32, name);
    }
}

#[test]
fn grey_on_request() {
    let options = ImageOptions { grey: true, ..ImageOptions::default() };
    for name in ["plain.jpg", "rgb.jpg", "exif-5.jpg", "cmyk-adobe.jpg", "plain.png", "sixteen.png"] {
        let picture = loaded(name, &options);
        assert_eq!(picture.colour, Colour::Grey, "{name}");
        assert_near(quarters(&picture), UPRIGHT.map(grey_of), 6, name);
    }
    let picture = loaded("progressive-grey.jpg", &options);
    assert_eq!(scans(jpeg_of(&picture)), scans(&fixture("progressive-grey.jpg")), "grey already: untouched");
}

#[test]
fn large_pictures_are_made_smaller() {
    let options = ImageOptions { max_side: 21, ..ImageOptions::default() };
    for name in ["plain.jpg", "exif-6.jpg", "exif-7.jpg", "grey.jpg", "cmyk-adobe.jpg", "plain.png", "interlaced.png"] {
        let picture = loaded(name, &options);
        assert_eq!((picture.width, picture.height), (15, 21), "{name}");
        let want = if name == "grey.jpg" { UPRIGHT.map(grey_of) } else { UPRIGHT };
        assert_near(quarters(&picture), want, 12, name);
    }
    let twice = ImageOptions { max_side: 28, ..ImageOptions::default() };
    let kept = loaded("plain.jpg", &twice);
    assert_eq!(scans(jpeg_of(&kept)), scans(&fixture("plain.jpg")), "a small file with twice the pixels is kept");
}

#[test]
fn what_is_no_photo_is_refused_by_name() {
    for (name, code, zh) in [
        ("empty.jpg", "photo-empty", "空"),
        ("heic.jpg", "photo-format", "HEIC"),
        ("svg.jpg", "photo-format", "SVG"),
        ("text.jpg", "photo-format", "文本"),
        ("page.jpg", "photo-format", "网页"),
        ("truncated.jpg", "photo-truncated", "不完整"),
        ("truncated-with-end.jpg", "photo-truncated", "不完整"),
        ("truncated-header.jpg", "photo-truncated", "不完整"),
        ("truncated-progressive.jpg", "photo-truncated", "不完整"),
        ("truncated-progressive-with-end.jpg", "photo-truncated", "不完整"),
        ("truncated.png", "photo-truncated", "不完整"),
        ("short-of-rows.png", "photo-damaged", "损坏"),
        ("damaged.jpg", "photo-damaged", "损坏"),
        ("damaged.png", "photo-damaged", "损坏"),
        ("no-height.jpg", "photo-unsupported", "少见"),
        ("lossless.jpg", "photo-unsupported", "少见"),
        ("claims-65500.jpg", "photo-too-many-pixels", "65500×65500"),
        ("claims-100000.png", "photo-too-many-pixels", "100000×100000"),
        ("bomb-12000x9000.png", "photo-too-many-pixels", "12000×9000"),
    ] {
        let why = load(&fixture(name), &ImageOptions::default()).expect_err(name);
        assert_eq!(why.code, code, "{name}");
        assert!(why.message.text(Lang::Zh).contains(zh), "{name}: {}", why.message.text(Lang::Zh));
        assert!(!why.help.text(Lang::En).is_empty());
    }
}

/// That a claim is named though the data behind it are absent or far too short shows that nothing was decoded.
#[test]
fn claims_are_judged_before_decoding() {
    for name in ["claims-65500.jpg", "claims-100000.png"] {
        // Even a caller who allows any number of pixels does not get gigabytes.
        let unlimited = ImageOptions { max_pixels: u64::MAX, ..ImageOptions::default() };
        assert_eq!(load(&fixture(name), &unlimited).expect_err(name).code, "photo-too-many-pixels", "{name}");
    }
    let mut thread = fixture("claims-100000.png");
    thread[20..24].copy_from_slice(&10u32.to_be_bytes());
    assert_eq!(load(&thread, &ImageOptions::default()).expect_err("a thread").code, "photo-too-many-pixels");
    let mut bomb = fixture("bomb-12000x9000.png");
    bomb.truncate(40);
    assert_eq!(load(&bomb, &ImageOptions::default()).expect_err("a head").code, "photo-too-many-pixels", "its head is enough");
    let few = ImageOptions { max_bytes: 100, ..ImageOptions::default() };
    assert_eq!(load(&fixture("plain.jpg"), &few).expect_err("too many bytes").code, "photo-too-large");
}

/// A photo cut anywhere is refused, and a photo spoilt anywhere does no harm.
#[test]
fn no_cut_goes_unnoticed_and_no_byte_harms() {
    for name in ["subsampled.jpg", "progressive.jpg", "restarts.jpg", "palette.png"] {
        let whole = fixture(name);
        let grey = ImageOptions { grey: true, ..ImageOptions::default() };
        for end in 0..whole.len() - 2 {
            let why = load(&whole[..end], &ImageOptions::default()).expect_err("a part is no picture");
            assert_eq!(load(&whole[..end], &grey), Err(why), "{name} cut at {end}");
        }
        for at in (0..whole.len()).step_by(3) {
            for value in [0x00, 0xFF, 0xD9, whole[at] ^ 0x10] {
                let mut spoilt = whole.clone();
                spoilt[at] = value;
                let few = ImageOptions { max_side: 30, max_pixels: 1_000_000, ..ImageOptions::default() };
                let _ = load(&spoilt, &few);
                let _ = load(&spoilt, &ImageOptions { grey: true, ..few.clone() });
                let _ = load(&spoilt, &ImageOptions { grey: true, max_side: 1158, ..few });
            }
        }
    }
}

#[test]
fn a_palette_of_no_whole_colours_is_damage() {
    // Found by fuzzing: the PNG decoder panicked on it.
    let bytes = include_bytes!("hostile/images/palette-14-bytes.png");
    assert_eq!(load(bytes, &ImageOptions::default()).unwrap_err().code, "photo-damaged");
}
