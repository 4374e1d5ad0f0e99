//! Broken JSON, said so that a person can mend it. The parser's own words may quote values, so they are never passed on.

use serde_json::error::Category;

use crate::diag::{Diagnostic, Message, Place};

/// What the parser says → code, in Chinese, in English, what to do in Chinese, in English.
const KINDS: [(&str, &str, [&str; 4]); 11] = [
    (
        "trailing comma",
        "json-trailing-comma",
        [
            "这里多了一个逗号",
            "there is one comma too many",
            "最后一项后面不写逗号：删去它",
            "no comma stands after the last item: delete it",
        ],
    ),
    (
        "trailing characters",
        "json-trailing-text",
        [
            "记录在前面已经结束，这里还有内容",
            "the record has ended, yet something follows",
            "一个文件只放一个 {…}；检查多余的 } 或 ]",
            "one file holds one {…}; look for a } or ] too many",
        ],
    ),
    (
        "expected `:`",
        "json-colon",
        [
            "键后面缺冒号",
            "a colon is missing after the key",
            "写成 \"键\": \"值\"，冒号用半角 :",
            "write \"key\": \"value\" with an ASCII colon",
        ],
    ),
    (
        "expected `,` or",
        "json-comma",
        [
            "这里缺逗号，或缺右括号",
            "a comma or a closing bracket is missing here",
            "每一项之间写一个半角逗号；值里的引号写成 \\\" 或用中文引号 “ ”",
            "put an ASCII comma between items; write a quote inside a value as \\\"",
        ],
    ),
    (
        "key must be a string",
        "json-key",
        ["键没有写在引号里", "a key is not in quotes", "键写在半角双引号里：\"name\"", "keys stand in ASCII double quotes: \"name\""],
    ),
    (
        "control character",
        "json-control",
        [
            "文字里有换行、制表符或其他控制字符",
            "there is a line break, a tab or another control character inside a text",
            "文字里的换行写成 \\n；检查前面是否少了一个引号 \"",
            "write a line break inside a text as \\n; look for a missing \" before it",
        ],
    ),
    (
        "invalid escape",
        "json-escape",
        [
            "反斜线 \\ 后面的字符不对",
            "the character after a backslash is not allowed",
            "反斜线本身写成 \\\\；路径用 /",
            "write a backslash itself as \\\\; use / in paths",
        ],
    ),
    (
        "surrogate",
        "json-surrogate",
        [
            "\\u 转义只有半个字符（单独的代理项）",
            "a \\u escape is half a character (a lone surrogate)",
            "把这个字直接写成 UTF-8 文字，或写全两个 \\u 转义",
            "write the character itself, or both \\u escapes",
        ],
    ),
    (
        "hex escape",
        "json-surrogate",
        [
            "\\u 转义只有半个字符（单独的代理项）",
            "a \\u escape is half a character (a lone surrogate)",
            "把这个字直接写成 UTF-8 文字，或写全两个 \\u 转义",
            "write the character itself, or both \\u escapes",
        ],
    ),
    (
        "number out of range",
        "json-number",
        ["数太大", "the number is too large", "号码写成文字：\"…\"", "write numbers of documents as a text: \"…\""],
    ),
    (
        "invalid number",
        "json-number",
        ["数的写法不对", "this is not how a number is written", "号码和日期都写成文字：\"…\"", "write numbers and dates as a text: \"…\""],
    ),
];

const CUT: [&str; 4] = [
    "文件到这里就断了",
    "the file ends here, in the middle of something",
    "检查是否少了 \"、] 或 }，或文件没有保存完整",
    "look for a missing \", ] or }, or save the whole file again",
];

const OTHER: [&str; 4] =
    ["这里不是有效的 JSON", "this is not valid JSON", "值写成 \"文字\"、true、false 或 null", "a value is a \"text\", true, false or null"];

const FULL_WIDTH: [&str; 2] =
    ["JSON 的引号、逗号、冒号和括号要用半角（英文输入法）", "JSON wants ASCII quotes, commas, colons and brackets"];

/// The diagnostic for what the parser refused.
pub(super) fn explain(text: &str, error: &serde_json::Error, pointer: &str) -> Diagnostic {
    let (line, column, found) = place(text, error);
    let said = error.to_string();
    let (code, words) = match KINDS.iter().find(|(start, _, _)| said.contains(start)) {
        Some((_, code, words)) => (*code, *words),
        None if text.trim().is_empty() => {
            ("json-empty", ["文件是空的", "the file is empty", "写成 {\"name\": \"…\", …}", "write {\"name\": \"…\", …}"])
        }
        None if error.classify() == Category::Eof => ("json-cut", CUT),
        None => ("json-syntax", OTHER),
    };
    let [zh, en, mut help_zh, mut help_en] = words;
    // Whatever the parser missed, a full-width mark in its place is the likely cause.
    if found.is_some_and(|ch| "“”‘’＂＇，：；、｛｝［］【】　".contains(ch)) {
        [help_zh, help_en] = FULL_WIDTH;
    } else if found == Some('\'') {
        [help_zh, help_en] = ["引号用半角双引号 \"", "use double quotes \""];
    } else if matches!(found, Some('/' | '#')) {
        [help_zh, help_en] = ["JSON 没有注释：删去它", "JSON has no comments: delete it"];
    }
    let (near_zh, near_en) = match pointer {
        "" => (String::new(), String::new()),
        pointer => (format!("（在 {pointer} 处）"), format!(" (at {pointer})")),
    };
    Diagnostic::error(code, Place::Input { line, column }, Message::new(format!("{zh}{near_zh}"), format!("{en}{near_en}")))
        .with_help(Message::new(help_zh, help_en))
}

/// Line, column in characters, and the character there. The parser counts columns in bytes.
fn place(text: &str, error: &serde_json::Error) -> (usize, usize, Option<char>) {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let mut at = error.column().saturating_sub(1).min(line.len());
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    let (before, after) = line.split_at(at);
    (error.line().max(1), before.chars().count() + 1, after.chars().next())
}
