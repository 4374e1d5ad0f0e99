//! The finishing pass over `word/document.xml`: what docx-rs 0.4.22 writes out of order, wrongly or not at all.
//!
//! | docx-rs writes | ECMA-376 part 1 | here |
//! |---|---|---|
//! | children of properties in its own order | 17.3.1.26, 17.3.2.28, 17.4.60, 17.4.70, 17.6.17: sequences | sorted |
//! | `w:gridCol/@w:type` | 17.4.16: no such attribute | left out |
//! | `w14:paraId`, empty properties | optional | left out |
//! | a control's properties with a title alone | 17.5.2.38 | written whole, [`super::control`] |
//! | no head rows | 17.4.78 | `w:tblHeader` |
//! | forty namespaces | – | the seven in use |

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::order;
use super::shared::Shared;
use super::xml::DECLARATION;
use crate::error::Error;

/// The document element with the namespaces in use; readers that do not know `w14` pass over it.
const ROOT: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
    xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" mc:Ignorable=\"w14\">";

/// An element that is being written.
struct Open {
    /// The order that its children must have, if they must have one.
    order: Option<&'static [&'static str]>,
    /// Where the element begins in the output, and where its first child does.
    begin: usize,
    inside: usize,
    /// Rank and end of each child; a child begins where the one before ends.
    children: Vec<(usize, usize)>,
}

/// `word/document.xml` as it should be.
pub(super) fn finish(document: &str, shared: &Shared) -> Result<String, Error> {
    let mut out = String::with_capacity(document.len() + document.len() / 2);
    out.push_str(DECLARATION);
    let mut reader = Reader::from_str(document);
    let mut open: Vec<Open> = Vec::new();
    let mut rows = shared.heads.iter();
    let mut head = false;
    let mut content = None;
    loop {
        match reader.read_event().map_err(failed)? {
            Event::Start(tag) => {
                let name = tag.name();
                let begin = out.len();
                match name.as_ref() {
                    "w:document" => out.push_str(ROOT),
                    "w:p" => out.push_str("<w:p>"),
                    "w:sdtPr" => {
                        let control = shared.controls.get(number(&mut reader)?).ok_or_else(|| failed("a control is not known"))?;
                        out.push_str(&control.properties);
                        content = control.content.as_deref();
                        continue;
                    }
                    "w:sdtContent" => {
                        out.push_str("<w:sdtContent>");
                        out.push_str(content.take().unwrap_or_default());
                    }
                    "w:tr" => {
                        head = rows.next().copied().unwrap_or_default();
                        write_tag(&mut out, &tag, ">");
                    }
                    _ => write_tag(&mut out, &tag, ">"),
                }
                open.push(Open { order: order::of(name.as_ref()), begin, inside: out.len(), children: Vec::new() });
            }
            Event::Empty(tag) => match tag.name().as_ref() {
                // Empty properties say nothing.
                "w:rPr" | "w:pPr" => {}
                "w:sdtContent" => {
                    out.push_str("<w:sdtContent>");
                    out.push_str(content.take().unwrap_or_default());
                    out.push_str("</w:sdtContent>");
                }
                "w:gridCol" => {
                    let width = tag.try_get_attribute("w:w").map_err(failed)?;
                    out.push_str("<w:gridCol w:w=\"");
                    out.push_str(width.as_ref().map_or("0", |width| width.value.as_ref()));
                    out.push_str("\"/>");
                }
                name => {
                    write_tag(&mut out, &tag, "/>");
                    child(&mut open, name, &out);
                }
            },
            Event::End(tag) => {
                let name = tag.name();
                if name.as_ref() == "w:trPr" && head {
                    out.push_str("<w:tblHeader/>");
                    child(&mut open, "w:tblHeader", &out);
                }
                let Some(element) = open.pop() else { return Err(failed("an element ends that never began")) };
                if element.order.is_some() && element.children.is_empty() {
                    out.truncate(element.begin);
                    continue;
                }
                sort(&mut out, element);
                out.push_str("</");
                out.push_str(name.as_ref());
                out.push('>');
                child(&mut open, name.as_ref(), &out);
            }
            Event::Text(text) => out.push_str(&text.into_inner()),
            Event::GeneralRef(reference) => {
                out.push('&');
                out.push_str(&reference.into_inner());
                out.push(';');
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// Notes that a child of ordered properties was written.
fn child(open: &mut [Open], name: &str, out: &str) {
    if let Some(around) = open.last_mut()
        && let Some(order) = around.order
    {
        let rank = order.iter().position(|known| *known == name).unwrap_or(order.len());
        around.children.push((rank, out.len()));
    }
}

/// Puts the children of properties in order.
fn sort(out: &mut String, element: Open) {
    if element.children.is_sorted_by_key(|(rank, _)| *rank) {
        return;
    }
    let mut pieces = Vec::with_capacity(element.children.len());
    let mut begin = element.inside;
    for (rank, end) in element.children {
        pieces.push((rank, out.get(begin..end).unwrap_or_default().to_owned()));
        begin = end;
    }
    pieces.sort_by_key(|(rank, _)| *rank);
    out.truncate(element.inside);
    pieces.iter().for_each(|(_, piece)| out.push_str(piece));
}

/// A tag with its attributes, without blanks that say nothing.
fn write_tag(out: &mut String, tag: &BytesStart, end: &str) {
    out.push('<');
    out.push_str(tag.name().as_ref());
    let attributes = tag.attributes_raw().trim();
    if !attributes.is_empty() {
        out.push(' ');
        out.push_str(attributes);
    }
    out.push_str(end);
}

/// The number of a control, which the tree carries as its title; reads to the end of the properties.
fn number(reader: &mut Reader<&[u8]>) -> Result<usize, Error> {
    let mut number = None;
    loop {
        match reader.read_event().map_err(failed)? {
            Event::Empty(tag) if tag.name().as_ref() == "w:alias" => {
                let value = tag.try_get_attribute("w:val").map_err(failed)?;
                number = value.and_then(|value| value.value.parse().ok());
            }
            Event::End(tag) if tag.name().as_ref() == "w:sdtPr" => return number.ok_or_else(|| failed("a control has no number")),
            Event::Eof => return Err(failed("a control does not end")),
            _ => {}
        }
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Write(format!("finishing the document: {error}"))
}
