//! A print run as other programs see it: what each dossier says and shows in it is what its own file says and shows.

use std::path::{Path, PathBuf};
use std::process::Command;

use formwright::engine::Engine;
use formwright::pdf::{Part, PdfOptions, PrintRun, RunOptions, draw, write_part};
use formwright::record::Record;

use super::{copies, fonts};

const TITLE: &str = "推荐材料打印册";

/// Where a dossier stands in the run: its own file, its first page, its pages.
type Place = (PathBuf, usize, usize);

/// A run of real forms, rare names and photos among them, and of copies of certificates.
fn made(folder: &Path) -> (PathBuf, usize, Vec<Place>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engine = Engine::open(root.join("templates"), root.join("fonts")).unwrap();
    let mut parts: Vec<(String, Part)> = Vec::new();
    for (template, sample) in [
        ("recommendation", "rare"),
        ("recommendation", "overfull"),
        ("recommendation", "nominee"),
        ("summary", "sheet"),
        ("recommendation", "minority"),
        ("recommendation", "nominee"),
    ] {
        let record = Record::open(root.join(format!("samples/{sample}.json"))).unwrap();
        let filled = engine.fill(template, record).unwrap();
        parts.push((format!("{template}-{sample}"), draw(&[(filled.form(), filled.layout())], fonts(), true).unwrap()));
    }
    parts.insert(2, ("copies".to_owned(), copies(true)));
    let path = folder.join("run.pdf");
    let out = std::fs::File::create(&path).unwrap();
    let mut run = PrintRun::new(out, fonts(), &RunOptions { title: TITLE.to_owned(), compress: true }).unwrap();
    let mut places = Vec::new();
    for (number, (name, part)) in (1..).zip(&parts) {
        let first = run.pages() + run.pages() % 2 + 1;
        run.add(&number.to_string(), name, part).unwrap();
        let alone = folder.join(format!("{number}-{name}.pdf"));
        std::fs::write(&alone, write_part(part, fonts(), &PdfOptions::print()).unwrap()).unwrap();
        places.push((alone, first, part.pages()));
    }
    let pages = run.pages();
    run.finish().unwrap();
    (path, pages, places)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn output(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new(program.as_ref()).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    // Debian's MuPDF says this of every file.
    let said = String::from_utf8_lossy(&done.stderr).replace("warning: ICC support is not available\n", "");
    assert!(said.trim().is_empty(), "{arguments:?}: {said}");
    done.stdout
}

/// Runs Python with the readers that tests/run installs.
fn python(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("target/readers/venv/bin/python"));
    let done = command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1").output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{told}{}", String::from_utf8_lossy(&done.stderr));
    told
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn every_reader_reads_each_dossier_as_in_its_own_file() {
    let (path, pages, places) = made(&folder("print-run"));
    let run = path.to_str().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/syntax.py");
    python(&[script.to_str().unwrap(), run, "--title", TITLE, "--pages", &pages.to_string()]);
    // pdfium and pypdf go through the page labels and the text.
    let through = "import sys, pypdf, pypdfium2\n\
                   own, run, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) - 1, int(sys.argv[4])\n\
                   own, run = pypdfium2.PdfDocument(own), pypdfium2.PdfDocument(run)\n\
                   text = lambda pdf, at: pdf[at].get_textpage().get_text_range()\n\
                   assert all(text(own, at) == text(run, first + at) and text(own, at) for at in range(count)), 'pdfium: text'\n\
                   labels = pypdf.PdfReader(sys.argv[2]).page_labels\n\
                   assert labels[first:first + count] == [f'{sys.argv[5]}-{at + 1}' for at in range(count)], labels\n\
                   assert run.get_page_label(first) == f'{sys.argv[5]}-1'";
    for (number, (alone, first, count)) in (1..).zip(&places) {
        let (alone, last) = (alone.to_str().unwrap(), first + count - 1);
        assert_eq!(first % 2, 1);
        let (begin, end) = (first.to_string(), last.to_string());
        let own = output("pdftotext", &["-raw", alone, "-"]);
        assert!(own == output("pdftotext", &["-raw", "-f", &begin, "-l", &end, run, "-"]), "poppler: dossier {number} says something else");
        let own = output("mutool", &["draw", "-q", "-F", "text", alone]);
        assert!(own == output("mutool", &["draw", "-q", "-F", "text", run, &format!("{begin}-{end}")]), "MuPDF: dossier {number}");
        python(&["-c", through, alone, run, &begin, &count.to_string(), &number.to_string()]);
        // And looks the same.
        for page in 1..=*count {
            let (one, other) = (page.to_string(), (first + page - 1).to_string());
            let own = output("pdftoppm", &["-r", "40", "-f", &one, "-l", &one, alone]);
            assert!(own == output("pdftoppm", &["-r", "40", "-f", &other, "-l", &other, run]), "dossier {number}, page {page}");
        }
    }
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn copies_stand_upright_or_turned_to_the_left() {
    let path = folder("copies").join("copies.pdf");
    std::fs::write(&path, write_part(&copies(true), fonts(), &PdfOptions::print()).unwrap()).unwrap();
    let dark = |pixels: &[u8], width: usize, (x, y): (usize, usize)| pixels[y * width + x] < 128;
    for reader in ["poppler", "MuPDF"] {
        for page in 1..=8_usize {
            let number = page.to_string();
            let image = match reader {
                "poppler" => output("pdftoppm", &["-gray", "-r", "25.4", "-f", &number, "-l", &number, path.to_str().unwrap()]),
                _ => output("mutool", &["draw", "-q", "-c", "gray", "-r", "25.4", "-F", "pgm", "-o", "-", path.to_str().unwrap(), &number]),
            };
            let header = image.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(2).unwrap().0 + 1;
            let text = String::from_utf8_lossy(&image[..header]).into_owned();
            let width: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
            let pixels = &image[header..];
            // One pixel a millimetre: the copy lies at (30, 40); its corner is a quarter of its width and a sixth of its height.
            let turned = page % 2 == 0;
            let sideways = [3, 4, 7, 8].contains(&page);
            let (w, h) = if sideways != turned { (150, 100) } else { (100, 150) };
            let corners = [(33, 43), (27 + w, 43), (33, 37 + h), (27 + w, 37 + h)];
            let black: Vec<bool> = corners.iter().map(|corner| dark(pixels, width, *corner)).collect();
            // A quarter turn anticlockwise brings the left top to the left bottom.
            let wanted = if turned { [false, false, true, false] } else { [true, false, false, false] };
            assert_eq!(black, wanted, "{reader}, page {page}");
        }
    }
}
