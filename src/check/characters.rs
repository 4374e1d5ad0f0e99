//! Characters that do not belong on paper: controls, private use, invisible ones, look-alikes.

use super::{Report, Weight};
use crate::form::Field;

/// So many places of one kind are named.
const PLACES: usize = 3;

/// A kind of character that does not belong on paper.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Control,
    PrivateUse,
    NoCharacter,
    Replacement,
    Tab,
    Invisible,
    Direction,
    Radical,
    Compatibility,
}

const CLASSES: [Class; 9] = [
    Class::Control,
    Class::PrivateUse,
    Class::NoCharacter,
    Class::Replacement,
    Class::Tab,
    Class::Invisible,
    Class::Direction,
    Class::Radical,
    Class::Compatibility,
];

pub(super) fn check(report: &mut Report<'_>, field: &Field, text: &str) {
    let mut found: Vec<(Class, usize, char)> = Vec::new();
    let mut counts = [0_usize; CLASSES.len()];
    for (at, ch) in text.chars().enumerate() {
        let Some(class) = class(ch) else { continue };
        let Some(count) = CLASSES.iter().position(|known| *known == class).and_then(|place| counts.get_mut(place)) else { continue };
        *count += 1;
        if *count <= PLACES {
            found.push((class, at + 1, ch));
        }
    }
    for (class, count) in CLASSES.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        let places: Vec<(usize, char)> = found.iter().filter(|(found, ..)| *found == class).map(|(_, at, ch)| (*at, *ch)).collect();
        let (code, weight, [zh, en], help) = class.words();
        let zh_places: Vec<String> = places.iter().map(|(at, ch)| format!("第 {at} 个字符 U+{:04X}", u32::from(*ch))).collect();
        let en_places: Vec<String> = places.iter().map(|(at, ch)| format!("character {at} is U+{:04X}", u32::from(*ch))).collect();
        let (zh_more, en_more) = match count.saturating_sub(PLACES) {
            0 => (String::new(), String::new()),
            more => (format!("，另有 {more} 处"), format!(", and {more} more")),
        };
        let words = [format!("{zh}（{}{zh_more}）", zh_places.join("，")), format!("{en} ({}{en_more})", en_places.join(", "))];
        report.at(field, weight, code, words, help);
    }
}

fn class(ch: char) -> Option<Class> {
    let class = match ch {
        '\n' | '\r' => return None,
        '\t' => Class::Tab,
        _ if ch.is_control() => Class::Control,
        '\u{FFFD}' => Class::Replacement,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => Class::PrivateUse,
        // Noncharacters (Unicode 23.7), and the planes 4 to 13, where nothing has been assigned.
        '\u{FDD0}'..='\u{FDEF}' | '\u{40000}'..='\u{DFFFF}' => Class::NoCharacter,
        _ if u32::from(ch) & 0xFFFE == 0xFFFE => Class::NoCharacter,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Class::Direction,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' => Class::Invisible,
        '\u{200B}'..='\u{200D}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' => Class::Invisible,
        '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => {
            Class::Invisible
        }
        '\u{2E80}'..='\u{2FDF}' => Class::Radical,
        // Twelve of the block are unified ideographs all the same (Unicode 18.1).
        '\u{FA0E}' | '\u{FA0F}' | '\u{FA11}' | '\u{FA13}' | '\u{FA14}' | '\u{FA1F}' | '\u{FA21}' => return None,
        '\u{FA23}' | '\u{FA24}' | '\u{FA27}'..='\u{FA29}' => return None,
        '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}' => Class::Compatibility,
        _ => return None,
    };
    Some(class)
}

impl Class {
    fn words(self) -> (&'static str, Weight, [&'static str; 2], [&'static str; 2]) {
        const RETYPE: [&str; 2] = ["删去，或重新输入这一处", "delete it, or type this place again"];
        match self {
            Class::Control => ("control-character", Weight::Error, ["有控制字符", "there are control characters"], RETYPE),
            Class::PrivateUse => (
                "private-use",
                Weight::Error,
                [
                    "有私用区字符，换一台电脑就会变成别的字",
                    "there are private-use characters, which are other characters on another computer",
                ],
                ["换成该字的正式编码；生僻字可用 GB 18030-2022 的输入法输入", "type the character with its standard code (GB 18030-2022)"],
            ),
            Class::NoCharacter => ("no-character", Weight::Error, ["有未定义的字符", "there are codes that are no characters"], RETYPE),
            Class::Replacement => (
                "replacement-character",
                Weight::Error,
                ["有字已经丢失，只剩替代符号", "characters were lost and only replacement signs are left"],
                ["从原件重新输入；多半是编码转换时损坏的", "type it again from the original; a wrong conversion of encodings does this"],
            ),
            Class::Tab => ("tab", Weight::Warning, ["有制表符", "there are tabs"], ["换成空格或删去", "use a space instead, or delete it"]),
            Class::Invisible => (
                "invisible-character",
                Weight::Warning,
                ["有看不见的字符", "there are invisible characters"],
                ["多半是从网页或文档粘贴来的，请删去", "pasted from a web page or document, most likely: delete them"],
            ),
            Class::Direction => (
                "direction-character",
                Weight::Warning,
                ["有改变书写方向的字符", "there are characters that turn the direction of writing"],
                RETYPE,
            ),
            Class::Radical => (
                "radical",
                Weight::Warning,
                ["有部首符号，看上去像汉字却不是", "there are radicals that look like characters but are not"],
                ["多半是从 PDF 复制来的，请重新输入这个字", "copied from a PDF, most likely: type the character again"],
            ),
            Class::Compatibility => (
                "compatibility-character",
                Weight::Warning,
                [
                    "有兼容汉字，查找和比对时与正字不同",
                    "there are compatibility characters, which are not found when the standard ones are looked for",
                ],
                ["重新输入这个字", "type the character again"],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_told_apart() {
        for (ch, code) in [
            ('\u{0}', "control-character"),
            ('\u{85}', "control-character"),
            ('\u{E863}', "private-use"),
            ('\u{10FFFD}', "private-use"),
            ('\u{FFFE}', "no-character"),
            ('\u{50000}', "no-character"),
            ('\u{FFFD}', "replacement-character"),
            ('\u{200B}', "invisible-character"),
            ('\u{FEFF}', "invisible-character"),
            ('\u{AD}', "invisible-character"),
            ('\u{E0100}', "invisible-character"),
            ('\u{202E}', "direction-character"),
            ('\u{2F00}', "radical"),
            ('\u{2EA0}', "radical"),
            ('\u{F9DC}', "compatibility-character"),
            ('\t', "tab"),
        ] {
            assert_eq!(class(ch).map(|class| class.words().0), Some(code), "U+{:04X}", u32::from(ch));
        }
        for ch in ['\n', '\r', '王', '㛃', '𠅤', '𬭎', '\u{FA0E}', '·', '“', 'a', '　', '○', '\u{31350}'] {
            assert!(class(ch).is_none(), "{ch}");
        }
    }
}
