//! What a print run says, by way of lopdf.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::reading::unicode;

/// A bookmark: title, page, and those below it with title and page.
type Mark = (String, ObjectId, Vec<(String, ObjectId)>);

/// The bookmarks. Every link back and forth is looked at.
pub fn bookmarks(document: &Document) -> Vec<Mark> {
    let root = document.catalog().unwrap().get(b"Outlines").unwrap().as_reference().unwrap();
    let row = row(document, root);
    assert_eq!(document.get_dictionary(root).unwrap().get(b"Count").unwrap().as_i64().unwrap(), row.len() as i64);
    row.into_iter()
        .map(|(id, title, page)| {
            let below: Vec<_> = self::row(document, id).into_iter().map(|(_, title, page)| (title, page)).collect();
            let count = document.get_dictionary(id).unwrap().get(b"Count").and_then(Object::as_i64).unwrap_or(0);
            assert_eq!(count, -(below.len() as i64), "closed");
            (title, page, below)
        })
        .collect()
}

fn row(document: &Document, parent: ObjectId) -> Vec<(ObjectId, String, ObjectId)> {
    let link = |dict: &Dictionary, key: &[u8]| dict.get(key).ok().map(|value| value.as_reference().unwrap());
    let above = document.get_dictionary(parent).unwrap();
    let (mut next, mut before, mut row) = (link(above, b"First"), None, Vec::new());
    while let Some(id) = next {
        let item = document.get_dictionary(id).unwrap();
        assert_eq!(link(item, b"Parent"), Some(parent));
        assert_eq!(link(item, b"Prev"), before);
        let page = item.get(b"Dest").unwrap().as_array().unwrap()[0].as_reference().unwrap();
        row.push((id, unicode(item.get(b"Title").unwrap().as_str().unwrap()), page));
        (before, next) = (Some(id), link(item, b"Next"));
    }
    assert_eq!(link(above, b"Last"), before);
    row
}

/// The page labels: the page, from 0, at which each begins, and its prefix and style.
pub fn labels(document: &Document) -> Vec<(i64, String)> {
    let root = document.catalog().unwrap().get(b"PageLabels").unwrap().as_reference().unwrap();
    let numbers = document.get_dictionary(root).unwrap().get(b"Nums").unwrap().as_array().unwrap();
    let mut labels = Vec::new();
    for pair in numbers.chunks(2) {
        let label = pair[1].as_dict().unwrap();
        let prefix = label.get(b"P").map(|prefix| unicode(prefix.as_str().unwrap())).unwrap_or_default();
        let style = String::from_utf8_lossy(label.get(b"S").unwrap().as_name().unwrap()).into_owned();
        labels.push((pair[0].as_i64().unwrap(), prefix + &style));
    }
    assert!(labels.is_sorted());
    labels
}

/// What a page says: by ActualText where there is one, else by the ToUnicode maps of its fonts.
pub fn said(document: &Document, page: ObjectId) -> String {
    let resources = document.get_dictionary(page).unwrap().get(b"Resources").unwrap().as_dict().unwrap();
    let mut maps: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (name, font) in resources.get(b"Font").unwrap().as_dict().unwrap() {
        let font = document.get_dictionary(font.as_reference().unwrap()).unwrap();
        let map = document.get_object(font.get(b"ToUnicode").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
        let map = String::from_utf8(map.get_plain_content().unwrap()).unwrap();
        let pairs = map.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"));
        let pairs = pairs.map(|(code, to)| (code.to_owned(), utf16(to)));
        maps.insert(String::from_utf8_lossy(name).into_owned(), pairs.collect());
    }
    let content = String::from_utf8(document.get_page_content(page)).unwrap();
    let (mut text, mut font, mut instead) = (String::new(), String::new(), false);
    for line in content.lines() {
        if let Some(name) = line.strip_prefix('/').filter(|line| line.ends_with(" Tf")) {
            font = name.split(' ').next().unwrap().to_owned();
        } else if let Some((_, actual)) = line.split_once("/ActualText<FEFF") {
            text.push_str(&utf16(actual.split('>').next().unwrap()));
            instead = true;
        } else if line == "EMC" {
            instead = false;
        } else if (line.ends_with("Tj") || line.ends_with("TJ")) && !instead {
            for codes in line.split('<').skip(1).map(|piece| piece.split('>').next().unwrap()) {
                text.extend((0..codes.len() / 4).map(|at| maps[&font][&codes[at * 4..at * 4 + 4]].as_str()));
            }
        }
    }
    text
}

fn utf16(hex: &str) -> String {
    String::from_utf16(&(0..hex.len() / 4).map(|at| u16::from_str_radix(&hex[at * 4..at * 4 + 4], 16).unwrap()).collect::<Vec<_>>())
        .unwrap()
}
