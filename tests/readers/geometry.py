"""Every rule stands where geometry.json says, at its width, and none that it does not say.

    geometry.py FILE.pdf GEOMETRY.json recommendation [--annex-rows N] [--annex]   N rows of the résumé on the first 附页
    geometry.py FILE.pdf GEOMETRY.json summary --people N               N rows over the sheets; --blank: each exactly at its minimum
"""

import argparse

import pikepdf

import forms
from pdfwalk import MM, walk_page
from report import Report

PLACE = 0.1  # mm: the tolerance
WIDTH = 0.05  # pt


def compare(report, where, drawn, expected, geometry):
    """Drawn strokes against expected rules, as the lengths they cover."""
    # An outer rule may run on by half its width, so that the corners are square.
    corner = geometry["lines"]["outer_pt"] / 2 * MM + 0.01
    covered = {}
    for stroke in drawn:
        axis, place, start, end = flatten(stroke)
        if axis is None:
            report.problems.append(f"{where}: a slanting line from ({stroke.x0:.2f}, {stroke.y0:.2f}) to ({stroke.x1:.2f}, {stroke.y1:.2f})")
            continue
        near = [key for key in expected if key[0] == axis and abs(key[1] - place) <= PLACE]
        fitting = [key for key in near if abs(key[2] - stroke.width) <= WIDTH]
        text = f"{'across' if axis == 'h' else 'down'} at {place:.2f} mm from {start:.2f} to {end:.2f}"
        if not near:
            report.problems.append(f"{where}: a line that is not there: {text}")
        elif not fitting:
            report.problems.append(f"{where}: {stroke.width:.2f} pt instead of {near[0][2]} pt: {text}")
        else:
            covered.setdefault(fitting[0], []).append((start, end))
    for key, parts in expected.items():
        axis, place, width = key
        have = forms.union(covered.get(key, []), join=PLACE)
        direction = "across" if axis == "h" else "down"
        for start, end in forms.subtract(parts, [(low - PLACE, high + PLACE) for low, high in have]):
            report.problems.append(f"{where}: missing {width} pt line {direction} at {place:.2f} mm from {start:.2f} to {end:.2f}")
        room = PLACE + corner
        for start, end in forms.subtract(have, [(low - room, high + room) for low, high in parts]):
            report.problems.append(f"{where}: line too long {direction} at {place:.2f} mm from {start:.2f} to {end:.2f}")
    report.facts["checked"] = report.facts.get("checked", 0) + len(expected)


def flatten(stroke):
    if abs(stroke.y0 - stroke.y1) < 0.01:
        return "h", (stroke.y0 + stroke.y1) / 2, min(stroke.x0, stroke.x1), max(stroke.x0, stroke.x1)
    if abs(stroke.x0 - stroke.x1) < 0.01:
        return "v", (stroke.x0 + stroke.x1) / 2, min(stroke.y0, stroke.y1), max(stroke.y0, stroke.y1)
    return None, 0, 0, 0


def check_paper(report, where, walk, geometry, orient):
    paper = geometry["page"][orient]
    good = abs(walk.width - paper["w"]) < PLACE and abs(walk.height - paper["h"]) < PLACE
    report.check(good, f"{where}: the paper is {walk.width:.1f} × {walk.height:.1f} mm, not {paper['w']} × {paper['h']}")
    for problem in walk.unknown:
        report.problems.append(f"{where}: {problem}")


def check_recommendation(report, walks, geometry, annex, annex_rows):
    own = len(forms.RECOMMENDATION)
    report.check(len(walks) > own if annex or annex_rows else len(walks) == own, f"{len(walks)} pages; the form has {own}")
    for number, walk in enumerate(walks):
        where = f"page {number + 1}"
        check_paper(report, where, walk, geometry, "portrait")
        if number < own:
            expected = forms.page_rules(geometry, forms.RECOMMENDATION[number])
        else:
            rows = annex_rows if number == own else 0
            table = geometry["annex"]["resume_table"]
            heights = [table["header"]] + [table["row"]] * rows
            expected = forms.plain_grid(geometry, table["x"], table["y"], table["cols"], heights) if rows else {}
        compare(report, where, walk.strokes, expected, geometry)


def check_summary(report, walks, geometry, people, blank):
    table = forms.page_of(geometry, "summary_sheet")["tables"][0]
    total = 0
    for number, walk in enumerate(walks):
        where = f"sheet {number + 1}"
        check_paper(report, where, walk, geometry, "landscape")
        top = table["y"] if number == 0 else geometry["page"]["landscape"]["margin"]["top"]
        # Rows grow with their text, so the drawn lines say where they end; everything else is given.
        levels = sorted({round(flat[1], 2) for flat in map(flatten, walk.strokes) if flat[0] == "h"})
        levels = [level for at, level in enumerate(levels) if at == 0 or level - levels[at - 1] > PLACE]
        heights = [below - above for above, below in zip(levels, levels[1:])]
        if not report.check(len(heights) >= 2, f"{where}: no table with a head and a row"):
            continue
        report.check(abs(levels[0] - top) <= PLACE, f"{where}: the table begins at {levels[0]:.2f} mm, not {top}")
        report.check(abs(heights[0] - table["header"]) <= PLACE, f"{where}: the head is {heights[0]:.2f} mm high, not {table['header']}")
        for row, height in enumerate(heights[1:]):
            exact = abs(height - table["row_min"]) <= PLACE
            report.check(exact or (height > table["row_min"] and not blank), f"{where}: row {row + 1} is {height:.2f} mm high, not {table['row_min']}")
        bottom = geometry["page"]["landscape"]["h"] - geometry["page"]["landscape"]["margin"]["bottom"]
        report.check(levels[-1] <= bottom + PLACE, f"{where}: the table ends at {levels[-1]:.2f} mm, below the margin at {bottom}")
        expected = forms.plain_grid(geometry, table["x"], levels[0], table["cols"], heights)
        compare(report, where, walk.strokes, expected, geometry)
        total += len(heights) - 1
    wanted = 4 if blank else people
    report.check(total == wanted, f"{total} rows on the sheets instead of {wanted}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("geometry")
    parser.add_argument("form", choices=["recommendation", "summary"])
    parser.add_argument("--annex", action="store_true")
    parser.add_argument("--annex-rows", type=int, default=0)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--blank", action="store_true")
    options = parser.parse_args()
    report, geometry = Report(), forms.load(options.geometry)
    with pikepdf.open(options.file) as pdf:
        walks = [walk_page(page) for page in pdf.pages]
    if options.form == "recommendation":
        check_recommendation(report, walks, geometry, options.annex, options.annex_rows)
    else:
        check_summary(report, walks, geometry, options.people, options.blank)
    report.close()


if __name__ == "__main__":
    main()
