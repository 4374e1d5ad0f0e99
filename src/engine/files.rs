//! The files of the templates' folder, read once.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::template::Files;

/// Folders are read so deep: the templates' folder, a template, its partials.
const DEEPEST: usize = 3;

/// No file of a template is larger than this.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Every text file of the templates' folder, by its path with `/`.
pub fn read(folder: &Path) -> Result<Files, Error> {
    let mut files = Files::new();
    read_folder(folder, "", 1, &mut files)?;
    Ok(files)
}

fn read_folder(folder: &Path, prefix: &str, depth: usize, files: &mut Files) -> Result<(), Error> {
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
                read_folder(&path, &format!("{inner}/"), depth + 1, files)?;
            }
        } else if (name.ends_with(".hbs") || name.ends_with(".json")) && about.len() <= LARGEST {
            let bytes = std::fs::read(&path).map_err(failed(&path))?;
            let text = String::from_utf8(bytes).map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "not UTF-8"));
            files.insert(inner, text.map_err(failed(&path))?);
        }
    }
    Ok(())
}
