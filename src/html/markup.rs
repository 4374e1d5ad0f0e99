//! Writing tags: everything that comes from elsewhere is escaped here.

use std::fmt::Write as _;

/// HTML on its way; elements are closed by whoever opened them.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// Words of our own markup, as they are.
    pub fn raw(&mut self, text: &str) -> &mut Html {
        self.0.push_str(text);
        self
    }

    /// A text that is only text, between tags or between quotes.
    pub fn text(&mut self, text: &str) -> &mut Html {
        for ch in text.chars() {
            match ch {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // A carriage return would become a line end while the page is read.
                '\r' => self.0.push_str("&#13;"),
                // HTML has no way to say it (WHATWG HTML, 13.2.5: unexpected-null-character).
                '\0' => self.0.push('\u{FFFD}'),
                _ => self.0.push(ch),
            }
        }
        self
    }

    /// An attribute.
    pub fn attr(&mut self, name: &str, value: &str) -> &mut Html {
        let _ = write!(self.0, " {name}=\"");
        self.text(value).raw("\"")
    }

    /// An attribute where there is something to say.
    pub fn attr_if(&mut self, name: &str, value: Option<&str>) -> &mut Html {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// An attribute that says by being there.
    pub fn flag(&mut self, name: &str, set: bool) -> &mut Html {
        self.attr_if(name, set.then_some(name))
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.0
    }
}
