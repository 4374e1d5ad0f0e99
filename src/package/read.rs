//! Parts taken out of a package that a stranger made, within limits that count what was inflated, never what was declared.

use std::collections::BTreeMap;
use std::io::{Cursor, ErrorKind, Read};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::xml::Malformed;

/// The most bytes a package may have: a dossier of thirty people with their photos has less than half.
const PACKAGE: usize = 32 << 20;
/// The most entries; a form has 14, an office's largest documents some hundreds.
const ENTRIES: usize = 4_096;
/// How many bytes a part is handed over by.
const PIECE: usize = 64 << 10;

/// How much a package may inflate to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of one part, inflated.
    pub part: u64,
    /// The most bytes of all parts that are taken out of one package, inflated.
    pub total: u64,
}

impl Default for Limits {
    /// What a filled form may have.
    fn default() -> Limits {
        Limits { part: 20 << 20, total: 80 << 20 }
    }
}

/// Why a package or a part of it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no zip.
    NotZip,
    /// It begins as a zip, but its directory is cut off or damaged.
    Cut,
    /// It has more bytes than a form may have.
    Large,
    /// It has more entries than a form may have.
    Entries,
    /// A part, or all together, inflate to more bytes than a form may have.
    Inflated,
    /// The name of an entry points out of the package, or is no name.
    Name,
    /// Two entries have one name, so that two programs would read two documents.
    Twice,
    /// An entry is encrypted.
    Encrypted,
    /// An entry is packed in a way that is neither “stored” nor “deflated”.
    Method,
    /// The bytes of a part are damaged: a broken deflate stream, or a wrong sum.
    Damaged,
    /// The XML of a part is none.
    Xml(Malformed),
}

impl From<Malformed> for Fault {
    fn from(fault: Malformed) -> Fault {
        Fault::Xml(fault)
    }
}

/// A package opened for reading.
pub struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// The entries by name in lower case: names of parts are told apart without regard to case (ECMA-376 part 2, 6.2.2.3).
    entries: BTreeMap<String, usize>,
    /// How many bytes were inflated so far.
    inflated: u64,
    limits: Limits,
}

impl<'b> Package<'b> {
    /// Reads the directory of a package.
    pub fn open(bytes: &'b [u8]) -> Result<Package<'b>, Fault> {
        Package::open_within(bytes, Limits::default())
    }

    /// The same with limits of one's own.
    pub fn open_within(bytes: &'b [u8], limits: Limits) -> Result<Package<'b>, Fault> {
        if !bytes.starts_with(b"PK") {
            return Err(Fault::NotZip);
        }
        if bytes.len() > PACKAGE {
            return Err(Fault::Large);
        }
        // Counted before the directory is read, since that takes some hundred bytes of memory for each entry. What a
        // zip says of its own number is not asked.
        if heads(bytes) > ENTRIES {
            return Err(Fault::Entries);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::Cut)?;
        if archive.metadata().has_duplicate_names() {
            return Err(Fault::Twice);
        }
        let mut entries = BTreeMap::new();
        for at in 0..archive.len() {
            let entry = archive.by_index_data(at).map_err(|_| Fault::Cut)?;
            let name = std::str::from_utf8(entry.name_raw()).map_err(|_| Fault::Name)?;
            if !is_safe(name) {
                return Err(Fault::Name);
            }
            if entry.encrypted() {
                return Err(Fault::Encrypted);
            }
            if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(Fault::Method);
            }
            if entries.insert(name.to_ascii_lowercase(), at).is_some() {
                return Err(Fault::Twice);
            }
        }
        Ok(Package { archive, entries, inflated: 0, limits })
    }

    /// The names of the entries in lower case, sorted; those of folders end in a slash.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether there is a part of that name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&name.to_ascii_lowercase())
    }

    /// A part, inflated; `None` where there is none of that name. A name has no slash before it: `word/document.xml`.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(&at) = self.entries.get(&name.to_ascii_lowercase()) else { return Ok(None) };
        let entry = self.archive.by_index(at).map_err(fault)?;
        // The size that the directory declares decides nothing: the vector grows with what is there.
        let room = self.limits.part.min(self.limits.total.saturating_sub(self.inflated));
        let mut bytes = Vec::new();
        let read = entry.take(room + 1).read_to_end(&mut bytes);
        self.inflated = self.inflated.saturating_add(bytes.len() as u64);
        if bytes.len() as u64 > room {
            return Err(Fault::Inflated);
        }
        match read {
            Ok(_) => {
                bytes.shrink_to_fit();
                Ok(Some(bytes))
            }
            Err(_) => Err(Fault::Damaged),
        }
    }

    /// A part, inflated and handed over piece by piece, so that none is held whole; `false` where there is none of that name.
    pub fn pieces(&mut self, name: &str, mut take: impl FnMut(&[u8])) -> Result<bool, Fault> {
        let Some(&at) = self.entries.get(&name.to_ascii_lowercase()) else { return Ok(false) };
        let mut entry = self.archive.by_index(at).map_err(fault)?;
        let mut room = self.limits.part.min(self.limits.total.saturating_sub(self.inflated));
        let mut piece = vec![0; PIECE];
        loop {
            let read = entry.read(&mut piece).map_err(|_| Fault::Damaged)?;
            if read == 0 {
                return Ok(true);
            }
            self.inflated = self.inflated.saturating_add(read as u64);
            room = room.checked_sub(read as u64).ok_or(Fault::Inflated)?;
            take(piece.get(..read).unwrap_or_default());
        }
    }
}

/// How many times the signature of a directory's entry stands anywhere in the bytes (APPNOTE 4.3.12): at least as many
/// as a directory can have.
fn heads(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'P') {
        rest = rest.get(at + 1..).unwrap_or_default();
        count += usize::from(rest.starts_with(b"K\x01\x02"));
    }
    count
}

/// Whether the name stays inside: no absolute path, no `..`, no drive, no backslash, no control character.
fn is_safe(name: &str) -> bool {
    let folders = name.strip_suffix('/').unwrap_or(name);
    !name.is_empty()
        && !name.chars().any(|ch| ch.is_control() || ch == '\\' || ch == ':')
        && folders.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn fault(error: ZipError) -> Fault {
    match error {
        ZipError::CompressionMethodNotSupported(_) => Fault::Method,
        ZipError::InvalidPassword => Fault::Encrypted,
        ZipError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Fault::Cut,
        _ => Fault::Damaged,
    }
}
