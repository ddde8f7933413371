#!/usr/bin/env python3
"""What few style pictures change: fine-tunes the embedded style on subsets of a folder, with and without augmentation, and
measures each run's checkpoints against style pictures that no run has seen. The presets style_20, style_200 and style_2000 come from it.

    bench/style_size.py build/release PHOTOS STYLE --features squeezenet_v1.0.npz [--sizes 20,200,400] [--steps 200]
                        [--augment none translation,cutout] [--out runs/style_size] [-- options of genga-train]

Every fifth style picture is held out. Needs only Python's standard library.
"""

import argparse
import random
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--start", type=Path, default=Path("styles/pepper.safetensors"))
    parser.add_argument("--sizes", default="20,200,400")
    parser.add_argument("--augment", nargs="+", default=["none", "translation,cutout"])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("runs/style_size"))
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    passed_on = sys.argv[len(own) + 2 :]
    arguments = parser.parse_args(own)

    files = sorted(f for f in arguments.style.rglob("*") if f.suffix.lower() in (".jpg", ".png", ".webp"))
    held_out = link_all(files[4::5], arguments.out / "held_out")
    training = [f for i, f in enumerate(files) if i % 5 != 4]
    random.Random(1).shuffle(training)
    runs = []
    for size in map(int, arguments.sizes.split(",")):
        style = link_all(training[:size], arguments.out / f"style_{size}")
        for augment in arguments.augment:
            run = arguments.out / f"{size}_{augment.replace(',', '+')}"
            runs.append(run)
            if (run / "model.safetensors").exists():
                continue
            subprocess.run([arguments.build / "genga-train", "run", "--photos", arguments.photos, "--style", style, "-o", run,
                            "--init-from", arguments.start, "--warmup", "0", "--steps", str(arguments.steps), "--augment",
                            augment, "--threads", str(arguments.threads), "--sheet-minutes", "0", "-q",
                            "--checkpoint-every", str(arguments.steps // 4), "--keep", "4",
                            *passed_on], check=True)  # fmt: skip
    done = subprocess.run([arguments.build / "genga", "eval", arguments.start, *runs, "--photos", arguments.photos,
                           "--held-out", "--style", held_out, "--features", arguments.features, "--json", "-q"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    (arguments.out / "eval.json").write_text(done.stdout)
    print(done.stdout)


if __name__ == "__main__":
    main()
