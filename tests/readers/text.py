"""The text is real text, in its place: labels, values and titles as three readers extract them and as the glyphs lie.

    text.py FILE.pdf GEOMETRY.json recommendation|summary [--record R.json]

A value that may continue (geometry.json says which) may do so only where there are pages beyond the form's own.
"""

import argparse
import subprocess
import unicodedata

import pikepdf
import pypdfium2

import forms
import values
from geometry import flatten
from pdfwalk import MM, walk_appearance, walk_page
from report import Report, squeeze

CENTRE = 0.3  # mm: how far a label's middle may be from its cell's
FACES = {"song": "FWSerifSC-Regular", "fang": "FandolFang", "hei": "FWSansSC-Medium", "title": "FWSerifSC-Bold"}


def extracted(path):
    """The whole text as each reader sees it."""
    texts = {"poppler": run(["pdftotext", "-raw", "-enc", "UTF-8", path, "-"]), "mupdf": run(["mutool", "draw", "-q", "-F", "text", path])}
    document = pypdfium2.PdfDocument(path)
    # pdfium gives a hyphen at a line's end as U+FFFE, its own mark for a word that goes on.
    texts["pdfium"] = "\n".join(page.get_textpage().get_text_range() for page in document).replace("\ufffe", "-")
    return texts


def run(command):
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def forbidden(text):
    """Characters that no reader should get from us."""
    found = set()
    for char in text:
        code = ord(char)
        radical = 0x2E80 <= code <= 0x2FDF
        control = unicodedata.category(char) == "Cc" and char not in "\n\r\t\f"
        if radical or control or unicodedata.category(char) == "Co" or char in "\ufffd\ufffe\uffff":
            found.add(f"U+{code:04X}")
    return sorted(found)


def gather(pdf):
    """The glyphs of each page, those of its fields included, and whether the page has fields."""
    pages = []
    for page in pdf.pages:
        walk = walk_page(page)
        height = float(page.mediabox[3]) - float(page.mediabox[1])
        for annotation in page.obj.get("/Annots", []):
            normal = annotation.get("/AP", {}).get("/N")
            if isinstance(normal, pikepdf.Stream):
                drawn = walk_appearance(normal, [float(edge) for edge in annotation.Rect], height)
                walk.glyphs += drawn.glyphs
                walk.images += drawn.images
                walk.views += drawn.views
                walk.unknown += drawn.unknown
        pages.append(walk)
    return pages


def inside(glyph, left, top, right, bottom):
    middle = glyph.x + glyph.advance / 2
    return left < middle < right and top < glyph.y - 0.38 * glyph.size * MM < bottom


def lines_of(glyphs):
    """Glyphs as lines from the top, white space left out."""
    lines = {}
    for glyph in glyphs:
        if glyph.text.strip():
            key = next((y for y in lines if abs(y - glyph.y) < 0.2), glyph.y)
            lines.setdefault(key, []).append(glyph)
    return [sorted(lines[y], key=lambda glyph: glyph.x) for y in sorted(lines)]


def word(glyphs):
    return squeeze("".join(glyph.text for glyph in glyphs))


def face(report, where, glyphs, role):
    wrong = {glyph.font for glyph in glyphs if FACES[role] not in glyph.font.replace(" ", "")}
    report.check(not wrong, f"{where}: {', '.join(sorted(wrong))} instead of {FACES[role]}")


def check_label(report, where, box, glyphs):
    lines, wanted = lines_of(glyphs), [forms.plain([line]) for line in box.cell["lines"]]
    if not report.check([word(line) for line in lines] == wanted, f"{where}: the lines are {[word(line) for line in lines]}"):
        return
    cell, em = box.cell, box.cell["pt"] * MM
    for number, line in enumerate(lines):
        size = cell.get("sub_pt", cell["pt"]) if number else cell["pt"]
        report.check(all(abs(glyph.size - size) < 0.02 for glyph in line), f"{where}: {line[0].size:.2f} pt instead of {size}")
        left, right = line[0].x, line[-1].x + line[-1].advance
        off = (left + right) / 2 - (box.left + box.right) / 2
        report.check(abs(off) <= CENTRE, f"{where}: line {number + 1} is {off:+.2f} mm off its cell's middle")
        if cell["align"].startswith("distribute:"):
            spread = float(cell["align"].split(":")[1])
            report.check(abs((right - left) / em - spread) < 0.05, f"{where}: spread over {(right - left) / em:.2f} em instead of {spread:g}")
    top, bottom = lines[0][0].y - 0.88 * lines[0][0].size * MM, lines[-1][0].y + 0.12 * lines[-1][0].size * MM
    off = (top + bottom) / 2 - (box.top + box.bottom) / 2
    report.check(abs(off) <= CENTRE, f"{where}: the label is {off:+.2f} mm off its cell's middle in height")
    face(report, where, [glyph for line in lines for glyph in line], cell["font"])


def check_value(report, where, box, glyphs, value, continued):
    have, want = word(glyphs), squeeze(value)
    if continued:
        report.check(bool(have) == bool(want) and want.startswith(have), f"{where}: what stands there is not the beginning of the value")
    else:
        report.check(have == want, f"{where}: {len(have)} characters stand there, {len(want)} in the record, or others")
    sizes = {round(glyph.size, 2) for glyph in glyphs if glyph.text.strip()}
    for size in sizes:
        good = box.cell["min_pt"] <= size <= box.cell["pt"] and abs(size * 2 - round(size * 2)) < 0.02
        report.check(good, f"{where}: {size} pt, not between {box.cell['min_pt']} and {box.cell['pt']} by halves")
    for glyph in glyphs:
        fits = glyph.x >= box.left and glyph.x + glyph.advance <= box.right and glyph.y + 0.12 * glyph.size * MM <= box.bottom
        if not report.check(fits and glyph.y - 0.88 * glyph.size * MM >= box.top, f"{where}: a character reaches out of its cell"):
            break


def check_opinion(report, where, box, glyphs, record):
    cell, name = box.cell, box.cell["name"]
    text, date = values.value_of(record, f"{name}.text"), values.value_of(record, f"{name}.date") or "年月日"
    want = squeeze(text + cell["sign_label"]["text"] + date)
    report.check(sorted(word(glyphs)) == sorted(want), f"{where}: stands {len(word(glyphs))} characters instead of {len(want)}, or others")
    body = glyphs[: len(glyphs)] if not text else [glyph for glyph in glyphs if glyph.text.strip()][: len(squeeze(text))]
    if text:
        x, y, w, h = cell["text_box"]
        outside = [g for g in body if not inside(g, box.left + x - 0.2, box.top + y - 0.2, box.left + x + w + 0.2, box.top + y + h + 0.2)]
        report.check(not outside, f"{where}: {len(outside)} characters of the opinion stand outside its box")
    for part, right_key, base in ((cell["sign_label"], "right_edge_from_right", "sign label"), (cell["date"], "right_from_right", "date")):
        baseline = box.bottom - part["baseline_from_bottom"]
        line = [g for g in glyphs if abs(g.y - baseline) < 0.15 and g.text.strip()]
        if report.check(bool(line), f"{where}: no {base} on its baseline at {baseline:.2f} mm") and not (text and base == "sign label"):
            right = max(g.x + g.advance for g in line)
            report.check(abs(right - (box.right - part[right_key])) < CENTRE, f"{where}: the {base} ends at {right:.2f} mm, not {box.right - part[right_key]:.2f}")
    circle = cell.get("seal_circle")
    if circle and text:
        cx, cy = box.right - circle["cx_from_right"], box.bottom - circle["cy_from_bottom"]
        under = [g for g in body if ((g.x + g.advance / 2 - cx) ** 2 + (g.y - 0.38 * g.size * MM - cy) ** 2) ** 0.5 < circle["d"] / 2]
        report.check(not under, f"{where}: {len(under)} characters of the opinion stand under the seal")


def check_placed(report, where, text, glyphs, record):
    """A title or a line of ink at its height."""
    em, plain = text["pt"] * MM, forms.plain([text["t"]])
    baseline = text["y"] + 0.88 * em
    line = sorted((g for g in glyphs if abs(g.y - baseline) < 0.1 and g.text.strip()), key=lambda g: g.x)
    wide, want = len(plain), plain
    if "then" in text:
        value = values.value_of(record, text["then"]["field"])
        wide += text["then"]["em"] + len(text["then"]["after"])
        want = plain + squeeze(value) + text["then"]["after"]
    where = f"{where}, {text['t']}"
    if not report.check(word(line) == want, f"{where}: not on its baseline at {baseline:.2f} mm; there stands {word(line)[:4]}…"):
        return
    left, right = line[0].x, line[-1].x + line[-1].advance
    if text["align"] == "left":
        report.check(abs(left - text["x"]) < 0.15, f"{where}: begins at {left:.2f} mm, not {text['x']}")
    else:
        report.check(abs((left + right) / 2 - text["x"]) < CENTRE, f"{where}: its middle is at {(left + right) / 2:.2f} mm, not {text['x']}")
    if "then" in text:
        report.check(abs((right - left) / em - wide) < 0.1, f"{where}: {(right - left) / em:.2f} em wide, not {wide}")
    report.check(all(abs(g.size - text["pt"]) < 0.02 for g in line if g.text in plain), f"{where}: not {text['pt']} pt")
    face(report, where, [g for g in line if g.text in plain], text["font"])


def check_recommendation(report, pages, geometry, record, continued):
    report.check(len(pages) >= len(forms.RECOMMENDATION), f"only {len(pages)} pages")
    for box in forms.boxes(geometry):
        if box.page >= len(pages):
            continue
        glyphs = [g for g in pages[box.page].glyphs if inside(g, box.left, box.top, box.right, box.bottom)]
        where = f"page {box.page + 1}, {box.plain or box.cell['name']}"
        if box.kind == "label":
            check_label(report, where, box, glyphs)
        elif box.kind == "value":
            check_value(report, where, box, glyphs, values.value_of(record, box.cell["name"]), box.cell["name"] in continued)
        elif box.kind == "opinion":
            check_opinion(report, where, box, glyphs, record)
        elif box.kind == "photo":
            check_photo(report, where, box, glyphs, pages[box.page].images, bool(values.get(record, "photo")))
    for number, name in enumerate(forms.RECOMMENDATION[: len(pages)]):
        page = forms.page_of(geometry, name)
        for text in page.get("text", []) + page.get("footer", []):
            check_placed(report, f"page {number + 1}", text, pages[number].glyphs, record)
    for number, page in enumerate(pages[len(forms.RECOMMENDATION) :], 1):
        check_annex(report, number, page, geometry["annex"], values.value_of(record, "name"))
    labels = [box.plain for box in forms.boxes(geometry) if box.kind == "label"]
    placed = [forms.plain([t["t"]]) for name in forms.RECOMMENDATION for part in ("text", "footer") for t in forms.page_of(geometry, name).get(part, [])]
    shown = {name for page in forms.page_fields(geometry) for name in page if name != "photo"}
    shown |= {f"resume.{i}.{part}" for i in range(9, len(record.get("resume", []))) for part in ("period", "work", "witness")}
    return labels + placed, {name: values.value_of(record, name) for name in shown}


def check_annex(report, number, page, annex, name):
    """A 附页 says which it is, what it continues and whose it is; its text stands in its box."""
    where, heading, reference = f"附页 {number}", annex["heading"], annex["reference"]
    placed = {"t": f"附页{number}", "font": heading["font"], "pt": heading["pt"], "x": 105, "y": heading["y"], "align": heading["align"]}
    check_placed(report, where, placed, page.glyphs, {})
    baseline = reference["y"] + 0.88 * reference["pt"] * MM
    line = sorted((g for g in page.glyphs if abs(g.y - baseline) < 0.5 and g.text.strip()), key=lambda g: g.x)
    said = word(line)
    if report.check(said.startswith("接第") and "页" in said, f"{where}: no back reference on its line"):
        report.check(abs(line[0].x - reference["x"]) < 0.15, f"{where}: the back reference begins at {line[0].x:.2f} mm")
        report.check(squeeze(name) in said, f"{where}: the back reference does not name the person")
    x, y, w, h = annex["text_box"]
    body = [g for g in page.glyphs if g.text.strip() and g.y > baseline + 1]
    report.check(bool(body), f"{where}: nothing stands on it")
    outside = [g for g in body if not (x - 0.1 <= g.x and g.x + g.advance <= x + w + 0.1 and g.y <= y + h)]
    report.check(not outside, f"{where}: {len(outside)} characters stand outside its box")


def check_photo(report, where, box, glyphs, images, has_photo):
    have = [image for image in images if box.left < (image[0] + image[2]) / 2 < box.right and box.top < (image[1] + image[3]) / 2 < box.bottom]
    if has_photo:
        report.check(len(have) == 1, f"{where}: {len(have)} pictures in the photo's cell")
        report.check(not word(glyphs), f"{where}: words stand over the photo")
    else:
        report.check(not have and word(glyphs) == forms.plain(box.cell["lines"]), f"{where}: an empty photo's cell does not say {forms.plain(box.cell['lines'])}")


def check_summary(report, pages, geometry, people):
    sheet = forms.page_of(geometry, "summary_sheet")
    table = sheet["tables"][0]
    xs, row = forms.edges(table["x"], table["cols"]), 0
    for number, page in enumerate(pages):
        ys = sorted({round(flat[1], 1) for flat in map(flatten, page.strokes) if flat[0] == "h"})
        if not report.check(len(ys) > 2, f"sheet {number + 1}: no table"):
            continue
        for at, title in enumerate(table["columns"]):
            glyphs = [g for g in page.glyphs if inside(g, xs[at], ys[0], xs[at + 1], ys[1])]
            lines = [word(line) for line in lines_of(glyphs)]
            where = f"sheet {number + 1}, head {title}"
            report.check("".join(lines) == title, f"{where}: stands {''.join(lines)}")
            if title in table["header_lines"]:
                report.check(lines == table["header_lines"][title], f"{where}: broken as {lines}")
            for line in lines_of(glyphs):
                off = (line[0].x + line[-1].x + line[-1].advance) / 2 - (xs[at] + xs[at + 1]) / 2
                # A mark at a line's end may hang or be squeezed, so lines with one are not measured.
                report.check(abs(off) <= CENTRE or line[-1].text in "、，）", f"{where}: {off:+.2f} mm off its middle")
            face(report, where, glyphs, table["header_font"])
        for top, bottom in zip(ys[1:], ys[2:]):
            person = people[row] if row < len(people) else None
            row += 1
            for at, key in enumerate(forms.SHEET_KEYS):
                glyphs = [g for line in lines_of(g for g in page.glyphs if inside(g, xs[at], top, xs[at + 1], bottom)) for g in line]
                want = (str(row) if key is None else values.value_of(person, key)) if person is not None else ""
                where = f"sheet {number + 1}, row {row}, {table['columns'][at]}"
                report.check(word(glyphs) == squeeze(want), f"{where}: {len(word(glyphs))} characters stand there, {len(squeeze(want))} in the record, or others")
                sizes = [g.size for g in glyphs]
                report.check(all(table["body_min_pt"] - 0.01 <= s <= table["body_pt"] + 0.01 for s in sizes), f"{where}: sizes {sorted(set(sizes))}")
    report.check(row >= len(people), f"{row} rows for {len(people)} people")
    for text in sheet["text"]:
        check_placed(report, "sheet 1", text, pages[0].glyphs, {})
    labels = table["columns"] + [forms.plain([text["t"]]) for text in sheet["text"]]
    return labels, {f"{i}.{key}": values.value_of(person, key) for i, person in enumerate(people) for key in forms.SHEET_KEYS if key}


def pieces(value, text):
    """In how many pieces a value stands in a text, in order; 0 if some of it is lost."""
    count, at, cursor = 0, 0, 0
    while at < len(value):
        # A piece shorter than this could be found anywhere.
        length = min(12, len(value) - at)
        found = text.find(value[at : at + length], cursor)
        if found < 0:
            return 0
        while at + length < len(value) and text[found + length : found + length + 1] == value[at + length]:
            length += 1
        at, cursor, count = at + length, found + length, count + 1
    return count


def check_extracted(report, path, labels, shown, continued, fillable):
    for reader, text in extracted(path).items():
        bad = forbidden(text)
        report.check(not bad, f"{reader} extracts {', '.join(bad)}")
        # MuPDF 1.21 sets a stacked label's lines apart; the others give it in one piece.
        seen = squeeze(text) if reader == "mupdf" else text.replace("　", "")
        for label in labels:
            report.check(label in seen, f"{reader} does not give the label {label} in one piece")
        if fillable and reader == "pdfium":
            continue  # Its text page leaves annotations out; fields.py asks its forms.
        whole = squeeze(text)
        for name, value in shown.items():
            want = squeeze(value)
            if not want:
                continue
            if name in continued:
                report.check(pieces(want, whole) > 0, f"{reader} loses characters of {name}, or their order")
            else:
                report.check(want in whole, f"{reader} does not give the value of {name} whole")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("geometry")
    parser.add_argument("form", choices=["recommendation", "summary"])
    parser.add_argument("--record")
    options = parser.parse_args()
    report, geometry = Report(), forms.load(options.geometry)
    record = values.load(options.record) if options.record else {}
    with pikepdf.open(options.file) as pdf:
        fillable = "/AcroForm" in pdf.Root
        pages = gather(pdf)
        for number, page in enumerate(pages):
            for problem in page.unknown:
                report.problems.append(f"page {number + 1}: {problem}")
            missing = sum(1 for glyph in page.glyphs if glyph.code == 0)
            report.check(not missing, f"page {number + 1}: {missing} times the glyph of a missing character")
            mute = sum(1 for glyph in page.glyphs if not glyph.text)
            report.check(not mute, f"page {number + 1}: {mute} glyphs that ToUnicode does not know")
            bad = forbidden("".join(glyph.text for glyph in page.glyphs))
            report.check(not bad, f"page {number + 1}: ToUnicode gives {', '.join(bad)}")
        if options.form == "recommendation":
            may = {box.cell["name"] for box in forms.boxes(geometry) if box.cell.get("overflow") == "continue"}
            continued = may if len(pages) > len(forms.RECOMMENDATION) else set()
            labels, shown = check_recommendation(report, pages, geometry, record, continued)
        else:
            continued = set()
            labels, shown = check_summary(report, pages, geometry, record.get("nominees", []))
        report.facts["checked"] = sum(len(page.glyphs) for page in pages)
    check_extracted(report, options.file, labels, shown, continued, fillable)
    report.close()


if __name__ == "__main__":
    main()
