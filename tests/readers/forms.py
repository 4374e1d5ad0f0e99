"""What geometry.json says of each form: its cells, its rules, its labels and its field names, in millimetres."""

import json
from dataclasses import dataclass

# The columns of the sheet, in its order, as keys of the record (the record's page of the design).
SHEET_KEYS = [
    None, "name", "sex", "id_number", "employer", "education", "position", "post", "trade_years", "trade", "skill_level",
    "skill_level_date", "social_posts", "brief.innovations", "brief.specialty", "brief.publications", "brief.mentoring",
    "brief.awards", "brief.opinion", "mobile", "remark",
]
RECOMMENDATION = ["cover", "personal", "achieve1", "achieve2", "summary", "opinions"]


@dataclass
class Box:
    """A cell of a page: where it stands and what geometry.json says of it."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    cell: dict

    @property
    def kind(self):
        return self.cell["kind"]

    @property
    def plain(self):
        """What a label says in one piece."""
        return plain(self.cell.get("lines", []))


def plain(lines):
    return "".join(lines).replace("　", "").replace(" ", "")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def page_of(geometry, name):
    return next(page for page in geometry["pages"] if page["id"] == name)


def edges(start, sizes):
    """The grid lines of a table along one axis."""
    places = [start]
    for size in sizes:
        places.append(places[-1] + size)
    return places


def boxes(geometry):
    """Every cell of the recommendation form, in reading order."""
    found = []
    for number, name in enumerate(RECOMMENDATION):
        for table in page_of(geometry, name)["tables"]:
            xs, ys = edges(table["x"], table["cols"]), edges(table["y"], table["rows"])
            for cell in sorted(table["cells"], key=lambda cell: (cell["r"], cell["c"])):
                r, c = cell["r"], cell["c"]
                found.append(Box(number, xs[c], ys[r], xs[c + cell["cs"]], ys[r + cell["rs"]], cell))
    return found


def names_of(box):
    """The fields that stand in a cell, in reading order."""
    if box.kind in ("value", "photo"):
        return [box.cell["name"]]
    if box.kind == "opinion":
        name = box.cell["name"]
        return [f"{name}.text", f"{name}.{'seal' if box.cell['sign'] == 'seal' else 'signature'}", f"{name}.date"]
    return []


def page_fields(geometry):
    """The fields of each page of the recommendation form, in reading order; one that stands twice is named twice."""
    pages = [[] for _ in RECOMMENDATION]
    for box in boxes(geometry):
        pages[box.page] += names_of(box)
    for number, name in enumerate(RECOMMENDATION):
        page = page_of(geometry, name)
        pages[number] += [text["then"]["field"] for text in page.get("text", []) + page.get("footer", []) if "then" in text]
    return pages


def rules_of_grid(geometry, xs, ys, spans):
    """The rules of a table: {(axis, place, width): [(from, to), …]}; `spans` lists (r, c, rs, cs) of all its cells."""
    outer, inner = geometry["lines"]["outer_pt"], geometry["lines"]["inner_pt"]
    owner = {}
    for number, (r, c, rs, cs) in enumerate(spans):
        for row in range(r, r + rs):
            for col in range(c, c + cs):
                assert (row, col) not in owner, "geometry.json: two cells overlap"
                owner[row, col] = number
    rows, cols = len(ys) - 1, len(xs) - 1
    assert len(owner) == rows * cols, "geometry.json: the cells do not tile the table"
    rules = {}
    for at, y in enumerate(ys):
        for col in range(cols):
            if owner.get((at - 1, col)) != owner.get((at, col)):
                rules.setdefault(("h", y, outer if at in (0, rows) else inner), []).append((xs[col], xs[col + 1]))
    for at, x in enumerate(xs):
        for row in range(rows):
            if owner.get((row, at - 1)) != owner.get((row, at)):
                rules.setdefault(("v", x, outer if at in (0, cols) else inner), []).append((ys[row], ys[row + 1]))
    return {key: union(parts) for key, parts in rules.items()}


def union(parts, join=0.01):
    """Intervals merged where they touch."""
    merged = []
    for start, end in sorted(parts):
        if merged and start <= merged[-1][1] + join:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def subtract(parts, holes):
    """What of `parts` no hole covers."""
    left = []
    for start, end in parts:
        for low, high in holes:
            if high <= start or low >= end:
                continue
            if low > start:
                left.append((start, low))
            start = max(start, high)
            if start >= end:
                break
        if start < end:
            left.append((start, end))
    return left


def page_rules(geometry, name):
    """The rules of a page of the recommendation form."""
    rules = {}
    for table in page_of(geometry, name)["tables"]:
        spans = [(cell["r"], cell["c"], cell["rs"], cell["cs"]) for cell in table["cells"]]
        rules.update(rules_of_grid(geometry, edges(table["x"], table["cols"]), edges(table["y"], table["rows"]), spans))
    return rules


def plain_grid(geometry, x, y, cols, rows):
    """The rules of a table without spans."""
    spans = [(r, c, 1, 1) for r in range(len(rows)) for c in range(len(cols))]
    return rules_of_grid(geometry, edges(x, cols), edges(y, rows), spans)
