//! What a filled PDF says.

use super::ReadBack;
use crate::diag::Diagnostics;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Diagnostics> {
    let _ = (name, bytes);
    Err(Diagnostics::default())
}
