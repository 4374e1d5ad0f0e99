//! While the machine works: how far it is.

use super::address;
use super::html::{El, el};
use super::parts::problems;
use super::words::say;
use crate::batch::Problem;
use crate::diag::Lang;

/// How far a batch is.
pub struct Under {
    /// The batch.
    pub id: String,
    /// Whether documents are made, or people are only checked.
    pub making: bool,
    /// How many pieces are done.
    pub done: usize,
    /// How many there are; 0 while nobody knows.
    pub total: usize,
    /// Whether others are before it.
    pub queued: bool,
}

/// The page. The script follows the events and opens the next page; without it the browser looks again by itself.
pub fn progress(under: &Under, lang: Lang) -> Vec<El> {
    let title = match (under.queued, under.making) {
        (true, _) => say(lang, "排队中", "Waiting for its turn"),
        (false, false) => say(lang, "正在核对", "Checking"),
        (false, true) => say(lang, "正在出件", "Making the documents"),
    };
    let bar = el("progress").attr("aria-labelledby", "wait-title").attr("data-bar", "");
    let bar = if under.total > 0 { bar.attr("max", under.total.to_string()).attr("value", under.done.to_string()) } else { bar };
    let said = el("p").class("soft").attr("data-said", "").attr("aria-live", "polite").text(counted(under, lang));
    let stop = el("form")
        .class("below")
        .attr("method", "post")
        .attr("action", format!("{}/stop", address::people(&under.id)))
        .put(el("button").attr("type", "submit").text(say(lang, "停下", "Stop")));
    let stays = say(lang, "可以关掉这一页，回头再从这个地址打开。", "You may close this page and come back to this address.");
    let page = el("div")
        .class("wait")
        .attr("data-events", format!("/v1/batches/{}/events", under.id))
        .attr("data-of", say(lang, "{done} / {total}", "{done} of {total}"))
        .put(el("h1").attr("id", "wait-title").text(title))
        .put(bar)
        .put(said)
        .put(el("p").class("soft small").text(stays))
        .put(stop);
    vec![page]
}

/// Work that ended before it was through: why, and how it goes on.
pub fn halted(id: &str, title: &'static str, why: &[Problem], lang: Lang) -> Vec<El> {
    let helps = why.iter().map(|one| one.help(lang)).filter(|help| !help.is_empty());
    let again = el("form")
        .class("row below")
        .attr("method", "post")
        .attr("action", format!("{}/again", address::people(id)))
        .put(el("button").class("primary").attr("type", "submit").text(say(lang, "接着办", "Go on")))
        .put(el("a").class("button").attr("href", "/").text(say(lang, "重新上传", "Send it anew")));
    let section = el("section").class("sheet").put(el("h1").text(title));
    let section = if why.is_empty() { section } else { section.put(el("div").class("below").put(problems(why, usize::MAX, lang))) };
    vec![section.all(helps.map(|help| el("p").class("soft").value(help))).put(again)]
}

fn counted(under: &Under, lang: Lang) -> String {
    match (under.total, lang) {
        (0, Lang::Zh) => "正在读取名单".to_owned(),
        (0, Lang::En) => "Reading the list".to_owned(),
        (total, Lang::Zh) => format!("{} / {total}", under.done),
        (total, Lang::En) => format!("{} of {total}", under.done),
    }
}
