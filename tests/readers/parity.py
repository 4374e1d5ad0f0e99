"""A DOCX as another program printed it, against our own PDF: pages, rules, pictures, and every character in sight.

    parity.py OURS.pdf THEIRS.pdf [--mm 1.0] [--tell]

OURS is the fillable PDF: its fields say which values there are. The report's facts hold the largest deviation.
"""

import argparse
import sys
from collections import Counter

import pikepdf
import pymupdf

import forms
from fields import seen_by_pikepdf
from geometry import flatten
from pdfwalk import MM, Glyph, meet
from report import Report, squeeze
from text import gather, lines_of

SAME = 0.06  # mm: strokes that lie so close are one rule
JOIN = 0.3  # mm: pieces of a rule that come so close are one piece
CUT = 0.35  # mm: how much of a character's em may stand outside of what can be seen
TAIL = 4  # characters: the last word of a value


class Rule:
    """A straight line, all its pieces together: `h` or `v`, its place, and the stretches it covers, in mm."""

    def __init__(self, axis, place, parts):
        self.axis, self.place, self.parts = axis, place, parts

    def __str__(self):
        return f"{'across' if self.axis == 'h' else 'down'} at {self.place:.2f} mm"


def rules_of(report, where, walk):
    """The strokes of a page as rules; a program may draw one in many pieces, or twice."""
    flat = []
    for stroke in walk.strokes:
        axis, place, start, end = flatten(stroke)
        if report.check(axis is not None, f"{where}: a slanting line at ({stroke.x0:.1f}, {stroke.y0:.1f}) mm"):
            flat.append((axis, place, start, end))
    rules, cluster = [], []
    for line in sorted(flat) + [("end", 0.0, 0.0, 0.0)]:
        if cluster and (line[0] != cluster[-1][0] or line[1] - cluster[-1][1] > SAME):
            places = [place for _, place, _, _ in cluster]
            rules.append(Rule(cluster[0][0], sum(places) / len(places), forms.union([part[2:] for part in cluster], join=JOIN)))
            cluster = []
        cluster.append(line)
    return rules


def deviation(rule, mates):
    """How far the other program's rule is from this one where it is farthest, and how much of this one it leaves uncovered."""
    off, bare = 0.0, 0.0
    for start, end in rule.parts:
        cuts = sorted({start, end} | {edge for mate in mates for part in mate.parts for edge in part if start < edge < end})
        for low, high in zip(cuts, cuts[1:]):
            middle = (low + high) / 2
            over = [abs(mate.place - rule.place) for mate in mates if any(part[0] <= middle <= part[1] for part in mate.parts)]
            off, bare = (max(off, min(over)), bare) if over else (off, max(bare, high - low))
    return off, bare


def compare_rules(report, where, ours, theirs, limit):
    """Every rule of each has its mate in the other, along its whole length; returns the largest deviations in place and length."""
    largest = (0.0, 0.0)
    for mine, others, owner, fate in ((ours, theirs, "the PDF's", "has no mate"), (theirs, ours, "an extra", "is not in the PDF")):
        for rule in mine:
            mates = [other for other in others if other.axis == rule.axis and abs(other.place - rule.place) <= limit]
            reach = forms.union([(start - limit, end + limit) for mate in mates for start, end in mate.parts])
            lonely = forms.subtract(rule.parts, reach)
            for start, end in lonely:
                report.problems.append(f"{where}: {owner} rule {rule} {fate} from {start:.2f} to {end:.2f} mm")
            if not lonely:
                largest = tuple(map(max, largest, deviation(rule, mates)))
    return largest


def compare_pictures(report, where, ours, theirs, limit):
    """Each picture of ours shows in the same place; an empty place for one may hold a picture of nothing in theirs."""
    largest = 0.0
    for box in ours:
        off = [max(abs(a - b) for a, b in zip(box, other)) for other in theirs]
        if report.check(off and min(off) <= limit, f"{where}: no picture at ({box[0]:.1f}, {box[1]:.1f}) mm, {box[2] - box[0]:.1f} x {box[3] - box[1]:.1f} mm"):
            largest = max(largest, min(off))
    return largest


def cut(glyph, paper):
    """Whether a part of the character is cut off, or it stands beside the paper."""
    left, top, right, bottom = meet(paper, glyph.clip)
    em = glyph.size * MM
    return glyph.y - 0.88 * em < top - CUT or glyph.y + 0.12 * em > bottom + CUT or glyph.x < left - CUT or glyph.x + glyph.advance > right + CUT


def characters(glyphs):
    return squeeze("".join(glyph.text for glyph in glyphs))


def cell_of(glyph, rules):
    """The box that the page's rules draw round a character, as their numbers: left, top, right, bottom."""
    x, y = glyph.x + glyph.advance / 2, glyph.y - 0.38 * glyph.size * MM
    sides = [-1, -1, len(rules), len(rules)]
    for number, rule in enumerate(rules):
        at, along = (y, x) if rule.axis == "h" else (x, y)
        if any(start <= along <= end for start, end in rule.parts):
            side = 1 if rule.axis == "h" else 0
            if rule.place <= at and (sides[side] < 0 or rule.place > rules[sides[side]].place):
                sides[side] = number
            if rule.place > at and (sides[side + 2] == len(rules) or rule.place < rules[sides[side + 2]].place):
                sides[side + 2] = number
    return tuple(sides)


def cells_of(walk, rules):
    """Cell → what stands in it, line by line. Of a page by another program too the rules are ours: they are as near as that."""
    found = {}
    for glyph in walk.glyphs:
        if glyph.text.strip():
            found.setdefault(cell_of(glyph, rules), []).append(glyph)
    return {cell: "".join(characters(line) for line in lines_of(glyphs)) for cell, glyphs in found.items()}


def place_of(cell, rules):
    """The corner of a cell, for a message."""
    left, top = (rules[side].place if 0 <= side < len(rules) else 0.0 for side in cell[:2])
    return f"({left:.0f}, {top:.0f}) mm"


def values_of(pdf):
    """Name → value of the text and choice fields of our own fillable PDF."""
    if "/AcroForm" not in pdf.Root:
        return {}
    fields = seen_by_pikepdf(pdf)
    return {name: str(field.get("/V", "")) for name, (field, _) in fields.items() if str(field.get("/FT")) in ("/Tx", "/Ch")}


def ink(page, box):
    """How dark a part of a page is, of 255."""
    clip = pymupdf.Rect(*(edge / MM for edge in box))
    picture = page.get_pixmap(dpi=100, colorspace=pymupdf.csGRAY, clip=clip)
    return 255 - sum(picture.samples) / max(1, len(picture.samples))


def drawn(box, left, right):
    """Whether a picture of theirs shows what is text in ours: the empty photo's place says 照片, and can be replaced whole."""
    first, second = ink(left, box), ink(right, box)
    return 0.5 < (second + 0.01) / (first + 0.01) < 2


def compare_words(report, where, ours, theirs, rules, papers):
    """In every cell stand the same characters, in whatever lines, and all of theirs can be seen."""
    paper = (0, 0, theirs.width, theirs.height)
    hidden = [glyph for glyph in theirs.glyphs if glyph.text.strip() and cut(glyph, paper)]
    report.check(not hidden, f"{where}: {len(hidden)} characters are cut off" + (f", the first at ({hidden[0].x:.1f}, {hidden[0].y:.1f}) mm" if hidden else ""))
    mine, other = cells_of(ours, rules), cells_of(theirs, rules)
    for box in theirs.views:
        middle = Glyph(0, "", (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0, 0, "")
        cell = cell_of(middle, rules)
        if cell in mine and cell not in other and drawn(box, *papers):
            del mine[cell]
    for cell in sorted(mine.keys() | other.keys()):
        left, right = Counter(mine.get(cell, "")), Counter(other.get(cell, ""))
        # How many, not which: they may be a person's.
        missing, extra = sum((left - right).values()), sum((right - left).values())
        report.check(not missing, f"{where}, cell at {place_of(cell, rules)}: {missing} characters of the PDF are missing")
        report.check(not extra, f"{where}, cell at {place_of(cell, rules)}: {extra} characters are not in the PDF")
    return mine, other


def compare_tails(report, values, pages):
    """The last word of every value stands in the cells in which the PDF has it."""
    checked = 0
    for name, value in values.items():
        tail = squeeze(value)[-TAIL:]
        if not tail:
            continue
        places = [(number, cell) for number, (mine, _) in enumerate(pages) for cell, words in mine.items() if tail in words]
        report.check(places, f"{name}: its last word is not in our own PDF")
        for number, cell in places:
            report.check(tail in pages[number][1].get(cell, ""), f"{name}: its last word is missing on page {number + 1}")
        checked += 1
    return checked


def tell(report):
    """The findings for a person, and the end of the script."""
    facts = report.facts
    print(f"pages: {facts['pages'][0]} in the PDF, {facts['pages'][1]} in the DOCX as LibreOffice prints it")
    for number, off in enumerate(facts["by_page"], 1):
        print(f"page {number}: largest deviation {off:.2f} mm")
    print(f"largest deviation of {facts['rules']} rules and pictures: {facts['largest']:.2f} mm (ends of rules: {facts['length']:.2f} mm)")
    print(f"{facts['characters']} characters in their cells, {facts['values']} values to their last word")
    for problem in report.problems:
        print(f"  - {problem}")
    print("they differ" if report.problems else "they agree")
    sys.exit(1 if report.problems else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("theirs")
    parser.add_argument("--tell", action="store_true", help="in words, for a person")
    parser.add_argument("--mm", type=float, default=1.0, help="how far a rule may be from its mate")
    options = parser.parse_args()
    report = Report()
    with pikepdf.open(options.ours) as mine, pikepdf.open(options.theirs) as other:
        ours, theirs, values = gather(mine), gather(other), values_of(mine)
    report.check(len(ours) == len(theirs), f"{len(theirs)} pages instead of {len(ours)}")
    papers = zip(pymupdf.open(options.ours), pymupdf.open(options.theirs))
    places, lengths, words, rules = [], [], [], 0
    for number, (left, right, paper_pair) in enumerate(zip(ours, theirs, papers), 1):
        where = f"page {number}"
        paper = max(abs(left.width - right.width), abs(left.height - right.height))
        report.check(paper <= options.mm, f"{where}: the paper is {right.width:.1f} x {right.height:.1f} mm instead of {left.width:.1f} x {left.height:.1f}")
        mine, other = rules_of(report, where, left), rules_of(report, where, right)
        rules += len(mine)
        place, length = compare_rules(report, where, mine, other, options.mm)
        places.append(round(max(place, compare_pictures(report, where, left.views, right.views, options.mm)), 2))
        lengths.append(round(length, 2))
        words.append(compare_words(report, where, left, right, mine, paper_pair))
    tails = compare_tails(report, values, words)
    count = sum(len(text) for mine, _ in words for text in mine.values())
    report.facts |= {"pages": [len(ours), len(theirs)], "largest": max(places, default=0.0), "by_page": places, "length": max(lengths, default=0.0)}
    report.facts |= {"rules": rules, "characters": count, "values": tails, "checked": rules + count}
    if options.tell:
        tell(report)
    report.close()


if __name__ == "__main__":
    main()
