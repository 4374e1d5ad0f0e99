//! The memory that request bodies may take together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many bytes, shared by all requests.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Purse>);

#[derive(Debug)]
struct Purse {
    held: AtomicUsize,
    most: usize,
}

/// Bytes taken from a budget, given back when this is dropped.
#[derive(Debug)]
pub struct Held {
    budget: Budget,
    bytes: usize,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(most: usize) -> Budget {
        Budget(Arc::new(Purse { held: AtomicUsize::new(0), most }))
    }

    /// Nothing yet, to be added to as bytes arrive: who only announces bytes takes none from others.
    pub fn open(&self) -> Held {
        Held { budget: self.clone(), bytes: 0 }
    }

    /// How many bytes are held now.
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }
}

impl Held {
    /// Takes some more; false, and nothing taken, where not so many are left.
    pub fn add(&mut self, bytes: usize) -> bool {
        let purse = &self.budget.0;
        let add = |now: usize| now.checked_add(bytes).filter(|sum| *sum <= purse.most);
        let taken = purse.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok();
        if taken {
            self.bytes += bytes;
        }
        taken
    }

    /// Gives all of it back.
    pub fn give_back(&mut self) {
        self.budget.0.held.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let budget = Budget::new(100);
        let (mut one, mut two) = (budget.open(), budget.open());
        assert!(one.add(60));
        assert!(!two.add(41));
        assert!(two.add(40));
        assert_eq!(budget.held(), 100);
        drop(one);
        assert_eq!(budget.held(), 40);
        assert!(two.add(60) && !two.add(usize::MAX));
        drop(two);
        assert_eq!(budget.held(), 0);
    }
}
