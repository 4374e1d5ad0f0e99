//! What all workbooks share: faces, fixed properties, formats of cells.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use crate::error::Error;
use crate::form::{Align, FontRole, VAlign};

/// The number format of text: whatever is typed stays as it was typed.
pub(super) const TEXT: &str = "@";

/// The face of a role as an office's computers name it.
pub(super) fn face(role: FontRole) -> &'static str {
    match role {
        FontRole::Song => "宋体",
        FontRole::Fang => "仿宋_GB2312",
        FontRole::Hei => "黑体",
        FontRole::Title => "方正小标宋简体",
    }
}

/// A cell's format: the face and its size in points, lines broken where they must be.
pub(super) fn cell(role: FontRole, size: f64, align: FormatAlign) -> Format {
    Format::new().set_font_name(face(role)).set_font_size(size).set_align(align).set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

/// The same as text within thin rules.
pub(super) fn ruled(format: Format) -> Format {
    format.set_num_format(TEXT).set_border(FormatBorder::Thin)
}

pub(super) fn across(align: Align) -> FormatAlign {
    match align {
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
        Align::Left | Align::Justify => FormatAlign::Left,
    }
}

pub(super) fn down(valign: VAlign) -> FormatAlign {
    match valign {
        VAlign::Top => FormatAlign::Top,
        VAlign::Middle => FormatAlign::VerticalCenter,
    }
}

/// A workbook whose properties say its title, and nothing of the machine or the hour.
pub(super) fn workbook(title: &str) -> Result<Workbook, Error> {
    let mut workbook = Workbook::new();
    // A date is wanted by the format; the day on which zip's own calendar begins tells nothing.
    let day = ExcelDateTime::from_ymd(1980, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&day));
    Ok(workbook)
}

/// A sheet's name from a title: what Excel forbids left out, 31 characters at most.
pub(super) fn sheet_name(title: &str) -> String {
    let allowed = |ch: &char| !matches!(ch, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') && !ch.is_control();
    // Counted as Excel does, in UTF-16.
    let mut units = 0;
    title.chars().filter(allowed).take_while(|ch| (units += ch.len_utf16(), units <= 31).1).collect()
}

pub(super) fn failed(error: XlsxError) -> Error {
    // What the crate says may hold a cell's text.
    match error {
        XlsxError::MaxStringLengthExceeded => Error::Write("a text has more than the 32767 characters that a cell holds".to_owned()),
        XlsxError::RowColumnLimitError => Error::Write("more rows or columns than a workbook has".to_owned()),
        _ => Error::Write("the workbook could not be written".to_owned()),
    }
}
