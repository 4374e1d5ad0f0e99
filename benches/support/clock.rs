//! CPU time and memory as Linux counts them; wall time would measure the neighbours.

/// Nanoseconds this thread has run, as the scheduler counts them (`/proc/thread-self/schedstat`).
pub fn thread_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells a thread's CPU time");
    text.split_whitespace().next().and_then(|ns| ns.parse().ok()).expect("the first number is nanoseconds")
}

/// Seconds that all threads of this process have run, in steps of 10 ms (`utime` and `stime` in `/proc/self/stat`).
pub fn process_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux tells a process's CPU time");
    // The name in parentheses may hold anything; after it, utime and stime are the 12th and 13th fields.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).expect("a number of ticks");
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory this process ever held, in KiB (`VmHWM` in `/proc/self/status`).
pub fn peak_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux tells a process's memory");
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM is there");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("in KiB")
}
