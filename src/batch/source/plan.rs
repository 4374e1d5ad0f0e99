//! What the files of a folder are to each other: loose records, dossiers by convention, folders of a unit.

use std::io;
use std::path::{Path, PathBuf};

use super::listing::{self, Item, ItemKind};
use super::said;
use crate::diag::Diagnostics;

/// The name of a record in a dossier's folder; another name will do where it is the only one.
const RECORD: &str = "记录.json";
/// What a photo is called.
const PHOTO: &str = "照片";
/// What the file of 事迹材料 is called.
const DEEDS: &str = "事迹材料";
/// The folder of certificates.
const ATTACHMENTS: &str = "附件";

const FORMS: [&str; 2] = ["pdf", "docx"];
const PHOTOS: [&str; 3] = ["jpg", "jpeg", "png"];
/// A unit's own paper, which is nobody's form.
const LETTER: &str = "推荐函";
/// So deep papers are looked for where none should be, to tell of them.
const DEEPEST: usize = 8;
const COPIES: [&str; 4] = ["jpg", "jpeg", "png", "pdf"];

/// The files of one dossier.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// What people see: `瑞安市/张三/`, `张三.json`.
    pub place: String,
    /// The folder that the record's paths start from.
    pub folder: PathBuf,
    /// The same, as messages write it: empty, or with `/` at its end.
    pub prefix: String,
    /// The record.
    pub record: Option<Item>,
    /// Filled forms, or what may be one.
    pub forms: Vec<Item>,
    /// The name of the photo's file.
    pub photo: Option<String>,
    /// The 事迹材料.
    pub deeds: Option<Item>,
    /// The copies: paths from the folder.
    pub attachments: Vec<String>,
    /// What is wrong with the folder itself.
    pub found: Diagnostics,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Plan {
    /// The dossiers, in order.
    pub dossiers: Vec<Parts>,
    /// The paths of what is none of them; a record may yet name one.
    pub passed: Vec<String>,
    /// What is to be told although nobody's dossier is concerned.
    pub notes: Diagnostics,
}

/// Reads a folder's names, and those of its folders.
pub fn plan(root: &Path) -> io::Result<Plan> {
    let mut planner = Planner { root: root.canonicalize()?, plan: Plan::default() };
    let items = planner.list(root, "")?;
    if is_dossier(&items)
        && !items.iter().any(|item| planner.is_anothers(item))
        && items.iter().filter(|item| item.ends_with(&["json"])).count() <= 1
    {
        let name = root.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned());
        planner.dossier(root, "", &format!("{name}/"), items);
    } else {
        planner.group(root, "", items, true);
    }
    Ok(planner.plan)
}

struct Planner {
    root: PathBuf,
    plan: Plan,
}

impl Planner {
    fn list(&mut self, folder: &Path, prefix: &str) -> io::Result<Vec<Item>> {
        let mut items = listing::list(folder, &self.root)?;
        items.retain(|item| {
            if item.kind == ItemKind::Outside {
                self.plan.notes.push(said::outside(format!("{prefix}{}", item.name)));
            }
            item.kind != ItemKind::Outside
        });
        Ok(items)
    }

    /// A folder whose files each are somebody's, and whose folders are dossiers or, at the top, units.
    fn group(&mut self, folder: &Path, prefix: &str, items: Vec<Item>, top: bool) {
        let mut used = vec![false; items.len()];
        for at in 0..items.len() {
            let Some(item) = items.get(at) else { continue };
            if used.get(at) == Some(&true) {
                continue;
            }
            if item.is_folder() {
                self.folder(item, prefix, top);
                continue;
            }
            if item.stem().contains(LETTER) {
                self.plan.notes.push(said::letter(format!("{prefix}{}", item.name)));
                continue;
            }
            let mut parts = Parts { folder: folder.to_owned(), prefix: prefix.to_owned(), ..Parts::default() };
            // One person's files have one name: 张三.json, 张三.pdf, 张三.jpg.
            for (index, other) in items.iter().enumerate().filter(|(_, other)| !other.is_folder() && other.stem() == item.stem()) {
                let taken = if used.get(index) == Some(&true) {
                    continue;
                } else if other.ends_with(&["json"]) {
                    parts.record.is_none() && parts.record.replace(other.clone()).is_none()
                } else if other.ends_with(&FORMS) {
                    parts.forms.push(other.clone());
                    true
                } else {
                    other.ends_with(&PHOTOS) && parts.photo.is_none() && parts.photo.replace(other.name.clone()).is_none()
                };
                if let Some(used) = used.get_mut(index) {
                    *used = taken;
                }
            }
            match parts.record.as_ref().or(parts.forms.first()) {
                Some(main) => {
                    parts.place = format!("{prefix}{}", main.name);
                    self.plan.dossiers.push(parts);
                }
                None => self.plan.passed.push(format!("{prefix}{}", item.name)),
            }
        }
    }

    fn folder(&mut self, item: &Item, prefix: &str, top: bool) {
        let place = format!("{prefix}{}/", item.name);
        let items = match self.list(&item.path, &place) {
            Ok(items) => items,
            Err(_) => {
                let mut parts = Parts { place: place.clone(), ..Parts::default() };
                parts.found.push(said::unreadable(&place));
                self.plan.dossiers.push(parts);
                return;
            }
        };
        let records = items.iter().filter(|item| item.ends_with(&["json"])).count();
        let mut people: Vec<&str> =
            items.iter().filter(|item| item.ends_with(&FORMS) || item.ends_with(&["json"])).map(Item::stem).collect();
        people.sort_unstable();
        people.dedup();
        let folders = items.iter().any(Item::is_folder);
        // A unit's folder may hold one person as a file and others as folders.
        let others = top && !is_dossier(&items) && items.iter().any(|item| self.is_anothers(item));
        if others {
            self.group(&item.path, &place, items, false);
        } else if is_dossier(&items) || people.len() == 1 || records == 1 || (!people.is_empty() && !top) {
            self.dossier(&item.path, &place, &place, items);
        } else if top && (folders || people.len() > 1) {
            self.group(&item.path, &place, items, false);
        } else {
            self.pass(place, &items);
        }
    }

    /// A folder that is nobody's. One with papers somewhere in it is told as an error.
    fn pass(&mut self, place: String, items: &[Item]) {
        if items.iter().any(|item| item.ends_with(&FORMS) || item.ends_with(&["json"]) || self.is_anothers(item)) {
            self.plan.notes.push(said::too_deep(&place));
        } else {
            self.plan.passed.push(place);
        }
    }

    /// Whether a folder inside another has papers of a person, somewhere in it: it is not the folder of copies.
    fn is_anothers(&self, item: &Item) -> bool {
        self.has_papers(item, DEEPEST)
    }

    fn has_papers(&self, item: &Item, depth: usize) -> bool {
        if depth == 0 || !item.is_folder() || item.name == ATTACHMENTS {
            return false;
        }
        let Ok(items) = listing::list(&item.path, &self.root) else { return false };
        is_dossier(&items)
            || items.iter().any(|item| item.ends_with(&FORMS) || item.ends_with(&["json"]) || self.has_papers(item, depth - 1))
    }

    fn dossier(&mut self, folder: &Path, prefix: &str, place: &str, items: Vec<Item>) {
        let mut parts = Parts { place: place.to_owned(), folder: folder.to_owned(), prefix: prefix.to_owned(), ..Parts::default() };
        let mut records = Vec::new();
        for item in items {
            let is_photo = item.ends_with(&PHOTOS) && item.stem() == PHOTO;
            if item.ends_with(&["json"]) {
                records.push(item);
            } else if item.ends_with(&FORMS) {
                parts.forms.push(item);
            } else if is_photo && parts.photo.is_none() {
                parts.photo = Some(item.name);
            } else if item.ends_with(&["txt", "md"]) && item.stem() == DEEDS && parts.deeds.is_none() {
                parts.deeds = Some(item);
            } else if item.is_folder() && item.name == ATTACHMENTS {
                self.attachments(&item, &mut parts);
            } else if self.is_anothers(&item) {
                self.plan.notes.push(said::too_deep(&format!("{prefix}{}/", item.name)));
            } else {
                let end = if item.is_folder() { "/" } else { "" };
                self.plan.passed.push(format!("{prefix}{}{end}", item.name));
            }
        }
        let main = records.iter().position(|item| item.name == RECORD);
        parts.record = match (main, records.len()) {
            (Some(at), _) => Some(records.remove(at)),
            (None, 1) => records.pop(),
            (None, 0) => None,
            (None, _) => {
                parts.found.push(said::several_records(place));
                None
            }
        };
        self.plan.passed.extend(records.iter().map(|item| format!("{prefix}{}", item.name)));
        if parts.record.is_none() && parts.forms.is_empty() && parts.found.is_empty() {
            parts.found.push(said::no_record(place));
        }
        self.plan.dossiers.push(parts);
    }

    fn attachments(&mut self, folder: &Item, parts: &mut Parts) {
        let prefix = format!("{}{ATTACHMENTS}/", parts.prefix);
        let Ok(items) = self.list(&folder.path, &prefix) else {
            parts.found.push(said::unreadable(&prefix));
            return;
        };
        for item in items {
            let path = format!("{prefix}{}", item.name);
            if !item.ends_with(&COPIES) {
                parts.found.push(said::no_copy(path));
            } else if item.path.to_str().is_none() || item.name.chars().any(|ch| ch.is_control() || ":\\".contains(ch)) {
                parts.found.push(said::bad_name(path));
            } else {
                parts.attachments.push(format!("{ATTACHMENTS}/{}", item.name));
            }
        }
    }
}

/// Whether something stands in a folder that only stands in a dossier's.
fn is_dossier(items: &[Item]) -> bool {
    items.iter().any(|item| {
        let copies = item.is_folder() && item.name == ATTACHMENTS;
        let photo = item.ends_with(&PHOTOS) && item.stem() == PHOTO;
        let deeds = item.ends_with(&["txt", "md"]) && item.stem() == DEEDS;
        copies || photo || deeds || (item.name == RECORD && !item.is_folder())
    })
}

/// What a copy is called: its file's name without the number before it and the ending behind it.
pub fn caption(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // A number counts only where something sets it off: 2013年技术能手 keeps its year.
    let after = stem.trim_start_matches(|ch: char| ch.is_ascii_digit());
    let named = after.trim_start_matches([' ', '　', '.', '．', '、', '-', '－', '—', '_', ')', '）']);
    let numbered = after.len() < stem.len() && (named.len() < after.len() || stem.len() - after.len() <= 2);
    let named = if numbered { named.trim() } else { stem.trim() };
    if named.is_empty() { stem.trim().to_owned() } else { named.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_lose_their_numbers() {
        for (path, want) in [
            ("附件/01 身份证.jpg", "身份证"),
            ("附件/1、技师证书.pdf", "技师证书"),
            ("02.专利.证书.PNG", "专利.证书"),
            ("（1）荣誉.png", "（1）荣誉"),
            ("01身份证.jpg", "身份证"),
            ("2013年温州市技术能手.jpg", "2013年温州市技术能手"),
            ("10.jpg", "10"),
            ("身份证.jpg", "身份证"),
        ] {
            assert_eq!(caption(path), want, "{path}");
        }
    }
}
