//! Each person's own files: put into the output folder from what the journal keeps.

use super::PART;
use super::folder::{Folder, PEOPLE};
use super::journal::Journal;
use super::options::{BatchOptions, Format};
use super::seat::Seat;
use crate::engine::Engine;
use crate::error::Error;
use crate::pdf::Part;

/// The path of a person's file below the output folder.
pub fn path(seat: &Seat, format: Format) -> String {
    format!("{PEOPLE}/{}.{}", seat.stem, format.ending())
}

/// Puts a person's files into their places, where they do not stand there already.
pub fn publish(
    engine: &Engine,
    journal: &mut Journal,
    folder: &Folder,
    options: &BatchOptions,
    (seat, key, pdf): (&Seat, &str, Option<&[u8]>),
) -> Result<(), Error> {
    for format in &options.formats {
        let path = path(seat, *format);
        if journal.file(&path)?.is_some_and(|file| file.key == key && file.format == format.word() && folder.stands(&file)) {
            continue;
        }
        let fresh = pdf.filter(|_| *format == Format::Pdf);
        let Some(bytes) = fresh.map_or_else(|| bytes(engine, journal, folder, (key, *format)), |pdf| Ok(Some(pdf.to_vec())))? else {
            continue;
        };
        let write = |out: &mut dyn std::io::Write| {
            out.write_all(&bytes).map_err(|source| Error::Io { action: "write", path: folder.place(&path), source })
        };
        folder.put(journal, &path, (key, format.word()), write, |journal| journal.drop_blob(key, format.word()))?;
    }
    Ok(())
}

/// The bytes of a person's file: from the journal, or from where the same file stands already.
fn bytes(engine: &Engine, journal: &Journal, folder: &Folder, (key, format): (&str, Format)) -> Result<Option<Vec<u8>>, Error> {
    if format == Format::Pdf {
        let Some(part) = journal.blob(key, PART)? else { return Ok(None) };
        return engine.dossier_pdf(&Part::from_bytes(&part)?).map(Some);
    }
    if let Some(bytes) = journal.blob(key, format.word())? {
        return Ok(Some(bytes));
    }
    let twin = journal.file_of(key, format.word())?.filter(|file| folder.stands(file));
    twin.map(|file| crate::files::read(&folder.place(&file.path))).transpose()
}
