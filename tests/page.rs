//! The page in four steps, as a browser without script sends it; `tests/page_browser.rs` does it in Chromium.

#[allow(dead_code)]
#[path = "support/people.rs"]
mod people;
#[path = "support/service.rs"]
mod service;

use std::time::{Duration, Instant};

use formwright::service::Settings;
use serde_json::{Value, json};
use service::{Answer, Part, Service, multipart};

/// What a browser says that a person sits at.
const BROWSER: &[(&str, &str)] = &[("accept", "text/html,application/xhtml+xml"), ("accept-language", "zh-CN,zh;q=0.9")];

/// Where work begins.
const WORK: &str = "/work";

/// A service with a folder of its own.
struct Office {
    service: Service,
    _folder: tempfile::TempDir,
}

impl Office {
    fn open() -> Office {
        let folder = tempfile::tempdir().expect("there is room");
        let settings = Settings { folder: folder.path().join("batches"), ..Settings::default() };
        Office { service: Service::start_with(settings), _folder: folder }
    }

    fn get(&self, path: &str) -> Answer {
        self.service.send("GET", path, BROWSER, None)
    }

    fn post(&self, path: &str, parts: &[Part<'_>]) -> Answer {
        let (kind, body) = multipart(parts);
        let headers: Vec<(&str, &str)> = BROWSER.iter().copied().chain([("content-type", kind.as_str())]).collect();
        self.service.send("POST", path, &headers, Some(&body))
    }

    /// A form without files, as browsers send it by default.
    fn press(&self, path: &str, pairs: &str) -> Answer {
        let headers: Vec<(&str, &str)> = BROWSER.iter().copied().chain([("content-type", "application/x-www-form-urlencoded")]).collect();
        self.service.send("POST", path, &headers, Some(pairs.as_bytes()))
    }

    /// Sends a list and waits until it is checked; gives back where its page is.
    fn send(&self, list: &[Value]) -> String {
        let text = Value::from(list.to_vec()).to_string();
        let sent = self.post(
            "/work",
            &[
                ("template", None, None, b"recommendation"),
                ("list", Some("名单.json"), Some("application/json"), text.as_bytes()),
                ("photos", Some(""), Some("application/octet-stream"), b""),
            ],
        );
        assert_eq!(sent.status, 303, "{}", sent.text());
        let place = sent.header("location").to_owned();
        self.settled(&place);
        place
    }

    /// The page when nothing is under way any more.
    fn settled(&self, path: &str) -> String {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let page = self.get(path);
            assert_eq!(page.status, 200, "{}", page.text());
            let text = page.text();
            if !text.contains("data-events") {
                return text;
            }
            // Whoever has no script is sent here again by the page itself.
            assert!(text.contains("<noscript><meta http-equiv=\"refresh\""), "{text}");
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// People of whom the ones named have something wrong.
fn people(count: usize, broken: &[usize]) -> Vec<Value> {
    (0..count)
        .map(|n| {
            let mut person = people::person(n);
            person["photo"] = Value::Null;
            if broken.contains(&n) {
                let number = person["id_number"].as_str().expect("a number").to_owned();
                let last = if number.ends_with('1') { '2' } else { '1' };
                person["id_number"] = json!(format!("{}{last}", &number[..17]));
            }
            person
        })
        .collect()
}

/// How many people the list shows with each sign.
fn signs(page: &str) -> [usize; 3] {
    let body = page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    ["mark fine", "mark look", "mark wrong"].map(|class| body.matches(&format!("class=\"{class}\"")).count())
}

#[test]
fn a_list_is_checked_mended_made_and_wiped() {
    let office = Office::open();
    let list = people(4, &[2]);
    let place = office.send(&list);
    let page = office.settled(&place);
    let [_, _, wrong] = signs(&page);
    assert_eq!(wrong, 1, "{page}");
    assert!(page.contains("1 人有错"), "{page}");
    // Only those with errors.
    let page = office.get(&format!("{place}?show=wrong")).text();
    assert_eq!(signs(&page), [0, 0, 1]);

    let person = office.get(&format!("{place}/people/2"));
    assert_eq!(person.status, 200);
    let text = person.text();
    assert!(text.contains("id=\"f-id_number\"") && text.contains("校验码"), "{text}");
    assert!(text.contains("name=\"f.id_number\""), "{text}");
    let picture =
        text.split("<img src=\"").find_map(|rest| rest.split('"').next().filter(|src| src.contains("/page-"))).expect("a picture");
    let picture = office.get(&picture.replace("&amp;", "&"));
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));

    let right = people::person(2)["id_number"].as_str().expect("a number").to_owned();
    let mended = office.post(&format!("{place}/people/2"), &[("f.id_number", None, None, right.as_bytes())]);
    assert_eq!((mended.status, mended.header("location")), (303, format!("{place}/people/2?saved=1#f-id_number").as_str()));
    let text = office.get(&format!("{place}/people/2?saved=1")).text();
    assert!(text.contains("已保存") && !text.contains("校验码"), "{text}");
    assert_eq!(signs(&office.get(&place).text())[2], 0);

    let made = office.press(&format!("{place}/make"), "pdf=1&docx=1");
    assert_eq!((made.status, made.header("location")), (303, format!("{place}/take").as_str()));
    let page = office.settled(&format!("{place}/take"));
    assert!(page.contains("4 册"), "{page}");
    let links: Vec<String> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.contains("/files/") || link.contains("/output"))
        .map(|link| link.replace("&amp;", "&"))
        .collect();
    assert!(links.len() > 8, "{links:?}");
    for link in &links {
        let file = office.get(link);
        assert_eq!(file.status, 200, "{link}");
        assert!(!file.body.is_empty(), "{link}");
    }
    // People are numbered by their units, so the file is found by its name: 002-瑞安市-黄建国.docx.
    let name: String = list[2]["name"].as_str().expect("a name").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let own = links.iter().find(|link| link.ends_with(&format!("{name}.docx"))).expect("the mended person's own file");
    let back = service::engine().read("recommendation", "own.docx", &office.get(own).body).expect("it reads back");
    let mut sent = list[2].clone();
    sent["id_number"] = json!(right);
    let sent = formwright::Record::parse(sent.to_string().as_bytes(), &formwright::record::NoFiles).expect("a record");
    let differs: Vec<String> = back.differences(&sent).into_iter().map(|one| one.name.to_string()).collect();
    assert!(differs.is_empty(), "{differs:?}");

    assert_eq!(office.get(&format!("{place}/wipe")).status, 200);
    let wiped = office.press(&format!("{place}/wipe"), "");
    assert_eq!((wiped.status, wiped.header("location")), (303, "/?wiped=1"));
    assert!(office.get("/?wiped=1").text().contains("数据已清除"));
    for path in ["", "/take", "/wipe", "/people/2", "/people/2/page-1.png"] {
        assert_eq!(office.get(&format!("{place}{path}")).status, 404, "{path}");
    }
}

#[test]
fn only_files_of_the_output_are_given_away() {
    let office = Office::open();
    let place = office.send(&people(2, &[]));
    assert_eq!(office.press(&format!("{place}/make"), "pdf=1").status, 303);
    office.settled(&format!("{place}/take"));
    for path in [".formwright/journal.sqlite", "../batch.json", "..%2Fbatch.json", "%2e%2e/source/名单.json", "/etc/passwd", "nothing.pdf"]
    {
        let answer = office.get(&format!("{place}/files/{path}"));
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(office.get(&format!("{place}/files/{}", "%E6%8A%A5%E5%91%8A.csv")).status, 200);
}

#[test]
fn what_a_record_says_is_never_markup() {
    let office = Office::open();
    let mut list = people(1, &[]);
    list[0]["name"] = json!("<script>alert(1)</script>\"'&");
    list[0]["post"] = json!("</textarea><img src=x onerror=alert(1)>");
    let place = office.send(&list);
    for path in ["", "/people/0", "/people/0?field=post", "/people/0?field=name&sheet=2", "/take"] {
        let page = office.get(&format!("{place}{path}")).text();
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}");
    }
    let page = office.get(&place).text();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    let page = office.get(&format!("{place}/people/0?field=%22%3E%3Cscript%3E&sheet=%3Cb%3E&lang=%22%3E")).text();
    assert!(!page.contains("\"><script>") && !page.contains("<b>&"), "{page}");
}

#[test]
fn a_value_that_cannot_be_taken_stays_in_its_control() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    let long = "长".repeat(formwright::record::MAX_CHARS + 1);
    let refused = office.post(&format!("{place}/people/0"), &[("f.post", None, None, long.as_bytes())]);
    let text = refused.text();
    assert_eq!(refused.status, 422, "{}", text.chars().take(600).collect::<String>());
    assert!(text.contains("没有保存") && text.contains(&long), "it is lost");
    // Nothing changed, nothing is kept.
    assert!(!office.get(&format!("{place}/people/0?field=post")).text().contains("长长长"));
    // What is no field is passed over.
    let passed = office.post(&format!("{place}/people/0"), &[("f.no_such_field", None, None, b"x"), ("post", None, None, b"y")]);
    assert_eq!(passed.status, 303);
}

#[test]
fn a_photo_is_put_right_and_shown() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    assert_eq!(office.get(&format!("{place}/people/0/photo/photo")).status, 404);
    let photo = std::fs::read("samples/photos/photo-1.jpg").expect("the sample");
    let mended = office.post(&format!("{place}/people/0"), &[("f.photo", Some("王㛃.jpg"), Some("image/jpeg"), &photo)]);
    assert_eq!(mended.status, 303, "{}", mended.text());
    let shown = office.get(&format!("{place}/people/0/photo/photo"));
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/jpeg"));
    assert_eq!(shown.body, photo);
    // Without a file the photo stays.
    let kept = office.post(&format!("{place}/people/0"), &[("f.photo", Some(""), None, b"")]);
    assert_eq!(kept.status, 303);
    assert_eq!(office.get(&format!("{place}/people/0/photo/photo")).status, 200);
    let wrong = office.post(&format!("{place}/people/0"), &[("f.photo", Some("x.gif"), None, b"GIF89a")]);
    assert_eq!(wrong.status, 400);
}

#[test]
fn filled_files_tell_what_changed() {
    let office = Office::open();
    let engine = service::engine();
    let sent = std::fs::read("samples/nominee.json").expect("the sample");
    let record = formwright::Record::open("samples/nominee.json").expect("the sample");
    let mut other = record.clone();
    assert!(other.set(&formwright::FieldName::parse("education").expect("a name"), "<b>本科</b>"));
    let pdf = engine.fill("recommendation", other).and_then(|form| form.pdf(&formwright::PdfOptions::fillable())).expect("a form");
    let same = engine.fill("recommendation", record).and_then(|form| form.docx(&formwright::DocxOptions::default())).expect("a form");
    let answer = office.post(
        "/back",
        &[
            ("template", None, None, b"recommendation"),
            ("filled", Some("王㛃.pdf"), Some("application/pdf"), &pdf),
            ("filled", Some("原样.docx"), None, &same),
            ("filled", Some("坏.pdf"), None, b"nothing"),
            ("sent", Some("nominee.json"), Some("application/json"), &without_photo(&sent)),
        ],
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    assert!(page.contains("<ins>&lt;b&gt;本科&lt;/b&gt;</ins>"), "{page}");
    assert!(page.contains("这份读不出来"), "{page}");
    assert_eq!(page.matches("name=\"record\"").count(), 2);
    // The record of a page is given as a file, and is the record.
    let held = page.split("name=\"record\" value=\"").nth(2).and_then(|rest| rest.split('"').next()).expect("a record");
    let held = held.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let kept = office.post("/back/record", &[("name", None, None, "王㛃".as_bytes()), ("record", None, None, held.as_bytes())]);
    assert_eq!((kept.status, kept.header("content-type")), (200, "application/json"));
    assert_eq!(kept.header("content-disposition"), "attachment; filename*=UTF-8''%E7%8E%8B%E3%9B%83.json");
    let back = formwright::Record::parse(&kept.body, &formwright::record::NoFiles).expect("a record");
    let read = engine.read("recommendation", "原样.docx", &same).expect("it reads back");
    assert!(read.differences(&back).is_empty());

    // Without the record the file's own memory is asked.
    let docx = engine
        .fill("recommendation", formwright::Record::blank())
        .and_then(|form| form.docx(&formwright::DocxOptions::default()))
        .expect("a form");
    let answer = office.post("/back", &[("template", None, None, b"recommendation"), ("filled", Some("空.docx"), None, &docx)]);
    assert!(answer.text().contains("没有改动"), "{}", answer.text());
    let none = office.post("/back", &[("template", None, None, b"recommendation"), ("filled", Some(""), None, b"")]);
    assert_eq!(none.status, 400);
}

/// A record that names no file.
fn without_photo(record: &[u8]) -> Vec<u8> {
    let mut record: Value = serde_json::from_slice(record).expect("JSON");
    record.as_object_mut().expect("an object").remove("photo");
    record.to_string().into_bytes()
}

#[test]
fn problems_are_pages_for_people_and_documents_for_programs() {
    let office = Office::open();
    let nobody = format!("{WORK}/00000000-0000-4000-8000-000000000000");
    let nowhere = office.get(&nobody);
    assert_eq!((nowhere.status, nowhere.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(nowhere.text().contains("<h1>没有这一批"), "{}", nowhere.text());
    let program = office.service.send("GET", &nobody, &[], None);
    assert_eq!(program.problem(), "batch-not-found");
    let broken = office.post(WORK, &[("list", Some("名单.json"), None, b"[{")]);
    assert!(broken.status == 422 || broken.status == 303, "{}", broken.text());
    let nothing = office.post(WORK, &[("template", None, None, b"recommendation")]);
    assert_eq!(nothing.status, 422);
    assert!(nothing.text().contains("没有上传名单"), "{}", nothing.text());
    assert_eq!(office.get("/nothing-here").header("content-type"), "text/html; charset=utf-8");
}

#[test]
fn the_page_speaks_the_language_that_is_asked_for() {
    let office = Office::open();
    assert!(office.get("/").text().contains("<html lang=\"zh-CN\">"));
    let english = office.get("/?lang=en");
    assert!(english.text().contains("<html lang=\"en\">") && english.text().contains("Send and check"));
    let cookie = english.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let headers = [("accept", "text/html"), ("cookie", cookie.as_str())];
    assert!(office.service.send("GET", "/", &headers, None).text().contains("<html lang=\"en\">"));
    let asked = office.service.send("GET", "/", &[("accept", "text/html"), ("accept-language", "en-GB")], None);
    assert!(asked.text().contains("<html lang=\"en\">"));
}

#[test]
fn every_file_of_a_page_is_ours_and_kept_for_good() {
    let office = Office::open();
    let page = office.get("/").text();
    let addresses: Vec<&str> = page.split("/page/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(addresses.len(), 3, "{page}");
    for address in addresses {
        let file = office.get(&format!("/page/{address}"));
        assert_eq!(file.status, 200);
        assert!(file.header("cache-control").contains("immutable"));
        assert!(file.text().matches("http").all(|_| file.text().contains("http://www.w3.org/2000/svg")), "{address} names another host");
    }
    assert_eq!(office.get("/page/0000000000000000/page.css").status, 404);
    for needle in ["<style", " style=", " onclick", "<script>", "http://", "https://"] {
        assert!(!page.contains(needle), "{needle}");
    }
    let picture = office.get("/form/recommendation/page.png");
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    let workbook = office.get("/form/recommendation/people.xlsx");
    assert_eq!(workbook.status, 200);
    assert_eq!(workbook.body, service::engine().workbook("recommendation").expect("a workbook"));
    assert!(workbook.header("content-disposition").ends_with(".xlsx"));
}
