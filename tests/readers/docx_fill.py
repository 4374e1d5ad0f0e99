"""Fills a DOCX with python-docx, as a program of a person's own would, and saves it.

    docx_fill.py IN.docx OUT.docx JOB.json

JOB: {"values": {NAME: TEXT}, "paragraphs": {NAME: TEXT}, "photo": FILE, "relation": true}. A value of `paragraphs` is put in as
an editor does after Enter in a control: the control goes round its paragraph, and each line is a paragraph in it. The photo's
bytes are put in the place of the old ones; with `relation` a new part is added and the picture led to it. Without anything
to do the file is opened and saved.
"""

import copy
import json
import sys
from pathlib import Path

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from docx_read import words_of
from report import Report


def controls(document, name):
    found = document.element.body.iter(qn("w:sdt"))
    return [node for node in found if node.find(qn("w:sdtPr") + "/" + qn("w:tag")).get(qn("w:val")) == name]


def run_like(control, line):
    """A run that looks as the control's first one does."""
    run = OxmlElement("w:r")
    first = next(control.find(qn("w:sdtContent")).iter(qn("w:r")), None)
    if first is not None and first.find(qn("w:rPr")) is not None:
        run.append(copy.deepcopy(first.find(qn("w:rPr"))))
    text = OxmlElement("w:t")
    text.set(qn("xml:space"), "preserve")
    text.text = line
    run.append(text)
    return run


def shown(control):
    """It no longer shows its placeholder."""
    properties = control.find(qn("w:sdtPr"))
    for node in properties.findall(qn("w:showingPlcHdr")):
        properties.remove(node)


def fill(control, value):
    content = control.find(qn("w:sdtContent"))
    runs = []
    for number, line in enumerate(value.split("\n")):
        run = run_like(control, line)
        if number:
            run.insert(len(run) - 1, OxmlElement("w:br"))
        runs.append(run)
    for node in list(content):
        content.remove(node)
    content.extend(runs)
    shown(control)


def fill_paragraphs(control, value):
    content, paragraph = control.find(qn("w:sdtContent")), control.getparent()
    made = []
    for line in value.split("\n"):
        new = OxmlElement("w:p")
        if paragraph.pPr is not None:
            new.append(copy.deepcopy(paragraph.pPr))
        new.append(run_like(control, line))
        made.append(new)
    for node in list(content):
        content.remove(node)
    content.extend(made)
    # A cell still ends with a paragraph, now an empty one.
    paragraph.addprevious(control)
    shown(control)


def put_photo(report, document, control, job):
    blip = next(control.iter(qn("a:blip")), None)
    if not report.check(blip is not None, "the photo's control holds no picture"):
        return
    if job.get("relation"):
        key, _ = document.part.get_or_add_image(job["photo"])
        report.check(key != blip.get(qn("r:embed")), "python-docx takes the new photo for the old one")
        blip.set(qn("r:embed"), key)
    else:
        part = document.part.related_parts[blip.get(qn("r:embed"))]
        part._blob = Path(job["photo"]).read_bytes()


def main():
    source, target, job = sys.argv[1:]
    job, report = json.loads(Path(job).read_text(encoding="utf-8")), Report()
    document = docx.Document(source)
    for how, put in (("values", fill), ("paragraphs", fill_paragraphs)):
        for name, value in job.get(how, {}).items():
            places = controls(document, name)
            report.check(places, f"no control for {name}")
            for place in places:
                report.check(words_of(place) != value, f"{name} had the new value already")
                put(place, value)
    if "photo" in job:
        for place in controls(document, "photo"):
            put_photo(report, document, place, job)
    document.save(target)
    again = docx.Document(target)
    report.facts["checked"] = len(list(again.element.body.iter(qn("w:sdt"))))
    report.close()


if __name__ == "__main__":
    main()
