//! The output folder: what stands where in it, and files put there without losing anybody else's.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::journal::{Journal, Standing};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::files::{Access, UNFINISHED, Whole};

/// Each person's own files.
pub const PEOPLE: &str = "个人";
/// The files for the printer.
pub const PRINT: &str = "打印";
/// The summary sheets and the letters.
pub const SHEETS: &str = "一览表";
/// The report, without its endings.
pub const REPORT: &str = "报告";
/// The report of a check, without its endings.
pub const CHECK: &str = "核对";
/// Files that were changed or put there by somebody else, where ours had to stand.
const ASIDE: &str = "被替换";
/// The program's own folder.
const OWN: &str = ".formwright";

/// Whether a path is one that a batch with this output folder writes to; both without links.
pub fn writes_to(output: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(output) else { return false };
    let Some(first) = below.components().next() else { return false };
    let first = first.as_os_str().to_string_lossy();
    let report = [REPORT, CHECK].iter().any(|name| first.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
    report || [PEOPLE, PRINT, SHEETS, ASIDE, OWN].contains(&&*first)
}

/// The output folder.
pub struct Folder {
    root: PathBuf,
    /// The files that were found to be as they were written, by path and digest: each is read once a run.
    sound: Mutex<BTreeSet<(String, String)>>,
}

impl Folder {
    /// Makes what is missing of the folder.
    pub fn open(root: &Path) -> Result<Folder, Error> {
        let folder = Folder { root: root.to_owned(), sound: Mutex::default() };
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
        Ok(Folder { root: root.to_owned(), sound: Mutex::default() })
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

    /// Whether a file stands as it was written.
    pub fn stands(&self, file: &Standing) -> bool {
        let place = self.place(&file.path);
        if !std::fs::metadata(&place).is_ok_and(|about| about.is_file() && about.len() == file.length) {
            return false;
        }
        let known = (file.path.clone(), file.digest.clone());
        if self.sound.lock().unwrap_or_else(PoisonError::into_inner).contains(&known) {
            return true;
        }
        let sound = digest_of(&place).is_ok_and(|digest| digest == file.digest);
        if sound {
            self.is_sound(file);
        }
        sound
    }

    fn is_sound(&self, file: &Standing) {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner).insert((file.path.clone(), file.digest.clone()));
    }

    /// Writes the report of a check. It is made under a name of its own, always the same: what a killed check leaves is written over
    /// by the next.
    pub fn write_check(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let unfinished = self.root.join(format!("{UNFINISHED}{path}"));
        let written = std::fs::File::create(&unfinished).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        let place = self.place(path);
        written.and_then(|()| std::fs::rename(&unfinished, &place)).map_err(failed("write", &place))
    }

    /// Takes note of what a killed program had put into the folder and could not note any more.
    pub fn adopt(&self, journal: &mut Journal) -> Result<(), Error> {
        for file in journal.coming()? {
            let came = digest_of(&self.place(&file.path))? == file.digest;
            journal.together(|journal| {
                if came {
                    journal.put_file(&file)?;
                }
                journal.drop_coming(&file.path)
            })?;
        }
        Ok(())
    }

    /// Takes a file of ours away; one that somebody changed is set aside.
    pub fn withdraw(&self, journal: &Journal, path: &str) -> Result<(), Error> {
        let Some(file) = journal.file(path)? else { return Ok(()) };
        let place = self.place(path);
        if place.symlink_metadata().is_ok() {
            if digest_of(&place)? == file.digest {
                std::fs::remove_file(&place).map_err(failed("write", &place))?;
            } else {
                self.set_aside(path)?;
            }
        }
        journal.drop_file(path)
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
            self.is_no_link(parent)?;
        }
        let mut out = Counted { file: Whole::begin(&place, &self.own(), Access::Usual)?, hash: Sha256::new(), length: 0 };
        if !write(journal, &mut out)? {
            return Ok(false);
        }
        let digest = hex(out.hash);
        if place.symlink_metadata().is_ok() && !self.is_ours(journal, path, &digest)? {
            self.set_aside(path)?;
        }
        let (path, key, format) = (path.to_owned(), key.to_owned(), format.to_owned());
        let file = Standing { path, key, format, length: out.length, digest };
        // Noted before and after: whenever the program is killed, what stands there is known as ours.
        journal.put_coming(&file)?;
        out.file.finish()?;
        journal.together(|journal| {
            journal.put_file(&file)?;
            journal.drop_coming(&file.path)?;
            then(journal)
        })?;
        self.is_sound(&file);
        Ok(true)
    }

    /// A folder of ours that is a link leads to a place that nobody named.
    fn is_no_link(&self, folder: &Path) -> Result<(), Error> {
        if folder == self.root || !folder.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
            return Ok(());
        }
        let message = Message::new("这里是一个链接，指到别处", "this is a link to somewhere else");
        let help = Message::new("删去这个链接，或换一个 -o", "remove the link, or give another -o");
        let place = Place::File { file: folder.display().to_string() };
        let mut found = Diagnostics::default();
        found.push(Diagnostic::error("output-link", place, message).with_help(help));
        Err(Error::Refused(found))
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
    /// `wanted(path)` says which key and format a path is for; `paths_of(key, format)` where such a file belongs. Gives back how many
    /// were taken away.
    pub fn rearrange(
        &self,
        journal: &mut Journal,
        wanted: &dyn Fn(&str) -> Option<(String, String)>,
        paths_of: &dyn Fn(&str, &str) -> Vec<String>,
    ) -> Result<usize, Error> {
        let mut moving: Vec<Standing> = Vec::new();
        let mut removed = 0;
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
                    removed += 1;
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
        self.settle(journal, moving, paths_of)?;
        Ok(removed)
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
            // Only what this program put there is touched.
            let Some((key, format)) = name.split_once('.').filter(|(key, _)| is_key(key) && place.is_file()) else { continue };
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
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if std::fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return Ok(String::new());
    }
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

/// Whether a text is a digest as this program writes it.
fn is_key(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
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
