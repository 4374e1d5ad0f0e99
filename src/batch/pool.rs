//! Work shared out to threads, its results taken by one: bounded, stopped between two pieces, never by a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::error::Error;

/// Laying out and drawing need little stack; pictures and strangers' files get the room a main thread has.
const STACK: usize = 8 << 20;

/// So many results are taken together.
const GROUP: usize = 32;

/// Why a piece of work has no result.
pub enum Missed {
    /// The machine failed.
    Failed(Error),
    /// The program failed: a panic, which its hook has told.
    Panicked,
}

/// Does every piece of work, on so many threads, until `stopped` says so; whoever has begun a piece finishes it.
///
/// Results come to `take` in groups, in the order in which they are ready; where it fails, no further piece is begun, and that
/// failure is returned. At most twice as many results as threads wait to be taken.
pub fn share<R: Send>(
    threads: usize,
    pieces: usize,
    work: impl Fn(usize) -> Result<R, Error> + Sync,
    stopped: impl Fn() -> bool + Sync,
    mut take: impl FnMut(Vec<(usize, Result<R, Missed>)>) -> Result<(), Error>,
) -> Result<(), Error> {
    let threads = threads.clamp(1, pieces.max(1));
    let (next, broken) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (send, results) = sync_channel(threads * 2);
    let worker = |send: std::sync::mpsc::SyncSender<(usize, Result<R, Missed>)>| {
        while !stopped() && !broken.load(Ordering::Relaxed) {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return;
            }
            let done = match catch_unwind(AssertUnwindSafe(|| work(piece))) {
                Ok(done) => done.map_err(Missed::Failed),
                Err(_) => Err(Missed::Panicked),
            };
            if send.send((piece, done)).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let worker = &worker;
            let begun = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || worker(send));
            begun.map_err(|source| Error::Io { action: "start", path: "a thread".into(), source })?;
        }
        drop(send);
        let taken = groups(&results, &mut take);
        broken.store(taken.is_err(), Ordering::Relaxed);
        // Threads that wait to hand over a result would wait forever.
        drop(results);
        taken
    })
}

fn groups<R>(results: &Receiver<R>, take: &mut impl FnMut(Vec<R>) -> Result<(), Error>) -> Result<(), Error> {
    while let Ok(first) = results.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(more) = results.try_recv()
        {
            group.push(more);
        }
        take(group)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_and_failures_spoil_no_other() {
        let mut seen = [0; 100];
        let mut missed = 0;
        let work = |piece| match piece {
            7 => Err(Error::Write("no".to_owned())),
            _ => Ok(piece * 2),
        };
        let done = share(
            3,
            100,
            work,
            || false,
            |group| {
                for (piece, result) in group {
                    seen[piece] += 1;
                    match result {
                        Ok(value) => assert_eq!(value, piece * 2),
                        Err(_) => missed += 1,
                    }
                }
                Ok(())
            },
        );
        assert!(done.is_ok() && seen.iter().all(|count| *count == 1));
        assert_eq!(missed, 1);
    }

    #[test]
    fn it_ends_where_it_is_told_to() {
        let begun = AtomicUsize::new(0);
        let mut taken = 0;
        let work = |_| {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        let stop = || begun.load(Ordering::SeqCst) >= 10;
        share(2, 1000, work, stop, |group| {
            taken += group.len();
            Ok(())
        })
        .expect("nothing fails");
        assert_eq!(taken, begun.load(Ordering::SeqCst), "what was begun is finished and taken");
        assert!(taken < 20);

        let failed = share(2, 1000, |_| Ok(()), || false, |_| Err(Error::Write("full".to_owned())));
        assert!(matches!(failed, Err(Error::Write(_))));
    }
}
