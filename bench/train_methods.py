#!/usr/bin/env python3
"""Trains every method for some hundred steps on real images and prints a table: parameters, speed, memory, how each loss
moved, where the last preview is.

    bench/train_methods.py build/release ../shared/data [--steps 300] [--methods cut,genga] [--out runs/methods]
                           [--features ../shared/weights/squeezenet/squeezenet_v1.0.npz]

Crops are small and some networks narrow (below), so that all methods together take about an hour on one core; everything
else is the method's preset. A loss's trend is its mean over the last fifth of the steps divided by that over the first fifth of those
that have it. Needs only Python's standard library.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

# Method: (extra arguments, is from noise). Crops, batches and widths are chosen for a step of about a second on one core.
NARROW = ["--width", "32", "--discriminator-width", "32"]
SETTINGS = {
    "genga": (["--crop", "128", "--batch", "4", "--warmup", "150"], False),
    "animegan_v2": (["--crop", "96", "--batch", "2", "--warmup", "100"], False),
    "animegan_v3": (["--crop", "96", "--batch", "2", "--warmup", "100", "--width", "16"], False),
    "cut": (["--crop", "64", "--batch", "1", *NARROW], False),
    "cyclegan": (["--crop", "64", "--batch", "1", *NARROW], False),
    "ugatit_light": (["--crop", "96", "--batch", "1", "--width", "16", "--discriminator-width", "16"], False),
    "dcgan": (["--crop", "64", "--batch", "32", *NARROW, "--ema", "0.98"], True),
    "seed_gan": (["--crop", "64", "--batch", "32", *NARROW, "--ema", "0.98"], True),
    "deligan": (["--crop", "64", "--batch", "16", *NARROW, "--ema", "0.98"], True),
    "autoencoder_gan": (["--crop", "96", "--batch", "2", *NARROW], False),
    "cartoongan": (["--crop", "64", "--batch", "2", "--warmup", "100", *NARROW], False),
    "animegan": (["--crop", "64", "--batch", "2", "--warmup", "100", *NARROW], False),
    "whitebox": (["--crop", "96", "--batch", "2", "--warmup", "150", "--width", "16"], False),
    "fastcut": (["--crop", "64", "--batch", "1", *NARROW], False),
}


def mean(values):
    return sum(values) / len(values)


def trends(log):
    """{loss: (first mean, last mean)} of the newest value of each step."""
    steps = {}
    for line in log.read_text().splitlines():
        row = json.loads(line)
        if row.get("event") == "step":
            steps[row["step"]] = row
    series = {}
    for step in sorted(steps):
        for name, value in steps[step].items():
            if isinstance(value, (int, float)) and name not in ("step", "rate", "images_per_second", "time", "memory"):
                series.setdefault(name, []).append(value)
    fifth = {name: max(len(v) // 5, 1) for name, v in series.items()}
    return {name: (mean(v[: fifth[name]]), mean(v[-fifth[name] :])) for name, v in series.items()}, steps


def command(arguments, method):
    """The program and its arguments, without folder and steps."""
    extra, from_noise = SETTINGS[method]
    data = arguments.data
    words = [arguments.build / "genga-train", "run", "--method", method, "--threads", arguments.threads, *extra]
    if from_noise:
        return [*words, "--style", data / "faces/chibi128"]
    words += ["--photos", data / "photos", "--style", data / "anime/peppercarrot"]
    probe = subprocess.run([arguments.build / "genga-train", "methods"], capture_output=True, text=True, check=True)
    reads = next(b for b in probe.stdout.split("\n\n") if b.startswith(method + "\n"))
    return [*words, "--perceptual", arguments.features] if " perceptual" in reads else words


def plan(arguments, method):
    """Parameters of each network and seconds of a step, by --dry-run."""
    text = subprocess.run(list(map(str, [*command(arguments, method), "--dry-run"])), capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    networks = re.findall(r"^network +(.+): (\d+) parameters", text, re.M)
    seconds = re.search(r"([\d.]+) s a step", text)
    return {"method": method, "settings": " ".join(SETTINGS[method][0]),
            "parameters": {name: int(n) for name, n in networks}, "step_seconds": float(seconds[1])}  # fmt: skip


def run(arguments, method):
    extra, from_noise = SETTINGS[method]
    out = arguments.out / method
    words = [*command(arguments, method), "-o", out, "--steps", arguments.steps, "--log-every", 1, "--preview-minutes", 0,
             "--preview-images", 16 if from_noise else 4, "--preview-px", 384, "--checkpoint-every", 100000]  # fmt: skip
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, words)), stderr=subprocess.PIPE, text=True)
    notes = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    if status != 0:
        print(notes.strip().splitlines()[-1], file=sys.stderr)
        return {"method": method, "failed": notes.strip().splitlines()[-1]}
    moved, steps = trends(out / "log.jsonl")
    previews = sorted((out / "previews").glob("*.jpg"))
    speeds = sorted(row["images_per_second"] for row in steps.values())
    return {
        "method": method,
        "settings": " ".join(extra),
        "steps": len(steps),
        "seconds": round(seconds, 1),
        "images_per_second": round(speeds[len(speeds) // 2], 2),
        "peak_mb": usage.ru_maxrss // 1024,
        "losses": {k: [round(v[0], 4), round(v[1], 4)] for k, v in moved.items() if not k.startswith("grad_")},
        "preview": str(previews[-1]) if previews else "",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--plan", action="store_true", help="do not train: parameters and seconds of a step, as JSON lines")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--methods", default=",".join(SETTINGS))
    parser.add_argument("--out", type=Path, default=Path("runs/methods"))
    parser.add_argument("--features", type=Path, default=Path("../shared/weights/squeezenet/squeezenet_v1.0.npz"))
    arguments = parser.parse_args()
    if arguments.plan:
        for method in arguments.methods.split(","):
            print(json.dumps(plan(arguments, method)))
        return 0
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for method in arguments.methods.split(","):
        rows.append(run(arguments, method))
        (arguments.out / "table.json").write_text(json.dumps(rows, indent=1))
    print("| method | settings | steps | images/s | steps took, s | peak MB | losses: first fifth → last fifth |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        if "failed" in row:
            print(f"| {row['method']} | failed: {row['failed']} | | | | | |")
            continue
        losses = ", ".join(f"{k} {a:g} → {b:g}" for k, (a, b) in row["losses"].items())
        print(f"| {row['method']} | {row['settings']} | {row['steps']} | {row['images_per_second']} | {row['seconds']} | "
              f"{row['peak_mb']} | {losses} |")  # fmt: skip
    return any("failed" in row for row in rows)


if __name__ == "__main__":
    sys.exit(main())
