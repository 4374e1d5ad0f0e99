//! A print run: many dossiers in one file for a printer that prints both sides.

use std::io::Write;

use pdf_writer::writers::{Page, Pages};
use pdf_writer::{Dict, Finish, Name, Ref, TextStr};

use super::bookmark::{Bookmark, Bookmarks};
use super::coords::Area;
use super::document::{self, Document};
use super::file::File;
use super::glyphs::Faces;
use super::part::Part;
use super::place::Placing;
use super::titled;
use crate::error::Error;
use crate::fonts::Fonts;

/// What kind of print run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The document's title.
    pub title: String,
    /// Streams are deflated; without, a person can read them.
    #[doc(hidden)]
    pub compress: bool,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions { title: String::new(), compress: true }
    }
}

/// A print run in the making: one PDF of many dossiers, each beginning on the front of a sheet.
///
/// What is added is written at once; kept are some bytes an object, its labels, and which glyphs were used, so that
/// memory does not grow with what the dossiers say and show. The same dossiers in the same order give the same bytes.
pub struct PrintRun<'f, W: Write> {
    fonts: &'f Fonts,
    title: String,
    file: File<W>,
    faces: Faces,
    pages: i32,
    tree: Tree,
    labels: Labels,
    bookmarks: Bookmarks,
}

impl<'f, W: Write> PrintRun<'f, W> {
    /// Begins a print run.
    pub fn new(out: W, fonts: &'f Fonts, options: &RunOptions) -> Result<PrintRun<'f, W>, Error> {
        let mut file = File::new(out, options.compress);
        let tree = Tree::new(file.id());
        file.sound()?;
        let (faces, labels, bookmarks) = Default::default();
        Ok(PrintRun { fonts, title: options.title.clone(), file, faces, pages: 0, tree, labels, bookmarks })
    }

    /// Adds a dossier. A blank page comes before it only where it would else begin on the back of the last sheet.
    ///
    /// Its pages are labelled `label-1`, `label-2`, …; its bookmark is closed and has those of its sections below it.
    /// Errors: it has no pages or was drawn with other faces, which leaves the run as it was; the file cannot be written,
    /// after which the run is good for nothing.
    pub fn add(&mut self, label: &str, bookmark: &str, part: &Part) -> Result<(), Error> {
        let (Some(first), file) = (part.sheets.first(), &mut self.file) else {
            return Err(Error::Write("a dossier has no pages".to_owned()));
        };
        let blank = self.pages % 2 == 1;
        let count = i32::try_from(part.sheets.len()).ok().and_then(|count| self.pages.checked_add(count)?.checked_add(i32::from(blank)));
        let count = count.ok_or_else(|| Error::Write("too many pages".to_owned()))?;
        let placing = Placing::new(part, &mut self.faces, self.fonts, file)?;
        let pages: Vec<Ref> = part.sheets.iter().map(|_| file.id()).collect();
        if blank {
            self.tree.blank(file);
        }
        let start = self.pages + i32::from(blank);
        self.pages = count;

        let node = self.tree.begin(file);
        for (sheet, page) in part.sheets.iter().zip(&pages) {
            placing.page((*page, node), sheet, &[], file);
            self.tree.page(*page, sheet.area);
        }
        self.labels.add(start, label);
        if let Some(page) = pages.first() {
            let person = Bookmark { title: bookmark, page: *page, top: first.area.top };
            self.bookmarks.add(&person, &titled(part, &pages), file)?;
        }
        file.sound()
    }

    /// How many pages there are so far, blank ones included.
    pub fn pages(&self) -> usize {
        usize::try_from(self.pages).unwrap_or(0)
    }

    /// Ends the print run and gives back what it was written to. Errors: it has no dossier, a face cannot be subset, the
    /// file cannot be written or would be larger than 4 GB.
    pub fn finish(self) -> Result<W, Error> {
        let PrintRun { fonts, title, mut file, faces, pages, tree, labels, mut bookmarks } = self;
        if pages == 0 {
            return Err(Error::Write("a print run has no dossier; 打印册里没有一份材料".to_owned()));
        }
        faces.write(fonts, &mut file)?;
        let pages = tree.finish(pages, &mut file);
        let bookmarks = bookmarks.finish_document(&mut file);
        let labels = Some(labels.finish(&mut file));
        document::write(&Document { title: &title, template: None, pages, bookmarks, labels, fields: None }, &mut file);
        file.finish()
    }
}

/// The page tree (7.7.3): a node for each dossier, and one above so many of them, so that a page is found in few steps.
struct Tree {
    root: Ref,
    groups: Vec<Ref>,
    group: Node,
    dossier: Option<Node>,
}

/// How many children a node of the page tree has at most, but for the root.
const BREADTH: usize = 64;

/// A node that still grows.
#[derive(Default)]
struct Node {
    id: Option<Ref>,
    kids: Vec<Ref>,
    pages: i32,
    last: Option<Area>,
}

impl Tree {
    fn new(root: Ref) -> Tree {
        Tree { root, groups: Vec::new(), group: Node::default(), dossier: None }
    }

    /// Begins the node of a dossier.
    fn begin<W: Write>(&mut self, file: &mut File<W>) -> Ref {
        self.end_dossier(file);
        if self.group.kids.len() >= BREADTH {
            self.end_group(file);
        }
        let id = file.id();
        self.dossier = Some(Node { id: Some(id), ..Node::default() });
        id
    }

    fn page(&mut self, id: Ref, area: Area) {
        if let Some(dossier) = &mut self.dossier {
            dossier.kids.push(id);
            dossier.pages += 1;
            dossier.last = Some(area);
        }
    }

    /// Adds an empty page to the present dossier: the back of its last sheet.
    fn blank<W: Write>(&mut self, file: &mut File<W>) {
        let Some(Node { id: Some(parent), last: Some(area), .. }) = self.dossier else { return };
        let id = file.id();
        let mut page = file.object::<Page>(id);
        page.parent(parent).media_box(area.to_rect()).resources();
        page.finish();
        self.page(id, area);
    }

    fn end_dossier<W: Write>(&mut self, file: &mut File<W>) {
        let Some(dossier) = self.dossier.take() else { return };
        let Some(id) = dossier.id else { return };
        let group = *self.group.id.get_or_insert_with(|| file.id());
        file.object::<Pages>(id).parent(group).kids(dossier.kids).count(dossier.pages);
        self.group.kids.push(id);
        self.group.pages += dossier.pages;
    }

    fn end_group<W: Write>(&mut self, file: &mut File<W>) {
        let group = std::mem::take(&mut self.group);
        if let Some(id) = group.id {
            file.object::<Pages>(id).parent(self.root).kids(group.kids).count(group.pages);
            self.groups.push(id);
        }
    }

    fn finish<W: Write>(mut self, pages: i32, file: &mut File<W>) -> Ref {
        self.end_dossier(file);
        self.end_group(file);
        file.object::<Pages>(self.root).kids(self.groups).count(pages);
        self.root
    }
}

/// The pages' own numbers (12.4.2): a number tree (7.9.7) that is all root, as pypdf finds no page between two leaves.
#[derive(Default)]
struct Labels(Vec<(i32, String)>);

impl Labels {
    /// From this page on, counted from 0, pages are numbered from 1.
    fn add(&mut self, page: i32, label: &str) {
        self.0.push((page, if label.is_empty() { String::new() } else { format!("{label}-") }));
    }

    fn finish<W: Write>(self, file: &mut File<W>) -> Ref {
        let id = file.id();
        let mut root = file.object::<Dict>(id);
        let mut numbers = root.insert(Name(b"Nums")).array();
        for (page, prefix) in &self.0 {
            numbers.item(*page);
            let mut label = numbers.push().dict();
            label.pair(Name(b"S"), Name(b"D"));
            if !prefix.is_empty() {
                label.pair(Name(b"P"), TextStr(prefix));
            }
        }
        numbers.finish();
        root.finish();
        id
    }
}
