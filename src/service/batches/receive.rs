//! An upload on its way: every byte goes to disk, and all of it goes away again unless a batch comes of it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::batch::Batch;
use super::clock::{now, turn};
use super::home::{self, RECEIVING, failed};
use super::kept::{Kept, Once, Tally};
use super::sent::{self, Sent};
use super::store::{Shared, Store};
use super::unzip::{self, Take};
use super::wish::Wish;
use crate::batch::{Source, SourceOptions};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::service::problem::Problem;

/// What the list is called where it came without a name.
pub const LIST: &str = "名单.json";
/// The same in JSON Lines.
pub const LINES: &str = "名单.jsonl";

/// The folder of papers that came as several files or as a zip: a word that people read, as reports name it.
const PAPERS: &str = "来件";

/// The most parts of one form.
const PARTS: usize = 20_000;

/// What a file is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The people: a list, a workbook, filled forms, a zip of their papers.
    Source,
    /// A photo, or a zip of photos.
    Photos,
}

/// An upload on its way; dropped, it is gone.
pub struct Receiving {
    store: Store,
    owner: String,
    folder: PathBuf,
    files: Vec<(Role, Vec<String>, PathBuf)>,
    digest: Sha256,
    key: Option<String>,
    _place: OwnedSemaphorePermit,
    /// What was asked for.
    pub wish: Wish,
}

/// The content of a part, as it goes by.
pub struct PartDigest(Sha256);

impl PartDigest {
    /// Takes what has come.
    pub fn hash(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// A file on its way to disk.
pub struct Sink {
    file: BufWriter<tokio::fs::File>,
    path: PathBuf,
}

impl Store {
    /// Begins an upload of a caller, with the key of its request where it has one. Touches the disk.
    ///
    /// Errors: 409 where a request with the same key is still being received; 429 where there are too many batches; 507 where they
    /// have too many bytes, or the disk is full.
    pub fn begin(&self, owner: &str, key: Option<String>) -> Result<Receiving, Problem> {
        let shared = self.shared();
        shared.take_home()?;
        shared.has_room(owner, key.as_deref())?;
        let place = Arc::clone(&shared.uploads).try_acquire_owned().map_err(|_| crowded())?;
        if let Some(key) = &key {
            let mut coming = shared.coming.lock().unwrap_or_else(PoisonError::into_inner);
            if !coming.insert((owner.to_owned(), key.clone())) {
                return Err(in_progress());
            }
        }
        // From here on dropping it gives the key back.
        let folder = shared.folder.join(RECEIVING).join(Uuid::new_v4().to_string());
        let (store, owner) = (self.clone(), owner.to_owned());
        let receiving =
            Receiving { store, owner, folder, files: Vec::new(), digest: Sha256::new(), key, _place: place, wish: Wish::default() };
        home::make(&receiving.upload())?;
        Ok(receiving)
    }

    /// Makes a batch of what came and lets it wait for its turn; gives back the batch of an earlier request with the same key and
    /// the same content, and whether it is one. Touches the disk, reads the source.
    ///
    /// Errors: 422 for a source that cannot be opened, with everything that is wrong with it, or for a key that stood for other
    /// content; then nothing is kept.
    pub fn create(&self, mut receiving: Receiving) -> Result<(Arc<Batch>, bool), Problem> {
        let shared = self.shared();
        let digest = receiving.digest();
        if let Some(key) = &receiving.key {
            let known = shared.batches().values().find(|batch| batch.is_of(&receiving.owner, key)).cloned();
            if let Some(batch) = known {
                let same = batch.kept().once.is_some_and(|once| once.digest == digest);
                return if same { Ok((batch, true)) } else { Err(mismatch()) };
            }
        }
        let (source, photos) = receiving.arrange(shared.most_upload)?;
        let template = receiving.wish.template.clone();
        crate::batch::takes(&shared.engine, &template)?;
        let opened = Source::open(&receiving.folder.join(&source), &SourceOptions { template, ..SourceOptions::default() }, &shared.engine)
            .map_err(unnamed)?;
        let total = opened.len();
        drop(opened);
        let now = now();
        let kept = Kept {
            owner: receiving.owner.clone(),
            wish: receiving.wish.clone(),
            source,
            photos,
            created: now,
            changed: now,
            turn: turn(),
            ended: None,
            deleted: false,
            stale: false,
            tally: Tally { total, ..Tally::default() },
            why: Vec::new(),
            bytes: home::bytes_of(&receiving.folder),
            once: receiving.key.clone().map(|key| Once { key, digest }),
        };
        kept.write(&receiving.folder)?;
        let id = Uuid::new_v4();
        let folder = shared.folder.join(id.to_string());
        fs::rename(&receiving.folder, &folder).map_err(failed("write", &folder))?;
        let batch = Arc::new(Batch::new(id, folder, kept));
        shared.add(Arc::clone(&batch));
        Ok((batch, false))
    }
}

impl Shared {
    /// Refuses a further batch where there is no room for it; an answer that was given before can be given again.
    fn has_room(&self, owner: &str, key: Option<&str>) -> Result<(), Problem> {
        let batches = self.batches();
        if key.is_some_and(|key| batches.values().any(|batch| batch.is_of(owner, key))) {
            return Ok(());
        }
        if batches.len() >= self.most {
            let title = Message::new("服务上的批次太多", "the service holds too many batches");
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-batches", title);
            return Err(Problem { retry_after: Some(60), ..problem }.with_detail(Message::new(
                "删去做完的批次，或等它们到期",
                "delete batches that are done, or wait until their time is over",
            )));
        }
        if batches.values().map(|batch| batch.kept().bytes).sum::<u64>() >= self.most_bytes {
            let title = Message::new("批次占用的空间已满", "the room for batches is used up");
            return Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, "store-full", title).with_detail(Message::new(
                "删去做完的批次，或等它们到期",
                "delete batches that are done, or wait until their time is over",
            )));
        }
        Ok(())
    }
}

impl Receiving {
    /// What decides, beside the files, whether two requests are the same.
    pub fn note(&mut self, what: &[u8]) {
        // Each piece with its length: no two ways of cutting are alike.
        self.digest.update((what.len() as u64).to_be_bytes());
        self.digest.update(what);
    }

    /// Bytes of the only content.
    pub fn hash(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
    }

    /// The content of one part of several.
    pub fn part(&self) -> PartDigest {
        PartDigest(Sha256::new())
    }

    /// Takes note of the content of a part.
    pub fn note_part(&mut self, part: PartDigest) {
        self.note(&part.0.finalize());
    }

    /// A file that comes; `name` may have folders before it.
    ///
    /// Errors: 422 for a name that leads outside.
    pub async fn file(&mut self, role: Role, name: &str) -> Result<Sink, Problem> {
        let parts = match sent::file_name(name) {
            Sent::Inside(parts) => parts,
            // Taken off the wire and passed over.
            Sent::Litter => Vec::new(),
            Sent::Refused => return Err(bad_name()),
        };
        if self.files.len() >= PARTS {
            let title = Message::new("一次上传的文件太多", "too many files in one upload");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title)
                .with_detail(Message::new("把它们压缩成 zip，或分成几批", "pack them as a zip, or send them in several batches")));
        }
        let path = self.upload().join(self.files.len().to_string());
        let file = home::file(&path).map_err(failed("write", &path))?;
        self.files.push((role, parts, path.clone()));
        Ok(Sink { file: BufWriter::with_capacity(256 << 10, tokio::fs::File::from_std(file)), path })
    }

    fn upload(&self) -> PathBuf {
        self.folder.join("upload")
    }

    fn digest(&self) -> String {
        self.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Puts what came into its places; gives back where the source is, and the photos.
    fn arrange(&mut self, most: u64) -> Result<(String, Option<String>), Error> {
        let files = std::mem::take(&mut self.files);
        let of = |role: Role| files.iter().filter(move |(other, parts, _)| *other == role && !parts.is_empty());
        let mut photos = None;
        for (_, parts, path) in of(Role::Photos) {
            let folder = photos.get_or_insert_with(|| self.folder.join("source").join("photos"));
            home::make(folder)?;
            match parts.last() {
                Some(name) if sent::ending(name) == "zip" => unzip::unzip(path, folder, Take::Pictures, most)?,
                Some(name) if unzip::is_picture(name) => place(path, folder, parts)?,
                _ => return Err(refused("photos-kind", ["照片只收图片或 zip", "photos are pictures, or a zip of them"])),
            }
        }
        let sources: Vec<_> = of(Role::Source).collect();
        let source = match sources.as_slice() {
            [] => return Err(refused("no-source", ["没有上传名单或表", "neither a list nor forms were sent"])),
            [(_, parts, path)] => {
                let name = parts.last().map(String::as_str).unwrap_or_default();
                if sent::ending(name) == "zip" {
                    let files = self.folder.join("source").join(PAPERS);
                    home::make(&files)?;
                    unzip::unzip(path, &files, Take::All, most)?;
                    self.inner(&format!("source/{PAPERS}"))?
                } else {
                    place(path, &self.folder.join("source"), &[name.to_owned()])?;
                    format!("source/{name}")
                }
            }
            several => {
                for (_, parts, path) in several {
                    place(path, &self.folder.join("source").join(PAPERS), parts)?;
                }
                self.inner(&format!("source/{PAPERS}"))?
            }
        };
        let upload = self.upload();
        fs::remove_dir_all(&upload).map_err(failed("write", &upload))?;
        Ok((source, photos.map(|_| "source/photos".to_owned())))
    }

    /// The folder that was packed: the one in which there is more than one folder. A person's own folder may be the whole source.
    fn inner(&self, path: &str) -> Result<String, Error> {
        let mut path = path.to_owned();
        loop {
            let folder = path.split('/').fold(self.folder.clone(), |folder, part| folder.join(part));
            let entries = fs::read_dir(&folder).map_err(failed("read", &folder))?;
            let entries: Vec<_> = entries.take(2).collect::<Result<_, _>>().map_err(failed("read", &folder))?;
            match entries.as_slice() {
                [only] if only.path().is_dir() => path = format!("{path}/{}", only.file_name().to_string_lossy()),
                _ => return Ok(path),
            }
        }
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let shared = self.store.shared();
            shared.coming.lock().unwrap_or_else(PoisonError::into_inner).remove(&(std::mem::take(&mut self.owner), key));
        }
        // A batch has moved the folder; what cannot be removed goes when the service starts again.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Sink {
    /// Takes what has come.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let written = self.file.write_all(bytes).await;
        written.map_err(|source| failed("write", &self.path)(source).into())
    }

    /// Puts everything on the disk.
    pub async fn finish(mut self) -> Result<(), Problem> {
        let written = match self.file.flush().await {
            Ok(()) => self.file.get_ref().sync_all().await,
            Err(error) => Err(error),
        };
        written.map_err(|source| failed("write", &self.path)(source).into())
    }
}

/// Moves a file that came to its place; one of the same name there stays, and this one gets ` (2)`.
fn place(from: &Path, folder: &Path, parts: &[String]) -> Result<(), Error> {
    let Some((name, folders)) = parts.split_last() else { return Ok(()) };
    let folder = folders.iter().fold(folder.to_owned(), |folder, part| folder.join(part));
    home::make(&folder).map_err(|error| match error {
        Error::Io { source, .. } if matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) => {
            refused("name-clash", ["一个文件和一个文件夹同名", "a file and a folder have one name"])
        }
        other => other,
    })?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut to = folder.join(name);
    let mut number = 1;
    while to.symlink_metadata().is_ok() {
        number += 1;
        to = folder.join(format!("{stem} ({number}).{ending}"));
    }
    fs::rename(from, &to).map_err(failed("write", &to))
}

/// A file's own name is often a person's: a refusal calls the source as its part of the form, with the file's ending.
fn unnamed(error: Error) -> Error {
    let Error::Refused(found) = error else { return error };
    let part = |file: &str| {
        let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_one = (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_one { format!("source.{}", ending.to_ascii_lowercase()) } else { "source".to_owned() }
    };
    let mut placed = Diagnostics::default();
    placed.extend(found.into_iter().map(|one| match one.place {
        Place::File { ref file } => Diagnostic { place: Place::File { file: part(file) }, ..one },
        Place::Cell { file, sheet, cell, label, pointer } => {
            Diagnostic { place: Place::Cell { file: part(&file), sheet, cell, label, pointer }, ..one }
        }
        _ => one,
    }));
    Error::Refused(placed)
}

fn refused(code: &'static str, [zh, en]: [&str; 2]) -> Error {
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error(code, Place::File { file: String::new() }, Message::new(zh, en)));
    Error::Refused(found)
}

fn bad_name() -> Problem {
    let mut found = Diagnostics::default();
    let message = Message::new("文件名指向别处，或不是有效的文件名", "a file's name leads somewhere else, or is no name");
    found.push(Diagnostic::error("bad-file-name", Place::File { file: String::new() }, message));
    Problem::refused(found)
}

fn crowded() -> Problem {
    let title = Message::new("同时上传的人太多", "too many uploads at once");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", title);
    Problem { retry_after: Some(5), ..problem }.with_detail(Message::new("过一会儿再上传", "send it again in a moment"))
}

fn in_progress() -> Problem {
    let title = Message::new("同一个 Idempotency-Key 的请求还在接收", "a request with this Idempotency-Key is still being received");
    let problem = Problem::new(StatusCode::CONFLICT, "idempotency-in-progress", title);
    Problem { retry_after: Some(1), ..problem }.with_detail(Message::new("过一会儿再发", "send it again in a moment"))
}

fn mismatch() -> Problem {
    let title = Message::new("这个 Idempotency-Key 用过，内容不一样", "this Idempotency-Key stood for other content");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-mismatch", title)
        .with_detail(Message::new("新的内容要用新的键", "give new content a new key"))
}
