//! Checks across people: quotas, doubles, age, skill, and what is missing. All people are invented.

use std::path::Path;
use std::sync::OnceLock;

use formwright::batch::across::{Brief, people, person};
use formwright::batch::{Problem, Round};
use formwright::record::NoFiles;
use formwright::{Engine, Record};
use serde_json::json;

fn round() -> &'static Round {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        Engine::open(home.join("templates"), home.join("fonts")).unwrap_or_else(|error| panic!("{error}"))
    });
    engine.round().unwrap_or_else(|error| panic!("{error}"))
}

fn record(members: serde_json::Value) -> Record {
    Record::parse(members.to_string().as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

fn briefs(rows: &[(&str, &str, &str, &str)]) -> Vec<Brief> {
    let brief = |(at, (name, unit, number, birth)): (usize, &(&str, &str, &str, &str))| {
        let record = record(json!({"name": name, "recommender": unit, "id_number": number, "birth": birth}));
        Brief::of(at + 1, "甲.json", &record, round())
    };
    rows.iter().enumerate().map(brief).collect()
}

fn codes(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|one| format!("{}{}", one.code, if one.error { "!" } else { "" })).collect()
}

#[test]
fn the_shipped_round_has_every_rule() {
    let round = round();
    assert_eq!((round.quotas.len(), round.photo_dpi, round.black_and_white), (16, Some(200.0), true));
    assert!(round.age.is_some() && round.skills.is_some() && round.deeds_length.is_some());
    for quota in &round.quotas {
        for name in std::iter::once(&quota.unit).chain(&quota.aliases) {
            assert_eq!(round.unit(name).name(), quota.unit, "{name}");
        }
    }
}

/// What is asked of a person, one thing changed at a time.
#[test]
fn what_the_round_asks_of_a_person() {
    let good = json!({
        "recommender": "瑞安市", "sex": "男", "birth": "1985-03", "skill_level": "技师（二级）", "photo": "data:image/png;base64,iVBORw0KGgo=",
        "deeds": "字".repeat(1000), "attachments": [{"file": "1.jpg"}]
    });
    assert_eq!(codes(&person(&record(good.clone()), round())), [""; 0]);
    for (change, want) in [
        (json!({"recommender": " "}), vec!["no-recommender"]),
        (json!({"photo": null}), vec!["no-photo"]),
        (json!({"attachments": []}), vec!["no-attachments"]),
        (json!({"deeds": ""}), vec!["no-deeds"]),
        (json!({"deeds": "字".repeat(799)}), vec!["deeds-length"]),
        (json!({"deeds": "字 \n".repeat(800)}), vec![]),
        (json!({"deeds": "字".repeat(1201)}), vec!["deeds-length"]),
        (json!({"skill_level": "高级工（三级）"}), vec!["low-skill"]),
        (json!({"skill_level": "三级/高级工", "post": "传统手工艺·绝技"}), vec![]),
        (json!({"skill_level": "中级工", "achievements": {"specialty": {"content": "身怀绝活"}}}), vec![]),
        (json!({"skill_level": ""}), vec!["low-skill"]),
        (json!({"skill_level": "高级技师（一级）"}), vec![]),
        (json!({"skill_level": "高级工程师"}), vec!["low-skill"]),
        (json!({"birth": "1961-09"}), vec!["retired"]),
        (json!({"birth": "1961-10"}), vec![]),
        // On the day itself sixty years are full.
        (json!({"id_number": "990000196109280018"}), vec!["retired"]),
        (json!({"id_number": "990000196109290018"}), vec![]),
        (json!({"sex": "女", "birth": "1966-09"}), vec!["retired"]),
        (json!({"sex": "女", "birth": "1966-10"}), vec!["retired-if-worker"]),
        (json!({"sex": "女", "birth": "1971-10"}), vec![]),
        (json!({"sex": "", "birth": "", "id_number": "990000196809280027"}), vec!["retired-if-worker"]),
        (json!({"sex": "", "birth": "1900-01"}), vec![]),
        (json!({"birth": "2985-03"}), vec![]),
    ] {
        let mut members = good.clone();
        for (key, value) in change.as_object().into_iter().flatten() {
            members[key] = value.clone();
        }
        let found = person(&record(members), round());
        assert_eq!(codes(&found), want, "{change}");
        assert!(found.iter().all(|one| !one.label.is_empty() && !one.help[0].is_empty() && !one.help[1].is_empty()));
    }
}

#[test]
fn doubles_are_found_and_no_value_is_told() {
    let (one, two) = ("990000198503120027", "99000019850312003X");
    let all = briefs(&[
        ("秘甲", "瑞安市", one, "1985-03"),
        ("秘乙", "瑞安市", two, "1985-03"),
        ("秘丙", "瑞安市", " ９９００００198503120027", "1985-04"),
        ("秘乙", "乐清市", "", "1985-03"),
        ("秘丁", "瑞安市", "", ""),
        ("秘丁", "瑞安市", "", ""),
    ]);
    let across = people(&all, round());
    let told: Vec<String> = across.people.iter().map(|(n, one)| format!("{n} {} {}", one.code, one.error)).collect();
    assert_eq!(told, ["1 same-identity true", "2 same-person false", "3 same-identity true", "4 same-person false"]);
    let words: String = across.people.iter().map(|(_, one)| format!("{one:?}")).collect();
    assert!(words.contains("第 3 号") && words.contains("no. 1") && !words.contains('秘') && !words.contains("9900"), "{words}");
    assert!(!format!("{all:?} {across:?}").contains('秘'));
    // One person twice is told once, not by the name as well.
    let twice = briefs(&[("秘", "瑞安市", one, "1985-03"), ("秘", "瑞安市", one, "1985-03")]);
    assert!(people(&twice, round()).people.iter().all(|(_, one)| one.code == "same-identity"));
}

#[test]
fn units_are_counted_against_their_quotas() {
    let mut rows = vec![("甲", "温州市某某行业协会", "", "")];
    rows.extend([("乙", "洞头区人社局", "", ""); 2]);
    rows.extend([("丙", "鹿城区", "", ""); 4]);
    rows.extend([("丁", "", "", ""), ("戊", "某某行业协会", "", ""), ("己", "市直单位", "", "")]);
    let units = people(&briefs(&rows), round()).units;
    let told: Vec<String> = units
        .iter()
        .map(|line| format!("{} {}/{:?} {}", line.unit, line.recommended, line.quota, codes(&line.problems).join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            "鹿城区 4/Some(4) ",
            "洞头区 2/Some(1) over-quota",
            "市直单位及省属在温单位 1/Some(1) ",
            "温州市某某行业协会 2/Some(1) over-quota",
            " 1/None ",
        ]
    );
}
