"""Fills fields with another program, or only saves the file anew, as people's programs do.

    refill.py PROGRAM IN.pdf OUT.pdf [NAME=VALUE …]

It checks only that the program saved what it was told to; what comes back is for `formwright` to read.
"""

import ctypes
import logging
import os
import subprocess
import sys

from report import Report

logging.getLogger("pypdf").setLevel(logging.ERROR)


def with_pypdf(source, target, values, report, incremental=False):
    import pypdf

    writer = pypdf.PdfWriter(source, incremental=True) if incremental else pypdf.PdfWriter(clone_from=source)
    known = writer.get_fields() or {}
    for name, value in values.items():
        if report.check(name in known, f"pypdf does not see {name}"):
            writer.update_page_form_field_values(None, {name: value}, auto_regenerate=False)
    writer.write(target)


def with_pypdf_incremental(source, target, values, report):
    with_pypdf(source, target, values, report, incremental=True)
    with open(source, "rb") as before, open(target, "rb") as after:
        old, new = before.read(), after.read()
    report.check(new.startswith(old) and len(new) > len(old), "the update does not follow the old file")


def with_pikepdf(source, target, values, report, appearances=False):
    """Values set by hand, and every appearance thrown away."""
    import pikepdf

    with pikepdf.open(source) as pdf:
        named = {}
        for field in walk(pdf.Root.AcroForm.Fields, ""):
            named[field[0]] = field[1]
        for name, value in values.items():
            if report.check(name in named, f"pikepdf does not see {name}"):
                named[name].V = value
        if not appearances:
            for page in pdf.pages:
                for widget in page.get("/Annots", []):
                    if "/AP" in widget:
                        del widget["/AP"]
            pdf.Root.AcroForm.NeedAppearances = True
        pdf.save(target)


def walk(fields, above):
    for field in fields:
        name = above + ("." if above and "/T" in field else "") + str(field.get("/T", ""))
        if "/Kids" in field:
            yield name, field
            yield from walk(field.Kids, name)
        elif "/T" in field:
            yield name, field


def with_pymupdf(source, target, values, report):
    import pymupdf

    with pymupdf.open(source) as pdf:
        seen = set()
        for page in pdf:
            for widget in page.widgets():
                if widget.field_name in values and widget.field_name not in seen:
                    widget.field_value = values[widget.field_name]
                    widget.update()
                    seen.add(widget.field_name)
        report.check(seen == set(values), f"PyMuPDF does not see {set(values) - seen}")
        pdf.save(target, garbage=3, deflate=True)


def with_qpdf(*options):
    def run(source, target, values, report):
        done = subprocess.run(["qpdf", *options, source, target], capture_output=True, text=True)
        report.check(done.returncode in (0, 3), f"qpdf: {done.stderr}")

    return run


def with_flattened_names(source, target, values, report):
    """Every widget a field of its own with its full name, as some programs merge forms."""
    import pikepdf

    with pikepdf.open(source) as pdf:
        flat = pikepdf.Array()
        for name, field in list(walk(pdf.Root.AcroForm.Fields, "")):
            if "/FT" in field:
                field.T = name
                if name in values:
                    field.V = values[name]
                if "/Parent" in field:
                    del field["/Parent"]
                flat.append(field)
        pdf.Root.AcroForm.Fields = flat
        pdf.save(target)


def with_lost_list(source, target, values, report):
    """The form's list of fields is gone; the pages still have the widgets."""
    import pikepdf

    with pikepdf.open(source) as pdf:
        for name, field in walk(pdf.Root.AcroForm.Fields, ""):
            if name in values:
                field.V = values[name]
        pdf.Root.AcroForm.Fields = pikepdf.Array()
        pdf.save(target)


def with_pdfium(source, target, values, report):
    """Typed as Chrome types: a click into the widget, all selected, the new text put in its place."""
    import pypdfium2
    import pypdfium2.raw as raw

    pdf = pypdfium2.PdfDocument(source)
    pdf.init_forms()
    form, left = pdf.formenv.raw, dict(values)
    for page in pdf:
        raw.FORM_OnAfterLoadPage(page, form)
        for place in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, place)
            size = raw.FPDFAnnot_GetFormFieldName(form, annotation, None, 0)
            room = ctypes.create_string_buffer(size)
            raw.FPDFAnnot_GetFormFieldName(form, annotation, ctypes.cast(room, ctypes.POINTER(raw.FPDF_WCHAR)), size)
            name = room.raw.decode("utf-16-le").rstrip("\0")
            box = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, box)
            raw.FPDFPage_CloseAnnot(annotation)
            if name not in left:
                continue
            # A third from the left: a list's arrow is at the right.
            x, y = box.left + (box.right - box.left) * 0.3, (box.top + box.bottom) / 2
            raw.FORM_OnMouseMove(form, page, 0, x, y)
            raw.FORM_OnLButtonDown(form, page, 0, x, y)
            raw.FORM_OnLButtonUp(form, page, 0, x, y)
            raw.FORM_SelectAllText(form, page)
            text = (left.pop(name) + "\0").encode("utf-16-le")
            held = ctypes.create_string_buffer(text, len(text))
            raw.FORM_ReplaceSelection(form, page, ctypes.cast(held, ctypes.POINTER(raw.FPDF_WCHAR)))
            raw.FORM_ForceToKillFocus(form)
    report.check(not left, f"pdfium does not see {list(left)}")
    pdf.save(target)


PROGRAMS = {
    "pypdf": with_pypdf,
    "pypdf-incremental": with_pypdf_incremental,
    "pikepdf": with_pikepdf,
    "pymupdf": with_pymupdf,
    "pdfium": with_pdfium,
    "qpdf-linearized": with_qpdf("--linearize"),
    "qpdf-packed": with_qpdf("--object-streams=generate", "--recompress-flate"),
    "qpdf-plain": with_qpdf("--object-streams=disable", "--stream-data=uncompress"),
    "qpdf-qdf": with_qpdf("--qdf"),
    "flattened-names": with_flattened_names,
    "lost-list": with_lost_list,
}


def main():
    program, source, target, *pairs = sys.argv[1:]
    report = Report()
    values = dict(pair.split("=", 1) for pair in pairs)
    PROGRAMS[program](source, target, values, report)
    report.facts["checked"] = len(values) or int(os.path.getsize(target) > 0)
    report.close()


if __name__ == "__main__":
    main()
