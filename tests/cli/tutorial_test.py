"""docs/tutorial.md, command by command, on pages, a video, photos and a web server that the test makes itself.

It trains a style, if a tiny one. What the test changes of the commands is in SMALLER.
"""

import http.server
import json
import math
import os
import re
import shlex
import shutil
import subprocess
import threading
import unittest
from pathlib import Path

from support import GENGA, Case, png_of_rows

TUTORIAL = Path(os.environ["GENGA_SOURCE"]) / "docs/tutorial.md"

# What is changed in the commands: a test has no afternoon, few images, and its web server is on this machine.
SMALLER = {
    "--steps 6000": "--steps 12 --crop 32 --batch 2 --width 8 --discriminator-width 8 --warmup 6 --preview-images 1 --threads 1 "
    "--style-contrast 0 --style-scale-high 2 -q",
    "--resume runs/mine": "--resume runs/mine -q",
    "fetch links.csv": "fetch links.csv --allow-private --rate 100",
    "clean drawings": "clean drawings --size 64",
    "--html eval.html": "--html eval.html --size 64",
}


def commands():
    """The lines of all sh blocks of the tutorial, in order."""
    return [line for block in re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(), re.S) for line in block.splitlines()]


def scene(width, height, seed):
    """RGB rows of a made-up drawing: flat areas of color with dark outlines, another one for each seed."""
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            wave = math.sin(x * (0.02 + 0.01 * (seed % 5)) + seed) + math.cos(y * (0.03 + 0.006 * (seed % 7)) + 2 * seed)
            level = math.floor(wave * 2.5)
            line = abs(wave * 2.5 - level) < 0.12
            row += bytes((20, 16, 24)) if line else bytes(
                ((level * 53 + seed * 37) % 200 + 40, (level * 91 + seed * 59) % 200 + 40, (level * 29 + seed * 83) % 200 + 40))  # fmt: skip
        rows.append(bytes(row))
    return rows


def page(seed):
    """A white comic page of 2 x 3 panels."""
    panel_w, panel_h, gap = 200, 150, 20
    width, height = 2 * panel_w + 3 * gap, 3 * panel_h + 4 * gap
    rows = [bytearray(b"\xff" * 3 * width) for _ in range(height)]
    for i in range(6):
        x, y = gap + (i % 2) * (panel_w + gap), gap + (i // 2) * (panel_h + gap)
        for dy, row in enumerate(scene(panel_w, panel_h, seed * 6 + i)):
            rows[y + dy][3 * x : 3 * (x + panel_w)] = row
    return png_of_rows(width, height, 8, 2, b"".join(rows))


def video(scenes, frames_each):
    """A YUV4MPEG2 video of still scenes; FFmpeg knows it by its first bytes, whatever its name."""
    width, height = 192, 128
    data = bytearray(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C444\n" % (width, height))
    for number in range(scenes):
        pixels = b"".join(scene(width, height, 100 + number))
        data += (b"FRAME\n" + pixels[1::3] + pixels[2::3] + pixels[0::3]) * frames_each
    return bytes(data)


class Tutorial(Case):
    def setUp(self):
        super().setUp()
        for i in range(3):
            self.write(f"pages/page{i}.png", page(i))
        for i in range(20):
            self.write(f"photos/p{i:02}.png", png_of_rows(160, 120, 8, 2, b"".join(scene(160, 120, 200 + i))))
        shutil.copy(self.folder / "photos/p00.png", self.folder / "photo.jpg")
        self.write("video.mkv", video(4, 30))
        self.serve()

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def serve(self):
        for i in range(3):
            self.write(f"www/drawing{i}.png", png_of_rows(320, 240, 8, 2, b"".join(scene(320, 240, 300 + i))))
        handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *a, **k: handler(*a, directory=str(self.folder / "www"), **k)
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}"
        lines = [f"{address}/drawing{i}.png,CC0-1.0,Mika" for i in range(3)]
        self.write("links.csv", "\n".join(["url,licence,author", *lines, ""]).encode())

    def run_command(self, line):
        for text, instead in SMALLER.items():
            line = line.replace(text, instead)
        words = shlex.split(line, comments=True)
        self.assertEqual(words[0], "genga", line)
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run([GENGA, *words[1:]], cwd=self.folder, capture_output=True, env=environment, timeout=500, check=False)
        self.assertEqual(done.returncode, 0, f"{' '.join(words)}\n{done.stderr.decode()}")
        return done

    def manifest(self, folder):
        return [json.loads(line) for line in (self.folder / folder / "manifest.jsonl").read_text().splitlines()]

    def test_every_command_does_what_the_text_says(self):
        outputs = {}
        for line in commands():
            outputs[line] = self.run_command(line)

        drawings = self.manifest("drawings")
        operations = [entry.get("origin", {}).get("operation") for entry in drawings]
        self.assertEqual(operations.count("panel"), 18)
        self.assertEqual(operations.count("frame"), 4)
        self.assertEqual(operations.count(None), 3)  # fetched
        self.assertEqual({entry["author"] for entry in drawings}, {"A. Painter", "A. Studio", "Mika"})
        self.assertTrue(all(entry.get("licence") for entry in drawings))
        self.assertTrue({"train", "held_out"} <= {entry.get("split") for entry in drawings})

        licences = next(out.stdout.decode() for line, out in outputs.items() if line.startswith("genga data licences"))
        self.assertIn("also commercially", licences)
        self.assertIn("A. Painter", licences)
        card = next(out.stdout.decode() for line, out in outputs.items() if line.startswith("genga inspect"))
        self.assertIn("A. Painter", card)
        self.assertIn("A. Studio", card)
        for name in ("drawings.html", "runs/mine/report.html", "eval.html"):
            text = (self.folder / name).read_text()
            self.assertNotRegex(text, r'(src|href)="https?://', f"{name} needs a network")
        self.assertEqual((self.folder / "anime.png").read_bytes()[:4], b"\x89PNG")


if __name__ == "__main__":
    unittest.main()
