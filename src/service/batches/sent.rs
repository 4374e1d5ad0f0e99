//! Names of files as strangers send them: kept where every system could keep them, never leading anywhere else.

/// Folders of a sent path are followed so deep.
const DEEPEST: usize = 10;

/// The most bytes of one name; file systems have room for 255.
const LONGEST: usize = 200;

/// What a sent path comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The parts of a path that stays inside.
    Inside(Vec<String>),
    /// Nothing that anybody meant to send: `__MACOSX/`, `.DS_Store`, `Thumbs.db`.
    Litter,
    /// It leads somewhere else, or is no name.
    Refused,
}

/// Judges a path of an archive. Some programs for Windows write `\` between folders.
pub fn path(text: &str) -> Sent {
    let parts: Vec<&str> = text.trim_end_matches(['/', '\\']).split(['/', '\\']).collect();
    if parts.len() > DEEPEST || !parts.iter().all(|part| is_name(part)) {
        return Sent::Refused;
    }
    if parts.iter().any(|part| is_litter(part)) {
        return Sent::Litter;
    }
    Sent::Inside(parts.into_iter().map(str::to_owned).collect())
}

/// Judges the name that came with a part of a form. A browser may send a folder's files with their path, and old ones the path on
/// their own machine.
pub fn file_name(text: &str) -> Sent {
    let local = text.contains('\\') || text.get(1..2) == Some(":");
    path(if local { text.rsplit(['/', '\\']).next().unwrap_or_default() } else { text.trim_start_matches("./") })
}

/// The ending of a name, in small letters.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

fn is_name(part: &str) -> bool {
    let reserved = |ch: char| ch.is_control() || "<>:\"|?*".contains(ch);
    !matches!(part, "" | "." | "..") && part.len() <= LONGEST && !part.contains(reserved)
}

fn is_litter(part: &str) -> bool {
    part.starts_with('.')
        || part.starts_with("~$")
        || part == "__MACOSX"
        || part.eq_ignore_ascii_case("thumbs.db")
        || part.eq_ignore_ascii_case("desktop.ini")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        let inside = |parts: &[&str]| Sent::Inside(parts.iter().map(|part| (*part).to_owned()).collect());
        for (text, want) in [
            ("照片/张三.jpg", inside(&["照片", "张三.jpg"])),
            ("照片\\张三.jpg", inside(&["照片", "张三.jpg"])),
            ("照片/", inside(&["照片"])),
            ("a..b/c...jpg", inside(&["a..b", "c...jpg"])),
            ("__MACOSX/照片/._张三.jpg", Sent::Litter),
            ("照片/.DS_Store", Sent::Litter),
            ("Thumbs.db", Sent::Litter),
            ("../张三.jpg", Sent::Refused),
            ("照片/../../张三.jpg", Sent::Refused),
            ("..\\张三.jpg", Sent::Refused),
            ("/etc/x.jpg", Sent::Refused),
            ("//x.jpg", Sent::Refused),
            ("C:\\x.jpg", Sent::Refused),
            ("照片/./x.jpg", Sent::Refused),
            ("a\0.jpg", Sent::Refused),
            ("a\n.jpg", Sent::Refused),
            ("", Sent::Refused),
            ("/", Sent::Refused),
            ("a/b/c/d/e/f/g/h/i/j/k.jpg", Sent::Refused),
        ] {
            assert_eq!(path(text), want, "{text:?}");
        }
        assert_eq!(path(&"王".repeat(70)), Sent::Refused);
        assert_eq!(file_name("C:\\fakepath\\名单.xlsx"), inside(&["名单.xlsx"]));
        assert_eq!(file_name("./来件/张三.pdf"), inside(&["来件", "张三.pdf"]));
        assert_eq!(file_name("../名单.xlsx"), Sent::Refused);
    }
}
