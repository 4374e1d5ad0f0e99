//! The record's text out of its bytes: UTF-8, or the name of what it is instead.

use std::str;

use encoding_rs::GB18030;

use super::{explained, input_place};
use crate::diag::Diagnostic;

/// The bytes as text, without a byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if is_utf16(bytes) {
        return Err(explained(
            "encoding-utf16",
            input_place(&[]),
            [
                "这个文件的编码是 UTF-16，不是 UTF-8",
                "this file is UTF-16, not UTF-8",
                "在记事本中“另存为”，编码选 UTF-8",
                "save it as UTF-8",
            ],
        ));
    }
    str::from_utf8(bytes).map_err(|error| {
        let place = input_place(bytes.get(..error.valid_up_to()).unwrap_or_default());
        if is_gb18030(bytes) {
            return explained(
                "encoding-gb18030",
                place,
                [
                    "这个文件的编码是 GB18030（GBK），不是 UTF-8",
                    "this file is GB18030 (GBK), not UTF-8",
                    "在记事本或 WPS 中“另存为”，编码选 UTF-8",
                    "save it as UTF-8",
                ],
            );
        }
        explained(
            "encoding-damaged",
            place,
            [
                "从这里起不是有效的 UTF-8 文字，文件可能损坏或被截断",
                "from here on this is not valid UTF-8; the file may be damaged or cut short",
                "从原来的程序重新导出，编码选 UTF-8",
                "export it again from where it came, as UTF-8",
            ],
        )
    })
}

fn is_utf16(bytes: &[u8]) -> bool {
    // JSON begins with an ASCII character (RFC 8259, 2), so a zero beside the first one tells UTF-16 without a mark.
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, b'{' | b'[', ..] | [b'{' | b'[', 0, ..])
}

/// Whether bytes that are not UTF-8 are GB18030.
///
/// GB18030 accepts almost any pair of bytes, so damaged UTF-8 often decodes as GB18030, too. What is mostly valid
/// UTF-8 is called damaged: GB18030 text looks like UTF-8 in few of its characters only.
fn is_gb18030(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|ch| !ch.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken > valid && GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_named() {
        let text = "{\n\"name\":\"王小明\",\"employer\":\"瑞安市某某阀门制造有限公司\"}";
        let (gbk, _, _) = GB18030.encode(text);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let mut damaged = text.as_bytes().to_vec();
        damaged.remove(12);
        let cut = &text.as_bytes()[..18];
        for (name, bytes, want) in [
            ("gbk", &*gbk, Some("encoding-gb18030")),
            ("utf16", &utf16, Some("encoding-utf16")),
            ("utf16 with mark", &with_mark, Some("encoding-utf16")),
            ("damaged", &damaged, Some("encoding-damaged")),
            ("cut", cut, Some("encoding-damaged")),
            ("utf8", text.as_bytes(), None),
            ("utf8 with mark", &["\u{FEFF}", text].concat().into_bytes(), None),
        ] {
            assert_eq!(decode(bytes).err().map(|diagnostic| diagnostic.code), want, "{name}");
        }
    }

    #[test]
    fn the_place_counts_characters() {
        let mut bytes = "{\"a\":\n\"王小\"".as_bytes().to_vec();
        let last = bytes.len() - 2;
        bytes[last] = 0xFF;
        let place = decode(&bytes).err().map(|diagnostic| diagnostic.place);
        assert_eq!(place, Some(crate::diag::Place::Input { line: 2, column: 3 }));
    }
}
