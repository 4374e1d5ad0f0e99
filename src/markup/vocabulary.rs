//! The closed vocabulary: every element, where it may stand, and every attribute it takes.

use Tag::*;

/// An element of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Form,
    Style,
    Page,
    P,
    Table,
    Thead,
    Tr,
    Th,
    Td,
    Br,
    Input,
    Textarea,
    Select,
    Option,
    Photo,
    Signature,
    Seal,
    Rest,
    Ref,
}

/// What the vocabulary says about one element.
#[derive(Debug)]
pub(super) struct Spec {
    pub tag: Tag,
    pub name: &'static str,
    /// The elements it may stand in; none for the root.
    pub within: &'static [Tag],
    /// Whether text may stand directly in it.
    pub text: bool,
    pub attributes: &'static [&'static str],
}

/// The attributes of `style`: how ink and values look.
pub(super) const LOOK: [&str; 9] =
    ["font", "size", "min-size", "leading", "align", "valign", "padding", "distribute", "overflow"];

/// The whole vocabulary, outermost first; `docs/markup.md` explains it (a test keeps both in step).
pub(super) const VOCABULARY: [Spec; 19] = [
    Spec { tag: Form, name: "form", within: &[], text: false, attributes: &[] },
    Spec {
        tag: Style,
        name: "style",
        within: &[Form, Page],
        text: false,
        attributes: &["for", "font", "size", "min-size", "leading", "align", "valign", "padding", "distribute", "overflow"],
    },
    Spec { tag: Page, name: "page", within: &[Form], text: false, attributes: &["size", "margin", "title", "annex", "rest"] },
    Spec {
        tag: P,
        name: "p",
        within: &[Page, Th, Td],
        text: true,
        attributes: &[
            "x", "y", "pages", "left", "right", "top", "baseline", "class", "font", "size", "leading", "align", "distribute",
        ],
    },
    Spec { tag: Table, name: "table", within: &[Page], text: false, attributes: &["x", "y", "next-y", "cols", "row", "outer", "inner"] },
    Spec { tag: Thead, name: "thead", within: &[Table], text: false, attributes: &[] },
    Spec { tag: Tr, name: "tr", within: &[Table, Thead], text: false, attributes: &["height"] },
    Spec { tag: Th, name: "th", within: &[Tr], text: true, attributes: CELL },
    Spec { tag: Td, name: "td", within: &[Tr], text: true, attributes: CELL },
    Spec { tag: Br, name: "br", within: &[P, Th, Td, Photo], text: false, attributes: &[] },
    Spec {
        tag: Input,
        name: "input",
        within: &[Td, P],
        text: false,
        attributes: &[
            "type", "name", "label", "required", "agrees", "after", "breaks", "box", "right", "foot", "width", "height", "class", "font",
            "size", "min-size", "leading", "align", "valign", "overflow",
        ],
    },
    Spec {
        tag: Textarea,
        name: "textarea",
        within: &[Td],
        text: false,
        attributes: &[
            "name", "label", "required", "box", "right", "foot", "width", "height", "class", "font", "size", "min-size", "leading",
            "align", "valign", "overflow",
        ],
    },
    Spec {
        tag: Select,
        name: "select",
        within: &[Td, P],
        text: false,
        attributes: &[
            "name", "label", "required", "box", "right", "foot", "width", "height", "class", "font", "size", "min-size", "leading",
            "align", "valign", "overflow",
        ],
    },
    Spec { tag: Option, name: "option", within: &[Select], text: true, attributes: &[] },
    Spec {
        tag: Photo,
        name: "photo",
        within: &[Td],
        text: true,
        attributes: &["name", "label", "required", "box", "right", "foot", "width", "height", "class", "font", "size", "leading"],
    },
    Spec { tag: Signature, name: "signature", within: &[Td], text: false, attributes: PLACE },
    Spec { tag: Seal, name: "seal", within: &[Td], text: false, attributes: PLACE },
    Spec { tag: Rest, name: "rest", within: &[Page], text: false, attributes: &["box", "class", "font", "size", "leading"] },
    Spec { tag: Ref, name: "ref", within: &[P], text: false, attributes: &["to"] },
];

const CELL: &[&str] =
    &["colspan", "rowspan", "vertical", "class", "font", "size", "leading", "align", "padding", "distribute"];

const PLACE: &[&str] = &["name", "label", "box", "right", "foot", "width", "height"];

impl Tag {
    /// What the vocabulary says about it.
    pub(super) fn spec(self) -> &'static Spec {
        // Every tag has its row; a test walks them.
        VOCABULARY.iter().find(|spec| spec.tag == self).unwrap_or(&VOCABULARY[0])
    }

    /// How it is written.
    pub(super) fn name(self) -> &'static str {
        self.spec().name
    }

    /// The element written so.
    pub(super) fn find(name: &str) -> std::option::Option<Tag> {
        VOCABULARY.iter().find(|spec| spec.name == name).map(|spec| spec.tag)
    }

    /// The elements that may stand in it.
    pub(super) fn children(self) -> impl Iterator<Item = &'static str> {
        VOCABULARY.iter().filter(move |spec| spec.within.contains(&self)).map(|spec| spec.name)
    }

    /// Whether `style` may set this for it.
    pub(super) fn takes(self, attribute: &str) -> bool {
        self.spec().attributes.contains(&attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_has_its_own_row() {
        for spec in &VOCABULARY {
            assert_eq!(spec.tag.spec().name, spec.name);
            assert_eq!(Tag::find(spec.name), Some(spec.tag));
        }
    }

    #[test]
    fn nesting_ends() {
        // Readers walk the tree by recursion: an element never stands in itself, however deep.
        fn depth(tag: Tag, level: usize) -> usize {
            assert!(level < 10, "{tag:?} may stand in itself");
            VOCABULARY.iter().filter(|spec| spec.within.contains(&tag)).map(|spec| depth(spec.tag, level + 1)).max().unwrap_or(level)
        }
        assert!(depth(Form, 0) <= 8);
    }

    #[test]
    fn the_page_of_documentation_names_everything() {
        let page = include_str!("../../docs/markup.md");
        for spec in &VOCABULARY {
            let row = page.lines().find(|line| line.starts_with(&format!("| `<{}>`", spec.name)));
            let row = row.unwrap_or_else(|| panic!("docs/markup.md has no row for <{}>", spec.name));
            for attribute in spec.attributes {
                // Groups of attributes have one name in the rows and are spelt out below the table.
                let group = (LOOK.contains(attribute) || *attribute == "class") && row.contains("*look*")
                    || ["box", "right", "foot", "width", "height"].contains(attribute) && row.contains("place");
                assert!(group || row.contains(&format!("`{attribute}`")) || row.contains(&format!("`{attribute}=")), "the row of <{}> does not name {attribute}", spec.name);
            }
        }
        assert!(page.contains("all take `box` `right` `foot` `width` `height`"));
        for attribute in LOOK {
            assert!(page.lines().any(|line| line.starts_with(&format!("| `{attribute}`"))), "docs/markup.md has no row for {attribute}");
        }
    }
}
