"""genga sample: images, contact sheets, frames, animations and videos from noise."""

import json
import struct
import unittest
from pathlib import Path

from support import GLOBAL, MIXTURE, NOISE, TINY, Case, read_png


class Sample(Case):
    def sample(self, *words, **more):
        return self.genga("sample", "-m", MIXTURE, *words, **more)

    def rows(self, name):
        return read_png(self.folder / name).rows


class Images(Sample):
    def test_one_file_a_seed_the_same_every_time(self):
        self.sample("--seeds", "0,3-5", "-o", "a/")
        self.assertEqual(self.files("a"), [f"seed-{n:04}.png" for n in (0, 3, 4, 5)])
        self.sample("--seeds", "5,0", "-o", "b-{seed}.png", "-j", "1")
        self.assertEqual(self.rows("a/seed-0005.png"), self.rows("b-0005.png"))
        self.assertEqual(self.rows("a/seed-0000.png"), self.rows("b-0000.png"))
        self.assertEqual(len({self.rows(f"a/seed-{n:04}.png") for n in (0, 3, 4, 5)}), 4)
        self.assertEqual(read_png(self.folder / "b-0000.png").size, (64, 64))

    def test_without_a_model_the_built_in_characters_are_drawn(self):
        self.genga("sample", "--grid", "3x2", "-o", "sheet.png")
        self.genga("sample", "-n", "chibi", "--seeds", "0,1", "-o", "faces/")
        self.assertNotEqual(self.rows("faces/seed-0000.png"), self.rows("faces/seed-0001.png"))
        self.assertGreater(read_png(self.folder / "sheet.png").size[0], 3 * read_png(self.folder / "faces/seed-0000.png").size[0])
        listed = {row["name"]: row["source"] for row in json.loads(self.genga("models", "--json").stdout)["models"]}
        self.assertEqual((listed["chibi"], listed["pepper"]), ("noise", "photo"))
        self.fails("takes no photos; use genga sample", "stylize", "-n", "chibi", self.image("p.png"), "-o", "q.png")

    def test_plain_noise_needs_no_mixture(self):
        self.genga("sample", "-m", NOISE, "-o", "a.png")
        self.assertEqual(read_png(self.folder / "a.png").size, (64, 64))
        self.fails("component 0: this model's noise has no components", "sample", "-m", NOISE, "-o", "b.png",
                   "--component", "0", status=2)

    def test_standard_output_carries_one_image(self):
        self.sample("--seeds", "2", "-o", "a.png")
        data = self.sample("--seeds", "2", "-o", "-", "-f", "png").stdout
        self.assertEqual(data, (self.folder / "a.png").read_bytes())

    def test_truncation_and_component_change_the_image(self):
        self.sample("--seeds", "1", "-o", "plain.png")
        self.sample("--seeds", "1", "-o", "half.png", "--truncation", "0.5")
        seen = {self.rows("plain.png"), self.rows("half.png")}
        self.assertEqual(len(seen), 2)
        by_component = set()
        for k in range(5):
            self.sample("--seeds", "1", "-o", f"c{k}.png", "--component", k)
            by_component.add(self.rows(f"c{k}.png"))
        self.assertEqual(len(by_component), 5)
        self.assertIn(self.rows("plain.png"), by_component)
        # Without noise a component has one image, whatever the seed.
        for seed in (1, 2):
            self.sample("--seeds", seed, "-o", f"still{seed}.png", "--truncation", "0", "--component", "2")
        self.assertEqual(self.rows("still1.png"), self.rows("still2.png"))

    def test_sizes_and_formats(self):
        for words, size in ((["--size", "100"], (100, 100)), (["--size", "90x30"], (90, 30)),
                            (["--size", "90x30", "--fit", "contain"], (30, 30))):
            self.sample("-o", "a.png", "--overwrite", *words)
            self.assertEqual(read_png(self.folder / "a.png").size, size)
        self.sample("--seeds", "1-2", "-o", "w", "-f", "webp")
        self.assertEqual(self.files("w"), ["seed-0001.webp", "seed-0002.webp"])
        self.assertEqual((self.folder / "w/seed-0001.webp").read_bytes()[8:12], b"WEBP")

    def test_credit_names_seed_style_and_attribution(self):
        self.sample("--seeds", "7", "-o", "a.png")
        text = read_png(self.folder / "a.png").text
        self.assertIn(b"Made by Genga from seed 7, style mixture: Nobody in particular (CC0-1.0)", text)
        self.sample("--seeds", "7", "-o", "b.png", "--no-credit")
        self.assertNotIn(b"Nobody", read_png(self.folder / "b.png").text)

    def test_report_for_machines(self):
        (self.folder / "a").mkdir()
        (self.folder / "a/seed-0001.png").write_bytes(b"old")
        done = self.sample("--seeds", "0-1", "-o", "a/", "--json", status=3)
        self.assertIn("exists; add --overwrite or --skip-existing", done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual((document["schema"], document["style"]), ("genga.sample.2", "mixture"))
        first, second = document["items"]
        self.assertEqual((first["kind"], first["seeds"], first["width"], first["ok"]), ("image", [0], 64, True))
        self.assertEqual((second["ok"], second["error"]["code"]), (False, "io"))
        document = json.loads(self.sample("--seeds", "0-1", "-o", "a/", "--json", "--skip-existing").stdout)
        self.assertTrue(all(item["skipped"] for item in document["items"]))
        self.assertEqual((self.folder / "a/seed-0001.png").read_bytes(), b"old")


class Arrangements(Sample):
    def test_a_grid_holds_its_seeds_in_order(self):
        self.sample("--grid", "3x2", "-o", "sheet.png")
        sheet = read_png(self.folder / "sheet.png")
        self.assertEqual(sheet.size, (3 * 64 + 2, 2 * 64 + 1))
        self.sample("--seeds", "4", "-o", "one.png")
        one = read_png(self.folder / "one.png")
        for x, y in ((0, 0), (63, 63), (20, 40)):  # seed 4: second column, second row
            self.assertEqual(sheet.pixel(65 + x, 65 + y), one.pixel(x, y))
        self.assertEqual(sheet.pixel(64, 10), b"\xff\xff\xff")

    def test_frames_begin_and_end_at_seeds(self):
        self.sample("--seeds", "1,2", "--interpolate", "3", "-o", "f/")
        self.assertEqual(self.files("f"), [f"frame-{n:05}.png" for n in range(4)])
        self.sample("--seeds", "1,2", "-o", "s-{seed}.png")
        self.assertEqual(self.rows("f/frame-00000.png"), self.rows("s-0001.png"))
        self.assertEqual(self.rows("f/frame-00003.png"), self.rows("s-0002.png"))
        self.assertEqual(len({self.rows(f"f/frame-{n:05}.png") for n in range(4)}), 4)
        self.sample("--seeds", "1,2", "--interpolate", "3", "--loop", "-o", "l{frame}.png")
        self.assertEqual(len([name for name in self.files() if name.startswith("l0")]), 6)

    def test_animations(self):
        self.sample("--seeds", "1-3", "--interpolate", "4", "--loop", "--fps", "10", "-o", "a.gif")
        data = (self.folder / "a.gif").read_bytes()
        self.assertEqual((data[:6], struct.unpack("<HH", data[6:10])), (b"GIF89a", (64, 64)))
        self.assertIn(b"NETSCAPE2.0", data)  # begins again
        self.assertEqual(data.count(b"\x21\xf9\x04"), 12)  # graphic control extensions, one a frame
        at = data.index(b"\x21\xf9\x04")
        self.assertEqual(struct.unpack("<H", data[at + 4 : at + 6]), (10,))  # in 1/100 s
        data = self.sample("--seeds", "1,2", "--interpolate", "4", "-o", "-", "-f", "webp").stdout
        self.assertEqual(data.count(b"ANMF"), 5)

    def test_videos(self):
        done = self.sample("--seeds", "1,2", "--interpolate", "8", "--fps", "12", "-o", "a.mp4", status=None)
        if "no encoder for H.264" in done.stderr:
            self.skipTest("this FFmpeg has no libx264")
        self.assertEqual(done.returncode, 0, done.stderr)
        data = (self.folder / "a.mp4").read_bytes()
        self.assertEqual(data[4:8], b"ftyp")
        self.assertLess(data.index(b"moov"), data.index(b"mdat"))  # plays before it is there whole
        self.assertIn(b"style mixture: Nobody in particular", data)


class Refusals(Sample):
    def refuses(self, text, *words, status=2):
        self.fails(text, "sample", "-m", MIXTURE, *words, status=status)
        self.assertEqual(self.files(), [])

    def test_options_that_make_no_sense(self):
        self.refuses("no output given")
        self.refuses("--seeds: is '3-1', expected whole numbers and rising ranges", "-s", "3-1", "-o", "a/")
        self.refuses("--seeds: is 'x'", "-s", "x", "-o", "a/")
        self.refuses("--grid: is '3', expected COLUMNSxROWS", "--grid", "3", "-o", "a.png")
        self.refuses("--grid 2x1 has 2 places, but there are 3 seeds", "--grid", "2x1", "-s", "1-3", "-o", "a.png")
        self.refuses("--truncation: is '-1'", "--truncation", "-1", "-o", "a.png")
        self.refuses("component 5: this model's noise has components 0 to 4", "--component", "5", "-o", "a.png")
        self.refuses("--interpolate needs at least two seeds", "--interpolate", "4", "-o", "a.gif")
        self.refuses("--loop", "--loop", "-o", "a.gif")
        self.refuses("--grid", "--interpolate", "4", "--grid", "2x2", "-o", "a.gif")

    def test_outputs_that_cannot_be(self):
        self.refuses("'a.png' is one image's name, but there are 2", "-s", "1-2", "-o", "a.png")
        self.refuses("a folder, or a pattern with {frame}", "-s", "1-2", "--interpolate", "4", "-o", "a.png")
        self.refuses("'a.mp4' is a video's name: add --interpolate N", "-o", "a.mp4")
        self.refuses("'.xyz' is no format", "-o", "a.xyz")
        self.refuses("output '-' takes one image", "-s", "1-2", "-o", "-", "-f", "png")
        self.refuses("output '-' has no suffix", "-o", "-")
        self.refuses("/proc/a.png", "-o", "/proc/a.png", status=1)
        self.refuses("larger than the limit", "--size", "100000", "-o", "a.png", status=1)
        self.refuses("larger than the limit", "--size", "16000", "--grid", "2x1", "-o", "a.png", status=1)

    def test_models_of_the_other_kind_name_the_right_command(self):
        for model in (TINY, GLOBAL):
            self.fails("does not make images from noise; for photos use genga stylize",
                       "sample", "-m", model, "-o", "a.png")
        self.image("photo.png")
        for model in (NOISE, MIXTURE):
            self.fails("makes images from noise and takes no photos; use genga sample",
                       "stylize", "photo.png", "-m", model, "-o", "a.png")
        self.assertEqual(self.files(), ["photo.png"])

    def test_models_that_are_none(self):
        self.fails("gone.safetensors", "sample", "-m", "gone.safetensors", "-o", "a.png")
        self.fails("--style excludes --model", "sample", "-m", NOISE, "-n", "x", "-o", "a.png", status=2)
        data = Path(MIXTURE).read_bytes()
        (self.folder / "cut.safetensors").write_bytes(data[: len(data) // 2])
        self.fails("cut.safetensors", "sample", "-m", "cut.safetensors", "-o", "a.png")


class Inspect(Sample):
    def test_lists_components(self):
        text = self.genga("inspect", MIXTURE).stdout.decode()
        self.assertIn("12 normal numbers, components 0 to 4", text)
        self.assertIn("64x64", text)
        self.assertRegex(text, r"\n +4 +\d+\.\d+ +\d+\.\d+\n")
        document = json.loads(self.genga("inspect", MIXTURE, "--json").stdout)
        self.assertEqual(document["noise"], {"normal": 12, "components": 5})
        self.assertIsNone(json.loads(self.genga("inspect", TINY, "--json").stdout)["noise"])


if __name__ == "__main__":
    unittest.main()
