//! Any bytes as a record whose files do not exist: a record or diagnostics.
#![no_main]

use formwright::diag::{Diagnostic, Message, Place};
use formwright::name::FieldName;
use formwright::record::{Assets, Record};
use libfuzzer_sys::fuzz_target;

struct NoFiles;

impl Assets for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, Diagnostic> {
        let place = Place::Record { pointer: String::new(), label: String::new() };
        Err(Diagnostic::warning("photo-missing", place, Message::new("没有这个文件", "there is no such file")))
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::parse(bytes, &NoFiles) {
        for name in ["name", "photo", "resume.0.period", "opinions.experts.text", "attachments.3.file", "nominees.29.name"] {
            if let Some(name) = FieldName::parse(name) {
                let _ = (record.text(&name), record.asset(&name));
            }
        }
        for array in ["resume", "nominees", "attachments", "name"] {
            let _ = record.rows(array);
        }
    }
});
