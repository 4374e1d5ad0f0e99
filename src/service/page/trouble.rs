//! What went wrong with a request, for a browser.

use super::html::{El, el};
use super::parts::{Tone, note, with_help};
use super::words::say;
use crate::batch;
use crate::diag::Lang;
use crate::service::problem::Problem;

/// The page; `request` is the request's number, `work` the address of the batch that it was about, where there is one.
pub fn trouble(problem: &Problem, request: &str, work: Option<&str>, lang: Lang) -> Vec<El> {
    let found: Vec<batch::Problem> = problem.problems.iter().map(batch::Problem::from).collect();
    let mut section = el("section").class("sheet").attr("data-trouble", "").put(el("h1").value(problem.title.text(lang)));
    if let Some(detail) = &problem.detail {
        section = section.put(el("p").class("lead").value(detail.text(lang)));
    }
    if !found.is_empty() {
        section = section.put(el("div").class("below").all(with_help(&found, lang)));
    }
    if problem.status.is_server_error() {
        let words = match lang {
            Lang::Zh => format!("请求编号：{request}"),
            Lang::En => format!("Number of the request: {request}"),
        };
        section = section.put(note(Tone::Plain, words));
    }
    let back = el("a").class("button").attr("href", "/").text(say(lang, "回到第一步", "Back to the first step"));
    let work = work.map(|address| {
        el("a").class("button primary").attr("href", address.to_owned()).text(say(lang, "回到这批材料", "Back to these papers"))
    });
    vec![section.put(el("p").class("row below").all(work).put(back))]
}
