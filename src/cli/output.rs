//! Files written whole or not at all, and the machine's failures in words.

use std::io::Write;
use std::path::Path;

use crate::diag::Lang;
use crate::error::Error;

/// Writes a file whole: beside its place first, then renamed into it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "write", path: path.to_path_buf(), source };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".formwright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the umask decides who may read it.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|gone| failed(gone.error))?;
    Ok(())
}

/// Writes bytes to standard output; a reader that went away is not our failure.
pub fn write_stdout(bytes: &[u8]) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::Io { action: "write", path: "standard output".into(), source })
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard output.
pub fn print_line(line: &str) {
    // A reader that went away (`| head`) is not our failure.
    let _ = write_stdout(format!("{line}\n").as_bytes());
}

/// A failure in words for people.
pub fn words(error: &Error, lang: Lang) -> String {
    if lang == Lang::En {
        return error.to_string();
    }
    match error {
        Error::Io { action, path, source } => {
            let verb = if *action == "write" { "写不了" } else { "读不了" };
            format!("{verb} {}：{source}", path.display())
        }
        Error::NoTemplate { name, known } => format!("没有名为 {name:?} 的模板；现有：{}", known.join("、")),
        Error::Font(what) => format!("字体：{what}"),
        Error::Write(what) => format!("文件没有生成：{what}"),
        Error::Refused(found) => format!("模板或记录有 {} 处问题", found.len()),
    }
}
