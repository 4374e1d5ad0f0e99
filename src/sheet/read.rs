//! People out of a workbook: every cell that holds something ends in a record, or in a diagnostic at its place.

use std::collections::{BTreeMap, BTreeSet};

use super::blank::{GUIDE, OPTIONS};
use super::columns::{Column, Columns};
use super::grid::{Area, Cell, Grid, Held, address};
use super::head::{Head, Rows, Strange, find};
use super::open::open;
use super::refuse::Refusal;
use super::value::{Taken, take};
use crate::diag::{Diagnostic, Diagnostics, Message, Place, Severity};
use crate::form::{FieldKind, TextFormat};
use crate::name::FieldName;
use crate::record::{Record, id_number};

/// So many people are taken from one workbook.
const PEOPLE: usize = 20_000;
/// So many problems are told of one workbook.
const PROBLEMS: usize = 100_000;
/// So many people of one name are looked through for one of another number.
const NAMESAKES: usize = 100;

/// The people of a workbook.
#[derive(Debug, Default)]
pub struct People {
    /// One for each row that is used, in the order of sheets and rows.
    pub list: Vec<Person>,
    /// What belongs to no person: unknown columns, sheets that were not read, rows that are nobody's.
    pub found: Diagnostics,
}

/// A person of a workbook.
#[derive(Debug)]
pub struct Person {
    /// The row: 人员 第5行.
    pub place: String,
    /// What the row says, and the rows of the lists that are this person's.
    pub record: Record,
    /// What was found in those cells.
    pub found: Diagnostics,
}

/// Reads a workbook that people filled in; `file` is what messages call it (no path is opened).
///
/// Columns are found by the row of keys, or by labels where it was deleted; sheets are told by their columns. A file
/// is opened within limits: sizes as they inflate, cells, texts and people are counted.
///
/// Errors: what keeps the workbook from being read at all, at [`Place::File`]. What is wrong in a cell is in the
/// person's `found`, at [`Place::Cell`]; the record lacks what could not be taken.
pub fn read(columns: &Columns, file: &str, bytes: &[u8]) -> Result<People, Diagnostics> {
    let grids = open(bytes).map_err(|refusal| refusal.of(file))?;
    let mut reader = Reader { file, columns, people: People::default(), by_link: Vec::new(), problems: 0, lost: Vec::new() };
    reader.all(grids).map_err(|refusal| refusal.of(file))?;
    Ok(reader.people)
}

struct Reader<'r> {
    file: &'r str,
    columns: &'r Columns,
    people: People,
    /// For each linking column, the people by what stands in it.
    by_link: Vec<BTreeMap<String, BTreeSet<usize>>>,
    problems: usize,
    /// Sheets without a head that is known.
    lost: Vec<Diagnostic>,
}

impl<'r> Reader<'r> {
    fn all(&mut self, grids: Vec<Grid>) -> Result<(), Refusal> {
        let mut lists = Vec::new();
        let mut met = false;
        for grid in grids {
            let Some(first) = grid.cells.first() else { continue };
            // Our own sheets that hold no data.
            if first.held.word().is_some_and(|word| [GUIDE, OPTIONS].contains(&word)) {
                continue;
            }
            match find(&grid, self.columns) {
                None => {
                    let lost = self.unread_sheet(&grid);
                    self.lost.push(lost);
                }
                Some(head) if matches!(head.rows, Rows::List(_)) => lists.push((grid, head)),
                Some(head) => {
                    met = true;
                    self.sheet(grid, &head)?;
                }
            }
        }
        if !met {
            return Err(Refusal::NoPeople);
        }
        let lost = std::mem::take(&mut self.lost);
        self.people.found.extend(lost);
        self.link();
        for (grid, head) in lists {
            self.sheet(grid, &head)?;
        }
        Ok(())
    }

    /// A sheet row by row; each row's cells are given up when it is done.
    fn sheet(&mut self, grid: Grid, head: &Head<'r>) -> Result<(), Refusal> {
        let Grid { name, cells, merged, from_1904 } = grid;
        let about = Sheet { name, merged, from_1904, head };
        let mut strange: BTreeMap<u32, (u32, usize)> = BTreeMap::new();
        let mut above = Vec::new();
        let mut linked = Linked { merged: about.merged_links(&cells), counts: BTreeMap::new() };
        let mut cells = cells.into_iter().peekable();
        while let Some(row) = cells.peek().map(|cell| cell.row) {
            let mut known = Vec::new();
            while let Some(cell) = cells.next_if(|cell| cell.row == row) {
                if row <= head.last {
                    above.push((cell.row, cell.col));
                } else if head.columns.contains_key(&cell.col) {
                    known.push(cell);
                } else {
                    strange.entry(cell.col).or_insert((cell.row, 0)).1 += 1;
                }
            }
            if known.is_empty() {
                continue;
            }
            match head.rows {
                Rows::People => self.person(&about, row, known)?,
                Rows::List(_) => self.row(&about, row, known, &mut linked)?,
            }
        }
        self.strange_columns(&about, &strange)?;
        self.rows_above(&about, &above)?;
        self.merged_cells(&about)
    }

    fn person(&mut self, sheet: &Sheet<'_, 'r>, row: u32, cells: Vec<Cell>) -> Result<(), Refusal> {
        if self.people.list.len() >= PEOPLE {
            return Err(Refusal::People);
        }
        let place = format!("{} 第{}行", sheet.name, row.saturating_add(1));
        let mut person = Person { place, record: Record::blank(), found: Diagnostics::default() };
        for cell in cells {
            let Some(column) = sheet.head.columns.get(&cell.col) else { continue };
            let place = self.place(sheet, cell.row, cell.col, &column.label);
            self.cell(cell, sheet, column, &column.key, place, &mut person)?;
        }
        self.people.list.push(person);
        Ok(())
    }

    /// A cell set in a record under a name.
    fn cell(
        &mut self,
        cell: Cell,
        sheet: &Sheet<'_, '_>,
        column: &Column,
        name: &str,
        place: Place,
        person: &mut Person,
    ) -> Result<(), Refusal> {
        let (taken, remarks) = take(cell.held, cell.formula, sheet.from_1904, column);
        let name = FieldName::parse(name);
        let place = match &name {
            Some(name) => of_value(place, name),
            None => place,
        };
        for remark in remarks {
            self.count()?;
            let told =
                Diagnostic { severity: remark.severity, code: remark.code, place: place.clone(), message: remark.message, help: None };
            person.found.push(told.with_help(remark.help));
        }
        let Some(name) = name else { return Ok(()) };
        let set = match taken {
            None => true,
            Some(Taken::Text(text)) => person.record.set(&name, &text),
            Some(Taken::Flag(flag)) => person.record.set_flag(&name, flag),
        };
        if !set {
            self.count()?;
            let message = Message::new("这一人的行数太多，这一行没有读取", "this person has too many rows; this one was not taken");
            let help = Message::new("请合并或删去多余的行", "join rows, or take some away");
            person.found.push(Diagnostic::error("too-many-rows", place, message).with_help(help));
        }
        Ok(())
    }

    /// The people by what links rows to them.
    fn link(&mut self) {
        for column in self.columns.links() {
            let mut by_text: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
            let name = FieldName::parse(&column.key);
            for (at, person) in self.people.list.iter().enumerate() {
                if let Some(text) = name.as_ref().and_then(|name| person.record.text(name)) {
                    by_text.entry(id_number::normalise(text)).or_default().insert(at);
                }
            }
            self.by_link.push(by_text);
        }
    }

    /// A row of a list.
    fn row(&mut self, sheet: &Sheet<'_, 'r>, row: u32, cells: Vec<Cell>, linked: &mut Linked) -> Result<(), Refusal> {
        let Rows::List(list) = sheet.head.rows else { return Ok(()) };
        let links = self.columns.links();
        let link = |col: u32| sheet.head.columns.get(&col).and_then(|column| links.iter().position(|link| link.key == column.key));
        let (linking, cells): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(|cell| link(cell.col).is_some());
        // Nothing is lost with a row that says whose it is, and no more.
        let Some(first) = cells.first() else { return Ok(()) };
        let mut columns: Vec<(usize, u32)> = sheet.head.columns.keys().filter_map(|col| Some((link(*col)?, *col))).collect();
        columns.sort_unstable();
        let at = match self.whose(sheet, row, first.col, &linking, &columns, &linked.merged) {
            Ok(at) => at,
            Err((col, trouble)) => return self.no_link(sheet, row, col, trouble),
        };
        let count = linked.counts.entry(at).or_insert(0);
        let number = std::mem::replace(count, *count + 1).to_string();
        let Some(known) = self.people.list.get_mut(at) else { return Ok(()) };
        // Taken out while the reader counts what is wrong with it.
        let nobody = Person { place: String::new(), record: Record::blank(), found: Diagnostics::default() };
        let mut person = std::mem::replace(known, nobody);
        let done = cells.into_iter().try_for_each(|cell| {
            let Some(column) = sheet.head.columns.get(&cell.col) else { return Ok(()) };
            let place = self.place(sheet, cell.row, cell.col, &format!("{}·{}", list.title, column.label));
            self.cell(cell, sheet, column, &column.key.replacen('*', &number, 1), place, &mut person)
        });
        if let Some(known) = self.people.list.get_mut(at) {
            *known = person;
        }
        done
    }

    /// Whose a row of a list is: by its identity number, else by its name; both must mean the same person.
    fn whose(
        &self,
        sheet: &Sheet<'_, 'r>,
        row: u32,
        first: u32,
        linking: &[Cell],
        columns: &[(usize, u32)],
        merged: &Merged,
    ) -> Result<usize, (u32, Trouble)> {
        let nobody = BTreeSet::new();
        let mut whose: Option<(u32, Vec<usize>)> = None;
        for &(link, col) in columns {
            // The cell's own text, or that of the merged cell it lies in.
            let text = match linking.iter().find(|cell| cell.col == col) {
                Some(cell) => Some(self.link_text(cell, sheet, col).ok_or((col, Trouble::Damaged))?),
                None => merged.get(&(row, col)).cloned(),
            };
            let Some(text) = text else { continue };
            let meant = self.by_link.get(link).and_then(|people| people.get(&text)).unwrap_or(&nobody);
            whose = Some(match whose {
                None => (col, meant.iter().copied().take(NAMESAKES).collect()),
                Some((at, people)) if people.is_empty() => (at, people),
                Some((_, people)) => {
                    let both: Vec<usize> = people.into_iter().filter(|person| meant.contains(person)).collect();
                    if both.is_empty() {
                        return Err((col, Trouble::Disagrees));
                    }
                    (col, both)
                }
            });
        }
        match whose {
            None => Err((first, Trouble::None)),
            Some((col, people)) => match people.as_slice() {
                [] => Err((col, Trouble::Nobody)),
                [one] => Ok(*one),
                _ => Err((col, Trouble::Several)),
            },
        }
    }

    /// The text of a link as the people's texts are kept; `None` where it is damaged.
    fn link_text(&self, cell: &Cell, sheet: &Sheet<'_, 'r>, col: u32) -> Option<String> {
        let column = sheet.head.columns.get(&col)?;
        let held = match &cell.held {
            Held::Text(text) => Held::Text(text.clone()),
            Held::Number(number) => Held::Number(*number),
            _ => return None,
        };
        match take(held, false, sheet.from_1904, column) {
            (Some(Taken::Text(text)), _) => Some(id_number::normalise(&text)),
            _ => None,
        }
    }

    fn no_link(&mut self, sheet: &Sheet<'_, 'r>, row: u32, col: u32, trouble: Trouble) -> Result<(), Refusal> {
        self.count()?;
        let links: Vec<&str> = self.columns.links().into_iter().map(|link| link.label.as_str()).collect();
        let (zh, en) = match trouble {
            Trouble::None => ("这一行没有写是谁的，没有读取", "the row does not say whose it is; it was not taken"),
            Trouble::Nobody => {
                ("人员表里没有这个人，这一行没有读取", "nobody on the sheet of people is meant by this; the row was not taken")
            }
            Trouble::Several => {
                ("人员表里有几个人与此相同，分不清是谁的，这一行没有读取", "several people are meant by this; the row was not taken")
            }
            Trouble::Disagrees => {
                ("这一行的两处写的不是同一个人，没有读取", "the row names one person here and another one beside it; it was not taken")
            }
            Trouble::Damaged => {
                ("这一行是谁的已看不出（号码存成了数字等），没有读取", "whose row this is cannot be told any more; it was not taken")
            }
        };
        let help = Message::new(
            format!("写上与人员表里完全一样的{}（文本格式）", links.join("或")),
            format!("write {} as the sheet of people has it, as text", links.join(" or ")),
        );
        let label = sheet.head.columns.get(&col).map_or("", |column| column.label.as_str());
        let place = self.place(sheet, row, col, label);
        self.people.found.push(Diagnostic::error("nobodys-row", place, Message::new(zh, en)).with_help(help));
        Ok(())
    }

    fn strange_columns(&mut self, sheet: &Sheet<'_, 'r>, strange: &BTreeMap<u32, (u32, usize)>) -> Result<(), Refusal> {
        for (&col, &(row, count)) in strange {
            self.count()?;
            let (row, code, severity, zh, en) = match sheet.head.unknown.get(&col) {
                Some(Strange::Twice(row)) => (
                    *row,
                    "column-twice",
                    Severity::Error,
                    format!("这一列与另一列相同，其中 {count} 格内容没有读取"),
                    format!("another column is the same as this one; its {count} filled cell(s) were not taken"),
                ),
                Some(Strange::Unknown(row)) => (
                    *row,
                    "unknown-column",
                    Severity::Warning,
                    format!("不认识这一列，其中 {count} 格内容没有读取"),
                    format!("this column is not known; its {count} filled cell(s) were not taken"),
                ),
                None => (
                    row,
                    "unknown-column",
                    Severity::Warning,
                    format!("这一列没有栏目名，其中 {count} 格内容没有读取"),
                    format!("this column has no head; its {count} filled cell(s) were not taken"),
                ),
            };
            let help = Message::new(
                "列名（第 1 行）或识别字（第 2 行）要与空工作簿一致；不用的列可以不管",
                "name it as the empty workbook does, by label (row 1) or key (row 2); ignore this if the column is not meant to be read",
            );
            let place = self.place(sheet, row, col, "");
            self.people.found.push(Diagnostic { severity, code, place, message: Message::new(zh, en), help: Some(help) });
        }
        Ok(())
    }

    /// A row of data that was sorted above the heads is not a title: two of its cells or more stand in known columns.
    fn rows_above(&mut self, sheet: &Sheet<'_, 'r>, above: &[(u32, u32)]) -> Result<(), Refusal> {
        for row in above.chunk_by(|one, other| one.0 == other.0) {
            let Some(&(at, col)) = row.first() else { continue };
            let filled = row.iter().filter(|(_, col)| sheet.head.columns.contains_key(col)).count();
            if at >= sheet.head.first || filled < 2 {
                continue;
            }
            self.count()?;
            let message = Message::new("栏目名上面的这一行没有读取", "this row stands above the heads and was not taken");
            let help = Message::new(
                "如果是人员（例如排序时移了上来），请移到栏目名下面；是标题就不必管",
                "if it is a person (sorting may have moved it), put it below the heads; ignore this for a title",
            );
            let place = self.place(sheet, at, col, "");
            // A title has no identity number.
            let number = FieldKind::Text(TextFormat::IdNumber);
            let is_person = row.iter().any(|(_, col)| sheet.head.columns.get(col).is_some_and(|column| column.kind == number));
            let severity = if is_person { Severity::Error } else { Severity::Warning };
            self.people.found.push(Diagnostic { severity, code: "row-above-heads", place, message, help: Some(help) });
        }
        Ok(())
    }

    /// Merged cells below the heads show one value for several rows or columns; only the first has it.
    fn merged_cells(&mut self, sheet: &Sheet<'_, 'r>) -> Result<(), Refusal> {
        let links = self.columns.links();
        for area in &sheet.merged {
            let columns = sheet.head.columns.range(area.first.1..=area.last.1);
            let mut columns =
                columns.filter(|(_, column)| matches!(sheet.head.rows, Rows::People) || !links.iter().any(|link| link.key == column.key));
            let Some((&col, column)) = columns.next().filter(|_| area.first.0 > sheet.head.last) else { continue };
            self.count()?;
            let message = Message::new(
                "合并的单元格：内容只算在第一行第一列，其余各行各列是空的",
                "merged cells: what they show counts for the first row and column only, the others are empty",
            );
            let help = Message::new("请取消合并，每行分别填写", "unmerge them and fill in each row");
            let place = self.place(sheet, area.first.0, col, &column.label);
            self.people.found.push(Diagnostic::warning("merged-cells", place, message).with_help(help));
        }
        Ok(())
    }

    fn unread_sheet(&self, grid: &Grid) -> Diagnostic {
        let count = grid.cells.len();
        let (row, col) = grid.cells.first().map_or((0, 0), |cell| (cell.row, cell.col));
        let place = Place::Cell {
            file: self.file.to_owned(),
            sheet: grid.name.clone(),
            cell: address(row, col),
            label: String::new(),
            pointer: String::new(),
        };
        let message = Message::new(
            format!("这张表没有认得出的栏目名，其中 {count} 格内容没有读取"),
            format!("the sheet has no heads that are known; its {count} filled cell(s) were not taken"),
        );
        let help = Message::new(
            "不是人员或简历就不必管；是的话，栏目名要与空工作簿一致",
            "ignore this unless people are on it; then its heads must be those of the empty workbook",
        );
        Diagnostic::warning("unknown-sheet", place, message).with_help(help)
    }

    fn place(&self, sheet: &Sheet<'_, '_>, row: u32, col: u32, label: &str) -> Place {
        Place::Cell {
            file: self.file.to_owned(),
            sheet: sheet.name.clone(),
            cell: address(row, col),
            label: label.to_owned(),
            pointer: String::new(),
        }
    }

    fn count(&mut self) -> Result<(), Refusal> {
        self.problems += 1;
        if self.problems > PROBLEMS { Err(Refusal::Problems) } else { Ok(()) }
    }
}

/// The place of a cell that holds a value of a person's record.
fn of_value(place: Place, name: &FieldName) -> Place {
    match place {
        Place::Cell { file, sheet, cell, label, .. } => Place::Cell { file, sheet, cell, label, pointer: name.pointer() },
        other => other,
    }
}

/// Why a row of a list is nobody's.
#[derive(Clone, Copy)]
enum Trouble {
    None,
    Nobody,
    Several,
    Disagrees,
    Damaged,
}

/// What links the rows that a merged cell covers, by row and column.
type Merged = BTreeMap<(u32, u32), String>;

/// The rows of a list on their way to people.
struct Linked {
    merged: Merged,
    /// How many rows each person has so far.
    counts: BTreeMap<usize, usize>,
}

/// A sheet that is being read.
struct Sheet<'s, 'c> {
    name: String,
    merged: Vec<Area>,
    from_1904: bool,
    head: &'s Head<'c>,
}

impl Sheet<'_, '_> {
    /// A name that is merged over all the rows of a person links them all: for each row below the first, its text.
    fn merged_links(&self, cells: &[Cell]) -> Merged {
        let mut links = Merged::new();
        if matches!(self.head.rows, Rows::People) {
            return links;
        }
        // Merged areas never overlap, except in a file that was made to keep a reader busy.
        let mut room = cells.len();
        for area in self.merged.iter().filter(|area| area.first.1 == area.last.1 && self.head.columns.contains_key(&area.first.1)) {
            let at = cells.binary_search_by_key(&area.first, |cell| (cell.row, cell.col));
            let Some(text) = at.ok().and_then(|at| cells.get(at)).and_then(|cell| cell.held.word()) else { continue };
            // Rows without any cell need no link.
            let rows = cells.partition_point(|cell| cell.row <= area.first.0)..cells.partition_point(|cell| cell.row <= area.last.0);
            let covered = cells.get(rows).unwrap_or_default();
            let Some(rest) = room.checked_sub(covered.len()) else { return links };
            room = rest;
            let text = id_number::normalise(text);
            links.extend(covered.iter().map(|cell| ((cell.row, area.first.1), text.clone())));
        }
        links
    }
}
