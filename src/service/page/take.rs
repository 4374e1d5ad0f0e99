//! Step 4: what is made, and what is taken away.

use super::address;
use super::html::{El, el};
use super::parts::{Tone, note, problems};
use super::people::Row;
use super::words::{Mark, people as people_words, say};
use crate::batch::{PRINT, REPORT, SHEETS};
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
    /// Whether people were changed after everything was made.
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
        if view.stale {
            let words = say(lang, "改过了；再出一次，成品才是新的。", "Something was changed; make the documents again.");
            page.push(note(Tone::Plain, words));
        }
        page.push(wishes(view, lang, false));
        return page;
    };
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
        .put(tick(
            "fillable",
            wished.fillable,
            say(lang, "可填写 PDF", "Fillable PDF"),
            say(lang, "推荐表，还能接着改", "the form, to be changed further"),
        ))
        .put(tick("docx", wished.docx, "Word", say(lang, "推荐表，还能接着改", "the form, to be changed further")));
    let all = el("fieldset")
        .put(el("legend").put(el("h3").text(say(lang, "全部人的", "Of all"))))
        .put(el("p").class("soft").text(say(
            lang,
            "打印文件（双面，每册从正面起）、一览表、推荐函、核对报告，总会有。",
            "The print file (two-sided), the sheets, the letters and the report are always made.",
        )))
        .put(tick(
            "mask",
            wished.mask,
            say(lang, "公示用一览表", "Sheets for a public list"),
            say(lang, "身份证号码、手机遮去一段", "with masked numbers"),
        ))
        .put(tick(
            "colour",
            wished.colour,
            say(lang, "照片用彩色", "Photos in colour"),
            say(lang, "不勾选，照本轮的要求", "else as the round asks"),
        ));
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
        let summary = el("summary").put(el("span").attr("id", "wishes-title").text(say(
            lang,
            "换几样，再出一次",
            "Change something and make them again",
        )));
        return section.put(el("details").put(summary).put(form));
    }
    section.put(el("h2").attr("id", "wishes-title").text(say(lang, "要哪些", "What to make"))).put(form)
}

fn goods(view: &Take<'_>, made: &Made, lang: Lang) -> El {
    let words = match lang {
        Lang::Zh => format!("{} 册，共 {} 页。", made.dossiers, made.pages),
        Lang::En => format!("{} dossiers, {} pages.", made.dossiers, made.pages),
    };
    let base = address::people(view.id);
    let everything = el("a")
        .class("whole first")
        .attr("href", format!("/v1/batches/{}/output?kind=zip", view.id))
        .flag("download", true)
        .put(el("b").text(say(lang, "全部打包（zip）", "Everything (zip)")))
        .put(el("span").class("soft small").text(say(lang, "各人的册子、打印文件、一览表、报告", "dossiers, print file, sheets, report")));
    let groups = grouped(&made.files);
    let (all, units): (Vec<&Group<'_>>, Vec<&Group<'_>>) = groups.iter().partition(|group| group.is_of_all());
    let cards = all.into_iter().map(|group| {
        let hint = if group.folder == PRINT {
            say(lang, "双面打印，每册从正面起", "two-sided, each dossier on a leaf of its own")
        } else {
            ""
        };
        let hint = (!hint.is_empty()).then(|| el("p").class("soft small").text(hint));
        let title = if group.folder == group.stem { group.stem.to_owned() } else { format!("{} · {}", group.folder, group.stem) };
        el("li").put(el("div").class("good").put(el("h3").value(&title)).all(hint).put(links(group, &base, lang)))
    });
    let rows: Vec<El> = units
        .iter()
        .map(|group| el("tr").put(el("th").attr("scope", "row").value(group.stem)).put(el("td").put(links(group, &base, lang))))
        .collect();
    let of_units = (!rows.is_empty()).then(|| {
        let words = match lang {
            Lang::Zh => format!("各单位的一览表和推荐函（{}）", rows.len()),
            Lang::En => format!("Sheets and letters of the units ({})", rows.len()),
        };
        let heads = [say(lang, "哪一份", "Which"), say(lang, "文件", "Files")].map(|words| el("th").attr("scope", "col").text(words));
        let table = el("table").put(el("thead").put(el("tr").all(heads))).put(el("tbody").all(rows));
        el("details").class("below").put(el("summary").text(words)).put(el("div").class("list").put(table))
    });
    el("section")
        .class("sheet")
        .attr("aria-labelledby", "goods-title")
        .put(el("h2").attr("id", "goods-title").text(say(lang, "拿走", "Take away")))
        .put(el("p").class("soft").text(words))
        .put(el("ul").class("goods").put(el("li").put(everything)).all(cards))
        .all(of_units)
}

/// Files that differ by their format alone.
struct Group<'f> {
    folder: &'f str,
    stem: &'f str,
    paths: Vec<&'f str>,
}

impl Group<'_> {
    /// Whether it is of everybody: units' files have the unit's number before them.
    fn is_of_all(&self) -> bool {
        self.folder != SHEETS || !self.stem.starts_with(|first: char| first.is_ascii_digit())
    }
}

fn grouped(files: &[String]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for path in files {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        match groups.iter_mut().find(|group| group.folder == folder && group.stem == stem) {
            Some(group) => group.paths.push(path),
            None => groups.push(Group { folder, stem, paths: vec![path] }),
        }
    }
    // What is printed is what most come for.
    groups.sort_by_key(|group| group.folder != PRINT);
    groups
}

fn links(group: &Group<'_>, base: &str, lang: Lang) -> El {
    let link = |path: &&str| {
        let kind = kind_of(path, lang);
        let label = format!("{} {kind}", group.stem);
        el("a").attr("href", file_address(base, path)).flag("download", true).attr("aria-label", label).text(kind)
    };
    el("p").class("links").all(group.paths.iter().map(link))
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
    let head = heads([say(lang, "序号", "No."), say(lang, "姓名", "Name"), say(lang, "推荐单位", "Unit"), say(lang, "错误", "Found")]);
    let base = format!("{}/files", address::people(view.id));
    let report =
        |ending: &str, words: &'static str| el("a").attr("href", format!("{base}/{}.{ending}", address::percent(REPORT))).text(words);
    let links = el("p")
        .class("links")
        .put(report("csv", say(lang, "清单（表格）", "as a table")).flag("download", true))
        .put(report("html", say(lang, "报告（网页）", "report as a page")));
    let list = el("div")
        .class("list")
        .put(el("table").put(el("caption").class("quiet").text(title.clone())).put(el("thead").put(head)).put(el("tbody").all(rows)));
    Some(
        el("section")
            .class("sheet")
            .attr("aria-labelledby", "held-title")
            .put(el("div").class("row apart").put(el("h2").attr("id", "held-title").text(title)).put(links))
            .put(list),
    )
}

/// The head of a table of people; the numbers stand to the right.
fn heads(words: [&'static str; 4]) -> El {
    let head = |(at, words)| el("th").attr("scope", "col").maybe("class", (at == 0).then_some("right")).text(words);
    el("tr").all(words.into_iter().enumerate().map(head))
}

/// Each person's own files.
fn own(view: &Take<'_>, made: &Made, lang: Lang) -> Option<El> {
    let base = address::people(view.id);
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
    let head = heads([say(lang, "序号", "No."), say(lang, "姓名", "Name"), say(lang, "推荐单位", "Unit"), say(lang, "文件", "Files")]);
    let caption = say(lang, "各人的文件", "Each person's files");
    let table = el("table").put(el("caption").class("quiet").text(caption)).put(el("thead").put(head)).put(el("tbody").all(rows));
    let details = el("details").put(el("summary").text(caption)).put(el("div").class("list").put(table));
    Some(el("section").class("sheet").attr("id", "own").put(details))
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
