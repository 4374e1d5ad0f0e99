//! The parts beside the body: settings, fonts, properties, and what holds them together.

use std::fmt::Write;

use super::shared::Shared;
use super::styles::font_name;
use super::xml::{DECLARATION, escaped, sound};
use crate::error::Error;
use crate::form::FontRole;
use crate::package::Part;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The parts of a document in their order; `properties` are its custom ones, each name once.
pub(super) fn parts(title: &str, document: String, properties: Vec<(String, String)>, shared: Shared) -> Result<Vec<Part>, Error> {
    let glossary = shared.controls.has_blocks();
    let mut parts = vec![
        part("[Content_Types].xml", content_types(glossary)),
        part("_rels/.rels", package_relations()),
        part("word/document.xml", document),
        part("word/_rels/document.xml.rels", document_relations(&shared, glossary)),
        part("word/styles.xml", shared.styles.part()),
        part("word/settings.xml", settings()),
        part("word/fontTable.xml", font_table()),
    ];
    if glossary {
        parts.push(part("word/glossary/document.xml", shared.controls.glossary()?));
    }
    parts.push(part("docProps/core.xml", core(title)?));
    parts.push(part("docProps/custom.xml", custom(&properties)?));
    parts.extend(shared.pictures.parts());
    Ok(parts)
}

fn part(name: &str, text: String) -> Part {
    Part { name: name.to_owned(), bytes: text.into_bytes() }
}

fn content_types(glossary: bool) -> String {
    let mut out = format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/><Default Extension=\"png\" ContentType=\"image/png\"/>"
    );
    let word = |name: &str, kind: &str| (format!("/word/{name}.xml"), format!("{TYPE}.{kind}+xml"));
    let mut overrides =
        vec![word("document", "document.main"), word("styles", "styles"), word("settings", "settings"), word("fontTable", "fontTable")];
    if glossary {
        overrides.push(word("glossary/document", "document.glossary"));
    }
    overrides.push(("/docProps/core.xml".to_owned(), "application/vnd.openxmlformats-package.core-properties+xml".to_owned()));
    overrides.push(("/docProps/custom.xml".to_owned(), "application/vnd.openxmlformats-officedocument.custom-properties+xml".to_owned()));
    for (name, kind) in overrides {
        let _ = write!(out, "<Override PartName=\"{name}\" ContentType=\"{kind}\"/>");
    }
    out.push_str("</Types>");
    out
}

fn relations(relations: &[(&str, String, &str)]) -> String {
    let mut out = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (id, kind, target) in relations {
        let _ = write!(out, "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>");
    }
    out
}

fn package_relations() -> String {
    let mut out = relations(&[
        ("rId1", format!("{OFFICE}/officeDocument"), "word/document.xml"),
        ("rId2", format!("{PACKAGE}/relationships/metadata/core-properties"), "docProps/core.xml"),
        ("rId3", format!("{OFFICE}/custom-properties"), "docProps/custom.xml"),
    ]);
    out.push_str("</Relationships>");
    out
}

fn document_relations(shared: &Shared, glossary: bool) -> String {
    let mut all = vec![
        ("rId1", format!("{OFFICE}/styles"), "styles.xml"),
        ("rId2", format!("{OFFICE}/settings"), "settings.xml"),
        ("rId3", format!("{OFFICE}/fontTable"), "fontTable.xml"),
    ];
    if glossary {
        all.push(("rId4", format!("{OFFICE}/glossaryDocument"), "glossary/document.xml"));
    }
    let mut out = relations(&all);
    shared.pictures.relate(&mut out);
    out.push_str("</Relationships>");
    out
}

/// `word/settings.xml` (17.15.1.78): what layout assumes of the program that shows the document.
fn settings() -> String {
    // Compatibility mode 15 is Word 2013 and later: tables stand where tblInd says, whatever their cells' margins.
    // A line that ends in a break is not stretched to the full width.
    let word = "http://schemas.microsoft.com/office/word";
    format!(
        "{DECLARATION}<w:settings xmlns:w=\"{WORD}\"><w:defaultTabStop w:val=\"420\"/>\
         <w:characterSpacingControl w:val=\"doNotCompress\"/><w:compat><w:doNotExpandShiftReturn/>\
         <w:compatSetting w:name=\"compatibilityMode\" w:uri=\"{word}\" w:val=\"15\"/>\
         <w:compatSetting w:name=\"overrideTableStyleFontSizeAndJustification\" w:uri=\"{word}\" w:val=\"1\"/>\
         <w:compatSetting w:name=\"enableOpenTypeFeatures\" w:uri=\"{word}\" w:val=\"1\"/>\
         <w:compatSetting w:name=\"doNotFlipMirrorIndents\" w:uri=\"{word}\" w:val=\"1\"/>\
         <w:compatSetting w:name=\"differentiateMultirowTableHeaders\" w:uri=\"{word}\" w:val=\"1\"/></w:compat>\
         <w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"
    )
}

/// `word/fontTable.xml` (17.8.3.10): the faces as an office's computers name them, and the other name of each.
fn font_table() -> String {
    let mut out = format!("{DECLARATION}<w:fonts xmlns:w=\"{WORD}\">");
    for (role, other, family) in [
        (FontRole::Song, "SimSun", "auto"),
        (FontRole::Fang, "FangSong", "modern"),
        (FontRole::Hei, "SimHei", "modern"),
        (FontRole::Title, "FZXiaoBiaoSong-B05S", "auto"),
    ] {
        let name = font_name(role);
        let _ = write!(
            out,
            "<w:font w:name=\"{name}\"><w:altName w:val=\"{other}\"/><w:charset w:val=\"86\"/><w:family w:val=\"{family}\"/></w:font>"
        );
    }
    out.push_str("</w:fonts>");
    out
}

/// `docProps/core.xml` (part 2, 11): title and language; nobody wrote it, at no time.
fn core(title: &str) -> Result<String, Error> {
    Ok(format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title><dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy><dc:language>zh-CN</dc:language>\
         </cp:coreProperties>",
        escaped(&sound(title))
    ))
}

/// `docProps/custom.xml` (22.3): names and texts.
fn custom(properties: &[(String, String)]) -> Result<String, Error> {
    let mut out = format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" \
         xmlns:vt=\"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes\">"
    );
    // Numbers begin at 2; 0 and 1 belong to the format.
    for (number, (name, value)) in (2..).zip(properties) {
        let _ = write!(
            out,
            "<property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"{number}\" name=\"{}\"><vt:lpwstr>{}</vt:lpwstr></property>",
            escaped(&sound(name)),
            escaped(&sound(value))
        );
    }
    out.push_str("</Properties>");
    Ok(out)
}
