"""Page pictures of a DOCX as another program printed it, against those of our own PDF: no block is missing, moved or too much.

    docx_look.py OURS.pdf THEIRS.pdf

Lines may break elsewhere and faces differ, so only the darkness of places the size of a thumbnail is compared.
"""

import glob
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

from report import Report

DPI = 60
STEP = 12  # pixels: 5 mm
# Squares of 10 mm and of 30 mm, in pixels, and how much lighter or darker than ours anywhere within a step of it the mean of
# one may be, in grey levels of 255. Good pages reach 24 and 9.5 (a line that breaks elsewhere).
SCALES = ((24, 30), (72, 12))


def pictures(path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", path, f"{folder}/p"], check=True, capture_output=True)
        return [255.0 - numpy.asarray(Image.open(name).convert("L"), dtype=float) for name in sorted(glob.glob(f"{folder}/p*.pgm"))]


def blocks(ink, size, step):
    """The mean ink of squares, every `step` pixels."""
    total = numpy.pad(ink.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    rows, cols = range(0, ink.shape[0] - size + 1, step), range(0, ink.shape[1] - size + 1, step)
    return numpy.array([[(total[y + size, x + size] - total[y, x + size] - total[y + size, x] + total[y, x]) / size**2 for x in cols] for y in rows])


def around(grid, reduce):
    """Each place's least or greatest of itself and its neighbours."""
    wide = numpy.pad(grid, 1, mode="edge")
    rows, cols = grid.shape
    return reduce([wide[y : y + rows, x : x + cols] for y in range(3) for x in range(3)], axis=0)


def unlike(first, second, size):
    """How much darker or lighter each square of one is than the other is anywhere about there."""
    left, right = blocks(first, size, STEP), blocks(second, size, STEP)
    over = numpy.maximum(left - around(right, numpy.max), around(right, numpy.min) - left)
    back = numpy.maximum(right - around(left, numpy.max), around(left, numpy.min) - right)
    return numpy.maximum(over, back)


def main():
    ours, theirs = sys.argv[1:]
    report = Report()
    mine, other = pictures(ours), pictures(theirs)
    report.check(len(mine) == len(other), f"{len(other)} pages instead of {len(mine)}")
    worst = [0.0 for _ in SCALES]
    for number, (left, right) in enumerate(zip(mine, other), 1):
        high, wide = (min(left.shape[axis], right.shape[axis]) for axis in (0, 1))
        report.check(max(abs(left.shape[axis] - right.shape[axis]) for axis in (0, 1)) <= 2, f"page {number}: another paper")
        for at, (size, level) in enumerate(SCALES):
            off = unlike(left[:high, :wide], right[:high, :wide], size)
            worst[at] = max(worst[at], round(float(off.max()), 1))
            y, x = numpy.unravel_index(off.argmax(), off.shape)
            place = f"({(x * STEP + size / 2) * 25.4 / DPI:.0f}, {(y * STEP + size / 2) * 25.4 / DPI:.0f}) mm"
            bad = int((off > level).sum())
            report.check(not bad, f"page {number}: {bad} squares of {size * 25.4 / DPI:.0f} mm look otherwise, most of all the one about {place}")
            report.facts["checked"] = report.facts.get("checked", 0) + off.size
    report.facts["worst"] = worst
    report.close()


if __name__ == "__main__":
    main()
