//! Many records: checked beside each other, made into dossiers, one file for the printer, the sheets and a report.
//!
//!     cargo run --example batch -- samples/batch.jsonl out
//!     cargo run --example batch -- samples/batch.jsonl out 9 name 金向阳
//!
//! The second line puts a value right that was sent wrong: entry 9, counted from 0. Only that dossier is rendered then.

use std::error::Error;
use std::path::Path;

use formwright::batch::{self, BatchOptions, Edits, Format, Progress, State, Watch};
use formwright::{Edit, Engine, FieldName, Lang};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut edits = Edits::default();
    let (source, output) = match arguments.as_slice() {
        [source, output] => (source, output),
        [source, output, entry, field, value] => {
            let field = FieldName::parse(field).ok_or("this is not the name of a field")?;
            edits.put(entry.parse()?, field, Edit::Text(value.clone()));
            (source, output)
        }
        _ => return Err("usage: batch SOURCE FOLDER [ENTRY FIELD VALUE]".into()),
    };
    run(Path::new(source), Path::new(output), edits)
}

fn run(source: &Path, output: &Path, edits: Edits) -> Result<(), Box<dyn Error>> {
    let engine = Engine::open("templates", "fonts")?;
    let options = BatchOptions { formats: vec![Format::Pdf, Format::Docx], edits, ..BatchOptions::default() };
    let outcome = batch::run(&engine, source, output, &options, &Teller)?; // again after any stop: nobody is rendered twice

    for line in &outcome.report.lines {
        println!("{} {} {}", line.entry, line.state.code(), line.place); // never a name, unless you ask for `line.name`
        for problem in line.problems.iter().filter(|problem| problem.error) {
            println!("    {} {}: {}", problem.label, problem.code, problem.message(Lang::Zh));
        }
    }
    let report = &outcome.report;
    println!("{} made, {} held back, {} rendered so far", report.count(State::Done), report.count(State::Held), report.renders);
    Ok(())
}

/// Looks on. It could also ask the batch to stop, in `stopped`.
struct Teller;

impl Watch for Teller {
    fn progress(&self, progress: &Progress) {
        eprintln!("{} {}/{}", progress.stage.word(), progress.done, progress.total);
    }

    fn person(&self, entry: usize, _n: usize, state: State) {
        if state == State::Failed {
            eprintln!("entry {entry} failed; the next run tries it again");
        }
    }
}
