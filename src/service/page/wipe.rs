//! The confirming step before work is wiped.

use super::address;
use super::html::{El, el};
use super::words::{people, say};
use crate::diag::Lang;

/// The page.
pub fn wipe(id: &str, count: usize, until: &str, lang: Lang) -> Vec<El> {
    let what = match (count, lang) {
        (0, Lang::Zh) => "将清除这批材料：名单、照片、改过的内容、全部成品。".to_owned(),
        (_, Lang::Zh) => format!("将清除这批 {count} 人的材料：名单、照片、改过的内容、全部成品。"),
        (0, Lang::En) => "This wipes the list, the photos, what was changed, and every document made.".to_owned(),
        (_, Lang::En) => format!("This wipes the list of {}, the photos, what was changed, and every document made.", people(lang, count)),
    };
    let keep = match lang {
        Lang::Zh => format!("清除以后找不回来。不清除的话，到 {until} 自动清除。"),
        Lang::En => format!("It cannot be undone. If you leave it, it goes by itself on {until}."),
    };
    let form = el("form")
        .class("row below")
        .attr("method", "post")
        .attr("action", address::wipe(id))
        .put(el("button").class("danger").attr("type", "submit").text(say(lang, "清除数据", "Wipe the data")))
        .put(el("a").class("button").attr("href", address::people(id)).text(say(lang, "不清除，回去", "Keep it and go back")));
    let section = el("section")
        .class("sheet")
        .put(el("h1").text(say(lang, "清除这批数据？", "Wipe this work?")))
        .put(el("p").class("lead").text(what));
    vec![section.put(el("p").class("soft").text(keep)).put(form)]
}
