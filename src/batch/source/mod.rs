//! Where the records of a batch come from: a list of people in a file, a workbook, a folder of papers.
//!
//! A source is opened once, which finds its entries and their order; an entry is loaded whenever it is needed, from any thread,
//! and is the same each time. No more than one entry's files are held at a time by each thread.

// A diagnostic is large, and made only when something is wrong: boxing it would cost more words than it saves.
#![allow(clippy::result_large_err)]

mod dossier;
mod edited;
mod listing;
mod people;
mod plan;
mod put;
mod said;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::edits::Edits;
use super::photos::{self, Claim, Photos, Sought};
use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::engine::Engine;
use crate::error::Error;
use crate::readback;
use crate::record::{self, Assets, Folder, MAX_BYTES, NoFiles, Record};

pub(super) use listing::{Item, ItemKind, list, natural};
pub(super) use put::{files, text};

/// What a source may be asked for.
#[derive(Clone, Debug)]
pub struct SourceOptions {
    /// A folder of photos whose names have an identity number or a person's name; for records that name no photo.
    pub photos: Option<PathBuf>,
    /// The form that filled files are read as, and whose columns a workbook has.
    pub template: String,
    /// Values put right after the source was sent.
    pub edits: Edits,
    /// The folder of files that edits name; the record's own otherwise.
    pub edit_files: Option<PathBuf>,
}

impl Default for SourceOptions {
    fn default() -> SourceOptions {
        SourceOptions { photos: None, template: "recommendation".to_owned(), edits: Edits::default(), edit_files: None }
    }
}

/// The records of a batch, in an order that depends on nothing but the names and the content of its files.
///
/// It is shared between threads as it is, and may be kept as long as the files stay as they are.
pub struct Source {
    template: String,
    path: PathBuf,
    kind: Arc<Kind>,
    photos: Option<Arc<Photos>>,
    /// What tells whose photo is whose; of each entry, where there are photos.
    sought: Vec<Sought>,
    /// What each entry takes out of the folder of photos.
    claims: Vec<Claim>,
    notes: Diagnostics,
    /// The files of the folder that records name themselves.
    named: Mutex<BTreeSet<String>>,
    edits: Edits,
    edit_files: Option<PathBuf>,
    /// The fields that may be put right: the patterns of their names, and their labels.
    fields: BTreeMap<String, String>,
}

/// An entry, read.
pub struct Loaded {
    /// The record; `None` where there is none that can be used.
    pub record: Option<Record>,
    /// What was found on the way, but for [`Record::troubles`]; an error wherever there is no record.
    pub found: Diagnostics,
    /// Where the files that the record names are.
    pub files: Box<dyn Assets + Send + Sync>,
}

enum Kind {
    /// A list of people in one file.
    List(List),
    /// A workbook.
    People { people: Vec<people::Person>, folder: Folder },
    /// Dossiers of one or more files each.
    Dossiers { dossiers: Vec<plan::Parts>, passed: Vec<String> },
}

struct List {
    /// What people call the file.
    name: String,
    scan: scan::Scan,
    by_line: bool,
    length: u64,
    folder: Folder,
}

impl Source {
    /// Finds the entries of a file or a folder.
    ///
    /// Errors: [`Error::Io`] where it cannot be read; [`Error::Refused`] where it is nothing that holds records, is in an encoding
    /// that is not UTF-8, or has no such entry as is to be put right (the codes are listed at [`super::run`]); what is wrong with
    /// the template.
    pub fn open(path: &Path, options: &SourceOptions, engine: &Engine) -> Result<Source, Error> {
        let fields = engine.fields(&options.template)?;
        let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let facts = fs::metadata(path).map_err(failed)?;
        let name = named(path);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let folder = Folder::new(parent(path));
        let mut notes = Diagnostics::default();
        let kind = if facts.is_dir() {
            let plan = plan::plan(path).map_err(failed)?;
            notes = plan.notes;
            Kind::Dossiers { dossiers: plan.dossiers, passed: plan.passed }
        } else {
            match ending.as_str() {
                "json" | "jsonl" | "ndjson" => {
                    let head = scan::head(path).map_err(failed)?;
                    in_utf8(&head, &name)?;
                    let by_line = ending != "json";
                    let file = File::open(path).map_err(failed)?;
                    let scan = if by_line { scan::lines(file) } else { scan::array(file) }.map_err(failed)?;
                    Kind::List(List { name: name.clone(), scan, by_line, length: facts.len(), folder })
                }
                "xlsx" | "xlsm" => {
                    let Some(bytes) = listing::read(path, MAX_BYTES).map_err(failed)? else { return Err(refused(said::too_large(&name))) };
                    let (people, found) = people::read(engine, &options.template, &name, &bytes)?;
                    notes.extend(found);
                    Kind::People { people, folder }
                }
                "pdf" | "docx" => {
                    let item = Item { name: name.clone(), path: path.to_owned(), kind: ItemKind::File };
                    let folder = parent(path).to_owned();
                    let parts = plan::Parts { place: name.clone(), folder, forms: vec![item], ..plan::Parts::default() };
                    Kind::Dossiers { dossiers: vec![parts], passed: Vec::new() }
                }
                _ => return Err(refused(said::unknown_kind(&name))),
            }
        };
        let mut source = Source {
            template: options.template.clone(),
            path: path.to_owned(),
            kind: Arc::new(kind),
            photos: None,
            sought: Vec::new(),
            claims: Vec::new(),
            notes,
            named: Mutex::new(BTreeSet::new()),
            edits: options.edits.clone(),
            edit_files: options.edit_files.clone(),
            fields,
        };
        if source.is_empty() {
            // What was passed over may say why there is nobody.
            let mut found = source.notes();
            found.push(said::nobody(&name));
            return Err(Error::Refused(found));
        }
        source.has_the_edited(&name)?;
        if let Some(photos) = &options.photos {
            source.match_photos(photos, engine)?;
        }
        Ok(source)
    }

    /// The same source with these edits in the place of its own. Only entries whose edits differ are read for it.
    ///
    /// Errors: as [`Source::open`] and [`Source::load`].
    pub fn edited(&self, engine: &Engine, edits: Edits) -> Result<Source, Error> {
        let changed: BTreeSet<usize> =
            self.edits.entries().chain(edits.entries()).filter(|entry| self.edits.of(*entry) != edits.of(*entry)).collect();
        let mut source = Source {
            template: self.template.clone(),
            path: self.path.clone(),
            kind: Arc::clone(&self.kind),
            photos: self.photos.clone(),
            sought: self.sought.clone(),
            claims: self.claims.clone(),
            notes: self.notes.clone(),
            named: Mutex::new(self.named.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            edits,
            edit_files: self.edit_files.clone(),
            fields: self.fields.clone(),
        };
        source.has_the_edited(&named(&self.path))?;
        if let Some(photos) = source.photos.clone() {
            let mut sought = std::mem::take(&mut source.sought);
            for entry in changed {
                if let Some(known) = sought.get_mut(entry) {
                    *known = source.seek(engine, entry)?;
                }
            }
            source.claims = photos::claims(&photos, &sought);
            source.sought = sought;
        }
        Ok(source)
    }

    /// What was put right in this source.
    pub fn edits(&self) -> &Edits {
        &self.edits
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        match &*self.kind {
            Kind::List(list) => list.scan.pieces.len() + usize::from(list.scan.broken.is_some()),
            Kind::People { people, .. } => people.len(),
            Kind::Dossiers { dossiers, .. } => dossiers.len(),
        }
    }

    /// Whether there are none; a source that was opened has one at least.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What people call an entry: `名单.jsonl 第17行`, `名单.json 第3人`, `张三/`, `人员 第5行`; empty where there is none.
    pub fn place(&self, entry: usize) -> String {
        let place = match &*self.kind {
            Kind::List(list) => list.place(entry),
            Kind::People { people, .. } => people.get(entry).map(|person| person.place.clone()),
            Kind::Dossiers { dossiers, .. } => dossiers.get(entry).map(|parts| parts.place.clone()),
        };
        place.unwrap_or_default()
    }

    /// Reads an entry, with its values put right. What is wrong with it is in [`Loaded::found`].
    ///
    /// Errors: the source is not what it was when it was opened; the template has mistakes; there is no such entry.
    pub fn load(&self, engine: &Engine, entry: usize) -> Result<Loaded, Error> {
        let mut loaded = self.load_alone(engine, entry)?;
        if let (Some(record), Some(claim), Some(photos)) = (&mut loaded.record, self.claims.get(entry), &self.photos) {
            photos.give(claim, record, &mut loaded.found);
        }
        if let (Some(record), Some(parts)) = (&loaded.record, self.parts(entry)) {
            let photo = text(record, "photo").map(str::to_owned);
            let files = photo.into_iter().chain(files(record)).map(|path| format!("{}{}", parts.prefix, path.replace('\\', "/")));
            self.named.lock().unwrap_or_else(PoisonError::into_inner).extend(files);
        }
        Ok(loaded)
    }

    /// What concerns nobody's dossier: photos that nobody claimed, files passed over, links that led outside.
    ///
    /// Ask when all entries were loaded: a file that a record names is not passed over.
    pub fn notes(&self) -> Diagnostics {
        let mut notes = self.notes.clone();
        if let Kind::Dossiers { passed, .. } = &*self.kind {
            let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
            let is_named = |path: &str| named.contains(path) || (path.ends_with('/') && named.iter().any(|one| one.starts_with(path)));
            notes.extend(passed.iter().filter(|path| !is_named(path)).map(|path| said::passed_over(path)));
        }
        if let Some(photos) = &self.photos {
            notes.extend(photos.unclaimed(&self.claims));
        }
        notes
    }

    fn parts(&self, entry: usize) -> Option<&plan::Parts> {
        if let Kind::Dossiers { dossiers, .. } = &*self.kind { dossiers.get(entry) } else { None }
    }

    /// An entry without what the folder of photos gives it.
    fn load_alone(&self, engine: &Engine, entry: usize) -> Result<Loaded, Error> {
        let failed = |source| Error::Io { action: "read", path: self.path.clone(), source };
        let loaded = match &*self.kind {
            Kind::List(list) => list.load(&self.path, entry).map_err(failed)?,
            Kind::People { people, folder } => people.get(entry).map(|person| people::load(person, folder)),
            Kind::Dossiers { dossiers, .. } => match dossiers.get(entry) {
                Some(parts) => {
                    fs::metadata(&self.path).map_err(failed)?;
                    Some(dossier::load(parts, engine, &self.template)?)
                }
                None => None,
            },
        };
        let loaded = loaded.ok_or_else(|| failed(io::Error::from(io::ErrorKind::InvalidInput)))?;
        Ok(match self.edits.of(entry) {
            Some(fields) => self.put_right(entry, fields, loaded),
            None => loaded,
        })
    }

    /// Decides once and for all whose photo is which: that takes a look at everybody.
    fn match_photos(&mut self, folder: &Path, engine: &Engine) -> Result<(), Error> {
        let failed = |source| Error::Io { action: "read", path: folder.to_owned(), source };
        let photos = Photos::open(folder).map_err(failed)?;
        self.sought = (0..self.len()).map(|entry| self.seek(engine, entry)).collect::<Result<_, _>>()?;
        self.claims = photos::claims(&photos, &self.sought);
        self.photos = Some(Arc::new(photos));
        Ok(())
    }

    /// What tells which photo is an entry's.
    fn seek(&self, engine: &Engine, entry: usize) -> Result<Sought, Error> {
        let loaded = self.load_alone(engine, entry)?;
        Ok(loaded.record.as_ref().map_or_else(Sought::default, |record| Sought {
            id_number: text(record, "id_number").unwrap_or_default().to_owned(),
            name: text(record, "name").unwrap_or_default().to_owned(),
            has_photo: text(record, "photo").is_some(),
        }))
    }
}

impl List {
    fn place(&self, entry: usize) -> Option<String> {
        let name = &self.name;
        match (self.scan.pieces.get(entry), &self.scan.broken) {
            (Some(_), _) if self.scan.single => Some(name.clone()),
            (Some(piece), _) if self.by_line => Some(format!("{name} 第{}行", piece.line)),
            (Some(_), _) => Some(format!("{name} 第{}人", entry + 1)),
            (None, Some(piece)) if entry == self.scan.pieces.len() => Some(format!("{name} 第{}行起", piece.line)),
            (None, _) => None,
        }
    }

    fn load(&self, path: &Path, entry: usize) -> io::Result<Option<Loaded>> {
        if fs::metadata(path)?.len() != self.length {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "处理期间文件被改动，请再运行一次 (it was changed meanwhile; run again)",
            ));
        }
        let files = Box::new(self.folder.clone());
        let mut found = Diagnostics::default();
        let Some(piece) = self.scan.pieces.get(entry) else {
            let Some(broken) = self.scan.broken.as_ref().filter(|_| entry == self.scan.pieces.len()) else { return Ok(None) };
            if self.scan.beside {
                found.push(said::beside_list(broken.line, broken.column));
                return Ok(Some(Loaded { record: None, found, files }));
            }
            let inner = match broken.at.is_empty() {
                true => None,
                false => Record::parse(&scan::read(path, broken)?, &NoFiles).err().and_then(|found| found.into_iter().next()),
            };
            found.push(said::rest_lost(inner.map(|inner| shifted(inner, broken)), broken.line, broken.column));
            return Ok(Some(Loaded { record: None, found, files }));
        };
        let record = Record::parse(&scan::read(path, piece)?, &self.folder);
        let record = record.map_err(|mistakes| found.extend(mistakes.into_iter().map(|one| shifted(one, piece)))).ok();
        Ok(Some(Loaded { record, found, files }))
    }
}

/// A diagnostic of a piece, placed in the whole file.
fn shifted(diagnostic: Diagnostic, piece: &scan::Piece) -> Diagnostic {
    let Place::Input { line, column } = diagnostic.place else { return diagnostic };
    let column = if line == 1 { column + piece.column - 1 } else { column };
    Diagnostic { place: Place::Input { line: line + piece.line - 1, column }, ..diagnostic }
}

/// Refuses a list that is, from its beginning, in another encoding.
fn in_utf8(head: &[u8], name: &str) -> Result<(), Error> {
    match record::decode(head) {
        Err(mistake) if mistake.code != "encoding-damaged" => {
            Err(refused(Diagnostic { place: Place::File { file: name.to_owned() }, ..mistake }))
        }
        // What is damaged spoils its own piece.
        _ if readback::is_filled(head) => Err(refused(said::unknown_kind(name))),
        _ => Ok(()),
    }
}

/// What people call the source.
fn named(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(diagnostic: Diagnostic) -> Error {
    let mut found = Diagnostics::default();
    found.push(diagnostic);
    Error::Refused(found)
}
