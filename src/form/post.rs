//! What the entry page and the reading of what it posts must agree on. None of these words is a field's name: names have no colon.

/// Before the name of a photo: the picture that was sent before, as a data URI. A browser sends a file once only.
pub const KEPT: &str = "kept:";

/// Before the name of a photo: a tick that takes the picture away.
pub const DROPPED: &str = "drop:";

/// The name of the buttons; their value says what is to be made ([`CHECK`], or an output's name).
pub const TO: &str = "to";

/// The button that only checks.
pub const CHECK: &str = "check";
