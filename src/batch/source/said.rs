//! What is said of files and folders: always a path, never what is in them.

use crate::diag::{Diagnostic, Message, Place, Severity};
use crate::readback::Change;

/// Chinese, English, what to do in Chinese, in English.
type Words = [&'static str; 4];

fn of(severity: Severity, code: &'static str, file: impl Into<String>, [zh, en, help_zh, help_en]: Words) -> Diagnostic {
    let help = Some(Message::new(help_zh, help_en));
    Diagnostic { severity, code, place: Place::File { file: file.into() }, message: Message::new(zh, en), help }
}

pub fn outside(file: String) -> Diagnostic {
    const WORDS: Words = [
        "这个链接指到了文件夹之外，或指到的文件不在，没有读",
        "this link leads out of the folder or to nothing; it was not followed",
        "把文件本身放进文件夹",
        "put the file itself into the folder",
    ];
    of(Severity::Error, "link-outside", file, WORDS)
}

pub fn unreadable(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "读不了",
        "it cannot be read",
        "检查权限，或文件是否正被别的程序占用",
        "check its permissions, and whether another program holds it",
    ];
    of(Severity::Error, "file-unreadable", file, WORDS)
}

pub fn too_large(file: &str) -> Diagnostic {
    const WORDS: Words = ["文件超过 32 MB", "the file is larger than 32 MB", "核对是不是这个文件", "look whether it is the right file"];
    of(Severity::Error, "file-too-large", file, WORDS)
}

pub fn several_records(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "文件夹里有几份 .json，不知道用哪一份",
        "there are several .json files and none is called 记录.json",
        "一人一个文件夹；要用的那份命名为 记录.json",
        "give each person a folder, and call the record 记录.json",
    ];
    of(Severity::Error, "several-records", file, WORDS)
}

pub fn anothers(file: String) -> Diagnostic {
    const WORDS: Words = [
        "这份表是另一个人的",
        "this form is another person's",
        "一人一个文件夹：把它放进那个人的文件夹",
        "give each person a folder, and move it into that person's",
    ];
    of(Severity::Error, "another-person", file, WORDS)
}

pub fn letter(file: String) -> Diagnostic {
    const WORDS: Words = [
        "推荐函不进个人的册子，没有用到",
        "a unit's letter goes into nobody's dossier; it was not used",
        "纸质的推荐函与一览表放在一起",
        "keep it with the summary sheet on paper",
    ];
    of(Severity::Warning, "unit-letter", file, WORDS)
}

pub fn no_record(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "文件夹里没有记录（.json），也没有填好的表（.pdf、.docx）",
        "the folder has neither a record (.json) nor a filled form (.pdf, .docx)",
        "放入 记录.json 或填好的推荐表",
        "put in 记录.json or the filled form",
    ];
    of(Severity::Error, "no-record", file, WORDS)
}

pub fn no_copy(file: String) -> Diagnostic {
    const WORDS: Words = [
        "附件只能是 JPG、PNG 图片和 PDF，这个没有装订",
        "a copy is a JPG, a PNG or a PDF; this one was left out",
        "另存为 PDF 或图片",
        "save it as PDF or as a picture",
    ];
    // A text beside the copies is a remark; anything else may be a paper that is to be bound.
    let severity = if file.to_lowercase().ends_with(".txt") { Severity::Warning } else { Severity::Error };
    of(severity, "attachment-kind", file, WORDS)
}

pub fn bad_name(file: String) -> Diagnostic {
    const WORDS: Words =
        ["文件名里有不能用的字符，没有装订", "its name holds characters that cannot be used; it was left out", "改名", "rename it"];
    of(Severity::Warning, "attachment-path", file, WORDS)
}

pub fn not_used(file: String) -> Diagnostic {
    const WORDS: Words = [
        "记录里已经有了，这个文件没有用",
        "the record has its own; this file was not used",
        "核对哪一个对；记录里的为准",
        "see which one is right; what the record says counts",
    ];
    of(Severity::Warning, "file-not-used", file, WORDS)
}

pub fn not_a_form(file: String) -> Diagnostic {
    const WORDS: Words = [
        "这不是填好的表，没有用",
        "this is no filled form; it was not used",
        "证书等放进 附件 文件夹",
        "put certificates into the folder 附件",
    ];
    of(Severity::Warning, "file-not-used", file, WORDS)
}

/// Endings of files that may hold people and are not read inside a folder.
const LISTS: [&str; 5] = [".jsonl", ".ndjson", ".xlsx", ".xlsm", ".csv"];

/// Endings of files that may be somebody's form, if they were saved as another kind.
const FOREIGN: [&str; 19] = [
    ".doc", ".docm", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".pages", ".htm", ".html", ".xls", ".et", ".ods", ".zip", ".rar", ".7z",
    ".gz", ".tar", ".ofd",
];

/// A file or a folder (with `/` at its end) that is nobody's. What may hold a person is an error: nobody is lost in silence.
pub fn passed_over(file: &str) -> Diagnostic {
    let ends = |endings: &[&str]| endings.iter().any(|ending| file.to_lowercase().ends_with(ending));
    if ends(&LISTS) {
        const WORDS: Words = [
            "文件夹里的名单没有读",
            "lists of people inside a folder are not read",
            "名单一次只给一份，单独给，不和别的文件放在一起",
            "give one list at a time, by itself",
        ];
        return of(Severity::Error, "list-in-folder", file, WORDS);
    }
    if ends(&FOREIGN) {
        const WORDS: Words = [
            "这种文件读不了，没有用到",
            "files of this kind cannot be read; it was not used",
            "如是表，另存为 .docx 或 .xlsx；压缩包先解开；不需要就移走",
            "save a form as .docx or .xlsx, unpack an archive, or take it away",
        ];
        return of(Severity::Error, "unread-kind", file, WORDS);
    }
    // A folder of its own is somebody's more often than not.
    if file.ends_with('/') {
        return too_deep(file);
    }
    const WORDS: Words = [
        "没有用到",
        "this was not used",
        "如属某人，放进他的文件夹并按约定命名",
        "if it is somebody's, put it into the person's folder under its agreed name",
    ];
    of(Severity::Warning, "passed-over", file, WORDS)
}

/// A folder with papers in it where no dossier is looked for.
pub fn too_deep(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "这个文件夹没有读：里面没有认得的材料，或放得太深、放在别人的材料里",
        "this folder was not read: nothing in it is known, or it lies too deep or among somebody else's papers",
        "每人一个文件夹，内有 记录.json 或填好的推荐表，放在来件文件夹里或单位的文件夹里；不是谁的就移走",
        "give each person a folder with 记录.json or the filled form, in the source or in a unit's folder; take away what is nobody's",
    ];
    of(Severity::Error, "folder-not-read", file, WORDS)
}

pub fn nobody(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "里面没有一份记录",
        "there is no record in it",
        "放入记录（.json）或填好的表，或给出 .json、.jsonl、.xlsx 名单",
        "put in records (.json) or filled forms, or give a list: .json, .jsonl or .xlsx",
    ];
    of(Severity::Error, "source-empty", file, WORDS)
}

pub fn unknown_kind(file: &str) -> Diagnostic {
    let ends = |endings: &[&str]| endings.iter().any(|ending| file.to_lowercase().ends_with(ending));
    if ends(&[".xls", ".et", ".ods", ".csv"]) {
        const WORDS: Words = [
            "这种表格读不了",
            "spreadsheets of this kind are not read",
            "在 WPS 或 Excel 中“另存为”，类型选 .xlsx",
            "save it as .xlsx in WPS or Excel",
        ];
        return of(Severity::Error, "source-kind", file, WORDS);
    }
    if ends(&[".doc", ".wps", ".rtf", ".odt"]) {
        const WORDS: Words = [
            "这种文档读不了",
            "documents of this kind are not read",
            "在 WPS 或 Word 中“另存为”，类型选 .docx",
            "save it as .docx in WPS or Word",
        ];
        return of(Severity::Error, "source-kind", file, WORDS);
    }
    const WORDS: Words = [
        "不认识这种文件",
        "files of this kind are not read",
        "给出 .json、.jsonl、.xlsx、填好的 .pdf 或 .docx，或一个文件夹",
        "give .json, .jsonl, .xlsx, a filled .pdf or .docx, or a folder",
    ];
    of(Severity::Error, "source-kind", file, WORDS)
}

pub fn no_entry(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "改正的内容对不上来件：来件里没有这么多人",
        "values were put right of somebody who is not in the source: it has fewer people",
        "核对来件是不是改正时的那一份",
        "see whether it is the source that the values were put right for",
    ];
    of(Severity::Error, "edit-no-entry", file, WORDS)
}

pub fn edits_idle(file: &str) -> Diagnostic {
    const WORDS: Words = [
        "这一份读不出来，改正的内容没有用上",
        "nothing could be read here, so the values put right were not used",
        "重新报送这一份",
        "have it sent again",
    ];
    of(Severity::Error, "edit-no-record", file, WORDS)
}

pub fn no_field(pointer: String) -> Diagnostic {
    let message = Message::new("没有这个栏目，改正的内容没有用上", "there is no such field; what it was put right to was not used");
    let help = Message::new("栏目名照 schema 命令的输出写", "write the name as the output of the command schema has it");
    Diagnostic::error("edit-no-field", Place::Record { pointer, label: String::new() }, message).with_help(help)
}

pub fn differs(place: Place, change: Change) -> Diagnostic {
    let (zh, en) = match change {
        Change::Added => ("填好的表里有内容，记录里没有", "the filled form has something here, the record has nothing"),
        Change::Changed => ("填好的表与记录不同", "the filled form and the record differ"),
        Change::Removed => ("记录里有内容，填好的表里空着", "the record has something here, the filled form has nothing"),
        Change::NoPlace => ("记录里有内容，填好的表里没有这一栏", "the record has something here, the filled form has no place for it"),
    };
    let help = Message::new("核对哪一个对；以记录为准", "see which one is right; the record counts");
    Diagnostic::warning("differs-from-filled", place, Message::new(zh, en)).with_help(help)
}

/// What to say where a list of people cannot be told apart any more.
/// What stands beside or behind a list could be more people.
pub fn beside_list(line: usize, column: usize) -> Diagnostic {
    let message = Message::new("名单旁边还有别的内容，可能是人，没有读", "there is more beside the list, perhaps people; it was not read");
    let help = Message::new(
        "所有人放进一个列表：[…]，或 {\"nominees\": […]}；其他的删去",
        "put everybody into one list: […], or {\"nominees\": […]}, and delete the rest",
    );
    Diagnostic::error("beside-list", Place::Input { line, column }, message).with_help(help)
}

pub fn rest_lost(inner: Option<Diagnostic>, line: usize, column: usize) -> Diagnostic {
    let inner = inner.unwrap_or_else(|| {
        let message = Message::new("这里缺逗号，或名单没有写完", "a comma is missing here, or the list is not complete");
        let help = Message::new("每两人之间写一个半角逗号，最后写 ]", "put a comma between two people and ] at the end");
        Diagnostic::error("json-comma", Place::Input { line, column }, message).with_help(help)
    });
    let message = Message::new(
        format!("{}；从这里起，后面的人都没有读到", inner.message.zh),
        format!("{}; nobody after this was read", inner.message.en),
    );
    Diagnostic { message, ..inner }
}
