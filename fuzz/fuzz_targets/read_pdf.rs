//! Any bytes as a filled PDF: values or words, and never a value where nothing may stand.
#![no_main]

use formwright::readback::{Content, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The dispatcher tells files by their first bytes; this target is about one kind.
    if bytes.starts_with(b"PK") {
        return;
    }
    match read("fuzz.pdf", bytes) {
        Err(found) => assert!(found.has_errors()),
        Ok(back) => {
            assert!(!back.fields.is_empty());
            for field in &back.fields {
                if let Content::Text(text) = &field.value {
                    assert!(!text.contains('\r'));
                }
                assert!(field.kind.as_ref().is_none_or(|kind| kind.is_data()));
            }
        }
    }
});
