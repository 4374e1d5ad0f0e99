//! The files for the printer: every dossier in its order, each beginning on the front of a leaf, put together from parts.

use super::folder::{Folder, PRINT};
use super::journal::Journal;
use super::key::Common;
use super::options::{Progress, Stage, Watch};
use super::seat::Seat;
use super::{BatchOptions, PART};
use crate::engine::Engine;
use crate::error::Error;
use crate::pdf::{Part, RunOptions};

/// What kind of common paper the journal calls it.
pub const FORMAT: &str = "print";

/// A file for the printer.
pub struct Volume<'s> {
    /// Its path below the output folder.
    pub path: String,
    /// Its title.
    title: String,
    /// Who is in it, with the keys of their parts.
    seats: Vec<(&'s Seat, &'s str)>,
    /// The digest of everything that decides it.
    pub key: String,
}

/// The volumes of the dossiers that were drawn, in the order of their numbers.
pub fn volumes<'s>(common: &Common, options: &BatchOptions, title: &str, drawn: &[(&'s Seat, &'s str)]) -> Vec<Volume<'s>> {
    let most = options.volume.unwrap_or(usize::MAX).max(1);
    let parts: Vec<&[(&Seat, &str)]> = drawn.chunks(most).collect();
    let several = options.volume.is_some();
    let digits = parts.len().to_string().len();
    let mut volumes = Vec::new();
    for (at, seats) in parts.iter().enumerate() {
        let number = at + 1;
        let name = if several { format!("打印-第{number:0digits$}册") } else { "打印".to_owned() };
        let title = if several { format!("{title}（第{number}册）") } else { title.to_owned() };
        let facts = seats.iter().flat_map(|(seat, key)| [label(seat), bookmark(seat), (*key).to_owned()]);
        let facts: Vec<String> = [title.clone()].into_iter().chain(facts).collect();
        let key = common.texts(facts.iter().map(String::as_str));
        volumes.push(Volume { path: format!("{PRINT}/{name}.pdf"), title, seats: seats.to_vec(), key });
    }
    volumes
}

/// Writes the volumes that do not stand yet; gives back whether it came to the end.
pub fn write(
    engine: &Engine,
    journal: &mut Journal,
    folder: &Folder,
    volumes: &[Volume<'_>],
    (progress, watch): (&mut Progress, &dyn Watch),
) -> Result<bool, Error> {
    progress.stage = Stage::Printing;
    (progress.done, progress.total) = (0, volumes.iter().map(|volume| volume.seats.len()).sum());
    watch.progress(progress);
    for volume in volumes {
        let standing = journal.file(&volume.path)?;
        if standing.is_some_and(|file| file.key == volume.key && folder.stands(&file)) {
            progress.done += volume.seats.len();
            watch.progress(progress);
            continue;
        }
        // The parts are read while the file is written, so it is written first and noted after.
        let mut stopped = false;
        let written = folder.put_with(journal, &volume.path, (&volume.key, FORMAT), |journal, out| {
            let mut run = engine.print_run(out, &RunOptions { title: volume.title.clone(), ..RunOptions::default() })?;
            for (seat, key) in &volume.seats {
                if watch.stopped() {
                    stopped = true;
                    return Ok(false);
                }
                let part = journal.blob(key, PART)?.ok_or_else(|| Error::Write("a drawn dossier is gone from the journal".to_owned()))?;
                run.add(&label(seat), &bookmark(seat), &Part::from_bytes(&part)?)?;
                progress.done += 1;
                watch.progress(progress);
            }
            run.finish()?;
            Ok(true)
        })?;
        if stopped || !written {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the page labels of a dossier begin with.
fn label(seat: &Seat) -> String {
    seat.n.to_string()
}

fn bookmark(seat: &Seat) -> String {
    let parts = [seat.n.to_string(), seat.unit.clone(), seat.name.clone()];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}
