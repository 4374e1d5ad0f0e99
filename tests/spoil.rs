//! The exhaustive test: every start tag of every shipped template and partial is spoiled in turn, once in its name
//! and once in each attribute's name, and the one mistake must be reported once at its exact file, line and column.

use std::collections::BTreeMap;
use std::path::Path;

use formwright::diag::{Diagnostics, Place};
use formwright::markup;
use formwright::template::{Files, Template};

fn shipped() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    files
}

fn collect(folder: &Path, root: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("templates can be read") {
        let path = entry.expect("templates can be read").path();
        if path.is_dir() {
            collect(&path, root, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path.strip_prefix(root).expect("below the root").to_str().expect("UTF-8").to_owned();
            files.insert(name, text);
        }
    }
}

/// Expands with more rows than the blank form has, so that every branch and every loop is on paper.
fn problems(id: &str, files: &Files) -> Diagnostics {
    let template = match Template::load(id, files) {
        Ok(template) => template,
        Err(found) => return found,
    };
    let rows = |_: &str| 12;
    let parsed = template.expand(&rows).and_then(|expanded| markup::parse(&expanded, template.id()).map(|_| ()));
    parsed.err().unwrap_or_default()
}

/// The names of start tags, and of attributes in them, as byte ranges: a scan of its own, that knows neither the
/// vocabulary nor Handlebars but that `{{…}}` is not XML.
fn names(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with("{{") {
            at += text[at..].find("}}").expect("closed") + 2;
        } else if c == '<' && text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            at = names_in_tag(text, at + 1, &mut found);
        } else {
            at += c.len_utf8();
        }
    }
    found
}

fn names_in_tag(text: &str, from: usize, found: &mut Vec<(usize, usize)>) -> usize {
    let word = |at: usize| at + text[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-').expect("a tag ends");
    let mut at = word(from);
    found.push((from, at));
    while !text[at..].starts_with('>') {
        let c = text[at..].chars().next().expect("a tag ends");
        if c == '"' {
            at += 1 + text[at + 1..].find('"').expect("a value ends") + 1;
        } else if c.is_ascii_alphabetic() {
            found.push((at, word(at)));
            at = word(at);
        } else {
            at += c.len_utf8();
        }
    }
    at
}

#[test]
fn every_spoiled_name_is_reported_once_at_its_place() {
    let files = shipped();
    let mut spoiled = 0;
    for id in ["recommendation", "summary"] {
        assert_eq!(problems(id, &files).len(), 0, "{id} is sound");
        let own = files.iter().filter(|(name, _)| name.starts_with(&format!("{id}/")) && name.ends_with(".hbs"));
        for (name, text) in own {
            for (from, to) in names(text) {
                let mut worse = files.clone();
                worse.insert(name.clone(), format!("{}x{}", &text[..to], &text[to..]));
                let before = &text[..from];
                let line = before.matches('\n').count() + 1;
                let column = before[before.rfind('\n').map_or(0, |at| at + 1)..].chars().count() + 1;
                let width = to + 1 - from;
                let word = format!("{}x", &text[from..to]);
                expect_one(&problems(id, &worse), &format!("templates/{name}"), (line, column, width), &word);
                spoiled += 1;
            }
        }
    }
    // A scan that finds nothing would pass as well.
    assert!(spoiled > 500, "only {spoiled} names were spoiled");
}

fn expect_one(found: &Diagnostics, file: &str, want: (usize, usize, usize), word: &str) {
    let list: Vec<_> = found.iter().collect();
    let [only] = list.as_slice() else { panic!("{file}:{want:?} `{word}`: {} reports: {list:#?}", list.len()) };
    let Place::Template { file: in_file, line, column, excerpt, width } = &only.place else { panic!("no place: {only:?}") };
    assert_eq!((in_file.as_str(), (*line, *column, *width)), (file, want), "`{word}`: {only:#?}");
    assert!(excerpt.contains(word), "{only:?}");
    assert!(only.message.en.contains(word) && only.message.zh.contains(word), "`{word}`: {only:#?}");
    assert!(matches!(only.code, "unknown-element" | "unknown-attribute"), "{only:?}");
}
