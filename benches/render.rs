//! CPU time per document in a warm process, and what a document weighs.
//!
//! `cargo bench` prints a table. CPU time, not wall time: machines are noisy. The figures of record and the
//! method are in `docs/performance.md`.

#[allow(dead_code)] // each benchmark needs a part of it
#[path = "support/clock.rs"]
mod clock;

use std::path::Path;
use std::sync::Arc;

use formwright::docx::DocxOptions;
use formwright::engine::{Engine, Filled};
use formwright::pdf::PdfOptions;
use formwright::preview::{self, PreviewOptions};
use formwright::readback;
use formwright::record::Record;

/// Documents before measuring begins, and documents measured.
const WARM_UP: usize = 10;
const MEASURED: usize = 100;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::open(root.join("templates"), root.join("fonts")).expect("the shipped templates and fonts open");
    println!("| document | pages | bytes | CPU ms, mean | of which until laid out | CPU ms, median | CPU ms, 95th |");
    println!("|---|---|---|---|---|---|---|");
    let jobs = [
        ("form with photo, print", "recommendation", "nominee.json", Output::Pdf(PdfOptions::print())),
        ("form with photo, fillable", "recommendation", "nominee.json", Output::Pdf(PdfOptions::fillable())),
        ("form with photo, DOCX", "recommendation", "nominee.json", Output::Docx),
        ("over-full form, print", "recommendation", "overfull.json", Output::Pdf(PdfOptions::print())),
        ("over-full form, DOCX", "recommendation", "overfull.json", Output::Docx),
        ("rare name, print", "recommendation", "rare.json", Output::Pdf(PdfOptions::print())),
        ("sheet of 30 people, print", "summary", "sheet.json", Output::Pdf(PdfOptions::print())),
        ("sheet of 30 people, DOCX", "summary", "sheet.json", Output::Docx),
    ];
    for (what, template, sample, output) in jobs {
        let record = Record::open(root.join("samples").join(sample)).expect("the sample opens");
        let figures = measured(|| {
            let filled = engine.fill(template, record.clone()).expect("the sample fills");
            let set = clock::thread_ns();
            let bytes = output.write(&filled);
            (filled.pages(), bytes.len(), set)
        });
        println!("| {what} | {} |", figures.told(true));
    }
    println!();
    println!("| read back | bytes | CPU ms, mean | CPU ms, median | CPU ms, 95th |");
    println!("|---|---|---|---|---|");
    let files = [
        ("fillable PDF, form with photo", "recommendation", "nominee.json", Output::Pdf(PdfOptions::fillable())),
        ("DOCX, form with photo", "recommendation", "nominee.json", Output::Docx),
        ("fillable PDF, sheet of 30 people", "summary", "sheet.json", Output::Pdf(PdfOptions::fillable())),
        ("DOCX, sheet of 30 people", "summary", "sheet.json", Output::Docx),
    ];
    for (what, template, sample, output) in files {
        let record = Record::open(root.join("samples").join(sample)).expect("the sample opens");
        let bytes = output.write(&engine.fill(template, record).expect("the sample fills"));
        let figures = measured(|| {
            let back = readback::read("the file", &bytes).expect("our own file is read");
            (back.fields.len(), bytes.len(), 0)
        });
        println!("| {what} | {} |", figures.told(false));
    }
    println!();
    println!("| page picture | bytes | CPU ms, mean | CPU ms, median | CPU ms, 95th |");
    println!("|---|---|---|---|---|");
    for (what, template, sample, page) in
        [("form with photo, page 2", "recommendation", "nominee.json", 2), ("sheet of 30 people, page 1", "summary", "sheet.json", 1)]
    {
        let record = Record::open(root.join("samples").join(sample)).expect("the sample opens");
        let filled = engine.fill(template, record).expect("the sample fills");
        let pdf = Arc::new(filled.pdf(&PdfOptions::print()).expect("the sample is written"));
        let figures = measured(|| {
            let png = preview::page(&pdf, page, &PreviewOptions::default()).expect("the page is shown");
            (1, png.len(), 0)
        });
        println!("| {what} at 100 dpi | {} |", figures.told(false));
    }
    println!();
    println!("peak memory of this process: {} MiB", clock::peak_kib() / 1024);
}

/// What is made of a form.
enum Output {
    Pdf(PdfOptions),
    Docx,
}

impl Output {
    fn write(&self, filled: &Filled) -> Vec<u8> {
        match self {
            Output::Pdf(options) => filled.pdf(options),
            Output::Docx => filled.docx(&DocxOptions::default()),
        }
        .expect("the sample is written")
    }
}

/// What a job took, in milliseconds of CPU, and what it made.
struct Figures {
    pages: usize,
    bytes: usize,
    mean: f64,
    until_set: f64,
    median: f64,
    late: f64,
}

impl Figures {
    fn told(&self, document: bool) -> String {
        let Figures { pages, bytes, mean, until_set, median, late } = self;
        match document {
            true => format!("{pages} | {bytes} | {mean:.2} | {until_set:.2} | {median:.2} | {late:.2}"),
            false => format!("{bytes} | {mean:.2} | {median:.2} | {late:.2}"),
        }
    }
}

/// Measures a job that gives pages, bytes, and when its first half was done.
fn measured(one: impl Fn() -> (usize, usize, u64)) -> Figures {
    for _ in 0..WARM_UP {
        one();
    }
    let mut times = Vec::new();
    let mut made = (0, 0, 0);
    let mut until_set = 0.0;
    for _ in 0..MEASURED {
        let before = clock::thread_ns();
        made = one();
        times.push((clock::thread_ns() - before) as f64 / 1e6);
        until_set += made.2.saturating_sub(before) as f64 / 1e6 / MEASURED as f64;
    }
    times.sort_by(f64::total_cmp);
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Figures { pages: made.0, bytes: made.1, mean, until_set, median: at(0.5), late: at(0.95) }
}
