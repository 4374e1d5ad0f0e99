//! A whole batch, from a list of people to the report: CPU time of all threads, bytes, memory.
//!
//! `cargo bench --bench batch` takes 500 people, or as many as its first argument says. The figures of record are in
//! `docs/performance.md`.

#[allow(dead_code)] // each benchmark needs a part of it
#[path = "support/clock.rs"]
mod clock;
#[allow(dead_code)] // tests/batch.rs needs the rest of it
#[path = "../tests/support/people.rs"]
mod people;

use std::path::Path;

use formwright::Engine;
use formwright::batch::{self, BatchOptions, Format, State, Unwatched};

fn main() {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(500);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::open(root.join("templates"), root.join("fonts")).expect("the shipped templates and fonts open");
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let source = desk.path().join("people.jsonl");
    people::write(&source, count);
    println!("| {count} people | CPU s | CPU ms a person | bytes of the print file a person | peak MiB so far |");
    println!("|---|---|---|---|---|");
    let jobs = [
        ("check only", BatchOptions { check_only: true, ..BatchOptions::default() }),
        ("print file, sheets, report", BatchOptions { formats: Vec::new(), ..BatchOptions::default() }),
        ("the same again, nothing changed", BatchOptions { formats: Vec::new(), ..BatchOptions::default() }),
        ("and each dossier as PDF", BatchOptions::default()),
        ("and fillable and DOCX", BatchOptions { formats: Format::ALL.to_vec(), ..BatchOptions::default() }),
    ];
    for (at, (what, options)) in jobs.into_iter().enumerate() {
        // The third goes on in the folder of the second.
        let folder = desk.path().join(if at == 2 { "1".to_owned() } else { at.to_string() });
        let before = clock::process_s();
        let outcome = batch::run(&engine, &source, &folder, &options, &Unwatched).expect("the batch runs");
        let seconds = clock::process_s() - before;
        assert_eq!(outcome.report.count(State::Done), count, "everybody is done");
        let print = std::fs::metadata(folder.join(batch::PRINT).join("打印.pdf")).map_or(0, |about| about.len());
        let (each, mib) = (seconds * 1000.0 / count as f64, clock::peak_kib() / 1024);
        println!("| {what} | {seconds:.2} | {each:.2} | {} | {mib} |", print / count as u64);
    }
}
