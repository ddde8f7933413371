#!/usr/bin/env python3
"""Proves that memory stays flat: the peaks of resident memory of genga stylize, JPEG to JPEG, against their limits.

    bench/memory.py build/release [--large] [-- options of genga stylize, e.g. -m model.safetensors]

--large adds 20,000 x 20,000 pixels: some minutes, and 500 MB in TMPDIR. Exits 1 if a limit is passed. The environment is
left alone: this is the program as people run it. MB are 10^6 bytes.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from programs import make_photo, run

LIMITS_MB = {(512, 512): 120, (1920, 1080): 250, (20000, 20000): 1610}  # the last is 1.5 GiB


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("options", nargs="*", help="of genga stylize, after --")
    arguments = parser.parse_args()

    over = 0
    with tempfile.TemporaryDirectory() as folder:
        for (width, height), limit in LIMITS_MB.items():
            if width == 20000 and not arguments.large:
                continue
            photo = make_photo(arguments.build, folder, width, height)
            seconds, peak = run(arguments.build / "genga", "stylize", photo, "-o", Path(folder, "anime.jpg"), "--overwrite",
                                "-q", *arguments.options)  # fmt: skip
            over += peak > limit * 1e6
            print(f"{width} x {height}: peak resident {peak / 1e6:.0f} MB, limit {limit} MB, {seconds:.2f} s", flush=True)
    sys.exit("memory.py: over the limit" if over else 0)


if __name__ == "__main__":
    main()
