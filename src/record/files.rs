//! The files a record names: judged as paths, loaded within limits, never from anywhere but the record's own folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::{Record, explained};
use crate::diag::{Diagnostic, Place};
use crate::name::FieldName;

/// The most bytes one file that a record names may have.
pub const MAX_FILE_BYTES: usize = 20 << 20;

/// The most bytes all files of one record may have together.
pub const MAX_ALL_BYTES: usize = 64 << 20;

/// The values that name a file (design/record.md): which, and what the paper calls it.
const FILE_KEYS: [(&str, FileKind); 4] = [
    ("photo", FileKind::Photo),
    ("nominees.*.photo", FileKind::Photo),
    ("attachments.*.file", FileKind::Attachment),
    ("nominees.*.attachments.*.file", FileKind::Attachment),
];

/// Devices of Windows; a path through them is no file.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Where the files that a record names come from.
pub trait Assets {
    /// The bytes of the file at a path relative to the record's own folder, or why not.
    ///
    /// The path has been judged: relative, with `/` between its parts, none of them `..`. `asset:NAME` is a file that was sent
    /// along with the record under that name. The diagnostic's place is set by the caller.
    fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic>;

    /// The same for an attachment: the codes begin with `attachment-`.
    fn read_attachment(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        self.read(path).map_err(|found| {
            let fault = Fault::ALL.iter().find(|fault| fault.codes().0 == found.code);
            Diagnostic { code: fault.map_or(found.code, |fault| fault.codes().1), ..found }
        })
    }
}

/// The files below one folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// No files at all: photos come as data URIs only.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

/// What a value that names a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Photo,
    Attachment,
}

/// What is wrong with a file or its path.
#[derive(Clone, Copy)]
enum Fault {
    Url,
    Absolute,
    Outside,
    Missing,
    IsFolder,
    Device,
    Unreadable,
    TooLarge,
    Characters,
    Data,
    NoFiles,
    Sent,
}

/// Why a data URI cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoData {
    /// It is broken, or of another type.
    Broken,
    /// It holds more than [`MAX_FILE_BYTES`].
    TooLarge,
}

/// How a value begins that names a file sent along with the record.
pub const SENT: &str = "asset:";

/// What a value that names a file says.
enum Source {
    Embedded(Vec<u8>),
    File(String),
}

impl Folder {
    /// The files below `folder`.
    pub fn new(folder: &Path) -> Folder {
        Folder(folder.to_owned())
    }

    fn load(&self, path: &str) -> Result<Vec<u8>, Fault> {
        if path.starts_with(SENT) {
            return Err(Fault::Sent);
        }
        let fault = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Fault::Missing,
            _ => Fault::Unreadable,
        };
        let root = fs::canonicalize(&self.0).map_err(fault)?;
        let file = fs::canonicalize(root.join(path)).map_err(fault)?;
        // A symbolic link may lead anywhere; what counts is where it ends.
        if !file.starts_with(&root) {
            return Err(Fault::Outside);
        }
        // Looked at before it is opened: opening a pipe would wait for its other end.
        let facts = fs::metadata(&file).map_err(fault)?;
        if facts.is_dir() {
            return Err(Fault::IsFolder);
        }
        if !facts.is_file() {
            return Err(Fault::Device);
        }
        let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
        if facts.len() > limit {
            return Err(Fault::TooLarge);
        }
        let mut bytes = Vec::new();
        File::open(&file).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes)).map_err(fault)?;
        if bytes.len() > MAX_FILE_BYTES { Err(Fault::TooLarge) } else { Ok(bytes) }
    }
}

impl Assets for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        self.load(path).map_err(|fault| fault.explain(FileKind::Photo, nowhere()))
    }

    fn read_attachment(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        self.load(path).map_err(|fault| fault.explain(FileKind::Attachment, nowhere()))
    }
}

impl Assets for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, Diagnostic> {
        Err(Fault::NoFiles.explain(FileKind::Photo, nowhere()))
    }

    fn read_attachment(&self, _path: &str) -> Result<Vec<u8>, Diagnostic> {
        Err(Fault::NoFiles.explain(FileKind::Attachment, nowhere()))
    }
}

/// Which kind of file the values of a pattern name, if they name files.
pub(super) fn names_a_file(pattern: &str) -> Option<FileKind> {
    FILE_KEYS.iter().find(|(key, _)| *key == pattern).map(|(_, kind)| *kind)
}

/// Loads what the record's photos name, and judges the paths of its attachments. What is wrong goes to the record's troubles.
pub(super) fn load(record: &mut Record, assets: &dyn Assets) {
    let mut found = Vec::new();
    for (pattern, kind) in FILE_KEYS {
        let steps: Vec<&str> = pattern.split('.').collect();
        let Some((first, rest)) = steps.split_first() else { continue };
        if let Some(value) = record.root.get_mut(*first) {
            take_files(value, rest, (*first).to_owned(), kind, &mut found);
        }
    }
    keep(record, found, assets);
}

/// The same for one value, which was put right.
pub(super) fn load_one(record: &mut Record, name: &FieldName, assets: &dyn Assets) {
    let Some(kind) = names_a_file(&name.pattern()) else { return };
    let mut found = Vec::new();
    if let Some(value) = super::write::at(&mut record.root, name) {
        take_files(value, &[], name.as_str().to_owned(), kind, &mut found);
    }
    keep(record, found, assets);
}

/// Reads what values name, and keeps it beside what the record has.
fn keep(record: &mut Record, found: Vec<Found>, assets: &dyn Assets) {
    let mut total: usize = record.assets.values().map(|bytes| bytes.len()).sum();
    for Found { name, kind, source } in found {
        let place = Place::Record { pointer: format!("/{}", name.replace('.', "/")), label: label_of(&name, kind) };
        let bytes = match source {
            Err(fault) => Err(fault.explain(kind, place.clone())),
            Ok(Source::Embedded(bytes)) => Ok(bytes),
            Ok(Source::File(_)) if kind == FileKind::Attachment => continue,
            Ok(Source::File(path)) => assets.read(&path).map_err(|found| Diagnostic { place: place.clone(), ..found }),
        };
        let bytes = bytes.and_then(|bytes| {
            total = total.saturating_add(bytes.len());
            if total > MAX_ALL_BYTES { Err(Fault::TooLarge.explain(kind, place)) } else { Ok(bytes) }
        });
        match bytes {
            Ok(bytes) => drop(record.assets.insert(name, Arc::from(bytes))),
            Err(trouble) => record.troubles.push(trouble),
        }
    }
}

struct Found {
    name: String,
    kind: FileKind,
    source: Result<Source, Fault>,
}

/// Walks to the values a pattern leads to. A data URI is decoded and only its head stays in the record: the bytes are kept once.
fn take_files(value: &mut Value, steps: &[&str], name: String, kind: FileKind, found: &mut Vec<Found>) {
    match (value, steps.split_first()) {
        (Value::Array(rows), Some((&"*", rest))) => {
            for (index, row) in rows.iter_mut().enumerate() {
                take_files(row, rest, format!("{name}.{index}"), kind, found);
            }
        }
        (Value::Object(members), Some((key, rest))) => {
            if let Some(value) = members.get_mut(*key) {
                take_files(value, rest, format!("{name}.{key}"), kind, found);
            }
        }
        (Value::String(text), None) if !text.is_empty() => {
            let source = judge(text, kind);
            if is_data_uri(text) {
                let head = text.find(',').map_or(text.len(), |comma| comma + 1).min(40);
                let head = text.char_indices().map(|(at, _)| at).take_while(|at| *at < head).count();
                *text = text.chars().take(head).collect();
            }
            found.push(Found { name, kind, source });
        }
        _ => {}
    }
}

fn walk_files(value: &Value, steps: &[&str], each: &mut dyn FnMut(&str)) {
    match (value, steps.split_first()) {
        (Value::Array(rows), Some((&"*", rest))) => rows.iter().for_each(|row| walk_files(row, rest, each)),
        (Value::Object(members), Some((key, rest))) => {
            if let Some(value) = members.get(*key) {
                walk_files(value, rest, each);
            }
        }
        (Value::String(text), None) if !text.is_empty() => each(text),
        _ => {}
    }
}

fn judge(text: &str, kind: FileKind) -> Result<Source, Fault> {
    if is_data_uri(text) {
        return if kind == FileKind::Photo { embedded(text) } else { Err(Fault::Data) };
    }
    let path = text.trim().replace('\\', "/");
    if let Some(name) = path.strip_prefix(SENT) {
        return judge_path(name).map(|name| Source::File(format!("{SENT}{name}")));
    }
    judge_path(&path).map(Source::File)
}

fn judge_path(path: &str) -> Result<String, Fault> {
    let mut letters = path.split(':').next().unwrap_or_default().chars();
    let scheme = path.contains(':')
        && letters.next().is_some_and(|ch| ch.is_ascii_alphabetic())
        && letters.all(|ch| ch.is_ascii_alphanumeric() || "+.-".contains(ch));
    if path.starts_with('/') || (scheme && path.find(':') == Some(1)) {
        return Err(Fault::Absolute);
    }
    if scheme {
        return Err(Fault::Url);
    }
    if path.chars().any(char::is_control) || path.contains(':') || path.len() > 1_000 {
        return Err(Fault::Characters);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err(Fault::Outside);
    }
    if parts.iter().any(|part| is_device(part)) {
        return Err(Fault::Device);
    }
    if parts.is_empty() || path.ends_with('/') {
        return Err(Fault::IsFolder);
    }
    Ok(parts.join("/"))
}

fn is_data_uri(text: &str) -> bool {
    text.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

fn embedded(text: &str) -> Result<Source, Fault> {
    let bytes = data_uri(text, &["image/jpeg", "image/jpg", "image/png"]).map_err(|why| match why {
        NoData::Broken => Fault::Data,
        NoData::TooLarge => Fault::TooLarge,
    })?;
    Ok(Source::Embedded(bytes))
}

/// The bytes of a data URI (RFC 2397) in Base64, of one of these types; whitespace in it is ignored, as mail programs and
/// editors break long lines.
///
/// # Errors
/// It is broken, of another type, empty, or too large.
pub fn data_uri(text: &str, types: &[&str]) -> Result<Vec<u8>, NoData> {
    let (head, payload) = text.trim_start().split_once(',').ok_or(NoData::Broken)?;
    let head: String = head.chars().filter(|ch| !ch.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let kind = head.strip_prefix("data:").and_then(|head| head.strip_suffix(";base64")).ok_or(NoData::Broken)?;
    if !types.contains(&kind) {
        return Err(NoData::Broken);
    }
    let digits: Vec<u8> = payload.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // Four digits are three bytes (RFC 4648, 4).
    if digits.len() / 4 * 3 > MAX_FILE_BYTES {
        return Err(NoData::TooLarge);
    }
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    match GeneralPurpose::new(&STANDARD, lenient).decode(digits) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(NoData::Broken),
    }
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or(stem.strip_prefix("LPT"));
    DEVICES.contains(&stem.as_str()) || port.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
}

/// What people call the value of that name.
fn label_of(name: &str, kind: FileKind) -> String {
    match kind {
        FileKind::Photo => "照片".to_owned(),
        FileKind::Attachment => {
            let number = name.rsplit('.').find_map(|step| step.parse::<usize>().ok()).map_or(0, |index| index + 1);
            format!("附件·第{number}个")
        }
    }
}

/// The place of a diagnostic that its caller places.
fn nowhere() -> Place {
    Place::Record { pointer: String::new(), label: String::new() }
}

impl Record {
    /// The paths of all files that the record names (photos and attachments), as [`Assets`] is asked for them.
    pub fn named_files(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (pattern, kind) in FILE_KEYS {
            let steps: Vec<&str> = pattern.split('.').collect();
            let Some((first, rest)) = steps.split_first() else { continue };
            if let Some(value) = self.root.get(*first) {
                walk_files(value, rest, &mut |text| {
                    if let Ok(Source::File(path)) = judge(text, kind) {
                        found.push(path);
                    }
                });
            }
        }
        found
    }

    /// The bytes of an attachment, read now; `None` where its row names no file, or a path that was refused when the record
    /// was read ([`Record::troubles`] tells).
    ///
    /// The diagnostic's place is set, and names the attachment by its number.
    pub fn attachment(&self, index: usize, assets: &dyn Assets) -> Option<Result<Vec<u8>, Diagnostic>> {
        let name = FieldName::parse(&format!("attachments.{index}.file"))?;
        let Source::File(path) = judge(self.text(&name)?, FileKind::Attachment).ok()? else { return None };
        let place = || Place::Record { pointer: name.pointer(), label: label_of(name.as_str(), FileKind::Attachment) };
        Some(assets.read_attachment(&path).map_err(|found| Diagnostic { place: place(), ..found }).and_then(|bytes| {
            if bytes.len() > MAX_FILE_BYTES { Err(Fault::TooLarge.explain(FileKind::Attachment, place())) } else { Ok(bytes) }
        }))
    }

    /// What is said of an attachment that is too much for one record, after those before it.
    pub fn attachment_too_much(&self, index: usize) -> Diagnostic {
        let name = format!("attachments.{index}.file");
        let place = Place::Record { pointer: format!("/{}", name.replace('.', "/")), label: label_of(&name, FileKind::Attachment) };
        Fault::TooLarge.explain(FileKind::Attachment, place)
    }
}

impl Fault {
    const ALL: [Fault; 12] = [
        Fault::Url,
        Fault::Absolute,
        Fault::Outside,
        Fault::Missing,
        Fault::IsFolder,
        Fault::Device,
        Fault::Unreadable,
        Fault::TooLarge,
        Fault::Characters,
        Fault::Data,
        Fault::NoFiles,
        Fault::Sent,
    ];

    fn explain(self, kind: FileKind, place: Place) -> Diagnostic {
        let (photo, attachment) = self.codes();
        let code = if kind == FileKind::Photo { photo } else { attachment };
        explained(code, place, self.words(kind))
    }

    fn codes(self) -> (&'static str, &'static str) {
        match self {
            Fault::Url => ("photo-url", "attachment-url"),
            Fault::Absolute => ("photo-absolute", "attachment-absolute"),
            Fault::Outside => ("photo-outside", "attachment-outside"),
            Fault::Missing => ("photo-missing", "attachment-missing"),
            Fault::IsFolder => ("photo-folder", "attachment-folder"),
            Fault::Device => ("photo-device", "attachment-device"),
            Fault::Unreadable => ("photo-unreadable", "attachment-unreadable"),
            Fault::TooLarge => ("photo-too-large", "attachment-too-large"),
            Fault::Characters => ("photo-path", "attachment-path"),
            Fault::Data => ("photo-data", "attachment-data"),
            Fault::NoFiles => ("photo-no-files", "attachment-no-files"),
            Fault::Sent => ("photo-not-sent", "attachment-not-sent"),
        }
    }

    fn words(self, kind: FileKind) -> [&'static str; 4] {
        const BESIDE: [&str; 2] = [
            "把文件放在记录所在的文件夹里，写相对路径：photos/1.jpg",
            "put the file into the record's own folder and write a relative path: photos/1.jpg",
        ];
        let ([zh, en], help) = match self {
            Fault::Url => (["这里是网址；程序从不从网络取文件", "this is a URL; the program never fetches files"], BESIDE),
            Fault::Absolute => (["这里是绝对路径", "this is an absolute path"], BESIDE),
            Fault::Outside => (["路径指到了记录所在文件夹之外", "the path leads out of the record's own folder"], BESIDE),
            Fault::Missing => (
                ["找不到这个文件", "there is no such file"],
                [
                    "检查文件名和大小写；路径从记录文件所在的文件夹算起",
                    "check the name, capitals included; the path starts at the folder of the record's file",
                ],
            ),
            Fault::IsFolder => (
                ["这里是文件夹，不是文件", "this is a folder, not a file"],
                ["写到文件名为止：photos/1.jpg", "write the path of a file: photos/1.jpg"],
            ),
            Fault::Device => (["这里是设备或管道，不是文件", "this is a device or a pipe, not a file"], BESIDE),
            Fault::Unreadable => (["这个文件读不了", "the file cannot be read"], ["检查文件的权限", "check the file's permissions"]),
            Fault::TooLarge if kind == FileKind::Attachment => (
                ["文件太大：每个最多 20 MB，全部最多 64 MB", "too large: at most 20 MB a file and 64 MB in all"],
                ["A4 的扫描件每英寸 300 点就够；分辨率低一些重新扫描", "300 dots per inch are enough for A4: scan it again with fewer"],
            ),
            Fault::TooLarge => (
                ["文件太大：每个最多 20 MB，全部最多 64 MB", "too large: at most 20 MB a file and 64 MB in all"],
                ["用看图软件缩小；二寸照 413×579 像素就够印刷", "make it smaller; 413×579 pixels are enough for a print of 35×49 mm"],
            ),
            Fault::Characters => {
                (["路径里有不能用的字符，或路径太长", "the path holds a character that cannot stand in it, or is too long"], BESIDE)
            }
            Fault::Data if kind == FileKind::Attachment => {
                (["附件不能写在记录里", "an attachment cannot stand in the record itself"], BESIDE)
            }
            Fault::Data => (
                ["数据 URI 不完整，或不是 JPEG、PNG 图片", "the data URI is broken, or is no JPEG or PNG"],
                ["写成 data:image/jpeg;base64,… 或 data:image/png;base64,…", "write data:image/jpeg;base64,… or data:image/png;base64,…"],
            ),
            Fault::Sent => (
                [
                    "“asset:” 是随请求一起发给服务的文件；这里没有这样的文件",
                    "`asset:` names a file sent to the service with the record; none is sent here",
                ],
                BESIDE,
            ),
            Fault::NoFiles if kind == FileKind::Attachment => (["这里不能读文件", "files cannot be read here"], BESIDE),
            Fault::NoFiles => (
                ["这里不能读文件", "files cannot be read here"],
                ["把照片写成 data:image/jpeg;base64,…", "give the photo as data:image/jpeg;base64,…"],
            ),
        };
        [zh, en, help[0], help[1]]
    }
}
