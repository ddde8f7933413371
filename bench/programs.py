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


def make_model(build, folder, net):
    """Model file of the embedded style `pepper`, or of a published network with random weights, and NAME.onnx beside it."""
    model = Path(folder, f"{net}.safetensors")
    if net == "pepper":
        for file in (model, model.with_suffix(".onnx")):
            run(build / "genga", "convert", net, "-o", file)
    else:
        run(build / "bench/make_models", folder, net)
    return model


def bench_seconds(build, size, threads, runs, style=()):
    """genga bench: seconds of the network alone for one image."""
    report, _ = run_json(build / "genga", "bench", *style, "--size", size, "-j", threads, "--runs", runs, "--json")
    return report["rows"][0]["median_s"]
