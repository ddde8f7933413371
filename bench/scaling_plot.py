#!/usr/bin/env python3
"""Time a megapixel over image sizes and threads: the network alone (genga bench) and photo to photo (genga stylize).

    bench/scaling_plot.py build/release [--threads 1,2] [--sizes 256x256,512x512,...] [--json FILE] [--svg FILE]

Photo to photo is timed within the program (its start is not counted), the image taken twice, the faster counts. Sizes
above 4 megapixels are run by genga stylize only, in tiles, as people run them. Prints the spread above one megapixel.
Needs a quiet machine.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path

from programs import bench_seconds, make_photo, run_json

SIZES = "256x256,512x512,1024x1024,1920x1080,2560x1440,3840x2160,7680x4320"
COLORS = {("network", 1): "#1f77b4", ("photo", 1): "#ff7f0e", ("network", 2): "#2ca02c", ("photo", 2): "#d62728"}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 440, 70, 170, 30, 60


def measure(build, folder, size, threads):
    width, height = map(int, size.split("x"))
    megapixels = width * height / 1e6
    row = {"size": size, "megapixels": megapixels, "threads": threads}
    photo = make_photo(build, folder, width, height)
    again = Path(folder, f"again_{photo.name}")
    if not again.is_symlink():
        again.symlink_to(photo)
    report, _ = run_json(build / "genga", "stylize", photo, again, "-o", f"{folder}/out/", "--overwrite", "-j", threads, "--json")
    row["photo"] = min(item["seconds"] for item in report["items"]) / megapixels
    if megapixels <= 4:
        row["network"] = bench_seconds(build, size, threads, 9 if megapixels < 1 else 3) / megapixels
    return row


def svg(rows):
    most = max(row[kind] for row in rows for kind in ("network", "photo") if kind in row) * 1.1
    smallest, largest = (math.log(f(row["megapixels"] for row in rows)) for f in (min, max))

    def x(row):
        return LEFT + (math.log(row["megapixels"]) - smallest) / (largest - smallest) * (WIDTH - LEFT - RIGHT)

    def y(seconds):
        return HEIGHT - BOTTOM - seconds / most * (HEIGHT - TOP - BOTTOM)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="18">seconds a megapixel (logarithmic sizes)</text>']  # fmt: skip
    for i in range(6):
        seconds = most * i / 5.5
        lines += [f'<path d="M{LEFT} {y(seconds):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                  f'<text x="{LEFT - 8}" y="{y(seconds) + 4:.1f}" text-anchor="end">{seconds:.2f}</text>']  # fmt: skip
    for row in {row["size"]: row for row in rows}.values():
        lines.append(f'<text transform="translate({x(row):.1f} {HEIGHT - BOTTOM + 14}) rotate(25)">{row["size"]}</text>')
    labels = TOP
    for (kind, threads), color in COLORS.items():
        points = [(x(row), y(row[kind])) for row in rows if row["threads"] == threads and kind in row]
        if not points:
            continue
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        lines += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{color}"/>' for px, py in points]
        lines.append(f'<text x="{WIDTH - RIGHT + 12}" y="{(labels := labels + 18)}" fill="{color}">{kind}, {threads} '
                     f'thread{"s" if threads > 1 else ""}</text>')  # fmt: skip
    return "\n".join([*lines, "</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    arguments = parser.parse_args()

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for threads in map(int, arguments.threads.split(",")):
            for size in arguments.sizes.split(","):
                rows.append(measure(arguments.build, folder, size, threads))
                network = f"network {rows[-1]['network'] * 1e3:.0f} ms, " if "network" in rows[-1] else ""
                print(f"{threads} threads, {size:>9}: {network}photo {rows[-1]['photo'] * 1e3:.0f} ms a megapixel", flush=True)
            for kind in ("network", "photo"):
                large = [row[kind] for row in rows if row["threads"] == threads and row["megapixels"] > 1 and kind in row]
                if large:
                    middle = (max(large) + min(large)) / 2
                    print(f"{threads} threads, above 1 megapixel: {kind} {middle * 1e3:.0f} ms +- "
                          f"{(max(large) - middle) / middle:.1%} a megapixel")  # fmt: skip
    if arguments.json:
        arguments.json.write_text(json.dumps({"schema": "genga.bench.scaling.1", "rows": rows}, indent=2) + "\n")
    if arguments.svg:
        arguments.svg.write_text(svg(rows))


if __name__ == "__main__":
    main()
