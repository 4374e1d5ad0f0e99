//! Steps 1 and 2: choose the form, send the list; and what came back filled in.

use super::address::{percent, with};
use super::html::{El, el};
use super::parts::{Tone, note};
use super::words::say;
use crate::diag::Lang;

/// What the first page shows.
pub struct Start {
    /// The forms that each person gets one of, the chosen one first.
    pub forms: Vec<Card>,
    /// Other papers: sheets, letters.
    pub others: Vec<Card>,
    /// For how many days work is kept.
    pub days: u64,
    /// The most megabytes of one upload.
    pub megabytes: u64,
    /// Whether work was wiped a moment ago.
    pub wiped: bool,
}

/// A form.
pub struct Card {
    /// The template's name.
    pub id: String,
    /// What the paper is called.
    pub title: String,
    /// What it can be written as.
    pub outputs: Vec<String>,
}

/// The page.
pub fn start(start: &Start, lang: Lang) -> Vec<El> {
    let mut page = Vec::new();
    if start.wiped {
        let words = say(lang, "数据已清除，服务器上没有留下这批材料。", "The data was wiped; nothing of that work is left on the server.");
        page.push(note(Tone::Fine, words));
    }
    page.push(el("h1").text(say(lang, "名单进来，成册出去", "A list comes in, dossiers go out")));
    let lead = match lang {
        Lang::Zh => format!("选表、上传、核对、出件，四步办完。材料只在这台服务器上，{} 天后自动清除，也可以随时清除。", start.days),
        Lang::En => {
            format!("Four steps. Papers stay on this server, go by themselves after {} days, and can be wiped at any time.", start.days)
        }
    };
    page.push(el("p").class("lead").text(lead));
    page.push(work(start, lang));
    page.push(back(start, lang));
    page
}

/// Steps 1 and 2 are one form: without script, too, the chosen form travels with the list.
fn work(start: &Start, lang: Lang) -> El {
    let one = start.forms.len() == 1;
    let cards = start.forms.iter().enumerate().map(|(at, card)| form_card(card, at == 0, one, lang));
    let mut choose = el("section")
        .class("sheet")
        .attr("id", "choose")
        .attr("aria-labelledby", "choose-title")
        .put(heading(1, "choose-title", say(lang, "选表", "Choose a form")))
        .put(el("div").class("cards one").all(cards));
    if !start.others.is_empty() {
        let cards = start.others.iter().map(|card| other_card(card, lang));
        let words = say(lang, "其他表：一览表、推荐函等", "Other papers: sheets, letters");
        choose = choose.put(el("details").class("more below").put(el("summary").text(words)).put(el("div").class("cards").all(cards)));
    }
    el("form")
        .attr("action", "/work")
        .attr("method", "post")
        .attr("enctype", "multipart/form-data")
        .attr("data-upload", "")
        .attr("data-sending", say(lang, "正在上传", "Sending"))
        .attr("data-arrived", say(lang, "传完了，正在打开，请稍候", "All has arrived and is being opened"))
        .attr("data-failed", say(lang, "没有送到，请再试一次", "It did not arrive; try again"))
        .put(choose)
        .put(send(start, lang))
}

fn heading(number: usize, id: &'static str, words: &'static str) -> El {
    el("h2").attr("id", id).put(el("span").class("number").attr("aria-hidden", "true").text(number.to_string())).text(words)
}

fn form_card(card: &Card, chosen: bool, one: bool, lang: Lang) -> El {
    let radio = el("input").attr("type", if one { "hidden" } else { "radio" }).attr("name", "template").attr("value", card.id.clone());
    let words = el("div");
    let title = el("h3").value(&card.title);
    let words =
        if one { words.put(radio).put(title) } else { words.put(el("label").class("tick").put(radio.flag("checked", chosen)).put(title)) };
    let workbook = format!("/form/{}/people.xlsx", percent(&card.id));
    let list = el("p").class("links big").put(el("a").class("button").attr("href", workbook).flag("download", true).text(say(
        lang,
        "Excel 名单（每人一行）",
        "Excel list, a row each",
    )));
    let entry = format!("/entry/{}", percent(&card.id));
    let list = list.put(el("a").class("button").attr("href", entry).text(say(lang, "在网页上填一份", "Fill one in here")));
    let words = words
        .put(el("p").class("soft").text(say(lang, "发下去填的：", "To hand out:")))
        .put(list)
        .put(el("p").class("soft below").text(say(lang, "空白表：", "Blank:")))
        .put(blanks(card, lang));
    el("div").class(if chosen && !one { "card main-card chosen" } else { "card main-card" }).put(thumbnail(card, lang)).put(words)
}

fn other_card(card: &Card, lang: Lang) -> El {
    el("div").class("card").put(thumbnail(card, lang)).put(el("div").put(el("h3").value(&card.title)).put(blanks(card, lang)))
}

fn thumbnail(card: &Card, lang: Lang) -> El {
    let alt = match lang {
        Lang::Zh => format!("{}第一页", card.title),
        Lang::En => format!("first page of {}", card.title),
    };
    el("img").attr("src", format!("/form/{}/page.png", percent(&card.id))).attr("alt", alt).attr("loading", "lazy")
}

/// Links to the empty paper in every format of it.
fn blanks(card: &Card, lang: Lang) -> El {
    let words = |output: &str| {
        Some(match output {
            "pdf" => "PDF",
            "fillable" => say(lang, "可填写 PDF", "fillable PDF"),
            "docx" => "Word",
            "xlsx" => "Excel",
            _ => return None,
        })
    };
    let links = card.outputs.iter().filter_map(|output| {
        let words = words(output)?;
        let address = with(&format!("/v1/templates/{}/blank", percent(&card.id)), "output", output);
        let label = format!("{}{}{words}", card.title, say(lang, "，空白，", ", blank, "));
        Some(el("a").attr("href", address).flag("download", true).attr("aria-label", label).text(words))
    });
    el("p").class("links").all(links)
}

fn send(start: &Start, lang: Lang) -> El {
    let limit = match lang {
        Lang::Zh => format!("一次最多 {} MB。先核对，不出件。", start.megabytes),
        Lang::En => format!("{} MB at most. It is checked first; nothing is made yet.", start.megabytes),
    };
    let list = el("div")
        .attr("data-drop", "list")
        .put(el("label").attr("for", "list").text(say(lang, "名单，或填好的表", "The list, or filled forms")))
        .put(el("p").attr("id", "list-hint").text(say(
            lang,
            "一份 Excel（每人一行）或 JSON 名单；或填好的 PDF、Word，可以多选；或装着材料的 zip",
            "one Excel list (a row each) or JSON; or filled PDF or Word files, several; or a zip of folders",
        )))
        .put(file("list", "list", ".xlsx,.json,.jsonl,.pdf,.docx,.zip").flag("required", true).attr("aria-describedby", "list-hint"))
        .put(chosen_files());
    let photos = el("div")
        .attr("data-drop", "photos")
        .put(el("label").attr("for", "photos").text(say(lang, "照片（有就传）", "Photos, if there are any")))
        .put(el("p").attr("id", "photos-hint").text(say(
            lang,
            "一个 zip，或多选图片；文件名里有身份证号码或姓名，自动配上",
            "A zip, or several pictures; they are matched by the identity number or name in their file names",
        )))
        .put(file("photos", "photos", ".zip,.jpg,.jpeg,.png").attr("aria-describedby", "photos-hint"))
        .put(chosen_files())
        .put(
            el("details").put(el("summary").text(say(lang, "照片在一个文件夹里", "The photos are in a folder"))).put(
                el("div")
                    .put(el("label").class("quiet").attr("for", "folder").text(say(lang, "照片文件夹", "Folder of photos")))
                    .put(file("photos", "folder", "").flag("webkitdirectory", true)),
            ),
        );
    let waiting = el("div").attr("data-progress", "").flag("hidden", true).put(el("progress").attr("max", "100").attr("value", "0"));
    el("section")
        .class("sheet")
        .attr("id", "send")
        .attr("aria-labelledby", "send-title")
        .put(heading(2, "send-title", say(lang, "上传", "Send the list")))
        .put(el("div").class("drop").put(list).put(photos))
        .put(
            el("div")
                .class("row below")
                .put(el("button").class("primary").attr("type", "submit").text(say(lang, "上传核对", "Send and check")))
                .put(el("span").class("soft").text(limit)),
        )
        .put(waiting)
        .put(el("div").attr("data-said", "").attr("role", "status"))
}

/// A control that takes several files.
fn file(name: &'static str, id: &'static str, accept: &'static str) -> El {
    let input = el("input").attr("type", "file").attr("name", name).attr("id", id).flag("multiple", true);
    if accept.is_empty() { input } else { input.attr("accept", accept) }
}

/// Where the script lists what was dropped.
fn chosen_files() -> El {
    el("p").class("chosen-files").attr("data-chosen", "").attr("aria-live", "polite").flag("hidden", true)
}

/// Filled files that came back.
fn back(start: &Start, lang: Lang) -> El {
    let filled = el("div")
        .attr("data-drop", "filled")
        .put(el("label").attr("for", "filled").text(say(lang, "收回的 PDF 或 Word", "The PDF or Word files that came back")))
        .put(el("p").attr("id", "filled-hint").text(say(lang, "可以一次放几份", "Several at once, if you like")))
        .put(file("filled", "filled", ".pdf,.docx").flag("required", true).attr("aria-describedby", "filled-hint"))
        .put(chosen_files());
    let sent = el("div")
        .attr("data-drop", "sent")
        .put(el("label").attr("for", "sent").text(say(lang, "发出去时的记录（有就传）", "The record that was sent out, if you have it")))
        .put(el("p").attr("id", "sent-hint").text(say(
            lang,
            "JSON；没有也能看出表里改了哪些",
            "JSON; without it, what the file itself remembers is compared",
        )))
        .put(
            el("input")
                .attr("type", "file")
                .attr("name", "sent")
                .attr("id", "sent")
                .attr("accept", ".json")
                .attr("aria-describedby", "sent-hint"),
        )
        .put(chosen_files());
    let template = start.forms.first().map(|card| {
        if start.forms.len() == 1 {
            return el("input").attr("type", "hidden").attr("name", "template").attr("value", card.id.clone());
        }
        let options = start.forms.iter().map(|card| el("option").attr("value", card.id.clone()).value(&card.title));
        el("p")
            .class("below")
            .put(el("label").attr("for", "back-template").text(say(lang, "是哪种表", "Which form")))
            .put(el("select").attr("name", "template").attr("id", "back-template").all(options))
    });
    let form = el("form")
        .attr("action", "/back")
        .attr("method", "post")
        .attr("enctype", "multipart/form-data")
        .all(template)
        .put(el("div").class("drop").put(filled).put(sent))
        .put(
            el("div")
                .class("row below")
                .put(el("button").attr("type", "submit").text(say(lang, "读回来看看", "Read them back")))
                .put(el("span").class("soft").text(say(lang, "只读一下，不保存。", "They are read and not kept."))),
        );
    el("section")
        .class("sheet")
        .attr("id", "back")
        .attr("aria-labelledby", "back-title")
        .put(el("h2").attr("id", "back-title").text(say(lang, "收回的表，看改了什么", "What changed in a form that came back")))
        .put(form)
}
