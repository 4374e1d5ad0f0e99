"""Draws the pictures that tests/image.rs reads. Needs Pillow: `python make.py` writes beside itself.

The drawing has four quarters: red, green on top, blue, yellow below; its corners tell how it was turned.
"""

import io
import os
import random
import struct
import zlib

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (240, 220, 40)


def save(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def quarters(width=40, height=56, mode="RGB"):
    picture = Image.new("RGB", (width, height))
    for x in range(width):
        for y in range(height):
            left, top = x < width // 2, y < height // 2
            picture.putpixel((x, y), (RED if left else GREEN) if top else (BLUE if left else YELLOW))
    return picture.convert(mode)


def jpeg(picture, **options):
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": 90, "subsampling": 0, **options})
    return out.getvalue()


def png(picture, **options):
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def insert(data, *segments):
    """Puts segments behind the start of a JPEG."""
    return data[:2] + b"".join(segments) + data[2:]


def without(data, markers):
    """A JPEG without the segments of some markers."""
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0] + 2
        if data[at + 1] not in markers:
            out += data[at:at + length]
        at += length
    return out + data[at:]


def exif(orientation, order=">", extra=()):
    entries = [(0x112, 3, 1, struct.pack(order + "HH", orientation, 0))] + list(extra)
    head = (b"MM" if order == ">" else b"II") + struct.pack(order + "HI", 42, 8)
    body = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in sorted(entries):
        body += struct.pack(order + "HHI", tag, kind, count) + value
    return head + body + b"\0\0\0\0"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width, height, depth, colour, rows, interlace=0, before=b""):
    """A PNG from filtered rows, for kinds that Pillow does not write."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def noise(width, height, seed):
    dice = random.Random(seed)
    picture = quarters(width, height)
    for x in range(width):
        for y in range(height):
            picture.putpixel((x, y), tuple(max(0, min(255, c + dice.randint(-20, 20))) for c in picture.getpixel((x, y))))
    return picture


# Sound JPEGs.
plain = jpeg(quarters())
save("plain.jpg", plain)
save("subsampled.jpg", jpeg(noise(45, 61, 1), subsampling=2))
save("half-subsampled.jpg", jpeg(noise(45, 61, 2), subsampling=1))
save("progressive.jpg", jpeg(noise(45, 61, 3), progressive=True, subsampling=2))
save("progressive-grey.jpg", jpeg(noise(45, 61, 4).convert("L"), progressive=True))
save("grey.jpg", jpeg(quarters(mode="L")))
save("restarts.jpg", jpeg(noise(45, 61, 5), restart_marker_blocks=3))
save("no-end-marker.jpg", plain[:-2])
save("trailing.jpg", plain + b"PK\x03\x04 a second file hides here" + jpeg(quarters(8, 8)))

# RGB without transform: by Adobe's marker and by the components' names.
rgb = jpeg(quarters(), keep_rgb=True)
save("rgb.jpg", rgb)

# Four inks: Pillow writes them inverted with Adobe's marker.
inks = jpeg(quarters(mode="CMYK"))
save("cmyk-adobe.jpg", inks)
ycck = io.BytesIO()
red, green, blue, black = quarters(mode="CMYK").split()
save("cmyk-plain.jpg", without(jpeg(Image.merge("CMYK", [c.point(lambda v: 255 - v) for c in (red, green, blue, black)])), {0xEE}))
# YCCK: the same inks, coded as YCbCr and K. The first three samples are made so that libjpeg's own YCbCr codes them.
y, cb, cr = Image.merge("RGB", (red, green, blue)).convert("YCbCr").split()
k = black
stored = jpeg(Image.merge("CMYK", [c.point(lambda v: 255 - v) for c in (y, cb, cr)] + [k]))
save("ycck-adobe.jpg", stored.replace(b"Adobe\0\x64\0\0\0\0\0", b"Adobe\0\x64\0\0\0\0\x02"))

# Turned by EXIF: each stores the drawing so that, turned as its note says, it is upright.
undo = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
for number, turn in undo.items():
    stored = quarters() if turn is None else quarters().transpose(turn)
    order = ">" if number % 2 else "<"
    save(f"exif-{number}.jpg", insert(jpeg(stored), segment(0xE1, b"Exif\0\0" + exif(number, order))))
save("exif-9.jpg", insert(plain, segment(0xE1, b"Exif\0\0" + exif(9))))

# Everything a telephone tells about its owner.
private = exif(1, extra=[(0x10F, 2, 4, b"GPS\0"), (0x8825, 4, 1, struct.pack(">I", 8))]) + b"SECRET-GPS"
save(
    "private.jpg",
    insert(
        plain,
        segment(0xE0, b"JFXX\0\x10SECRET-THUMBNAIL" + jpeg(quarters(8, 8))),
        segment(0xE1, b"Exif\0\0" + private),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>SECRET-XMP</x>"),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01SECRET-ICC"),
        segment(0xED, b"Photoshop 3.0\x008BIMSECRET-IPTC"),
        segment(0xFE, b"SECRET-COMMENT"),
    )
    + b"SECRET-TRAILER",
)

# Broken JPEGs.
large = jpeg(noise(45, 61, 6))
save("truncated.jpg", large[: len(large) // 2])
save("truncated-with-end.jpg", large[: len(large) // 2] + b"\xff\xd9")
save("truncated-header.jpg", plain[:100])
passes = jpeg(noise(45, 61, 7), progressive=True)
starts = [at for at in range(len(passes) - 1) if passes[at:at + 2] == b"\xff\xda"]
save("truncated-progressive.jpg", passes[: starts[-1]])
save("truncated-progressive-with-end.jpg", passes[: starts[-1]] + b"\xff\xd9")
start = large.index(b"\xff\xda") + 14
save("damaged.jpg", large[: start + 200] + bytes(255 - b if b not in (0, 255) else b for b in large[start + 200:-300]) + large[-300:])
sof = plain.index(b"\xff\xc0")
save("claims-65500.jpg", plain[: sof + 5] + struct.pack(">HH", 65500, 65500) + plain[sof + 9:])
save("no-height.jpg", plain[: sof + 5] + struct.pack(">HH", 0, 40) + plain[sof + 9:])
save("lossless.jpg", plain[: sof + 1] + b"\xc3" + plain[sof + 2:])

# PNGs.
save("plain.png", png(quarters()))
save("noise.png", png(noise(96, 96, 8)))
save("noise-grey.png", png(noise(150, 180, 9).convert("L")))
save("palette.png", png(quarters().quantize(4)))
see_through = quarters().quantize(4)
save("palette-transparent.png", png(see_through, transparency=see_through.getpixel((0, 0))))
half = quarters().convert("RGBA")
half.putalpha(Image.new("L", half.size, 128))
save("rgba.png", png(half))
save("grey-alpha.png", png(half.convert("LA")))
save("one-bit.png", png(quarters(mode="L").point(lambda v: 255 if v > 100 else 0).convert("1")))


def sixteen(width, height, alpha):
    out = b""
    source = quarters(width, height)
    for row in range(height):
        out += b"\0"
        for x in range(width):
            out += b"".join(struct.pack(">H", v * 257) for v in source.getpixel((x, row))) + (b"\x80\x80" if alpha else b"")
    return out


save("sixteen.png", raw_png(40, 56, 16, 2, sixteen(40, 56, False)))
save("sixteen-alpha.png", raw_png(40, 56, 16, 6, sixteen(40, 56, True)))


def adam7(picture):
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    out = b""
    for x0, y0, dx, dy in passes:
        for y in range(y0, picture.height, dy):
            out += b"\0" + b"".join(bytes(picture.getpixel((x, y))) for x in range(x0, picture.width, dx))
    return out


save("interlaced.png", raw_png(40, 56, 8, 2, adam7(quarters()), interlace=1))
save("exif-6.png", png(quarters().transpose(Image.Transpose.ROTATE_90)).replace(
    chunk(b"IEND", b""), chunk(b"eXIf", exif(6)) + chunk(b"tEXt", b"Comment\0SECRET") + chunk(b"IEND", b"")))
body = png(noise(60, 84, 10))
save("truncated.png", body[: len(body) // 2])
save("damaged.png", body[:2000] + bytes([body[2000] ^ 0x55]) + body[2001:])
save("claims-100000.png", raw_png(100_000, 100_000, 8, 2, b"\0" * 1000))
save("bomb-12000x9000.png", raw_png(12_000, 9_000, 1, 0, b"\0" * (1501 * 9_000)))
save("text-bomb.png", png(quarters()).replace(
    chunk(b"IEND", b""), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 8_000_000, 9)) + chunk(b"IEND", b"")))
save("short-of-rows.png", raw_png(40, 56, 8, 2, (b"\0" + b"\x80" * 120) * 20))

# Not photos, whatever their names say.
save("heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 32)
save("svg.jpg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n')
save("text.jpg", "照片稍后补交\n".encode())
save("page.jpg", b"<!DOCTYPE html><html><body>404</body></html>")
save("empty.jpg", b"")
