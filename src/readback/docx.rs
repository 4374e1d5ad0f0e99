//! What a filled DOCX says: the text in its content controls, as a person sees it, under the names they carry.

mod photo;
mod places;
mod properties;
mod refusal;
mod values;

use std::collections::BTreeMap;

use super::{Format, ReadBack};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::package::words::{Piece, Words};
use crate::package::xml::{Event, Malformed, Ns, Xml};
use crate::package::{Fault, Package, Relation, marks};
use places::{Found, Placeholders};
use properties::Properties;
use refusal::Refusal;

/// The most headers and footers that are read.
const MARGINS: usize = 64;

/// A part whose text is read, with what it says of other parts.
struct Story {
    bytes: Vec<u8>,
    relations: Vec<Relation>,
    /// The parts that its relationships lead to, by their ids; none where one leads out of the package.
    targets: BTreeMap<String, Option<String>>,
}

/// Whether the bytes are a DOCX, or one of the files that people take for one: Word's own formats of old, and a DOCX
/// behind a password. [`read`] has words for each of them.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || refusal::posing(bytes).is_some()
}

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Diagnostics> {
    from_package(name, bytes).map_err(|refusal| {
        let mut found = Diagnostics::default();
        found.push(refusal.into_diagnostic(name));
        found
    })
}

fn from_package(name: &str, bytes: &[u8]) -> Result<ReadBack, Refusal> {
    if let Some(posing) = refusal::posing(bytes) {
        return Err(posing);
    }
    let mut package = Package::open(bytes)?;
    let root = package.relations("")?;
    let main = part_of(&root, "officedocument").ok_or_else(|| refusal::other(&package))?.to_owned();
    let document = story(&mut package, &main)?.ok_or_else(|| refusal::other(&package))?;
    if !is_document(&document.bytes)? {
        return Err(refusal::other(&package));
    }
    let properties = match part_of(&root, "customproperties") {
        Some(part) => properties::read(&package.part(part)?.unwrap_or_default())?,
        None => Properties::default(),
    };
    let placeholders = match part_of(&document.relations, "glossarydocument") {
        Some(part) => placeholders(&package.part(part)?.unwrap_or_default())?,
        None => Placeholders::default(),
    };
    let mut stories = vec![document];
    let mut margins: Vec<String> = Vec::new();
    for relation in stories.iter().flat_map(|story| &story.relations).filter(|relation| matches!(&*relation.kind, "header" | "footer")) {
        margins.extend(relation.part.clone().filter(|part| !margins.contains(part) && margins.len() < MARGINS));
    }
    for part in margins {
        stories.extend(story(&mut package, &part)?);
    }
    let mut found: Vec<Found> = Vec::new();
    let mut stray = false;
    for (at, story) in stories.iter().enumerate() {
        stray |= places::read(&story.bytes, at, &mut found)?;
    }
    if found.is_empty() {
        return Err(Refusal::NoFields { ours: properties.issue.is_some() });
    }
    let mut warnings = Diagnostics::default();
    let altered = properties
        .ink
        .as_ref()
        .is_some_and(|issued| stories.first().and_then(|document| marks::ink_digest(&document.bytes)).is_some_and(|now| now != *issued));
    if altered {
        warnings.push(fixed_text_altered(name));
    }
    if stray {
        warnings.push(picture_outside(name));
    }
    let fields = values::read(&found, &properties, &placeholders, &mut package, &stories, &mut warnings)?;
    Ok(ReadBack { format: Format::Docx, issue: properties.issue, fields, warnings })
}

/// The part that a relationship of that kind leads to.
fn part_of<'r>(relations: &'r [Relation], kind: &str) -> Option<&'r str> {
    relations.iter().filter(|relation| relation.kind == kind).find_map(|relation| relation.part.as_deref())
}

fn story(package: &mut Package, part: &str) -> Result<Option<Story>, Fault> {
    let Some(bytes) = package.part(part)? else { return Ok(None) };
    let relations = package.relations(part)?;
    let targets = relations.iter().map(|relation| (relation.id.clone(), relation.part.clone())).collect();
    Ok(Some(Story { bytes, relations, targets }))
}

fn is_document(bytes: &[u8]) -> Result<bool, Malformed> {
    Ok(Xml::new(bytes)?.next()? == Event::Start(Ns::Word, "document"))
}

/// What each building block of the glossary shows where nothing has been typed.
fn placeholders(bytes: &[u8]) -> Result<Placeholders, Malformed> {
    let mut found = Placeholders::default();
    if bytes.is_empty() {
        return Ok(found);
    }
    let mut words = Words::new(bytes)?;
    let mut name = None;
    while let Some(piece) = words.next()? {
        match piece {
            Piece::Block(block) => {
                found.insert(block.clone(), String::new());
                name = Some(block);
            }
            Piece::Text(text) => {
                if let Some(shown) = name.as_ref().and_then(|name| found.get_mut(name)) {
                    shown.push_str(&text);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn fixed_text_altered(name: &str) -> Diagnostic {
    let message =
        Message::new("表格上印好的文字（不是填写的内容）被改动过", "the form's own printed text, not what was filled in, was altered");
    Diagnostic::warning("fixed-text-altered", Place::File { file: name.to_owned() }, message).with_help(Message::new(
        "与新发的空白表逐页对照；不能确定的，请对方用新的空白表重新填写",
        "compare it page by page with a fresh blank form; if in doubt, have it filled in again on a fresh one",
    ))
}

fn picture_outside(name: &str) -> Diagnostic {
    let message =
        Message::new("文件里有图片不在任何一栏里，没有取出", "the file has a picture that is in none of its fields, and was not taken");
    Diagnostic::warning("picture-outside", Place::File { file: name.to_owned() }, message).with_help(Message::new(
        "如果是照片：点照片栏里原有的图片，用“更改图片”换上",
        "if it is the photo: click the picture that stands in the photo's place, and change that one",
    ))
}
