//! Faces by the part they play: which face sets a character, how wide it is, and the bytes a writer embeds.

mod coverage;
mod file;
mod find;
mod outline;
mod roles;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::diag::Message;
use crate::error::Error;
use crate::form::FontRole;
use coverage::Coverage;
use file::{Directory, FontFile};
use find::{Found, Search};
pub use outline::Contour;

/// A face of a [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaceId(pub u16);

/// All faces, found once; each is read when it is first needed.
///
/// Opening reads the names of each file. A character's width reads a face's character map and widths (some 100 KB), and
/// only [`Fonts::face`], which a writer calls for a face it embeds, reads the whole file.
pub struct Fonts {
    slots: Vec<Slot>,
    chains: [Vec<FaceId>; 4],
    notes: Vec<Message>,
}

/// A face that has been read: what a writer needs to embed it.
pub struct Face {
    /// The whole font file.
    pub data: Arc<[u8]>,
    /// Index in a collection, else 0.
    pub index: u32,
    /// PostScript name.
    pub postscript_name: String,
    /// Whether the outlines are CFF (else TrueType).
    pub cff: bool,
    /// Ascender, descender, cap height in em.
    pub ascent: f32,
    /// Descender in em, negative.
    pub descent: f32,
    /// Height of capitals in em.
    pub cap_height: f32,
    /// Bounding box of all glyphs in em: left, bottom, right, top.
    pub bbox: [f32; 4],
    /// Italic angle in degrees.
    pub italic_angle: f32,
    /// Whether its licence lets it be embedded in a document that is to be filled in (OS/2 fsType other than 4).
    pub fillable: bool,
}

/// A glyph of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlyphMetrics {
    /// Index in the face.
    pub id: u16,
    /// Advance in em.
    pub advance: f32,
}

/// What a glyph says, the same in every document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spoken {
    /// The most common character that leads to the glyph; never a control character, a radical (U+2E80 to U+2FDF) or a
    /// private one.
    pub says: Option<char>,
    /// Advance in em.
    pub advance: f32,
}

/// Where faces are looked for.
#[derive(Clone, Debug, Default)]
pub struct FontOptions {
    /// Folders, the first looked at first; the bundled folder comes last.
    pub folders: Vec<PathBuf>,
    /// Whether the system's faces are used too, after all folders.
    pub system: bool,
}

impl Fonts {
    /// Finds the faces; reads no outlines yet.
    ///
    /// A role is played by the trade's own face (仿宋_GB2312) of the earliest folder that has one, else by the bundled
    /// stand-in (FandolFang). Errors: a folder that does not exist, a role that no face plays.
    pub fn open(options: &FontOptions) -> Result<Fonts, Error> {
        let mut search = Search::default();
        for (rank, folder) in options.folders.iter().enumerate() {
            search.folder(folder, rank)?;
        }
        if options.system {
            search.system(options.folders.len());
        }
        let mut places: Vec<String> = options.folders.iter().map(|folder| folder.display().to_string()).collect();
        if options.system || places.is_empty() {
            places.push(if options.system { "the system's folders" } else { "no folder at all" }.to_owned());
        }
        Fonts::arrange(search, &places.join(", "))
    }

    /// Faces from memory, for where there is no file system.
    ///
    /// The same rules hold as for [`Fonts::open`]; each file counts as a folder of its own.
    pub fn from_memory(files: Vec<Vec<u8>>) -> Result<Fonts, Error> {
        let mut search = Search::default();
        for (rank, data) in files.into_iter().enumerate() {
            search.memory(data, rank);
        }
        Fonts::arrange(search, "the files given")
    }

    /// The faces tried for a role, in order: the role's own, 宋体, the rare ones, supplements, the other roles' own, the system's.
    pub fn chain(&self, role: FontRole) -> &[FaceId] {
        self.chains.get(roles::place(role)).map_or(&[], Vec::as_slice)
    }

    /// The glyph of a character in a face; `None` where the face has none.
    pub fn glyph(&self, face: FaceId, ch: char) -> Option<GlyphMetrics> {
        self.slot(face)?.coverage()?.glyph(ch)
    }

    /// What a glyph of a face says and how wide it is; `None` where no character leads to it.
    pub fn spoken(&self, face: FaceId, glyph: u16) -> Option<Spoken> {
        self.slot(face)?.coverage()?.spoken(glyph)
    }

    /// The table `head` of a face, by which its versions can be told apart: it has a checksum of the whole file.
    pub fn head(&self, face: FaceId) -> Option<&[u8]> {
        Some(self.slot(face)?.coverage()?.head())
    }

    /// The face itself, read if it was not yet.
    pub fn face(&self, face: FaceId) -> Result<Arc<Face>, Error> {
        let slot = self.slot(face).ok_or_else(|| Error::Font(format!("there is no face number {}", face.0)))?;
        slot.face.get_or_init(|| slot.read()).clone().map_err(|reason| {
            let label = slot.file.label();
            Error::Font(format!("{label}: {reason}; copy the file again; 字体文件 {label} 已损坏，请重新复制"))
        })
    }

    /// The file of a face that may not be embedded in a document to be filled in (OS/2 fsType 4).
    pub fn print_only(&self, face: FaceId) -> Option<String> {
        self.slot(face).filter(|slot| !slot.fillable).map(|slot| slot.file.label())
    }

    /// The PostScript name of a face; empty for a face that does not exist.
    pub fn name(&self, face: FaceId) -> &str {
        self.slot(face).map_or("", |slot| &slot.postscript_name)
    }

    /// The faces whose whole files have been read from disk so far.
    pub fn loaded(&self) -> Vec<FaceId> {
        (0u16..).zip(&self.slots).filter(|(_, slot)| slot.file.is_read()).map(|(id, _)| FaceId(id)).collect()
    }

    /// The part that a face plays, if it is the first choice for one.
    pub fn role_of(&self, face: FaceId) -> Option<FontRole> {
        roles::ROLES.into_iter().find(|role| self.chain(*role).first() == Some(&face))
    }

    /// What tells this set of faces from another, as lower-case hex: every face's name and the checksum in its `head` table,
    /// which stands for the whole font (OpenType 1.9, "head").
    pub fn identity(&self) -> String {
        let mut hash = Sha256::new();
        for slot in &self.slots {
            hash.update(slot.postscript_name.as_bytes());
            hash.update([0]);
            hash.update(slot.file.excerpt(&slot.directory, &[*b"head"]).unwrap_or_default());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What was passed over while faces were looked for, and why: damaged files, and licences that forbid embedding.
    pub fn notes(&self) -> &[Message] {
        &self.notes
    }

    fn slot(&self, face: FaceId) -> Option<&Slot> {
        self.slots.get(usize::from(face.0))
    }

    /// Gives every face its number and every role its chain.
    fn arrange(search: Search, places: &str) -> Result<Fonts, Error> {
        let Search { mut found, notes, .. } = search;
        found.truncate(usize::from(u16::MAX));
        let song = best(&found, roles::part(FontRole::Song));
        let rare = best(&found, &roles::RARE);
        let parts: Vec<_> = roles::ROLES.iter().map(|role| best(&found, roles::part(*role))).collect();
        for (role, faces) in roles::ROLES.iter().zip(&parts) {
            if faces.is_empty() {
                return Err(nobody_plays(roles::part(*role), places, &notes));
            }
        }
        let numbered = || (0u16..).map(FaceId).zip(&found);
        let known = |id: &FaceId| rare.contains(id) || parts.iter().any(|part| part.contains(id));
        let others = |system: bool| numbered().filter(move |(_, face)| face.system == system).map(|(id, _)| id).filter(|id| !known(id));
        // A face of another part is better than no face: 鿫 (U+9FEB) is in the bundled 黑体 alone.
        let rest: Vec<FaceId> = others(false).chain(parts.iter().flatten().copied()).chain(others(true)).collect();
        let chains = [0, 1, 2, 3].map(|at: usize| {
            let mut chain: Vec<FaceId> = Vec::new();
            for id in parts.get(at).into_iter().flatten().chain(&song).chain(&rare).chain(&rest) {
                if !chain.contains(id) {
                    chain.push(*id);
                }
            }
            chain
        });
        Ok(Fonts { slots: found.into_iter().map(Slot::new).collect(), chains, notes })
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.slots.iter().map(|slot| &slot.postscript_name)).finish()
    }
}

/// The faces that play a part, the best first.
fn best(found: &[Found], part: &roles::Part) -> Vec<FaceId> {
    let mut ranked: Vec<_> = (0u16..).zip(found).filter_map(|(id, face)| Some((part.rank(face)?, FaceId(id)))).collect();
    ranked.sort();
    ranked.into_iter().map(|(_, id)| id).collect()
}

fn nobody_plays(part: &roles::Part, places: &str, notes: &[Message]) -> Error {
    let roles::Part { zh, bundled, .. } = part;
    let mut text = format!(
        "no face for {zh} in {places}: put the bundled {bundled} there or name the folder that has it with --fonts; \
         在 {places} 中没有可用的{zh}字体，请放入随程序提供的 {bundled}，或用 --fonts 指定它所在的文件夹"
    );
    for note in notes {
        text.push_str("\n  ");
        text.push_str(&note.en);
    }
    Error::Font(text)
}

/// A face and what has been read of it.
struct Slot {
    file: Arc<FontFile>,
    index: u32,
    directory: Directory,
    postscript_name: String,
    fillable: bool,
    coverage: OnceLock<Option<Coverage>>,
    face: OnceLock<Result<Arc<Face>, String>>,
}

impl Slot {
    fn new(found: Found) -> Slot {
        let Found { file, index, directory, postscript_name, fillable, .. } = found;
        Slot { file, index, directory, postscript_name, fillable, coverage: OnceLock::new(), face: OnceLock::new() }
    }

    /// The characters it has; none if its tables are damaged, so that the next face of the chain is asked.
    fn coverage(&self) -> Option<&Coverage> {
        self.coverage
            .get_or_init(|| {
                let excerpt = self.file.excerpt(&self.directory, &coverage::TABLES).ok()?;
                Coverage::read(&excerpt).ok()
            })
            .as_ref()
    }

    fn read(&self) -> Result<Arc<Face>, String> {
        let data = self.file.whole()?;
        let font = FontRef::from_index(&data, self.index).map_err(|error| error.to_string())?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        if metrics.units_per_em == 0 {
            return Err("its em is 0 units".to_owned());
        }
        let em = f32::from(metrics.units_per_em);
        let bounds = metrics.bounds.unwrap_or_default();
        let (ascent, descent) = (metrics.ascent / em, metrics.descent / em);
        Ok(Arc::new(Face {
            index: self.index,
            postscript_name: self.postscript_name.clone(),
            cff: self.directory.cff(),
            ascent,
            // One face in circulation gives its descender the wrong sign.
            descent: -descent.abs(),
            // Faces that leave the height of capitals out say 0.
            cap_height: metrics.cap_height.map(|height| height / em).filter(|height| *height > 0.0).unwrap_or(0.7),
            bbox: [bounds.x_min / em, bounds.y_min / em, bounds.x_max / em, bounds.y_max / em],
            italic_angle: metrics.italic_angle,
            fillable: self.fillable,
            data,
        }))
    }
}
