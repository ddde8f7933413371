#!/usr/bin/env python3
"""Whether one can tell whose style it is: a linear classifier on SqueezeNet features, trained on crops of drawings, names
the set that each stylised photo seems to come from.

    bench/which_style.py BUILD --features squeezenet_v1.0.npz --photos PHOTOS NAME=DRAWINGS=MODEL ...
    bench/which_style.py build/release --features squeezenet_v1.0.npz --photos held_out ink=drawings/ink=runs/ink/model.safetensors ...

Needs Debian's python3-numpy and python3-pil. Prints how often the classifier is right on drawings that it has not seen,
then for each style the fraction of photos (one vote each, the sum over four crops) that it gives to each set: as they are,
and side by side: how the styles' results on one photo differ from their mean, since photos show other things than drawings.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

CROP = 160  # pixels
SIDE = 768  # longer side of photos
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def convolve(x, w, b, stride=1, pad=0):
    """x [C,H,W] -> [O,H',W'], with a ReLU."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    k = w.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))[:, ::stride, ::stride]
    c, h, width = windows.shape[:3]
    columns = windows.transpose(0, 3, 4, 1, 2).reshape(c * k * k, h * width)
    return np.maximum(w.reshape(len(w), -1) @ columns + b[:, None], 0).reshape(len(w), h, width)


def pool(x):
    x = np.pad(x, ((0, 0), (0, 1 - x.shape[1] % 2), (0, 1 - x.shape[2] % 2)))  # the last window may reach beyond
    return np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::2, ::2].max((3, 4))


def features(net, rgb):
    """Means and deviations of three layers of SqueezeNet 1.0. rgb: [H,W,3] in 0..255."""
    x = (rgb[..., ::-1] - (104, 117, 123)).transpose(2, 0, 1).astype(np.float32)  # BGR, as in Caffe
    x = pool(convolve(x, net["conv1_w"], net["conv1_b"], stride=2))
    found = []
    for i in range(2, 10):
        def part(name, x, pad=0):
            return convolve(x, net[f"fire{i}__conv{name}_w"], net[f"fire{i}__conv{name}_b"], pad=pad)
        squeezed = part("1x1_1", x)
        x = np.concatenate([part("1x1_2", squeezed), part("3x3_2", squeezed, pad=1)])
        if i in (3, 5, 9):
            found += [x.mean((1, 2)), x.std((1, 2))]
        if i in (4, 8):
            x = pool(x)
    return np.log1p(np.concatenate(found))


def read(path, side=None):
    image = Image.open(path).convert("RGB")
    if side:
        image.thumbnail((side, side), Image.LANCZOS)
    scale = CROP / min(image.size)
    if scale > 1:
        image = image.resize([max(CROP, round(n * scale)) for n in image.size], Image.LANCZOS)
    return np.asarray(image, np.float32)


def crops(image, n, random):
    """Those of the most contrast among three times as many: plain paper says nothing."""
    drawn = []
    for _ in range(3 * n):
        y, x = random.integers(image.shape[0] - CROP + 1), random.integers(image.shape[1] - CROP + 1)
        drawn.append(image[y:y + CROP, x:x + CROP])
    return sorted(drawn, key=lambda crop: -crop.std((0, 1)).sum())[:n]


def files_below(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder with genga")
    parser.add_argument("sets", nargs="+", metavar="NAME=DRAWINGS=MODEL")
    parser.add_argument("--features", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--images", type=int, default=60, help="drawings of each set")
    arguments = parser.parse_args()
    net = dict(np.load(arguments.features))
    sets = [words.split("=", 2) for words in arguments.sets]
    if any(len(words) != 3 for words in sets):
        sys.exit("which_style: a set is NAME=DRAWINGS=MODEL")
    names = [name for name, _, _ in sets]
    random = np.random.default_rng(1)

    train, labels, unseen, unseen_labels = [], [], [], []
    for label, (name, folder, _) in enumerate(sets):
        files = files_below(folder)
        if len(files) < 5:
            sys.exit(f"which_style: {folder}: {len(files)} images, expected at least 5")
        for i, place in enumerate(random.permutation(len(files))[:arguments.images]):
            found = [features(net, crop) for crop in crops(read(files[place], 1600), 2, random)]
            (unseen if i % 5 == 0 else train).extend(found)
            (unseen_labels if i % 5 == 0 else labels).extend([label] * len(found))
    train, labels = np.array(train), np.array(labels)
    mean, deviation = train.mean(0), train.std(0) + 1e-3
    x = (train - mean) / deviation
    # Ridge regression to one column per set, each set with the same weight.
    kernel = x @ x.T + np.diag(300 * len(names) * np.bincount(labels)[labels] / len(labels))
    solved = np.linalg.solve(kernel, np.eye(len(names))[labels] - 1 / len(names))
    slope = x.T @ solved

    def scores(found):
        return (np.array(found) - mean) / deviation @ slope

    right = (scores(unseen).argmax(1) == np.array(unseen_labels)).mean()
    print(f"crops of drawings that it has not seen: {100 * right:.0f} % right")

    photos = files_below(arguments.photos)
    if not photos:
        sys.exit(f"which_style: {arguments.photos}: no images")
    found = []  # of each style: [photos, crops, features]
    with tempfile.TemporaryDirectory() as folder:
        for name, _, model in sets:
            out = Path(folder) / name
            out.mkdir()
            subprocess.run([arguments.build / "genga", "stylize", "-m", model, "--size", str(SIDE), "-q", "-o", out, *photos],
                           check=True)
            random = np.random.default_rng(2)  # the same places in every style
            found.append([[features(net, crop) for crop in crops(read(path), 4, random)] for path in files_below(out)])
    found = np.array(found)

    def table(title, votes):
        print(f"\n{title.ljust(24)}" + "".join(name.rjust(12) for name in names))
        for name, row in zip(names, votes):
            print(name.ljust(24) + "".join(f"{100 * (row == i).mean():10.0f} %" for i in range(len(names))))
        right = np.mean([(row == i).mean() for i, row in enumerate(votes)])
        print(f"named right: {100 * right:.0f} % (by chance {100 / len(names):.0f} %)")

    table("as they are", scores(found).sum(2).argmax(-1))
    # Side by side: what all styles have in common on a crop of a photo is what the photo shows.
    table("beside the other styles", scores(found - found.mean(0) + train.mean(0)).sum(2).argmax(-1))


if __name__ == "__main__":
    main()
