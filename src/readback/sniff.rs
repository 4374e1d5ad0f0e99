//! Files that are no filled form, and what to do with each.

use super::MAX_BYTES;
use crate::diag::{Diagnostic, Message, Place};

/// What is wrong, and what to do: Chinese, English.
type Words = [&'static str; 4];

/// The beginnings that tell a file.
const BEGINNINGS: [(&[u8], Words); 5] = [(b"{", RECORD), (b"[", RECORD), (b"\xFF\xD8\xFF", PICTURE), (b"\x89PNG", PICTURE), (b"<", MARKUP)];

const RECORD: Words = [
    "这是记录（JSON），不是填好的表",
    "this is a record (JSON), not a filled form",
    "read 后面写填好的 PDF 或 DOCX；要和记录比较，用 --against",
    "give read a filled PDF or DOCX; to compare with a record, use --against",
];
const PICTURE: Words = [
    "这是图片；扫描件和照片里的字读不出来",
    "this is a picture; words cannot be read from a scan or a photo",
    "请填表的单位交回填好的 PDF 或 DOCX 文件本身",
    "ask for the filled PDF or DOCX itself",
];
const MARKUP: Words = [
    "这是网页或 XML，不是 PDF，也不是 DOCX",
    "this is a web page or XML, neither a PDF nor a DOCX",
    "在 Word 或 WPS 里打开，另存为 .docx",
    "open it in Word or WPS and save it as .docx",
];
const EMPTY: Words = [
    "这是空文件",
    "this is an empty file",
    "多半是没有保存或传送完：重新取一份",
    "it was not saved or sent whole, most likely: get it again",
];
const OTHER: Words = [
    "这不是 PDF，也不是 DOCX",
    "this is neither a PDF nor a DOCX",
    "read 只读填好的 PDF 和 DOCX",
    "only filled PDF and DOCX files can be read",
];

/// Says what a file is that is neither a PDF nor a DOCX.
pub(super) fn refused(name: &str, bytes: &[u8]) -> Diagnostic {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let told = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)).map(|(_, words)| *words);
    let words = match told {
        _ if start.is_empty() => EMPTY,
        Some(words) => words,
        None => OTHER,
    };
    let [zh, en, help_zh, help_en] = words;
    let place = Place::File { file: name.to_owned() };
    Diagnostic::error("not-a-filled-form", place, Message::new(zh, en)).with_help(Message::new(help_zh, help_en))
}

/// Refuses a file that is larger than any form is.
pub(super) fn too_large(name: &str) -> Diagnostic {
    let megabytes = MAX_BYTES >> 20;
    let message = Message::new(format!("文件超过 {megabytes} MB"), format!("the file is larger than {megabytes} MB"));
    let help = Message::new("填好的表不会这么大：核对是不是这个文件", "no filled form is so large: look whether it is the right file");
    Diagnostic::error("file-too-large", Place::File { file: name.to_owned() }, message).with_help(help)
}
