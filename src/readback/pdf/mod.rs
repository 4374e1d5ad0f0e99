//! What a filled PDF says: the values of its form fields (ISO 32000-1, 12.7), and of nothing else.
//!
//! A value is what `/V` says, for a box without one what its widgets show, and for a photo the picture on its button.
//! Rich text, XFA data, metadata, attachments and the text of appearances are never looked at.

mod fields;
mod photo;
mod refuse;
mod value;

use super::{Content, Format, Issue, Issued, ReadBack, Returned};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::FieldKind;
use crate::name::FieldName;
use crate::pdf_in::{Dictionary, Fault, Object, Pdf};
use fields::{Found, Key};
use photo::Shown;

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<ReadBack, Diagnostics> {
    let place = Place::File { file: name.to_owned() };
    let read = Pdf::open(bytes).and_then(|mut pdf| {
        let back = values(&mut pdf, name)?;
        Ok(if back.fields.is_empty() { Err(refuse::nature(&mut pdf, back.issue.is_some())?) } else { Ok(back) })
    });
    match read {
        Ok(Ok(back)) => Ok(back),
        Ok(Err(nature)) => Err(refuse::without_fields(nature, place)),
        Err(fault) => Err(refuse::unreadable(fault, place)),
    }
}

fn values(pdf: &mut Pdf, file: &str) -> Result<ReadBack, Fault> {
    let mut back = ReadBack { format: Format::Pdf, issue: issue(pdf)?, fields: Vec::new(), warnings: Diagnostics::default() };
    let (all, notes) = fields::all(pdf)?;
    let mut strangers = 0_usize;
    for found in all {
        let Some(name) = FieldName::parse(&found.name) else {
            strangers += usize::from(says_something(pdf, &found)?);
            continue;
        };
        if let Some(returned) = returned(pdf, name, &found, &mut back.warnings)? {
            back.fields.push(returned);
        }
    }
    back.warnings.extend((notes > 0).then(|| beside_the_fields(notes, file)));
    back.warnings.extend((strangers > 0).then(|| not_ours(strangers, file)));
    Ok(back)
}

/// Whether somebody has written something into a field that none of our names can belong to.
fn says_something(pdf: &mut Pdf, found: &Found) -> Result<bool, Fault> {
    let value = found.get(pdf, Key::Value)?;
    // What a button is set to is a name; that alone is nothing written.
    if matches!(&*value, Object::Name(_)) {
        return Ok(false);
    }
    Ok(value::words(pdf, &value)?.is_some_and(|words| !words.text.trim().is_empty()))
}

/// Which template the file says it was made from (the private keys of `pdf`).
fn issue(pdf: &mut Pdf) -> Result<Option<Issue>, Fault> {
    if let Some(catalog) = pdf.catalog()?
        && let Ok(catalog) = catalog.as_dict()
    {
        let marks = pdf.value(catalog, b"FWForm")?;
        if let Ok(marks) = marks.as_dict()
            && let Some(issue) = issue_of(pdf, marks, [b"Template", b"Version", b"Digest"])?
        {
            return Ok(Some(issue));
        }
    }
    let Some(information) = pdf.information()? else { return Ok(None) };
    let Ok(information) = information.as_dict() else { return Ok(None) };
    issue_of(pdf, information, [b"FWTemplate", b"FWVersion", b"FWDigest"])
}

fn issue_of(pdf: &mut Pdf, marks: &Dictionary, [template, version, digest]: [&[u8]; 3]) -> Result<Option<Issue>, Fault> {
    let mut word = |key: &[u8]| -> Result<Option<String>, Fault> {
        let text = pdf.value(marks, key)?;
        Ok(text.as_str().ok().map(|text| value::decoded(text).text))
    };
    Ok(match (word(template)?, word(version)?, word(digest)?) {
        (Some(template), Some(version), Some(digest)) => Some(Issue { template, version, digest }),
        _ => None,
    })
}

/// What a button is (table 226).
const PUSHBUTTON: i64 = 1 << 16;

/// A field as it came back; `None` for one that holds no data.
fn returned(pdf: &mut Pdf, name: FieldName, found: &Found, warnings: &mut Diagnostics) -> Result<Option<Returned>, Fault> {
    let kind = found.get(pdf, Key::Kind)?.as_name().ok().and_then(|word| std::str::from_utf8(word).ok()).and_then(FieldKind::from_word);
    let field_type = found.get(pdf, Key::Type)?.as_name().map(<[u8]>::to_vec).unwrap_or_default();
    if kind.as_ref().is_some_and(|kind| !kind.is_data()) || field_type == b"Sig" {
        return Ok(None);
    }
    let label = {
        let label = found.get(pdf, Key::Label)?;
        value::words(pdf, &label)?
    }
    .map(|words| words.text)
    .unwrap_or_default();
    pdf.kept(label.len())?;
    let button = field_type == b"Btn";
    let pushed = button && found.get(pdf, Key::Flags)?.as_i64().is_ok_and(|flags| flags & PUSHBUTTON != 0);
    let place = || Place::Record { pointer: name.pointer(), label: label.clone() };

    let (value, issued) = match &kind {
        Some(FieldKind::Photo) => (picture(pdf, found, &place, warnings)?, Issued::Unknown),
        None if pushed => (picture(pdf, found, &place, warnings)?, Issued::Unknown),
        Some(FieldKind::Check) => ticked(pdf, found)?,
        None if button => ticked(pdf, found)?,
        _ => {
            let mut damaged = false;
            let mut text = |pdf: &mut Pdf, key| -> Result<Option<String>, Fault> {
                let options = found.get(pdf, Key::Options)?;
                let words = {
                    let text = found.get(pdf, key)?;
                    value::chosen(pdf, &text, &options)?
                };
                damaged |= key == Key::Value && words.as_ref().is_some_and(|words| words.damaged);
                Ok(words.map(|words| words.text))
            };
            let now = text(pdf, Key::Value)?.unwrap_or_default();
            pdf.kept(now.len())?;
            let issued = text(pdf, Key::Default)?;
            pdf.kept(issued.as_ref().map_or(0, String::len))?;
            let issued = issued.map_or(Issued::Unknown, Issued::Text);
            if damaged {
                warnings.push(damaged_character(place()));
            }
            if found.differs {
                warnings.push(unequal_values(place()));
            }
            (Content::Text(now), issued)
        }
    };
    Ok(Some(Returned { name, kind, label, value, issued }))
}

fn ticked(pdf: &mut Pdf, found: &Found) -> Result<(Content, Issued), Fault> {
    // 12.7.4.2.3: every state but Off is on.
    let on = |object: &Object| match object {
        Object::Name(name) => Some(name != b"Off"),
        Object::String(text, _) => Some(!text.is_empty() && text != b"Off"),
        _ => None,
    };
    let mut now = on(&*found.get(pdf, Key::Value)?);
    if now.is_none() {
        for widget in &found.widgets {
            let Ok(widget) = widget.as_dict() else { continue };
            now = Some(now == Some(true) || on(&*pdf.value(widget, b"AS")?) == Some(true));
        }
    }
    let issued = on(&*found.get(pdf, Key::Default)?);
    Ok((Content::Ticked(now == Some(true)), issued.map_or(Issued::Unknown, |on| Issued::Text(on.to_string()))))
}

fn picture(pdf: &mut Pdf, found: &Found, place: &dyn Fn() -> Place, warnings: &mut Diagnostics) -> Result<Content, Fault> {
    Ok(Content::Picture(match photo::shown(pdf, &found.widgets)? {
        Shown::Nothing => None,
        Shown::Picture(file) => Some(file),
        Shown::Unreadable => {
            let message = Message::new(
                "照片读不出来：它在文件里的存法不认识",
                "the photo cannot be read: the file stores it in a way that is not known here",
            );
            let help = Message::new("把原来的照片文件另放在记录里", "put the original photo file into the record instead");
            warnings.push(Diagnostic::warning("photo-unreadable", place(), message).with_help(help));
            None
        }
    }))
}

fn beside_the_fields(notes: usize, file: &str) -> Diagnostic {
    let message = Message::new(
        format!("表上有 {notes} 处后加的文字框、批注、手写或图章，不在任何一栏里，没有读取"),
        format!("{notes} text boxes, comments, strokes or stamps were put on the pages, outside all fields, and are not read"),
    );
    let help = Message::new(
        "打开文件看看；该填在栏里的，填进栏里再交",
        "open the file and look at them; have what belongs into a field typed into the field",
    );
    Diagnostic::warning("notes-on-pages", Place::File { file: file.to_owned() }, message).with_help(help)
}

fn not_ours(strangers: usize, file: &str) -> Diagnostic {
    let message = Message::new(
        format!("文件里有 {strangers} 栏填有内容，但不是这张表的栏，没有取出"),
        format!("{strangers} fields of the file hold something and are none of the form's; they were not taken"),
    );
    let help = Message::new(
        "可能是后加的栏，也可能是几份表合成了一个文件：每人的表请分开交",
        "they were added, or several forms were merged into one file: hand in each form on its own",
    );
    Diagnostic::warning("fields-not-ours", Place::File { file: file.to_owned() }, message).with_help(help)
}

fn damaged_character(place: Place) -> Diagnostic {
    let message =
        Message::new("有字坏了：填写它的程序只存下了半个字", "a character is damaged: the program that filled it in kept half of it");
    let help = Message::new("对照原件改正；生僻字请用 DOCX 填写", "correct it by the original; for rare characters fill in the DOCX");
    Diagnostic::warning("damaged-character", place, message).with_help(help)
}

fn unequal_values(place: Place) -> Diagnostic {
    let message =
        Message::new("这一栏在文件里有两个不同的值，取了第一个", "the file holds two different values of this field; the first was taken");
    let help = Message::new("打开文件看看纸面上是哪一个", "open the file and see which one stands on paper");
    Diagnostic::warning("unequal-values", place, message).with_help(help)
}
