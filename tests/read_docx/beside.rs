//! Text that was typed beside a control: the field's where it has the cell or the paragraph to itself, else the form's.

use formwright::package::marks::{self, Key, Scope};
use formwright::readback::Content;

use super::build::{Docx, NAMES};
use super::{field, read, run, text, warned};

/// A control in its line, with that building block.
fn of(block: &str, inside: &str) -> String {
    let properties = format!(r#"<w:sdtPr><w:placeholder><w:docPart w:val="{block}"/></w:placeholder></w:sdtPr>"#);
    format!("<w:sdt>{properties}<w:sdtContent>{}</w:sdtContent></w:sdt>", run(inside))
}

fn name(inside: &str) -> String {
    of("fw:text:name:cell", inside)
}

fn p(inside: &str) -> String {
    format!("<w:p>{inside}</w:p>")
}

/// A table of a label's cell and a cell with those paragraphs.
fn table(cell: &str) -> String {
    format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{cell}</w:tc></w:tr></w:tbl>{}", p(&run("姓名")), p(&run("注：")))
}

fn issued(body: &str) -> Docx {
    let blank = table(&p(&name("　　")));
    let ink = marks::ink_digest(Docx::new(&blank).xml().as_bytes()).expect("well-formed");
    Docx::new(body).issued("name", "").property(marks::INK, &ink)
}

#[test]
fn a_key_tells_what_its_place_has_to_itself() {
    for (block, name, part, scope) in [
        ("fw:text:name", "name", 0, Scope::Inked),
        ("fw:text:name:cell", "name", 0, Scope::Cell),
        ("fw:paragraphs:work.summary+2:line", "work.summary", 2, Scope::Line),
        ("fw:photo:photo", "photo", 0, Scope::Inked),
    ] {
        let key = Key::from_block(block).unwrap_or_else(|| panic!("{block} is a key"));
        assert_eq!((key.name.as_str(), key.part, key.scope), (name, part, scope));
    }
    for key in [Scope::Inked, Scope::Line, Scope::Cell].map(|scope| Key { scope, ..Key::from_tag("a.0.b+1").expect("a tag") }) {
        let back = Key::from_block(&key.block()).expect("a block's name is a key");
        assert_eq!((back.tag(), back.scope), (key.tag(), key.scope), "{}", key.block());
    }
    for block in ["fw:text:name:table", "fw:text:name:cell:cell", "fw:text::cell"] {
        assert_eq!(Key::from_block(block), None, "{block}");
    }
}

#[test]
fn what_is_typed_in_a_cell_of_one_field_is_the_fields() {
    let nested = format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>", p(&run("建")), p(&run("国")));
    let hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>";
    let deleted = "<w:del w:id=\"1\"><w:r><w:delText>删</w:delText></w:r></w:del>";
    let stranger = format!("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", run("建国"));
    for (what, cell, want) in [
        ("all but the first character behind", p(&(name("张") + &run("建") + &run("国"))), "张建国"),
        ("typed before", p(&(run("张") + &name("建国"))), "张建国"),
        ("on both sides", p(&(run("张") + &name("建") + &run("国"))), "张建国"),
        ("a new paragraph behind", p(&name("甲")) + &p(&run("乙")), "甲\n乙"),
        ("an empty paragraph between", p(&name("甲")) + "<w:p/>" + &p(&run("乙")), "甲\n\n乙"),
        ("paragraphs before and behind", "<w:p/>".to_owned() + &p(&run("甲")) + &p(&name("乙")) + &p(&run("丙")) + "<w:p/>", "甲\n乙\n丙"),
        ("a line break behind", p(&(name("甲") + "<w:r><w:br/></w:r>" + &run("乙"))), "甲\n乙"),
        ("behind a placeholder", p(&(name("　　") + &run("张建国"))), "张建国"),
        ("round a placeholder", p(&(run("张") + &name("　　") + &run("建国"))), "张建国"),
        ("below a placeholder", p(&name("　　")) + &p(&run("张建国")), "张建国"),
        ("behind a prompt of Word", p(&(name("单击此处输入文字。") + &run("张建国"))), "张建国"),
        ("behind nothing", p(&(name("") + &run("张建国"))), "张建国"),
        ("with white space round it", p(&(run(" ") + &name("甲") + &run("　乙　 "))), "甲　乙"),
        ("white space of the control", p(&(name(" 甲 ") + &run("乙"))), " 甲 乙"),
        ("a control cut in two", p(&(name("张") + &run("建") + &name("国"))), "张建国"),
        ("a control cut in two by Enter", p(&(name("张") + &run("建"))) + &p(&name("国")), "张建\n国"),
        ("hidden and deleted text", p(&(name("张") + hidden + deleted + &run("建国"))), "张建国"),
        ("a stranger's control", p(&(name("张") + &stranger)), "张建国"),
        ("a table", p(&name("张")) + &nested + "<w:p/>", "张\n建\n国"),
        (
            "in alternatives",
            p(&(name("张")
                + &format!(
                    "<mc:AlternateContent><mc:Choice Requires=\"w\">{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>",
                    run("建国"),
                    run("建国")
                ))),
            "张建国",
        ),
    ] {
        let back = read(&issued(&table(&cell)));
        assert_eq!(text(&back, "name"), want, "{what}");
        warned(&back, "text-beside-field");
        assert_eq!(back.warnings.codes(), ["text-beside-field"], "{what}");
        assert!(!format!("{:?}", back.warnings).contains(['张', '甲', '乙']), "no value in a message");
    }
    for (what, cell, want) in [
        ("as issued", p(&name("　　")), ""),
        ("filled in", p(&name(" 张建国 ")), " 张建国 "),
        ("white space beside", "<w:p/>".to_owned() + &p(&(run(" ") + &name("张建国") + &run("　"))) + "<w:p/>" + &p(&run("　")), "张建国"),
        ("cut in two by Enter", p(&name("甲")) + "<w:p/>" + &p(&name("乙")), "甲\n\n乙"),
    ] {
        let back = read(&issued(&table(&cell)));
        assert_eq!(text(&back, "name"), want, "{what}");
        assert!(back.warnings.is_empty(), "{what}: {:?}", back.warnings.codes());
    }
}

#[test]
fn a_line_of_ones_own_is_a_paragraph() {
    let line = |inside: &str| of("fw:text:name:line", inside);
    let ink = p(&run("单位："));
    let same = Docx::new(&(ink.clone() + &p(&line("　　"))));
    let digest = marks::ink_digest(same.xml().as_bytes()).expect("well-formed");
    for (what, body, want, codes) in [
        ("in its paragraph", p(&(run("甲") + &line("　　") + &run("乙"))), "甲乙", vec!["text-beside-field"]),
        ("cut in two", p(&(line("甲") + &run("乙") + &line("丙"))), "甲乙丙", vec!["text-beside-field"]),
        ("in the next one", p(&line("甲")) + &p(&run("乙")), "甲", vec!["fixed-text-altered"]),
    ] {
        let back = read(&Docx::new(&(ink.clone() + &body)).property(marks::INK, &digest));
        assert_eq!(text(&back, "name"), want, "{what}");
        assert_eq!(back.warnings.codes(), codes, "{what}");
    }
}

#[test]
fn what_is_nobodys_own_stays_ink() {
    let boxed = format!("<w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r>", p(&run("乙")));
    let other = of("fw:text:sex:cell", "男");
    let around = format!(r#"<w:sdt><w:sdtPr><w:tag w:val="name"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"#, p(&run("甲")));
    for (what, cell) in [
        ("a line of ink", p(&(of("fw:text:name", "甲") + &run("乙")))),
        ("a text box", p(&(name("甲") + &boxed))),
        ("beside two fields", p(&(name("甲") + &other + &run("乙")))),
        ("beside a control round paragraphs", around + &p(&run("甲"))),
        ("a control outside a table", "</w:tc></w:tr></w:tbl>".to_owned() + &p(&(name("甲") + &run("乙"))) + "<w:tbl><w:tr><w:tc>"),
    ] {
        let back = read(&issued(&table(&cell)));
        assert_eq!(text(&back, "name"), "甲", "{what}");
        assert_eq!(back.warnings.codes(), ["fixed-text-altered"], "{what}");
    }
    // The control is gone, and with it the name of what was typed there.
    let gone = issued(&(table(&p(&run("张建国"))) + &p(&other))).issued("name", "张");
    let back = read(&gone);
    assert_eq!(back.warnings.codes(), ["fixed-text-altered", "field-missing"]);
}

#[test]
fn a_tick_beside_its_box_is_one() {
    let tick = |beside: &str| {
        let properties = r#"<w:sdtPr><w:placeholder><w:docPart w:val="fw:check:a:cell"/></w:placeholder></w:sdtPr>"#;
        table(&p(&format!("<w:sdt>{properties}<w:sdtContent>{}</w:sdtContent></w:sdt>{}", run("☐"), run(beside))))
    };
    for (beside, want) in [("√", true), ("是", false)] {
        let back = read(&Docx::new(&tick(beside)));
        assert!(field(&back, "a").value == Content::Ticked(want), "{beside}");
        warned(&back, "text-beside-field");
    }
}

#[test]
fn headers_have_places_too() {
    let header = format!("<w:hdr {NAMES}>{}</w:hdr>", table(&p(&(name("张") + &run("建国")))));
    let docx = Docx::new(&p(&of("fw:text:sex", "男"))).part("word/top.xml", header.as_bytes()).relation("h1", "header", "top.xml");
    assert_eq!(text(&read(&docx), "name"), "张建国");
}
