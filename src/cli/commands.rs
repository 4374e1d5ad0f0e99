//! What each command does.

use std::path::{Path, PathBuf};

use super::args::{Arguments, Check, Render, Schema, Templates};
use super::{Stop, output};
use crate::diag::{Diagnostics, Lang};
use crate::engine::{Engine, FillOptions, Filled};
use crate::error::Error;
use crate::fonts::FontOptions;
use crate::pdf::PdfOptions;
use crate::record::Record;

type Done = Result<Diagnostics, Stop>;

/// `formwright render`.
pub fn render(arguments: &Arguments, render: &Render) -> Done {
    let target = Target::of(&render.output, arguments.language())?;
    if arguments.json && matches!(target, Target::Stdout) {
        return Err(usage(
            arguments.language(),
            "--json 和 -o - 都要用标准输出：请把 PDF 写到文件",
            "--json and -o - both need standard output: write the PDF to a file",
        ));
    }
    let engine = engine(arguments)?;
    let filled = match &render.record {
        None => engine.blank(&render.template)?,
        Some(path) => {
            let options = FillOptions { strict: render.strict, grey: render.grey };
            engine.fill_with(&render.template, &record(path, arguments.language())?, &options)?
        }
    };
    match target {
        Target::Stdout => output::write_stdout(&pdf(&filled, render.fillable)?)?,
        Target::Pdf => output::write_whole(&render.output, &pdf(&filled, render.fillable)?)?,
        Target::Folder => every_format(&filled, render)?,
    }
    Ok(filled.warnings().clone())
}

/// `formwright check`.
pub fn check(arguments: &Arguments, check: &Check) -> Done {
    let found = engine(arguments)?.check(&check.template, &record(&check.record, arguments.language())?)?;
    Ok(if check.strict { found.into_strict() } else { found })
}

/// `formwright schema`.
pub fn schema(arguments: &Arguments, schema: &Schema) -> Done {
    let value = engine(arguments)?.schema(&schema.template)?;
    let mut text = serde_json::to_string_pretty(&value).map_err(|cause| Error::Write(cause.to_string()))?;
    text.push('\n');
    match &schema.output {
        Some(path) => {
            has_folder(path, arguments.language())?;
            output::write_whole(path, text.as_bytes())?;
        }
        None => output::write_stdout(text.as_bytes())?,
    }
    Ok(Diagnostics::default())
}

/// `formwright templates`.
pub fn templates(arguments: &Arguments, templates: &Templates) -> Done {
    let engine = engine(arguments)?;
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

/// Where a document goes.
enum Target {
    Pdf,
    Folder,
    Stdout,
}

impl Target {
    fn of(path: &Path, lang: Lang) -> Result<Target, Stop> {
        let text = path.to_string_lossy();
        if text == "-" {
            return Ok(Target::Stdout);
        }
        if path.is_dir() || text.ends_with(['/', '\\']) {
            return Ok(Target::Folder);
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("pdf") => has_folder(path, lang).map(|()| Target::Pdf),
            None | Some("") => Err(usage(
                lang,
                "看不出要写哪种格式：-o 要以 .pdf 结尾，或是一个文件夹（以 / 结尾）",
                "no format can be seen: -o must end in .pdf, or be a folder (ending in /)",
            )),
            other => {
                let other = other.unwrap_or_default();
                Err(usage(
                    lang,
                    format!("不会写 “.{other}” 这种格式：-o 要以 .pdf 结尾，或是一个文件夹（以 / 结尾）"),
                    format!("cannot write “.{other}”: -o must end in .pdf, or be a folder (ending in /)"),
                ))
            }
        }
    }
}

/// A file is not put where there is no folder: a slip in its name would make one.
fn has_folder(path: &Path, lang: Lang) -> Result<(), Stop> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    let folder = folder.display();
    Err(usage(
        lang,
        format!("没有文件夹 {folder}，文件写不进去：请先建好它，或换一个 -o"),
        format!("there is no folder {folder} to write to: make it first, or give another -o"),
    ))
}

fn usage(lang: Lang, zh: impl Into<String>, en: impl Into<String>) -> Stop {
    Stop::Usage(match lang {
        Lang::Zh => zh.into(),
        Lang::En => en.into(),
    })
}

/// Every format there is, in a folder.
fn every_format(filled: &Filled, render: &Render) -> Result<(), Error> {
    // What is refused in one format leaves no folder with the others.
    let (print, fillable) = (pdf(filled, false)?, pdf(filled, true)?);
    std::fs::create_dir_all(&render.output).map_err(|source| Error::Io { action: "write", path: render.output.clone(), source })?;
    let stem = match &render.record {
        Some(path) => path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).filter(|stem| stem != "-"),
        None => None,
    };
    let stem = stem.unwrap_or_else(|| render.template.clone());
    output::write_whole(&render.output.join(format!("{stem}.pdf")), &print)?;
    output::write_whole(&render.output.join(format!("{stem}.fillable.pdf")), &fillable)
}

fn pdf(filled: &Filled, fillable: bool) -> Result<Vec<u8>, Error> {
    filled.pdf(&if fillable { PdfOptions::fillable() } else { PdfOptions::print() })
}

fn record(path: &Path, lang: Lang) -> Result<Record, Stop> {
    if path == Path::new("-") {
        return Ok(Record::from_reader(std::io::stdin().lock(), Path::new("."))?);
    }
    let shown = path.display();
    // What is named on the command line and is not there is a slip in the command line.
    match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            Err(usage(lang, format!("{shown} 是文件夹：记录应是一个 JSON 文件"), format!("{shown} is a folder: a record is one JSON file")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(usage(
            lang,
            format!("没有记录文件 {shown}：请核对文件名和所在文件夹"),
            format!("there is no record {shown}: look at its name and folder"),
        )),
        _ => Ok(Record::open(path)?),
    }
}

fn engine(arguments: &Arguments) -> Result<Engine, Stop> {
    let lang = arguments.language();
    let templates = match &arguments.templates {
        Some(folder) => folder.clone(),
        None => beside_program("templates", lang)?,
    };
    for (name, folder) in arguments.fonts.iter().map(|folder| ("fonts", folder)).chain([("templates", &templates)]) {
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(usage(
                lang,
                format!("没有文件夹 {folder}：请核对 --{name}"),
                format!("there is no folder {folder}: look at --{name}"),
            ));
        }
    }
    let mut folders = arguments.fonts.clone();
    match beside_program("fonts", lang) {
        Ok(bundled) => folders.push(bundled),
        Err(stop) if folders.is_empty() => return Err(stop),
        // The folders named may hold everything that is needed.
        Err(_) => {}
    }
    let engine = Engine::open_with(templates, &FontOptions { folders, system: arguments.system_fonts })?;
    // Of an office's own faces a person must know which are not used; of a system's hundreds nobody wants to read.
    if !arguments.fonts.is_empty() && !arguments.system_fonts {
        output::print_notes(engine.font_notes(), lang);
    }
    Ok(engine)
}

/// The folder of that name in the working folder, or the nearest one above the program.
fn beside_program(name: &str, lang: Lang) -> Result<PathBuf, Stop> {
    let here = PathBuf::from(name);
    if here.is_dir() {
        return Ok(here);
    }
    let program = std::env::current_exe().ok().and_then(|program| program.canonicalize().ok());
    let above = program.iter().flat_map(|program| program.ancestors().skip(1));
    let found = above.flat_map(|folder| [folder.join(name), folder.join("share/formwright").join(name)]).find(|folder| folder.is_dir());
    found.ok_or_else(|| {
        usage(
            lang,
            format!("找不到 {name} 文件夹：请在项目文件夹里运行，或用 --{name} 指明"),
            format!("there is no folder {name}: run in the project's folder, or name it with --{name}"),
        )
    })
}
