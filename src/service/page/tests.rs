//! WCAG 2.2, 1.4.3 and 1.4.11: every pair of ink and ground that the style uses.

use std::collections::BTreeMap;

use super::assets::STYLE;

/// Ink on ground, and the least contrast: 4.5 for text, 3 for edges and signs of controls.
const PAIRS: &[(&str, &str, f64)] = &[
    ("ink", "ground", 4.5),
    ("ink", "wash", 4.5),
    ("ink", "tint", 4.5),
    ("ink", "wrong-ground", 4.5),
    ("ink", "fine-ground", 4.5),
    ("soft", "ground", 4.5),
    ("soft", "wash", 4.5),
    ("soft", "tint", 4.5),
    ("accent", "ground", 4.5),
    ("accent", "wash", 4.5),
    ("accent", "tint", 4.5),
    ("deep", "ground", 4.5),
    ("deep", "wash", 4.5),
    ("deep", "tint", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "deep", 4.5),
    ("on-accent", "wrong", 4.5),
    ("wrong", "ground", 4.5),
    ("wrong", "tint", 4.5),
    ("wrong", "wrong-ground", 4.5),
    ("look", "ground", 4.5),
    ("look", "tint", 4.5),
    ("fine", "ground", 4.5),
    ("fine", "tint", 4.5),
    ("fine", "fine-ground", 4.5),
    ("edge", "ground", 3.0),
    ("edge", "wash", 3.0),
];

#[test]
fn every_ink_can_be_read_on_its_ground() {
    let colours = colours(STYLE.text);
    for (ink, ground, least) in PAIRS {
        let (Some(one), Some(other)) = (colours.get(*ink), colours.get(*ground)) else {
            panic!("--{ink} or --{ground} is no colour of the style")
        };
        let (one, other) = (luminance(*one), luminance(*other));
        let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
        assert!(contrast >= *least, "--{ink} on --{ground}: {contrast:.2}, less than {least}");
    }
}

#[test]
fn no_colour_stands_outside_the_list() {
    let colours = colours(STYLE.text);
    let paired: Vec<&str> = PAIRS.iter().flat_map(|(ink, ground, _)| [*ink, *ground]).collect();
    let unpaired: Vec<&String> = colours.keys().filter(|name| !paired.contains(&name.as_str()) && name.as_str() != "line").collect();
    assert!(unpaired.is_empty(), "{unpaired:?} are in no pair");
    let rules = STYLE.text.split_once("\n}\n").map(|(_, rules)| rules).unwrap_or_default();
    for (at, line) in rules.lines().enumerate() {
        for word in line.split(|char: char| !char.is_ascii_alphanumeric() && char != '#').filter(|word| word.starts_with('#')) {
            // A colour of six digits outside :root would be in no pair.
            assert!(word.len() != 7, "line {at} of the rules names the colour {word}");
        }
    }
}

fn colours(style: &str) -> BTreeMap<String, [u8; 3]> {
    let root = style.split_once(":root {").and_then(|(_, rest)| rest.split_once('}')).map(|(root, _)| root).unwrap_or_default();
    let colour = |line: &str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let value = u32::from_str_radix(value.strip_suffix(';')?, 16).ok()?.to_be_bytes();
        Some((name.to_owned(), [value[1], value[2], value[3]]))
    };
    let found: BTreeMap<String, [u8; 3]> = root.lines().filter_map(colour).collect();
    assert!(found.len() > 10, "only {} colours found", found.len());
    found
}

/// Relative luminance (WCAG 2.2, sRGB).
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
