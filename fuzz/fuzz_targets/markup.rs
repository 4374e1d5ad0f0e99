//! Any text as a template of one file: a form or diagnostics, and every diagnostic at a place that exists.
#![no_main]

use formwright::diag::{Diagnostics, Place};
use formwright::markup;
use formwright::template::{Files, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut files = Files::new();
    files.insert("fuzz/template.json".to_owned(), r#"{"id":"fuzz","version":"1","title":"试","outputs":["pdf"]}"#.to_owned());
    files.insert("fuzz/defaults.json".to_owned(), r#"{"title":"试","lines":["一","二"]}"#.to_owned());
    files.insert("round.json".to_owned(), r#"{"city":"某市","year":2021}"#.to_owned());
    files.insert("fuzz/form.hbs".to_owned(), text.to_owned());
    if let Err(wrong) = form(&files) {
        assert!(wrong.has_errors());
        for diagnostic in wrong.iter() {
            if let Place::Template { line, column, width, .. } = &diagnostic.place {
                assert!(*line > 0 && *column > 0 && *width > 0);
            }
        }
    }
});

fn form(files: &Files) -> Result<(), Diagnostics> {
    let template = Template::load("fuzz", files)?;
    let markup = template.expand(&|_| 0)?;
    markup::parse(&markup, template.id())?;
    Ok(())
}
