//! The description of the API: committed, whole, and served with its page from the program alone.

#[path = "support/service.rs"]
mod service;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use formwright::service::description_text;
use serde_json::Value;
use service::Service;

/// One service for all tests that need no settings of their own.
fn shared() -> &'static Service {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    SERVICE.get_or_init(Service::start)
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
        "docs/openapi.json is not what is served: BLESS=1 cargo test --test service_description writes it anew; look at the diff"
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
                // Whether the service is ready is an answer, not a problem.
                let problem = (status.starts_with('4') || status.starts_with('5')) && path != "/readyz";
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
