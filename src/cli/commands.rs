//! What the commands do that make no form.

use std::path::Path;

use super::args::{Arguments, Check, Schema, TemplateXlsx, Templates};
use super::source::{self, Source};
use super::{Done, output, usage};
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

/// `formwright template-xlsx`.
pub fn template_xlsx(arguments: &Arguments, asked: &TemplateXlsx) -> Done {
    let lang = arguments.language();
    let to_stdout = asked.output == Path::new("-");
    if to_stdout && arguments.json {
        return Err(usage(
            lang,
            "--json 和 -o - 都要用标准输出：请把工作簿写到文件",
            "--json and -o - both need standard output: write the workbook to a file",
        ));
    }
    if !to_stdout {
        let ending = asked.output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if ending.as_deref() != Some("xlsx") || asked.output.is_dir() {
            return Err(usage(
                lang,
                "-o 要以 .xlsx 结尾：写的是 Excel 工作簿，Excel、WPS 和 LibreOffice 都能打开",
                "-o must end in .xlsx: a workbook is written, which Excel, WPS and LibreOffice open",
            ));
        }
        source::has_folder(&asked.output, lang)?;
    }
    let bytes = source::engine(arguments)?.workbook(&asked.template)?;
    if to_stdout {
        output::write_stdout(&bytes)?
    } else {
        write_whole(&asked.output, &bytes)?
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
