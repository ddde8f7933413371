#!/usr/bin/env python3
"""What a precision below f32 gives and costs: speed of whole networks in turn (A B A B, medians), and the difference of
the images.

    bench/precision.py build/release --photos FOLDER [--precision bf16] [--nets pepper,animegan_v2] [--size 512x512]
                       [--threads 1,2] [--rounds 3] [--runs 5] [--count 12] [--keep FOLDER]

Differences are of 8-bit values, over the first --count photos in order of their names, cut to --size; those of
published networks say how rounding travels, not how a style looks, since their weights are random. --keep leaves the
images there. Needs a quiet machine.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from programs import bench_seconds, make_model, run

for needed in ("GENGA", "GENGA_TEST_MODELS"):  # by its tests, not by its reader
    os.environ.setdefault(needed, "")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/cli"))
from support import read_png  # noqa: E402


def speed(model, threads, arguments):
    """Medians of runs in turn, f32 and the other."""
    seconds = {"f32": [], arguments.precision: []}
    for _ in range(arguments.rounds):
        for name, taken in seconds.items():
            options = ("-m", model, "--precision", name)
            taken.append(bench_seconds(arguments.build, arguments.size, threads, arguments.runs, options))
    return [statistics.median(taken) for taken in seconds.values()]


def differences(folder):
    """Counts of |f32 - other| over all samples of all images, by size of the difference."""
    counts = [0] * 256
    for other in sorted(folder.glob("low/*.png")):
        for a, b in zip(read_png(folder / "f32" / other.name).rows, read_png(other).rows, strict=True):
            counts[abs(a - b)] += 1
    return counts


def report(net, counts):
    total = sum(counts)
    largest = max(i for i, count in enumerate(counts) if count)
    mean = sum(i * count for i, count in enumerate(counts)) / total
    print(f"{net:12} difference of 255: largest {largest}, mean {mean:.3f}; equal {100 * counts[0] / total:.1f} %, "
          f"more than 1: {100 * sum(counts[2:]) / total:.3f} %, more than 2: {100 * sum(counts[3:]) / total:.4f} %",
          flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--nets", default="pepper,animegan_v2")
    parser.add_argument("--size", default="512x512")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()

    genga = arguments.build / "genga"
    photos = sorted(path for path in arguments.photos.iterdir() if path.suffix in (".jpg", ".png"))[: arguments.count]
    with tempfile.TemporaryDirectory() as made:
        for net in arguments.nets.split(","):
            model = make_model(arguments.build, made, net)
            for threads in map(int, arguments.threads.split(",")):
                slow, fast = speed(model, threads, arguments)
                print(f"{net:12} {arguments.size} {threads} threads: f32 {slow * 1e3:.1f} ms, {arguments.precision} "
                      f"{fast * 1e3:.1f} ms, ratio {slow / fast:.2f}", flush=True)  # fmt: skip
            folder = Path(arguments.keep or made, net)
            for name, precision in (("f32", "f32"), ("low", arguments.precision)):
                run(genga, "stylize", "-q", "-m", model, "--precision", precision, "--size", arguments.size, "-f", "png",
                    "--overwrite", "-o", f"{folder / name}/", *photos)  # fmt: skip
            report(net, differences(folder))


if __name__ == "__main__":
    main()
