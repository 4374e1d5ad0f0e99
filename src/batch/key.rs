//! The digest of everything that decides a person's papers: equal keys, equal papers.

use sha2::{Digest, Sha256};

use super::folder::hex;
use crate::engine::Engine;
use crate::error::Error;
use crate::name::FieldName;
use crate::record::{Assets, Record};

/// What all keys of a run have in common: program, templates, faces, options.
#[derive(Clone)]
pub struct Common(Sha256);

impl Common {
    /// Of these templates, where there are such.
    pub fn new(engine: &Engine, templates: &[&str], grey: bool) -> Result<Common, Error> {
        let mut hash = Sha256::new();
        part(&mut hash, env!("CARGO_PKG_VERSION").as_bytes());
        for name in templates {
            part(&mut hash, name.as_bytes());
            part(&mut hash, engine.template(name)?.id().digest.as_bytes());
        }
        part(&mut hash, engine.fonts_identity().as_bytes());
        part(&mut hash, if grey { b"grey" } else { b"colour" });
        Ok(Common(hash))
    }

    /// The key of a record with the files it names; a file that cannot be read is a fact like another.
    pub fn record(&self, record: &Record, files: &dyn Assets) -> String {
        let mut hash = self.0.clone();
        part(&mut hash, serde_json::to_string(record.root()).unwrap_or_default().as_bytes());
        for (name, bytes) in record.assets() {
            part(&mut hash, name.as_bytes());
            part(&mut hash, bytes);
        }
        for at in 0..record.rows("attachments") {
            let name = FieldName::parse(&format!("attachments.{at}.file"));
            let Some(path) = name.as_ref().and_then(|name| record.text(name)) else { continue };
            match files.read(path) {
                Ok(bytes) => part(&mut hash, &bytes),
                Err(found) => part(&mut hash, found.code.as_bytes()),
            }
        }
        for trouble in record.troubles().iter() {
            part(&mut hash, trouble.code.as_bytes());
        }
        hex(hash)
    }

    /// The key of a paper that is made of several texts.
    pub fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> String {
        let mut hash = self.0.clone();
        texts.into_iter().for_each(|text| part(&mut hash, text.as_bytes()));
        hex(hash)
    }
}

/// Adds a part with its length, so that no two lists of parts are one run of bytes.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
