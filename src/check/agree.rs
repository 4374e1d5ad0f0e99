//! Facts that have to agree with one another, and rows that have an order. All of it is a warning: it happens legitimately.

use std::collections::BTreeMap;

use super::{Report, Weight, row_of};
use crate::diag::Place;
use crate::form::{Field, FieldKind, Form, TextFormat};
use crate::name::FieldName;
use crate::record::Record;
use crate::record::id_number::{self, IdNumber, Sex};
use crate::record::value;

/// The rows of a résumé: `2003.07—2008.12`.
const PERIODS: &str = "resume.*.period";

/// Texts of the sheet that may be absent, though the sheet is poorer for it (design/record.md).
const ADVISED: &str = "brief";

/// The field with those it agrees with, and with the one it must not be earlier than.
pub(super) fn with_others(report: &mut Report<'_>, record: &Record, field: &Field) {
    for other in &field.agrees {
        let Some(other) = report.by_name.get(other.as_str()).copied() else { continue };
        match (is_id(field), is_id(other)) {
            (false, true) => with_id(report, record, field, other),
            (true, false) => with_id(report, record, other, field),
            _ => same(report, record, field, other),
        }
    }
    if let Some(earlier) = field.after.as_ref().and_then(|name| report.by_name.get(name.as_str()).copied()) {
        in_order(report, record, earlier, field);
    }
}

/// What concerns several rows: a résumé's order, one person twice, columns of the sheet left empty.
pub(super) fn rows(report: &mut Report<'_>, form: &Form, record: &Record) {
    let mut periods: BTreeMap<String, Vec<(&Field, Period)>> = BTreeMap::new();
    let mut people: BTreeMap<String, &Field> = BTreeMap::new();
    let mut advised: BTreeMap<String, Vec<&Field>> = BTreeMap::new();
    for field in &form.fields {
        let pattern = field.name.pattern();
        let text = record.text(&field.name);
        if pattern == PERIODS || pattern.ends_with(&format!(".{PERIODS}")) {
            let array = field.name.as_str().rsplitn(3, '.').nth(2).unwrap_or_default().to_owned();
            if let Some(period) = text.and_then(Period::parse) {
                periods.entry(array).or_default().push((field, period));
            }
        }
        if let (true, Some(text)) = (is_id(field), text) {
            let number = id_number::normalise(text);
            if people.insert(number, field).is_some() {
                let words = ["同一个身份证号码出现了两次".to_owned(), "the same identity number stands here twice".to_owned()];
                report.at(field, Weight::Warning, "same-person", words, ["一人只列一行", "a person has one row"]);
            }
        }
        let used = row_of(&field.name).is_some_and(|(_, _, row)| record.has(&row));
        if let Some((parent, _)) = field.name.as_str().rsplit_once('.')
            && parent.rsplit('.').next() == Some(ADVISED)
            && used
            && text.is_none()
        {
            advised.entry(parent.to_owned()).or_default().push(field);
        }
    }
    for rows in periods.values() {
        in_sequence(report, rows);
    }
    for (parent, fields) in &advised {
        left_empty(report, parent, fields);
    }
}

fn is_id(field: &Field) -> bool {
    field.kind == FieldKind::Text(TextFormat::IdNumber)
}

fn id_of(record: &Record, field: &Field) -> Option<IdNumber> {
    id_number::parse(&id_number::normalise(record.text(&field.name)?)).ok()
}

fn with_id(report: &mut Report<'_>, record: &Record, fact: &Field, id: &Field) {
    let (Some(number), Some(text)) = (id_of(record, id), record.text(&fact.name)) else { return };
    let agrees = match &fact.kind {
        FieldKind::Month => agree(value::month(text), number.birth().map(|day| (day.year, day.month))),
        FieldKind::Date => agree(value::date(text), number.birth()),
        _ => {
            agree([("男", Sex::Male), ("女", Sex::Female)].iter().find(|(word, _)| *word == text).map(|(_, sex)| *sex), Some(number.sex()))
        }
    };
    if !agrees {
        let words = [format!("与{}不一致", id.label), format!("it does not agree with {}", id.label)];
        report.at(
            fact,
            Weight::Warning,
            "disagrees",
            words,
            ["核对两处；如确实不同（例如档案记载不一），可以保留", "look at both; they may differ for a good reason"],
        );
    }
}

/// Whether two facts agree; a fact that is not known agrees with everything.
fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn same(report: &mut Report<'_>, record: &Record, field: &Field, other: &Field) {
    if let (Some(text), Some(want)) = (record.text(&field.name), record.text(&other.name))
        && text != want
    {
        let words = [format!("与{}不一致", other.label), format!("it does not agree with {}", other.label)];
        report.at(field, Weight::Warning, "disagrees", words, ["核对两处", "look at both"]);
    }
}

fn in_order(report: &mut Report<'_>, record: &Record, earlier: &Field, field: &Field) {
    let when = |field: &Field| {
        let text = record.text(&field.name)?;
        value::month(text).map(|(year, month)| (year, month, None)).or(value::date(text).map(|day| (day.year, day.month, Some(day.day))))
    };
    let (Some(first), Some(second)) = (when(earlier), when(field)) else { return };
    // Days are compared where both are known.
    let days = first.2.zip(second.2).is_some_and(|(first, second)| second < first);
    if (second.0, second.1) < (first.0, first.1) || ((second.0, second.1) == (first.0, first.1) && days) {
        let words = [format!("早于{}", earlier.label), format!("it is earlier than {}", earlier.label)];
        report.at(field, Weight::Warning, "date-order", words, ["核对两处的年月", "look at both dates"]);
    }
}

/// The two ends of a stretch of time; months may be left out, and the end may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    start: (u32, Option<u32>),
    end: Option<(u32, Option<u32>)>,
}

impl Period {
    /// Reads `2003.07—2008.12` in the spellings people use; whatever stands between the numbers is passed over.
    fn parse(text: &str) -> Option<Period> {
        let numbers: Vec<&str> = text.split(|ch: char| !ch.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        let mut ends: Vec<(u32, Option<u32>)> = Vec::new();
        for part in numbers {
            let number = part.parse().ok()?;
            match (part.len(), ends.last_mut()) {
                (4, _) => ends.push((number, None)),
                (1 | 2, Some((_, month @ None))) => *month = Some(number),
                // Days after the month do not matter here.
                (1 | 2, Some(_)) => {}
                (6, _) => ends.push((number / 100, Some(number % 100))),
                _ => return None,
            }
        }
        match ends.as_slice() {
            [start] => Some(Period { start: *start, end: None }),
            [start, end] => Some(Period { start: *start, end: Some(*end) }),
            _ => None,
        }
    }

    fn has_impossible_month(&self) -> bool {
        [Some(self.start), self.end].into_iter().flatten().any(|(_, month)| month.is_some_and(|month| !(1..=12).contains(&month)))
    }
}

/// Whether one point of time is before another; where a month is not known, the years decide.
fn before((year, month): (u32, Option<u32>), (other_year, other_month): (u32, Option<u32>)) -> bool {
    year < other_year || (year == other_year && month.zip(other_month).is_some_and(|(month, other)| month < other))
}

fn in_sequence(report: &mut Report<'_>, rows: &[(&Field, Period)]) {
    for (field, period) in rows {
        if period.has_impossible_month() {
            let words = ["起止年月里有不存在的月份".to_owned(), "there is no such month".to_owned()];
            report.at(field, Weight::Warning, "period-month", words, ["月份写 01 至 12", "months are 01 to 12"]);
        } else if period.end.is_some_and(|end| before(end, period.start)) {
            let words = ["结束早于开始".to_owned(), "it ends before it begins".to_owned()];
            report.at(field, Weight::Warning, "period-end", words, ["核对起止年月", "look at both ends"]);
        }
    }
    // The latest may stand first or last, but all one way.
    let falls = |pair: &[(&Field, Period)]| matches!(pair, [(_, one), (_, next)] if before(next.start, one.start));
    let rises = |pair: &[(&Field, Period)]| matches!(pair, [(_, one), (_, next)] if before(one.start, next.start));
    let descending = !rows.windows(2).any(rises);
    if descending {
        return;
    }
    for pair in rows.windows(2).filter(|pair| falls(pair)) {
        if let [_, (field, _)] = pair {
            let words = ["这一行早于上一行".to_owned(), "this row is earlier than the one before".to_owned()];
            report.at(field, Weight::Warning, "period-order", words, ["简历按时间先后排列", "put the rows in the order of time"]);
        }
    }
}

fn left_empty(report: &mut Report<'_>, parent: &str, fields: &[&Field]) {
    let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
    let labels = labels.join("、");
    let row = FieldName::parse(parent).and_then(|name| row_of(&name)).map_or(String::new(), |(_, index, _)| format!("第{}行", index + 1));
    let place = Place::Record { pointer: format!("/{}", parent.replace('.', "/")), label: row };
    let words = [format!("这些栏目空着：{labels}"), format!("these columns stay empty: {labels}")];
    report.say(
        place,
        Weight::Warning,
        "left-empty",
        words,
        ["一览表的长栏目另写短文，不从推荐表取", "the sheet's long columns have short texts of their own"],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let full = |start, end| Some(Period { start, end });
        for (text, want) in [
            ("2003.07—2008.12", full((2003, Some(7)), Some((2008, Some(12))))),
            ("2003.7-2008.12", full((2003, Some(7)), Some((2008, Some(12))))),
            ("2003-07-2008-12", full((2003, Some(7)), Some((2008, Some(12))))),
            ("2003年7月至2008年12月", full((2003, Some(7)), Some((2008, Some(12))))),
            ("2003/07~至今", full((2003, Some(7)), None)),
            ("200307—200812", full((2003, Some(7)), Some((2008, Some(12))))),
            ("2003—2008", full((2003, None), Some((2008, None)))),
            ("2003.07.01—2008.12.31", full((2003, Some(7)), Some((2008, Some(12))))),
            ("小学", None),
            ("2003—2008—2012", None),
            ("99999999999", None),
        ] {
            assert_eq!(Period::parse(text), want, "{text}");
        }
    }
}
