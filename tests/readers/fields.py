"""Every field of a fillable PDF, as pypdf, pikepdf, pdfium and MuPDF see it: names, values, defaults, tooltips, order.

    fields.py FILE.pdf GEOMETRY.json recommendation|summary [--record R.json]
"""

import argparse
import ctypes

import pikepdf
import pymupdf
import pypdf
import pypdfium2
import pypdfium2.raw as pdfium

import forms
import values
from pdfwalk import MM, walk_appearance
from report import Report

READ_ONLY, MULTILINE, COMBO, EDIT, PUSHBUTTON = 1, 1 << 12, 1 << 17, 1 << 18, 1 << 16
ACTIVE = {"/JS", "/JavaScript", "/AA", "/OpenAction", "/Launch", "/XFA", "/EmbeddedFiles", "/RichMedia", "/URI"}


def fold(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_paper(name):
    return name.endswith((".seal", ".signature"))


def expected_values(geometry, form, record):
    """Name → value for every field of the form."""
    if form == "recommendation":
        names = [name for page in forms.page_fields(geometry) for name in page]
        names += [f"resume.{i}.{part}" for i in range(9, len(record.get("resume", []))) for part in ("period", "work", "witness")]
    else:
        rows = max(4, len(record.get("nominees", [])))
        names = [f"nominees.{i}.{key}" for i in range(rows) for key in forms.SHEET_KEYS if key]
    return {name: "" if name == "photo" or is_paper(name) else fold(values.value_of(record, name)) for name in names}


def seen_by_pikepdf(pdf):
    """The field tree, walked by hand: full name → (dictionary with everything inherited, widgets)."""
    found = {}

    def walk(node, prefix, inherited):
        own = {key: node[key] for key in ("/FT", "/Ff", "/V", "/DV", "/TU", "/MaxLen", "/DA", "/Q", "/Opt") if key in node}
        merged = {**inherited, **own}
        name = ".".join(part for part in (prefix, str(node.get("/T", ""))) if part)
        kids = list(node.get("/Kids", []))
        if kids and "/T" in kids[0]:
            for kid in kids:
                walk(kid, name, merged)
        else:
            found[name] = (merged, kids if kids else [node])

    for node in pdf.Root.AcroForm.Fields:
        walk(node, "", {})
    return found


def seen_by_pypdf(path):
    fields = pypdf.PdfReader(path).get_fields() or {}
    return {name: "" if field.value is None else str(field.value) for name, field in fields.items() if field.field_type in ("/Tx", "/Ch")}


def seen_by_mupdf(path):
    found = {}
    for page in pymupdf.open(path):
        for widget in page.widgets():
            if widget.field_type in (pymupdf.PDF_WIDGET_TYPE_TEXT, pymupdf.PDF_WIDGET_TYPE_COMBOBOX):
                found[widget.field_name] = widget.field_value or ""
    return found


def seen_by_pdfium(path):
    document = pypdfium2.PdfDocument(path)
    document.init_forms()
    form, found = document.formenv.raw, {}

    def text(call, annotation):
        size = call(form, annotation, None, 0)
        buffer = ctypes.create_string_buffer(size)
        call(form, annotation, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        return buffer.raw[:size].decode("utf-16-le").rstrip("\0")

    for page in document:
        for number in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
            annotation = pdfium.FPDFPage_GetAnnot(page.raw, number)
            kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
            if kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX):
                found[text(pdfium.FPDFAnnot_GetFormFieldName, annotation)] = text(pdfium.FPDFAnnot_GetFormFieldValue, annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def check_values(report, reader, seen, expected):
    """Exactly the fields that should be there, each with its whole value."""
    data = {name for name in expected if name != "photo" and not is_paper(name)}
    for name in sorted(data - set(seen)):
        report.problems.append(f"{reader} does not see {name}")
    for name in sorted(set(seen) - data):
        report.problems.append(f"{reader} sees a field {name} that should not be there")
    for name in sorted(data & set(seen)):
        have, want = fold(seen[name]), expected[name]
        report.check(have == want, f"{reader} reads {len(have)} characters in {name}, {len(want)} are due, or others")
    report.facts[reader] = len(seen)


def check_field(report, name, field, widgets, expected, may_continue):
    kind, flags = str(field.get("/FT")), int(field.get("/Ff", 0))
    report.check(not flags & READ_ONLY, f"{name} is read-only")
    report.check(len(str(field.get("/TU", ""))) > 0, f"{name} has no tooltip")
    if name == "photo":
        report.check(kind == "/Btn" and flags & PUSHBUTTON, f"{name} is no push button")
    elif is_paper(name):
        report.check(kind == "/Sig" and "/V" not in field, f"{name} is no unsigned signature field")
    else:
        report.check(kind in ("/Tx", "/Ch"), f"{name} is of kind {kind}")
        value = fold(str(field.get("/V", "")))
        report.check(value == fold(str(field.get("/DV", ""))), f"{name}: the default value is not the value")
        report.check(kind != "/Ch" or (flags & COMBO and flags & EDIT), f"{name} is a list, not an editable dropdown")
        report.check("/DA" in field or all("/DA" in widget for widget in widgets), f"{name} has no default appearance")
        long = name in may_continue
        if "/MaxLen" in field:
            report.check(not long, f"{name} may continue, yet has a maximum length")
            report.check(len(value) <= int(field["/MaxLen"]), f"{name}: its maximum length is below its value's")
        elif kind == "/Tx" and not long and not name.startswith("nominees."):
            report.problems.append(f"{name} may not continue and has no maximum length")
        if "\n" in expected.get(name, "") or long or name.endswith((".work", ".text")):
            report.check(kind == "/Ch" or flags & MULTILINE, f"{name} is not multi-line")
    for widget in widgets:
        check_widget(report, name, widget)


def check_widget(report, name, widget):
    report.check(widget.get("/Subtype") == "/Widget", f"{name}: a kid that is no widget")
    look = widget.get("/MK", {})
    report.check("/BC" not in look and "/BG" not in look, f"{name}: its widget draws a box")
    border = widget.get("/BS", {}).get("/W", 0) if "/BS" in widget else (widget["/Border"][2] if "/Border" in widget else 0)
    report.check("/MK" not in widget or float(border) == 0 or "/BC" not in look, f"{name}: its widget has a border")
    report.check(int(widget.get("/F", 0)) & 4, f"{name}: its widget is not printed")
    report.check(not int(widget.get("/F", 0)) & (1 | 2 | 32), f"{name}: its widget is hidden")
    normal = widget.get("/AP", {}).get("/N")
    if not report.check(isinstance(normal, pikepdf.Stream), f"{name}: a widget without an appearance"):
        return
    drawn = walk_appearance(normal, [float(edge) for edge in widget.Rect], 0)
    report.check(not drawn.strokes, f"{name}: its appearance draws lines")
    for problem in drawn.unknown:
        # A signature place has an empty appearance, with an empty box if need be.
        report.check(is_paper(name) and "empty box" in problem, f"{name}: {problem}")


def check_document(report, pdf):
    form = pdf.Root.AcroForm
    report.check("/NeedAppearances" not in form, "NeedAppearances is set")
    fonts = {str(name): font for name, font in form.get("/DR", {}).get("/Font", {}).items()}
    named = [font for font in fonts.values() if "STSong-Light" in str(font.get("/BaseFont", ""))]
    report.check(bool(named), "the typing font STSong-Light is not in DR")
    for name, font in fonts.items():
        report.check("+" not in str(font.get("/BaseFont", "")), f"the subset font {name} is in DR")
    for item in pdf.objects:
        for node in walk_dictionaries(item):
            bad = ACTIVE & set(node.keys())
            report.check(not bad, f"an object has {', '.join(sorted(bad))}")
            if "/S" in node and str(node["/S"]) in ("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/GoToR"):
                report.problems.append(f"an action of kind {node['/S']}")


def walk_dictionaries(item):
    """The object and what is nested in it directly."""
    if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        yield item
        children = list(item.values()) if isinstance(item, pikepdf.Dictionary) else [item.get(key) for key in item.keys()]
    elif isinstance(item, pikepdf.Array):
        children = list(item)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from walk_dictionaries(child)


def name_of(widget):
    parts = []
    while widget is not None:
        if "/T" in widget:
            parts.append(str(widget["/T"]))
        widget = widget.get("/Parent")
    return ".".join(reversed(parts))


def check_order(report, pdf, geometry, form):
    """The tab order is the reading order, and each widget stands in its cell."""
    boxes = {}
    for box in forms.boxes(geometry):
        for name in forms.names_of(box):
            boxes.setdefault((box.page, name), box)
    for number, page in enumerate(pdf.pages):
        widgets = [a for a in page.obj.get("/Annots", []) if a.get("/Subtype") == "/Widget"]
        names = [name_of(widget) for widget in widgets]
        report.check(not names or str(page.obj.get("/Tabs", "")) in ("/S", "/R", "/W", "/A"), f"page {number + 1} has no tab order")
        height = float(page.mediabox[3])
        if form == "recommendation" and number < len(forms.RECOMMENDATION):
            wanted = forms.page_fields(geometry)[number]
            report.check(names == wanted, f"page {number + 1}: tab order {difference(names, wanted)}")
            for name, widget in zip(names, widgets):
                box = boxes.get((number, name))
                left, low, right, high = (float(edge) for edge in widget.Rect)
                left, right, top, bottom = left * MM, right * MM, (height - high) * MM, (height - low) * MM
                if box:
                    good = left >= box.left - 0.1 and right <= box.right + 0.1 and top >= box.top - 0.1 and bottom <= box.bottom + 0.1
                    report.check(good, f"page {number + 1}: the widget of {name} reaches out of its cell")
        elif form == "summary":
            rows = sorted({int(name.split(".")[1]) for name in names})
            wanted = [f"nominees.{row}.{key}" for row in rows for key in forms.SHEET_KEYS if key]
            report.check(names == wanted, f"sheet {number + 1}: tab order {difference(names, wanted)}")


def difference(have, want):
    for at, (first, second) in enumerate(zip(have, want)):
        if first != second:
            return f"has {first} at {at + 1}, not {second}"
    return f"has {len(have)} fields, not {len(want)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("geometry")
    parser.add_argument("form", choices=["recommendation", "summary"])
    parser.add_argument("--record")
    options = parser.parse_args()
    report, geometry = Report(), forms.load(options.geometry)
    record = values.load(options.record) if options.record else {}
    expected = expected_values(geometry, options.form, record)
    with pikepdf.open(options.file) as pdf:
        if not report.check("/AcroForm" in pdf.Root, "there is no form"):
            report.close()
        fields = seen_by_pikepdf(pdf)
        check_document(report, pdf)
        check_order(report, pdf, geometry, options.form)
        may_continue = {box.cell["name"] for box in forms.boxes(geometry) if box.cell.get("overflow") == "continue"}
        for name, (field, widgets) in sorted(fields.items()):
            check_field(report, name, field, widgets, expected, may_continue)
        places = {name for name in expected if name == "photo" or is_paper(name)}
        report.check(places == {n for n in fields if n == "photo" or is_paper(n)}, "photo, seals and signatures are not the form's")
        text = {name: str(field.get("/V", "")) for name, (field, _) in fields.items() if str(field.get("/FT")) in ("/Tx", "/Ch")}
        report.facts["widgets"] = sum(len(widgets) for _, widgets in fields.values())
        if options.form == "recommendation":
            on_paper = sum(len(page) for page in forms.page_fields(geometry))
            report.check(report.facts["widgets"] >= on_paper, f"{report.facts['widgets']} widgets, {on_paper} are due on the form's own pages")
    check_values(report, "pikepdf", text, expected)
    check_values(report, "pypdf", seen_by_pypdf(options.file), expected)
    check_values(report, "MuPDF", seen_by_mupdf(options.file), expected)
    check_values(report, "pdfium", seen_by_pdfium(options.file), expected)
    report.facts["checked"] = len(fields)
    report.close()


if __name__ == "__main__":
    main()
