//! Forms made by hand, so that checks and the schema are tested without a template.

use formwright::diag::Place;
use formwright::form::{Field, FieldKind, Form, TemplateId, TextFormat};
use formwright::name::FieldName;

/// A field without any further rule.
pub fn field(name: &str, kind: FieldKind, label: &str) -> Field {
    Field {
        name: name_of(name),
        kind,
        label: label.to_owned(),
        required: false,
        agrees: Vec::new(),
        after: None,
        declared: Place::Input { line: 1, column: 1 },
    }
}

/// A name that is known to be one.
pub fn name_of(name: &str) -> FieldName {
    FieldName::parse(name).unwrap_or_else(|| panic!("{name}"))
}

/// The recommendation form's fields, with so many résumé rows.
pub fn recommendation(resume: usize) -> Form {
    let mut fields = person("");
    for row in 0..resume {
        fields.push(field(&format!("resume.{row}.period"), text(), "起止年月"));
        fields.push(field(&format!("resume.{row}.work"), FieldKind::TextArea, "在何单位学习或工作"));
        fields.push(field(&format!("resume.{row}.witness"), text(), "证明人"));
    }
    for key in ["specialty", "competitions", "methods", "innovations", "honours", "contributions"] {
        fields.push(field(&format!("achievements.{key}.content"), FieldKind::TextArea, "内容"));
        fields.push(field(&format!("achievements.{key}.evidence"), FieldKind::TextArea, "证明人或证明材料"));
    }
    fields.push(field("personal_summary", FieldKind::TextArea, "个人总结"));
    fields.push(field("opinions.employer.text", FieldKind::TextArea, "所在单位意见"));
    fields.push(field("opinions.employer.seal", FieldKind::Seal, "盖章"));
    fields.push(field("opinions.employer.date", FieldKind::Date, "日期"));
    fields.push(field("agrees_to_publication", FieldKind::Check, "同意公示"));
    fields.push(field("age", FieldKind::Text(TextFormat::Number), "年龄"));
    form("recommendation", "温州市第七轮首席技师推荐表", fields)
}

/// The summary sheet's fields, with so many people.
pub fn summary(people: usize) -> Form {
    let mut fields = Vec::new();
    for row in 0..people {
        fields.extend(person(&format!("nominees.{row}.")));
        for (key, label) in [("innovations", "技术革新"), ("opinion", "单位推荐意见")] {
            fields.push(field(&format!("nominees.{row}.brief.{key}"), FieldKind::TextArea, label));
        }
    }
    form("summary", "温州市第七轮首席技师推荐人选情况一览表", fields)
}

fn person(prefix: &str) -> Vec<Field> {
    let at = |key: &str, kind: FieldKind, label: &str| field(&format!("{prefix}{key}"), kind, label);
    let id = || vec![name_of(&format!("{prefix}id_number"))];
    vec![
        Field { required: true, ..at("name", text(), "姓名") },
        Field { agrees: id(), ..at("sex", FieldKind::Choice(vec!["男".into(), "女".into()]), "性别") },
        Field { agrees: id(), ..at("birth", FieldKind::Month, "出生年月") },
        at("health", FieldKind::Choice(vec!["健康".into(), "良好".into()]), "健康状况"),
        Field { after: Some(name_of(&format!("{prefix}birth"))), ..at("work_start", FieldKind::Month, "参加工作时间") },
        Field { required: true, ..at("employer", text(), "工作单位") },
        Field { required: true, ..at("id_number", FieldKind::Text(TextFormat::IdNumber), "身份证号码") },
        at("mobile", FieldKind::Text(TextFormat::Mobile), "手机"),
        at("postcode", FieldKind::Text(TextFormat::Postcode), "邮编"),
        at("photo", FieldKind::Photo, "照片"),
    ]
}

fn text() -> FieldKind {
    FieldKind::Text(TextFormat::Plain)
}

fn form(id: &str, title: &str, fields: Vec<Field>) -> Form {
    let template = TemplateId { id: id.into(), version: "1.0.0".into(), title: title.into(), digest: String::new() };
    Form { template, pages: Vec::new(), fields }
}
