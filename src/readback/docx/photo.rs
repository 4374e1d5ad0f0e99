//! The picture in a place: its file, or why there is none.

use super::Story;
use super::places::Found;
use crate::diag::Message;
use crate::package::marks;
use crate::package::words::Image;
use crate::package::{Fault, Package};

/// What stands in a place for a picture.
pub(super) enum Photo {
    /// Nothing, or the mark of an empty place, whose digest is this.
    Empty(Option<String>),
    /// A JPEG or PNG.
    File(Vec<u8>),
    /// Something that is no use.
    Useless(Useless),
}

/// Why a picture is no use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Useless {
    /// Its file is not in the package.
    Linked,
    /// Its file is missing from the package.
    Missing,
    /// It is neither JPEG nor PNG.
    Format,
}

impl Useless {
    pub(super) fn code(self) -> &'static str {
        match self {
            Useless::Linked => "photo-linked",
            Useless::Missing => "photo-lost",
            Useless::Format => "photo-format",
        }
    }

    pub(super) fn messages(self) -> [Message; 2] {
        match self {
            Useless::Linked => [
                Message::new("照片只是一个链接，文件里没有照片本身", "the photo is a link only; the file does not hold the picture"),
                Message::new(
                    "在 Word 中删去照片，用“插入 → 图片 → 此设备”重新插入（不要选“链接到文件”）",
                    "remove the photo in Word and insert it again from this device, not as a link",
                ),
            ],
            Useless::Missing => [
                Message::new(
                    "文件里找不到照片的图像，文件可能损坏",
                    "the picture of the photo is missing from the file; it may be damaged",
                ),
                Message::new("在 Word 中重新插入照片，保存后再试", "insert the photo again in Word, save, and try again"),
            ],
            Useless::Format => [
                Message::new(
                    "照片不是 JPEG，也不是 PNG（可能是 EMF、WMF、BMP 等）",
                    "the photo is neither a JPEG nor a PNG (perhaps EMF, WMF or BMP)",
                ),
                Message::new(
                    "在 Word 中右击照片，“更改图片”，选一张 JPG 或 PNG 文件",
                    "right-click the photo in Word, change the picture, and choose a JPG or PNG file",
                ),
            ],
        }
    }
}

/// What stands in a place: the first picture in it that is not the mark of an empty place.
pub(super) fn read(place: &Found, issued: Option<&str>, package: &mut Package, stories: &[Story]) -> Result<Photo, Fault> {
    let mut seen = Photo::Empty(None);
    for image in &place.pictures {
        match file(image, place.story, package, stories)? {
            Photo::File(bytes) => {
                let digest = marks::value_digest(&bytes);
                // Its own words tell a mark, or an editor that calls it a placeholder still, and nobody has touched it.
                let untouched = place.control.showing && issued == Some(&digest);
                if !untouched && !is_no_picture(&bytes) {
                    return Ok(Photo::File(bytes));
                }
                seen = Photo::Empty(Some(digest));
            }
            other => seen = other,
        }
    }
    Ok(seen)
}

fn file(image: &Image, story: usize, package: &mut Package, stories: &[Story]) -> Result<Photo, Fault> {
    // A blip without `r:embed` is linked, or has no picture at all; either way nothing is fetched.
    let Some(id) = &image.relation else { return Ok(Photo::Useless(Useless::Linked)) };
    let part = match stories.get(story).and_then(|story| story.targets.get(id)) {
        Some(Some(part)) => part,
        Some(None) => return Ok(Photo::Useless(Useless::Linked)),
        None => return Ok(Photo::Useless(Useless::Missing)),
    };
    Ok(match package.part(part)? {
        None => Photo::Useless(Useless::Missing),
        Some(bytes) if bytes.starts_with(b"\xFF\xD8\xFF") || bytes.starts_with(PNG) => Photo::File(bytes),
        Some(_) => Photo::Useless(Useless::Format),
    })
}

const PNG: &[u8] = b"\x89PNG\r\n\x1A\n";

/// Whether a PNG says in its comment that it only marks an empty place (PNG, 11.3.3.2).
fn is_no_picture(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(PNG) else { return false };
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let (kind, data) = (after.get(..4), after.get(4..length.saturating_add(4)));
        let is_comment =
            kind == Some(b"tEXt") && data.and_then(|data| data.strip_prefix(b"Comment\0")) == Some(marks::NO_PICTURE.as_bytes());
        if is_comment {
            return true;
        }
        // The kind, the data and the sum behind it.
        let Some(next) = length.checked_add(8).and_then(|skip| after.get(skip..)) else { return false };
        rest = next;
    }
    false
}
