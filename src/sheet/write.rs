//! A form whose page is one growing table (附件3) as a workbook: the same head, the same rows, every value a text.

use rust_xlsxwriter::{FormatAlign, FormatBorder, IgnoreError, Worksheet};

use super::{height, style};
use crate::diag::{Diagnostic, Diagnostics, Message, Place};
use crate::error::Error;
use crate::form::{
    Across, Align, Block, Cell, Content, Down, FieldIx, FontRole, Form, Inline, Page, PageKind, Para, Row, Table, TextStyle, VAlign,
};
use crate::layout::on_paper;
use crate::name::Step;
use crate::record::Record;
use crate::units::{Mm, Pt};

/// The smallest size that a long text is set at, so that its row is no higher than a row may be: 小六.
const SMALLEST: f64 = 6.5;

/// A4, as workbooks number papers (ECMA-376 part 1, 18.3.1.63).
const A4: u8 = 9;

/// Whether a form can be a workbook: one page, one table with a head, and rows of one list below it.
pub fn can_be_sheet(form: &Form) -> bool {
    the_table(form).is_some()
}

/// A record on a form whose page is one growing table, as a workbook (ECMA-376, transitional).
///
/// Every value is a text, months as on paper; numbers are only what the ink counts (序号). Equal input gives equal bytes.
///
/// Errors: [`Error::Refused`] where the form has no such table.
pub fn write(form: &Form, record: &Record) -> Result<Vec<u8>, Error> {
    let values: Vec<String> = form.fields.iter().map(|field| on_paper(field, record).text).collect();
    write_values(form, &values)
}

/// The same from the values in the words of the paper, one for each field of the form.
pub fn write_values(form: &Form, values: &[String]) -> Result<Vec<u8>, Error> {
    let Some((page, table)) = the_table(form) else { return Err(no_table(form)) };
    let mut workbook = style::workbook(&form.template.title)?;
    let title = page.title.as_deref().unwrap_or(&form.template.title);
    let sheet = workbook.add_worksheet();
    sheet.set_name(style::sheet_name(title)).map_err(style::failed)?;
    Writer { sheet, values, table, row: 0 }.all(page)?;
    workbook.save_to_buffer().map_err(style::failed)
}

/// The page and its one table whose rows a list makes.
fn the_table(form: &Form) -> Option<(&Page, &Table)> {
    let mut pages = form.pages.iter().filter(|page| page.kind == PageKind::Plain);
    let (page, None) = (pages.next()?, pages.next()) else { return None };
    let mut tables = page.blocks.iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    let (table, None) = (tables.next()?, tables.next()) else { return None };
    let in_list = |at: FieldIx| form[at].name.steps().any(|step| matches!(step, Step::Index(_)));
    let grows = !table.head.is_empty() && table.rows.iter().all(|row| row.cells.iter().all(|cell| fields(cell).all(in_list)));
    (grows && table.rows.iter().any(|row| row.cells.iter().any(|cell| fields(cell).next().is_some()))).then_some((page, table))
}

fn fields(cell: &Cell) -> impl Iterator<Item = FieldIx> {
    cell.content.iter().filter_map(|content| if let Content::Field(place) = content { Some(place.field) } else { None })
}

fn no_table(form: &Form) -> Error {
    let place = Place::File { file: format!("templates/{}/form.hbs", form.template.id) };
    let message = Message::new(
        format!("《{}》不能写成 Excel：它不是一张逐行增加的表", form.template.title),
        format!("`{}` cannot be written as a workbook: it is not one table that grows row by row", form.template.id),
    );
    let help = Message::new(
        "只有一页、一张带 thead 的表的模板可以（如 summary）；个人的表请写成 .pdf 或 .docx",
        "templates of one page with one table that has a thead can (summary does); write a person's form as .pdf or .docx",
    );
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error("no-sheet", place, message).with_help(help));
    Error::Refused(found)
}

struct Writer<'w> {
    sheet: &'w mut Worksheet,
    values: &'w [String],
    table: &'w Table,
    /// The row that is written next.
    row: u32,
}

/// What a cell of the sheet shows.
struct Shown {
    text: String,
    role: FontRole,
    size: f64,
    align: Align,
    valign: VAlign,
    /// A whole number that the ink counts.
    number: Option<u32>,
    /// A value of the record.
    is_value: bool,
}

impl Writer<'_> {
    fn all(mut self, page: &Page) -> Result<(), Error> {
        for (at, wide) in self.table.cols.iter().enumerate() {
            self.sheet.set_column_width_pixels(column(at)?, pixels(*wide)).map_err(style::failed)?;
        }
        for para in page.blocks.iter().filter_map(|block| if let Block::Para(para) = block { Some(para) } else { None }) {
            self.title(para)?;
        }
        let head = self.row;
        let table = self.table;
        for row in &table.head {
            self.table_row(row)?;
        }
        let body = self.row;
        for row in &table.rows {
            self.table_row(row)?;
        }
        let last = self.row.saturating_sub(1);
        let (right, failed) = (column(table.cols.len().saturating_sub(1))?, style::failed);
        self.sheet.set_repeat_rows(head, body.saturating_sub(1)).map_err(failed)?;
        self.sheet.set_print_area(0, 0, last, right).map_err(failed)?;
        self.sheet.set_freeze_panes(body, 0).map_err(failed)?;
        // Identity numbers are digits in a text on purpose: no green corners.
        self.sheet.ignore_error_range(head, 0, last, right, IgnoreError::NumberStoredAsText).map_err(failed)?;
        self.paper(page);
        Ok(())
    }

    /// The page: as the form has it, one sheet wide and as many long as it takes.
    fn paper(&mut self, page: &Page) {
        let inches = |length: Mm| length.0 / 25.4;
        let tops = page.blocks.iter().filter_map(|block| match block {
            Block::Para(Para { down: Down::Top(at) | Down::Baseline(at), .. }) => Some(*at),
            _ => None,
        });
        // Excel's top margin is where the first row begins, on every sheet: there the highest line of the form stands.
        let top = tops.fold(page.margin.top, Mm::min);
        let foot = Mm(page.margin.bottom.0 / 2.0);
        let Page { margin, size, .. } = page;
        self.sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        if size.0 > size.1 {
            self.sheet.set_landscape();
        }
        self.sheet.set_margins(inches(margin.left), inches(margin.right), inches(top), inches(margin.bottom), inches(foot), inches(foot));
        self.sheet.set_footer(format!("&C&\"{}\"&9第 &P 页　共 &N 页", style::face(FontRole::Song)));
    }

    /// A line above the table, over its whole width.
    fn title(&mut self, para: &Para) -> Result<(), Error> {
        let align = match para.across {
            Across::Left(_) => FormatAlign::Left,
            Across::Centre(_) => FormatAlign::Center,
            Across::Right(_) => FormatAlign::Right,
        };
        for line in &para.lines {
            let mut text = String::new();
            let mut set = TextStyle { font: FontRole::Song, size: Pt(10.5) };
            for inline in line.inlines.iter().rev() {
                match inline {
                    Inline::Text(ink, style) => {
                        text.insert_str(0, ink);
                        set = style.clone();
                    }
                    Inline::Field(place, _) => text.insert_str(0, self.value(place.field)),
                    Inline::Ref(..) => {}
                }
            }
            let format = style::cell(set.font, set.size.0, align).set_num_format(style::TEXT);
            let last = column(self.table.cols.len().saturating_sub(1))?;
            if last > 0 {
                self.sheet.merge_range(self.row, 0, self.row, last, "", &format).map_err(style::failed)?;
            }
            self.sheet.write_string_with_format(self.row, 0, text, &format).map_err(style::failed)?;
            self.sheet.set_row_height(self.row, set.size.0 * 1.7).map_err(style::failed)?;
            self.row += 1;
        }
        Ok(())
    }

    fn table_row(&mut self, row: &Row) -> Result<(), Error> {
        let mut high = row.height.to_pt().0;
        for cell in &row.cells {
            let mut shown = self.shown(cell);
            let wide: f64 = self.table.cols.iter().skip(cell.col).take(cell.colspan).map(|wide| wide.to_pt().0).sum();
            let mut needed = height::of(&shown.text, wide, shown.size);
            while needed > height::HIGHEST && shown.size > SMALLEST {
                shown.size = (shown.size - 0.5).max(SMALLEST);
                needed = height::of(&shown.text, wide, shown.size);
            }
            if cell.rowspan == 1 {
                high = high.max(needed);
            }
            self.cell(cell, shown)?;
        }
        self.sheet.set_row_height(self.row, high.min(height::HIGHEST)).map_err(style::failed)?;
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, cell: &Cell, shown: Shown) -> Result<(), Error> {
        let (row, first) = (self.row, column(cell.col)?);
        let mut format = style::cell(shown.role, shown.size, style::across(shown.align)).set_align(style::down(shown.valign));
        format = if shown.is_value { style::ruled(format) } else { format.set_border(FormatBorder::Thin) };
        let failed = style::failed;
        if cell.colspan > 1 || cell.rowspan > 1 {
            let below = u32::try_from(cell.rowspan.saturating_sub(1)).unwrap_or(0);
            let last = column(cell.col + cell.colspan.saturating_sub(1))?;
            self.sheet.merge_range(row, first, row + below, last, "", &format).map_err(failed)?;
        }
        match shown.number {
            Some(number) => self.sheet.write_number_with_format(row, first, number, &format).map_err(failed)?,
            // A text is a text whatever it begins with: this call makes no formula.
            None => self.sheet.write_string_with_format(row, first, shown.text, &format).map_err(failed)?,
        };
        Ok(())
    }

    /// What stands in a cell: ink and values, a line for each piece.
    fn shown(&self, cell: &Cell) -> Shown {
        let start = TextStyle { font: FontRole::Song, size: Pt(9.0) };
        let mut shown = Shown {
            text: String::new(),
            role: start.font,
            size: start.size.0,
            align: Align::Centre,
            valign: VAlign::Middle,
            number: None,
            is_value: false,
        };
        let mut pieces: Vec<String> = Vec::new();
        for content in &cell.content {
            match content {
                Content::Label(label) => {
                    let lines: Vec<&str> = label.lines.iter().map(|line| line.text.as_str()).collect();
                    if let Some(line) = label.lines.first() {
                        (shown.role, shown.size) = (line.style.font, line.style.size.0);
                    }
                    shown.align = label.align;
                    shown.number = if cell.header { None } else { label.plain.parse().ok() };
                    pieces.push(lines.join("\n"));
                }
                Content::Field(place) => {
                    (shown.role, shown.size) = (place.style.font, place.style.size.0);
                    (shown.align, shown.valign, shown.is_value) = (place.align, place.valign, true);
                    pieces.push(self.value(place.field).to_owned());
                }
                Content::Para(para) => pieces.extend(para.lines.iter().map(|line| {
                    let texts = line.inlines.iter().map(|inline| match inline {
                        Inline::Text(ink, _) => ink.as_str(),
                        Inline::Field(place, _) => self.value(place.field),
                        Inline::Ref(..) => "",
                    });
                    texts.collect::<String>()
                })),
            }
        }
        if pieces.len() > 1 {
            shown.number = None;
        }
        shown.text = pieces.join("\n");
        shown
    }

    fn value(&self, at: FieldIx) -> &str {
        self.values.get(at.0).map_or("", String::as_str)
    }
}

fn column(at: usize) -> Result<u16, Error> {
    u16::try_from(at).map_err(|_| Error::Write("more columns than a workbook has".to_owned()))
}

/// A length on a screen of 96 dots per inch, as workbooks measure columns.
fn pixels(length: Mm) -> u32 {
    let pixels = (length.0 * 96.0 / 25.4).round().clamp(1.0, 1790.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // It is between 1 and 1790.
    let pixels = pixels as u32;
    pixels
}
