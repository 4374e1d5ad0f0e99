//! A filled form, PDF or DOCX, back as a record; and what is other than when it went out.
//!
//!     cargo run --example read_back -- filled.pdf record.json
//!     cargo run --example read_back -- filled.docx record.json sent.json
//!
//! reads the form into a new `record.json`, and lists the fields that differ from the record that was sent.

use std::error::Error;
use std::fs;

use formwright::{Engine, Lang, Record};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [filled, record] => read(filled, record, None),
        [filled, record, sent] => read(filled, record, Some(sent)),
        _ => Err("usage: read_back FILLED RECORD.json [SENT.json]".into()),
    }
}

fn read(filled: &str, record: &str, sent: Option<&String>) -> Result<(), Box<dyn Error>> {
    let engine = Engine::open("templates", "fonts")?;
    let back = engine.read("recommendation", filled, &fs::read(filled)?)?; // any program may have filled it in
    for one in back.warnings.iter() {
        eprintln!("{}: {}", one.code, one.message.text(Lang::En)); // damaged characters, values gone missing, what the check says
    }
    fs::write(record, back.record().to_json())?; // the photo is in it, as a data URI

    if let Some(sent) = sent {
        for difference in back.differences(&Record::open(sent)?) {
            println!("{} {:?}", difference.name, difference.change);
        }
    }
    Ok(())
}
