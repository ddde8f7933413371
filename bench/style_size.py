#!/usr/bin/env python3
"""What few style images change: trains on subsets of a folder, with and without augmentation, and measures each run's checkpoints
against style images that no run has seen. The presets images_20, images_200 and images_2000 come from it.

    bench/style_size.py build/release STYLE --features squeezenet_v1.0.npz [--photos PHOTOS] [--sizes 20,200,2000] [--steps 200]
                        [--augment none translation,cutout] [--seed 1] [--out runs/style_size] [-- options of genga-train]

With --photos the embedded style is fine-tuned and `genga eval` says all. Without, a method from noise (-- --method dcgan ...) is
trained, its checkpoints draw as many images as are held out, and these are measured; of the last one also those of the generator
without moving average ("plain"). "memory" is what the run's own style images score, so what a generator that knows them by heart
would. Needs only Python's standard library.
"""

import argparse
import hashlib
import json
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path


def link_all(files, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for i, file in enumerate(files):
        link = folder / f"{i:05}{file.suffix}"
        if not link.is_symlink():
            link.symlink_to(file.resolve())
    return folder


def read_tensors(path):
    """Metadata, and name -> (dtype, shape, bytes), of a safetensors file."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = entry["dtype"], entry["shape"], data[8 + size + begin : 8 + size + end]
    return metadata, tensors


def write_tensors(path, metadata, tensors):
    header, at = {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 64)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def checksum(tensors):
    """genga.sha256: docs/formats/model_file.md, "Metadata"."""
    sha = hashlib.sha256()
    for name in sorted(tensors, key=str.encode):
        dtype, shape, data = tensors[name]
        sha.update(f"{name}\n{dtype}\n{','.join(map(str, shape))}\n".encode() + data)
    return sha.hexdigest()


def without_average(checkpoint, file):
    """The generator that was trained, where model.safetensors holds its moving average."""
    metadata, model = read_tensors(checkpoint / "model.safetensors")
    _, state = read_tensors(checkpoint / "state.safetensors")
    plain = {name: state["generator/" + name] for name in model}
    write_tensors(file, {**metadata, "genga.sha256": checksum(plain)}, plain)
    return file


def evaluate(arguments, models, photos, style, *words):
    done = subprocess.run([arguments.build / "genga", "eval", *models, "--photos", photos, "--style", style, "--features",
                           arguments.features, "--threads", str(arguments.threads), "--json", "-q", *words],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return json.loads(done.stdout)


def distances(arguments, images, style):
    """Of images as they are: the row of `genga eval` for doing nothing."""
    report = evaluate(arguments, [arguments.start], images, style, "--size", "64", "--max-photos", "10000")
    return report["baseline"]["values"]


def measure_drawn(arguments, run, held_out):
    checkpoints = sorted((run / "checkpoints").glob("step_??????"))
    for checkpoint in checkpoints:
        models = {"result": checkpoint / "model.safetensors"}
        if checkpoint == checkpoints[-1] and any(name.startswith("average/") for name in read_tensors(checkpoint / "state.safetensors")[1]):
            models["plain"] = without_average(checkpoint, arguments.out / "plain.safetensors")
        for kind, model in models.items():
            drawn = arguments.out / "drawn"
            shutil.rmtree(drawn, ignore_errors=True)
            n = len(list(held_out.iterdir()))
            subprocess.run([arguments.build / "genga", "sample", "-m", model, "--seeds", f"0-{n - 1}", "-o", f"{drawn}/", "-q",
                            "--threads", str(arguments.threads)], check=True)  # fmt: skip
            yield {"run": run.name, "step": int(checkpoint.name[5:]), "kind": kind, **distances(arguments, drawn, held_out)}


def train(arguments, passed_on, size, augment, style):
    run = arguments.out / f"{size}_{augment.replace(',', '+')}"
    if (run / "model.safetensors").exists():
        return run
    source = ["--photos", arguments.photos, "--init-from", arguments.start, "--warmup", "0"] if arguments.photos else []
    subprocess.run([arguments.build / "genga-train", "run", *source, "--style", style, "-o", run, "--seed",
                    str(arguments.seed), "--steps", str(arguments.steps), "--augment", augment, "--threads",
                    str(arguments.threads), "--preview-minutes", "0", "-q", "--checkpoint-every",
                    str(arguments.steps // arguments.checkpoints), "--keep", str(arguments.checkpoints), *passed_on],
                   check=True)  # fmt: skip
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--start", type=Path, default=Path("recipes/base.safetensors"))
    parser.add_argument("--sizes", default="20,200,2000")
    parser.add_argument("--augment", nargs="+", default=["none", "translation,cutout"])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--checkpoints", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=250, help="style images that no run sees (default 250)")
    parser.add_argument("--out", type=Path, default=Path("runs/style_size"))
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    passed_on = sys.argv[len(own) + 2 :]
    arguments = parser.parse_args(own)

    files = sorted(f for f in arguments.style.rglob("*") if f.suffix.lower() in (".jpg", ".png", ".webp"))
    every = max(len(files) // arguments.held_out, 2)
    held_out = link_all(files[every - 1 :: every], arguments.out / "held_out")
    training = [f for i, f in enumerate(files) if i % every != every - 1]
    random.Random(1).shuffle(training)
    runs = []
    for size in map(int, arguments.sizes.split(",")):
        style = link_all(training[:size], arguments.out / f"style_{size}")
        if not arguments.photos:
            print(json.dumps({"run": f"{size} memory", **distances(arguments, style, held_out)}), flush=True)
        for augment in arguments.augment:
            runs.append(train(arguments, passed_on, size, augment, style))
            if arguments.photos:
                continue
            for row in measure_drawn(arguments, runs[-1], held_out):
                print(json.dumps(row), flush=True)
    if arguments.photos:
        print(json.dumps(evaluate(arguments, [arguments.start, *runs], arguments.photos, held_out, "--held-out")))


if __name__ == "__main__":
    main()
