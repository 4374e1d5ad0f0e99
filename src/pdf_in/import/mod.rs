//! Pages of a stranger's PDF taken into another file: what paints is copied by an allow-list, what could act stays behind.

mod allowed;
mod annotations;
mod boxes;
mod colour;
mod content;
mod copier;
mod layers;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Dictionary, Fault, ImportedPage, Object, Pdf, Value};
use crate::units::Mm;
use allowed::Kind;
use colour::Colours;
use content::Scan;
use copier::Copier;
use layers::Layers;

/// The pages of a file, and what was left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The pages in order.
    pub pages: Vec<Arc<ImportedPage>>,
    /// What a person should know of what was not taken.
    pub dropped: Dropped,
}

/// What of a file is not on the copy, or is on it as mere ink.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Form fields whose values are printed as they look, and can no longer be filled in.
    pub fields: usize,
    /// Signature fields, printed as they look: the copy proves nothing.
    pub signatures: usize,
    /// Stamps, perhaps seals, and other annotations that are printed as they look.
    pub stamps: usize,
    /// Stamps, notes and fields that the file does not print, or that have no looks of their own.
    pub unprinted: usize,
    /// Whether there were scripts or actions.
    pub actions: bool,
    /// Whether there were embedded files: what is in them is not printed.
    pub files: bool,
    /// Whether something was on a hidden layer: it is not printed.
    pub layers: bool,
    /// Parts that are broken and missing.
    pub broken: usize,
}

/// Why no pages come out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be read.
    Fault(Fault),
    /// It has more pages than allowed.
    TooManyPages {
        /// The most pages that are taken.
        most: usize,
    },
    /// It has no pages.
    NoPages,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

/// So many nodes a tree of pages may have: one for each page and its branches.
const MOST_NODES: usize = 20_000;

/// So deep a tree of pages may be.
const MOST_DEEP: usize = 64;

/// Takes all pages out of a file, at most `most`.
///
/// Time and memory are bounded as in [`Pdf`]: a file may hold 32 MB, its operators 64 MB after their filters. Nothing of
/// the copy refers to the file, runs, or leads anywhere.
pub fn import(bytes: &[u8], most: usize) -> Result<Imported, Refusal> {
    let mut pdf = Pdf::open(bytes)?;
    let Some(catalog) = pdf.catalog()? else { return Err(Fault::Damaged.into()) };
    let catalog = catalog.as_dict().cloned().unwrap_or_default();
    let found = pages(&mut pdf, &catalog, most)?;
    let mut dropped = Dropped { actions: acts(&mut pdf, &catalog)?, files: holds_files(&mut pdf, &catalog)?, ..Dropped::default() };
    let layers = Layers::read(&mut pdf, &catalog)?;
    let mut copier = Copier::new(&mut pdf, layers);
    let mut drawn = Vec::new();
    for page in &found {
        drawn.push(draw(&mut copier, page, &mut dropped)?);
    }
    copier.finish()?;
    dropped.layers |= copier.hid;
    dropped.broken += copier.broken;
    let Copier { objects, scans, .. } = copier;
    let mut colours = Colours::new(&objects, &scans);
    let coloured: Vec<bool> = drawn.iter().map(|page| colours.of_scan(&page.scan, &page.resources)).collect();
    let objects = Arc::new(objects);
    let page = |(drawn, coloured): (Drawn, bool)| {
        let Drawn { width, height, bbox, rotate, content, resources, .. } = drawn;
        Arc::new(ImportedPage { width, height, bbox, rotate, content, resources, objects: Arc::clone(&objects), coloured })
    };
    Ok(Imported { pages: drawn.into_iter().zip(coloured).map(page).collect(), dropped })
}

/// A page before what its resources refer to is known.
struct Drawn {
    width: Mm,
    height: Mm,
    bbox: [f32; 4],
    rotate: u16,
    content: Vec<u8>,
    resources: Value,
    scan: Scan,
}

/// The leaves of the tree of pages, inherited attributes set into them (7.7.3.4).
fn pages(pdf: &mut Pdf<'_>, catalog: &Dictionary, most: usize) -> Result<Vec<Dictionary>, Refusal> {
    const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(catalog.get(b"Pages").ok().cloned().unwrap_or(Object::Null), Dictionary::new(), 0)];
    let mut nodes = 0;
    while let Some((node, above, depth)) = waiting.pop() {
        nodes += 1;
        if nodes > MOST_NODES {
            return Err(Fault::TooMuch.into());
        }
        // A branch that leads back to itself, or a page that stands twice, ends there.
        if let Object::Reference(id) = &node
            && !seen.insert(id.0)
        {
            continue;
        }
        let Some(mut dictionary) = pdf.dictionary(&node)? else { continue };
        for key in INHERITED {
            if let (false, Ok(value)) = (dictionary.has(key), above.get(key)) {
                pdf.kept(64)?;
                dictionary.set(key, value.clone());
            }
        }
        let kids = pdf.value(&dictionary, b"Kids")?;
        match &*kids {
            Object::Array(kids) if depth < MOST_DEEP => {
                let mut below = Dictionary::new();
                for key in INHERITED {
                    if let Ok(value) = dictionary.get(key) {
                        below.set(key, value.clone());
                    }
                }
                for kid in kids.iter().rev().take(MOST_NODES) {
                    pdf.kept(256)?;
                    waiting.push((kid.clone(), below.clone(), depth + 1));
                }
            }
            Object::Array(_) => {}
            _ => found.push(dictionary),
        }
        if found.len() > most {
            return Err(Refusal::TooManyPages { most });
        }
    }
    if found.is_empty() { Err(Refusal::NoPages) } else { Ok(found) }
}

fn draw(copier: &mut Copier<'_, '_>, page: &Dictionary, dropped: &mut Dropped) -> Result<Drawn, Fault> {
    let paper = boxes::paper(copier.pdf, page)?;
    let mut content = Vec::new();
    let contents = copier.pdf.value(page, b"Contents")?;
    let streams = match &*contents {
        Object::Array(parts) => parts.clone(),
        Object::Stream(_) => vec![page.get(b"Contents").cloned().unwrap_or(Object::Null)],
        _ => Vec::new(),
    };
    for part in &streams {
        let part = copier.pdf.follow(part)?;
        let Object::Stream(stream) = &*part else { continue };
        match copier.pdf.content(stream)? {
            Some(bytes) => {
                copier.pdf.kept(bytes.len())?;
                content.extend(bytes);
                // 7.8.2: parts are parted between words.
                content.push(b'\n');
            }
            None => dropped.broken += 1,
        }
    }
    let resources = match page.get(b"Resources") {
        Ok(resources) => copier.pdf.dictionary(resources)?.unwrap_or_default(),
        Err(_) => Dictionary::new(),
    };
    let mut scan = copier.scan(&content, &resources)?;
    if let Some(rewritten) = scan.rewritten.take() {
        copier.pdf.kept(rewritten.len())?;
        content = rewritten;
    }
    let mut copied = copier.dictionary(&resources, Kind::Resources)?;
    annotations::draw(copier, page, annotations::Into { content: &mut content, resources: &mut copied, scan: &mut scan }, dropped)?;
    dropped.actions |= page.has(b"AA");
    let boxes::Paper { width, height, bbox, rotate } = paper;
    Ok(Drawn { width, height, bbox, rotate, content, resources: Value::Dict(copied), scan })
}

/// Whether the file wants something done: scripts, actions when it is opened or printed.
fn acts(pdf: &mut Pdf<'_>, catalog: &Dictionary) -> Result<bool, Fault> {
    let opening = pdf.value(catalog, b"OpenAction")?;
    // 12.3.3: an array is a place to open at, no action.
    let opening = opening.as_dict().is_ok_and(|action| action.get(b"S").and_then(Object::as_name).is_ok_and(|kind| kind != b"GoTo"));
    let names = pdf.value(catalog, b"Names")?;
    Ok(opening || catalog.has(b"AA") || names.as_dict().is_ok_and(|names| names.has(b"JavaScript")))
}

fn holds_files(pdf: &mut Pdf<'_>, catalog: &Dictionary) -> Result<bool, Fault> {
    let names = pdf.value(catalog, b"Names")?;
    Ok(catalog.has(b"Collection") || catalog.has(b"AF") || names.as_dict().is_ok_and(|names| names.has(b"EmbeddedFiles")))
}
