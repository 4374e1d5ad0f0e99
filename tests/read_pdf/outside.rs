//! What a PDF says outside our fields is told: no value is lost in silence.

use formwright::diag::Place;
use formwright::readback::read;

use super::raw;

/// A form with our `name`, one more field, and a page with that annotation.
fn file(other: &str, annotation: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/AcroForm<</Fields[2 0 R 3 0 R]>>/Pages 4 0 R>>",
        "<</FT/Tx/T(name)/V(a)>>",
        other,
        "<</Type/Pages/Kids[5 0 R]/Count 1>>",
        "<</Type/Page/Parent 4 0 R/MediaBox[0 0 9 9]/Annots[6 0 R]>>",
        annotation,
    ];
    raw::file(&objects.map(|object| object.as_bytes().to_vec()))
}

fn told(other: &str, annotation: &str) -> Vec<&'static str> {
    let back = read("表.pdf", &file(other, annotation)).unwrap_or_else(|found| panic!("{:?}", found.codes()));
    assert!(back.warnings.iter().all(|one| one.place == Place::File { file: "表.pdf".into() }), "{annotation}");
    back.warnings.codes()
}

#[test]
fn notes_on_the_pages_are_told() {
    for kind in ["FreeText", "Text", "Ink", "Stamp", "StrikeOut", "Caret", "FileAttachment"] {
        assert_eq!(told("null", &format!("<</Type/Annot/Subtype/{kind}/Contents(b)/Rect[0 0 9 9]>>")), ["notes-on-pages"], "{kind}");
    }
    for kind in ["Link", "Popup", "Highlight", "Widget"] {
        assert_eq!(told("null", &format!("<</Type/Annot/Subtype/{kind}/Rect[0 0 9 9]>>")), [""; 0], "{kind}");
    }
}

#[test]
fn fields_that_are_not_ours_are_told_where_they_hold_something() {
    // qpdf calls the fields of the second of two merged files so.
    for name in ["name+1", "Text 1", "resume.0x"] {
        assert_eq!(told(&format!("<</FT/Tx/T({name})/V(b)>>"), "null"), ["fields-not-ours"], "{name}");
        assert_eq!(told(&format!("<</FT/Tx/T({name})/V( )>>"), "null"), [""; 0], "{name}");
        assert_eq!(told(&format!("<</FT/Btn/T({name})/V/Off>>"), "null"), [""; 0], "{name}");
    }
}
