//! What the API refuses, and how: a code, a place, two languages, and never a value.

#[path = "support/service.rs"]
mod service;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use formwright::Engine;
use formwright::service::{Settings, description_text};
use serde_json::{Value, json};
use service::{Service, multipart};

const RENDER: &str = "/v1/templates/recommendation/render";
const CHECK: &str = "/v1/templates/recommendation/check";
const READ: &str = "/v1/templates/recommendation/read";

/// One service for all tests that need no settings of their own.
fn shared() -> &'static Service {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    SERVICE.get_or_init(Service::start)
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
        post(&format!("{RENDER}?output=pdf"), json!({"record": record, "output": "pdf"}), 422, "option-unsuitable"),
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
        ("POST", READ.to_owned(), form, multipart(&[("x", None, None, MARK.as_bytes())]).1, 422, "unknown-member"),
        ("POST", READ.to_owned(), form, multipart(&[("x", Some("x"), None, MARK.as_bytes())]).1, 422, "file-missing"),
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
