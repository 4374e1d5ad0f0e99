//! The report as a page to read and to print: one file, no script, nothing fetched.

use std::fmt::Write as _;

use super::words::{self, say};
use super::{Line, Problem, Report, State, UnitLine, mask};
use crate::diag::{Lang, visible};

/// One accent, the blue of official stationery; states differ by sign and word, so that they do on a black-and-white print, too.
const STYLE: &str = "\
:root{--ink:#1d2129;--soft:#5f6775;--line:#d9dde3;--wash:#f5f7f9;--accent:#1f5fa8}\
*{box-sizing:border-box}\
body{margin:0 auto;max-width:72rem;padding:2rem 1.5rem 4rem;color:var(--ink);background:#fff;\
font:16px/1.6 \"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\",\"Microsoft YaHei\",system-ui,sans-serif}\
h1{font-size:1.6rem;line-height:1.3;margin:0 0 .25rem}\
h2{font-size:1.1rem;margin:2.2rem 0 .6rem;padding-left:.6rem;border-left:4px solid var(--accent)}\
.lead{color:var(--soft);margin:0}\
.counts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.4rem 0 0;padding:0;list-style:none}\
.counts li{flex:1 1 7rem;padding:.7rem .9rem;border:1px solid var(--line);border-radius:6px;background:var(--wash)}\
.counts b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}\
.counts .first{border-color:var(--accent)}.counts .first b{color:var(--accent)}\
table{width:100%;border-collapse:collapse;font-size:.92rem}\
th,td{padding:.45rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
th{color:var(--soft);font-weight:600;white-space:nowrap;border-bottom:2px solid var(--accent)}\
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
.num+td,.num+th{padding-left:1.4rem}\
.name{font-weight:600;white-space:nowrap}\
.soft{display:block;color:var(--soft);font-weight:400;font-size:.85rem;overflow-wrap:anywhere;white-space:normal}\
.state{white-space:nowrap}.sign{display:inline-block;width:1.2em;color:var(--accent)}\
.held,.failed{font-weight:600}.held .sign,.failed .sign{color:var(--ink)}\
ul.problems{margin:0;padding:0;list-style:none}ul.problems li{position:relative;padding-left:1.4em}\
ul.problems li+li{margin-top:.3rem}ul.problems .sign{position:absolute;left:0}ul.problems .error .sign{color:var(--ink)}\
ul.problems+.soft{margin-top:.3rem}.wide{width:46%}\
.label{font-weight:600}.over{font-weight:600}\
ul.files{columns:2;margin:0;padding-left:1.2rem;overflow-wrap:anywhere}\
@media(max-width:48rem){body{padding:1rem .75rem}table{font-size:.85rem}th,td{padding:.35rem}}\
@media print{@page{size:A4;margin:14mm}body{max-width:none;padding:0;font-size:10.5pt}thead{display:table-header-group}\
tr,li{break-inside:avoid}h2{break-after:avoid}.counts{gap:.4rem}.counts li{background:none;flex:1 1 0;padding:.5rem .6rem}*{print-color-adjust:economy}}";

/// The report as one HTML page that needs no other file.
///
/// With `mask` names are 张*, and sources and files of people, whose paths may hold names, are left out.
pub fn html(report: &Report, lang: Lang, mask: bool) -> String {
    let mut page = Page { out: String::new(), lang, mask };
    page.page(report);
    page.out
}

struct Page {
    out: String,
    lang: Lang,
    mask: bool,
}

impl Page {
    fn page(&mut self, report: &Report) {
        let (lang, title) = (say(self.lang, "zh-CN", "en"), escaped(&report.title));
        let heading = say(self.lang, "批量处理报告", "report of the batch");
        self.add(format_args!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title} · {heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p class=\"lead\">{heading}</p>\n"
        ));
        self.counts(report);
        self.units(&report.units);
        self.people(&report.lines);
        self.notes(&report.notes);
        self.files(&report.files);
        self.add(format_args!("</body>\n</html>\n"));
    }

    fn counts(&mut self, report: &Report) {
        let lang = self.lang;
        let mut counts = vec![(report.lines.len(), say(lang, "人", "people"), " class=\"first\"")];
        for state in State::ALL.into_iter().filter(|state| report.count(*state) > 0) {
            counts.push((report.count(state), words::state(state, lang), ""));
        }
        counts.push((report.warned(), say(lang, "完成但有提醒", "done with warnings"), ""));
        counts.push((report.pages(), say(lang, "页", "pages"), ""));
        counts.push((usize::try_from(report.renders).unwrap_or(usize::MAX), say(lang, "次制作", "renders"), ""));
        self.add(format_args!("<ul class=\"counts\">\n"));
        for (number, words, class) in counts {
            let sign = State::ALL.into_iter().find(|state| words::state(*state, lang) == words).map_or("", sign);
            self.add(format_args!("<li{class}><b>{number}</b>{sign} {words}</li>\n"));
        }
        self.add(format_args!("</ul>\n"));
    }

    fn units(&mut self, units: &[UnitLine]) {
        if units.is_empty() {
            return;
        }
        let lang = self.lang;
        let heads =
            [say(lang, "推荐单位", "Unit"), say(lang, "名额", "Quota"), say(lang, "推荐", "Recommended"), say(lang, "问题", "Problems")];
        self.head(say(lang, "各单位", "Units"), &heads, &[1, 2]);
        for line in units {
            let unit = if line.unit.is_empty() { words::unknown(lang) } else { &line.unit };
            let unit = escaped(unit);
            let quota = line.quota.map_or_else(|| "–".to_owned(), |quota| quota.to_string());
            let over = if line.quota.is_some_and(|quota| line.recommended > quota) { " over" } else { "" };
            let recommended = line.recommended;
            self.add(format_args!("<tr><td>{unit}</td><td class=\"num\">{quota}</td><td class=\"num{over}\">{recommended}</td><td>"));
            self.problems(&line.problems);
            self.add(format_args!("</td></tr>\n"));
        }
        self.add(format_args!("</tbody>\n</table>\n"));
    }

    fn people(&mut self, lines: &[Line]) {
        let lang = self.lang;
        let heads = [
            say(lang, "序号", "No."),
            say(lang, "姓名", "Name"),
            say(lang, "推荐单位", "Unit"),
            say(lang, "状态", "State"),
            say(lang, "页数", "Pages"),
            say(lang, "问题", "Problems"),
        ];
        self.head(say(lang, "各人", "People"), &heads, &[0, 4]);
        for line in lines {
            self.person(line);
        }
        self.add(format_args!("</tbody>\n</table>\n"));
    }

    fn person(&mut self, line: &Line) {
        let lang = self.lang;
        let name = if self.mask { mask::name(&line.name) } else { line.name.clone() };
        let name = escaped(if name.is_empty() { words::unknown(lang) } else { &name });
        let unit = escaped(if line.unit.is_empty() { words::unknown(lang) } else { &line.unit });
        let looked_at = line.state == State::Done && !line.problems.is_empty();
        let sign = if looked_at { "▲" } else { sign(line.state) };
        let (n, code, state) = (line.n, line.state.code(), words::state(line.state, lang));
        self.add(format_args!("<tr><td class=\"num\">{n}</td><td class=\"name\">{name}"));
        if !self.mask && !line.place.is_empty() {
            self.add(format_args!("<span class=\"soft\">{}</span>", escaped(&line.place)));
        }
        let pages = if line.pages == 0 { "–".to_owned() } else { line.pages.to_string() };
        self.add(format_args!(
            "</td><td>{unit}</td><td class=\"state {code}\"><span class=\"sign\">{sign}</span>{state}</td><td class=\"num\">{pages}</td><td>"
        ));
        self.problems(&line.problems);
        if !self.mask && !line.files.is_empty() {
            let files = escaped(&line.files.join(say(lang, "、", ", ")));
            self.add(format_args!("<span class=\"soft\">{files}</span>"));
        }
        self.add(format_args!("</td></tr>\n"));
    }

    fn problems(&mut self, problems: &[Problem]) {
        if problems.is_empty() {
            return;
        }
        self.add(format_args!("<ul class=\"problems\">"));
        // What holds a dossier back is read first.
        for problem in problems.iter().filter(|one| one.error).chain(problems.iter().filter(|one| !one.error)) {
            self.problem(problem);
        }
        self.add(format_args!("</ul>"));
    }

    fn problem(&mut self, problem: &Problem) {
        let sign = if problem.error { "✕" } else { "▲" };
        let weight = if problem.error { say(self.lang, "错误", "error") } else { say(self.lang, "警告", "warning") };
        let place = mask::place(problem, self.mask);
        let class = if problem.error { " class=\"error\"" } else { "" };
        self.add(format_args!("<li{class}><span class=\"sign\" title=\"{weight}\">{sign}</span>"));
        if !place.is_empty() {
            self.add(format_args!("<span class=\"label\">{}</span>{}", escaped(place), words::colon(self.lang)));
        }
        self.add(format_args!("{}", escaped(problem.message(self.lang))));
        let help = problem.help(self.lang);
        if !help.is_empty() {
            self.add(format_args!("<span class=\"soft\">{}</span>", escaped(help)));
        }
        self.add(format_args!("</li>"));
    }

    fn notes(&mut self, notes: &[Problem]) {
        if notes.is_empty() {
            return;
        }
        self.add(format_args!("<h2>{}</h2>\n", say(self.lang, "其他", "Other notes")));
        self.problems(notes);
    }

    fn files(&mut self, files: &[String]) {
        if files.is_empty() {
            return;
        }
        self.add(format_args!("<h2>{}</h2>\n<ul class=\"files\">\n", say(self.lang, "总文件", "Files of all")));
        for file in files {
            self.add(format_args!("<li>{}</li>\n", escaped(file)));
        }
        self.add(format_args!("</ul>\n"));
    }

    /// A heading and the head of its table; the columns of numbers stand to the right.
    fn head(&mut self, title: &str, heads: &[&str], numbers: &[usize]) {
        self.add(format_args!("<h2>{title}</h2>\n<table>\n<thead><tr>"));
        for (at, head) in heads.iter().enumerate() {
            // The last column has the words, and takes the room.
            let class = match at {
                _ if numbers.contains(&at) => " class=\"num\"",
                _ if at + 1 == heads.len() => " class=\"wide\"",
                _ => "",
            };
            self.add(format_args!("<th{class} scope=\"col\">{head}</th>"));
        }
        self.add(format_args!("</tr></thead>\n<tbody>\n"));
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.out.write_fmt(text);
    }
}

/// A sign that differs in shape, not in colour alone.
fn sign(state: State) -> &'static str {
    match state {
        State::Done => "●",
        State::Held | State::Failed => "✕",
        State::Waiting => "–",
    }
}

/// A text that is only text, in content and between quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in visible(text).chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(ch),
        }
    }
    out
}
