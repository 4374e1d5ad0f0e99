//! Content controls (ECMA-376 part 1, 17.5.2): their properties, and the building blocks of their placeholders.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

use super::picture::PlacedPicture;
use super::xml::{DECLARATION, escaped, sound};
use crate::error::Error;
use crate::form::{Field, FieldIx, FieldKind};
use crate::package::marks::{Key, Scope};

/// The longest title and tag that Word takes.
const LONGEST: usize = 64;

/// The most characters in the name of a building block: what Word's binary format allows ([MS-DOC] 2.9.287), and no name that Word
/// itself writes is longer. A control may name a block that is not there: Word then shows words of its own in an emptied one.
const LONGEST_BLOCK: usize = 32;

/// A control that was put into the tree: what its properties are made from.
pub(super) struct Kept {
    pub(super) field: FieldIx,
    /// Which part of the value.
    pub(super) part: usize,
    /// The value, or its part.
    pub(super) text: String,
    /// What a blank shows.
    pub(super) empty: String,
    /// What the control has to itself.
    pub(super) scope: Scope,
}

/// A control as it stands in the document.
pub(super) struct Control {
    /// `w:sdtPr`, whole.
    pub(super) properties: String,
    /// What stands in `w:sdtContent`, where it is not in the tree (pictures).
    pub(super) content: Option<String>,
}

/// All controls of a document, in the order in which the tree was made.
#[derive(Default)]
pub(super) struct Controls {
    controls: Vec<Control>,
    ids: BTreeSet<u32>,
    /// The building blocks of placeholders: name and text, each name once, none longer than Word is known to take.
    blocks: Vec<(String, String)>,
    known: HashSet<String>,
}

impl Controls {
    /// The control of a number.
    pub(super) fn get(&self, number: usize) -> Option<&Control> {
        self.controls.get(number)
    }

    /// Notes a control of text, a date, a choice or a tick; `capacity` is how many characters it holds.
    pub(super) fn keep(&mut self, field: &Field, capacity: Option<usize>, locked: bool, kept: Kept) -> Result<usize, Error> {
        let key = Key { name: field.name.clone(), kind: Some(field.kind.clone()), part: kept.part, scope: kept.scope };
        let mut properties = self.begin(field, capacity, locked, &key)?;
        let block = key.block();
        let _ = write!(properties, "<w:placeholder><w:docPart w:val=\"{block}\"/></w:placeholder>");
        if kept.text.is_empty() {
            properties.push_str("<w:showingPlcHdr/>");
        }
        match &field.kind {
            FieldKind::Choice(options) => properties.push_str(&combo_box(options)?),
            FieldKind::Date => properties.push_str(&date("yyyy年M月d日", day(&kept.text))),
            FieldKind::Month => properties.push_str(&date("yyyy.MM", month(&kept.text))),
            FieldKind::Check => properties.push_str(&check_box(kept.text == TICKED)),
            _ => {}
        }
        properties.push_str("</w:sdtPr>");
        if block.chars().count() <= LONGEST_BLOCK && self.known.insert(block.clone()) {
            self.blocks.push((block, kept.empty));
        }
        self.controls.push(Control { properties, content: None });
        Ok(self.controls.len() - 1)
    }

    /// Notes a picture control.
    pub(super) fn keep_picture(&mut self, field: &Field, locked: bool, picture: &PlacedPicture) -> Result<usize, Error> {
        let key = Key { name: field.name.clone(), kind: Some(field.kind.clone()), part: 0, scope: Scope::Inked };
        let mut properties = self.begin(field, None, locked, &key)?;
        // LibreOffice, as it saves, gives a control without a placeholder that of the control before it. No building block
        // has this name: Word shows its own picture for an emptied one.
        let _ = write!(properties, "<w:placeholder><w:docPart w:val=\"{}\"/></w:placeholder>", key.block());
        if picture.empty {
            properties.push_str("<w:showingPlcHdr/>");
        }
        properties.push_str("<w:picture/></w:sdtPr>");
        let content = picture.run(self.controls.len() + 1, &key.block(), &escaped(&sound(&field.label)));
        self.controls.push(Control { properties, content: Some(content) });
        Ok(self.controls.len() - 1)
    }

    /// What every control has: title, tag, number, lock.
    fn begin(&mut self, field: &Field, capacity: Option<usize>, locked: bool, key: &Key) -> Result<String, Error> {
        let tag = key.tag();
        if tag.chars().count() > LONGEST {
            return Err(Error::Write(format!("the field {tag} has a name longer than {LONGEST} characters, which Word does not open")));
        }
        let title = title(&field.label, capacity);
        let id = self.id(&tag);
        let mut properties =
            format!("<w:sdtPr><w:alias w:val=\"{}\"/><w:tag w:val=\"{tag}\"/><w:id w:val=\"{id}\"/>", escaped(&sound(&title)));
        // 17.5.2.23: without a lock a person who empties a cell takes the control away with the text.
        let lock = if locked { "sdtContentLocked" } else { "sdtLocked" };
        let _ = write!(properties, "<w:lock w:val=\"{lock}\"/>");
        Ok(properties)
    }

    /// A number of its own for each control, the same each time: FNV-1a of the tag, the next free one for its other places.
    fn id(&mut self, tag: &str) -> u32 {
        let hash = tag.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        // Word takes signed numbers; 0 is none.
        let mut id = (hash & 0x3FFF_FFFF) + 1;
        while !self.ids.insert(id) {
            id += 1;
        }
        id
    }

    /// `word/glossary/document.xml`: what Word puts back into a control that was emptied (17.12).
    pub(super) fn glossary(&self) -> Result<String, Error> {
        let mut out = String::from(DECLARATION);
        out.push_str("<w:glossaryDocument xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docParts>");
        for (name, text) in &self.blocks {
            let _ = write!(
                out,
                "<w:docPart><w:docPartPr><w:name w:val=\"{name}\"/><w:category><w:name w:val=\"General\"/>\
                 <w:gallery w:val=\"placeholder\"/></w:category><w:types><w:type w:val=\"bbPlcHdr\"/></w:types>\
                 <w:behaviors><w:behavior w:val=\"content\"/></w:behaviors></w:docPartPr>\
                 <w:docPartBody><w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p></w:docPartBody></w:docPart>",
                escaped(&sound(text))
            );
        }
        out.push_str("</w:docParts></w:glossaryDocument>");
        Ok(out)
    }

    /// Whether there is anything for the glossary.
    pub(super) fn has_blocks(&self) -> bool {
        !self.blocks.is_empty()
    }
}

/// The sign of a ticked box.
pub(super) const TICKED: &str = "☑";

/// The sign of a box that is not ticked.
pub(super) const UNTICKED: &str = "☐";

/// The label with the limit behind it, shortened so that Word takes it.
fn title(label: &str, capacity: Option<usize>) -> String {
    let limit = capacity.map(|most| format!("（限{most}字）")).unwrap_or_default();
    let room = LONGEST - limit.chars().count();
    if label.chars().count() <= room {
        return format!("{label}{limit}");
    }
    let short: String = label.chars().take(room - 1).collect();
    format!("{short}…{limit}")
}

/// A list from which another value may depart (17.5.2.5).
fn combo_box(options: &[String]) -> Result<String, Error> {
    let mut out = String::from("<w:comboBox>");
    for option in options {
        let option = escaped(&sound(option));
        let _ = write!(out, "<w:listItem w:displayText=\"{option}\" w:value=\"{option}\"/>");
    }
    out.push_str("</w:comboBox>");
    Ok(out)
}

/// A date (17.5.2.7); only a real one has a value behind its text.
fn date(format: &str, day: Option<(u32, u32, u32)>) -> String {
    let full = day.map(|(year, month, day)| format!(" w:fullDate=\"{year:04}-{month:02}-{day:02}T00:00:00Z\"")).unwrap_or_default();
    format!(
        "<w:date{full}><w:dateFormat w:val=\"{format}\"/><w:lid w:val=\"zh-CN\"/>\
         <w:storeMappedDataAs w:val=\"dateTime\"/><w:calendar w:val=\"gregorian\"/></w:date>"
    )
}

/// `2021年9月18日` as year, month, day.
fn day(text: &str) -> Option<(u32, u32, u32)> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    real(year, month, rest.strip_suffix('日')?)
}

/// `1985.03` as year, month and its first day.
fn month(text: &str) -> Option<(u32, u32, u32)> {
    let (year, month) = text.split_once('.')?;
    real(year, month, "1")
}

fn real(year: &str, month: &str, day: &str) -> Option<(u32, u32, u32)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    ((1..=9999).contains(&year) && (1..=last).contains(&day)).then_some((year, month, day))
}

/// A box to tick, as Word 2010 and later have it ([MS-DOCX] 2.5.4.1).
fn check_box(ticked: bool) -> String {
    let ticked = u8::from(ticked);
    format!(
        "<w14:checkbox><w14:checked w14:val=\"{ticked}\"/><w14:checkedState w14:val=\"2611\" w14:font=\"Segoe UI Symbol\"/>\
         <w14:uncheckedState w14:val=\"2610\" w14:font=\"Segoe UI Symbol\"/></w14:checkbox>"
    )
}
