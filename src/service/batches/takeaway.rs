//! What is taken away of a batch: one file, or a zip of some that is made while it goes out.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::batch::{Batch, not_ready};
use super::home;
use super::kept::End;
use super::store::Store;
use super::wish::Output;
use crate::batch::{PRINT, SHEETS};
use crate::error::Error;
use crate::service::problem::Problem;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Everything, as a zip.
    #[default]
    Zip,
    /// The file for the printer; a zip where there are several volumes.
    Print,
    /// The summary sheet of all people; a zip where it has several volumes.
    Sheet,
    /// All sheets and letters, as a zip.
    Sheets,
    /// Each person's own files of one format, as a zip.
    People,
}

/// A format of what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum As {
    /// PDF, to print.
    Pdf,
    /// PDF, to fill in.
    Fillable,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
}

/// What goes out.
pub enum Takeaway {
    /// A file: its name, media type, length and bytes.
    One {
        /// What it is called.
        name: String,
        /// Its media type.
        kind: &'static str,
        /// How many bytes it has.
        length: u64,
        /// The file, opened.
        file: File,
    },
    /// Files that are packed while they go out.
    Zip {
        /// What it is called.
        name: String,
        /// The folder of all of them.
        root: PathBuf,
        /// Their paths below it, in order.
        paths: Vec<String>,
    },
}

impl Store {
    /// What is asked for of a batch that is done. Touches the disk.
    ///
    /// Errors: 409 before it is done; 400 for a format that it does not have; 404 where there is no such file.
    pub fn output(&self, batch: &Batch, kind: Kind, format: Option<As>) -> Result<Takeaway, Problem> {
        if batch.kept().ended != Some(End::Done) {
            return Err(not_ready());
        }
        let root = batch.output();
        let all = files(&root)?;
        let below = |folder: &str| -> Vec<String> { all.iter().filter(|path| is_below(path, folder)).cloned().collect() };
        let (title, paths) = match kind {
            Kind::Zip => ("成品", all.clone()),
            Kind::Print => ("打印", below(PRINT)),
            Kind::Sheets => ("一览表和推荐函", below(SHEETS)),
            Kind::Sheet => {
                let ending = match format {
                    None | Some(As::Pdf) => ".pdf",
                    Some(As::Docx) => ".docx",
                    Some(As::Xlsx) => ".xlsx",
                    Some(As::Fillable) => return Err(no_format()),
                };
                let of_all = |path: &&String| path.strip_prefix(SHEETS).is_some_and(|rest| is_of_all(rest.trim_start_matches('/')));
                ("一览表", all.iter().filter(of_all).filter(|path| path.ends_with(ending)).cloned().collect())
            }
            Kind::People => {
                let (output, title) = match format {
                    None | Some(As::Pdf) => (Output::Pdf, "推荐材料"),
                    Some(As::Fillable) => (Output::Fillable, "可填写的表"),
                    Some(As::Docx) => (Output::Docx, "Word表"),
                    Some(As::Xlsx) => return Err(no_format()),
                };
                let format = output.format();
                let report = self.report(batch)?;
                let made = report.lines.iter().flat_map(|line| &line.files);
                let ending = format!(".{}", format.ending());
                // 张三.fillable.pdf ends in .pdf as well.
                let of_other = |path: &str| output == Output::Pdf && path.ends_with(".fillable.pdf");
                (title, made.filter(|path| path.ends_with(&ending) && !of_other(path)).cloned().collect())
            }
        };
        match (kind, paths.as_slice()) {
            (_, []) => Err(nothing()),
            (Kind::Print | Kind::Sheet, [only]) => one(&root, only),
            _ => Ok(Takeaway::Zip { name: format!("{title}.zip"), root, paths }),
        }
    }

    /// A place among those who take files away; nothing where there is none left.
    pub fn download(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared().downloads).try_acquire_owned().ok()
    }
}

/// Whether a file is the sheet of all people: 全部.pdf, 全部-第2册.pdf; not the one for a public list, which is for nobody else's eyes
/// to be confused with.
fn is_of_all(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem == "全部" || stem.starts_with("全部-第")
}

fn one(root: &Path, path: &str) -> Result<Takeaway, Problem> {
    let place = path.split('/').fold(root.to_owned(), |place, part| place.join(part));
    let file = File::open(&place).map_err(home::failed("read", &place))?;
    let length = file.metadata().map_err(home::failed("read", &place))?.len();
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let kind = match super::sent::ending(&name).as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    };
    Ok(Takeaway::One { name, kind, length, file })
}

/// The files of a folder and those in its folders, by path, in order; the program's own are left out, and links.
fn files(root: &Path) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut pending = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = pending.pop() {
        for entry in std::fs::read_dir(&folder).map_err(home::failed("read", &folder))? {
            let entry = entry.map_err(home::failed("read", &folder))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(home::failed("read", &folder))?;
            if kind.is_dir() {
                pending.push((entry.path(), format!("{prefix}{name}/")));
            } else if kind.is_file() {
                found.push(format!("{prefix}{name}"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Packs files while they go out: the same files give the same bytes. Ends where nobody takes them any more.
///
/// A file that cannot be read breaks the zip off, so that nobody takes half of it for all.
pub fn pack(root: &Path, paths: &[String], to: Sender<io::Result<Bytes>>) {
    let mut pipe = Pipe { to, held: Vec::with_capacity(PIECE) };
    let packed = pack_into(root, paths, &mut pipe);
    let packed = packed.and_then(|()| pipe.flush());
    if packed.is_err() {
        let _ = pipe.to.blocking_send(Err(io::Error::from(io::ErrorKind::BrokenPipe)));
    }
}

fn pack_into(root: &Path, paths: &[String], to: &mut Pipe) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(to);
    for path in paths {
        let place = path.split('/').fold(root.to_owned(), |place, part| place.join(part));
        let mut file = File::open(&place)?;
        // Deflated, though PDFs gain nothing: some programs that read a zip from its beginning take no other file whose length
        // stands behind it. The fastest level costs little.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o600)
            .large_file(file.metadata()?.len() >= u64::from(u32::MAX));
        zip.start_file(path.as_str(), options)?;
        io::copy(&mut file, &mut zip)?;
    }
    zip.finish()?;
    Ok(())
}

/// Bytes go out in pieces of this size.
const PIECE: usize = 64 << 10;

/// Hands bytes over to a connection; waits where that is slow.
struct Pipe {
    to: Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.held, Vec::with_capacity(PIECE)));
        self.to.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

fn no_format() -> Problem {
    Problem::bad_request("bad-parameter", "没有这种格式", "there is no such format of it")
}

fn nothing() -> Problem {
    Problem::not_found("output-not-found", "没有这样的成品", "nothing of that kind was made")
}
