//! A DOCX as its tests read it: parts, and the words and controls of the body.

use std::io::{Cursor, Read};

use roxmltree::{Document, Node};
use zip::ZipArchive;

/// The namespace of `w:`.
pub const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// The parts of a package in their order: name, bytes, whether deflated.
pub struct Parts(pub Vec<(String, Vec<u8>, bool)>);

impl Parts {
    /// Opens a package; every entry must bear the date 1980-01-01.
    pub fn of(bytes: &[u8]) -> Parts {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("it is a zip");
        let mut parts = Vec::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).expect("an entry");
            let date = file.last_modified().expect("a date");
            assert_eq!((date.year(), date.month(), date.day(), date.hour(), date.minute(), date.second()), (1980, 1, 1, 0, 0, 0));
            let deflated = file.compression() == zip::CompressionMethod::Deflated;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("it inflates");
            parts.push((file.name().expect("a name").into_owned(), bytes, deflated));
        }
        Parts(parts)
    }

    /// A part's bytes.
    pub fn bytes(&self, name: &str) -> &[u8] {
        &self.0.iter().find(|(known, _, _)| known == name).unwrap_or_else(|| panic!("no part {name}")).1
    }

    /// A part as text.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name)).expect("UTF-8")
    }

    /// The XML of a part.
    pub fn xml(&self, name: &str) -> Document<'_> {
        Document::parse(self.text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The custom property of a name.
    pub fn property(&self, name: &str) -> Option<String> {
        let xml = self.xml("docProps/custom.xml");
        let found = xml.descendants().find(|node| node.attribute("name") == Some(name))?;
        found.first_element_child().and_then(|value| value.text()).map(str::to_owned)
    }
}

/// An attribute in the namespace of `w:`.
pub fn attr<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute((W, name))
}

/// Whether a node is that element of `w:`.
pub fn is(node: Node, name: &str) -> bool {
    node.has_tag_name((W, name))
}

/// All elements of that name below a node.
pub fn all<'a, 'd: 'a>(node: Node<'a, 'd>, name: &'a str) -> impl Iterator<Item = Node<'a, 'd>> {
    node.descendants().filter(move |node| is(*node, name))
}

/// The child of that name.
pub fn child<'a, 'd>(node: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    node.children().find(|node| is(*node, name))
}

/// The words below a node, breaks and tabs among them.
pub fn words(node: Node) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match node.tag_name().name() {
            "t" if is(node, "t") => text.push_str(node.text().unwrap_or_default()),
            "br" => text.push('\n'),
            // A tab stop is a `w:tab` too.
            "tab" if node.parent().is_some_and(|parent| is(parent, "r")) => text.push('\t'),
            _ => {}
        }
    }
    text
}

/// The words below a node that stand outside all controls, without blanks.
pub fn ink(node: Node) -> String {
    let outside = |node: &Node| is(*node, "t") && !node.ancestors().any(|around| is(around, "sdt"));
    let texts = node.descendants().filter(outside).filter_map(|node| node.text());
    texts.flat_map(str::chars).filter(|ch| !ch.is_whitespace()).collect()
}

/// A content control.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    pub title: String,
    pub tag: String,
    pub id: i64,
    pub lock: Option<String>,
    /// The name of its placeholder's building block.
    pub block: Option<String>,
    pub blank: bool,
    /// The element that says its kind: `comboBox`, `date`, `picture`, `checkbox`; none for text.
    pub kind: Option<String>,
    pub text: String,
}

/// The controls of the body in their order.
pub fn controls(document: &Document) -> Vec<Control> {
    all(document.root_element(), "sdt").map(control).collect()
}

fn control(node: Node) -> Control {
    assert!(
        node.parent().is_some_and(|around| is(around, "p")),
        "controls stand in paragraphs: other places do not live through LibreOffice"
    );
    let properties = child(node, "sdtPr").expect("properties");
    let value = |name: &str| child(properties, name).and_then(|node| attr(node, "val")).map(str::to_owned);
    let known = ["alias", "tag", "id", "lock", "placeholder", "showingPlcHdr"];
    let kind = properties.children().filter(Node::is_element).map(|node| node.tag_name().name()).find(|name| !known.contains(name));
    Control {
        title: value("alias").expect("a title"),
        tag: value("tag").expect("a tag"),
        id: value("id").expect("a number").parse().expect("a number"),
        lock: value("lock"),
        block: child(properties, "placeholder")
            .and_then(|node| child(node, "docPart"))
            .and_then(|node| attr(node, "val"))
            .map(str::to_owned),
        blank: child(properties, "showingPlcHdr").is_some(),
        kind: kind.map(str::to_owned),
        text: words(child(node, "sdtContent").expect("content")),
    }
}
