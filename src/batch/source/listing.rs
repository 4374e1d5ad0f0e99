//! What stands in a folder: in an order that no file system decides, without the litter of desktops, and never outside.

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::record::value::half_width;

/// Files that programs leave behind; nobody means them.
const LITTER: [&str; 3] = ["thumbs.db", "desktop.ini", "__macosx"];

/// The folder in which a batch keeps its journal: what lies beside it is what a batch wrote.
const JOURNAL: &str = ".formwright";

/// A file or a folder in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name as people see it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub kind: ItemKind,
}

/// What a thing in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link that leads out of the source's folder, or to nothing.
    Outside,
}

impl Item {
    /// Its name without its ending.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(stem, _)| stem)
    }

    /// Whether it is a file with one of these endings.
    pub fn ends_with(&self, endings: &[&str]) -> bool {
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        self.kind == ItemKind::File && ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.kind == ItemKind::Folder
    }
}

/// What stands in a folder, in natural order. `root` is the source's folder, with its links resolved.
pub fn list(folder: &Path, root: &Path) -> io::Result<Vec<Item>> {
    let mut items = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if is_litter(&name) {
            continue;
        }
        let kind = kind(&path, root);
        if kind == ItemKind::Folder && path.join(JOURNAL).exists() {
            continue;
        }
        items.push(Item { name, path, kind });
    }
    items.sort_by(|one, other| natural(&one.name, &other.name));
    Ok(items)
}

/// The bytes of a file that has at most so many; `None` where it has more.
pub fn read(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let facts = fs::metadata(path)?;
    if !facts.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// The order in which people put names with numbers in them: 01, 2, 10.
pub fn natural(one: &str, other: &str) -> Ordering {
    let (plain_one, plain_other) = (half_width(one).to_lowercase(), half_width(other).to_lowercase());
    let mut left = parts(&plain_one).into_iter();
    let mut right = parts(&plain_other).into_iter();
    loop {
        let order = match (left.next(), right.next()) {
            // Nothing but the spelling tells them apart any more, and that must be a total order, too.
            (None, None) => return one.cmp(other),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(Part::Number(one)), Some(Part::Number(other))) => one.len().cmp(&other.len()).then_with(|| one.cmp(other)),
            (Some(Part::Number(_)), Some(Part::Text(_))) => Ordering::Less,
            (Some(Part::Text(_)), Some(Part::Number(_))) => Ordering::Greater,
            (Some(Part::Text(one)), Some(Part::Text(other))) => one.cmp(&other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// A character, or the digits of a number without leading zeros.
enum Part<'t> {
    Text(char),
    Number(&'t str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(rest.len());
        if digits == 0 {
            parts.push(Part::Text(first));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            let (number, after) = rest.split_at(digits);
            parts.push(Part::Number(number.trim_start_matches('0')));
            rest = after;
        }
    }
    parts
}

fn is_litter(name: &str) -> bool {
    name.starts_with('.') || name.starts_with("~$") || LITTER.contains(&name.to_ascii_lowercase().as_str())
}

fn kind(path: &Path, root: &Path) -> ItemKind {
    let Ok(link) = fs::symlink_metadata(path) else { return ItemKind::Outside };
    if link.is_symlink() {
        match (fs::canonicalize(path), fs::metadata(path)) {
            (Ok(end), Ok(facts)) if end.starts_with(root) => return if facts.is_dir() { ItemKind::Folder } else { ItemKind::File },
            _ => return ItemKind::Outside,
        }
    }
    if link.is_dir() { ItemKind::Folder } else { ItemKind::File }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_people() {
        let mut names = vec!["10 b", "2 a", "01 c", "1 c", "a10", "A9", "张三2", "张三10", "", "１1", "a"];
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(names, ["", "01 c", "1 c", "2 a", "10 b", "１1", "a", "A9", "a10", "张三2", "张三10"]);
    }
}
