"""Page pictures: the print and the fillable PDF look alike in three renderers, and pages look like their references.

    raster.py alike PRINT.pdf FILLABLE.pdf [--pages 1,2,3]
    raster.py picture FILE.pdf PREFIX [--pages 2]           our own pictures PREFIX1.png, … at 100 dpi show what poppler shows
    raster.py same FILE.pdf REFERENCE-PREFIX [--bless]      one PNG per page: PREFIX1.png, PREFIX2.png, …
"""

import argparse
import glob
import subprocess
import tempfile
from pathlib import Path

import numpy
import pymupdf
import pypdfium2
from PIL import Image, ImageFilter

from report import Report

ALIKE_DPI, REFERENCE_DPI = 80, 70
# How far two pictures may differ after a slight blur: in grey levels of 255, and in how many pixels of a million.
LEVEL, PER_MILLION = 48, 60


# Our pictures against poppler's. It moves rules to whole pixels and we do not, so no pixel is compared with a pixel: how dark each
# place is, in grey levels over a square of eleven pixels. 35 was the most that any page of the samples, with stamps and copies,
# differed; another name in its cell is more than the limit.
PICTURE_DPI, PICTURE_RADIUS, PICTURE_LEVEL = 100, 5, 45


def by_poppler(path, dpi=ALIKE_DPI):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", path, f"{folder}/p"], check=True, capture_output=True)
        return [Image.open(name).convert("L") for name in sorted(glob.glob(f"{folder}/p*.pgm"))]


def by_mupdf(path):
    pictures = []
    for page in pymupdf.open(path):
        # MuPDF lays an orange flag of its own, SIGN, over every unsigned signature field, whatever its appearance.
        for widget in list(page.widgets(types=[pymupdf.PDF_WIDGET_TYPE_SIGNATURE])):
            page.delete_widget(widget)
        picture = page.get_pixmap(dpi=ALIKE_DPI, colorspace=pymupdf.csGRAY, annots=True)
        pictures.append(Image.frombytes("L", (picture.width, picture.height), picture.samples))
    return pictures


def by_pdfium(path, dpi=ALIKE_DPI):
    document = pypdfium2.PdfDocument(path)
    if document.get_formtype():
        document.init_forms()
    return [page.render(scale=dpi / 72, may_draw_forms=True, grayscale=True).to_pil().convert("L") for page in document]


def unlike(first, second):
    """Pixels of a million that differ beyond antialiasing."""
    if first.size != second.size:
        return 1_000_000
    soft = [numpy.asarray(picture.filter(ImageFilter.BoxBlur(0.7)), dtype=numpy.int16) for picture in (first, second)]
    return int((numpy.abs(soft[0] - soft[1]) > LEVEL).mean() * 1_000_000)


def ink(picture):
    return float((255 - numpy.asarray(picture, dtype=numpy.int32)).mean())


def alike(report, first, second, pages):
    for name, draw in (("poppler", by_poppler), ("MuPDF", by_mupdf), ("pdfium", by_pdfium)):
        left, right = draw(first), draw(second)
        if not report.check(pages or len(left) == len(right), f"{name}: {len(left)} pages against {len(right)}"):
            continue
        for number, (print_page, fill_page) in enumerate(zip(left, right), 1):
            if pages and number not in pages:
                continue
            differ = unlike(print_page, fill_page)
            report.check(differ <= PER_MILLION, f"{name}, page {number}: {differ} pixels of a million differ")
            report.check(ink(print_page) > 0.5, f"{name}, page {number} is white")
            report.facts["worst"] = max(report.facts.get("worst", 0), differ)
            report.facts["checked"] = report.facts.get("checked", 0) + 1


def same(report, path, prefix, bless):
    pages = by_pdfium(path, REFERENCE_DPI)
    references = sorted(Path(prefix).parent.glob(Path(prefix).name + "*.png"))
    if bless:
        for old in references:
            old.unlink()
        Path(prefix).parent.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages, 1):
            # Sixteen greys are enough to see a page, and keep the repository small.
            page.quantize(16, dither=Image.Dither.NONE).save(f"{prefix}{number}.png", optimize=True)
        references = sorted(Path(prefix).parent.glob(Path(prefix).name + "*.png"))
    report.check(len(references) == len(pages), f"{len(pages)} pages, {len(references)} references (BLESS=1 writes them)")
    for number, page in enumerate(pages, 1):
        name = Path(f"{prefix}{number}.png")
        if not report.check(name.exists(), f"no reference {name.name}"):
            continue
        differ = unlike(page, Image.open(name).convert("L"))
        report.check(differ <= PER_MILLION, f"page {number}: {differ} pixels of a million differ from {name.name}")
        report.facts["checked"] = report.facts.get("checked", 0) + 1


def picture(report, path, prefix, pages):
    for number, page in enumerate(by_poppler(path, PICTURE_DPI), 1):
        if pages and number not in pages:
            continue
        ours = Image.open(f"{prefix}{number}.png").convert("L")
        if not report.check(ours.size == page.size, f"page {number}: {ours.size} pixels against {page.size}"):
            continue
        soft = [numpy.asarray(one.filter(ImageFilter.BoxBlur(PICTURE_RADIUS)), dtype=numpy.int16) for one in (ours, page)]
        apart = numpy.abs(soft[0] - soft[1])
        worst = int(apart.max())
        y, x = numpy.unravel_index(apart.argmax(), apart.shape)
        report.check(worst <= PICTURE_LEVEL, f"page {number}: {worst} grey levels apart at {x}, {y}")
        report.facts["worst"] = max(report.facts.get("worst", 0), worst)
        report.facts["checked"] = report.facts.get("checked", 0) + 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["alike", "same", "picture"])
    parser.add_argument("file")
    parser.add_argument("other")
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("--pages", default="")
    options = parser.parse_args()
    report = Report()
    pages = [int(page) for page in options.pages.split(",") if page]
    if options.what == "alike":
        alike(report, options.file, options.other, pages)
    elif options.what == "picture":
        picture(report, options.file, options.other, pages)
    else:
        same(report, options.file, options.other, options.bless)
    report.close()


if __name__ == "__main__":
    main()
