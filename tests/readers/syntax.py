"""The file is a sound PDF to four parsers, says what it is, and embeds its fonts.

    syntax.py FILE.pdf --title TITLE --pages N [--fillable]
"""

import argparse
import re
import subprocess
import tempfile

import pikepdf

from report import Report


def run(*command):
    """Everything a tool prints, and its exit code."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def check_parsers(report, path):
    code, said = run("qpdf", "--check", path)
    report.check(code == 0 and "WARNING" not in said, f"qpdf: {said[-300:]}")
    with tempfile.TemporaryDirectory() as folder:
        code, said = run("mutool", "clean", "-s", path, f"{folder}/clean.pdf")
        report.check(code == 0 and not said, f"mutool: {said[:300]}")
    code, said = run("gs", "-q", "-dSAFER", "-dNOPAUSE", "-dBATCH", "-dPDFSTOPONERROR", "-dPDFSTOPONWARNING", "-sDEVICE=nullpage", path)
    report.check(code == 0 and not said, f"ghostscript: {said[:300]}")
    code, said = run("pdftotext", path, "-")
    report.check(code == 0 and not re.search(r"^(Syntax|Internal) (Error|Warning)", said, re.M), f"poppler: {said[:200]}")


def check_info(report, path, title, pages):
    code, said = run("pdfinfo", path)
    facts = dict(re.findall(r"^([A-Za-z ]+): +(.*)$", said, re.M))
    report.check(code == 0 and "Error" not in said, f"pdfinfo: {said[:300]}")
    report.check(facts.get("Title") == title, f"the title is {facts.get('Title')!r}")
    report.check(facts.get("Pages") == str(pages), f"{facts.get('Pages')} pages instead of {pages}")
    report.check(facts.get("JavaScript") == "no" and facts.get("Encrypted") == "no", "JavaScript or encryption")
    with pikepdf.open(path) as pdf:
        report.check(str(pdf.Root.get("/Lang", "")) == "zh-CN", f"the language is {pdf.Root.get('/Lang')}")
        view = pdf.Root.get("/ViewerPreferences", {})
        report.check(view.get("/DisplayDocTitle", False) is True, "the window does not show the document's title")
        with pdf.open_outline() as outline:
            marks = [str(item.title) for item in outline.root]
        report.check(0 < len(marks) <= pages and all(marks), f"{len(marks)} bookmarks for {pages} pages")
        report.facts["bookmarks"] = marks


def check_fonts(report, path, fillable):
    code, said = run("pdffonts", path)
    report.check(code == 0 and "Error" not in said, f"pdffonts: {said[:300]}")
    rows = [line for line in said.splitlines()[2:] if line.strip()]
    report.check(len(rows) > 0, "no fonts")
    typing = 0
    for row in rows:
        name = row.split()[0]
        match = re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$", row)
        embedded, subset, unicode = (match[1], match[2], match[3]) if match else ("?", "?", "?")
        if fillable and name.startswith("STSong-Light") and embedded == "no":
            typing += 1
            continue
        report.check(embedded == "yes", f"font {name} is not embedded")
        report.check(subset == "yes" and re.match(r"[A-Z]{6}\+", name), f"font {name} is not a subset")
        report.check(unicode == "yes", f"font {name} has no ToUnicode")
    report.check(typing <= 1, f"{typing} typing fonts")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--title", required=True)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--fillable", action="store_true")
    options = parser.parse_args()
    report = Report()
    check_parsers(report, options.file)
    try:
        check_info(report, options.file, options.title, options.pages)
    except pikepdf.PdfError as damage:
        report.check(False, f"pikepdf: {damage}")
    check_fonts(report, options.file, options.fillable)
    report.facts["checked"] = 4
    report.close()


if __name__ == "__main__":
    main()
