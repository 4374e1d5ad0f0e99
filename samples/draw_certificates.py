#!/usr/bin/env python3
"""Draws the certificates of samples/dossier: nobody's, of an office that does not exist. Needs a built formwright, qpdf and
pdftoppm (poppler-utils).

    python3 samples/draw_certificates.py target/release/formwright

The card is a JPEG as a telephone makes it: its pixels lie on their side, and EXIF says so. The certificate is a PDF as a
program with forms makes it: a field that was filled in, a seal that is a stamp, and a script that runs when it is opened.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

HERE = pathlib.Path(__file__).parent
PERSON = HERE / "dossier" / "林小舟" / "附件"

CARD = """<form><page size="200 126" margin="4" title="身份证">
<table x="6" y="6" cols="188" outer="1.5" inner="0"><tr height="114"><td></td></tr></table>
<p x="14" y="12" font="song" size="小四">样张　查无此人</p>
<p x="14" y="28" font="song" size="小二">姓名　<input name="name" label="姓名" width="70" size="小二"/></p>
<p x="14" y="44" font="song" size="小二">性别　男　　民族　汉</p>
<p x="14" y="60" font="song" size="小二">出生　1986 年 4 月 9 日</p>
<p x="14" y="76" font="song" size="小二">住址　某省某市某街道某路 1 号</p>
<p x="14" y="102" font="hei" size="小二">公民身份号码　990000198604090111</p>
</page></form>"""

CERTIFICATE = """<form><page size="a4-landscape" margin="10" title="证书">
<table x="12" y="12" cols="273" outer="4" inner="0"><tr height="186"><td></td></tr></table>
<table x="15" y="15" cols="267" outer="0.75" inner="0"><tr height="180"><td></td></tr></table>
<p x="148.5" y="34" font="title" size="42" align="center">高级技师证书</p>
<p x="148.5" y="56" font="song" size="小四" align="center">样张　发证机关不存在</p>
<p x="40" y="78" font="fang" size="小二"><input name="name" label="姓名" width="60" size="小二"/></p>
<p x="40" y="96" font="fang" size="小二" leading="1.8">　　经考评，达到数控铣工一级（高级技师）职业技能水平，特发此证。</p>
<p x="40" y="124" font="fang" size="三号">证书编号：</p>
<p x="250" y="156" font="fang" size="三号" align="right">某某职业技能鉴定中心</p>
<p x="250" y="168" font="fang" size="三号" align="right">2017 年 11 月</p>
</page></form>"""


def render(binary, folder, name, form):
    templates = folder / "templates" / name
    templates.mkdir(parents=True)
    about = {"id": name, "version": "1", "title": name, "outputs": ["pdf"]}
    (templates / "template.json").write_text(json.dumps(about), encoding="utf-8")
    (templates / "defaults.json").write_text("{}", encoding="utf-8")
    (templates / "form.hbs").write_text(form, encoding="utf-8")
    for shared in ("round.json", "record.json"):
        (folder / "templates" / shared).write_bytes((HERE.parent / "templates" / shared).read_bytes())
    record = folder / "record.json"
    record.write_text(json.dumps({"name": "林小舟"}, ensure_ascii=False), encoding="utf-8")
    out = folder / f"{name}.pdf"
    subprocess.run([binary, "--templates", folder / "templates", "render", name, record, "-o", out], check=True)
    return out


def card(binary, folder):
    upright = render(binary, folder, "card", CARD)
    turned = folder / "turned.pdf"
    subprocess.run(["qpdf", "--rotate=-90", upright, turned], check=True)
    subprocess.run(["pdftoppm", "-r", "110", "-singlefile", "-jpeg", "-jpegopt", "quality=70", turned, folder / "card"], check=True)
    jpeg = (folder / "card.jpg").read_bytes()
    # EXIF 2.32: one entry, tag 274, the top of the picture is at its right.
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    app1 = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (PERSON / "01 身份证.jpg").write_bytes(jpeg[:2] + app1 + jpeg[2:])


def circle(x, y, r):
    k = r * 0.5523
    return (
        f"{x + r} {y} m {x + r} {y + k} {x + k} {y + r} {x} {y + r} c {x - k} {y + r} {x - r} {y + k} {x - r} {y} c "
        f"{x - r} {y - k} {x - k} {y - r} {x} {y - r} c {x + k} {y - r} {x + r} {y - k} {x + r} {y} c"
    )


def certificate(binary, folder):
    plain = folder / "plain.pdf"
    made = render(binary, folder, "certificate", CERTIFICATE)
    subprocess.run(["qpdf", "--object-streams=disable", "--static-id", made, plain], check=True)
    objects = json.loads(subprocess.run(["qpdf", "--json=2", "--json-key=qpdf", plain], check=True, capture_output=True).stdout)["qpdf"][1]
    values = {key: entry for key, entry in objects.items() if key.startswith("obj:")}
    number = lambda key: int(key[4:].split()[0])
    find = lambda kind: next(key for key, entry in values.items() if entry.get("value", {}) and isinstance(entry.get("value"), dict) and entry["value"].get("/Type") == kind)
    root, page = find("/Catalog"), find("/Page")
    free = max(number(key) for key in values) + 1
    field, look, stamp, seal = free, free + 1, free + 2, free + 3
    new = {}

    def put(at, text, data=None):
        body = text.encode("utf-8")
        if data is not None:
            packed = zlib.compress(data.encode("ascii"), 9)
            body = body[:-2] + f"/Filter/FlateDecode/Length {len(packed)}>>\nstream\n".encode() + packed + b"\nendstream"
        new[at] = body

    put(field, f"<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/V(9900-1612-0117)/F 4/Rect[196 224 426 246]/DA(/Helv 16 Tf 0 g)/AP<</N {look} 0 R>>/P {number(page)} 0 R>>")
    put(look, "<</Type/XObject/Subtype/Form/BBox[0 0 230 22]/Resources<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>", "/Tx BMC BT /Helv 16 Tf 0 g 2 5 Td (9900-1612-0117) Tj ET EMC")
    put(stamp, f"<</Type/Annot/Subtype/Stamp/Name/Approved/F 4/Rect[580 90 700 210]/AP<</N {seal} 0 R>>/P {number(page)} 0 R>>")
    put(seal, "<</Type/XObject/Subtype/Form/BBox[0 0 120 120]>>", f"0.8 0.05 0.05 RG 3 w {circle(60, 60, 57)} S 0.8 0.05 0.05 rg 60 82 m 74 40 l 38 66 l 82 66 l 46 40 l h f")

    def again(key, extra):
        inside = values[key]["value"]
        return "<<" + "".join(f"{name} {pdf(value)} " for name, value in inside.items()) + extra + ">>"

    def pdf(value):
        if isinstance(value, dict):
            return "<<" + "".join(f"{name} {pdf(inner)} " for name, inner in value.items()) + ">>"
        if isinstance(value, list):
            return "[" + " ".join(pdf(inner) for inner in value) + "]"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            if value.startswith("u:"):
                return "<" + ("\ufeff" + value[2:]).encode("utf-16-be").hex() + ">"
            return "<" + value[2:] + ">" if value.startswith("b:") else value
        return str(value)

    script = "<</S/JavaScript/JS(app.alert\\('hello'\\))>>"
    put(number(root), again(root, f"/OpenAction {script}/AcroForm<</Fields[{field} 0 R]>>"))
    put(number(page), again(page, f"/Annots[{field} 0 R {stamp} 0 R]"))
    out = bytearray(plain.read_bytes())
    before = int(out[out.rindex(b"startxref") + 9 :].split()[0])
    rows = []
    for at in sorted(new):
        rows.append((at, len(out)))
        out += f"{at} 0 obj\n".encode() + new[at] + b"\nendobj\n"
    start = len(out)
    out += b"xref\n" + b"".join(f"{at} 1\n{place:010d} 00000 n \n".encode() for at, place in rows)
    out += f"trailer\n<</Size {free + 4}/Root {number(root)} 0 R/Prev {before}>>\nstartxref\n{start}\n%%EOF\n".encode()
    (PERSON / "02 高级技师证书.pdf").write_bytes(out)


if __name__ == "__main__":
    PERSON.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        card(sys.argv[1], pathlib.Path(folder) / "1")
        certificate(sys.argv[1], pathlib.Path(folder) / "2")
