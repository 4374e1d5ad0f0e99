//! The people of a batch as a program sees them: a line for each, in the order of their numbers.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::batch::Batch;
use super::pulse::BatchState;
use super::store::Store;
use crate::batch::{Line, Problem, State};
use crate::diag::Lang;
use crate::record::mask_name;
use crate::service::problem::Problem as Refusal;

/// Some people of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchItems)]
pub struct Items {
    /// What the batch is about; while it is under way, this is what an earlier run came to, or nobody.
    pub state: BatchState,
    /// How many people there are in the state that was asked for.
    pub total: usize,
    /// The people.
    pub items: Vec<Item>,
    /// The number after which the next people come; nothing where these are the last.
    pub next: Option<usize>,
}

/// What became of a person.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub struct Item {
    /// The place in what was sent, from 0: the person's address.
    pub entry: usize,
    /// The number on paper, from 1.
    pub n: usize,
    /// The person; empty where the record does not tell.
    pub name: String,
    /// The recommending unit; empty where the record does not tell.
    pub unit: String,
    /// Where the record came from: `名单.xlsx 人员 第5行`.
    pub source: String,
    /// How far it came: `done`, `held`, `failed`, `waiting`.
    pub state: &'static str,
    /// The pages of the dossier; 0 where none is made.
    pub pages: usize,
    /// How often it was rendered.
    pub renders: u32,
    /// What is wrong, and what a person should look at.
    pub problems: Vec<Finding>,
    /// The person's files, as paths in the output.
    pub files: Vec<String>,
}

/// What is wrong with a person's papers; never a value of the record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchFinding)]
pub struct Finding {
    /// `error`, which holds the person back, or `warning`.
    pub severity: &'static str,
    /// A stable word for programs: `missing-required`.
    pub code: String,
    /// What the paper calls the value; may be empty.
    pub label: String,
    /// The value in the record, as a JSON pointer (RFC 6901); nothing where it is no value.
    pub pointer: Option<String>,
    /// Where it is, for people: the pointer, a cell of a workbook, a file.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do next; may be empty.
    pub help: String,
}

/// Which people are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Select {
    /// Those that came so far only.
    pub state: Option<State>,
    /// Those with a number behind this one.
    pub after: usize,
    /// At most so many.
    pub limit: usize,
    /// Names masked, sources and files left out.
    pub mask: Flag,
}

/// A yes or no in the query of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Flag {
    /// It was not asked for.
    #[default]
    #[serde(rename = "0", alias = "false")]
    No,
    /// It was.
    #[serde(rename = "1", alias = "true")]
    Yes,
}

impl PartialSchema for Flag {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["0", "1", "false", "true"])).into()
    }
}

impl ToSchema for Flag {}

/// The most people of one answer.
pub const MOST: usize = 1_000;

impl Default for Select {
    fn default() -> Select {
        Select { state: None, after: 0, limit: 100, mask: Flag::No }
    }
}

impl Store {
    /// Some people of the last run, in the order of their numbers. Touches the disk.
    ///
    /// Errors: 400 for a limit beyond [`MOST`].
    pub fn items(&self, batch: &Batch, select: &Select, lang: Lang) -> Result<Items, Refusal> {
        if !(1..=MOST).contains(&select.limit) {
            return Err(Refusal::bad_request("bad-parameter", "limit 在 1 到 1000 之间", "limit is from 1 to 1000"));
        }
        let state = batch.teller.now().state;
        let report = match self.report(batch) {
            Ok(report) => report,
            // Nobody is known yet.
            Err(refusal) if refusal.code == super::batch::NOT_READY => {
                return Ok(Items { state, total: 0, items: Vec::new(), next: None });
            }
            Err(refusal) => return Err(refusal),
        };
        let meant = |line: &&Line| select.state.is_none_or(|state| line.state == state);
        let total = report.lines.iter().filter(meant).count();
        let mut rest = report.lines.iter().filter(meant).filter(|line| line.n > select.after);
        let items: Vec<Item> = rest.by_ref().take(select.limit).map(|line| Item::of(line, lang, select.mask == Flag::Yes)).collect();
        let next = rest.next().and(items.last()).map(|item| item.n);
        Ok(Items { state, total, items, next })
    }
}

impl Item {
    /// A line of a report in one language; with `mask` the name is 张*, and what may hold a name is left out.
    pub fn of(line: &Line, lang: Lang, mask: bool) -> Item {
        let shown = |text: &str| if mask { String::new() } else { text.to_owned() };
        Item {
            entry: line.entry,
            n: line.n,
            name: if mask { mask_name(&line.name) } else { line.name.clone() },
            unit: line.unit.clone(),
            source: shown(&line.place),
            state: line.state.code(),
            pages: line.pages,
            renders: line.renders,
            problems: line.problems.iter().map(|problem| Finding::of(problem, lang, mask)).collect(),
            files: if mask { Vec::new() } else { line.files.clone() },
        }
    }
}

impl Finding {
    /// A problem in one language; with `mask` a place that may be a file's name is left out.
    pub fn of(problem: &Problem, lang: Lang, mask: bool) -> Finding {
        Finding {
            severity: if problem.error { "error" } else { "warning" },
            code: problem.code.clone(),
            label: problem.label.clone(),
            pointer: problem.pointer.clone(),
            place: if mask { problem.pointer.clone().unwrap_or_default() } else { problem.place.clone() },
            message: problem.message(lang).to_owned(),
            help: problem.help(lang).to_owned(),
        }
    }
}

// The items are people: no value of theirs reaches a log.
impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Item({}, {}, {} problems)", self.n, self.state, self.problems.len())
    }
}
