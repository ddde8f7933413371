#!/usr/bin/env python3
"""One photo to one picture, the whole program with its default style, against the network of AnimeGANv2 alone under ONNX
Runtime: in turn (A B A B), medians, and how many times faster.

    (cd build/bench-ort && npm install --ignore-scripts onnxruntime-node)
    bench/photo_to_photo.py build/release --ort build/bench-ort [--size 1920x1080] [--threads 2] [--rounds 3]

Ours: start, decode, network, encode, JPEG to JPEG. Theirs: one run of the network, its session made and warmed up before.
Fails below --at-least 20. Needs node and a quiet machine.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(*words, cwd=None):
    return subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--ort", type=Path, required=True, help="folder with node_modules/onnxruntime-node")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-least", type=float, default=20)
    arguments = parser.parse_args()

    genga = (arguments.build / "genga").resolve()
    script = Path(__file__).with_name("onnxruntime.mjs").resolve()
    width, height = arguments.size.split("x")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(arguments.build / "bench/make_models", folder, "animegan_v2")
        run(arguments.build / "bench/make_photo", width, height, folder / "photo.jpg")
        for _ in range(arguments.rounds):
            begin = time.monotonic()
            run(genga, "stylize", "-i", folder / "photo.jpg", "-o", folder / "anime.jpg", "--overwrite",
                "-j", arguments.threads)  # fmt: skip
            ours.append(time.monotonic() - begin)
            peer = run("node", script, folder / "animegan_v2.onnx", height, width, arguments.threads, 1, cwd=arguments.ort)
            theirs += json.loads(peer)["seconds"]
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"{arguments.size}, {arguments.threads} threads: photo to picture {statistics.median(ours):.3f} s, "
          f"AnimeGANv2 under ONNX Runtime {statistics.median(theirs):.3f} s, ratio {ratio:.1f}")  # fmt: skip
    if ratio < arguments.at_least:
        print(f"photo_to_photo: ratio {ratio:.1f} is below {arguments.at_least:g}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
