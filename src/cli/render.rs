//! `formwright render`: a record, or the values of a filled file, set on a form and written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{Arguments, Render};
use super::source::{self, Source};
use super::{Done, Stop, output, usage};
use crate::diag::{Diagnostic, Diagnostics, Lang, Message, Place};
use crate::docx::DocxOptions;
use crate::engine::{Engine, FillOptions, Filled, PngOptions};
use crate::error::Error;
use crate::files::write_whole;
use crate::name::FieldName;
use crate::pdf::PdfOptions;
use crate::preview;
use crate::readback::ReadBack;
use crate::record::Record;

/// Sets a record on a form and writes it.
pub fn render(arguments: &Arguments, render: &Render) -> Done {
    let lang = arguments.language();
    let target = Target::of(&render.output, lang)?;
    if arguments.json && matches!(target, Target::Stdout) {
        return Err(usage(
            lang,
            "--json 和 -o - 都要用标准输出：请把 PDF 写到文件",
            "--json and -o - both need standard output: write the PDF to a file",
        ));
    }
    let pictures = pictures(render, &target, lang)?;
    let fillable = render.fillable || matches!(target, Target::Docx | Target::Folder);
    if !render.lock.is_empty() && !fillable {
        return Err(usage(
            lang,
            "--lock 锁定的是可填写的文件里的栏目：请加 --fillable，或写成 .docx",
            "--lock is for fields of a file to fill in: add --fillable, or write a .docx",
        ));
    }
    let engine = source::engine(arguments)?;
    let Given { template, record, warnings } = given(&engine, render, lang)?;
    let filled = match &record {
        None => engine.blank(&template)?,
        Some(record) => {
            let options = FillOptions { strict: render.strict, grey: render.grey };
            engine.fill_with(&template, record, &options).map_err(|error| with(&warnings, error))?
        }
    };
    let mut found = warnings;
    found.extend(filled.warnings().clone());
    if found.has_errors() {
        return Err(Error::Refused(found).into());
    }
    let writer = Writer { filled: &filled, locked: locked(&filled, &render.lock, lang)? };
    match target {
        Target::Stdout => output::write_stdout(&writer.bytes(Format::of(render))?)?,
        Target::Pdf => write_whole(&render.output, &writer.bytes(Format::of(render))?)?,
        Target::Docx => write_whole(&render.output, &writer.bytes(Format::Docx)?)?,
        Target::Xlsx => {
            let bytes = writer.bytes(Format::Xlsx).map_err(|error| naming_sheets(&engine, error))?;
            write_whole(&render.output, &bytes)?;
        }
        Target::Png => write_pictures(&writer, render, &pictures, lang)?,
        Target::Folder => writer.every_format(&engine, &template, render, lang)?,
    }
    Ok(found)
}

/// What is to be set on which form.
struct Given {
    template: String,
    /// `None` for the empty paper.
    record: Option<Record>,
    /// What was found while a filled file was read.
    warnings: Diagnostics,
}

fn given(engine: &Engine, render: &Render, lang: Lang) -> Result<Given, Stop> {
    let path = render.from.as_ref().or(render.record.as_ref());
    if let Some(path) = path.filter(|path| path.as_path() != Path::new("-")) {
        source::keeps(path, &render.output, lang)?;
    }
    let source = match (&render.from, &render.record) {
        (Some(path), _) => {
            let name = source::name(path);
            Some(Source::Filled(ReadBack::read(&name, &source::bytes(path, source::Wanted::Filled, lang)?)?, name))
        }
        (None, Some(path)) => Some(source::open(path, lang)?),
        (None, None) => None,
    };
    let named = render.template.clone();
    match source {
        Some(Source::Filled(back, file)) => {
            let template = named.map_or_else(|| made_from(engine, &back, &file), Ok)?;
            let back = engine.suited(&template, &file, &back)?;
            let warnings = if render.strict { back.warnings.clone().into_strict() } else { back.warnings.clone() };
            Ok(Given { template, record: Some(back.record()), warnings })
        }
        other => {
            let record = if let Some(Source::Record(record)) = other { Some(record) } else { None };
            Ok(Given { template: named.unwrap_or_default(), record, warnings: Diagnostics::default() })
        }
    }
}

/// The template that a filled file names.
fn made_from(engine: &Engine, back: &ReadBack, file: &str) -> Result<String, Error> {
    let place = Place::File { file: file.to_owned() };
    let known: Vec<&str> = engine.template_names().collect();
    let help = Message::new(
        format!("写明模板名：formwright render 模板名 文件 -o …；现有：{}", known.join("、")),
        format!("name the template: formwright render TEMPLATE FILE -o …; there are: {}", known.join(", ")),
    );
    let refused = match &back.issue {
        Some(issue) if known.contains(&issue.template.as_str()) => return Ok(issue.template.clone()),
        Some(_) => Diagnostic::error(
            "unknown-template",
            place,
            Message::new("这个文件是用这里没有的模板做的", "this file was made from a template that is not here"),
        ),
        None => Diagnostic::error(
            "no-template-named",
            place,
            Message::new("文件里已看不出是用哪个模板做的", "the file does not tell any more which template it was made from"),
        ),
    };
    let mut found = Diagnostics::default();
    found.push(refused.with_help(help));
    Err(Error::Refused(found))
}

/// A refusal with the warnings that came before it.
fn with(warnings: &Diagnostics, error: Error) -> Error {
    let Error::Refused(refused) = error else { return error };
    let mut found = warnings.clone();
    found.extend(refused);
    Error::Refused(found)
}

/// The refusal of a form that is no sheet, with the templates that are.
fn naming_sheets(engine: &Engine, error: Error) -> Error {
    let Error::Refused(refused) = error else { return error };
    let can = |name: &&str| engine.template(name).is_ok_and(|template| template.outputs().iter().any(|output| output == "xlsx"));
    let names: Vec<&str> = engine.template_names().filter(can).collect();
    let help = Message::new(
        format!("可以写成 .xlsx 的模板：{}；这张表请写成 .pdf 或 .docx", names.join("、")),
        format!("templates that can be written as .xlsx: {}; write this form as .pdf or .docx", names.join(", ")),
    );
    let mut found = Diagnostics::default();
    found.extend(refused.into_iter().map(|one| if one.code == "no-sheet" { one.with_help(help.clone()) } else { one }));
    Error::Refused(found)
}

/// Where a document goes.
enum Target {
    Pdf,
    Docx,
    Xlsx,
    Png,
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
            Some("pdf") => source::has_folder(path, lang).map(|()| Target::Pdf),
            Some("docx") => source::has_folder(path, lang).map(|()| Target::Docx),
            Some("xlsx") => source::has_folder(path, lang).map(|()| Target::Xlsx),
            Some("png") => source::has_folder(path, lang).map(|()| Target::Png),
            None | Some("") => Err(usage(
                lang,
                "看不出要写哪种格式：-o 要以 .pdf、.docx、.png 或 .xlsx 结尾，或是一个文件夹（以 / 结尾）",
                "no format can be seen: -o must end in .pdf, .docx, .png or .xlsx, or be a folder (ending in /)",
            )),
            Some("xls" | "et") => Err(usage(
                lang,
                "不会写旧的 Excel 格式：请写成 .xlsx，Excel 和 WPS 都能打开",
                "cannot write the old Excel format: write a .xlsx, which Excel and WPS open",
            )),
            Some("jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "webp") => {
                Err(usage(lang, "页面图只写成 .png：请把 -o 的结尾改成 .png", "page pictures are written as .png: let -o end in .png"))
            }
            Some("doc") => Err(usage(
                lang,
                "不会写旧的 “.doc” 格式：请写成 .docx，Word 和 WPS 都能打开",
                "cannot write the old “.doc”: write a .docx, which Word and WPS open",
            )),
            Some(other) => Err(usage(
                lang,
                format!("不会写 “.{other}” 这种格式：-o 要以 .pdf、.docx、.png 或 .xlsx 结尾，或是一个文件夹（以 / 结尾）"),
                format!("cannot write “.{other}”: -o must end in .pdf, .docx, .png or .xlsx, or be a folder (ending in /)"),
            )),
        }
    }
}

/// A format that is written here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Print,
    Fillable,
    Docx,
    Xlsx,
}

impl Format {
    fn of(render: &Render) -> Format {
        if render.fillable { Format::Fillable } else { Format::Print }
    }

    /// The format that a template calls so, with its files' ending.
    fn listed(output: &str) -> Option<(Format, &'static str)> {
        match output {
            "pdf" => Some((Format::Print, "pdf")),
            "fillable" => Some((Format::Fillable, "fillable.pdf")),
            "docx" => Some((Format::Docx, "docx")),
            "xlsx" => Some((Format::Xlsx, "xlsx")),
            _ => None,
        }
    }
}

/// A filled form on its way into files.
struct Writer<'f> {
    filled: &'f Filled<'f>,
    locked: Vec<FieldName>,
}

impl Writer<'_> {
    fn bytes(&self, format: Format) -> Result<Vec<u8>, Error> {
        match format {
            Format::Print => self.filled.pdf(&PdfOptions::print()),
            Format::Fillable => self.filled.pdf(&PdfOptions { locked: self.locked.clone(), ..PdfOptions::fillable() }),
            Format::Docx => self.filled.docx(&DocxOptions { locked: self.locked.clone() }),
            Format::Xlsx => self.filled.xlsx(),
        }
    }

    /// Every format that the template is made for, in a folder.
    fn every_format(&self, engine: &Engine, template: &str, render: &Render, lang: Lang) -> Result<(), Stop> {
        let source = render.from.as_ref().or(render.record.as_ref()).filter(|path| path.as_path() != Path::new("-"));
        let stem = source.and_then(|path| path.file_stem()).map_or_else(|| template.to_owned(), |stem| stem.to_string_lossy().into_owned());
        let outputs = engine.template(template)?.outputs();
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        // What is refused in one format leaves no folder with the others.
        for (format, ending) in outputs.iter().filter_map(|output| Format::listed(output)) {
            let path = render.output.join(format!("{stem}.{ending}"));
            if let Some(source) = source {
                source::keeps(source, &path, lang)?;
            }
            files.push((path, self.bytes(format)?));
        }
        std::fs::create_dir_all(&render.output).map_err(|source| Error::Io { action: "write", path: render.output.clone(), source })?;
        files.iter().try_for_each(|(path, bytes)| write_whole(path, bytes))?;
        Ok(())
    }
}

/// What is asked of page pictures; asked of anything else, it is a mistake that would go unseen.
fn pictures(render: &Render, target: &Target, lang: Lang) -> Result<PngOptions, Stop> {
    if !matches!(target, Target::Png) && (render.page.is_some() || render.dpi.is_some() || render.grid) {
        return Err(usage(
            lang,
            "--page、--dpi、--grid 是给页面图用的：请把 -o 的结尾写成 .png",
            "--page, --dpi and --grid are for page pictures: let -o end in .png",
        ));
    }
    let options = PngOptions { grid: render.grid, ..PngOptions::default() };
    match render.dpi {
        None => Ok(options),
        Some(dpi) if preview::DPI.contains(&dpi) => Ok(PngOptions { dpi, ..options }),
        Some(_) => Err(usage(
            lang,
            "--dpi 要在 20 到 300 之间：屏幕上看用 100，细看用 200",
            "--dpi takes 20 to 300: 100 is for the screen, 200 for a close look",
        )),
    }
}

/// Writes one page, or each page as a file of its own.
fn write_pictures(writer: &Writer<'_>, render: &Render, options: &PngOptions, lang: Lang) -> Result<(), Stop> {
    let pages = writer.filled.pages();
    if let Some(page) = render.page.filter(|page| !(1..=pages).contains(page)) {
        return Err(usage(
            lang,
            format!("没有第 {page} 页：这张表共 {pages} 页，--page 从 1 到 {pages}"),
            format!("there is no page {page}: the form has {pages}, --page takes 1 to {pages}"),
        ));
    }
    let source = render.from.as_ref().or(render.record.as_ref()).filter(|path| path.as_path() != Path::new("-"));
    let pdf = Arc::new(writer.bytes(Format::of(render))?);
    let options = writer.filled.preview(options);
    let named = match render.page {
        Some(page) => vec![(page, render.output.clone())],
        None if pages == 1 => vec![(1, render.output.clone())],
        None => (1..=pages).map(|page| (page, numbered(&render.output, page, pages))).collect(),
    };
    for (page, path) in &named {
        if let Some(source) = source {
            source::keeps(source, path, lang)?;
        }
        write_whole(path, &preview::page(&pdf, *page, &options)?)?;
    }
    if let [(_, first), .., (_, last)] = &named[..] {
        let (count, first, last) = (named.len(), first.display(), last.display());
        output::print_error(&match lang {
            Lang::Zh => format!("已写 {count} 个文件，每页一个：{first} … {last}；只要一页用 --page"),
            Lang::En => format!("wrote {count} files, one for each page: {first} … {last}; for one page, --page"),
        });
    }
    Ok(())
}

/// The file of one page of several: `表.png` has `表-1.png`, or `表-01.png` where there are ten or more, so that they sort.
fn numbered(path: &Path, page: usize, pages: usize) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let digits = pages.to_string().len();
    path.with_file_name(format!("{stem}-{page:0digits$}.{ending}"))
}

/// The fields that `--lock` names: each by its name, or all that lie below a name.
fn locked(filled: &Filled<'_>, words: &[String], lang: Lang) -> Result<Vec<FieldName>, Stop> {
    filled.fields_named(words).map_err(|missing| {
        let (zh, en) = match missing.near {
            Some(near) => (format!("是不是 {near}？"), format!("did you mean {near}?")),
            None => ("栏目名见 schema 命令".to_owned(), "the schema command lists the names".to_owned()),
        };
        let word = crate::diag::visible(&missing.word);
        usage(lang, format!("--lock：表上没有栏目 {word}；{zh}"), format!("--lock: the form has no field {word}; {en}"))
    })
}
