"""A content-stream reader that shares no code with the program: lines, glyphs and pictures at their places in millimetres.

It knows the operators of ISO 32000-1 that a form needs, and says so when it meets one that it does not know.
"""

from dataclasses import dataclass, field

import pikepdf

MM = 25.4 / 72


@dataclass
class Glyph:
    """A drawn glyph: its code, what ToUnicode says of it, the left end of its baseline, and the box outside of which it cannot be seen."""

    code: int
    text: str
    x: float
    y: float
    advance: float
    size: float
    font: str
    actual: str | None = None
    clip: tuple | None = None


@dataclass
class Stroke:
    """A straight drawn line; `y` runs down from the paper's top; `width` is in points."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float


@dataclass
class Walk:
    """What a page draws."""

    width: float
    height: float
    glyphs: list = field(default_factory=list)
    strokes: list = field(default_factory=list)
    images: list = field(default_factory=list)
    views: list = field(default_factory=list)  # what can be seen of the images
    unknown: list = field(default_factory=list)


def multiply(m, n):
    """The matrix that applies `m` first, then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def apply(m, x, y):
    return (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])


IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def meet(first, second):
    """What two boxes share; None is a box without bounds."""
    if first is None or second is None:
        return second if first is None else first
    return (max(first[0], second[0]), max(first[1], second[1]), min(first[2], second[2]), min(first[3], second[3]))


class Font:
    """Widths and characters of a composite font with Identity-H, as we write it; of another's simple font too, as a problem."""

    def __init__(self, name, dictionary):
        self.name = name
        self.problem = None
        self.widths, self.default, self.unicode, self.bytes = {}, 1000.0, {}, 2
        if dictionary.get("/Subtype") != "/Type0" or dictionary.get("/Encoding") != "/Identity-H":
            self.problem = f"font {name} is not a Type0 font with Identity-H"
            if dictionary.get("/Subtype") != "/Type0" and "/Widths" in dictionary and "/ToUnicode" in dictionary:
                self.bytes, first = 1, int(dictionary.get("/FirstChar", 0))
                self.widths = {first + at: float(width) for at, width in enumerate(dictionary.Widths)}
                self._read_cmap(dictionary.ToUnicode)
            return
        descendant = dictionary.DescendantFonts[0]
        self.default = float(descendant.get("/DW", 1000))
        entries = list(descendant.get("/W", []))
        at = 0
        while at < len(entries):
            first, second = int(entries[at]), entries[at + 1]
            if isinstance(second, pikepdf.Array):
                for offset, width in enumerate(second):
                    self.widths[first + offset] = float(width)
                at += 2
            else:
                for code in range(first, int(second) + 1):
                    self.widths[code] = float(entries[at + 2])
                at += 3
        if "/ToUnicode" not in dictionary:
            self.problem = f"font {name} has no ToUnicode"
            return
        self._read_cmap(dictionary.ToUnicode)

    def _read_cmap(self, stream):
        def text(operand):
            # What is no UTF-16 becomes U+FFFD, which no test accepts.
            return bytes(operand).decode("utf-16-be", "replace")

        for operands, operator in pikepdf.parse_content_stream(stream):
            if str(operator) == "endbfchar":
                for code, value in zip(operands[0::2], operands[1::2]):
                    self.unicode[int.from_bytes(bytes(code), "big")] = text(value)
            elif str(operator) == "endbfrange":
                for low, high, value in zip(operands[0::3], operands[1::3], operands[2::3]):
                    low, high = (int.from_bytes(bytes(end), "big") for end in (low, high))
                    for offset in range(high - low + 1):
                        if isinstance(value, pikepdf.Array):
                            self.unicode[low + offset] = text(value[offset])
                        else:
                            start = text(value)
                            self.unicode[low + offset] = start[:-1] + chr(ord(start[-1]) + offset)

    def codes(self, data):
        return [int.from_bytes(data[at : at + self.bytes], "big") for at in range(0, len(data) - self.bytes + 1, self.bytes)]

    def width(self, code):
        return self.widths.get(code, self.default) / 1000


def walk_page(page):
    """What the page's own content draws (no annotations)."""
    box = [float(edge) for edge in page.mediabox]
    walk = Walk((box[2] - box[0]) * MM, (box[3] - box[1]) * MM)
    to_page = (1, 0, 0, 1, -box[0], -box[1])
    _Walker(walk, box[3] - box[1]).run(page.obj, page.obj.get("/Resources", pikepdf.Dictionary()), to_page)
    return walk


def walk_appearance(stream, rect, page_height):
    """What an appearance stream draws inside its annotation's rectangle (ISO 32000-1, 12.5.5, algorithm 8.1)."""
    walk = Walk(0, 0)
    matrix = tuple(float(n) for n in stream.get("/Matrix", IDENTITY))
    box = [float(edge) for edge in stream.BBox]
    corners = [apply(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    left, bottom = min(x for x, _ in corners), min(y for _, y in corners)
    right, top = max(x for x, _ in corners), max(y for _, y in corners)
    if right - left <= 0 or top - bottom <= 0:
        walk.unknown.append("an appearance has an empty box")
        return walk
    sx, sy = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (top - bottom)
    fit = (sx, 0, 0, sy, rect[0] - left * sx, rect[1] - bottom * sy)
    _Walker(walk, page_height).run(stream, stream.get("/Resources", pikepdf.Dictionary()), multiply(matrix, fit))
    return walk


class _Walker:
    def __init__(self, walk, height):
        self.walk, self.height, self.fonts = walk, height, {}

    def run(self, content, resources, ctm):
        state = {"ctm": ctm, "clip": None, "width": 1.0, "font": None, "size": 0.0, "char": 0.0, "word": 0.0, "scale": 1.0, "rise": 0.0, "leading": 0.0}
        stack, path, clip, marks = [], [], False, []
        point = start = (0.0, 0.0)
        tm = line = IDENTITY
        for operands, operator in pikepdf.parse_content_stream(content):
            op = str(operator)
            n = [float(o) for o in operands] if op in NUMERIC else operands
            if op == "q":
                stack.append(dict(state))
            elif op == "Q":
                if stack:
                    state = stack.pop()
                else:
                    self.walk.unknown.append("Q without q")
            elif op == "cm":
                state["ctm"] = multiply(tuple(n), state["ctm"])
            elif op == "w":
                state["width"] = n[0]
            elif op == "m":
                point = start = (n[0], n[1])
            elif op == "l":
                path.append((point, (n[0], n[1])))
                point = (n[0], n[1])
            elif op == "h":
                path.append((point, start))
                point = start
            elif op == "re":
                x, y, w, h = n
                path += [((x, y), (x + w, y)), ((x + w, y), (x + w, y + h)), ((x + w, y + h), (x, y + h)), ((x, y + h), (x, y))]
                point = start = (x, y)
            elif op in ("c", "v", "y"):
                path.append(("curve", "curve"))
            elif op in ("W", "W*"):
                clip = True
            elif op in ("n", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*"):
                if op == "s":
                    path.append((point, start))
                if op in ("S", "s"):
                    self._stroke(path, state)
                elif op != "n":
                    self._fill(path, state, op)
                if clip:
                    self._clip(path, state)
                path, clip = [], False
            elif op == "BT":
                tm = line = IDENTITY
            elif op == "Tf":
                state["font"], state["size"] = self._font(resources, operands[0]), float(operands[1])
            elif op == "Tc":
                state["char"] = n[0]
            elif op == "Tw":
                state["word"] = n[0]
            elif op == "Tz":
                state["scale"] = n[0] / 100
            elif op == "Ts":
                state["rise"] = n[0]
            elif op == "TL":
                state["leading"] = n[0]
            elif op == "Tm":
                tm = line = tuple(n)
            elif op in ("Td", "TD"):
                if op == "TD":
                    state["leading"] = -n[1]
                tm = line = multiply((1, 0, 0, 1, n[0], n[1]), line)
            elif op == "T*":
                tm = line = multiply((1, 0, 0, 1, 0, -state["leading"]), line)
            elif op == "Tj":
                tm = self._show([operands[0]], state, tm, marks)
            elif op == "TJ":
                tm = self._show(operands[0], state, tm, marks)
            elif op in ("BDC", "BMC"):
                marks.append(self._actual(operands, resources) if op == "BDC" else None)
            elif op == "EMC":
                if marks:
                    marks.pop()
                else:
                    self.walk.unknown.append("EMC without BDC")
            elif op == "Do":
                self._object(resources.XObject[str(operands[0])], resources, state)
            elif op not in QUIET:
                self.walk.unknown.append(f"operator {op}")
        if stack:
            self.walk.unknown.append("q without Q")
        if marks:
            self.walk.unknown.append("BDC without EMC")

    def _place(self, state, x, y):
        x, y = apply(state["ctm"], x, y)
        return x * MM, (self.height - y) * MM

    def _scale(self, state):
        a, b, c, d, _, _ = state["ctm"]
        return abs(a * d - b * c) ** 0.5

    def _stroke(self, path, state):
        for first, second in path:
            if first == "curve":
                self.walk.unknown.append("a curve is drawn")
                continue
            self.walk.strokes.append(Stroke(*self._place(state, *first), *self._place(state, *second), state["width"] * self._scale(state)))

    def _fill(self, path, state, op):
        # A long thin filled box is a line too; anything else is nothing that a form should have.
        points = [self._place(state, *point) for pair in path if pair[0] != "curve" for point in pair]
        if not points or len(path) != 4 or op not in ("f", "F", "f*"):
            self.walk.unknown.append(f"a filled shape ({op})")
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
        if min(wide, high) > 2 * MM:
            self.walk.unknown.append("a filled box")
        elif wide >= high:
            self.walk.strokes.append(Stroke(min(xs), middle_y, max(xs), middle_y, high / MM))
        else:
            self.walk.strokes.append(Stroke(middle_x, min(ys), middle_x, max(ys), wide / MM))

    def _clip(self, path, state):
        points = [self._place(state, *point) for pair in path if pair[0] != "curve" for point in pair]
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            state["clip"] = meet(state["clip"], (min(xs), min(ys), max(xs), max(ys)))

    def _font(self, resources, name):
        dictionary = resources.Font[str(name)]
        key = dictionary.objgen
        if key == (0, 0) or key not in self.fonts:
            self.fonts[key] = Font(str(dictionary.get("/BaseFont", name)), dictionary)
            if self.fonts[key].problem:
                self.walk.unknown.append(self.fonts[key].problem)
        return self.fonts[key]

    def _actual(self, operands, resources):
        properties = operands[1]
        if isinstance(properties, pikepdf.Name):
            properties = resources.Properties[str(properties)]
        return str(properties["/ActualText"]) if "/ActualText" in properties else None

    def _show(self, parts, state, tm, marks):
        font, size = state["font"], state["size"]
        if font is None:
            self.walk.unknown.append("text without a font")
            return tm
        actual = next((mark for mark in reversed(marks) if mark is not None), None)
        for part in parts:
            if not isinstance(part, pikepdf.String):
                tm = multiply((1, 0, 0, 1, -float(part) / 1000 * size * state["scale"], 0), tm)
                continue
            for code in font.codes(bytes(part)):
                whole = multiply((state["scale"], 0, 0, 1, 0, state["rise"]), multiply(tm, state["ctm"]))
                x, y = apply(whole, 0, 0)
                scaled = size * abs(whole[0] * whole[3] - whole[1] * whole[2]) ** 0.5
                self.walk.glyphs.append(
                    Glyph(code, font.unicode.get(code, ""), x * MM, (self.height - y) * MM, font.width(code) * scaled * MM, scaled, font.name, actual, state["clip"])
                )
                step = (font.width(code) * size + state["char"]) * state["scale"]
                tm = multiply((1, 0, 0, 1, step, 0), tm)
        return tm

    def _object(self, xobject, resources, state):
        if xobject.get("/Subtype") == "/Image":
            corners = [self._place(state, x, y) for x in (0, 1) for y in (0, 1)]
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            self.walk.images.append((min(xs), min(ys), max(xs), max(ys)))
            self.walk.views.append(meet(self.walk.images[-1], state["clip"]))
        elif xobject.get("/Subtype") == "/Form":
            matrix = tuple(float(x) for x in xobject.get("/Matrix", IDENTITY))
            self.run(xobject, xobject.get("/Resources", resources), multiply(matrix, state["ctm"]))
        else:
            self.walk.unknown.append(f"an object of kind {xobject.get('/Subtype')}")


NUMERIC = {"cm", "w", "m", "l", "re", "Tc", "Tw", "Tz", "Ts", "TL", "Tm", "Td", "TD"}
QUIET = {"ET", "g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "scn", "SC", "SCN", "J", "j", "M", "d", "ri", "i", "gs", "Tr"}
