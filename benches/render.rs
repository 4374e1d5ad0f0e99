//! CPU time per document in a warm process, and what a document weighs.
//!
//! `cargo bench` prints a table. CPU time, not wall time: machines are noisy. The figures of record and the
//! method are in `docs/performance.md`.

use std::path::Path;

use formwright::engine::Engine;
use formwright::pdf::PdfOptions;
use formwright::record::Record;

/// Documents before measuring begins, and documents measured.
const WARM_UP: usize = 10;
const MEASURED: usize = 100;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::open(root.join("templates"), root.join("fonts")).expect("the shipped templates and fonts open");
    println!("| document | pages | bytes | CPU ms, mean | CPU ms, median | CPU ms, 95th |");
    println!("|---|---|---|---|---|---|");
    let jobs = [
        ("form with photo, print", "recommendation", "nominee.json", PdfOptions::print()),
        ("form with photo, fillable", "recommendation", "nominee.json", PdfOptions::fillable()),
        ("over-full form, print", "recommendation", "overfull.json", PdfOptions::print()),
        ("rare name, print", "recommendation", "rare.json", PdfOptions::print()),
        ("sheet of 30 people, print", "summary", "sheet.json", PdfOptions::print()),
    ];
    for (what, template, sample, options) in jobs {
        let record = Record::open(root.join("samples").join(sample)).expect("the sample opens");
        let one = || {
            let filled = engine.fill(template, record.clone()).expect("the sample fills");
            let bytes = filled.pdf(&options).expect("the sample is written");
            (filled.pages(), bytes.len())
        };
        for _ in 0..WARM_UP {
            one();
        }
        let mut times = Vec::new();
        let mut size = (0, 0);
        for _ in 0..MEASURED {
            let before = cpu_ns();
            size = one();
            times.push((cpu_ns() - before) as f64 / 1e6);
        }
        times.sort_by(f64::total_cmp);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("| {what} | {} | {} | {mean:.2} | {:.2} | {:.2} |", size.0, size.1, at(0.5), at(0.95));
    }
    println!();
    println!("peak memory of this process: {} MiB", peak_kib() / 1024);
}

/// Nanoseconds this thread has run, as the scheduler counts them (Linux: /proc/thread-self/schedstat).
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells a thread's CPU time");
    text.split_whitespace().next().and_then(|ns| ns.parse().ok()).expect("the first number is nanoseconds")
}

/// The most memory this process ever held (Linux: VmHWM in /proc/self/status).
fn peak_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux tells a process's memory");
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).expect("VmHWM is there");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("in KiB")
}
