//! Diagnostics for a terminal and for programs.

use std::fmt::Write;

use serde_json::{Value, json as object};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Diagnostic, Diagnostics, Lang, Place, Severity};

/// The longest source line that is shown whole, in columns; a longer one is shown around its mistake.
const WIDEST: usize = 160;

/// The diagnostics as text for people: severity, message, place with the source line and a caret, help.
///
/// One blank line stands between two of them, and the last line counts them. No diagnostics, no text.
pub fn print(diagnostics: &Diagnostics, lang: Lang) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.iter() {
        print_one(&mut out, diagnostic, lang);
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        out.push_str(&count(diagnostics, lang));
        out.push('\n');
    }
    out
}

/// The diagnostics as a JSON array for programs.
///
/// Each is `{severity, code, message, help?, place}`; the place says by its `kind` whether it is in a `template`
/// (`file`, `line`, `column`), a `file` as a whole (`file`), at a value of the `record` (`pointer`, `label`), in a `cell` of a workbook
/// (`file`, `sheet`, `cell`, `label`) or in the `input`'s text (`line`, `column`).
pub fn json(diagnostics: &Diagnostics, lang: Lang) -> Value {
    diagnostics.iter().map(|diagnostic| json_one(diagnostic, lang)).collect()
}

fn print_one(out: &mut String, diagnostic: &Diagnostic, lang: Lang) {
    let severity = match (diagnostic.severity, lang) {
        (Severity::Error, Lang::Zh) => "错误",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::Zh) => "警告",
        (Severity::Warning, Lang::En) => "warning",
    };
    let gutter = match &diagnostic.place {
        Place::Template { line, .. } if !is_whole(&diagnostic.place) => line.to_string().len(),
        _ => 1,
    };
    let _ = writeln!(out, "{severity}[{}]: {}", diagnostic.code, visible(diagnostic.message.text(lang)));
    let _ = writeln!(out, "{:gutter$}--> {}", "", where_it_is(&diagnostic.place, lang));
    if let Place::Template { line, column, excerpt, width, .. } = &diagnostic.place
        && !is_whole(&diagnostic.place)
    {
        let (source, before, under) = marked(excerpt, *column, *width);
        let _ = writeln!(out, "{:gutter$} |", "");
        let _ = writeln!(out, "{line} | {source}");
        let _ = writeln!(out, "{:gutter$} | {:before$}{}", "", "", "^".repeat(under));
    }
    if let Some(help) = &diagnostic.help {
        let word = match lang {
            Lang::Zh => "提示",
            Lang::En => "help",
        };
        let _ = writeln!(out, "{:gutter$} = {word}: {}", "", visible(help.text(lang)));
    }
}

/// Whether a place in a template has nothing to show: the file is empty, or is not there.
fn is_whole(place: &Place) -> bool {
    matches!(place, Place::Template { line: 1, column: 1, excerpt, .. } if excerpt.is_empty())
}

fn where_it_is(place: &Place, lang: Lang) -> String {
    match (place, lang) {
        (Place::File { file }, _) => visible(file),
        (Place::Template { file, .. }, _) if is_whole(place) => visible(file),
        (Place::Template { file, line, column, .. }, _) => format!("{}:{line}:{column}", visible(file)),
        (Place::Record { pointer, label }, _) if label.is_empty() => visible(if pointer.is_empty() { "/" } else { pointer }),
        (Place::Record { pointer, label }, Lang::Zh) => format!("{}（{}）", visible(pointer), visible(label)),
        (Place::Record { pointer, label }, Lang::En) => format!("{} ({})", visible(pointer), visible(label)),
        (Place::Cell { file, sheet, cell, label, .. }, _) if label.is_empty() => visible(&format!("{file} {sheet}!{cell}")),
        (Place::Cell { file, sheet, cell, label, .. }, Lang::Zh) => visible(&format!("{file} {sheet}!{cell}（{label}）")),
        (Place::Cell { file, sheet, cell, label, .. }, Lang::En) => visible(&format!("{file} {sheet}!{cell} ({label})")),
        (Place::Input { line, column }, Lang::Zh) => format!("第 {line} 行第 {column} 列"),
        (Place::Input { line, column }, Lang::En) => format!("line {line}, column {column}"),
    }
}

/// The source line as it is shown, the columns before the mark and the columns of the mark.
fn marked(excerpt: &str, column: usize, width: usize) -> (String, usize, usize) {
    let shown: Vec<String> = excerpt.chars().map(visible_char).collect();
    let widths: Vec<usize> = shown.iter().map(|piece| piece.width()).collect();
    let first = column.saturating_sub(1).min(shown.len());
    let last = first.saturating_add(width.max(1)).min(shown.len());
    let sum = |from: usize, to: usize| widths.get(from..to).map_or(0, |part| part.iter().sum::<usize>());

    // A line that is too wide is shown from a little before the mark to a little after it.
    let (mut from, mut to) = (0, shown.len());
    if sum(0, shown.len()) > WIDEST {
        while from < first && sum(from, first) > WIDEST / 2 {
            from += 1;
        }
        while to > last && sum(last, to) > WIDEST / 2 {
            to -= 1;
        }
    }
    let mut source = String::new();
    let cut = if from > 0 { "…" } else { "" };
    source.push_str(cut);
    source.extend(shown.get(from..to).unwrap_or_default().iter().map(String::as_str));
    if to < shown.len() {
        source.push('…');
    }
    let under = sum(first, last).clamp(1, WIDEST);
    (source, cut.width() + sum(from, first), under)
}

/// The text without characters that could move the cursor, hide or turn round what follows.
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

fn visible_char(ch: char) -> String {
    let turns = matches!(ch, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    match ch {
        '\t' => "    ".to_owned(),
        _ if ch.is_control() || turns || ch.width().is_none() => format!("\\u{{{:X}}}", u32::from(ch)),
        _ => ch.to_string(),
    }
}

fn count(diagnostics: &Diagnostics, lang: Lang) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    let parts = match lang {
        Lang::Zh => [format!("{errors} 个错误"), format!("{warnings} 个警告")],
        Lang::En => [plural(errors, "error"), plural(warnings, "warning")],
    };
    let shown: Vec<&str> = parts.iter().zip([errors, warnings]).filter(|(_, number)| *number > 0).map(|(part, _)| part.as_str()).collect();
    match lang {
        Lang::Zh => format!("共 {}", shown.join("，")),
        Lang::En => shown.join(", "),
    }
}

fn plural(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn json_one(diagnostic: &Diagnostic, lang: Lang) -> Value {
    let place = match &diagnostic.place {
        Place::Template { file, line, column, .. } => object!({"kind": "template", "file": file, "line": line, "column": column}),
        Place::File { file } => object!({"kind": "file", "file": file}),
        Place::Record { pointer, label } => object!({"kind": "record", "pointer": pointer, "label": label}),
        Place::Cell { file, sheet, cell, label, .. } => {
            object!({"kind": "cell", "file": file, "sheet": sheet, "cell": cell, "label": label})
        }
        Place::Input { line, column } => object!({"kind": "input", "line": line, "column": column}),
    };
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut value = object!({"severity": severity, "code": diagnostic.code, "message": diagnostic.message.text(lang), "place": place});
    if let (Some(help), Some(members)) = (&diagnostic.help, value.as_object_mut()) {
        members.insert("help".to_owned(), Value::from(help.text(lang)));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Message;

    fn at(excerpt: &str, line: usize, column: usize, width: usize) -> Place {
        Place::Template { file: "templates/recommendation/form.hbs".into(), line, column, excerpt: excerpt.into(), width }
    }

    fn list(diagnostics: impl IntoIterator<Item = Diagnostic>) -> Diagnostics {
        let mut list = Diagnostics::default();
        list.extend(diagnostics);
        list
    }

    #[test]
    fn a_template_mistake_has_its_line_and_carets() {
        let place = at("        <td colpsan=\"4\"></td>", 59, 13, 7);
        let one = Diagnostic::error("unknown-attribute", place, Message::new("未知属性 `colpsan`", "unknown attribute `colpsan`"))
            .with_help(Message::new("是不是 `colspan`？", "did you mean `colspan`?"));
        let want = concat!(
            "error[unknown-attribute]: unknown attribute `colpsan`\n",
            "  --> templates/recommendation/form.hbs:59:13\n",
            "   |\n",
            "59 |         <td colpsan=\"4\"></td>\n",
            "   |             ^^^^^^^\n",
            "   = help: did you mean `colspan`?\n",
            "\n",
            "1 error\n",
        );
        assert_eq!(print(&list([one.clone()]), Lang::En), want);
        assert!(print(&list([one]), Lang::Zh).starts_with("错误[unknown-attribute]: 未知属性"));
    }

    #[test]
    fn a_cell_is_named_as_workbooks_name_it() {
        let place = |label: &str| Place::Cell {
            file: "a.xlsx".into(),
            sheet: "人员".into(),
            cell: "C5".into(),
            label: label.into(),
            pointer: String::new(),
        };
        for (label, lang, want) in [
            ("身份证号码", Lang::Zh, "a.xlsx 人员!C5（身份证号码）"),
            ("身份证号码", Lang::En, "a.xlsx 人员!C5 (身份证号码)"),
            ("", Lang::En, "a.xlsx 人员!C5"),
        ] {
            assert_eq!(where_it_is(&place(label), lang), want);
        }
        let one = list([Diagnostic::error("digits-lost", place("姓名"), Message::new("错", "wrong"))]);
        let want = object!({"kind": "cell", "file": "a.xlsx", "sheet": "人员", "cell": "C5", "label": "姓名"});
        assert_eq!(json(&one, Lang::Zh)[0]["place"], want);
    }

    #[test]
    fn chinese_characters_are_two_columns_wide() {
        for (excerpt, column, width, before, under) in [
            ("<th>姓名</th><td x=\"\">", 14, 1, 15, 1),
            ("<th>姓名</th>", 5, 2, 4, 4),
            ("\t<th>", 2, 4, 4, 4),
            ("ab", 9, 3, 2, 1),
            ("", 1, 1, 0, 1),
        ] {
            let (_, got_before, got_under) = marked(excerpt, column, width);
            assert_eq!((got_before, got_under), (before, under), "{excerpt}");
        }
    }

    #[test]
    fn a_very_long_line_is_shown_around_its_mistake() {
        let excerpt = format!("{}错{}", "字".repeat(500), "字".repeat(500));
        let (source, before, under) = marked(&excerpt, 501, 1);
        assert!(source.width() < 180 && source.starts_with('…') && source.ends_with('…'));
        let shown: String = source
            .chars()
            .scan(0, |at, ch| {
                let here = *at;
                *at += ch.width().unwrap_or(0);
                Some((here, ch))
            })
            .filter(|(here, _)| *here == before)
            .map(|(_, ch)| ch)
            .collect();
        assert_eq!((shown.as_str(), under), ("错", 2));
    }

    #[test]
    fn places_in_records_name_pointer_and_label() {
        let place = Place::Record { pointer: "/resume/0/period".into(), label: "起止年月".into() };
        let text = print(&list([Diagnostic::warning("period-order", place, Message::new("次序", "order"))]), Lang::Zh);
        assert_eq!(text, "警告[period-order]: 次序\n --> /resume/0/period（起止年月）\n\n共 1 个警告\n");
    }

    #[test]
    fn nothing_moves_the_terminal() {
        let place = Place::Record { pointer: "/a\u{1b}[2J\u{202e}".into(), label: String::new() };
        let text = print(&list([Diagnostic::error("unknown-key", place, Message::new("x\r", "x\r"))]), Lang::En);
        assert!(text.chars().all(|ch| ch == '\n' || !ch.is_control()) && !text.contains('\u{202e}'), "{text:?}");
    }

    #[test]
    fn programs_get_the_place_by_kind() {
        let place = Place::Input { line: 3, column: 14 };
        let value = json(&list([Diagnostic::error("json-syntax", place, Message::new("坏了", "broken"))]), Lang::En);
        let want = object!([{"severity": "error", "code": "json-syntax", "message": "broken",
            "place": {"kind": "input", "line": 3, "column": 14}}]);
        assert_eq!(value, want);
        let place = Place::File { file: "fonts/own.otf".into() };
        let value = json(&list([Diagnostic::error("print-only-font", place, Message::new("", ""))]), Lang::En);
        assert_eq!(value[0]["place"], object!({"kind": "file", "file": "fonts/own.otf"}));
    }

    #[test]
    fn a_place_without_a_line_to_show_is_its_file() {
        let words = Message::new("没有", "missing");
        let file = || "templates/x/form.hbs".to_owned();
        let nothing = Place::Template { file: file(), line: 1, column: 1, excerpt: String::new(), width: 1 };
        for place in [nothing, Place::File { file: file() }] {
            let text = print(&list([Diagnostic::error("missing-file", place, words.clone())]), Lang::En);
            assert_eq!(text, "error[missing-file]: missing\n --> templates/x/form.hbs\n\n1 error\n");
        }
        let empty_line = Place::Template { file: file(), line: 3, column: 1, excerpt: String::new(), width: 1 };
        assert!(print(&list([Diagnostic::error("x", empty_line, words)]), Lang::En).contains("form.hbs:3:1\n"));
    }

    #[test]
    fn the_count_names_both_kinds() {
        let place = || Place::Input { line: 1, column: 1 };
        let some = list([
            Diagnostic::error("a", place(), Message::new("", "")),
            Diagnostic::error("b", place(), Message::new("", "")),
            Diagnostic::warning("c", place(), Message::new("", "")),
        ]);
        assert!(print(&some, Lang::Zh).ends_with("共 2 个错误，1 个警告\n"));
        assert!(print(&some, Lang::En).ends_with("2 errors, 1 warning\n"));
        assert_eq!(print(&Diagnostics::default(), Lang::En), "");
    }
}
