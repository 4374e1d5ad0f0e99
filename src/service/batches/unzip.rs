//! A stranger's zip, unpacked within limits that count what was inflated, never what was declared.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::home;
use super::sent::{self, Sent};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;

/// The most files of one zip: a batch of 5,000 people has four each.
const ENTRIES: usize = 20_000;

/// The most heads of a directory's entries in the bytes of a zip, those of packages inside it among them.
const HEADS: u64 = 400_000;

/// The most bytes of names, extra fields and comments in a zip's directory, which is read into memory.
const NAMES: u64 = 32 << 20;

/// The most bytes of one file, inflated; what may be read of a person's file is less.
const FILE: u64 = 256 << 20;

/// How many times as large as its packed bytes a file may become, beyond the first [`SMALL`] bytes.
const RATIO: u64 = 100;
const SMALL: u64 = 10 << 20;

/// What is taken out of a zip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Every file.
    All,
    /// Pictures alone.
    Pictures,
}

/// Files that somebody may have meant as a photo; those that cannot be used are told of by whoever reads them.
const PICTURES: [&str; 10] = ["jpg", "jpeg", "png", "heic", "webp", "bmp", "gif", "tif", "tiff", "avif"];

/// Whether a file's name is a picture's.
pub fn is_picture(name: &str) -> bool {
    PICTURES.contains(&sent::ending(name).as_str())
}

/// Unpacks a zip into a folder, `most` bytes at most. A folder that holds everything else is left out where [`Take::Pictures`] is asked
/// for: a record names its photo from the list on.
///
/// Errors: [`Error::Refused`] for a zip that is none, is damaged, is locked, or has a path that leads outside, a link, or more than
/// the limits allow; [`Error::Io`] for a disk that fails. What was unpacked until then stays: whoever called takes the folder away.
pub fn unzip(path: &Path, into: &Path, take: Take, most: u64) -> Result<(), Error> {
    let broken = |source| home::failed("read", path)(source);
    let mut file = File::open(path).map_err(broken)?;
    // Counted before the directory is read, since that takes some hundred bytes of memory for each entry.
    let (heads, names) = count(&mut file).map_err(broken)?;
    if heads > HEADS || names > NAMES {
        return Err(refused(0, MANY));
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| refused(0, DAMAGED))?;
    if archive.len() > ENTRIES {
        return Err(refused(0, MANY));
    }
    let paths = paths(&mut archive)?;
    let top = if take == Take::Pictures { common_top(&paths) } else { 0 };
    let mut room = most;
    for (at, parts) in paths.iter().enumerate() {
        let Some((name, folders)) = parts.get(top..).and_then(<[String]>::split_last) else { continue };
        if take == Take::Pictures && !is_picture(name) {
            continue;
        }
        let folder = folders.iter().fold(into.to_owned(), |folder, part| folder.join(part));
        home::make(&folder).map_err(|error| clash(error, at))?;
        room -= unpack(&mut archive, at, &folder.join(name), room)?;
    }
    Ok(())
}

/// The paths of all files, judged before anything is written; empty for what is passed over.
fn paths(archive: &mut ZipArchive<BufReader<File>>) -> Result<Vec<Vec<String>>, Error> {
    let mut paths = Vec::with_capacity(archive.len());
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|_| refused(at + 1, DAMAGED))?;
        if entry.encrypted() {
            return Err(refused(at + 1, LOCKED));
        }
        if entry.is_symlink() {
            return Err(refused(at + 1, LINK));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(refused(at + 1, METHOD));
        }
        let name = decoded(entry.name_raw());
        let folder = name.ends_with(['/', '\\']) || entry.is_dir();
        paths.push(match sent::path(&name) {
            Sent::Inside(parts) if !folder => parts,
            Sent::Inside(_) | Sent::Litter => Vec::new(),
            Sent::Refused => return Err(refused(at + 1, OUTSIDE)),
        });
    }
    Ok(paths)
}

/// A name as whoever packed it saw it: UTF-8, or GB18030 as programs for Chinese Windows write it without saying so.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// How many folders all files are in together.
fn common_top(paths: &[Vec<String>]) -> usize {
    let mut files = paths.iter().filter(|parts| !parts.is_empty());
    let Some((_, first)) = files.next().and_then(|first| first.split_last()) else { return 0 };
    let same = |parts: &Vec<String>| {
        let folders = parts.len().saturating_sub(1);
        first.iter().zip(parts.iter().take(folders)).take_while(|(one, other)| one == other).count()
    };
    files.map(same).min().unwrap_or(first.len()).min(first.len())
}

/// Writes one file; gives back its bytes.
fn unpack(archive: &mut ZipArchive<BufReader<File>>, at: usize, path: &Path, room: u64) -> Result<u64, Error> {
    let entry = archive.by_index(at).map_err(|error| of_zip(error, at + 1))?;
    let packed = entry.compressed_size();
    let most = FILE.min(room).min(packed.saturating_mul(RATIO).max(SMALL));
    let (mut file, path) = create(path)?;
    let mut entry = entry.take(most + 1);
    let mut buffer = vec![0; 64 << 10];
    let mut written = 0_u64;
    loop {
        let read = entry.read(&mut buffer).map_err(|_| refused(at + 1, DAMAGED))?;
        if read == 0 {
            break;
        }
        written += read as u64;
        if written > most {
            return Err(refused(at + 1, INFLATED));
        }
        file.write_all(buffer.get(..read).unwrap_or_default()).map_err(home::failed("write", &path))?;
    }
    Ok(written)
}

/// A new file; where there is one of that name, ` (2)` is put behind it: a zip may have a name twice.
fn create(path: &Path) -> Result<(File, PathBuf), Error> {
    let mut place = path.to_owned();
    for number in 2..1_000 {
        match home::file(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
                place = path.with_file_name(format!("{stem} ({number}){ending}"));
            }
            made => return Ok((made.map_err(home::failed("write", &place))?, place)),
        }
    }
    Err(refused(0, MANY))
}

/// A folder that cannot be made because a file has its name is the zip's fault, not the disk's.
fn clash(error: Error, at: usize) -> Error {
    match error {
        Error::Io { source, .. } if matches!(source.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
            refused(at + 1, DAMAGED)
        }
        other => other,
    }
}

fn of_zip(error: ZipError, number: usize) -> Error {
    match error {
        ZipError::CompressionMethodNotSupported(_) => refused(number, METHOD),
        ZipError::InvalidPassword => refused(number, LOCKED),
        _ => refused(number, DAMAGED),
    }
}

/// How many times the signature of a directory's entry stands in the bytes (APPNOTE 4.3.12), and how many bytes of names, extra
/// fields and comments would be behind them: at least as many as any directory in them can have.
fn count(file: &mut File) -> io::Result<(u64, u64)> {
    const HEAD: usize = 46;
    let (mut heads, mut names) = (0, 0);
    let mut buffer = vec![0; 256 << 10];
    let mut held = 0;
    loop {
        let read = file.read(buffer.get_mut(held..).unwrap_or_default())?;
        let bytes = buffer.get(..held + read).unwrap_or_default();
        let last = if read == 0 { bytes.len() } else { bytes.len().saturating_sub(HEAD) };
        let mut at = 0;
        while let Some(next) = bytes.get(at..last).and_then(|rest| rest.iter().position(|byte| *byte == b'P')) {
            at += next;
            if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")) {
                heads += 1;
                let length = |from: usize| {
                    let pair = bytes.get(at + from..at + from + 2).unwrap_or(&[0, 0]);
                    pair.iter().rev().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte))
                };
                names += length(28) + length(30) + length(32);
            }
            at += 1;
        }
        if read == 0 {
            file.seek(SeekFrom::Start(0))?;
            return Ok((heads, names));
        }
        let end = bytes.len();
        held = end - last;
        buffer.copy_within(last..end, 0);
    }
}

type Words = [&'static str; 4];

const DAMAGED: Words = ["压缩包损坏，或不是 zip", "the archive is damaged, or is no zip", "重新压缩成 zip 再上传", "pack it again as zip"];
const LOCKED: Words = ["压缩包加了密码", "the archive is locked with a password", "去掉密码重新压缩", "pack it again without a password"];
const LINK: Words = ["压缩包里有链接", "the archive holds a link", "只放文件和文件夹", "put files and folders into it, no links"];
const METHOD: Words = [
    "压缩包用了不支持的压缩方法",
    "the archive is packed by a method that is not supported",
    "用系统自带的“压缩为 zip”重新压缩",
    "pack it again with the zip that the system has",
];
const OUTSIDE: Words = [
    "压缩包里有一个路径指向外面，或不是有效的文件名",
    "a path in the archive leads outside, or is no name of a file",
    "重新压缩，只放文件和文件夹",
    "pack files and folders alone",
];
const INFLATED: Words =
    ["压缩包解开后太大", "the archive becomes too large when it is unpacked", "分成几批上传", "send it in several batches"];
const MANY: Words = ["压缩包里的文件太多", "the archive has too many files", "分成几批上传", "send it in several batches"];

/// A refusal; an entry is told by its number, as its name may be a person's.
fn refused(number: usize, [zh, en, help_zh, help_en]: Words) -> Error {
    let message = match number {
        0 => Message::new(zh, en),
        _ => Message::new(format!("{zh}（第 {number} 项）"), format!("{en} (entry {number})")),
    };
    let place = Place::File { file: "zip".to_owned() };
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("zip-refused", place, message).with_help(Message::new(help_zh, help_en)));
    Error::Refused(found)
}
