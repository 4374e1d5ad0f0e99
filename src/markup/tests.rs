//! The shipped templates as forms: how many fields, which labels, where the cells lie.

use std::collections::BTreeMap;
use std::path::Path;

use super::parse;
use crate::diag::{Diagnostics, Place};
use crate::form::{Field, FieldKind, Form};
use crate::template::{Files, Template};

fn collect(folder: &Path, root: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text);
        }
    }
}

fn lines(found: &Diagnostics) -> String {
    let line = |place: &Place| match place {
        Place::Template { file, line, column, .. } => format!("{file}:{line}:{column}"),
        other => format!("{other:?}"),
    };
    found.iter().map(|d| format!("{} {} {}\n", line(&d.place), d.code, d.message.en)).collect()
}

fn shipped(id: &str, rows: usize) -> Form {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    let template = Template::load(id, &files).unwrap_or_else(|found| panic!("{}", lines(&found)));
    let markup = template.expand(&|_| rows).unwrap_or_else(|found| panic!("{}", lines(&found)));
    parse(&markup, template.id()).unwrap_or_else(|found| panic!("{}", lines(&found)))
}

fn label<'a>(form: &'a Form, name: &str) -> &'a str {
    let found = form.field(name).map(|(_, field)| field.label.as_str());
    found.unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn the_recommendation_has_its_fields() {
    let form = shipped("recommendation", 0);
    let data: Vec<&Field> = form.fields.iter().filter(|field| field.kind.is_data()).collect();
    // record.md: 20 single values and the photo's 1 without the sheet's, 9 rows of 3, 6 × 2 achievements,
    // the summary, 5 × 2 opinions.
    assert_eq!(data.len(), 4 + 15 + 27 + 12 + 1 + 10 + 1, "{data:#?}");
    assert_eq!(form.fields.len() - data.len(), 5);
}

#[test]
fn labels_are_what_a_person_would_say() {
    let form = shipped("recommendation", 12);
    for (name, want) in [
        ("name", "姓名"),
        ("post", "现工种岗位"),
        ("form_month", "填表月份"),
        ("photo", "照片"),
        ("trade_years", "本职业（工种）工龄"),
        ("resume.0.period", "简历第1行·起止年月"),
        ("resume.11.work", "简历第12行·在何地从事何职业（工种）工作"),
        ("achievements.specialty.evidence", "本专业技术特长或技术绝招情况·证明人或证明材料"),
        ("personal_summary", "个人总结"),
        ("opinions.authority.text", "县（市、区）人力社保部门或市主管部门（行业协会）意见"),
        ("opinions.employer.date", "所在单位推荐意见·日期"),
        ("opinions.employer.seal", "所在单位推荐意见·盖章"),
        ("opinions.experts.signature", "专家评审小组意见·签字"),
    ] {
        assert_eq!(label(&form, name), want, "{name}");
    }
}

#[test]
fn equal_names_are_one_field() {
    let form = shipped("recommendation", 12);
    let (at, field) = form.field("name").unwrap();
    // The cover, the personal data, and the reference lines of both annex pages.
    assert_eq!(form.boxes().filter(|field| field.field == at).count(), 4);
    assert!(field.required);
    let Place::Template { file, line, .. } = &field.declared else { panic!("{:?}", field.declared) };
    assert_eq!((file.as_str(), *line), ("templates/recommendation/form.hbs", 19));
}

#[test]
fn fields_agree_with_others() {
    let form = shipped("recommendation", 0);
    let (_, number) = form.field("id_number").unwrap();
    assert_eq!(number.agrees.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["birth", "sex"]);
    let (_, start) = form.field("work_start").unwrap();
    assert_eq!(start.after.as_ref().map(|name| name.as_str()), Some("birth"));
}

#[test]
fn the_sheet_has_a_field_for_each_column_and_row() {
    for (rows, want) in [(0, 4), (30, 30)] {
        let form = shipped("summary", rows);
        assert_eq!(form.fields.len(), want * 20);
        assert!(form.fields.iter().all(|field| field.kind != FieldKind::Seal));
    }
}
