//! Bookmarks (ISO 32000-1, 12.3.3), written as they come: one waits for its neighbour, no more.

use std::io::Write;

use pdf_writer::writers::{Outline, OutlineItem};
use pdf_writer::{Finish, Ref, TextStr};

use super::coords::Milli;
use super::file::File;
use crate::error::Error;

/// A page as its bookmark needs it.
pub(super) struct Bookmark<'a> {
    pub(super) title: &'a str,
    pub(super) page: Ref,
    pub(super) top: Milli,
}

/// A row of bookmarks below one parent.
#[derive(Default)]
pub(super) struct Bookmarks {
    parent: Option<Ref>,
    first: Option<Ref>,
    count: i32,
    /// The last one, which cannot be written before it is known what follows.
    waiting: Option<Waiting>,
}

struct Waiting {
    id: Ref,
    before: Option<Ref>,
    title: String,
    page: Ref,
    top: Milli,
    below: Option<Row>,
}

/// The ends of a row, and how many stand in it.
#[derive(Clone, Copy)]
struct Row {
    first: Ref,
    last: Ref,
    count: i32,
}

impl Bookmarks {
    /// Adds a bookmark with others below it, which stay out of sight until a person opens it.
    pub(super) fn add<W: Write>(&mut self, bookmark: &Bookmark, below: &[Bookmark], file: &mut File<W>) -> Result<(), Error> {
        let parent = *self.parent.get_or_insert_with(|| file.id());
        let id = file.id();
        let mut row = Bookmarks { parent: Some(id), ..Bookmarks::default() };
        below.iter().try_for_each(|bookmark| row.add(bookmark, &[], file))?;
        let below = row.end(file);
        let before = self.waiting.take().map(|waiting| {
            waiting.write(parent, Some(id), file);
            waiting.id
        });
        self.count = self.count.checked_add(1).ok_or_else(|| Error::Write("too many bookmarks".to_owned()))?;
        self.first.get_or_insert(id);
        let Bookmark { title, page, top } = *bookmark;
        self.waiting = Some(Waiting { id, before, title: title.to_owned(), page, top, below });
        Ok(())
    }

    /// Ends the row.
    fn end<W: Write>(&mut self, file: &mut File<W>) -> Option<Row> {
        let waiting = self.waiting.take()?;
        waiting.write(self.parent?, None, file);
        Some(Row { first: self.first?, last: waiting.id, count: self.count })
    }

    /// Ends the row as that of a whole document and gives back its parent, if there is any bookmark.
    pub(super) fn finish_document<W: Write>(&mut self, file: &mut File<W>) -> Option<Ref> {
        let (parent, Row { first, last, count }) = (self.parent?, self.end(file)?);
        file.object::<Outline>(parent).first(first).last(last).count(count);
        Some(parent)
    }
}

impl Waiting {
    fn write<W: Write>(&self, parent: Ref, next: Option<Ref>, file: &mut File<W>) {
        let mut item = file.object::<OutlineItem>(self.id);
        item.title(TextStr(&self.title)).parent(parent);
        if let Some(before) = self.before {
            item.prev(before);
        }
        if let Some(next) = next {
            item.next(next);
        }
        if let Some(Row { first, last, count }) = self.below {
            // Table 153: closed, a bookmark counts what is below it downwards.
            item.first(first).last(last).count(-count);
        }
        item.dest().page(self.page).xyz(0.0, self.top.to_f32(), None);
        item.finish();
    }
}
