//! The clients that the README shows, curl and Python, run as they stand there against a service of the tests.

#[allow(clippy::type_complexity)] // the parts of a form, written out
#[path = "support/service.rs"]
mod service;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use formwright::service::Settings;
use formwright::{PdfOptions, Record};
use serde_json::Value;
use service::{Service, engine};
use tempfile::TempDir;

/// The address that the README writes.
const WRITTEN: &str = "127.0.0.1:8080";

/// The blocks of the README in one language that ask the service.
fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string("README.md").expect("the README");
    let fence = format!("```{language}\n");
    let all = readme.split(&fence).skip(1).filter_map(|rest| rest.split("\n```").next());
    all.filter(|block| block.contains(WRITTEN) && !block.contains("cargo ")).map(str::to_owned).collect()
}

/// A service with a folder for batches, and a desk with the samples on it, where the README's readers stand.
fn start() -> (TempDir, TempDir, Service) {
    let (kept, desk) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let folder = kept.path().join("state");
    let service = Service::start_with(Settings { folder, ..Settings::default() });
    std::os::unix::fs::symlink(fs::canonicalize("samples").expect("the samples"), desk.path().join("samples")).expect("a link");
    (kept, desk, service)
}

/// Runs a program with a text of the README, which asks the tests' service instead.
fn run(mut program: Command, text: &str, service: &Service, desk: &Path) -> String {
    for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        program.env_remove(proxy);
    }
    let text = text.replace(WRITTEN, &service.address().to_string());
    let made = program.arg("-c").arg(text).current_dir(desk).output().expect("the program is there");
    let (out, words) = (String::from_utf8_lossy(&made.stdout), String::from_utf8_lossy(&made.stderr));
    assert!(made.status.success(), "{out}{words}");
    out.into_owned()
}

/// The sample's form, as the library makes it.
fn form() -> Vec<u8> {
    let record = Record::open("samples/nominee.json").expect("a sample");
    engine().fill("recommendation", record).expect("it can be set").pdf(&PdfOptions::print()).expect("it can be written")
}

/// How many files of an ending a person's folder has in what was taken away.
fn own(zip: &Path, ending: &str) -> usize {
    let bytes = fs::read(zip).expect("it was taken away");
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a zip");
    archive.file_names().flatten().filter(|name| name.starts_with("个人/") && name.ends_with(ending)).count()
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_lines_of_curl_run() {
    let (_kept, desk, service) = start();
    let blocks = blocks("sh");
    assert_eq!(blocks.len(), 2, "one record, and many: {blocks:?}");
    let shell = || {
        let mut shell = Command::new("bash");
        shell.args(["-e", "-u", "-o", "pipefail"]);
        shell
    };
    run(shell(), &blocks[0], &service, desk.path());
    assert!(fs::read(desk.path().join("form.pdf")).expect("it came") == form(), "the bytes of the library");

    let told = run(shell(), &blocks[1], &service, desk.path());
    assert!(told.contains("event: done"), "{told}");
    assert_eq!(own(&desk.path().join("成品.zip"), ".pdf"), 12);
    // Photos that stand beside the list find the records that name them.
    let status: Value = serde_json::from_slice(&fs::read(desk.path().join("status.json")).expect("it came")).expect("it is JSON");
    let place = status["links"]["self"].as_str().expect("its address");
    assert_eq!(service.get(place).status, 404, "the last line took it away");
    let done = told.rsplit("data: ").next().and_then(|data| serde_json::from_str::<Value>(data.trim()).ok()).expect("the last event");
    assert_eq!((&done["state"], &done["done"], &done["held"]), (&"done".into(), &12.into(), &2.into()), "{done}");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_lines_of_python_run() {
    let (_kept, desk, service) = start();
    let blocks = blocks("python");
    let [client] = blocks.as_slice() else { panic!("one client: {blocks:?}") };
    let told = run(Command::new("python3"), client, &service, desk.path());
    assert!(told.starts_with("done: 12 made, 2 held back, ") && told.ends_with(" pages\n"), "{told}");
    assert!(fs::read(desk.path().join("nominee.pdf")).expect("it came") == form(), "the bytes of the library");
    let zip = desk.path().join("batch.zip");
    assert_eq!((own(&zip, ".pdf"), own(&zip, ".docx")), (12, 12));

    // What is wrong is told by label, without the value.
    let wrong = client.replace("with_photo(record, \"samples\"), \"output\"", "{\"name\": 7001}, \"output\"");
    assert_ne!(&wrong, client, "the line that renders one record");
    let text = wrong.replace(WRITTEN, &service.address().to_string());
    let mut python = Command::new("python3");
    let made =
        python.env_remove("http_proxy").env_remove("all_proxy").arg("-c").arg(text).current_dir(desk.path()).output().expect("it runs");
    let words = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.code() == Some(1) && words.contains("姓名: ") && !words.contains("7001"), "{words}");
}
