//! What makes a read-back file a record: kinds, limits, warnings, differences; no file is read here.

#[allow(dead_code)]
mod support;

use formwright::diag::{Lang, print};
use formwright::form::{FieldKind, TextFormat};
use formwright::package::marks::value_digest;
use formwright::readback::{Change, Content, Format, Issue, Issued, ReadBack, Returned, differences, project, read, restored, suited};
use formwright::{Place, Record, Severity};
use support::{field, name_of, recommendation};

fn text(name: &str, kind: Option<FieldKind>, value: &str) -> Returned {
    Returned { name: name_of(name), kind, label: "栏".to_owned(), value: Content::Text(value.to_owned()), issued: Issued::Unknown }
}

fn plain(name: &str, value: &str) -> Returned {
    text(name, Some(FieldKind::Text(TextFormat::Plain)), value)
}

fn back(fields: Vec<Returned>) -> ReadBack {
    ReadBack { format: Format::Pdf, issue: None, fields, warnings: Default::default() }
}

/// The codes with their pointers, as the template `form` sees the file.
fn told(back: &ReadBack, form: &formwright::form::Form) -> Vec<(&'static str, String)> {
    let place = |place: &Place| match place {
        Place::Record { pointer, .. } => pointer.clone(),
        Place::File { file } => file.clone(),
        _ => String::new(),
    };
    suited(back, form, "f.pdf").warnings.iter().map(|one| (one.code, place(&one.place))).collect()
}

#[test]
fn kinds_come_back_in_the_records_form() {
    use TextFormat::{IdNumber, Mobile, Number, Plain, Postcode};
    let month = || Some(FieldKind::Month);
    let date = || Some(FieldKind::Date);
    let kind = |format| Some(FieldKind::Text(format));
    for (kind, typed, want, readable) in [
        (month(), "1985.03", "1985-03", true),
        (month(), " 1985年3月\n", "1985-03", true),
        (month(), "１９８５．３", "1985-03", true),
        (month(), "1985-03", "1985-03", true),
        (month(), "198503", "1985-03", true),
        (month(), "1985.13", "1985.13", false),
        (month(), "八五年春", "八五年春", false),
        (month(), "　　年　　月", "", true),
        (date(), "2021年9月18日", "2021-09-18", true),
        (date(), "２０２１.９.１８", "2021-09-18", true),
        (date(), "　　年　　月　　日", "", true),
        (date(), "2021年　　月　　日", "2021年　　月　　日", false),
        (date(), "2021年2月30日", "2021年2月30日", false),
        (kind(IdNumber), " 990000198503120027 ", "990000198503120027", true),
        // Nothing is corrected: the check has words for it.
        (kind(IdNumber), "９９0000198503120027", "９９0000198503120027", true),
        (kind(Mobile), "　19900000001", "19900000001", true),
        (kind(Postcode), "325 200", "325 200", true),
        (kind(Number), "18 ", "18", true),
        (kind(Plain), " 王　㛃 ", " 王　㛃 ", true),
        (Some(FieldKind::TextArea), "甲\r\n乙\r丙\n", "甲\n乙\n丙\n", true),
        (Some(FieldKind::TextArea), " \u{3000}\n", "", true),
        (None, "1985.03", "1985.03", true),
    ] {
        let got = restored(kind.as_ref(), typed);
        assert_eq!((got.text.as_str(), got.readable), (want, readable), "{kind:?} {typed}");
    }
}

#[test]
fn values_become_a_record() {
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut fields = vec![
        plain("name", "王\u{20164}"),
        plain("remark", ""),
        text("birth", Some(FieldKind::Month), "1985.03"),
        plain("resume.0.work", "学徒"),
        plain("resume.1.work", ""),
        plain("resume.2.work", "铣工"),
        plain("resume.3.work", ""),
        text("work_start", Some(FieldKind::Month), "那年"),
    ];
    let with = |name: &str, value: Content| Returned { value, ..plain(name, "") };
    fields.push(with("photo", Content::Picture(Some(png.clone()))));
    fields.push(with("agrees", Content::Ticked(true)));
    fields.push(with("other", Content::Ticked(false)));
    let record = back(fields).record();
    let want = r#"{"name":"王𠅤","birth":"1985-03","resume":[{"work":"学徒"},{},{"work":"铣工"}],"work_start":"那年","photo":"data:image/png;base64,","agrees":true}"#;
    assert_eq!(serde_json::to_string(record.root()).unwrap_or_default(), want, "absent where empty, rows at their places, keys in order");
    assert_eq!(record.asset(&name_of("photo")), Some(&png[..]));
    let again =
        Record::parse(record.to_json().as_bytes(), &formwright::record::NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    assert!(again == record && again.troubles().is_empty());
}

#[test]
fn no_file_makes_a_record_that_cannot_be_read_again() {
    let many = |count: usize, name: &dyn Fn(usize) -> String, value: &str| (0..count).map(|at| plain(&name(at), value)).collect::<Vec<_>>();
    let long = "长".repeat(100_001);
    let form = recommendation(1);
    for (what, fields, code, kept) in [
        ("rows", vec![plain("a.1000.b", "x"), plain("a.999.b", "x")], "too-many-rows", 1),
        ("rows in rows", many(500, &|at| format!("a{at}.999.b.999.c.999"), "x"), "too-many-values", 66),
        ("deep", vec![plain(&vec!["a"; 17].join("."), "x"), plain(&vec!["b"; 16].join("."), "x")], "too-many-values", 1),
        ("clash", vec![plain("a", "x"), plain("a.b", "x"), plain("a.0", "x")], "name-clash", 1),
        ("long", vec![plain("a", &long), plain("b", long.trim_start_matches('长')), plain("c", &"长".repeat(100_000))], "text-too-long", 1),
        ("heavy", many(400, &|at| format!("a{at}"), &"\u{1}".repeat(20_000)), "too-many-values", 279),
    ] {
        let back = back(fields);
        let record = back.record();
        assert_eq!(record.root().len(), kept, "{what}");
        let warnings = suited(&back, &form, "f.pdf").warnings;
        let errors: Vec<_> = warnings.iter().filter(|one| one.severity == Severity::Error).map(|one| one.code).collect();
        assert!(!errors.is_empty() && errors.iter().all(|error| *error == code), "{what}: {errors:?}");
        let json = record.to_json();
        let again =
            Record::parse(json.as_bytes(), &formwright::record::NoFiles).unwrap_or_else(|found| panic!("{what}: {:?}", found.codes()));
        assert!(again == record && again.troubles().is_empty(), "{what}");
    }
}

#[test]
fn a_template_gives_kinds_and_labels_and_misses_its_fields() {
    let mut form = recommendation(1);
    form.fields.retain(|field| ["name", "birth", "resume.0.work", "photo", "opinions.employer.seal"].contains(&field.name.as_str()));
    let mut file = back(vec![
        text("birth", None, "1985.03"),
        text("name", None, "王㛃"),
        plain("resume.0.work", "学徒"),
        plain("resume.1.work", "铣工"),
        plain("resume.2.work", ""),
        plain("hobby", "书法"),
        plain("hobbies", ""),
    ]);
    assert_eq!(told(&file, &form), [("field-missing", "/photo".to_owned()), ("unknown-field", "/hobby".to_owned())]);
    let known = suited(&file, &form, "f.pdf");
    assert_eq!(known.record().text(&name_of("birth")), Some("1985-03"));
    assert_eq!(known.fields[1].label, "姓名");
    for (template, version, digest, want) in [
        ("recommendation", "1.0.0", "", None),
        ("summary", "1.0.0", "", Some("other-template")),
        ("recommendation", "0.9", "", Some("other-version")),
        ("recommendation", "1.0.0", "ab", Some("other-version")),
    ] {
        file.issue = Some(Issue { template: template.into(), version: version.into(), digest: digest.into() });
        let first = told(&file, &form).into_iter().next().filter(|(code, _)| code.starts_with("other"));
        assert_eq!(first, want.map(|code| (code, "f.pdf".to_owned())), "{template} {version}");
    }
}

#[test]
fn many_fields_that_are_missing_are_counted() {
    let found = suited(&back(Vec::new()), &recommendation(9), "f.pdf").warnings;
    let text = print(&found, Lang::En);
    assert_eq!(found.codes(), ["field-missing"]);
    assert!(
        text.contains("lacks 54 fields of the template: 姓名、性别、出生年月、健康状况、参加工作时间…") && text.contains("--> f.pdf"),
        "{text}"
    );
    // One that the reader has told already is not told again.
    let mut form = recommendation(0);
    form.fields.truncate(2);
    let mut file = back(Vec::new());
    let place = Place::Record { pointer: "/name".into(), label: String::new() };
    file.warnings.push(formwright::Diagnostic::warning("field-missing", place, formwright::diag::Message::new("没了", "gone")));
    assert_eq!(told(&file, &form), [("field-missing", "/sex".to_owned()), ("field-missing", "/name".to_owned())]);
}

#[test]
fn what_became_of_a_value_is_told_without_it() {
    let issued = |now: &str, was: Issued| Returned { issued: was, ..plain("name", now) };
    let was = |text: &str| Issued::Text(text.to_owned());
    let mut form = recommendation(0);
    form.fields.clear();
    for (now, before, want) in [
        ("王\u{164}", was("王\u{20164}"), &["damaged-character"][..]),
        ("王\u{20164}", was("王\u{20164}"), &[]),
        ("王大明", was("王\u{20164}"), &[]),
        ("", was("王\u{20164}"), &["value-missing"]),
        ("  ", was("王"), &["value-missing"]),
        ("", was(""), &[]),
        ("", Issued::Unknown, &[]),
        ("王\u{FFFD}", Issued::Unknown, &["damaged-character"]),
        ("王\u{164}", Issued::Digest(value_digest("王\u{20164}".as_bytes())), &["damaged-character"]),
        ("王大明", Issued::Digest(value_digest("王\u{20164}".as_bytes())), &[]),
        ("", Issued::Digest(value_digest("王".as_bytes())), &["value-missing"]),
        ("", Issued::Digest(value_digest(b"")), &[]),
    ] {
        let file = back(vec![issued(now, before)]);
        let found = suited(&file, &form, "f.pdf").warnings;
        let codes: Vec<_> = found.codes().into_iter().filter(|code| *code != "unknown-field").collect();
        assert_eq!(codes, want, "{now}");
        for lang in [Lang::Zh, Lang::En] {
            let words = print(&found, lang);
            assert!(!words.contains('王') && !words.contains('\u{164}'), "{words}");
        }
        assert!(!format!("{file:?}").contains('王'), "{file:?}");
    }
    let words = print(&suited(&back(vec![issued("王\u{164}", was("王\u{20164}"))]), &form, "f.pdf").warnings, Lang::En);
    assert!(words.contains("character 2 was U+20164 and is U+0164 now") && words.contains("/name (栏)"), "{words}");
}

fn record(json: &str) -> Record {
    Record::parse(json.as_bytes(), &formwright::record::NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

#[test]
fn differences_are_by_field_and_in_the_records_form() {
    let file = back(vec![
        plain("name", "王㛃"),
        text("birth", Some(FieldKind::Month), "1985.03"),
        text("work_start", None, "2006.07"),
        plain("post", ""),
        plain("trade", "铣工\r\n"),
        plain("resume.0.work", "学徒"),
        Returned { value: Content::Ticked(true), ..plain("agrees", "") },
    ]);
    let sent = r#"{"name":"王洁","birth":"1985-03","work_start":"2006-07","post":"车工","trade":"铣工\n","deeds":"表上没有",
        "resume":[{"period":"2003"},{"work":"铣工"},{"work":""}],"agrees":true}"#;
    let found = differences(&file, &record(sent));
    let told: Vec<(&str, &str, Change)> = found.iter().map(|one| (one.name.as_str(), one.label.as_str(), one.change)).collect();
    assert_eq!(
        told,
        [
            ("name", "栏", Change::Changed),
            ("post", "栏", Change::Removed),
            ("resume.0.work", "栏·第1行", Change::Added),
            ("resume.1.work", "栏·第2行", Change::NoPlace),
        ]
    );
    // A label that names its row is the label of another row, too.
    let mut labelled = file.clone();
    labelled.fields.iter_mut().for_each(|field| field.label = "简历第1行·工作".to_owned());
    let labels: Vec<String> = differences(&labelled, &record(sent)).into_iter().skip(2).map(|one| one.label).collect();
    assert_eq!(labels, ["简历第1行·工作", "简历第2行·工作"]);
    assert!(!format!("{found:?}").contains('王'), "{found:?}");
    assert!(differences(&file, &file.record()).is_empty());
}

#[test]
fn photos_are_compared_by_their_pixels() {
    let open =
        |name: &str| std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/photos").join(name)).unwrap_or_default();
    let (one, other) = (open("photo-1.jpg"), open("photo-2.jpg"));
    assert!(!one.is_empty() && !other.is_empty());
    // A comment changes the file, not the picture (T.81, B.2.4.5).
    let commented = [&one[..2], b"\xFF\xFE\x00\x06abcd", &one[2..]].concat();
    let file = |bytes: Option<Vec<u8>>| back(vec![Returned { value: Content::Picture(bytes), ..plain("photo", "") }]);
    let sent = file(Some(one.clone())).record();
    for (bytes, want) in [(Some(one), None), (Some(commented), None), (Some(other), Some(Change::Changed)), (None, Some(Change::Removed))] {
        let found = differences(&file(bytes), &sent);
        assert_eq!(found.first().map(|one| one.change), want);
    }
}

#[test]
fn a_projection_is_what_can_come_back() {
    let mut form = recommendation(3);
    form.fields.push(field("ticked", FieldKind::Check, "勾"));
    let sent = record(
        r#"{"name":"王㛃","hobby":"书法","mobile":" 19900000001","birth":"1985年3月","remark":"","ticked":false,"agrees_to_publication":true,
        "resume":[{"work":"甲\r\n乙"},{},{"work":""},{"work":"表上没有"}],"opinions":{"employer":{"seal":"x","date":"2021-09-18"}}}"#,
    );
    let want = r#"{"name":"王㛃","birth":"1985-03","mobile":"19900000001","resume":[{"work":"甲\n乙"}],"opinions":{"employer":{"date":"2021-09-18"}},"agrees_to_publication":true}"#;
    let once = project(&form, &sent);
    assert_eq!(serde_json::to_string(once.root()).unwrap_or_default(), want);
    assert!(project(&form, &once) == once, "once is enough");
}

#[test]
fn what_is_no_filled_form_is_told_apart() {
    let ole = |stream: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    for (bytes, words) in [
        (b"".to_vec(), "empty file"),
        (b" \xEF\xBB\xBF".to_vec(), "neither"),
        (b"\xEF\xBB\xBF {\"name\":1}".to_vec(), "a record (JSON)"),
        (b"{\\rtf1".to_vec(), "RTF"),
        (ole("WordDocument"), "old Word"),
        (ole("EncryptedPackage"), "password"),
        (b"\xFF\xD8\xFF\xE0".to_vec(), "picture"),
        (b"<html>".to_vec(), "web page"),
        (b"GIF89a".to_vec(), "neither"),
        (vec![b'x'; (32 << 20) + 1], "larger than 32 MB"),
    ] {
        let found = read("f", &bytes).err().unwrap_or_else(|| panic!("{words}"));
        let text = print(&found, Lang::En);
        assert!(text.contains(words) && text.contains("--> f\n") && found.iter().all(|one| one.help.is_some()), "{text}");
    }
}
