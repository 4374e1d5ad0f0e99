//! What a DOCX of ours says of itself in its custom properties (ECMA-376 part 1, 22.3): which template, and digests; never a value.

use std::collections::BTreeMap;

use super::super::{Issue, Issued};
use crate::name::FieldName;
use crate::package::marks;
use crate::package::xml::{Event, Malformed, Ns, Xml};

/// The most fields whose digests are kept.
const FIELDS: usize = 20_000;

/// What the custom properties say.
#[derive(Debug, Default)]
pub(super) struct Properties {
    /// Which template the file was made from.
    pub issue: Option<Issue>,
    /// The digest of the fixed text.
    pub ink: Option<String>,
    /// The digests of the values as issued, of those that were not empty.
    pub values: BTreeMap<FieldName, String>,
}

impl Properties {
    /// What a field held when the file was made.
    pub(super) fn issued(&self, name: &FieldName) -> Issued {
        match self.values.get(name) {
            Some(digest) => Issued::Digest(digest.clone()),
            None if self.issue.is_some() => Issued::Text(String::new()),
            None => Issued::Unknown,
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Properties, Malformed> {
    let mut found = Properties::default();
    if bytes.is_empty() {
        return Ok(found);
    }
    let (mut template, mut version, mut digest) = (None, None, None);
    let mut xml = Xml::new(bytes)?;
    let (mut name, mut value) = (String::new(), String::new());
    loop {
        match xml.next()? {
            Event::Start(Ns::Properties, "property") => {
                name = xml.attribute(Ns::None, "name")?.unwrap_or_default();
                value.clear();
            }
            Event::Text(text) => value.push_str(&text),
            Event::End(Ns::Properties, "property") => {
                let text = value.trim().to_owned();
                let is = |property: &str| name.eq_ignore_ascii_case(property);
                if is(marks::TEMPLATE) {
                    template = Some(text);
                } else if is(marks::VERSION) {
                    version = Some(text);
                } else if is(marks::DIGEST) {
                    digest = Some(text);
                } else if is(marks::INK) {
                    found.ink = Some(text);
                } else if let Some(field) = field(&name).filter(|_| found.values.len() < FIELDS) {
                    found.values.insert(field, text);
                }
            }
            Event::Done => break,
            _ => {}
        }
    }
    found.issue = template.map(|template| Issue { template, version: version.unwrap_or_default(), digest: digest.unwrap_or_default() });
    Ok(found)
}

/// The field of a property with a digest.
fn field(property: &str) -> Option<FieldName> {
    let (mark, name) = property.split_at_checked(marks::VALUE.len())?;
    mark.eq_ignore_ascii_case(marks::VALUE).then(|| FieldName::parse(&name.to_ascii_lowercase())).flatten()
}
