//! What the service asks of the system for its own process.

/// New files are their owner's alone, and as many connections may be open as the system lets us; the number of files comes back.
#[cfg(unix)]
pub fn prepare() -> Option<u64> {
    use rustix::fs::Mode;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
    umask(Mode::from_bits_truncate(0o077));
    let limit = getrlimit(Resource::Nofile);
    // Where it cannot be raised the connections are fewer; the caller sees how many.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    getrlimit(Resource::Nofile).current
}

/// Nothing of this is asked here.
#[cfg(not(unix))]
pub fn prepare() -> Option<u64> {
    None
}
