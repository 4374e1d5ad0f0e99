"""Draws the photos in colour that tests/grey.rs makes grey. Needs Pillow: `python make.py` writes beside itself.

Beside each NAME.jpg stands NAME.png: its luminance as libjpeg decodes it.
"""

import io
import os
import random
import struct

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
SOF = b"\xff\xc0"


def save(name, data):
    with open(os.path.join(HERE, name + ".jpg"), "wb") as file:
        file.write(data)
    picture = Image.open(io.BytesIO(data))
    # libjpeg leaves chroma and the way over RGB out.
    picture.draft("L", picture.size)
    assert picture.mode == "L", name
    picture.save(os.path.join(HERE, name + ".png"), optimize=True)


def drawing(width, height):
    """Slopes of colour with a grain, and an edge."""
    dice = random.Random(width * 1000 + height)
    picture = Image.new("RGB", (width, height))
    for x in range(width):
        for y in range(height):
            grain = dice.randint(-12, 12)
            red, green, blue = 40 + 180 * x // width, 220 - 150 * y // height, 90 + 100 * (x + y) // (width + height)
            if x * 3 > y * 2 + width:
                red, blue = blue, 255 - red
            picture.putpixel((x, y), tuple(max(0, min(255, c + grain)) for c in (red, green, blue)))
    return picture


def jpeg(picture, **options):
    out = io.BytesIO()
    picture.save(out, "JPEG", **{"quality": 88, "subsampling": 0, **options})
    return out.getvalue()


def sampled(data, *factors):
    """The same blocks under other sampling factors: another picture, but a sound one where MCUs stay as many."""
    at = data.index(SOF) + 11
    for number, factor in enumerate(factors):
        data = data[:at + number * 3] + bytes([factor]) + data[at + number * 3 + 1:]
    return data


def segments(data):
    """The segments of a JPEG up to its scan, by marker, and the scan's coded data."""
    found, at = {}, 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        found[data[at + 1]] = found.get(data[at + 1], b"") + data[at:end]
        at = end
    return found, data[at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]:-2]


def scan_by_scan(picture):
    """Components one after another, the quantisation table replaced before each."""
    parts = [segments(jpeg(part, quality=quality)) for part, quality in zip(picture.convert("YCbCr").split(), (95, 60, 30))]
    size = struct.pack(">HH", picture.height, picture.width)
    out = b"\xff\xd8" + SOF + b"\0\x11\x08" + size + b"\x03" + b"".join(bytes([part, 0x11, 0]) for part in (1, 2, 3))
    for number, (found, data) in enumerate(parts):
        out += found[0xDB] + found[0xC4] + b"\xff\xda\0\x08\x01" + bytes([number + 1, 0, 0, 63, 0]) + data
    return out + b"\xff\xd9"


def blocks(width, height):
    """Black and white by turns: in whole blocks, and in stripes finer than one."""
    picture = Image.new("RGB", (width, height))
    for x in range(width):
        for y in range(height):
            light = (x // 8 + y // 8) % 2 if y < height // 2 else (x // 4) % 2 if y < height * 3 // 4 else (x ^ y) % 2
            picture.putpixel((x, y), (255, 255, 255) if light else (0, 0, 0))
    return picture


for width, height in [(1, 1), (7, 9), (8, 8), (17, 33)]:
    for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
        save(f"{name}-{width}x{height}", jpeg(drawing(width, height), subsampling=subsampling))
save("440-33x33", sampled(jpeg(drawing(33, 33), subsampling=1), 0x12))
save("440-8x8", sampled(jpeg(drawing(8, 8), subsampling=1), 0x12))
save("411-64x64", sampled(jpeg(drawing(64, 64), subsampling=2), 0x41))
save("restarts-420-45x61", jpeg(drawing(45, 61), subsampling=2, restart_marker_blocks=2))
save("restarts-rows-422-45x61", jpeg(drawing(45, 61), subsampling=1, restart_marker_rows=1))
save("progressive-420-45x61", jpeg(drawing(45, 61), subsampling=2, progressive=True))
save("progressive-444-17x33", jpeg(drawing(17, 33), progressive=True))
save("optimal-420-45x61", jpeg(drawing(45, 61), subsampling=2, optimize=True))
save("scan-by-scan-33x17", scan_by_scan(drawing(33, 17)))
save("extremes-444-48x64", jpeg(blocks(48, 64), quality=100))
save("extremes-420-48x64", jpeg(blocks(48, 64), quality=100, subsampling=2))
save("coarse-420-45x61", jpeg(drawing(45, 61), quality=20, subsampling=2))
# Luminance in fewer samples than chroma: nobody's camera, but sound.
save("coarse-luma-16x16", sampled(jpeg(drawing(16, 16), subsampling=1), 0x11, 0x11, 0x21))
