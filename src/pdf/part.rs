//! A part: pages drawn once, to be put into any number of files.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::coords::Area;
use super::copy::{StoredCopy, StoredObject};
use super::picture::StoredPicture;
use super::stream::Stored;
use crate::error::Error;
use crate::fonts::{FaceId, Fonts};
use crate::form::TemplateId;

/// A dossier drawn for print: pages with their content, and what they need.
///
/// Nothing in it depends on the file it goes into, so it is drawn once, kept on disk, and copied into a file of its own
/// ([`super::write_part`]) and into a print run ([`super::PrintRun`]). Its streams are ready: putting it into a file
/// is copying. It needs the faces it was drawn with, and refuses others.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The template of the first section.
    pub(super) template: TemplateId,
    pub(super) faces: Vec<DrawnFace>,
    pub(super) pictures: Vec<StoredPicture>,
    pub(super) copies: Vec<StoredCopy>,
    /// What the copies refer to, by its index.
    pub(super) objects: Vec<StoredObject>,
    pub(super) sheets: Vec<Sheet>,
}

/// A face as a part uses it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct DrawnFace {
    id: u16,
    name: String,
    head: Vec<u8>,
    /// The glyphs, sorted.
    pub(super) glyphs: Vec<u16>,
}

/// A drawn page.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Sheet {
    pub(super) area: Area,
    /// The bookmark, if a part of the dossier begins here.
    pub(super) title: Option<String>,
    pub(super) drawing: Drawing,
}

/// A content stream and what it names: `F` with the number of a face, `I` and `C` with the place of a picture and of a
/// copy among those of the part.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Drawing {
    pub(super) content: Stored,
    pub(super) faces: Vec<u16>,
    pub(super) pictures: Vec<usize>,
    pub(super) copies: Vec<usize>,
}

/// What a stored part begins with: its format's number is the last digit.
const MARK: &[u8; 8] = b"FWPART 1";

/// The length of the digest behind the mark.
const DIGEST: usize = 32;

impl Part {
    /// How many pages it has.
    pub fn pages(&self) -> usize {
        self.sheets.len()
    }

    /// The part as bytes, to be kept.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = MARK.to_vec();
        bytes.resize(MARK.len() + DIGEST, 0);
        let mut bytes = postcard::to_extend(self, bytes).map_err(|cause| Error::Write(format!("a drawn dossier: {cause}")))?;
        let digest = digest(bytes.get(MARK.len() + DIGEST..).unwrap_or_default());
        if let Some(place) = bytes.get_mut(MARK.len()..MARK.len() + DIGEST) {
            place.copy_from_slice(&digest);
        }
        Ok(bytes)
    }

    /// The part that was kept as bytes. Errors: they are not all there, were altered, or are of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Part, Error> {
        let damaged = || {
            Error::Write(
                "a drawn dossier is damaged or of another version of this program: delete it, so that it is drawn again; \
                 已排好的册页损坏或出自其他版本，请删除后重新排版"
                    .to_owned(),
            )
        };
        let (found, content) = bytes.strip_prefix(MARK).and_then(|rest| rest.split_at_checked(DIGEST)).ok_or_else(damaged)?;
        if digest(content) != found {
            return Err(damaged());
        }
        match postcard::take_from_bytes(content) {
            Ok((part, [])) => Ok(part),
            _ => Err(damaged()),
        }
    }
}

fn digest(content: &[u8]) -> Vec<u8> {
    Sha256::digest(content).to_vec()
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What a dossier says never reaches a log.
        write!(f, "Part({} pages, {} pictures, {} copies)", self.sheets.len(), self.pictures.len(), self.copies.len())
    }
}

impl DrawnFace {
    pub(super) fn new(id: FaceId, glyphs: Vec<u16>, fonts: &Fonts) -> DrawnFace {
        let head = fonts.head(id).unwrap_or_default().to_vec();
        DrawnFace { id: id.0, name: fonts.name(id).to_owned(), head, glyphs }
    }

    /// The face among these. Errors: it is not the one that was drawn with.
    pub(super) fn id(&self, fonts: &Fonts) -> Result<FaceId, Error> {
        let id = FaceId(self.id);
        if fonts.name(id) == self.name && fonts.head(id) == Some(&self.head) {
            return Ok(id);
        }
        let name = &self.name;
        Err(Error::Font(format!(
            "a dossier was drawn with another {name} than is there now: take the same folders of fonts, or draw it again; \
             册页排版时用的字体 {name} 与现在的不同，请用原来的字体文件夹，或重新排版"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::coords::Milli;
    use crate::pdf::stream::Bytes;

    fn part() -> Part {
        let text = |text: &str| text.to_owned();
        let template = TemplateId { id: text("trial"), version: text("1"), title: text("表"), digest: text("00") };
        let content = Stored { bytes: Bytes(vec![7; 300]), deflated: true };
        let drawing = Drawing { content, faces: vec![3], pictures: vec![0], copies: Vec::new() };
        let area = Area { left: Milli::default(), bottom: Milli::default(), right: Milli::pt(595.276), top: Milli::pt(841.89) };
        let faces = vec![DrawnFace { id: 3, name: text("Face"), head: vec![1; 54], glyphs: vec![1, 700, 65_534] }];
        let sheets = vec![Sheet { area, title: Some(text("册")), drawing }];
        Part { template, faces, pictures: Vec::new(), copies: Vec::new(), objects: Vec::new(), sheets }
    }

    #[test]
    fn a_part_comes_back_as_it_was() {
        let bytes = part().to_bytes().unwrap();
        assert!(Part::from_bytes(&bytes).unwrap() == part());
        assert_eq!(part().to_bytes().unwrap(), bytes);
    }

    #[test]
    fn a_cut_or_altered_part_is_refused() {
        let bytes = part().to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert!(Part::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[at] ^= 1 << bit;
                assert!(Part::from_bytes(&altered).is_err(), "bit {bit} of byte {at}");
            }
        }
        assert!(Part::from_bytes(&[&bytes[..], &[0]].concat()).is_err(), "something behind it");
        // A sound digest over what is no part.
        for content in [&[][..], &[255; 40], &[0; 4]] {
            let forged = [MARK, &digest(content)[..], content].concat();
            assert!(Part::from_bytes(&forged).is_err());
        }
    }
}
