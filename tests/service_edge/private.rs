//! Nothing of a record in anything that comes out but its own document; and nothing goes out to anywhere.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use axum::Router;
use axum::routing::post;
use formwright::service::{Settings, log};
use serde_json::Value;

use crate::desk::{Client, Edge, status};
use crate::start::Running;

/// What stands for a person: nothing of it may come out.
const MARKS: [&str; 5] = ["330302199001019999", "13800138999", "钱多多", "Qianduoduo", "mark-7f3a"];

/// The fields that a line of the log may have.
const FIELDS: &[&str] = &[
    "timestamp",
    "level",
    "event",
    "method",
    "route",
    "status",
    "ms",
    "bytes",
    "whole",
    "request",
    "trace",
    "caller",
    "problem",
    "place",
    "kind",
    "connections",
];

fn marked() -> String {
    MARKS.join("-")
}

/// Percent-encoded, as a path or a query has it.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn no_mark(what: &str, text: &str) {
    for mark in MARKS {
        assert!(!text.contains(mark), "{what} tells {mark}:\n{text}");
        assert!(!text.contains(&encoded(mark)), "{what} tells {mark}, encoded:\n{text}");
    }
}

/// A request full of marks.
struct Rude {
    head: String,
    body: Vec<u8>,
    /// Whether marks are what members or parameters are called: who sent them is told which are unknown, and nobody else.
    as_names: bool,
}

/// Requests that fail in all kinds of ways.
fn rude_requests() -> Vec<Rude> {
    let (mark, path) = (marked(), encoded(&marked()));
    let ascii = "330302199001019999-13800138999-Qianduoduo-mark-7f3a";
    let record =
        format!("{{\"record\":{{\"name\":\"{mark}\",\"id_number\":\"{mark}\",\"mobile\":[\"{mark}\"],\"photo\":\"{mark}.jpg\"}}}}");
    let multipart = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{mark}\"; filename=\"{mark}.jpg\"\r\n\r\n{mark}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"record\"; filename=\"{mark}.json\"\r\n\r\n{{\"name\": [\"{mark}\"]}}\r\n--b--\r\n"
    );
    let render = "/v1/templates/recommendation/render";
    let json = "application/json";
    let mut all = Vec::new();
    let mut add = |method: &str, target: &str, headers: &str, body: &str| {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        all.push(Rude { head, body: body.as_bytes().to_vec(), as_names: false });
    };
    let typed = |kind: &str| format!("Content-Type: {kind}\r\n");
    add("GET", &format!("/{path}"), "", "");
    add("GET", &format!("/v1/templates/{path}"), "", "");
    add("GET", &format!("/v1/templates/{path}/schema"), "", "");
    add("GET", &format!("/v1/templates/recommendation/blank?output={path}"), "", "");
    add("DELETE", &format!("/v1/templates/{path}"), "", "");
    add(&format!("X{ascii}"), "/v1/templates", "", "");
    add(
        "GET",
        "/v1/templates",
        &format!("Origin: http://{ascii}\r\nReferer: http://x/{path}\r\nUser-Agent: {ascii}\r\nCookie: a={ascii}\r\n"),
        "",
    );
    add("POST", render, &format!("Origin: http://{ascii}\r\n{}", typed(json)), &record);
    add(
        "GET",
        "/v1/templates",
        &format!("X-Request-Id: {ascii}\r\ntraceparent: 00-{ascii}-{ascii}-01\r\nAccept-Language: {ascii}\r\n"),
        "",
    );
    add("GET", "/v1/templates", "X-Request-Id: 330302199001019999\r\ntraceparent: 330302199001019999\r\n", "");
    add("GET", "/v1/templates", &format!("Authorization: Bearer {ascii}\r\n"), "");
    add("POST", render, &typed(json), &record);
    add("POST", render, &typed(json), &format!("{{\"record\": {mark}"));
    add("POST", render, &typed(json), &format!("{{\"record\":{{\"name\":\"王\"}},\"output\":\"{mark}\"}}"));
    add(
        "POST",
        render,
        &typed(json),
        &format!("{{\"record\":{{\"photo\":\"asset:{mark}\"}},\"assets\":{{\"{mark}\":\"data:image/png;base64,AAAA\"}}}}"),
    );
    add("POST", render, &typed(&format!("text/{ascii}")), &mark);
    add("POST", render, &typed("multipart/form-data; boundary=b"), &multipart);
    add("POST", render, &typed("multipart/form-data; boundary=b"), &multipart[..multipart.len() - 9]);
    add("POST", "/v1/templates/recommendation/check", &typed(json), &record);
    add(
        "POST",
        "/v1/templates/summary/check",
        &typed(json),
        &format!("{{\"record\":{{\"nominees\":[{{\"name\":\"{mark}\",\"id_number\":\"{mark}\"}}]}}}}"),
    );
    add("POST", "/v1/templates/recommendation/read", &typed("application/pdf"), &format!("%PDF-1.7 {mark}"));
    add("POST", "/v1/templates/recommendation/read", &typed("multipart/form-data; boundary=b"), &multipart);
    add("POST", "/v1/batches?outputs=paint", &typed("application/x-ndjson"), &mark);
    add("POST", "/v1/batches", &typed(json), &format!("{{\"template\":\"{mark}\",\"records\":[]}}"));
    add("POST", "/v1/batches", &format!("Idempotency-Key: {ascii} {ascii}\r\n{}", typed(json)), &record);
    add("GET", &format!("/v1/batches/{path}/items/{path}"), "", "");
    let names = all.len();
    let mut add = |target: &str, body: &str| {
        let length = body.len();
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {json}\r\nContent-Length: {length}\r\n\r\n"
        );
        all.push(Rude { head, body: body.as_bytes().to_vec(), as_names: true });
    };
    add(render, &format!("{{\"{mark}\": \"x\"}}"));
    add(render, &format!("{{\"record\":{{\"name\":\"王\",\"{mark}\":1}}}}"));
    add(&format!("{render}?{path}=1"), &record);
    assert_eq!(all.len(), names + 3);
    all
}

#[test]
fn nothing_of_a_record_comes_out_of_the_program() {
    let desk = tempfile::tempdir().expect("a folder");
    let mut running = Running::start(desk.path(), &["--log", "json", "--body-limit", "1MiB"]);
    let mut refused = 0;
    for Rude { head, body, as_names } in rude_requests() {
        let mut client = Client::connect(running.address);
        client.try_send(&head);
        let _ = std::io::Write::write_all(&mut client.0, &body);
        let answer = client.rest();
        assert_ne!(status(&answer), 500, "{head}{answer}");
        refused += usize::from(status(&answer) >= 400);
        if !as_names {
            no_mark(&format!("the answer to {}", head.lines().next().unwrap_or_default()), &answer);
        }
    }
    assert!(refused >= 17, "only {refused} were refused");
    // By a name that is not ours; with a body that breaks off.
    for text in [
        format!("GET /{} HTTP/1.1\r\nHost: mark-7f3a\r\nConnection: close\r\n\r\n", encoded(&marked())),
        format!(
            "POST /v1/templates/recommendation/render HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{}",
            marked()
        ),
        "mark-7f3a 330302199001019999\r\n\r\n".to_owned(),
    ] {
        let mut client = Client::connect(running.address);
        client.send(&text);
        client.0.shutdown(std::net::Shutdown::Write).expect("half closed");
        no_mark("an answer", &client.rest());
    }
    let mut client = Client::connect(running.address);
    client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let metrics = client.rest();
    no_mark("/metrics", &metrics);
    assert!(metrics.contains("formwright_renders_total{template=\"recommendation\""), "{metrics}");
    only_our_own_sockets(&running);
    running.signal("TERM");
    let mut err = String::new();
    running.child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
    no_mark("the log", &err);
    let lines: Vec<Value> = err.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(lines.len() >= rude_requests().len(), "{err}");
    for line in &lines {
        for field in line.as_object().expect("an object").keys() {
            assert!(FIELDS.contains(&field.as_str()), "the log has a field {field}: {line}");
        }
        let route = line["route"].as_str().unwrap_or("-");
        assert!(route == "-" || route.starts_with('/'), "{line}");
    }
    nothing_is_kept(desk.path());
}

/// Nothing of single documents is on the disk.
fn nothing_is_kept(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            nothing_is_kept(&path);
        } else {
            no_mark("a file", &String::from_utf8_lossy(&std::fs::read(&path).expect("ours")));
            no_mark("a file's name", &path.display().to_string());
        }
    }
}

/// Every socket of the process is its listener's, or a client's of it: it never called anybody.
fn only_our_own_sockets(running: &Running) {
    let process = format!("/proc/{}", running.child.id());
    let port = format!(":{:04X}", running.address.port());
    let inodes: Vec<String> = std::fs::read_dir(format!("{process}/fd"))
        .expect("our own child")
        .filter_map(|entry| {
            std::fs::read_link(entry.ok()?.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned)
        })
        .collect();
    let mut seen = 0;
    for table in ["tcp", "tcp6", "udp", "udp6", "raw"] {
        let Ok(text) = std::fs::read_to_string(format!("{process}/net/{table}")) else { continue };
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words.get(9).is_some_and(|inode| inodes.iter().any(|own| own == inode)) {
                assert!(words[1].ends_with(&port), "a socket to elsewhere: {table} {line}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 1, "not even the listener was found");
}

/// What a child of [`a_panic_tells_its_place_only`] does.
#[test]
#[allow(clippy::result_large_err)] // a problem travels once a request
fn child_that_panics() {
    if std::env::var_os("FORMWRIGHT_TEST_CHILD").is_none() {
        return;
    }
    log::begin(log::LogKind::Json);
    let routes = Router::new().route(
        "/here/{name}",
        post(|body: String| async move {
            if !body.is_empty() {
                panic!("could not do {body}")
            }
        }),
    );
    let edge = Edge::start(Settings::default(), routes);
    for path in ["a".to_owned(), encoded(&marked())] {
        let body = marked();
        let mut client = edge.connect();
        client.send(&format!(
            "POST /here/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ));
        let answer = client.rest();
        assert_eq!(status(&answer), 500);
        no_mark("an answer", &answer);
    }
    // A job on a thread of its own panics alike.
    let app = edge.app.clone();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let job =
        || -> Result<(), formwright::service::Problem> { if MARKS.is_empty() { Ok(()) } else { panic!("could not do {}", marked()) } };
    let problem = runtime.block_on(app.work.run(job));
    assert_eq!(problem.expect_err("it panicked").code, "internal");
}

#[test]
fn a_panic_tells_its_place_only() {
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "private::child_that_panics", "--nocapture"])
        .env("FORMWRIGHT_TEST_CHILD", "1")
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    let text = format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{text}");
    no_mark("a panic", &text);
    assert_eq!(text.matches("\"event\":\"panic\"").count(), 3, "{text}");
    assert!(text.contains("private.rs:"), "the place is told: {text}");
    assert!(text.contains("\"route\":\"/here/{name}\"") && text.contains("\"problem\":\"internal\""), "{text}");
}

#[test]
fn no_crate_and_no_line_of_ours_can_call_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-e", "normal", "--prefix", "none"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"hyper") && names.len() > 100, "{tree}");
    let clients = [
        "reqwest",
        "ureq",
        "isahc",
        "curl",
        "surf",
        "attohttpc",
        "minreq",
        "hickory-resolver",
        "trust-dns-resolver",
        "native-tls",
        "openssl",
        "webpki-roots",
        "rustls-native-certs",
        "rustls-platform-verifier",
        "hyper-tls",
        "hyper-rustls",
        "tungstenite",
        "lettre",
    ];
    for client in clients {
        assert!(!names.contains(&client), "{client} could call out");
    }
    let features = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-e", "normal,features", "-i", "hyper"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    let features = String::from_utf8_lossy(&features.stdout).into_owned();
    assert!(features.contains("hyper feature \"server\"") && !features.contains("hyper feature \"client\""), "{features}");
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for call in ["TcpStream::connect", "UdpSocket", "UnixStream", "TcpSocket", "lookup_host", "to_socket_addrs", "Command::new(\""]
            {
                assert!(!text.contains(call), "{}: {call}", path.display());
            }
        }
    }
}
