//! A word on standard error when something takes longer than two seconds.

use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::diag::Lang;

/// After this long a person begins to wonder.
const PATIENCE: Duration = Duration::from_secs(2);

/// A watch that speaks up while it is held.
pub struct Progress {
    done: Option<Sender<()>>,
    watch: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts the watch; it says nothing where standard error is not a terminal.
    pub fn start(lang: Lang) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress { done: None, watch: None };
        }
        let (done, ended) = mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            let mut seconds = 0;
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(PATIENCE) {
                seconds += PATIENCE.as_secs();
                match lang {
                    Lang::Zh => eprint!("\r正在处理，已 {seconds} 秒…"),
                    Lang::En => eprint!("\rworking, {seconds} s so far…"),
                }
            }
            if seconds > 0 {
                eprintln!();
            }
        });
        Progress { done: Some(done), watch: Some(watch) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(watch) = self.watch.take() {
            // The watch only prints; that it ended badly changes nothing.
            let _ = watch.join();
        }
    }
}
