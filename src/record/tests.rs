use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;

use super::*;
use crate::name::FieldName;

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn parse(text: &str) -> Record {
    Record::parse(text.as_bytes(), &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

fn refused(text: &str) -> Diagnostic {
    let found = Record::parse(text.as_bytes(), &NoFiles).err().unwrap_or_else(|| panic!("accepted"));
    found.into_iter().next().unwrap_or_else(|| panic!("nothing said"))
}

#[test]
fn values_are_found_by_name() {
    let record = parse(r#"{"name":"王小明","remark":"","resume":[{"period":"2003.07—2008.12"},{"period":""},null],"ticked":true,"n":3}"#);
    assert_eq!(record.text(&name("name")), Some("王小明"));
    assert_eq!(record.text(&name("remark")), None);
    assert_eq!(record.text(&name("resume.0.period")), Some("2003.07—2008.12"));
    assert_eq!(record.text(&name("resume.7.period")), None);
    assert_eq!(record.text(&name("n")), None);
    assert_eq!(record.flag(&name("ticked")), Some(true));
    assert_eq!(record.kind(&name("n")), Some(Kind::Number));
    assert!(record.has(&name("resume")) && !record.has(&name("resume.1")) && !record.has(&name("remark")));
    assert_eq!((record.rows("resume"), record.rows("name"), record.rows("nothing"), record.rows("")), (1, 0, 0, 0));
}

#[test]
fn texts_can_be_set() {
    let mut record = Record::blank();
    assert!(record.set(&name("resume.2.work"), "学徒"));
    assert!(record.set(&name("name"), "王小明"));
    assert!(
        !record.set(&name("name.first"), "小明") && !record.set(&name("resume"), "无") && !record.set(&name("resume.99999.work"), "无")
    );
    assert_eq!((record.rows("resume"), record.text(&name("resume.2.work")), record.text(&name("name"))), (3, Some("学徒"), Some("王小明")));
}

#[test]
fn a_record_that_was_written_reads_back_the_same() {
    let mut record = Record::blank();
    let png = BASE64.decode(PNG).unwrap_or_default();
    let long = "甲\"\\\n\u{20164}<>&\u{2028}".repeat(50);
    for (key, text) in [("resume.2.work", "学徒"), ("name", "王小明"), ("personal_summary", &long), ("grid.1.2", "格")] {
        assert!(record.set(&name(key), text), "{key}");
    }
    assert!(record.set_flag(&name("agrees"), true) && !record.set_flag(&name("resume"), true));
    assert!(record.embed(&name("photo"), &png) && !record.embed(&name("name.first"), &png));
    assert!(record.attach(&name("nominees.1.photo"), "王.photo.png", &png));
    assert_eq!(record.embedded().map(|(name, bytes)| (name.to_string(), bytes.len())).collect::<Vec<_>>(), [("photo".into(), png.len())]);
    let json = record.to_json();
    assert!(json.starts_with("{\n  \"resume\": [\n    {},\n    {},\n    {\n") && json.ends_with("}\n"), "{json}");

    struct Beside(Vec<u8>);
    impl Assets for Beside {
        fn read(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
            assert_eq!(path, "王.photo.png");
            Ok(self.0.clone())
        }
    }
    let again = Record::parse(json.as_bytes(), &Beside(png)).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    assert!(again == record && again.troubles().is_empty() && again.to_json() == json);
}

#[test]
fn debug_says_nothing() {
    let record = parse(r#"{"秘密":"王小明","name":"王小明"}"#);
    assert_eq!(format!("{record:?}"), "Record(2 keys, 0 files, 0 troubles)");
}

#[test]
fn broken_json_is_placed_and_explained() {
    for (text, code, line, column) in [
        ("{\n  \"name\": \"王\",\n}", "json-trailing-comma", 3, 1),
        ("{\"name\":\"王\" \"sex\":\"男\"}", "json-comma", 1, 13),
        ("{“name”:1}", "json-key", 1, 2),
        ("{\"name\"：1}", "json-colon", 1, 8),
        ("{\"a\":\"王\n\"}", "json-control", 2, 1),
        ("{\"a\":'x'}", "json-syntax", 1, 6),
        ("{\"a\":\"王", "json-cut", 1, 7),
        ("{\"a\":\"\\ud800\"}", "json-surrogate", 1, 13),
        ("{\"a\":\"C:\\p\"}", "json-escape", 1, 10),
        ("{\"a\":1e999}", "json-number", 1, 10),
        ("{} {}", "json-trailing-text", 1, 4),
        ("", "json-empty", 1, 1),
    ] {
        let found = refused(text);
        assert_eq!((found.code, &found.place), (code, &Place::Input { line, column }), "{text}");
        assert!(found.help.is_some(), "{text}");
    }
}

#[test]
fn the_parsers_words_never_carry_a_value() {
    for text in ["{\"id_number\":\"990000\" 秘密", "{\"name\":秘密}", "\"秘密\"", "{\"a\":[秘密]}"] {
        let found = refused(text);
        assert!(!format!("{found:?}").contains("秘密"), "{text}");
    }
}

#[test]
fn limits_end_in_words() {
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1");
    let many_rows = format!("{{\"resume\":[{}0]}}", "0,".repeat(MAX_ROWS));
    let many_values = format!("{{\"a\":[{}[]]}}", format!("[{}0],", "0,".repeat(900)).repeat(300));
    for (what, text, code, pointer) in [
        ("deep", &deep, "too-deep", "/a".repeat(MAX_DEPTH + 1)),
        ("rows", &many_rows, "too-many-rows", "/resume".to_owned()),
        ("values", &many_values, "too-many-values", "/a/221/656".to_owned()),
    ] {
        let found = refused(text);
        assert_eq!(found.code, code, "{what}");
        assert_eq!(found.place, Place::Record { pointer, label: String::new() }, "{what}");
    }
    assert_eq!(refused("[{}]").code, "root-not-object");
    assert_eq!(refused("3").code, "root-not-object");
}

#[test]
fn a_list_may_have_exactly_the_most_rows() {
    let text = format!("{{\"resume\":[{}\"x\"]}}", "0,".repeat(MAX_ROWS - 1));
    assert_eq!(parse(&text).rows("resume"), MAX_ROWS);
}

#[test]
fn a_text_beyond_the_limit_is_reported_and_the_rest_stays() {
    let text = format!("{{\"personal_summary\":\"{}\",\"name\":\"王\"}}", "字".repeat(5_000_000));
    let record = parse(&text);
    assert_eq!(record.troubles().codes(), ["text-too-long"]);
    assert_eq!((record.text(&name("personal_summary")), record.text(&name("name"))), (None, Some("王")));
    let exact = format!("{{\"deeds\":\"{}\"}}", "字".repeat(MAX_CHARS));
    assert!(parse(&exact).troubles().is_empty());
}

#[test]
fn every_duplicate_key_is_found() {
    let record = parse(r#"{"name":"甲","name":"乙","resume":[{"a/b":1,"a/b":2}]}"#);
    let places: Vec<&Place> = record.troubles().iter().map(|found| &found.place).collect();
    let want = |pointer: &str| Place::Record { pointer: pointer.into(), label: String::new() };
    assert_eq!(places, [&want("/name"), &want("/resume/0/a~1b")]);
    let pairs: Vec<String> = (0..500).map(|at| format!("\"k{at}\":1,\"k{at}\":2")).collect();
    let many = format!("{{{}}}", pairs.join(","));
    assert_eq!(refused(&many).code, "too-many-problems");
}

/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[test]
fn photos_may_stand_in_the_record() {
    let folded = format!("data:image/png;base64,{}\\n  {}", &PNG[..20], &PNG[20..]);
    let record = parse(&format!("{{\"photo\":\"{folded}\",\"nominees\":[{{}},{{\"photo\":\"DATA:image/png;BASE64,{PNG}\"}}]}}"));
    assert!(record.troubles().is_empty(), "{:?}", record.troubles());
    for photo in ["photo", "nominees.1.photo"] {
        assert!(record.asset(&name(photo)).is_some_and(|bytes| bytes.starts_with(b"\x89PNG")), "{photo}");
    }
    // The bytes are kept once.
    assert_eq!(record.text(&name("photo")), Some("data:image/png;base64,"));
}

#[test]
fn file_paths_are_judged() {
    for (path, photo, attachment) in [
        ("https://example.org/1.jpg", "photo-url", "attachment-url"),
        ("file:///etc/passwd", "photo-url", "attachment-url"),
        ("/etc/passwd", "photo-absolute", "attachment-absolute"),
        ("C:\\\\1.jpg", "photo-absolute", "attachment-absolute"),
        ("\\\\\\\\server\\\\1.jpg", "photo-absolute", "attachment-absolute"),
        ("../1.jpg", "photo-outside", "attachment-outside"),
        ("a\\\\..\\\\..\\\\1.jpg", "photo-outside", "attachment-outside"),
        (".", "photo-folder", "attachment-folder"),
        ("photos/", "photo-folder", "attachment-folder"),
        ("a\\u00001.jpg", "photo-path", "attachment-path"),
        ("图:1.jpg", "photo-path", "attachment-path"),
        ("nul.jpg", "photo-device", "attachment-device"),
        ("data:image/svg+xml;base64,AAAA", "photo-data", "attachment-data"),
        ("data:image/png;base64,!!", "photo-data", "attachment-data"),
        ("data:image/png;base64,", "photo-data", "attachment-data"),
        ("photos/1.jpg", "photo-no-files", ""),
        ("asset:1.jpg", "photo-no-files", ""),
        ("asset:../1.jpg", "photo-outside", "attachment-outside"),
        ("asset:https://example.org/1.jpg", "photo-url", "attachment-url"),
        ("asset:", "photo-folder", "attachment-folder"),
    ] {
        let record = parse(&format!("{{\"photo\":\"{path}\",\"attachments\":[{{\"file\":\"{path}\"}}]}}"));
        let want: Vec<&str> = [photo, attachment].into_iter().filter(|code| !code.is_empty()).collect();
        assert_eq!(record.troubles().codes(), want, "{path}");
        assert!(
            record
                .troubles()
                .iter()
                .all(|found| matches!(&found.place, Place::Record { pointer, .. } if pointer.ends_with("/file") || pointer == "/photo"))
        );
    }
}

#[test]
fn a_data_uri_has_its_own_limit() {
    let large = format!("{{\"photo\":\"data:image/png;base64,{}\"}}", "A".repeat(MAX_FILE_BYTES / 3 * 4 + 8));
    assert_eq!(parse(&large).troubles().codes(), ["photo-too-large"]);
}

#[test]
fn a_value_put_right_leaves_the_record_as_it_was() {
    let record = parse(r#"{"name":"甲","name":"乙","sex":"男","sex":"女","mobile":199,"resume":[{"work":"学徒"},{"work":"技师"}]}"#);
    assert_eq!(record.troubles().codes(), ["duplicate-key", "duplicate-key"]);
    let with = |field: &str, edit: &Edit| record.with(&name(field), edit, &NoFiles).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    let right = with("name", &Edit::Text("乙".to_owned()));
    assert_eq!((right.text(&name("name")), record.text(&name("name"))), (Some("乙"), Some("甲")));
    // Only what was found about that very value is settled.
    assert!(right.troubles().iter().all(|one| matches!(&one.place, Place::Record { pointer, .. } if pointer == "/sex")));
    assert_eq!(right.troubles().len(), 1);
    assert_eq!(with("mobile", &Edit::Text("19900000000".to_owned())).kind(&name("mobile")), Some(Kind::Text));
    assert_eq!(with("signed", &Edit::Flag(true)).flag(&name("signed")), Some(true));

    let grown = with("resume.3.work", &Edit::Text("高级技师".to_owned()));
    assert_eq!((grown.rows("resume"), grown.text(&name("resume.1.work"))), (4, Some("技师")));
    let gone = with("resume.0", &Edit::Gone);
    assert_eq!((gone.rows("resume"), gone.has(&name("resume.0")), gone.text(&name("resume.1.work"))), (2, false, Some("技师")));
    assert_eq!(with("sex", &Edit::Gone).root().keys().collect::<Vec<_>>(), ["name", "mobile", "resume"], "the order of the others stays");
    for nothing in ["absent", "absent.3.x", "resume.9", "resume.0.work.x", "name.x"] {
        assert_eq!(with(nothing, &Edit::Gone), record, "{nothing}");
    }
}

#[test]
fn a_value_beyond_the_limits_is_not_put_in() {
    let record = parse(r#"{"name":"甲","resume":[{"work":"学徒"}]}"#);
    let long = "长".repeat(MAX_CHARS + 1);
    let deep = ["a"; MAX_DEPTH + 1].join(".");
    let row = format!("resume.{MAX_ROWS}.work");
    for (field, text, want) in [
        ("personal_summary", long.as_str(), "text-too-long"),
        (&deep, "x", "too-deep"),
        (&row, "x", "too-many-rows"),
        ("resume", "x", "edit-no-value"),
        ("name.first", "x", "edit-no-value"),
    ] {
        let found = record.with(&name(field), &Edit::Text(text.to_owned()), &NoFiles).err().unwrap_or_else(|| panic!("{field} was taken"));
        assert_eq!(found.codes(), [want], "{field}");
        let pointer = name(field).pointer();
        assert!(found.iter().all(|one| matches!(&one.place, Place::Record { pointer: at, .. } if *at == pointer)), "{field}");
    }
    assert!(record.with(&name("personal_summary"), &Edit::Text("长".repeat(MAX_CHARS)), &NoFiles).is_ok());
    let last = format!("resume.{}.work", MAX_ROWS - 1);
    assert!(record.with(&name(&last), &Edit::Text("x".to_owned()), &NoFiles).is_ok());

    // Each is small enough, and all of them are too much: then none is taken.
    let texts: Vec<(FieldName, Edit)> = (0..120).map(|at| (name(&format!("k{at}")), Edit::Text("长".repeat(MAX_CHARS)))).collect();
    let mut all = record.clone();
    let (done, found) = all.put_right(texts.iter().map(|(name, edit)| (name, edit)), &NoFiles);
    assert_eq!((done.len(), found.codes(), all == record), (0, vec!["record-too-large"], true));
    let values: Vec<(FieldName, Edit)> = (0..250).map(|at| (name(&format!("k{at}.{}.x", MAX_ROWS - 1)), Edit::Flag(true))).collect();
    let (done, found) = all.put_right(values.iter().map(|(name, edit)| (name, edit)), &NoFiles);
    assert_eq!((done.len(), found.codes(), all == record), (0, vec!["too-many-values"], true));
}

#[test]
fn a_photo_put_right_is_judged_anew() {
    let png = b"\x89PNG\r\n\x1a\n";
    let uri = format!("data:image/png;base64,{}", BASE64.encode(png));
    let record = parse(r#"{"name":"甲","photo":"photos/1.jpg"}"#);
    assert_eq!(record.troubles().codes(), ["photo-no-files"]);
    let photo = name("photo");
    let put =
        |record: &Record, text: &str| record.with(&photo, &Edit::Text(text.to_owned()), &NoFiles).expect("a path is a text like another");
    let right = put(&record, &uri);
    assert_eq!((right.asset(&photo), right.troubles().len()), (Some(&png[..]), 0));
    assert_eq!(right, parse(&right.to_json()), "as if it had been read so");
    for (text, want) in
        [("https://example.org/1.jpg", "photo-url"), ("../1.jpg", "photo-outside"), ("data:image/png;base64,!", "photo-data")]
    {
        let wrong = put(&right, text);
        assert_eq!((wrong.asset(&photo), wrong.troubles().codes()), (None, vec![want]));
    }
    let gone = right.with(&photo, &Edit::Gone, &NoFiles).expect("it can be taken away");
    assert_eq!((gone.asset(&photo), gone.has(&photo), gone.troubles().len()), (None, false, 0));
}
