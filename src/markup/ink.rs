//! Ink: the text of labels and lines, with the template's own line breaks and without its indentation.

/// Lines of ink, built piece by piece.
///
/// The indentation of a template is not ink: blanks at the edges of a line and around a line feed vanish, every other
/// run of ASCII blanks is one space. A full-width space (U+3000) is ink and stays.
#[derive(Debug)]
pub(super) struct Lines<T> {
    lines: Vec<Vec<Piece<T>>>,
}

/// A piece of a line.
#[derive(Debug)]
pub(super) enum Piece<T> {
    Text(String),
    Other(T),
}

impl<T> Lines<T> {
    pub(super) fn new() -> Lines<T> {
        Lines { lines: vec![Vec::new()] }
    }

    /// Adds text as it stands in the template.
    pub(super) fn text(&mut self, raw: &str) {
        let text = squeeze(raw);
        let line = self.last();
        match line.last_mut() {
            Some(Piece::Text(before)) => before.push_str(&text),
            _ if text.is_empty() => {}
            _ => line.push(Piece::Text(text)),
        }
    }

    /// Adds something that is not text.
    pub(super) fn other(&mut self, piece: T) {
        self.last().push(Piece::Other(piece));
    }

    /// Begins a new line.
    pub(super) fn end_line(&mut self) {
        self.lines.push(Vec::new());
    }

    /// The lines, trimmed; none where nothing stands on any of them.
    pub(super) fn finish(mut self) -> Vec<Vec<Piece<T>>> {
        for line in &mut self.lines {
            trim(line);
        }
        if self.lines.iter().all(Vec::is_empty) {
            return Vec::new();
        }
        self.lines
    }

    fn last(&mut self) -> &mut Vec<Piece<T>> {
        if self.lines.is_empty() {
            self.lines.push(Vec::new());
        }
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }
}

fn trim<T>(line: &mut Vec<Piece<T>>) {
    if let Some(Piece::Text(first)) = line.first_mut() {
        *first = first.trim_start_matches(' ').to_owned();
    }
    if let Some(Piece::Text(last)) = line.last_mut() {
        last.truncate(last.trim_end_matches(' ').len());
    }
    line.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
}

/// Runs of ASCII blanks made one space, or nothing where they hold a line feed and do not part two Latin words.
fn squeeze(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(start) = rest.find(|c: char| c.is_ascii_whitespace()) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let len = from.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(from.len());
        let (blanks, after) = from.split_at(len);
        let latin = out.ends_with(|c: char| c.is_ascii_graphic()) && after.starts_with(|c: char| c.is_ascii_graphic());
        if latin || !blanks.contains(['\n', '\r']) {
            out.push(' ');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What ink says in one piece: without the blanks that spread or break it. A space between Latin words stays.
pub(super) fn plain<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for line in lines {
        // Where a line ends only words are parted; a blank parts Latin marks, too (`Questions: Ms. Chen`).
        let mut gap = Some(char::is_ascii_alphanumeric as fn(&char) -> bool).filter(|_| !out.is_empty());
        for c in line.chars() {
            if c.is_whitespace() {
                gap = Some(char::is_ascii_graphic);
                continue;
            }
            if gap.take().is_some_and(|latin| latin(&c) && out.ends_with(|c: char| latin(&c))) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&str]) -> Vec<String> {
        let mut lines: Lines<()> = Lines::new();
        for part in parts {
            match *part {
                "/" => lines.end_line(),
                "#" => lines.other(()),
                text => lines.text(text),
            }
        }
        let text = |piece: Piece<()>| match piece {
            Piece::Text(text) => text,
            Piece::Other(()) => "#".to_owned(),
        };
        lines.finish().into_iter().map(|line| line.into_iter().map(text).collect()).collect()
    }

    #[test]
    fn indentation_is_not_ink() {
        for (parts, want) in [
            (&["\n    姓名\n  "][..], &["姓名"][..]),
            (&["个　人　总　结"], &["个　人　总　结"]),
            (&["照", "/", "\n  片"], &["照", "片"]),
            (&["接第", "#", "页 ", "#"], &["接第#页 #"]),
            (&["\n 接第", "#", "页\n  ", "#", "\n"], &["接第#页#"]),
            (&["two\n words"], &["two words"]),
            (&["一\n  行"], &["一行"]),
            (&["\n  \n"], &[]),
        ] {
            assert_eq!(lines(parts), want, "{parts:?}");
        }
    }

    #[test]
    fn plain_ink_has_no_spread() {
        for (parts, want) in [
            (&["本专业", "招情　况"][..], "本专业招情况"),
            (&["姓  名"], "姓名"),
            (&["PDF", "file name"], "PDF file name"),
            (&["A4 纸"], "A4纸"),
            (&["Questions: Ms. Chen (0577)"], "Questions: Ms. Chen (0577)"),
        ] {
            assert_eq!(plain(parts.iter().copied()), want);
        }
    }
}
