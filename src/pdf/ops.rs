//! A content stream: operators with their operands (ISO 32000-1, Annex A), as few of them as will do.

use super::coords::{Area, Milli};

/// The operators of one page or appearance.
///
/// The stream is always in one of three states (ISO 32000-1, figure 9): page level, text object, path. Asking
/// for the state that is already there costs nothing, so neighbouring lines become one path and neighbouring
/// texts one text object.
#[derive(Default)]
pub(super) struct Ops {
    out: Vec<u8>,
    state: State,
    /// Font and size last set; both outlive the text object.
    font: Option<(u16, Milli)>,
    /// Line width last set.
    width: Option<Milli>,
    /// Where the current line of the text object begins, and whether something was shown on it.
    line: (Milli, Milli),
    shown: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Page,
    Text,
    Path,
}

/// A part of a shown text: glyphs, or a shift in thousandths of the size (positive: to the right).
pub(super) enum Piece {
    /// The code of a glyph.
    Code(u16),
    /// A shift of the pen.
    Shift(i32),
}

impl Ops {
    /// The bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.enter(State::Page);
        if self.out.last() == Some(&b'\n') {
            self.out.pop();
        }
        self.out
    }

    /// `BMC`, at page level.
    pub(super) fn begin_marked(&mut self, tag: &str) {
        self.enter(State::Page);
        self.name(tag).space().op("BMC");
    }

    /// `EMC`, at page level.
    pub(super) fn end_marked(&mut self) {
        self.enter(State::Page);
        self.op("EMC");
    }

    /// `BDC` with a text property, inside the text object.
    pub(super) fn begin_text_span(&mut self, tag: &str, key: &str, value: &str) {
        self.enter(State::Text);
        self.name(tag);
        self.out.extend_from_slice(b"<<");
        self.name(key).text_string(value);
        self.out.extend_from_slice(b">>");
        self.op("BDC");
    }

    /// `EMC`, inside the text object.
    pub(super) fn end_text_span(&mut self) {
        self.enter(State::Text);
        self.op("EMC");
    }

    /// `Tf`, if another font or size was set before.
    pub(super) fn font(&mut self, font: u16, size: Milli) {
        self.enter(State::Text);
        if self.font != Some((font, size)) {
            self.font = Some((font, size));
            self.name(&format!("F{font}")).space().milli(size).op("Tf");
        }
    }

    /// `Td` to a point of the page.
    pub(super) fn text_at(&mut self, at: (Milli, Milli)) {
        self.enter(State::Text);
        if self.shown || self.line != at {
            // Differences of rounded places: no error adds up.
            let (dx, dy) = (at.0.since(self.line.0), at.1.since(self.line.1));
            self.milli(dx).milli(dy).op("Td");
            self.line = at;
            self.shown = false;
        }
    }

    /// `Tj` or `TJ`.
    pub(super) fn show(&mut self, pieces: &[Piece]) {
        if pieces.is_empty() {
            return;
        }
        self.enter(State::Text);
        self.shown = true;
        let shifted = pieces.iter().any(|piece| matches!(piece, Piece::Shift(_)));
        if shifted {
            self.out.push(b'[');
        }
        let mut open = false;
        for piece in pieces {
            match piece {
                Piece::Code(code) => {
                    if !open {
                        self.out.push(b'<');
                        open = true;
                    }
                    self.hex(*code);
                }
                Piece::Shift(shift) => {
                    if open {
                        self.out.push(b'>');
                        open = false;
                    }
                    // The operand is subtracted from the pen's place (9.4.3).
                    self.integer(-i64::from(*shift));
                }
            }
        }
        if open {
            self.out.push(b'>');
        }
        self.op(if shifted { "]TJ" } else { "Tj" });
    }

    /// A line of the current path, stroked with the others of its width.
    pub(super) fn line(&mut self, from: (Milli, Milli), to: (Milli, Milli), width: Milli) {
        if self.width != Some(width) {
            self.enter(State::Page);
            if self.width.is_none() {
                // Projecting square ends (table 54): where two rules meet, the corner is closed, and no end leaves its place.
                self.milli(Milli::pt(2.0)).op("J");
            }
            self.width = Some(width);
            self.milli(width).op("w");
        }
        self.enter(State::Path);
        self.milli(from.0).milli(from.1).op("m");
        self.milli(to.0).milli(to.1).op("l");
    }

    /// An XObject that is drawn in the square from (0, 0) to `size` in points, set in a rectangle: upright, or a quarter
    /// turn anticlockwise; seen through another rectangle if there is one. Of an image that square is (1, 1).
    pub(super) fn xobject(&mut self, name: &str, size: (f64, f64), at: Area, turned: bool, clip: Option<Area>) {
        self.enter(State::Page);
        self.op("q");
        if let Some(clip) = clip {
            self.milli(clip.left).milli(clip.bottom).milli(clip.width()).milli(clip.height()).op("re");
            self.op("W").op("n");
        }
        let scale = |length: Milli, points: f64| f64::from(length.get()) / 1000.0 / points;
        if turned {
            // What went right goes up, what went up goes left (8.3.3).
            let (up, left) = (scale(at.height(), size.0), -scale(at.width(), size.1));
            self.factor(0.0).factor(up).factor(left).factor(0.0).milli(at.right).milli(at.bottom).op("cm");
        } else {
            let (right, up) = (scale(at.width(), size.0), scale(at.height(), size.1));
            self.factor(right).factor(0.0).factor(0.0).factor(up).milli(at.left).milli(at.bottom).op("cm");
        }
        self.name(name).space().op("Do");
        self.op("Q");
    }

    fn enter(&mut self, state: State) {
        if self.state == state {
            return;
        }
        match self.state {
            State::Page => {}
            State::Text => {
                self.op("ET");
            }
            State::Path => {
                self.op("S");
            }
        }
        self.state = state;
        if state == State::Text {
            self.op("BT");
            self.line = Default::default();
            self.shown = false;
        }
    }

    fn op(&mut self, operator: &str) -> &mut Ops {
        self.out.extend_from_slice(operator.as_bytes());
        self.out.push(b'\n');
        self
    }

    fn space(&mut self) -> &mut Ops {
        self.out.push(b' ');
        self
    }

    /// A name of our own: regular characters only.
    fn name(&mut self, name: &str) -> &mut Ops {
        self.out.push(b'/');
        self.out.extend_from_slice(name.as_bytes());
        self
    }

    fn integer(&mut self, value: i64) -> &mut Ops {
        if value < 0 {
            self.out.push(b'-');
        }
        let mut rest = value.unsigned_abs();
        let mut digits = [b'0'; 20];
        let mut length = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            length += 1;
            if rest == 0 {
                break;
            }
        }
        self.out.extend(digits.iter().skip(20 - length));
        self
    }

    /// A number with at most three decimals, and the space after it.
    fn milli(&mut self, value: Milli) -> &mut Ops {
        self.decimal(i64::from(value.get()), 1000)
    }

    /// A factor with at most six decimals, and the space after it: over a sheet they are less than a thousandth of a point.
    fn factor(&mut self, value: f64) -> &mut Ops {
        // A float cast saturates, and what is no number becomes 0.
        self.decimal((value * 1e6).round() as i64, 1_000_000)
    }

    /// A number in so many parts of one, without idle zeros, and the space after it.
    fn decimal(&mut self, value: i64, parts: i64) -> &mut Ops {
        if value < 0 {
            self.out.push(b'-');
        }
        let (whole, mut rest) = ((value / parts).abs(), (value % parts).abs());
        if whole > 0 || rest == 0 {
            self.integer(whole);
        }
        if rest > 0 {
            self.out.push(b'.');
            while rest > 0 {
                let digit = rest * 10 / parts;
                self.out.push(b'0' + digit as u8);
                rest = rest * 10 % parts;
            }
        }
        self.space()
    }

    fn hex(&mut self, value: u16) {
        const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
        for shift in [12, 8, 4, 0] {
            self.out.push(DIGITS[usize::from(value >> shift & 15)]);
        }
    }

    /// A text string: as it is if nothing in it needs escaping, else in UTF-16BE with its mark (7.9.2.2).
    fn text_string(&mut self, text: &str) -> &mut Ops {
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'_' | b'-')) {
            self.out.push(b'(');
            self.out.extend_from_slice(text.as_bytes());
            self.out.push(b')');
            return self;
        }
        self.out.extend_from_slice(b"<FEFF");
        for unit in text.encode_utf16() {
            self.hex(unit);
        }
        self.out.push(b'>');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: impl FnOnce(&mut Ops)) -> String {
        let mut ops = Ops::default();
        draw(&mut ops);
        String::from_utf8(ops.finish()).unwrap()
    }

    #[test]
    fn numbers_have_at_most_three_decimals_and_no_idle_zeros() {
        for (points, want) in [
            (0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.05, ".05"),
            (-0.001, "-.001"),
            (841.8898, "841.89"),
            (10.0004, "10"),
            (120.0, "120"),
        ] {
            let ops = drawn(|ops| {
                ops.milli(Milli::pt(points));
            });
            assert_eq!(ops, format!("{want} "), "{points}");
        }
    }

    #[test]
    fn a_turned_picture_has_its_head_to_the_left() {
        let at = |left: f64, bottom: f64, right: f64, top: f64| Area {
            left: Milli::pt(left),
            bottom: Milli::pt(bottom),
            right: Milli::pt(right),
            top: Milli::pt(top),
        };
        let upright = drawn(|ops| ops.xobject("I0", (1.0, 1.0), at(10.0, 20.0, 110.0, 70.0), false, None));
        assert_eq!(upright, "q\n100 0 0 50 10 20 cm\n/I0 Do\nQ");
        let turned = drawn(|ops| ops.xobject("C0", (200.0, 300.0), at(10.0, 20.0, 110.0, 70.0), true, Some(at(0.0, 0.0, 99.0, 9.0))));
        assert_eq!(turned, "q\n0 0 99 9 re\nW\nn\n0 .25 -.333333 0 110 20 cm\n/C0 Do\nQ");
        let never = drawn(|ops| ops.xobject("C0", (0.0, f64::NAN), at(0.0, 0.0, 1.0, 1.0), true, None));
        assert!(never.contains(" cm\n") && never.is_ascii());
    }

    #[test]
    fn neighbouring_lines_are_one_path() {
        let at = |x, y| (Milli::pt(x), Milli::pt(y));
        let ops = drawn(|ops| {
            ops.line(at(0.0, 0.0), at(10.0, 0.0), Milli::pt(0.5));
            ops.line(at(0.0, 5.0), at(10.0, 5.0), Milli::pt(0.5));
            ops.line(at(0.0, 9.0), at(10.0, 9.0), Milli::pt(1.5));
        });
        assert_eq!(ops, "2 J\n.5 w\n0 0 m\n10 0 l\n0 5 m\n10 5 l\nS\n1.5 w\n0 9 m\n10 9 l\nS");
    }

    #[test]
    fn texts_share_their_object_and_font_and_move_by_differences() {
        let at = |x, y| (Milli::pt(x), Milli::pt(y));
        let ops = drawn(|ops| {
            ops.font(0, Milli::pt(12.0));
            ops.text_at(at(100.0, 700.0));
            ops.show(&[Piece::Code(1), Piece::Code(0x2ab)]);
            ops.font(0, Milli::pt(12.0));
            ops.text_at(at(100.0, 682.0));
            ops.show(&[Piece::Code(1), Piece::Shift(-500), Piece::Code(2)]);
            ops.line(at(0.0, 0.0), at(1.0, 0.0), Milli::pt(1.0));
            ops.font(0, Milli::pt(12.0));
            ops.text_at(at(0.0, 0.0));
            ops.show(&[Piece::Code(3)]);
        });
        assert_eq!(
            ops,
            "BT\n/F0 12 Tf\n100 700 Td\n<000102AB>Tj\n0 -18 Td\n[<0001>500<0002>]TJ\nET\n2 J\n1 w\n0 0 m\n1 0 l\nS\nBT\n<0003>Tj\nET"
        );
    }
}
