"""What the measuring scripts share: genga run as people run it, with its time and its peak of resident memory."""

import json
import os
import subprocess
import time
from pathlib import Path


def wait(process):
    """The peak of resident memory in bytes."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(process.args)}: exit status {process.returncode}")
    return usage.ru_maxrss * 1024


def run(*words):
    """Seconds from start to end, and the peak of resident memory in bytes."""
    start = time.perf_counter()
    peak = wait(subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL))
    return time.perf_counter() - start, peak


def run_json(*words):
    """The document that it prints, and the peak of resident memory in bytes."""
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True) as process:
        text = process.stdout.read()
        return json.loads(text), wait(process)


def make_photo(build, folder, width, height):
    photo = Path(folder, f"{width}x{height}.jpg")
    if not photo.exists():
        run(build / "bench/make_photo", width, height, photo)
    return photo


def bench_seconds(build, size, threads, runs, style=()):
    """genga bench: seconds of the network alone for one picture."""
    report, _ = run_json(build / "genga", "bench", *style, "--size", size, "-j", threads, "--runs", runs, "--json")
    return report["rows"][0]["median_s"]
