//! The workbook that people fill in: a row for each person, a sheet for each list, drop-downs, everything as text.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, FormatBorder, Formula, IgnoreError, Workbook,
    Worksheet,
};

use super::columns::{Column, Columns, List};
use super::style::{self, failed};
use crate::error::Error;
use crate::form::{FieldKind, FontRole, TextFormat};
use crate::record::value::SEXES;

/// The sheet of people.
pub(super) const PEOPLE: &str = "人员";
/// The sheet that says how it is done; by these words in its first cell it is known again.
pub(super) const GUIDE: &str = "填写说明";
/// The hidden sheet of values to choose from, known again in the same way.
pub(super) const OPTIONS: &str = "选项";

/// Rows that are made ready to be filled in.
const READY: u32 = 500;
/// Rows that drop-downs and hints reach, further than anybody types.
const REACH: u32 = 20_000;
/// The row of keys; data begins below it.
const KEYS: u32 = 1;
/// A drop-down holds so many characters of its own (Excel).
const LIST: usize = 255;

/// The workbook that people fill in, as bytes; equal columns give equal bytes.
pub fn blank(columns: &Columns) -> Result<Vec<u8>, Error> {
    let mut workbook = style::workbook(&columns.title)?;
    let people: Vec<&Column> = columns.people.iter().filter(|column| column.given).collect();
    let mut options = Options::default();
    let sheet = workbook.add_worksheet();
    fill(sheet, PEOPLE, &people, &mut options)?;
    for list in &columns.lists {
        let links = columns.links();
        // Whose row it is need not be said twice; that it is said, is checked when it is read.
        let links: Vec<Column> = links.into_iter().map(|link| Column { required: false, ..link.clone() }).collect();
        let all: Vec<&Column> = links.iter().chain(list.columns.iter().filter(|column| column.given)).collect();
        fill(workbook.add_worksheet(), &style::sheet_name(&list.title), &all, &mut options)?;
    }
    guide(workbook.add_worksheet(), columns)?;
    options.write(&mut workbook)?;
    workbook.save_to_buffer().map_err(failed)
}

/// Lists that are too long for a cell's own drop-down.
#[derive(Default)]
struct Options {
    lists: Vec<Vec<String>>,
}

impl Options {
    /// A drop-down of these values.
    fn list(&mut self, options: &[String]) -> Result<DataValidation, Error> {
        let length: usize = options.iter().map(|option| option.encode_utf16().count() + 1).sum();
        // A comma parts the values of a short list.
        if length <= LIST && !options.iter().any(|option| option.contains([',', '"'])) {
            return DataValidation::new().allow_list_strings(options).map_err(failed);
        }
        let at = self.lists.iter().position(|known| known == options).unwrap_or_else(|| {
            self.lists.push(options.to_vec());
            self.lists.len() - 1
        });
        let column = super::grid::column_name(u32::try_from(at).unwrap_or(0));
        let range = format!("={OPTIONS}!${column}$2:${column}${}", options.len() + 1);
        Ok(DataValidation::new().allow_list_formula(Formula::new(range)))
    }

    fn write(&self, workbook: &mut Workbook) -> Result<(), Error> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(OPTIONS).map_err(failed)?.set_hidden(true);
        sheet.write_string(0, 0, OPTIONS).map_err(failed)?;
        for (column, list) in (0_u16..).zip(&self.lists) {
            for (row, option) in (1_u32..).zip(list) {
                sheet.write_string(row, column, option).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// A sheet with its two heads and its rows.
fn fill(sheet: &mut Worksheet, name: &str, columns: &[&Column], options: &mut Options) -> Result<(), Error> {
    sheet.set_name(name).map_err(failed)?;
    let label = style::cell(FontRole::Song, 11.0, FormatAlign::Center).set_bold().set_num_format(style::TEXT);
    let label = label.set_border(FormatBorder::Thin).set_background_color(Color::RGB(0x00E8_EEF4));
    let wanted = label.clone().set_font_color(Color::RGB(0x00B0_0000));
    let key = style::ruled(Format::new().set_font_size(8).set_font_color(Color::RGB(0x0080_8080)).set_align(FormatAlign::Center));
    let mut highest = 1;
    for (at, column) in (0_u16..).zip(columns) {
        let text = if column.required { format!("*{}", column.label) } else { column.label.clone() };
        let wide = width(column);
        highest = highest.max(lines(&text, wide));
        let long = column.kind == FieldKind::TextArea;
        let align = if long { FormatAlign::Left } else { FormatAlign::Center };
        let cell = style::ruled(style::cell(FontRole::Song, 11.0, align));
        sheet.set_column_width(at, wide).map_err(failed)?;
        // The column below the rows that are ready is text, too.
        sheet.set_column_format(at, &Format::new().set_num_format(style::TEXT)).map_err(failed)?;
        sheet.write_string_with_format(0, at, &text, if column.required { &wanted } else { &label }).map_err(failed)?;
        sheet.write_string_with_format(KEYS, at, &column.key, &key).map_err(failed)?;
        for row in KEYS + 1..=KEYS + READY {
            sheet.write_blank(row, at, &cell).map_err(failed)?;
        }
        if let Some(rule) = rule(column, options)? {
            sheet.add_data_validation(KEYS + 1, at, KEYS + REACH, at, &rule).map_err(failed)?;
        }
    }
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    sheet.set_row_height(0, f64::from(highest) * 15.0 + 6.0).map_err(failed)?;
    sheet.set_row_height(KEYS, 12.0).map_err(failed)?;
    sheet.set_freeze_panes(KEYS + 1, 1).map_err(failed)?;
    sheet.set_repeat_rows(0, 0).map_err(failed)?;
    sheet.set_landscape().set_paper_size(9);
    sheet.ignore_error_range(KEYS + 1, 0, KEYS + REACH, last, IgnoreError::NumberStoredAsText).map_err(failed)?;
    Ok(())
}

/// A column's width in characters.
fn width(column: &Column) -> f64 {
    match column.kind {
        FieldKind::Text(TextFormat::IdNumber) => 22.0,
        FieldKind::Text(TextFormat::Mobile) => 14.0,
        FieldKind::Text(TextFormat::Postcode | TextFormat::Number) | FieldKind::Month | FieldKind::Check => 11.0,
        FieldKind::Date => 13.0,
        FieldKind::TextArea => 40.0,
        FieldKind::Choice(_) if column.options.iter().all(|option| option.chars().count() <= 3) => 9.0,
        _ => 18.0,
    }
}

/// How many lines a head takes in a column of so many characters.
fn lines(text: &str, wide: f64) -> u32 {
    let (mut lines, mut at) = (1, 0.0);
    for ch in text.chars() {
        let one = if ch.is_ascii() { 1.2 } else { 2.4 };
        at += one;
        if at > wide {
            (lines, at) = (lines + 1, one);
        }
    }
    lines
}

/// What a column offers and asks for; nothing is refused, since the check says more when it is read.
fn rule(column: &Column, options: &mut Options) -> Result<Option<DataValidation>, Error> {
    let long = |length: u32| DataValidation::new().allow_text_length(DataValidationRule::EqualTo(length));
    let (rule, hint, wrong) = match &column.kind {
        _ if !column.options.is_empty() => {
            let rule = options.list(&column.options)?;
            if column.options != SEXES {
                // Another value may be typed: it is not even asked about.
                return Ok(Some(rule.show_error_message(false)));
            }
            (rule, "", "请填 男 或 女")
        }
        FieldKind::Month => (long(7), "年月，写成 1985-03", "请写成 1985-03：四位年、短横、两位月"),
        FieldKind::Date => (long(10), "日期，写成 2021-09-18", "请写成 2021-09-18：四位年、两位月、两位日"),
        FieldKind::Text(TextFormat::IdNumber) => {
            (long(18), "18 位身份证号码；这一栏是文本格式，请勿改成数字", "身份证号码应为 18 位，最后一位可以是 X")
        }
        FieldKind::Text(TextFormat::Mobile) => (long(11), "11 位手机号码", "手机号码应为 11 位数字"),
        FieldKind::Text(TextFormat::Postcode) => (long(6), "6 位邮编", "邮编应为 6 位数字，开头的 0 也要写"),
        FieldKind::Photo => {
            let rule = DataValidation::new().allow_any_value();
            let hint = "照片的文件名，如 照片/张三.jpg；可以不填，照片按身份证号码或姓名自动查找";
            return rule.set_input_message(hint).map(Some).map_err(failed);
        }
        _ => return Ok(None),
    };
    let rule = rule.set_error_style(DataValidationErrorStyle::Warning).set_error_message(wrong).map_err(failed)?;
    let rule = rule.set_error_title("请核对").map_err(failed)?;
    if hint.is_empty() { Ok(Some(rule)) } else { rule.set_input_message(hint).map(Some).map_err(failed) }
}

/// The sheet that says how it is done.
fn guide(sheet: &mut Worksheet, columns: &Columns) -> Result<(), Error> {
    sheet.set_name(GUIDE).map_err(failed)?;
    let title = style::cell(FontRole::Hei, 14.0, FormatAlign::Left).set_num_format(style::TEXT);
    let text = style::cell(FontRole::Song, 11.0, FormatAlign::Left).set_num_format(style::TEXT).set_align(FormatAlign::Top);
    sheet.set_column_width(0, 96).map_err(failed)?;
    sheet.write_string_with_format(0, 0, GUIDE, &title).map_err(failed)?;
    for (row, line) in (1_u32..).zip(advice(columns)) {
        let high = f64::from(lines(&line, 92.0)) * 16.0 + 2.0;
        sheet.write_string_with_format(row, 0, &line, &text).map_err(failed)?;
        sheet.set_row_height(row, high).map_err(failed)?;
    }
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn advice(columns: &Columns) -> Vec<String> {
    let links: Vec<&str> = columns.links().into_iter().map(|link| link.label.as_str()).collect();
    let links = links.join("或");
    let mut lines = vec![
        format!("用于：《{}》等。", columns.title),
        format!("1. “{PEOPLE}”表每人一行，从第 3 行起填。带 * 的是必填项。第 2 行灰色的字供程序识别，请保留。"),
        "2. 列可以移动、隐藏，不用的列可以空着；表可以改名。".to_owned(),
        "3. 所有单元格都是文本格式。请勿改成数字或日期：身份证号码会丢掉末几位，邮编会丢掉开头的 0，年月会变样。".to_owned(),
        "4. 从别处复制时，请用“选择性粘贴 → 数值（或文本）”，格式就不会变。".to_owned(),
        "5. 年月写成 1985-03，日期写成 2021-09-18。".to_owned(),
        "6. 长文字可以换行：Excel、WPS 里按 Alt+Enter。".to_owned(),
        "7. 下拉框里没有的，可以直接填写。".to_owned(),
    ];
    for List { title, .. } in &columns.lists {
        lines.push(format!("{}. “{title}”表每条一行，先写这一行是谁的（{links}），同一人的各行按先后排列。", lines.len()));
    }
    if columns.people.iter().any(|column| column.kind == FieldKind::Photo) {
        lines.push(format!("{}. 照片放在一个文件夹里，用身份证号码或姓名作文件名；也可以在“照片”一列写文件名。", lines.len()));
    }
    lines
}
