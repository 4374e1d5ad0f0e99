//! The files of the templates' folder, read once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::record;
use crate::template::Files;

/// Folders are read so deep: the templates' folder, a template, its partials.
const DEEPEST: usize = 3;

/// No file of a template is larger than this.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The files of the templates' folder, and what is wrong with those that are no text.
#[derive(Default)]
pub struct Read {
    /// Every text file, by its path with `/`.
    pub files: Files,
    /// The mistake of every file that could not be taken, by its path.
    refused: Vec<(String, Diagnostic)>,
}

impl Read {
    /// The names of the templates, sorted: the folders that hold a `template.json` or a `form.hbs`.
    pub fn ids(&self) -> BTreeSet<String> {
        let paths = self.files.keys().chain(self.refused.iter().map(|(path, _)| path));
        let ids = paths.filter_map(|path| path.strip_suffix("/template.json").or_else(|| path.strip_suffix("/form.hbs")));
        ids.filter(|id| !id.contains('/') && *id != "partials").map(str::to_owned).collect()
    }

    /// What is wrong with the files that a template is made of: its own, and those that all share.
    pub fn refused_of(&self, id: &str) -> Diagnostics {
        let own = format!("{id}/");
        self.refused_where(|path| !path.contains('/') || path.starts_with("partials/") || path.starts_with(&own))
    }

    /// What is wrong with one file.
    pub fn refused_of_file(&self, path: &str) -> Diagnostics {
        self.refused_where(|other| other == path)
    }

    fn refused_where(&self, its: impl Fn(&str) -> bool) -> Diagnostics {
        let mut found = Diagnostics::default();
        found.extend(self.refused.iter().filter(|(path, _)| its(path)).map(|(_, mistake)| mistake.clone()));
        found
    }
}

/// Reads the templates' folder.
pub fn read(folder: &Path) -> Result<Read, Error> {
    let mut files = Read::default();
    read_folder(folder, "", 1, &mut files)?;
    // The order of a directory is the file system's whim.
    files.refused.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str, depth: usize, into: &mut Read) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| Error::Io { action: "read", path, source }
    };
    let entries = std::fs::read_dir(folder).map_err(failed(folder))?;
    for entry in entries {
        let path: PathBuf = entry.map_err(failed(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') {
            continue;
        }
        let inner = format!("{prefix}{name}");
        let about = std::fs::metadata(&path).map_err(failed(&path))?;
        if about.is_dir() {
            if depth < DEEPEST {
                read_folder(&path, &format!("{inner}/"), depth + 1, into)?;
            }
        } else if name.ends_with(".hbs") || name.ends_with(".json") {
            let taken = match about.len() {
                0..=LARGEST => text(&inner, &std::fs::read(&path).map_err(failed(&path))?),
                _ => Err(Box::new(too_large(&inner))),
            };
            match taken {
                Ok(text) => drop(into.files.insert(inner, text)),
                Err(mistake) => into.refused.push((inner, *mistake)),
            }
        }
    }
    Ok(())
}

fn text(path: &str, bytes: &[u8]) -> Result<String, Box<Diagnostic>> {
    record::decode(bytes).map(str::to_owned).map_err(|mistake| {
        let Place::Input { line, column } = mistake.place else { return Box::new(mistake) };
        let excerpt = bytes.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
        let excerpt = String::from_utf8_lossy(excerpt).trim_end_matches('\r').to_owned();
        let place = Place::Template { file: shown(path), line, column, excerpt, width: 1 };
        Box::new(Diagnostic { place, ..mistake })
    })
}

fn too_large(path: &str) -> Diagnostic {
    let message = Message::new("文件超过 4 MB", "the file is larger than 4 MB");
    let help = Message::new("模板的文件不超过 1 MB", "a file of a template has at most 1 MB");
    Diagnostic::error("too-large", Place::File { file: shown(path) }, message).with_help(help)
}

/// The path as people see it in all other messages.
fn shown(path: &str) -> String {
    format!("templates/{path}")
}
