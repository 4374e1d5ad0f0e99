//! What every page has: head, steps, main, foot.

use super::address;
use super::assets::{SCRIPT, STYLE};
use super::html::{El, document, el};
use super::words::say;
use crate::diag::Lang;

/// One of the four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Choose the form.
    Choose,
    /// Send the list.
    Send,
    /// Look at everybody.
    Check,
    /// Take the documents away.
    Take,
}

impl Step {
    /// All of them in order.
    pub const ALL: [Step; 4] = [Step::Choose, Step::Send, Step::Check, Step::Take];

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Step::Choose => say(lang, "选表", "Choose a form"),
            Step::Send => say(lang, "上传", "Send the list"),
            Step::Check => say(lang, "核对", "Check"),
            Step::Take => say(lang, "出件", "Take away"),
        }
    }
}

/// The frame around a page's own content.
pub struct Shell {
    /// Its language.
    pub lang: Lang,
    /// The page's title, the state first: `3 人有错 · 核对`.
    pub title: String,
    /// The step that the page belongs to; none for a page beside the way.
    pub step: Option<Step>,
    /// The batch that the page is about.
    pub work: Option<WorkFrame>,
    /// After how many seconds a browser without script looks again.
    pub again: Option<u32>,
    /// The page's own address with its query, for the link to the other language.
    pub here: String,
}

/// What the frame shows of a batch.
pub struct WorkFrame {
    /// Its number.
    pub id: String,
    /// Until when it is kept, in words.
    pub until: String,
    /// Whether its people can be looked at by now.
    pub checked: bool,
}

impl Shell {
    /// The page as a document.
    pub fn page(&self, content: impl IntoIterator<Item = El>) -> String {
        let lang = self.lang;
        let code = say(lang, "zh-CN", "en");
        let body = el("body")
            .put(el("a").class("skip").attr("href", "#main").text(say(lang, "跳到正文", "Skip to the content")))
            .put(self.top())
            .put(el("main").attr("id", "main").attr("tabindex", "-1").all(content))
            .put(self.foot());
        document(&el("html").attr("lang", code).put(self.head()).put(body))
    }

    fn head(&self) -> El {
        let title = format!("{} · {}", self.title, say(self.lang, "制表", "forms"));
        let again =
            self.again.map(|seconds| el("noscript").put(el("meta").attr("http-equiv", "refresh").attr("content", seconds.to_string())));
        el("head")
            .put(el("meta").attr("charset", "utf-8"))
            .put(el("meta").attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"))
            .put(el("meta").attr("name", "color-scheme").attr("content", "light"))
            .put(el("title").value(&title))
            .put(el("link").attr("rel", "stylesheet").attr("href", STYLE.address()))
            .put(el("link").attr("rel", "icon").attr("href", super::assets::ICON.address()))
            .put(el("script").attr("type", "module").attr("src", SCRIPT.address()))
            .all(again)
    }

    fn top(&self) -> El {
        let lang = self.lang;
        let brand =
            el("a").class("brand").attr("href", "/").put(el("b").text("formwright")).put(el("span").text(say(lang, "制表", "forms")));
        let steps = el("ol").all(Step::ALL.into_iter().enumerate().map(|(at, step)| self.step(at + 1, step)));
        let steps = el("nav").class("steps").attr("aria-label", say(lang, "四步", "Four steps")).put(steps);
        el("header").class("top").put(el("div").class("wide").put(brand).put(steps).put(self.language()))
    }

    fn step(&self, number: usize, step: Step) -> El {
        let words = [el("b").text(number.to_string()), el("span").text(step.words(self.lang))];
        let here = self.step == Some(step);
        let address = match (&self.work, step) {
            _ if here => None,
            (Some(work), Step::Check) if work.checked => Some(address::people(&work.id)),
            (Some(work), Step::Take) if work.checked => Some(address::take(&work.id)),
            (_, Step::Choose) => Some("/#choose".to_owned()),
            (_, Step::Send) => Some("/#send".to_owned()),
            _ => None,
        };
        let done = self.step.is_some_and(|current| step < current);
        let item = el("li").maybe("class", done.then_some("done"));
        match address {
            Some(address) => item.put(el("a").attr("href", address).all(words)),
            None => item.put(el("span").maybe("aria-current", here.then_some("step")).all(words)),
        }
    }

    fn language(&self) -> El {
        let (words, code, want) = match self.lang {
            Lang::Zh => ("English", "en", "en"),
            Lang::En => ("中文", "zh-CN", "zh"),
        };
        let address = address::with(&self.here, "lang", want);
        el("a").class("language").attr("href", address).attr("lang", code).attr("hreflang", code).text(words)
    }

    fn foot(&self) -> El {
        let lang = self.lang;
        let kept = match &self.work {
            Some(work) => el("p")
                .text(say(lang, "这批材料保存到 ", "This work is kept until "))
                .put(el("b").text(work.until.clone()))
                .text(say(lang, "，到时自动清除。", ", and then goes by itself. "))
                .put(el("a").class("wipe").attr("href", address::wipe(&work.id)).text(say(lang, "现在清除数据", "Wipe the data now"))),
            None => el("p").text(say(lang, "材料只在这台服务器上，不往别处发送。", "Papers stay on this server and are sent nowhere.")),
        };
        let more = el("p")
            .put(el("a").attr("href", "/docs").text(say(lang, "程序接口", "For programs")))
            .text(" · ")
            .put(el("span").text(concat!("formwright ", env!("CARGO_PKG_VERSION"))));
        el("footer").class("foot").put(el("div").class("wide").put(kept).put(more))
    }
}
