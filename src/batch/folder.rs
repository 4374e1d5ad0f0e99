//! The output folder: what stands where in it, and files put there without losing anybody else's.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::journal::{Journal, Standing};
use crate::error::Error;
use crate::files::{self, Access, UNFINISHED, Whole};

/// Each person's own files.
pub const PEOPLE: &str = "个人";
/// The files for the printer.
pub const PRINT: &str = "打印";
/// The summary sheets and the letters.
pub const SHEETS: &str = "一览表";
/// The report, without its endings.
pub const REPORT: &str = "报告";
/// Files that were changed or put there by somebody else, where ours had to stand.
const ASIDE: &str = "被替换";
/// The program's own folder.
const OWN: &str = ".formwright";

/// The output folder.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes what is missing of the folder.
    pub fn open(root: &Path) -> Result<Folder, Error> {
        let folder = Folder { root: root.to_owned() };
        let own = folder.own();
        // The folder itself first: a failure names what was asked for.
        make(root)?;
        make(&own.join("moving"))?;
        owner_only(&own)?;
        Ok(folder)
    }

    /// Clears away what a killed run left unfinished. Whoever calls it holds the journal: nobody else is at work here.
    pub fn clean(&self) -> Result<(), Error> {
        let own = self.own();
        // Unfinished files are made in our own folder only.
        for entry in std::fs::read_dir(&own).map_err(failed("read", &own))? {
            let path = entry.map_err(failed("read", &own))?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED)) {
                std::fs::remove_file(&path).map_err(failed("write", &path))?;
            }
        }
        Ok(())
    }

    /// A folder that gets a report and nothing else.
    pub fn for_report(root: &Path) -> Result<Folder, Error> {
        make(root)?;
        Ok(Folder { root: root.to_owned() })
    }

    /// Where the journal is.
    pub fn journal(&self) -> PathBuf {
        self.own().join("journal.sqlite")
    }

    fn own(&self) -> PathBuf {
        self.root.join(OWN)
    }

    /// The place of a path of ours (relative, with `/`).
    pub fn place(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.root.clone(), |place, part| place.join(part))
    }

    /// Where a file waits that is to stand under another name.
    fn waiting(&self, key: &str, format: &str) -> PathBuf {
        self.own().join("moving").join(format!("{key}.{format}"))
    }

    /// Whether a file stands as it was written, as far as its length tells.
    pub fn stands(&self, file: &Standing) -> bool {
        std::fs::metadata(self.place(&file.path)).is_ok_and(|about| about.is_file() && about.len() == file.length)
    }

    /// Writes the report's files: they belong to the run, not to the journal.
    pub fn write_report(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        files::write_whole(&self.place(path), bytes)
    }

    /// Puts a file into the folder and notes it, together with what `then` notes; `write` gives its bytes.
    pub fn put(
        &self,
        journal: &mut Journal,
        path: &str,
        made_of: (&str, &str),
        write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
        then: impl FnOnce(&Journal) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.begin(journal, path, made_of, |_, out| write(out).map(|()| true), then).map(drop)
    }

    /// The same for a file whose bytes come out of the journal; where `write` gives back `false`, there is no file.
    pub fn put_with(
        &self,
        journal: &mut Journal,
        path: &str,
        made_of: (&str, &str),
        write: impl FnOnce(&Journal, &mut dyn Write) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        self.begin(journal, path, made_of, write, |_| Ok(()))
    }

    fn begin(
        &self,
        journal: &mut Journal,
        path: &str,
        (key, format): (&str, &str),
        write: impl FnOnce(&Journal, &mut dyn Write) -> Result<bool, Error>,
        then: impl FnOnce(&Journal) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let place = self.place(path);
        if let Some(parent) = place.parent() {
            make(parent)?;
        }
        let mut out = Counted { file: Whole::begin(&place, &self.own(), Access::Usual)?, hash: Sha256::new(), length: 0 };
        if !write(journal, &mut out)? {
            return Ok(false);
        }
        let digest = hex(out.hash);
        if place.symlink_metadata().is_ok() && !self.is_ours(journal, path, &digest)? {
            self.set_aside(path)?;
        }
        out.file.finish()?;
        let (path, key, format) = (path.to_owned(), key.to_owned(), format.to_owned());
        let file = Standing { path, key, format, length: out.length, digest };
        journal.together(|journal| {
            journal.put_file(&file)?;
            then(journal)
        })?;
        Ok(true)
    }

    /// Whether what stands at a path is what the journal says of it, or what is about to be put there.
    fn is_ours(&self, journal: &Journal, path: &str, coming: &str) -> Result<bool, Error> {
        let there = digest_of(&self.place(path))?;
        Ok(there == coming || journal.file(path)?.is_some_and(|file| file.digest == there))
    }

    /// Moves a file that is not ours out of the way. Nobody's work is written over.
    fn set_aside(&self, path: &str) -> Result<(), Error> {
        let folder = self.root.join(ASIDE);
        make(&folder)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut number = 1;
        loop {
            let target = folder.join(if number == 1 { name.to_owned() } else { format!("{number}-{name}") });
            if target.symlink_metadata().is_err() {
                let from = self.place(path);
                return std::fs::rename(&from, &target).map_err(failed("write", &target));
            }
            number += 1;
        }
    }

    /// Takes away files that have no place any more, and puts those under their new names that have one.
    ///
    /// `wanted(path)` says which key and format a path is for; `path_of(key, format)` where such a file belongs.
    pub fn rearrange(
        &self,
        journal: &mut Journal,
        wanted: &dyn Fn(&str) -> Option<(String, String)>,
        paths_of: &dyn Fn(&str, &str) -> Vec<String>,
    ) -> Result<(), Error> {
        let mut moving: Vec<Standing> = Vec::new();
        for file in journal.files()? {
            if wanted(&file.path).is_some_and(|(key, format)| key == file.key && format == file.format) {
                if !self.stands(&file) {
                    journal.drop_file(&file.path)?;
                }
                continue;
            }
            let there = self.place(&file.path);
            if there.symlink_metadata().is_ok() {
                if digest_of(&there)? != file.digest {
                    self.set_aside(&file.path)?;
                } else if paths_of(&file.key, &file.format).is_empty() {
                    std::fs::remove_file(&there).map_err(failed("write", &there))?;
                } else {
                    // Two files may change their names with each other, so both wait outside first.
                    let waiting = self.waiting(&file.key, &file.format);
                    std::fs::rename(&there, &waiting).map_err(failed("write", &waiting))?;
                }
            }
            journal.drop_file(&file.path)?;
            moving.push(file);
        }
        self.settle(journal, moving, paths_of)
    }

    /// Gives the files that wait their places; those that an earlier run left waiting too.
    fn settle(&self, journal: &mut Journal, moving: Vec<Standing>, paths_of: &dyn Fn(&str, &str) -> Vec<String>) -> Result<(), Error> {
        let waiting = self.own().join("moving");
        let mut names: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(&waiting).map_err(failed("read", &waiting))? {
            names.push(entry.map_err(failed("read", &waiting))?.path());
        }
        names.sort();
        for place in names {
            let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let Some((key, format)) = name.split_once('.') else { continue };
            let known = moving.iter().find(|file| file.key == key && file.format == format);
            let digest = known.map_or_else(|| digest_of(&place), |file| Ok(file.digest.clone()))?;
            let length = std::fs::metadata(&place).map_err(failed("read", &place))?.len();
            let target = paths_of(key, format).into_iter().find(|path| journal.file(path).is_ok_and(|file| file.is_none()));
            let Some(path) = target else {
                std::fs::remove_file(&place).map_err(failed("write", &place))?;
                continue;
            };
            let to = self.place(&path);
            if let Some(parent) = to.parent() {
                make(parent)?;
            }
            if to.symlink_metadata().is_ok() {
                self.set_aside(&path)?;
            }
            // Noted first: a file that is noted and missing is looked for here again.
            journal.put_file(&Standing { path: path.clone(), key: key.to_owned(), format: format.to_owned(), length, digest })?;
            std::fs::rename(&place, &to).map_err(failed("write", &to))?;
        }
        Ok(())
    }
}

/// A file whose bytes are counted and digested as they go by.
struct Counted {
    file: Whole,
    hash: Sha256,
    length: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// SHA-256 of a file's bytes, lower-case hex; of what is no file, nothing that a file could have.
fn digest_of(path: &Path) -> Result<String, Error> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => return Ok(String::new()),
        Err(error) => return Err(failed("read", path)(error)),
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(hash)),
            Ok(read) => hash.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(String::new()),
            Err(error) => return Err(failed("read", path)(error)),
        }
    }
}

/// A digest as text.
pub fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn make(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(failed("write", folder))
}

/// The records are people: nobody else reads the journal.
#[cfg(unix)]
fn owner_only(folder: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(failed("write", folder))
}

#[cfg(not(unix))]
fn owner_only(_folder: &Path) -> Result<(), Error> {
    Ok(())
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path, source }
}
