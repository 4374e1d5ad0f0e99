//! What may be read of a person on a list that is made public.

use serde_json::Value;

use super::Record;
use super::value::half_width;

/// Shorter than this, an identity number is a fragment, and none of it is shown.
const ID_NUMBER: usize = 15;

/// Shorter than this, a telephone number is a fragment, and none of it is shown.
const MOBILE: usize = 11;

/// An identity number with its first three and last four characters: `330***********1234`. A shorter one is stars alone.
pub fn mask_id_number(text: &str) -> String {
    ends(text.trim(), ID_NUMBER)
}

/// A mobile number with its first three and last four digits: `138****5678`. A shorter one is stars alone.
pub fn mask_mobile(text: &str) -> String {
    ends(text.trim(), MOBILE)
}

/// A name with its first character and a star for every other one: 张*, 欧***, 艾******. A name of one character is a star.
pub fn mask_name(text: &str) -> String {
    // A selector of a character's shape is a part of the character before it.
    let mut characters = text.trim().chars().filter(|ch| !matches!(ch, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'));
    let Some(first) = characters.next() else { return String::new() };
    match characters.count() {
        0 => "*".to_owned(),
        others => std::iter::once(first).chain(std::iter::repeat_n('*', others)).collect(),
    }
}

/// Masks what may be an identity or telephone number in the texts of a value: people write them into remarks.
fn hide_numbers(value: &mut Value) {
    match value {
        Value::String(text) => *text = without_numbers(text),
        Value::Array(rows) => rows.iter_mut().for_each(hide_numbers),
        Value::Object(members) => members.values_mut().for_each(hide_numbers),
        _ => {}
    }
}

/// A text with its runs of eleven digits and more masked, and with telephone and identity numbers masked that are written
/// with single marks or blanks between their digits. An X may end an identity number.
fn without_numbers(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(ch) = characters.get(at).copied() {
        let (plain, spaced) = (run(&characters, at, false), run(&characters, at, true));
        let found = if counted(spaced) > counted(plain) && is_number(spaced) { spaced } else { plain };
        match found.len() {
            0 => {
                out.push(ch);
                at += 1;
            }
            length => {
                out.push_str(&hidden(found));
                at += length;
            }
        }
    }
    out
}

fn is_digit(ch: char) -> bool {
    ch.is_ascii_digit() || ('０'..='９').contains(&ch)
}

fn is_check(ch: char) -> bool {
    matches!(ch, 'x' | 'X' | 'Ｘ' | 'ｘ')
}

/// The digits that stand at a place one after another; with `spaced`, single marks and blanks may stand between them.
fn run(characters: &[char], from: usize, spaced: bool) -> &[char] {
    let (mut end, mut digits) = (from, 0);
    while let Some(ch) = characters.get(end).copied() {
        let follows = characters.get(end + 1).is_some_and(|next| is_digit(*next) || (digits == 17 && is_check(*next)));
        if is_digit(ch) || (is_check(ch) && digits == 17) {
            digits += 1;
        } else if !(spaced && end > from && follows && !ch.is_alphanumeric() && !"—～~至".contains(ch)) {
            break;
        }
        end += 1;
    }
    characters.get(from..end).unwrap_or_default()
}

fn counted(run: &[char]) -> usize {
    run.iter().filter(|ch| is_digit(**ch) || is_check(**ch)).count()
}

/// Whether digits are a mobile number (1, then 3 to 9, eleven in all) or as many as an identity number has.
fn is_number(run: &[char]) -> bool {
    let digits: Vec<u32> = run.iter().filter_map(|ch| half_width(&ch.to_string()).chars().next()?.to_digit(10)).collect();
    match counted(run) {
        11 => matches!(digits.as_slice(), [1, 3..=9, ..]),
        15 | 18 => true,
        _ => false,
    }
}

/// Three digits, stars, four digits; what stands between digits stays.
fn hidden(run: &[char]) -> String {
    let count = counted(run);
    let mut seen = 0;
    let shown = |ch: &char| {
        if !is_digit(*ch) && !is_check(*ch) {
            return *ch;
        }
        seen += 1;
        if count < MOBILE || seen <= 3 || seen > count - 4 { *ch } else { '*' }
    };
    run.iter().map(shown).collect()
}

/// Three characters, stars, four characters.
fn ends(text: &str, least: usize) -> String {
    let count = text.chars().count();
    let shown = |at: usize| count >= least && (at < 3 || at >= count.saturating_sub(4));
    text.chars().enumerate().map(|(at, ch)| if shown(at) { ch } else { '*' }).collect()
}

impl Record {
    /// The record of a sheet as it may be made public: identity numbers and mobile numbers of its people masked. A value that is
    /// no text is left out.
    pub fn masked(&self) -> Record {
        let mut masked = self.clone();
        let people = masked.root.get_mut("nominees").and_then(Value::as_array_mut);
        for person in people.into_iter().flatten().filter_map(Value::as_object_mut) {
            for (key, mask) in [("id_number", mask_id_number as fn(&str) -> String), ("mobile", mask_mobile)] {
                if let Some(value) = person.get_mut(key) {
                    *value = value.as_str().map_or(Value::Null, |text| Value::String(mask(text)));
                }
            }
            person.values_mut().for_each(hide_numbers);
        }
        masked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NoFiles;

    #[test]
    fn numbers_in_other_texts_are_masked_however_they_are_written() {
        for (text, want) in [
            ("手机19900000001，家里", "手机199****0001，家里"),
            ("199 0000 0001", "199 **** 0001"),
            ("199-0000-0001；", "199-****-0001；"),
            ("1 9 9 0 0 0 0 0 0 0 1", "1 9 9 * * * * 0 0 0 1"),
            ("１９９－００００－０００１", "１９９－＊＊＊＊－０００１"),
            ("990000-198503-12001-X", "990***-******-**001-X"),
            ("990000198503120019 19900000001", "990***********0019 199****0001"),
            ("2014.03—2016.06", "2014.03—2016.06"),
            ("2014.03-2016.06", "2014.03-2016.06"),
            ("年降本约200万元，2,600 h", "年降本约200万元，2,600 h"),
            ("DN300，0.02 mm，2013年", "DN300，0.02 mm，2013年"),
        ] {
            assert_eq!(without_numbers(text), want.replace('＊', "*"), "{text}");
        }
    }

    #[test]
    fn no_more_is_shown_than_is_meant_to_be() {
        for (mask, text, want) in [
            (mask_id_number as fn(&str) -> String, "990000198503150017", "990***********0017"),
            (mask_id_number, "99000019850315001X", "990***********001X"),
            (mask_id_number, "990000850315001", "990********5001"),
            (mask_id_number, "99000019850315", "**************"),
            (mask_id_number, "9900", "****"),
            (mask_id_number, "", ""),
            (mask_id_number, "９９００００１９８５０３１５００１７", "９９０***********００１７"),
            (mask_mobile, "19900000001", "199****0001"),
            (mask_mobile, " 19900000001 ", "199****0001"),
            (mask_mobile, "+8619900000001", "+86*******0001"),
            (mask_mobile, "65000000", "********"),
            (mask_mobile, "0577-65000000", "057******0000"),
            (mask_name, "张三", "张*"),
            (mask_name, "欧阳某某", "欧***"),
            (mask_name, "艾某某·买买提", "艾******"),
            (mask_name, "王", "*"),
            (mask_name, "葛\u{E0100}某", "葛*"),
            (mask_name, "𠅤某", "𠅤*"),
            (mask_name, "  ", ""),
        ] {
            assert_eq!(mask(text), want);
        }
    }

    #[test]
    fn a_sheet_is_masked_whole() {
        let text =
            r#"{"nominees": [{"name": "张三", "id_number": "990000198503150017", "mobile": "19900000001"}, {"mobile": 19900000001}, 3]}"#;
        let record = Record::parse(text.as_bytes(), &NoFiles).unwrap_or_default();
        let want = r#"{"nominees":[{"id_number":"990***********0017","mobile":"199****0001","name":"张三"},{"mobile":null},3]}"#;
        let masked = Value::Object(record.masked().root().clone());
        assert_eq!(masked, serde_json::from_str::<Value>(want).unwrap_or_default());
        assert_eq!(Record::blank().masked(), Record::blank());
    }
}
