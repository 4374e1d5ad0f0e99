//! The shipped forms against the references: every place of `geometry.json`, every word of the notice.

use std::collections::BTreeMap;
use std::path::Path;

use formwright::form::{
    Across, Align, Block, Cell, Content, Down, FieldBox, FontRole, Form, Inline, Label, LabelLine, Overflow, Page, PageKind, Para, Table,
    VAlign,
};
use formwright::markup;
use formwright::template::{Files, Template};
use formwright::units::Mm;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, root: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("templates") {
        let path = entry.expect("templates").path();
        if path.is_dir() {
            collect(&path, root, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            files.insert(path.strip_prefix(root).expect("below").to_str().expect("UTF-8").to_owned(), text);
        }
    }
}

fn form(id: &str, rows: usize) -> Form {
    let mut files = BTreeMap::new();
    collect(&root().join("templates"), &root().join("templates"), &mut files);
    let template = Template::load(id, &files).unwrap_or_else(|found| panic!("{found:#?}"));
    let markup = template.expand(&|array| if array == "earlier" { 0 } else { rows }).unwrap_or_else(|found| panic!("{found:#?}"));
    markup::parse(&markup, template.id()).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn geometry() -> Value {
    let text = std::fs::read_to_string(root().join("tests/reference/geometry.json")).expect("geometry.json");
    serde_json::from_str(&text).expect("JSON")
}

fn num(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

fn near(a: Mm, b: f64) -> bool {
    (a.0 - b).abs() < 0.005
}

fn role(name: &Value) -> FontRole {
    match name.as_str().expect("a font") {
        "song" => FontRole::Song,
        "fang" => FontRole::Fang,
        "hei" => FontRole::Hei,
        "title" => FontRole::Title,
        other => panic!("{other}"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn tables(page: &Page) -> Vec<&Table> {
    page.blocks.iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None }).collect()
}

fn paras(page: &Page) -> Vec<&Para> {
    page.blocks.iter().filter_map(|block| if let Block::Para(para) = block { Some(para) } else { None }).collect()
}

fn words(para: &Para) -> String {
    let inlines = para.lines.iter().flat_map(|line| &line.inlines);
    inlines.map(|inline| if let Inline::Text(text, _) = inline { text.as_str() } else { "□" }).collect()
}

fn label(cell: &Cell) -> &Label {
    let Some(Content::Label(label)) = cell.content.first() else { panic!("no label: {cell:#?}") };
    label
}

fn fields(cell: &Cell) -> Vec<&FieldBox> {
    cell.content.iter().filter_map(|content| if let Content::Field(field) = content { Some(field) } else { None }).collect()
}

fn field<'a>(cell: &'a Cell, form: &Form, name: &str) -> &'a FieldBox {
    let found = fields(cell).into_iter().find(|field| form[field.field].name.as_str() == name);
    found.unwrap_or_else(|| panic!("no {name} in {cell:#?}"))
}

fn text_like(page: &Page, want: &Value) {
    let said = want["t"].as_str().expect("text");
    let written = if want["then"].is_object() { format!("{said}□月") } else { said.to_owned() };
    let para = paras(page).into_iter().find(|para| words(para) == written && matches!(para.down, Down::Top(y) if near(y, num(&want["y"]))));
    let para = para.unwrap_or_else(|| panic!("no line {written}"));
    let x = num(&want["x"]);
    let placed = match (para.across, want["align"].as_str()) {
        (Across::Left(at), Some("left")) | (Across::Centre(at), Some("center")) => near(at, x),
        _ => false,
    };
    assert!(placed, "{written}: {:?}", para.across);
    let Some(Inline::Text(_, style)) = para.lines[0].inlines.first() else { panic!("{written}") };
    assert_eq!((style.font, style.size.0), (role(&want["font"]), num(&want["pt"])), "{written}");
}

fn table_like(form: &Form, table: &Table, want: &Value) {
    assert!(near(table.x, num(&want["x"])) && near(table.y, num(&want["y"])));
    let lengths = |list: &Value| -> Vec<f64> { list.as_array().expect("lengths").iter().map(num).collect() };
    assert_eq!(table.cols.iter().map(|col| col.0).collect::<Vec<_>>(), lengths(&want["cols"]));
    assert_eq!(table.rows.iter().map(|row| row.height.0).collect::<Vec<_>>(), lengths(&want["rows"]));
    assert_eq!((table.outer.0, table.inner.0), (1.5, 0.5));
    assert_eq!(table.rows.iter().map(|row| row.cells.len()).sum::<usize>(), list(&want["cells"]).len());
    for cell in list(&want["cells"]) {
        let index = |key: &str| usize::try_from(cell[key].as_u64().expect("index")).expect("index");
        let row = &table.rows[index("r")];
        let found = row.cells.iter().find(|found| found.col == index("c")).unwrap_or_else(|| panic!("no cell {cell}"));
        assert_eq!((found.rowspan, found.colspan), (index("rs"), index("cs")), "{cell}");
        cell_like(form, found, cell);
    }
}

fn cell_like(form: &Form, cell: &Cell, want: &Value) {
    let name = want["name"].as_str().unwrap_or_default();
    let lr = if want["kind"] == "label" { 1.0 } else { 1.2 };
    assert!(near(cell.padding.left, lr) && near(cell.padding.right, lr) && near(cell.padding.top, 0.4), "{want}");
    match want["kind"].as_str().expect("kind") {
        "label" => label_like(cell, want),
        "photo" => {
            let photo = field(cell, form, name);
            let at = photo.at.expect("a frame");
            assert!(near(at.w, 35.0) && near(at.h, 49.0) && near(at.x, 1.5) && near(at.y, 1.0), "{at:?}");
            lines_like(&photo.empty, want);
        }
        "opinion" => opinion_like(form, cell, want),
        _ => value_like(field(cell, form, name), want),
    }
}

fn lines_like(lines: &[LabelLine], want: &Value) {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let wanted: Vec<&str> = list(&want["lines"]).iter().map(|line| line.as_str().expect("line")).collect();
    assert_eq!(texts, wanted);
    for (index, line) in lines.iter().enumerate() {
        let size = if index > 0 && want["sub_pt"].is_number() { &want["sub_pt"] } else { &want["pt"] };
        assert_eq!((line.style.font, line.style.size.0), (role(&want["font"]), num(size)), "{texts:?}");
    }
}

fn label_like(cell: &Cell, want: &Value) {
    let label = label(cell);
    lines_like(&label.lines, want);
    let spread = want["align"].as_str().and_then(|align| align.strip_prefix("distribute:")).map(|em| em.parse::<f64>().expect("em"));
    let found: Vec<Option<f64>> = label.lines.iter().map(|line| line.distribute).collect();
    assert!(found.iter().all(|em| *em == spread), "{want}: {found:?}");
    assert_eq!((label.align, label.leading, label.vertical, cell.header), (Align::Centre, 1.3, false, true), "{want}");
}

fn value_like(field: &FieldBox, want: &Value) {
    assert_eq!((field.style.font, field.style.size.0), (role(&want["font"]), num(&want["pt"])), "{want}");
    assert_eq!(field.min_size.0, num(&want["min_pt"]), "{want}");
    let (align, valign) = match want["align"].as_str().expect("align") {
        "center" => (Align::Centre, VAlign::Middle),
        "left" => (Align::Left, VAlign::Middle),
        "left-top" => (Align::Left, VAlign::Top),
        "justify-top" => (Align::Justify, VAlign::Top),
        other => panic!("{other}"),
    };
    assert_eq!((field.align, field.valign), (align, valign), "{want}");
    let (overflow, leading) = match want["overflow"].as_str() {
        Some("continue") => (Overflow::Continue, (1.8333, 1.6)),
        _ => (Overflow::Error, want["leading"].as_f64().map_or((1.5, 1.5), |leading| (leading, leading))),
    };
    assert_eq!((field.overflow, field.leading, field.at), (overflow, leading, None), "{want}");
}

fn opinion_like(form: &Form, cell: &Cell, want: &Value) {
    let name = want["name"].as_str().expect("name");
    let (w, h) = (142.0, 50.0);
    let text = field(cell, form, &format!("{name}.text"));
    let at = text.at.expect("a box");
    let box_: Vec<f64> = list(&want["text_box"]).iter().map(num).collect();
    assert_eq!(vec![at.x.0, at.y.0, at.w.0, at.h.0], box_);
    assert_eq!((text.style.size.0, text.min_size.0, text.align, text.valign), (12.0, 9.0, Align::Justify, VAlign::Top));
    if want["seal_circle"].is_object() {
        let circle = &want["seal_circle"];
        let at = field(cell, form, &format!("{name}.seal")).at.expect("a box");
        let (cx, cy) = (at.x + at.w / 2.0, at.y + at.h / 2.0);
        assert!(near(at.w, num(&circle["d"])) && near(at.h, num(&circle["d"])));
        assert!(near(cx, w - num(&circle["cx_from_right"])) && near(cy, h - num(&circle["cy_from_bottom"])), "{at:?}");
    } else {
        let space = &want["sign_space"];
        let at = field(cell, form, &format!("{name}.signature")).at.expect("a box");
        assert!(near(at.w, num(&space["w"])) && near(at.h, num(&space["h"])));
        assert!(near(at.right(), w - num(&space["right_from_right"])) && near(at.bottom(), h - num(&space["bottom_from_bottom"])));
    }
    let lines: Vec<&Para> = cell.content.iter().filter_map(|c| if let Content::Para(para) = c { Some(para) } else { None }).collect();
    for (key, right) in [("sign_label", "right_edge_from_right"), ("date", "right_from_right")] {
        let want = &want[key];
        let text = want["text"].as_str().expect("text");
        let written = if key == "date" { "□" } else { text };
        let para = lines.iter().find(|para| words(para) == written).unwrap_or_else(|| panic!("no {written}"));
        assert!(matches!(para.across, Across::Right(x) if near(x, w - num(&want[right]))), "{:?}", para.across);
        assert!(matches!(para.down, Down::Baseline(y) if near(y, h - num(&want["baseline_from_bottom"]))), "{:?}", para.down);
        match &para.lines[0].inlines[0] {
            Inline::Text(_, style) => assert_eq!((style.font, style.size.0), (FontRole::Fang, 12.0)),
            Inline::Field(date, width) => {
                assert!(date.empty[0].text.trim_start_matches('　') == text && near(*width, 9.0 * 12.0 * 25.4 / 72.0));
                assert_eq!(date.align, Align::Right);
            }
            Inline::Ref(..) => panic!("a reference"),
        }
    }
}

#[test]
fn the_recommendation_stands_where_the_geometry_says() {
    let (form, geometry) = (form("recommendation", 0), geometry());
    let pages: Vec<&Value> = list(&geometry["pages"]).iter().filter(|page| page["orient"] == "portrait").collect();
    assert_eq!(form.pages.iter().filter(|page| page.kind == PageKind::Plain).count(), pages.len());
    for (page, want) in form.pages.iter().zip(pages) {
        assert_eq!((page.size.0.0, page.size.1.0), (210.0, 297.0));
        let margin = page.margin;
        assert_eq!((margin.top.0, margin.right.0, margin.bottom.0, margin.left.0), (25.0, 20.0, 22.0, 20.0));
        let texts: Vec<&Value> = list(&want["text"]).iter().chain(list(&want["footer"])).collect();
        assert_eq!(paras(page).len(), texts.len());
        texts.into_iter().for_each(|text| text_like(page, text));
        assert_eq!(tables(page).len(), list(&want["tables"]).len());
        for (table, want) in tables(page).into_iter().zip(list(&want["tables"])) {
            table_like(&form, table, want);
        }
    }
}

#[test]
fn annexes_stand_where_the_geometry_says() {
    let (form, geometry) = (form("recommendation", 12), geometry());
    let annex = &geometry["annex"];
    let [resume, rest] = &form.pages[6..] else { panic!("two annex pages") };
    assert_eq!((&resume.kind, &rest.kind), (&PageKind::Annex("resume.".to_owned()), &PageKind::Rest));
    let table = tables(resume)[0];
    let want = &annex["resume_table"];
    assert!(near(table.x, num(&want["x"])) && near(table.y, num(&want["y"])) && near(table.next_y, num(&want["y"])));
    assert_eq!(table.cols.iter().map(|col| col.0).collect::<Vec<_>>(), list(&want["cols"]).iter().map(num).collect::<Vec<_>>());
    assert!(near(table.head[0].height, num(&want["header"])));
    assert!(table.rows.iter().all(|row| near(row.height, num(&want["row"])) && !row.grows) && table.rows.len() == 3);
    for page in [resume, rest] {
        let [heading, reference] = paras(page)[..] else { panic!("two lines") };
        assert_eq!((words(heading).as_str(), heading.across, heading.every_sheet), ("附页□", Across::Centre(Mm(105.0)), true));
        assert!(matches!(heading.down, Down::Top(y) if near(y, num(&annex["heading"]["y"]))));
        assert!(words(reference).starts_with("接第□页 "), "{}", words(reference));
        assert_eq!((reference.across, reference.down), (Across::Left(Mm(20.0)), Down::Top(Mm(num(&annex["reference"]["y"])))));
    }
    let Some(Block::Rest(text)) = rest.blocks.last() else { panic!("no rest") };
    let box_: Vec<f64> = list(&annex["text_box"]).iter().map(num).collect();
    assert_eq!(vec![text.at.x.0, text.at.y.0, text.at.w.0, text.at.h.0], box_);
    assert!((text.leading * text.style.size.0 - num(&annex["text"]["leading_pt"])).abs() < 0.001);
}

#[test]
fn the_sheet_stands_where_the_geometry_says() {
    let (form, geometry) = (form("summary", 0), geometry());
    let page = &form.pages[0];
    let want = list(&geometry["pages"]).iter().find(|page| page["orient"] == "landscape").expect("the sheet");
    let margin = page.margin;
    assert_eq!((page.size.0.0, margin.top.0, margin.right.0, margin.bottom.0, margin.left.0), (297.0, 22.0, 10.0, 13.0, 10.0));
    list(&want["text"]).iter().for_each(|text| text_like(page, text));
    let (table, want) = (tables(page)[0], &want["tables"][0]);
    assert!(near(table.x, num(&want["x"])) && near(table.y, num(&want["y"])) && near(table.next_y, 22.0));
    assert_eq!(table.cols.iter().map(|col| col.0).collect::<Vec<_>>(), list(&want["cols"]).iter().map(num).collect::<Vec<_>>());
    assert!(near(table.head[0].height, num(&want["header"])) && table.rows.len() == 4);
    for (cell, column) in table.head[0].cells.iter().zip(list(&want["columns"])) {
        let (label, column) = (label(cell), column.as_str().expect("column"));
        assert_eq!(label.plain, column);
        let lines: Vec<&str> = label.lines.iter().map(|line| line.text.as_str()).collect();
        match want["header_lines"][column].as_array() {
            Some(forced) => assert_eq!(lines, forced.iter().map(|line| line.as_str().expect("line")).collect::<Vec<_>>()),
            None => assert_eq!(lines, [column]),
        }
        assert!(label.lines.iter().all(|line| (line.style.font, line.style.size.0) == (FontRole::Hei, num(&want["header_pt"]))));
        assert!(near(cell.padding.left, num(&want["label_padding_lr"])));
    }
    for row in &table.rows {
        assert!(row.grows && near(row.height, num(&want["row_min"])) && row.cells[0].content.is_empty());
        for (cell, column) in row.cells.iter().zip(list(&want["columns"])).skip(1) {
            let field = fields(cell)[0];
            assert_eq!((field.style.font, field.style.size.0), (FontRole::Song, num(&want["body_pt"])));
            assert_eq!((field.min_size.0, field.overflow), (num(&want["body_min_pt"]), Overflow::Grow));
            assert_eq!(form[field.field].label, column.as_str().expect("column"));
            let breaks: &[usize] = match column.as_str() {
                Some("身份证号码") => &[6, 8, 4],
                Some("手机") => &[3, 4, 4],
                _ => &[],
            };
            assert_eq!(field.breaks, breaks);
        }
    }
}

#[test]
fn the_sheet_numbers_only_the_rows_of_the_record() {
    let form = form("summary", 2);
    let numbers: Vec<Option<&str>> = tables(&form.pages[0])[0]
        .rows
        .iter()
        .map(|row| match row.cells[0].content.first() {
            Some(Content::Label(label)) => Some(label.plain.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [Some("1"), Some("2"), None, None]);
}

/// Ink without any blanks, as the notice spreads its labels with them.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_word_of_ink_is_the_notices() {
    let notice = bare(&std::fs::read_to_string(root().join("tests/reference/notice.md")).expect("notice.md"));
    let mut seen = 0;
    for id in ["recommendation", "summary"] {
        for page in form(id, 0).pages.iter().filter(|page| page.kind == PageKind::Plain) {
            let mut ink: Vec<String> =
                paras(page).into_iter().flat_map(|para| words(para).split('□').map(bare).collect::<Vec<_>>()).collect();
            for cell in tables(page).into_iter().flat_map(|table| table.head.iter().chain(&table.rows)).flat_map(|row| &row.cells) {
                for content in &cell.content {
                    match content {
                        Content::Label(label) => ink.push(bare(&label.lines.iter().map(|line| line.text.as_str()).collect::<String>())),
                        Content::Para(para) => ink.extend(words(para).split('□').map(bare)),
                        Content::Field(_) => {}
                    }
                }
            }
            for words in ink.into_iter().filter(|words| !words.is_empty()) {
                assert!(notice.contains(&words), "the notice does not say {words}");
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "only {seen} pieces of ink");
}
