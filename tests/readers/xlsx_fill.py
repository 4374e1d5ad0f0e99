"""Fills the workbook that people fill in, as openpyxl does, from records; or spoils it as people and spreadsheets do.

    xlsx_fill.py EMPTY.xlsx RECORDS.json OUT.xlsx [--spoilt]
"""

import datetime
import json
import sys

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def value(record, key):
    for step in key.split("."):
        record = (record or {}).get(step)
    return record


def fill(book, records):
    people, *rest = book.worksheets
    keys = [cell.value for cell in people[2]]
    for row, record in enumerate(records, 3):
        for column, key in enumerate(keys, 1):
            text = value(record, key)
            if text is not None:
                people.cell(row, column).value = text
                # A text that begins with = would become a formula.
                people.cell(row, column).data_type = "s"
    for sheet in rest:
        keys = [cell.value for cell in sheet[2]] if sheet.max_row > 2 and sheet.max_column > 1 else []
        array = next((key.split(".")[0] for key in keys if key and ".*." in key), None)
        row = 3
        for record in records:
            for one in record.get(array) or []:
                for column, key in enumerate(keys, 1):
                    text = one.get(key.split(".*.")[1]) if ".*." in key else record.get(key)
                    if text is not None:
                        sheet.cell(row, column).value = text
                        sheet.cell(row, column).data_type = "s"
                row += 1


def spoil(book):
    """Dates for months, numbers for numbers, from 1904; a title above, a column away, a sheet before, names changed."""
    people = book.worksheets[0]
    keys = {cell.value: cell.column for cell in people[2]}
    for row in range(3, people.max_row + 1):
        cell = people.cell(row, keys["birth"])
        if cell.value:
            year, month = cell.value.split("-")
            cell.value, cell.number_format = datetime.date(int(year), int(month), 1), "yyyy/m"
        for key in ("mobile", "postcode"):
            cell = people.cell(row, keys[key])
            if cell.value:
                cell.value, cell.number_format = int(cell.value), "General"
        cell = people.cell(row, keys["name"])
        if cell.value:
            cell.value = f"\u3000{cell.value}\xa0"
    people.column_dimensions["C"].hidden = True
    people.insert_cols(3)
    people.insert_rows(1)
    people["A1"] = "推荐人选名单"
    people.title = "名单 2021"
    book.move_sheet(people, 2)
    book.epoch = CALENDAR_MAC_1904


def main():
    empty, records, out, *options = sys.argv[1:]
    book = openpyxl.load_workbook(empty)
    with open(records, encoding="utf-8") as file:
        fill(book, json.load(file))
    if "--spoilt" in options:
        spoil(book)
    book.save(out)


if __name__ == "__main__":
    main()
