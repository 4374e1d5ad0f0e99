//! The shipped templates as forms: how many fields, which labels, where the cells lie.

use std::collections::BTreeMap;
use std::path::Path;

use super::parse;
use crate::diag::{Diagnostics, Place};
use crate::form::{Block, Cell, Content, Field, FieldKind, Form, Overflow, PageKind, Table};
use crate::template::{Files, Template};

fn collect(folder: &Path, root: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text);
        }
    }
}

fn lines(found: &Diagnostics) -> String {
    let line = |place: &Place| match place {
        Place::Template { file, line, column, .. } => format!("{file}:{line}:{column}"),
        other => format!("{other:?}"),
    };
    found.iter().map(|d| format!("{} {} {}\n", line(&d.place), d.code, d.message.en)).collect()
}

fn shipped(id: &str, rows: usize) -> Form {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    let template = Template::load(id, &files).unwrap_or_else(|found| panic!("{}", lines(&found)));
    let markup = template.expand(&|_| rows).unwrap_or_else(|found| panic!("{}", lines(&found)));
    parse(&markup, template.id()).unwrap_or_else(|found| panic!("{}", lines(&found)))
}

fn label<'a>(form: &'a Form, name: &str) -> &'a str {
    let found = form.field(name).map(|(_, field)| field.label.as_str());
    found.unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn the_recommendation_has_its_fields() {
    let form = shipped("recommendation", 0);
    let data: Vec<&Field> = form.fields.iter().filter(|field| field.kind.is_data()).collect();
    // record.md: 20 single values and the photo's 1 without the sheet's, 9 rows of 3, 6 × 2 achievements,
    // the summary, 5 × 2 opinions.
    assert_eq!(data.len(), 4 + 15 + 27 + 12 + 1 + 10 + 1, "{data:#?}");
    assert_eq!(form.fields.len() - data.len(), 5);
}

#[test]
fn dbg_dump() {
    for (id, rows) in [("recommendation", 12), ("summary", 0)] {
        let form = shipped(id, rows);
        for f in &form.fields { println!("{} {:?} {:?} {} {:?} {:?}", f.name, f.kind, f.label, f.required, f.agrees, f.after); }
        println!("{:?}", form.pages.iter().map(|p| (p.title.clone(), p.kind.clone(), p.blocks.len())).collect::<Vec<_>>());
    }
    let f = shipped("recommendation", 12);
    println!("{:#?}", f.pages[0]);
    println!("{:#?}", f.pages[5].blocks);
}
