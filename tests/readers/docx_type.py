"""LibreOffice itself opens a DOCX, types values into its fields, and saves it: through its own API (Debian's python3-uno).

    /usr/bin/python3 docx_type.py JOBS.json      [{"from": …, "to": …, "values": {NAME: TEXT}, WAY: {NAME: TEXT}}, …]
"""

import json
import shutil
import sys
import tempfile
import time
import zipfile
from collections import namedtuple
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from xml.etree import ElementTree

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

from docx_office import LIMIT, Trouble, environment, options, stop
from report import squeeze

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


Desk = namedtuple("Desk", "desktop dispatch")


def property_of(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def desk_of(pipe, process):
    """The running program's desktop and what presses its keys, as soon as it listens."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            made = lambda name: remote.ServiceManager.createInstanceWithContext(f"com.sun.star.frame.{name}", remote)
            return Desk(made("Desktop"), made("DispatchHelper"))
        except NoConnectException:
            if process.poll() is not None:
                raise Trouble(f"LibreOffice ended with {process.returncode} before it listened") from None
            time.sleep(0.2)
    raise Trouble(f"LibreOffice did not listen within {LIMIT} s")


def paragraphs_of(text):
    """Every paragraph in the document's order, those in the cells of tables included."""
    parts = text.createEnumeration()
    while parts.hasMoreElements():
        part = parts.nextElement()
        if part.supportsService("com.sun.star.text.TextTable"):
            for name in part.getCellNames():
                yield from paragraphs_of(part.getCellByName(name))
        else:
            yield part


def controls_of(document):
    """The controls in the document's order, gathered before anything is typed: typing changes the paragraphs."""
    found = []
    for paragraph in paragraphs_of(document.Text):
        portions = paragraph.createEnumeration()
        while portions.hasMoreElements():
            portion = portions.nextElement()
            if portion.TextPortionType == "ContentControl":
                found.append(portion.ContentControl)
    return found


def portions_of(control):
    found, portions = [], control.createEnumeration()
    while portions.hasMoreElements():
        found.append(portions.nextElement())
    return found


def said_by(control):
    return "".join(portion.getString() for portion in portions_of(control))


def tags_of(path):
    """The same controls as the file has them: the tag and the text of each."""
    with zipfile.ZipFile(path) as package:
        body = ElementTree.fromstring(package.read("word/document.xml"))
    found = []
    for control in body.iter(f"{W}sdt"):
        tag, content = control.find(f"{W}sdtPr/{W}tag"), control.find(f"{W}sdtContent")
        text = "".join("\n" if node.tag == f"{W}br" else node.text or "" for node in content.iter() if node.tag in (f"{W}t", f"{W}br"))
        found.append((tag.get(f"{W}val"), text))
    return found


# How a value gets into a place: typed over what stands in the control; over that and the control's own end, which a person
# who drags over all of it selects too, so that only the first character stays inside; and where a click at the right of the
# cell, Home, or Enter at the end puts the cursor.
WAYS = ("values", "over", "behind", "before", "below")


def type_into(desk, document, control, value, way):
    """As at the keyboard, key by key; Shift+Enter begins a line."""
    view, length = document.CurrentController.ViewCursor, len(said_by(control))
    press = lambda command, *values: desk.dispatch.executeDispatch(document.CurrentController.Frame, command, "", 0, values)
    view.gotoRange(portions_of(control)[0].Start, False)
    if way == "before":
        press(".uno:GoToStartOfPara")
    elif way in ("behind", "below"):
        press(".uno:GoToEndOfPara")
    else:
        view.goRight(length + (way == "over"), True)
    if way == "below":
        press(".uno:InsertPara")
    for number, line in enumerate(value.split("\n")):
        if number:
            press(".uno:InsertLinebreak")
        for key in line:
            press(".uno:InsertText", property_of("Text", key))


def do(desk, job, home):
    # A copy, so that no lock file stays beside the source.
    copy = Path(home) / "copy.docx"
    shutil.copyfile(job["from"], copy)
    document = desk.desktop.loadComponentFromURL(copy.as_uri(), "_blank", 0, (property_of("Hidden", True),))
    if document is None:
        raise Trouble(f"LibreOffice does not open {Path(job['from']).name}")
    controls, tags, typed = controls_of(document), tags_of(copy), set()
    # LibreOffice 7.4 shows no tag, so a control is told by its place; its text tells that the place is right.
    if [squeeze(said_by(control)) for control in controls] != [squeeze(text) for _, text in tags]:
        raise Trouble(f"LibreOffice shows {len(controls)} controls, the file has {len(tags)}, or their texts differ")
    wanted = {tag: (value, way) for way in WAYS for tag, value in job.get(way, {}).items()}
    for control, (tag, _) in zip(controls, tags):
        if tag in wanted:
            type_into(desk, document, control, *wanted[tag])
            typed.add(tag)
    if lost := wanted.keys() - typed:
        raise Trouble(f"no control for {sorted(lost)}")
    # Stored in this run's own home first: a LibreOffice that dies while it stores leaves a lock file beside its target, and every
    # later one then refuses that target with "Error Area:Io Class:Abort Code:27".
    stored = Path(home) / "stored.docx"
    document.storeToURL(stored.as_uri(), (property_of("FilterName", "MS Word 2007 XML"),))
    document.close(True)
    stored.replace(job["to"])
    return len(typed)


# LibreOffice 7.4 itself fails now and then on a busy machine: it ends before it listens, its bridge goes away, or a file is not
# stored. It is started anew and does that job again; what it typed is judged by its file, so nothing that is compared is softer.
TRIES = 4


def office(folder, jobs):
    """Does jobs until LibreOffice fails at one; how many were done, how much was typed, and what failed."""
    done, typed = 0, 0
    with tempfile.TemporaryDirectory(prefix="office-", dir=folder) as home:
        pipe = Path(home).name
        process = Popen(["soffice", *options(home), f"--accept=pipe,name={pipe};urp;"], env=environment(home), stdin=DEVNULL, stdout=DEVNULL, stderr=STDOUT, start_new_session=True)
        try:
            desk = desk_of(pipe, process)
            for job in jobs:
                typed += do(desk, job, home)
                done += 1
        except Exception as failure:  # UNO's exceptions have no common class of their own
            return done, typed, f"{type(failure).__name__}: {failure}"
        finally:
            stop(process)
    return done, typed, None


def main():
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[1]).resolve().parent
    problems, typed, at, failures = [], 0, 0, []
    try:
        while at < len(jobs):
            done, more, failure = office(folder, jobs[at:])
            at, typed = at + done, typed + more
            failures = [*(failures if done == 0 else []), failure]
            if failure and len(failures) >= TRIES:
                raise Trouble(f"LibreOffice failed {TRIES} times at {Path(jobs[at]['to']).name}: {'; then '.join(failures)}")
    except Trouble as trouble:
        problems.append(str(trouble))
    print(json.dumps({"ok": not problems, "problems": problems, "facts": {"typed": typed, "checked": typed}}, ensure_ascii=False))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
