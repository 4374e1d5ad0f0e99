"""A workbook is sound: the Open XML SDK, openpyxl, and the sheet as LibreOffice prints it.

    xlsx_sound.py FILE.xlsx --title T [--summary RECORD.json --pdf PRINTED.pdf]

Without `--summary` it is the workbook that people fill in.
"""

import argparse
import json
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from pypdf import PdfReader

from docx_sound import by_the_sdk
from report import Report, squeeze

MM = 72 / 25.4


def check_cells(report, path, book):
    """Every value is a text, but for what the form counts; nothing is computed."""
    for sheet in book:
        texts = 0
        for row in sheet.iter_rows():
            for cell in row:
                where = f"{sheet.title}!{cell.coordinate}"
                report.check(cell.data_type != "f", f"{where}: a formula")
                if cell.value is not None:
                    texts += 1
                    counted = sheet.title != "人员" and cell.data_type == "n" and cell.column == 1
                    report.check(cell.data_type == "s" or counted, f"{where}: of type {cell.data_type}")
        report.facts["checked"] = report.facts.get("checked", 0) + texts
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            report.check(not name.startswith("xl/worksheets/sheet") or b"<f>" not in data and b"<f " not in data, f"{name}: a formula")
            report.check(not name.endswith("calcChain.xml"), "a chain of calculations")
        for entry in package.infolist():
            report.check(entry.date_time == (1980, 1, 1, 0, 0, 0), f"zip: {entry.filename} is of {entry.date_time}")


def check_properties(report, book, title):
    core = book.properties
    report.check(core.title == title, f"the title is {core.title}")
    report.check(not core.creator or core.creator == "openpyxl", "an author is named")
    report.check(core.created is None or core.created.year == 1980, "a date of its making")


def check_summary(report, book, record, pdf):
    """Paper, heads, widths and values of the sheet; and its pages."""
    report.check(len(book.worksheets) == 1, "more than one sheet")
    sheet = book.worksheets[0]
    setup = sheet.page_setup
    report.check(setup.orientation == "landscape" and int(setup.paperSize) == 9, "not landscape A4")
    report.check(sheet.sheet_properties.pageSetUpPr.fitToPage and setup.fitToWidth in (None, 1) and setup.fitToHeight == 0, "not one page wide")
    report.check(sheet.print_title_rows == "$3:$3", f"repeats {sheet.print_title_rows}")
    report.check(sheet.freeze_panes == "A4", f"frozen at {sheet.freeze_panes}")
    report.check("&P" in (sheet.oddFooter.center.text or ""), "no number of the page")
    report.check("附件3" == sheet["A1"].value and "A1:U1" in map(str, sheet.merged_cells.ranges), "no 附件3 over the whole width")
    report.check(sheet.max_column == 21, f"{sheet.max_column} columns")
    # Neighbours of one width are told of once.
    inches = sum(7 * one.width / 96 * (one.max - one.min + 1) for one in sheet.column_dimensions.values())
    report.check(abs(inches * 25.4 - 277) < 8, f"{inches * 25.4:.0f} mm wide, not 277")
    report.check("\n" in sheet["C3"].value and sheet["C3"].alignment.wrap_text, "the head has lost its line breaks")
    people = record["nominees"]
    for at, person in enumerate(people):
        row = at + 4
        report.check(sheet.cell(row, 1).value == at + 1, f"row {row}: not number {at + 1}")
        for column, key in ((2, "name"), (4, "id_number"), (20, "mobile")):
            cell = sheet.cell(row, column)
            report.check((cell.value or "") == person.get(key, ""), f"row {row}: {key} is another")
            report.check(cell.number_format == "@", f"row {row}: {key} is no text")
        month = sheet.cell(row, 12).value or ""
        report.check(month == person.get("skill_level_date", "").replace("-", "."), f"row {row}: the month is not as on paper")
        report.check(0 < sheet.row_dimensions[row].height <= 409, f"row {row}: of no height")
        report.check(all(sheet.cell(row, column).border.left.style for column in range(1, 22)), f"row {row}: without rules")
    pages = PdfReader(pdf).pages
    for page in pages:
        width, height = page.mediabox.width, page.mediabox.height
        report.check(abs(width - 297 * MM) < 1 and abs(height - 210 * MM) < 1, f"printed on {width} × {height}")
    said = squeeze("".join(page.extract_text() for page in pages))
    for at, person in enumerate(people):
        for text in [person["name"], *person.get("brief", {}).values()]:
            report.check(squeeze(text) in said or len(text) > 12, f"row {at + 4}: something is not printed")
    report.check(all("身份证号码" in squeeze(page.extract_text()) for page in pages), "a page without the heads")
    report.facts["pages"] = len(pages)


def check_blank(report, book):
    """Two heads, drop-downs, hints, everything as text."""
    report.check([sheet.title for sheet in book][:4] == ["人员", "简历", "附件", "填写说明"], f"sheets {[sheet.title for sheet in book]}")
    for sheet in book.worksheets[:3]:
        report.check(sheet.freeze_panes == "B3", f"{sheet.title}: frozen at {sheet.freeze_panes}")
        for column in range(1, sheet.max_column + 1):
            letter = get_column_letter(column)
            report.check(all(sheet.cell(row, column).number_format == "@" for row in (1, 3, 502)), f"{sheet.title}!{letter}: not as text")
            report.check(sheet.cell(1, column).font.bold and sheet.cell(1, column).alignment.wrap_text, f"{sheet.title}!{letter}1: no head")
        for rule in sheet.data_validations.dataValidation:
            report.check(rule.errorStyle != "stop" or not rule.showErrorMessage, f"{sheet.title}: {rule.sqref} refuses")
    people = book.worksheets[0]
    keys = {cell.value: get_column_letter(cell.column) for cell in people[2]}
    lists = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in people.data_validations.dataValidation if rule.type == "list"}
    for key in ("sex", "health", "education", "skill_level", "recommender"):
        report.check(keys.get(key) in lists, f"no drop-down for {key}")
    report.check(people["A1"].value.startswith("*"), "what is required is not marked")
    report.facts["columns"] = people.max_column


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--title")
    parser.add_argument("--summary")
    parser.add_argument("--pdf")
    options = parser.parse_args()
    report = Report()
    book = openpyxl.load_workbook(options.file)
    check_cells(report, options.file, book)
    check_properties(report, book, options.title)
    if options.summary:
        check_summary(report, book, json.loads(Path(options.summary).read_text(encoding="utf-8")), options.pdf)
    else:
        check_blank(report, book)
    by_the_sdk(report, options.file)
    report.close()


if __name__ == "__main__":
    main()
