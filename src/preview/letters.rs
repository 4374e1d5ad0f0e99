//! Letters of dots, five wide and seven high: enough for the names of fields and for numbers.

/// From a letter's left to the next one's, in dots.
pub(super) const ADVANCE: i32 = 6;

/// How high a letter is, in dots; some reach one dot below.
pub(super) const HEIGHT: i32 = 8;

/// The rows of each letter from the top; the highest of five bits is the dot at the left.
const LETTERS: [(char, [u8; 8]); 39] = [
    ('0', [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110, 0]),
    ('1', [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110, 0]),
    ('2', [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111, 0]),
    ('3', [0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110, 0]),
    ('4', [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010, 0]),
    ('5', [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110, 0]),
    ('6', [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110, 0]),
    ('7', [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000, 0]),
    ('8', [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110, 0]),
    ('9', [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100, 0]),
    ('a', [0b00000, 0b00000, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111, 0]),
    ('b', [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b11110, 0]),
    ('c', [0b00000, 0b00000, 0b01110, 0b10001, 0b10000, 0b10001, 0b01110, 0]),
    ('d', [0b00001, 0b00001, 0b01111, 0b10001, 0b10001, 0b10001, 0b01111, 0]),
    ('e', [0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110, 0]),
    ('f', [0b00110, 0b01000, 0b11110, 0b01000, 0b01000, 0b01000, 0b01000, 0]),
    ('g', [0b00000, 0b00000, 0b01111, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110]),
    ('h', [0b10000, 0b10000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0]),
    ('i', [0b00100, 0b00000, 0b01100, 0b00100, 0b00100, 0b00100, 0b01110, 0]),
    ('j', [0b00010, 0b00000, 0b00110, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100]),
    ('k', [0b10000, 0b10000, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0]),
    ('l', [0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110, 0]),
    ('m', [0b00000, 0b00000, 0b11010, 0b10101, 0b10101, 0b10101, 0b10101, 0]),
    ('n', [0b00000, 0b00000, 0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0]),
    ('o', [0b00000, 0b00000, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110, 0]),
    ('p', [0b00000, 0b00000, 0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000]),
    ('q', [0b00000, 0b00000, 0b01111, 0b10001, 0b10001, 0b01111, 0b00001, 0b00001]),
    ('r', [0b00000, 0b00000, 0b10110, 0b11001, 0b10000, 0b10000, 0b10000, 0]),
    ('s', [0b00000, 0b00000, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110, 0]),
    ('t', [0b01000, 0b01000, 0b11110, 0b01000, 0b01000, 0b01001, 0b00110, 0]),
    ('u', [0b00000, 0b00000, 0b10001, 0b10001, 0b10001, 0b10011, 0b01101, 0]),
    ('v', [0b00000, 0b00000, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100, 0]),
    ('w', [0b00000, 0b00000, 0b10001, 0b10001, 0b10101, 0b10101, 0b01010, 0]),
    ('x', [0b00000, 0b00000, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0]),
    ('y', [0b00000, 0b00000, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110]),
    ('z', [0b00000, 0b00000, 0b11111, 0b00010, 0b00100, 0b01000, 0b11111, 0]),
    ('.', [0, 0, 0, 0, 0, 0b01100, 0b01100, 0]),
    ('_', [0, 0, 0, 0, 0, 0, 0, 0b11111]),
    ('-', [0, 0, 0, 0b11111, 0, 0, 0, 0]),
];

/// The dots of a letter, from its upper left corner; none of a letter that is not here.
pub(super) fn dots(letter: char) -> impl Iterator<Item = (i32, i32)> {
    let rows = LETTERS.iter().find(|(known, _)| *known == letter).map_or([0; 8], |(_, rows)| *rows);
    (0..).zip(rows).flat_map(|(y, row)| (0..5).filter(move |x| row >> (4 - x) & 1 == 1).map(move |x| (x, y)))
}

/// How wide a line is, in dots.
pub(super) fn width(text: &str) -> i32 {
    // A name is at most 200 letters long.
    (text.chars().count().min(10_000) as i32 * ADVANCE - 1).max(0)
}

/// A name on lines of at most so many letters, broken behind its dots where that does.
pub(super) fn broken(name: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in name.split_inclusive('.') {
        let letters: Vec<char> = part.chars().collect();
        if let Some(line) = lines.last_mut()
            && line.chars().count() + letters.len() <= most
        {
            line.extend(letters);
            continue;
        }
        lines.extend(letters.chunks(most.max(1)).map(|piece| piece.iter().collect::<String>()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_name_can_be_drawn_and_told_from_the_others() {
        let alphabet = "abcdefghijklmnopqrstuvwxyz0123456789._-";
        let mut seen: Vec<Vec<(i32, i32)>> = alphabet.chars().map(|letter| dots(letter).collect()).collect();
        assert!(seen.iter().all(|dots| !dots.is_empty() && dots.iter().all(|(x, y)| (0..5).contains(x) && (0..HEIGHT).contains(y))));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), alphabet.len());
        assert_eq!(dots('字').count(), 0);
    }

    #[test]
    fn names_break_behind_their_dots() {
        assert_eq!(broken("resume.0.period", 20), ["resume.0.period"]);
        assert_eq!(broken("resume.0.period", 9), ["resume.0.", "period"]);
        assert_eq!(broken("resume.0.period", 4), ["resu", "me.", "0.", "peri", "od"]);
        assert_eq!(broken("", 4), Vec::<String>::new());
    }
}
