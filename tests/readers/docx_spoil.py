"""Spoils a good DOCX in one way after another, so that the harness can see the other scripts refuse each.

    docx_spoil.py IN.docx FOLDER KIND…      writes FOLDER/KIND.docx
"""

import copy
import sys
import warnings
import zipfile
from pathlib import Path

from lxml import etree

from docx_sound import NS, w

DATE = (1980, 1, 1, 0, 0, 0)


class Package:
    """The parts in their order; XML ones as trees where they are asked for."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as package:
            self.parts = {name: package.read(name) for name in package.namelist()}
        self.trees, self.date, self.twice = {}, DATE, None

    def tree(self, name="word/document.xml"):
        return self.trees.setdefault(name, etree.fromstring(self.parts[name]))

    def save(self, path):
        for name, tree in self.trees.items():
            self.parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        with zipfile.ZipFile(path, "w") as package, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, data in [*self.parts.items()] + ([self.twice] if self.twice else []):
                package.writestr(zipfile.ZipInfo(name, self.date), data, zipfile.ZIP_DEFLATED)


def control(package, name="employer"):
    tree = package.tree()
    return next(node for node in tree.iter(w("sdt")) if node.find("w:sdtPr/w:tag", NS).get(w("val")) == name)


def say(package, name, text):
    """The first text of a control, all others emptied."""
    for number, node in enumerate(control(package, name).iterfind("w:sdtContent//w:t", NS)):
        node.text = "" if number else text


def tables(package):
    return package.tree().findall("w:body/w:tbl", NS)


def spoil_nothing(package):
    """Only packed again, as a control."""
    package.tree()


def spoil_paragraph(package):
    cell = next(package.tree().iter(w("tc")))
    for paragraph in cell.findall("w:p", NS):
        cell.remove(paragraph)


def spoil_id(package):
    first, second = list(package.tree().iterfind(".//w:sdtPr/w:id", NS))[:2]
    second.set(w("val"), first.get(w("val")))


def spoil_range(package):
    package.tree().find(".//w:sdtPr/w:id", NS).set(w("val"), str(2**31))


def spoil_drawing(package):
    drawing = next(package.tree().iter(w("drawing")))
    run = drawing.getparent()
    run.addnext(copy.deepcopy(run))


def spoil_relation(package):
    tree = package.tree("word/_rels/document.xml.rels")
    next(node for node in tree if "media" in node.get("Target")).set("Target", "media/none.png")


def spoil_unknown(package):
    tree = package.tree("word/_rels/document.xml.rels")
    next(node for node in tree if "media" in node.get("Target")).set("Id", "rIdNobody")


def spoil_outside(package):
    tree = package.tree("word/_rels/document.xml.rels")
    node = next(node for node in tree if "media" in node.get("Target"))
    node.set("Target", "https://example.com/a.png")
    node.set("TargetMode", "External")


def spoil_type(package):
    tree = package.tree("[Content_Types].xml")
    tree.remove(next(node for node in tree if node.get("PartName") == "/word/document.xml"))
    for node in tree.findall("ct:Default", NS):
        if node.get("Extension") == "xml":
            tree.remove(node)


def spoil_stray(package):
    package.parts["word/stray.xml"] = b"<stray/>"


def spoil_alternative(package):
    font = next(node for node in package.tree("word/fontTable.xml") if node.find("w:altName", NS) is not None)
    alternative = font.find("w:altName", NS)
    alternative.set(w("val"), alternative.get(w("val")) + "x" * 31)


def spoil_font(package):
    tree = package.tree("word/fontTable.xml")
    tree.remove(next(node for node in tree if node.get(w("name")) == "宋体"))


def spoil_order(package):
    properties = next(node for node in package.tree().iter(w("pPr")) if len(node) > 2)
    properties.append(properties[0])


def spoil_date(package):
    package.date = (2026, 11, 23, 0, 0, 0)


def spoil_twice(package):
    package.twice = ("word/styles.xml", package.parts["word/styles.xml"])


def spoil_author(package):
    tree = package.tree("docProps/core.xml")
    node = tree.find("dc:creator", NS)
    if node is None:
        node = etree.SubElement(tree, f"{{{NS['dc']}}}creator")
    node.text = "某人"


def spoil_language(package):
    package.tree("docProps/core.xml").find("dc:language", NS).text = "en-US"


def spoil_placeholder(package):
    control(package).find("w:sdtPr/w:placeholder/w:docPart", NS).set(w("val"), "fw:text:nobody")


def spoil_plain(package):
    etree.SubElement(control(package).find("w:sdtPr", NS), w("text"))


def spoil_tag(package):
    control(package).find("w:sdtPr/w:tag", NS).set(w("val"), "e" * 65)


def spoil_joined(package):
    """Nothing stands between two tables any more."""
    table, body = tables(package)[-1], package.tree().find("w:body", NS)
    empty = copy.deepcopy(table)
    for node in list(empty.iter(w("sdt"))):
        node.getparent().remove(node)
    table.addnext(empty)
    assert body.index(empty) == body.index(table) + 1


def spoil_width(package):
    cell = tables(package)[0].find(".//w:tcW", NS)
    cell.set(w("w"), str(int(cell.get(w("w"))) + 60))


def spoil_loose(package):
    tables(package)[0].find(".//w:trHeight", NS).set(w("hRule"), "atLeast")


def spoil_value(package):
    say(package, "mobile", "另一个")


def spoil_lost(package):
    """The control goes, what it says stays."""
    node = control(package, "mobile")
    for run in node.find("w:sdtContent", NS):
        node.addprevious(run)
    node.getparent().remove(node)


def spoil_mute(package):
    """What a cell says goes, and the control with it."""
    node = control(package, "mobile")
    node.getparent().remove(node)


def spoil_size(package):
    package.tree().find("w:body/w:sectPr/w:pgSz", NS).set(w("w"), "12240")


# What only LibreOffice's pages show.


def spoil_table(package):
    table = tables(package)[1]
    table.getparent().remove(table)


def spoil_height(package):
    """A row 2 mm higher."""
    height = tables(package)[0].find(".//w:trHeight", NS)
    height.set(w("val"), str(int(height.get(w("val"))) + 113))


def spoil_column(package):
    """A column 2 mm to the right."""
    columns = tables(package)[0].findall("w:tblGrid/w:gridCol", NS)
    for column, by in ((columns[0], 113), (columns[1], -113)):
        column.set(w("w"), str(int(column.get(w("w"))) + by))
    for row in tables(package)[0].findall("w:tr", NS):
        for cell, by in zip(row.findall("w:tc", NS), (113, -113)):
            width = cell.find("w:tcPr/w:tcW", NS)
            width.set(w("w"), str(int(width.get(w("w"))) + by))


def spoil_rule(package):
    """A table without the rules between its rows."""
    tables(package)[1].find("w:tblPr/w:tblBorders/w:insideH", NS).set(w("val"), "nil")


def spoil_cut(package):
    """A row too low for its text, and the next one higher by as much."""
    rows = tables(package)[2].findall("w:tr", NS)[1:3]
    low, high = (row.find("w:trPr/w:trHeight", NS) for row in rows)
    spare = int(low.get(w("val"))) - 600
    low.set(w("val"), "600")
    high.set(w("val"), str(int(high.get(w("val"))) + spare))


def spoil_overflow(package):
    """A value longer than its cell, which cuts it off."""
    say(package, "resume.0.work", "很长的经历" * 30 + "完了")


def spoil_page(package):
    """A page begins where the one before ends."""
    for node in list(package.tree().iter(w("pageBreakBefore")))[:1]:
        node.getparent().remove(node)


def spoil_photo(package):
    run = next(package.tree().iter(w("drawing"))).getparent()
    run.remove(run.find("w:drawing", NS))


def main():
    source, folder, *kinds = sys.argv[1:]
    for kind in kinds:
        package = Package(source)
        globals()[f"spoil_{kind}"](package)
        package.save(Path(folder) / f"{kind}.docx")


if __name__ == "__main__":
    main()
