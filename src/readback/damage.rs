//! What became of a value since the file was made: emptied, or damaged by a program that cannot keep every character.

use std::collections::{BTreeMap, BTreeSet};

use super::restore::{place, restored};
use super::{Content, Issued, Returned};
use crate::diag::{Diagnostic, Message};
use crate::package::marks::value_digest;

/// So many places of one value are named.
const PLACES: usize = 3;

/// So many bytes are hashed at most, all fields of a file together, to tell which character of a value was cut.
pub(super) const MOST_HASHED: usize = 16 << 20;

/// The planes whose characters stand in Chinese names (Unicode 2.8): an extended ideograph cut to sixteen bits has lost its plane.
const PLANES: [u32; 2] = [2, 3];

/// A character that is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Damage {
    /// Where it stands now, from 0.
    at: usize,
    now: char,
    /// What it was, where that is known.
    was: Option<char>,
}

/// What a person should look at in a field's value; `budget` is how many bytes may still be hashed.
pub(super) fn warnings(field: &Returned, budget: &mut usize) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if is_missing(field) {
        let message = Message::new("发出时填有内容，现在是空的", "it was filled in when the form was sent out, and is empty now");
        let help = Message::new("如果不是有意删去的，请补上", "fill it in again, unless it was taken out on purpose");
        found.push(Diagnostic::warning("value-missing", place(field), message).with_help(help));
    }
    if let Content::Text(now) = &field.value {
        let damages = match &field.issued {
            Issued::Text(was) if was != now => compared(was, now),
            Issued::Digest(was) => digested(was, now, budget),
            Issued::Text(_) | Issued::Unknown => Vec::new(),
        };
        let damages = with_signs(damages, now);
        if !damages.is_empty() {
            found.push(damaged(field, &damages));
        }
    }
    found
}

fn is_missing(field: &Returned) -> bool {
    let empty = |text: &str| restored(field.kind.as_ref(), text).text.trim().is_empty();
    let now = match &field.value {
        Content::Text(text) => empty(text),
        Content::Ticked(_) => false,
        Content::Picture(picture) => picture.is_none(),
    };
    let was = match &field.issued {
        Issued::Unknown => true,
        Issued::Text(text) => empty(text),
        Issued::Digest(digest) => {
            // White space that still is what was issued is nothing that went missing.
            let now = if let Content::Text(text) = &field.value { text.as_bytes() } else { b"" };
            [b"", now].iter().any(|text| *digest == value_digest(text))
        }
    };
    now && !was
}

fn damaged(field: &Returned, damages: &[Damage]) -> Diagnostic {
    let shown = || damages.iter().take(PLACES);
    let code = |ch: char| format!("U+{:04X}", u32::from(ch));
    let zh = shown().map(|one| match one.was {
        Some(was) => format!("第 {} 个字符原是 {}，现在是 {}", one.at + 1, code(was), code(one.now)),
        None => format!("第 {} 个字符是 {}", one.at + 1, code(one.now)),
    });
    let en = shown().map(|one| match one.was {
        Some(was) => format!("character {} was {} and is {} now", one.at + 1, code(was), code(one.now)),
        None => format!("character {} is {}", one.at + 1, code(one.now)),
    });
    let (zh, en) = (zh.collect::<Vec<_>>().join("；"), en.collect::<Vec<_>>().join("; "));
    let (zh_more, en_more) = match damages.len().saturating_sub(PLACES) {
        0 => (String::new(), String::new()),
        more => (format!("；另有 {more} 处"), format!("; and {more} more")),
    };
    let message = Message::new(format!("有字看来已损坏（{zh}{zh_more}）"), format!("characters look damaged ({en}{en_more})"));
    let help = Message::new(
        "有的程序存不住生僻字：对照原件重新输入，或换一个程序填写",
        "some programs cannot keep rare characters: type them again from the original, or fill the form in with another program",
    );
    Diagnostic::warning("damaged-character", place(field), message).with_help(help)
}

/// The signs that a program leaves where it could not keep a character.
fn is_sign(ch: char) -> bool {
    matches!(ch, '\u{FFFD}' | '?' | '□' | '▯')
}

/// Whether a character that is there now is what a program made of the one that was.
fn is_lost(was: char, now: char) -> bool {
    // pdfium keeps the lower sixteen bits of a character beyond the BMP: U+20164 comes back as U+0164.
    let cut = u32::from(was) > 0xFFFF && u32::from(now) == u32::from(was) & 0xFFFF;
    cut || (is_sign(now) && !is_sign(was) && !was.is_ascii())
}

/// The damages of a text that is compared with what it was: from its beginning up to the first thing that a person changed,
/// from its end likewise, and between them by counting.
fn compared(was: &str, now: &str) -> Vec<Damage> {
    let (was, now): (Vec<char>, Vec<char>) = (was.chars().collect(), now.chars().collect());
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(&before), Some(&here)) = (was.get(i), now.get(j)) {
        if before != here {
            if !is_lost(before, here) {
                break;
            }
            found.push(Damage { at: j, now: here, was: Some(before) });
            // Where each half of a surrogate pair became a sign, two stand for one.
            let twice = u32::from(before) > 0xFFFF && is_sign(here) && now.get(j + 1) == Some(&here);
            if twice && now.len() - j > was.len() - i {
                j += 1;
            }
        }
        i += 1;
        j += 1;
    }
    let (mut was_end, mut now_end) = (was.len(), now.len());
    while was_end > i && now_end > j {
        let (Some(&before), Some(&here)) = (was.get(was_end - 1), now.get(now_end - 1)) else { break };
        if before != here {
            if !is_lost(before, here) {
                break;
            }
            found.push(Damage { at: now_end - 1, now: here, was: Some(before) });
        }
        was_end -= 1;
        now_end -= 1;
    }
    found.extend(counted(was.get(i..was_end).unwrap_or_default(), now.get(j..now_end).unwrap_or_default(), j));
    found.sort();
    found
}

/// Of two texts that a person's changes keep from being laid side by side: a character beyond the BMP that is gone, where
/// what is left of it was not before.
fn counted(was: &[char], now: &[char], offset: usize) -> Vec<Damage> {
    // How often each character stands there, and where last.
    let count = |text: &[char]| {
        let mut counts: BTreeMap<char, (usize, usize)> = BTreeMap::new();
        for (at, ch) in text.iter().enumerate() {
            let (count, last) = counts.entry(*ch).or_default();
            *count += 1;
            *last = at;
        }
        counts
    };
    let (before, after) = (count(was), count(now));
    let of = |counts: &BTreeMap<char, (usize, usize)>, ch: char| counts.get(&ch).copied().unwrap_or_default();
    let wide = before.keys().copied().filter(|ch| u32::from(*ch) > 0xFFFF);
    let lost = wide.filter_map(|ch| {
        let rest = char::from_u32(u32::from(ch) & 0xFFFF)?;
        let gone = of(&after, ch).0 < of(&before, ch).0 && of(&after, rest).0 > of(&before, rest).0;
        gone.then(|| Damage { at: of(&after, rest).1 + offset, now: rest, was: Some(ch) })
    });
    lost.collect()
}

/// The same where only a digest of what was is known: the character whose plane, given back to it, makes the digest right.
fn digested(was: &str, now: &str, budget: &mut usize) -> Vec<Damage> {
    if now.is_empty() || value_digest(now.as_bytes()) == was {
        return Vec::new();
    }
    let cut: BTreeSet<char> = now.chars().filter(|ch| u32::from(*ch) <= 0xFFFF && !ch.is_ascii_graphic() && *ch != '\n').collect();
    for ch in cut {
        for plane in PLANES {
            let Some(wide) = char::from_u32(plane << 16 | u32::from(ch)) else { continue };
            let Some(left) = budget.checked_sub(now.len() + 64) else { return Vec::new() };
            *budget = left;
            let whole: String = now.chars().map(|here| if here == ch { wide } else { here }).collect();
            if value_digest(whole.as_bytes()) == was {
                let places = now.chars().enumerate().filter(|(_, here)| *here == ch);
                return places.map(|(at, now)| Damage { at, now, was: Some(wide) }).collect();
            }
        }
    }
    Vec::new()
}

/// The damages with those that show by themselves: replacement signs (Unicode 23.8) and characters that no one types.
fn with_signs(mut damages: Vec<Damage>, now: &str) -> Vec<Damage> {
    let known: BTreeSet<usize> = damages.iter().map(|one| one.at).collect();
    let shows = |ch: char| ch == '\u{FFFD}' || (ch.is_control() && !matches!(ch, '\n' | '\r' | '\t'));
    let signs = now.chars().enumerate().filter(|(at, ch)| shows(*ch) && !known.contains(at));
    damages.extend(signs.map(|(at, now)| Damage { at, now, was: None }));
    damages.sort();
    damages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(was: &str, now: &str) -> Vec<(usize, Option<char>)> {
        compared(was, now).into_iter().map(|one| (one.at, one.was)).collect()
    }

    #[test]
    fn damages_are_told_from_changes() {
        for (was, now, want) in [
            ("王𠅤", "王\u{164}", &[(1, Some('𠅤'))][..]),
            ("𠅤王𠅤", "\u{164}王\u{164}", &[(0, Some('𠅤')), (2, Some('𠅤'))]),
            // 𤸀 is U+24E00: what is left is a character of its own.
            ("甲𤸀乙", "甲一乙", &[(1, Some('\u{24E00}'))]),
            ("王𠅤，甲", "王\u{FFFD}\u{FFFD}，甲", &[(1, Some('𠅤'))]),
            ("王㛃", "王?", &[(1, Some('㛃'))]),
            ("甲乙丙", "甲丁丙", &[]),
            ("甲乙丙", "甲乙丙?", &[]),
            // A person wrote something in between; the damage stands behind it, before it, inside it.
            ("甲乙丙𠅤", "甲丁戊丙\u{164}", &[(4, Some('𠅤'))]),
            ("𠅤甲乙丙", "\u{164}甲丁戊丙", &[(0, Some('𠅤'))]),
            ("甲乙𠅤丙丁", "甲己乙\u{164}庚丙辛丁", &[(3, Some('𠅤'))]),
            ("a?b", "a?c", &[]),
        ] {
            assert_eq!(lost(was, now), want, "{was} {now}");
        }
    }

    #[test]
    fn a_digest_tells_which_character_was_cut() {
        let digest = value_digest("瑞安市𠅤某𠅤厂".as_bytes());
        let mut budget = MOST_HASHED;
        let found = digested(&digest, "瑞安市\u{164}某\u{164}厂", &mut budget);
        assert_eq!(found.iter().map(|one| (one.at, one.was)).collect::<Vec<_>>(), [(3, Some('𠅤')), (5, Some('𠅤'))]);
        let want = Damage { at: 3, now: '\u{164}', was: Some('𠅤') };
        assert_eq!(digested(&digest, "瑞安市\u{164}某𠅤厂", &mut budget), [want]);
        assert_eq!(digested(&digest, "瑞安市𠅤某𠅤厂", &mut budget), []);
        budget = 50;
        assert_eq!(digested(&digest, "瑞安市\u{164}某𠅤厂", &mut budget), [], "within its budget only");
    }
}
