//! Step 3: a row for each person.

use super::address;
use super::html::{El, el};
use super::parts::{Tone, drawn, mark, note, problems, with_help};
use super::words::{Mark, people as people_words, say};
use crate::batch::{Problem, UnitLine};
use crate::diag::Lang;

/// So many people stand on one page.
pub const PER_PAGE: usize = 100;

/// So many problems stand in a person's row; the rest on the person's own page.
const IN_ROW: usize = 4;

/// A person in the list.
pub struct Row {
    /// The position in the source, from 0: what addresses name.
    pub entry: usize,
    /// The number on paper.
    pub n: usize,
    /// The person's name, empty where nothing tells.
    pub name: String,
    /// The unit in short, empty where nothing tells.
    pub unit: String,
    /// Where the record came from.
    pub place: String,
    /// How it stands.
    pub mark: Mark,
    /// What is wrong, and what to look at.
    pub problems: Vec<Problem>,
}

/// Whom the list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Everybody.
    All,
    /// Those with errors.
    Wrong,
    /// Those to look at.
    Look,
    /// Those with nothing.
    Fine,
}

impl Show {
    /// All of them, as they stand above the list.
    pub const ALL: [Show; 4] = [Show::All, Show::Wrong, Show::Look, Show::Fine];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Wrong => "wrong",
            Show::Look => "look",
            Show::Fine => "fine",
        }
    }

    /// The one of that word; everybody for any other.
    pub fn of(word: Option<&str>) -> Show {
        Show::ALL.into_iter().find(|show| Some(show.word()) == word).unwrap_or(Show::All)
    }

    /// Whether somebody of that mark is shown.
    pub fn shows(self, mark: Mark) -> bool {
        match self {
            Show::All => true,
            Show::Wrong => matches!(mark, Mark::Wrong | Mark::Failed),
            Show::Look => mark == Mark::Look,
            Show::Fine => mark == Mark::Fine,
        }
    }
}

/// What the page shows.
pub struct People<'p> {
    /// The batch.
    pub id: &'p str,
    /// The form's title.
    pub title: &'p str,
    /// Everybody, in the order of the numbers.
    pub rows: &'p [Row],
    /// Whom it shows.
    pub show: Show,
    /// Which page of those, from 1.
    pub page: usize,
    /// What is wrong with units' lists.
    pub units: &'p [UnitLine],
    /// What concerns nobody alone.
    pub notes: &'p [Problem],
}

/// The page.
pub fn people(view: &People<'_>, lang: Lang) -> Vec<El> {
    let count = |show: Show| view.rows.iter().filter(|row| show.shows(row.mark)).count();
    let wrong = count(Show::Wrong);
    let next = el("a").class("button primary").attr("href", address::take(view.id)).text(say(lang, "去出件 →", "Take away →"));
    let heading = el("div").put(el("h1").text(say(lang, "核对", "Check"))).put(el("p").class("soft").value(view.title));
    let mut page = vec![el("div").class("row apart").put(heading).put(next)];
    let words = match (wrong, lang) {
        (0, Lang::Zh) => "没有错误，可以出件。".to_owned(),
        (0, Lang::En) => "No errors; the documents can be made.".to_owned(),
        (_, Lang::Zh) => format!("{wrong} 人有错，出件时会留下。点姓名看错在哪里，改了就重新核对。"),
        (_, Lang::En) => {
            format!("{} with errors will be held back. Open a name to see what is wrong and mend it.", people_words(lang, wrong))
        }
    };
    let passed = view.notes.iter().filter(|one| one.error).count();
    if wrong > 0 || passed == 0 {
        page.push(note(if wrong == 0 { Tone::Fine } else { Tone::Wrong }, words));
    }
    if passed > 0 {
        // Somebody's papers may be in what was not read: green would lose them in silence.
        let words = match lang {
            Lang::Zh => format!("有 {passed} 处错误不是某一个人的，可能漏了人："),
            Lang::En => format!("{passed} of the errors are of nobody alone; somebody may be missing: "),
        };
        let link = el("a").attr("href", "#others-title").text(say(lang, "看看是什么", "see what it is"));
        page.push(note(Tone::Wrong, words).put(el("p").put(link)));
    }
    page.push(tabs(view, &count, lang));
    let shown: Vec<&Row> = view.rows.iter().filter(|row| view.show.shows(row.mark)).collect();
    let pages = shown.len().div_ceil(PER_PAGE).max(1);
    let at = view.page.clamp(1, pages);
    let rows: Vec<El> = shown.iter().skip((at - 1) * PER_PAGE).take(PER_PAGE).map(|row| person(view, row, lang)).collect();
    if rows.is_empty() {
        page.push(el("p").class("sheet soft").text(say(lang, "这一栏没有人。", "Nobody here.")));
    } else {
        page.push(el("div").class("list").put(table(rows, view.show, lang)));
    }
    page.extend(pager(view, at, pages, lang));
    page.extend(others(view, lang));
    page
}

fn tabs(view: &People<'_>, count: &dyn Fn(Show) -> usize, lang: Lang) -> El {
    let tab = |show: Show| {
        let words = match show {
            Show::All => say(lang, "全部", "all"),
            Show::Wrong => say(lang, "有错", "wrong"),
            Show::Look => say(lang, "提醒", "to look at"),
            Show::Fine => say(lang, "可以", "fine"),
        };
        let sign = match show {
            Show::All => None,
            Show::Wrong => Some(Mark::Wrong),
            Show::Look => Some(Mark::Look),
            Show::Fine => Some(Mark::Fine),
        };
        let sign = sign.map(|mark| el("span").class(mark.class()).put(drawn(mark)));
        let address = address::with(&address::people(view.id), "show", show.word());
        let current = (show == view.show).then_some("page");
        el("a").attr("href", address).maybe("aria-current", current).all(sign).text(words).put(el("b").text(count(show).to_string()))
    };
    el("nav").class("tabs").attr("aria-label", say(lang, "看哪些人", "Whom to show")).all(Show::ALL.into_iter().map(tab))
}

fn table(rows: Vec<El>, show: Show, lang: Lang) -> El {
    let caption = match show {
        Show::All => say(lang, "全部人员", "Everybody"),
        Show::Wrong => say(lang, "有错的人", "People with errors"),
        Show::Look => say(lang, "有提醒的人", "People to look at"),
        Show::Fine => say(lang, "可以的人", "People with nothing"),
    };
    let head = |words: &'static str| el("th").attr("scope", "col").text(words);
    let heads = el("tr")
        .put(head(say(lang, "序号", "No.")).class("right"))
        .put(head(say(lang, "姓名", "Name")))
        .put(head(say(lang, "推荐单位", "Unit")))
        .put(head(say(lang, "状态", "State")))
        .put(head(say(lang, "错误和提醒", "Found")).class("grow"));
    el("table").put(el("caption").class("quiet").text(caption)).put(el("thead").put(heads)).put(el("tbody").all(rows))
}

fn person(view: &People<'_>, row: &Row, lang: Lang) -> El {
    let name = if row.name.is_empty() { say(lang, "（没有姓名）", "(no name)") } else { &row.name };
    let link = el("a").attr("href", address::person(view.id, row.entry)).value(name);
    let unit = if row.unit.is_empty() { say(lang, "（没有写）", "(not said)") } else { &row.unit };
    let from = (!row.place.is_empty()).then(|| el("span").class("soft small").value(&row.place));
    el("tr")
        .attr("id", format!("p-{}", row.entry))
        .put(el("td").class("right").text(row.n.to_string()))
        .put(el("th").attr("scope", "row").put(link).all(from))
        .put(el("td").value(unit))
        .put(el("td").put(mark(row.mark, lang)))
        .put(el("td").all((!row.problems.is_empty()).then(|| problems(&row.problems, IN_ROW, lang))))
}

fn pager(view: &People<'_>, at: usize, pages: usize, lang: Lang) -> Option<El> {
    let base = address::with(&address::people(view.id), "show", view.show.word());
    let link = |page: usize| {
        let words = page.to_string();
        if page == at {
            return el("span").attr("aria-current", "page").text(words);
        }
        el("a").attr("href", address::with(&base, "page", &words)).text(words)
    };
    (pages > 1).then(|| el("nav").class("pages").attr("aria-label", say(lang, "翻页", "Pages")).all((1..=pages).map(link)))
}

/// Units over their number, photos of nobody, files passed over.
fn others(view: &People<'_>, lang: Lang) -> Option<El> {
    let units = view.units.iter().filter(|unit| !unit.problems.is_empty()).map(|unit| {
        let name = if unit.unit.is_empty() { say(lang, "（没有写单位）", "(no unit)") } else { &unit.unit };
        el("div").class("below").put(el("h3").value(name)).put(problems(&unit.problems, usize::MAX, lang))
    });
    let mut found: Vec<El> = units.collect();
    if !view.notes.is_empty() {
        found.push(el("div").class("below").all(with_help(view.notes, lang)));
    }
    (!found.is_empty()).then(|| {
        el("section")
            .class("sheet")
            .attr("aria-labelledby", "others-title")
            .put(el("h2").attr("id", "others-title").text(say(lang, "不是某一个人的", "Of nobody alone")))
            .all(found)
    })
}
