//! How far a batch is: one line that is written over on a terminal, a line every ten seconds elsewhere, JSON for programs.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::json;

use super::args::ProgressWords;
use super::output;
use crate::batch::{Progress, Stage, Watch};
use crate::diag::Lang;

/// How often a terminal's line is written anew.
const BLINK: Duration = Duration::from_millis(200);

/// How often a line is added elsewhere.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells progress, and hands on the wish to stop.
pub struct Teller<S: Fn() -> bool + Sync> {
    words: ProgressWords,
    lang: Lang,
    terminal: bool,
    stopped: S,
    state: Mutex<State>,
}

struct State {
    stage: Option<Stage>,
    /// When this stage began, and how much of it was done then.
    begun: (Instant, usize),
    /// When something was told last.
    told: Instant,
    /// Whether the terminal's line is not ended yet.
    open: bool,
}

impl<S: Fn() -> bool + Sync> Teller<S> {
    /// Tells in these words; `stopped` says whether to stop.
    pub fn new(words: ProgressWords, lang: Lang, stopped: S) -> Teller<S> {
        let state = State { stage: None, begun: (Instant::now(), 0), told: Instant::now(), open: false };
        Teller { words, lang, terminal: std::io::stderr().is_terminal(), stopped, state: Mutex::new(state) }
    }

    /// Ends the terminal's line.
    pub fn end(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        if std::mem::take(&mut state.open) {
            output::print_error("");
        }
    }
}

impl<S: Fn() -> bool + Sync> Watch for Teller<S> {
    fn progress(&self, progress: &Progress) {
        let Ok(mut state) = self.state.lock() else { return };
        let now = Instant::now();
        let fresh = state.stage != Some(progress.stage);
        if fresh {
            (state.stage, state.begun) = (Some(progress.stage), (now, progress.done));
        }
        let last = progress.done >= progress.total;
        let wait = if self.terminal { BLINK } else { PATIENCE };
        let due = now.duration_since(state.told) >= wait;
        let (begun, before) = state.begun;
        let spent = now.duration_since(begun);
        let rate = progress.done.saturating_sub(before) as f64 / spent.as_secs_f64().max(0.001);
        match self.words {
            ProgressWords::None => return,
            ProgressWords::Json => {
                let Progress { stage, done, total, troubled } = progress;
                output::print_line(&json!({"stage": stage.word(), "done": done, "total": total, "troubled": troubled}).to_string());
            }
            ProgressWords::Auto if self.terminal && (due || fresh || last) => {
                let line = words(progress, rate, self.lang);
                // The line is cleared to its end (ECMA-48, EL): the one before may have been longer.
                let _ = write!(std::io::stderr(), "\r{line}\x1b[K");
                state.open = true;
            }
            ProgressWords::Auto if !self.terminal && due => output::print_error(&words(progress, rate, self.lang)),
            ProgressWords::Auto => return,
        }
        state.told = now;
    }

    fn stopped(&self) -> bool {
        (self.stopped)()
    }
}

fn words(progress: &Progress, rate: f64, lang: Lang) -> String {
    let Progress { stage, done, total, troubled } = *progress;
    let what = match (stage, lang) {
        (Stage::Reading, Lang::Zh) => "读取",
        (Stage::Rendering, Lang::Zh) => "制作",
        (Stage::Printing, Lang::Zh) => "合成打印文件",
        (Stage::Sheets, Lang::Zh) => "一览表和推荐函",
        (Stage::Reading, Lang::En) => "reading",
        (Stage::Rendering, Lang::En) => "rendering",
        (Stage::Printing, Lang::En) => "print file",
        (Stage::Sheets, Lang::En) => "sheets and letters",
    };
    let left = total.saturating_sub(done);
    let mut line = format!("{what} {done}/{total}");
    if rate > 0.0 && left > 0 {
        let time = time((left as f64 / rate).ceil() as u64, lang);
        line += &match lang {
            Lang::Zh => format!("，每秒 {rate:.1}，约剩 {time}"),
            Lang::En => format!(", {rate:.1}/s, about {time} left"),
        };
    }
    if troubled > 0 {
        line += &match lang {
            Lang::Zh => format!("，退回 {troubled}"),
            Lang::En => format!(", {troubled} held back"),
        };
    }
    line
}

fn time(seconds: u64, lang: Lang) -> String {
    match (seconds, lang) {
        (0..=90, Lang::Zh) => format!("{seconds} 秒"),
        (0..=90, Lang::En) => format!("{seconds} s"),
        (_, Lang::Zh) => format!("{} 分钟", seconds.div_ceil(60)),
        (_, Lang::En) => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_in_words() {
        let progress = Progress { stage: Stage::Rendering, done: 20, total: 500, troubled: 3 };
        assert_eq!(words(&progress, 40.0, Lang::Zh), "制作 20/500，每秒 40.0，约剩 12 秒，退回 3");
        assert_eq!(words(&progress, 1.0, Lang::En), "rendering 20/500, 1.0/s, about 8 min left, 3 held back");
        let done = Progress { stage: Stage::Sheets, done: 9, total: 9, troubled: 0 };
        assert_eq!(words(&done, 3.0, Lang::Zh), "一览表和推荐函 9/9");
    }
}
