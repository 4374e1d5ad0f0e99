//! What a batch is asked for, and what it says on the way.

use std::path::PathBuf;

use super::edits::Edits;
use super::names::Pattern;
use super::report::State;
use super::round::Round;
use super::source::SourceOptions;
use crate::diag::Lang;
use crate::engine::FillOptions;

/// What is made of each person and of all.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// The form: a template's name.
    pub template: String,
    /// The formats of each person's own files.
    pub formats: Vec<Format>,
    /// The names of each person's own files, without their endings.
    pub names: Pattern,
    /// A folder of photos for records that name none.
    pub photos: Option<PathBuf>,
    /// Values put right after the source was sent.
    pub edits: Edits,
    /// The folder of files that edits name; the record's own otherwise.
    pub edit_files: Option<PathBuf>,
    /// Records with errors are printed all the same, where anything can be printed.
    pub draft: bool,
    /// Every warning holds a dossier back.
    pub strict: bool,
    /// Pictures keep their colours in what is printed, even where the round asks for black and white.
    pub colour: bool,
    /// Nothing is written but the report.
    pub check_only: bool,
    /// The file in which a check keeps what it judged, so that the next one judges only what changed; it keeps nothing otherwise.
    pub journal: Option<PathBuf>,
    /// The sheets are also made with identity numbers and mobiles masked, for a public list.
    pub mask: bool,
    /// The folder may hold files of another source, which are taken away.
    pub replace: bool,
    /// The report has masked names.
    pub mask_names: bool,
    /// The most dossiers in one file for the printer; one file holds all of them otherwise.
    pub volume: Option<usize>,
    /// How many threads work; as many as there are processors otherwise.
    pub threads: Option<usize>,
    /// The language of the report that people read.
    pub lang: Lang,
}

impl Default for BatchOptions {
    fn default() -> BatchOptions {
        BatchOptions {
            template: "recommendation".to_owned(),
            formats: vec![Format::Pdf],
            names: Pattern::default(),
            photos: None,
            edits: Edits::default(),
            edit_files: None,
            draft: false,
            strict: false,
            colour: false,
            check_only: false,
            journal: None,
            mask: false,
            replace: false,
            mask_names: false,
            volume: None,
            threads: None,
            lang: Lang::Zh,
        }
    }
}

impl BatchOptions {
    /// What a batch with these options asks of its source.
    pub fn source(&self) -> SourceOptions {
        let (photos, template) = (self.photos.clone(), self.template.clone());
        SourceOptions { photos, template, edits: self.edits.clone(), edit_files: self.edit_files.clone() }
    }

    /// How records are set. Whether warnings hold a dossier back is not asked here: what is kept of a record outlives the run.
    pub(super) fn fill(&self, round: &Round) -> FillOptions {
        FillOptions { strict: false, grey: self.grey(round) }
    }

    /// Whether pictures are printed in grey: where the round asks for black and white, unless colours are asked for.
    pub(super) fn grey(&self, round: &Round) -> bool {
        round.black_and_white && !self.colour
    }

    pub(super) fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).clamp(1, 64)
    }
}

/// A format of a person's own file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// The whole dossier, to print.
    Pdf,
    /// The form, to fill in.
    Fillable,
    /// The form in Word.
    Docx,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 3] = [Format::Pdf, Format::Fillable, Format::Docx];

    /// Its name on the command line and in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Fillable => "fillable",
            Format::Docx => "docx",
        }
    }

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Fillable => "fillable.pdf",
            Format::Docx => "docx",
        }
    }
}

/// What a batch is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It reads and checks the entries of the source.
    Reading,
    /// It renders dossiers.
    Rendering,
    /// It puts dossiers into the files for the printer.
    Printing,
    /// It makes the sheets and letters.
    Sheets,
}

impl Stage {
    /// Its name for programs.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Rendering => "rendering",
            Stage::Printing => "printing",
            Stage::Sheets => "sheets",
        }
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Of how many pieces of that it has done so many.
    pub done: usize,
    /// How many pieces there are.
    pub total: usize,
    /// How many dossiers are held back or failed so far.
    pub troubled: usize,
}

/// Who looks on, and may ask it to stop.
pub trait Watch: Sync {
    /// Is told how far the batch is, from the thread that called [`super::run`].
    fn progress(&self, progress: &Progress);

    /// Is told what became of a person as soon as that is known, from the thread that called [`super::run`]: once in a run, and
    /// at its beginning of those of whom an earlier run knows. `entry` is the place in the source, `n` the number in the report.
    fn person(&self, _entry: usize, _n: usize, _state: State) {}

    /// Whether to stop after what is under way; asked from several threads.
    fn stopped(&self) -> bool {
        false
    }
}

/// Nobody looks on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _progress: &Progress) {}
}
