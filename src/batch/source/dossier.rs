//! One dossier out of its files: the record or the filled form, and what stands beside it.

use super::listing::{self, Item};
use super::plan::{Parts, caption};
use super::{Loaded, put, said};
use crate::batch::edits::plain;
use crate::diag::{Diagnostic, Diagnostics, Place};
use crate::engine::Engine;
use crate::error::Error;
use crate::readback::{self, ReadBack};
use crate::record::{self, Assets, Folder, MAX_BYTES, Record, id_number};

/// Reads a dossier.
pub fn load(parts: &Parts, engine: &Engine, template: &str) -> Result<Loaded, Error> {
    let mut found = parts.found.clone();
    let mut record = parts.record.as_ref().and_then(|item| parsed(parts, item, &mut found));
    let by_record = parts.record.is_some();
    // A record that is broken is not replaced by what a form says: which of them counts is a person's choice.
    let mut first: Option<Record> = None;
    for item in &parts.forms {
        let Some(back) = form(parts, item, engine, template, by_record || first.is_some() || parts.forms.len() > 1, &mut found)? else {
            continue;
        };
        match record.as_ref().or(first.as_ref()) {
            Some(record) if is_anothers(record, &back.record()) => {
                found.push(said::anothers(format!("{}{}", parts.prefix, item.name)));
            }
            Some(record) => compare(&back, record, &mut found),
            None if by_record => {}
            None => {
                found.extend(back.warnings.clone());
                first = Some(back.record());
            }
        }
    }
    if !by_record && first.is_none() && !found.has_errors() {
        found.push(said::no_record(&parts.place));
    }
    let has_form = first.is_some();
    record = record.or(first);
    if let Some(record) = &mut record {
        beside(parts, record, has_form, &mut found);
    }
    Ok(Loaded { record, found, files: Box::new(Folder::new(&parts.folder)) })
}

/// Whether two records in one folder are two people's: by their identity numbers, or by their names where one has none.
fn is_anothers(one: &Record, other: &Record) -> bool {
    let said = |record: &Record, name: &str| put::text(record, name).map(id_number::normalise).filter(|text| !text.is_empty());
    let differ = |name: &str| Some(said(one, name)? != said(other, name)?);
    differ("id_number").or_else(|| differ("name")).unwrap_or(false)
}

/// The bytes of a file, or a word in `found` on why not.
fn bytes(parts: &Parts, item: &Item, found: &mut Diagnostics) -> Option<Vec<u8>> {
    let file = format!("{}{}", parts.prefix, item.name);
    match listing::read(&item.path, MAX_BYTES) {
        Ok(Some(bytes)) => return Some(bytes),
        Ok(None) => found.push(said::too_large(&file)),
        Err(_) => found.push(said::unreadable(&file)),
    }
    None
}

fn parsed(parts: &Parts, item: &Item, found: &mut Diagnostics) -> Option<Record> {
    let bytes = bytes(parts, item, found)?;
    Record::parse(&bytes, &Folder::new(&parts.folder)).map_err(|mistakes| found.extend(mistakes)).ok()
}

/// A filled form read as the template's; with company, what is none is only remarked on.
fn form(
    parts: &Parts,
    item: &Item,
    engine: &Engine,
    template: &str,
    in_company: bool,
    found: &mut Diagnostics,
) -> Result<Option<ReadBack>, Error> {
    let Some(bytes) = bytes(parts, item, found) else { return Ok(None) };
    let file = format!("{}{}", parts.prefix, item.name);
    match ReadBack::read(&file, &bytes) {
        Ok(back) => engine.suited(template, &file, &back).map(Some),
        Err(Error::Refused(_)) if in_company => {
            found.push(said::not_a_form(file));
            Ok(None)
        }
        Err(Error::Refused(mistakes)) => {
            found.extend(mistakes);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

fn compare(back: &ReadBack, record: &Record, found: &mut Diagnostics) {
    for difference in readback::differences(back, record) {
        let place = Place::Record { pointer: difference.name.pointer(), label: difference.label.clone() };
        found.push(said::differs(place, difference.change));
    }
}

/// What the record lacks and the folder has.
fn beside(parts: &Parts, record: &mut Record, from_form: bool, found: &mut Diagnostics) {
    let folder = Folder::new(&parts.folder);
    if let Some(photo) = &parts.photo {
        let own = put::text(record, "photo").map(str::to_owned);
        match own {
            None => match folder.read(photo) {
                Ok(bytes) => drop(put::attach(record, "photo", photo, &bytes)),
                Err(mistake) => found.push(at_file(mistake, format!("{}{photo}", parts.prefix))),
            },
            // The photo of a filled form came out of that form, and is most likely the same one.
            Some(own) if !from_form && plain(&own) != *photo => found.push(said::not_used(format!("{}{photo}", parts.prefix))),
            Some(_) => {}
        }
    }
    if let Some(item) = &parts.deeds {
        let file = format!("{}{}", parts.prefix, item.name);
        if put::text(record, "deeds").is_some() {
            found.push(said::not_used(file));
        } else if let Some(bytes) = bytes(parts, item, found) {
            match record::decode(&bytes) {
                Ok(text) => drop(put::set(record, "deeds", &tidy(text, item.ends_with(&["md"])))),
                Err(mistake) => found.push(at_file(mistake, file)),
            }
        }
    }
    if record.rows("attachments") == 0 {
        for (index, path) in parts.attachments.iter().enumerate() {
            put::set(record, &format!("attachments.{index}.file"), path);
            put::set(record, &format!("attachments.{index}.caption"), &caption(path));
        }
    } else {
        let named: Vec<String> = put::files(record).iter().map(|path| plain(path)).collect();
        let idle = parts.attachments.iter().filter(|path| !named.contains(path));
        found.extend(idle.map(|path| said::not_used(format!("{}{path}", parts.prefix))));
    }
}

/// The same mistake, at a file that no value of a record names.
fn at_file(mistake: Diagnostic, file: String) -> Diagnostic {
    Diagnostic { place: Place::File { file }, ..mistake }
}

/// A text file as a field's text: `\n` at the ends of lines, no blank lines around it, no heading marks of Markdown.
fn tidy(text: &str, markdown: bool) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.lines().map(|line| {
        let heading = line.trim_start_matches('#');
        let is_heading = markdown && heading.len() < line.len() && heading.starts_with(' ');
        if is_heading { heading.trim() } else { line.trim_end() }
    });
    let lines: Vec<&str> = lines.collect();
    // The first line keeps its indent: it may be 　　.
    lines.join("\n").trim_end().trim_start_matches('\n').to_owned()
}
