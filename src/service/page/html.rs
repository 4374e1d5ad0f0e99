//! HTML as a tree, so that a value can only ever become text: names of elements and attributes are the program's own words.

use std::borrow::Cow;
use std::fmt::Write as _;

/// An element.
pub struct El {
    name: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    children: Vec<Node>,
}

/// What stands in an element.
pub enum Node {
    /// Words, escaped when they are written.
    Text(Cow<'static, str>),
    /// An element.
    Element(El),
}

/// An element of that name: `el("p")`.
pub fn el(name: &'static str) -> El {
    El { name, attributes: Vec::new(), children: Vec::new() }
}

impl El {
    /// The same with an attribute; its value is escaped.
    pub fn attr(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> El {
        self.attributes.push((name, value.into()));
        self
    }

    /// The same with an attribute where there is a value for it.
    pub fn maybe(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> El {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// The same with an attribute that has no value, where it applies.
    pub fn flag(self, name: &'static str, applies: bool) -> El {
        if applies { self.attr(name, "") } else { self }
    }

    /// The same with a class.
    pub fn class(self, class: &'static str) -> El {
        self.attr("class", class)
    }

    /// The same with words in it.
    pub fn text(mut self, words: impl Into<Cow<'static, str>>) -> El {
        self.children.push(Node::Text(words.into()));
        self
    }

    /// The same with words in it that came with a record or a file: what would turn or hide the text around it is shown.
    pub fn value(self, words: &str) -> El {
        self.text(crate::diag::visible(words))
    }

    /// The same with an element in it.
    pub fn put(mut self, child: El) -> El {
        self.children.push(Node::Element(child));
        self
    }

    /// The same with elements in it: several, one, or none.
    pub fn all(mut self, children: impl IntoIterator<Item = El>) -> El {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// The element and all in it.
    pub fn html(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}");
            if !value.is_empty() || !FLAGS.contains(name) {
                out.push_str("=\"");
                escape(value, out);
                out.push('"');
            }
        }
        out.push('>');
        if VOID.contains(&self.name) {
            return;
        }
        if self.name == "textarea" {
            // HTML, 13.1.2.5: a line end right after the start tag is dropped, so that one of the value's own needs another before it.
            out.push('\n');
        }
        for child in &self.children {
            match child {
                Node::Text(words) => escape(words, out),
                Node::Element(child) => child.write(out),
            }
        }
        let _ = write!(out, "</{}>", self.name);
        if BLOCKS.contains(&self.name) {
            out.push('\n');
        }
    }
}

/// Elements without an end tag.
const VOID: &[&str] = &["area", "br", "col", "hr", "img", "input", "link", "meta"];

/// Attributes that say all by being there.
const FLAGS: &[&str] = &[
    "autofocus",
    "checked",
    "disabled",
    "download",
    "hidden",
    "multiple",
    "novalidate",
    "open",
    "readonly",
    "required",
    "selected",
    "webkitdirectory",
];

/// Elements after which a line end changes nothing.
const BLOCKS: &[&str] = &[
    "article", "body", "details", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3", "head", "header", "li", "link", "main",
    "nav", "ol", "p", "section", "table", "tbody", "thead", "title", "tr", "ul",
];

/// Text as it may stand between tags and between double quotes. What HTML cannot hold (HTML, 13.2.3.5) is U+FFFD.
fn escape(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(char),
            '\r' => out.push_str("&#13;"),
            _ if char.is_control() => out.push('\u{fffd}'),
            _ => out.push(char),
        }
    }
}

/// A whole document.
pub fn document(root: &El) -> String {
    format!("<!DOCTYPE html>\n{}\n", root.html())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_never_markup() {
        let made = el("p").attr("title", "\"><script>").text("<b>&amp;'").put(el("br")).flag("hidden", true).html();
        assert_eq!(made, "<p title=\"&quot;&gt;&lt;script&gt;\" hidden>&lt;b&gt;&amp;amp;&#39;<br></p>\n");
    }

    #[test]
    fn a_first_line_end_of_a_textarea_stays() {
        assert_eq!(el("textarea").text("\nx").html(), "<textarea>\n\nx</textarea>");
    }

    #[test]
    fn what_hides_text_is_shown() {
        assert_eq!(el("b").value("a\u{202e}b").html(), "<b>a\\u{202E}b</b>");
    }

    #[test]
    fn an_empty_value_is_a_value() {
        assert_eq!(el("img").attr("alt", "").html(), "<img alt=\"\">");
    }

    proptest! {
        #[test]
        fn no_text_opens_or_closes_anything(text in "\\PC*|[<>&\"'a-z/=]*") {
            let made = el("i").attr("title", text.clone()).text(text).html();
            prop_assert_eq!(made.matches('<').count(), 2);
            prop_assert_eq!(made.matches('>').count(), 2);
            prop_assert_eq!(made.matches('"').count(), 2);
        }
    }
}
