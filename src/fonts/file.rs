//! A font file, of which no more is read than is asked for: the table directory, a few tables, or the whole.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The most faces a collection may hold; the largest known collections hold some two hundred.
const MAX_FACES: u32 = 1024;

/// The tables that every face needs to be set and embedded, outlines aside.
const REQUIRED: [[u8; 4]; 5] = [*b"cmap", *b"head", *b"hhea", *b"hmtx", *b"maxp"];

/// A font file on disk or in memory.
pub(super) struct FontFile {
    origin: Origin,
    whole: OnceLock<Result<Arc<[u8]>, String>>,
}

/// Where the bytes are.
enum Origin {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

/// The table directory of one face (OpenType, "Organization of an OpenType Font").
#[derive(Clone)]
pub(super) struct Directory {
    flavour: [u8; 4],
    tables: Vec<Table>,
}

#[derive(Clone, Copy)]
struct Table {
    tag: [u8; 4],
    offset: u64,
    length: u64,
}

impl FontFile {
    /// A file that is read when it is asked for something.
    pub(super) fn on_disk(path: PathBuf) -> FontFile {
        FontFile { origin: Origin::Disk(path), whole: OnceLock::new() }
    }

    /// A file whose bytes are at hand.
    pub(super) fn in_memory(data: Arc<[u8]>) -> FontFile {
        FontFile { origin: Origin::Memory(data), whole: OnceLock::new() }
    }

    /// Where it is, unless it is in memory.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Disk(path) => Some(path),
            Origin::Memory(_) => None,
        }
    }

    /// What a message calls it.
    pub(super) fn label(&self) -> String {
        self.path().map_or_else(|| "font data in memory".to_owned(), |path| path.display().to_string())
    }

    /// All its bytes, read once.
    pub(super) fn whole(&self) -> Result<Arc<[u8]>, String> {
        self.whole
            .get_or_init(|| match &self.origin {
                Origin::Disk(path) => read_whole(path).map_err(|error| error.to_string()),
                Origin::Memory(data) => Ok(Arc::clone(data)),
            })
            .clone()
    }

    /// Whether all its bytes have been read from disk.
    pub(super) fn is_read(&self) -> bool {
        matches!((&self.origin, self.whole.get()), (Origin::Disk(_), Some(Ok(_))))
    }

    /// The directories of its faces, each with every table it needs inside the file. Reads a few hundred bytes.
    pub(super) fn directories(&self) -> Result<Vec<Result<Directory, String>>, String> {
        let mut reader = self.reader()?;
        let head = reader.read(0, 12)?;
        if head.get(..4) != Some(b"ttcf") {
            return Ok(vec![Directory::read(&mut reader, 0)]);
        }
        // The count is checked before anything loops over it or makes room for it.
        let count = u32_at(&head, 8).filter(|count| *count <= MAX_FACES).ok_or("its list of faces is damaged")?;
        let offsets = reader.read(12, u64::from(count) * 4)?;
        Ok(offsets.as_chunks::<4>().0.iter().map(|offset| Directory::read(&mut reader, u64::from(u32::from_be_bytes(*offset)))).collect())
    }

    /// A font file of some tables of a face only: enough for a character map and widths, a hundredth of the whole.
    pub(super) fn excerpt(&self, directory: &Directory, tags: &[[u8; 4]]) -> Result<Vec<u8>, String> {
        let mut reader = self.reader()?;
        let mut tables: Vec<Table> = directory.tables.iter().copied().filter(|table| tags.contains(&table.tag)).collect();
        tables.sort_by_key(|table| table.tag);
        tables.dedup_by_key(|table| table.tag);
        let count = u16::try_from(tables.len()).map_err(|_| "too many tables")?;
        let mut out = Vec::new();
        out.extend_from_slice(&directory.flavour);
        out.extend_from_slice(&count.to_be_bytes());
        out.extend_from_slice(&[0; 6]);
        let mut body = Vec::new();
        let start = 12 + 16 * tables.len();
        for table in &tables {
            let offset = u32::try_from(start + body.len()).map_err(|_| "its tables are too large")?;
            let length = u32::try_from(table.length).map_err(|_| "its tables are too large")?;
            out.extend_from_slice(&table.tag);
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(&offset.to_be_bytes());
            out.extend_from_slice(&length.to_be_bytes());
            body.extend(reader.read(table.offset, table.length)?);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        out.extend(body);
        Ok(out)
    }

    /// The embedding permission, OS/2 fsType; zero (installable) where a face does not say.
    pub(super) fn fs_type(&self, directory: &Directory) -> u16 {
        let Some(table) = directory.table(*b"OS/2").filter(|table| table.length >= 10) else { return 0 };
        let bytes = self.reader().and_then(|mut reader| reader.read(table.offset.saturating_add(8), 2));
        bytes.ok().and_then(|bytes| u16_at(&bytes, 0)).unwrap_or(0)
    }

    fn reader(&self) -> Result<Reader<'_>, String> {
        match &self.origin {
            Origin::Disk(path) => {
                let file = File::open(path).map_err(|error| error.to_string())?;
                let length = file.metadata().map_err(|error| error.to_string())?.len();
                Ok(Reader::Disk(file, length))
            }
            Origin::Memory(data) => Ok(Reader::Memory(data)),
        }
    }
}

impl Directory {
    /// Whether the outlines are CFF.
    pub(super) fn cff(&self) -> bool {
        self.table(*b"CFF ").is_some()
    }

    fn table(&self, tag: [u8; 4]) -> Option<Table> {
        self.tables.iter().copied().find(|table| table.tag == tag)
    }

    fn read(reader: &mut Reader<'_>, start: u64) -> Result<Directory, String> {
        let head = reader.read(start, 12)?;
        let flavour = head.first_chunk::<4>().copied().unwrap_or_default();
        if ![[0, 1, 0, 0], *b"OTTO", *b"true"].contains(&flavour) {
            return Err("it is not a TrueType or OpenType font".to_owned());
        }
        let count = u16_at(&head, 4).unwrap_or(0);
        let records = reader.read(start.saturating_add(12), u64::from(count) * 16)?;
        let tables = records.as_chunks::<16>().0.iter().filter_map(Table::parse).collect();
        let directory = Directory { flavour, tables };
        directory.check(reader.len())?;
        Ok(directory)
    }

    /// A face without these tables, or with one that ends outside the file, cannot be set or embedded.
    fn check(&self, length: u64) -> Result<(), String> {
        let outlines: &[[u8; 4]] = match (self.cff(), self.table(*b"glyf").is_some()) {
            (true, _) => &[*b"CFF "],
            (false, true) => &[*b"glyf", *b"loca"],
            (false, false) => return Err("it has no TrueType or CFF outlines".to_owned()),
        };
        for tag in REQUIRED.iter().chain(outlines) {
            let whole = self.table(*tag).is_some_and(|table| table.offset.saturating_add(table.length) <= length);
            if !whole {
                return Err(format!("its table {} is missing or cut short", String::from_utf8_lossy(tag).trim_end()));
            }
        }
        Ok(())
    }
}

impl Table {
    fn parse(record: &[u8; 16]) -> Option<Table> {
        let tag = record.first_chunk::<4>().copied()?;
        Some(Table { tag, offset: u64::from(u32_at(record, 8)?), length: u64::from(u32_at(record, 12)?) })
    }
}

/// Bytes read by place, never beyond the end.
enum Reader<'a> {
    Disk(File, u64),
    Memory(&'a [u8]),
}

impl Reader<'_> {
    fn len(&self) -> u64 {
        match self {
            Reader::Disk(_, length) => *length,
            Reader::Memory(data) => data.len() as u64,
        }
    }

    fn read(&mut self, offset: u64, length: u64) -> Result<Vec<u8>, String> {
        let end = offset.checked_add(length).filter(|end| *end <= self.len()).ok_or("it is cut short")?;
        match self {
            Reader::Disk(file, _) => {
                let mut bytes = vec![0; usize::try_from(length).map_err(|_| "it is too large")?];
                file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).map_err(|error| error.to_string())?;
                Ok(bytes)
            }
            Reader::Memory(data) => {
                let range = usize::try_from(offset).ok().zip(usize::try_from(end).ok()).and_then(|(from, to)| data.get(from..to));
                Ok(range.ok_or("it is cut short")?.to_vec())
            }
        }
    }
}

/// Reads a file straight into shared memory, so that 30 MB never stand there twice.
fn read_whole(path: &Path) -> std::io::Result<Arc<[u8]>> {
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?;
    let mut data: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    match Arc::get_mut(&mut data) {
        Some(bytes) => file.read_exact(bytes)?,
        None => data = std::fs::read(path)?.into(),
    }
    Ok(data)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|chunk| u16::from_be_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|chunk| u32::from_be_bytes(*chunk))
}
