//! The summary sheets and letters: one of each for every recommending unit, one sheet of all.

use serde_json::{Map, Value};

use super::Problem;
use super::folder::{Folder, SHEETS};
use super::journal::Journal;
use super::key::Common;
use super::options::{Progress, Stage, Watch};
use super::seat::Seat;
use crate::diag::{Diagnostic, Message, Place};
use crate::docx::DocxOptions;
use crate::engine::{Engine, Filled};
use crate::error::Error;
use crate::name::{FieldName, Step};
use crate::pdf::PdfOptions;
use crate::record::{NoFiles, Record};

/// The templates of the sheet and of the letter.
pub const SHEET: &str = "summary";
/// The template of the 推荐函.
pub const LETTER: &str = "letter";
/// The list whose rows are people, in both.
const PEOPLE_KEY: &str = "nominees";

/// What a check calls values that are no texts.
const WRONG_KINDS: [&str; 2] = ["number-for-text", "wrong-type"];

/// What a unit calls itself.
const RECOMMENDER: &str = "recommender";

/// What kind of common paper the journal calls it.
pub const FORMAT: &str = "sheet";

/// The most people in one PDF or DOCX; more go on in further files, so that memory is bounded. A DOCX of 500 takes 170 MB.
const MOST_ON_PAPER: usize = 200;

/// The most people in one workbook: a list of a record has at most so many rows.
const MOST_IN_CELLS: usize = 1000;

/// Columns of the sheet that are blank for good reasons.
const MAY_BE_BLANK: [&str; 2] = ["remark", "social_posts"];

/// What the sheet and the letter show of a person; the journal keeps this of a record.
pub struct Shown {
    keys: Vec<String>,
    /// The columns of the sheet that should say something, with their labels.
    columns: Vec<(FieldName, String)>,
    /// Whether the form that the batch makes is one of the round: it asks for the recommending unit. Of another form's people the
    /// round asks nothing.
    pub of_round: bool,
}

impl Shown {
    /// The keys of the people on the sheet and the letter; `template` is the form that the batch makes.
    pub fn new(engine: &Engine, template: &str) -> Result<Shown, Error> {
        // What is wrong with the template is told where it is used.
        let of_round = engine.form(template, &Record::blank()).map_or(true, |form| form.field(RECOMMENDER).is_some());
        let mut shown = Shown { keys: vec![RECOMMENDER.to_owned()], columns: Vec::new(), of_round };
        for template in [SHEET, LETTER] {
            for field in engine.form(template, &Record::blank())?.fields {
                let of_person = field.name.as_str().strip_prefix(PEOPLE_KEY).and_then(|rest| rest.strip_prefix(".0."));
                let Some(name) = of_person.and_then(FieldName::parse) else { continue };
                if let Some(Step::Key(key)) = name.steps().next()
                    && !shown.keys.iter().any(|known| known == key)
                {
                    shown.keys.push(key.to_owned());
                }
                // What is required is told as missing anyway.
                if template == SHEET && !field.required && !MAY_BE_BLANK.contains(&name.as_str()) {
                    shown.columns.push((name, field.label));
                }
            }
        }
        Ok(shown)
    }

    /// What they show of a person, as JSON.
    pub fn of(&self, record: &Record) -> String {
        let members = self.keys.iter().filter_map(|key| Some((key.clone(), record.root().get(key)?.clone())));
        Value::Object(members.collect::<Map<_, _>>()).to_string()
    }

    /// What keeps a person's row from being laid out on the sheet, and values of a wrong kind that it would leave blank, told as the
    /// person's own mistakes; `known` is what the form has told already.
    pub fn unfit(&self, engine: &Engine, record: &Record, known: &[Problem]) -> Result<Vec<Problem>, Error> {
        let text = format!("{{\"{PEOPLE_KEY}\":[{}]}}", self.of(record));
        // What cannot be read has been told of the record itself.
        let Ok(sheet) = Record::parse(text.as_bytes(), &NoFiles) else { return Ok(Vec::new()) };
        let told = |one: &Problem| {
            known.iter().any(|known| known.code == one.code && one.place.strip_prefix(ROW) == known.place.strip_prefix('/'))
        };
        let wrong = engine.check(SHEET, &sheet)?;
        let has_errors = wrong.has_errors();
        let wrong = wrong.iter().map(Problem::from).filter(|one| WRONG_KINDS.contains(&one.code.as_str()) && !told(one));
        let mut found: Vec<Problem> = wrong.collect();
        // What cannot be set is among the errors of a check; which of them it is, setting tells.
        if has_errors && let Err(Error::Refused(unset)) = engine.set(SHEET, &sheet) {
            found.extend(unset.iter().map(Problem::from).filter(|one| one.error));
        }
        for problem in &mut found {
            problem.label = format!("一览表·{}", problem.label.trim_end_matches("·第1行"));
            // The value is the person's own, on whichever paper it is shown.
            problem.pointer = problem.pointer.take().map(of_person);
        }
        Ok(found)
    }

    /// A warning where columns of the sheet would be blank: a form that was filled in does not ask for all of them.
    pub fn lacking(&self, record: &Record) -> Option<Diagnostic> {
        let blank = self.columns.iter().filter(|(name, _)| !record.has(name));
        let labels: Vec<&str> = blank.map(|(_, label)| label.as_str()).collect();
        if labels.is_empty() {
            return None;
        }
        let place = Place::Record { pointer: String::new(), label: "一览表".to_owned() };
        let count = labels.len();
        let message = Message::new(
            format!("一览表上有 {count} 栏没有内容：{}", labels.join("、")),
            format!("{count} columns of the sheet are blank: {}", labels.join(", ")),
        );
        let help = Message::new("请补在记录里；或印出后用笔填写", "add them to the record, or write them by hand on the printed sheet");
        Some(Diagnostic::warning("blank-on-sheet", place, message).with_help(help))
    }
}

/// Whether a problem is of the sheet: one person's row that cannot be laid out spoils everybody's.
pub fn is_of_sheet(problem: &Problem) -> bool {
    problem.error && problem.place.starts_with(ROW)
}

/// Where problems of the only row of a sheet stand.
const ROW: &str = "/nominees/0/";

/// A pointer to a value of the sheet's only row, as one into the record of that row's person.
pub fn of_person(pointer: String) -> String {
    pointer.strip_prefix(ROW).map_or(pointer.clone(), |rest| format!("/{rest}"))
}

/// Formats that are made of one layout, and the most people in one file of them.
type Group = (&'static [&'static str], usize);

/// The formats of the sheet.
const SHEET_FORMATS: [Group; 2] = [(&["pdf", "docx"], MOST_ON_PAPER), (&["xlsx"], MOST_IN_CELLS)];
/// The formats of the letter.
const LETTER_FORMATS: [Group; 1] = [(&["pdf", "docx"], MOST_IN_CELLS)];

/// Everything that is to be made.
pub struct Plan<'s> {
    sheets: Vec<Sheet<'s>>,
}

/// A paper of some people, in the formats of a group.
struct Sheet<'s> {
    /// The path of its files, without ending.
    stem: String,
    template: &'static str,
    endings: &'static [&'static str],
    masked: bool,
    unit: String,
    seats: Vec<&'s Seat>,
    /// How many people stand on the files before it.
    earlier: usize,
    /// How many there are in all.
    all: usize,
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
        self.sheets.iter().flat_map(|sheet| sheet.endings.iter().map(|ending| sheet.path(ending)))
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
            let mut filled = None;
            for ending in sheet.endings {
                let path = sheet.path(ending);
                let key = sheet.key(engine, common, ending, &record)?;
                if journal.file(&path)?.is_some_and(|file| file.key == key && folder.stands(&file)) {
                    continue;
                }
                if filled.is_none() {
                    filled = match sheet.filled(engine, &record) {
                        // One sheet that cannot be laid out spoils no other.
                        Err(Error::Refused(found)) => {
                            notes.extend(found.iter().map(|one| Problem { place: path.clone(), ..Problem::from(one) }));
                            // What an earlier run made says something else.
                            sheet.endings.iter().try_for_each(|ending| folder.withdraw(journal, &sheet.path(ending)))?;
                            break;
                        }
                        other => Some(other?),
                    };
                }
                let Some(filled) = &filled else { continue };
                let bytes = match *ending {
                    "docx" => filled.docx(&DocxOptions::default())?,
                    "xlsx" => filled.xlsx()?,
                    _ => filled.pdf(&PdfOptions::print())?,
                };
                let write = |out: &mut dyn std::io::Write| {
                    out.write_all(&bytes).map_err(|source| Error::Io { action: "write", path: folder.place(&path), source })
                };
                folder.put(journal, &path, (&key, FORMAT), write, |_| Ok(()))?;
            }
            progress.done += 1;
            watch.progress(progress);
        }
        Ok(true)
    }
}

/// Adds a paper, or several where there are too many people for one.
fn push<'s>(sheets: &mut Vec<Sheet<'s>>, stem: &str, template: &'static str, masked: bool, unit: &str, seats: &[&'s Seat]) {
    let groups: &[Group] = if template == SHEET { &SHEET_FORMATS } else { &LETTER_FORMATS };
    for (endings, most) in groups.iter().copied() {
        let files = seats.len().div_ceil(most);
        for (at, here) in seats.chunks(most).enumerate() {
            let stem = if files > 1 { format!("{stem}-第{}册", at + 1) } else { stem.to_owned() };
            let (unit, seats, earlier, all) = (unit.to_owned(), here.to_vec(), at * most, seats.len());
            sheets.push(Sheet { stem, template, endings, masked, unit, seats, earlier, all });
        }
    }
}

impl Sheet<'_> {
    fn path(&self, ending: &str) -> String {
        format!("{}.{ending}", self.stem)
    }

    /// The digest of everything that decides one of its files.
    fn key(&self, engine: &Engine, common: &Common, ending: &str, record: &str) -> Result<String, Error> {
        let digest = &engine.template(self.template)?.id().digest;
        let masked = if self.masked { "masked" } else { "" };
        Ok(common.texts([self.template, digest, ending, masked, &self.earlier.to_string(), record]))
    }

    /// Its record, as JSON.
    fn record(&self, journal: &Journal) -> Result<String, Error> {
        let mut people = Vec::with_capacity(self.seats.len());
        for seat in &self.seats {
            people.push(journal.record(seat.entry)?);
        }
        let list = people.join(",");
        if self.template == SHEET {
            return Ok(format!("{{\"{PEOPLE_KEY}\":[{list}]}}"));
        }
        let first: Value = people.first().and_then(|person| serde_json::from_str(person).ok()).unwrap_or_default();
        let unit = first.get(RECOMMENDER).cloned().unwrap_or_else(|| Value::from(self.unit.as_str()));
        Ok(format!("{{\"unit\":{unit},\"count\":\"{}\",\"{PEOPLE_KEY}\":[{list}]}}", self.all))
    }

    fn filled<'e>(&self, engine: &'e Engine, record: &str) -> Result<Filled<'e>, Error> {
        let mut record = Record::parse(record.as_bytes(), &NoFiles).map_err(Error::Refused)?;
        if self.masked {
            record = record.masked();
        }
        engine.set_after(self.template, &record, self.earlier)
    }
}
