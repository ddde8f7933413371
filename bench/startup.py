#!/usr/bin/env python3
"""How long genga takes to be of use: a 256 x 256 image with the embedded style, start to end, and the parts of it.

    bench/startup.py build/release [--runs 20] [--threads 2] [-- options of genga stylize]

Medians of whole processes in turn. "model" is what genga bench reports: reading, checking, fusing, packing weights.
Exits 1 if the image takes more than 120 ms or the model more than 15 ms. Needs a quiet machine.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from programs import make_photo, run, run_json

LIMIT_MS, MODEL_LIMIT_MS = 120, 15


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("options", nargs="*", help="of genga stylize, after --")
    arguments = parser.parse_args()

    genga = arguments.build / "genga"
    with tempfile.TemporaryDirectory() as folder:
        photo = make_photo(arguments.build, folder, 256, 256)
        commands = {
            "genga --version": [genga, "--version"],
            "stylize 256x256": [genga, "stylize", photo, "-o", f"{folder}/anime.jpg", "--overwrite", "-q", "-j",
                                arguments.threads, *arguments.options],
        }  # fmt: skip
        times = {name: [] for name in commands}
        models, network = [], []
        for _ in range(arguments.runs):
            for name, words in commands.items():
                times[name].append(run(*words)[0] * 1e3)
            report, _ = run_json(genga, "bench", *arguments.options, "--size", 256, "-j", arguments.threads, "--runs", 3, "--json")
            models.append((report["load_s"] + report["rows"][0]["session_s"]) * 1e3)
            network.append(report["rows"][0]["median_s"] * 1e3)
    whole, model = statistics.median(times["stylize 256x256"]), statistics.median(models)
    for name, values in times.items():
        print(f"{name:16} {statistics.median(values):6.1f} ms (fastest {min(values):.1f})")
    print(f"of it model      {model:6.1f} ms (fastest {min(models):.1f})")
    print(f"of it network    {statistics.median(network):6.1f} ms")
    sys.exit("startup.py: over the limit" if whole > LIMIT_MS or model > MODEL_LIMIT_MS else 0)


if __name__ == "__main__":
    main()
