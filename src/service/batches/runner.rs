//! Batches at work: one after the other, on threads that let everything else go first.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::batch::Batch;
use super::clock::now;
use super::kept::{End, Tally};
use super::pulse::{BatchState, Looking};
use super::store::Shared;
use crate::batch::{self, BatchOptions, Outcome, Problem};
use crate::diag::{Diagnostic, Message, Place};
use crate::error::Error;

/// How far threads of batches stand back: a single document on a busy machine gets about nine tenths of a core that both want.
const NICENESS: i32 = 10;

/// Works until the service closes.
pub fn work(shared: &Shared) {
    stand_back();
    while let Some(batch) = shared.next() {
        run(shared, &batch);
        shared.rests(&batch);
    }
}

/// Runs a batch and notes what it came to.
fn run(shared: &Shared, batch: &Batch) {
    let kept = batch.kept();
    let check_only = kept.wish.check_only;
    batch.teller.begin(BatchState::Checking);
    let folder = if check_only { batch.check() } else { batch.output() };
    let looking = Looking { teller: &batch.teller, check_only, stops: [&shared.closing, &batch.stop] };
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let options = BatchOptions { threads: shared.threads, ..batch.options()? };
        let options = if check_only { batch.checking(options)? } else { options };
        batch::run(&shared.engine, &batch.source(), &folder, &options, &looking)
    }));
    let ended = match ran {
        Ok(Ok(Outcome { stopped: true, .. })) => {
            // The service stops: the batch goes on when it starts again.
            if !batch.stop.load(Ordering::Relaxed) && !batch.gone.load(Ordering::Relaxed) {
                return batch.teller.say(BatchState::Queued);
            }
            (End::Cancelled, None, Vec::new())
        }
        Ok(Ok(Outcome { report, .. })) => {
            let tally = Tally::of(&report);
            match shared.keep_report(batch, report) {
                Ok(_) => (if check_only { End::Checked } else { End::Done }, Some(tally), Vec::new()),
                Err(error) => (End::Failed, None, reasons(error)),
            }
        }
        Ok(Err(error)) => (End::Failed, None, reasons(error)),
        Err(_) => (End::Failed, None, vec![reason("internal-error", "程序出错，这一批停下了", "the program failed at this batch")]),
    };
    let bytes = super::home::bytes_of(&batch.folder);
    let (end, tally, why) = ended;
    let noted = batch.change(|kept| {
        kept.ended = Some(end);
        kept.tally = tally.unwrap_or(kept.tally);
        kept.changed = now();
        kept.bytes = bytes;
        kept.why = why;
        if tally.is_some() {
            kept.stale = false;
        }
    });
    // What cannot be noted is looked at again when the service starts: the journal knows what is done. Until then it has failed, and
    // may be asked for again when there is room.
    let end = match noted {
        Ok(()) => end,
        Err(error) => {
            batch.hold(|kept| (kept.ended, kept.changed, kept.why) = (Some(End::Failed), now(), reasons(error)));
            End::Failed
        }
    };
    batch.teller.say(BatchState::of(Some(end)));
}

/// Why a batch could not go on: codes and words, without the names of files.
fn reasons(error: Error) -> Vec<Problem> {
    match error {
        Error::Refused(found) => found.iter().map(|one| Problem { place: String::new(), ..Problem::from(one) }).collect(),
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            vec![reason("disk-full", "磁盘满了；腾出空间后再运行", "the disk is full; make room and run it again")]
        }
        Error::Io { .. } => vec![reason("store-failed", "读写磁盘时出错；再运行一次", "reading or writing failed; run it again")],
        Error::NoTemplate { .. } => vec![reason("template-not-found", "没有这个模板", "there is no such template")],
        Error::Font(_) | Error::Write(_) => vec![reason("not-made", "没有做成", "it could not be made")],
    }
}

fn reason(code: &'static str, zh: &str, en: &str) -> Problem {
    Problem::from(&Diagnostic::error(code, Place::File { file: String::new() }, Message::new(zh, en)))
}

/// Gives single documents the first turn at a core. On Linux this is the thread's own, and that of the threads it starts
/// (setpriority(2), “C library/kernel differences”); where it is the whole program's it is left alone.
fn stand_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
    #[cfg(not(target_os = "linux"))]
    let _ = NICENESS;
}
