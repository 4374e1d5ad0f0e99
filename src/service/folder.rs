//! Folders and files that nobody but their owner may look into.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::diag::Message;

/// Where batches are kept unless told otherwise, by what the environment says.
///
/// systemd names the folder of a service; a person's own state has its place by the XDG Base Directory Specification.
pub fn usual(variable: impl Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name: &str| variable(name).filter(|value| Path::new(value).is_absolute()).map(PathBuf::from);
    // systemd writes several folders with colons between; ours is the first.
    if let Some(folder) = variable("STATE_DIRECTORY").and_then(|list| list.split(':').next().map(PathBuf::from))
        && folder.is_absolute()
    {
        return folder;
    }
    let home = || set("HOME").map(|home| home.join(".local").join("state"));
    set("XDG_STATE_HOME").or_else(home).unwrap_or_else(|| PathBuf::from(".")).join("formwright")
}

/// Makes the folder where it is not there, and refuses one that others may look into.
pub fn prepare(folder: &Path) -> Result<(), Message> {
    let shown = folder.display();
    let failed = |error: std::io::Error| {
        Message::new(
            format!("不能用文件夹 {shown}：{error}；请用 --folder 另选"),
            format!("cannot use the folder {shown}: {error}; name another one with --folder"),
        )
    };
    if !folder.exists() {
        make(folder).map_err(failed)?;
    }
    let about = std::fs::metadata(folder).map_err(failed)?;
    if !about.is_dir() {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::NotADirectory)));
    }
    if open_to_others(&about) {
        return Err(Message::new(
            format!("别人也能看文件夹 {shown}：里面会有个人信息，请运行 chmod 700 {shown}"),
            format!("others may look into the folder {shown}, which will hold records of people: run chmod 700 {shown}"),
        ));
    }
    // Whether it can be written is told now, not by the first batch.
    crate::files::Whole::begin(&folder.join("probe"), folder, crate::files::Access::Owner).map(drop).map_err(|error| match error {
        crate::error::Error::Io { source, .. } => failed(source),
        _ => failed(std::io::Error::from(std::io::ErrorKind::PermissionDenied)),
    })
}

#[cfg(unix)]
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Whether anybody but the owner may do anything with it.
#[cfg(unix)]
pub fn open_to_others(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 != 0
}

/// Whether anybody but the owner may do anything with it: not told by modes here.
#[cfg(not(unix))]
pub fn open_to_others(_about: &Metadata) -> bool {
    false
}

/// How many bytes are free for us on the disk of a folder; none where the system does not say.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(folder).ok()?;
    about.f_bavail.checked_mul(about.f_frsize)
}

/// How many bytes are free for us on the disk of a folder; none where the system does not say.
#[cfg(not(unix))]
pub fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_folder() {
        let root = std::env::temp_dir();
        let at = |name: &str| root.join(name).display().to_string();
        for (set, want) in [
            (vec![("STATE_DIRECTORY", format!("{}:{}", at("a"), at("b"))), ("HOME", at("h"))], root.join("a")),
            (vec![("XDG_STATE_HOME", at("x")), ("HOME", at("h"))], root.join("x").join("formwright")),
            (vec![("XDG_STATE_HOME", "x".to_owned()), ("HOME", at("h"))], root.join("h/.local/state/formwright")),
            (vec![], PathBuf::from("./formwright")),
        ] {
            let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            assert_eq!(usual(variable), want, "{set:?}");
        }
    }
}
