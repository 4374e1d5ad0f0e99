//! What a cell says, as the record keeps it: spreadsheets' damage is undone where nothing is guessed, else it is named.

use super::columns::Column;
use super::grid::{Held, day_of, is_blank};
use crate::diag::{Message, Severity};
use crate::form::{FieldKind, TextFormat};
use crate::record::{id_number, value};

/// What a cell gives the record.
pub(super) enum Taken {
    Text(String),
    Flag(bool),
}

/// What is to be said of a cell; never what stands in it.
pub(super) struct Remark {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) message: Message,
    pub(super) help: Message,
}

/// Spreadsheets keep 15 digits of a number; what is larger has lost some.
const EXACT: f64 = 1e15;

/// What a cell in a column says, and what is to be said of it; nothing where it cannot be told any more.
///
/// `from_1904`: whether the workbook counts its days from 1904, as those of a Mac once did.
pub(super) fn take(held: Held, formula: bool, from_1904: bool, column: &Column) -> (Option<Taken>, Vec<Remark>) {
    let mut remarks = Vec::new();
    if formula && !matches!(held, Held::Unknown | Held::Fault) {
        remarks.push(warning(
            "formula",
            ["格子里是公式，读的是它存下的结果", "the cell holds a formula; its stored result was read"],
            ["核对结果；请把公式换成文本（复制，“选择性粘贴 → 数值”）", "look at the result; paste it as a value over the formula"],
        ));
    }
    let text = match held {
        Held::Text(text) => words(text, &column.kind, &mut remarks),
        Held::Number(number) => number_in(number, from_1904, &column.kind, &mut remarks),
        Held::Day(year, month, day) => day_in([year, month, day], &column.kind, &mut remarks),
        Held::Time => refuse(&mut remarks, TIME),
        Held::Flag(flag) if column.kind == FieldKind::Check => return (Some(Taken::Flag(flag)), remarks),
        Held::Flag(_) => refuse(&mut remarks, FLAG),
        Held::Fault => refuse(&mut remarks, FAULT),
        Held::Unknown => refuse(&mut remarks, UNKNOWN),
        Held::TooLong => refuse(&mut remarks, TOO_LONG),
    };
    match text {
        Some(text) if column.kind == FieldKind::Check => match flag(&text) {
            Some(flag) => (Some(Taken::Flag(flag)), remarks),
            None => {
                remarks.push(error(NO_FLAG));
                (None, remarks)
            }
        },
        text => (text.map(Taken::Text), remarks),
    }
}

/// A text: space at its ends and full-width digits are put right where they mean nothing.
fn words(text: String, kind: &FieldKind, remarks: &mut Vec<Remark>) -> Option<String> {
    // A line end is \n in the record, whatever the program.
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    let text = trimmed(text, kind, remarks);
    match kind {
        FieldKind::Text(TextFormat::IdNumber) => {
            if scientific(&text) {
                return refuse(remarks, LOST_DIGITS);
            }
            Some(plain(text, id_number::normalise, remarks))
        }
        FieldKind::Text(TextFormat::Mobile | TextFormat::Postcode) => {
            if scientific(&text) {
                return refuse(remarks, LOST_DIGITS);
            }
            Some(plain(text, |text| value::half_width(text).chars().filter(|ch| !is_blank(*ch)).collect(), remarks))
        }
        FieldKind::Text(TextFormat::Number) => Some(plain(text, value::half_width, remarks)),
        FieldKind::Month if value::month(&text).is_none() => Some(respelt(text, month_of, remarks)),
        FieldKind::Date if value::date(&text).is_none() => Some(respelt(text, value::date_respelt, remarks)),
        _ => Some(text),
    }
}

/// The text without space at its ends; a long text keeps what indents its paragraphs.
fn trimmed(text: String, kind: &FieldKind, remarks: &mut Vec<Remark>) -> String {
    let invisible = |ch: char| is_blank(ch) && !matches!(ch, '\u{3000}' | '\n');
    let short = match kind {
        FieldKind::TextArea => text.trim_start_matches(invisible).trim_end_matches(is_blank),
        _ => text.trim_matches(is_blank),
    };
    if short.len() == text.len() {
        return text;
    }
    remarks.push(warning(
        "spaces",
        ["前后有空格（或看不见的空格），已去掉", "spaces (or invisible ones) at its ends were taken away"],
        ["不必改；以后请勿用空格对齐", "nothing to do; do not align with spaces"],
    ));
    short.to_owned()
}

/// A number made plain; it is said where that changed it.
fn plain(text: String, how: impl Fn(&str) -> String, remarks: &mut Vec<Remark>) -> String {
    // An apostrophe makes a cell a text; typed into a cell that is text already, it stays.
    let bare = text.trim_start_matches(['\'', '’', '‘', '＇', '`']);
    let plain = how(bare);
    // A small x is the check's to tell of, as in every record.
    let plain = if plain.eq_ignore_ascii_case(bare) { bare.to_owned() } else { plain };
    if plain != text {
        remarks.push(warning(
            "full-width",
            ["有全角字符、空格或撇号，已改为半角数字", "full-width characters, spaces or an apostrophe were made plain digits"],
            ["不必改；请核对号码", "nothing to do; look at the number"],
        ));
    }
    plain
}

/// A month or date spelt another way; what cannot be understood stays for the check to tell of.
fn respelt(text: String, how: impl Fn(&str) -> Option<String>, remarks: &mut Vec<Remark>) -> String {
    let Some(stored) = how(&text) else { return text };
    remarks.push(warning(
        "date-spelling",
        ["年月或日期的写法不同，已改成规定的写法", "a month or date spelt another way was respelt"],
        ["不必改；以后请写成 1985-03 或 2021-09-18", "nothing to do; write 1985-03 or 2021-09-18 from now on"],
    ));
    stored
}

/// A month, also of a whole date.
fn month_of(text: &str) -> Option<String> {
    value::month_respelt(text).or_else(|| value::date_respelt(text).and_then(|date| date.get(..7).map(str::to_owned)))
}

fn number_in(number: f64, from_1904: bool, kind: &FieldKind, remarks: &mut Vec<Remark>) -> Option<String> {
    match kind {
        FieldKind::Month | FieldKind::Date => return date_of_number(number, from_1904, *kind == FieldKind::Month, remarks),
        FieldKind::Check => return Some(decimal(number)),
        _ => {}
    }
    if !number.is_finite() || number.abs() >= EXACT {
        return refuse(remarks, LOST_DIGITS);
    }
    let text = decimal(number);
    let whole = number.fract() == 0.0 && number >= 0.0;
    match kind {
        FieldKind::Text(TextFormat::Number) => return Some(text),
        FieldKind::Text(TextFormat::IdNumber | TextFormat::Mobile | TextFormat::Postcode) if !whole => return refuse(remarks, NO_NUMBER),
        FieldKind::Text(TextFormat::IdNumber) => return refuse(remarks, LOST_DIGITS),
        FieldKind::Text(TextFormat::Postcode) if text.len() < 6 => return refuse(remarks, LOST_ZERO),
        _ => {}
    }
    remarks.push(warning(
        "number-for-text",
        ["这里应是文本，存成了数字；已按原样读成文本", "a number stands where a text should; it was read as the same digits"],
        ["请核对，并把这一格改成文本格式再填", "look at it, make the cell text and type it again"],
    ));
    Some(text)
}

/// A month or date that became a number: a day's serial, 1985.03, 198503 or 19850312.
fn date_of_number(number: f64, from_1904: bool, month_wanted: bool, remarks: &mut Vec<Remark>) -> Option<String> {
    let stored = match decimal(number) {
        // A day's number where the cell lost its format: 1927 to 2064.
        _ if (10_000.0..60_000.0).contains(&number) => {
            let [year, month, day] = day_of(number, from_1904);
            Some(if month_wanted { format!("{year:04}-{month:02}") } else { format!("{year:04}-{month:02}-{day:02}") })
        }
        // 1985.1 was 1985.10 or 1985.1: the zero is gone, and nobody can tell.
        text if month_wanted && text.len() == 6 && text.ends_with(".1") => return refuse(remarks, TWO_MONTHS),
        text if month_wanted => month_of(&text),
        text => value::date_respelt(&text),
    };
    let Some(stored) = stored else { return refuse(remarks, NO_DATE) };
    remarks.push(warning(
        "number-for-date",
        ["年月或日期存成了数字，已读成规定的写法", "a month or date is stored as a number; it was read as one"],
        ["请核对，并把这一格改成文本格式再填", "look at it, make the cell text and type it again"],
    ));
    Some(stored)
}

/// A day in a column of months or dates, which is what a spreadsheet makes of 1985-3; nowhere else can it be told what was typed.
fn day_in([year, month, day]: [u32; 3], kind: &FieldKind, remarks: &mut Vec<Remark>) -> Option<String> {
    let stored = match kind {
        FieldKind::Month => format!("{year:04}-{month:02}"),
        FieldKind::Date => format!("{year:04}-{month:02}-{day:02}"),
        _ => return refuse(remarks, BECAME_DATE),
    };
    remarks.push(warning(
        "date-cell",
        ["格子里是 Excel 的日期，已读成规定的写法", "the cell holds a spreadsheet's date; it was read as one"],
        ["请核对年份和月份，并把这一格改成文本格式", "look at year and month, and make the cell text"],
    ));
    Some(stored)
}

/// A tick, in words.
fn flag(text: &str) -> Option<bool> {
    match text {
        "是" | "√" | "✓" | "✔" | "1" | "TRUE" | "true" => Some(true),
        "否" | "×" | "0" | "FALSE" | "false" => Some(false),
        _ => None,
    }
}

/// Whether a text is a number that a spreadsheet has already cut (3.30326E+17).
fn scientific(text: &str) -> bool {
    let Some((digits, power)) =
        value::half_width(text).to_ascii_uppercase().split_once("E+").map(|(digits, power)| (digits.to_owned(), power.to_owned()))
    else {
        return false;
    };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number(&digits) && number(&power)
}

/// A number in digits, as short as it can be and the same number again.
fn decimal(number: f64) -> String {
    number.to_string()
}

type Words = (&'static str, [&'static str; 2], [&'static str; 2]);

const LOST_DIGITS: Words = (
    "digits-lost",
    [
        "号码存成了数字，末几位可能已经丢失，没有读取",
        "the number is stored as a number and may have lost its last digits; it was not taken",
    ],
    ["把这一格改成文本格式，对照证件重新填写全部各位", "make the cell text and type all digits again from the document"],
);
const LOST_ZERO: Words = (
    "zero-lost",
    [
        "邮编存成了数字，开头的 0 可能已经丢失，没有读取",
        "the postcode is stored as a number and may have lost a zero at its start; it was not taken",
    ],
    ["把这一格改成文本格式，重新填写 6 位", "make the cell text and type its six digits again"],
);
const NO_NUMBER: Words = (
    "not-a-number",
    [
        "这里应是号码，却是带小数或负的数，没有读取",
        "a fraction or a negative number stands where a number of digits should; it was not taken",
    ],
    ["把这一格改成文本格式，重新填写", "make the cell text and type it again"],
);
const TWO_MONTHS: Words = (
    "month-unclear",
    [
        "年月存成了小数，分不清是 1 月还是 10 月，没有读取",
        "the month is stored as a decimal: it may be January or October; it was not taken",
    ],
    ["把这一格改成文本格式，写成 1985-10 这样", "make the cell text and write it as 1985-10"],
);
const NO_DATE: Words = (
    "not-a-date",
    [
        "这里应是年月或日期，却是一个不像日期的数，没有读取",
        "a number that is no date stands where a month or date should; it was not taken",
    ],
    ["把这一格改成文本格式，写成 1985-03 或 2021-09-18", "make the cell text and write 1985-03 or 2021-09-18"],
);
const BECAME_DATE: Words = (
    "became-date",
    [
        "这里应是文字，Excel 把它变成了日期，原来写的已看不出，没有读取",
        "a text became a spreadsheet's date; what was typed cannot be told any more, and it was not taken",
    ],
    ["把这一格改成文本格式，重新填写", "make the cell text and type it again"],
);
const TIME: Words = (
    "became-time",
    [
        "这一格变成了 Excel 的时间，原来写的已看不出，没有读取",
        "the cell became a spreadsheet's time; what was typed cannot be told any more, and it was not taken",
    ],
    ["把这一格改成文本格式，重新填写", "make the cell text and type it again"],
);
const FLAG: Words = (
    "became-flag",
    ["这一格是逻辑值（TRUE 或 FALSE），没有读取", "the cell holds TRUE or FALSE; it was not taken"],
    ["把这一格改成文本格式，重新填写", "make the cell text and type it again"],
);
const FAULT: Words = (
    "cell-error",
    ["这一格是公式的错误（如 #N/A），没有读取", "the cell holds a formula's error (such as #N/A); it was not taken"],
    ["直接填写内容，不用公式", "type what should stand there, without a formula"],
);
const UNKNOWN: Words = (
    "formula-without-result",
    ["格子里是公式，文件里没有它的结果，没有读取", "the cell holds a formula, and the file has no result of it; it was not taken"],
    ["用 Excel 或 WPS 打开再保存一次，或直接填写内容", "open the file in Excel or WPS and save it, or type what should stand there"],
);
const TOO_LONG: Words = (
    "text-too-long",
    ["这一格超过 32767 个字符，没有读取", "the cell has more than 32767 characters; it was not taken"],
    ["请删减文字", "shorten it"],
);
const NO_FLAG: Words = (
    "not-a-flag",
    ["这里应是 是 或 否，没有读取", "yes (是) or no (否) is wanted here; it was not taken"],
    ["请填 是 或 否", "write 是 or 否"],
);

fn refuse(remarks: &mut Vec<Remark>, words: Words) -> Option<String> {
    remarks.push(error(words));
    None
}

fn error((code, message, help): Words) -> Remark {
    remark(Severity::Error, code, message, help)
}

fn warning(code: &'static str, message: [&str; 2], help: [&str; 2]) -> Remark {
    remark(Severity::Warning, code, message, help)
}

fn remark(severity: Severity, code: &'static str, [zh, en]: [&str; 2], [help_zh, help_en]: [&str; 2]) -> Remark {
    Remark { severity, code, message: Message::new(zh, en), help: Message::new(help_zh, help_en) }
}
