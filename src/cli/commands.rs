//! What the commands do that make no form.

use super::args::{Arguments, Check, Schema, Templates};
use super::source::{self, Source};
use super::{Done, output};
use crate::diag::Diagnostics;
use crate::engine::{Engine, FillOptions};
use crate::error::Error;
use crate::files::write_whole;

/// `formwright check`.
pub fn check(arguments: &Arguments, check: &Check) -> Done {
    let lang = arguments.language();
    let engine = source::engine(arguments)?;
    let found = match source::open(&check.record, lang)? {
        Source::Record(record) => engine.check(&check.template, &record)?,
        Source::Filled(back, name) => engine.checked(&check.template, &name, &back)?.warnings,
    };
    Ok(if check.strict { found.into_strict() } else { found })
}

/// `formwright schema`.
pub fn schema(arguments: &Arguments, schema: &Schema) -> Done {
    let value = source::engine(arguments)?.schema(&schema.template)?;
    let mut text = serde_json::to_string_pretty(&value).map_err(|cause| Error::Write(cause.to_string()))?;
    text.push('\n');
    match &schema.output {
        Some(path) => {
            source::has_folder(path, arguments.language())?;
            write_whole(path, text.as_bytes())?;
        }
        None => output::write_stdout(text.as_bytes())?,
    }
    Ok(Diagnostics::default())
}

/// `formwright templates`.
pub fn templates(arguments: &Arguments, templates: &Templates) -> Done {
    let engine = source::engine(arguments)?;
    let mut found = Diagnostics::default();
    for name in engine.template_names() {
        match listed(&engine, name, templates.check) {
            Ok((line, warnings)) => {
                output::print_line(&line);
                found.extend(warnings);
            }
            Err(Error::Refused(problems)) => found.extend(problems),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(found)
}

/// One line about a template; with `thorough`, after it was laid out blank and over-full.
fn listed(engine: &Engine, name: &str, thorough: bool) -> Result<(String, Diagnostics), Error> {
    let template = engine.template(name)?;
    let id = template.id();
    let mut line = format!("{name}  {}  {}  [{}]", id.version, id.title, template.outputs().join(" "));
    let mut warnings = Diagnostics::default();
    if thorough {
        let blank = engine.blank(name)?;
        let full = engine.fill_with(name, &engine.overfull(name)?, &FillOptions::default())?;
        line += &format!("  空白 blank {} 页 · 写满 over-full {} 页", blank.pages(), full.pages());
        warnings.extend(blank.warnings().clone());
    }
    Ok((line, warnings))
}
