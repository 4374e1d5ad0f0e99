//! Files written whole or not at all, and the machine's failures in words.

use std::io::{IsTerminal, Write};

use crate::diag::{Lang, Message};
use crate::error::Error;

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

/// Whether a person looks at standard error, and no log does.
pub fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether a person looks at standard output, and no log does.
pub fn stdout_is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Prints a line on standard output.
pub fn print_line(line: &str) {
    // A reader that went away (`| head`) is not our failure.
    let _ = write_stdout(format!("{line}\n").as_bytes());
}

/// Prints words on standard error; where that is gone nobody is there to read them.
pub fn print_error(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Prints remarks on standard error: they belong to no place in a record or template.
pub fn print_notes(notes: &[Message], lang: Lang) {
    let word = match lang {
        Lang::Zh => "警告",
        Lang::En => "warning",
    };
    let mut err = std::io::stderr().lock();
    for note in notes {
        // Where standard error is gone nobody is there to read it.
        let _ = writeln!(err, "{word}: {}", note.text(lang));
    }
}

/// A failure in words for people.
pub fn words(error: &Error, lang: Lang) -> String {
    if let Error::Font(what) = error {
        let what = one_half(what, lang);
        return if lang == Lang::En { format!("fonts: {what}") } else { format!("字体：{what}") };
    }
    if lang == Lang::En {
        let next = if matches!(error, Error::Io { action: "write", .. }) { "; give another -o that can be written" } else { "" };
        return format!("{error}{next}");
    }
    match error {
        Error::Io { action, path, source } => {
            let verb = if *action == "write" { "写不了" } else { "读不了" };
            let next = if *action == "write" { "；请换一个能写的地方（-o）" } else { "" };
            format!("{verb} {}：{}{next}", path.display(), cause(source))
        }
        Error::NoTemplate { name, known } => format!("没有名为 {name:?} 的模板；现有：{}", known.join("、")),
        Error::Font(what) => what.clone(),
        Error::Write(what) => format!("文件没有生成：{what}"),
        Error::Refused(found) => format!("模板或记录有 {} 处问题", found.len()),
    }
}

/// The half in one language of words that say it in English, then, after a semicolon, in Chinese.
fn one_half(what: &str, lang: Lang) -> &str {
    let chinese = |at: &usize| what.get(at + 2..).is_some_and(|rest| rest.starts_with(|ch| ('\u{4E00}'..='\u{9FFF}').contains(&ch)));
    match (what.match_indices("; ").map(|(at, _)| at).find(chinese), lang) {
        (Some(at), Lang::En) => what.get(..at).unwrap_or(what),
        (Some(at), Lang::Zh) => what.get(at + 2..).unwrap_or(what),
        (None, _) => what,
    }
}

/// The common causes in Chinese, the rest in the system's words.
fn cause(source: &std::io::Error) -> String {
    use std::io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let words = match source.kind() {
        NotFound => "没有这个文件或文件夹",
        PermissionDenied => "没有权限",
        IsADirectory => "这是文件夹，不是文件",
        NotADirectory => "路径中有一段不是文件夹",
        AlreadyExists => "已有同名的文件或文件夹",
        ReadOnlyFilesystem => "磁盘是只读的",
        StorageFull => "磁盘已满",
        _ => return source.to_string(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_failure_is_told_in_one_language() {
        let error = Error::Font("the licence of X forbids it; take it away; 字体 X 的许可不允许".to_owned());
        assert_eq!(words(&error, Lang::En), "fonts: the licence of X forbids it; take it away");
        assert_eq!(words(&error, Lang::Zh), "字体：字体 X 的许可不允许");
    }
}
