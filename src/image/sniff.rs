//! What a file is, told by its first bytes and never by its name.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Jpeg,
    Png,
    Heic,
    Avif,
    Video,
    Svg,
    WebP,
    Gif,
    Bmp,
    Tiff,
    JpegXl,
    Jpeg2000,
    Photoshop,
    Icon,
    Pdf,
    Zip,
    Office,
    Html,
    Text,
    Unknown,
}

impl Kind {
    /// What it is called in Chinese and in English, to stand in a sentence.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Kind::Empty => ("空文件", "an empty file"),
            Kind::Jpeg => (" JPEG", "a JPEG"),
            Kind::Png => (" PNG", "a PNG"),
            Kind::Heic => ("苹果手机的 HEIC 照片", "an iPhone photo in HEIC"),
            Kind::Avif => (" AVIF 图片", "an AVIF picture"),
            Kind::Video => ("一段视频", "a video"),
            Kind::Svg => (" SVG 矢量图", "an SVG drawing"),
            Kind::WebP => (" WebP 图片", "a WebP picture"),
            Kind::Gif => (" GIF 图片", "a GIF picture"),
            Kind::Bmp => (" BMP 图片", "a BMP picture"),
            Kind::Tiff => (" TIFF 图片或相机的 RAW 文件", "a TIFF picture or a camera's raw file"),
            Kind::JpegXl => (" JPEG XL 图片", "a JPEG XL picture"),
            Kind::Jpeg2000 => (" JPEG 2000 图片", "a JPEG 2000 picture"),
            Kind::Photoshop => (" Photoshop 文件", "a Photoshop file"),
            Kind::Icon => ("一个图标文件", "an icon file"),
            Kind::Pdf => ("一个 PDF 文件", "a PDF file"),
            Kind::Zip => (" Word 文件或压缩包", "a Word file or a zip archive"),
            Kind::Office => ("旧版 Word 或 Excel 文件", "an old Word or Excel file"),
            Kind::Html => ("一个网页", "a web page"),
            Kind::Text => ("一个文本文件", "a text file"),
            Kind::Unknown => ("无法识别的文件", "a file of an unknown kind"),
        }
    }
}

/// The beginnings that tell a kind.
const BEGINNINGS: [(&[u8], Kind); 18] = [
    (b"\xFF\xD8\xFF", Kind::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Kind::Png),
    (b"GIF87a", Kind::Gif),
    (b"GIF89a", Kind::Gif),
    (b"BM", Kind::Bmp),
    (b"II*\0", Kind::Tiff),
    (b"MM\0*", Kind::Tiff),
    (b"II+\0", Kind::Tiff),
    (b"MM\0+", Kind::Tiff),
    (b"\xFF\x0A", Kind::JpegXl),
    (b"\0\0\0\x0CJXL ", Kind::JpegXl),
    (b"\0\0\0\x0CjP  ", Kind::Jpeg2000),
    (b"\xFF\x4F\xFF\x51", Kind::Jpeg2000),
    (b"8BPS", Kind::Photoshop),
    (b"\0\0\x01\0", Kind::Icon),
    (b"%PDF-", Kind::Pdf),
    (b"PK\x03\x04", Kind::Zip),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Office),
];

/// Brands of the ISO base media file format (ISO/IEC 23008-12, annex B) that are HEIF pictures.
const HEIF_BRANDS: [&[u8]; 10] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"];

/// Tells what a file is.
pub(super) fn sniff(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if let Some(brand) = bytes.get(4..12).and_then(|head| head.strip_prefix(b"ftyp")) {
        return match brand {
            b"avif" | b"avis" => Kind::Avif,
            _ if HEIF_BRANDS.contains(&brand) => Kind::Heic,
            _ => Kind::Video,
        };
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Kind::WebP;
    }
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        // Two letters are not enough: a text may begin with them too.
        if *kind != Kind::Bmp || bytes.get(6..10) == Some(&[0; 4]) {
            return *kind;
        }
    }
    words(bytes)
}

/// Tells texts apart by their first kilobyte.
fn words(bytes: &[u8]) -> Kind {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let says = |word: &[u8]| head.windows(word.len()).any(|part| part == word);
    if head.starts_with(b"<svg") || (head.starts_with(b"<") && says(b"<svg")) {
        Kind::Svg
    } else if head.starts_with(b"<!doctype html") || (head.starts_with(b"<") && (says(b"<html") || says(b"<head") || says(b"<body"))) {
        Kind::Html
    } else if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || head.iter().all(is_of_text) {
        // The two marks begin a text in UTF-16.
        Kind::Text
    } else {
        Kind::Unknown
    }
}

/// Bytes above 7F may be Chinese, in UTF-8 or GB 18030; neither has FF.
fn is_of_text(byte: &u8) -> bool {
    (0x20..0xFF).contains(byte) || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        let table: [(&[u8], Kind); 21] = [
            (b"\xFF\xFEg\x71GrY\0", Kind::Text),
            (b"", Kind::Empty),
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"\xFF\xD8", Kind::Unknown),
            (b"\x89PNG\r\n\x1A\n\0\0\0\x0D", Kind::Png),
            (b"\x89PNG\n\n\x1A\n", Kind::Unknown),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Kind::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0", Kind::Heic),
            (b"\0\0\0\x18ftypavif\0\0\0\0", Kind::Avif),
            (b"\0\0\0\x18ftypisom\0\0\0\0", Kind::Video),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::WebP),
            (b"GIF89a\x01\0", Kind::Gif),
            (b"BM\x46\0\0\0\0\0\0\0\x36", Kind::Bmp),
            ("BMI：健康".as_bytes(), Kind::Text),
            (b"MM\0*\0\0\0\x08", Kind::Tiff),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"PK\x03\x04\x14\0", Kind::Zip),
            (b"\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>", Kind::Svg),
            (b"  <!DOCTYPE html><html>", Kind::Html),
            ("照片稍后补".as_bytes(), Kind::Text),
            (b"\x01\x02\x03\x04", Kind::Unknown),
        ];
        for (bytes, want) in table {
            assert_eq!(sniff(bytes), want, "{bytes:02X?}");
        }
    }
}
