//! Differences in words: by label, old above new, long texts cut around the place where they part.

use serde_json::Value;

use crate::diag::{Lang, visible};
use crate::readback::{Change, Content, Difference};

/// So many characters of a value are shown.
const SHOWN: usize = 48;

/// So many of them stand before the place where two long texts part.
const BEFORE: usize = 10;

/// The differences from the record at `path`, for people; with their values or only by their names.
pub fn told(differences: &[Difference], path: &str, values: bool, lang: Lang) -> String {
    let count = differences.len();
    let path = visible(path);
    if differences.is_empty() {
        return match lang {
            Lang::Zh => format!("与 {path} 没有不同"),
            Lang::En => format!("no differences from {path}"),
        };
    }
    let mut lines = vec![match lang {
        Lang::Zh => format!("与 {path} 有 {count} 处不同："),
        Lang::En => format!("{count} difference{} from {path}:", if count == 1 { "" } else { "s" }),
    }];
    for difference in differences {
        one(difference, values, lang, &mut lines);
    }
    if !values {
        lines.push(match lang {
            Lang::Zh => "（内容没有列出；要看请加 --values）".to_owned(),
            Lang::En => "(what they hold is not listed; add --values to see it)".to_owned(),
        });
    }
    lines.join("\n")
}

/// A value for programs; of a picture only whether there is one.
pub fn value(content: &Content) -> Value {
    match content {
        Content::Text(text) => Value::from(text.as_str()),
        Content::Ticked(ticked) => Value::from(*ticked),
        Content::Picture(picture) => Value::from(picture.is_some()),
    }
}

fn one(difference: &Difference, values: bool, lang: Lang, lines: &mut Vec<String>) {
    let pointer = difference.name.pointer();
    let place = match (difference.label.is_empty(), lang) {
        (true, _) => pointer,
        (false, Lang::Zh) => format!("{pointer}（{}）", visible(&difference.label)),
        (false, Lang::En) => format!("{pointer} ({})", visible(&difference.label)),
    };
    let (before, after) = (&difference.before, &difference.after);
    let pair = if let (Content::Text(before), Content::Text(after)) = (before, after) { Some((before, after)) } else { None };
    // Where two long texts part.
    let parting = pair.filter(|_| difference.change == Change::Changed).map(|(before, after)| common(before, after)).unwrap_or(0);
    let long = pair.is_some_and(|(before, after)| before.chars().count().max(after.chars().count()) > SHOWN);
    let from = if long { parting } else { 0 };
    let told = match (difference.change, lang) {
        (Change::Added, Lang::Zh) => "补填".to_owned(),
        (Change::Added, Lang::En) => "filled in".to_owned(),
        (Change::Removed, Lang::Zh) => "清空".to_owned(),
        (Change::Removed, Lang::En) => "emptied".to_owned(),
        (Change::NoPlace, Lang::Zh) => "文件里没有它的位置".to_owned(),
        (Change::NoPlace, Lang::En) => "the file has no place for it".to_owned(),
        (Change::Changed, Lang::Zh) if from > 0 => format!("改动，第 {} 个字符起不同", from + 1),
        (Change::Changed, Lang::En) if from > 0 => format!("changed, from character {} on", from + 1),
        (Change::Changed, Lang::Zh) => "改动".to_owned(),
        (Change::Changed, Lang::En) => "changed".to_owned(),
    };
    lines.push(match lang {
        Lang::Zh => format!("  {place}：{told}"),
        Lang::En => format!("  {place}: {told}"),
    });
    if !values {
        return;
    }
    for (sign, content) in [('-', before), ('+', after)] {
        if let Some(shown) = shown(content, from, lang) {
            lines.push(format!("    {sign} {shown}"));
        }
    }
}

/// How many characters two texts begin with alike.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

/// A value on one line, from a little before a place; nothing for nothing.
fn shown(content: &Content, from: usize, lang: Lang) -> Option<String> {
    let text = match content {
        Content::Text(text) => text,
        Content::Ticked(ticked) => return ticked.then(|| "✓".to_owned()),
        Content::Picture(picture) => {
            let size = picture.as_ref()?.len().div_ceil(1024);
            return Some(match lang {
                Lang::Zh => format!("（照片，{size} KB）"),
                Lang::En => format!("(a photo, {size} KB)"),
            });
        }
    };
    if text.is_empty() {
        return None;
    }
    let start = from.saturating_sub(BEFORE);
    let mut rest = text.chars().skip(start);
    let part: String = rest.by_ref().take(SHOWN).map(|ch| if ch == '\n' { '⏎' } else { ch }).collect();
    let (head, tail) = (if start > 0 { "…" } else { "" }, if rest.next().is_some() { "…" } else { "" });
    Some(format!("{head}{}{tail}", visible(&part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::FieldName;

    fn difference(change: Change, before: &str, after: &str) -> Difference {
        let name = FieldName::parse("resume.0.work").unwrap_or_else(|| panic!("a name"));
        let (before, after) = (Content::Text(before.to_owned()), Content::Text(after.to_owned()));
        Difference { name, label: "工作·第1行".to_owned(), change, before, after }
    }

    #[test]
    fn long_texts_are_shown_where_they_part() {
        let (one, other) = (format!("{}甲{}", "字".repeat(100), "尾".repeat(100)), format!("{}乙\n丙", "字".repeat(100)));
        let want = format!(
            "与 a.json 有 1 处不同：\n  /resume/0/work（工作·第1行）：改动，第 101 个字符起不同\n    - …{}甲{}…\n    + …{}乙⏎丙",
            "字".repeat(10),
            "尾".repeat(37),
            "字".repeat(10)
        );
        assert_eq!(told(&[difference(Change::Changed, &one, &other)], "a.json", true, Lang::Zh), want);
    }

    #[test]
    fn without_values_there_are_names_only() {
        let text = told(&[difference(Change::Removed, "秘密", "")], "a.json", false, Lang::En);
        assert_eq!(
            text,
            "1 difference from a.json:\n  /resume/0/work (工作·第1行): emptied\n(what they hold is not listed; add --values to see it)"
        );
    }

    #[test]
    fn nothing_moves_the_terminal() {
        let text = told(&[difference(Change::Changed, "a\u{1b}[2J", "\u{202e}b")], "a.json", true, Lang::En);
        assert!(text.ends_with("    - a\\u{1B}[2J\n    + \\u{202E}b"), "{text}");
    }
}
