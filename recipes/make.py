#!/usr/bin/env python3
"""From manifest to weights: checks a recipe's images by their hashes, puts them into collections, trains.

    recipes/make.py mika BUILD IMAGES -o runs/mika [-- --max-minutes 60 ...]

IMAGES: a folder in which the images lie anywhere, under any names; recipes/images/*.jsonl says where each came from.
Images that are missing or differ stop it, unless --partial allows it. What follows `--` goes to `genga train`.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def hashes_below(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"):
            found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return found


def collect(name, found, target, partial):
    """A collection: links to the images of a manifest, and the manifest's lines."""
    lines = (HERE / "images" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    kept = []
    for line in lines:
        image = json.loads(line)
        if path := found.get(image["sha256"]):
            link = target / name / image["file"]
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.exists():
                os.link(path, link) if path.stat().st_dev == target.stat().st_dev else link.write_bytes(path.read_bytes())
            kept.append(line)
    if len(kept) < len(lines) and not partial or not kept:
        sys.exit(f"make.py: {name}: {len(lines) - len(kept)} of {len(lines)} images are missing or differ; "
                 f"recipes/images/{name}.jsonl says where they came from; --partial trains without them")
    (target / name / "manifest.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{name}: {len(kept)} of {len(lines)} images", file=sys.stderr)
    return target / name


def note(recipe, key):
    """Words of the recipe's comment "# key: words", which make.py alone reads."""
    for line in recipe.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"# {key}:"):
            return line.split(":", 1)[1].split()
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=sorted(path.stem for path in HERE.glob("*.toml")))
    parser.add_argument("build", type=Path, help="folder with genga-train")
    parser.add_argument("images", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--features", type=Path, help="SqueezeNet v1.0 (.npz or model file), where the recipe asks for it")
    parser.add_argument("--partial", action="store_true", help="train without images that are missing")
    parser.add_argument("more", nargs="*", help="options of genga train, after --")
    arguments = parser.parse_args()

    recipe = HERE / f"{arguments.recipe}.toml"
    fields = tomllib.loads(recipe.read_text(encoding="utf-8"))
    photos, *styles = note(recipe, "images")
    arguments.output.mkdir(parents=True, exist_ok=True)
    target = arguments.output.with_name(arguments.output.name + "-images")
    target.mkdir(exist_ok=True)
    found = hashes_below(arguments.images)
    folders = {name: collect(name, found, target, arguments.partial) for name in [photos, *styles]}
    words = [arguments.build / "genga-train", "run", "-c", recipe, "--photos", folders[photos],
             "--style", ",".join(str(folders[name]) for name in styles), "-o", arguments.output]
    for start in note(recipe, "starts from"):
        words += ["--init-from", HERE / f"{start}.safetensors"]
    if arguments.features:
        words += ["--perceptual", arguments.features]
    elif fields.get("w_strokes", 0) or fields.get("w_content", 0):
        sys.exit(f"make.py: recipe '{arguments.recipe}' looks through SqueezeNet v1.0; give --features FILE "
                 "(github.com/songhan/SqueezeNet-Deep-Compression)")
    sys.exit(subprocess.run([str(word) for word in words] + arguments.more, check=False).returncode)


if __name__ == "__main__":
    main()
