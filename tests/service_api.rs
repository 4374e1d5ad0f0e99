//! The API on templates and on one record, asked over a bound port.

#[path = "support/service.rs"]
mod service;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use formwright::{PdfOptions, Record};
use serde_json::{Value, json};
use service::{Answer, Part, Service, engine, multipart};

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
    let parts: Vec<Part<'_>> = vec![
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
        assert!(plain["record"]["photo"].as_str().is_some_and(|uri| uri.starts_with("data:image/jpeg;base64,")), "{output}");
        for key in ["name", "id_number", "resume", "achievements"] {
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
        let parts: Vec<Part<'_>> = vec![
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
        let mut parts: Vec<Part<'_>> = fields.iter().map(|(name, value)| (*name, None, None, value.as_bytes())).collect();
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
