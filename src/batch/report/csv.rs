//! The report as a table for spreadsheets: a row for each person, then one for each problem of a unit or of nobody.

use std::borrow::Cow;

use super::{Problem, Report, mask, words};
use crate::diag::Lang;

/// Excel takes a file for UTF-8 only where it begins with the mark.
const MARK: &str = "\u{FEFF}";

/// The report as CSV (RFC 4180): UTF-8 with a byte order mark, CRLF at the ends of rows.
///
/// No cell can become a formula: one that begins like a formula has a `'` before it. With `mask` names are 张*, and sources and
/// files, whose paths may hold names, are left out.
pub fn csv(report: &Report, lang: Lang, mask: bool) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    let heads = match lang {
        Lang::Zh => ["序号", "姓名", "推荐单位", "来源", "状态", "页数", "错误", "警告", "问题", "文件", "渲染次数"],
        Lang::En => ["No.", "Name", "Unit", "Source", "State", "Pages", "Errors", "Warnings", "Problems", "Files", "Renders"],
    };
    // Writing to memory cannot fail, and all rows have as many cells.
    let _ = writer.write_record(heads);
    for line in &report.lines {
        let name = if mask { Cow::Owned(mask::name(&line.name)) } else { Cow::Borrowed(line.name.as_str()) };
        let errors = line.problems.iter().filter(|problem| problem.error).count();
        let said: Vec<String> = line.problems.iter().map(|problem| said(problem, lang, mask)).collect();
        let (place, files) = if mask { ("", String::new()) } else { (line.place.as_str(), line.files.join(words::semicolon(lang))) };
        let cells = [
            line.n.to_string(),
            plain(&name),
            plain(&line.unit),
            plain(place),
            words::state(line.state, lang).to_owned(),
            line.pages.to_string(),
            errors.to_string(),
            (line.problems.len() - errors).to_string(),
            plain(&said.join(words::semicolon(lang))),
            plain(&files),
            line.renders.to_string(),
        ];
        let _ = writer.write_record(cells);
    }
    // What is no single person's stands below: of units, and of nobody.
    let units = report.units.iter().flat_map(|unit| unit.problems.iter().map(|problem| (unit.unit.as_str(), problem)));
    for (unit, problem) in units.chain(report.notes.iter().map(|note| ("", note))) {
        let mut cells: [String; 11] = Default::default();
        cells[2] = plain(unit);
        cells[3] = if mask { String::new() } else { plain(&problem.place) };
        cells[if problem.error { 6 } else { 7 }] = "1".to_owned();
        cells[8] = plain(&said(problem, lang, mask));
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

fn said(problem: &Problem, lang: Lang, mask: bool) -> String {
    let weight = if problem.error { words::say(lang, "错误", "error") } else { words::say(lang, "警告", "warning") };
    let place = mask::place(problem, mask);
    let (open, close) = if lang == Lang::Zh { ("【", "】") } else { ("[", "] ") };
    let colon = if place.is_empty() { "" } else { words::colon(lang) };
    format!("{open}{weight}{close}{place}{colon}{}", problem.message(lang))
}

/// A cell that no spreadsheet takes for a formula, nor for more than one cell.
fn plain(text: &str) -> String {
    let text = text.replace('\0', "");
    let formula = |ch: char| "=+-@＝＋－＠\t\r\n|%".contains(ch);
    // Some programs look behind white space.
    if text.starts_with(formula) || text.trim_start().starts_with(formula) { format!("'{text}") } else { text }
}
