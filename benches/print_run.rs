//! A print run of hundreds of dossiers: CPU time, memory, and what a dossier weighs in it.
//!
//! `cargo bench --bench print_run` prints a table; the number of dossiers may follow (500). The figures of record
//! and the method are in `docs/performance.md`.

#[allow(dead_code)] // each benchmark needs a part of it
#[path = "support/clock.rs"]
mod clock;

use std::fs::File;
use std::path::Path;

use formwright::engine::{Engine, FillOptions};
use formwright::name::FieldName;
use formwright::pdf::{Part, PrintRun, RunOptions, draw};
use formwright::record::Record;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let count = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(500);
    let engine = Engine::open(root.join("templates"), root.join("fonts")).expect("the shipped templates and fonts open");
    let sample = Record::open(root.join("samples/nominee.json")).expect("the sample opens");
    let characters = characters(root);

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("print-run.pdf");
    let out = File::create(&path).expect("the folder can be written");
    let options = RunOptions { title: "推荐材料".to_owned(), ..RunOptions::default() };
    let mut run = PrintRun::new(out, engine.fonts(), &options).expect("the file can be written");
    // Until set, until drawn, until it came back from its bytes, until it stands in the file.
    let mut spent = [0; 4];
    let (mut kept, mut pages) = (0, 0);
    let begin = clock::thread_ns();
    for number in 0..count {
        let mut times = [clock::thread_ns(); 5];
        let record = varied(&sample, number, &characters);
        let filled = engine.fill_with("recommendation", &record, &FillOptions::default()).expect("the sample fills");
        times[1] = clock::thread_ns();
        let part = draw(&[(filled.form(), filled.layout())], engine.fonts(), true).expect("the sample is drawn");
        times[2] = clock::thread_ns();
        let bytes = part.to_bytes().expect("a part can be kept");
        let part = Part::from_bytes(&bytes).expect("a part comes back");
        times[3] = clock::thread_ns();
        run.add(&(number + 1).to_string(), &format!("{} 王", number + 1), &part).expect("a dossier is added");
        times[4] = clock::thread_ns();
        kept += bytes.len();
        pages += part.pages();
        for (sum, pair) in spent.iter_mut().zip(times.windows(2)) {
            *sum += pair[1] - pair[0];
        }
    }
    let before = clock::thread_ns();
    drop(run.finish().expect("the run is finished"));
    let (end, peak) = (clock::thread_ns(), clock::peak_kib());

    let ms = |ns: u64| ns as f64 / 1e6;
    let weight = Weight::of(&path);
    let each = |bytes: u64| bytes / count;
    println!("{count} dossiers of {} pages", pages as u64 / count);
    println!("| | |\n|---|---|");
    println!("| CPU, whole | {:.2} s |", ms(end - begin) / 1e3);
    for (what, ns) in ["set", "draw", "keep and take back", "add"].iter().zip(spent) {
        println!("| of which {what}, each | {:.2} ms |", ms(ns) / count as f64);
    }
    println!("| of which finish | {:.0} ms |", ms(end - before));
    println!("| file | {} bytes |", weight.whole);
    println!("| each, without its photo | {} bytes |", each(weight.whole - weight.photos));
    println!("| of which pages' content | {} bytes |", each(weight.contents));
    println!("| of which fonts' share | {} bytes |", each(weight.fonts));
    println!("| a photo | {} bytes |", each(weight.photos));
    println!("| a part on disk | {} bytes |", kept as u64 / count);
    println!("| peak memory | {} MiB |", peak / 1024);
}

/// The sample as another person's: other names, numbers and addresses, and the same texts from another beginning.
fn varied(sample: &Record, number: u64, characters: &[char]) -> Record {
    let mut record = sample.clone();
    let draw = |place: u64, length: u64| -> String {
        (0..length).map(|at| characters[((number * 7919 + place * 613 + at * 389) % characters.len() as u64) as usize]).collect()
    };
    let mut set = |name: &str, text: &str| record.set(&FieldName::parse(name).expect("a name of a field"), text);
    set("name", &draw(1, 2 + number % 2));
    set("employer", &format!("瑞安市{}有限公司", draw(2, 8)));
    set("address", &format!("浙江省瑞安市{}街道{}路{}号", draw(3, 2), draw(4, 3), number));
    set("mobile", &format!("199{:08}", number));
    for row in 0..5 {
        set(&format!("resume.{row}.witness"), &draw(5 + row, 3));
    }
    for name in ["personal_summary", "achievements.methods.content", "achievements.innovations.content", "achievements.specialty.content"] {
        let Some(text) = sample.text(&FieldName::parse(name).expect("a name of a field")) else { continue };
        let letters: Vec<char> = text.chars().collect();
        let turn = (number as usize * 13) % letters.len().max(1);
        let turned: String = letters[turn..].iter().chain(&letters[..turn]).filter(|letter| **letter != '\n').collect();
        set(name, &turned);
    }
    record
}

/// The Chinese characters of the samples that name ordinary people.
fn characters(root: &Path) -> Vec<char> {
    let mut all: Vec<char> = ["nominee.json", "overfull.json", "sheet.json", "minority.json"]
        .iter()
        .flat_map(|name| std::fs::read_to_string(root.join("samples").join(name)).expect("the sample is there").chars().collect::<Vec<_>>())
        .filter(|ch| ('\u{4E00}'..='\u{9FA5}').contains(ch))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What weighs how much in a file.
#[derive(Default)]
struct Weight {
    whole: u64,
    photos: u64,
    fonts: u64,
    contents: u64,
}

impl Weight {
    fn of(path: &Path) -> Weight {
        let document = lopdf::Document::load(path).expect("the file is a PDF");
        let mut weight = Weight { whole: std::fs::metadata(path).expect("the file is there").len(), ..Weight::default() };
        for object in document.objects.values() {
            let Ok(stream) = object.as_stream() else { continue };
            let bytes = stream.content.len() as u64;
            let has = |key: &[u8], name: &[u8]| stream.dict.get(key).and_then(|value| value.as_name()).is_ok_and(|value| value == name);
            if has(b"Subtype", b"Image") {
                weight.photos += bytes;
            } else if has(b"Subtype", b"CIDFontType0C") || stream.dict.has(b"Length1") {
                weight.fonts += bytes;
            } else if !stream.dict.has(b"Type") {
                weight.contents += bytes;
            }
        }
        weight
    }
}
