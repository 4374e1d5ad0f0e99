//! One record, made into everything that the office asks for.
//!
//!     cargo run --example render_one -- samples/nominee.json out
//!
//! writes the form to print, the form to fill in as PDF and as DOCX, and the whole dossier.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use formwright::{Diagnostics, DocxOptions, DossierOptions, Engine, Error, Folder, Lang, PdfOptions, Record};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [record, folder] = arguments.as_slice() else {
        eprintln!("usage: render_one RECORD.json FOLDER");
        return ExitCode::from(2);
    };
    match render(Path::new(record), Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        // What a person did wrong comes all at once, each mistake with its place and a next step.
        Err(Error::Refused(mistakes)) => {
            tell(&mistakes);
            ExitCode::from(1)
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(3)
        }
    }
}

fn render(path: &Path, folder: &Path) -> Result<(), Error> {
    let write = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|source| Error::Io { action: "write", path, source })
    };

    let engine = Engine::open("templates", "fonts")?; // once for the whole program; threads may share it
    let record = Record::open(path)?; // photos are relative to this file
    let form = engine.fill("recommendation", record.clone())?; // expanded, parsed, checked, laid out
    tell(form.warnings()); // it could be made all the same

    write("form.pdf", form.pdf(&PdfOptions::print())?)?;
    write("form-to-fill-in.pdf", form.pdf(&PdfOptions::fillable())?)?;
    write("form.docx", form.docx(&DocxOptions::default())?)?;

    // The dossier is the form, the 事迹材料 and a copy of every certificate, which are files beside the record.
    let files = Folder::new(path.parent().unwrap_or(Path::new(".")));
    let dossier = engine.dossier("recommendation", &record, &files, &DossierOptions::default())?;
    write("dossier.pdf", dossier.pdf()?)?;
    println!("{} pages", dossier.pages());
    Ok(())
}

/// Says what was found. No message holds a value of the record, so it may be logged.
fn tell(found: &Diagnostics) {
    for one in found.iter() {
        let help = one.help.as_ref().map_or("", |help| help.text(Lang::En));
        eprintln!("{}: {} ({help})", one.code, one.message.text(Lang::En));
    }
}
