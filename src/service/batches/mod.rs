//! Batches over HTTP: a folder each, run one after the other, gone after some days.
//!
//! ```text
//!   <folder>/.lock                  one service at a time
//!           /.receiving/<id>/       an upload on its way; gone when it breaks off
//!           /<id>/batch.json        what was asked, by whom, how far it is
//!                 source/           what was sent: a list, or files/ of a folder; photos/
//!                 edits.json        what was put right since
//!                 check/, out/      what the batch engine wrote
//!                 report.json       what it came to, for items and reports
//! ```
//!
//! What a batch did is in its journal, so a service that is killed goes on where it was: whatever has not ended is queued again when
//! it starts. Nothing here holds a record in memory for longer than a request.

mod batch;
mod clock;
mod home;
mod items;
mod kept;
mod look;
mod person;
mod pulse;
mod receive;
mod runner;
mod sent;
mod split;
mod status;
mod store;
mod takeaway;
mod unzip;
mod wish;

pub use batch::{Batch, NOT_READY};
pub use clock::rfc3339;
pub use items::{Finding, Flag, Item, Items, MOST, Select};
pub use kept::{End, Kept, Once, Tally};
pub use person::{Amend, Document, Made, OnePerson, Picture};
pub use pulse::{BatchState, Pulse, Step, Teller, Verdict};
pub use receive::{LINES, LIST, Receiving, Role, Sink};
pub use split::{Splitter, Unsplit};
pub use status::{Links, Reason, Status};
pub use store::Store;
pub use takeaway::{As, Kind, Takeaway, pack};
pub use wish::{Change, Members, Output, Tongue, Wish, parsed};
