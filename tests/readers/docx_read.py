"""A DOCX as three libraries read it: python-docx, mammoth and docx2python see its pages, its words and every value.

    docx_read.py FILE.docx OURS.pdf [--title T]

OURS is our fillable PDF of the same record: it says which words and values there are.
"""

import argparse
import io
import logging
import re
from collections import Counter
from contextlib import redirect_stderr

import docx
import mammoth
import pikepdf
from docx.oxml.ns import qn
from docx2python import docx2python

from fields import seen_by_pikepdf
from parity import characters, values_of
from pdfwalk import walk_appearance
from report import Report, squeeze
from text import gather

EMU = 36000  # in a millimetre
logging.disable(logging.WARNING)


def words_of(control):
    """What a control says: its runs' texts, with its breaks and paragraphs as line ends; None while it shows a placeholder."""
    if control.find(qn("w:sdtPr") + "/" + qn("w:showingPlcHdr")) is not None:
        return None
    said = []
    for node in control.find(qn("w:sdtContent")).iter():
        if node.tag == qn("w:t"):
            said.append(node.text or "")
        elif node.tag in (qn("w:br"), qn("w:cr")) or (node.tag == qn("w:p") and said):
            said.append("\n")
        elif node.tag == qn("w:tab"):
            said.append("\t")
    return "".join(said)


def controls_of(document):
    """Tag → what each control with that tag says, as a program of a person's own would find them."""
    found = {}
    for control in document.element.body.iter(qn("w:sdt")):
        tag = control.find(qn("w:sdtPr") + "/" + qn("w:tag"))
        if tag is not None:
            found.setdefault(tag.get(qn("w:val")), []).append(words_of(control))
    return found


def check_values(report, controls, values):
    """Each value is that of the PDF, its parts on a 附页 behind it; wherever it stands twice it is the same."""
    names = {tag.split("+")[0] for tag in controls}
    for name, value in values.items():
        if not report.check(name in names, f"no control for {name}"):
            continue
        said, part = "", 0
        while (tag := f"{name}+{part}" if part else name) in controls:
            report.check(len(set(controls[tag])) == 1, f"{tag}: {len(set(controls[tag]))} different values")
            said += controls[tag][0] or ""
            part += 1
        report.check(squeeze(said) == squeeze(value), f"{name}: {len(squeeze(said))} characters, {len(squeeze(value))} in the PDF, or others")
        if not value:
            report.check(controls[name][0] is None, f"{name}: empty, but shows no placeholder")
    return len(values)


def check_python_docx(report, path, pages, values, title):
    document = docx.Document(path)
    report.check(len(document.tables) > 0, "python-docx sees no table")
    sizes = [(section.page_width / EMU, section.page_height / EMU) for section in document.sections]
    papers = {(round(page.width), round(page.height)) for page in pages}
    report.check({(round(wide), round(high)) for wide, high in sizes} == papers, f"python-docx sees sections of {sizes} mm")
    for section, (wide, high) in zip(document.sections, sizes):
        report.check((section.orientation == docx.enum.section.WD_ORIENT.LANDSCAPE) == (wide > high), "a section is turned otherwise than it says")
    core = document.core_properties
    report.check(title is None or core.title == title, f"python-docx reads the title {core.title}")
    report.check(core.author == "" and core.last_modified_by == "", "python-docx reads an author")
    report.check(core.language == "zh-CN", f"python-docx reads the language {core.language}")
    controls = controls_of(document)
    rows = sum(len(table.rows) for table in document.tables)
    report.facts |= {"tables": len(document.tables), "rows": rows, "sections": len(sizes), "tags": len(controls)}
    return check_values(report, controls, values)


def empty_picture(pdf):
    """What our PDF says in the places of photos, where there are none."""
    said = ""
    for _, (field, widgets) in seen_by_pikepdf(pdf).items():
        for widget in widgets if str(field.get("/FT")) == "/Btn" else []:
            said += characters(walk_appearance(widget["/AP"]["/N"], [float(edge) for edge in widget.Rect], 842).glyphs)
    return said


def check_words(report, reader, said, wanted):
    missing = wanted - Counter(squeeze(said))
    report.check(not missing, f"{reader} misses {sum(missing.values())} characters of {sum(wanted.values())}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("ours")
    parser.add_argument("--title")
    options = parser.parse_args()
    report = Report()
    with pikepdf.open(options.ours) as pdf:
        pages, values = gather(pdf), values_of(pdf)
        picture = empty_picture(pdf)
    # The empty photo's place says 照片 in a picture, so that it can be replaced whole.
    wanted = Counter("".join(characters(page.glyphs) for page in pages)) - Counter(picture)
    checked = check_python_docx(report, options.file, pages, values, options.title)
    with open(options.file, "rb") as file, redirect_stderr(io.StringIO()):
        result = mammoth.extract_raw_text(file)
    faults = [message.message for message in result.messages if message.type == "error"]
    report.check(not faults, f"mammoth complains: {faults}")
    check_words(report, "mammoth", result.value, wanted)
    with docx2python(options.file, duplicate_merged_cells=False) as content:
        text = re.sub(r"----(media|image)[^-]*----", "", content.text)
    check_words(report, "docx2python", text, wanted)
    report.facts |= {"values": checked, "checked": checked + sum(wanted.values())}
    report.close()


if __name__ == "__main__":
    main()
