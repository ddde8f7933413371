#!/usr/bin/env python3
"""What the side of a tile costs: time and memory of genga stylize over tile sides, the overlap of tiles included.

    bench/tile_sizes.py build/release [--size 2048x2048] [--tiles 128,256,512,1024,2048] [--json FILE] [-- -m MODEL]

Every run takes the image twice; the second time counts, when sessions and weights are ready. "work" is how many pixels
the network computes for one of the image (tiles read their border besides); ns a computed pixel is what the caches make
better or worse.
"""

import argparse
import json
import tempfile
from pathlib import Path

from programs import make_photo, run_json


def windows(length, tile, border):
    """How many windows cover a line, and their length: as src/stylize/tile_grid.cpp does it."""
    window = length if tile >= length - 2 * border else tile + 2 * border
    n, begin = 0, 0
    while begin < length:
        start = min(max(0, begin - border), length - window)
        begin = length if start + window == length else start + window - border
        n += 1
    return n * window


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--size", default="2048x2048")
    parser.add_argument("--tiles", default="128,192,256,384,512,768,1024,1536,2048")
    parser.add_argument("--json", type=Path)
    parser.add_argument("options", nargs="*", help="of genga stylize, after --")
    arguments = parser.parse_args()

    genga = arguments.build / "genga"
    width, height = map(int, arguments.size.split("x"))
    model = next((b for a, b in zip(arguments.options, arguments.options[1:]) if a in ("-m", "-n")), "pepper")
    border = run_json(genga, "inspect", model, "--json")[0]["border_px"]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        photo = make_photo(arguments.build, folder, width, height)
        again = Path(folder, "again.jpg")
        again.symlink_to(photo)
        for tile in map(int, arguments.tiles.split(",")):
            words = [genga, "stylize", photo, again, "-o", f"{folder}/{tile}/", "-t", tile, *arguments.options]
            report, peak = run_json(*words, "--json")
            seconds = min(item["seconds"] for item in report["items"])
            work = windows(width, tile, border) * windows(height, tile, border) / (width * height)
            row = {"tile": tile, "seconds": seconds, "ns_a_pixel": seconds * 1e9 / (width * height), "work": work,
                   "peak_bytes": peak}  # fmt: skip
            rows.append(row)
            print(f"tile {tile:5}: {seconds:.3f} s, {row['ns_a_pixel']:6.0f} ns a pixel, work {work:.2f}, "
                  f"{row['ns_a_pixel'] / work:6.0f} ns a computed pixel, peak {peak / 1e6:.0f} MB", flush=True)  # fmt: skip
    if arguments.json:
        arguments.json.write_text(json.dumps({"schema": "genga.bench.tiles.1", "size": arguments.size, "model": model,
                                              "border": border, "rows": rows}, indent=2) + "\n")  # fmt: skip


if __name__ == "__main__":
    main()
