//! Any bytes as a photo: a picture or a refusal. What was made of a picture must be a sound picture itself.
#![no_main]

use formwright::image::{Colour, ImageOptions, Picture, PictureData, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small limits keep the fuzzer quick; the paths are the same.
    let limits = ImageOptions { max_bytes: 1 << 20, max_pixels: 1 << 20, max_side: 200, ..ImageOptions::default() };
    let grey = ImageOptions { grey: true, ..limits.clone() };
    for options in [limits, ImageOptions { max_side: 20, ..grey.clone() }, grey] {
        if let Ok(picture) = load(bytes, &options) {
            check(&picture, &options);
        }
    }
});

fn check(picture: &Picture, options: &ImageOptions) {
    assert!(picture.width > 0 && picture.height > 0);
    assert!(picture.width.max(picture.height) <= options.max_side * 2);
    assert!(!options.grey || picture.colour == Colour::Grey);
    let channels = if picture.colour == Colour::Grey { 1 } else { 3 };
    match &picture.data {
        PictureData::Raw(samples) => assert_eq!(samples.len() as u64, u64::from(picture.width) * u64::from(picture.height) * channels),
        PictureData::Jpeg(jpeg) => {
            let again = load(jpeg, &ImageOptions::default()).expect("what was made is sound");
            assert_eq!((again.width, again.height, again.colour), (picture.width, picture.height, picture.colour));
        }
    }
}
