//! Layout as text that a person can read in a diff: every item of a laid-out form in millimetres.
//! `BLESS=1 cargo test --test layout` rewrites the references; look at the diff before you commit it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use formwright::engine::{Engine, FillOptions};
use formwright::form::{Form, Role};
use formwright::layout::{Frame, Item, ItemKind};
use formwright::name::FieldName;
use formwright::record::Record;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn engine() -> Engine {
    Engine::open(root().join("templates"), root().join("fonts")).expect("the shipped templates and fonts open")
}

#[test]
fn the_blank_forms_stand_where_they_should() {
    let engine = engine();
    for name in ["recommendation", "summary"] {
        let blank = engine.blank(name).expect("the blank form lays out");
        compare(&format!("{name}-blank.txt"), &told(blank.form(), &blank.layout().frames));
    }
}

#[test]
fn values_stand_where_they_should() {
    let engine = engine();
    let record = Record::open(root().join("samples/rare.json")).expect("the sample opens");
    let filled = engine.fill_with("recommendation", &record, &FillOptions::default()).expect("the sample fills");
    compare("recommendation-rare.txt", &told(filled.form(), &filled.layout().frames));
}

#[test]
fn a_continued_text_loses_nothing() {
    let engine = engine();
    let tens = "甲乙丙丁戊己庚辛壬癸";
    let summary = FieldName::parse("personal_summary").expect("a name");
    let innovations = FieldName::parse("achievements.innovations.content").expect("a name");
    let filled = |one: &str, two: &str, rows: usize| {
        let mut record = Record::open(root().join("samples/rare.json")).expect("the sample opens");
        assert!(record.set(&summary, one) && record.set(&innovations, two));
        for row in 0..rows {
            for column in ["period", "work", "witness"] {
                let name = FieldName::parse(&format!("resume.{row}.{column}")).expect("a name");
                assert!(record.set(&name, &format!("{row}")));
            }
        }
        record
    };
    let plain = engine
        .fill_with("recommendation", &filled("无", "无", 9), &FillOptions::default())
        .map(|filled| told(filled.form(), &filled.layout().frames[..6]));
    let plain = plain.expect("the sample fills");
    let sheet = |told: &str, number: usize| {
        let from = told.find(&format!("sheet {number} ")).expect("the sheet");
        let to = told.find(&format!("sheet {} ", number + 1)).unwrap_or(told.len());
        told[from..to].to_owned()
    };
    // At 10.5 pt a line of the summary has 45 characters; its box and a 附页 hold some thirty lines.
    let awkward: Vec<(String, &str, usize)> = vec![
        (tens.repeat(300), "ends anywhere", 9),
        (
            (1..80).map(|line| tens.repeat(5).chars().take(40 + line % 8).collect::<String>() + "\n").collect(),
            "newlines about the full line",
            10,
        ),
        (format!("{tens}{}{tens}", "\n".repeat(150)), "empty lines between", 22),
        (format!("　　{}　 \n\n", tens.repeat(200)), "spaces round it", 23),
        ("𠅤".repeat(2500), "a rare character at every break", 60),
        ("“王㛃”（𬭎）".repeat(400), "marks at every break", 9),
        ("\n \n　\n".repeat(80), "nothing but newlines", 9),
        ("葛\u{E0100}城\u{AD}".repeat(1500), "marks that are not seen", 9),
    ];
    for (text, why, rows) in awkward {
        let record = filled(&text, &text, rows);
        let done = engine.fill_with("recommendation", &record, &FillOptions::default()).unwrap_or_else(|error| panic!("{why}: {error}"));
        let frames = &done.layout().frames;
        for name in [&summary, &innovations] {
            let want: String = text.split_whitespace().flat_map(str::chars).filter(|ch| !matches!(ch, '\u{E0100}' | '\u{AD}')).collect();
            assert_eq!(said(done.form(), frames, name), want, "{why}");
            assert_eq!(flowing(done.form(), frames, name), text, "{why}: as flowing text");
        }
        let blank = text.trim().is_empty();
        let annexes = frames.iter().skip(6).filter(|frame| continues(frame)).count();
        assert_eq!(blank, annexes == 0, "{why}: {annexes} 附页");
        // 13 rows stand on each 附页 of the résumé.
        assert_eq!(frames.len() - 6 - annexes, rows.saturating_sub(9).div_ceil(13), "{why}");
        let told = told(done.form(), &frames[..6]);
        for other in [1, 2, 3, 6] {
            assert_eq!(sheet(&told, other), sheet(&plain, other), "{why}: sheet {other}");
        }
    }
}

#[test]
fn a_short_value_is_typed_on_one_line_and_a_long_one_on_several() {
    let engine = engine();
    for (sample, want) in [("nominee.json", false), ("minority.json", true)] {
        let record = Record::open(root().join("samples").join(sample)).expect("the sample opens");
        let filled = engine.fill_with("recommendation", &record, &FillOptions::default()).expect("the sample fills");
        let names = filled.layout().frames.iter().take(2).flat_map(|frame| &frame.items).filter_map(|item| match &item.kind {
            ItemKind::Widget(widget) if filled.form()[widget.field].name.as_str() == "name" => Some(widget.multiline),
            _ => None,
        });
        assert_eq!(names.collect::<Vec<_>>(), [want, want], "{sample}");
    }
}

fn continues(frame: &Frame) -> bool {
    frame.items.iter().any(|item| matches!(item.role, Role::Continuation(_)))
}

/// Every character that the paper shows of a field, in the order of the sheets.
fn said(form: &Form, frames: &[Frame], name: &FieldName) -> String {
    let own = |item: &&Item| matches!(item.role, Role::Value(at) | Role::Continuation(at) if form[at].name == *name);
    let inner = |item: &Item| match &item.kind {
        ItemKind::Widget(widget) => widget.items.clone(),
        _ => vec![item.clone()],
    };
    let texts = frames.iter().flat_map(|frame| frame.items.iter().filter(own)).flat_map(inner);
    let runs = texts.flat_map(|item| if let ItemKind::Text(text) = item.kind { text.runs } else { Vec::new() });
    runs.flat_map(|run| run.glyphs).map(|glyph| glyph.ch).filter(|ch| !ch.is_whitespace()).collect()
}

/// The whole value of a field that has one box, from the flowing text of its parts.
fn flowing(form: &Form, frames: &[Frame], name: &FieldName) -> String {
    let parts = frames.iter().flat_map(|frame| &frame.items).filter_map(|item| match (&item.kind, item.role) {
        (ItemKind::Widget(widget), Role::Value(at)) if form[at].name == *name => widget.flow.as_ref(),
        (ItemKind::Text(text), Role::Continuation(at)) if form[at].name == *name => text.flow.as_ref(),
        _ => None,
    });
    parts.map(|flow| flow.text.as_str()).collect()
}

#[test]
fn a_ruled_table_is_covered_by_its_cells() {
    let engine = engine();
    for (template, sample) in [("recommendation", "overfull.json"), ("summary", "sheet.json")] {
        let record = Record::open(root().join("samples").join(sample)).expect("the sample opens");
        let filled = engine.fill_with(template, &record, &FillOptions::default()).expect("the sample fills");
        for frame in &filled.layout().frames {
            for table in &frame.tables {
                let (rows, cols) = (table.ys.len() - 1, table.xs.len() - 1);
                let mut covered = vec![0; rows * cols];
                for (cell, _) in &table.cells {
                    for row in cell.row..cell.row + cell.rowspan {
                        covered[row * cols + cell.col..row * cols + cell.col + cell.colspan].iter_mut().for_each(|times| *times += 1);
                    }
                }
                assert!(covered.iter().all(|times| *times == 1), "{sample}: each square of a table is in one cell");
            }
            let known = |item: &&Item| item.cell.is_none_or(|cell| frame.tables.iter().any(|table| table.number == cell.table));
            assert!(frame.items.iter().all(|item| known(&item)), "{sample}: a cell of no table");
        }
    }
}

/// The frames as lines of text.
fn told(form: &Form, frames: &[Frame]) -> String {
    let mut text = String::new();
    for (number, frame) in frames.iter().enumerate() {
        let title = frame.title.as_deref().unwrap_or("–");
        writeln!(text, "sheet {} {}×{} {title}", number + 1, frame.size.0.0, frame.size.1.0).unwrap();
        for item in &frame.items {
            tell(form, item, 1, &mut text);
        }
    }
    text
}

fn tell(form: &Form, item: &Item, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let role = match item.role {
        Role::Value(at) => format!("value {}", form[at].name),
        Role::Continuation(at) => format!("continuation {}", form[at].name),
        other => format!("{other:?}").to_lowercase(),
    };
    let cell = item.cell.map_or(String::new(), |cell| format!(" [r{} c{}]", cell.row, cell.col));
    match &item.kind {
        ItemKind::Text(set) => {
            let actual = set.actual.as_ref().map_or(String::new(), |actual| format!(" = {actual}"));
            writeln!(text, "{indent}{role}{cell}{actual}").unwrap();
            for run in &set.runs {
                let words: String = run.glyphs.iter().map(|glyph| glyph.ch).collect();
                writeln!(
                    text,
                    "{indent}  {:.2},{:.2} w{:.2} {}pt face{} {words}",
                    run.x.0,
                    run.baseline.0,
                    run.width().0,
                    run.size.0,
                    run.face.0
                )
                .unwrap();
            }
        }
        ItemKind::Line(line) => writeln!(
            text,
            "{indent}line {:.2},{:.2} – {:.2},{:.2} {}pt",
            line.from.0.0, line.from.1.0, line.to.0.0, line.to.1.0, line.width.0
        )
        .unwrap(),
        ItemKind::Image(image) => writeln!(
            text,
            "{indent}picture {}×{}px at {:.2},{:.2} {:.2}×{:.2}",
            image.picture.width, image.picture.height, image.at.x.0, image.at.y.0, image.at.w.0, image.at.h.0
        )
        .unwrap(),
        ItemKind::Copy(copy) => {
            writeln!(text, "{indent}copy at {:.2},{:.2} {:.2}×{:.2}", copy.at.x.0, copy.at.y.0, copy.at.w.0, copy.at.h.0).unwrap()
        }
        ItemKind::Widget(widget) => {
            let at = widget.at;
            writeln!(text, "{indent}{role}{cell} box {:.2},{:.2} {:.2}×{:.2} {}pt", at.x.0, at.y.0, at.w.0, at.h.0, widget.size.0).unwrap();
            for inner in &widget.items {
                tell(form, inner, depth + 1, text);
            }
        }
    }
}

fn compare(name: &str, got: &str) {
    let path = root().join("tests/layout").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, got).expect("the reference can be written");
        return;
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((number, (want, got))) = want.lines().zip(got.lines()).enumerate().find(|(_, (want, got))| want != got) {
        panic!("{} differs in line {}:\n  want {want}\n  got  {got}", display(&path), number + 1);
    }
    assert_eq!(want.lines().count(), got.lines().count(), "{} has another number of lines", display(&path));
}

fn display(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
