//! The DOCX writer, read back with readers that share no code with it. What Microsoft's validator and LibreOffice say of
//! its files, `tests/run` asks.

#[path = "docx/forms.rs"]
mod forms;
#[path = "docx/reading.rs"]
mod reading;
#[path = "docx/scope.rs"]
mod scope;

use std::collections::{BTreeMap, BTreeSet};

use forms::{TRIAL, documents, engine, fonts, forms, full_trial, of_trial, root, trial, written};
use formwright::docx::{self, DocxOptions};
use formwright::engine::{FillOptions, Filled};
use formwright::error::Error;
use formwright::form::{FieldKind, Form, Role};
use formwright::image::PictureData;
use formwright::layout::{ItemKind, Layout, Text};
use formwright::name::FieldName;
use formwright::package::marks::{self, Key};
use formwright::package::{Part, pack};
use formwright::record::Record;
use reading::{Control, Parts, all, attr, child, controls, ink, is, words};

#[test]
fn the_same_comes_out_the_same() {
    let first: Vec<Vec<u8>> = forms().iter().map(|(_, filled)| written(filled)).collect();
    let mut again: Vec<Vec<u8>> = forms().iter().rev().map(|(_, filled)| written(filled)).collect();
    again.reverse();
    assert!(first == again, "the order in which documents are made changes them");
}

#[test]
fn a_document_is_small() {
    for (name, parts) in documents() {
        let packed = pack(&parts.0.iter().map(|(name, bytes, _)| Part { name: name.clone(), bytes: bytes.clone() }).collect::<Vec<_>>());
        let photos: usize = parts.0.iter().filter(|(name, _, _)| name.starts_with("word/media/")).map(|(_, bytes, _)| bytes.len()).sum();
        let size = packed.expect("it packs").len() - photos;
        // The sheet of `sheet.json` has 571 fields on eight sides.
        let most = if name == "sheet.json" { 45_000 } else { 30_000 };
        assert!(size <= most, "{name}: {size} bytes");
    }
}

#[test]
fn parts_are_in_order_and_each_is_in_use() {
    for (name, parts) in documents() {
        let names: Vec<&str> = parts.0.iter().map(|(name, _, _)| name.as_str()).collect();
        assert_eq!(names[..3], ["[Content_Types].xml", "_rels/.rels", "word/document.xml"], "{name}");
        let types = parts.xml("[Content_Types].xml");
        let typed = |part: &str| {
            types.descendants().any(|node| {
                node.attribute("PartName").is_some_and(|known| known[1..] == *part)
                    || (node.attribute("Extension").is_some_and(|ending| part.ends_with(&format!(".{ending}"))) && !part.ends_with(".xml"))
            })
        };
        let mut led_to = BTreeSet::from(["[Content_Types].xml".to_owned()]);
        for (part, folder) in [("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")] {
            led_to.insert(part.to_owned());
            let relations = parts.xml(part);
            led_to.extend(relations.descendants().filter_map(|node| Some(format!("{folder}{}", node.attribute("Target")?))));
        }
        for (part, bytes, deflated) in &parts.0 {
            assert!(led_to.contains(part), "{name}: nothing leads to {part}");
            assert!(part.starts_with("_rels") || part.ends_with(".rels") || part == "[Content_Types].xml" || typed(part), "{name}: {part}");
            assert_eq!(*deflated, !part.starts_with("word/media/"), "{name}: {part}");
            assert!(!bytes.is_empty(), "{name}: {part}");
        }
        assert_eq!(led_to.len(), parts.0.len(), "{name}: a part is missing of {led_to:?}");
        for target in all_ids(&parts) {
            assert!(parts.text("word/_rels/document.xml.rels").contains(&format!("Id=\"{target}\"")), "{name}: {target}");
        }
    }
}

/// The relationships that the body names.
fn all_ids(parts: &Parts) -> Vec<String> {
    let xml = parts.xml("word/document.xml");
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    xml.descendants()
        .flat_map(|node| node.attributes())
        .filter(|at| at.namespace() == Some(relations))
        .map(|at| at.value().to_owned())
        .collect()
}

#[test]
fn nobody_wrote_it_at_no_time() {
    for (name, parts) in documents() {
        let core = parts.xml("docProps/core.xml");
        let said: Vec<(&str, &str)> =
            core.root_element().children().map(|node| (node.tag_name().name(), node.text().unwrap_or_default())).collect();
        let title = match name {
            "summary" | "sheet.json" => "温州市第七轮首席技师推荐人选情况一览表",
            "trial" => "<A&B> “引”",
            _ => "温州市第七轮首席技师推荐表",
        };
        assert_eq!(said, [("title", title), ("creator", ""), ("lastModifiedBy", ""), ("language", "zh-CN")], "{name}");
        for (part, bytes, _) in &parts.0 {
            let text = String::from_utf8_lossy(bytes);
            assert!(!["paraId", "rsid", "dcterms", "docx-rs", "unknown"].iter().any(|word| text.contains(word)), "{name}: {part}");
        }
    }
}

#[test]
fn properties_are_in_the_order_of_the_schema() {
    let order: BTreeMap<&str, Vec<&str>> = include_str!("docx/order.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, children)| (name, children.split(' ').collect()))
        .collect();
    let mut seen = BTreeSet::new();
    for (name, parts) in documents() {
        for (part, ..) in parts.0.iter().filter(|(part, ..)| part.starts_with("word/") && part.ends_with(".xml")) {
            for node in parts.xml(part).descendants().filter(|node| node.tag_name().namespace() == Some(reading::W)) {
                let Some(order) = order.get(node.tag_name().name()) else { continue };
                seen.insert(node.tag_name().name().to_owned());
                let children: Vec<&str> = node.children().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
                let ranks = children.iter().map(|child| {
                    order.iter().position(|known| known == child).unwrap_or_else(|| panic!("{name}: {child} in {:?}", node.tag_name()))
                });
                let ranks: Vec<usize> = ranks.collect();
                assert!(ranks.is_sorted(), "{name}, {part}: {children:?} in {:?}", node.tag_name());
                // Only lists repeat a child.
                let lists = ["tbl", "tr", "tc", "styles"].contains(&node.tag_name().name());
                assert!(lists || ranks.windows(2).all(|pair| pair[0] != pair[1]), "{name}: {children:?} twice");
            }
        }
    }
    let unseen: Vec<&&str> = order.keys().filter(|name| !seen.contains(**name)).collect();
    assert!(unseen.is_empty(), "nothing was seen of {unseen:?}");
}

#[test]
fn the_body_is_whole() {
    for (name, parts) in documents() {
        let xml = parts.xml("word/document.xml");
        let body = xml.root_element();
        let styles = parts.xml("word/styles.xml");
        let known: BTreeSet<&str> = all(styles.root_element(), "style").filter_map(|style| attr(style, "styleId")).collect();
        for cell in all(body, "tc") {
            let last = cell.children().rfind(|node| node.is_element()).expect("a cell has content");
            assert!(is(last, "p"), "{name}: a cell ends in {:?}", last.tag_name());
        }
        for paragraph in all(body, "p") {
            assert!(paragraph.attributes().len() == 0, "{name}");
            let style = child(paragraph, "pPr").and_then(|properties| child(properties, "pStyle")).and_then(|style| attr(style, "val"));
            assert!(style.is_some_and(|style| known.contains(style)), "{name}: a paragraph of the style {style:?}");
        }
        for table in all(body, "tbl") {
            let grid: Vec<u32> = all(child(table, "tblGrid").expect("a grid"), "gridCol").map(|col| number(attr(col, "w"))).collect();
            assert!(table.next_sibling_element().is_some_and(|next| is(next, "p")), "{name}: a table that no paragraph follows");
            for row in table.children().filter(|node| is(*node, "tr")) {
                let height = all(row, "trHeight").next().expect("a height");
                assert_eq!(attr(height, "hRule"), Some("exact"), "{name}");
                assert!(all(row, "cantSplit").next().is_some(), "{name}");
                let spans = row.children().filter(|node| is(*node, "tc")).map(|cell| {
                    let properties = child(cell, "tcPr").expect("properties");
                    let span = child(properties, "gridSpan").map_or(1, |span| number(attr(span, "val")));
                    (span as usize, number(child(properties, "tcW").and_then(|width| attr(width, "w"))))
                });
                let mut at = 0;
                for (span, width) in spans {
                    let sum: u32 = grid[at..at + span].iter().sum();
                    assert_eq!(sum, width, "{name}: a cell is as wide as its columns");
                    at += span;
                }
                assert_eq!(at, grid.len(), "{name}: a row covers the grid");
            }
        }
    }
}

fn number(text: Option<&str>) -> u32 {
    text.expect("a number").parse().expect("a number")
}

#[test]
fn a_sheet_is_a_page_and_its_rows_are_as_high() {
    for (name, filled) in forms() {
        let parts = Parts::of(&written(&filled));
        let xml = parts.xml("word/document.xml");
        let breaks = all(xml.root_element(), "pageBreakBefore").count();
        let sections: Vec<_> = all(xml.root_element(), "sectPr").collect();
        assert_eq!(breaks + sections.len(), filled.pages(), "{name}");
        for section in &sections {
            let size = child(*section, "pgSz").expect("a size");
            let margin = child(*section, "pgMar").expect("margins");
            let (width, height, landscape) = (number(attr(size, "w")), number(attr(size, "h")), attr(size, "orient") == Some("landscape"));
            assert_eq!((width, height, landscape), if width > height { (16838, 11906, true) } else { (11906, 16838, false) }, "{name}");
            // 14 mm and 5 mm: geometry.json's room for Word.
            assert_eq!(number(attr(margin, "bottom")), if landscape { 283 } else { 794 }, "{name}");
        }
        // Tables that only keep things in their places have no rules.
        let ruled = all(xml.root_element(), "tbl").filter(|table| all(*table, "insideH").next().is_some());
        let rows = |table| -> Vec<(u32, bool)> {
            let rows = all(table, "tr").map(|row| {
                let properties = child(row, "trPr").expect("properties");
                (number(child(properties, "trHeight").and_then(|height| attr(height, "val"))), child(properties, "tblHeader").is_some())
            });
            rows.collect()
        };
        let found: Vec<Vec<(u32, bool)>> = ruled.map(rows).collect();
        let laid: Vec<_> = filled.layout().frames.iter().flat_map(|frame| &frame.tables).collect();
        assert_eq!(found.len(), laid.len(), "{name}");
        for (rows, table) in found.iter().zip(laid) {
            // Every line of the form's grid is a line between rows.
            let mut reached = twips(table.ys[0].0);
            let mut ends = BTreeMap::new();
            for (height, head) in rows {
                reached += *height;
                ends.insert(reached, *head);
            }
            for (row, y) in table.ys.iter().enumerate().skip(1) {
                assert_eq!(ends.get(&twips(y.0)), Some(&(row <= table.head)), "{name}: row {row} ends at {y:?}");
            }
            assert_eq!(reached, twips(table.ys[table.ys.len() - 1].0), "{name}");
        }
    }
}

fn twips(mm: f64) -> u32 {
    (mm * 1440.0 / 25.4).round() as u32
}

#[test]
fn every_field_has_its_control() {
    let (form, layout) = full_trial();
    let trial = of_trial(&form, &layout);
    let mut all: Vec<(&str, Form, Layout, Parts)> = vec![("trial", form, layout, trial)];
    for (name, filled) in forms() {
        let parts = Parts::of(&written(&filled));
        all.push((name, filled.form().clone(), filled.layout().clone(), parts));
    }
    for (name, form, layout, parts) in all {
        let xml = parts.xml("word/document.xml");
        let controls = controls(&xml);
        let ids: BTreeSet<i64> = controls.iter().map(|control| control.id).collect();
        assert_eq!(ids.len(), controls.len(), "{name}: numbers are not unique");
        assert!(ids.iter().all(|id| (1..=i64::from(i32::MAX)).contains(id)), "{name}");
        for field in form.fields.iter().filter(|field| field.kind.is_data()) {
            let own: Vec<&Control> =
                controls.iter().filter(|control| Key::from_tag(&control.tag).expect("a key").name == field.name).collect();
            assert!(!own.is_empty(), "{name}: {} has no control", field.name);
            for control in own {
                control_is_of(&form, &layout, control, name);
            }
        }
        let fields = controls.iter().map(|control| Key::from_tag(&control.tag).expect("a key").name);
        fields.for_each(|field| assert!(form.field(field.as_str()).is_some_and(|(_, field)| field.kind.is_data()), "{name}: {field}"));
    }
}

/// That a control says of its field what it should.
fn control_is_of(form: &Form, layout: &Layout, control: &Control, name: &str) {
    let key = Key::from_tag(&control.tag).expect("a key");
    let (at, field) = form.field(key.name.as_str()).expect("a field");
    assert!(
        control.title.starts_with(field.label.trim_end_matches('…').chars().take(40).collect::<String>().as_str()),
        "{name}: {control:?}"
    );
    assert!(control.title.chars().count() <= 64);
    if let Some(capacity) = layout.values[at.0].capacity {
        assert!(control.title.ends_with(&format!("（限{capacity}字）")), "{name}: {}", control.tag);
    }
    let kind = match field.kind {
        FieldKind::Choice(_) => Some("comboBox"),
        FieldKind::Date | FieldKind::Month => Some("date"),
        FieldKind::Photo => Some("picture"),
        FieldKind::Check => Some("checkbox"),
        _ => None,
    };
    assert_eq!(control.kind.as_deref(), kind, "{name}: {}", control.tag);
    assert_eq!(control.lock.as_deref(), Some("sdtLocked"));
    let block = Key::from_block(control.block.as_deref().expect("a placeholder")).expect("a key");
    assert_eq!((block.name, block.part), (key.name.clone(), key.part));
    assert_eq!(block.kind.expect("a kind").word(), field.kind.word());
    if layout.values[at.0].text.is_empty() && !matches!(field.kind, FieldKind::Photo | FieldKind::Check) {
        assert!(control.blank, "{name}: {}", control.tag);
        let want = if field.kind == FieldKind::Date { "　　年　　月　　日" } else { "　　" };
        assert_eq!(control.text, want, "{name}: {}", control.tag);
    }
}

#[test]
fn values_are_whole() {
    for (name, filled) in forms() {
        let parts = Parts::of(&written(&filled));
        let xml = parts.xml("word/document.xml");
        let controls = controls(&xml);
        for (field, value) in filled.form().fields.iter().zip(&filled.layout().values).filter(|(_, value)| !value.text.is_empty()) {
            let of_part = |part: usize| {
                let key = Key { name: field.name.clone(), kind: None, part, scope: Default::default() };
                controls.iter().filter(move |control| control.tag == key.tag())
            };
            // A value that is not continued stands whole in each of its places.
            let more: String = (1..).map_while(|part| of_part(part).next()).map(|control| control.text.as_str()).collect();
            for control in of_part(0) {
                assert_eq!(format!("{}{more}", control.text), value.text, "{name}: {}", field.name);
            }
        }
        // The digests of the values as issued, of nothing else.
        let custom = parts.xml("docProps/custom.xml");
        let names = custom.descendants().filter_map(|node| node.attribute("name"));
        let digests: BTreeMap<String, String> =
            names.filter(|name| name.starts_with(marks::VALUE)).filter_map(|name| Some((name.to_owned(), parts.property(name)?))).collect();
        let texts = filled.form().fields.iter().zip(&filled.layout().values).filter(|(_, value)| !value.text.is_empty());
        let mut want: BTreeMap<String, String> =
            texts.map(|(field, value)| (format!("{}{}", marks::VALUE, field.name), marks::value_digest(value.text.as_bytes()))).collect();
        if let Some((media, bytes, _)) = parts.0.iter().find(|(part, ..)| part.starts_with("word/media/")) {
            assert!(media.contains("image1"));
            want.insert(format!("{}photo", marks::VALUE), marks::value_digest(bytes));
        }
        assert_eq!(digests, want, "{name}");
    }
}

#[test]
fn awkward_values_come_through() {
    let (form, layout) = full_trial();
    let parts = of_trial(&form, &layout);
    let xml = parts.xml("word/document.xml");
    let controls = controls(&xml);
    let text = |tag: &str| controls.iter().find(|control| control.tag == tag).map(|control| control.text.as_str());
    assert_eq!(text("name"), Some("王㛃𠅤"));
    assert_eq!(text("sex"), Some("其他"));
    assert_eq!(text("deeds"), Some("一\n二&<三>\t四  五"));
    assert_eq!(text("opinion"), Some(" 同意 "));
    assert_eq!(text("consent"), Some("☑"));
    assert_eq!(text("since"), Some("1985.03"));
    // Only a real day has a date behind its text.
    let full = |tag: &str| {
        let control = all(xml.root_element(), "sdtPr").find(|node| child(*node, "tag").and_then(|tag| attr(tag, "val")) == Some(tag));
        control.and_then(|node| child(node, "date")).map(|date| attr(date, "fullDate"))
    };
    assert_eq!(full("joined"), Some(Some("2020-02-29T00:00:00Z")));
    assert_eq!(full("since"), Some(Some("1985-03-01T00:00:00Z")));
    assert_eq!(full("signed"), Some(None));
    let options: Vec<_> = all(xml.root_element(), "listItem").filter_map(|item| attr(item, "value")).collect();
    assert_eq!(options, ["男", "女&“<”"]);
    let checked = xml.descendants().find(|node| node.tag_name().name() == "checked").expect("a state");
    assert_eq!(checked.attributes().next().map(|at| at.value()), Some("1"));
}

#[test]
fn fixed_text_stands_outside_the_controls_and_reads_in_one_piece() {
    let (form, layout) = full_trial();
    let trial = ("trial", of_trial(&form, &layout), layout);
    let shipped = forms().into_iter().map(|(name, filled)| (name, Parts::of(&written(&filled)), filled.layout().clone()));
    for (name, parts, layout) in shipped.chain([trial]) {
        let xml = parts.xml("word/document.xml");
        let texts = layout.frames.iter().flat_map(|frame| &frame.items).filter_map(|item| match (&item.kind, item.role) {
            (ItemKind::Text(text), role) if !matches!(role, Role::Continuation(_)) => Some(text),
            _ => None,
        });
        let texts: Vec<&Text> = texts.collect();
        let said = |text: &Text| -> String {
            let glyphs = text.runs.iter().flat_map(|run| &run.glyphs);
            glyphs.map(|glyph| glyph.ch).filter(|ch| !ch.is_whitespace()).collect()
        };
        let sorted = |text: String| {
            let mut chars: Vec<char> = text.chars().collect();
            chars.sort_unstable();
            chars
        };
        let all_ink: String = texts.iter().map(|text| said(text)).collect();
        assert!(sorted(ink(xml.root_element())) == sorted(all_ink), "{name}: the fixed text is not what the form prints");
        let paragraphs: Vec<String> = all(xml.root_element(), "p").map(ink).collect();
        // The columns of a vertical label are paragraphs of their own.
        for text in texts.iter().filter(|text| text.runs.windows(2).all(|pair| pair[0].baseline <= pair[1].baseline)) {
            assert!(paragraphs.iter().any(|paragraph| paragraph.contains(&said(text))) || two_looks(text), "{name}: {}", said(text));
        }
    }
}

/// Whether the lines of a text differ in size: they are two paragraphs.
fn two_looks(text: &Text) -> bool {
    text.runs.windows(2).any(|pair| pair[0].size != pair[1].size)
}

#[test]
fn spread_labels_are_spread_by_letter_spacing() {
    let parts = Parts::of(&written(&engine().blank("recommendation").expect("it lays out")));
    let xml = parts.xml("word/document.xml");
    let label = all(xml.root_element(), "p").find(|paragraph| words(*paragraph) == "姓名").expect("the label");
    let runs: Vec<(String, Option<&str>)> = all(label, "r")
        .map(|run| {
            (words(run), child(run, "rPr").and_then(|properties| child(properties, "spacing")).and_then(|spacing| attr(spacing, "val")))
        })
        .collect();
    // Two characters over three em of 12 pt: one em, 240 twips, after the first and nothing after the last.
    assert_eq!(runs, [("姓".to_owned(), Some("240")), ("名".to_owned(), None)]);
}

#[test]
fn the_glossary_has_a_placeholder_for_each_control_and_no_value() {
    for (name, parts) in documents() {
        let xml = parts.xml("word/document.xml");
        let glossary = parts.xml("word/glossary/document.xml");
        let entries: Vec<(&str, String)> = all(glossary.root_element(), "docPart")
            .filter_map(|part| {
                let named = child(child(part, "docPartPr")?, "name").and_then(|node| attr(node, "val"))?;
                Some((named, words(child(part, "docPartBody")?)))
            })
            .collect();
        // Word has a picture of its own for a photo's control that was emptied.
        let texts = controls(&xml).into_iter().filter(|control| control.kind.as_deref() != Some("picture"));
        let blocks: BTreeSet<String> = texts.filter_map(|control| control.block).filter(|block| block.chars().count() <= 32).collect();
        assert_eq!(blocks, entries.iter().map(|(name, _)| (*name).to_owned()).collect(), "{name}");
        assert_eq!(entries.len(), blocks.len(), "{name}: a name twice");
        for (block, text) in entries {
            let want = if block.starts_with("fw:date:") { "　　年　　月　　日" } else { "　　" };
            assert_eq!(text, want, "{name}: {block}");
        }
    }
}

#[test]
fn the_fixed_text_has_the_same_digest_whoever_fills_the_form() {
    let digest = |filled: &Filled| Parts::of(&written(filled)).property(marks::INK).expect("a digest");
    let digests: BTreeMap<&str, String> = forms().iter().map(|(name, filled)| (*name, digest(filled))).collect();
    assert_eq!(digests["recommendation"], digests["nominee.json"]);
    assert_eq!(digests["recommendation"], digests["rare.json"]);
    assert_ne!(digests["recommendation"], digests["summary"]);
    for (name, parts) in documents() {
        assert_eq!(parts.property(marks::INK), marks::ink_digest(parts.bytes("word/document.xml")), "{name}");
    }
    let parts = Parts::of(&written(&engine().blank("summary").expect("it lays out")));
    assert_eq!(parts.property(marks::TEMPLATE).as_deref(), Some("summary"));
    assert_eq!(parts.property(marks::VERSION).as_deref(), Some("1"));
    assert_eq!(parts.property(marks::DIGEST).map(|digest| digest.len()), Some(64));
}

#[test]
fn the_photo_is_the_picture_itself_at_its_size() {
    let forms = forms();
    let (_, nominee) = forms.iter().find(|(name, _)| *name == "nominee.json").expect("the nominee");
    let parts = Parts::of(&written(nominee));
    let placed = nominee.layout().frames.iter().flat_map(|frame| &frame.items).find_map(|item| match &item.kind {
        ItemKind::Widget(widget) => {
            widget.items.iter().find_map(|item| if let ItemKind::Image(placed) = &item.kind { Some(placed) } else { None })
        }
        _ => None,
    });
    let PictureData::Jpeg(jpeg) = &placed.expect("a photo").picture.data else { panic!("the sample is a JPEG") };
    assert_eq!(parts.bytes("word/media/image1.jpeg"), jpeg);
    let xml = parts.xml("word/document.xml");
    let named = |name: &str| xml.descendants().find(|node| node.tag_name().name() == name).expect("an element");
    let extent = named("extent");
    // 35 × 49 mm, 36,000 units each.
    assert_eq!((extent.attribute("cx"), extent.attribute("cy")), (Some("1260000"), Some("1764000")));
    assert_eq!(named("docPr").attribute("name"), Some("fw:photo:photo"));
    assert_eq!(named("docPr").attribute("descr"), Some("照片"));
    let control = controls(&xml).into_iter().find(|control| control.tag == "photo").expect("a control");
    assert!(!control.blank);
}

#[test]
fn an_empty_photo_is_a_drawing_that_says_so() {
    let parts = Parts::of(&written(&engine().blank("recommendation").expect("it lays out")));
    let png = parts.bytes("word/media/image1.png");
    let text = [b"Comment\0", marks::NO_PICTURE.as_bytes()].concat();
    assert!(png.windows(text.len()).any(|window| window == text));
    let grey = image::load_from_memory(png).expect("it is a picture").to_luma8();
    assert_eq!(grey.dimensions(), (280, 392));
    // 照 above 片 in the middle of 35 × 49 mm at 8 dots, and nothing elsewhere.
    let dark = |rows: std::ops::Range<u32>| {
        rows.flat_map(|y| (0..280).map(move |x| (x, y))).filter(|(x, y)| grey.get_pixel(*x, *y).0[0] < 128).count()
    };
    assert_eq!((dark(0..150), dark(245..392)), (0, 0));
    assert!(dark(155..195) > 50 && dark(200..240) > 50, "{} {}", dark(155..195), dark(200..240));
    let xml = parts.xml("word/document.xml");
    assert!(controls(&xml).iter().any(|control| control.tag == "photo" && control.blank));
}

#[test]
fn a_cropped_photo_keeps_its_whole_file() {
    let record = Record::open(root().join("samples/nominee.json")).expect("the sample opens");
    let filled = engine().fill_with("recommendation", &record, &FillOptions::default()).expect("it fills");
    let mut layout = filled.layout().clone();
    for item in layout.frames.iter_mut().flat_map(|frame| &mut frame.items) {
        let ItemKind::Widget(widget) = &mut item.kind else { continue };
        for inner in &mut widget.items {
            let ItemKind::Image(placed) = &mut inner.kind else { continue };
            // As of a picture a tenth wider than its frame, and a little higher.
            placed.at.x = placed.clip.x - placed.clip.w * 0.05;
            placed.at.w = placed.clip.w * 1.1;
            placed.at.h = placed.clip.h * 1.25;
            placed.at.y = placed.clip.y;
        }
    }
    let parts = Parts::of(&docx::write(&[(filled.form(), &layout)], fonts(), &DocxOptions::default()).expect("it is written"));
    let xml = parts.xml("word/document.xml");
    let crop = xml.descendants().find(|node| node.tag_name().name() == "srcRect").expect("a crop");
    let sides: Vec<(&str, &str)> = crop.attributes().map(|side| (side.name(), side.value())).collect();
    assert_eq!(sides, [("l", "4545"), ("r", "4545"), ("b", "20000")]);
}

#[test]
fn chosen_fields_are_locked() {
    let options = DocxOptions { locked: ["name", "photo"].map(|name| FieldName::parse(name).expect("a name")).to_vec() };
    let record = Record::open(root().join("samples/nominee.json")).expect("the sample opens");
    let filled = engine().fill_with("recommendation", &record, &FillOptions::default()).expect("it fills");
    let parts = Parts::of(&filled.docx(&options).expect("it is written"));
    let xml = parts.xml("word/document.xml");
    let controls = controls(&xml);
    let locked: Vec<&Control> = controls.iter().filter(|control| control.lock.as_deref() != Some("sdtLocked")).collect();
    assert!(locked.iter().all(|control| control.lock.as_deref() == Some("sdtContentLocked")));
    let tags: BTreeSet<&str> = locked.iter().map(|control| control.tag.as_str()).collect();
    assert_eq!(tags, BTreeSet::from(["name", "photo"]));
    assert_eq!(locked.len(), controls.iter().filter(|control| tags.contains(control.tag.as_str())).count());
}

#[test]
fn several_forms_are_sections_of_one_document() {
    let forms = forms();
    let of =
        |name: &str| forms.iter().find(|(known, _)| *known == name).map(|(_, filled)| (filled.form(), filled.layout())).expect("a form");
    let both = [of("nominee.json"), of("sheet.json"), of("overfull.json")];
    let parts = Parts::of(&docx::write(&both, fonts(), &DocxOptions::default()).expect("they are written"));
    let xml = parts.xml("word/document.xml");
    let sizes = all(xml.root_element(), "pgSz").map(|size| attr(size, "orient")).collect::<Vec<_>>();
    assert_eq!(sizes, [None, Some("landscape"), None]);
    let breaks = all(xml.root_element(), "pageBreakBefore").count();
    let pages: usize = both.iter().map(|(_, layout)| layout.frames.len()).sum();
    assert_eq!(breaks + 3, pages);
    let controls = controls(&xml);
    let ids: BTreeSet<i64> = controls.iter().map(|control| control.id).collect();
    assert_eq!(ids.len(), controls.len());
    let pictures: Vec<_> =
        xml.descendants().filter(|node| node.tag_name().name() == "docPr").filter_map(|node| node.attribute("id")).collect();
    assert_eq!((pictures.len(), pictures.iter().collect::<BTreeSet<_>>().len()), (2, 2));
    assert_eq!(parts.property(marks::TEMPLATE).as_deref(), Some("recommendation"));
    assert!(parts.property("FW:nominees.0.name").is_some() && parts.property("FW:name").is_some());
    assert!(docx::write(&[], fonts(), &DocxOptions::default()).is_err());
}

#[test]
fn things_side_by_side_have_cells_of_their_own() {
    let (form, layout) = full_trial();
    let parts = of_trial(&form, &layout);
    let xml = parts.xml("word/document.xml");
    let cell_of = |tag: &str| {
        let control = all(xml.root_element(), "sdt").find(|node| all(*node, "tag").any(|known| attr(known, "val") == Some(tag)));
        control.and_then(|node| node.ancestors().find(|around| is(*around, "tc"))).expect("a cell").id()
    };
    // The opinion's box, the tick beside it, the signer below it and the date: four places of one cell of the form.
    let cells = ["opinion", "consent", "signer", "signed"].map(cell_of);
    assert!(cells.iter().enumerate().all(|(at, cell)| !cells[..at].contains(cell)));
    // The photo's table stands beside the other one: both are tables in cells of a grid without rules.
    let photo = all(xml.root_element(), "sdt").find(|node| all(*node, "picture").next().is_some()).expect("the photo");
    assert_eq!(photo.ancestors().filter(|around| is(*around, "tbl")).count(), 2);
    // The ends of the cell's own edges bear rules, the cuts in it do not.
    let bare: Vec<&str> =
        all(xml.root_element(), "tcBorders").flat_map(|borders| borders.children()).filter_map(|edge| attr(edge, "val")).collect();
    assert!(bare.len() >= 8 && bare.iter().all(|edge| *edge == "nil"), "{bare:?}");
    // What is between two words of a line stays between them: the signer, at his place by a tab.
    let line = all(xml.root_element(), "p").find(|paragraph| words(*paragraph).starts_with("签字：")).expect("the line");
    assert_eq!(words(line), "签字：李\t先生");
    // The second line of a page's text that is centred is centred.
    let middle = all(xml.root_element(), "p").find(|paragraph| words(*paragraph).contains("第二行")).expect("the lines");
    let style = child(middle, "pPr").and_then(|properties| child(properties, "pStyle")).and_then(|style| attr(style, "val"));
    let styles = parts.xml("word/styles.xml");
    let style = all(styles.root_element(), "style").find(|known| attr(*known, "styleId") == style).expect("a style");
    assert_eq!(all(style, "jc").next().and_then(|jc| attr(jc, "val")), Some("center"));
}

#[test]
fn a_name_that_word_does_not_open_is_an_error() {
    let long = format!("a{}", "b".repeat(64));
    let markup = TRIAL.replace("name=\"name\"", &format!("name=\"{long}\" label=\"长\""));
    let (form, layout) = trial(&markup, "{}");
    let error = docx::write(&[(&form, &layout)], fonts(), &DocxOptions::default()).expect_err("it is refused");
    assert!(matches!(&error, Error::Write(message) if message.contains(&long) && message.contains("64")), "{error}");
}

#[test]
fn a_character_that_xml_cannot_hold_is_told_as_damage() {
    for ch in ['\0', '\u{B}', '\u{1F}', '\u{FFFE}'] {
        let (form, mut layout) = full_trial();
        let items = layout.frames.iter_mut().flat_map(|frame| &mut frame.items);
        let mut flows = items.filter_map(|item| if let ItemKind::Widget(widget) = &mut item.kind { widget.flow.as_mut() } else { None });
        flows.next().expect("it has a text").text.push(ch);
        let parts = of_trial(&form, &layout);
        let told = controls(&parts.xml("word/document.xml")).iter().any(|control| control.text.contains('\u{FFFD}'));
        assert!(told, "U+{:04X}", u32::from(ch));
    }
}

#[test]
fn a_layout_of_another_form_is_an_error() {
    let (form, _) =
        trial("<form><page size=\"a4\"><p x=\"20\" y=\"20\">甲<input name=\"a\" label=\"甲\" width=\"30\"/></p></page></form>", "{}");
    let (_, layout) = full_trial();
    assert!(matches!(docx::write(&[(&form, &layout)], fonts(), &DocxOptions::default()), Err(Error::Write(_))));
}
