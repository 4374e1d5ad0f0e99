//! What may be read of a person on a list that is made public.

use serde_json::Value;

use super::Record;

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

/// A text with its runs of eleven digits and more masked. An X may end an identity number.
fn without_numbers(text: &str) -> String {
    let is_digit = |ch: char| ch.is_ascii_digit() || ('０'..='９').contains(&ch);
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for ch in text.chars() {
        if is_digit(ch) || (matches!(ch, 'x' | 'X' | 'Ｘ' | 'ｘ') && run.chars().count() == 17) {
            run.push(ch);
            continue;
        }
        out.push_str(&hidden(&run));
        run.clear();
        out.push(ch);
    }
    out.push_str(&hidden(&run));
    out
}

fn hidden(run: &str) -> String {
    if run.chars().count() < MOBILE { run.to_owned() } else { ends(run, MOBILE) }
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
