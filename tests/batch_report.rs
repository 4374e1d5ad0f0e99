//! The report of a batch: a table, data and a page; nothing in it can become a formula or markup.

use std::path::Path;

use formwright::Lang;
use formwright::batch::report::{csv, html, json};
use formwright::batch::{Line, Problem, Report, State, UnitLine};
use proptest::prelude::*;

type Any = Box<dyn std::error::Error>;

fn problem(error: bool, code: &str, place: &str, label: &str, zh: &str, en: &str) -> Problem {
    let help = ["核对".to_owned(), "look at it".to_owned()];
    let pointer = Some(place.to_owned()).filter(|place| place.starts_with('/'));
    Problem { error, code: code.into(), place: place.into(), pointer, label: label.into(), message: [zh.into(), en.into()], help }
}

fn line(n: usize, name: &str, unit: &str, state: State, problems: Vec<Problem>) -> Line {
    let done = state == State::Done;
    let files = if done { vec![format!("dossiers/{n:03}-{unit}-{name}.pdf")] } else { Vec::new() };
    Line {
        entry: n * 7 % 5,
        n,
        name: name.into(),
        unit: unit.into(),
        place: format!("名单.jsonl 第{n}行"),
        state,
        problems,
        pages: if done { 8 } else { 0 },
        files,
        renders: done.into(),
    }
}

fn report() -> Report {
    let missing = || problem(true, "missing-required", "/employer", "工作单位", "必填，还没有填", "it is required and not filled in");
    let double = || {
        problem(true, "same-identity", "/id_number", "身份证号码", "身份证号码与第 4 号的相同", "the identity number is that of no. 4, too")
    };
    let deeds = || {
        problem(
            false,
            "deeds-length",
            "/deeds",
            "事迹材料",
            "事迹材料只有 612 字，要 1000 字左右",
            "it has 612 characters only; about 1000 are asked for",
        )
    };
    let over =
        problem(false, "over-quota", "", "名额", "推荐了 2 人，名额 1 人，超出 1 人", "2 are recommended, 1 more than the quota of 1");
    let photo = problem(false, "photo-unclaimed", "瑞安市/谁.jpg", "", "这张照片对不上任何人", "this photo is nobody's");
    let damaged = problem(true, "file-unreadable", "丁/记录.json", "", "读不了", "it cannot be read");
    Report {
        title: "温州市第七轮首席技师推荐表".into(),
        lines: vec![
            line(1, "陈一", "鹿城区", State::Done, Vec::new()),
            line(2, "林二", "洞头区", State::Done, vec![deeds()]),
            line(3, "买买提·阿不都", "洞头区", State::Held, vec![deeds(), missing(), double()]),
            line(4, "=cmd|'/c calc'!A0", "", State::Failed, vec![damaged]),
            line(5, "<b>x</b>\"&'", "瑞安市", State::Waiting, Vec::new()),
        ],
        units: vec![
            UnitLine { unit: "鹿城区".into(), quota: Some(4), recommended: 1, problems: Vec::new() },
            UnitLine { unit: "洞头区".into(), quota: Some(1), recommended: 2, problems: vec![over] },
            UnitLine { unit: String::new(), quota: None, recommended: 1, problems: Vec::new() },
        ],
        notes: vec![photo],
        files: vec!["print/print-run.pdf".into(), "sheets/all.xlsx".into()],
        renders: 2,
    }
}

/// The three reports as files that a person can look at: BLESS=1 writes them.
#[test]
fn reports_are_as_they_were() -> Result<(), Any> {
    let report = report();
    for (name, found) in [
        ("report.csv", csv(&report, Lang::Zh, false)),
        ("report-masked-en.csv", csv(&report, Lang::En, true)),
        ("report.json", json(&report, false).into_bytes()),
        ("report.html", html(&report, Lang::Zh, false).into_bytes()),
        ("report-masked-en.html", html(&report, Lang::En, true).into_bytes()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/batch").join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, found)?;
        } else {
            let want = std::fs::read(&path)?;
            assert!(found == want, "{name}: if this is right, BLESS=1 cargo test --test batch_report\n{}", String::from_utf8_lossy(&found));
        }
    }
    Ok(())
}

#[test]
fn a_masked_report_tells_no_name_and_no_path() {
    let report = report();
    for text in [String::from_utf8_lossy(&csv(&report, Lang::Zh, true)).into_owned(), json(&report, true), html(&report, Lang::Zh, true)] {
        assert!(text.contains("陈*") && text.contains("买******"), "{text}");
        for secret in ["陈一", "林二", "阿不都", "名单.jsonl", "谁.jpg", "丁/记录", "dossiers/"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    assert!(!format!("{report:?} {:?} {:?}", report.lines, report.units).contains('陈'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_value_becomes_a_formula_or_markup(name in "[=+@\\-\t\r\n <>&\"'a,;王＝\u{202E}\0]{0,12}", mask in any::<bool>()) {
        let mut report = report();
        report.title = name.clone();
        for line in &mut report.lines {
            (line.name, line.unit, line.place) = (name.clone(), name.clone(), name.clone());
            line.problems = vec![problem(true, &name, &name, &name, &name, &name)];
            line.files = vec![name.clone()];
        }
        let bytes = csv(&report, Lang::Zh, mask);
        prop_assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
        let mut rows = 0;
        for row in ::csv::Reader::from_reader(&bytes[3..]).records() {
            let row = row.expect("the table is read back");
            rows += 1;
            prop_assert_eq!(row.len(), 11);
            for cell in &row {
                prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝']) && !cell.starts_with(['\t', '\r', '\n']), "{:?}", cell);
            }
        }
        let of_units: usize = report.units.iter().map(|unit| unit.problems.len()).sum();
        prop_assert_eq!(rows, report.lines.len() + of_units + report.notes.len());
        let page = html(&report, Lang::Zh, mask);
        let tame = !page.contains("<b>x") && !page.contains(char::from_u32(0x202E).unwrap_or_default());
        prop_assert!(tame);
        prop_assert!(is_well_formed(&page), "{}", page);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json(&report, mask)).is_ok());
    }
}

/// Whether every tag of the page is closed in its order.
fn is_well_formed(page: &str) -> bool {
    let mut open = Vec::new();
    for part in page.split('<').skip(1) {
        let Some((tag, _)) = part.split_once('>') else { return false };
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        match tag {
            _ if tag.starts_with('!') || name == "meta" => {}
            _ if tag.starts_with('/') => {
                if open.pop() != Some(name) {
                    return false;
                }
            }
            _ => open.push(name),
        }
    }
    open.is_empty()
}
