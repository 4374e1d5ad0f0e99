//! The addresses of the pages, each made in one place.

use std::fmt::Write as _;

/// What the addresses of all pages of a batch begin with.
pub const WORK: &str = "/work";

/// The page of a batch: its progress, then its people.
pub fn people(id: &str) -> String {
    format!("{WORK}/{id}")
}

/// A person of a batch.
pub fn person(id: &str, entry: usize) -> String {
    format!("{WORK}/{id}/people/{entry}")
}

/// A picture of a sheet of a person's form, from 1, with fields outlined.
pub fn picture(id: &str, entry: usize, page: usize, marks: &[String]) -> String {
    let mut address = format!("{WORK}/{id}/people/{entry}/page-{page}.png");
    for mark in marks {
        address = with(&address, "mark", mark);
    }
    address
}

/// What is taken away.
pub fn take(id: &str) -> String {
    format!("{WORK}/{id}/take")
}

/// The confirming step before a batch is wiped.
pub fn wipe(id: &str) -> String {
    format!("{WORK}/{id}/wipe")
}

/// An address with one more parameter; one of the same name stays.
pub fn with(address: &str, name: &str, value: &str) -> String {
    let (address, fragment) = address.split_once('#').map_or((address, None), |(address, fragment)| (address, Some(fragment)));
    let sign = if address.contains('?') { '&' } else { '?' };
    let mut out = format!("{address}{sign}{name}={}", percent(value));
    if let Some(fragment) = fragment {
        let _ = write!(out, "#{fragment}");
    }
    out
}

/// Text as part of an address (RFC 3986): all but the unreserved characters percent-encoded.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_before_the_fragment() {
        assert_eq!(with("/a?show=wrong#p-3", "lang", "en"), "/a?show=wrong&lang=en#p-3");
        assert_eq!(with("/", "名", "张 三&"), "/?名=%E5%BC%A0%20%E4%B8%89%26");
        assert_eq!(
            picture("x", 3, 2, &["resume.0.work".to_owned(), "name".to_owned()]),
            format!("{WORK}/x/people/3/page-2.png?mark=resume.0.work&mark=name")
        );
    }
}
