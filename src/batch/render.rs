//! Dossiers judged and drawn, each once: what is in the journal is never rendered again.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::Folder;
use super::journal::{Journal, Outcome, Verdict};
use super::key::Common;
use super::options::{BatchOptions, Format, Progress, Stage, Watch};
use super::person::{self, Judged};
use super::pool::{self, Missed};
use super::publish;
use super::round::Round;
use super::seat::Seat;
use super::sheets::Shown;
use super::source::Source;
use super::{PART, Problem};
use crate::diag::{Diagnostic, Message, Place};
use crate::docx::DocxOptions;
use crate::engine::Engine;
use crate::error::Error;
use crate::pdf::PdfOptions;

/// What rendering needs of a run.
pub struct Render<'r> {
    pub engine: &'r Engine,
    pub source: &'r Source,
    pub options: &'r BatchOptions,
    pub common: &'r Common,
    pub round: &'r Round,
    pub shown: &'r Shown,
    pub folder: Option<&'r Folder>,
    pub seats: &'r [Seat],
}

/// What became of one record, with the bytes that were made of it.
struct Made {
    verdict: Verdict,
    /// What the journal keeps: it could not be had again without rendering.
    blobs: Vec<(&'static str, Vec<u8>)>,
    /// The dossier's own PDF, which the part gives again at any time.
    pdf: Option<Vec<u8>>,
}

impl Made {
    fn nothing(verdict: Verdict) -> Made {
        Made { verdict, blobs: Vec::new(), pdf: None }
    }
}

/// A record that is still to be judged or drawn.
struct Piece<'s> {
    seat: &'s Seat,
    key: &'s str,
    draw: bool,
}

impl Render<'_> {
    /// Judges and draws what is missing, and publishes it as it comes; gives back whether it came to the end.
    pub fn run(&self, journal: &mut Journal, watch: &dyn Watch) -> Result<bool, Error> {
        let pieces = self.pieces(journal)?;
        let seats_of = self.seats_of();
        let total = self.seats.len();
        let mut progress =
            Progress { stage: Stage::Rendering, done: total - pieces.len().min(total), total, troubled: self.troubled(journal)? };
        watch.progress(&progress);
        let coming: BTreeSet<&str> = pieces.iter().map(|piece| piece.key).collect();
        for seat in self.seats.iter().filter(|seat| seat.key.as_deref().is_none_or(|key| !coming.contains(key))) {
            self.tell(journal, seat, watch)?;
        }
        let work = |at: usize| match pieces.get(at) {
            Some(piece) => self.make(piece),
            None => Err(Error::Write("there is no such piece".to_owned())),
        };
        pool::share(
            self.options.threads(),
            pieces.len(),
            work,
            || watch.stopped(),
            |group| {
                let count = group.len();
                let mut results: Vec<_> = group
                    .into_iter()
                    .filter_map(|(at, result)| pieces.get(at).map(|piece| (piece, result)))
                    .map(|(piece, result)| Ok((piece, made(result)?)))
                    .collect::<Result<_, Error>>()?;
                journal.together(|journal| {
                    for (piece, made) in &results {
                        for (format, bytes) in &made.blobs {
                            journal.put_blob(piece.key, format, bytes)?;
                        }
                        journal.put_verdict(piece.key, &made.verdict)?;
                    }
                    Ok(())
                })?;
                progress.troubled += results.iter().filter(|(piece, made)| piece.draw && made.verdict.outcome != Outcome::Drawn).count();
                progress.done += count;
                for (piece, made) in results.iter_mut().filter(|(_, made)| made.verdict.outcome == Outcome::Drawn) {
                    made.blobs.clear();
                    for seat in seats_of.get(piece.key).into_iter().flatten() {
                        self.publish(journal, seat, made.pdf.as_deref())?;
                    }
                    made.pdf = None;
                }
                for (piece, _) in &results {
                    for seat in seats_of.get(piece.key).into_iter().flatten() {
                        self.tell(journal, seat, watch)?;
                    }
                }
                watch.progress(&progress);
                Ok(())
            },
        )?;
        if watch.stopped() {
            return Ok(false);
        }
        // What an earlier run drew and could not put into its place any more.
        for seat in self.seats {
            let Some(key) = seat.wanted() else { continue };
            let verdict = journal.verdict(key)?;
            if verdict.is_some_and(|verdict| verdict.outcome == Outcome::Drawn && !Seat::holds(&verdict.problems, self.options)) {
                self.publish(journal, seat, None)?;
            }
        }
        Ok(true)
    }

    /// Tells what became of a person.
    fn tell(&self, journal: &Journal, seat: &Seat, watch: &dyn Watch) -> Result<(), Error> {
        let verdict = seat.key.as_deref().map(|key| journal.verdict(key)).transpose()?.flatten();
        watch.person(seat.entry, seat.n, seat.state(verdict.as_ref(), self.options));
        Ok(())
    }

    fn publish(&self, journal: &mut Journal, seat: &Seat, pdf: Option<&[u8]>) -> Result<(), Error> {
        match (self.folder, seat.wanted()) {
            (Some(folder), Some(key)) => publish::publish(self.engine, journal, folder, self.options, (seat, key, pdf)),
            _ => Ok(()),
        }
    }

    /// The records that are still to be judged or drawn, each once, in the order of their first seats.
    fn pieces(&self, journal: &Journal) -> Result<Vec<Piece<'_>>, Error> {
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        for seat in self.seats {
            let Some(key) = seat.key.as_deref() else { continue };
            let draw = self.folder.is_some() && !seat.held;
            let done = match journal.verdict(key)? {
                None | Some(Verdict { outcome: Outcome::Failed, .. }) => false,
                Some(Verdict { outcome: Outcome::Judged, problems, .. }) => !draw || Seat::holds(&problems, self.options),
                Some(Verdict { outcome: Outcome::Drawn, .. }) => !draw || self.has_everything(journal, seat, key)?,
            };
            if !done {
                pieces.push(Piece { seat, key, draw });
            }
        }
        // Equal records are rendered once; where one of their seats is to be drawn, it is the one that counts.
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut distinct: Vec<Piece<'_>> = Vec::new();
        for piece in pieces {
            match first.get(piece.key) {
                Some(at) => {
                    if let Some(known) = distinct.get_mut(*at).filter(|known| piece.draw && !known.draw) {
                        *known = piece;
                    }
                }
                None => {
                    first.insert(piece.key, distinct.len());
                    distinct.push(piece);
                }
            }
        }
        Ok(distinct)
    }

    /// Whether everything that was drawn is still there, as a file or in the journal.
    fn has_everything(&self, journal: &Journal, seat: &Seat, key: &str) -> Result<bool, Error> {
        if !journal.has_blob(key, PART)? {
            return Ok(false);
        }
        let Some(folder) = self.folder else { return Ok(true) };
        for format in self.options.formats.iter().filter(|format| **format != Format::Pdf) {
            let stands = journal.file(&publish::path(seat, *format))?.is_some_and(|file| file.key == key && folder.stands(&file));
            let elsewhere = journal.file_of(key, format.word())?.is_some_and(|file| folder.stands(&file));
            if !stands && !elsewhere && !journal.has_blob(key, format.word())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn seats_of(&self) -> BTreeMap<&str, Vec<&Seat>> {
        let mut seats: BTreeMap<&str, Vec<&Seat>> = BTreeMap::new();
        for seat in self.seats {
            if let Some(key) = seat.key.as_deref() {
                seats.entry(key).or_default().push(seat);
            }
        }
        seats
    }

    /// How many dossiers are held back or failed, as far as is known.
    fn troubled(&self, journal: &Journal) -> Result<usize, Error> {
        let mut troubled = 0;
        for seat in self.seats {
            let known = seat.key.as_deref().map(|key| journal.verdict(key)).transpose()?.flatten();
            let judged = known.is_some_and(|verdict| Seat::holds(&verdict.problems, self.options));
            troubled += usize::from(seat.held || judged);
        }
        Ok(troubled)
    }

    fn make(&self, piece: &Piece<'_>) -> Result<Made, Error> {
        let loaded = self.source.load(self.engine, piece.seat.entry)?;
        let record = loaded.record.filter(|record| self.common.record(record, &*loaded.files) == piece.key);
        let Some(record) = record else {
            return Ok(Made::nothing(failed(changed(&piece.seat.place))));
        };
        let Judged { dossier, problems } = person::judge(self.engine, self.options, (self.round, self.shown), &record, &*loaded.files)?;
        let mut verdict = Verdict { outcome: Outcome::Judged, problems, pages: 0, renders: 0 };
        let Some(dossier) = dossier else { return Ok(Made::nothing(verdict)) };
        verdict.pages = dossier.pages();
        let (mut blobs, mut pdf) = (Vec::new(), None);
        if piece.draw && !Seat::holds(&verdict.problems, self.options) {
            let part = dossier.part()?;
            blobs.push((PART, part.to_bytes()?));
            for format in &self.options.formats {
                match format {
                    Format::Pdf => pdf = Some(self.engine.dossier_pdf(&part)?),
                    Format::Fillable => blobs.push((format.word(), dossier.form().pdf(&PdfOptions::fillable())?)),
                    Format::Docx => blobs.push((format.word(), dossier.form().docx(&DocxOptions::default())?)),
                }
            }
            verdict.outcome = Outcome::Drawn;
            verdict.renders = 1;
        }
        Ok(Made { verdict, blobs, pdf })
    }
}

/// What was made, or a verdict that says why not. A machine that fails at the journal or the disk stops the run; one that fails
/// at a person's papers holds these back and no others.
fn made(result: Result<Made, Missed>) -> Result<Made, Error> {
    let diagnostic = match result {
        Ok(made) => return Ok(made),
        Err(Missed::Failed(error @ Error::Io { .. })) => return Err(error),
        Err(Missed::Failed(Error::Refused(found))) => {
            let problems = found.iter().map(Problem::from).collect();
            return Ok(Made::nothing(Verdict { outcome: Outcome::Failed, problems, pages: 0, renders: 0 }));
        }
        Err(Missed::Failed(error)) => {
            let text = error.to_string();
            Diagnostic::error("not-made", nowhere(), Message::new(format!("没有做成：{text}"), format!("it could not be made: {text}")))
        }
        Err(Missed::Panicked) => {
            Diagnostic::error("internal-error", nowhere(), Message::new("程序在这一份上出错了", "the program failed at this one"))
                .with_help(Message::new(
                    "其他人不受影响；请把屏幕上 internal error 那一行报给开发者",
                    "nobody else is touched by it; please report the line with “internal error”",
                ))
        }
    };
    Ok(Made::nothing(failed(diagnostic)))
}

fn failed(diagnostic: Diagnostic) -> Verdict {
    Verdict { outcome: Outcome::Failed, problems: vec![Problem::from(&diagnostic)], pages: 0, renders: 0 }
}

fn changed(place: &str) -> Diagnostic {
    let message = Message::new("批处理进行中，这份记录或它的文件被改动了", "the record or its files changed while the batch was at work");
    Diagnostic::error("changed-meanwhile", Place::File { file: place.to_owned() }, message)
        .with_help(Message::new("再运行一次同样的命令", "run the same command again"))
}

fn nowhere() -> Place {
    Place::Record { pointer: String::new(), label: String::new() }
}
