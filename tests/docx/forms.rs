//! The forms that the DOCX tests write.

use std::path::PathBuf;
use std::sync::OnceLock;

use formwright::diag::Diagnostic;
use formwright::docx::{self, DocxOptions};
use formwright::engine::{Engine, FillOptions, Filled};
use formwright::fonts::{FontOptions, Fonts};
use formwright::form::Form;
use formwright::layout::{self, Layout, LayoutOptions};
use formwright::markup;
use formwright::record::{Assets, Record};
use formwright::template::{Files, Template};

use crate::reading::Parts;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::open(root().join("templates"), root().join("fonts")).expect("the shipped templates and fonts open"))
}

/// Every form that is tested: the shipped templates with their samples, and blank.
pub fn forms() -> Vec<(&'static str, Filled<'static>)> {
    let filled = |template, sample: &'static str| {
        let record = Record::open(root().join("samples").join(sample)).expect("the sample opens");
        (sample, engine().fill_with(template, &record, &FillOptions::default()).expect("the sample fills"))
    };
    let blank = |template| (template, engine().blank(template).expect("the blank form lays out"));
    vec![
        blank("recommendation"),
        blank("summary"),
        filled("recommendation", "nominee.json"),
        filled("recommendation", "overfull.json"),
        filled("recommendation", "rare.json"),
        filled("recommendation", "minority.json"),
        filled("summary", "sheet.json"),
    ]
}

pub fn written(filled: &Filled) -> Vec<u8> {
    filled.docx(&DocxOptions::default()).expect("the form is written")
}

pub fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| Fonts::open(&FontOptions { folders: vec![root().join("fonts")], system: false }).expect("the fonts open"))
}

/// The form of `tests/docx/trial.hbs`, with every kind of field and what shipped templates do not have, and a record on it.
pub fn trial(markup: &str, record: &str) -> (Form, Layout) {
    struct NoFiles;
    impl Assets for NoFiles {
        fn read(&self, _: &str) -> Result<Vec<u8>, Diagnostic> {
            unreachable!("the record names no file")
        }
    }
    let mut files = Files::new();
    let about = "{\"id\": \"trial\", \"version\": \"1\", \"title\": \"<A&B> “引”\", \"outputs\": [\"docx\"]}";
    files.insert("trial/template.json".to_owned(), about.to_owned());
    files.insert("trial/defaults.json".to_owned(), "{}".to_owned());
    files.insert("round.json".to_owned(), "{}".to_owned());
    files.insert("trial/form.hbs".to_owned(), markup.to_owned());
    let template = Template::load("trial", &files).unwrap_or_else(|found| panic!("{found:?}"));
    let record = Record::parse(record.as_bytes(), &NoFiles).expect("the record is one");
    let form = markup::parse(&template.expand(&|array| record.rows(array)).expect("it expands"), template.id());
    let form = form.unwrap_or_else(|found| panic!("{found:?}"));
    let (layout, found) = layout::lay_out(&form, &record, fonts(), &LayoutOptions::default());
    assert!(!found.has_errors(), "{found:?}");
    (form, layout)
}

/// The markup of the trial form.
pub const TRIAL: &str = include_str!("trial.hbs");

pub fn full_trial() -> (Form, Layout) {
    let deeds = "一\\n二&<三>\\t四  五";
    let record = format!(
        "{{\"name\": \"王㛃𠅤\", \"joined\": \"2020-02-29\", \"since\": \"1985-03\", \"sex\": \"其他\", \"deeds\": \"{deeds}\", \
         \"opinion\": \" 同意 \", \"consent\": true, \"signer\": \"李\", \"signed\": \"2021-02-30\"}}"
    );
    trial(TRIAL, &record)
}

pub fn of_trial(form: &Form, layout: &Layout) -> Parts {
    Parts::of(&docx::write(&[(form, layout)], fonts(), &DocxOptions::default()).expect("it is written"))
}

/// Every document that is tested, by name.
pub fn documents() -> Vec<(&'static str, Parts)> {
    let mut all: Vec<(&str, Parts)> = forms().iter().map(|(name, filled)| (*name, Parts::of(&written(filled)))).collect();
    let (form, layout) = full_trial();
    all.push(("trial", of_trial(&form, &layout)));
    all
}
