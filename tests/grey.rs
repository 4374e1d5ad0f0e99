//! Photos in colour made grey without being decoded. The fixtures are drawn by `grey/make.py`.

use std::fs;
use std::path::{Path, PathBuf};

use formwright::image::{Colour, ImageOptions, Picture, PictureData, load};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn grey() -> ImageOptions {
    ImageOptions { grey: true, ..ImageOptions::default() }
}

fn loaded(bytes: &[u8], name: &str) -> Picture {
    load(bytes, &grey()).unwrap_or_else(|why| panic!("{name}: {why:?}"))
}

fn jpeg_of(picture: &Picture) -> &[u8] {
    match &picture.data {
        PictureData::Jpeg(bytes) => bytes,
        PictureData::Raw(_) => panic!("not a JPEG"),
    }
}

fn decoded(bytes: &[u8]) -> image::GrayImage {
    image::load_from_memory(bytes).expect("a picture opens").to_luma8()
}

/// The markers of a JPEG up to its scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (vec![jpeg[1]], 2);
    while found.last() != Some(&0xDA) {
        found.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

/// Everything from the header of the scan on.
fn scan_of(jpeg: &[u8]) -> &[u8] {
    let at = jpeg.windows(4).position(|bytes| bytes == [0xFF, 0xDA, 0, 12]).expect("a scan of three components");
    &jpeg[at..]
}

/// The fixtures whose luminance has a sample for every pixel.
fn fixtures() -> Vec<(String, Vec<u8>, image::GrayImage)> {
    let names = fs::read_dir(folder("grey")).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    let mut names: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|ending| ending == "jpg")).collect();
    names.sort();
    let name = |path: &Path| path.file_stem().expect("it has a name").to_string_lossy().into_owned();
    let all = names.iter().map(|path| (name(path), read(path), decoded(&read(&path.with_extension("png")))));
    all.filter(|(name, ..)| !name.starts_with("coarse-luma")).collect()
}

#[test]
fn the_grey_file_has_the_luminance_of_the_one_in_colour() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 20);
    for (name, file, want) in fixtures {
        let picture = loaded(&file, &name);
        assert_eq!((picture.colour, picture.width, picture.height), (Colour::Grey, want.width(), want.height()), "{name}");
        let jpeg = jpeg_of(&picture);
        assert!(jpeg.len() < file.len(), "{name}: {} bytes of {}", jpeg.len(), file.len());
        assert_eq!(markers(jpeg), [0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA], "{name}: a plain baseline file");
        let got = decoded(jpeg);
        // Decoders round differently.
        let most = got.pixels().zip(want.pixels()).map(|(a, b)| a.0[0].abs_diff(b.0[0])).max();
        assert!(got.dimensions() == want.dimensions() && most <= Some(1), "{name}: {most:?} levels apart");
        assert!(loaded(&file, &name) == picture, "{name}: the same each time");
        assert!(loaded(jpeg, &name) == picture, "{name}: grey already, it is kept");
    }
}

#[test]
fn a_grey_file_tells_nothing_of_its_owner() {
    let of = |name: &str| loaded(&read(&folder("hostile/images").join(name)), name);
    let plain = of("plain.jpg");
    for name in ["private.jpg", "trailing.jpg", "no-end-marker.jpg", "exif-1.jpg", "exif-9.jpg"] {
        assert!(of(name) == plain, "{name}");
    }
    assert_eq!(markers(jpeg_of(&plain)), [0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA]);
}

/// What says how colours are coded may stand behind the frame, where the luminance was begun already.
#[test]
fn colours_told_late_are_not_taken_for_luminance() {
    let file = read(&folder("hostile/images").join("rgb.jpg"));
    let adobe = file.windows(2).position(|pair| pair == [0xFF, 0xEE]).expect("the fixture has Adobe's marker");
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("it has a frame");
    let end = |at: usize| at + 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
    let mut late = [&file[..adobe], &file[end(adobe)..end(frame)], &file[adobe..end(adobe)], &file[end(frame)..]].concat();
    // Without the names R, G, B, and before Adobe's word, they pass for YCbCr.
    let (frame, scan) = (frame - (end(adobe) - adobe), late.len() - scan_of(&late).len());
    for number in 0..3 {
        (late[frame + 10 + number * 3], late[scan + 5 + number * 2]) = (number as u8 + 1, number as u8 + 1);
    }
    assert!(decoded(jpeg_of(&loaded(&late, "late"))) == decoded(jpeg_of(&loaded(&file, "rgb.jpg"))));
}

#[test]
fn other_ways_to_grey_are_open() {
    let coarse = read(&folder("grey").join("coarse-luma-16x16.jpg"));
    let picture = loaded(&coarse, "coarse-luma");
    assert_eq!((picture.colour, picture.width, picture.height), (Colour::Grey, 16, 16));

    // One that is resampled, or turned, by its luminance too: nearly what the whole way round RGB gives.
    let file = read(&folder("grey").join("restarts-420-45x61.jpg"));
    let small = load(&file, &ImageOptions { max_side: 30, ..grey() }).expect("it is sound");
    let colour = load(&file, &ImageOptions { max_side: 30, ..ImageOptions::default() }).expect("it is sound");
    assert_eq!((small.colour, small.height), (Colour::Grey, 30));
    let colour = image::load_from_memory(jpeg_of(&colour)).expect("it opens").to_rgb8();
    // ITU-R BT.601; what the `image` crate takes for grey is another thing.
    let luma = |[r, g, b]: [u8; 3]| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    let apart = decoded(jpeg_of(&small)).pixels().zip(colour.pixels()).map(|(a, b)| (f64::from(a.0[0]) - luma(b.0)).abs()).sum::<f64>();
    assert!(apart / f64::from(small.width * small.height) < 4.0, "{apart}");
}
