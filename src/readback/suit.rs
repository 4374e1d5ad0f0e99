//! A filled file beside the template it is to suit: kinds and labels from the template, fields that are not there or not known.

use std::collections::{BTreeMap, BTreeSet};

use super::{Content, ReadBack, damage, restore};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::form::{Field, Form};
use crate::name::FieldName;

/// So many warnings of a kind are given, and the others only counted.
const MOST: usize = 20;

/// So many fields that are missing or not known are told each.
const FEW: usize = 5;

/// A file's name of a template is shown so long at most.
const LONGEST: usize = 60;

/// The same values with what the form says of their fields, and with what a person should look at beside it.
///
/// `file` is the name that messages give the file. The form is that of the template expanded for the file's own record.
pub fn suited(back: &ReadBack, form: &Form, file: &str) -> ReadBack {
    let mut suited = back.clone();
    let known = Known::of(form);
    for field in &mut suited.fields {
        if let Some(known) = known.field(&field.name) {
            field.kind = Some(known.kind.clone());
            field.label = restore::label_of_column(&field.name, &known.name, &known.label);
        }
    }
    let mut found = Diagnostics::default();
    found.extend(issue(back, form, file));
    found.extend(missing(back, form, file));
    found.extend(unknown(back, &known, file));
    // What a kind or a label was needed for is said anew.
    found.extend(back.warnings.iter().filter(|one| !RESTATED.contains(&one.code)).cloned());
    found.extend(remarks(&suited));
    suited.warnings = found;
    suited
}

/// The fields of a form, found by name; a row that the form does not have is like its first row.
pub(super) struct Known<'f> {
    by_name: BTreeMap<&'f str, &'f Field>,
    by_pattern: BTreeMap<String, &'f Field>,
}

impl<'f> Known<'f> {
    pub(super) fn of(form: &'f Form) -> Known<'f> {
        let by_name = form.fields.iter().map(|field| (field.name.as_str(), field)).collect();
        // The first row of a list stands for the others.
        let by_pattern = form.fields.iter().rev().map(|field| (field.name.pattern(), field)).collect();
        Known { by_name, by_pattern }
    }

    pub(super) fn field(&self, name: &FieldName) -> Option<&'f Field> {
        self.by_name.get(name.as_str()).or_else(|| self.by_pattern.get(&name.pattern())).copied()
    }
}

/// The codes of [`remarks`].
const RESTATED: [&str; 8] = [
    "damaged-character",
    "value-missing",
    "unreadable-date",
    "photo-too-large",
    "text-too-long",
    "too-many-rows",
    "too-many-values",
    "name-clash",
];

/// What a person should look at in the values, whatever format the file is.
pub(super) fn remarks(back: &ReadBack) -> Diagnostics {
    let mut found = restore::record(&back.fields).1;
    let mut budget = damage::MOST_HASHED;
    let damages = back.fields.iter().flat_map(|field| damage::warnings(field, &mut budget)).collect();
    found.extend(capped(damages));
    found
}

/// Whether the file was made from another template, or from another version of it.
fn issue(back: &ReadBack, form: &Form, file: &str) -> Option<Diagnostic> {
    let (issue, own) = (back.issue.as_ref()?, &form.template);
    let place = Place::File { file: file.to_owned() };
    if issue.template != own.id {
        let other = cut(&issue.template);
        let message = Message::new(
            format!("这个文件是用模板 {other} 做的，不是 {}", own.id),
            format!("this file was made from the template {other}, not from {}", own.id),
        );
        let help =
            Message::new("核对模板名；同名的栏目照样取出", "look at the template's name; fields of the same name are taken all the same");
        return Some(Diagnostic::warning("other-template", place, message).with_help(help));
    }
    if issue.digest == own.digest && issue.version == own.version {
        return None;
    }
    let (zh, en) = if issue.version == own.version {
        ("版本号相同，内容改过".to_owned(), "the same number, other contents".to_owned())
    } else {
        let before = cut(&issue.version);
        (
            format!("文件是第 {before} 版，现在是第 {} 版", own.version),
            format!("the file has {before}, the template is {} now", own.version),
        )
    };
    let message = Message::new(
        format!("这个文件是用另一版的模板 {} 做的（{zh}）", own.id),
        format!("this file was made from another version of the template {} ({en})", own.id),
    );
    let help = Message::new("核对表上的文字和栏目是否仍然合用", "look whether the form's words and fields still suit");
    Some(Diagnostic::warning("other-version", place, message).with_help(help))
}

fn cut(text: &str) -> String {
    text.char_indices().nth(LONGEST).map_or_else(|| text.to_owned(), |(end, _)| format!("{}…", text.get(..end).unwrap_or_default()))
}

/// Fields of the template that the file does not have.
fn missing(back: &ReadBack, form: &Form, file: &str) -> Vec<Diagnostic> {
    let there: BTreeSet<&str> = back.fields.iter().map(|field| field.name.as_str()).collect();
    let known = |field: &&Field| {
        let pointer = field.name.pointer();
        let told =
            |one: &Diagnostic| one.code == "field-missing" && matches!(&one.place, Place::Record { pointer: at, .. } if *at == pointer);
        // A reader that knows what the file was issued with may have told already.
        !there.contains(field.name.as_str()) && !back.warnings.iter().any(told)
    };
    let gone: Vec<(String, String)> = form
        .fields
        .iter()
        .filter(|field| field.kind.is_data())
        .filter(known)
        .map(|field| (field.name.pointer(), restore::label(&field.name, &field.label)))
        .collect();
    let help = Message::new(
        "多半是在编辑时删掉了：在记录里补上，或重新发一份",
        "deleted while the file was edited, most likely: write it into the record, or send out a new form",
    );
    grouped("field-missing", &gone, file, help, |labels| match labels {
        None => Message::new("文件里没有这一栏", "the file does not have this field"),
        Some((count, labels)) => Message::new(
            format!("文件里没有模板的 {count} 栏：{labels}"),
            format!("the file lacks {count} fields of the template: {labels}"),
        ),
    })
}

/// Fields of the file with something in them that the template does not have.
fn unknown(back: &ReadBack, known: &Known<'_>, file: &str) -> Vec<Diagnostic> {
    let filled = |content: &Content| match content {
        Content::Text(text) => !text.trim().is_empty(),
        Content::Ticked(ticked) => *ticked,
        Content::Picture(picture) => picture.is_some(),
    };
    let strange = back.fields.iter().filter(|field| filled(&field.value) && known.field(&field.name).is_none());
    let strange: Vec<(String, String)> = strange.map(|field| (field.name.pointer(), restore::label(&field.name, &field.label))).collect();
    let help = Message::new("核对模板名；记录里照样保留", "look at the template's name; the record keeps it all the same");
    grouped("unknown-field", &strange, file, help, |labels| match labels {
        None => Message::new("模板没有这一栏，它的内容不会印出", "the template does not have this field; what it holds is not printed"),
        Some((count, labels)) => Message::new(
            format!("模板没有文件里的 {count} 栏，它们的内容不会印出：{labels}"),
            format!("the template lacks {count} fields of the file; what they hold is not printed: {labels}"),
        ),
    })
}

/// A warning for each of a few fields, given by pointer and label; one for many, with how many they are and the first labels.
fn grouped(
    code: &'static str,
    fields: &[(String, String)],
    file: &str,
    help: Message,
    words: impl Fn(Option<(usize, &str)>) -> Message,
) -> Vec<Diagnostic> {
    if fields.len() > FEW {
        let shown = fields.iter().take(FEW).map(|(pointer, label)| cut(if label.is_empty() { pointer } else { label }));
        let labels = format!("{}…", shown.collect::<Vec<_>>().join("、"));
        let place = Place::File { file: file.to_owned() };
        return vec![Diagnostic::warning(code, place, words(Some((fields.len(), &labels)))).with_help(help)];
    }
    let each = fields.iter().map(|(pointer, label)| {
        let place = Place::Record { pointer: pointer.clone(), label: label.clone() };
        Diagnostic::warning(code, place, words(None)).with_help(help.clone())
    });
    each.collect()
}

/// At most so many of each code, and a last one that counts the others.
fn capped(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for one in found {
        let count = counts.entry(one.code).or_default();
        *count += 1;
        if *count <= MOST {
            kept.push(one);
        }
    }
    for (code, count) in counts {
        let Some(more) = count.checked_sub(MOST).filter(|more| *more > 0) else { continue };
        let place = Place::Record { pointer: String::new(), label: String::new() };
        let message = Message::new(format!("这样的问题还有 {more} 处，没有列出"), format!("{more} more of this kind are not listed"));
        kept.push(Diagnostic::warning(code, place, message));
    }
    kept
}
