"""Paints the sample photos: a figure in a work cap on light blue, no one. Needs Pillow and numpy: `python draw_photo.py`.

413 × 579 pixels are 35 × 49 mm at 300 dpi. The files carry no metadata; running it again gives the same pictures.
"""

import os

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 413, 579
# Painted larger and made smaller: smooth edges.
SCALE = 3


def gradient(top, bottom):
    share = np.linspace(0, 1, HEIGHT * SCALE)[:, None, None]
    rows = np.array(top) * (1 - share) + np.array(bottom) * share
    return Image.fromarray(np.broadcast_to(rows, (HEIGHT * SCALE, WIDTH * SCALE, 3)).round().astype("uint8"))


def shaded(mask, colour, light=0.22):
    """A flat shape with light from the left."""
    across = np.linspace(1 + light, 1 - light, WIDTH * SCALE)[None, :, None]
    body = np.clip(np.array(colour)[None, None, :] * across, 0, 255)
    return Image.fromarray(np.broadcast_to(body, (HEIGHT * SCALE, WIDTH * SCALE, 3)).round().astype("uint8")), mask


def paint(name, cap, coat, face, hair, grain_seed):
    picture = gradient((196, 220, 240), (228, 240, 250))

    def shape(colour, draw, light=0.22):
        mask = Image.new("L", picture.size, 0)
        draw(ImageDraw.Draw(mask))
        body, mask = shaded(mask, colour, light)
        picture.paste(body, (0, 0), mask)

    def s(*numbers):
        return [number * SCALE for number in numbers]

    # Shoulders and coat.
    shape(coat, lambda d: (d.rounded_rectangle(s(38, 432, 375, 700), 105 * SCALE, fill=255),))
    shape(tuple(int(c * 0.82) for c in face), lambda d: d.rounded_rectangle(s(168, 360, 245, 470), 30 * SCALE, fill=255))
    shape(tuple(int(c * 0.72) for c in coat), lambda d: d.polygon(s(206, 520, 150, 428, 176, 418, 206, 470, 237, 418, 263, 428), fill=255))
    for y in (530, 562):
        shape((235, 235, 225), lambda d, y=y: d.ellipse(s(200, y - 6, 212, y + 6), fill=255))
    # Ears, hair, face: a plain shape without features.
    shape(tuple(int(c * 0.9) for c in face), lambda d: (d.ellipse(s(104, 262, 136, 322), fill=255), d.ellipse(s(277, 262, 309, 322), fill=255)))
    shape(hair, lambda d: d.ellipse(s(116, 158, 297, 360), fill=255))
    shape(face, lambda d: d.rounded_rectangle(s(122, 190, 291, 408), 84 * SCALE, fill=255), 0.12)
    # The cap: crown, band, peak, and a badge.
    shape(cap, lambda d: d.pieslice(s(100, 112, 313, 330), 180, 360, fill=255))
    shape(tuple(int(c * 0.75) for c in cap), lambda d: d.rectangle(s(100, 204, 313, 226), fill=255))
    shape(tuple(int(c * 0.55) for c in cap), lambda d: d.chord(s(84, 178, 329, 254), 8, 172, fill=255))
    shape((240, 205, 90), lambda d: d.ellipse(s(190, 146, 223, 179), fill=255))

    picture = picture.resize((WIDTH, HEIGHT), Image.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    # A little grain, as any photo has.
    grain = np.random.default_rng(grain_seed).normal(0, 3.0, (HEIGHT, WIDTH, 1))
    samples = np.clip(np.asarray(picture).astype(float) + grain, 0, 255).round().astype("uint8")
    Image.fromarray(samples).save(os.path.join(HERE, "photos", name), "JPEG", quality=84, optimize=True)


paint("photo-1.jpg", (38, 84, 150), (52, 72, 104), (232, 196, 166), (48, 40, 38), 1)
paint("photo-2.jpg", (214, 140, 40), (70, 104, 84), (222, 180, 148), (70, 52, 40), 2)
