//! Where a picture lies in its frame: filled and cropped a little, or whole with margins; never stretched.

use crate::units::{Mm, Rect};

/// The least part of a picture that is still seen when it is cropped to fill its frame.
const LEAST_SEEN: f64 = 0.8;

/// The share of a crop that is taken from the top: a portrait keeps its head.
const CROP_AT_TOP: f64 = 0.25;

/// Where the whole upright picture lies, and what is seen of it, when it is set in a frame.
///
/// `picture` is width and height in pixels. A picture whose ratio differs from the frame's by at most a fifth fills the
/// frame and is cropped; any other is shown whole, centred.
pub fn frame(picture: (u32, u32), frame: Rect) -> (Rect, Rect) {
    let (width, height) = (f64::from(picture.0), f64::from(picture.1));
    let (fit_width, fit_height) = (frame.w.0 / width, frame.h.0 / height);
    if !(fit_width > 0.0 && fit_height > 0.0 && fit_width.is_finite() && fit_height.is_finite()) {
        return (frame, frame);
    }
    let seen = (fit_width / fit_height).min(fit_height / fit_width);
    let fills = seen >= LEAST_SEEN;
    // Millimetres a pixel: the larger one fills the frame, the smaller one keeps the picture inside.
    let scale = if fills { fit_width.max(fit_height) } else { fit_width.min(fit_height) };
    let (w, h) = (Mm(width * scale), Mm(height * scale));
    let above = if fills { CROP_AT_TOP } else { 0.5 };
    let at = Rect { x: frame.x + (frame.w - w) / 2.0, y: frame.y + (frame.h - h) * above, w, h };
    (at, if fills { frame } else { at })
}

/// Where a paper lies that is to be seen whole in a frame, centred, and whether it is turned a quarter so that its head is at
/// the left.
///
/// `paper` is its natural size: it is made smaller where it must be, never larger, and never stretched. One that is wider than
/// high is turned, unless it fits upright as it is. GB/T 9704-2012, 8: the head of a sheet set broadside is at the binding edge
/// on odd pages and at the cut edge on even ones, which is the left both times.
pub fn whole(paper: (Mm, Mm), frame: Rect) -> (Rect, bool) {
    let turned = paper.0 > paper.1 && (paper.0 > frame.w || paper.1 > frame.h);
    let (w, h) = if turned { (paper.1, paper.0) } else { paper };
    let scale = (frame.w.0 / w.0).min(frame.h.0 / h.0).min(1.0);
    if !(scale > 0.0 && scale.is_finite() && w.0 > 0.0 && h.0 > 0.0) {
        return (frame, false);
    }
    let (w, h) = (w * scale, h * scale);
    (Rect { x: frame.x + (frame.w - w) / 2.0, y: frame.y + (frame.h - h) / 2.0, w, h }, turned)
}

/// Pixels in an inch of a picture that lies at `at`; the smaller number of the two directions.
pub fn dpi(picture: (u32, u32), at: Rect) -> f64 {
    let across = |pixels: u32, length: Mm| if length.0 > 0.0 { f64::from(pixels) * 25.4 / length.0 } else { 0.0 };
    across(picture.0, at.w).min(across(picture.1, at.h))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x: Mm(150.0), y: Mm(40.0), w: Mm(35.0), h: Mm(49.0) };

    #[test]
    fn papers_stand_whole_and_turn_their_heads_to_the_left() {
        let frame = Rect { x: Mm(20.0), y: Mm(25.0), w: Mm(170.0), h: Mm(248.0) };
        // Natural size; width and height on paper, turned.
        let table = [
            ((210.0, 297.0), (170.0, 170.0 * 297.0 / 210.0), false),
            ((297.0, 210.0), (170.0, 170.0 * 297.0 / 210.0), true),
            ((85.6, 54.0), (85.6, 54.0), false),
            ((200.0, 60.0), (60.0, 200.0), true),
            ((50.0, 500.0), (24.8, 248.0), false),
            ((0.0, 10.0), (170.0, 248.0), false),
        ];
        for ((w, h), (on_w, on_h), want) in table {
            let (at, turned) = whole((Mm(w), Mm(h)), frame);
            assert!((at.w.0 - on_w).abs() < 1e-9 && (at.h.0 - on_h).abs() < 1e-9 && turned == want, "{w} × {h}: {at:?}, {turned}");
            let middle = (at.x + at.w / 2.0, at.y + at.h / 2.0);
            assert!((middle.0.0 - 105.0).abs() < 1e-9 && (middle.1.0 - 149.0).abs() < 1e-9, "{w} × {h} is in the middle");
        }
    }

    #[test]
    fn pictures_fill_their_frame_or_stand_whole() {
        // Picture, where it lies: x, y, w, h; whether the frame clips it.
        let table = [
            // One inch and two inch photos have the frame's ratio.
            ((500, 700), (150.0, 40.0, 35.0, 49.0), true),
            // 3 : 4 is wider: a little is lost left and right.
            ((300, 400), (149.125, 40.0, 36.75, 49.0), true),
            // 2 : 3 is taller: three quarters of the loss at the bottom.
            ((400, 600), (150.0, 39.125, 35.0, 52.5), true),
            // A square would lose more than a fifth: whole, centred.
            ((600, 600), (150.0, 47.0, 35.0, 35.0), false),
            // So would a strip.
            ((100, 490), (162.5, 40.0, 10.0, 49.0), false),
        ];
        for (picture, (x, y, w, h), clipped) in table {
            let (at, seen) = frame(picture, FRAME);
            for (got, want) in [(at.x, x), (at.y, y), (at.w, w), (at.h, h)] {
                assert!((got.0 - want).abs() < 1e-9, "{picture:?}: {at:?}");
            }
            assert_eq!(seen, if clipped { FRAME } else { at }, "{picture:?}");
            let ratio = f64::from(picture.0) / f64::from(picture.1);
            assert!((at.w.0 / at.h.0 - ratio).abs() < 1e-9, "{picture:?} is stretched");
        }
    }

    #[test]
    fn a_fifth_may_be_lost_and_no_more() {
        assert_eq!(frame((701, 784), FRAME).1, frame((701, 784), FRAME).0, "0.7989 of it would be seen");
        assert_eq!(frame((699, 784), FRAME).1, FRAME, "0.8011 of it is seen");
    }

    #[test]
    fn an_impossible_picture_harms_nothing() {
        for picture in [(0, 0), (0, 5), (5, 0)] {
            assert_eq!(frame(picture, FRAME), (FRAME, FRAME));
        }
        assert_eq!(dpi((100, 100), Rect::new(0.0, 0.0, 0.0, 0.0)), 0.0);
    }

    #[test]
    fn two_inches_at_300_dpi() {
        let (at, _) = frame((413, 579), FRAME);
        assert!((dpi((413, 579), at) - 299.7).abs() < 0.1);
        assert!(dpi((206, 289), at) < 200.0);
    }
}
