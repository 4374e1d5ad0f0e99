//! One mistake per fixture in `tests/markup/`: its first line, a comment, says what must be reported and where.
//! `BLESS=1 cargo test --test markup` writes these lines anew: look at the diff, then commit it.

use std::collections::BTreeMap;
use std::path::Path;

use formwright::diag::{Diagnostic, Diagnostics, Place};
use formwright::markup;
use formwright::template::Template;

fn problems(text: &str) -> Diagnostics {
    let about = r#"{"id": "fixture", "version": "1", "title": "表", "outputs": ["pdf"]}"#;
    let files = [("fixture/form.hbs", text), ("fixture/template.json", about), ("fixture/defaults.json", "{}"), ("round.json", "{}")];
    let files: BTreeMap<String, String> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let template = match Template::load("fixture", &files) {
        Ok(template) => template,
        Err(found) => return found,
    };
    let parsed = template.expand(&|_| 2).and_then(|expanded| markup::parse(&expanded, template.id()).map(|_| ()));
    parsed.err().unwrap_or_default()
}

/// `{{! 4:9+6 code: message // help }}`
fn written(found: &Diagnostics) -> String {
    let one = |report: &Diagnostic| {
        let Place::Template { line, column, width, .. } = &report.place else { panic!("no place in a template: {report:?}") };
        let help = report.help.as_ref().map_or(String::new(), |help| format!(" // {}", help.en));
        format!("{line}:{column}+{width} {}: {}{help}", report.code, report.message.en)
    };
    let all: Vec<String> = found.iter().map(one).collect();
    format!("{{{{! {} }}}}", if all.is_empty() { "no error".to_owned() } else { all.join(" AND ") })
}

#[test]
fn every_fixture_is_refused_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markup");
    let bless = std::env::var_os("BLESS").is_some();
    let mut paths: Vec<_> = std::fs::read_dir(&folder).expect("fixtures").map(|entry| entry.expect("fixture").path()).collect();
    paths.sort();
    let mut codes = Vec::new();
    let mut wrong = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "hbs")) {
        let text = std::fs::read_to_string(path).expect("fixture");
        let (first, rest) = text.split_once('\n').expect("a first line");
        let found = problems(&text);
        codes.extend(found.iter().map(|report| report.code));
        for report in found.iter() {
            assert!(report.message.zh.chars().any(|c| c > '\u{2e80}'), "no Chinese in {:?}", report.message);
        }
        let line = written(&found);
        if bless {
            std::fs::write(path, format!("{line}\n{rest}")).expect("bless");
        } else if first != line {
            wrong.push(format!("{}\n  says  {first}\n  found {line}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    codes_are_explained(&codes);
}

/// Every code that the page of documentation lists has a fixture, and every fixture's code is on the page.
fn codes_are_explained(codes: &[&str]) {
    let page = include_str!("../docs/markup.md");
    let list = page.lines().find_map(|line| line.strip_prefix("Codes: ")).expect("docs/markup.md lists the codes");
    let list = list.split_once(". ").map_or(list, |(list, _)| list);
    let mut known: Vec<&str> = list.split('`').filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    let mut seen = codes.to_vec();
    known.sort_unstable();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, known, "the codes of the fixtures and those of docs/markup.md");
}
