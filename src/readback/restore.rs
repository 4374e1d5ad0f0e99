//! What makes a read-back file a record: values in the record's own form, within the record's own limits.

use std::collections::BTreeMap;

use super::{Content, Returned};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::{FieldKind, TextFormat};
use crate::name::{FieldName, Step};
use crate::record::{MAX_BYTES, MAX_CHARS, MAX_DEPTH, MAX_FILE_BYTES, MAX_ROWS, MAX_VALUES, Record, value};

/// What a line of JSON costs at most beyond its key and value: its indent and marks.
const LINE: usize = 2 * MAX_DEPTH + 8;

/// A value in the record's form, and whether its kind could be made of it.
#[derive(Clone, PartialEq)]
pub struct Restored {
    /// The text as the record keeps it; empty for nothing.
    pub text: String,
    /// Not where a month or a date was wanted and the text is neither; it stays as it was typed.
    pub readable: bool,
}

/// A value of a kind in the record's form: 1985.03 and 1985年3月 as `1985-03`, line ends as `\n`.
///
/// Numbers of all sorts lose the white space around them and nothing else; white space alone is nothing. Where the kind is not known, a text stays as printed.
pub fn restored(kind: Option<&FieldKind>, text: &str) -> Restored {
    use TextFormat::{IdNumber, Mobile, Number, Postcode};
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    match kind {
        Some(FieldKind::Month) => dated(&text, value::month_from_paper, value::month_respelt),
        Some(FieldKind::Date) => dated(&text, value::date_from_paper, value::date_respelt),
        Some(FieldKind::Text(Number | IdNumber | Mobile | Postcode)) => Restored { text: text.trim().to_owned(), readable: true },
        // White space alone is what an empty place may show.
        _ if text.trim().is_empty() => Restored { text: String::new(), readable: true },
        _ => Restored { text, readable: true },
    }
}

type Reading = fn(&str) -> Option<String>;

fn dated(text: &str, from_paper: Reading, respelt: Reading) -> Restored {
    let text = text.trim();
    // The paper's own 　　年　　月　　日, with nothing written into it.
    if text.chars().all(|ch| ch.is_whitespace() || matches!(ch, '年' | '月' | '日')) {
        return Restored { text: String::new(), readable: true };
    }
    let understood = from_paper(text).or_else(|| respelt(text));
    Restored { readable: understood.is_some(), text: understood.unwrap_or_else(|| text.to_owned()) }
}

/// The record of what came back, and what of it could not be taken or understood.
pub(super) fn record(fields: &[Returned]) -> (Record, Diagnostics) {
    let mut taker = Taker::default();
    for field in fields {
        taker.take(field);
    }
    (taker.record, taker.found)
}

/// What a field is called in messages: its label with the number of its row, unless the label has it.
pub(super) fn label(name: &FieldName, label: &str) -> String {
    match row(name).map(|row| format!("第{row}行")) {
        Some(row) if !label.is_empty() && !label.contains(&row) => format!("{label}·{row}"),
        _ => label.to_owned(),
    }
}

/// The label of a field, made from that of the same column in another row.
pub(super) fn label_of_column(name: &FieldName, column: &FieldName, label: &str) -> String {
    match (row(name), row(column)) {
        (Some(own), Some(other)) => label.replace(&format!("第{other}行"), &format!("第{own}行")),
        _ => label.to_owned(),
    }
}

/// The number of a field's row, from 1.
fn row(name: &FieldName) -> Option<usize> {
    name.steps().find_map(|step| if let Step::Index(index) = step { Some(index + 1) } else { None })
}

/// The place of a field's value.
pub(super) fn place(field: &Returned) -> Place {
    Place::Record { pointer: field.name.pointer(), label: label(&field.name, &field.label) }
}

/// A record in the making; a file may name a million rows in a hundred bytes, so everything is counted before it is made.
#[derive(Default)]
struct Taker {
    record: Record,
    found: Diagnostics,
    /// The rows of every list so far.
    rows: BTreeMap<String, usize>,
    values: usize,
    bytes: usize,
}

impl Taker {
    fn take(&mut self, field: &Returned) {
        match &field.value {
            Content::Ticked(true) => {
                let _ = self.admit(field, 4) && self.done(field, |record, name| record.set_flag(name, true));
            }
            // A box without a tick says no more than a key that is not there.
            Content::Ticked(false) | Content::Picture(None) => {}
            Content::Picture(Some(bytes)) if bytes.len() > MAX_FILE_BYTES => {
                let megabytes = MAX_FILE_BYTES >> 20;
                let words =
                    [format!("照片超过 {megabytes} MB，没有取出"), format!("the photo has more than {megabytes} MB and was not taken")];
                self.say(field, "photo-too-large", words, ["换一张小些的照片", "use a smaller one"]);
            }
            Content::Picture(Some(bytes)) => {
                let _ = self.admit(field, bytes.len().div_ceil(3) * 4) && self.done(field, |record, name| record.embed(name, bytes));
            }
            Content::Text(text) => self.take_text(field, text),
        }
    }

    fn take_text(&mut self, field: &Returned, text: &str) {
        let Restored { text, readable } = restored(field.kind.as_ref(), text);
        if text.is_empty() {
            return;
        }
        if text.len() > MAX_CHARS && text.chars().nth(MAX_CHARS).is_some() {
            let count = text.chars().count();
            let words = [
                format!("文字太长，没有取出：有 {count} 个字符，每个栏目最多 {MAX_CHARS} 个"),
                format!("text too long and not taken: it has {count} characters; at most {MAX_CHARS} per field"),
            ];
            return self.say(field, "text-too-long", words, ["请在文件里删减", "shorten it in the file"]);
        }
        if !(self.admit(field, escaped(&text)) && self.done(field, |record, name| record.set(name, &text))) {
            return;
        }
        if !readable {
            let (zh, en) = match field.kind {
                Some(FieldKind::Month) => ("看不懂是哪年哪月，照原样保留", "it cannot be read as a month and stays as it is"),
                _ => ("看不懂是哪年哪月哪日，照原样保留", "it cannot be read as a date and stays as it is"),
            };
            let help = Message::new("写成 1985.03 或 2021年9月18日 的样子", "write it like 1985.03 or 2021年9月18日");
            self.found.push(Diagnostic::warning("unreadable-date", place(field), Message::new(zh, en)).with_help(help));
        }
    }

    /// Whether a value may be taken: a record has room for it.
    fn admit(&mut self, field: &Returned, length: usize) -> bool {
        let mut path = String::new();
        let mut longer: Vec<(String, usize)> = Vec::new();
        let (mut depth, mut values) = (0_usize, 0_usize);
        for step in field.name.steps() {
            depth += 1;
            values += 1;
            match step {
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Index(index) => {
                    let rows = self.rows.get(&path).copied().unwrap_or(0);
                    if index >= MAX_ROWS {
                        let words = [format!("列表超过 {MAX_ROWS} 行"), format!("the list has more than {MAX_ROWS} rows")];
                        self.say(field, "too-many-rows", words, ["这一行没有取出；请分成几份", "this row was not taken; split the form"]);
                        return false;
                    }
                    if index >= rows {
                        values += index + 1 - rows;
                        longer.push((path.clone(), index + 1));
                    }
                    path.push_str(&format!(".{index}"));
                }
            }
        }
        let bytes = length + (field.name.as_str().len() + LINE) * values;
        if depth > MAX_DEPTH || self.values + values > MAX_VALUES || self.bytes + bytes > MAX_BYTES {
            let words = ["记录放不下这一栏，没有取出".to_owned(), "the record has no room for this field, which was not taken".to_owned()];
            let help = ["文件里的栏目太多、太长，或层次太深", "the file has too many fields, or they are too long or too deep"];
            self.say(field, "too-many-values", words, help);
            return false;
        }
        self.values += values;
        self.bytes += bytes;
        self.rows.extend(longer);
        true
    }

    fn done(&mut self, field: &Returned, set: impl FnOnce(&mut Record, &FieldName) -> bool) -> bool {
        let done = set(&mut self.record, &field.name);
        if !done {
            let words =
                ["栏目名与别的栏目冲突，没有取出".to_owned(), "the field's name clashes with another's; it was not taken".to_owned()];
            self.say(field, "name-clash", words, ["这个文件的栏目不是本程序做的", "this program did not make the fields of this file"]);
        }
        done
    }

    fn say(&mut self, field: &Returned, code: &'static str, [zh, en]: [String; 2], [help_zh, help_en]: [&str; 2]) {
        let help = Message::new(help_zh, help_en);
        self.found.push(Diagnostic::error(code, place(field), Message::new(zh, en)).with_help(help));
    }
}

/// How many bytes a text is in JSON, at most.
fn escaped(text: &str) -> usize {
    text.bytes().map(|byte| if byte < 0x20 || matches!(byte, b'"' | b'\\') { 6 } else { 1 }).sum()
}
