//! Names of files that every system can keep: no reserved letter, no device, no trick, no two alike, none outside.

use std::collections::BTreeSet;

use crate::diag::Message;

/// The most bytes of a name, with room for an ending on systems that count 143 or 255 of them.
const LONGEST: usize = 100;

/// The most bytes of a person's or a unit's name in it.
const LONGEST_PART: usize = 60;

/// What stands for a letter that a system reserves.
const INSTEAD: char = '_';

/// Devices of Windows, which are devices with any ending, too.
const DEVICES: [&str; 10] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$", "COM", "LPT", "CONFIG$"];

/// How the files of a dossier are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number,
    Unit,
    Name,
}

/// What a pattern may name.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The dossier's number, from 1.
    pub n: usize,
    /// How many digits the number has at least.
    pub digits: usize,
    /// The recommending unit, in short.
    pub unit: &'f str,
    /// The person.
    pub name: &'f str,
}

/// The names given so far in one folder.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Default for Pattern {
    fn default() -> Pattern {
        let text = || Part::Text("-".to_owned());
        Pattern(vec![Part::Number, text(), Part::Unit, text(), Part::Name])
    }
}

impl Pattern {
    /// Reads a pattern such as `{n}-{unit}-{name}`, the default.
    ///
    /// Errors: a placeholder that does not exist, a brace without its other half, a `/`. There is no identity number: a file's
    /// name is seen by everybody who sees the folder.
    pub fn parse(text: &str) -> Result<Pattern, Message> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            let Some((word, next)) = after.strip_prefix('{').and_then(|after| after.split_once('}')) else {
                return Err(Message::new("文件名样式里的 { } 不成对", "a brace in the pattern of names has no other half"));
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(match word.trim() {
                "n" => Part::Number,
                "unit" => Part::Unit,
                "name" => Part::Name,
                "id" | "id_number" => {
                    return Err(Message::new(
                        "文件名里不写身份证号码；可以用 {n}、{unit}、{name}",
                        "names of files hold no identity numbers; there are {n}, {unit} and {name}",
                    ));
                }
                _ => {
                    return Err(Message::new(
                        "文件名样式里只能用 {n}（序号）、{unit}（单位）、{name}（姓名）",
                        "a pattern of names knows {n} (number), {unit} and {name} only",
                    ));
                }
            });
            rest = next;
        }
        parts.push(Part::Text(rest.to_owned()));
        if parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(['/', '\\']))) {
            return Err(Message::new("文件名样式里不能有 / 或 \\", "a pattern of names holds neither / nor \\"));
        }
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err(Message::new("文件名样式里要有 {n} 或 {name}", "a pattern of names needs {n} or {name}"));
        }
        Ok(Pattern(parts))
    }

    /// A name without an ending, safe on every system; whether it is taken is another question.
    pub fn name(&self, facts: Facts<'_>) -> String {
        let mut name = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Number => name.push_str(&format!("{:0digits$}", facts.n, digits = facts.digits.min(9))),
                Part::Unit => name.push_str(&part_of(facts.unit, "未填单位")),
                Part::Name => name.push_str(&part_of(facts.name, "未填姓名")),
            }
        }
        safe(&name)
    }
}

impl Names {
    /// Takes a name: itself, or with ` (2)` where it, or one that a system takes for the same, is taken.
    pub fn take(&mut self, wanted: &str) -> String {
        let wanted = safe(wanted);
        let mut name = wanted.clone();
        let mut count = 1_usize;
        while !self.0.insert(folded(&name)) {
            count += 1;
            let suffix = format!(" ({count})");
            name = format!("{}{suffix}", cut(&wanted, LONGEST - suffix.len()).trim_end_matches([' ', '.']));
        }
        name
    }
}

/// A text as a file's name without an ending: letters that a system reserves are `_`, what cannot be seen is left out.
pub fn safe(text: &str) -> String {
    let kept = text.chars().filter(|ch| !is_unseen(*ch)).map(|ch| match ch {
        '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => INSTEAD,
        _ if ch.is_whitespace() => ' ',
        _ => ch,
    });
    let kept: String = kept.collect();
    let edge = |ch: char| ch == ' ' || ch == '.';
    let mut name = cut(kept.trim_matches(edge), LONGEST).trim_end_matches(edge).to_owned();
    // A leading - is taken for an option, ~$ for another program's lock.
    if name.is_empty() || name.starts_with(['-', '~']) || is_device(&name) {
        name = cut(&format!("{INSTEAD}{name}"), LONGEST).trim_end_matches(edge).to_owned();
    }
    name
}

fn part_of(text: &str, otherwise: &str) -> String {
    let seen = safe(text);
    let nothing = seen.chars().all(|ch| ch == INSTEAD);
    cut(if nothing { otherwise } else { &seen }, LONGEST_PART).trim_end().to_owned()
}

/// The longest beginning of at most so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes.min(text.len()))).unwrap_or_default()
}

/// Control characters, and those that turn round, join or hide what follows; and those that are no characters at all.
fn is_unseen(ch: char) -> bool {
    let code = u32::from(ch);
    let unseen = matches!(
        ch,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' | '\u{FDD0}'..='\u{FDEF}'
    );
    ch.is_control() || unseen || code & 0xFFFE == 0xFFFE
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = stem.trim_end_matches(|ch: char| ch.is_ascii_digit() || "¹²³".contains(ch));
    DEVICES.contains(&stem.as_str()) || matches!(port, "COM" | "LPT")
}

/// A name as the most forgetful system compares it.
///
/// Windows and macOS do not tell capitals from small letters, macOS not é from e with an accent. Which letters are the same
/// needs a table; that two of them might be is reason enough to count them apart, so all of them are the same here.
fn folded(name: &str) -> String {
    let mut out = String::new();
    for ch in name.to_lowercase().chars() {
        let plain = ch.is_ascii()
            || matches!(ch, '\u{3000}'..='\u{303F}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{2F7FF}' | '\u{30000}'..='\u{3FFFF}');
        let combining = matches!(ch, '\u{0300}'..='\u{036F}' | '\u{3099}' | '\u{309A}' | '\u{20D0}'..='\u{20FF}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}');
        match (plain, combining) {
            (true, _) => out.push(ch),
            (false, true) => {
                out.pop();
                out.push('?');
            }
            (false, false) => out.push('?'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_made_safe() {
        for (text, want) in [
            ("张三", "张三"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "_"),
            ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
            ("con", "_con"),
            ("LPT1.x", "_LPT1.x"),
            ("COM¹", "_COM¹"),
            ("张\u{202E}三\u{200B}\n", "张三"),
            (" .张三. . ", "张三"),
            ("-rf", "_-rf"),
            ("~$x", "_~$x"),
            ("", "_"),
        ] {
            assert_eq!(safe(text), want, "{text:?}");
        }
        assert_eq!(safe(&"王".repeat(80)), "王".repeat(33));
    }

    #[test]
    fn patterns_are_read() {
        let facts = Facts { n: 7, digits: 3, unit: "瑞安市", name: "王㛃" };
        for (text, want) in [
            ("{n}-{unit}-{name}", Some("007-瑞安市-王㛃")),
            ("推荐表 {name}（{n}）", Some("推荐表 王㛃（007）")),
            ("{ name }", Some("王㛃")),
            ("{id}", None),
            ("{姓名}", None),
            ("{unit}/{name}", None),
            ("{n", None),
            ("n}", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(Pattern::parse(text).ok().map(|pattern| pattern.name(facts)).as_deref(), want, "{text}");
        }
        assert_eq!(Pattern::parse("{n}-{unit}-{name}"), Ok(Pattern::default()));
        assert_eq!(Pattern::default().name(Facts { n: 12_345, digits: 3, unit: "", name: "／ \u{200B}/" }), "12345-未填单位-／ _");
    }

    #[test]
    fn equal_names_are_numbered() {
        let mut names = Names::default();
        let given: Vec<String> = ["a", "A", "a ", "é", "e\u{301}", "a (2)", "张", "章"].iter().map(|name| names.take(name)).collect();
        assert_eq!(given, ["a", "A (2)", "a (3)", "é", "e\u{301} (2)", "a (2) (2)", "张", "章"]);
        let long = "王".repeat(50);
        assert!((0..20).map(|_| names.take(&long)).all(|name| name.len() <= LONGEST));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn no_name_leaves_the_folder(name in "(\\PC|[./\\\\: \u{0}-\u{1F}\u{202E}~$-]|CON|nul|com1|\\.\\.){0,40}", unit in "(\\PC|/|\\.){0,9}", n in 0_usize..99_999) {
            let made = Pattern::default().name(Facts { n, digits: 3, unit: &unit, name: &name });
            for made in [made, safe(&name)] {
                let path = std::path::Path::new(&made);
                prop_assert!(path.components().count() == 1 && matches!(path.components().next(), Some(std::path::Component::Normal(_))));
                prop_assert!(!made.is_empty() && made.len() <= LONGEST);
                prop_assert!(!made.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*']) && !made.chars().any(is_unseen));
                prop_assert!(!made.ends_with(['.', ' ']) && !made.starts_with(['.', ' ', '-', '~']) && !is_device(&made));
                prop_assert_eq!(safe(&made), made);
            }
        }
    }
}
