#!/usr/bin/env python3
"""From whole comic pages to a collection that is ready for training: counts, seconds and memory of every step.

    bench/data_way.py build/release IMAGES [--pages 100] [--out runs/data_way]

The pages are pasted together from IMAGES (a folder of drawings), so the number of panels on them is known.
"""

import argparse
import json
import os
import re
import subprocess
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("runs/data_way"))
    arguments = parser.parse_args()
    genga, out = arguments.build.resolve() / "genga", arguments.out.resolve()
    if out.exists():
        parser.error(f"{out} exists; give another folder")
    out.mkdir(parents=True)

    def step(*words):
        begin = time.monotonic()
        process = subprocess.Popen(list(map(str, words)), cwd=out, stdout=subprocess.PIPE, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit(f"{' '.join(map(str, words))}: failed")
        name = " ".join(str(word) for word in words[1:] if not str(word).startswith("-") and word not in (str(out), "data"))
        print(f"{name:44} {time.monotonic() - begin:7.2f} s {usage.ru_maxrss >> 10:6} MiB", flush=True)
        return text

    made = step(arguments.build.resolve() / "bench/make_pages", "pages", arguments.pages, arguments.images.resolve())
    truth = int(re.search(r"(\d+) panels", made).group(1))
    step(genga, "data", "manifest", "pages", "--licence=CC-BY-4.0", "--author=David Revoy", "-q")
    step(genga, "data", "panels", "pages", "-o", "drawings", "-q")
    step(genga, "data", "clean", "drawings", "-q")
    step(genga, "data", "clean", "drawings", "-q")
    step(genga, "data", "sheet", "drawings", "-o", "drawings.html", "-q")
    step(genga, "data", "split", "drawings", "-q")
    step(genga, "data", "prepare", "drawings", "-o", "ready", "--tiles=256x256", "--edge-smooth", "-q")
    step(genga, "data", "prepare", "drawings", "-o", "ready", "--tiles=256x256", "--edge-smooth", "-q")

    def count(folder, keep=lambda entry: True):
        lines = (out / folder / "manifest.jsonl").read_text().splitlines()
        return sum(1 for line in lines if keep(json.loads(line)))

    dropped = {}
    for line in (out / "drawings/manifest.jsonl").read_text().splitlines():
        for decision in json.loads(line).get("decisions", []):
            if not decision["keep"]:
                dropped[decision["check"]] = dropped.get(decision["check"], 0) + 1
    print(f"pages {arguments.pages}; panels on them {truth}, found {count('drawings')}; decisions against: {dropped}; held out "
          f"{count('drawings', lambda e: e.get('split') == 'held_out')}; images ready for training {count('ready')}")  # fmt: skip
    print(subprocess.run([genga, "data", "licences", "ready"], cwd=out, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
