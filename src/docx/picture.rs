//! Pictures: the photo as it came, at its place; for a blank form a small drawing of its empty ink.

use std::fmt::Write;
use std::sync::Arc;

use super::drawing::{self, Drawing};
use super::measure::emu;
use crate::error::Error;
use crate::fonts::Fonts;
use crate::image::{self, Colour, Picture, PictureData};
use crate::layout::{ItemKind, Placed, Widget};
use crate::package::Part;
use crate::package::marks::NO_PICTURE;
use crate::units::{Mm, Rect};

/// Dots in a millimetre of the drawing of an empty place, 203 to the inch.
const DOTS: f64 = 8.0;

/// The pictures of a document, each once.
#[derive(Default)]
pub(super) struct Pictures {
    parts: Vec<Part>,
    known: Vec<(Arc<Picture>, usize)>,
}

/// A picture at its place.
pub(super) struct PlacedPicture {
    /// The number of the picture, from 1.
    number: usize,
    /// What is seen of it.
    clip: Rect,
    /// Where the whole of it lies.
    at: Rect,
    /// Whether it is the drawing of an empty place.
    pub(super) empty: bool,
}

impl Pictures {
    /// The picture that stands in a photo's place, or a drawing of the empty place.
    pub(super) fn place(&mut self, widget: &Widget, fonts: &Fonts) -> Result<PlacedPicture, Error> {
        let placed = widget.items.iter().find_map(|item| if let ItemKind::Image(placed) = &item.kind { Some(placed) } else { None });
        match placed {
            Some(Placed { at, clip, picture, .. }) => {
                Ok(PlacedPicture { number: self.photo(picture)?, clip: *clip, at: *at, empty: false })
            }
            None => {
                let number = self.add("png", empty_place(widget, fonts)?);
                Ok(PlacedPicture { number, clip: widget.at, at: widget.at, empty: true })
            }
        }
    }

    fn photo(&mut self, picture: &Arc<Picture>) -> Result<usize, Error> {
        if let Some((_, number)) = self.known.iter().find(|(known, _)| Arc::ptr_eq(known, picture)) {
            return Ok(*number);
        }
        let number = match &picture.data {
            PictureData::Jpeg(bytes) => self.add("jpeg", bytes.clone()),
            PictureData::Raw(samples) => self.add("png", image::png(picture.width, picture.height, picture.colour, samples, None)?),
        };
        self.known.push((Arc::clone(picture), number));
        Ok(number)
    }

    fn add(&mut self, ending: &str, bytes: Vec<u8>) -> usize {
        let number = self.parts.len() + 1;
        self.parts.push(Part { name: format!("word/media/image{number}.{ending}"), bytes });
        number
    }

    /// The file of a placed picture.
    pub(super) fn bytes(&self, placed: &PlacedPicture) -> &[u8] {
        self.parts.get(placed.number - 1).map_or(&[], |part| part.bytes.as_slice())
    }

    /// The files, in the order of their numbers.
    pub(super) fn parts(self) -> Vec<Part> {
        self.parts
    }

    /// Adds the relationships of the pictures.
    pub(super) fn relate(&self, out: &mut String) {
        for (number, part) in (1..).zip(&self.parts) {
            let target = part.name.strip_prefix("word/").unwrap_or(&part.name);
            let _ = write!(
                out,
                "<Relationship Id=\"rIdImage{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" \
                 Target=\"{target}\"/>"
            );
        }
    }
}

impl PlacedPicture {
    /// A run with the picture in its line (20.4.2.8); `id` is its own in the document, `name` the field's key.
    pub(super) fn run(&self, id: usize, name: &str, label: &str) -> String {
        let (width, height) = (emu(self.clip.w), emu(self.clip.h));
        let number = self.number;
        let crop = self.crop();
        format!(
            "<w:r><w:rPr><w:noProof/></w:rPr><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">\
             <wp:extent cx=\"{width}\" cy=\"{height}\"/><wp:docPr id=\"{id}\" name=\"{name}\" descr=\"{label}\"/>\
             <wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect=\"1\"/></wp:cNvGraphicFramePr>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
             <pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"{name}\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"rIdImage{number}\"/>{crop}<a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
             <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm>\
             <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr>\
             </pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
    }

    /// What is cut off at each side, in thousandths of a hundredth (20.1.8.55).
    fn crop(&self) -> String {
        let share = |part: Mm, whole: Mm| if whole.0 > 0.0 { (part / whole * 100_000.0).round().clamp(0.0, 100_000.0) as u32 } else { 0 };
        let sides = [
            ("l", share(self.clip.x - self.at.x, self.at.w)),
            ("t", share(self.clip.y - self.at.y, self.at.h)),
            ("r", share(self.at.right() - self.clip.right(), self.at.w)),
            ("b", share(self.at.bottom() - self.clip.bottom(), self.at.h)),
        ];
        let cut: String = sides.iter().filter(|(_, share)| *share > 0).map(|(side, share)| format!(" {side}=\"{share}\"")).collect();
        if cut.is_empty() { String::new() } else { format!("<a:srcRect{cut}/>") }
    }
}

/// A drawing of an empty place with its ink: Word lets a person replace a picture only where there is one.
fn empty_place(widget: &Widget, fonts: &Fonts) -> Result<Vec<u8>, Error> {
    let Drawing { width, height, samples } = drawing::draw(widget, fonts, DOTS)?;
    image::png(width as u32, height as u32, Colour::Grey, &samples, Some(NO_PICTURE))
}
