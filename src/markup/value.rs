//! Attribute values: pure functions from the written text to a number, a word or a name.

use crate::diag::{Message, nearest};
use crate::form::{Align, Edges, FontRole, Overflow, RefKind, VAlign};
use crate::name::FieldName;
use crate::units::{Mm, Pt, Rect};

/// What is wrong with a value: what was expected, and the nearest word where words were.
#[derive(Debug)]
pub(super) struct Wrong {
    pub expected: Message,
    pub near: Option<&'static str>,
}

type Value<T> = Result<T, Wrong>;

fn wrong<T>(zh: impl Into<String>, en: impl Into<String>) -> Value<T> {
    Err(Wrong { expected: Message::new(zh, en), near: None })
}

/// Longer than any paper; keeps sums finite.
const LONGEST: f64 = 2000.0;

/// A length in millimetres, from 0.
pub(super) fn mm(text: &str) -> Value<Mm> {
    match number(text) {
        Some(length) if (0.0..=LONGEST).contains(&length) => Ok(Mm(length)),
        _ => wrong("应为毫米数，如 12.75", "a number of millimetres is expected, such as 12.75"),
    }
}

/// A length in millimetres above 0.
pub(super) fn extent(text: &str) -> Value<Mm> {
    match mm(text)? {
        Mm(length) if length > 0.0 => Ok(Mm(length)),
        _ => wrong("应大于 0 毫米", "it must be more than 0 mm"),
    }
}

/// A list of widths.
pub(super) fn extents(text: &str) -> Value<Vec<Mm>> {
    let widths: Vec<Mm> = text.split_ascii_whitespace().map(extent).collect::<Value<_>>()?;
    match widths.is_empty() {
        true => wrong("应为各列宽度（毫米），如 26 24 14", "the columns' widths in millimetres are expected, such as 26 24 14"),
        false => Ok(widths),
    }
}

/// A row's height and whether it may grow: `17`, `32+`.
pub(super) fn height(text: &str) -> Value<(Mm, bool)> {
    let (length, grows) = text.strip_suffix('+').map_or((text, false), |length| (length, true));
    match extent(length) {
        Ok(length) => Ok((length, grows)),
        Err(_) => wrong("应为行高（毫米），如 17；可增高的写 32+", "a height in millimetres is expected, such as 17, or 32+ for a row that may grow"),
    }
}

/// The width of a field in a line: millimetres, or em of its type (`2em`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Width {
    Mm(Mm),
    Em(f64),
}

/// A [`Width`].
pub(super) fn width(text: &str) -> Value<Width> {
    let em = text.strip_suffix("em").map(|em| number(em).filter(|em| *em > 0.0 && *em <= 100.0));
    match (em, extent(text)) {
        (Some(Some(em)), _) => Ok(Width::Em(em)),
        (None, Ok(length)) => Ok(Width::Mm(length)),
        _ => wrong("应为宽度：毫米数，或字数如 2em", "a width is expected: millimetres, or em such as 2em"),
    }
}

/// A 字号 name or a number of points, from 4 to 100.
pub(super) fn size(text: &str) -> Value<Pt> {
    match Pt::parse_size(text) {
        Some(size) if (4.0..=100.0).contains(&size.0) => Ok(size),
        _ => Err(Wrong {
            expected: Message::new("应为字号（如 小四）或磅数（4 至 100）", "a 字号 name (小四) or a number of points (4 to 100) is expected"),
            near: nearest(text, Pt::size_names()).filter(|_| text.chars().count() == 2),
        }),
    }
}

/// The width of a rule in points, 0 for none.
pub(super) fn rule(text: &str) -> Value<Pt> {
    match number(text) {
        Some(width) if (0.0..=6.0).contains(&width) => Ok(Pt(width)),
        _ => wrong("应为线宽（磅，0 至 6）", "the width of a rule in points is expected (0 to 6)"),
    }
}

/// Line pitch at the full size, and at the smallest size if that differs: `1.5`, `1.83 1.6`.
pub(super) fn leading(text: &str) -> Value<(f64, f64)> {
    let numbers: Option<Vec<f64>> = text.split_ascii_whitespace().map(number).collect();
    match numbers.as_deref() {
        Some([one]) if sound_leading(*one) => Ok((*one, *one)),
        Some([full, floor]) if sound_leading(*full) && sound_leading(*floor) => Ok((*full, *floor)),
        _ => wrong(
            "应为行距倍数（1 至 4），如 1.5；或两个：原字号与最小字号时，如 1.83 1.6",
            "line pitch as a multiple of the size is expected (1 to 4), such as 1.5, or two: at the full and at the smallest size",
        ),
    }
}

fn sound_leading(multiple: f64) -> bool {
    (1.0..=4.0).contains(&multiple)
}

/// One, two or four distances in the order of CSS: all; top and bottom, left and right; top, right, bottom, left.
pub(super) fn edges(text: &str) -> Value<Edges> {
    let lengths: Option<Vec<Mm>> = text.split_ascii_whitespace().map(|part| mm(part).ok()).collect();
    match lengths.as_deref() {
        Some([all]) => Ok(Edges { top: *all, right: *all, bottom: *all, left: *all }),
        Some([y, x]) => Ok(Edges { top: *y, right: *x, bottom: *y, left: *x }),
        Some([top, right, bottom, left]) => Ok(Edges { top: *top, right: *right, bottom: *bottom, left: *left }),
        _ => wrong(
            "应为一个、两个（上下 左右）或四个（上 右 下 左）毫米数",
            "one, two (top and bottom, left and right) or four (top right bottom left) numbers of millimetres are expected",
        ),
    }
}

/// A box: left, top, width, height in millimetres.
pub(super) fn rect(text: &str) -> Value<Rect> {
    let lengths: Option<Vec<Mm>> = text.split_ascii_whitespace().map(|part| mm(part).ok()).collect();
    match lengths.as_deref() {
        Some([x, y, w, h]) if w.0 > 0.0 && h.0 > 0.0 => Ok(Rect { x: *x, y: *y, w: *w, h: *h }),
        _ => wrong("应为四个毫米数：左 上 宽 高", "four numbers of millimetres are expected: left top width height"),
    }
}

/// Paper by name, or its width and height.
pub(super) fn paper(text: &str) -> Value<(Mm, Mm)> {
    const NAMED: [(&str, f64, f64); 4] =
        [("a4", 210.0, 297.0), ("a4-landscape", 297.0, 210.0), ("a3", 297.0, 420.0), ("a3-landscape", 420.0, 297.0)];
    if let Some((_, w, h)) = NAMED.iter().find(|(name, ..)| *name == text) {
        return Ok((Mm(*w), Mm(*h)));
    }
    match extents(text).as_deref() {
        Ok([w, h]) if w.0 >= 50.0 && h.0 >= 50.0 => Ok((*w, *h)),
        _ => Err(Wrong {
            expected: Message::new(
                "应为 a4、a4-landscape、a3、a3-landscape，或宽 高（毫米，不小于 50）",
                "a4, a4-landscape, a3, a3-landscape, or width and height in millimetres (from 50) are expected",
            ),
            near: nearest(text, NAMED.iter().map(|(name, ..)| *name)),
        }),
    }
}

/// A whole number from 1 to 1000.
pub(super) fn count(text: &str) -> Value<usize> {
    match text.parse() {
        Ok(count @ 1..=1000) => Ok(count),
        _ => wrong("应为 1 至 1000 的整数", "a whole number from 1 to 1000 is expected"),
    }
}

/// Whole numbers: how many characters stand before each break of the drawing.
pub(super) fn counts(text: &str) -> Value<Vec<usize>> {
    let counts: Vec<usize> = text.split_ascii_whitespace().map(count).collect::<Value<_>>()?;
    match counts.len() {
        2..=10 => Ok(counts),
        _ => wrong("应为各段字数，如 6 8 4", "the numbers of characters of each part are expected, such as 6 8 4"),
    }
}

/// A number of em from 1 to 60.
pub(super) fn em(text: &str) -> Value<f64> {
    match number(text) {
        Some(em) if (1.0..=60.0).contains(&em) => Ok(em),
        _ => wrong("应为字数（1 至 60）", "a number of em is expected (1 to 60)"),
    }
}

/// `yes` or `no`.
pub(super) fn yes(text: &str) -> Value<bool> {
    word(text, &[("yes", true), ("no", false)])
}

/// A face's role.
pub(super) fn font(text: &str) -> Value<FontRole> {
    word(text, &[("song", FontRole::Song), ("fang", FontRole::Fang), ("hei", FontRole::Hei), ("title", FontRole::Title)])
}

/// Horizontal alignment.
pub(super) fn align(text: &str) -> Value<Align> {
    word(text, &[("left", Align::Left), ("center", Align::Centre), ("right", Align::Right), ("justify", Align::Justify)])
}

/// Vertical alignment.
pub(super) fn valign(text: &str) -> Value<VAlign> {
    word(text, &[("top", VAlign::Top), ("middle", VAlign::Middle)])
}

/// What happens to a text that does not fit.
pub(super) fn overflow(text: &str) -> Value<Overflow> {
    word(text, &[("error", Overflow::Error), ("continue", Overflow::Continue), ("grow", Overflow::Grow)])
}

/// On which sheets a `p` stands; true for every one.
pub(super) fn pages(text: &str) -> Value<bool> {
    word(text, &[("first", false), ("every", true)])
}

/// A word that only layout knows.
pub(super) fn reference(text: &str) -> Value<RefKind> {
    word(text, &[("annex", RefKind::Annex), ("page", RefKind::Page), ("label", RefKind::Label)])
}

/// A field's name.
pub(super) fn name(text: &str) -> Value<FieldName> {
    match FieldName::parse(text) {
        Some(name) => Ok(name),
        None => wrong(
            "字段名由小写字母、数字和 `_` 组成，用点分层，如 resume.0.period",
            "a field's name has lower-case letters, digits and `_`, with dots between its steps, such as resume.0.period",
        ),
    }
}

/// Names of fields, perhaps none.
pub(super) fn names(text: &str) -> Value<Vec<FieldName>> {
    text.split_ascii_whitespace().map(name).collect()
}

/// A word of a list.
pub(super) fn word<T: Copy>(text: &str, words: &[(&'static str, T)]) -> Value<T> {
    if let Some((_, value)) = words.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let list: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
    Err(Wrong {
        expected: Message::new(format!("应为 {}", list.join("、")), format!("one of {} is expected", list.join(", "))),
        near: nearest(text, list),
    })
}

/// A plain decimal number: `f64::from_str` alone would also take `inf`, `NaN` and `1e9`.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().any(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_plain_numbers_from_zero() {
        for (text, want) in [("12.75", Some(12.75)), ("0", Some(0.0)), ("-1", None), ("1e2", None), ("inf", None), ("", None), (".", None), ("20mm", None), ("9999", None)] {
            assert_eq!(mm(text).ok().map(|mm| mm.0), want, "{text}");
        }
        assert!(extent("0").is_err());
        assert!(extents("").is_err());
    }

    #[test]
    fn a_plus_lets_a_row_grow() {
        assert_eq!(height("32+").ok(), Some((Mm(32.0), true)));
        assert_eq!(height("17").ok(), Some((Mm(17.0), false)));
        assert!(height("+").is_err());
    }

    #[test]
    fn widths_in_a_line_are_millimetres_or_em() {
        assert_eq!(width("2em").ok(), Some(Width::Em(2.0)));
        assert_eq!(width("60").ok(), Some(Width::Mm(Mm(60.0))));
        for text in ["0em", "em", "2 em", "0"] {
            assert!(width(text).is_err(), "{text}");
        }
    }

    #[test]
    fn edges_follow_css() {
        let four = edges("25 20 22 10").unwrap();
        assert_eq!((four.top.0, four.right.0, four.bottom.0, four.left.0), (25.0, 20.0, 22.0, 10.0));
        let two = edges("0.4 1.2").unwrap();
        assert_eq!((two.top.0, two.right.0, two.bottom.0, two.left.0), (0.4, 1.2, 0.4, 1.2));
        assert!(edges("1 2 3").is_err());
    }

    #[test]
    fn words_have_neighbours() {
        assert_eq!(align("centre").unwrap_err().near, Some("center"));
        assert_eq!(paper("a4-landscap").unwrap_err().near, Some("a4-landscape"));
        assert_eq!(size("小思").unwrap_err().near, Some("小初"));
    }
}
