//! The words of a report in both languages.

use super::State;
use crate::diag::Lang;

/// One of two texts.
pub fn say<'t>(lang: Lang, zh: &'t str, en: &'t str) -> &'t str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A state in a word.
pub fn state(state: State, lang: Lang) -> &'static str {
    match (state, lang) {
        (State::Done, Lang::Zh) => "完成",
        (State::Done, Lang::En) => "done",
        (State::Held, Lang::Zh) => "退回",
        (State::Held, Lang::En) => "held back",
        (State::Failed, Lang::Zh) => "出错",
        (State::Failed, Lang::En) => "failed",
        (State::Waiting, Lang::Zh) => "未做到",
        (State::Waiting, Lang::En) => "not reached",
    }
}

/// What is shown where a name or a unit is not known.
pub fn unknown(lang: Lang) -> &'static str {
    say(lang, "（未填）", "(none)")
}

/// Between a label and what is said of it.
pub fn colon(lang: Lang) -> &'static str {
    say(lang, "：", ": ")
}

/// Between two things said.
pub fn semicolon(lang: Lang) -> &'static str {
    say(lang, "；", "; ")
}
