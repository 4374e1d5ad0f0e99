//! Files written whole or not at all: beside their place first, then renamed into it.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;

/// What unfinished files begin with; a program that was killed leaves them, and whoever owns the folder may delete them.
pub const UNFINISHED: &str = ".formwright-";

/// Who may read a new file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// As any new file: the umask decides.
    #[default]
    Usual,
    /// Its owner alone.
    Owner,
}

/// A file in the making; dropped, it is gone.
pub struct Whole {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Whole {
    /// Begins a file that will stand at `path`; it is made in `folder`, on the same file system.
    pub fn begin(path: &Path, folder: &Path, access: Access) -> Result<Whole, Error> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = match access {
                Access::Usual => 0o666,
                Access::Owner => 0o600,
            };
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = access;
        let file = builder.tempfile_in(folder).map_err(failed(path))?;
        Ok(Whole { file: BufWriter::with_capacity(64 * 1024, file), path: path.to_owned() })
    }

    /// Puts the file into its place, after its bytes have reached the disk.
    pub fn finish(self) -> Result<(), Error> {
        let file = self.file.into_inner().map_err(|error| failed(&self.path)(error.into_error()))?;
        file.as_file().sync_all().map_err(failed(&self.path))?;
        file.persist(&self.path).map_err(|gone| failed(&self.path)(gone.error))?;
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = Whole::begin(path, folder, Access::Usual)?;
    file.write_all(bytes).map_err(failed(path))?;
    file.finish()
}

/// Reads a file that is known to be there.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action: "write", path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().join("out");
        let mut file = Whole::begin(&path, folder.path(), Access::Owner).expect("it can be begun");
        file.write_all(b"half").expect("it can be written");
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).expect("it can be listed").count(), 0);
        write_whole(&path, b"all").expect("it can be written");
        assert_eq!(read(&path).expect("it can be read"), b"all");
    }
}
