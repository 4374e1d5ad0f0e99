//! What lies on a page (ISO 32000-1, 12.5): its looks are ink on the copy, and it is nothing else any more.
//!
//! A seal on a certificate is often a stamp, or the looks of a signature: a copy without it would not be the certificate's.

use super::Dropped;
use super::allowed::Kind;
use super::boxes::{numbers, rectangle};
use super::content::Scan;
use super::copier::{Copier, Entries};
use crate::pdf_in::{Dictionary, Fault, Object, Value};

/// The bits of `/F` (table 165).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;

/// So many annotations of a page are looked at.
const MOST: usize = 2_000;

/// The page on which the looks are drawn.
pub(super) struct Into<'d> {
    pub content: &'d mut Vec<u8>,
    pub resources: &'d mut Entries,
    pub scan: &'d mut Scan,
}

/// Draws the looks of everything that lies on the page and would be printed.
pub(super) fn draw(copier: &mut Copier<'_, '_>, page: &Dictionary, into: Into<'_>, dropped: &mut Dropped) -> Result<(), Fault> {
    let list = copier.pdf.value(page, b"Annots")?;
    let Object::Array(list) = &*list else { return Ok(()) };
    let mut looks = Vec::new();
    for one in list.iter().take(MOST) {
        let Some(annotation) = copier.pdf.dictionary(one)? else { continue };
        copier.pdf.kept(256)?;
        let subtype = copier.pdf.value(&annotation, b"Subtype")?.as_name().unwrap_or_default().to_vec();
        dropped.actions |= annotation.has(b"AA") || subtype != b"Link" && annotation.has(b"A");
        dropped.files |= subtype == b"FileAttachment";
        if matches!(subtype.as_slice(), b"Link" | b"Popup") {
            continue;
        }
        let flags = copier.pdf.value(&annotation, b"F")?.as_i64().unwrap_or(0);
        if flags & HIDDEN != 0 {
            continue;
        }
        let layer = match annotation.get(b"OC") {
            Ok(layer) => copier.layers.hides(copier.pdf, layer)?,
            Err(_) => false,
        };
        let look = if flags & PRINT != 0 && !layer { look(copier, &annotation)? } else { None };
        let Some(look) = look else {
            // An empty field looks like nothing: nobody misses it.
            let widget = subtype == b"Widget" && !annotation.has(b"V");
            dropped.unprinted += usize::from(!widget && flags & NO_VIEW == 0);
            continue;
        };
        match subtype.as_slice() {
            b"Widget" if is_signature(copier, &annotation)? => dropped.signatures += 1,
            b"Widget" => dropped.fields += usize::from(annotation.has(b"V") || annotation.has(b"Parent")),
            _ => dropped.stamps += 1,
        }
        looks.push(look);
    }
    if looks.is_empty() {
        return Ok(());
    }
    // The page's own operators may leave any state behind.
    into.content.splice(0..0, *b"q\n");
    into.content.extend(b"\nQ\n");
    let mut names = match into.resources.iter().position(|(key, _)| key == b"XObject").map(|at| into.resources.remove(at).1) {
        Some(Value::Dict(names)) => names,
        Some(Value::Ref(_)) | None => own_names(copier, page)?,
        Some(_) => Vec::new(),
    };
    for (number, Look { form, matrix }) in looks.into_iter().enumerate() {
        let name = format!("FwAnnotation{number}").into_bytes();
        let numbers: Vec<String> = matrix.iter().map(f32::to_string).collect();
        into.content.extend(format!("q {} cm /", numbers.join(" ")).bytes());
        into.content.extend(&name);
        into.content.extend(b" Do Q\n");
        names.retain(|(known, _)| *known != name);
        into.scan.xobjects.insert(name.clone());
        names.push((name, form));
    }
    into.resources.push((b"XObject".to_vec(), Value::Dict(names)));
    Ok(())
}

/// The page's own names of pictures and forms, where they stand in an object of their own.
fn own_names(copier: &mut Copier<'_, '_>, page: &Dictionary) -> Result<Entries, Fault> {
    let resources = page.get(b"Resources").cloned().unwrap_or(Object::Null);
    let resources = copier.pdf.dictionary(&resources)?.unwrap_or_default();
    let names = copier.pdf.value(&resources, b"XObject")?.as_dict().cloned().unwrap_or_default();
    copier.dictionary(&names, Kind::Each(super::allowed::Each::Xobject))
}

/// An appearance and the matrix that sets it into its rectangle.
struct Look {
    form: Value,
    matrix: [f32; 6],
}

fn look(copier: &mut Copier<'_, '_>, annotation: &Dictionary) -> Result<Option<Look>, Fault> {
    let Some(rect) = rectangle(copier.pdf, annotation, b"Rect")? else { return Ok(None) };
    let appearances = copier.pdf.value(annotation, b"AP")?.as_dict().cloned().unwrap_or_default();
    let mut normal = appearances.get(b"N").cloned().unwrap_or(Object::Null);
    if let Some(states) = copier.pdf.dictionary(&normal)? {
        // 12.5.5: one for each state of a box to tick.
        let state = copier.pdf.value(annotation, b"AS")?.as_name().unwrap_or_default().to_vec();
        normal = states.get(&state).cloned().unwrap_or(Object::Null);
    }
    let form = match &*copier.pdf.follow(&normal)? {
        Object::Stream(form) => form.dict.clone(),
        _ => return Ok(None),
    };
    if copier.pdf.value(&form, b"Subtype")?.as_name().is_ok_and(|subtype| subtype != b"Form") {
        return Ok(None);
    }
    let Some(bbox) = rectangle(copier.pdf, &form, b"BBox")? else { return Ok(None) };
    let matrix = numbers(copier.pdf, &form, b"Matrix")?.unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let Some(matrix) = into_rectangle(bbox, matrix, rect) else { return Ok(None) };
    Ok(copier.value(&normal, Kind::Xobject)?.map(|form| Look { form, matrix }))
}

/// The matrix of 12.5.5, algorithm 8.1: the box, turned by the form's own matrix, is stretched into the rectangle.
fn into_rectangle([left, bottom, right, top]: [f32; 4], [a, b, c, d, e, f]: [f32; 6], rect: [f32; 4]) -> Option<[f32; 6]> {
    let corners = [(left, bottom), (right, bottom), (right, top), (left, top)].map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
    let across = corners.map(|(x, _)| x);
    let down = corners.map(|(_, y)| y);
    let least = |values: [f32; 4]| values.into_iter().fold(f32::INFINITY, f32::min);
    let most = |values: [f32; 4]| values.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let (x, y) = (least(across), least(down));
    let (width, height) = (most(across) - x, most(down) - y);
    let (sx, sy) = ((rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height);
    let matrix = [sx, 0.0, 0.0, sy, rect[0] - x * sx, rect[1] - y * sy];
    matrix.iter().all(|number| number.is_finite()).then_some(matrix)
}

/// Whether a field, or the field above it, is a signature (12.7.4.5).
fn is_signature(copier: &mut Copier<'_, '_>, annotation: &Dictionary) -> Result<bool, Fault> {
    let mut field = annotation.clone();
    for _ in 0..8 {
        if let Ok(kind) = field.get(b"FT") {
            return Ok(copier.pdf.follow(kind)?.as_name().is_ok_and(|kind| kind == b"Sig"));
        }
        let parent = field.get(b"Parent").cloned().unwrap_or(Object::Null);
        let Some(above) = copier.pdf.dictionary(&parent)? else { break };
        field = above;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_set_into_their_rectangles() {
        let plain = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        assert_eq!(into_rectangle([0.0, 0.0, 10.0, 20.0], plain, [100.0, 200.0, 120.0, 240.0]), Some([2.0, 0.0, 0.0, 2.0, 100.0, 200.0]));
        // A form turned a quarter.
        let turned = [0.0, 1.0, -1.0, 0.0, 0.0, 0.0];
        assert_eq!(into_rectangle([0.0, 0.0, 10.0, 20.0], turned, [0.0, 0.0, 20.0, 10.0]), Some([1.0, 0.0, 0.0, 1.0, 20.0, 0.0]));
        assert_eq!(into_rectangle([0.0, 0.0, 10.0, 20.0], [0.0; 6], [0.0, 0.0, 20.0, 10.0]), None);
    }
}
