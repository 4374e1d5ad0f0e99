//! XML that a stranger wrote, as events within limits: no DOCTYPE, no unknown entity, no deeper than is sane.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::{EscapeError, resolve_predefined_entity};
use quick_xml::events::{BytesDecl, BytesStart, Event as Raw};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// How many elements may be open at once; a form of ours has 22, a copy by LibreOffice 24.
const DEPTH: usize = 256;
/// How many elements, pieces of text and the like a part may have: a dossier of thirty people, seven pages each, has
/// a quarter of it.
const EVENTS: usize = 1_000_000;
/// How many attributes an element may have; the root of a document has some forty.
const ATTRIBUTES: usize = 256;
/// How many resolved prefixes are remembered.
const PREFIXES: usize = 8;
/// How many namespaces may be declared at once.
const NAMESPACES: usize = 96;

/// Why XML is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It has a DOCTYPE; Office documents have none, and traps have.
    Doctype,
    /// It names an entity that XML itself does not have.
    Entity,
    /// Its elements are nested too deep.
    Deep,
    /// It has more elements and pieces of text than a form may have.
    Long,
    /// An element has too many attributes, or there are too many namespaces.
    Wide,
    /// It is not in UTF-8.
    Encoding,
    /// It ends before its root element does.
    Cut,
    /// It is not well-formed.
    Broken,
}

/// The namespaces that mean something to us, transitional and strict alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ns {
    /// No namespace: most attributes.
    None,
    /// WordprocessingML, `w:`.
    Word,
    /// Word's first extension, `w14:`, with the tick box.
    Word14,
    /// Word's symbols beyond fonts, `w16se:`.
    Symbol,
    /// Relationships named in a document, `r:`.
    Rel,
    /// A part that holds relationships.
    Relations,
    /// DrawingML, `a:`.
    Drawing,
    /// The place of a drawing in a document, `wp:`.
    Placed,
    /// VML, `v:`, the drawings of old.
    Vml,
    /// Alternate content, `mc:`.
    Compatibility,
    /// Formulae, `m:`.
    Maths,
    /// Custom properties.
    Properties,
    /// The values of properties, `vt:`.
    Values,
    /// What every document may use, `xml:`.
    Xml,
    /// Any other.
    Other,
}

/// What stands in the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'x> {
    /// An element begins; its attributes are at [`Xml::attribute`]. A name that means nothing to us is `""`.
    Start(Ns, &'static str),
    /// The element that began last ends.
    End(Ns, &'static str),
    /// Characters; several events may follow one another.
    Text(Cow<'x, str>),
    /// The end of the document.
    Done,
}

/// XML read event by event, in time that grows with its length and memory that grows with its depth.
pub struct Xml<'x> {
    reader: NsReader<&'x [u8]>,
    /// What is open, from the root inwards.
    open: Vec<Open>,
    /// The prefixes that were met last, resolved: the reader's own search asks every declaration for each element.
    prefixes: Vec<(String, Ns)>,
    /// The element that began last.
    start: BytesStart<'x>,
    /// Whether that element was written `<a/>` and its end is still owed.
    empty: bool,
    /// Whether the root element has begun.
    begun: bool,
    /// How many events the reader has given.
    events: usize,
}

/// An open element.
struct Open {
    ns: Ns,
    local: &'static str,
    /// Whether it declares namespaces, so that prefixes mean something else behind it.
    declares: bool,
}

impl<'x> Xml<'x> {
    /// A reader at the beginning of a document.
    pub fn new(bytes: &'x [u8]) -> Result<Xml<'x>, Malformed> {
        // UTF-16 is allowed in parts (ECMA-376 part 2, 6.2.5), but no program that can be met writes it.
        if matches!(bytes, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, _, ..] | [_, 0, ..]) {
            return Err(Malformed::Encoding);
        }
        let mut reader = NsReader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
        reader.resolver_mut().set_max_namespace_bindings(NAMESPACES);
        Ok(Xml { reader, open: Vec::new(), prefixes: Vec::new(), start: BytesStart::new(""), empty: false, begun: false, events: 0 })
    }

    /// The next event. After [`Event::Done`] there is nothing more.
    // No iterator: it can fail, and the attributes of what it gave are asked of it.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Event<'x>, Malformed> {
        if self.empty {
            self.empty = false;
            return self.close();
        }
        loop {
            self.events += 1;
            if self.events > EVENTS {
                return Err(Malformed::Long);
            }
            match self.reader.read_event().map_err(malformed)? {
                Raw::Start(start) => return self.begin(start),
                Raw::Empty(start) => {
                    self.empty = true;
                    return self.begin(start);
                }
                Raw::End(_) => return self.close(),
                Raw::Text(text) => {
                    let text = valid(text.xml10_content())?;
                    if !self.open.is_empty() {
                        return Ok(Event::Text(text));
                    }
                    if !text.chars().all(is_space) {
                        return Err(Malformed::Broken);
                    }
                }
                Raw::CData(text) if !self.open.is_empty() => return Ok(Event::Text(valid(text.xml10_content())?)),
                Raw::GeneralRef(name) if !self.open.is_empty() => {
                    let text = match name.resolve_char_ref().map_err(malformed)? {
                        Some(ch) => Cow::Owned(ch.to_string()),
                        None => Cow::Borrowed(resolve_predefined_entity(&name.into_inner()).ok_or(Malformed::Entity)?),
                    };
                    return Ok(Event::Text(valid(text)?));
                }
                Raw::CData(_) | Raw::GeneralRef(_) => return Err(Malformed::Broken),
                Raw::DocType(_) => return Err(Malformed::Doctype),
                Raw::Decl(decl) => declared(&decl)?,
                Raw::Comment(_) | Raw::PI(_) => {}
                Raw::Eof if self.open.is_empty() && self.begun => return Ok(Event::Done),
                Raw::Eof => return Err(Malformed::Cut),
            }
        }
    }

    /// An attribute of the element that began last, its references resolved. One without a prefix is in [`Ns::None`].
    pub fn attribute(&self, ns: Ns, local: &str) -> Result<Option<String>, Malformed> {
        for attribute in self.start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| Malformed::Broken)?;
            if attribute.key.local_name().as_ref() == local && namespace(&self.reader.resolver().resolve_attribute(attribute.key).0) == ns {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(malformed)?;
                return valid(value).map(|value| Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    /// How many elements are open, the one that began last included.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    fn begin(&mut self, start: BytesStart<'x>) -> Result<Event<'x>, Malformed> {
        if self.open.is_empty() && self.begun {
            return Err(Malformed::Broken);
        }
        if self.open.len() >= DEPTH {
            return Err(Malformed::Deep);
        }
        let (mut count, mut declares) = (0, false);
        // Most elements have none.
        let attributes = (!start.attributes_raw().is_empty()).then(|| start.attributes());
        for attribute in attributes.into_iter().flatten() {
            declares |= attribute.map_err(|_| Malformed::Broken)?.key.as_namespace_binding().is_some();
            count += 1;
            if count > ATTRIBUTES {
                return Err(Malformed::Wide);
            }
        }
        if declares {
            self.prefixes.clear();
        }
        let (local, prefix) = start.name().decompose();
        let local = word(local.as_ref());
        let prefix = prefix.map_or("", |prefix| prefix.into_inner());
        let known = self.prefixes.iter().find(|(known, _)| known == prefix).map(|(_, ns)| *ns);
        let ns = known.unwrap_or_else(|| {
            let ns = namespace(&self.reader.resolver().resolve_element(start.name()).0);
            if self.prefixes.len() >= PREFIXES {
                self.prefixes.clear();
            }
            self.prefixes.push((prefix.to_owned(), ns));
            ns
        });
        self.start = start;
        self.begun = true;
        self.open.push(Open { ns, local, declares });
        Ok(Event::Start(ns, local))
    }

    fn close(&mut self) -> Result<Event<'x>, Malformed> {
        // That names match, the reader itself has seen to.
        let Open { ns, local, declares } = self.open.pop().ok_or(Malformed::Broken)?;
        if declares {
            self.prefixes.clear();
        }
        Ok(Event::End(ns, local))
    }
}

fn malformed(error: impl Into<Error>) -> Malformed {
    match error.into() {
        Error::Escape(EscapeError::UnrecognizedEntity(..)) => Malformed::Entity,
        Error::Namespace(quick_xml::name::NamespaceError::TooManyBindings(_)) => Malformed::Wide,
        Error::Namespace(quick_xml::name::NamespaceError::TooDeeplyNested(_)) => Malformed::Deep,
        Error::Encoding(_) => Malformed::Encoding,
        Error::Syntax(_) => Malformed::Cut,
        Error::IllFormed(IllFormedError::MissingDoctypeName) => Malformed::Doctype,
        _ => Malformed::Broken,
    }
}

/// XML allows few control characters (XML 1.0, 2.2); Word refuses a file with others, so nobody has typed them.
fn valid(text: Cow<str>) -> Result<Cow<str>, Malformed> {
    let wrong = |ch: char| (ch < ' ' && !is_space(ch)) || matches!(ch, '\u{FFFE}' | '\u{FFFF}');
    if text.chars().any(wrong) { Err(Malformed::Broken) } else { Ok(text) }
}

fn is_space(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '\n' | '\r')
}

fn declared(decl: &BytesDecl) -> Result<(), Malformed> {
    match decl.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if ["utf-8", "utf8", "us-ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) => Ok(()),
        Some(_) => Err(Malformed::Encoding),
    }
}

fn namespace(found: &ResolveResult) -> Ns {
    let ResolveResult::Bound(Namespace(uri)) = found else {
        return if matches!(found, ResolveResult::Unbound) { Ns::None } else { Ns::Other };
    };
    match *uri {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main" | "http://purl.oclc.org/ooxml/wordprocessingml/main" => Ns::Word,
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        | "http://purl.oclc.org/ooxml/officeDocument/relationships" => Ns::Rel,
        "http://schemas.openxmlformats.org/drawingml/2006/main" | "http://purl.oclc.org/ooxml/drawingml/main" => Ns::Drawing,
        "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
        | "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing" => Ns::Placed,
        "http://schemas.openxmlformats.org/officeDocument/2006/math" | "http://purl.oclc.org/ooxml/officeDocument/math" => Ns::Maths,
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
        | "http://purl.oclc.org/ooxml/officeDocument/customProperties" => Ns::Properties,
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
        | "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes" => Ns::Values,
        "http://schemas.openxmlformats.org/package/2006/relationships" => Ns::Relations,
        "http://schemas.openxmlformats.org/markup-compatibility/2006" => Ns::Compatibility,
        "http://schemas.microsoft.com/office/word/2010/wordml" => Ns::Word14,
        "http://schemas.microsoft.com/office/word/2015/wordml/symex" => Ns::Symbol,
        "urn:schemas-microsoft-com:vml" => Ns::Vml,
        "http://www.w3.org/XML/1998/namespace" => Ns::Xml,
        _ => Ns::Other,
    }
}

/// The names of elements that mean something to us, in the order of their bytes; the names of strangers are not kept.
const WORDS: &[&str] = &[
    "AlternateContent",
    "Choice",
    "Fallback",
    "Relationship",
    "alias",
    "blip",
    "body",
    "br",
    "checkbox",
    "checked",
    "comboBox",
    "cr",
    "date",
    "dateFormat",
    "del",
    "docPart",
    "docPartBody",
    "docPr",
    "document",
    "drawing",
    "dropDownList",
    "ftr",
    "glossaryDocument",
    "hdr",
    "id",
    "imagedata",
    "lpwstr",
    "moveFrom",
    "name",
    "noBreakHyphen",
    "p",
    "pPr",
    "pict",
    "picture",
    "placeholder",
    "property",
    "ptab",
    "r",
    "rPr",
    "rt",
    "sdt",
    "sdtContent",
    "sdtPr",
    "showingPlcHdr",
    "softHyphen",
    "sym",
    "symEx",
    "t",
    "tab",
    "tag",
    "tbl",
    "tc",
    "tr",
    "txbxContent",
    "vanish",
];

fn word(name: &str) -> &'static str {
    WORDS.binary_search(&name).ok().and_then(|at| WORDS.get(at)).copied().unwrap_or_default()
}
