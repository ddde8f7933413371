#!/usr/bin/env python3
"""Genga's engine against ONNX Runtime: the same networks, weights, sizes and threads, in turn (A B A B), medians.

    (cd build/bench-ort && npm install --ignore-scripts onnxruntime-node)
    bench/against_onnxruntime.py build/release --ort build/bench-ort [--nets pepper,animegan_v2] [--sizes 512x512,1920x1080]
                                 [--threads 1,2] [--rounds 3] [--runs 3] [--json FILE]

`pepper` is the embedded style; other names are published networks with random weights. Needs node and a quiet machine.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from programs import make_model

NETS = "pepper,animegan_v2,animegan_v3,cartoongan,whitebox"


def run(*words, cwd=None):
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "failed")
    return json.loads(done.stdout) if done.stdout.strip() else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--ort", type=Path, required=True, help="folder with node_modules/onnxruntime-node")
    parser.add_argument("--nets", default=NETS)
    parser.add_argument("--sizes", default="512x512")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    genga = (arguments.build / "genga").resolve()
    script = Path(__file__).with_name("onnxruntime.mjs").resolve()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for net in arguments.nets.split(","):
            model = make_model(arguments.build, folder, net)
            onnx = model.with_suffix(".onnx")
            for size in arguments.sizes.split(","):
                width, height = map(int, size.split("x"))
                for threads in map(int, arguments.threads.split(",")):
                    ours, theirs, memory = [], [], [0, 0]
                    for _ in range(arguments.rounds):
                        own = run(genga, "bench", "-m", model, "--size", size, "-j", threads, "--runs", arguments.runs, "--json")
                        peer = run("node", script, onnx, height, width, threads, arguments.runs, cwd=arguments.ort)
                        ours.append(own["rows"][0]["median_s"])
                        theirs.append(statistics.median(peer["seconds"]))
                        memory = [max(memory[0], own["peak_rss_bytes"]), max(memory[1], peer["peak_rss_bytes"])]
                    row = {"net": net, "size": size, "threads": threads, "genga_s": statistics.median(ours),
                           "onnxruntime_s": statistics.median(theirs), "genga_bytes": memory[0],
                           "onnxruntime_bytes": memory[1], "onnxruntime": peer["version"]}  # fmt: skip
                    rows.append(row)
                    print(f"{net:12} {size:>10} {threads} threads: genga {row['genga_s']:.3f} s, ONNX Runtime {peer['version']} "
                          f"{row['onnxruntime_s']:.3f} s, ratio {row['onnxruntime_s'] / row['genga_s']:.2f}; "
                          f"{memory[0] >> 20} against {memory[1] >> 20} MiB", flush=True)  # fmt: skip
    if arguments.json:
        arguments.json.write_text(json.dumps({"schema": "genga.bench.onnxruntime.1", "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
