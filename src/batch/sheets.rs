//! The summary sheets and letters: one of each for every recommending unit, one sheet of all.

use serde_json::{Map, Value};

use super::Problem;
use super::folder::{Folder, SHEETS};
use super::journal::Journal;
use super::key::Common;
use super::options::{Progress, Stage, Watch};
use super::seat::Seat;
use crate::docx::DocxOptions;
use crate::engine::{Engine, Filled};
use crate::error::Error;
use crate::name::Step;
use crate::pdf::PdfOptions;
use crate::record::{NoFiles, Record};

/// The templates of the sheet and of the letter.
pub const SHEET: &str = "summary";
/// The template of the 推荐函.
pub const LETTER: &str = "letter";
/// The list whose rows are people, in both.
const PEOPLE_KEY: &str = "nominees";

/// What a unit calls itself.
const RECOMMENDER: &str = "recommender";

/// What kind of common paper the journal calls it.
pub const FORMAT: &str = "sheet";

/// The most people on one sheet; more go on in further files. A list of a record has at most a thousand rows.
const MOST: usize = 500;

/// What the journal keeps of a record: what the sheet and the letter show of a person.
pub struct Shown {
    keys: Vec<String>,
}

impl Shown {
    /// The keys of the people on the sheet and the letter.
    pub fn new(engine: &Engine) -> Result<Shown, Error> {
        let mut keys = vec![RECOMMENDER.to_owned()];
        for template in [SHEET, LETTER] {
            for field in &engine.form(template, &Record::blank())?.fields {
                let mut steps = field.name.steps();
                let first = steps.next() == Some(Step::Key(PEOPLE_KEY)) && steps.next() == Some(Step::Index(0));
                if let (true, Some(Step::Key(key))) = (first, steps.next())
                    && !keys.iter().any(|known| known == key)
                {
                    keys.push(key.to_owned());
                }
            }
        }
        Ok(Shown { keys })
    }

    /// What they show of a person, as JSON.
    pub fn of(&self, record: &Record) -> String {
        let members = self.keys.iter().filter_map(|key| Some((key.clone(), record.root().get(key)?.clone())));
        Value::Object(members.collect::<Map<_, _>>()).to_string()
    }
}

/// A file to be made: which template, which format, what it says.
struct Paper {
    path: String,
    template: &'static str,
    ending: &'static str,
    record: String,
    masked: bool,
}

/// The endings that the sheet and the letter have.
const SHEET_ENDINGS: [&str; 3] = ["pdf", "docx", "xlsx"];
const LETTER_ENDINGS: [&str; 2] = ["pdf", "docx"];

/// Everything that is to be made, as paths with the seats of those on it.
pub struct Plan<'s> {
    sheets: Vec<Sheet<'s>>,
}

struct Sheet<'s> {
    /// The path of its files, without ending.
    stem: String,
    template: &'static str,
    masked: bool,
    unit: String,
    seats: Vec<&'s Seat>,
}

impl<'s> Plan<'s> {
    /// The papers of the people that are printed, in the order of their numbers; `safe` makes a name of a file of a unit's name.
    pub fn new(drawn: &[(&'s Seat, &'s str)], mask: bool, safe: &dyn Fn(&str) -> String) -> Plan<'s> {
        let mut sheets = Vec::new();
        let all: Vec<&Seat> = drawn.iter().map(|(seat, _)| *seat).collect();
        let versions: &[(bool, &str)] = if mask { &[(false, ""), (true, "-公示")] } else { &[(false, "")] };
        for (masked, suffix) in versions {
            push(&mut sheets, &format!("{SHEETS}/全部{suffix}"), SHEET, *masked, "", &all);
        }
        let units: Vec<&[&Seat]> = all.chunk_by(|one, other| one.unit == other.unit).collect();
        let digits = units.len().to_string().len().max(2);
        for (at, seats) in units.iter().enumerate() {
            let unit = seats.first().map(|seat| seat.unit.as_str()).unwrap_or_default();
            let shown = if unit.is_empty() { "未写推荐单位".to_owned() } else { safe(unit) };
            let stem = format!("{SHEETS}/{:0digits$}-{shown}", at + 1);
            for (masked, suffix) in versions {
                push(&mut sheets, &format!("{stem}-一览表{suffix}"), SHEET, *masked, unit, seats);
            }
            if !unit.is_empty() {
                push(&mut sheets, &format!("{stem}-推荐函"), LETTER, false, unit, seats);
            }
        }
        Plan { sheets }
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = String> + '_ {
        self.sheets.iter().flat_map(|sheet| endings(sheet.template).iter().map(|ending| format!("{}.{ending}", sheet.stem)))
    }

    /// Writes the files that do not stand yet; gives back whether it came to the end.
    pub fn write(
        &self,
        engine: &Engine,
        (journal, folder, common): (&mut Journal, &Folder, &Common),
        (progress, watch): (&mut Progress, &dyn Watch),
        notes: &mut Vec<Problem>,
    ) -> Result<bool, Error> {
        progress.stage = Stage::Sheets;
        (progress.done, progress.total) = (0, self.sheets.len());
        watch.progress(progress);
        for sheet in &self.sheets {
            if watch.stopped() {
                return Ok(false);
            }
            let record = sheet.record(journal)?;
            let papers = endings(sheet.template).iter().map(|ending| Paper {
                path: format!("{}.{ending}", sheet.stem),
                template: sheet.template,
                ending,
                record: record.clone(),
                masked: sheet.masked,
            });
            let mut filled = None;
            for paper in papers {
                let masked = if paper.masked { "masked" } else { "" };
                let key = common.texts([paper.template, paper.ending, masked, &paper.record]);
                if journal.file(&paper.path)?.is_some_and(|file| file.key == key && folder.stands(&file)) {
                    continue;
                }
                if filled.is_none() {
                    filled = match paper.filled(engine) {
                        // One sheet that cannot be laid out spoils no other.
                        Err(Error::Refused(found)) => {
                            notes.extend(found.iter().map(|one| Problem { place: paper.path.clone(), ..Problem::from(one) }));
                            break;
                        }
                        other => Some(other?),
                    };
                }
                let Some(filled) = &filled else { continue };
                let bytes = paper.bytes(filled)?;
                let write = |out: &mut dyn std::io::Write| {
                    out.write_all(&bytes).map_err(|source| Error::Io { action: "write", path: folder.place(&paper.path), source })
                };
                folder.put(journal, &paper.path, (&key, FORMAT), write, |_| Ok(()))?;
            }
            progress.done += 1;
            watch.progress(progress);
        }
        Ok(true)
    }
}

/// Adds a sheet, or several where there are too many people for one.
fn push<'s>(sheets: &mut Vec<Sheet<'s>>, stem: &str, template: &'static str, masked: bool, unit: &str, seats: &[&'s Seat]) {
    let parts = seats.len().div_ceil(MOST);
    for (at, seats) in seats.chunks(MOST).enumerate() {
        let stem = if parts > 1 { format!("{stem}-第{}册", at + 1) } else { stem.to_owned() };
        sheets.push(Sheet { stem, template, masked, unit: unit.to_owned(), seats: seats.to_vec() });
    }
}

fn endings(template: &str) -> &'static [&'static str] {
    if template == SHEET { &SHEET_ENDINGS } else { &LETTER_ENDINGS }
}

impl Sheet<'_> {
    /// Its record, as JSON.
    fn record(&self, journal: &Journal) -> Result<String, Error> {
        let mut people = Vec::with_capacity(self.seats.len());
        for seat in &self.seats {
            people.push(journal.record(seat.entry)?);
        }
        Ok(if self.template == SHEET {
            format!("{{\"{PEOPLE_KEY}\":[{}]}}", people.join(","))
        } else {
            let first: Value = people.first().and_then(|person| serde_json::from_str(person).ok()).unwrap_or_default();
            let unit = first.get(RECOMMENDER).cloned().unwrap_or_else(|| Value::from(self.unit.as_str()));
            format!("{{\"unit\":{unit},\"count\":\"{}\",\"{PEOPLE_KEY}\":[{}]}}", self.seats.len(), people.join(","))
        })
    }
}

impl Paper {
    fn filled<'e>(&self, engine: &'e Engine) -> Result<Filled<'e>, Error> {
        let mut record = Record::parse(self.record.as_bytes(), &NoFiles).map_err(Error::Refused)?;
        if self.masked {
            record = record.masked();
        }
        engine.set(self.template, &record)
    }

    fn bytes(&self, filled: &Filled<'_>) -> Result<Vec<u8>, Error> {
        match self.ending {
            "docx" => filled.docx(&DocxOptions::default()),
            "xlsx" => filled.xlsx(),
            _ => filled.pdf(&PdfOptions::print()),
        }
    }
}
