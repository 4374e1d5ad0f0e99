//! One field at a time: is it there, and does its text keep the field's rule.

use super::{Report, Weight, characters, row_of};
use crate::diag::Place;
use crate::form::{Field, FieldKind, TextFormat};
use crate::record::id_number::{self, Misshapen};
use crate::record::value::{self, Day, SEXES};
use crate::record::{Kind, Record};

/// The years a living person's dates can lie in.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;

pub(super) fn check(report: &mut Report<'_>, record: &Record, field: &Field) {
    if field.kind == FieldKind::Check && record.flag(&field.name) == Some(true) {
        return;
    }
    let Some(text) = record.text(&field.name).filter(|text| !text.trim().is_empty()) else {
        return missing(report, record, field);
    };
    if field.kind == FieldKind::Photo {
        return;
    }
    characters::check(report, field, text);
    edges(report, field, text);
    match &field.kind {
        FieldKind::Text(TextFormat::IdNumber) => id_number(report, field, text),
        FieldKind::Text(TextFormat::Mobile) => mobile(report, field, text),
        FieldKind::Text(TextFormat::Postcode) => postcode(report, field, text),
        FieldKind::Text(TextFormat::Number) => number(report, field, text),
        FieldKind::Month => month(report, field, text),
        FieldKind::Date => date(report, field, text),
        FieldKind::Choice(options) => choice(report, field, options, text),
        _ => {}
    }
}

fn missing(report: &mut Report<'_>, record: &Record, field: &Field) {
    if let Some((array, 0, _)) = row_of(&field.name).filter(|(array, ..)| field.required && record.rows(array) == 0) {
        return no_rows(report, &array);
    }
    // A row that nobody filled in is no row.
    let row_is_used = row_of(&field.name).is_none_or(|(array, index, _)| index < record.rows(&array));
    if record.kind(&field.name) == Some(Kind::Text) && record.has(&field.name) {
        let words = ["只有空格".to_owned(), "there are only spaces".to_owned()];
        report.at(field, Weight::Warning, "only-spaces", words, ["填写内容，或删去空格", "write something, or delete the spaces"]);
    }
    if field.required && row_is_used && !report.is_broken(&field.name.pointer()) {
        let words = ["必填，还没有填".to_owned(), "it is required and not filled in".to_owned()];
        report.at(field, Weight::ByStage, "missing-required", words, ["填写后再上报", "fill it in before the form is handed in"]);
    }
}

/// A list whose rows have required fields has at least one row; one message stands for all its fields.
fn no_rows(report: &mut Report<'_>, array: &str) {
    let pointer = format!("/{}", array.replace('.', "/"));
    if report.is_broken(&pointer) {
        return;
    }
    report.broken.push(pointer.clone());
    let words = ["名单里一行也没有".to_owned(), "the list has no row".to_owned()];
    let (zh, en) = (
        format!("写成 {{\"{array}\": [{{…}}, …]}}；只有一个人也放在列表里"),
        format!("write {{\"{array}\": [{{…}}, …]}}, even for a single row"),
    );
    report.say(Place::Record { pointer, label: String::new() }, Weight::ByStage, "missing-rows", words, [&zh, &en]);
}

fn edges(report: &mut Report<'_>, field: &Field, text: &str) {
    let long = field.kind == FieldKind::TextArea;
    // A paragraph of a longer text begins with two ideographic spaces, as is right.
    let starts = if long { text.trim_start_matches('\u{3000}') } else { text };
    if starts.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        let words = ["开头或结尾有空格或换行".to_owned(), "it begins or ends with a space or a line break".to_owned()];
        report.at(field, Weight::Warning, "outer-spaces", words, ["删去首尾的空白", "delete them"]);
    }
    if !long && text.trim().contains(['\n', '\r']) {
        let words = ["单行栏目里有换行".to_owned(), "there is a line break in a field of one line".to_owned()];
        report.at(
            field,
            Weight::Warning,
            "line-break",
            words,
            ["删去换行；太长时由程序自动折行", "delete it; long values are broken by the program"],
        );
    }
}

fn id_number(report: &mut Report<'_>, field: &Field, text: &str) {
    let plain = id_number::normalise(text);
    if plain != text {
        let words = [
            "身份证号码里有全角数字、空格或小写 x".to_owned(),
            "the identity number has full-width digits, spaces or a small x".to_owned(),
        ];
        report.at(
            field,
            Weight::Warning,
            "id-number-form",
            words,
            ["写成 18 个半角字符，末位的 X 大写", "write 18 ASCII characters with a capital X"],
        );
    }
    let number = match id_number::parse(&plain) {
        Ok(number) => number,
        Err(Misshapen::Old) => {
            let words = ["这是 15 位的旧身份证号码".to_owned(), "this is an old identity number of 15 digits".to_owned()];
            return report.at(
                field,
                Weight::Warning,
                "id-number-old",
                words,
                ["换成 18 位的公民身份号码", "use the number of 18 characters"],
            );
        }
        Err(Misshapen::Length(length)) => {
            let words =
                [format!("身份证号码应为 18 位，这里有 {length} 位"), format!("an identity number has 18 characters, this one {length}")];
            return report.at(field, Weight::Error, "id-number-length", words, ["对照身份证逐位核对", "compare it with the card"]);
        }
        Err(Misshapen::Character) => {
            let words = [
                "身份证号码里有数字和末位 X 以外的字符".to_owned(),
                "the identity number has a character that is neither a digit nor a last X".to_owned(),
            ];
            return report.at(field, Weight::Error, "id-number-character", words, ["对照身份证逐位核对", "compare it with the card"]);
        }
    };
    if number.birth().is_none_or(|day| !YEARS.contains(&day.year)) {
        let words = ["身份证号码第 7 至 14 位不是一个日期".to_owned(), "characters 7 to 14 of the identity number are no date".to_owned()];
        report.at(field, Weight::ByStage, "id-number-date", words, ["对照身份证逐位核对", "compare it with the card"]);
    }
    if !number.check_is_right() {
        let words = [
            "身份证号码的校验码不对，有一位写错了".to_owned(),
            "the check digit of the identity number is wrong: one character is mistyped".to_owned(),
        ];
        report.at(field, Weight::ByStage, "id-number-check", words, ["对照身份证逐位核对", "compare it with the card"]);
    }
}

fn mobile(report: &mut Report<'_>, field: &Field, text: &str) {
    let bare: String = value::half_width(text.trim()).chars().filter(|ch| !matches!(ch, ' ' | '-' | '\u{3000}')).collect();
    let bare = bare.strip_prefix("+86").unwrap_or(&bare);
    // Mainland mobile numbers: 1, then 3 to 9, then nine digits.
    let right = matches!(bare.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit));
    if !right {
        let words = ["不是 11 位的手机号码".to_owned(), "this is not a mobile number of 11 digits".to_owned()];
        report.at(
            field,
            Weight::ByStage,
            "mobile",
            words,
            ["写成 11 位数字，1 开头；座机请写在别处", "write 11 digits beginning with 1; a landline belongs elsewhere"],
        );
    } else if bare != text {
        let words = [
            "手机号码里有 +86、空格、短横或全角数字".to_owned(),
            "the mobile number has +86, spaces, hyphens or full-width digits".to_owned(),
        ];
        report.at(field, Weight::Warning, "mobile-form", words, ["只写 11 位数字", "write the 11 digits only"]);
    }
}

fn postcode(report: &mut Report<'_>, field: &Field, text: &str) {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let words = ["邮编不是 6 位数字".to_owned(), "a postcode has six digits".to_owned()];
        report.at(field, Weight::ByStage, "postcode", words, ["写成 6 位半角数字", "write six ASCII digits"]);
    }
}

fn number(report: &mut Report<'_>, field: &Field, text: &str) {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !digits(fraction) {
        let words = ["这里应是一个数".to_owned(), "a number is wanted here".to_owned()];
        report.at(field, Weight::ByStage, "number", words, ["只写半角数字，单位不写", "write ASCII digits, without a unit"]);
    }
}

fn month(report: &mut Report<'_>, field: &Field, text: &str) {
    match value::month(text) {
        Some((year, month)) if YEARS.contains(&year) && (1..=12).contains(&month) => {}
        Some(_) => impossible(report, field),
        None => misspelt(report, field, value::month_respelt(text).is_some(), ["1985-03", "月份"], "a month"),
    }
}

fn date(report: &mut Report<'_>, field: &Field, text: &str) {
    match value::date(text) {
        Some(day @ Day { year, .. }) if YEARS.contains(&year) && value::day_exists(day) => {}
        Some(_) => impossible(report, field),
        None => misspelt(report, field, value::date_respelt(text).is_some(), ["2021-09-18", "日期"], "a date"),
    }
}

fn impossible(report: &mut Report<'_>, field: &Field) {
    let words = ["不可能有这样的年月日".to_owned(), "there can be no such date".to_owned()];
    report.at(field, Weight::ByStage, "impossible-date", words, ["核对年、月、日", "look at the year, the month and the day again"]);
}

fn misspelt(report: &mut Report<'_>, field: &Field, understood: bool, [example, zh]: [&str; 2], en: &str) {
    let words = [format!("{zh}应写成 {example} 的样子"), format!("{en} is written like {example}")];
    let help = if understood {
        [
            "意思看得懂，只是写法不同：改成年-月(-日)，补足两位；现在照原样印出",
            "it can be understood but is spelt another way: write year-month(-day) with two digits each; it is printed as it stands",
        ]
    } else {
        [
            "写成年-月(-日)，不知道就留空；现在照原样印出",
            "write year-month(-day), or leave it empty if it is not known; it is printed as it stands",
        ]
    };
    report.at(field, Weight::ByStage, "date-form", words, help);
}

fn choice(report: &mut Report<'_>, field: &Field, options: &[String], text: &str) {
    // Another value may be typed into a choice, so only the one that has no others is looked at.
    if options.iter().eq(SEXES.iter()) && !SEXES.contains(&text) {
        let words = ["性别应为男或女".to_owned(), "男 or 女 is wanted here".to_owned()];
        report.at(field, Weight::Warning, "sex", words, ["写成“男”或“女”", "write 男 or 女"]);
    }
}
