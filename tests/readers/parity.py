"""A DOCX as another program printed it, against our own PDF: pages, rules, pictures, and every character in sight.

    parity.py OURS.pdf THEIRS.pdf [--mm 1.0]

OURS is the fillable PDF: its fields say which values there are. The report's facts hold the largest deviation.
"""

import argparse
from collections import Counter

import pikepdf

import forms
from fields import seen_by_pikepdf
from geometry import flatten
from pdfwalk import MM, meet
from report import Report, squeeze
from text import gather

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
    """How far the other program's rule is from this one where it is farthest: in place, and in length."""
    worst = 0.0
    for start, end in rule.parts:
        cuts = sorted({start, end} | {edge for mate in mates for part in mate.parts for edge in part if start < edge < end})
        for low, high in zip(cuts, cuts[1:]):
            middle = (low + high) / 2
            over = [abs(mate.place - rule.place) for mate in mates if any(part[0] <= middle <= part[1] for part in mate.parts)]
            worst = max(worst, min(over) if over else high - low)
    return worst


def compare_rules(report, where, ours, theirs, limit):
    """Every rule of each has its mate in the other, along its whole length; returns the largest deviation."""
    largest = 0.0
    for mine, others, owner in ((ours, theirs, "the PDF's"), (theirs, ours, "an extra")):
        for rule in mine:
            mates = [other for other in others if other.axis == rule.axis and abs(other.place - rule.place) <= limit]
            reach = forms.union([(start - limit, end + limit) for mate in mates for start, end in mate.parts])
            lonely = forms.subtract(rule.parts, reach)
            for start, end in lonely:
                fate = "has no mate" if owner == "the PDF's" else "is not in the PDF"
                report.problems.append(f"{where}: {owner} rule {rule} {fate} from {start:.2f} to {end:.2f} mm")
            if not lonely:
                largest = max(largest, deviation(rule, mates))
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


def values_of(pdf):
    """Name → value of the text and choice fields of our own fillable PDF."""
    if "/AcroForm" not in pdf.Root:
        return {}
    fields = seen_by_pikepdf(pdf)
    return {name: str(field.get("/V", "")) for name, (field, _) in fields.items() if str(field.get("/FT")) in ("/Tx", "/Ch")}


def some(counter):
    """How many characters, without saying which: they may be a person's."""
    return sum(counter.values())


def compare_words(report, where, ours, theirs):
    """The same characters stand on the page, and all of theirs can be seen."""
    paper = (0, 0, theirs.width, theirs.height)
    hidden = [glyph for glyph in theirs.glyphs if glyph.text.strip() and cut(glyph, paper)]
    report.check(not hidden, f"{where}: {len(hidden)} characters are cut off" + (f", the first at ({hidden[0].x:.1f}, {hidden[0].y:.1f}) mm" if hidden else ""))
    mine, other = Counter(characters(ours.glyphs)), Counter(characters(theirs.glyphs))
    missing, extra = mine - other, other - mine
    report.check(not missing, f"{where}: {some(missing)} characters of the PDF are missing")
    report.check(not extra, f"{where}: {some(extra)} characters are not in the PDF")
    return sum(mine.values())


def compare_tails(report, values, ours, theirs):
    """The last word of every value stands on the page on which the PDF has it."""
    mine, other = ([characters(walk.glyphs) for walk in walks] for walks in (ours, theirs))
    checked = 0
    for name, value in values.items():
        tail = squeeze(value)[-TAIL:]
        if not tail:
            continue
        pages = [number for number, words in enumerate(mine) if tail in words]
        report.check(pages, f"{name}: its last word is not in our own PDF")
        for number in pages:
            there = number < len(other) and tail in other[number]
            report.check(there, f"{name}: its last word is missing on page {number + 1}")
        checked += 1
    return checked


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("theirs")
    parser.add_argument("--mm", type=float, default=1.0, help="how far a rule may be from its mate")
    options = parser.parse_args()
    report = Report()
    with pikepdf.open(options.ours) as mine, pikepdf.open(options.theirs) as other:
        ours, theirs, values = gather(mine), gather(other), values_of(mine)
    report.check(len(ours) == len(theirs), f"{len(theirs)} pages instead of {len(ours)}")
    pages, rules, count = [], 0, 0
    for number, (left, right) in enumerate(zip(ours, theirs), 1):
        where = f"page {number}"
        paper = max(abs(left.width - right.width), abs(left.height - right.height))
        report.check(paper <= options.mm, f"{where}: the paper is {right.width:.1f} x {right.height:.1f} mm instead of {left.width:.1f} x {left.height:.1f}")
        lines = rules_of(report, where, left), rules_of(report, where, right)
        rules += len(lines[0])
        off = compare_rules(report, where, *lines, options.mm)
        off = max(off, compare_pictures(report, where, left.views, right.views, options.mm))
        count += compare_words(report, where, left, right)
        pages.append(round(off, 2))
    tails = compare_tails(report, values, ours, theirs)
    report.facts |= {"pages": [len(ours), len(theirs)], "largest": max(pages, default=0.0), "by_page": pages}
    report.facts |= {"rules": rules, "characters": count, "values": tails, "checked": rules + count}
    report.close()


if __name__ == "__main__":
    main()
