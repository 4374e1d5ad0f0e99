//! The reader's desk: reports, styles in force and fields so far; and typed access to attributes.

use std::ops::Range;

use super::fields::Fields;
use super::report::{Reports, did_you_mean};
use super::style::Styles;
use super::value::Wrong;
use super::xml::{Attribute, Element};
use crate::diag::Message;
use crate::form::PageKind;

/// What the reading functions share.
pub(super) struct Reader<'a> {
    pub reports: Reports<'a>,
    pub styles: Styles,
    pub fields: Fields,
    /// The kind of the page being read, where its own words for it are right.
    pub page: Option<PageKind>,
    /// Where a text first may continue on an annex.
    pub continued: Option<Range<usize>>,
}

impl Reader<'_> {
    /// The value of an attribute, if it is there and right.
    pub(super) fn read<T>(&mut self, element: &Element, name: &str, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let attribute = element.get(name)?;
        self.value(attribute, parse)
    }

    /// The value of an attribute that must be there.
    pub(super) fn need<T>(&mut self, element: &Element, name: &str, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        if element.get(name).is_none() {
            self.missing(element, name);
        }
        self.read(element, name, parse)
    }

    /// The value of an attribute, if it is right.
    pub(super) fn value<T>(&mut self, attribute: &Attribute, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        match parse(attribute.value.trim()) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let (name, value) = (attribute.name, &attribute.value);
                let message = Message::new(
                    format!("属性 `{name}` 的值“{value}”不对：{}", wrong.expected.zh),
                    format!("bad value \"{value}\" for `{name}`: {}", wrong.expected.en),
                );
                self.reports.add("bad-value", &attribute.at, message, wrong.near.map(did_you_mean));
                None
            }
        }
    }

    /// Reports an attribute that is not there; not where an unknown one may have been meant for it.
    pub(super) fn missing(&mut self, element: &Element, name: &str) {
        if element.broken {
            return;
        }
        let tag = element.tag.name();
        let message = Message::new(format!("`<{tag}>` 缺少属性 `{name}`"), format!("`<{tag}>` needs the attribute `{name}`"));
        self.reports.error("missing-attribute", &element.at, message);
    }

    /// Reports the attributes of the list that stand on an element where they mean nothing; not where what would give
    /// them a meaning may be misspelt.
    pub(super) fn refuse(&mut self, element: &Element, names: &[&str], why: (&str, &str)) {
        if element.broken {
            return;
        }
        for attribute in element.attributes.iter().filter(|attribute| names.contains(&attribute.name)) {
            let name = attribute.name;
            let message = Message::new(format!("此处不用属性 `{name}`：{}", why.0), format!("`{name}` has no place here: {}", why.1));
            self.reports.error("misplaced-attribute", &attribute.key_at, message);
        }
    }

    /// Reports a mistake.
    pub(super) fn error(&mut self, code: &'static str, at: &Range<usize>, zh: impl Into<String>, en: impl Into<String>) {
        self.reports.error(code, at, Message::new(zh, en));
    }
}

/// The place of an attribute, or of the element's name where the attribute is not written.
pub(super) fn at<'a>(element: &'a Element, name: &str) -> &'a Range<usize> {
    element.get(name).map_or(&element.at, |attribute| &attribute.at)
}
