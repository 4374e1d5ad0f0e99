//! XML in a zip (ECMA-376 part 2, Open Packaging Conventions): written the same each time, read within limits.

pub mod frames;
pub mod marks;
mod read;
mod relations;
pub mod words;
mod write;
pub mod xml;

pub use read::{Fault, Limits, Package};
pub use relations::Relation;
pub use write::{Part, pack};
