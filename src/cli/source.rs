//! What a command works on: records, filled files, templates and fonts.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::args::Arguments;
use super::{Stop, output, usage};
use crate::diag::Lang;
use crate::engine::Engine;
use crate::error::Error;
use crate::fonts::FontOptions;
use crate::readback::{self, ReadBack};
use crate::record::{Folder, Record};

/// What a command is given to work on.
pub enum Source {
    /// A record.
    Record(Record),
    /// A filled PDF or DOCX, and what messages call it.
    Filled(ReadBack, String),
}

/// Which kind of file a command asks for, for the message where there is none.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// A record; a filled file is taken in its place.
    Record,
    /// A filled file.
    Filled,
}

/// Reads a record, or a filled file in its place, told by its bytes; `-` is standard input.
pub fn open(path: &Path, lang: Lang) -> Result<Source, Stop> {
    let bytes = bytes(path, Wanted::Record, lang)?;
    if readback::is_filled(&bytes) {
        let name = name(path);
        return Ok(Source::Filled(ReadBack::read(&name, &bytes)?, name));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(Source::Record(Record::parse(&bytes, &Folder::new(folder)).map_err(Error::Refused)?))
}

/// What messages call a file.
pub fn name(path: &Path) -> String {
    path.display().to_string()
}

/// The bytes of a file named on the command line, or of standard input; one more than any reader takes, so that it is told.
pub fn bytes(path: &Path, wanted: Wanted, lang: Lang) -> Result<Vec<u8>, Stop> {
    let limit = u64::try_from(readback::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
        return Ok(bytes);
    }
    is_there(path, wanted, lang)?;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

/// What is named on the command line and is not there is a slip in the command line.
fn is_there(path: &Path, wanted: Wanted, lang: Lang) -> Result<(), Stop> {
    let shown = path.display();
    match (std::fs::metadata(path), wanted) {
        (Ok(about), Wanted::Record) if about.is_dir() => {
            Err(usage(lang, format!("{shown} 是文件夹：记录应是一个 JSON 文件"), format!("{shown} is a folder: a record is one JSON file")))
        }
        (Ok(about), Wanted::Filled) if about.is_dir() => Err(usage(
            lang,
            format!("{shown} 是文件夹：请写一个填好的 PDF 或 DOCX"),
            format!("{shown} is a folder: name one filled PDF or DOCX"),
        )),
        (Err(error), Wanted::Record) if error.kind() == ErrorKind::NotFound => Err(usage(
            lang,
            format!("没有记录文件 {shown}：请核对文件名和所在文件夹"),
            format!("there is no record {shown}: look at its name and folder"),
        )),
        (Err(error), Wanted::Filled) if error.kind() == ErrorKind::NotFound => Err(usage(
            lang,
            format!("没有文件 {shown}：请核对文件名和所在文件夹"),
            format!("there is no file {shown}: look at its name and folder"),
        )),
        _ => Ok(()),
    }
}

/// A file is not put where there is no folder: a slip in its name would make one.
pub fn has_folder(path: &Path, lang: Lang) -> Result<(), Stop> {
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

/// A filled file is somebody's work: nothing is written over the one that is read.
pub fn keeps(source: &Path, target: &Path, lang: Lang) -> Result<(), Stop> {
    let same = source.canonicalize().ok().zip(target.canonicalize().ok()).is_some_and(|(source, target)| source == target);
    if !same {
        return Ok(());
    }
    let shown = target.display();
    Err(usage(
        lang,
        format!("-o 会覆盖正在读的文件 {shown}：请换一个 -o"),
        format!("-o would write over {shown}, which is being read: give another -o"),
    ))
}

/// The engine with the templates and fonts that the command line names.
pub fn engine(arguments: &Arguments) -> Result<Engine, Stop> {
    engine_from(arguments, None, &[])
}

/// The engine, with folders that hold where the command line names none.
pub fn engine_from(arguments: &Arguments, templates: Option<&Path>, fonts: &[PathBuf]) -> Result<Engine, Stop> {
    let lang = arguments.language();
    let fonts = if arguments.fonts.is_empty() { fonts } else { &arguments.fonts };
    let templates = match arguments.templates.as_deref().or(templates) {
        Some(folder) => folder.to_owned(),
        None => beside_program("templates", lang)?,
    };
    for (name, folder) in fonts.iter().map(|folder| ("fonts", folder)).chain([("templates", &templates)]) {
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(usage(
                lang,
                format!("没有文件夹 {folder}：请核对 --{name}"),
                format!("there is no folder {folder}: look at --{name}"),
            ));
        }
    }
    let mut folders = fonts.to_vec();
    match beside_program("fonts", lang) {
        Ok(bundled) => folders.push(bundled),
        Err(stop) if folders.is_empty() => return Err(stop),
        // The folders named may hold everything that is needed.
        Err(_) => {}
    }
    let engine = Engine::open_with(templates, &FontOptions { folders, system: arguments.system_fonts })?;
    // Of an office's own faces a person must know which are not used; of a system's hundreds nobody wants to read.
    if !fonts.is_empty() && !arguments.system_fonts {
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
