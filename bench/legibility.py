#!/usr/bin/env python3
"""How much of wires and of text survives a style at 100 %: wires of 1 to 2 px drawn on a photo's sky, and a sheet of
text that tesseract reads before and after.

    bench/legibility.py BUILD [-n STYLE ...] [-m MODEL ...] [--sky PHOTO] [--size 1024] [--keep FOLDER] [-- OPTIONS of genga stylize]

Needs Debian's libvips-tools and tesseract-ocr. Prints one line per style: characters that tesseract gets wrong (percent,
Levenshtein), and the fraction of the wires' length that is kept (their contrast at least half of what it was).
"""

import argparse
import math
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TEXT = ("The quick brown fox jumps over the lazy dog", "Sphinx of black quartz, judge my vow", "Open daily 9 to 17, closed on Monday",
        "Platform 4, trains to the harbour", "Pack my box with five dozen jugs")
POINTS = (9, 10, 12, 14, 18)  # of 4/3 pixels


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def draw(path, width, height, body):
    """An SVG as a PNG without alpha."""
    svg = path.with_suffix(".svg")
    svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>', encoding="utf-8")
    run("vips", "flatten", svg, path)


def text_sheet(path, size):
    """Dark on light and light on dark, in five sizes."""
    body, y = "", 0
    for ink, paper in (("#282830", "#ece8e0"), ("#f0f0e6", "#28406a")):
        height = sum(3 * points for points in POINTS) + 20
        body += f'<rect x="0" y="{y}" width="{size}" height="{height}" fill="{paper}"/>'
        at = y
        for points, words in zip(POINTS, TEXT):
            at += 3 * points
            body += f'<text x="30" y="{at}" font-family="DejaVu Sans" font-size="{points * 4 / 3}" fill="{ink}">{words}</text>'
        y += height
    draw(path, size, y, body)


def read_text(path):
    words = run("tesseract", path, "-", "--psm", 6)
    return " ".join(words.split())


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def wires(size):
    """(y at x = 0, y at x = size, width) of each wire."""
    return [(0.12 * size + 0.07 * size * i, 0.10 * size + 0.075 * size * i + 5 * (i % 3), (1, 1.5, 2)[i % 3]) for i in range(6)]


def sky_with_wires(path, photo, size):
    """Wires drawn at four times the size and reduced, over the upper part of a photo."""
    height = size * 5 // 8
    sky = path.with_name("sky.v")
    run("vips", "thumbnail", photo, sky, size, "--height", height, "--crop", "high")
    svg = path.with_suffix(".svg")
    lines = "".join(f'<line x1="0" y1="{a}" x2="{size}" y2="{b}" stroke="#2d2d30" stroke-width="{w}"/>' for a, b, w in wires(size))
    svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{height}">{lines}</svg>', encoding="utf-8")
    drawn = path.with_name("with_wires.v")
    run("vips", "composite2", sky, svg, drawn, "over")
    run("vips", "flatten", drawn, path)


def grey_rows(path):
    grey = path.with_suffix(".pgm")
    flat = path.with_suffix(".flat.v")
    run("vips", "colourspace", path, flat, "b-w")
    run("vips", "cast", flat, grey, "uchar")
    data = grey.read_bytes()
    header = re.match(rb"P5\s+(?:#.*\s+)*(\d+) (\d+)\s+255\n", data)
    width, height, at = int(header[1]), int(header[2]), header.end()
    return [data[at + y * width:at + (y + 1) * width] for y in range(height)]


def depth(rows, x, y):
    """How far the darkest pixel within one of (x, y) lies below what is 5 pixels above and below."""
    line = min(rows[y + d][x] for d in (-1, 0, 1))
    return min(rows[y - 5][x], rows[y + 5][x]) - line


def wires_kept(before, after, size):
    rows, found = grey_rows(before), grey_rows(after)
    kept = points = 0
    for a, b, _ in wires(size):
        for x in range(4, size - 4):
            y = math.floor(a + (b - a) * x / size)
            there = depth(rows, x, y)
            if there >= 12:
                points += 1
                kept += depth(found, x, y) >= there / 2
    if points == 0:
        sys.exit("legibility.py: no wire stands out from the upper part of --sky; give a photo with a bright sky")
    return kept / points


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("-n", "--style", action="append", default=[])
    parser.add_argument("-m", "--model", action="append", default=[])
    parser.add_argument("--sky", type=Path, help="a photo whose upper part is sky")
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--keep", type=Path, help="images go there")
    mine, more = sys.argv[1:], []
    if "--" in mine:
        more = mine[mine.index("--") + 1:]
        mine = mine[:mine.index("--")]
    arguments = parser.parse_args(mine)
    for tool in ("vips", "tesseract"):
        if shutil.which(tool) is None:
            sys.exit(f"legibility.py: {tool} is missing; apt-get install libvips-tools tesseract-ocr")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        sheet, sky = folder / "text.png", folder / "wires.png"
        text_sheet(sheet, arguments.size)
        if arguments.sky:
            sky_with_wires(sky, arguments.sky, arguments.size)
        wanted = " ".join(2 * TEXT)

        def line(name, text, wired):
            errors = 100 * distance(read_text(text), wanted) / len(wanted)
            kept = f"{wires_kept(sky, wired, arguments.size):8.1%}" if arguments.sky else "       -"
            print(f"{name:30} {errors:8.1f} {kept}", flush=True)

        print(f"{'':30} {'errors %':>8} {'wires':>8}")
        line("photo", sheet, sky)
        for kind, names in (("-n", arguments.style), ("-m", arguments.model)):
            for name in names:
                label = name.strip("/").replace("/", "_").removesuffix(".safetensors")[-40:]
                results = [folder / f"{label}_{image.name}" for image in (sheet, sky)]
                for source, result in zip((sheet, sky), results):
                    if source == sheet or arguments.sky:
                        run(arguments.build / "genga", "stylize", source, kind, name, "-o", result, "--overwrite", *more)
                line(label, *results)


if __name__ == "__main__":
    main()
