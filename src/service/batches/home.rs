//! The folder of all batches: whose it is, what stands in it, how something leaves it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use super::kept::Kept;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;

/// Uploads on their way.
pub const RECEIVING: &str = ".receiving";
/// What is being deleted.
const REMOVING: &str = ".removing";
/// One service at a time holds it.
const LOCK: &str = ".lock";

/// Makes the folder for its owner alone, and holds it until the file is dropped; takes away what a killed service left half done.
///
/// Errors: it cannot be made; another service holds it.
pub fn take(folder: &Path) -> Result<File, Error> {
    make(folder)?;
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let lock = owner_only(&mut options).open(&path).map_err(failed("write", &path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(held(folder)),
        Err(TryLockError::Error(source)) => return Err(failed("write", &path)(source)),
    }
    for left in [RECEIVING, REMOVING] {
        let left = folder.join(left);
        gone(fs::remove_dir_all(&left)).map_err(failed("write", &left))?;
    }
    Ok(lock)
}

/// The folders of batches. What was being deleted goes; what has the name of one and cannot be read goes when its time is over, as the batch would have gone.
pub fn batches(folder: &Path, keep: Duration) -> Result<Vec<(Uuid, PathBuf)>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| Uuid::try_parse(name).ok()) else { continue };
        let path = entry.path();
        let kept = Kept::read(&path);
        if kept.as_ref().is_some_and(|kept| kept.deleted) {
            remove(folder, &path)?;
        } else if kept.is_some() {
            found.push((id, path));
        } else if entry.metadata().and_then(|about| about.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > keep)) {
            remove(folder, &path)?;
        }
    }
    Ok(found)
}

/// Takes a folder out of the way at once, then deletes it: killed in between, it is nobody's batch any more.
pub fn remove(folder: &Path, batch: &Path) -> Result<(), Error> {
    let removing = folder.join(REMOVING);
    make(&removing)?;
    let away = removing.join(Uuid::new_v4().to_string());
    gone(fs::rename(batch, &away)).map_err(failed("write", batch))?;
    gone(fs::remove_dir_all(&away)).map_err(failed("write", &away))
}

/// Makes a folder, with those above it, for its owner alone.
pub fn make(folder: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed("write", folder))
}

/// A new file for its owner alone.
pub fn file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    owner_only(&mut options).open(path)
}

/// The bytes of all files in a folder; what cannot be read counts nothing.
pub fn bytes_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes_of(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// What is not there need not be taken away.
fn gone(done: std::io::Result<()>) -> std::io::Result<()> {
    done.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn held(folder: &Path) -> Error {
    let message = Message::new("另一个服务正在用这个文件夹", "another service holds this folder");
    let help = Message::new("先停下那一个，或换一个文件夹", "stop that one, or give another folder");
    let place = Place::File { file: folder.display().to_string() };
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("folder-in-use", place, message).with_help(help));
    Error::Refused(found)
}

pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path, source }
}
