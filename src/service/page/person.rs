//! One person: what is wrong, each with its control; the sheet beside it, the fields outlined.

use super::address;
use super::control::{Control, control, shown_before};
use super::html::{El, el};
use super::parts::{Tone, mark, note, problems, sign};
use super::people::Row;
use super::words::{Mark, say};
use crate::batch::Problem;
use crate::diag::Lang;

/// What the page shows.
pub struct Person<'p> {
    /// The batch.
    pub id: &'p str,
    /// The person.
    pub row: &'p Row,
    /// On which page of everybody the person's row stands.
    pub page: usize,
    /// The nearest person before with something wrong or to look at.
    pub before: Option<usize>,
    /// The nearest person after.
    pub after: Option<usize>,
    /// The fields to mend, those with problems first, then the one that was asked for.
    pub mend: &'p [Mend],
    /// Problems of no field: a file, a row too many.
    pub others: &'p [Problem],
    /// Every field of the form.
    pub fields: &'p [Control],
    /// How many sheets there are; none where no sheet can be drawn.
    pub sheets: usize,
    /// The one that is shown, from 1.
    pub sheet: usize,
    /// On which sheet each of the fields to mend stands first.
    pub places: &'p [(String, usize)],
    /// What happened a moment ago.
    pub said: Option<(Tone, String)>,
}

/// A field with what was found about it.
pub struct Mend {
    /// Its control.
    pub control: Control,
    /// What was found.
    pub problems: Vec<Problem>,
}

/// The page.
pub fn person(view: &Person<'_>, lang: Lang) -> Vec<El> {
    let mut page = vec![heading(view, lang)];
    page.extend(view.said.as_ref().map(|(tone, words)| note(*tone, words.clone())));
    page.push(el("div").class("person").put(paper(view, lang)).put(side(view, lang)));
    page
}

fn heading(view: &Person<'_>, lang: Lang) -> El {
    let row = view.row;
    let name = if row.name.is_empty() { say(lang, "（没有姓名）", "(no name)") } else { &row.name };
    let list = format!("{}#p-{}", address::people_page(view.id, view.page), row.entry);
    let back = el("p").class("crumb").put(el("a").attr("href", list).text(say(lang, "← 全部人员", "← everybody")));
    let title = el("h1").text(format!("{} ", row.n)).value(name);
    let facts = el("p").class("row").put(mark(row.mark, lang));
    let facts = if row.unit.is_empty() { facts } else { facts.put(el("span").class("soft").value(&row.unit)) };
    let facts = if row.place.is_empty() { facts } else { facts.put(el("span").class("soft").value(&row.place)) };
    let step = |entry: Option<usize>, words: &'static str, rel: &'static str| {
        entry.map(|entry| el("a").class("button").attr("rel", rel).attr("href", address::person(view.id, entry)).text(words))
    };
    let steps = el("nav")
        .class("row")
        .attr("aria-label", say(lang, "有错误或提醒的人", "People with something to look at"))
        .all(step(view.before, say(lang, "← 上一个有问题的", "← before"), "prev"))
        .all(step(view.after, say(lang, "下一个有问题的 →", "next →"), "next"));
    el("div").class("row apart").put(el("div").put(back).put(title).put(facts)).put(steps)
}

/// The sheet, with links to the others.
fn paper(view: &Person<'_>, lang: Lang) -> El {
    let paper = el("section").class("paper").attr("aria-label", say(lang, "纸面", "The sheet"));
    if view.sheets == 0 {
        let words = say(lang, "这份材料读不出来，画不出纸面。", "These papers cannot be read, so there is no sheet to show.");
        return paper.put(el("p").class("sheet soft").text(words));
    }
    let base = address::person(view.id, view.row.entry);
    let base =
        view.mend.iter().filter(|mend| mend.problems.is_empty()).fold(base, |base, mend| address::with(&base, "field", &mend.control.name));
    let marks: Vec<String> = view.mend.iter().map(|mend| mend.control.name.clone()).collect();
    let link = |number: usize| {
        let marked = view.places.iter().any(|(_, sheet)| *sheet == number);
        let label = match lang {
            Lang::Zh => format!("第 {number} 页{}", if marked { "，有要看的栏目" } else { "" }),
            Lang::En => format!("sheet {number}{}", if marked { ", with something to look at" } else { "" }),
        };
        let words = if marked { format!("{number} ▪") } else { number.to_string() };
        let item = if number == view.sheet {
            el("span").attr("aria-current", "page")
        } else {
            el("a").attr("href", address::with(&base, "sheet", &number.to_string()))
        };
        item.attr("aria-label", label).text(words)
    };
    let sheets = el("nav").class("pages").attr("aria-label", say(lang, "各页", "Sheets")).all((1..=view.sheets).map(link));
    let picture = address::picture(view.id, view.row.entry, view.sheet, &marks);
    let alt = match lang {
        Lang::Zh => format!("第 {} 页，共 {} 页，要看的栏目画了框", view.sheet, view.sheets),
        Lang::En => format!("sheet {} of {}; the fields to look at are outlined", view.sheet, view.sheets),
    };
    let large = address::with(&picture, "dpi", "200");
    let picture = el("img").attr("src", picture).attr("alt", alt).attr("data-large", large.clone());
    let zoom = el("a").class("zoom").attr("href", large).attr("title", say(lang, "放大", "Enlarge")).put(picture);
    paper.put(sheets).put(zoom)
}

fn side(view: &Person<'_>, lang: Lang) -> El {
    let mut sheet = el("div");
    if !view.others.is_empty() {
        sheet = sheet.put(
            el("section")
                .class("sheet")
                .put(el("h2").text(say(lang, "材料里的", "In the papers")))
                .put(problems(view.others, usize::MAX, lang))
                .all(
                    view.others
                        .iter()
                        .filter(|one| !one.help(lang).is_empty())
                        .map(|one| el("p").class("soft small").value(one.help(lang))),
                ),
        );
    }
    sheet.put(mending(view, lang)).put(everything(view, lang))
}

/// The fields to mend as one form: several are put right at once, and checked once.
fn mending(view: &Person<'_>, lang: Lang) -> El {
    let section = el("section").class("sheet").attr("aria-labelledby", "mend-title");
    if view.mend.is_empty() {
        let words = match view.row.mark {
            Mark::Fine => say(lang, "没有错误，也没有提醒。", "Nothing is wrong, and there is nothing to look at."),
            _ => say(lang, "各栏目里没有要改的。", "No field has anything to mend."),
        };
        return section.put(el("h2").attr("id", "mend-title").text(say(lang, "栏目", "Fields"))).put(el("p").class("soft").text(words));
    }
    let fields = view.mend.iter().map(|mend| one(view, mend, lang));
    let bar = el("div")
        .class("bar")
        .put(el("button").class("primary").attr("type", "submit").text(say(lang, "保存，重新核对", "Save and check again")))
        .put(el("span").class("soft small").text(say(lang, "传上来的文件不会改动", "The files you sent stay as they are")));
    let form = el("form")
        .attr("method", "post")
        .attr("enctype", "multipart/form-data")
        .attr("accept-charset", "utf-8")
        .attr("action", address::person(view.id, view.row.entry))
        .put(el("ul").class("mend").all(fields))
        .put(bar);
    section.put(el("h2").attr("id", "mend-title").text(say(lang, "要看的栏目", "Fields to look at"))).put(form)
}

fn one(view: &Person<'_>, mend: &Mend, lang: Lang) -> El {
    let name = &mend.control.name;
    let told = mend.problems.iter().flat_map(|problem| {
        let class = if problem.error { "says error" } else { "says warning" };
        let says = el("p").class(class).put(sign(problem, lang)).value(problem.message(lang));
        let next = Some(problem.help(lang)).filter(|help| !help.is_empty()).map(|help| el("p").class("next").value(help));
        [Some(says), next].into_iter().flatten()
    });
    let told = el("div").attr("id", format!("why-{name}")).all(told);
    let sheet = view.places.iter().find(|(place, _)| place == name).filter(|(_, sheet)| *sheet != view.sheet).map(|(_, sheet)| {
        let words = match lang {
            Lang::Zh => format!("在第 {sheet} 页"),
            Lang::En => format!("on sheet {sheet}"),
        };
        let address = address::with(&address::person(view.id, view.row.entry), "sheet", &sheet.to_string());
        el("a").class("small").attr("href", address::with(&format!("{address}#f-{name}"), "field", name)).text(words)
    });
    let label = el("label").attr("for", format!("c-{name}")).value(&mend.control.label);
    let label = if mend.control.label.is_empty() { label.value(name) } else { label };
    let described = (!mend.problems.is_empty()).then(|| format!("why-{name}"));
    let wrong = mend.problems.iter().any(|problem| problem.error);
    let control_of_it = control(&mend.control, view.id, view.row.entry, described, wrong, lang);
    let heading = el("div").class("row apart").put(label).all(sheet);
    el("li").attr("id", format!("f-{name}")).put(heading).put(told).all(shown_before(&mend.control)).put(control_of_it)
}

/// Every field with what it holds, and a link to change it.
fn everything(view: &Person<'_>, lang: Lang) -> El {
    let rows = view.fields.iter().map(|field| {
        let address = address::with(&address::person(view.id, view.row.entry), "field", &field.name);
        let label = format!("{}{}", say(lang, "改：", "change "), field.label);
        let link = el("a").attr("href", format!("{address}#f-{}", field.name)).attr("aria-label", label).text(say(lang, "改", "change"));
        el("div").put(el("dt").value(&field.label)).put(el("dd").value(&field.shown(lang))).put(el("dd").put(link))
    });
    let list = el("dl").class("fields").all(rows);
    let count = match lang {
        Lang::Zh => format!("全部栏目（{}）", view.fields.len()),
        Lang::En => format!("All fields ({})", view.fields.len()),
    };
    let details = el("details").put(el("summary").text(count)).put(list);
    el("section").class("sheet").put(details)
}
