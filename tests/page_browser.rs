//! The page in four steps in real Chromium: thirty people as a workbook and a zip of photos, three of them with something wrong.
//! `tests/run` installs the readers; without it these tests are left out. `PAGE_PICTURES=folder` keeps the pictures of every page.

#[path = "support/browser.rs"]
mod browser;
#[allow(dead_code)]
#[path = "support/people.rs"]
mod people;
#[path = "support/service.rs"]
mod service;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use formwright::name::FieldName;
use formwright::record::NoFiles;
use formwright::service::Settings;
use formwright::{DocxOptions, PdfOptions, Record};
use serde_json::{Value, json};
use service::Service;

/// Who has something wrong: a check digit, a name left out, a month that is none.
const BROKEN: [usize; 3] = [4, 11, 23];
const COUNT: usize = 30;

struct Desk {
    folder: tempfile::TempDir,
    service: Service,
    list: Vec<Value>,
}

impl Desk {
    /// A service, and on the desk: 名单.xlsx as openpyxl fills it in, 照片.zip.
    fn new() -> Desk {
        let folder = tempfile::tempdir().expect("there is room");
        let settings = Settings { folder: folder.path().join("batches"), ..Settings::default() };
        let list = list();
        let desk = Desk { service: Service::start_with(settings), folder, list };
        fs::write(desk.path("empty.xlsx"), service::engine().workbook("recommendation").expect("a workbook")).expect("there is room");
        fs::write(desk.path("records.json"), Value::from(desk.list.clone()).to_string()).expect("there is room");
        let python = root().join("target/readers/venv/bin/python");
        let filled = Command::new(&python)
            .arg(root().join("tests/readers/xlsx_fill.py"))
            .args([desk.path("empty.xlsx"), desk.path("records.json"), desk.path("名单.xlsx")])
            .status()
            .unwrap_or_else(|error| panic!("{}: {error}; run tests/run, which installs it", python.display()));
        assert!(filled.success());
        desk.photos();
        desk
    }

    /// A photo for everybody but the last two: named by the identity number, by the name, and one that is nobody's.
    fn photos(&self) {
        let file = fs::File::create(self.path("照片.zip")).expect("there is room");
        let mut zip = zip::ZipWriter::new(file);
        let options = zip::write::SimpleFileOptions::default();
        let bytes = [1, 2].map(|n| fs::read(root().join(format!("samples/photos/photo-{n}.jpg"))).expect("the sample"));
        for (n, person) in self.list.iter().enumerate().take(COUNT - 2) {
            let number = person["id_number"].as_str().unwrap_or_default();
            zip.start_file(format!("照片/{number}.jpg"), options).expect("a zip");
            zip.write_all(&bytes[n % 2]).expect("a zip");
        }
        zip.start_file("照片/谁也不是.jpg", options).expect("a zip");
        zip.write_all(&bytes[0]).expect("a zip");
        zip.finish().expect("a zip");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn url(&self, path: &str) -> String {
        self.service.url(path)
    }

    /// A step that keeps a picture of the page, where pictures are wanted.
    fn picture(&self, name: &str) -> Value {
        let folder = std::env::var_os("PAGE_PICTURES").map_or_else(|| self.folder.path().to_owned(), PathBuf::from);
        json!({ "screenshot": folder.join(format!("{name}.png")), "full": true })
    }

    /// Does the steps, and gives back what was found out on the way.
    fn browse(&self, job: &Value) -> Value {
        browser::browse(self.folder.path(), "job", job)
    }

    /// The right record of a person whose papers were not.
    fn right(n: usize) -> Value {
        people::person(n)
    }
}

/// Thirty people without photos of their own; three have something wrong.
fn list() -> Vec<Value> {
    let mut list: Vec<Value> = (0..COUNT).map(people::person).collect();
    let deeds = "她带着班组把一台旧机床改成了样板，徒弟们也都出了师。".repeat(36);
    for (n, person) in list.iter_mut().enumerate() {
        let person = person.as_object_mut().expect("an object");
        for key in ["photo", "opinions", "form_month", "attachments"] {
            person.remove(key);
        }
        // Some have not written theirs: something to look at, but no error.
        if n % 9 != 2 {
            person.insert("deeds".to_owned(), json!(deeds));
        }
    }
    let number = list[BROKEN[0]]["id_number"].as_str().expect("a number").to_owned();
    let last = if number.ends_with('1') { '2' } else { '1' };
    list[BROKEN[0]]["id_number"] = json!(format!("{}{last}", &number[..17]));
    list[BROKEN[1]]["employer"] = json!("");
    list[BROKEN[2]]["birth"] = json!("1986-13");
    list
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page on the way is audited, at both widths.
fn looked_at(desk: &Desk, name: &str) -> Vec<Value> {
    vec![
        json!({ "audit": name }),
        desk.picture(name),
        json!({ "viewport": { "width": 768, "height": 1024 } }),
        json!({ "audit": format!("{name}-768") }),
        desk.picture(&format!("{name}-768")),
        json!({ "viewport": { "width": 1280, "height": 900 } }),
    ]
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn thirty_people_go_from_upload_to_download() {
    let desk = Desk::new();
    let right = Desk::right(BROKEN[0]);
    let number = right["id_number"].as_str().expect("a number");
    let mut steps = vec![json!({ "goto": desk.url("/") }), json!({ "see": "h1" })];
    steps.extend(looked_at(&desk, "1-start"));
    steps.extend([
        json!({ "download": desk.text("空白名单.xlsx"), "click": "a[href$='people.xlsx']" }),
        json!({ "upload": "#list", "files": [desk.text("名单.xlsx")] }),
        json!({ "ask": "document.querySelector('#list').files[0].name", "as": "list" }),
        json!({ "drop": "[data-drop=photos]", "files": [desk.text("照片.zip")] }),
        json!({ "ask": "document.querySelector('#photos').files[0].name", "as": "photos" }),
        json!({ "click": "form[data-upload] button[type=submit]" }),
        json!({ "url": "/[0-9a-f-]{36}$", "seconds": 30 }),
        json!({ "see": "tbody tr", "count": COUNT, "seconds": 60 }),
        json!({ "see": "tbody .mark.wrong", "count": 3 }),
        json!({ "see": "tbody .mark.wrong", "text": "错误", "count": 3 }),
        json!({ "see": "tbody .mark.fine", "text": "可以" }),
        json!({ "ask": "location.pathname", "as": "place" }),
        json!({ "ask": "document.title", "as": "title" }),
        // The photo that is nobody's is told.
        json!({ "see": "section", "text": "谁也不是.jpg" }),
    ]);
    steps.extend(looked_at(&desk, "3-people"));
    steps.extend([
        json!({ "click": ".tabs a:nth-child(2)" }),
        json!({ "see": "tbody tr", "count": 3 }),
        json!({ "click": "tbody tr:has-text('校验码') th a" }),
        json!({ "see": ".mend li", "text": "校验码" }),
        // The sheet is there, and the field's frame is in it: pixels of the colour of errors.
        json!({ "ask": "(async () => { const img = document.querySelector('.paper img'); await img.decode(); const c = document.createElement('canvas'); c.width = img.naturalWidth; c.height = img.naturalHeight; const x = c.getContext('2d'); x.drawImage(img, 0, 0); const d = x.getImageData(0, 0, c.width, c.height).data; let red = 0, top = c.height, bottom = 0; for (let i = 0; i < d.length; i += 4) { if (d[i] > 150 && d[i + 1] < 90 && d[i + 2] < 90) { red += 1; const y = Math.floor(i / 4 / c.width); top = Math.min(top, y); bottom = Math.max(bottom, y); } } return { red, top, bottom, width: c.width, height: c.height }; })()", "as": "frame" }),
    ]);
    steps.extend(looked_at(&desk, "3-person"));
    steps.extend([
        json!({ "fill": "[name='f.id_number']", "with": number }),
        json!({ "press": "Enter" }),
        json!({ "url": "saved=1", "seconds": 30 }),
        json!({ "see": ".note.fine", "text": "已保存" }),
        json!({ "see": ".mark.fine, .mark.look" }),
        json!({ "click": "nav a[rel=next]" }),
        json!({ "see": "h1" }),
        json!({ "click": ".crumb a" }),
        json!({ "see": "tbody .mark.wrong", "count": 2 }),
        json!({ "click": "a.primary" }),
        json!({ "see": "h1", "text": "出件" }),
    ]);
    steps.extend(looked_at(&desk, "4-wishes"));
    steps.extend([
        json!({ "check": "[name=docx]" }),
        json!({ "click": "form button.primary" }),
        json!({ "see": ".goods", "seconds": 120 }),
        json!({ "see": "#held-title", "text": "2 人" }),
    ]);
    steps.extend(looked_at(&desk, "4-take"));
    steps.extend([
        json!({ "download": desk.text("全部.zip"), "click": ".goods a.first" }),
        json!({ "click": "summary >> text=各人的文件" }),
        json!({ "download": desk.text("一人.docx"), "click": "#own tbody tr:first-child a[href$='.docx']" }),
        json!({ "download": desk.text("清单.csv"), "click": "a[href$='.csv']" }),
        json!({ "click": "footer a.wipe" }),
        json!({ "see": "h1", "text": "清除" }),
    ]);
    steps.extend(looked_at(&desk, "5-wipe"));
    steps.extend([json!({ "click": "button.danger" }), json!({ "see": ".note.fine", "text": "数据已清除" })]);
    let facts = desk.browse(&json!({ "viewport": { "width": 1280, "height": 900 }, "steps": steps }));

    let place = facts["answers"]["place"].as_str().expect("a place");
    assert_eq!((&facts["answers"]["list"], &facts["answers"]["photos"]), (&json!("名单.xlsx"), &json!("照片.zip")));
    assert_eq!(facts["answers"]["title"], "核对完了，3 人有错 · 制表");
    assert_eq!(desk.service.get(place).status, 404);
    let frame = &facts["answers"]["frame"];
    assert!(frame["red"].as_u64().is_some_and(|red| red > 200), "{frame}");
    assert!(
        frame["bottom"].as_u64().zip(frame["top"].as_u64()).is_some_and(|(bottom, top)| bottom - top < 120),
        "one field alone: {frame}"
    );
    assert_eq!(fs::read(desk.path("空白名单.xlsx")).expect("it came"), service::engine().workbook("recommendation").expect("a workbook"));

    // What was taken away: everybody but two, with Chinese names, and the mended record in the mended file.
    let zip = zip::ZipArchive::new(fs::File::open(desk.path("全部.zip")).expect("it came")).expect("a zip");
    let names: Vec<String> = zip.file_names().map(|name| name.expect("a name in UTF-8").into_owned()).collect();
    let own = |ending: &str| names.iter().filter(|name| name.contains("个人/") && name.ends_with(ending)).count();
    assert_eq!((own(".pdf"), own(".docx")), (COUNT - 2, COUNT - 2), "{names:?}");
    assert!(
        names.iter().any(|name| name.ends_with("打印.pdf"))
            && names.iter().any(|name| name.ends_with("一览表.xlsx") || name.ends_with("全部.xlsx")),
        "{names:?}"
    );
    let csv = fs::read_to_string(desk.path("清单.csv")).expect("it came");
    assert!(csv.starts_with('\u{feff}') && !csv.contains("1986-13"), "a list of failures names no value");
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_file_that_was_made_reads_back_as_the_record() {
    let desk = Desk::new();
    let steps = [
        json!({ "goto": desk.url("/") }),
        json!({ "upload": "#list", "files": [desk.text("名单.xlsx")] }),
        json!({ "upload": "#photos", "files": [desk.text("照片.zip")] }),
        json!({ "click": "form[data-upload] button[type=submit]" }),
        json!({ "see": "tbody tr", "count": COUNT, "seconds": 60 }),
        json!({ "click": "a.primary" }),
        json!({ "check": "[name=fillable]" }),
        json!({ "check": "[name=docx]" }),
        json!({ "click": "form button.primary" }),
        json!({ "see": ".goods", "seconds": 120 }),
        json!({ "click": "summary >> text=各人的文件" }),
        json!({ "download": desk.text("一人.docx"), "click": "#own tbody tr:first-child a[href$='.docx']" }),
        json!({ "download": desk.text("一人.fillable.pdf"), "click": "#own tbody tr:first-child a[href$='.fillable.pdf']" }),
        json!({ "ask": "document.querySelector('#own tbody th').textContent", "as": "name" }),
        // It goes through the page again: nothing changed.
        json!({ "goto": desk.url("/#back") }),
        json!({ "upload": "#filled", "files": [desk.text("一人.docx"), desk.text("一人.fillable.pdf")] }),
        json!({ "click": "form[action='/back'] button" }),
        json!({ "see": ".note.fine", "text": "没有改动", "count": 2 }),
        json!({ "download": desk.text("记录.json"), "click": "form[action='/back/record'] button" }),
        desk.picture("back-same"),
        json!({ "audit": "back-same" }),
    ];
    let facts = desk.browse(&json!({ "steps": steps }));
    let name = facts["answers"]["name"].as_str().expect("a name");
    let sent = desk.list.iter().find(|person| person["name"] == name).expect("the person is on the list");
    let sent = Record::parse(sent.to_string().as_bytes(), &NoFiles).expect("a record");
    let kept = Record::parse(&fs::read(desk.path("记录.json")).expect("it came"), &NoFiles).expect("a record");
    for file in ["一人.docx", "一人.fillable.pdf"] {
        let back = service::engine().read("recommendation", file, &fs::read(desk.path(file)).expect("it came")).expect("it reads back");
        assert!(back.differences(&kept).is_empty(), "{file}");
        let differs: Vec<_> = back.differences(&sent).into_iter().map(|one| one.name.to_string()).filter(|name| name != "photo").collect();
        assert!(differs.is_empty(), "{file}: {differs:?}");
        let photo = FieldName::parse("photo").expect("a name");
        assert!(back.record().asset(&photo).is_some_and(|bytes| bytes.starts_with(&[0xff, 0xd8])), "{file}: the photo came along");
    }
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn what_changed_is_seen() {
    let desk = Desk::new();
    let engine = service::engine();
    let sent = Record::open("samples/nominee.json").expect("the sample");
    let mut changed = sent.clone();
    assert!(changed.set(&FieldName::parse("education").expect("a name"), "大专"));
    let pdf = engine.fill("recommendation", changed).and_then(|form| form.pdf(&PdfOptions::fillable())).expect("a form");
    fs::write(desk.path("王㛃.pdf"), pdf).expect("there is room");
    let mut record: Value = serde_json::from_slice(&fs::read("samples/nominee.json").expect("the sample")).expect("JSON");
    record.as_object_mut().expect("an object").remove("photo");
    fs::write(desk.path("发出.json"), record.to_string()).expect("there is room");
    let docx = engine.fill("recommendation", sent).and_then(|form| form.docx(&DocxOptions::default())).expect("a form");
    fs::write(desk.path("原样.docx"), docx).expect("there is room");
    fs::write(desk.path("不是.pdf"), "nothing").expect("there is room");
    let steps = [
        json!({ "goto": desk.url("/") }),
        json!({ "drop": "[data-drop=filled]", "files": [desk.text("王㛃.pdf"), desk.text("原样.docx"), desk.text("不是.pdf")] }),
        json!({ "drop": "[data-drop=sent]", "files": [desk.text("发出.json")] }),
        json!({ "click": "form[action='/back'] button" }),
        json!({ "see": ".changes ins", "text": "大专" }),
        json!({ "see": ".note.wrong", "text": "读不出来", "count": 1 }),
        json!({ "audit": "back" }),
        desk.picture("back"),
    ];
    desk.browse(&json!({ "steps": steps }));
}

/// The main path with the keyboard alone: no click anywhere. Files are chosen as the test's own hand does it.
#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_keyboard_is_enough() {
    let desk = Desk::new();
    let right = Desk::right(BROKEN[0]);
    let focus = "document.activeElement.textContent.trim() || document.activeElement.name";
    let steps = [
        json!({ "goto": desk.url("/") }),
        json!({ "press": "Tab" }),
        json!({ "ask": focus, "as": "first" }),
        json!({ "upload": "#list", "files": [desk.text("名单.xlsx")] }),
        json!({ "focus": "#list" }),
        // Photos, the folder's summary, then the button.
        json!({ "press": "Tab", "times": 3 }),
        json!({ "ask": focus, "as": "send" }),
        json!({ "press": "Enter" }),
        json!({ "see": "tbody tr", "count": COUNT, "seconds": 60 }),
        json!({ "focus": "tbody tr:has-text('校验码') th a" }),
        json!({ "press": "Enter" }),
        json!({ "see": ".mend li" }),
        json!({ "focus": ".mend [name='f.id_number']" }),
        json!({ "press": "Control+A" }),
        json!({ "type": right["id_number"].as_str().expect("a number") }),
        json!({ "press": "Enter" }),
        json!({ "see": ".note.fine", "text": "已保存", "seconds": 30 }),
        json!({ "focus": "header .steps li:last-child a" }),
        json!({ "press": "Enter" }),
        json!({ "see": "[name=pdf]" }),
        json!({ "focus": "[name=pdf]" }),
        json!({ "press": "Tab" }),
        json!({ "press": "Space" }),
        json!({ "ask": "document.activeElement.checked", "as": "ticked" }),
        json!({ "press": "Enter" }),
        json!({ "see": ".goods", "seconds": 120 }),
        json!({ "focus": "footer a.wipe" }),
        json!({ "press": "Enter" }),
        json!({ "focus": "button.danger" }),
        json!({ "press": "Enter" }),
        json!({ "see": ".note.fine", "text": "数据已清除" }),
    ];
    let facts = desk.browse(&json!({ "steps": steps }));
    let answers = &facts["answers"];
    assert_eq!((&answers["first"], &answers["send"], &answers["ticked"]), (&json!("跳到正文"), &json!("上传核对"), &json!(true)));
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn it_works_without_script() {
    let desk = Desk::new();
    let right = Desk::right(BROKEN[0]);
    let steps = [
        json!({ "goto": desk.url("/") }),
        json!({ "upload": "#list", "files": [desk.text("名单.xlsx")] }),
        json!({ "upload": "#photos", "files": [desk.text("照片.zip")] }),
        json!({ "click": "form[data-upload] button[type=submit]" }),
        // The page looks again by itself.
        json!({ "see": "tbody tr", "count": COUNT, "seconds": 60 }),
        json!({ "see": "tbody .mark.wrong", "count": 3 }),
        json!({ "click": "tbody tr:has-text('校验码') th a" }),
        json!({ "see": ".paper img" }),
        json!({ "fill": "[name='f.id_number']", "with": right["id_number"] }),
        json!({ "click": ".bar button" }),
        json!({ "see": ".note.fine", "text": "已保存", "seconds": 30 }),
        json!({ "click": "header .steps li:last-child a" }),
        json!({ "click": "form button.primary" }),
        json!({ "see": ".goods", "seconds": 120 }),
        json!({ "download": desk.text("全部.zip"), "click": ".goods a.first" }),
        json!({ "click": "footer a.wipe" }),
        json!({ "click": "button.danger" }),
        json!({ "see": ".note.fine", "text": "数据已清除" }),
    ];
    desk.browse(&json!({ "script": false, "steps": steps }));
    assert!(zip::ZipArchive::new(fs::File::open(desk.path("全部.zip")).expect("it came")).expect("a zip").len() > COUNT);
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn a_refused_upload_says_why_and_keeps_the_page() {
    let desk = Desk::new();
    fs::write(desk.path("不是名单.xlsx"), "nothing").expect("there is room");
    let steps = [
        json!({ "goto": desk.url("/") }),
        json!({ "upload": "#list", "files": [desk.text("不是名单.xlsx")] }),
        json!({ "click": "form[data-upload] button[type=submit]" }),
        json!({ "see": "[data-said].note.wrong", "seconds": 20 }),
        json!({ "ask": "document.querySelector('[data-said]').textContent", "as": "said" }),
        json!({ "ask": "document.querySelector('#list').files.length", "as": "files" }),
        json!({ "audit": "refused" }),
        desk.picture("refused"),
    ];
    let facts = desk.browse(&json!({ "steps": steps, "quiet": ["status of 422"] }));
    assert!(facts["answers"]["said"].as_str().is_some_and(|said| said.chars().count() > 10), "{facts}");
    assert_eq!(facts["answers"]["files"], 1);
}

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn the_caret_stands_where_the_address_points_and_nothing_is_wider_than_its_window() {
    let desk = Desk::new();
    let mut steps = vec![
        json!({ "goto": desk.url("/") }),
        json!({ "upload": "#list", "files": [desk.text("records.json")] }),
        json!({ "click": "form[data-upload] button[type=submit]" }),
        json!({ "see": "tbody tr", "count": COUNT, "seconds": 60 }),
    ];
    // 200 % and 400 % of a window of 1280 px (WCAG 1.4.10).
    let narrow = |name: &str| {
        let at = |width: u32| [json!({ "viewport": { "width": width, "height": 800 } }), json!({ "audit": format!("{name}-{width}") })];
        let mut steps: Vec<Value> = [640, 320].into_iter().flat_map(at).collect();
        // Where room is short the step that one is at is the one that is named.
        steps.push(json!({ "see": ".steps [aria-current=step]", "text": "核对" }));
        steps.push(json!({ "viewport": { "width": 1280, "height": 900 } }));
        steps
    };
    steps.extend(narrow("people"));
    steps.extend([
        json!({ "click": "tbody th a" }),
        json!({ "click": "summary >> text=全部栏目" }),
        json!({ "click": "a[href*='field=mobile#']" }),
        json!({ "see": "#c-mobile:focus" }),
    ]);
    steps.extend(narrow("person"));
    // The second click is none: one batch of documents is made, and no page tells that it is under way already.
    steps.extend([
        json!({ "click": ".steps a[href$='/take']" }),
        json!({ "ask": "(() => { const form = document.querySelector('form[action$=\"/make\"]'); let sent = 0; form.addEventListener('submit', (event) => { if (!event.defaultPrevented) sent += 1; event.preventDefault(); }); form.requestSubmit(); form.requestSubmit(); return sent; })()", "as": "sent" }),
    ]);
    let facts = desk.browse(&json!({ "viewport": { "width": 1280, "height": 900 }, "steps": steps }));
    assert_eq!(facts["answers"]["sent"], 1);
}
