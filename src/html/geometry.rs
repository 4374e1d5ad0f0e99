//! Lengths on a page without inline style: a class is a property and its numbers (`w2600` is a width of 26 mm), and the style
//! sheet of a page is made from the classes it uses. Their list is the sheet's address, so that a service keeps nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::style::STYLE;
use crate::units::Mm;

/// A class has at most so many numbers.
const MOST_NUMBERS: usize = 4;

/// No length is longer, in hundredths of a millimetre: 10 m.
const LONGEST: i32 = 1_000_000;

/// The classes of one page.
#[derive(Default)]
pub struct Classes(BTreeSet<String>);

impl Classes {
    /// The class of a property with its lengths in millimetres.
    pub fn mm(&mut self, property: &str, lengths: &[Mm]) -> String {
        let hundredths: Vec<f64> = lengths.iter().map(|length| length.0 * 100.0).collect();
        self.numbers(property, &hundredths)
    }

    /// The class of a property with a number: a line pitch, a width in em.
    pub fn number(&mut self, property: &str, number: f64) -> String {
        self.numbers(property, &[number * 100.0])
    }

    fn numbers(&mut self, property: &str, hundredths: &[f64]) -> String {
        // Adding 0 makes -0 a plain 0.
        let numbers: Vec<String> = hundredths.iter().map(|number| format!("{:.0}", number.round() + 0.0)).collect();
        let class = format!("{property}{}", numbers.join("_"));
        self.0.insert(class.clone());
        class
    }

    /// All of them, as an address has them behind its question mark.
    pub fn query(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// The style sheet of an entry page, from the classes that the page's own link names: what is no class of ours is passed over.
///
/// It depends on nothing else, so that it may be kept as long as the program stays the same.
pub fn stylesheet(classes: &str) -> String {
    let mut sheet = STYLE.to_owned();
    for class in classes.split('.').collect::<BTreeSet<_>>() {
        if let Some(rules) = rules(class) {
            sheet.push_str(&rules);
            sheet.push('\n');
        }
    }
    sheet
}

/// The rules of one class.
fn rules(class: &str) -> Option<String> {
    let digits = class.find(|ch: char| !ch.is_ascii_lowercase())?;
    let (property, numbers) = class.split_at_checked(digits)?;
    let numbers: Vec<f64> = numbers.split('_').take(MOST_NUMBERS + 1).map(hundredths).collect::<Option<_>>()?;
    let mm = |length: &f64| format!("calc(var(--mm)*{length})");
    let one = |name: &str| match numbers.as_slice() {
        [length] => Some(format!(".{class}{{{name}:{}}}", mm(length))),
        _ => None,
    };
    match (property, numbers.as_slice()) {
        ("w", _) => one("width"),
        ("h", _) => one("height"),
        ("mh", _) => one("min-height"),
        ("x", _) => one("left"),
        ("y", _) => one("top"),
        ("mt", _) => one("margin-top"),
        ("ml", _) => one("margin-left"),
        ("fs", _) => one("font-size"),
        ("lh", [pitch]) => Some(format!(".{class}{{line-height:{pitch}}}")),
        ("em", [width]) => Some(format!(".{class}{{width:{width}em}}")),
        ("pd", [_, _, _, _]) => {
            let sides: Vec<String> = numbers.iter().map(mm).collect();
            Some(format!(".{class}{{padding:{}}}", sides.join(" ")))
        }
        ("ob", [width]) => Some(format!(".{class}{{border:{}}}", rule(*width))),
        ("ib", [width]) => Some(format!(".{class} :is(th,td){{border:{}}}", rule(*width))),
        // A sheet: its paper, and its smallest type, below which it is not drawn smaller but moved from side to side.
        ("sheet", [width, height, type_size]) if *width > 0.0 => {
            let (least, most) = scales(*type_size);
            let mut css = format!(".{class}{{--mm:clamp({least}mm,(100vw - 3rem)/{width},{most}mm);width:{}", mm(width));
            let _ = write!(css, ";min-height:{}}}@page {class}{{size:{width}mm {height}mm;margin:0}}", mm(height));
            let _ = write!(css, "@media print{{.{class}{{--mm:1mm;page:{class}}}}}");
            Some(css)
        }
        _ => None,
    }
}

/// A number of hundredths in plain decimals.
fn hundredths(digits: &str) -> Option<f64> {
    // No `+5`, no `007`: each class is written in one way.
    let number: i32 = digits.parse().ok().filter(|number: &i32| number.unsigned_abs() <= LONGEST.unsigned_abs())?;
    (number.to_string() == digits).then_some(f64::from(number) / 100.0)
}

fn rule(width: f64) -> String {
    if width > 0.0 { format!("max(1px,calc(var(--mm)*{width})) solid var(--rule)") } else { "0".to_owned() }
}

/// How small and how large a millimetre of paper may be on the screen, so that the smallest type (in mm) is never under 11 px.
fn scales(type_size: f64) -> (f64, f64) {
    /// CSS pixels in a millimetre (CSS Values 4, 6.2).
    const PX: f64 = 96.0 / 25.4;
    let scale = |px: f64| (px / (type_size.max(1.0) * PX) * 100.0).round() / 100.0;
    (scale(11.0).min(1.0), scale(12.5).clamp(1.1, 1.4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_its_rule() {
        for (class, css) in [
            ("w2600", Some(".w2600{width:calc(var(--mm)*26)}")),
            ("y-350", Some(".y-350{top:calc(var(--mm)*-3.5)}")),
            ("lh130", Some(".lh130{line-height:1.3}")),
            (
                "pd40_100_40_100",
                Some(".pd40_100_40_100{padding:calc(var(--mm)*0.4) calc(var(--mm)*1) calc(var(--mm)*0.4) calc(var(--mm)*1)}"),
            ),
            ("ob0", Some(".ob0{border:0}")),
            ("w", None),
            ("w1_2", None),
            ("w+5", None),
            ("w007", None),
            ("w1}*{color:red", None),
            ("w9999999", None),
            ("z5", None),
            ("pd1_2_3", None),
            ("pd1_2_3_4_5", None),
            ("", None),
        ] {
            assert_eq!(rules(class).as_deref(), css, "{class}");
        }
    }

    #[test]
    fn what_a_page_uses_is_what_its_sheet_says() {
        let mut classes = Classes::default();
        let width = classes.mm("w", &[Mm(26.0)]);
        let again = classes.mm("w", &[Mm(26.001)]);
        let place = classes.mm("x", &[Mm(-0.001)]);
        assert_eq!((width.as_str(), again.as_str(), place.as_str()), ("w2600", "w2600", "x0"));
        assert_eq!(classes.query(), "w2600.x0");
        let sheet = stylesheet(&classes.query());
        assert!(sheet.starts_with(STYLE) && sheet.ends_with(".w2600{width:calc(var(--mm)*26)}\n.x0{left:calc(var(--mm)*0)}\n"));
        assert_eq!(stylesheet("no.such</style>.class"), STYLE);
    }
}
