//! Pieces that several pages have.

use super::html::{El, el};
use super::words::{Mark, colon, say};
use crate::batch::Problem;
use crate::diag::Lang;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something to know.
    Plain,
    /// Something went well.
    Fine,
    /// Something is wrong.
    Wrong,
}

/// A note above a page's content, read out when the page comes.
pub fn note(tone: Tone, words: impl Into<std::borrow::Cow<'static, str>>) -> El {
    let (class, sign, role) = match tone {
        Tone::Plain => ("note", None, "status"),
        Tone::Fine => ("note fine", Some(Mark::Fine), "status"),
        Tone::Wrong => ("note wrong", Some(Mark::Wrong), "alert"),
    };
    el("div").class(class).attr("role", role).all(sign.map(drawn)).put(el("p").text(words))
}

/// How it stands with a person.
pub fn mark(mark: Mark, lang: Lang) -> El {
    el("span").class(mark.class()).put(drawn(mark)).text(mark.word(lang))
}

/// A sign, drawn: ● ▲ ✕ ○ look the same on every machine, whichever faces it has.
pub fn drawn(mark: Mark) -> El {
    let (class, path) = match mark {
        Mark::Fine => ("sign", "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z"),
        Mark::Look => ("sign", "M8 1 15.5 14.5H.5z"),
        Mark::Wrong | Mark::Failed => ("sign line", "m2.5 2.5 11 11m0-11-11 11"),
        Mark::Waiting => ("sign line", "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z"),
    };
    el("svg").class(class).attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").put(el("path").attr("d", path))
}

/// The sign of a problem, with its weight in words for those who do not see it.
pub fn sign(problem: &Problem, lang: Lang) -> El {
    let (mark, word) =
        if problem.error { (Mark::Wrong, say(lang, "错误", "error")) } else { (Mark::Look, say(lang, "提醒", "to look at")) };
    el("span").attr("title", word).put(drawn(mark)).put(el("span").class("quiet").text(word).text(colon(lang)))
}

/// Problems as a list, errors first; `most` of them, and how many more there are.
pub fn problems(found: &[Problem], most: usize, lang: Lang) -> El {
    let sorted = found.iter().filter(|one| one.error).chain(found.iter().filter(|one| !one.error));
    let list = el("ul").class("found").all(sorted.take(most).map(|one| problem(one, lang)));
    let rest = found.len().saturating_sub(most);
    if rest == 0 {
        return list;
    }
    let words = match lang {
        Lang::Zh => format!("还有 {rest} 处"),
        Lang::En => format!("{rest} more"),
    };
    list.put(el("li").class("more-of").text(words))
}

/// Problems, errors first, each with what helps against it; said once for all that it helps against. Fifty at most.
pub fn with_help(found: &[Problem], lang: Lang) -> Vec<El> {
    let sorted = found.iter().filter(|one| one.error).chain(found.iter().filter(|one| !one.error));
    let mut groups: Vec<(&str, Vec<Problem>)> = Vec::new();
    for one in sorted.take(MOST) {
        match groups.iter_mut().find(|(help, _)| *help == one.help(lang)) {
            Some((_, group)) => group.push(one.clone()),
            None => groups.push((one.help(lang), vec![one.clone()])),
        }
    }
    let mut out = Vec::new();
    for (help, group) in groups {
        out.push(problems(&group, MOST, lang));
        out.extend((!help.is_empty()).then(|| el("p").class("soft help").value(help)));
    }
    let rest = found.len().saturating_sub(MOST);
    if rest > 0 {
        let words = match lang {
            Lang::Zh => format!("还有 {rest} 处"),
            Lang::En => format!("{rest} more"),
        };
        out.push(el("p").class("soft").text(words));
    }
    out
}

/// So many problems are told with their help on one page.
const MOST: usize = 50;

fn problem(problem: &Problem, lang: Lang) -> El {
    let line = el("li").class(if problem.error { "error" } else { "warning" }).put(sign(problem, lang));
    let place = place(problem);
    let line = if place.is_empty() { line } else { line.put(el("b").value(place)).text(colon(lang)) };
    line.value(problem.message(lang))
}

/// What people call the place of a problem: its label; else the file or the cell, but no pointer.
pub fn place(problem: &Problem) -> &str {
    if problem.label.is_empty() && !problem.place.starts_with('/') { &problem.place } else { &problem.label }
}
