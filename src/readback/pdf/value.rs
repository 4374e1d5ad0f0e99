//! The words of a field: text strings (ISO 32000-1, 7.9.2.2) and choices.

use crate::pdf_in::{Fault, Object, Pdf};

/// What a text says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Words {
    /// Its characters, lines ended by `\n`.
    pub(super) text: String,
    /// Whether a piece of it was no character, so that U+FFFD stands there.
    pub(super) damaged: bool,
}

/// A text given as a string, as a stream (12.7.3.4), or as a name by programs that mistake a text for one.
pub(super) fn words(pdf: &mut Pdf, object: &Object) -> Result<Option<Words>, Fault> {
    if let Object::String(text, _) | Object::Name(text) = object {
        pdf.walked(text.len() + 64)?;
    }
    Ok(match object {
        Object::String(text, _) | Object::Name(text) => Some(decoded(text)),
        Object::Stream(stream) => pdf.content(stream)?.map(|text| decoded(&text)),
        Object::Integer(number) => Some(Words { text: number.to_string(), damaged: false }),
        _ => None,
    })
}

/// The most values of one choice, and the most options that are compared with it.
const MOST_OPTIONS: usize = 2_000;

/// The words of a field that may be a choice: one value or several, each as a person sees it where the options pair
/// it with an export value (12.7.4.4).
pub(super) fn chosen(pdf: &mut Pdf, value: &Object, options: &Object) -> Result<Option<Words>, Fault> {
    let Object::Array(values) = value else {
        let words = words(pdf, value)?;
        return words.map(|words| displayed(pdf, words, options)).transpose();
    };
    let mut all = Words::default();
    for (place, one) in values.iter().take(MOST_OPTIONS).enumerate() {
        let one = pdf.follow(one)?;
        let Some(words) = words(pdf, &one)? else { continue };
        let words = if values.len() > 20 { words } else { displayed(pdf, words, options)? };
        if place > 0 {
            all.text.push('\n');
        }
        all.text.push_str(&words.text);
        all.damaged |= words.damaged;
    }
    Ok(Some(all))
}

/// What the options show for a value.
fn displayed(pdf: &mut Pdf, value: Words, options: &Object) -> Result<Words, Fault> {
    let Object::Array(options) = options else { return Ok(value) };
    for option in options.iter().take(MOST_OPTIONS) {
        let option = pdf.follow(option)?;
        let Object::Array(pair) = &*option else { continue };
        let [export, shown] = &pair[..] else { continue };
        let export = pdf.follow(export)?;
        if words(pdf, &export)?.is_some_and(|export| export.text == value.text) {
            let shown = pdf.follow(shown)?;
            return Ok(words(pdf, &shown)?.unwrap_or(value));
        }
    }
    Ok(value)
}

/// The characters of a text string: UTF-16 and UTF-8 by their marks, else PDFDocEncoding (annex D.2).
pub(super) fn decoded(bytes: &[u8]) -> Words {
    let mut damaged = false;
    let text: String = if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        utf16(rest, u16::from_be_bytes, &mut damaged)
    } else if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        utf16(rest, u16::from_le_bytes, &mut damaged)
    } else if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let text = String::from_utf8_lossy(rest);
        damaged = std::str::from_utf8(rest).is_err();
        without_languages(&text)
    } else {
        bytes.iter().map(|byte| character(*byte)).collect()
    };
    let text = text.trim_end_matches('\0').replace("\r\n", "\n").replace('\r', "\n");
    Words { text, damaged }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, damaged: &mut bool) -> String {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units)
        .map(|one| {
            *damaged |= one.is_err();
            one.unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect();
    // Half a unit at the end is no character; a byte of padding is not missed.
    *damaged |= odd.first().is_some_and(|byte| *byte != 0);
    without_languages(&text)
}

const ESCAPE: char = '\u{1B}';

/// A text without the marks of its language (7.9.2.2): `ESC zh CN ESC`.
fn without_languages(text: &str) -> String {
    if !text.contains(ESCAPE) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        kept.push_str(before);
        let code = after.chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '-').take(12).count();
        rest = match after.get(code..).and_then(|after| after.strip_prefix(ESCAPE)) {
            Some(after) if code >= 2 => after,
            _ => after,
        };
    }
    kept.push_str(rest);
    kept
}

/// A byte of PDFDocEncoding (annex D.2); bytes without a meaning there are taken as ISO 8859-1.
fn character(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const MARKS: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž',
        'ı', 'ł', 'œ', 'š', 'ž', '\u{9F}', '€',
    ];
    let of = |table: &[char], first: u8| byte.checked_sub(first).and_then(|at| table.get(usize::from(at)).copied());
    match byte {
        0x18..=0x1F => of(&ACCENTS, 0x18),
        0x80..=0xA0 => of(&MARKS, 0x80),
        _ => None,
    }
    .unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_by_their_marks() {
        for (bytes, text, damaged) in [
            (&b"plain\r\nline\rend\n"[..], "plain\nline\nend\n", false),
            (b"\x80\x84\xA0\xA9\x18\x9F", "•—€©˘\u{9F}", false),
            (b"\xFE\xFF\x4E\x2D\xD8\x40\xDD\x64", "中\u{20164}", false),
            (b"\xFF\xFE\x2D\x4E\x40\xD8\x64\xDD", "中\u{20164}", false),
            (b"\xEF\xBB\xBF\xE4\xB8\xAD\xF0\xA0\x85\xA4", "中\u{20164}", false),
            (b"\xFE\xFF\xD8\x40\x4E\x2D", "\u{FFFD}中", true),
            (b"\xFE\xFF\xDD\x64", "\u{FFFD}", true),
            (b"\xEF\xBB\xBF\xE4\xB8", "\u{FFFD}", true),
            (b"\xFE\xFF\x4E\x2D\x4E", "中", true),
            (b"\xFE\xFF\x4E\x2D\x00", "中", false),
            (b"\xFE\xFF\x4E\x2D\x00\x00", "中", false),
            (b"\xFE\xFF\x00\x0D\x00\x0A\x56\x0D\x00\x0D", "\n嘍\n", false),
            (b"\xFE\xFF\x00\x1B\x00z\x00h\x00C\x00N\x00\x1B\x4E\x2D", "中", false),
            (b"\xFE\xFF\x00\x1B\x4E\x2D", "中", false),
            (b"\xFE\xFF", "", false),
            (b"", "", false),
        ] {
            assert_eq!(decoded(bytes), Words { text: text.to_owned(), damaged }, "{bytes:02X?}");
        }
    }
}
