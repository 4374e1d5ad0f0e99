//! The life of a batch: looked on at, stopped, gone on with after a restart and after a kill, put right, deleted, over.

#[path = "support/batches.rs"]
mod batches;
#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;
#[allow(clippy::type_complexity)] // the parts of a form, written out
#[path = "support/service.rs"]
mod service;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use batches::{Office, by_command_line, codes, lines, people_with_photos, put, settings};
use serde_json::{Value, json};
use service::engine;

/// Events of a stream, as they come: name, id, data.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(office: &Office, place: &str, last: Option<&str>) -> (Events, String) {
        let mut stream = TcpStream::connect(office.service.address()).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("it can be set");
        let last = last.map_or_else(String::new, |last| format!("Last-Event-ID: {last}\r\n"));
        let request = format!("GET {place}/events HTTP/1.1\r\nHost: {}\r\n{last}\r\n", office.service.address());
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).expect("a head comes") > 0, "{head}");
        }
        (Events(reader), head)
    }

    /// The next event; nothing at the end of the stream.
    fn next(&mut self) -> Option<(String, String, Value)> {
        let (mut name, mut id, mut data) = (String::new(), String::new(), Value::Null);
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).expect("it can be read") == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(rest) = line.strip_prefix("event: ") {
                name = rest.to_owned();
            } else if let Some(rest) = line.strip_prefix("id: ") {
                id = rest.to_owned();
            } else if let Some(rest) = line.strip_prefix("data: ") {
                data = serde_json::from_str(rest).expect("data is JSON");
            } else if line.is_empty() && !name.is_empty() {
                return Some((name, id, data));
            } else if line == "0" {
                return None;
            }
        }
    }
}

#[test]
fn events_tell_what_happens_and_whoever_comes_back_knows_where_it_is() {
    let office = Office::with(|settings| settings.batch_threads = Some(1));
    let mut people = people_with_photos(6);
    people[3].as_object_mut().expect("a record").remove("name");
    let place = office.send_json(&json!({ "records": people }));
    let (mut events, head) = Events::of(&office, &place, None);
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/event-stream"), "{head}");
    assert!(head.contains("x-accel-buffering: no"), "{head}");
    let (first, _, status) = events.next().expect("the present state comes first");
    assert_eq!((first.as_str(), status["links"]["self"].as_str()), ("state", Some(&*place)));
    let (mut told, mut seen, mut middle) = (Vec::new(), Vec::new(), None);
    loop {
        let (name, id, data) = events.next().expect("it ends with `done`");
        if name == "item" {
            told.push((data["entry"].as_u64().expect("a number"), data["state"].as_str().expect("a text").to_owned()));
            middle = middle.or(Some((id, told.len())));
        }
        seen.push(name.clone());
        if name == "done" {
            assert_eq!((&data["state"], &data["done"]), (&json!("done"), &json!(5)));
            break;
        }
    }
    assert!(events.next().is_none(), "the stream is closed");
    told.sort();
    let want: Vec<(u64, String)> = (0..6).map(|entry| (entry, if entry == 3 { "held" } else { "done" }.to_owned())).collect();
    assert_eq!(told, want, "{seen:?}");
    // Whoever was cut off after the first person hears of the others.
    let (id, count) = middle.expect("people were told");
    let (mut events, _) = Events::of(&office, &place, Some(&id));
    assert_eq!(events.next().map(|(name, _, data)| (name, data["state"].clone())), Some(("state".to_owned(), json!("done"))));
    let mut rest = 0;
    let last = loop {
        match events.next().expect("it ends with `done`") {
            (name, id, _) if name == "done" => break id,
            (name, ..) => rest += usize::from(name == "item"),
        }
    };
    assert_eq!(rest + count, 6);
    let (_, head) = Events::of(&office, &place, Some(&last));
    assert!(head.starts_with("HTTP/1.1 204"), "{head}");
    let (_, head) = Events::of(&office, "/v1/batches/00000000-0000-4000-8000-000000000000", None);
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
}

#[test]
fn only_so_many_look_on_at_once() {
    let office = Office::with(|settings| (settings.streams, settings.batch_threads) = (1, Some(1)));
    let place = office.send_json(&json!({ "records": people_with_photos(8) }));
    let (mut events, _) = Events::of(&office, &place, None);
    events.next().expect("the present state comes first");
    let (_, head) = Events::of(&office, &place, None);
    assert!(head.starts_with("HTTP/1.1 429") && head.to_lowercase().contains("retry-after: 5"), "{head}");
}

#[test]
fn stopped_it_stays_stopped_and_goes_on_when_asked() {
    let office = Office::with(|settings| settings.batch_threads = Some(1));
    let people = people_with_photos(12);
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let whole = by_command_line(&put(desk.path(), "名单.jsonl", lines(&people)), &[]);
    let place = office.send("application/x-ndjson", "/v1/batches", lines(&people).as_bytes());
    let waits = office.send_json(&json!({ "records": people_with_photos(1) }));
    let queued = office.service.post(&format!("{waits}/cancel"), "application/json", "");
    assert_eq!((queued.status, &queued.json()["state"]), (202, &json!("cancelled")), "{}", queued.text());
    let busy = office.service.post(&format!("{place}/run"), "application/json", "");
    assert_eq!((busy.status, busy.problem()), (409, "batch-at-work".to_owned()));
    let amend = office.service.send("PATCH", &format!("{place}/items/0"), &[("content-type", "application/json")], Some(b"{}"));
    assert_eq!((amend.status, amend.problem()), (409, "batch-at-work".to_owned()));
    // After the first person was rendered.
    let (mut events, _) = Events::of(&office, &place, None);
    while events.next().expect("people come").0 != "item" {}
    assert_eq!(office.service.post(&format!("{place}/cancel"), "application/json", "").status, 202);
    assert_eq!(office.wait(&place)["state"], "cancelled");
    assert_eq!(office.service.get(&format!("{place}/output")).status, 409);
    // A restart does not take up what somebody stopped.
    let office = office.again(|_| {});
    assert_eq!(office.service.get(&place).json()["state"], "cancelled");
    assert_eq!(office.service.post(&format!("{place}/run"), "application/json", " null\n").status, 202);
    assert_eq!(office.done(&place)["renders"], 12);
    assert_eq!(office.output(&place), whole);
    let ended = office.service.post(&format!("{place}/cancel"), "application/json", "");
    assert_eq!((ended.status, &ended.json()["state"]), (202, &json!("done")));
}

#[test]
fn a_restart_goes_on_and_renders_nobody_twice() {
    let office = Office::with(|settings| settings.batch_threads = Some(1));
    let people = people_with_photos(12);
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let whole = by_command_line(&put(desk.path(), "名单.jsonl", lines(&people)), &[]);
    let place = office.send("application/x-ndjson", "/v1/batches", lines(&people).as_bytes());
    let second = office.send_json(&json!({ "checkOnly": true, "records": people_with_photos(2) }));
    let (mut events, _) = Events::of(&office, &place, None);
    while events.next().expect("people come").0 != "item" {}
    let begun = Instant::now();
    // Somebody still looks on: that keeps nobody from stopping.
    let office = office.again(|_| {});
    assert!(begun.elapsed() < Duration::from_secs(20), "stopping took {:?}", begun.elapsed());
    let status = office.done(&place);
    assert_eq!((&status["renders"], &status["done"]), (&json!(12), &json!(12)));
    assert_eq!(office.output(&place), whole);
    assert_eq!(office.wait(&second)["state"], "checked");
}

/// Not a test of its own: the program that [`killed_at_any_moment_nothing_is_lost`] kills.
#[test]
#[ignore = "it serves until it is killed"]
fn serve_until_killed() {
    let Some(folder) = std::env::var_os("FORMWRIGHT_KILLED_FOLDER") else { return };
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    fs::write(std::path::Path::new(&folder).join("address"), address.to_string()).expect("there is room");
    let settings = settings(folder.as_ref(), |settings| settings.batch_threads = Some(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(formwright::service::run(listener, engine(), settings, std::future::pending())).expect("it serves");
}

/// A service in a program of its own.
struct Killable(Child, String);

impl Killable {
    fn start(folder: &std::path::Path) -> Killable {
        let told = folder.join("address");
        let _ = fs::remove_file(&told);
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "serve_until_killed", "--ignored"]).env("FORMWRIGHT_KILLED_FOLDER", folder);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut service = Killable(command.spawn().expect("it can be started"), String::new());
        let begun = Instant::now();
        loop {
            if let Ok(address) = fs::read_to_string(&told)
                && TcpStream::connect(&address).is_ok()
            {
                service.1 = address;
                return service;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn ask(&self, request: &str, body: &[u8]) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.1).expect("it listens");
        let head = format!("{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n", self.1, body.len());
        stream.write_all(head.as_bytes()).expect("it is taken");
        stream.write_all(b"Content-Type: application/x-ndjson\r\n\r\n").expect("it is taken");
        stream.write_all(body).expect("it is taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let at = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("it has a head");
        (String::from_utf8_lossy(&answer[..at]).into_owned(), answer[at + 4..].to_vec())
    }

    fn kill(mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let people = people_with_photos(24);
    let whole = by_command_line(&put(folder.path(), "名单.jsonl", lines(&people)), &[]);
    let service = Killable::start(folder.path());
    let (head, _) = service.ask("POST /v1/batches", lines(&people).as_bytes());
    let place = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{head}")).to_owned();
    let mut service = service;
    let (mut kills, mut status) = (0, Value::Null);
    for pause in [0, 60, 120, 200, 300, 400, 500, 600] {
        std::thread::sleep(Duration::from_millis(pause));
        let (_, body) = service.ask(&format!("GET {place}"), b"");
        status = serde_json::from_slice(&body).expect("it is a status");
        service.kill();
        kills += usize::from(status["state"] != "done");
        service = Killable::start(folder.path());
    }
    service.kill();
    assert!(kills >= 2, "it was killed {kills} times before its end: {status}");
    let office = Office { service: service::Service::start_with(settings(folder.path(), |_| {})), folder };
    let status = office.done(&place);
    // What was drawn and not yet in the journal when it was killed is drawn again and counted once.
    assert_eq!((&status["done"], &status["renders"]), (&json!(24), &json!(24)));
    assert_eq!(office.output(&place), whole);
}

#[test]
fn killed_right_after_it_was_stopped_or_deleted_it_is_not_taken_up_again() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let people = lines(&people_with_photos(24));
    let mut service = Killable::start(folder.path());
    let begun = |service: &Killable| {
        let (head, _) = service.ask("POST /v1/batches", people.as_bytes());
        let place = head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{head}")).to_owned();
        while !String::from_utf8_lossy(&service.ask(&format!("GET {place}"), b"").1).contains("\"running\"") {
            std::thread::sleep(Duration::from_millis(5));
        }
        place
    };
    let stopped = begun(&service);
    let (head, _) = service.ask(&format!("POST {stopped}/cancel"), b"");
    assert!(head.starts_with("HTTP/1.1 202"), "{head}");
    service.kill();
    service = Killable::start(folder.path());
    let (_, body) = service.ask(&format!("GET {stopped}"), b"");
    let status: Value = serde_json::from_slice(&body).expect("it is a status");
    assert_eq!(status["state"], "cancelled", "{status}");
    let deleted = begun(&service);
    let mut stream = TcpStream::connect(&service.1).expect("it listens");
    stream.write_all(format!("DELETE {deleted} HTTP/1.1\r\nHost: {}\r\n\r\n", service.1).as_bytes()).expect("it is taken");
    // From now on nobody is told of it; its thread may still be at its last person.
    while service.ask(&format!("GET {deleted}"), b"").0.starts_with("HTTP/1.1 200") {}
    service.kill();
    service = Killable::start(folder.path());
    let (head, _) = service.ask(&format!("GET {deleted}"), b"");
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    let name = deleted.rsplit('/').next().expect("it has a name");
    assert!(!folder.path().join("batches").join(name).exists(), "its folder went as well");
    service.kill();
}

#[test]
fn a_person_put_right_is_judged_at_once_and_made_alone() {
    let office = Office::open();
    let mut people = people_with_photos(4);
    people[1]["id_number"] = people[0]["id_number"].clone();
    people[2].as_object_mut().expect("a record").remove("name");
    let place = office.send_json(&json!({ "records": people }));
    let status = office.done(&place);
    assert_eq!((&status["done"], &status["held"], &status["renders"]), (&json!(1), &json!(3), &json!(1)));
    let item = |entry: usize| office.service.get(&format!("{place}/items/{entry}")).json();
    let amend = |entry: usize, body: Value| {
        let body = body.to_string();
        office.service.send("PATCH", &format!("{place}/items/{entry}"), &[("content-type", "application/json")], Some(body.as_bytes()))
    };
    let before = item(2);
    assert_eq!((&before["state"], &before["problems"][0]["pointer"]), (&json!("held"), &json!("/name")), "{before}");
    assert_eq!((&before["problems"][0]["code"], &before["problems"][0]["label"]), (&json!("missing-required"), &json!("姓名")));
    assert!(before["record"]["mobile"].is_string() && before["record"].get("photo").is_none(), "{before}");
    // What is no field, or no value of one, changes nothing.
    for (body, status, inner) in [
        (json!({ "set": { "nonsense": "x" } }), 422, "edit-no-field"),
        (json!({ "set": { "mobile.x": "x" } }), 422, "edit-no-field"),
        (json!({ "set": { "personal_summary": "长".repeat(200_000) } }), 422, "text-too-long"),
        (json!({ "set": { "": "x" } }), 422, "edit-no-field"),
        (json!({ "put": {} }), 400, ""),
    ] {
        let answer = amend(2, body.clone());
        assert_eq!((answer.status, codes(&answer).join(" ").as_str()), (status, inner), "{}", answer.text());
        assert!(!answer.text().contains("长长"), "{}", answer.text());
    }
    assert_eq!(office.service.get(&place).json()["state"], "done");
    let after = amend(2, json!({ "set": { "name": "林改好", "mobile": null } }));
    assert_eq!(after.status, 200, "{}", after.text());
    let after = after.json();
    assert_eq!((&after["name"], &after["edited"], &after["stale"]), (&json!("林改好"), &json!(["mobile", "name"]), &json!(false)));
    assert!(after["record"].get("mobile").is_none());
    assert_eq!(office.service.get(&place).json()["state"], "checked");
    // The one beside is judged anew, too.
    let number = people::person(1)["id_number"].clone();
    assert_eq!(item(0)["state"], "held");
    assert_eq!(amend(1, json!({ "set": { "id_number": number } })).json()["state"], "done");
    assert_eq!(item(0)["state"], "done");
    let undone = amend(2, json!({ "unset": ["mobile"] })).json();
    assert_eq!((&undone["edited"], undone["record"]["mobile"].is_string()), (&json!(["name"]), true));
    assert_eq!(office.service.get(&format!("{place}/output")).status, 409);
    assert_eq!(office.service.post(&format!("{place}/run"), "application/json", "").status, 202);
    let status = office.done(&place);
    assert_eq!((&status["done"], &status["renders"]), (&json!(4), &json!(4)), "the one that was made is not made again");
    // It is what the command line makes of the mended list.
    people[1]["id_number"] = number;
    people[2]["name"] = json!("林改好");
    let desk = tempfile::tempdir().expect("there is room for a folder");
    let list = put(desk.path(), "名单.json", Value::from(people).to_string());
    let (mut made, mut whole) = (office.output(&place), by_command_line(&list, &[]));
    // The order of a record's members may differ, and with it nothing but the digest that the report does not show.
    made.retain(|path, _| !path.starts_with("报告"));
    whole.retain(|path, _| !path.starts_with("报告"));
    assert_eq!(made, whole);
    // What was put right outlives the service.
    let office = office.again(|_| {});
    assert_eq!(office.service.get(&format!("{place}/items/2")).json()["name"], "林改好");
}

#[test]
fn what_the_disk_does_not_take_has_failed_and_can_be_asked_for_again() {
    let office = Office::with(|settings| settings.batch_threads = Some(1));
    let place = office.send_json(&json!({ "records": people_with_photos(12) }));
    let (mut events, _) = Events::of(&office, &place, None);
    while events.next().expect("people come").0 != "item" {}
    // No file takes the place of a folder with something in it.
    let note = office.folder.path().join("batches").join(place.rsplit('/').next().expect("it has a name")).join("batch.json");
    fs::remove_file(&note).expect("it is there");
    fs::create_dir_all(note.join("x")).expect("there is room");
    let status = office.wait(&place);
    assert_eq!((&status["state"], &status["problems"][0]["code"]), (&json!("failed"), &json!("store-failed")), "{status}");
    fs::remove_dir_all(&note).expect("it is there");
    let again = office.service.post(&format!("{place}/run"), "application/json", "");
    assert_eq!(again.status, 202, "{}", again.text());
    assert_eq!(office.done(&place)["renders"], 12, "nobody is drawn twice");
}

#[test]
fn deleted_it_is_gone_also_while_it_is_under_way() {
    let office = Office::with(|settings| settings.batch_threads = Some(1));
    let place = office.send_json(&json!({ "records": people_with_photos(12) }));
    let (mut events, _) = Events::of(&office, &place, None);
    while events.next().expect("people come").0 != "item" {}
    let gone = office.service.send("DELETE", &place, &[], None);
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    for path in ["", "/items", "/events", "/report.csv", "/output", "/items/0", "/items/0/photo"] {
        let answer = office.service.get(&format!("{place}{path}"));
        assert_eq!((answer.status, answer.problem()), (404, "batch-not-found".to_owned()), "{path}");
    }
    assert_eq!(office.service.send("DELETE", &place, &[], None).status, 404);
    let left: Vec<_> = batches::files(&office.folder.path().join("batches")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, [".lock"]);
    // Whoever looked on is sent away.
    while events.next().is_some() {}
}

#[test]
fn when_its_time_is_over_it_goes() {
    let office = Office::open();
    let place = office.send_json(&json!({ "checkOnly": true, "records": people_with_photos(1) }));
    let status = office.wait(&place);
    let day = |name: &str| status[name].as_str().expect("a moment").get(..10).expect("a day").to_owned();
    assert!(day("expiresAt") > day("createdAt"), "{status}");
    std::thread::sleep(Duration::from_millis(1100));
    let folder = office.folder.path().join("batches");
    fs::create_dir_all(folder.join(".receiving/x")).expect("there is room");
    fs::write(folder.join(".receiving/x/0"), b"half").expect("there is room");
    let office = office.again(|settings| settings.keep = Duration::from_secs(1));
    let begun = Instant::now();
    let left = || -> Vec<String> { batches::files(&folder).into_iter().map(|(name, _)| name).collect() };
    while office.service.get(&place).status != 404 || left() != [".lock"] {
        assert!(begun.elapsed() < Duration::from_secs(20), "it stays: {:?}", left());
        std::thread::sleep(Duration::from_millis(50));
    }
}
