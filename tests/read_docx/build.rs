//! A DOCX made by hand, part by part, so that each test says what is in it.

use std::io::{Cursor, Write};

use formwright::package::marks;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A photo.
pub const PHOTO: &[u8] = include_bytes!("../hostile/images/plain.jpg");

/// The namespaces of a document.
pub const NAMES: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:w16se="http://schemas.microsoft.com/office/word/2015/wordml/symex""#;

/// A DOCX with one main part.
#[derive(Clone)]
pub struct Docx {
    main: String,
    xml: String,
    parts: Vec<(String, Vec<u8>)>,
    relations: String,
    properties: String,
    strict: bool,
}

impl Docx {
    /// A document with that body.
    pub fn new(body: &str) -> Docx {
        let xml =
            format!(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {NAMES}><w:body>{body}</w:body></w:document>"#);
        let (parts, relations, properties) = (Vec::new(), String::new(), String::new());
        Docx { main: "word/document.xml".into(), xml, parts, relations, properties, strict: false }
    }

    /// The main part.
    pub fn xml(&self) -> &str {
        &self.xml
    }

    /// The same with another main part.
    pub fn document(mut self, xml: &str) -> Docx {
        self.xml = xml.to_owned();
        self
    }

    /// The same with relationships of strict documents (ISO/IEC 29500-1).
    pub fn strict(mut self) -> Docx {
        self.strict = true;
        self
    }

    /// The same with the main part elsewhere.
    pub fn moved(mut self, main: &str) -> Docx {
        self.main = main.to_owned();
        self
    }

    /// The same with another part.
    pub fn part(mut self, name: &str, bytes: &[u8]) -> Docx {
        self.parts.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// The same with a relationship of the main part.
    pub fn relation(mut self, id: &str, kind: &str, target: &str) -> Docx {
        self.relations += &format!(r#"<Relationship Id="{id}" Type="{}/{kind}" Target="{target}"/>"#, self.types());
        self
    }

    /// The same with a relationship of the main part that leads out of the package.
    pub fn external(mut self, id: &str, kind: &str, target: &str) -> Docx {
        self.relations += &format!(r#"<Relationship Id="{id}" Type="{}/{kind}" Target="{target}" TargetMode="External"/>"#, self.types());
        self
    }

    /// The same with a custom property.
    pub fn property(mut self, name: &str, value: &str) -> Docx {
        self.properties += &format!(
            r#"<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}"><vt:lpwstr>{value}</vt:lpwstr></property>"#
        );
        self
    }

    /// The same as issued by us with that value.
    pub fn issued(mut self, name: &str, value: &str) -> Docx {
        if !self.properties.contains(marks::TEMPLATE) {
            self = self.property("fwTEMPLATE", "recommendation").property(marks::VERSION, "1").property(marks::DIGEST, "d1");
        }
        if value.is_empty() { self } else { self.property(&format!("{}{name}", marks::VALUE), &marks::value_digest(value.as_bytes())) }
    }

    fn types(&self) -> &str {
        if self.strict {
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        } else {
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        }
    }

    /// The parts in their order.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let relations = |inside: &str| {
            format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>"#)
                .into_bytes()
        };
        let (folder, file) = self.main.rsplit_once('/').expect("the main part is in a folder");
        let custom = if self.strict { "customProperties" } else { "custom-properties" };
        let root = format!(
            r#"<Relationship Id="a" Type="{0}/officeDocument" Target="/{1}"/><Relationship Id="b" Type="{0}/{custom}" Target="docProps/custom.xml"/>"#,
            self.types(),
            self.main
        );
        let properties = format!(
            r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{}</Properties>"#,
            self.properties
        );
        let mut parts = vec![
            ("_rels/.rels".to_owned(), relations(&root)),
            (format!("{folder}/_rels/{file}.rels"), relations(&self.relations)),
            ("docProps/custom.xml".to_owned(), properties.into_bytes()),
            (self.main.clone(), self.xml.clone().into_bytes()),
        ];
        parts.extend(self.parts.iter().cloned());
        parts
    }

    /// The whole file.
    pub fn zip(&self) -> Vec<u8> {
        pack(&self.parts())
    }
}

/// A zip of those entries, whatever their names.
pub fn pack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), options).expect("an entry begins");
        zip.write_all(bytes).expect("an entry is written");
    }
    zip.finish().expect("a zip ends").into_inner()
}

/// A PNG of one pixel that says it only marks an empty place.
pub fn no_picture() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    };
    chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0");
    chunk(b"tEXt", format!("Comment\0{}", marks::NO_PICTURE).as_bytes());
    chunk(b"IEND", b"");
    bytes
}
