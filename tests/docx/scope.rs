//! What each control has to itself, as its mark says.

use formwright::form::FieldKind;
use formwright::package::marks::{Key, Scope};

use super::{Parts, forms, written};

/// What stands beside a control is read as its field's only where the form itself says nothing.
#[test]
fn a_place_claims_what_it_has_to_itself() {
    for (name, filled) in forms() {
        let parts = Parts::of(&written(&filled));
        let xml = parts.xml("word/document.xml");
        let is = |node: &roxmltree::Node, tag: &str| node.tag_name().name() == tag;
        let mut all = 0;
        for control in xml.descendants().filter(|node| is(node, "sdt")) {
            let block = control.descendants().find(|node| is(node, "docPart")).and_then(|node| node.attributes().next());
            let key = Key::from_block(block.expect("a placeholder").value()).expect("a key");
            let around = |tag: &str| control.ancestors().find(|node| is(node, tag));
            // A frame with this control and no other, and no ink.
            let alone = |tag: &str| {
                around(tag).is_some_and(|frame| {
                    let controls = frame.descendants().filter(|node| is(node, "sdt")).count();
                    let words = frame.descendants().filter(|node| is(node, "t"));
                    controls == 1 && words.filter(|node| !node.ancestors().any(|node| is(&node, "sdt"))).count() == 0
                })
            };
            let want = match &key.kind {
                Some(FieldKind::Photo) => Scope::Inked,
                _ if alone("tc") => Scope::Cell,
                _ if alone("p") => Scope::Line,
                _ => Scope::Inked,
            };
            assert_eq!(key.scope, want, "{name}: {}", key.tag());
            all += usize::from(want == Scope::Cell);
        }
        assert!(all > 40, "{name}: {all} places have a cell to themselves");
    }
}
