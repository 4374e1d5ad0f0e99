//! Chromium at work on our pages: `tests/readers/browser.mjs`, whose head lists the steps.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs a job in Chromium and gives its facts; `folder` takes the job's file. Every problem fails the test.
pub fn browse(folder: &Path, name: &str, job: &Value) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = root.join("target/readers");
    let path = folder.join(format!("{name}.json"));
    fs::write(&path, job.to_string()).expect("the target folder can be written");
    // tests/run puts a Node beside the Python readers where the machine's own is missing or too old.
    let own = home.join("venv/bin/node");
    let node = if own.exists() { own } else { "node".into() };
    let mut command = Command::new(node);
    command.arg(root.join("tests/readers/browser.mjs")).arg(&path).env("READERS_NODE", home.join("node/node_modules"));
    let done = command.output().unwrap_or_else(|error| panic!("node: {error}; run tests/run, which installs it"));
    let report: Value =
        serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&done.stderr)));
    let problems: Vec<&str> = report["problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(done.status.success() && problems.is_empty(), "{name}:\n  {}", problems.join("\n  "));
    report["facts"].clone()
}
