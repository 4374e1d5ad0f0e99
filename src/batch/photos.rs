//! A folder of photos beside a list of people: whose is which, told by the identity number or the name in a file's name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::source::{Item, list, natural};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::name::FieldName;
use crate::record::{Assets, Folder, Record, id_number};

/// Folders of photos are read so deep: photos, unit, person.
const DEEPEST: usize = 8;

/// Files that somebody may have meant as a photo.
const ENDINGS: [&str; 10] = ["jpg", "jpeg", "png", "heic", "webp", "bmp", "gif", "tif", "tiff", "avif"];

/// What people write beside the name, the longer words first.
const WORDS: [&str; 18] = [
    "一寸照片",
    "二寸照片",
    "两寸照片",
    "证件照片",
    "登记照片",
    "一寸照",
    "二寸照",
    "两寸照",
    "寸照片",
    "证件照",
    "登记照",
    "标准照",
    "一寸",
    "二寸",
    "两寸",
    "寸照",
    "照片",
    "相片",
];

/// The photos of a folder.
pub struct Photos {
    folder: PathBuf,
    files: Vec<Photo>,
}

/// A photo, as its name tells it.
struct Photo {
    /// The path from the folder, with `/`.
    path: String,
    id_numbers: Vec<String>,
    /// What may be a name.
    names: BTreeSet<String>,
}

/// Whom a photo is sought for.
#[derive(Clone, Default)]
pub struct Sought {
    /// The identity number, as the record writes it.
    pub id_number: String,
    /// The name.
    pub name: String,
    /// Whether the record has a photo of its own.
    pub has_photo: bool,
}

/// What an entry takes out of a folder of photos.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// Nothing.
    #[default]
    Nothing,
    /// This file.
    File(usize),
    /// One of these, and nobody can tell which.
    Several(Vec<usize>),
    /// This file, but another person may claim it as well.
    Shared(usize),
    /// This file, which is not needed: the record has its own.
    Spare(usize),
}

impl Photos {
    /// Finds the photos of a folder.
    pub fn open(folder: &Path) -> io::Result<Photos> {
        let root = fs::canonicalize(folder)?;
        let mut files = Vec::new();
        gather(&root, folder, "", 1, &mut files)?;
        files.sort_by(|one, other| natural(&one.path, &other.path));
        Ok(Photos { folder: folder.to_owned(), files })
    }

    /// Puts a claimed photo into a record that names none.
    pub fn give(&self, claim: &Claim, record: &mut Record, found: &mut Diagnostics) {
        let place = Place::Record { pointer: "/photo".to_owned(), label: "照片".to_owned() };
        let warn = |code, [zh, en, help_zh, help_en]: [&str; 4]| {
            Diagnostic::warning(code, place.clone(), Message::new(zh, en)).with_help(Message::new(help_zh, help_en))
        };
        match claim {
            Claim::Nothing | Claim::Spare(_) => {}
            Claim::Several(_) => found.push(warn(
                "photo-several",
                [
                    "照片文件夹里有几张都像是这个人的，没有放",
                    "several photos in the folder may be this person's; none was taken",
                    "只留一张，文件名里写身份证号码",
                    "keep one, with the identity number in its name",
                ],
            )),
            Claim::Shared(_) => found.push(warn(
                "photo-shared",
                [
                    "照片文件夹里的一张照片，几个人都对得上，没有放",
                    "one photo in the folder fits several people; it was not taken",
                    "文件名里写身份证号码",
                    "put the identity number into its name",
                ],
            )),
            Claim::File(at) => {
                let (Some(photo), Some(name)) = (self.files.get(*at), FieldName::parse("photo")) else { return };
                match Folder::new(&self.folder).read(&photo.path) {
                    Ok(bytes) => drop(record.embed(&name, &bytes)),
                    Err(mistake) => found.push(Diagnostic { place, ..mistake }),
                }
            }
        }
    }

    /// The photos that nobody took.
    pub fn unclaimed(&self, claims: &[Claim]) -> Vec<Diagnostic> {
        let mut taken = BTreeMap::new();
        for claim in claims {
            match claim {
                Claim::Nothing => {}
                Claim::File(at) | Claim::Shared(at) => taken.extend([(*at, true)]),
                Claim::Spare(at) => {
                    taken.entry(*at).or_insert(false);
                }
                Claim::Several(list) => taken.extend(list.iter().map(|at| (*at, true))),
            }
        }
        let left = self.files.iter().enumerate().filter_map(|(at, photo)| {
            let (code, words) = match taken.get(&at) {
                Some(true) => return None,
                Some(false) => (
                    "photo-not-used",
                    [
                        "记录里已有照片，这张没有用",
                        "the record has a photo; this one was not used",
                        "核对哪一张对",
                        "see which one is right",
                    ],
                ),
                None => (
                    "photo-unclaimed",
                    [
                        "这张照片对不上任何人",
                        "this photo is nobody's",
                        "文件名里写身份证号码或姓名，与记录一致",
                        "name it by the identity number or the name, as the record has it",
                    ],
                ),
            };
            let [zh, en, help_zh, help_en] = words;
            let place = Place::File { file: photo.path.clone() };
            Some(Diagnostic::warning(code, place, Message::new(zh, en)).with_help(Message::new(help_zh, help_en)))
        });
        left.collect()
    }
}

/// Whose photo is which, for each of the people: by identity number, else by a name that one person and one file have.
pub fn claims(photos: &Photos, people: &[Sought]) -> Vec<Claim> {
    let numbers: Vec<String> = people.iter().map(|one| id_number::normalise(&one.id_number)).collect();
    let names: Vec<String> = people.iter().map(|one| plain(&one.name)).collect();
    let mut files_by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut files_by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, photo) in photos.files.iter().enumerate() {
        photo.id_numbers.iter().for_each(|number| files_by_number.entry(number).or_default().push(at));
        photo.names.iter().for_each(|name| files_by_name.entry(name).or_default().push(at));
    }
    let (people_of_number, people_of_name) = (counts(&numbers), counts(&names));
    // A file that an identity number gave away is nobody else's.
    let given: BTreeSet<usize> = numbers.iter().filter_map(|number| files_by_number.get(number.as_str())).flatten().copied().collect();
    let mut claims: Vec<Claim> = people
        .iter()
        .zip(numbers.iter().zip(&names))
        .map(|(person, (number, name))| {
            let by_number = files_by_number.get(number.as_str()).cloned().unwrap_or_default();
            let (files, sharers) = if !number.is_empty() && !by_number.is_empty() {
                (by_number, people_of_number.get(number.as_str()).copied().unwrap_or(1))
            } else {
                // A file with another number is another person's of the same name.
                let fits = |at: &usize| {
                    let other = photos.files.get(*at).is_some_and(|photo| !photo.id_numbers.is_empty());
                    !given.contains(at) && (!other || number.is_empty())
                };
                let by_name = files_by_name.get(name.as_str()).into_iter().flatten().copied().filter(fits).collect();
                (by_name, people_of_name.get(name.as_str()).copied().unwrap_or(1))
            };
            match (files.as_slice(), person.has_photo) {
                ([], _) => Claim::Nothing,
                ([first, ..], true) => Claim::Spare(*first),
                ([one], false) if sharers > 1 => Claim::Shared(*one),
                ([one], false) => Claim::File(*one),
                (_, false) => Claim::Several(files),
            }
        })
        .collect();
    // A photo shows one person: a file that two may claim, or whose number and name are two people's, is given to neither.
    let all: Vec<(&str, &str)> = numbers.iter().map(String::as_str).zip(names.iter().map(String::as_str)).collect();
    for claim in &mut claims {
        if let Claim::File(file) = claim
            && photos.files.get(*file).is_some_and(|photo| is_of_several(photo, &all))
        {
            *claim = Claim::Shared(*file);
        }
    }
    claims
}

/// Whether a file's name tells of more than one of the people, given by their numbers and names.
fn is_of_several(photo: &Photo, people: &[(&str, &str)]) -> bool {
    let by_number: BTreeSet<usize> = (0..people.len())
        .filter(|at| people.get(*at).is_some_and(|(number, _)| photo.id_numbers.iter().any(|one| one == number)))
        .collect();
    let by_name: BTreeSet<usize> =
        (0..people.len()).filter(|at| people.get(*at).is_some_and(|(_, name)| !name.is_empty() && photo.names.contains(*name))).collect();
    match (by_number.len(), photo.id_numbers.len()) {
        (0, _) => by_name.iter().filter_map(|at| people.get(*at)).map(|(_, name)| name).collect::<BTreeSet<_>>().len() > 1,
        (1, 1) => !by_name.is_empty() && by_name.is_disjoint(&by_number),
        _ => true,
    }
}

fn counts(texts: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        *counts.entry(text.as_str()).or_default() += 1;
    }
    counts
}

fn gather(root: &Path, folder: &Path, prefix: &str, depth: usize, into: &mut Vec<Photo>) -> io::Result<()> {
    for item in list(folder, root)? {
        let path = format!("{prefix}{}", item.name);
        if item.is_folder() && depth < DEEPEST {
            gather(root, &item.path, &format!("{path}/"), depth + 1, into)?;
        } else if item.ends_with(&ENDINGS) && item.path.to_str().is_some() {
            into.push(photo(path, &item));
        }
    }
    Ok(())
}

fn photo(path: String, item: &Item) -> Photo {
    let stem = id_number::normalise(item.stem());
    let (mut id_numbers, mut words, mut rest) = (Vec::new(), String::new(), stem.as_str());
    while let Some(first) = rest.chars().next() {
        let digits = rest.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(rest.len());
        let length = digits + usize::from(digits == 17 && rest[digits..].starts_with('X'));
        if digits == 0 {
            words.push(first);
        } else {
            words.push(' ');
            if length == 18 {
                id_numbers.push(rest[..length].to_owned());
            }
        }
        rest = rest.get(length.max(if digits == 0 { first.len_utf8() } else { digits })..).unwrap_or_default();
    }
    // Every word of the file's name may be the person's: 瑞安市-王㛃, 王㛃 照片; so may all of it: 王 㛃.
    let spaced: String = item.stem().chars().map(|ch| if ch.is_ascii_digit() { ' ' } else { ch }).collect();
    let is_mark = |ch: char| ch.is_whitespace() || "_-—–.,，。、()（）[]【】+&@#".contains(ch);
    let mut names: BTreeSet<String> = words.split(is_mark).chain(spaced.split(is_mark)).map(named).collect();
    names.insert(named(&words));
    names.insert(named(&spaced));
    names.remove("");
    Photo { path, id_numbers, names }
}

/// A word without what people write beside a name.
fn named(word: &str) -> String {
    let mut word = plain(word);
    while let Some(shorter) = WORDS.iter().find_map(|more| word.strip_suffix(more).or_else(|| word.strip_prefix(more))) {
        word = shorter.to_owned();
    }
    word
}

/// A name without white space, the dots of names alike, Latin letters small.
fn plain(name: &str) -> String {
    let dotted = |ch: char| if "•・‧．●∙⋅".contains(ch) { '·' } else { ch };
    id_number::normalise(name).chars().map(dotted).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::source::ItemKind;

    fn photos(names: &[&str]) -> Photos {
        let item = |name: &&str| Item { name: (*name).to_owned(), path: PathBuf::from(name), kind: ItemKind::File };
        let files = names.iter().map(|name| photo((*name).to_owned(), &item(name))).collect();
        Photos { folder: PathBuf::new(), files }
    }

    fn person(name: &str, number: &str) -> Sought {
        Sought { id_number: number.to_owned(), name: name.to_owned(), has_photo: false }
    }

    #[test]
    fn photos_find_their_people() {
        use Claim::{File, Nothing, Several, Shared};
        let one = "99000019850312002X";
        for (people, files, want) in [
            (vec![person("张三", one)], vec!["张三_99000019850312002x.jpg"], vec![File(0)]),
            (vec![person("张三", one)], vec!["99000019850312002X.JPG"], vec![File(0)]),
            (vec![person("王㛃", one)], vec!["王㛃 照片.png"], vec![File(0)]),
            (vec![person("王㛃", "")], vec!["01王㛃二寸照片.png"], vec![File(0)]),
            (vec![person("张 三", "")], vec!["瑞安市-张三.jpg"], vec![File(0)]),
            (vec![person("买买提·阿不都", "")], vec!["买买提•阿不都.jpg"], vec![File(0)]),
            (vec![person("张三", one), person("张三", "990000198503120027")], vec!["张三.jpg"], vec![Shared(0), Shared(0)]),
            (vec![person("张三", one)], vec!["张三.jpg", "张三（2）.jpg"], vec![Several(vec![0, 1])]),
            (vec![person("张三", one)], vec!["张三_990000198503120027.jpg"], vec![Nothing]),
            (
                vec![person("张三", one), person("张三", "990000198503120027")],
                vec!["张三990000198503120027.jpg", "张三.jpg"],
                vec![Shared(1), File(0)],
            ),
            (vec![person("张三", one)], vec!["张三丰.jpg", "1990000198503120027.jpg"], vec![Nothing]),
            (vec![person("", "")], vec!["照片.jpg"], vec![Nothing]),
        ] {
            assert_eq!(claims(&photos(&files), &people), want, "{files:?}");
        }
    }
}
