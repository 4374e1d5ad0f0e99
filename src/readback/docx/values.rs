//! From the places of a field to its value: parts joined, placeholders known for what they are, differing places told.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Content, Issued, Returned};
use super::Story;
use super::photo::{self, Photo};
use super::places::{Found, Placeholders};
use super::properties::Properties;
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::FieldKind;
use crate::name::{FieldName, Step};
use crate::package::words::Sort;
use crate::package::{Fault, Package, marks};

/// What a place shows where nobody has typed, as Word, WPS and LibreOffice have it; a full stop may follow.
const PROMPTS: [&str; 15] = [
    "单击或点击此处输入文字",
    "单击此处输入文字",
    "点击此处输入文字",
    "单击或点击以输入文字",
    "单击或点击此处输入日期",
    "单击此处输入日期",
    "点击此处输入日期",
    "选择一项",
    "单击或点击以输入日期",
    "Click or tap here to enter text",
    "Click here to enter text",
    "Click or tap to enter a date",
    "Click here to enter a date",
    "Click to enter a date",
    "Choose an item",
];

/// The fields of a document, in the order of their first places.
pub(super) fn read(
    found: &[Found],
    properties: &Properties,
    placeholders: &Placeholders,
    package: &mut Package,
    stories: &[Story],
    warnings: &mut Diagnostics,
) -> Result<Vec<Returned>, Fault> {
    let mut order: Vec<&FieldName> = Vec::new();
    let mut places: BTreeMap<&FieldName, Vec<&Found>> = BTreeMap::new();
    for place in found.iter().filter(|place| !place.holds) {
        let of_field = places.entry(&place.key.name).or_default();
        if of_field.is_empty() {
            order.push(&place.key.name);
        }
        of_field.push(place);
    }
    let mut fields = Vec::new();
    for name in order {
        let mut field = Field {
            name,
            places: places.remove(name).unwrap_or_default(),
            issued: properties.issued(name),
            placeholders,
            warnings: &mut *warnings,
        };
        let kind = field.kind();
        if kind.as_ref().is_some_and(|kind| !kind.is_data()) {
            continue;
        }
        let value = match &kind {
            Some(FieldKind::Photo) => field.photo(package, stories)?,
            Some(FieldKind::Check) => Content::Ticked(field.ticked()),
            _ => Content::Text(field.text(kind.as_ref())),
        };
        let label = field.label();
        fields.push(Returned { name: name.clone(), kind, label, value, issued: field.issued });
    }
    let names: BTreeSet<&FieldName> = fields.iter().map(|field| &field.name).collect();
    for name in properties.values.keys().filter(|name| !names.contains(name)) {
        warnings.push(missing(name));
    }
    Ok(fields)
}

/// How many different texts of one field are looked at; the others are only counted.
const FEW: usize = 4;

/// What the places of one part of a field say.
#[derive(Default)]
struct Said<'f> {
    /// The different texts.
    all: BTreeSet<&'f str>,
    /// The first of them, in the order of the document.
    few: Vec<&'f str>,
}

impl<'f> Said<'f> {
    fn add(&mut self, text: &'f str) {
        if self.all.insert(text) && self.few.len() < FEW {
            self.few.push(text);
        }
    }

    /// The first text that is not empty.
    fn first(&self) -> &'f str {
        self.few.iter().copied().find(|text| !text.is_empty()).unwrap_or_default()
    }
}

struct Field<'f> {
    name: &'f FieldName,
    places: Vec<&'f Found>,
    issued: Issued,
    placeholders: &'f Placeholders,
    warnings: &'f mut Diagnostics,
}

impl Field<'_> {
    /// The kind that a key tells, or what the controls are made for.
    fn kind(&self) -> Option<FieldKind> {
        let told = self.places.iter().find_map(|place| place.key.kind.clone());
        told.or_else(|| {
            self.places.iter().find_map(|place| match place.control.sort {
                Sort::Any => None,
                Sort::Choice => Some(FieldKind::Choice(Vec::new())),
                Sort::Date => Some(FieldKind::Date),
                Sort::Month => Some(FieldKind::Month),
                Sort::Picture => Some(FieldKind::Photo),
                Sort::Check(_) => Some(FieldKind::Check),
            })
        })
    }

    /// The title of the first control that has one, without its limit: 姓名（限12字）.
    fn label(&self) -> String {
        let title = self.places.iter().map(|place| place.control.alias.trim()).find(|title| !title.is_empty()).unwrap_or_default();
        let limit = title.strip_suffix("字）").and_then(|start| start.rsplit_once("（限"));
        match limit {
            Some((label, number)) if !label.is_empty() && number.trim().bytes().all(|byte| byte.is_ascii_digit()) => label.to_owned(),
            _ => title.to_owned(),
        }
    }

    fn warn(&mut self, code: &'static str, message: Message, help: Message) {
        let place = Place::Record { pointer: self.name.pointer(), label: self.label() };
        self.warnings.push(Diagnostic::warning(code, place, message).with_help(help));
    }

    fn text(&mut self, kind: Option<&FieldKind>) -> String {
        if self.places.iter().any(|place| !place.pictures.is_empty()) {
            self.warn(
                "picture-in-text",
                Message::new("这一栏里有图片，图片里的文字读不出来", "there is a picture in this field, and no text can be read from it"),
                Message::new("把图片里的内容打成文字", "type what the picture says"),
            );
        }
        if self.places.iter().any(|place| place.boxed) {
            self.warn(
                "text-box",
                Message::new("这一栏里有文本框，框里的文字没有取出", "a text box stands in this field, and its words were not taken"),
                Message::new("把框里的文字直接打在栏里", "type the words of the box into the field itself"),
            );
        }
        let several = self.places.iter().any(|place| place.key.part > 0);
        self.warn_of_beside();
        let mut parts: BTreeMap<usize, Said> = BTreeMap::new();
        for place in self.places.iter().copied() {
            let text = match (&place.beside, self.is_blank(place, kind, several)) {
                (None, true) => "",
                (None, false) => &place.text,
                (Some(beside), true) => beside.alone.trim(),
                (Some(beside), false) => &beside.whole,
            };
            parts.entry(place.key.part).or_default().add(text);
        }
        if parts.keys().copied().ne(0..parts.len()) {
            self.warn(
                "part-missing",
                Message::new("这一栏续写在附页上的内容缺了一段", "a part of this field, continued on an annex page, is missing"),
                Message::new("找出完整的文件再读，或者补上缺的内容", "find the whole file, or add what is missing"),
            );
        }
        let own = parts.remove(&0).unwrap_or_default();
        let mut rest = String::new();
        for said in parts.values() {
            self.warn_of(said.all.len());
            rest.push_str(said.first());
        }
        // A field may stand whole in one place and be continued from another.
        let whole = |field: &Self, text: &str| {
            let is_whole = rest.is_empty() || (!text.is_empty() && field.is_issued(text));
            if is_whole { text.to_owned() } else { format!("{text}{rest}") }
        };
        let changed: Vec<&str> = match self.issued {
            Issued::Unknown => Vec::new(),
            _ if own.all.len() < 2 => Vec::new(),
            _ => own.few.iter().copied().filter(|text| !self.is_issued(&whole(self, text))).collect(),
        };
        match changed.as_slice() {
            // All places but those that hold what was issued say the same: that is what was typed.
            [one] if own.all.len() <= FEW => {
                if self.is_in_a_row() && own.few.iter().filter(|text| !text.is_empty()).count() > 1 {
                    self.warn_of_copy();
                }
                whole(self, one)
            }
            [] => {
                let unchanged = own.few.iter().all(|text| self.is_issued(&whole(self, text)));
                self.warn_of(if unchanged { 0 } else { own.all.len() });
                whole(self, own.first())
            }
            [one, ..] => {
                self.warn_of(own.all.len() - (own.few.len() - changed.len()));
                whole(self, one)
            }
        }
    }

    fn warn_of_beside(&mut self) {
        if self.places.iter().any(|place| place.beside.is_some()) {
            self.warn(
                "text-beside-field",
                Message::new(
                    "有文字打在这一栏的填写框外面，已算作这一栏的内容",
                    "text stands beside this field's box, in its place; it was counted as part of the field",
                ),
                Message::new(
                    "核对读出的这一栏是否完整，有没有多出的文字",
                    "see whether what was read of this field is whole, and nothing too much",
                ),
            );
        }
    }

    /// Whether it is one of a list's fields: a row is copied with its controls by whoever needs one more.
    fn is_in_a_row(&self) -> bool {
        self.name.steps().any(|step| matches!(step, Step::Index(_)))
    }

    fn warn_of_copy(&mut self) {
        self.warn(
            "row-copied",
            Message::new(
                "这一行在文件里不止一次，内容不同，只取了改动过的一次：可能是复制了表格的行",
                "this row stands in the file more than once, with different contents, and only the changed one was taken: it may have been copied",
            ),
            Message::new(
                "把另一行的内容填进空行；行不够时，请发一张行数够的表",
                "type the other row's contents into an empty row, or send out a form that has rows enough",
            ),
        );
    }

    /// Whether it is what the field held when the file was made.
    fn is_issued(&self, text: &str) -> bool {
        match &self.issued {
            Issued::Unknown => false,
            Issued::Text(issued) => issued == text,
            Issued::Digest(digest) => *digest == marks::value_digest(text.as_bytes()),
        }
    }

    fn warn_of(&mut self, texts: usize) {
        if texts > 1 {
            self.warn(
                "conflicting-values",
                Message::new(
                    format!("这一栏在文件里有几处，填的内容有 {texts} 种，只取了第一种"),
                    format!("this field stands in several places, which say {texts} different things; the first was taken"),
                ),
                Message::new("把这几处改成一样，再读一次", "make the places say the same, and read the file again"),
            );
        }
    }

    /// Whether a place shows only what stands there before anybody types. White space between the parts of a text that
    /// goes on elsewhere is no such thing.
    fn is_blank(&self, place: &Found, kind: Option<&FieldKind>, several: bool) -> bool {
        let text = place.text.as_str();
        if text.is_empty() {
            return true;
        }
        // What was issued is a value, however odd: a record may hold a space, or the words of a prompt.
        if matches!(self.issued, Issued::Digest(_)) && self.is_issued(text) {
            return false;
        }
        let dated = matches!(kind, None | Some(FieldKind::Date | FieldKind::Month));
        let bare = |ch: char| ch.is_whitespace() || ((dated || place.control.showing) && matches!(ch, '年' | '月' | '日' | '.'));
        let trimmed = text.trim().trim_end_matches(['。', '.', '…']);
        let shown = self.placeholders.get(&place.control.block).or_else(|| self.placeholders.get(&place.key.block()));
        (!several && text.chars().all(bare)) || PROMPTS.contains(&trimmed) || shown.is_some_and(|shown| shown == text)
    }

    fn ticked(&mut self) -> bool {
        self.warn_of_beside();
        let ticks: Vec<bool> = self.places.iter().map(|place| is_ticked(place)).collect();
        let before = match &self.issued {
            Issued::Unknown => return ticks.iter().any(|tick| *tick),
            Issued::Text(text) => text == "true",
            Issued::Digest(digest) => *digest == marks::value_digest(b"true"),
        };
        // A tick that was changed in one of several places is the one that a person has set.
        if ticks.iter().all(|tick| *tick == before) { before } else { !before }
    }

    fn photo(&mut self, package: &mut Package, stories: &[Story]) -> Result<Content, Fault> {
        let digest = match &self.issued {
            Issued::Digest(digest) => Some(digest.clone()),
            _ => None,
        };
        let mut files: Vec<Vec<u8>> = Vec::new();
        let (mut empty, mut useless) = (false, None);
        for place in &self.places {
            match photo::read(place, digest.as_deref(), package, stories)? {
                Photo::Empty(mark) => {
                    empty = true;
                    // The mark of an empty place has a digest, too: the field was issued empty.
                    if mark.is_some() && mark == digest {
                        self.issued = Issued::Text(String::new());
                    }
                }
                Photo::File(bytes) if files.len() < FEW && !files.contains(&bytes) => files.push(bytes),
                Photo::File(_) => {}
                Photo::Useless(why) => useless = useless.or(Some(why)),
            }
        }
        if let Some(why) = useless {
            let [message, help] = why.messages();
            self.warn(why.code(), message, help);
        }
        let changed: Vec<usize> = (0..files.len())
            .filter(|at| files.get(*at).is_some_and(|file| digest.as_deref() != Some(&marks::value_digest(file))))
            .collect();
        self.warn_of(if digest.is_some() { changed.len() } else { files.len() });
        // Taken away in one place of several, where the others still show what was issued.
        if digest.is_some() && changed.is_empty() && empty {
            return Ok(Content::Picture(None));
        }
        let at = changed.first().copied().unwrap_or_default();
        Ok(Content::Picture((at < files.len()).then(|| files.swap_remove(at))))
    }
}

/// What a tick box shows; what it says of itself only where it shows neither a tick nor an empty box.
fn is_ticked(place: &Found) -> bool {
    let text = place.beside.as_ref().map_or(&place.text, |beside| &beside.whole);
    if text.contains(['☑', '☒', '✓', '✔', '✗', '✘', '√', '■', '●', '×']) {
        return true;
    }
    if text.contains(['☐', '□', '○', '▢']) {
        return false;
    }
    place.control.sort == Sort::Check(true)
}

fn missing(name: &FieldName) -> Diagnostic {
    let place = Place::Record { pointer: name.pointer(), label: String::new() };
    let message = Message::new(
        "发出时这里有内容，现在文件里找不到这一栏",
        "this field had a value when the file was made, and is not in the file any more",
    );
    Diagnostic::warning("field-missing", place, message).with_help(Message::new(
        "看看这一栏是否被删去，或者打在了栏外；请对方在新的表上填写这一栏",
        "see whether the field was deleted or typed beside its place, and have it filled in on a fresh form",
    ))
}
