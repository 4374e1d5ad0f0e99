//! The helpers a template may call: what they take, and what range, rows, count and add do.

use handlebars::{Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use serde_json::Value;

/// What a helper takes, for the check at load.
pub(super) struct Signature {
    pub name: &'static str,
    /// How many values at least and at most.
    pub args: (usize, usize),
    /// The named parameters it knows.
    pub hash: &'static [&'static str],
    /// Whether it opens a block (`{{#if}}`) instead of giving a value.
    pub block: bool,
}

const fn value(name: &'static str, least: usize, most: usize, hash: &'static [&'static str]) -> Signature {
    Signature { name, args: (least, most), hash, block: false }
}

const fn block(name: &'static str, hash: &'static [&'static str]) -> Signature {
    Signature { name, args: (1, 1), hash, block: true }
}

/// Every helper there is. What Handlebars has besides (`raw`, `log`) is not part of the language.
pub(super) const HELPERS: &[Signature] = &[
    block("if", &["includeZero"]),
    block("unless", &["includeZero"]),
    block("each", &[]),
    block("with", &[]),
    value("lookup", 2, 2, &[]),
    value("range", 2, 2, &[]),
    value("rows", 1, 1, &["min"]),
    value("count", 1, 1, &[]),
    value("add", 2, 2, &[]),
    value("len", 1, 1, &[]),
    value("eq", 2, 2, &[]),
    value("ne", 2, 2, &[]),
    value("lt", 2, 2, &[]),
    value("lte", 2, 2, &[]),
    value("gt", 2, 2, &[]),
    value("gte", 2, 2, &[]),
    value("and", 2, 9, &[]),
    value("or", 2, 9, &[]),
    value("not", 1, 1, &[]),
];

/// The helper of that name.
pub(super) fn find(name: &str) -> Option<&'static Signature> {
    HELPERS.iter().find(|helper| helper.name == name)
}

/// Where the row counts stand in the data: no path can be written so, hence no ink can read it.
pub(super) const ROWS: &str = "#rows";

/// The longest list `range` and `rows` give.
pub(super) const LONGEST: u64 = 10_000;

/// Teaches Handlebars our helpers and takes away those we refuse.
pub(super) fn register(handlebars: &mut Handlebars<'static>) {
    handlebars.unregister_helper("raw");
    handlebars.unregister_helper("log");
    handlebars.register_helper("range", Box::new(Ours(range)));
    handlebars.register_helper("rows", Box::new(Ours(rows)));
    handlebars.register_helper("count", Box::new(Ours(count)));
    handlebars.register_helper("add", Box::new(Ours(add)));
}

/// Why a helper cannot give a value, in Chinese and in English.
type Reason = (String, String);

/// A helper that gives a value, or a reason in Chinese and English.
struct Ours(fn(&Helper<'_>, &Value) -> Result<Value, Reason>);

impl HelperDef for Ours {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        match (self.0)(helper, context.data()) {
            Ok(value) => Ok(ScopedJson::Derived(value)),
            Err((zh, en)) => Err(RenderErrorReason::Other(format!("{zh}{BETWEEN}{en}")).into()),
        }
    }
}

/// What parts the Chinese and the English of a helper's reason on its way through Handlebars.
pub(super) const BETWEEN: char = '\u{1}';

fn range(helper: &Helper<'_>, _: &Value) -> Result<Value, Reason> {
    let (from, to) = (number(helper, 0)?, number(helper, 1)?);
    list(from, to)
}

fn rows(helper: &Helper<'_>, data: &Value) -> Result<Value, Reason> {
    let least = match helper.hash_get("min") {
        Some(min) => whole(min.value())?,
        None => 0,
    };
    let rows = counted(helper, data)?;
    list(0, rows.max(least))
}

fn count(helper: &Helper<'_>, data: &Value) -> Result<Value, Reason> {
    counted(helper, data).map(Value::from)
}

fn add(helper: &Helper<'_>, _: &Value) -> Result<Value, Reason> {
    let (a, b) = (number(helper, 0)?, number(helper, 1)?);
    let sum = a.checked_add(b).ok_or_else(|| ("两数之和太大。".to_owned(), "the sum is too large".to_owned()))?;
    Ok(Value::from(sum))
}

fn counted(helper: &Helper<'_>, data: &Value) -> Result<i64, Reason> {
    let name = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or("");
    data.get(ROWS)
        .and_then(|rows| rows.get(name))
        .and_then(Value::as_i64)
        .ok_or_else(|| ("要写明数组的名字。".to_owned(), "the array must be named by a literal text".to_owned()))
}

fn number(helper: &Helper<'_>, place: usize) -> Result<i64, Reason> {
    helper.param(place).map_or_else(|| whole(&Value::Null), |param| whole(param.value()))
}

fn whole(value: &Value) -> Result<i64, Reason> {
    value.as_i64().ok_or_else(|| ("这里要一个整数。".to_owned(), "a whole number is wanted here".to_owned()))
}

fn list(from: i64, to: i64) -> Result<Value, Reason> {
    let length = to.checked_sub(from).map_or(u64::MAX, |length| u64::try_from(length).unwrap_or(0));
    if length > LONGEST {
        return Err((
            format!("循环 {length} 次太多，最多 {LONGEST} 次。"),
            format!("a loop of {length} rounds is too long; at most {LONGEST}"),
        ));
    }
    Ok((from..to).map(Value::from).collect())
}
