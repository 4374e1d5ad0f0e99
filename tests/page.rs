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

/// A form of a person's page: its controls, with what stood in them when it was shown.
fn mend<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Part<'a>> {
    pairs.iter().map(|(name, value)| (*name, None, None, value.as_bytes())).collect()
}

#[test]
fn what_was_put_right_in_another_window_stays() {
    let office = Office::open();
    let list = people(1, &[]);
    let place = office.send(&list);
    let text = |key: &str| list[0][key].as_str().expect("a text").to_owned();
    let (mobile, address) = (text("mobile"), text("address"));
    let page = office.get(&format!("{place}/people/0?field=mobile&field=address")).text();
    assert!(page.contains(&format!("name=\"was.mobile\" value=\"{mobile}\"")), "{page}");
    // Two windows with the same two fields; each changes another.
    let first = [("was.mobile", &*mobile), ("f.mobile", "19900000999"), ("was.address", &address), ("f.address", &address)];
    let second = [("was.mobile", &*mobile), ("f.mobile", &mobile), ("was.address", &address), ("f.address", "云渡街道9号")];
    for window in [first, second] {
        assert_eq!(office.post(&format!("{place}/people/0"), &mend(&window)).status, 303);
    }
    let page = office.get(&format!("{place}/people/0?field=mobile&field=address")).text();
    assert!(page.contains("value=\"19900000999\"") && page.contains("value=\"云渡街道9号\""), "{page}");
}

#[test]
fn a_photo_that_is_none_takes_nothing_away_that_was_typed() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    for (file, bytes) in [("证书.heic", &b"\0\0\0\x18ftypheic"[..]), ("空.jpg", b"")] {
        let sent = [("f.mobile", None, None, &b"19900000999"[..]), ("f.photo", Some(file), Some("image/jpeg"), bytes)];
        let answer = office.post(&format!("{place}/people/0"), &sent);
        let page = answer.text();
        assert_eq!(answer.status, 400, "{page}");
        assert!(page.contains("没有保存：照片要是 JPEG 或 PNG"), "{page}");
        assert!(page.contains("name=\"f.mobile\"") && page.contains("value=\"19900000999\""), "{page}");
    }
    // A control in which nothing was chosen is no photo.
    let sent = [("f.mobile", None, None, &b"19900000998"[..]), ("f.photo", Some(""), Some("application/octet-stream"), b"")];
    assert_eq!(office.post(&format!("{place}/people/0"), &sent).status, 303);
}

#[test]
fn a_save_that_leaves_an_error_is_not_green() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    assert_eq!(office.post(&format!("{place}/people/0"), &mend(&[("f.birth", "1986-13")])).status, 303);
    let page = office.get(&format!("{place}/people/0?saved=1")).text();
    assert!(page.contains("已保存，重新核对过了；还有 1 处错误。") && !page.contains("note fine"), "{page}");
}

#[test]
fn drafts_are_not_told_as_held_back() {
    let office = Office::open();
    let place = office.send(&people(2, &[1]));
    assert_eq!(office.press(&format!("{place}/make"), "pdf=1").status, 303);
    assert!(office.settled(&format!("{place}/take")).contains("留下的 1 人"));
    assert_eq!(office.press(&format!("{place}/make"), "pdf=1&draft=1").status, 303);
    let page = office.settled(&format!("{place}/take"));
    assert!(page.contains("有错的 1 人，其中 1 人出了草稿") && !page.contains("留下的"), "{page}");
    let [pdf, word] = ["全部.pdf", "全部.docx"].map(|name| {
        let name: String = name.chars().map(|one| if one.is_ascii() { one.to_string() } else { escaped(one) }).collect();
        page.find(&name).expect("the sheet")
    });
    assert!(pdf < word, "{page}");
}

fn escaped(one: char) -> String {
    one.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn from_trouble_with_a_batch_the_way_leads_back_to_it() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    let page = office.get(&format!("{place}/people/99")).text();
    assert!(page.contains(&format!("href=\"{place}\"")), "{page}");
    let gone = format!("/{}/00000000-0000-4000-8000-000000000000", "work");
    let page = office.get(&format!("{gone}/people/0")).text();
    assert!(!page.contains(&format!("href=\"{gone}\"")) && page.contains("回到第一步"), "{page}");
}

#[test]
fn whoever_sends_an_old_file_is_told_how_to_save_it() {
    let office = Office::open();
    for (file, words) in [("名单.xls", "类型选 .xlsx"), ("张三.doc", "类型选 .docx")] {
        let list = ("list", Some(file), Some("application/octet-stream"), &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"[..]);
        let answer = office.post("/work", &[("template", None, None, b"recommendation"), list]);
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(words), "{}", answer.text());
    }
}

#[test]
fn the_way_back_to_everybody_leads_to_the_row() {
    let office = Office::open();
    let place = office.send(&people(101, &[]));
    let last = office.get(&format!("{place}?page=2")).text();
    let entry = last.split("id=\"p-").nth(1).and_then(|rest| rest.split('"').next()).expect("a row").to_owned();
    let page = office.get(&format!("{place}/people/{entry}")).text();
    assert!(page.contains(&format!("href=\"{place}?page=2#p-{entry}\"")), "{page}");
}

#[test]
fn papers_that_were_passed_over_are_never_green() {
    let office = Office::open();
    let one = people(1, &[])[0].to_string();
    let old = &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"[..];
    let sent = office.post(
        "/work",
        &[
            ("template", None, None, b"recommendation"),
            ("list", Some("陈建国.json"), None, one.as_bytes()),
            ("list", Some("李四.doc"), None, old),
            ("list", Some("王五.doc"), None, old),
        ],
    );
    let page = office.settled(sent.header("location"));
    assert!(page.contains("李四.doc") && page.contains("2 处错误不是某一个人的，可能漏了人"), "{page}");
    assert!(!page.contains("没有错误") && !page.contains("note fine"), "{page}");
    // What helps against both is said once.
    assert_eq!(page.matches("如是表，另存为 .docx").count(), 1, "{page}");

    // Two lists are none; nothing in the answer is the program's own word, or for a command line.
    let list = Value::from(people(2, &[])).to_string();
    let lists = ["一.jsonl", "二.jsonl"].map(|name| ("list", Some(name), None, list.as_bytes()));
    let refused = office.post("/work", &[("template", None, None, &b"recommendation"[..]), lists[0], lists[1]]);
    let page = refused.text();
    assert_eq!(refused.status, 422, "{page}");
    assert!(page.contains("名单一次只给一份") && !page.contains("formwright batch") && !page.contains("files"), "{page}");
}

#[test]
fn a_page_without_an_icon_has_one() {
    let office = Office::open();
    let icon = office.get("/favicon.ico");
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/svg+xml"));
}

#[test]
fn where_forms_are_posted_to_is_no_dead_end() {
    let office = Office::open();
    let place = office.send(&people(1, &[]));
    for (asked, answered) in [("/work", "/"), ("/back", "/")] {
        let answer = office.get(asked);
        assert_eq!((answer.status, answer.header("location")), (303, answered), "{asked}");
    }
    for form in ["stop", "again", "make"] {
        let answer = office.get(&format!("{place}/{form}"));
        assert_eq!((answer.status, answer.header("location")), (303, place.as_str()), "{form}");
    }
}

#[test]
fn whoever_clicks_twice_gets_what_was_asked_for() {
    let office = Office::open();
    let place = office.send(&people(30, &[]));
    for _ in 0..2 {
        let made = office.press(&format!("{place}/make"), "pdf=1");
        assert_eq!((made.status, made.header("location")), (303, format!("{place}/take").as_str()), "{}", made.text());
    }
    assert!(office.settled(&format!("{place}/take")).contains("30 册"));
}

#[test]
fn an_empty_file_that_came_back_is_told_of() {
    let office = Office::open();
    let sent = [
        ("template", None, None, &b"recommendation"[..]),
        ("filled", Some("张三.pdf"), Some("application/pdf"), b""),
        ("filled", Some("李四.docx"), None, b"PK nothing"),
    ];
    let page = office.post("/back", &sent).text();
    assert!(page.contains("张三.pdf") && page.contains("李四.docx"), "{page}");
}

#[test]
fn what_helps_stands_below_what_it_helps_against() {
    let office = Office::open();
    let mut sent = vec![("template", None, None, &b"recommendation"[..])];
    sent.extend(["一.doc", "二.doc"].map(|name| ("list", Some(name), None, &b"nothing"[..])));
    let page = office.post("/work", &sent).text();
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
    assert!(at("source.doc") < at("如是表，另存为") && at("如是表，另存为") < at("里面没有一份记录"), "{page}");
    assert_eq!(page.matches("如是表，另存为").count(), 1, "{page}");
}
