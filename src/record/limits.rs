//! How much one record may hold, and what is said of more.

use super::explained;
use crate::diag::{Diagnostic, Message, Place};

/// The most bytes a record's file may have: a photo of [`super::MAX_FILE_BYTES`] as a data URI, and room.
pub const MAX_BYTES: usize = 32 << 20;

/// The most characters one text may have.
pub const MAX_CHARS: usize = 100_000;

/// The most rows one list may have.
pub const MAX_ROWS: usize = 1_000;

/// The most levels of objects and lists in one another; the deepest value of a form stands on level 6.
pub const MAX_DEPTH: usize = 16;

/// The most values in one record, all in all.
pub const MAX_VALUES: usize = 200_000;

/// What is said of a file above [`MAX_BYTES`].
pub(super) fn too_large(place: Place) -> Diagnostic {
    let megabytes = MAX_BYTES >> 20;
    let (zh, en) = (format!("记录文件超过 {megabytes} MB"), format!("the record's file is larger than {megabytes} MB"));
    let help = [
        "照片请用文件路径给出，不要放在记录里；多人请分批",
        "name photos by their path instead of putting them into the record; split a long list of people",
    ];
    explained("record-too-large", place, [&zh, &en, help[0], help[1]])
}

/// What is said of a record of more than [`MAX_VALUES`] values.
pub(super) fn too_many_values(place: Place) -> Diagnostic {
    let (zh, en) = (format!("记录里的值超过 {MAX_VALUES} 个"), format!("the record has more than {MAX_VALUES} values"));
    let help = ["一份记录只放一个人或一张一览表", "a record holds one person or one summary sheet"];
    explained("too-many-values", place, [&zh, &en, help[0], help[1]])
}

/// What is said of a value below [`MAX_DEPTH`].
pub(super) fn too_deep(place: Place) -> Diagnostic {
    let (zh, en) = (format!("嵌套超过 {MAX_DEPTH} 层"), format!("objects and lists are nested more than {MAX_DEPTH} deep"));
    let help = ["记录最多有六层，请对照 schema 命令的输出", "a record has at most six levels; compare the output of the schema command"];
    explained("too-deep", place, [&zh, &en, help[0], help[1]])
}

/// What is said of a list of more than [`MAX_ROWS`] rows.
pub(super) fn too_many_rows(place: Place) -> Diagnostic {
    let (zh, en) = (format!("列表超过 {MAX_ROWS} 行"), format!("the list has more than {MAX_ROWS} rows"));
    explained("too-many-rows", place, [&zh, &en, "请分成几份记录", "split it into several records"])
}

/// What is said of a text of more than [`MAX_CHARS`] characters; nothing of another.
pub(super) fn too_long(text: &str, place: impl FnOnce() -> Place) -> Option<Diagnostic> {
    // Bytes are at least as many as characters.
    if text.len() <= MAX_CHARS || text.chars().nth(MAX_CHARS).is_none() {
        return None;
    }
    let count = text.chars().count();
    let message = Message::new(
        format!("文字太长：有 {count} 个字符，每个栏目最多 {MAX_CHARS} 个"),
        format!("text too long: it has {count} characters; at most {MAX_CHARS} per field"),
    );
    let help = Message::new("请删减文字，或把附加材料另附文件", "shorten it, or hand the material in as an attachment");
    Some(Diagnostic::error("text-too-long", place(), message).with_help(help))
}
