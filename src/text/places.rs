//! Where a line may begin: the opportunities of UAX #14 with Chinese quotes, kinsoku and units put right.

use unicode_linebreak::linebreaks;

use super::Set;

/// Marks that begin no line (GB/T 15834-2011, 5.1; clreq, line start and end prohibition).
const NOT_FIRST: &str = "，。、；：？！）》〉】」』”’…·％〕］｝．～–‰℃°々";

/// Marks that end no line.
const NOT_LAST: &str = "（《〈【「『“‘〔［｛";

/// Chinese units that stay with the number before them.
const UNITS: &str = "年月日时分秒号岁元角万亿千百个件项名人次台套级届种米吨克升度％";

/// Latin units that stay with the number before them, across a space.
const LATIN_UNITS: [&str; 34] = [
    "mm", "cm", "dm", "m", "km", "μm", "µm", "nm", "kg", "g", "mg", "t", "kW", "W", "kV", "V", "mA", "A", "Hz", "kHz", "MHz", "MPa", "kPa",
    "Pa", "kN", "N", "min", "h", "s", "ms", "mL", "L", "dB", "r",
];

/// For each character whether a line may begin with it.
pub(super) fn places(set: &[Set]) -> Vec<bool> {
    let mut text = String::with_capacity(set.len() * 3);
    for (at, one) in set.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| set.get(at)).map(|one| one.ch);
        text.push(stand_in(one.ch, before, set.get(at + 1).map(|one| one.ch)));
    }
    let mut may = vec![false; set.len()];
    let mut offsets = text.char_indices().map(|(offset, _)| offset).zip(&mut may);
    let mut ink = None;
    let mut at = 0;
    for (offset, _) in linebreaks(&text) {
        // Both run forward, so each character is met once.
        for (own, place) in offsets.by_ref() {
            let here = own == offset && stays_clean(set, at, ink) && !parts_number_and_unit(set, at) && !parts_code(set, at);
            *place = here;
            if let Some(ch) = set.get(at).map(|one| one.ch).filter(|ch| !is_space(*ch)) {
                ink = Some(ch);
            }
            at += 1;
            if own >= offset {
                break;
            }
        }
    }
    may
}

/// Whether a line may begin at a place without breaking kinsoku or a double mark; for runs that must be broken anyhow.
pub(super) fn is_clean(set: &[Set], at: usize) -> bool {
    let ink = set.get(..at).and_then(|before| before.iter().rev().map(|one| one.ch).find(|ch| !is_space(*ch)));
    stays_clean(set, at, ink)
}

/// Spaces, which hang at the end of a line.
pub(super) fn is_space(ch: char) -> bool {
    matches!(ch, ' ' | '\u{3000}')
}

/// Marks that say nothing by themselves.
pub(super) fn is_mark(ch: char) -> bool {
    ch == '—' || NOT_FIRST.contains(ch) || NOT_LAST.contains(ch)
}

/// Whether one phrase ends and another begins at a place: after a closing mark, before an opening one, at a space.
pub(super) fn parts_phrases(set: &[Set], at: usize) -> bool {
    let char_at = |at: usize| set.get(at).map(|one| one.ch);
    let before = at.checked_sub(1).and_then(char_at);
    before.is_none_or(|ch| is_space(ch) || ch != '％' && ch != '°' && NOT_FIRST.contains(ch))
        || char_at(at).is_some_and(|ch| NOT_LAST.contains(ch))
}

/// `ink` is the last character before the place that is not a space.
fn stays_clean(set: &[Set], at: usize, ink: Option<char>) -> bool {
    let char_at = |at: usize| set.get(at).map(|one| one.ch);
    let Some(first) = char_at(at) else { return true };
    if NOT_FIRST.contains(first) || ink.is_some_and(|last| NOT_LAST.contains(last)) {
        return false;
    }
    // —— and …… stand on one line; a single dash between two dates or places stays with the first.
    let before = at.checked_sub(1).and_then(char_at);
    !(first == '—' && (before == Some('—') || char_at(at + 1) != Some('—')))
}

fn parts_number_and_unit(set: &[Set], at: usize) -> bool {
    let char_at = |at: usize| set.get(at).map(|one| one.ch);
    let Some(before) = at.checked_sub(1).and_then(char_at) else { return false };
    if is_digit(before) {
        return char_at(at).is_some_and(|unit| UNITS.contains(unit));
    }
    let number = at.checked_sub(2).and_then(char_at).is_some_and(is_digit);
    if before != ' ' || !number {
        return false;
    }
    // The longest unit has three letters.
    let word: String = (at..at.saturating_add(4)).map_while(char_at).take_while(|ch| ch.is_alphabetic() && !is_han(*ch)).collect();
    LATIN_UNITS.contains(&word.as_str())
}

/// Whether a line beginning there would part a code at its own hyphen or stroke (YD-G-0312, YD/ZY 07): a number that is read
/// back must be read in one piece.
fn parts_code(set: &[Set], at: usize) -> bool {
    let char_at = |at: usize| set.get(at).map(|one| one.ch);
    let plain = |ch: Option<char>| ch.is_some_and(|ch| ch.is_ascii_alphanumeric());
    let joint = at.checked_sub(1).and_then(char_at).is_some_and(|ch| matches!(ch, '-' | '/'));
    joint && plain(char_at(at)) && plain(at.checked_sub(2).and_then(char_at))
}

/// The character whose break class (UAX #14) this one should have.
fn stand_in(ch: char, before: Option<char>, after: Option<char>) -> char {
    let latin = |ch: Option<char>| ch.is_some_and(|ch| ch.is_alphabetic() && !is_han(ch));
    match ch {
        // UAX #14 treats “ ” alike on both sides and never breaks beside them; in Chinese they are brackets.
        // An apostrophe is none.
        '’' if latin(before) && latin(after) => ch,
        '“' | '‘' => '（',
        '”' | '’' => '）',
        // Full-width letters and digits are words and numbers too.
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => char::from_u32(u32::from(ch) - 0xfee0).unwrap_or(ch),
        _ => ch,
    }
}

fn is_digit(ch: char) -> bool {
    matches!(ch, '0'..='9' | '０'..='９')
}

fn is_han(ch: char) -> bool {
    matches!(ch, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
