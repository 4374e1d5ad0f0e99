//! Which columns a workbook of people has: what a form asks of a person, then what other forms ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::{Block, Content, Field, FieldIx, FieldKind, Form, Inline, TextFormat};

/// The columns of a workbook of people; made from a form, the other forms and the list of keys.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The form's title.
    pub title: String,
    /// One for each value of a person, in the order of the sheet; those that are not given out come last.
    pub people: Vec<Column>,
    /// One sheet for each list of a person (简历).
    pub lists: Vec<List>,
}

/// A column: one value of a person, or of a row of a person's list.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The pattern of the value's name in a person's record: `birth`, `resume.*.period`.
    pub key: String,
    /// What stands above the column.
    pub label: String,
    /// What other forms call it.
    pub others: Vec<String>,
    /// What may stand in it.
    pub kind: FieldKind,
    /// Whether the form must have it.
    pub required: bool,
    /// Values to choose from; another may be typed.
    pub options: Vec<String>,
    /// Whether it stands in the workbook that is given out; else it is only understood (an opinion, normally for the pen).
    pub given: bool,
}

/// A list of a person: a sheet of its own, whose rows say whose they are.
#[derive(Clone, Debug)]
pub struct List {
    /// The pattern of the list: `resume`.
    pub array: String,
    /// The sheet's name: 简历.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Columns {
    /// The columns for a form (blank). `others` are the other forms, `known` is every key of a person with its label, in
    /// order, `offered` are values to choose from that no form lists.
    pub fn of(form: &Form, others: &[&Form], known: &[(String, String)], offered: &[(&str, Vec<String>)]) -> Columns {
        let mut all = Gathered::default();
        all.take(form, None);
        for other in others {
            // What another form shows beyond a person (a letter of a unit) is none of this workbook's.
            all.take(other, Some(known));
        }
        for (key, label) in known {
            all.name(key, label);
        }
        let place = |key: &str| known.iter().position(|(known, _)| known == key).unwrap_or(known.len());
        // The form's own in its order, then the others' in the order of the keys, pictures after all, the pen's last.
        let mut order: Vec<(bool, bool, bool, usize, usize)> = Vec::new();
        for (at, found) in all.list.iter().enumerate() {
            let photo = found.column.kind == FieldKind::Photo;
            let pen = all.pen.contains(&found.column.key);
            order.push((pen, photo, !found.own, if found.own { 0 } else { place(&found.column.key) }, at));
        }
        order.sort_unstable();
        let mut columns = Columns { title: form.template.title.clone(), people: Vec::new(), lists: Vec::new() };
        for (pen, .., at) in order {
            let Some(found) = all.list.get(at) else { continue };
            let mut column = found.column.clone();
            column.given = !pen;
            if let Some((_, options)) = offered.iter().find(|(key, _)| *key == column.key) {
                column.options.clone_from(options);
            }
            columns.add(column);
        }
        columns
    }

    fn add(&mut self, mut column: Column) {
        let Some((array, rest)) = column.key.split_once(".*.") else { return self.people.push(column) };
        // A list in a list has no sheet.
        if rest.contains('*') {
            return;
        }
        let array = array.to_owned();
        let (title, label) = of_list(&column.label);
        let label = label.to_owned();
        let title = if title.is_empty() { array.clone() } else { title.to_owned() };
        column.others.push(std::mem::replace(&mut column.label, label));
        match self.lists.iter_mut().find(|list| list.array == array) {
            Some(list) => list.columns.push(column),
            None => self.lists.push(List { array, title, columns: vec![column] }),
        }
    }

    /// The columns by which a row of a list says whose it is: the identity number, and the first value that is required.
    pub fn links(&self) -> Vec<&Column> {
        let number = self.people.iter().find(|column| column.kind == FieldKind::Text(TextFormat::IdNumber));
        let name = self.people.iter().find(|column| column.required && column.kind != FieldKind::Text(TextFormat::IdNumber));
        number.into_iter().chain(name).collect()
    }
}

/// 简历 and 起止年月, of 简历第1行·起止年月.
fn of_list(label: &str) -> (&str, &str) {
    match label.split_once('·') {
        Some((title, label)) => (title, label),
        None => ("", label),
    }
}

#[derive(Default)]
struct Gathered {
    list: Vec<One>,
    at: BTreeMap<String, usize>,
    /// The patterns of values that are left to the pen.
    pen: BTreeSet<String>,
}

struct One {
    column: Column,
    own: bool,
}

impl Gathered {
    /// The fields of a form; of another form than the workbook's own only those that are known of a person.
    fn take(&mut self, form: &Form, known: Option<&[(String, String)]>) {
        let own = known.is_none();
        let root = root(form);
        let key = |field: &Field| {
            let pattern = field.name.pattern();
            root.as_ref().and_then(|root| pattern.strip_prefix(root.as_str()).map(str::to_owned)).unwrap_or(pattern)
        };
        // What stands beside a place for a seal or a signature is written when that is set: by hand.
        let signed: BTreeSet<String> = form
            .fields
            .iter()
            .filter(|field| !field.kind.is_data())
            .filter_map(|field| Some(key(field).rsplit_once('.')?.0.to_owned()))
            .collect();
        let in_line_only = in_lines_only(form);
        for (at, field) in form.fields.iter().enumerate().filter(|(_, field)| field.kind.is_data()) {
            let key = key(field);
            if known.is_some_and(|known| !known.iter().any(|(known, _)| *known == key)) {
                continue;
            }
            let options = if let FieldKind::Choice(options) = &field.kind { options.clone() } else { Vec::new() };
            let label = without_rows(&field.label);
            if let Some(One { column, .. }) = self.at.get(&key).and_then(|at| self.list.get_mut(*at)) {
                if column.label != label && !column.others.contains(&label) {
                    column.others.push(label);
                }
                // One form lets choose what another lets write.
                if column.options.is_empty() {
                    column.options = options;
                }
                continue;
            }
            // What an earlier form asks for is no matter for the pen, wherever else it stands.
            if key.rsplit_once('.').is_some_and(|(parent, _)| signed.contains(parent)) || in_line_only.contains(&FieldIx(at)) {
                self.pen.insert(key.clone());
            }
            let kind = if let FieldKind::Choice(_) = field.kind { FieldKind::Choice(Vec::new()) } else { field.kind.clone() };
            self.push(Column { key, label, others: Vec::new(), kind, required: own && field.required, options, given: true }, own);
        }
    }

    /// A key from the list of keys, with its label there.
    fn name(&mut self, key: &str, label: &str) {
        if let Some(One { column, .. }) = self.at.get(key).and_then(|at| self.list.get_mut(*at)) {
            if column.label != label && !column.others.iter().any(|other| other == label) {
                column.others.push(label.to_owned());
            }
            return;
        }
        let (key, label) = (key.to_owned(), label.to_owned());
        // What no form shows yet may be of any length.
        let column =
            Column { key, label, others: Vec::new(), kind: FieldKind::TextArea, required: false, options: Vec::new(), given: true };
        self.push(column, false);
    }

    fn push(&mut self, column: Column, own: bool) {
        self.at.insert(column.key.clone(), self.list.len());
        self.list.push(One { column, own });
    }
}

/// The list that a sheet of people is (`nominees.*.`): below it a person's record begins.
fn root(form: &Form) -> Option<String> {
    let mut data = form.fields.iter().filter(|field| field.kind.is_data()).map(|field| field.name.pattern());
    let (array, _) = data.next()?.split_once(".*.").map(|(array, rest)| (array.to_owned(), rest.to_owned()))?;
    let root = format!("{array}.*.");
    data.all(|pattern| pattern.starts_with(&root)).then_some(root)
}

/// Fields that stand nowhere but in a line of ink on a page of more than lines, as the month on a cover does.
fn in_lines_only(form: &Form) -> BTreeSet<FieldIx> {
    let (mut lines, mut elsewhere) = (BTreeSet::new(), BTreeSet::new());
    for page in &form.pages {
        let has_table = page.blocks.iter().any(|block| matches!(block, Block::Table(_)));
        for block in &page.blocks {
            match block {
                Block::Para(para) => {
                    let inlines = para.lines.iter().flat_map(|line| &line.inlines);
                    let fields = inlines.filter_map(|inline| if let Inline::Field(place, _) = inline { Some(place.field) } else { None });
                    if has_table { lines.extend(fields) } else { elsewhere.extend(fields) }
                }
                Block::Table(table) => {
                    for content in table.head.iter().chain(&table.rows).flat_map(|row| &row.cells).flat_map(|cell| &cell.content) {
                        match content {
                            Content::Field(place) => drop(elsewhere.insert(place.field)),
                            Content::Para(para) => elsewhere.extend(para.lines.iter().flat_map(|line| &line.inlines).filter_map(
                                |inline| {
                                    if let Inline::Field(place, _) = inline { Some(place.field) } else { None }
                                },
                            )),
                            Content::Label(_) => {}
                        }
                    }
                }
                Block::Rest(_) => {}
            }
        }
    }
    lines.difference(&elsewhere).copied().collect()
}

/// A label without what counts its row: 简历·起止年月 for 简历第1行·起止年月.
fn without_rows(label: &str) -> String {
    let mut out = String::new();
    let mut rest = label;
    while let Some(at) = rest.find('第') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.trim_start_matches('第');
        let row = after.trim_start_matches(|ch: char| ch.is_ascii_digit());
        match row.strip_prefix('行').filter(|_| row.len() < after.len()) {
            Some(end) => rest = end,
            None => {
                out.push('第');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out.split('·').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("·")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_what_counts_rows() {
        for (label, want) in
            [("简历第1行·起止年月", "简历·起止年月"), ("第12行·姓名", "姓名"), ("第七轮", "第七轮"), ("姓名", "姓名"), ("第1行", "")]
        {
            assert_eq!(without_rows(label), want);
        }
    }
}
