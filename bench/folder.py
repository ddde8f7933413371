#!/usr/bin/env python3
"""Whether a folder of photos runs at the engine's rate: seconds a photo, decoded and encoded, against genga bench.

    bench/folder.py build/release [--photos 20] [--size 1920x1080] [--formats jpg,webp,png] [--threads 2]

Also what 64 images of 256 x 256 together cost against their sum, one process each. Needs a quiet machine.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from programs import bench_seconds, make_photo, run


def folder_of(build, folder, width, height, n):
    photo = make_photo(build, folder, width, height)
    photos = Path(folder, f"{n}_{width}x{height}")
    photos.mkdir()
    for i in range(n):
        (photos / f"{i:03}.jpg").symlink_to(photo)
    return photos


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--photos", type=int, default=20)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--formats", default="jpg,webp,png")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--small", type=int, default=64, help="images of 256x256; 0: none")
    arguments = parser.parse_args()

    genga, n = arguments.build / "genga", arguments.photos
    threads = ["-j", arguments.threads]
    with tempfile.TemporaryDirectory() as folder:
        photos = folder_of(arguments.build, folder, *map(int, arguments.size.split("x")), n)
        network = bench_seconds(arguments.build, arguments.size, arguments.threads, 5)
        print(f"network alone {network:.3f} s an image of {arguments.size}")
        for suffix in arguments.formats.split(","):
            seconds, peak = run(genga, "stylize", photos, "-o", f"{folder}/{suffix}/", "-f", suffix, "-q", *threads)
            print(f"{n} photos to {suffix}: {seconds / n:.3f} s a photo, {seconds / n / network:.2f} of the network alone, "
                  f"peak {peak / 1e6:.0f} MB", flush=True)  # fmt: skip
        if arguments.small:
            n, small = arguments.small, folder_of(arguments.build, folder, 256, 256, arguments.small)
            alone = statistics.median(
                run(genga, "stylize", small / "000.jpg", "-o", f"{folder}/one.jpg", "--overwrite", "-q", *threads)[0]
                for _ in range(9)
            )
            network = bench_seconds(arguments.build, "256", arguments.threads, 20)
            seconds, peak = run(genga, "stylize", small, "-o", f"{folder}/small/", "-q", *threads)
            print(f"{n} images of 256x256 together: {seconds:.2f} s, {seconds / n / alone:.2f} of their sum one by one "
                  f"({alone * 1e3:.0f} ms each), {seconds / n / network:.2f} of the network alone, peak {peak / 1e6:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
