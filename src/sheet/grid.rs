//! Cells as a stranger's workbook has them, and their addresses.

use calamine::{ExcelDateTime, ExcelDateTimeType};

/// A sheet: its cells that hold something, by rows.
pub(super) struct Grid {
    pub(super) name: String,
    /// By row, then by column; each place once.
    pub(super) cells: Vec<Cell>,
    /// Areas of several cells made one.
    pub(super) merged: Vec<Area>,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
}

/// A cell that holds something.
pub(super) struct Cell {
    /// From 0.
    pub(super) row: u32,
    /// From 0.
    pub(super) col: u32,
    pub(super) held: Held,
    /// Whether a formula made it.
    pub(super) formula: bool,
}

/// What a cell holds.
pub(super) enum Held {
    Text(String),
    Number(f64),
    /// A number shown as a date: year, month, day.
    Day(u32, u32, u32),
    /// A number shown as a time, or a time without a day.
    Time,
    Flag(bool),
    /// #N/A and the like.
    Fault,
    /// A formula whose result the file does not keep.
    Unknown,
    /// More characters than a cell may have.
    TooLong,
}

/// An area of cells, its corners included; from 0.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) first: (u32, u32),
    pub(super) last: (u32, u32),
}

impl Held {
    /// The text of a cell that holds one, without spaces at its ends.
    pub(super) fn word(&self) -> Option<&str> {
        if let Held::Text(text) = self { Some(text.trim_matches(is_blank)) } else { None }
    }
}

/// White space, and what looks like it: no-break, full-width and zero-width spaces.
pub(super) fn is_blank(ch: char) -> bool {
    ch.is_whitespace() || matches!(ch, '\u{200B}' | '\u{FEFF}' | '\u{2060}')
}

/// Year, month and day of a day's number.
pub(super) fn day_of(number: f64, from_1904: bool) -> [u32; 3] {
    let (year, month, day, ..) = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, from_1904).to_ymd_hms_milli();
    [year.into(), month.into(), day.into()]
}

/// The name of a column: A for 0, AA for 26.
pub(super) fn column_name(mut col: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(col % 26).unwrap_or(0)));
        if col < 26 {
            break;
        }
        col = col / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// The address of a cell: C5 for (4, 2).
pub(super) fn address(row: u32, col: u32) -> String {
    format!("{}{}", column_name(col), row.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_workbooks() {
        for (row, col, want) in [(0, 0, "A1"), (4, 2, "C5"), (1, 25, "Z2"), (1, 26, "AA2"), (9, 701, "ZZ10"), (9, 702, "AAA10")] {
            assert_eq!(address(row, col), want);
        }
    }
}
