#!/usr/bin/env python3
"""One photo to one image, the whole program with its default style, against the network of AnimeGANv2 alone under ONNX
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
from pathlib import Path

from programs import make_model, make_photo, run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--ort", type=Path, required=True, help="folder with node_modules/onnxruntime-node")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-least", type=float, default=20)
    arguments = parser.parse_args()

    script = Path(__file__).with_name("onnxruntime.mjs").resolve()
    width, height = arguments.size.split("x")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        network = make_model(arguments.build, name, "animegan_v2").with_suffix(".onnx")
        photo = make_photo(arguments.build, name, width, height)
        for _ in range(arguments.rounds):
            seconds, _ = run(arguments.build / "genga", "stylize", "-q", "-i", photo, "-o", f"{name}/anime.jpg", "--overwrite",
                             "-j", arguments.threads)  # fmt: skip
            ours.append(seconds)
            peer = subprocess.run(["node", script, network, height, width, str(arguments.threads), "1"], cwd=arguments.ort,
                                  capture_output=True, check=True)  # fmt: skip
            theirs += json.loads(peer.stdout)["seconds"]
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"{arguments.size}, {arguments.threads} threads: photo to image {statistics.median(ours):.3f} s, "
          f"AnimeGANv2 under ONNX Runtime {statistics.median(theirs):.3f} s, ratio {ratio:.1f}")  # fmt: skip
    if ratio < arguments.at_least:
        print(f"photo_to_photo: ratio {ratio:.1f} is below {arguments.at_least:g}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
