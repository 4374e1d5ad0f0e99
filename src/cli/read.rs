//! `formwright read`: a filled file becomes a record, its photo a file beside it; and what changed.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json as object};

use super::args::{Arguments, Read};
use super::source::{self, Source, Wanted};
use super::{Ended, Ending, Stop, changes, output, usage};
use crate::diag::{Diagnostic, Diagnostics, Lang, Message, Place, json};
use crate::error::Error;
use crate::files::write_whole;
use crate::name::FieldName;
use crate::readback::{Difference, ReadBack};
use crate::record::Record;

/// Reads a filled file.
pub fn read(arguments: &Arguments, read: &Read) -> Result<Ended, Stop> {
    let lang = arguments.language();
    let output = read.output.as_deref().filter(|path| *path != Path::new("-"));
    let target = output.map(|path| target(path, read, lang)).transpose()?;
    let to_stdout = target.is_none() && (read.output.is_some() || read.against.is_none());
    if to_stdout && (arguments.json || read.against.is_some()) {
        return Err(usage(
            lang,
            "记录要写到标准输出，--json 和 --against 也要用它：请用 -o 把记录写到文件",
            "the record goes to standard output, which --json and --against need too: write the record to a file with -o",
        ));
    }
    if read.values && read.against.is_none() {
        return Err(usage(lang, "--values 要和 --against 一起用", "--values goes with --against"));
    }
    let name = source::name(&read.file);
    let bytes = source::bytes(&read.file, Wanted::Filled, lang)?;
    let back = match &read.template {
        Some(template) => source::engine(arguments)?.read(template, &name, &bytes)?,
        None => ReadBack::read(&name, &bytes)?,
    };
    let mut found = back.warnings.clone();
    let against = read.against.as_deref().map(|path| compared(&back, path, &mut found, lang)).transpose()?;
    let mut record = back.record();
    match &target {
        Some(path) => found.extend(write(path, &mut record)?),
        None if to_stdout => output::write_stdout(record.to_json().as_bytes())?,
        None => {}
    }
    let Some(differences) = against else { return Ok(Ended::Found(found)) };
    let differs = !differences.is_empty() || found.has_errors();
    let path = read.against.as_deref().map(source::name).unwrap_or_default();
    if arguments.json {
        output::print_line(&as_json(&differences, &found, read.values, lang).to_string());
    } else {
        super::report(&found, false, lang);
        let shown = read.values || output::stdout_is_terminal();
        output::print_line(&changes::told(&differences, &path, shown, lang));
    }
    Ok(Ended::Told(if differs { Ending::Refused } else { Ending::Done }))
}

/// The differences from a record, or from another filled file.
fn compared(back: &ReadBack, path: &Path, found: &mut Diagnostics, lang: Lang) -> Result<Vec<Difference>, Stop> {
    let record = match source::open(path, lang)? {
        Source::Record(record) => {
            // What could not be read of it cannot be compared.
            found.extend(record.troubles().clone());
            record
        }
        Source::Filled(other, _) => other.record(),
    };
    Ok(back.differences(&record))
}

fn as_json(differences: &[Difference], found: &Diagnostics, values: bool, lang: Lang) -> Value {
    let one = |difference: &Difference| {
        let mut members = Map::new();
        members.insert("pointer".to_owned(), Value::from(difference.name.pointer()));
        members.insert("label".to_owned(), Value::from(difference.label.as_str()));
        members.insert("change".to_owned(), Value::from(difference.change.word()));
        if values {
            members.insert("before".to_owned(), changes::value(&difference.before));
            members.insert("after".to_owned(), changes::value(&difference.after));
        }
        Value::Object(members)
    };
    let list: Vec<Value> = differences.iter().map(one).collect();
    object!({"same": differences.is_empty(), "differences": list, "diagnostics": json(found, lang)})
}

/// The record's file: as it is named, or in a folder under the name of the filled file.
fn target(path: &Path, read: &Read, lang: Lang) -> Result<PathBuf, Stop> {
    if path.is_dir() || path.to_string_lossy().ends_with(['/', '\\']) {
        let stem = read.file.file_stem().filter(|stem| *stem != "-");
        let stem = stem.map_or_else(|| "record".to_owned(), |stem| stem.to_string_lossy().into_owned());
        let path = path.join(format!("{stem}.json"));
        source::has_folder(&path, lang)?;
        return Ok(path);
    }
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("json")) {
        return Err(usage(
            lang,
            "记录是 JSON：-o 要以 .json 结尾，或是一个文件夹",
            "a record is JSON: -o must end in .json, or be a folder",
        ));
    }
    source::has_folder(path, lang)?;
    source::keeps(&read.file, path, lang)?;
    Ok(path.to_owned())
}

/// Writes a record, and beside it the photos it holds; the record comes last, so that it never names a photo that is not there.
fn write(path: &Path, record: &mut Record) -> Result<Vec<Diagnostic>, Error> {
    let photos: Vec<(FieldName, Vec<u8>)> = record.embedded().map(|(name, bytes)| (name, bytes.to_vec())).collect();
    let mut notes = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let written = photos.iter().try_for_each(|(name, bytes)| {
        let photo = beside(path, name, bytes);
        let file = photo.path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        if !photo.there {
            write_whole(&photo.path, bytes)?;
            made.push(photo.path.clone());
        }
        if let Some(taken) = photo.taken {
            notes.push(taken_already(name, &taken, &file));
        }
        record.attach(name, &file, bytes);
        Ok(())
    });
    let written = written.and_then(|()| write_whole(path, record.to_json().as_bytes()));
    if written.is_err() {
        // Nothing names them.
        made.iter().for_each(|photo| drop(std::fs::remove_file(photo)));
    }
    written.map(|()| notes)
}

/// Where a photo goes.
struct Beside {
    path: PathBuf,
    /// It is there already, to the byte.
    there: bool,
    /// The name it would have, under which another picture stands.
    taken: Option<String>,
}

/// The place of a photo beside its record: `R.photo.jpg`, or `R.photo.2.jpg` where another picture has that name. Another
/// record may show that one; it is not written over.
fn beside(record: &Path, name: &FieldName, bytes: &[u8]) -> Beside {
    let stem = record.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpg" };
    let first = format!("{stem}.{name}.{ending}");
    let mut number = 1;
    loop {
        let file = if number == 1 { first.clone() } else { format!("{stem}.{name}.{number}.{ending}") };
        let path = record.with_file_name(file);
        let there = std::fs::read(&path).is_ok_and(|before| before == bytes);
        if there || path.symlink_metadata().is_err() {
            return Beside { path, there, taken: (number > 1).then_some(first) };
        }
        number += 1;
    }
}

fn taken_already(name: &FieldName, taken: &str, file: &str) -> Diagnostic {
    let place = Place::Record { pointer: name.pointer(), label: String::new() };
    let message = Message::new(
        format!("{taken} 已有，是另一张照片；这张写在 {file}"),
        format!("{taken} is there already and is another picture; this one is {file}"),
    );
    let help = Message::new("不用的一张可以删去", "delete the one that is not needed");
    Diagnostic::warning("photo-name-taken", place, message).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_cannot_be_written_leaves_no_photo() {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        // A folder with something in it stands where the record should be.
        let path = folder.path().join("r.json");
        std::fs::create_dir_all(path.join("in")).unwrap_or_else(|error| panic!("{error}"));
        let mut record = Record::blank();
        let name = FieldName::parse("photo").unwrap_or_else(|| panic!("a name"));
        assert!(record.embed(&name, b"\x89PNG"));
        assert!(matches!(write(&path, &mut record.clone()), Err(Error::Io { action: "write", .. })));
        assert!(!folder.path().join("r.photo.png").exists());
        // A photo that stood there before is nobody's to take away.
        std::fs::write(folder.path().join("r.photo.png"), b"\x89PNG").unwrap_or_else(|error| panic!("{error}"));
        assert!(write(&path, &mut record).is_err());
        assert!(folder.path().join("r.photo.png").exists());
    }
}
