//! The report for programs.

use serde_json::{Value, json as object};

use super::{Line, Problem, Report, State, UnitLine, mask};

/// The report as JSON, indented: `title`, `counts`, `pages`, `renders`, `people`, `units`, `notes`, `files`.
///
/// With `mask` names are 张*, and sources and files of people, whose paths may hold names, are left out.
pub fn json(report: &Report, mask: bool) -> String {
    let counts: serde_json::Map<String, Value> =
        State::ALL.iter().map(|state| (state.code().to_owned(), Value::from(report.count(*state)))).collect();
    let value = object!({
        "title": report.title,
        "counts": counts,
        "warned": report.warned(),
        "pages": report.pages(),
        "renders": report.renders,
        "people": report.lines.iter().map(|line| person(line, mask)).collect::<Vec<_>>(),
        "units": report.units.iter().map(|line| unit(line, mask)).collect::<Vec<_>>(),
        "notes": problems(&report.notes, mask),
        "files": report.files,
    });
    format!("{value:#}\n")
}

fn person(line: &Line, mask: bool) -> Value {
    let name = if mask { mask::name(&line.name) } else { line.name.clone() };
    let mut value = object!({
        "entry": line.entry, "n": line.n, "name": name, "unit": line.unit, "state": line.state.code(), "pages": line.pages, "renders": line.renders,
        "problems": problems(&line.problems, mask),
    });
    if let (false, Some(members)) = (mask, value.as_object_mut()) {
        members.insert("source".to_owned(), Value::from(line.place.as_str()));
        members.insert("files".to_owned(), Value::from(line.files.as_slice()));
    }
    value
}

fn unit(line: &UnitLine, mask: bool) -> Value {
    object!({
        "unit": line.unit, "quota": line.quota, "recommended": line.recommended, "problems": problems(&line.problems, mask),
    })
}

fn problems(problems: &[Problem], mask: bool) -> Value {
    let one = |problem: &Problem| {
        let hidden = mask && problem.label.is_empty() && mask::place(problem, true).is_empty();
        object!({
            "severity": if problem.error { "error" } else { "warning" },
            "code": problem.code,
            "place": if hidden { "" } else { problem.place.as_str() },
            "pointer": problem.pointer.as_ref().filter(|_| !hidden),
            "label": problem.label,
            "message": { "zh": problem.message[0], "en": problem.message[1] },
            "help": { "zh": problem.help[0], "en": problem.help[1] },
        })
    };
    problems.iter().map(one).collect()
}
