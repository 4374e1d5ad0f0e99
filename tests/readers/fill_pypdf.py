"""Fills one field with pypdf and saves.

    fill_pypdf.py IN.pdf OUT.pdf NAME VALUE
"""

import logging
import sys

import pypdf

from report import Report

# pypdf draws a doubtful appearance for Chinese and says so; the value is what counts here.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def main():
    source, target, name, value = sys.argv[1:]
    report = Report()
    writer = pypdf.PdfWriter(clone_from=source)
    fields = writer.get_fields() or {}
    if report.check(name in fields, f"pypdf does not see {name}"):
        writer.update_page_form_field_values(None, {name: value}, auto_regenerate=False)
        writer.write(target)
        again = pypdf.PdfReader(target).get_fields()
        report.check(str(again[name].value) == value, f"pypdf does not read its own value back in {name}")
        report.facts["checked"] = len(again)
    report.close()


if __name__ == "__main__":
    main()
