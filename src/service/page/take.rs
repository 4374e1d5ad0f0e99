//! Step 4: what is made, and what is taken away.

use super::address;
use super::html::{El, el};
use super::parts::{Tone, note, problems};
use super::people::Row;
use super::words::{Mark, people as people_words, say};
use crate::diag::Lang;

/// What the page shows.
pub struct Take<'t> {
    /// The batch.
    pub id: &'t str,
    /// The form's title.
    pub title: &'t str,
    /// Everybody.
    pub rows: &'t [Row],
    /// What was asked for the last time, or what is offered the first time.
    pub wishes: Wishes,
    /// What was made; none before the first time.
    pub made: Option<Made>,
    /// Whether people were changed after it was made.
    pub stale: bool,
    /// What happened a moment ago.
    pub said: Option<(Tone, String)>,
}

/// What is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// A PDF to print for each person.
    pub pdf: bool,
    /// A PDF to fill in for each person.
    pub fillable: bool,
    /// A Word file for each person.
    pub docx: bool,
    /// Sheets with masked numbers, for a public list.
    pub mask: bool,
    /// People with errors, too, as drafts.
    pub draft: bool,
    /// Pictures in colour.
    pub colour: bool,
}

/// What was made.
pub struct Made {
    /// How many dossiers.
    pub dossiers: usize,
    /// How many pages.
    pub pages: usize,
    /// Files for all: print runs, sheets, letters, as paths below the output.
    pub files: Vec<String>,
    /// The files of each person, by entry.
    pub own: Vec<(usize, Vec<String>)>,
}

/// The page.
pub fn take(view: &Take<'_>, lang: Lang) -> Vec<El> {
    let heading = el("div").put(el("h1").text(say(lang, "出件", "Take away"))).put(el("p").class("soft").value(view.title));
    let mut page = vec![heading];
    page.extend(view.said.as_ref().map(|(tone, words)| note(*tone, words.clone())));
    let Some(made) = &view.made else {
        page.push(wishes(view, lang, false));
        return page;
    };
    if view.stale {
        let words = say(lang, "出件以后又改过；再出一次，成品才是新的。", "Something was changed since; make the documents again to have it in them.");
        page.push(note(Tone::Plain, words));
    }
    page.push(goods(view, made, lang));
    page.extend(failures(view, lang));
    page.extend(own(view, made, lang));
    page.push(wishes(view, lang, true));
    page
}

fn wishes(view: &Take<'_>, lang: Lang, again: bool) -> El {
    let wrong = view.rows.iter().filter(|row| matches!(row.mark, Mark::Wrong | Mark::Failed)).count();
    let ready = view.rows.len() - wrong;
    let tick = |name: &'static str, on: bool, words: &'static str, hint: &'static str| {
        el("label")
            .class("tick")
            .put(el("input").attr("type", "checkbox").attr("name", name).attr("value", "1").flag("checked", on))
            .put(el("span").put(el("b").text(words)).put(el("span").class("soft small").text(hint)))
    };
    let wished = view.wishes;
    let each = el("fieldset")
        .put(el("legend").put(el("h3").text(say(lang, "每人一份", "One for each person"))))
        .put(tick("pdf", wished.pdf, "PDF", say(lang, "整册：推荐表、事迹材料、复印件", "the whole dossier")))
        .put(tick("fillable", wished.fillable, say(lang, "可填写 PDF", "Fillable PDF"), say(lang, "推荐表，还能接着改", "the form, to be changed further")))
        .put(tick("docx", wished.docx, "Word", say(lang, "推荐表，还能接着改", "the form, to be changed further")));
    let all = el("fieldset")
        .put(el("legend").put(el("h3").text(say(lang, "全部人的", "Of all"))))
        .put(el("p").class("soft").text(say(
            lang,
            "打印文件（双面，每册从正面起）、一览表、推荐函、核对报告，总会有。",
            "The print file (two-sided), the sheets, the letters and the report are always made.",
        )))
        .put(tick("mask", wished.mask, say(lang, "公示用一览表", "Sheets for a public list"), say(lang, "身份证号码、手机遮去一段", "with masked numbers")))
        .put(tick("colour", wished.colour, say(lang, "照片用彩色", "Photos in colour"), say(lang, "不勾选，照本轮的要求", "else as the round asks")));
    let all = if wrong == 0 {
        all
    } else {
        let words = say(lang, "有错的也出（草稿）", "People with errors, too, as drafts");
        all.put(tick("draft", wished.draft, words, say(lang, "只出纸面上印得下的", "as far as paper can say it")))
    };
    let count = match (wrong, lang) {
        (0, Lang::Zh) => format!("{ready} 人。"),
        (0, Lang::En) => format!("{}.", people_words(lang, ready)),
        (_, Lang::Zh) => format!("{ready} 人；另有 {wrong} 人有错，先留下。"),
        (_, Lang::En) => format!("{}; {wrong} with errors are held back.", people_words(lang, ready)),
    };
    let words = if again { say(lang, "再出一次", "Make them again") } else { say(lang, "出件", "Make the documents") };
    let button = el("button").class(if again { "plain" } else { "primary" }).attr("type", "submit").text(words);
    let form = el("form")
        .attr("method", "post")
        .attr("action", format!("{}/make", address::people(view.id)))
        .put(el("div").class("two below").put(each).put(all))
        .put(el("div").class("row below").put(button).put(el("span").class("soft").text(count)));
    let section = el("section").class("sheet").attr("aria-labelledby", "wishes-title");
    if again {
        let summary = el("summary").put(el("span").attr("id", "wishes-title").text(say(lang, "换几样，再出一次", "Change something and make them again")));
        return section.put(el("details").flag("open", view.stale).put(summary).put(form));
    }
    section.put(el("h2").attr("id", "wishes-title").text(say(lang, "要哪些", "What to make"))).put(form)
}

fn goods(view: &Take<'_>, made: &Made, lang: Lang) -> El {
    let words = match lang {
        Lang::Zh => format!("{} 册，共 {} 页。", made.dossiers, made.pages),
        Lang::En => format!("{} dossiers, {} pages.", made.dossiers, made.pages),
    };
    let base = format!("/work/{}", view.id);
    let good = |address: String, name: String, hint: String, class: Option<&'static str>| {
        let link = el("a").attr("href", address).flag("download", true).maybe("class", class);
        el("li").put(link.put(el("b").value(&name)).put(el("span").class("soft small").value(&hint)))
    };
    let everything = good(
        format!("/v1/batches/{}/output?kind=zip", view.id),
        say(lang, "全部打包（zip）", "Everything (zip)").to_owned(),
        say(lang, "各人的册子、打印文件、一览表、报告", "dossiers, print file, sheets, report").to_owned(),
        Some("first"),
    );
    let files = made.files.iter().map(|path| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        good(file_address(&base, path), name.to_owned(), folder.to_owned(), None)
    });
    el("section")
        .class("sheet")
        .attr("aria-labelledby", "goods-title")
        .put(el("h2").attr("id", "goods-title").text(say(lang, "拿走", "Take away")))
        .put(el("p").class("soft").text(words))
        .put(el("ul").class("goods").put(everything).all(files))
}

/// The address of a file below the output.
pub fn file_address(base: &str, path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(address::percent).collect();
    format!("{base}/files/{}", parts.join("/"))
}

/// Who was held back, and the list of it to take along.
fn failures(view: &Take<'_>, lang: Lang) -> Option<El> {
    let held: Vec<&Row> = view.rows.iter().filter(|row| matches!(row.mark, Mark::Wrong | Mark::Failed)).collect();
    if held.is_empty() {
        return None;
    }
    let title = match lang {
        Lang::Zh => format!("留下的 {} 人", held.len()),
        Lang::En => format!("Held back: {}", people_words(lang, held.len())),
    };
    let rows = held.iter().map(|row| {
        let name = if row.name.is_empty() { say(lang, "（没有姓名）", "(no name)") } else { &row.name };
        el("tr")
            .put(el("td").class("right").text(row.n.to_string()))
            .put(el("th").attr("scope", "row").put(el("a").attr("href", address::person(view.id, row.entry)).value(name)))
            .put(el("td").value(&row.unit))
            .put(el("td").class("grow").put(problems(&row.problems, 4, lang)))
    });
    let head = el("tr").all(
        [say(lang, "序号", "No."), say(lang, "姓名", "Name"), say(lang, "推荐单位", "Unit"), say(lang, "错误", "Found")]
            .map(|words| el("th").attr("scope", "col").text(words)),
    );
    let base = format!("/work/{}/files", view.id);
    let report = |ending: &str, words: &'static str| el("a").attr("href", format!("{base}/{}.{ending}", address::percent(crate::batch::REPORT))).text(words);
    let links = el("p")
        .class("links")
        .put(report("csv", say(lang, "清单（表格）", "as a table")).flag("download", true))
        .put(report("html", say(lang, "报告（网页）", "report as a page")));
    let list = el("div").class("list").put(
        el("table").put(el("caption").class("quiet").text(title.clone())).put(el("thead").put(head)).put(el("tbody").all(rows)),
    );
    Some(
        el("section").class("sheet").attr("aria-labelledby", "held-title").put(
            el("div").class("row apart").put(el("h2").attr("id", "held-title").text(title)).put(links),
        ).put(list),
    )
}

/// Each person's own files.
fn own(view: &Take<'_>, made: &Made, lang: Lang) -> Option<El> {
    let base = format!("/work/{}", view.id);
    let rows: Vec<El> = made
        .own
        .iter()
        .filter_map(|(entry, files)| {
            let row = view.rows.iter().find(|row| row.entry == *entry)?;
            let links = files.iter().map(|path| {
                let kind = kind_of(path, lang);
                let label = format!("{} {kind}", row.name);
                el("a").attr("href", file_address(&base, path)).flag("download", true).attr("aria-label", label).text(kind)
            });
            let name = if row.name.is_empty() { say(lang, "（没有姓名）", "(no name)") } else { &row.name };
            Some(
                el("tr")
                    .put(el("td").class("right").text(row.n.to_string()))
                    .put(el("th").attr("scope", "row").value(name))
                    .put(el("td").value(&row.unit))
                    .put(el("td").class("grow").put(el("span").class("links").all(links))),
            )
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let head = [say(lang, "序号", "No."), say(lang, "姓名", "Name"), say(lang, "推荐单位", "Unit"), say(lang, "文件", "Files")];
    let head = el("tr").all(head.map(|words| el("th").attr("scope", "col").text(words)));
    let caption = say(lang, "各人的文件", "Each person's files");
    let table = el("table").put(el("caption").class("quiet").text(caption)).put(el("thead").put(head)).put(el("tbody").all(rows));
    let details = el("details").put(el("summary").text(caption)).put(el("div").class("list").put(table));
    Some(el("section").class("sheet").put(details))
}

fn kind_of(path: &str, lang: Lang) -> &'static str {
    match path {
        path if path.ends_with(".fillable.pdf") => say(lang, "可填写 PDF", "fillable PDF"),
        path if path.ends_with(".pdf") => "PDF",
        path if path.ends_with(".docx") => "Word",
        path if path.ends_with(".xlsx") => "Excel",
        _ => say(lang, "文件", "file"),
    }
}
