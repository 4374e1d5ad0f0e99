//! Who holds a connection, and who has waited longest for their client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Instant;

use tokio::sync::Notify;

/// The time of one who waits for nobody: the service works for them.
const AT_WORK: u64 = u64::MAX;

/// The seats of one service.
#[derive(Clone, Debug)]
pub struct Seats(Arc<Room>);

#[derive(Debug)]
struct Room {
    taken: Mutex<Taken>,
    most: usize,
    opened: Instant,
    empty: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    seats: HashMap<u64, Arc<Place>>,
}

/// What is known of a connection.
#[derive(Debug)]
struct Place {
    /// Milliseconds after the room was opened since when it has waited for its client, or [`AT_WORK`].
    waiting: AtomicU64,
    /// How often it began to wait for a head or to be worked for, in turns: even while it waits for a head.
    turn: AtomicU64,
    leave: Notify,
    /// Who reads from the client, once it stopped reading while the service worked.
    reader: Mutex<Option<Waker>>,
}

/// The seat of a connection, free again when the last of its owners drops it.
#[derive(Clone, Debug)]
pub struct Seat(Arc<Owned>);

#[derive(Debug)]
struct Owned {
    room: Seats,
    number: u64,
    place: Arc<Place>,
}

impl Seats {
    /// So many seats.
    pub fn new(most: usize) -> Seats {
        let taken = Mutex::new(Taken::default());
        Seats(Arc::new(Room { taken, most: most.max(1), opened: Instant::now(), empty: Notify::new() }))
    }

    /// A seat. Where all are taken, the one that has waited longest for its client loses its own.
    ///
    /// So a thousand clients that dawdle with their heads never keep out one that does not: it sends its head at once.
    /// None where the service works for everybody who is there.
    pub fn take(&self) -> Option<Seat> {
        let mut taken = self.taken();
        if taken.seats.len() >= self.0.most {
            let waiting = |place: &Arc<Place>| place.waiting.load(Ordering::Relaxed);
            let longest = taken.seats.iter().map(|(number, place)| (waiting(place), *number)).min()?;
            if longest.0 == AT_WORK {
                return None;
            }
            if let Some(place) = taken.seats.remove(&longest.1) {
                place.leave.notify_one();
            }
        }
        let number = taken.next;
        taken.next += 1;
        let place = Arc::new(Place {
            waiting: AtomicU64::new(self.now()),
            turn: AtomicU64::new(0),
            leave: Notify::new(),
            reader: Mutex::default(),
        });
        taken.seats.insert(number, Arc::clone(&place));
        Some(Seat(Arc::new(Owned { room: self.clone(), number, place })))
    }

    /// How many are taken.
    pub fn count(&self) -> usize {
        self.taken().seats.len()
    }

    /// Ends when nobody is left.
    pub async fn empty(&self) {
        loop {
            let left = self.0.empty.notified();
            if self.count() == 0 {
                return;
            }
            left.await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(AT_WORK - 1)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// It waits for the head of a request.
    pub fn waits_for_head(&self) {
        let turn = self.turn();
        self.0.place.turn.store(turn + turn % 2, Ordering::Relaxed);
        self.waits();
        // Its time for the next head begins now, which nobody would notice while nothing comes.
        if let Some(reader) = self.reader().take() {
            reader.wake();
        }
    }

    /// It waits for its client: to go on with a body, to take an answer.
    pub fn waits(&self) {
        let now = self.0.room.now();
        // Who waits already has waited since then.
        let _ = self.0.place.waiting.compare_exchange(AT_WORK, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The service works for it.
    pub fn works(&self) {
        let turn = self.turn();
        self.0.place.turn.store(turn + 1 - turn % 2, Ordering::Relaxed);
        self.0.place.waiting.store(AT_WORK, Ordering::Relaxed);
    }

    /// Its client went on; it may soon wait again, from then on.
    pub fn moved(&self) {
        if self.turn() % 2 == 1 {
            self.0.place.waiting.store(AT_WORK, Ordering::Relaxed);
        }
    }

    /// How often it began to wait for a head or to be worked for: even while it waits for a head, and the same for the same one.
    pub fn turn(&self) -> u64 {
        self.0.place.turn.load(Ordering::Relaxed)
    }

    /// Wakes this reader when it next waits for a head.
    pub fn wake_at_head(&self, waker: &Waker) {
        self.reader().get_or_insert_with(|| waker.clone()).clone_from(waker);
    }

    fn reader(&self) -> MutexGuard<'_, Option<Waker>> {
        self.0.place.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when it has to go for another.
    pub async fn lost(&self) {
        self.0.place.leave.notified().await;
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut taken = self.room.taken();
        taken.seats.remove(&self.number);
        if taken.seats.is_empty() {
            self.room.0.empty.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn who_waits_longest_goes_and_who_is_worked_for_stays() {
        let seats = Seats::new(2);
        let one = seats.take().expect("there is a free seat");
        std::thread::sleep(Duration::from_millis(3));
        let two = seats.take().expect("there is a free seat");
        one.works();
        let three = seats.take().expect("the second one gave way");
        assert_eq!(seats.count(), 2);
        drop(two);
        assert_eq!(seats.count(), 2, "a lost seat is not given back twice");
        three.works();
        assert!(seats.take().is_none(), "everybody is worked for");
        one.waits_for_head();
        assert!(seats.take().is_some());
    }

    #[test]
    fn whoever_waits_goes_on_waiting() {
        let seats = Seats::new(1);
        let seat = seats.take().expect("there is a free seat");
        seat.works();
        seat.waits();
        let since = seat.0.place.waiting.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(3));
        seat.waits();
        assert_eq!(seat.0.place.waiting.load(Ordering::Relaxed), since);
        seat.moved();
        assert_eq!(seat.0.place.waiting.load(Ordering::Relaxed), AT_WORK);
        assert_eq!(seat.turn(), 1);
        seat.works();
        assert_eq!(seat.turn(), 1);
        seat.waits_for_head();
        seat.waits_for_head();
        assert_eq!(seat.turn(), 2);
        let since = seat.0.place.waiting.load(Ordering::Relaxed);
        seat.moved();
        assert_eq!(seat.0.place.waiting.load(Ordering::Relaxed), since, "what it sends is no head yet");
    }
}
