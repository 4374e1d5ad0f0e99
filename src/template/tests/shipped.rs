//! The files that are shipped with the program, as far as this module reads them.

use super::*;

const ROUND: &str = include_str!("../../../templates/round.json");

/// A shipped template's description with a form of one line.
fn shipped(id: &str, about: &str, round: &str) -> Result<Template, Diagnostics> {
    let mut files = Files::new();
    files.insert("round.json".to_owned(), round.to_owned());
    files.insert(format!("{id}/template.json"), about.to_owned());
    files.insert(format!("{id}/form.hbs"), "{{office}}{{year}}{{#each quotas}}{{unit}}{{quota}};{{/each}}".to_owned());
    Template::load(id, &files)
}

#[test]
fn the_next_round_is_an_edit_of_one_file() {
    for (id, about, title) in [
        ("recommendation", include_str!("../../../templates/recommendation/template.json"), "温州市第七轮首席技师推荐表"),
        ("summary", include_str!("../../../templates/summary/template.json"), "温州市第七轮首席技师推荐人选情况一览表"),
    ] {
        for (from, to) in [("七", "七"), ("七", "八")] {
            let round = ROUND.replace(from, to);
            let template = shipped(id, about, &round).unwrap_or_else(|found| panic!("{}", list(&found)));
            assert_eq!(template.id().title, title.replace(from, to));
        }
    }
}

#[test]
fn the_quotas_are_those_of_the_notice() {
    let about = include_str!("../../../templates/summary/template.json");
    let template = shipped("summary", about, ROUND).unwrap_or_else(|found| panic!("{}", list(&found)));
    let markup = template.expand(&|_| 0).unwrap_or_else(|found| panic!("{}", list(&found)));
    assert_eq!(
        markup.text(),
        "温州市人力资源和社会保障局二○二一年鹿城区4;龙湾区4;瓯海区4;洞头区1;经济技术开发区3;瓯江口产业集聚区1;乐清市5;瑞安市5;\
         永嘉县3;文成县2;平阳县3;泰顺县2;苍南县2;龙港市2;市直单位及省属在温单位1;市行业主管部门及行业协会1;"
    );
    assert!(ROUND.contains("二\u{25CB}二一年"));
}

#[test]
fn no_unit_shares_a_name_with_another() {
    let round: serde_json::Value = serde_json::from_str(ROUND).unwrap_or_default();
    let mut names = std::collections::BTreeSet::new();
    for quota in round["quotas"].as_array().into_iter().flatten() {
        let aliases = quota["aliases"].as_array().into_iter().flatten();
        for name in std::iter::once(&quota["unit"]).chain(aliases) {
            assert!(name.as_str().is_some_and(|name| names.insert(name.to_owned())), "{name}");
        }
    }
    assert!(names.len() > 16);
}

#[test]
fn the_record_keys_are_names_with_labels() {
    let record: serde_json::Value = serde_json::from_str(include_str!("../../../templates/record.json")).unwrap_or_default();
    let keys = record["keys"].as_object().cloned().unwrap_or_default();
    assert_eq!(keys.len(), 59);
    for (key, label) in &keys {
        let name = crate::name::FieldName::parse(&key.replace('*', "0"));
        assert!(name.is_some_and(|name| name.pattern() == *key), "{key}");
        assert!(label.as_str().is_some_and(|label| !label.is_empty()), "{key}");
    }
}
