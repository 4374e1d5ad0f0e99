//! How high a row must be: workbooks keep no lines, so the lines that Excel and LibreOffice will make are estimated.

/// What a cell keeps free at its left and right, together, in points (Excel: 5 pixels).
const PADDING: f64 = 4.5;

/// The pitch of lines as a multiple of the size: 宋体 of 8 pt stands on 10.5 in Excel, a bundled face on 11 in LibreOffice.
const PITCH: f64 = 1.42;

/// What a cell keeps free above and below, together, in points.
const ABOVE: f64 = 5.0;

/// The highest a row may be is 409 pt.
pub(super) const HIGHEST: f64 = 405.0;

/// The height that a text takes in a column of a width, both in points.
pub(super) fn of(text: &str, width: f64, size: f64) -> f64 {
    let room = (width - PADDING).max(size);
    let count: usize = text.split('\n').map(|paragraph| lines(paragraph, room, size)).sum();
    #[allow(clippy::cast_precision_loss)] // A text has some thousand lines at most.
    let count = count as f64;
    count * size * PITCH + ABOVE
}

/// How many lines a paragraph takes: a word goes down whole if it fits on a line, else it is broken anywhere.
fn lines(paragraph: &str, room: f64, size: f64) -> usize {
    let (mut lines, mut at) = (1, 0.0);
    let mut word = 0.0;
    for ch in paragraph.chars() {
        let wide = width(ch) * size;
        if ch.is_ascii_graphic() {
            word += wide;
        } else {
            word = 0.0;
        }
        if at + wide <= room {
            at += wide;
            continue;
        }
        lines += 1;
        // What may not begin a line takes its neighbour down with it; a word's beginning goes down, too.
        at = if word > wide && word <= room {
            word
        } else if never_first(ch) {
            wide + size
        } else {
            wide
        };
    }
    lines
}

fn never_first(ch: char) -> bool {
    matches!(
        ch,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '〉'
            | '」'
            | '』'
            | '】'
            | '”'
            | '’'
            | '·'
            | '—'
            | '…'
            | ')'
            | ','
            | '.'
    )
}

/// In em; what lies above Latin is as wide as it is high.
fn width(ch: char) -> f64 {
    match ch {
        '\u{0}'..='\u{2FF}' if ch.is_ascii_uppercase() || matches!(ch, '%' | '@' | '&') => 0.7,
        '\u{0}'..='\u{2FF}' => 0.54,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_on_the_safe_side() {
        for (text, room, want) in [
            ("", 40.0, 1),
            ("一二三四五", 40.0, 1),
            ("一二三四五六", 40.0, 2),
            ("一二三四五。", 40.0, 2),
            ("990000196601011018", 40.0, 2),
            ("用了 Mastercam 软件", 60.0, 3),
        ] {
            assert_eq!(lines(text, room, 8.0), want, "{text}");
        }
        assert!(of("一\n二\n三", 40.0, 8.0) > of("一", 40.0, 8.0) * 2.0);
    }
}
