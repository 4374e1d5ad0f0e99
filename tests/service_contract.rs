//! What the service publishes is what it does: schemathesis makes requests from the description and holds the answers against it.

#[path = "support/service.rs"]
mod service;

use std::path::Path;
use std::process::Command;

use service::Service;

/// So many cases are asked for at least: fewer would mean that the description was not understood.
const LEAST: usize = 1_000;

#[test]
#[ignore = "needs the readers that tests/run installs"]
fn schemathesis_finds_nothing() {
    let service = Service::start();
    let program = Path::new("target/readers/venv/bin/schemathesis");
    // More by hand: CONTRACT_EXAMPLES=400 cargo test --test service_contract -- --ignored --nocapture
    let examples = std::env::var("CONTRACT_EXAMPLES").unwrap_or_else(|_| "120".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("schemathesis.toml");
    let kept = std::fs::read_to_string("tests/readers/schemathesis.toml").expect("the configuration");
    std::fs::write(&config, kept.replace("BATCH", &batch(&service))).expect("written");
    let done = Command::new(std::env::current_dir().expect("a folder").join(program))
        .arg("--config-file")
        .arg(&config)
        .args(["run", &service.url("/v1/openapi.json"), "--no-color", "--checks", "all", "--seed", "7"])
        .args(["--max-examples", &examples, "--workers", "2", "--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--generation-database", "none"])
        .current_dir(folder.path())
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    println!("{said}");
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    let cases = cases(&said);
    assert!(cases >= LEAST, "only {cases} cases\n{said}");
}

/// A batch of one person, to ask things of.
fn batch(service: &Service) -> String {
    let record = service.get("/v1/templates/recommendation/sample").text();
    let made = service.post("/v1/batches", "application/json", format!("{{\"records\":[{record}]}}").as_bytes());
    assert_eq!(made.status, 202, "{}", made.text());
    made.json()["id"].as_str().expect("its name").to_owned()
}

/// The number before "generated," in the summary.
fn cases(said: &str) -> usize {
    let line = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    line.split(" generated")
        .next()
        .and_then(|line| line.split_whitespace().last())
        .and_then(|word| word.replace(',', "").parse().ok())
        .unwrap_or(0)
}
