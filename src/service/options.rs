//! What a request asks for beside its record: by name, each once, in the address or in the body.

use serde_json::value::RawValue;

use super::output::Output;
use super::problem::Problem;
use crate::diag::{Diagnostic, Diagnostics, Message, Place, nearest, visible};
use crate::engine::{FillOptions, Filled};
use crate::name::FieldName;

/// How a document is made; what is not said is as on the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kind of document.
    pub output: Option<Output>,
    /// Every warning is an error.
    pub strict: Option<bool>,
    /// Pictures in grey.
    pub grey: Option<bool>,
    /// Fields of a file to fill in that nobody is to change: by name, or all that lie below a name.
    pub lock: Option<Vec<String>>,
}

/// A value as a request gives it.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// In the address, or as a part of a form.
    Text(&'a str),
    /// In JSON.
    Json(&'a RawValue),
}

/// Why an option cannot be taken.
pub enum Slip {
    /// There is none of that name.
    Unknown,
    /// Its value is of another kind; this is what it should be.
    Kind(Message),
    /// It was given before.
    Twice,
}

/// The names of all options, the output among them.
pub const OPTIONS: [&str; 4] = ["output", "strict", "grey", "lock"];

/// The options of a check.
pub const CHECK: [&str; 1] = ["strict"];

/// The options of the empty paper.
pub const BLANK: [&str; 2] = ["output", "lock"];

impl Options {
    /// Takes one, where it is among the `known`.
    pub fn set(&mut self, known: &[&str], name: &str, given: Given<'_>) -> Result<(), Slip> {
        if !known.contains(&name) {
            return Err(Slip::Unknown);
        }
        match name {
            "output" => once(&mut self.output, output(given)?),
            "strict" => once(&mut self.strict, flag(given)?),
            "grey" => once(&mut self.grey, flag(given)?),
            "lock" => once(&mut self.lock, words(given)?),
            _ => Err(Slip::Unknown),
        }
    }

    /// The options in an address, each of them known here.
    ///
    /// # Errors
    /// Everything that is wrong with them: 400.
    pub fn from_query(query: Option<&str>, known: &[&str]) -> Result<Options, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri(query)).map_err(|_| unreadable())?;
        let mut options = Options::default();
        let mut problems = Diagnostics::default();
        for (name, value) in &pairs.0 {
            if let Err(slip) = options.set(known, name, Given::Text(value)) {
                let code = if matches!(slip, Slip::Unknown) { "unknown-parameter" } else { "bad-parameter" };
                let place = Place::Record { pointer: String::new(), label: shown(name) };
                problems.push(slip.explain(code, name, known, place));
            }
        }
        match problems.iter().next().map(|first| first.code) {
            None => Ok(options),
            Some(code) => {
                let title = Message::new("地址里的参数不对", "the parameters of the address are not right");
                Err(Problem { problems, ..Problem::new(axum::http::StatusCode::BAD_REQUEST, code, title) })
            }
        }
    }

    /// These options of the body with those of the address.
    ///
    /// # Errors
    /// One of them is given in both places.
    pub fn with(self, other: Options) -> Result<Options, Problem> {
        fn either<T>(one: Option<T>, other: Option<T>, name: &'static str) -> Result<Option<T>, Problem> {
            match (one, other) {
                (Some(_), Some(_)) => Err(Problem::bad_request(
                    "bad-parameter",
                    format!("{name} 在地址和正文里都写了，请只写一处"),
                    format!("`{name}` stands in the address and in the body: give it in one of them"),
                )),
                (one, other) => Ok(one.or(other)),
            }
        }
        Ok(Options {
            output: either(self.output, other.output, "output")?,
            strict: either(self.strict, other.strict, "strict")?,
            grey: either(self.grey, other.grey, "grey")?,
            lock: either(self.lock, other.lock, "lock")?,
        })
    }

    /// What the engine is asked for.
    pub fn fill(&self) -> FillOptions {
        FillOptions { strict: self.strict.unwrap_or_default(), grey: self.grey.unwrap_or_default() }
    }

    /// The fields that are locked in this output.
    ///
    /// # Errors
    /// The output has no fields to lock, or the form no field of that name: 422.
    pub fn locked(&self, filled: &Filled<'_>, output: Output) -> Result<Vec<FieldName>, Problem> {
        let words = self.lock.as_deref().unwrap_or_default();
        if !words.is_empty() && !output.is_filled_in() {
            let (zh, en) = ("只有 fillable 和 docx 可以锁定栏目", "only `fillable` and `docx` have fields to lock");
            return Err(unsuitable(Message::new(zh, en), None));
        }
        filled.fields_named(words).map_err(|missing| {
            let help = match &missing.near {
                Some(near) => Message::new(format!("是不是 {near}？"), format!("did you mean {near}?")),
                None => Message::new("栏目名见模板的 fields", "the template's `fields` lists the names"),
            };
            unsuitable(Message::new("lock：表上没有这样的栏目", "lock: the form has no such field"), Some(help))
        })
    }
}

impl Slip {
    /// What is wrong, at its place, with a next step.
    pub fn explain(self, code: &'static str, name: &str, known: &[&str], place: Place) -> Diagnostic {
        let name = shown(name);
        match self {
            Slip::Unknown => {
                let message = Message::new(format!("没有 {name} 这一项"), format!("there is no `{name}` here"));
                let help = match nearest(&name, known.iter().copied()) {
                    Some(near) => Message::new(format!("是不是 {near}？"), format!("did you mean `{near}`?")),
                    None => Message::new(format!("可以写：{}", known.join("、")), format!("there are: {}", known.join(", "))),
                };
                Diagnostic::error(code, place, message).with_help(help)
            }
            Slip::Kind(wanted) => {
                let message = Message::new(format!("{name} 的值不对"), format!("the value of `{name}` is not right"));
                Diagnostic::error(code, place, message).with_help(wanted)
            }
            Slip::Twice => {
                let message = Message::new(format!("{name} 写了两次"), format!("`{name}` is given twice"));
                Diagnostic::error(code, place, message).with_help(Message::new("请只写一次", "give it once"))
            }
        }
    }
}

/// An option that does not go with what is asked for: 422.
pub fn unsuitable(title: Message, detail: Option<Message>) -> Problem {
    let problem = Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "option-unsuitable", title);
    Problem { detail, ..problem }
}

/// A name of the request's as messages show it.
pub fn shown(name: &str) -> String {
    visible(&name.chars().take(60).collect::<String>())
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Slip> {
    if slot.is_some() {
        return Err(Slip::Twice);
    }
    *slot = Some(value);
    Ok(())
}

fn flag(given: Given<'_>) -> Result<bool, Slip> {
    let word = match given {
        Given::Text(text) => text,
        Given::Json(value) => value.get(),
    };
    match word {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Slip::Kind(Message::new("写 true 或 false", "write true or false"))),
    }
}

fn output(given: Given<'_>) -> Result<Output, Slip> {
    let word = text(given);
    word.as_deref().and_then(Output::of).ok_or_else(|| {
        let words = Output::ALL.map(Output::word);
        Slip::Kind(Message::new(format!("可以写：{}", words.join("、")), format!("there are: {}", words.join(", "))))
    })
}

fn words(given: Given<'_>) -> Result<Vec<String>, Slip> {
    let wanted = || Slip::Kind(Message::new("写栏目名的列表", "write a list of field names"));
    let words = match given {
        Given::Text(text) => text.split(',').map(|word| word.trim().to_owned()).collect(),
        Given::Json(value) => serde_json::from_str::<Vec<String>>(value.get()).map_err(|_| wanted())?,
    };
    if words.len() <= 1_000 && words.iter().all(|word| !word.is_empty()) { Ok(words) } else { Err(wanted()) }
}

/// The text of a value; `None` where it is none.
fn text(given: Given<'_>) -> Option<String> {
    match given {
        Given::Text(text) => Some(text.to_owned()),
        Given::Json(value) => serde_json::from_str(value.get()).ok(),
    }
}

fn uri(query: Option<&str>) -> axum::http::Uri {
    let path = query.map_or_else(|| "/".to_owned(), |query| format!("/?{query}"));
    path.parse().unwrap_or_default()
}

fn unreadable() -> Problem {
    Problem::bad_request("bad-parameter", "地址里的参数读不懂", "the parameters of the address cannot be read")
}
