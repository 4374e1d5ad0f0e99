//! Words that several pages use.

use crate::diag::Lang;

/// The words in one language, Chinese first.
pub fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// So many people: `3 人`, `3 people`.
pub fn people(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::Zh, _) => format!("{count} 人"),
        (Lang::En, 1) => "1 person".to_owned(),
        (Lang::En, _) => format!("{count} people"),
    }
}

/// What stands between a label and what is said of it.
pub fn colon(lang: Lang) -> &'static str {
    say(lang, "：", ": ")
}

/// How it stands with a person: a sign, a word and a colour, so that none of them is needed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing keeps the papers from being made, and nothing has to be looked at.
    Fine,
    /// They can be made; a person should look.
    Look,
    /// They are held back.
    Wrong,
    /// The machine could not make them.
    Failed,
    /// They were not reached yet.
    Waiting,
}

impl Mark {
    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Mark::Fine => "●",
            Mark::Look => "▲",
            Mark::Wrong | Mark::Failed => "✕",
            Mark::Waiting => "○",
        }
    }

    /// The word.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Mark::Fine => say(lang, "可以", "fine"),
            Mark::Look => say(lang, "提醒", "to look at"),
            Mark::Wrong => say(lang, "错误", "wrong"),
            Mark::Failed => say(lang, "没有做成", "not made"),
            Mark::Waiting => say(lang, "等待", "waiting"),
        }
    }

    /// The class that gives the colour.
    pub fn class(self) -> &'static str {
        match self {
            Mark::Fine => "mark fine",
            Mark::Look => "mark look",
            Mark::Wrong | Mark::Failed => "mark wrong",
            Mark::Waiting => "mark waiting",
        }
    }
}
