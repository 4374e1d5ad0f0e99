//! The picture on a photo's button.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::image::{self, Colour, Picture, PictureData};
use crate::pdf_in::{Dictionary, Fault, Got, Object, Pdf};

/// What a button shows.
pub(super) enum Shown {
    /// No picture.
    Nothing,
    /// A picture as a file: JPEG or PNG.
    Picture(Vec<u8>),
    /// A picture that cannot be taken out.
    Unreadable,
}

/// The most XObjects that are looked into for a picture: ours is one level below the button's own.
const MOST_LOOKED_AT: usize = 64;

/// What the widgets of a button show: by their appearance, which a person sees; where that is lost or has no picture,
/// by the button's icon (12.5.6.19, table 189).
pub(super) fn shown(pdf: &mut Pdf, widgets: &[Rc<Object>]) -> Result<Shown, Fault> {
    for (outer, inner) in [(b"AP", b"N"), (b"MK", b"I")] {
        for widget in widgets.iter().take(MOST_LOOKED_AT) {
            let Ok(widget) = widget.as_dict() else { continue };
            let holder = pdf.value(widget, outer)?;
            let Ok(holder) = holder.as_dict() else { continue };
            if let Got::There(form) = pdf.value(holder, inner)?
                && let Some(image) = largest(pdf, form)?
            {
                return Ok(taken_out(pdf, &image)?.map_or(Shown::Unreadable, Shown::Picture));
            }
        }
    }
    Ok(Shown::Nothing)
}

/// The image of most pixels in an XObject and those it uses (8.10.1).
fn largest(pdf: &mut Pdf, form: Rc<Object>) -> Result<Option<Rc<Object>>, Fault> {
    let mut queue = vec![form];
    let mut seen = BTreeSet::new();
    let mut best: Option<(i64, Rc<Object>)> = None;
    while let Some(object) = queue.pop() {
        let Ok(stream) = object.as_stream() else { continue };
        match stream.dict.get(b"Subtype") {
            Ok(Object::Name(name)) if name == b"Image" => {
                let side = |key| stream.dict.get(key).and_then(Object::as_i64).unwrap_or(0);
                let mask = matches!(stream.dict.get(b"ImageMask"), Ok(Object::Boolean(true)));
                let pixels = side(b"Width").saturating_mul(side(b"Height"));
                if !mask && best.as_ref().is_none_or(|(most, _)| *most < pixels) {
                    best = Some((pixels, Rc::clone(&object)));
                }
            }
            _ => {
                let resources = pdf.value(&stream.dict, b"Resources")?;
                let Ok(resources) = resources.as_dict() else { continue };
                let inside = pdf.value(resources, b"XObject")?;
                let Ok(inside) = inside.as_dict() else { continue };
                for (_, one) in inside.iter() {
                    if let Object::Reference(id) = one
                        && seen.len() < MOST_LOOKED_AT
                        && seen.insert(id.0)
                        && let Got::There(one) = pdf.follow(one)?
                    {
                        queue.push(one);
                    }
                }
            }
        }
    }
    Ok(best.map(|(_, image)| image))
}

/// An image as a file; `None` where its coding is not known.
fn taken_out(pdf: &mut Pdf, image: &Object) -> Result<Option<Vec<u8>>, Fault> {
    let Ok(stream) = image.as_stream() else { return Ok(None) };
    if let Some(jpeg) = pdf.content_before(stream, b"DCTDecode")? {
        return Ok(jpeg.starts_with(b"\xFF\xD8").then_some(jpeg));
    }
    let side = |pdf: &mut Pdf, key: &[u8]| -> Result<Option<u32>, Fault> {
        let side = pdf.value(&stream.dict, key)?.as_i64().ok().and_then(|side| u32::try_from(side).ok());
        Ok(side.filter(|side| (1..=65_535).contains(side)))
    };
    let (Some(width), Some(height)) = (side(pdf, b"Width")?, side(pdf, b"Height")?) else { return Ok(None) };
    let eight = pdf.value(&stream.dict, b"BitsPerComponent")?.as_i64().is_ok_and(|bits| bits == 8);
    let (Some(colour), true, false) = (colour(pdf, &stream.dict)?, eight, stream.dict.has(b"Decode")) else { return Ok(None) };
    let Some(mut samples) = pdf.content(stream)? else { return Ok(None) };
    let channels = if colour == Colour::Grey { 1 } else { 3 };
    let Some(size) = usize::try_from(u64::from(width) * u64::from(height) * channels).ok() else { return Ok(None) };
    samples.truncate(size);
    Ok(image::file(&Picture { width, height, colour, data: PictureData::Raw(samples) }))
}

/// The colours of an image's samples (8.6.3), where they are grey or RGB.
fn colour(pdf: &mut Pdf, image: &Dictionary) -> Result<Option<Colour>, Fault> {
    let space = pdf.value(image, b"ColorSpace")?;
    let family = match &*space {
        Object::Name(name) => name.clone(),
        Object::Array(array) => {
            let (Some(Object::Name(name)), profile) = (array.first(), array.get(1)) else { return Ok(None) };
            match (&name[..], profile) {
                (b"ICCBased", Some(profile)) => {
                    let profile = pdf.follow(profile)?;
                    let Ok(profile) = profile.as_stream() else { return Ok(None) };
                    match profile.dict.get(b"N") {
                        Ok(Object::Integer(1)) => b"DeviceGray".to_vec(),
                        Ok(Object::Integer(3)) => b"DeviceRGB".to_vec(),
                        _ => return Ok(None),
                    }
                }
                _ => name.clone(),
            }
        }
        _ => return Ok(None),
    };
    Ok(match &family[..] {
        b"DeviceGray" | b"CalGray" => Some(Colour::Grey),
        b"DeviceRGB" | b"CalRGB" => Some(Colour::Rgb),
        _ => None,
    })
}
