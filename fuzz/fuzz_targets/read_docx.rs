//! Any bytes as a DOCX; and any bytes as one part of a sound one, so that what lies behind the zip is reached.
#![no_main]

use std::collections::BTreeSet;

use formwright::diag::Severity;
use formwright::package::{Part, pack};
use formwright::readback::{Content, read};
use libfuzzer_sys::fuzz_target;

const NAMES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml""#;

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"PK") {
        judge(bytes);
        return;
    }
    // The first byte tells which part the others are.
    let Some((which, rest)) = bytes.split_first() else { return };
    let field = r#"<w:p><w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent><w:r><w:t>b</w:t></w:r></w:sdtContent></w:sdt></w:p>"#;
    let picture = r#"<w:p><w:r><w:drawing><wp:docPr name="fw:photo:p"/><a:blip r:embed="p"/></w:drawing></w:r></w:p>"#;
    let whole = |body: &[u8]| [format!("<w:document {NAMES}><w:body>").as_bytes(), body, b"</w:body></w:document>"].concat();
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |list: &[(&str, &str, &str)]| {
        let list: String = list.iter().map(|(id, kind, to)| format!(r#"<Relationship Id="{id}" Type="{office}/{kind}" Target="{to}"/>"#)).collect();
        format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{list}</Relationships>"#).into_bytes()
    };
    let mut parts = [
        ("_rels/.rels", relations(&[("a", "officeDocument", "word/document.xml"), ("b", "custom-properties", "custom.xml")])),
        ("custom.xml", b"<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\"><property name=\"FWTemplate\">t</property><property name=\"FWInk\">i</property><property name=\"FW:a\">d</property></Properties>".to_vec()),
        ("word/_rels/document.xml.rels", relations(&[("p", "image", "p.png"), ("h", "header", "h.xml"), ("g", "glossaryDocument", "g.xml")])),
        ("word/document.xml", whole([field, picture].concat().as_bytes())),
        ("word/h.xml", format!("<w:hdr {NAMES}>{field}</w:hdr>").into_bytes()),
        ("word/g.xml", format!("<w:glossaryDocument {NAMES}><w:name w:val=\"fw:text:a\"/><w:t>b</w:t></w:glossaryDocument>").into_bytes()),
        ("word/p.png", b"\x89PNG\r\n\x1A\n".to_vec()),
    ];
    match which % 10 {
        7.. => parts[3].1 = whole(rest),
        part => parts[usize::from(part)].1 = rest.to_vec(),
    }
    let parts = parts.map(|(name, bytes)| Part { name: name.to_owned(), bytes });
    judge(&pack(&parts).expect("a sound package is written"));
});

fn judge(bytes: &[u8]) {
    match read("f.docx", bytes) {
        Ok(back) => {
            let names: BTreeSet<&str> = back.fields.iter().map(|field| field.name.as_str()).collect();
            assert_eq!(names.len(), back.fields.len(), "each field once");
            assert!(back.warnings.iter().all(|warning| warning.severity == Severity::Warning && warning.help.is_some()));
            for field in &back.fields {
                if let Content::Picture(Some(bytes)) = &field.value {
                    assert!(bytes.starts_with(b"\xFF\xD8\xFF") || bytes.starts_with(b"\x89PNG"), "a JPEG or a PNG");
                }
            }
        }
        Err(found) => assert!(found.iter().all(|error| error.severity == Severity::Error), "errors say why"),
    }
}
