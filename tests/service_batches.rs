//! Batches over HTTP: what is sent, what comes of it, that it is what the command line makes.

#[path = "support/batches.rs"]
mod batches;
#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;
#[allow(clippy::type_complexity)] // the parts of a form, written out
#[path = "support/service.rs"]
mod service;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use batches::{Office, Part, by_command_line, codes, lines, people_with_photos, put, unzip, zip};
use formwright::{PdfOptions, Record};
use serde_json::{Value, json};
use service::{engine, multipart};

#[test]
fn records_as_json_and_as_lines_give_what_the_command_line_gives() {
    let office = Office::open();
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let mut people = people_with_photos(4);
    people[2]["id_number"] = json!("990000199003155671");
    let options = ["--formats", "pdf,fillable,docx", "--mask", "--volume", "2"];

    let body = json!({ "outputs": ["docx", "pdf", "fillable"], "mask": true, "volume": 2, "records": people });
    let place = office.send_json(&body);
    let status = office.done(&place);
    assert_eq!((&status["total"], &status["done"], &status["held"], &status["renders"]), (&json!(4), &json!(3), &json!(1), &json!(3)));
    let list = put(desk.path(), "名单.json", Value::from(people.clone()).to_string());
    assert_eq!(office.output(&place), by_command_line(&list, &options));

    let query = "/v1/batches?outputs=pdf,fillable,docx&mask=1&volume=2";
    let place = office.send("application/x-ndjson", query, lines(&people).as_bytes());
    office.done(&place);
    let list = put(desk.path(), "名单.jsonl", lines(&people));
    assert_eq!(office.output(&place), by_command_line(&list, &options));
    // Nothing stays of uploads.
    assert!(fs::read_dir(office.folder.path().join("batches/.receiving")).expect("it is there").next().is_none());
}

#[test]
fn a_workbook_with_a_zip_of_photos_gives_what_the_command_line_gives() {
    let office = Office::open();
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let people: Vec<Value> = (0..3).map(people::person).collect();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("人员").expect("it is a name");
    let columns = [("姓名", "name"), ("性别", "sex"), ("身份证号码", "id_number"), ("手机", "mobile"), ("推荐单位", "recommender")];
    for (column, (label, key)) in (0..).zip(columns) {
        sheet.write_string(0, column, label).expect("there is room");
        for (row, person) in (1..).zip(&people) {
            sheet.write_string(row, column, person[key].as_str().expect("it is a text")).expect("there is room");
        }
    }
    let book = book.save_to_buffer().expect("it can be written");
    let photo = fs::read("samples/photos/photo-1.jpg").expect("it is there");
    let other = fs::read("samples/photos/photo-2.jpg").expect("it is there");
    let names: Vec<String> = ["id_number", "name"]
        .iter()
        .zip(&people)
        .map(|(key, person)| format!("照片/{}.jpg", person[key].as_str().expect("a text")))
        .collect();
    let photos = zip(&[(&names[0], &photo), (&names[1], &other), ("照片/说明.txt", b"x"), ("__MACOSX/照片/._x.jpg", b"x")]);
    let place = office.send_files(&[
        ("options", None, Some("application/json"), br#"{"outputs":["pdf"],"draft":true}"#),
        ("source", Some("名单.xlsx"), None, &book),
        ("photos", Some("照片.zip"), Some("application/zip"), &photos),
    ]);
    let status = office.done(&place);
    assert_eq!(status["total"], 3, "{status}");

    let source = put(desk.path(), "名单.xlsx", &book);
    for (name, bytes) in [(&names[0], &photo), (&names[1], &other)] {
        put(desk.path(), &name.replace("照片/", "photos/"), bytes);
    }
    let photos = desk.path().join("photos");
    let made = by_command_line(&source, &["--draft", "--photos", &photos.to_string_lossy()]);
    assert_eq!(office.output(&place), made);
    // The photos have found their people.
    let items = office.items(&place);
    let lacks = |item: &Value| item["problems"].as_array().expect("a list").iter().any(|one| one["code"] == "no-photo");
    assert_eq!(items.iter().filter(|item| lacks(item)).count(), 1, "{items:?}");
    let entry = items.iter().find(|item| !lacks(item)).expect("somebody has one")["entry"].as_u64().expect("a number");
    let sent = office.service.get(&format!("{place}/items/{entry}/photo"));
    assert_eq!((sent.status, sent.header("content-type"), [&photo, &other].contains(&&sent.body)), (200, "image/jpeg", true));
}

#[test]
fn filled_forms_and_a_zip_of_dossiers_give_what_the_command_line_gives() {
    let office = Office::open();
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let forms: Vec<(String, Vec<u8>)> = (0..2)
        .map(|n| {
            let record = Record::parse(people_with_photos(2)[n].to_string().as_bytes(), &formwright::record::NoFiles).expect("it is sound");
            let filled = engine_pdf(record);
            (format!("表{}.pdf", n + 1), filled)
        })
        .collect();
    let place = office.send_files(&[
        ("source", Some(&forms[0].0), None, &forms[0].1),
        ("source", Some(&forms[1].0), None, &forms[1].1),
        ("options", None, None, br#"{"outputs":["docx"],"draft":true}"#),
    ]);
    assert_eq!(office.done(&place)["total"], 2);
    forms.iter().for_each(|(name, bytes)| drop(put(desk.path(), &format!("来件/{name}"), bytes)));
    assert_eq!(office.output(&place), by_command_line(&desk.path().join("来件"), &["--formats", "docx", "--draft"]));

    let dossier = batches::files("samples/dossier".as_ref());
    assert!(dossier.len() > 4, "{dossier:?}");
    let named: Vec<(String, &[u8])> = dossier.iter().map(|(name, bytes)| (format!("来件/{name}"), bytes.as_slice())).collect();
    let packed: Vec<(&str, &[u8])> = named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let place = office.send_files(&[("source", Some("来件.zip"), None, &zip(&packed))]);
    assert_eq!(office.done(&place)["done"], 1);
    let made = office.output(&place);
    assert_eq!(made, by_command_line("samples/dossier/林小舟".as_ref(), &[]));
}

fn engine_pdf(record: Record) -> Vec<u8> {
    engine().fill("recommendation", record).expect("it can be set").pdf(&PdfOptions::fillable()).expect("it can be written")
}

#[test]
fn what_was_only_checked_is_made_when_it_is_asked_for() {
    let office = Office::open();
    let mut people = people_with_photos(3);
    people[1].as_object_mut().expect("a record").remove("name");
    let place = office.send_json(&json!({ "checkOnly": true, "records": people }));
    let status = office.wait(&place);
    assert_eq!(
        (&status["state"], &status["done"], &status["held"], &status["renders"]),
        (&json!("checked"), &json!(2), &json!(1), &json!(0))
    );
    let early = office.service.get(&format!("{place}/output"));
    assert_eq!((early.status, early.problem()), (409, "not-ready".to_owned()));
    let again = office.service.post(&format!("{place}/run"), "application/json", r#"{"outputs":["pdf","docx"],"draft":true}"#);
    assert_eq!(again.status, 202, "{}", again.text());
    let status = office.done(&place);
    assert_eq!((&status["done"], &status["renders"], &status["options"]["draft"]), (&json!(3), &json!(3), &json!(true)));
    let report = office.service.get(&format!("{place}/report.json")).json();
    assert_eq!(report["people"].as_array().map(Vec::len), Some(3));
    // One file of each kind for the taking, under names that everybody can read.
    for (query, kind, name) in [
        ("kind=print", "application/pdf", "%E6%89%93%E5%8D%B0.pdf"),
        ("kind=sheet&format=docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "%E5%85%A8%E9%83%A8.docx"),
        ("kind=sheet&format=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "%E5%85%A8%E9%83%A8.xlsx"),
        ("kind=people&format=docx", "application/zip", "Word%E8%A1%A8.zip"),
        ("kind=sheets", "application/zip", "%E4%B8%80%E8%A7%88%E8%A1%A8%E5%92%8C%E6%8E%A8%E8%8D%90%E5%87%BD.zip"),
    ] {
        let file = office.service.get(&format!("{place}/output?{query}"));
        assert_eq!((file.status, file.header("content-type")), (200, kind), "{query} {}", file.text());
        assert!(
            file.header("content-disposition").ends_with(&format!("filename*=UTF-8''{name}")),
            "{query}: {}",
            file.header("content-disposition")
        );
        if kind == "application/zip" {
            assert!(!unzip(&file.body).is_empty());
        } else {
            assert_eq!(file.header("content-length"), file.body.len().to_string());
        }
        assert_eq!(file.header("cache-control"), "private, no-store");
    }
    let none = office.service.get(&format!("{place}/output?kind=people&format=fillable"));
    assert_eq!((none.status, none.problem()), (404, "output-not-found".to_owned()));
    for wrong in ["kind=x", "format=pdf", "kind=sheet&format=fillable", "x=1"] {
        let answer = office.service.get(&format!("{place}/output?{wrong}"));
        assert_eq!((answer.status, answer.problem()), (400, "bad-parameter".to_owned()), "{wrong}");
    }
}

#[test]
fn a_key_makes_one_batch_however_often_it_is_sent() {
    let office = Office::open();
    let service = &office.service;
    let people = people_with_photos(1);
    let body = json!({ "checkOnly": true, "records": people }).to_string();
    let send = |key: &str, body: &str| {
        service.send("POST", "/v1/batches", &[("content-type", "application/json"), ("idempotency-key", key)], Some(body.as_bytes()))
    };
    let first = send("k1", &body);
    assert_eq!((first.status, first.header("idempotency-replayed")), (202, ""), "{}", first.text());
    let second = send("k1", &body);
    assert_eq!((second.status, second.header("idempotency-replayed")), (202, "true"));
    assert_eq!(second.header("location"), first.header("location"));
    let other = send("k1", &body.replace("true", "false"));
    assert_eq!((other.status, other.problem()), (422, "idempotency-mismatch".to_owned()));
    assert_ne!(send("k2", &body).header("location"), first.header("location"));
    for wrong in ["", &"k".repeat(256), "a b", "键"] {
        let answer = send(wrong, &body);
        assert_eq!((answer.status, answer.problem()), (400, "bad-parameter".to_owned()), "{wrong:?}");
    }
    // Forms are the same though their boundaries are not.
    let list = lines(&people);
    let (kind, form) = multipart(&[("source", Some("名单.jsonl"), None, list.as_bytes())]);
    let form_of = |boundary: &str| {
        let text = String::from_utf8(form.clone()).expect("it is text").replace("----formwright-test-7MA4YWxkTrZu0gW", boundary);
        let kind = kind.replace("----formwright-test-7MA4YWxkTrZu0gW", boundary);
        service.send("POST", "/v1/batches", &[("content-type", &kind), ("idempotency-key", "k3")], Some(text.as_bytes()))
    };
    let (one, two) = (form_of("aaa"), form_of("bbb"));
    assert_eq!((one.status, two.header("location")), (202, one.header("location")));
    let place = first.header("location").to_owned();
    // It is known after the service was started again.
    let office = office.again(|_| {});
    let answer = office.service.send(
        "POST",
        "/v1/batches",
        &[("content-type", "application/json"), ("idempotency-key", "k1")],
        Some(body.as_bytes()),
    );
    assert_eq!((answer.status, answer.header("location")), (202, &*place));
}

#[test]
fn what_cannot_be_taken_is_refused_and_leaves_nothing() {
    let office = Office::with(|settings| settings.upload_limit = 3 << 20);
    let service = &office.service;
    let gbk: Vec<u8> = encoding_rs::GB18030.encode("{\"name\":\"王小明\",\"employer\":\"瑞安市某某阀门制造有限公司\"}").0.into_owned();
    let refused = |parts: &[Part<'_>]| {
        let (kind, body) = multipart(parts);
        let answer = service.post("/v1/batches", &kind, body);
        (answer.status, answer.problem(), codes(&answer).join(" "))
    };
    let code = |status: u16, code: &str, inner: &str| (status, code.to_owned(), inner.to_owned());
    assert_eq!(refused(&[("source", Some("名单.jsonl"), None, &gbk)]), code(422, "record-invalid", "encoding-gb18030"));
    assert_eq!(refused(&[("source", Some("名单.doc"), None, b"x")]), code(422, "record-invalid", "source-kind"));
    assert_eq!(refused(&[("source", Some("名单.jsonl"), None, b"\n\n")]), code(422, "record-invalid", "source-empty"));
    assert_eq!(refused(&[("source", Some("来件.zip"), None, b"PK\x03\x04x")]), code(422, "record-invalid", "zip-refused"));
    assert_eq!(refused(&[("source", Some("../名单.jsonl"), None, b"{}")]), code(422, "record-invalid", "bad-file-name"));
    assert_eq!(refused(&[("photos", Some("张三.jpg"), None, b"x")]), code(422, "record-invalid", "no-source"));
    assert_eq!(
        refused(&[("source", Some("a.jsonl"), None, b"{}"), ("photos", Some("a.exe"), None, b"x")]),
        code(422, "record-invalid", "photos-kind")
    );
    assert_eq!(refused(&[("source", None, None, b"{}")]), code(400, "malformed-multipart", ""));
    assert_eq!(
        refused(&[("options", None, None, b"{}"), ("options", None, None, br#"{"draft":true}"#), ("source", Some("a.jsonl"), None, b"{}")]),
        code(400, "malformed-multipart", "")
    );
    assert_eq!(refused(&[("url", None, None, b"x")]), code(400, "malformed-multipart", ""));
    assert_eq!(
        refused(&[("options", None, None, br#"{"template":"summary"}"#), ("source", Some("a.jsonl"), None, b"{}")]),
        code(422, "record-invalid", "template-is-sheet")
    );
    assert_eq!(
        refused(&[("options", None, None, br#"{"template":"x"}"#), ("source", Some("a.jsonl"), None, b"{}")]),
        code(404, "template-not-found", "")
    );
    // A body that says that it is too long is not waited for.
    let mut stream = TcpStream::connect(service.address()).expect("it listens");
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 4000000\r\n\r\n",
        service.address()
    );
    stream.write_all(head.as_bytes()).expect("it is taken");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("it answers");
    assert_eq!(line.trim_end(), "HTTP/1.1 413 Payload Too Large");
    for (body, status, want) in [
        ("[]", 400, "malformed-json"),
        ("{\"records\":[{}]", 400, "malformed-json"),
        ("{\"records\":{}}", 400, "bad-parameter"),
        ("{\"records\":[]}", 422, "record-invalid"),
        ("{\"records\":[{}],\"x\":1}", 400, "bad-parameter"),
        ("{\"records\":[{}],\"records\":[{}]}", 400, "malformed-json"),
        ("{\"records\":[{}],\"r\\u0065cords\":[{}]}", 400, "bad-parameter"),
        ("{\"records\":[{}],\"draft\":true,\"draft\":false}", 400, "bad-parameter"),
        ("{}", 400, "bad-parameter"),
        ("", 400, "malformed-json"),
    ] {
        let answer = service.post("/v1/batches", "application/json", body);
        assert_eq!((answer.status, answer.problem().as_str()), (status, want), "{body}");
    }
    let answer = service.post("/v1/batches", "text/plain", "x");
    assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-media-type"));
    for query in ["x=1", "draft=1&draft=0"] {
        let answer = service.post(&format!("/v1/batches?{query}"), "application/x-ndjson", "{}");
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-parameter"), "{query}");
    }
    assert_eq!(service.get("/v1/batches").json(), json!([]));
    let left: Vec<_> = batches::files(&office.folder.path().join("batches")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, [".lock"]);
}

#[test]
fn the_description_names_nothing_that_is_not_there() {
    fn named(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| named(value, into));
            }
            Value::Array(list) => list.iter().for_each(|value| named(value, into)),
            _ => {}
        }
    }
    let description = serde_json::to_value(formwright::service::description()).expect("it is JSON");
    let mut names = Vec::new();
    named(&description, &mut names);
    assert!(names.iter().any(|name| name.ends_with("/BatchStatus")), "{names:?}");
    for name in names {
        assert!(description.pointer(name.trim_start_matches('#')).is_some(), "{name} is nowhere");
    }
    let operations: usize = description["paths"]
        .as_object()
        .expect("there are paths")
        .iter()
        .filter(|(path, _)| path.starts_with("/v1/batches"))
        .map(|(_, operations)| operations.as_object().map_or(0, serde_json::Map::len))
        .sum();
    assert_eq!(operations, 17);
}
