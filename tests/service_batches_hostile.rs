//! What strangers send, and what others see: archives that are none, names that lead elsewhere, uploads that break off, marked values.

#[path = "support/batches.rs"]
mod batches;
#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;
#[allow(clippy::type_complexity)] // the parts of a form, written out
#[path = "support/service.rs"]
mod service;

use std::fs;
use std::io::{Cursor, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use batches::{Office, codes, people_with_photos, zip};
use formwright::service::batches::Store;
use serde_json::{Value, json};
use service::{engine, multipart};
use zip::write::SimpleFileOptions;

/// A zip whose names are these bytes, without a word on their encoding.
fn zip_named(files: &[(&[u8], &[u8])]) -> Vec<u8> {
    // Written under names of as many letters, which are then replaced.
    let stand_in = |at: usize, name: &[u8]| format!("{at:0width$}", width = name.len());
    let names: Vec<String> = files.iter().enumerate().map(|(at, (name, _))| stand_in(at, name)).collect();
    let plain: Vec<(&str, &[u8])> = names.iter().zip(files).map(|(name, (_, bytes))| (name.as_str(), *bytes)).collect();
    let mut bytes = zip(&plain);
    for (name, (wanted, _)) in names.iter().zip(files) {
        let mut at = 0;
        while let Some(found) = bytes[at..].windows(name.len()).position(|window| window == name.as_bytes()) {
            bytes[at + found..at + found + name.len()].copy_from_slice(wanted);
            at += found + name.len();
        }
    }
    bytes
}

fn with_link() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("张三.json", "../../batch.json", SimpleFileOptions::default()).expect("it can be written");
    zip.finish().expect("it can be finished").into_inner()
}

#[test]
fn archives_that_lead_elsewhere_or_never_end_are_refused() {
    let office = Office::with(|settings| settings.upload_limit = 64 << 20);
    let record = people::person(0).to_string();
    let zeros = vec![0_u8; 40 << 20];
    let many: Vec<String> = (0..20_001).map(|at| format!("{at}.json")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let locked = {
        let mut bytes = zip(&[("a.json", record.as_bytes())]);
        // Bit 0 of the flags in the local and in the central head (APPNOTE 4.4.4).
        for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
            let at = bytes.windows(4).position(|window| window == signature).expect("it has a head");
            bytes[at + offset] |= 1;
        }
        bytes
    };
    for (archive, what) in [
        (zip(&[("../张三.json", record.as_bytes())]), "a path out"),
        (zip(&[("a/../../张三.json", record.as_bytes())]), "a path out further on"),
        (zip(&[("/张三.json", record.as_bytes())]), "an absolute path"),
        (zip(&[("..\\张三.json", record.as_bytes())]), "a path out as Windows writes it"),
        (zip(&[("C:\\张三.json", record.as_bytes())]), "a drive"),
        (zip_named(&[(b"a\x00b.json", record.as_bytes())]), "a name with a zero"),
        (with_link(), "a link"),
        (zip(&[("a.json", &zeros), ("b.json", &zeros)]), "more bytes than may come"),
        (zip(&many), "more files than anybody sends"),
        (locked, "a password"),
        (zip(&[("a", b"x"), ("a/b.json", record.as_bytes())]), "a file that is a folder"),
        (zip(&[("a.json", record.as_bytes())])[..200].to_vec(), "half an archive"),
        (b"Rar!\x1a\x07\x00".to_vec(), "another kind of archive"),
    ] {
        let (kind, body) = multipart(&[("source", Some("来件.zip"), None, &archive)]);
        let answer = office.service.post("/v1/batches", &kind, body);
        assert_eq!((answer.status, answer.problem().as_str()), (422, "record-invalid"), "{what}: {}", answer.text());
        assert_eq!(codes(&answer), ["zip-refused"], "{what}");
        assert!(!answer.text().contains("张三"), "{what}: {}", answer.text());
    }
    let left: Vec<_> = batches::files(&office.folder.path().join("batches")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, [".lock"]);
    assert!(!office.folder.path().join("张三.json").exists());
}

#[test]
fn names_of_chinese_windows_are_read_as_they_were_written() {
    let office = Office::open();
    let photo = fs::read("samples/photos/photo-1.jpg").expect("it is there");
    let person = people::person(0);
    let gbk = encoding_rs::GB18030.encode(&format!("照片/{}.jpg", person["name"].as_str().expect("a name"))).0.into_owned();
    let mut record = person.clone();
    record.as_object_mut().expect("a record").remove("photo");
    let place = office.send_files(&[
        ("source", Some("名单.json"), None, record.to_string().as_bytes()),
        ("photos", Some("照片.zip"), None, &zip_named(&[(&gbk, &photo)])),
        ("options", None, None, br#"{"checkOnly":true}"#),
    ]);
    assert_eq!(office.wait(&place)["state"], "checked");
    let item = office.service.get(&format!("{place}/items/0")).json();
    assert_eq!(item["photo"], format!("{place}/items/0/photo"));
    assert_eq!(office.service.get(&format!("{place}/items/0/photo")).body, photo);
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing() {
    let office = Office::open();
    let mut stream = TcpStream::connect(office.service.address()).expect("it listens");
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: k\r\nContent-Length: 1000000\r\n\r\n",
        office.service.address()
    );
    stream.write_all(head.as_bytes()).expect("it is taken");
    stream.write_all(people::person(0).to_string().as_bytes()).expect("it is taken");
    let receiving = office.folder.path().join("batches/.receiving");
    let count = || fs::read_dir(&receiving).map_or(0, Iterator::count);
    let wait = |want: usize| {
        let begun = Instant::now();
        while count() != want {
            assert!(begun.elapsed() < Duration::from_secs(20), "{} uploads are there", count());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait(1);
    // The same key while it is still being received.
    let headers = [("content-type", "application/x-ndjson"), ("idempotency-key", "k")];
    let same = office.service.send("POST", "/v1/batches", &headers, Some(b"{}"));
    assert_eq!((same.status, same.problem(), same.header("retry-after")), (409, "idempotency-in-progress".to_owned(), "1"));
    stream.shutdown(Shutdown::Both).expect("it is there");
    drop(stream);
    wait(0);
    assert_eq!(office.service.send("POST", "/v1/batches", &headers, Some(b"{\"name\":\"x\"}")).status, 202);
}

#[test]
fn there_is_an_end_to_batches_and_their_bytes() {
    let office = Office::with(|settings| settings.batches = 1);
    let one = json!({ "checkOnly": true, "records": people_with_photos(1) });
    let place = office.send_json(&one);
    let full = office.service.post_json("/v1/batches", &one);
    assert_eq!((full.status, full.problem(), full.header("retry-after")), (429, "too-many-batches".to_owned(), "60"));
    office.wait(&place);
    assert_eq!(office.service.send("DELETE", &place, &[], None).status, 204);
    office.wait(&office.send_json(&one));
    let office = Office::with(|settings| settings.batch_bytes = 1000);
    office.wait(&office.send_json(&one));
    let full = office.service.post_json("/v1/batches", &one);
    assert_eq!((full.status, full.problem()), (507, "store-full".to_owned()));
}

#[test]
fn anothers_batch_is_not_there() {
    let office = Office::open();
    let place = office.send_json(&json!({ "checkOnly": true, "records": people_with_photos(1) }));
    office.wait(&place);
    let id = place.rsplit('/').next().expect("it has an id").to_owned();
    for wrong in [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}"), "..".to_owned(), "x".to_owned()] {
        let answer = office.service.get(&format!("/v1/batches/{}", wrong.replace('{', "%7B").replace('}', "%7D")));
        assert_eq!(answer.status, 404, "{wrong}");
    }
    let Office { service, folder } = office;
    drop(service);
    let store = Store::open(engine(), &batches::settings(folder.path(), |_| {})).expect("nobody else holds it");
    assert!(store.get(&id, "local").is_ok());
    assert_eq!(store.get(&id, "somebody").err().map(|problem| problem.code), Some("batch-not-found"));
    assert_eq!((store.list("local").len(), store.list("somebody").len()), (1, 0));
    // Two services on one folder would run everything twice.
    let second = Store::open(engine(), &batches::settings(folder.path(), |_| {}));
    assert!(matches!(second, Err(formwright::Error::Refused(found)) if found.codes() == ["folder-in-use"]));
    store.close();
    store.join();
}

#[cfg(unix)]
#[test]
fn nobody_else_can_look_into_what_was_sent() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open();
    let place = office.send_files(&[
        ("source", Some("来件.zip"), None, &zip(&[("张三/记录.json", people::person(0).to_string().as_bytes())])),
        ("options", None, None, br#"{"checkOnly":true}"#),
    ]);
    office.wait(&place);
    let root = office.folder.path().join("batches");
    let mut pending = vec![root.clone()];
    let mut files = 0;
    while let Some(path) = pending.pop() {
        let about = fs::symlink_metadata(&path).expect("it is there");
        let mode = about.permissions().mode() & 0o777;
        if about.is_dir() {
            // What the batch engine makes lies below a folder that is closed; the program's umask closes it as well.
            assert!(mode == 0o700 || path.components().any(|part| ["out", "check"].iter().any(|own| part.as_os_str() == *own)), "{path:?}");
            pending.extend(fs::read_dir(&path).expect("it can be listed").map(|entry| entry.expect("it is there").path()));
        } else {
            files += 1;
            assert!(
                mode == 0o600 || path.components().any(|part| ["out", "check"].iter().any(|own| part.as_os_str() == *own)),
                "{path:?} {mode:o}"
            );
        }
    }
    assert!(files >= 4, "{files} files");
}

#[test]
fn marked_values_come_out_only_where_they_belong() {
    let office = Office::open();
    let marks = ["标记甲某", "990000ABCDEFGH1234", "标记阀门厂", "标记总结"];
    let mut people: Vec<Value> = people_with_photos(2);
    people[0]["name"] = json!(marks[0]);
    people[0]["id_number"] = json!(marks[1]);
    people[0]["employer"] = json!(marks[2]);
    people[0]["personal_summary"] = json!([marks[3]]);
    let place = office.send_json(&json!({ "records": people }));
    office.done(&place);
    for path in ["", "/items?mask=1", "/items/0?mask=1", "/report.csv?mask=1", "/report.json?mask=1", "/report.html?mask=1"] {
        for lang in ["zh", "en"] {
            let answer = office.service.send("GET", &format!("{place}{path}"), &[("accept-language", lang)], None);
            assert_eq!(answer.status, 200, "{path}");
            for mark in marks {
                assert!(!answer.text().contains(mark), "{path}: {mark}");
            }
        }
    }
    let shown = office.service.get(&format!("{place}/items")).text();
    assert!(shown.contains(marks[0]) && !marks[1..].iter().any(|mark| shown.contains(mark)), "{shown}");
    // Refusals say nothing again.
    for body in [
        json!({ "set": { "name": { "x": marks[0] } } }),
        json!({ "set": { marks[0]: "x" } }),
        json!({ "set": { "resume.5000.work": marks[3] } }),
        json!({ "unset": [marks[0]], marks[1]: 1 }),
    ] {
        let body = body.to_string();
        let answer =
            office.service.send("PATCH", &format!("{place}/items/0"), &[("content-type", "application/json")], Some(body.as_bytes()));
        assert!([400, 422].contains(&answer.status), "{body}: {}", answer.text());
        assert!(!marks.iter().any(|mark| answer.text().contains(mark)), "{body}: {}", answer.text());
    }
    for name in [format!("{}.exe", marks[0]), format!("{}.xls", marks[1]), marks[0].to_owned()] {
        let (kind, body) = multipart(&[("source", Some(&name), None, b"x")]);
        let answer = office.service.post("/v1/batches", &kind, body);
        assert_eq!(codes(&answer), ["source-kind"], "{name}");
        assert!(!marks.iter().any(|mark| answer.text().contains(mark)), "{}", answer.text());
    }
    for path in [format!("items/0/document?output={}", "%E6%A0%87%E8%AE%B0"), "items/%E6%A0%87%E8%AE%B0".to_owned()] {
        let answer = office.service.get(&format!("{place}/{path}"));
        assert!([400, 404].contains(&answer.status) && !answer.text().contains("标记"), "{}", answer.text());
    }
}

#[test]
fn one_persons_papers_are_made_on_demand_drafts_too() {
    let office = Office::open();
    let mut people = people_with_photos(2);
    people[1].as_object_mut().expect("a record").remove("name");
    let place = office.send_json(&json!({ "outputs": ["pdf", "docx", "fillable"], "records": people }));
    office.done(&place);
    let made = batches::unzip(&office.service.get(&format!("{place}/output?kind=people&format=pdf")).body);
    let document = |entry: usize, query: &str| office.service.get(&format!("{place}/items/{entry}/document?{query}"));
    let pdf = document(0, "output=pdf");
    assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
    assert_eq!(made.len(), 1);
    assert!(made[0].1 == pdf.body, "it is the file that the batch makes");
    assert!(pdf.header("formwright-pages").parse::<usize>().is_ok_and(|pages| pages >= 6), "{}", pdf.header("formwright-pages"));
    for (query, kind, begins) in [
        ("output=pdf", "application/pdf", b"%PDF".as_slice()),
        ("output=fillable", "application/pdf", b"%PDF"),
        ("output=docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("output=png&page=1&mark=name,resume.0", "image/png", b"\x89PNG"),
        ("output=json", "application/json", b"{"),
    ] {
        let draft = document(1, query);
        assert_eq!((draft.status, draft.header("content-type")), (200, kind), "{query} {}", draft.text());
        assert!(draft.body.starts_with(begins), "{query}");
    }
    // A marked field is shown on the page on which it stands.
    assert!(document(1, "output=png&page=2").body != document(1, "output=png&page=2&mark=mobile").body);
    assert!(document(1, "output=png&page=2&mark=mobile").body == document(1, "output=png&mark=mobile").body);
    for (entry, query, status, code) in [
        (0, "output=png&page=99", 422, "record-invalid"),
        (0, "output=png&dpi=1000", 422, "record-invalid"),
        (0, "output=pdf&page=1", 400, "bad-parameter"),
        (0, "output=exe", 400, "bad-parameter"),
        (0, "", 400, "bad-parameter"),
        (2, "output=pdf", 404, "item-not-found"),
    ] {
        let answer = document(entry, query);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{query}");
    }
}

#[test]
fn a_draft_of_what_no_paper_can_show_is_made_in_every_format() {
    let office = Office::open();
    let mut person = people_with_photos(1).remove(0);
    person["name"] = json!("王\u{0}小\u{1b}明");
    person["resume"][0]["work"] = json!("坏了\u{ffff}");
    let place = office.send_json(&json!({ "records": [person], "draft": true, "outputs": ["pdf", "fillable", "docx"] }));
    assert_eq!(office.done(&place)["failed"], 0, "{:?}", office.items(&place));
    for output in ["pdf", "fillable", "docx", "png", "json"] {
        let answer = office.service.get(&format!("{place}/items/0/document?output={output}"));
        assert_eq!(answer.status, 200, "{output}: {}", answer.text());
    }
}

#[test]
fn people_come_by_pages_and_by_state() {
    let office = Office::open();
    let mut people: Vec<Value> = (0..7).map(people::person).collect();
    people.iter_mut().for_each(|person| drop(person.as_object_mut().map(|members| members.remove("photo"))));
    for broken in [1, 4] {
        people[broken].as_object_mut().expect("a record").remove("name");
    }
    let place = office.send_json(&json!({ "checkOnly": true, "records": people }));
    office.wait(&place);
    let get = |query: &str| office.service.get(&format!("{place}/items?{query}"));
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = get(&format!("limit=3&after={after}")).json();
        assert_eq!(page["total"], 7);
        let items = page["items"].as_array().expect("a list");
        seen.extend(items.iter().map(|item| item["n"].as_u64().expect("a number")));
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    let held = get("state=held").json();
    let mut entries: Vec<u64> =
        held["items"].as_array().expect("a list").iter().map(|item| item["entry"].as_u64().expect("a number")).collect();
    entries.sort_unstable();
    assert_eq!((entries, &held["total"], &held["next"]), (vec![1, 4], &json!(2), &Value::Null));
    let english = office.service.send("GET", &format!("{place}/items?state=held"), &[("accept-language", "en")], None).text();
    assert!(english.contains("required") && get("state=held").text().contains("必填"), "{english}");
    for wrong in ["limit=0", "limit=1001", "limit=x", "state=x", "after=-1", "mask=2", "x=1"] {
        let answer = get(wrong);
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"), "{wrong}");
    }
}
