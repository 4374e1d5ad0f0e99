//! What stands outside every field, or stands there twice, is told: no value is lost in silence.

use formwright::diag::Place;
use formwright::readback::Change;
use formwright::record::{NoFiles, Record};

use super::build::{Docx, PHOTO};
use super::{control, drawing, read, run, text, warned};

fn rows(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl><w:p/>", control("resume.2.work", &run(text)))).collect()
}

#[test]
fn a_row_that_was_copied_and_filled_in_is_told() {
    for (texts, issued, want, told) in [
        (&["甲厂", "乙厂"][..], "甲厂", "乙厂", true),
        (&["乙厂", "甲厂"], "甲厂", "乙厂", true),
        (&["甲厂", "甲厂"], "甲厂", "甲厂", false),
        // Nothing is lost where the other row is empty.
        (&["　　", "乙厂"], "", "乙厂", false),
        (&["甲厂", "　　"], "甲厂", "", false),
    ] {
        let back = read(&Docx::new(&rows(texts)).issued("resume.2.work", issued));
        assert_eq!(text(&back, "resume.2.work"), want, "{texts:?}");
        assert_eq!(back.warnings.codes().contains(&"row-copied"), told, "{texts:?}");
        if told {
            let warning = warned(&back, "row-copied");
            assert_eq!(warning.place, Place::Record { pointer: "/resume/2/work".into(), label: String::new() });
            assert!(!format!("{warning:?}").contains(['甲', '乙']), "no value in a message");
        }
    }
    // A name on the cover and inside is no row.
    let cover = control("name", &run("张")) + &format!("<w:p>{}</w:p>", run("姓名")) + &control("name", &run("李"));
    let back = read(&Docx::new(&cover).issued("name", "张"));
    assert_eq!((text(&back, "name"), back.warnings.codes()), ("李", vec![]));
}

#[test]
fn a_picture_outside_all_fields_is_told() {
    let photo = |body: &str| read(&Docx::new(body).relation("p", "image", "media/a.jpeg").part("word/media/a.jpeg", PHOTO));
    let beside = format!("<w:p>{}</w:p>", drawing("图片 1", r#"r:embed="p""#));
    let back = photo(&(control("name", &run("张")) + &beside));
    assert_eq!(warned(&back, "picture-outside").place, Place::File { file: "表.docx".into() });
    let named = format!("<w:p>{}</w:p>", drawing("fw:photo:photo", r#"r:embed="p""#));
    assert!(photo(&(control("name", &run("张")) + &named)).warnings.is_empty());
}

#[test]
fn words_in_a_text_box_inside_a_field_are_told() {
    let in_box = |inside: &str| format!("<w:r><w:pict><w:txbxContent><w:p>{inside}</w:p></w:txbxContent></w:pict></w:r>");
    let back = read(&Docx::new(&control("a", &(run("甲") + &in_box(&run("乙"))))));
    assert_eq!((text(&back, "a"), back.warnings.codes()), ("甲", vec!["text-box"]));
    let back = read(&Docx::new(&control("a", &(run("甲") + &in_box(&run(" "))))));
    assert!(back.warnings.is_empty());
}

#[test]
fn a_field_taken_out_of_the_file_is_a_difference() {
    let record = Record::parse(r#"{"name": "张", "mobile": "19900000001", "deeds": "长"}"#.as_bytes(), &NoFiles);
    let record = record.unwrap_or_else(|_| panic!("a record"));
    let docx = Docx::new(&control("name", &run("张"))).issued("name", "张");
    assert_eq!(read(&docx).differences(&record), [], "what the form never had is passed over");
    let found = read(&docx.issued("mobile", "19900000001")).differences(&record);
    assert_eq!(found.iter().map(|one| (one.name.as_str(), one.change)).collect::<Vec<_>>(), [("mobile", Change::NoPlace)]);
}
