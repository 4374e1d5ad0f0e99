//! The entry page in Chromium: a file of its own, filled in by the keyboard alone and saved; and a served one, posted, sent back
//! with what is wrong, mended, and made into a PDF. `tests/run` installs the browser; without it these tests are left out.

#[path = "support/browser.rs"]
mod browser;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use formwright::form::FieldKind;
use formwright::html::{SCRIPT, stylesheet};
use formwright::readback::{Posted, restored};
use formwright::record::NoFiles;
use formwright::{Engine, FieldName, HtmlOptions, PdfOptions, ReadBack, Record, Served};
use serde_json::{Map, Value, json};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open("templates", "fonts").expect("the templates are sound"));

/// What a person types, by the field's name; and what the record has for it where that is something else.
const TYPED: [(&str, &str, Option<&str>); 16] = [
    ("name", "王㛃", None),
    ("employer", "瑞安市云渡精密阀门有限公司", None),
    ("form_month", "9", None),
    ("sex", "女", None),
    ("birth", "1985.3", Some("1985-03")),
    ("ethnicity", "汉族", None),
    ("education", "在职研究生", None),
    ("work_start", "2006年7月", Some("2006-07")),
    ("id_number", "990000198503120027", None),
    ("mobile", "19900000001", None),
    ("resume.0.period", "2003.09—2006.06", None),
    ("resume.0.work", "浙江工贸职业技术学院\u{20164}", None),
    ("resume.8.witness", "吴某某", None),
    ("achievements.methods.content", "　　第一段<b>&\"'\n　　第二段", None),
    ("personal_summary", "个人总结", None),
    ("opinions.employer.date", "2021年9月18日", Some("2021-09-18")),
];

/// The record that comes of it.
fn typed() -> Record {
    let mut record = Record::blank();
    for (name, text, stored) in TYPED {
        assert!(record.set(&FieldName::parse(name).expect("a name"), stored.unwrap_or(text)));
    }
    assert!(record.embed(&FieldName::parse("photo").expect("a name"), &fs::read(photo()).expect("the photo is there")));
    record
}

fn values() -> Value {
    Value::Object(TYPED.iter().map(|(name, text, _)| ((*name).to_owned(), json!(text))).collect::<Map<_, _>>())
}

fn photo() -> PathBuf {
    let mut photos: Vec<PathBuf> =
        fs::read_dir("samples/photos").expect("there are photos").filter_map(|file| Some(file.ok()?.path())).collect();
    photos.sort();
    photos.into_iter().next().expect("a photo").canonicalize().expect("a path")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("entry").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The names that the Tab key should come to, in the page's own order; asked of the page.
const ORDER: &str = "Array.from(document.getElementById('entry').elements).filter(e => e.tabIndex >= 0 && e.type !== 'hidden' && !e.hidden)\
                     .map(e => e.name || e.id || e.textContent.trim())";

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_page_of_its_own_is_filled_in_by_the_keyboard_and_saved() {
    let folder = folder("file");
    let page = folder.join("填写.html");
    fs::write(&page, ENGINE.entry("recommendation", &Record::blank(), &HtmlOptions::default()).expect("the page is written"))
        .expect("it is kept");
    let saved = folder.join("saved.json");
    let job = json!({"steps": [
        {"goto": format!("file://{}", page.display())},
        {"tab": values(), "as": "walked", "seconds": 60},
        {"ask": ORDER, "as": "order"},
        {"upload": "[name='photo']", "files": [photo()]},
        {"see": ".photo img"},
        {"ask": "Array.from(document.querySelectorAll('[data-of=\"name\"]')).map(e => e.textContent)", "as": "echoes"},
        {"ask": "document.getElementById('entry').matches(':invalid')", "as": "invalid"},
        {"ask": "document.documentElement.scrollWidth <= innerWidth", "as": "fits"},
        {"download": saved, "click": "[data-do=save]"},
        {"see": ".said-now", "text": "已保存 recommendation.json"},
        {"screenshot": folder.join("1280.png"), "full": true},
        {"viewport": {"width": 768, "height": 1024}},
        {"ask": "document.documentElement.scrollWidth <= innerWidth", "as": "fits_768"},
        {"screenshot": folder.join("768.png"), "full": true},
        {"print": folder.join("print.pdf")},
    ]});
    let facts = browser::browse(&folder, "job", &job);
    let answers = &facts["answers"];
    assert_eq!(answers["walked"], answers["order"], "the Tab key goes in reading order");
    assert!(answers["walked"].as_array().is_some_and(|names| names.len() > 60));
    assert_eq!(answers["echoes"], json!(["王㛃"]), "the name stands on the second page, too");
    assert_eq!((&answers["invalid"], &answers["fits"], &answers["fits_768"]), (&json!(false), &json!(true), &json!(true)));
    assert_eq!(facts["downloads"], json!(["recommendation.json"]));
    let record = Record::parse(&fs::read(&saved).expect("it was saved"), &NoFiles).expect("it is a record");
    assert!(record == typed(), "the saved record is another than was typed");
    assert!(ENGINE.check("recommendation", &record).is_ok_and(|found| !found.has_errors()));
    // One sheet of paper for each page of the form.
    let sheets = pages(&fs::read(folder.join("print.pdf")).expect("it was printed"));
    assert_eq!(sheets, 6);
}

/// How many pages a PDF has.
fn pages(pdf: &[u8]) -> usize {
    lopdf::Document::load_mem(pdf).expect("a PDF").get_pages().len()
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_a_pattern_takes_can_be_understood() {
    let folder = folder("patterns");
    let page = folder.join("page.html");
    fs::write(&page, ENGINE.entry("recommendation", &Record::blank(), &HtmlOptions::default()).expect("the page is written"))
        .expect("it is kept");
    let months = ["1985.03", "1985-03", "1985.3", "1985年3月", "1985/3", "1985.12", "1985.13", "1985.00", "85.03", "1985", "不详"];
    let dates = ["2021年9月18日", "2021.9.18", "2021-09-18", "2021/9/18", "2021.9", "2021.13.1", "2021.9.32", "2021年9月"];
    let numbers = ["990000198503120027", "99000019850312002X", "99000019850312002x", "12345"];
    let ask = |name: &str, texts: &[&str]| {
        format!(
            "{}.map(text => {{ const box = document.getElementById('f-{name}'); box.value = text; return !box.validity.patternMismatch }})",
            json!(texts)
        )
    };
    let job = json!({"steps": [
        {"goto": format!("file://{}", page.display())},
        {"ask": ask("birth", &months), "as": "months"},
        {"ask": ask("opinions.employer.date", &dates), "as": "dates"},
        {"ask": ask("id_number", &numbers), "as": "numbers"},
    ]});
    let answers = browser::browse(&folder, "job", &job)["answers"].clone();
    for (name, kind, texts) in [("months", FieldKind::Month, &months[..]), ("dates", FieldKind::Date, &dates[..])] {
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(answers[name][at], json!(restored(Some(&kind), text).readable), "{text}");
        }
    }
    assert_eq!(answers["numbers"], json!([true, true, false, false]));
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_served_page_is_posted_mended_and_made_into_a_pdf() {
    let folder = folder("served");
    let server = Server::start();
    let (address, made) = (format!("http://{}/entry/recommendation", server.address), folder.join("made.pdf"));
    let mut steps = vec![json!({"goto": address})];
    steps.extend(
        TYPED
            .iter()
            .filter(|(name, ..)| *name != "sex" && *name != "id_number")
            .map(|(name, text, _)| json!({"fill": format!("[name='{name}']"), "with": text})),
    );
    steps.extend([
        json!({"select": "[name='sex']", "with": "女"}),
        json!({"fill": "[name='id_number']", "with": "12345"}),
        json!({"upload": "[name='photo']", "files": [photo()]}),
        json!({"click": "button[value=check]"}),
        // It comes back with what is wrong, and with the photo.
        json!({"see": "#problems a[href='#f-id_number']"}),
        json!({"see": ".photo img"}),
        json!({"click": "#problems a[href='#f-id_number']"}),
        json!({"ask": "document.activeElement.name", "as": "focused"}),
        json!({"see": "#n-id_number"}),
        json!({"screenshot": folder.join("problems.png"), "full": true}),
        json!({"screenshot": folder.join("problem.png")}),
        json!({"fill": "[name='id_number']", "with": "990000198503120027"}),
        json!({"download": made, "click": "button[value=pdf]", "seconds": 60}),
        json!({"click": "button[value=check]"}),
        json!({"gone": "#problems a[href='#f-id_number']"}),
        json!({"see": "#problems"}),
        json!({"ask": "getComputedStyle(document.querySelector('table')).borderCollapse", "as": "styled"}),
    ]);
    let facts = browser::browse(&folder, "job", &json!({"steps": steps}));
    assert_eq!((&facts["answers"]["focused"], &facts["answers"]["styled"]), (&json!("id_number"), &json!("collapse")));
    let posted = server.records();
    assert_eq!(posted.len(), 3);
    assert!(posted.get(1) == Some(&typed()), "what was posted is another record than was typed");
    assert!(posted.get(2) == Some(&typed()), "the photo is lost after a check");
    // The PDF holds what was typed, as the program's own would.
    let pdf = fs::read(&made).expect("it was made");
    let own = ENGINE.fill("recommendation", typed()).and_then(|form| form.pdf(&PdfOptions::fillable())).expect("it is made");
    assert!(pdf == own, "the same record makes the same bytes");
    assert!(ReadBack::read("made.pdf", &pdf).is_ok());
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_served_page_works_without_script() {
    let folder = folder("no-script");
    let server = Server::start();
    let steps = json!([
        {"goto": format!("http://{}/entry/recommendation", server.address)},
        {"fill": "[name='name']", "with": "王㛃"},
        {"upload": "[name='photo']", "files": [photo()]},
        {"focus": "[name='employer']"},
        {"type": "abc"},
        // The Enter key in a line presses the first button, which checks.
        {"press": "Enter"},
        {"see": "#problems"},
        {"see": ".photo img"},
        {"screenshot": folder.join("page.png")},
    ]);
    browser::browse(&folder, "job", &json!({"script": false, "steps": steps}));
    let posted = server.records();
    let name = |name: &str| FieldName::parse(name).expect("a name");
    assert_eq!(posted.len(), 1);
    assert_eq!((posted[0].text(&name("name")), posted[0].text(&name("employer"))), (Some("王㛃"), Some("abc")));
    assert!(posted[0].asset(&name("photo")).is_some());
}

/// As much of a service as a page needs: one connection after another, on the loopback.
struct Server {
    address: String,
    records: Arc<Mutex<Vec<Record>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let records = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&records);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&taken);
                // A browser opens connections before it needs them.
                std::thread::spawn(move || drop(answer(stream, &taken)));
            }
        });
        Server { address, records }
    }

    fn records(&self) -> Vec<Record> {
        self.records.lock().expect("no test broke in it").clone()
    }
}

fn answer(stream: TcpStream, records: &Mutex<Vec<Record>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header =
        |name: &str| head.iter().find_map(|line| line.to_lowercase().starts_with(name).then(|| line[name.len()..].trim().to_owned()));
    let length = header("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let request: Vec<&str> = head.first().map(|line| line.split(' ').collect()).unwrap_or_default();
    let (kind, bytes) = match (request.first(), request.get(1)) {
        (Some(&"GET"), Some(&"/entry/recommendation")) => ("text/html; charset=utf-8", page(&Record::blank(), false)),
        (Some(&"GET"), Some(&"/entry/assets/entry.js")) => ("text/javascript", SCRIPT.as_bytes().to_vec()),
        (Some(&"GET"), Some(path)) if path.starts_with("/entry/assets/entry.css?") => {
            ("text/css", stylesheet(path.split_once('?').map_or("", |(_, query)| query)).into_bytes())
        }
        (Some(&"POST"), Some(&"/entry/recommendation")) => {
            let values = multipart(&header("content-type:").unwrap_or_default(), &body);
            let (record, found) = ENGINE.posted("recommendation", &values).expect("the form is sound");
            assert!(found.is_empty(), "{:?}", found.codes());
            records.lock().expect("no test broke in it").push(record.clone());
            match values.iter().find(|(name, _)| name == "to") {
                Some((_, Posted::Text(to))) if to == "pdf" => (
                    "application/pdf",
                    ENGINE.fill("recommendation", record).and_then(|form| form.pdf(&PdfOptions::fillable())).expect("it is made"),
                ),
                _ => ("text/html; charset=utf-8", page(&record, true)),
            }
        }
        _ => ("text/plain", Vec::new()),
    };
    let mut stream = reader.into_inner();
    let saved = if kind == "application/pdf" { "Content-Disposition: attachment; filename=made.pdf\r\n" } else { "" };
    let policy = "Content-Security-Policy: default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'";
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{policy}\r\n{saved}Connection: close\r\n\r\n",
        bytes.len()
    )?;
    stream.write_all(&bytes)
}

fn page(record: &Record, checked: bool) -> Vec<u8> {
    let served = Served {
        action: "/entry/recommendation".into(),
        assets: "/entry/assets".into(),
        outputs: ENGINE.template("recommendation").expect("it is sound").outputs().to_vec(),
    };
    let problems = checked.then(|| ENGINE.check("recommendation", record).expect("the form is sound"));
    let options = HtmlOptions { problems, served: Some(served), ..HtmlOptions::default() };
    ENGINE.entry("recommendation", record, &options).expect("the page is written").into_bytes()
}

/// The parts of a `multipart/form-data` body (RFC 7578), as Chromium writes it.
fn multipart(kind: &str, body: &[u8]) -> Vec<(String, Posted)> {
    let boundary = kind.split_once("boundary=").map(|(_, boundary)| format!("--{boundary}")).expect("a boundary");
    let mut parts = Vec::new();
    let mut rest = body;
    while let Some(at) = find(rest, boundary.as_bytes()) {
        rest = &rest[at + boundary.len()..];
        if rest.starts_with(b"--") {
            break;
        }
        let end = find(rest, boundary.as_bytes()).expect("an end");
        let part = &rest[2..end - 2];
        let gap = find(part, b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(part[..gap].to_vec()).expect("a head in UTF-8");
        let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name").to_owned();
        let content = part[gap + 4..].to_vec();
        let value =
            if head.contains("filename=") { Posted::File(content) } else { Posted::Text(String::from_utf8(content).expect("UTF-8")) };
        parts.push((name, value));
    }
    parts
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
