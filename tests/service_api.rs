//! The API on templates and on one record, asked over a bound port.

#[path = "support/service.rs"]
mod service;

use service::Service;

#[test]
fn the_templates_are_listed() {
    let service = Service::start();
    let answer = service.get("/v1/templates");
    assert_eq!(answer.status, 200);
    assert!(answer.json().as_array().is_some_and(|list| list.iter().any(|one| one["id"] == "recommendation")));
    assert_eq!(service.get("/nowhere").problem(), "no-such-page");
}
