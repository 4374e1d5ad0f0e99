//! Batches of the service as tests ask for them: sent, waited for, taken away, compared with the command line.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formwright::service::Settings;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::people;
use super::service::{Answer, Service, multipart};

/// A part of a form: name, file name or none, type or none, bytes.
pub type Part<'p> = (&'p str, Option<&'p str>, Option<&'p str>, &'p [u8]);

/// The longest a batch of a test may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A service with a folder of its own for batches.
pub struct Office {
    pub service: Service,
    pub folder: tempfile::TempDir,
}

impl Office {
    pub fn open() -> Office {
        Office::with(|_| {})
    }

    /// The same with settings changed.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Office {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let service = Service::start_with(settings(folder.path(), change));
        Office { service, folder }
    }

    /// Sends a batch and gives back its address.
    pub fn send(&self, kind: &str, path: &str, body: &[u8]) -> String {
        let answer = self.service.post(path, kind, body);
        assert_eq!(answer.status, 202, "{}", answer.text());
        let place = answer.header("location").to_owned();
        assert_eq!(answer.json()["links"]["self"], *place);
        place
    }

    pub fn send_json(&self, body: &Value) -> String {
        self.send("application/json", "/v1/batches", body.to_string().as_bytes())
    }

    pub fn send_files(&self, parts: &[Part<'_>]) -> String {
        let (kind, body) = multipart(parts);
        self.send(&kind, "/v1/batches", &body)
    }

    /// Waits until a batch rests, and gives back its status.
    pub fn wait(&self, place: &str) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.service.get(place);
            assert_eq!(answer.status, 200, "{}", answer.text());
            let status = answer.json();
            if ["done", "checked", "cancelled", "failed"].contains(&status["state"].as_str().unwrap_or_default()) {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it takes too long: {status}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a batch is done.
    pub fn done(&self, place: &str) -> Value {
        let status = self.wait(place);
        assert_eq!(status["state"], "done", "{status}");
        status
    }

    /// The items of a batch.
    pub fn items(&self, place: &str) -> Vec<Value> {
        let answer = self.service.get(&format!("{place}/items?limit=1000"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().expect("items are a list").clone()
    }

    /// Everything that was made, by path, with digests.
    pub fn output(&self, place: &str) -> BTreeMap<String, String> {
        let answer = self.service.get(&format!("{place}/output"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/zip");
        unzip(&answer.body).into_iter().map(|(name, bytes)| (name, digest(&bytes))).collect()
    }

    /// Starts the service anew on the same folder.
    pub fn again(self, change: impl FnOnce(&mut Settings)) -> Office {
        let Office { service, folder } = self;
        drop(service);
        let service = Service::start_with(settings(folder.path(), change));
        Office { service, folder }
    }
}

pub fn settings(folder: &Path, change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings { folder: folder.join("batches"), ..Settings::default() };
    change(&mut settings);
    settings
}

/// So many people, with their photos as data URIs.
pub fn people_with_photos(count: usize) -> Vec<Value> {
    (0..count).map(person_with_photo).collect()
}

pub fn person_with_photo(n: usize) -> Value {
    let mut person = people::person(n);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(person["photo"].as_str().expect("it has a photo"));
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(fs::read(path).expect("the photo is there"));
    person["photo"] = json!(format!("data:image/jpeg;base64,{text}"));
    person
}

pub fn lines(people: &[Value]) -> String {
    people.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// A zip of files by their names.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("it can be begun");
        zip.write_all(bytes).expect("it can be written");
    }
    zip.finish().expect("it can be finished").into_inner()
}

/// A folder's files, with their paths from it.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, prefix: &str, into: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).expect("it can be listed") {
            let entry = entry.expect("it can be listed");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                if name != ".formwright" {
                    walk(&entry.path(), &format!("{name}/"), into);
                }
            } else {
                into.push((name, fs::read(entry.path()).expect("it can be read")));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

pub fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a zip");
    (0..archive.len())
        .map(|at| {
            let mut entry = archive.by_index(at).expect("it has this entry");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("its sum is right");
            (entry.name().expect("its name is text").into_owned(), bytes)
        })
        .collect()
}

/// What the command line makes of a source, by path, with digests.
pub fn by_command_line(source: &Path, arguments: &[&str]) -> BTreeMap<String, String> {
    let output = tempfile::tempdir().expect("there is room for a folder");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_formwright"));
    command.args(["--lang", "zh", "batch"]).arg(source).arg("-o").arg(output.path()).args(arguments);
    let ended = command.output().expect("it can be run");
    assert!(matches!(ended.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&ended.stderr));
    files(output.path()).into_iter().map(|(name, bytes)| (name, digest(&bytes))).collect()
}

pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
    fs::write(&path, bytes).expect("there is room");
    path
}

/// The codes of the problems in a problem document.
pub fn codes(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let problems = document["problems"].as_array().cloned().unwrap_or_default();
    problems.iter().map(|one| one["code"].as_str().unwrap_or_default().to_owned()).collect()
}
