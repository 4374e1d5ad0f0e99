//! The API on templates and on one record, asked over a bound port.

#[path = "support/service.rs"]
mod service;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use formwright::service::{Settings, description_text};
use formwright::{Engine, PdfOptions, Record};
use serde_json::{Value, json};
use service::{Answer, Service, engine, multipart};

const RENDER: &str = "/v1/templates/recommendation/render";
const CHECK: &str = "/v1/templates/recommendation/check";
const READ: &str = "/v1/templates/recommendation/read";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// One service for all tests that need no settings of their own.
fn shared() -> &'static Service {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    SERVICE.get_or_init(Service::start)
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new("samples").join(name)).expect("a sample")
}

fn data_uri(name: &str) -> String {
    use base64::Engine as _;
    format!("data:image/jpeg;base64,{}", base64::prelude::BASE64_STANDARD.encode(sample(name)))
}

/// The sample nominee with her photo in the record.
fn nominee() -> Value {
    let mut record: Value = serde_json::from_slice(&sample("nominee.json")).expect("a record");
    record["photo"] = json!(data_uri("photos/photo-1.jpg"));
    record
}

/// What the program writes for these words, `-o` last.
fn command_line(arguments: &[&str], output: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(output);
    let done = Command::new(env!("CARGO_BIN_EXE_formwright")).args(arguments).arg("-o").arg(&path).output().expect("the program runs");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn etag(answer: &Answer) -> String {
    answer.header("etag").to_owned()
}

#[test]
fn forms_are_listed_with_what_they_can_be_written_as() {
    let list = shared().get("/v1/templates").json();
    let of = |id: &str| list.as_array().and_then(|list| list.iter().find(|one| one["id"] == id)).cloned().unwrap_or_default();
    let form = of("recommendation");
    assert_eq!(form["title"], "温州市第七轮首席技师推荐表");
    assert_eq!((&form["kind"], &form["pages"]), (&json!("single"), &json!(6)));
    assert_eq!(form["outputs"], json!(["pdf", "fillable", "docx", "html", "png", "json", "dossier"]));
    assert_eq!(form["digest"].as_str().map(str::len), Some(64));
    assert_eq!((&of("summary")["kind"], &of("summary")["pages"]), (&json!("list"), &json!(1)));
    assert_eq!(of("summary")["outputs"], json!(["pdf", "fillable", "docx", "xlsx", "html", "png", "json"]));
    assert_eq!(of("copy")["outputs"], json!(["pdf", "png", "json"]));
}

#[test]
fn a_form_tells_its_fields_and_where_they_stand() {
    let answer = shared().get("/v1/templates/recommendation");
    let form = answer.json();
    let field =
        |name: &str| form["fields"].as_array().and_then(|all| all.iter().find(|one| one["name"] == name)).cloned().unwrap_or_default();
    assert_eq!(form["sheets"][0], json!({"width": 210.0, "height": 297.0}));
    let name = field("name");
    assert_eq!((&name["label"], &name["required"], &name["kind"]), (&json!("姓名"), &json!(true), &json!("text")));
    assert_eq!(name["boxes"].as_array().map(Vec::len), Some(2), "the name stands on the cover and in the table");
    assert_eq!(field("sex")["options"], json!(["男", "女"]));
    assert_eq!((&field("personal_summary")["continues"], &field("name")["continues"]), (&json!(true), &json!(false)));
    assert_eq!(field("photo")["boxes"][0]["page"], 2);
    let inside = |place: &Value| {
        let of = |key: &str| place[key].as_f64().unwrap_or(-1.0);
        of("x") >= 0.0 && of("y") >= 0.0 && of("x") + of("width") <= 210.0 && of("y") + of("height") <= 297.0
    };
    let boxes: Vec<&Value> =
        form["fields"].as_array().into_iter().flatten().flat_map(|one| one["boxes"].as_array().into_iter().flatten()).collect();
    assert!(boxes.len() > 70 && boxes.into_iter().all(inside));

    // A client that has it is told so; a form is asked for again by its digest.
    for path in ["", "/schema"].map(|rest| format!("/v1/templates/recommendation{rest}")) {
        let first = shared().get(&path);
        assert_eq!(first.status, 200);
        for known in [etag(&first), format!("W/{}", etag(&first)), format!("\"other\", {}", etag(&first)), "*".to_owned()] {
            let again = shared().send("GET", &path, &[("if-none-match", &known)], None);
            assert_eq!((again.status, again.body.len(), etag(&again)), (304, 0, etag(&first)), "{path} {known}");
        }
        assert_eq!(shared().send("GET", &path, &[("if-none-match", "\"other\"")], None).status, 200);
    }
    let pinned = answer.header("formwright-template").to_owned();
    assert_eq!(pinned, format!("recommendation@sha256:{}", form["digest"].as_str().unwrap_or_default()));
    for words in [pinned.as_str(), "recommendation@1", "recommendation%401"] {
        assert_eq!(shared().get(&format!("/v1/templates/{words}")).json(), form, "{words}");
    }
    for words in ["recommendation@2", "recommendation@sha256:00", "recommendation@"] {
        let other = shared().get(&format!("/v1/templates/{words}"));
        assert_eq!((other.status, other.problem().as_str()), (409, "template-mismatch"), "{words}");
        assert!(other.text().contains(&pinned), "{}", other.text());
    }
}

#[test]
fn the_schema_is_the_command_lines() {
    for template in ["recommendation", "summary"] {
        let answer = shared().get(&format!("/v1/templates/{template}/schema"));
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/schema+json"));
        assert!(answer.body == command_line(&["schema", template], "schema.json"), "{template}");
    }
}

#[test]
fn samples_come_back_as_files_and_are_sound() {
    for (template, warnings) in [("recommendation", "0"), ("summary", "0"), ("letter", "0"), ("deeds", "0")] {
        let sample = shared().get(&format!("/v1/templates/{template}/sample"));
        assert_eq!((sample.status, sample.header("content-type")), (200, "application/json"));
        let made = shared().post_json(&format!("/v1/templates/{template}/render"), &json!({"record": sample.json()}));
        assert_eq!((made.status, made.header("formwright-warnings")), (200, warnings), "{template}: {}", made.text());
    }
    // What the repository keeps twice is the same: the sample travels with its template.
    let mut kept: Value = serde_json::from_slice(&sample("nominee.json")).expect("a record");
    kept["photo"] = shared().get("/v1/templates/recommendation/sample").json()["photo"].clone();
    assert_eq!(kept, nominee());
    assert_eq!(shared().get("/v1/templates/recommendation/sample").json(), kept);
    let none = shared().get("/v1/templates/copy/sample");
    assert_eq!((none.status, none.problem().as_str()), (404, "no-sample"));
}

#[test]
fn the_empty_form_comes_in_every_output_and_as_on_the_command_line() {
    for (template, output, file, flags) in [
        ("recommendation", "pdf", "x.pdf", ""),
        ("recommendation", "fillable", "x.pdf", "--fillable"),
        ("recommendation", "docx", "x.docx", ""),
        ("recommendation", "html", "x.html", "--lang=zh"),
        ("recommendation", "png", "x.png", "--page=1"),
        ("summary", "xlsx", "x.xlsx", ""),
    ] {
        let path = format!("/v1/templates/{template}/blank?output={output}");
        let answer = shared().get(&path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let mut arguments = vec!["render", template, "--blank"];
        arguments.extend(flags.split_whitespace());
        assert!(answer.body == command_line(&arguments, file), "{path}");
        let head = shared().send("HEAD", &path, &[], None);
        assert_eq!((head.status, head.body.len()), (200, 0));
        for name in ["content-type", "content-length", "repr-digest", "content-disposition", "formwright-pages"] {
            assert_eq!(head.header(name), answer.header(name), "{path} {name}");
        }
    }
    assert_eq!(shared().get("/v1/templates/summary/blank?output=json").text(), "{}\n");
    assert_eq!(shared().get("/v1/templates/recommendation/blank?output=dossier").problem(), "option-unsuitable");
    let locked = shared().get("/v1/templates/recommendation/blank?output=fillable&lock=name,resume");
    assert!(locked.body == command_line(&["render", "recommendation", "--blank", "--fillable", "--lock=name,resume"], "x.pdf"));
}

#[test]
fn a_record_becomes_the_bytes_of_the_command_line() {
    let record = "samples/nominee.json";
    let sheet: Value = serde_json::from_slice(&sample("sheet.json")).expect("a record");
    for (template, output, file, flags) in [
        ("recommendation", "pdf", "x.pdf", ""),
        ("recommendation", "fillable", "x.pdf", "--fillable"),
        ("recommendation", "docx", "x.docx", ""),
        ("recommendation", "html", "x.html", "--lang=zh"),
        ("recommendation", "png", "x.png", "--page=1"),
        ("summary", "pdf", "x.pdf", ""),
        ("summary", "xlsx", "x.xlsx", ""),
    ] {
        let (value, path) = if template == "summary" { (sheet.clone(), "samples/sheet.json") } else { (nominee(), record) };
        let mut arguments = vec!["render", template, path];
        arguments.extend(flags.split_whitespace());
        let made = command_line(&arguments, file);
        let url = format!("/v1/templates/{template}/render");
        let answer = shared().post_json(&url, &json!({"record": value, "output": output}));
        assert_eq!(answer.status, 200, "{template} {output}: {}", answer.text());
        // An html holds the photo as it was given; everything else, too.
        assert!(answer.body == made, "{template} {output}: {} and {} bytes", answer.body.len(), made.len());
        assert!(shared().post_json(&url, &json!({"record": value, "output": output})).body == made, "the same once more");
    }
    // However the photo comes along, the form is the same.
    let made = command_line(&["render", "recommendation", record, "--grey"], "x.pdf");
    let (text, photo) = (sample("nominee.json"), sample("photos/photo-1.jpg"));
    let mut named: Value = serde_json::from_slice(&text).expect("a record");
    named["photo"] = json!("asset:她的 照片/1");
    let envelope = json!({"record": named, "options": {"grey": true}, "assets": {"她的 照片/1": data_uri("photos/photo-1.jpg")}});
    assert!(shared().post_json(RENDER, &envelope).body == made, "in assets");
    let slashed = envelope.to_string().replace('/', "\\/");
    assert!(shared().post(RENDER, "application/json; charset=utf-8", slashed).body == made, "with every / escaped");
    let json_type = Some("application/json");
    for (how, parts, query) in [
        (
            "part by path",
            vec![("record", Some("r.json"), json_type, &text[..]), ("photos/photo-1.jpg", Some("x"), None, &photo[..])],
            "?grey=true",
        ),
        (
            "file by path",
            vec![("record", None, None, &text[..]), ("file", Some("photos/photo-1.jpg"), None, &photo[..])],
            "?output=pdf&grey=true",
        ),
        (
            "file by last part",
            vec![("photo", Some("photo-1.jpg"), None, &photo[..]), ("record", None, None, &text[..]), ("grey", None, None, b"true")],
            "",
        ),
        ("envelope in a part", vec![("request", None, json_type, envelope.to_string().leak().as_bytes())], ""),
    ] {
        let (kind, body) = multipart(&parts);
        let answer = shared().post(&format!("{RENDER}{query}"), &kind, body);
        assert!(answer.status == 200 && answer.body == made, "{how}: {}", answer.text());
        assert_eq!(answer.header("formwright-warnings"), "0", "{how}");
    }
}

#[test]
fn a_document_comes_with_its_headers() {
    let answer = shared().post_json(RENDER, &json!({"record": nominee()}));
    let digest = {
        use base64::Engine as _;
        use sha2::Digest as _;
        base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(&answer.body))
    };
    let title = "%E6%B8%A9%E5%B7%9E%E5%B8%82%E7%AC%AC%E4%B8%83%E8%BD%AE%E9%A6%96%E5%B8%AD%E6%8A%80%E5%B8%88%E6%8E%A8%E8%8D%90%E8%A1%A8";
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-length", answer.body.len().to_string().as_str()),
        ("content-disposition", &format!("attachment; filename=\"recommendation.pdf\"; filename*=UTF-8''{title}.pdf")),
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
        ("repr-digest", &format!("sha-256=:{digest}:")),
        ("formwright-pages", "6"),
        ("formwright-warnings", "0"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(answer.header("formwright-template").starts_with("recommendation@sha256:"));
    assert!(!answer.header("x-request-id").is_empty());
    let png = shared().post_json(RENDER, &json!({"record": nominee(), "output": "png", "options": {"page": 2, "dpi": 40, "grid": true}}));
    assert!(png.header("content-disposition").contains("\"recommendation.2.png\""), "{}", png.header("content-disposition"));
    assert!(png.body.starts_with(b"\x89PNG") && png.header("formwright-pages") == "6");
    let html = shared().post_json(RENDER, &json!({"record": {"name": "王㛃"}, "output": "html", "options": {"lang": "en"}}));
    assert!(html.header("content-type") == "text/html; charset=utf-8" && html.text().contains("王㛃"));

    // Warnings are counted here and told by a check; a file that nobody names is one of them.
    let mut record = nominee();
    record["birth"] = json!("1985-04");
    let (kind, body) = multipart(&[("record", None, None, record.to_string().as_bytes()), ("phtoo", Some("x.jpg"), None, b"x")]);
    let warned = shared().post(RENDER, &kind, &body);
    let checked = shared().post(CHECK, &kind, &body).json();
    let codes: Vec<&str> = checked["problems"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!((warned.status, warned.header("formwright-warnings")), (200, "2"), "{codes:?}");
    assert!(codes.contains(&"asset-unused") && codes.len() == 2, "{codes:?}");
    let strict = shared().post(&format!("{RENDER}?strict=true"), &kind, &body);
    assert_eq!((strict.status, strict.problem().as_str()), (422, "record-invalid"));
}

#[test]
fn accept_chooses_the_output() {
    let record = json!({"record": {"name": "王㛃"}}).to_string();
    let ask = |accept: &str, query: &str| {
        shared().send(
            "POST",
            &format!("{RENDER}{query}"),
            &[("content-type", "application/json"), ("accept", accept)],
            Some(record.as_bytes()),
        )
    };
    assert_eq!(ask(DOCX, "").header("content-type"), DOCX);
    assert_eq!(ask("application/json", "").json(), json!({"name": "王㛃"}));
    assert_eq!(ask("application/json", "?output=pdf").header("content-type"), "application/pdf", "a name weighs more");
    for refused in [ask("audio/*", ""), ask("*/*", "?output=xlsx")] {
        assert_eq!((refused.status, refused.problem().as_str()), (406, "output-not-offered"));
        assert!(refused.text().contains("pdf、fillable、docx"), "{}", refused.text());
    }
}

#[test]
fn a_whole_dossier_is_one_file() {
    let folder = Path::new("dossier/林小舟");
    let text = sample("dossier/林小舟/记录.json");
    let mut record: Value = serde_json::from_slice(&text).expect("a record");
    record["photo"] = json!("照片.jpg");
    record["deeds"] = json!("扎根一线二十年。");
    record["attachments"] = json!([
        {"file": "附件/01 身份证.jpg", "caption": "身份证"},
        {"file": "asset:附件/02 高级技师证书.pdf", "caption": "高级技师证书"},
    ]);
    let read = |name: &str| sample(&folder.join(name).to_string_lossy());
    let (card, certificate, photo) = (read("附件/01 身份证.jpg"), read("附件/02 高级技师证书.pdf"), read("照片.jpg"));
    let text = record.to_string();
    let parts: Vec<(&str, Option<&str>, Option<&str>, &[u8])> = vec![
        ("record", None, None, text.as_bytes()),
        ("a", Some("照片.jpg"), None, &photo),
        ("b", Some("01 身份证.jpg"), None, &card),
        ("附件/02 高级技师证书.pdf", Some("x"), None, &certificate),
    ];
    let (kind, body) = multipart(&parts);
    let answer = shared().post(&format!("{RENDER}?output=dossier"), &kind, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let engine = engine();
    let folder = formwright::record::Folder::new(&Path::new("samples").join(folder));
    let local = text.replace("asset:", "");
    let record = Record::parse(local.as_bytes(), &folder).expect("a record");
    let dossier = engine.dossier("recommendation", &record, &folder, &Default::default()).expect("a dossier");
    assert!(answer.body == engine.dossier_pdf(&dossier.part().expect("drawn")).expect("a PDF"));
    assert_eq!(answer.header("formwright-pages"), dossier.pages().to_string());
    // An attachment that did not come along is told by its number.
    let (kind, body) = multipart(&parts[..3]);
    let missing = shared().post(&format!("{RENDER}?output=dossier"), &kind, body);
    assert_eq!(missing.problem(), "record-invalid");
    let problem = &missing.json()["problems"][0];
    assert_eq!((&problem["code"], &problem["place"]["label"]), (&json!("attachment-missing"), &json!("附件·第2个")), "{problem}");
}

#[test]
fn a_check_tells_everything_at_once() {
    let record = json!({"name": 5, "photo": "http://a.example/b.jpg", "id_number": "990000198503150022"});
    let told = |language: &str| {
        let headers = [("content-type", "application/json"), ("accept-language", language)];
        shared().send("POST", CHECK, &headers, Some(json!({"record": record}).to_string().as_bytes())).json()
    };
    let (zh, en) = (told("zh-CN"), told("en"));
    assert_eq!(zh["ok"], false);
    let codes = |told: &Value| told["problems"].as_array().into_iter().flatten().map(|one| one["code"].clone()).collect::<Vec<Value>>();
    for code in ["number-for-text", "photo-url", "missing-required"] {
        assert!(codes(&zh).contains(&json!(code)), "{code}: {zh}");
    }
    assert_eq!(codes(&zh), codes(&en));
    let first = |told: &Value| told["problems"][0]["message"].as_str().unwrap_or_default().to_owned();
    assert!(!first(&zh).is_ascii() && first(&en).is_ascii(), "{zh}{en}");
    assert_eq!(zh["template"]["id"], "recommendation");
    let fine = shared().post_json(CHECK, &json!({"record": nominee()})).json();
    assert_eq!((&fine["ok"], &fine["problems"]), (&json!(true), &json!([])));
    // A warning is no error unless it is asked to be one, in the address or in the body.
    let mut doubtful = nominee();
    doubtful["birth"] = json!("1985-04");
    assert_eq!(shared().post_json(CHECK, &json!({"record": doubtful})).json()["ok"], true);
    assert_eq!(shared().post_json(&format!("{CHECK}?strict=true"), &json!({"record": doubtful})).json()["ok"], false);
    assert_eq!(shared().post_json(CHECK, &json!({"record": doubtful, "options": {"strict": true}})).json()["ok"], false);
}

#[test]
fn a_filled_file_is_read_checked_and_compared() {
    let record = nominee();
    for (output, kind) in [("fillable", "application/pdf"), ("docx", DOCX)] {
        let made = shared().post_json(RENDER, &json!({"record": record, "output": output}));
        let plain = shared().post(READ, kind, &made.body).json();
        assert_eq!((&plain["problems"], plain.get("differences")), (&json!([]), None), "{output}");
        assert_eq!((&plain["template"]["id"], &plain["template"]["known"]), (&json!("recommendation"), &json!(true)));
        for key in ["name", "id_number", "resume", "photo"] {
            assert!(plain["record"][key] == record[key], "{output}: {key}");
        }
        // What was read gives the same paper again.
        let again = shared().post_json(RENDER, &json!({"record": plain["record"], "output": output}));
        assert!(again.body == made.body, "{output}");
        assert_eq!(shared().post(READ, "application/octet-stream", &made.body).json(), plain);

        let mut sent = record.clone();
        sent["name"] = json!("张三");
        sent["photo"] = json!("p/1.jpg");
        let sent = sent.to_string();
        let other = sample("photos/photo-2.jpg");
        let parts: Vec<(&str, Option<&str>, Option<&str>, &[u8])> = vec![
            ("file", Some("王㛃.pdf"), None, &made.body),
            ("against", None, None, sent.as_bytes()),
            ("x", Some("1.jpg"), None, &other),
        ];
        let (kind, body) = multipart(&parts);
        let differs = shared().post(READ, &kind, body).json()["differences"].clone();
        assert_eq!(
            differs,
            json!([
                {"pointer": "/name", "label": "姓名", "change": "changed", "before": "张三", "after": "王㛃"},
                {"pointer": "/photo", "label": "照片", "change": "changed", "before": true, "after": true},
            ]),
            "{output}"
        );
        let (kind, body) = multipart(&[("file", None, None, &made.body[..]), ("against", None, None, &made.body[..])]);
        assert_eq!(shared().post(READ, &kind, body).json()["differences"], json!([]), "a file against itself");
    }
    // A file of another form says so.
    let sheet = shared().post_json("/v1/templates/summary/render", &json!({"record": {"nominees": [{"name": "王㛃"}]}, "output": "docx"}));
    let read = shared().post(READ, DOCX, &sheet.body).json();
    assert_eq!((&read["template"]["id"], &read["template"]["known"]), (&json!("summary"), &json!(false)));
    assert!(read["problems"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == "other-template")), "{read}");
}

#[test]
fn the_entry_page_is_filled_checked_and_made_into_files() {
    let page = shared().get("/entry/recommendation");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let text = page.text();
    assert!(text.contains("name=\"resume.0.period\"") && text.contains("action=\"/entry/recommendation\"") && !text.contains("<script>"));
    let link = |from: &str| {
        let at = text.find(from).expect("a link") + from.len();
        text[at..].split('"').next().unwrap_or_default().replace("&amp;", "&")
    };
    let style = shared().get(&link("rel=\"stylesheet\" href=\""));
    assert!(style.header("content-type").starts_with("text/css") && style.text().contains("var(--mm)"));
    let script = shared().get("/entry/assets/entry.js");
    assert!(script.header("content-type").starts_with("text/javascript") && text.contains("src=\"/entry/assets/entry.js\""));
    assert_eq!(shared().send("GET", "/entry/assets/entry.js", &[("if-none-match", script.header("etag"))], None).status, 304);
    assert!(shared().get("/entry/recommendation?lang=en").text().contains("action=\"/entry/recommendation?lang=en\""));

    let photo = sample("photos/photo-1.jpg");
    let post = |fields: &[(&str, &str)], to: &str| {
        let mut parts: Vec<(&str, Option<&str>, Option<&str>, &[u8])> =
            fields.iter().map(|(name, value)| (*name, None, None, value.as_bytes())).collect();
        parts.push(("photo", Some("她.jpg"), Some("image/jpeg"), &photo));
        parts.push(("to", None, None, to.as_bytes()));
        let (kind, body) = multipart(&parts);
        shared().post("/entry/recommendation", &kind, body)
    };
    let fields = [("name", "王㛃"), ("sex", "女"), ("birth", "1985.03"), ("employer", "甲<公司>"), ("personal_summary", "一\r\n二")];
    let record = post(&fields, "json").json();
    let want = json!({"name": "王㛃", "sex": "女", "birth": "1985-03", "employer": "甲<公司>", "personal_summary": "一\n二", "photo": data_uri("photos/photo-1.jpg")});
    assert_eq!(record, want);
    let pdf = post(&fields, "pdf");
    assert!(pdf.body == shared().post_json(RENDER, &json!({"record": want})).body, "the file is that of the record");
    let checked = post(&fields, "check");
    assert_eq!(checked.status, 200);
    assert!(checked.text().contains("甲&lt;公司&gt;") && checked.text().contains("必填"), "what is missing is told on the page");
    // A record that no paper can show comes back as the page.
    let refused = post(&[("name", "王\u{E000}")], "pdf");
    assert_eq!((refused.status, refused.header("content-type")), (422, "text/html; charset=utf-8"));
    assert!(refused.text().contains("name=\"resume.0.period\""));
    assert_eq!(post(&fields, "nonsense").problem(), "option-unsuitable");
}

#[test]
fn addresses_and_methods_that_are_not_there_are_problems_too() {
    for (method, path, status, code, allow) in [
        ("GET", "/nowhere", 404, "no-such-page", ""),
        ("GET", "/v1/templates/", 404, "no-such-page", ""),
        ("GET", "/v1/templates/recommendation/", 404, "no-such-page", ""),
        ("GET", "/v1/templates/%E6%8E%A8%E8%8D%90%E8%A1%A8", 404, "template-not-found", ""),
        ("GET", "/v1/templates/..%2F..%2Fetc%2Fpasswd", 404, "template-not-found", ""),
        ("GET", "/v1/templates/%FF", 400, "malformed-path", ""),
        ("POST", "/v1/templates", 405, "method-not-allowed", "GET,HEAD"),
        ("DELETE", "/v1/templates/recommendation", 405, "method-not-allowed", "GET,HEAD"),
        ("GET", RENDER, 405, "method-not-allowed", "POST"),
        ("PUT", CHECK, 405, "method-not-allowed", "POST"),
    ] {
        let answer = shared().send(method, path, &[], None);
        assert_eq!((answer.status, answer.problem().as_str(), answer.header("allow")), (status, code, allow), "{method} {path}");
    }
    let options = shared().send("OPTIONS", RENDER, &[], None);
    assert_eq!((options.status, options.header("allow"), options.body.len()), (204, "POST", 0));
    assert!(shared().get("/v1/templates/x").text().contains("recommendation"), "the names of those there are told");
    assert!(shared().get("/v1/templates/").text().contains("末尾的 /"));
}

/// A request, and how it is refused: method, path, content type, body, status, code.
type Refused = (&'static str, String, &'static str, Vec<u8>, u16, &'static str);

/// A word that no answer may hold.
const MARK: &str = "机密甲乙丙7Q";

/// Requests that are refused, with the mark wherever a value stands.
fn refused() -> Vec<Refused> {
    let json_type = "application/json";
    let post = |path: &str, body: Value, status, code| -> Refused {
        ("POST", path.to_owned(), json_type, body.to_string().into_bytes(), status, code)
    };
    let record = json!({"name": MARK});
    let (form, parts) = multipart(&[("file", Some("机密甲乙丙7Q.pdf"), None, MARK.as_bytes())]);
    let form: &'static str = form.leak();
    let (_, twice) = multipart(&[("record", None, None, MARK.as_bytes()), ("record", None, None, MARK.as_bytes())]);
    let (_, broken_record) = multipart(&[("record", Some("机密甲乙丙7Q.json"), None, format!("{{\"name\": \"{MARK}\",}}").as_bytes())]);
    let (_, bad_flag) = multipart(&[("record", None, None, b"{}"), ("strict", None, None, MARK.as_bytes())]);
    let encoded = "%E6%9C%BA%E5%AF%86%E7%94%B2%E4%B9%99%E4%B8%997Q";
    vec![
        ("GET", format!("/v1/templates?output={encoded}"), "", vec![], 400, "unknown-parameter"),
        ("GET", format!("/v1/templates/summary/blank?output={encoded}"), "", vec![], 400, "bad-parameter"),
        ("GET", "/v1/templates/summary/blank?dpi=9&output=png".to_owned(), "", vec![], 400, "bad-parameter"),
        ("GET", "/v1/templates/summary/blank?output=pdf&output=pdf".to_owned(), "", vec![], 400, "bad-parameter"),
        post(&format!("{RENDER}?output=pdf"), json!({"record": record, "output": "pdf"}), 400, "bad-parameter"),
        ("GET", "/v1/templates/%FF".to_owned(), "", vec![], 400, "malformed-path"),
        ("POST", RENDER.to_owned(), json_type, format!("{{\"record\": {{\"name\": \"{MARK}\" 1}}").into_bytes(), 400, "malformed-json"),
        ("POST", RENDER.to_owned(), json_type, b"\xFF\xFE{\0}\0".to_vec(), 400, "malformed-json"),
        ("POST", CHECK.to_owned(), json_type, vec![], 400, "malformed-json"),
        ("POST", RENDER.to_owned(), "multipart/form-data", MARK.into(), 400, "malformed-multipart"),
        ("POST", RENDER.to_owned(), form, MARK.into(), 400, "malformed-multipart"),
        ("GET", format!("/v1/templates/{encoded}"), "", vec![], 404, "template-not-found"),
        ("GET", "/v1/templates/copy/sample".to_owned(), "", vec![], 404, "no-sample"),
        ("GET", format!("/{encoded}"), "", vec![], 404, "no-such-page"),
        ("DELETE", "/v1/templates".to_owned(), "", vec![], 405, "method-not-allowed"),
        post(RENDER, json!({"record": record, "output": "xlsx"}), 406, "output-not-offered"),
        ("GET", format!("/v1/templates/summary@{encoded}"), "", vec![], 409, "template-mismatch"),
        ("POST", RENDER.to_owned(), "text/plain", MARK.into(), 415, "unsupported-media-type"),
        ("POST", READ.to_owned(), json_type, MARK.into(), 415, "unsupported-media-type"),
        post(RENDER, json!({"record": {"name": MARK, "birth": [MARK], "photo": format!("https://{MARK}/x.jpg")}}), 422, "record-invalid"),
        post(RENDER, json!({"record": {"name": format!("{MARK}\u{E000}"), "photo": format!("{MARK}.jpg")}}), 422, "record-invalid"),
        post(CHECK, json!({"record": [MARK]}), 422, "record-invalid"),
        ("POST", CHECK.to_owned(), form, broken_record, 422, "record-invalid"),
        post(CHECK, json!({"assets": {}}), 422, "record-missing"),
        post(RENDER, json!({"record": record, "colour": MARK, "options": {"gray": MARK, "output": "pdf"}}), 422, "unknown-member"),
        post(CHECK, json!({"record": record, "output": "pdf"}), 422, "unknown-member"),
        post(RENDER, json!({"record": record, "output": MARK, "options": {"strict": MARK, "lock": [1], "page": 0}}), 422, "bad-member"),
        post(RENDER, json!([MARK]), 422, "bad-member"),
        post(RENDER, json!({"record": record, "options": MARK}), 422, "bad-member"),
        ("POST", RENDER.to_owned(), form, twice, 422, "bad-member"),
        ("POST", RENDER.to_owned(), form, bad_flag, 422, "bad-member"),
        post(
            RENDER,
            json!({"record": record, "assets": {"a": MARK, "b": format!("https://{MARK}/"), "c": 1, "": "data:image/png;base64,AA=="}}),
            422,
            "asset-rejected",
        ),
        post(RENDER, json!({"record": record, "output": "pdf", "options": {"lock": ["name"]}}), 422, "option-unsuitable"),
        post(RENDER, json!({"record": record, "output": "docx", "options": {"lock": [MARK]}}), 422, "option-unsuitable"),
        post(RENDER, json!({"record": record, "output": "png", "options": {"page": 99}}), 422, "option-unsuitable"),
        post(RENDER, json!({"record": record, "options": {"grid": true}}), 422, "option-unsuitable"),
        post(RENDER, json!({"record": record, "options": {"lang": "en"}}), 422, "option-unsuitable"),
        ("POST", READ.to_owned(), form, multipart(&[("x", None, None, MARK.as_bytes())]).1, 422, "file-missing"),
        ("POST", READ.to_owned(), form, parts, 422, "file-unreadable"),
        ("POST", READ.to_owned(), "application/pdf", format!("%PDF-1.7\n{MARK}").into_bytes(), 422, "file-unreadable"),
        ("POST", READ.to_owned(), "application/pdf", vec![], 422, "file-unreadable"),
        ("POST", "/entry/recommendation".to_owned(), "application/x-www-form-urlencoded", MARK.into(), 415, "unsupported-media-type"),
    ]
}

#[test]
fn refusals_have_a_code_two_languages_and_never_a_value() {
    let mut seen = BTreeSet::new();
    for (method, path, kind, body, status, code) in refused() {
        let mut titles = Vec::new();
        for language in ["zh", "en"] {
            let headers: Vec<(&str, &str)> =
                [("accept-language", language), ("content-type", kind)].into_iter().filter(|(_, value)| !value.is_empty()).collect();
            let answer = shared().send(method, &path, &headers, (method == "POST").then_some(&body[..]));
            assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{method} {path}: {}", answer.text());
            let document = answer.json();
            assert_eq!(document["type"], format!("urn:formwright:problem:{code}"));
            assert_eq!(document["instance"], format!("urn:uuid:{}", answer.header("x-request-id")));
            for one in document["problems"].as_array().into_iter().flatten() {
                assert!(one["message"].as_str().is_some_and(|text| !text.is_empty()) && one["place"]["kind"].is_string(), "{one}");
            }
            // `output` named by nobody but the caller: an unknown template pins the present one and quotes nothing.
            let headers: String =
                answer.headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))).collect();
            assert!(!answer.text().contains(MARK) && !headers.contains(MARK), "{method} {path} tells a value: {}", answer.text());
            titles.push(document["title"].as_str().unwrap_or_default().to_owned());
        }
        assert!(!titles[0].is_ascii() && titles[1].is_ascii(), "{code}: {titles:?}");
        seen.insert(code);
    }
    // Every code that the documentation names for these routes was seen, but for those that have tests of their own.
    let elsewhere = ["busy", "too-large", "template-broken", "internal", "incomplete-body"];
    let named = documented_codes();
    let unseen: Vec<&String> = named.iter().filter(|code| !seen.contains(code.as_str()) && !elsewhere.contains(&code.as_str())).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
    let undocumented: Vec<&&str> =
        seen.iter().filter(|code| !named.contains(**code) && !["no-such-page", "method-not-allowed"].contains(*code)).collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
}

/// The codes of problems that the operations of this test's routes name.
fn documented_codes() -> BTreeSet<String> {
    let api: Value = serde_json::from_str(description_text()).expect("JSON");
    let mut codes = BTreeSet::new();
    let paths = api["paths"].as_object().into_iter().flatten();
    for (_, item) in paths.filter(|(path, _)| path.starts_with("/v1/templates") || path.starts_with("/entry")) {
        for response in
            item.as_object().into_iter().flatten().flat_map(|(_, operation)| operation["responses"].as_object().into_iter().flatten())
        {
            let text = response.1["description"].as_str().unwrap_or_default();
            codes.extend(text.split("\n\n").filter_map(|line| Some(line.strip_prefix('`')?.split_once("`:")?.0.to_owned())));
        }
    }
    codes
}

#[test]
fn bodies_have_a_limit_that_is_told() {
    let service = Service::start_with(Settings { body_limit: 20_000, ..Settings::default() });
    let large = "x".repeat(20_001);
    let (kind, body) = multipart(&[("record", None, None, large.as_bytes())]);
    for (path, kind, body) in [
        (RENDER, "application/json", large.as_bytes()),
        (RENDER, &kind, &body),
        (READ, "application/pdf", large.as_bytes()),
        (READ, &kind, &body),
    ] {
        let answer = service.post(path, kind, body);
        assert_eq!((answer.status, answer.problem().as_str()), (413, "too-large"), "{path} {kind}");
        assert!(answer.text().contains("20000"), "{}", answer.text());
    }
    // Without a length said beforehand it is seen while it comes.
    let chunked =
        service.send("POST", RENDER, &[("content-type", "application/json"), ("transfer-encoding", "chunked")], Some(large.as_bytes()));
    assert_eq!((chunked.status, chunked.problem().as_str()), (413, "too-large"));
    assert_eq!(service.post_json(RENDER, &json!({"record": {"name": "王㛃"}})).status, 200);
}

#[test]
fn who_comes_when_nobody_has_time_is_told_to_come_again() {
    let service = Service::start_with(Settings { queue: 0, ..Settings::default() });
    let answer = service.get("/v1/templates");
    assert_eq!((answer.status, answer.problem().as_str(), answer.header("retry-after")), (429, "busy", "1"));
}

#[test]
fn a_broken_template_is_nobodys_mistake_who_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["summary", "recommendation"] {
        let mut names = vec![name.to_owned(), format!("{name}/partials")];
        names.retain(|name| Path::new("templates").join(name).is_dir());
        for name in names {
            fs::create_dir_all(folder.path().join(&name)).expect("a folder");
            for entry in
                fs::read_dir(Path::new("templates").join(&name)).expect("a template").flatten().filter(|entry| entry.path().is_file())
            {
                fs::copy(entry.path(), folder.path().join(&name).join(entry.file_name())).expect("a copy");
            }
        }
    }
    for name in ["round.json", "record.json"] {
        fs::copy(Path::new("templates").join(name), folder.path().join(name)).expect("a copy");
    }
    fs::write(folder.path().join("summary/form.hbs"), "<form><page></form>").expect("a broken template");
    let service = Service::start_on(Arc::new(Engine::open(folder.path(), "fonts").expect("an engine")), Settings::default());
    let broken = service.get("/v1/templates/summary");
    assert_eq!((broken.status, broken.problem().as_str()), (500, "template-broken"));
    assert!(!broken.text().contains(&*folder.path().to_string_lossy()), "{}", broken.text());
    let list = service.get("/v1/templates").json();
    assert!(list.as_array().is_some_and(|list| list.len() == 1 && list[0]["id"] == "recommendation"), "{list}");
    // Another folder's template shows itself with another sample.
    fs::write(folder.path().join("recommendation/sample.json"), "{\"name\": \"李四\"}").expect("a sample");
    assert_eq!(service.get("/v1/templates/recommendation/sample").json(), json!({"name": "李四"}));
}

#[test]
fn answers_are_the_same_for_everybody_at_once() {
    let want = engine()
        .fill("recommendation", Record::open("samples/nominee.json").expect("a record"))
        .and_then(|form| form.pdf(&PdfOptions::print()));
    let want = want.expect("a PDF");
    let body = json!({"record": nominee()});
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..3).for_each(|_| assert!(shared().post_json(RENDER, &body).body == want)));
        }
    });
}

#[test]
fn the_description_is_committed_and_whole() {
    let path = Path::new("docs/openapi.json");
    let served = shared().get("/v1/openapi.json");
    assert_eq!((served.status, served.header("content-type"), served.text().as_str()), (200, "application/json", description_text()));
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, &served.body).expect("written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == served.text(),
        "docs/openapi.json is not what is served: BLESS=1 cargo test --test service_api writes it anew; look at the diff"
    );

    let api = served.json();
    assert_eq!(api["openapi"], "3.1.0");
    assert!(api["info"]["description"].as_str().is_some_and(|text| text.lines().nth(3).is_some_and(|line| line.starts_with("curl "))));
    let mut references = Vec::new();
    walk(&api, &mut |key, value| {
        if key == "$ref" {
            references.push(value.as_str().unwrap_or_default().to_owned());
        }
    });
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
        assert!(api.pointer(pointer).is_some(), "{reference}");
    }
    let mut names = BTreeMap::new();
    for (path, item) in api["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let at = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|text| text.contains(" · ")), "{at}: a summary in both languages");
            assert!(operation["description"].is_string() && operation["tags"].is_array(), "{at}");
            let twin = names.insert(operation["operationId"].to_string(), at.clone());
            assert!(twin.is_none(), "{at} and {twin:?} have one name");
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{at} {status}");
                let problem = status.starts_with('4') || status.starts_with('5');
                assert!(
                    !problem || response["content"]["application/problem+json"]["schema"]["$ref"] == "#/components/schemas/Problem",
                    "{at} {status}"
                );
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{at}: {parameter}");
            }
        }
    }
    assert!(names.len() >= 9, "{names:?}");
}

fn walk(value: &Value, each: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| walk(one, each)),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            each(key, value);
            walk(value, each);
        }),
        _ => {}
    }
}

#[test]
fn the_page_of_the_description_is_served_from_the_program_alone() {
    let moved = shared().get("/docs");
    assert_eq!((moved.status, moved.header("location")), (308, "/docs/"));
    let page = shared().get("/docs/");
    assert!(page.status == 200 && page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';") && !policy.contains("http"), "{policy}");
    let start = shared().get("/docs/swagger-initializer.js").text();
    assert!(start.contains("/v1/openapi.json") && start.contains("\"validatorUrl\": \"none\""), "{start}");
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "index.css", "swagger-ui-standalone-preset.js"] {
        let answer = shared().get(&format!("/docs/{file}"));
        assert!(answer.status == 200 && page.text().contains(file), "{file}");
    }
    assert_eq!(shared().get("/docs/none.js").problem(), "no-such-page");
}
