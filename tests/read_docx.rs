//! Filled DOCX files read back: made here by hand, as Word, WPS and LibreOffice save them, and as no program does.

#[path = "read_docx/beside.rs"]
mod beside;
#[path = "read_docx/build.rs"]
mod build;
#[path = "read_docx/hostile.rs"]
mod hostile;
#[path = "read_docx/issued.rs"]
mod issued;
#[path = "read_docx/outside.rs"]
mod outside;

use build::{Docx, PHOTO, no_picture};
use formwright::diag::{Diagnostic, Place, Severity};
use formwright::form::FieldKind;
use formwright::package::marks;
use formwright::readback::{Content, Format, Issued, ReadBack, Returned};

fn read(docx: &Docx) -> ReadBack {
    formwright::readback::read("表.docx", &docx.zip()).unwrap_or_else(|found| panic!("{:?}", found.codes()))
}

fn field<'r>(back: &'r ReadBack, name: &str) -> &'r Returned {
    back.fields.iter().find(|field| field.name.as_str() == name).unwrap_or_else(|| panic!("no field {name}: {:?}", back.fields))
}

fn text<'r>(back: &'r ReadBack, name: &str) -> &'r str {
    match &field(back, name).value {
        Content::Text(text) => text,
        _ => panic!("{name} is no text"),
    }
}

fn body_text(body: &str) -> String {
    text(&read(&Docx::new(body)), "a").to_owned()
}

/// A control around runs, in a paragraph.
fn control(tag: &str, runs: &str) -> String {
    format!(r#"<w:p><w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{runs}</w:sdtContent></w:sdt></w:p>"#)
}

fn run(text: &str) -> String {
    format!(r#"<w:r><w:t xml:space="preserve">{text}</w:t></w:r>"#)
}

#[test]
fn text_comes_back_as_a_person_sees_it() {
    let blip = r#"<w:drawing><wp:inline><wp:docPr id="1" name="x"/></wp:inline></w:drawing>"#;
    for (what, inside, want) in [
        ("one run", run("张建国"), "张建国"),
        ("runs split by an editor", run("张") + "<w:proofErr w:type=\"spellStart\"/>" + &run("建国"), "张建国"),
        ("spaces at the ends", run(" 张 "), " 张 "),
        ("spaces not preserved", "<w:r><w:t> 张 </w:t></w:r>".into(), "张"),
        ("spaces preserved from outside", r#"<w:r xml:space="preserve"><w:t> 张 </w:t></w:r>"#.into(), " 张 "),
        ("breaks", format!("{}<w:r><w:br/><w:cr/></w:r>{}", run("甲"), run("乙")), "甲\n\n乙"),
        ("a tabulator", format!("{}<w:r><w:tab/></w:r>{}", run("甲"), run("乙")), "甲\t乙"),
        ("hyphens", "<w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/></w:r>".into(), "a\u{2011}b\u{AD}"),
        ("a line end in the XML", run("甲\n乙\r\n丙"), "甲 乙 丙"),
        ("references", run("&lt;&amp;&#20320;&#x20164;&quot;"), "<&你\u{20164}\""),
        ("cdata and a comment", "<w:r><w:t><![CDATA[<甲>]]><!-- 乙 --><?pi 丙?></w:t></w:r>".into(), "<甲>"),
        ("a deletion", format!("{}<w:del w:id=\"1\"><w:r><w:delText>丙</w:delText><w:t>丁</w:t></w:r></w:del>", run("甲")), "甲"),
        ("an insertion", format!("{}<w:ins w:id=\"1\">{}</w:ins>", run("甲"), run("乙")), "甲乙"),
        (
            "moved away",
            format!("{}<w:moveFrom w:id=\"1\">{}</w:moveFrom><w:moveTo w:id=\"2\">{}</w:moveTo>", run("甲"), run("乙"), run("丙")),
            "甲丙",
        ),
        ("hidden", format!("<w:r><w:rPr><w:vanish/></w:rPr><w:t>乙</w:t></w:r>{}", run("甲")), "甲"),
        ("not hidden", "<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>乙</w:t></w:r>".into(), "乙"),
        (
            "a field",
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:t>1</w:t></w:r>".into(),
            "1",
        ),
        ("a symbol", "<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r>".into(), "✓"),
        ("ruby", format!("<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>", run("lu"), run("盧")), "盧"),
        ("a link", format!("<w:hyperlink r:id=\"x\">{}</w:hyperlink>", run("甲")), "甲"),
        ("a drawing without a picture", run("甲") + "<w:r>" + blip + "</w:r>", "甲"),
        (
            "alternatives",
            "<w:r><mc:AlternateContent><mc:Choice Requires=\"w16se\"><w16se:symEx w16se:font=\"x\" w16se:char=\"1F600\"/></mc:Choice>\
             <mc:Fallback><w:t>no</w:t></mc:Fallback></mc:AlternateContent></w:r>"
                .into(),
            "😀",
        ),
        (
            "an alternative nobody knows",
            "<w:r><mc:AlternateContent><mc:Choice Requires=\"zz\"><w:t>no</w:t></mc:Choice>\
             <mc:Fallback><w:t>甲</w:t></mc:Fallback></mc:AlternateContent></w:r>"
                .into(),
            "甲",
        ),
        (
            "a text box anchored in it",
            format!("{}<w:r><w:pict><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:pict></w:r>", run("甲"), run("乙")),
            "甲",
        ),
        ("a stranger's control in it", format!("{}<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", run("甲"), run("乙")), "甲乙"),
        (
            "another field pasted into it",
            format!("{}<w:sdt><w:sdtPr><w:tag w:val=\"b\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>", run("甲"), run("乙")),
            "甲乙",
        ),
        ("a formula", "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>".into(), "x"),
        ("a prompt of Word", run("单击或点击此处输入文字。"), ""),
        ("two full-width spaces", run("　　"), ""),
        ("an empty date", run("　　年　　月　　日"), ""),
        ("half a date", run("2021年　　月　　日"), "2021年　　月　　日"),
    ] {
        assert_eq!(body_text(&control("a", &inside)), want, "{what}");
    }
}

#[test]
fn paragraphs_in_a_control_are_lines() {
    let open = r#"<w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent>"#;
    let close = "</w:sdtContent></w:sdt>";
    let p = |text: &str| format!("<w:p>{}</w:p>", run(text));
    let joined = format!("<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr>{}</w:p>", run("甲"));
    for (what, body, want) in [
        ("around paragraphs", format!("{open}{}<w:p/>{}{close}", p("甲"), p("乙")), "甲\n\n乙"),
        ("a deleted mark", format!("{open}{joined}{}{close}", p("乙")), "甲乙"),
        ("around a cell", format!("<w:tbl><w:tr>{open}<w:tc>{}{}</w:tc>{close}</w:tr></w:tbl>", p("甲"), p("乙")), "甲\n乙"),
        ("around a row", format!("<w:tbl>{open}<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>{close}</w:tbl>", p("甲"), p("乙")), "甲\n乙"),
        ("cut in two by Enter", control("a", &run("甲")) + "<w:p/>" + &control("a", &run("乙")), "甲\n\n乙"),
        ("cut in two in a line", control("a", &run("甲")).replace("</w:p>", "") + &control("a", &run("乙")).replace("<w:p>", ""), "甲乙"),
    ] {
        let back = read(&Docx::new(&body));
        assert_eq!(text(&back, "a"), want, "{what}");
        assert!(back.warnings.is_empty(), "{what}: {:?}", back.warnings.codes());
    }
}

#[test]
fn a_control_around_fields_is_no_field() {
    let body = format!(
        r#"<w:tbl><w:sdt><w:sdtPr><w:tag w:val="nominees"/></w:sdtPr><w:sdtContent><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>"#,
        control("nominees.0.name", &run("甲")),
        control("nominees.0.sex", &run("男")),
    );
    let back = read(&Docx::new(&body));
    let names: Vec<&str> = back.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["nominees.0.name", "nominees.0.sex"]);
    assert_eq!(text(&back, "nominees.0.name"), "甲");
}

#[test]
fn keys_kinds_and_labels_come_from_whatever_is_left() {
    let with = |properties: &str| {
        let body = format!("<w:p><w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>", run("甲"));
        let back = read(&Docx::new(&body));
        let field = back.fields.into_iter().next().expect("one field");
        (field.name.to_string(), field.kind, field.label)
    };
    let block = |name: &str| format!(r#"<w:placeholder><w:docPart w:val="{name}"/></w:placeholder>"#);
    let tag = r#"<w:tag w:val="birth"/>"#;
    for (what, properties, kind, label) in [
        ("a tag alone", tag.to_owned(), None, ""),
        ("a building block alone", block("fw:month:birth"), Some(FieldKind::Month), ""),
        ("both", tag.to_owned() + &block("fw:month:birth"), Some(FieldKind::Month), ""),
        ("a block of another field", tag.to_owned() + &block("fw:month:work_start"), None, ""),
        ("a title with a limit", tag.to_owned() + r#"<w:alias w:val="出生年月（限12字）"/>"#, None, "出生年月"),
        ("a title without", tag.to_owned() + r#"<w:alias w:val="出生（公历）"/>"#, None, "出生（公历）"),
        ("a list", tag.to_owned() + "<w:dropDownList/>", Some(FieldKind::Choice(Vec::new())), ""),
        ("a date", tag.to_owned() + r#"<w:date><w:dateFormat w:val="yyyy年M月d日"/></w:date>"#, Some(FieldKind::Date), ""),
        ("a month", tag.to_owned() + r#"<w:date><w:dateFormat w:val="yyyy.MM"/></w:date>"#, Some(FieldKind::Month), ""),
    ] {
        assert_eq!(with(&properties), ("birth".to_owned(), kind, label.to_owned()), "{what}");
    }
}

#[test]
fn prefixes_and_strict_namespaces_do_not_matter() {
    let docx = Docx::new(&control("a", &run("甲")));
    let renamed = docx.clone().document(&docx.xml().replace("w:", "ns0:").replace(":w=", ":ns0="));
    assert_eq!(text(&read(&renamed), "a"), "甲");
    let strict = docx
        .xml()
        .replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
        .replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        );
    assert_eq!(text(&read(&docx.document(&strict).strict()), "a"), "甲");
}

#[test]
fn parts_are_found_by_relationship_wherever_they_lie() {
    let body = control("a", &run("甲"));
    let header = format!("<w:hdr {}>{}</w:hdr>", build::NAMES, control("b", &run("乙")));
    let docx = Docx::new(&body).moved("content/主.xml").part("content/top.xml", header.as_bytes()).relation("h1", "header", "top.xml");
    let back = read(&docx);
    assert_eq!((text(&back, "a"), text(&back, "b")), ("甲", "乙"));
    assert_eq!(back.format, Format::Docx);
}

#[test]
fn a_tick_is_what_is_seen() {
    let tick = |state: &str, glyph: &str| {
        format!(
            r#"<w:p><w:sdt><w:sdtPr><w:tag w:val="a"/><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>"#,
            run(glyph)
        )
    };
    // One of two was changed: that is what a person has set.
    for (issued, now, want) in [("true", ["☒", "☐"], false), ("false", ["☒", "☐"], true), ("true", ["☒", "☒"], true)] {
        let body = now.map(|glyph| tick("0", glyph)).join(&format!("<w:p>{}</w:p>", run("，")));
        let back = read(&Docx::new(&body).issued("a", issued));
        assert!(field(&back, "a").value == Content::Ticked(want), "{issued} {now:?}");
    }
    for (state, glyph, want) in
        [("1", "☒", true), ("0", "☐", false), ("1", "☐", false), ("0", "☑", true), ("1", "", true), ("0", "", false)]
    {
        let back = read(&Docx::new(&tick(state, glyph)));
        assert!(field(&back, "a").value == Content::Ticked(want), "{state} {glyph}");
        assert_eq!(field(&back, "a").kind, Some(FieldKind::Check));
    }
}

#[test]
fn typed_text_beats_the_flag_of_a_placeholder() {
    let showing = |block: &str, text: &str| {
        format!(
            r#"<w:p><w:sdt><w:sdtPr><w:tag w:val="a"/><w:showingPlcHdr/><w:placeholder><w:docPart w:val="{block}"/></w:placeholder></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>"#,
            run(text)
        )
    };
    let glossary = format!(
        r#"<w:glossaryDocument {}><w:docParts><w:docPart><w:docPartPr><w:name w:val="fw:text:a"/></w:docPartPr><w:docPartBody><w:p>{}</w:p></w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>"#,
        build::NAMES,
        run("（盖章）")
    );
    for (shown, want) in [("张建国", "张建国"), ("　　", ""), ("  ", ""), ("（盖章）", ""), ("Choose an item.", "")] {
        let docx = Docx::new(&showing("fw:text:a", shown)).part("word/glossary/document.xml", glossary.as_bytes());
        let docx = docx.relation("g", "glossaryDocument", "glossary/document.xml");
        assert_eq!(text(&read(&docx), "a"), want, "{shown}");
    }
    // What was issued is a value, though it looks like nothing typed.
    for value in ["  ", "　　", "选择一项", "年月"] {
        let docx = Docx::new(&control("a", &run(value))).issued("a", value);
        assert_eq!(text(&read(&docx), "a"), value, "{value:?}");
    }
}

#[test]
fn what_was_issued_is_told() {
    let body = control("a", &run("甲")) + &control("b", &run("乙"));
    let back = read(&Docx::new(&body).issued("a", "甲"));
    assert_eq!(back.issue.as_ref().map(|issue| issue.template.as_str()), Some("recommendation"));
    assert!(field(&back, "a").issued == Issued::Digest(marks::value_digest("甲".as_bytes())));
    assert!(field(&back, "b").issued == Issued::Text(String::new()));
    let bare = read(&Docx::new(&body));
    assert!(bare.issue.is_none() && field(&bare, "a").issued == Issued::Unknown);
}

fn warned(back: &ReadBack, code: &str) -> Diagnostic {
    let found: Vec<&Diagnostic> = back.warnings.iter().filter(|warning| warning.code == code).collect();
    assert_eq!(found.len(), 1, "{code} in {:?}", back.warnings.codes());
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(found[0].help.is_some(), "{code} has a next step");
    found[0].clone()
}

#[test]
fn one_field_in_three_places_has_one_value() {
    let titled = |text: &str| {
        control("name", &run(text)).replace("<w:tag", "<w:alias w:val=\"姓名（限8字）\"/><w:tag") + "<w:p><w:r><w:t>，</w:t></w:r></w:p>"
    };
    let three = |texts: [&str; 3]| Docx::new(&texts.map(titled).concat());
    for (texts, issued, want, conflict) in [
        (["张", "张", "张"], Some("张"), "张", false),
        (["张", "李", "张"], Some("张"), "李", false),
        (["李", "李", "张"], Some("张"), "李", false),
        (["张", "", "张"], Some("张"), "", false),
        (["李", "王", "张"], Some("张"), "李", true),
        (["　　", "李", "　　"], Some(""), "李", false),
        (["　　", "李", "王"], Some(""), "李", true),
        (["张", "张", "张"], None, "张", false),
        (["张", "李", "张"], None, "张", true),
        (["　　", "李", "李"], None, "李", true),
    ] {
        let docx = issued.map_or_else(|| three(texts), |issued| three(texts).issued("name", issued));
        let back = read(&docx);
        assert_eq!(text(&back, "name"), want, "{texts:?} issued {issued:?}");
        if conflict {
            let warning = warned(&back, "conflicting-values");
            assert_eq!(warning.place, Place::Record { pointer: "/name".into(), label: "姓名".into() });
            assert!(!format!("{warning:?}").contains(['张', '李', '王']), "no value in a message");
        } else {
            assert!(!back.warnings.codes().contains(&"conflicting-values"), "{texts:?}");
        }
    }
}

#[test]
fn a_text_continued_on_other_pages_is_whole() {
    let parts = |parts: &[(&str, &str)]| parts.iter().map(|(tag, text)| control(tag, &run(text))).collect::<String>();
    let back = read(&Docx::new(&parts(&[("a+2", "丙"), ("a", "甲"), ("b", "x"), ("a+1", "\u{3000}")])));
    assert_eq!(text(&back, "a"), "甲\u{3000}丙");
    assert!(back.warnings.is_empty());
    let back = read(&Docx::new(&parts(&[("a", "甲"), ("a+2", "丙")])));
    assert_eq!(text(&back, "a"), "甲丙");
    warned(&back, "part-missing");
    // Whole in a large box, in two parts elsewhere.
    let back = read(&Docx::new(&parts(&[("a", "甲乙"), ("b", "x"), ("a", "甲"), ("a+1", "乙")])).issued("a", "甲乙").issued("b", "x"));
    assert_eq!(text(&back, "a"), "甲乙");
    assert!(back.warnings.is_empty(), "{:?}", back.warnings.codes());
}

#[test]
fn a_lost_field_and_altered_ink_are_told() {
    let body = format!("<w:p>{}</w:p>{}", run("推 荐　表"), control("a", &run("甲")));
    let docx = Docx::new(&body);
    let ink = marks::ink_digest(docx.xml().as_bytes()).expect("well-formed");
    let same = format!("<w:p>{}{}</w:p>{}", run("推"), run("荐表"), control("a", &run("乙")));
    let deleted = same.replacen("<w:p>", "<w:p><w:del w:id=\"3\"><w:r><w:t>旧</w:t></w:r></w:del>", 1);
    for (what, body, altered) in [
        ("as it was", body.clone(), false),
        ("split anew", same.clone(), false),
        ("a deletion", deleted, false),
        ("another word", same.replace("荐表", "荐人"), true),
        ("typed beside", same + &format!("<w:p>{}</w:p>", run("乙")), true),
    ] {
        let back = read(&Docx::new(&body).property(marks::INK, &ink));
        assert_eq!(back.warnings.codes().contains(&"fixed-text-altered"), altered, "{what}");
    }
    let back = read(&Docx::new(&control("a", &run("甲"))).issued("a", "甲").issued("sex", "男"));
    assert_eq!(warned(&back, "field-missing").place, Place::Record { pointer: "/sex".into(), label: String::new() });
}

fn drawing(name: &str, blip: &str) -> String {
    format!(
        r#"<w:r><w:drawing><wp:inline><wp:docPr id="1" name="{name}"/><a:graphic><a:graphicData><a:blip {blip}/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"#
    )
}

fn picture(back: &ReadBack) -> Option<&[u8]> {
    match &field(back, "photo").value {
        Content::Picture(bytes) => bytes.as_deref(),
        _ => panic!("no picture"),
    }
}

#[test]
fn a_photo_comes_back_as_its_file() {
    let in_control = |blip: &str| {
        let tag = r#"<w:tag w:val="photo"/><w:picture/>"#;
        format!("<w:p><w:sdt><w:sdtPr>{tag}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p>", drawing("图片 1", blip))
    };
    let with = |body: &str, bytes: &[u8]| Docx::new(body).part("word/media/image1.jpg", bytes).relation("p", "image", "media/image1.jpg");
    let embed = r#"r:embed="p""#;
    assert_eq!(picture(&read(&with(&in_control(embed), PHOTO))), Some(PHOTO), "in a control");
    let alone = format!("<w:p>{}</w:p>", drawing("fw:photo:photo", embed));
    let back = read(&with(&alone, PHOTO));
    assert_eq!((picture(&back), field(&back, "photo").kind.clone()), (Some(PHOTO), Some(FieldKind::Photo)), "by its name");
    // As LibreOffice 7.4 saves it: the building block is that of the control before.
    let block = r#"<w:placeholder><w:docPart w:val="fw:month:birth"/></w:placeholder>"#;
    let leaked = format!(
        r#"<w:p><w:sdt><w:sdtPr>{block}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:p><w:p><w:sdt><w:sdtPr>{block}<w:picture/></w:sdtPr><w:sdtContent><w:sdt><w:sdtPr><w:alias w:val="照片"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:sdtContent></w:sdt></w:p>"#,
        run("1985.03"),
        drawing("fw:photo:photo", embed)
    );
    let back = read(&with(&leaked, PHOTO));
    assert_eq!((picture(&back), text(&back, "birth"), back.warnings.len()), (Some(PHOTO), "1985.03", 0), "with a leaked key");
    let vml = r#"<w:r><w:pict><v:shape><v:imagedata r:id="p"/></v:shape></w:pict></w:r>"#;
    assert_eq!(picture(&read(&with(&in_control(embed).replace(&drawing("图片 1", embed), vml), PHOTO))), Some(PHOTO), "as VML");
    assert_eq!(picture(&read(&with(&in_control(embed), &no_picture()))), None, "the mark of an empty place");
    let showing = in_control(embed).replace("<w:picture/>", "<w:picture/><w:showingPlcHdr/>");
    let placeholder = with(&showing, PHOTO).property("FW:photo", &marks::value_digest(PHOTO));
    assert_eq!(picture(&read(&placeholder)), None, "a placeholder nobody touched");
    let blank = with(&in_control(embed), &no_picture()).issued("a", "甲").property("FW:photo", &marks::value_digest(&no_picture()));
    assert!(field(&read(&blank), "photo").issued == Issued::Text(String::new()), "the mark was issued as an empty place");
    for (what, docx, code) in [
        ("linked", with(&in_control(r#"r:link="p""#), PHOTO), "photo-linked"),
        ("external", Docx::new(&in_control(embed)).external("p", "image", "http://example.invalid/p.jpg"), "photo-linked"),
        ("out of the package", Docx::new(&in_control(embed)).relation("p", "image", "../../../etc/passwd"), "photo-linked"),
        ("no relationship", Docx::new(&in_control(embed)), "photo-lost"),
        ("no part", Docx::new(&in_control(embed)).relation("p", "image", "media/none.jpg"), "photo-lost"),
        ("a metafile", with(&in_control(embed), b"\x01\x00\x00\x00\x6c\x00\x00\x00 EMF"), "photo-format"),
    ] {
        let back = read(&docx);
        assert_eq!(picture(&back), None, "{what}");
        warned(&back, code);
    }
    let both = drawing("x", embed).replace("<w:r>", "").replace("</w:r>", "");
    let pasted = control("a", &format!("<w:r><w:t>甲</w:t>{both}</w:r>"));
    warned(&read(&with(&pasted, PHOTO)), "picture-in-text");
}

#[test]
fn no_value_comes_from_a_hidden_copy() {
    let hidden = r#"<w:sdtPr><w:tag w:val="a"/><w:date w:fullDate="2020-01-01T00:00:00Z"/><w:dataBinding w:xpath="/a" w:storeItemID="{1}"/></w:sdtPr>"#;
    let body = control("a", &run("甲")).replace(r#"<w:sdtPr><w:tag w:val="a"/></w:sdtPr>"#, hidden);
    let docx = Docx::new(&body).part("customXml/item1.xml", b"<a>secret</a>").relation("c", "customXml", "../customXml/item1.xml");
    let back = read(&docx.property("a", "secret").property("FWName", "secret"));
    assert_eq!(text(&back, "a"), "甲");
    assert!(!format!("{back:?}").contains('甲'), "Debug shows no value");
}
