"""Spoils a good PDF in one way, so that the harness can see the other scripts refuse it.

    spoil.py IN.pdf OUT.pdf KIND
"""

import sys

import pikepdf

from fields import seen_by_pikepdf


def instructions(page):
    return [(list(operands), str(operator)) for operands, operator in pikepdf.parse_content_stream(page)]


def rewrite(pdf, page, parts):
    made = [pikepdf.ContentStreamInstruction(operands, pikepdf.Operator(operator)) for operands, operator in parts]
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(made))


def around_first_line(page, before, paint="S", late=()):
    """The page's second part with something wrapped around the first stroked path."""
    parts = instructions(page)
    end = next(at for at, (_, operator) in enumerate(parts) if operator == "S")
    start = max(at for at, (_, operator) in enumerate(parts[:end]) if operator in ("m", "re"))
    return parts[:start] + [([], "q")] + before + parts[start:end] + list(late) + [([], paint), ([], "Q")] + parts[end + 1 :]


def spoil_rule(pdf):
    rewrite(pdf, pdf.pages[1], around_first_line(pdf.pages[1], [], paint="n"))


def spoil_place(pdf):
    # A third of a millimetre.
    rewrite(pdf, pdf.pages[1], around_first_line(pdf.pages[1], [([1, 0, 0, 1, 1, 1], "cm")]))


def spoil_width(pdf):
    rewrite(pdf, pdf.pages[1], around_first_line(pdf.pages[1], [], late=[([1], "w")]))


def spoil_glyph(pdf):
    """The first glyph of a page becomes the one of a missing character."""
    parts = instructions(pdf.pages[1])
    for operands, operator in parts:
        if operator == "Tj":
            operands[0] = pikepdf.String(b"\0\0" + bytes(operands[0])[2:])
            break
        if operator == "TJ":
            items = list(operands[0])
            at = next(at for at, item in enumerate(items) if isinstance(item, pikepdf.String))
            items[at] = pikepdf.String(b"\0\0" + bytes(items[at])[2:])
            operands[0] = pikepdf.Array(items)
            break
    rewrite(pdf, pdf.pages[1], parts)


def spoil_label(pdf):
    """Everything on page 2 moves half a millimetre to the right."""
    rewrite(pdf, pdf.pages[1], [([1, 0, 0, 1, 1.5, 0], "cm")] + instructions(pdf.pages[1]))


def text_field(pdf, name="employer"):
    return seen_by_pikepdf(pdf)[name]


def owner(pdf, name, key):
    """The dictionary that holds a key of a field, its parents included."""
    node = text_field(pdf, name)[1][0]
    while key not in node and "/Parent" in node:
        node = node["/Parent"]
    return node


def spoil_value(pdf):
    node = owner(pdf, "mobile", "/V")
    node["/V"] = node["/DV"] = pikepdf.String("另一个")


def spoil_default(pdf):
    owner(pdf, "employer", "/DV")["/DV"] = pikepdf.String("另一个")


def spoil_tooltip(pdf):
    node = owner(pdf, "employer", "/TU")
    del node["/TU"]


def spoil_maximum(pdf):
    owner(pdf, "personal_summary", "/FT")["/MaxLen"] = 100000


def spoil_appearance(pdf):
    del text_field(pdf)[1][0]["/AP"]


def spoil_drawing(pdf):
    for widget in text_field(pdf)[1]:
        widget["/AP"]["/N"].write(b"")


def spoil_need(pdf):
    pdf.Root.AcroForm["/NeedAppearances"] = True


def spoil_box(pdf):
    text_field(pdf)[1][0]["/MK"] = pikepdf.Dictionary({"/BC": [0, 0, 1]})


def spoil_order(pdf):
    notes = list(pdf.pages[1].obj["/Annots"])
    notes[2], notes[3] = notes[3], notes[2]
    pdf.pages[1].obj["/Annots"] = pikepdf.Array(notes)


def spoil_script(pdf):
    pdf.Root["/OpenAction"] = pikepdf.Dictionary({"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("1")})


def spoil_readonly(pdf):
    node = owner(pdf, "employer", "/FT")
    node["/Ff"] = int(node.get("/Ff", 0)) | 1


def spoil_lost(pdf):
    fields = pdf.Root.AcroForm.Fields
    pdf.Root.AcroForm["/Fields"] = pikepdf.Array([node for node in fields if str(node.get("/T")) != "mobile"])


def main():
    source, target, kind = sys.argv[1:]
    with pikepdf.open(source) as pdf:
        globals()[f"spoil_{kind}"](pdf)
        pdf.save(target)


if __name__ == "__main__":
    main()
