//! What came back filled in: what changed, what to look at, the record to keep.

use super::html::{El, el};
use super::parts::{Tone, note, problems};
use super::words::say;
use crate::batch::Problem;
use crate::diag::Lang;
use crate::readback::Content;

/// One file that came back.
pub struct Returned {
    /// Its name.
    pub file: String,
    /// Whose it is, where the file tells.
    pub person: String,
    /// What to look at; or why it cannot be read.
    pub problems: Vec<Problem>,
    /// What it says, where it could be read.
    pub read: Option<Read>,
}

/// What a file says.
pub struct Read {
    /// The record as JSON.
    pub record: String,
    /// What is not as it was.
    pub changes: Vec<Changed>,
}

/// A value that is not as it was.
pub struct Changed {
    /// What the paper calls its field, or its name.
    pub label: String,
    /// What it was; nothing where only that it was another is known.
    pub before: Option<Content>,
    /// What it is.
    pub after: Content,
    /// Whether the file has no place for it.
    pub lost: bool,
}

/// What the files were compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The record that was sent along.
    Sent,
    /// What each file remembers of the day it was made.
    Issued,
}

/// The page.
pub fn back(files: &[Returned], against: Against, lang: Lang) -> Vec<El> {
    let lead = match against {
        Against::Sent => say(lang, "与一起传来的记录比较。", "Compared with the record that was sent along."),
        Against::Issued => say(lang, "与发出时填在表里的内容比较。", "Compared with what each file remembers of the day it was made."),
    };
    let mut page = vec![el("h1").text(say(lang, "收回的表", "Forms that came back")), el("p").class("lead").text(lead)];
    page.extend(files.iter().enumerate().map(|(at, file)| one(at, file, lang)));
    page.push(el("p").class("below").put(el("a").attr("href", "/#back").text(say(lang, "← 再读几份", "← read more"))));
    page
}

fn one(at: usize, file: &Returned, lang: Lang) -> El {
    let id = format!("file-{at}");
    let title = el("h2").attr("id", id.clone()).value(&file.file);
    let section = el("section").class("sheet").attr("aria-labelledby", id);
    let found = (!file.problems.is_empty()).then(|| el("div").class("below").put(problems(&file.problems, usize::MAX, lang)));
    let Some(read) = &file.read else {
        let words = say(lang, "这份读不出来。", "This one cannot be read.");
        return section.put(title).put(note(Tone::Wrong, words)).all(found).all(next_steps(&file.problems, lang));
    };
    let person = (!file.person.is_empty()).then(|| el("p").class("soft").value(&file.person));
    let save = el("form")
        .attr("method", "post")
        .attr("action", "/back/record")
        .attr("enctype", "multipart/form-data")
        .put(el("input").attr("type", "hidden").attr("name", "name").attr("value", stem(&file.file).to_owned()))
        .put(el("input").attr("type", "hidden").attr("name", "record").attr("value", read.record.clone()))
        .put(el("button").attr("type", "submit").text(say(lang, "存为记录（JSON）", "Keep the record (JSON)")));
    let changes = match read.changes.len() {
        0 => note(Tone::Fine, say(lang, "没有改动。", "Nothing changed.")),
        count => el("div")
            .class("below")
            .put(el("h3").text(match lang {
                Lang::Zh => format!("改了 {count} 处"),
                Lang::En => format!("{count} changes"),
            }))
            .put(table(&read.changes, lang)),
    };
    section.put(el("div").class("row apart").put(el("div").put(title).all(person)).put(save)).put(changes).all(found)
}

fn next_steps(problems: &[Problem], lang: Lang) -> Vec<El> {
    let helps = problems.iter().map(|problem| problem.help(lang)).filter(|help| !help.is_empty());
    helps.map(|help| el("p").class("soft").value(help)).collect()
}

fn table(changes: &[Changed], lang: Lang) -> El {
    let heads = [say(lang, "栏目", "Field"), say(lang, "原来", "Before"), say(lang, "现在", "Now")];
    let head = el("tr").all(heads.map(|words| el("th").attr("scope", "col").text(words)));
    let rows = changes.iter().map(|change| {
        let lost = change
            .lost
            .then(|| el("span").class("soft small").text(say(lang, "（文件里没有它的位置）", " (the file has no place for it)")));
        el("tr")
            .put(el("th").attr("scope", "row").value(&change.label).all(lost))
            .put(el("td").put(match &change.before {
                Some(before) => told(before, "del", lang),
                None => el("span").class("soft").text(say(
                    lang,
                    "（另有内容，文件没有记下原文）",
                    "(something else; the file does not remember the words)",
                )),
            }))
            .put(el("td").put(told(&change.after, "ins", lang)))
    });
    let table = el("table").class("changes").put(el("thead").put(head)).put(el("tbody").all(rows));
    el("div").class("list").put(table)
}

fn told(content: &Content, name: &'static str, lang: Lang) -> El {
    match content {
        Content::Text(text) if text.is_empty() => nothing(lang),
        Content::Text(text) => {
            text.split('\n').enumerate().fold(el(name), |el, (at, line)| if at == 0 { el.value(line) } else { el.text("\n").value(line) })
        }
        Content::Ticked(true) => el(name).text("✓"),
        Content::Ticked(false) | Content::Picture(None) => nothing(lang),
        Content::Picture(Some(picture)) => {
            let size = picture.len().div_ceil(1024);
            el(name).text(match lang {
                Lang::Zh => format!("照片，{size} KB"),
                Lang::En => format!("a photo, {size} KB"),
            })
        }
    }
}

fn nothing(lang: Lang) -> El {
    el("span").class("soft").text(say(lang, "（空）", "(empty)"))
}

/// A file's name without its ending.
pub fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
