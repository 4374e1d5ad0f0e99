//! What one part says of others: relationships, followed by their types, since programs name parts as they like.

use super::read::{Fault, Package};
use super::xml::{Event, Ns, Xml};

/// The most relationships of one part; the largest form has a hundred.
const RELATIONS: usize = 4_096;

/// A relationship to another part of the same package (ECMA-376 part 2, 6.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Its id.
    pub id: String,
    /// The last step of its type, in lower case without hyphens, which is the same in transitional and strict documents:
    /// `image`, `header`, `customproperties`.
    pub kind: String,
    /// The part it leads to, without the first slash; `None` where it leads out of the package, and is never followed.
    pub part: Option<String>,
}

impl Package<'_> {
    /// The relationships of a part, or of the package itself where the name is empty.
    pub fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Fault> {
        let (folder, file) = part.rsplit_once('/').map_or(("", part), |(folder, file)| (folder, file));
        let slash = if folder.is_empty() { "" } else { "/" };
        let Some(bytes) = self.part(&format!("{folder}{slash}_rels/{file}.rels"))? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut xml = Xml::new(&bytes)?;
        loop {
            match xml.next()? {
                Event::Start(Ns::Relations, "Relationship") => {
                    let external = xml.attribute(Ns::None, "TargetMode")?.is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
                    let target = xml.attribute(Ns::None, "Target")?.unwrap_or_default();
                    let kind = xml.attribute(Ns::None, "Type")?.unwrap_or_default();
                    let kind = kind.rsplit('/').next().unwrap_or_default().replace('-', "").to_ascii_lowercase();
                    let part = if external { None } else { resolve(folder, &target) };
                    if found.len() >= RELATIONS {
                        return Err(Fault::Entries);
                    }
                    found.push(Relation { id: xml.attribute(Ns::None, "Id")?.unwrap_or_default(), kind, part });
                }
                Event::Done => return Ok(found),
                _ => {}
            }
        }
    }
}

/// The part that a target means, seen from a part in `folder`; `None` where it leads out of the package.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    if target.contains(':') || target.starts_with("//") {
        return None;
    }
    let (from, target) = match target.strip_prefix('/') {
        Some(whole) => ("", whole),
        None => (folder, target),
    };
    let mut steps: Vec<&str> = Vec::new();
    for step in from.split('/').chain(target.split(['/', '\\'])) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    let part = unescaped(&steps.join("/"))?;
    (!part.is_empty()).then_some(part)
}

/// A target is a URI: characters that may not stand in one are written `%E7`.
fn unescaped(uri: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_stay_in_the_package() {
        for (folder, target, part) in [
            ("", "word/document.xml", Some("word/document.xml")),
            ("word", "media/photo.jpg", Some("word/media/photo.jpg")),
            ("word", "/docProps/custom.xml", Some("docProps/custom.xml")),
            ("word", "../customXml/item1.xml", Some("customXml/item1.xml")),
            ("word", "./media\\photo.jpg", Some("word/media/photo.jpg")),
            ("word", "media/%E7%85%A7.png", Some("word/media/照.png")),
            ("word", "media/100%.png", Some("word/media/100%.png")),
            ("word", "media/a.png#part", Some("word/media/a.png")),
            ("word", "../../etc/passwd", None),
            ("word", "file:///etc/passwd", None),
            ("word", "http://example.invalid/a.png", None),
            ("word", "//example.invalid/a.png", None),
            ("word", "media/%FF.png", None),
            ("", "", None),
        ] {
            assert_eq!(resolve(folder, target).as_deref(), part, "{folder} {target}");
        }
    }
}
