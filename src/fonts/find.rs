//! Finding faces: the font files of a folder in a fixed order, and the names in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{Directory, FontFile};
use crate::diag::Message;
use crate::error::Error;

/// Folders deeper than this are not looked into.
const MAX_DEPTH: usize = 8;

/// More files than this are not looked at: it is no folder of fonts.
const MAX_FILES: usize = 20_000;

/// A face that can be used.
pub(super) struct Found {
    pub(super) file: Arc<FontFile>,
    pub(super) index: u32,
    pub(super) directory: Directory,
    /// Its family names and its PostScript name.
    names: Vec<String>,
    pub(super) postscript_name: String,
    pub(super) weight: u16,
    /// Which folder it was found in, in the order they were named.
    pub(super) folder: usize,
    pub(super) system: bool,
    /// Whether it may be embedded in a document that is to be filled in.
    pub(super) fillable: bool,
}

/// What was found, and what was passed over with the reason.
#[derive(Default)]
pub(super) struct Search {
    pub(super) found: Vec<Found>,
    pub(super) notes: Vec<Message>,
    seen: BTreeSet<PathBuf>,
    files: usize,
}

impl Found {
    /// Whether a name is one of its own; Latin letters of either case.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

impl Search {
    /// Looks at the font files of a folder and of the folders in it, sorted by name.
    pub(super) fn folder(&mut self, path: &Path, rank: usize) -> Result<(), Error> {
        if !path.is_dir() {
            return Err(Error::Font(format!(
                "there is no folder {path}: create it or name another one with --fonts; 没有字体文件夹 {path}，请建立它，或用 --fonts 另指一个",
                path = path.display()
            )));
        }
        std::fs::read_dir(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })?;
        if !self.walk(path, rank, MAX_DEPTH) {
            let path = path.display();
            self.notes.push(Message::new(
                format!("文件夹 {path} 里没有字体文件（ttf、otf、ttc、otc），没有用到它；请核对 --fonts"),
                format!("the folder {path} holds no font file (ttf, otf, ttc, otc): nothing in it was used; look at --fonts"),
            ));
        }
        Ok(())
    }

    /// Looks at the system's font files, sorted by path.
    pub(super) fn system(&mut self, rank: usize) {
        let mut database = fontdb::Database::new();
        database.load_system_fonts();
        let paths: BTreeSet<PathBuf> = database
            .faces()
            .filter_map(|face| match &face.source {
                fontdb::Source::File(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        for path in paths {
            if self.first_sight(&path) {
                self.file(FontFile::on_disk(path), rank, true);
            }
        }
    }

    /// Looks at a font file in memory.
    pub(super) fn memory(&mut self, data: Vec<u8>, rank: usize) {
        self.file(FontFile::in_memory(data.into()), rank, false);
    }

    /// Looks at the font files below a folder; whether there are any, known ones included.
    fn walk(&mut self, folder: &Path, rank: usize, depth: usize) -> bool {
        let Ok(entries) = std::fs::read_dir(folder) else { return false };
        let mut any = false;
        // The order of a directory is the file system's whim; a sorted one is the same everywhere.
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).take(MAX_FILES).collect();
        paths.sort();
        for path in paths {
            let Ok(kind) = std::fs::metadata(&path) else { continue };
            if kind.is_dir() {
                // What a folder seen before holds has been told.
                any |= depth > 0 && (!self.first_sight(&path) || self.walk(&path, rank, depth - 1));
            } else if kind.is_file() && is_font(&path) {
                any = true;
                if self.files < MAX_FILES && self.first_sight(&path) {
                    self.files += 1;
                    self.file(FontFile::on_disk(path), rank, false);
                }
            }
        }
        any
    }

    /// Whether a file or folder is met for the first time, links followed: two names of one file are one file.
    fn first_sight(&mut self, path: &Path) -> bool {
        std::fs::canonicalize(path).is_ok_and(|path| self.seen.insert(path))
    }

    fn file(&mut self, file: FontFile, rank: usize, system: bool) {
        let file = Arc::new(file);
        let directories = match file.directories() {
            Ok(directories) => directories,
            Err(reason) => return self.damaged(&file, &reason),
        };
        // fontdb trusts a collection's count of faces; by now it is known to be sane.
        let mut database = fontdb::Database::new();
        match file.path() {
            Some(path) => {
                if let Err(error) = database.load_font_file(path) {
                    return self.damaged(&file, &error.to_string());
                }
            }
            None => match file.whole() {
                Ok(data) => drop(database.load_font_source(fontdb::Source::Binary(Arc::new(data)))),
                Err(reason) => return self.damaged(&file, &reason),
            },
        }
        for (index, directory) in (0u32..).zip(directories) {
            let face = database.faces().find(|face| face.index == index);
            match (directory, face) {
                (Ok(directory), Some(face)) => self.face(&file, directory, face, rank, system),
                (Ok(_), None) => self.damaged(&file, "its names cannot be read"),
                (Err(reason), _) => self.damaged(&file, &reason),
            }
        }
    }

    fn face(&mut self, file: &Arc<FontFile>, directory: Directory, face: &fontdb::FaceInfo, rank: usize, system: bool) {
        // Slanted faces play no part on official paper.
        if face.style != fontdb::Style::Normal {
            return;
        }
        let permission = file.fs_type(&directory);
        let usage = permission & 0x000e;
        // OpenType, OS/2 fsType: where old fonts set several bits, the least restrictive holds.
        let refused = if usage == 0x0002 {
            Some(("字体的许可不允许嵌入（fsType 2）", "its licence does not allow embedding (fsType 2)"))
        } else if permission & 0x0100 != 0 {
            Some(("字体的许可不允许只嵌入部分字形（fsType 0x100）", "its licence does not allow subsets (fsType 0x100)"))
        } else if permission & 0x0200 != 0 {
            Some(("字体的许可只允许嵌入点阵（fsType 0x200）", "its licence allows bitmaps only (fsType 0x200)"))
        } else {
            None
        };
        let name = &face.post_script_name;
        if let Some((zh, en)) = refused {
            let label = file.label();
            return self.notes.push(Message::new(
                format!("未使用字体 {name}（{label}）：{zh}；请向字体厂商取得可嵌入的版本"),
                format!("font {name} ({label}) is not used: {en}; ask its maker for a version that may be embedded"),
            ));
        }
        let fillable = usage & 0x000c != 0x0004;
        if !fillable {
            self.notes.push(Message::new(
                format!("字体 {name} 的许可只供打印和预览（fsType 4）：可填写的 PDF 不能用它，请换一款字体"),
                format!("font {name} may be embedded for print and preview only (fsType 4): a fillable PDF needs another face"),
            ));
        }
        let mut names: Vec<String> = face.families.iter().map(|(family, _)| family.trim().to_owned()).collect();
        names.push(face.post_script_name.trim().to_owned());
        self.found.push(Found {
            file: Arc::clone(file),
            index: face.index,
            directory,
            names,
            postscript_name: plain_name(name),
            weight: face.weight.0,
            folder: rank,
            system,
            fillable,
        });
    }

    fn damaged(&mut self, file: &FontFile, reason: &str) {
        let label = file.label();
        self.notes.push(Message::new(
            format!("字体文件 {label} 已损坏，未使用（{reason}）；请重新复制它"),
            format!("font file {label} is not used: {reason}; copy it again"),
        ));
    }
}

fn is_font(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    ["ttf", "otf", "ttc", "otc"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// A PostScript name as it may stand in a PDF: printable ASCII without delimiters (Adobe Technical Note 5902).
fn plain_name(name: &str) -> String {
    let plain: String = name.chars().filter(|ch| ch.is_ascii_graphic() && !"[](){}<>/%".contains(*ch)).take(63).collect();
    if plain.is_empty() { "Unnamed".to_owned() } else { plain }
}
