//! Layout as text that a person can read in a diff: every item of a laid-out form in millimetres.
//! `BLESS=1 cargo test --test layout` rewrites the references; look at the diff before you commit it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use formwright::engine::{Engine, FillOptions};
use formwright::form::{Form, Role};
use formwright::layout::{Frame, Item, ItemKind};
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
    let record = Record::open(&root().join("samples/rare.json")).expect("the sample opens");
    let filled = engine.fill_with("recommendation", &record, &FillOptions::default()).expect("the sample fills");
    compare("recommendation-rare.txt", &told(filled.form(), &filled.layout().frames));
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
