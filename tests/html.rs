//! The entry page as text: well-formed, a control for every field with the schema's limits, and the way back from what it posts.
//! As a person sees and uses it: `tests/entry.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use formwright::diag::Message;
use formwright::form::{FieldKind, Form};
use formwright::html::stylesheet;
use formwright::readback::{Posted, posted};
use formwright::{Diagnostic, Diagnostics, Engine, FieldName, HtmlOptions, Place, Record, Served};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::open("templates", "fonts").expect("the templates are sound"));

const SAMPLES: [(&str, &str); 5] = [
    ("recommendation", "nominee"),
    ("recommendation", "rare"),
    ("recommendation", "minority"),
    ("recommendation", "overfull"),
    ("summary", "sheet"),
];

const FORMS: [&str; 4] = ["recommendation", "summary", "letter", "deeds"];

fn sample(name: &str) -> Record {
    Record::open(format!("samples/{name}.json")).expect("the sample is sound")
}

fn served() -> HtmlOptions {
    let outputs = ["pdf", "fillable", "docx", "schema"].map(str::to_owned).to_vec();
    HtmlOptions { served: Some(Served { action: "/entry/x".into(), assets: "/entry/assets".into(), outputs }), ..HtmlOptions::default() }
}

/// Every page that the other tests look at: template, record, page.
fn pages() -> Vec<(&'static str, Record, String)> {
    let blank = FORMS.map(|form| (form, Record::blank()));
    let all = blank.into_iter().chain(SAMPLES.map(|(form, name)| (form, sample(name))));
    all.map(|(form, record)| {
        let page = ENGINE.entry(form, &record, &served()).expect("the page is written");
        (form, record, page)
    })
    .collect()
}

fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).expect("the page is well-formed")
}

/// The controls of the fields: what is named, and neither a button nor of the page's own.
fn controls<'d>(page: &'d Document<'_>) -> Vec<Node<'d, 'd>> {
    let named = |node: &Node<'_, '_>| node.attribute("name").is_some_and(|name| FieldName::parse(name).is_some());
    let control = |node: &Node<'_, '_>| ["input", "textarea", "select"].contains(&node.tag_name().name());
    page.descendants().filter(|node| control(node) && named(node)).collect()
}

/// What a browser posts of a page that nobody touched (WHATWG HTML, 4.10.21.4), line ends as it sends them.
fn as_a_browser_posts(page: &str) -> Vec<(String, Posted)> {
    let page = parsed(page);
    let mut values = Vec::new();
    for node in page.descendants().filter(|node| node.attribute("name").is_some()) {
        let name = node.attribute("name").unwrap_or_default().to_owned();
        let value = node.attribute("value").unwrap_or_default().to_owned();
        let posted = match (node.tag_name().name(), node.attribute("type")) {
            ("input", Some("checkbox")) if node.attribute("checked").is_none() => continue,
            ("input", Some("file")) => Posted::File(Vec::new()),
            ("input", _) => Posted::Text(value.replace(['\n', '\r'], "")),
            ("textarea", _) => {
                let text: String = node.children().filter_map(|child| child.text()).collect();
                Posted::Text(text.strip_prefix('\n').unwrap_or(&text).replace('\n', "\r\n"))
            }
            ("select", _) => {
                let chosen = node.children().find(|option| option.attribute("selected").is_some());
                Posted::Text(chosen.and_then(|option| option.attribute("value")).unwrap_or_default().to_owned())
            }
            _ => continue,
        };
        values.push((name, posted));
    }
    values
}

#[test]
fn every_data_field_has_one_control_with_its_label() {
    for (form, record, page) in pages() {
        let page = parsed(&page);
        let tree = ENGINE.form(form, &record).expect("the form is sound");
        let mut found: BTreeMap<&str, Node<'_, '_>> = BTreeMap::new();
        for control in controls(&page) {
            let name = control.attribute("name").unwrap_or_default();
            assert!(found.insert(name, control).is_none(), "{form}: {name} has two controls");
            assert_eq!(control.attribute("id"), Some(format!("f-{name}").as_str()));
        }
        for field in tree.fields.iter() {
            let control = found.get(field.name.as_str());
            assert_eq!(control.is_some(), field.kind.is_data(), "{form}: {}", field.name);
            if let Some(control) = control {
                assert_eq!(control.attribute("aria-label"), Some(field.label.as_str()), "{form}: {}", field.name);
                assert_eq!(control.attribute("required").is_some(), field.required, "{form}: {}", field.name);
            }
        }
        // Beyond the paper's own rows there are empty ones, and nothing else.
        let patterns: BTreeSet<String> = tree.fields.iter().map(|field| field.name.pattern()).collect();
        assert!(found.keys().all(|name| patterns.contains(&FieldName::parse(name).expect("a name").pattern())), "{form}");
        let ids: Vec<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{form}: an id stands twice");
        // Reading order is the order of the form.
        let order: Vec<&str> = controls(&page).iter().filter_map(|control| control.attribute("name")).collect();
        let expected: Vec<&str> = tree.fields.iter().map(|field| field.name.as_str()).filter(|name| found.contains_key(name)).collect();
        assert_eq!(order.iter().filter(|name| expected.contains(name)).copied().collect::<Vec<_>>(), expected, "{form}");
    }
}

#[test]
fn types_and_limits_are_those_of_the_schema() {
    let mut limits = 0;
    for form in FORMS {
        let schema = ENGINE.schema(form).expect("the schema is written");
        let text = ENGINE.entry(form, &Record::blank(), &served()).expect("the page is written");
        let page = parsed(&text);
        let tree = ENGINE.form(form, &Record::blank()).expect("the form is sound");
        for control in controls(&page) {
            let name = FieldName::parse(control.attribute("name").unwrap_or_default()).expect("a name");
            let Some((_, field)) = tree.field(name.as_str()) else { continue };
            let rule = at(&schema, &name);
            let most = rule["maxLength"].as_u64().map(|most| most.to_string());
            assert_eq!(control.attribute("maxlength").map(str::to_owned), most, "{form}: {name}");
            limits += usize::from(most.is_some());
            let pattern = control.attribute("pattern").or_else(|| control.attribute("data-pattern"));
            match &field.kind {
                FieldKind::Month | FieldKind::Date => assert_eq!(pattern, field.kind.paper_pattern(), "{form}: {name}"),
                _ => {
                    let (open, closed) = (pattern.map(|pattern| format!("^({pattern})?$")), pattern.map(|pattern| format!("^{pattern}$")));
                    let own = rule["pattern"].as_str();
                    assert!(own == open.as_deref() || own == closed.as_deref(), "{form}: {name}: {own:?}");
                }
            }
            let options = |node: Node<'_, '_>| -> Vec<String> {
                node.children()
                    .filter_map(|option| option.attribute("value"))
                    .filter(|value| !value.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            let kind = match (control.tag_name().name(), control.attribute("type")) {
                ("select", _) => {
                    let listed: Vec<&str> =
                        rule["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(|value| !value.is_empty()).collect();
                    assert_eq!(options(control), listed, "{form}: {name}");
                    "choice"
                }
                ("input", Some("text")) if control.attribute("list").is_some() => {
                    let list =
                        page.descendants().find(|node| node.attribute("id") == control.attribute("list")).expect("its list is there");
                    let listed: Vec<&str> = rule["examples"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                    assert_eq!(options(list), listed, "{form}: {name}");
                    "choice"
                }
                ("input", Some("file")) => "photo",
                ("input", Some("checkbox")) => "check",
                ("input", Some("text")) | ("textarea", _) => control.attribute("data-kind").unwrap_or_default(),
                other => panic!("{form}: {name}: {other:?}"),
            };
            assert_eq!(kind, field.kind.word(), "{form}: {name}");
        }
    }
    assert!(limits > 10, "only {limits} fields have a limit");
}

fn at<'s>(schema: &'s Value, name: &FieldName) -> &'s Value {
    name.as_str().split('.').fold(schema, |at, step| if step.parse::<usize>().is_ok() { &at["items"] } else { &at["properties"][step] })
}

#[test]
fn what_a_page_posts_is_the_record_it_was_made_from() {
    for (form, name) in SAMPLES {
        let record = sample(name);
        let page = ENGINE.entry(form, &record, &served()).expect("the page is written");
        let (back, found) = ENGINE.posted(form, &as_a_browser_posts(&page)).expect("the form is sound");
        assert!(found.is_empty(), "{name}: {:?}", found.codes());
        let tree = ENGINE.form(form, &record).expect("the form is sound");
        let mut filled = 0;
        for field in tree.fields.iter().filter(|field| field.kind.is_data() && field.kind != FieldKind::Photo) {
            assert_eq!(back.text(&field.name), record.text(&field.name), "{name}: {}", field.name);
            assert_eq!(back.flag(&field.name).unwrap_or_default(), record.flag(&field.name).unwrap_or_default(), "{name}: {}", field.name);
            filled += usize::from(record.has(&field.name));
        }
        let photos = |record: &Record| -> Vec<(String, Vec<u8>)> {
            record.assets().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect()
        };
        assert_eq!(photos(&back), photos(&record), "{name}");
        assert!(filled > 20, "{name} fills {filled} fields");
        // And it makes the same paper.
        let pdf = |record: Record| ENGINE.fill(form, record).and_then(|form| form.pdf(&Default::default()));
        if let (Ok(one), Ok(other)) = (pdf(record), pdf(back)) {
            assert_eq!(one, other, "{name}");
        }
    }
}

#[test]
fn a_blank_page_posts_nothing() {
    for form in FORMS {
        let page = ENGINE.entry(form, &Record::blank(), &served()).expect("the page is written");
        let (back, found) = ENGINE.posted(form, &as_a_browser_posts(&page)).expect("the form is sound");
        assert!(found.is_empty() && back == Record::blank(), "{form}: {:?}", found.codes());
    }
}

#[test]
fn a_value_stays_what_it_is_whatever_is_in_it() {
    let awkward =
        ["<b>\"&'</b>", "\u{20164}\u{2ebf0}㛃", "&amp;&lt;", "</textarea><script>alert(1)</script>", "甲\u{3000}乙", "a\u{7f}\u{85}b"];
    for value in awkward {
        for name in ["name", "post", "personal_summary", "achievements.methods.content", "resume.2.period", "sex", "health"] {
            let name = FieldName::parse(name).expect("a name");
            let mut record = Record::blank();
            assert!(record.set(&name, value));
            for options in [served(), HtmlOptions::default()] {
                let page = ENGINE.entry("recommendation", &record, &options).expect("the page is written");
                assert!(!page.contains("<b>") && !page.contains("<script>alert"), "{name}");
                if options.served.is_some() {
                    let (back, _) = ENGINE.posted("recommendation", &as_a_browser_posts(&page)).expect("the form is sound");
                    assert_eq!(back, record, "{name}: {value:?}");
                }
            }
        }
    }
    // A first line end, and line ends within, are a person's own.
    for text in ["\n甲\n乙", "甲\n\n乙", "　　甲\n　　乙"] {
        let name = FieldName::parse("personal_summary").expect("a name");
        let mut record = Record::blank();
        assert!(record.set(&name, text));
        let page = ENGINE.entry("recommendation", &record, &served()).expect("the page is written");
        assert_eq!(ENGINE.posted("recommendation", &as_a_browser_posts(&page)).expect("the form is sound").0, record);
    }
}

#[test]
fn the_same_record_makes_the_same_page() {
    let page = || ENGINE.entry("recommendation", &sample("nominee"), &HtmlOptions::default()).expect("the page is written");
    assert_eq!(page(), page());
    let filled = ENGINE.fill("recommendation", sample("nominee")).expect("it fills");
    assert_eq!(filled.html(&HtmlOptions::default()).expect("the page is written"), page());
}

#[test]
fn a_served_page_has_no_style_and_no_script_of_its_own() {
    for (form, _, text) in pages() {
        let page = parsed(&text);
        for node in page.descendants().filter(Node::is_element) {
            let at = || format!("{form}: <{}>", node.tag_name().name());
            assert!(node.tag_name().name() != "style", "{}", at());
            assert!(node.attributes().all(|attribute| attribute.name() != "style" && !attribute.name().starts_with("on")), "{}", at());
            assert!(node.tag_name().name() != "script" || (node.attribute("src").is_some() && node.text().is_none()), "{}", at());
            for address in ["src", "href", "action"].iter().filter_map(|name| node.attribute(*name)) {
                let own = address.starts_with("/entry/") || address.starts_with('#') || address.starts_with("data:image/");
                assert!(own, "{}: an address of elsewhere", at());
            }
        }
        // The link names every class that is a length, and the style sheet has a rule for each.
        let link =
            page.descendants().find(|node| node.tag_name().name() == "link").and_then(|node| node.attribute("href")).expect("a link");
        let query = link.strip_prefix("/entry/assets/entry.css?").expect("the sheet's address");
        let sheet = stylesheet(query);
        let used: BTreeSet<&str> = page.descendants().filter_map(|node| node.attribute("class")).flat_map(str::split_whitespace).collect();
        for class in used {
            let named = |rest: &str| {
                rest.strip_prefix(class).is_some_and(|rest| !rest.starts_with(|ch: char| ch.is_ascii_alphanumeric() || "-_".contains(ch)))
            };
            assert!(sheet.split('.').any(named), "{form}: no rule for the class {class}");
        }
        assert!(query.len() < 4000, "{form}: an address of {} characters", query.len());
    }
}

#[test]
fn a_page_of_its_own_needs_nothing_else() {
    let page = ENGINE.entry("recommendation", &Record::blank(), &HtmlOptions::default()).expect("the page is written");
    assert!(page.contains("<style>") && page.contains("default-src &#39;none&#39;"));
    assert!(!page.contains("src=\"/") && !page.contains("href=\"/") && !page.contains("type=\"submit\""));
    assert!(!page.contains("http:") && !page.contains("https:"));
}

#[test]
fn problems_stand_above_the_form_and_at_their_fields() {
    let mut record = sample("nominee");
    for (name, value) in [("id_number", "12345"), ("birth", "1985-13"), ("name", "")] {
        assert!(record.set(&FieldName::parse(name).expect("a name"), value));
    }
    let mut problems = ENGINE.check("recommendation", &record).expect("the form is sound");
    problems.push(Diagnostic::warning(
        "x",
        Place::Record { pointer: "/resume".into(), label: String::new() },
        Message::new("列表<甲>", "list"),
    ));
    problems.push(Diagnostic::warning(
        "x",
        Place::Record { pointer: String::new(), label: String::new() },
        Message::new("整份", "all of it"),
    ));
    assert!(problems.has_errors());
    let text = ENGINE
        .entry("recommendation", &record, &HtmlOptions { problems: Some(problems.clone()), ..served() })
        .expect("the page is written");
    let page = parsed(&text);
    let list = page.descendants().find(|node| node.attribute("id") == Some("problems")).expect("a list");
    assert_eq!(list.descendants().filter(|node| node.tag_name().name() == "li").count(), problems.len());
    let ids: BTreeSet<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
    let links: Vec<&str> = list.descendants().filter_map(|node| node.attribute("href")).collect();
    assert!(links.contains(&"#f-id_number") && links.contains(&"#f-name") && links.contains(&"#f-resume.0.period"), "{links:?}");
    assert!(links.iter().all(|link| ids.contains(link.trim_start_matches('#'))), "{links:?}");
    for control in controls(&page) {
        let Some(note) = control.attribute("aria-describedby") else { continue };
        assert!(ids.contains(note), "{note}");
    }
    let wrong: Vec<&str> =
        controls(&page).iter().filter(|node| node.attribute("aria-invalid").is_some()).filter_map(|node| node.attribute("name")).collect();
    assert!(wrong.contains(&"id_number") && wrong.contains(&"name"), "{wrong:?}");
    assert!(text.contains("列表&lt;甲&gt;"));
    let fine = ENGINE
        .entry("recommendation", &record, &HtmlOptions { problems: Some(Diagnostics::default()), ..served() })
        .expect("the page is written");
    assert!(fine.contains("没有发现问题"));
}

#[test]
fn lists_have_empty_rows_at_their_end() {
    for (form, name, list, least) in [
        ("recommendation", "nominee", "resume", 9),
        ("recommendation", "overfull", "resume", 15),
        ("summary", "sheet", "nominees", 33),
        ("summary", "", "nominees", 4),
    ] {
        let record = if name.is_empty() { Record::blank() } else { sample(name) };
        let text = ENGINE.entry(form, &record, &served()).expect("the page is written");
        let page = parsed(&text);
        let prefix = format!("{list}.");
        let names: BTreeSet<usize> = controls(&page)
            .iter()
            .filter_map(|node| node.attribute("name")?.strip_prefix(&prefix)?.split('.').next()?.parse().ok())
            .collect();
        assert!(names.len() >= record.rows(list) + 3 && names.len() >= least, "{form} {name}: {} rows", names.len());
    }
}

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 no picture, but sent as one";

fn form() -> Form {
    ENGINE.form("recommendation", &Record::blank()).expect("the form is sound")
}

/// What it is about, what is posted, the record that comes of it as JSON (not looked at where empty), and the codes of what is said.
type Case<'c> = (&'c str, Vec<(&'c str, Posted)>, &'c str, &'c [&'c str]);

#[test]
fn posted_values_become_the_records_own() {
    let text = |text: &str| Posted::Text(text.to_owned());
    let uri = formwright::record::data_uri(JPEG);
    let kept = format!("{{\"photo\":\"{uri}\"}}");
    let cases: Vec<Case<'_>> = vec![
        ("line ends", vec![("personal_summary", text("甲\r\n乙\r丙"))], r#"{"personal_summary":"甲\n乙\n丙"}"#, &[]),
        (
            "months",
            vec![("birth", text("1985.03")), ("work_start", text(" 2003年7月 "))],
            r#"{"birth":"1985-03","work_start":"2003-07"}"#,
            &[],
        ),
        ("a date", vec![("opinions.employer.date", text("2021.9.18"))], r#"{"opinions":{"employer":{"date":"2021-09-18"}}}"#, &[]),
        ("no month", vec![("birth", text("不详"))], r#"{"birth":"不详"}"#, &["unreadable-date"]),
        ("the paper's own empty date", vec![("opinions.employer.date", text("　　年　　月　　日"))], "{}", &[]),
        ("spaces", vec![("id_number", text(" 990000198503120027 ")), ("name", text("  "))], r#"{"id_number":"990000198503120027"}"#, &[]),
        ("a row beyond the form", vec![("resume.20.work", text("甲"))], "", &[]),
        (
            "unknown names",
            vec![("nobody", text("x")), ("__proto__", text("x")), ("opinions.employer.seal", text("x"))],
            "{}",
            &["unknown-field"],
        ),
        ("the buttons", vec![("to", text("pdf"))], "{}", &[]),
        ("a file where a text is wanted", vec![("name", Posted::File(b"x".to_vec()))], "{}", &["unknown-field"]),
        ("a text where a file is wanted", vec![("photo", text("a.jpg"))], "{}", &["unknown-field"]),
        ("twice the same", vec![("name", text("甲")), ("name", text("甲"))], r#"{"name":"甲"}"#, &[]),
        ("twice", vec![("name", text("甲")), ("name", text("乙"))], r#"{"name":"甲"}"#, &["repeated-field"]),
        ("no photo", vec![("photo", Posted::File(Vec::new())), ("kept:photo", text(""))], "{}", &[]),
        ("a photo", vec![("photo", Posted::File(JPEG.to_vec()))], &kept, &[]),
        ("a kept photo", vec![("photo", Posted::File(Vec::new())), ("kept:photo", text(&uri))], &kept, &[]),
        ("a new photo", vec![("photo", Posted::File(JPEG.to_vec())), ("kept:photo", text("data:image/png;base64,AAAA"))], &kept, &[]),
        ("a dropped photo", vec![("kept:photo", text(&uri)), ("drop:photo", text("true"))], "{}", &[]),
        ("a broken photo", vec![("kept:photo", text("http://127.0.0.1/x.jpg"))], "{}", &["photo-lost"]),
        ("a kept text", vec![("kept:name", text("x"))], "{}", &["unknown-field"]),
    ];
    let form = form();
    for (what, values, expected, codes) in cases {
        let values: Vec<(String, Posted)> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (record, found) = posted(&form, &values);
        assert_eq!(found.codes(), codes, "{what}");
        if !expected.is_empty() {
            let json: Value = serde_json::from_str(&record.to_json()).expect("JSON");
            assert_eq!(json, serde_json::from_str::<Value>(expected).expect("JSON"), "{what}");
        } else {
            assert_eq!(record.rows("resume"), 21, "{what}");
        }
        for one in found.iter() {
            let said = format!("{}{}", one.message.zh, one.message.en);
            assert!(!["不详", "http", "nobody", "甲"].iter().any(|value| said.contains(value)), "{what}: a value is in the message");
        }
    }
}

#[test]
fn a_flood_of_names_is_counted_and_left() {
    let flood: Vec<(String, Posted)> = (0..250_000).map(|at| (format!("x{at}"), Posted::Text("y".into()))).collect();
    let (record, found) = posted(&form(), &flood);
    assert_eq!((record, found.codes()), (Record::blank(), vec!["unknown-field", "too-many-values"]));
    let far = [("resume.99999.work".to_owned(), Posted::Text("x".into()))];
    assert_eq!(posted(&form(), &far).1.codes(), ["too-many-rows"]);
}
