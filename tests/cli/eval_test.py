"""genga eval: ranking checkpoints."""

import json
import math
import shutil
import unittest

from support import HAS_DATA, OTHER, TINY, Case, read_png


def grey_video(width, height, n_frames):
    """A YUV4MPEG2 video of a pattern that moves to the right."""
    video = bytearray(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 Cmono\n" % (width, height))
    for i in range(n_frames):
        video += b"FRAME\n"
        video += bytes(
            int(128 + 40 * math.sin((x - i) * 0.4 + y * 0.2) + 40 * math.sin(y * 0.3 - (x - i) * 0.15))
            for y in range(height)
            for x in range(width)
        )
    return bytes(video)


class Eval(Case):
    def setUp(self):
        super().setUp()
        for i in range(12):
            self.image(f"photos/{i:02}.png", 96, 72, seed=i)
        for i in range(3):
            self.image(f"style/{i}.png", 80, 80, seed=i + 40)
        self.words = ["--photos", "photos", "--style", "style", "--size", "64"]

    def report(self, *words, status=0):
        return json.loads(self.genga("eval", *words, *self.words, "--json", "-q", status=status).stdout)

    def test_ranks_the_checkpoints_of_a_run(self):
        for step, model in (("step_000100", TINY), ("step_000200", OTHER)):
            (self.folder / "run/checkpoints" / step).mkdir(parents=True)
            shutil.copy(model, self.folder / "run/checkpoints" / step / "model.safetensors")
        shutil.copy(OTHER, self.folder / "run/model.safetensors")
        report = self.report("run")
        self.assertEqual(report["schema"], "genga.eval.2")
        self.assertEqual({row["label"] for row in report["rows"]}, {"step_000100", "step_000200"})
        self.assertEqual([row["rank"] for row in report["rows"]], [1, 2])
        self.assertEqual((report["photos"], report["style_images"]), (12, 3))
        names = [metric["name"] for metric in report["metrics"]]
        self.assertEqual(names, ["SWD", "edges", "structure", "color drift", "checkerboard", "edge width", "thin", "flat",
                                 "skin light", "skin hue", "blown"])
        for row in report["rows"]:
            self.assertEqual(list(row["values"]), names)
            self.assertEqual(list(row["swd_levels"]), ["64", "32", "16"])
            self.assertEqual(len(row["sha256"]), 64)
        self.assertAlmostEqual(report["baseline"]["values"]["edges"], 1)
        self.assertEqual(report["baseline"]["values"]["color drift"], 0)
        self.assertEqual(report["rows"], self.without_times(self.report("run"), report)["rows"])

    def test_the_run_means_its_best_model_from_then_on(self):
        for step, model in (("step_000100", TINY), ("step_000200", OTHER)):
            (self.folder / "a run/checkpoints" / step).mkdir(parents=True)
            shutil.copy(model, self.folder / "a run/checkpoints" / step / "model.safetensors")
        shutil.copy(OTHER, self.folder / "a run/model.safetensors")
        self.genga("stylize", "photos/00.png", "-m", "a run", "-o", "result.png")
        done = self.genga("eval", "a run/", *self.words)
        self.assertIn("best: step_000100; use it: genga stylize -m 'a run/' photo.jpg", done.stderr)
        self.assertEqual((self.folder / "a run/best").read_text(), "checkpoints/step_000100/model.safetensors\n")
        self.genga("stylize", "photos/00.png", "-m", "a run", "-o", "best.png")
        self.genga("stylize", "photos/00.png", "-m", TINY, "-o", "tiny.png")
        self.assertEqual(self.rows("best.png"), self.rows("tiny.png"))
        self.assertNotEqual(self.rows("result.png"), self.rows("tiny.png"))
        for other in ("../x.safetensors", "checkpoints/gone/model.safetensors", "", str(TINY)):
            (self.folder / "a run/best").write_text(other)
            self.genga("stylize", "photos/00.png", "-m", "a run", "-o", "again.png", "--overwrite")
            self.assertEqual(self.rows("again.png"), self.rows("result.png"), other)

    def rows(self, name):
        return read_png(self.folder / name).rows

    @staticmethod
    def without_times(report, like):
        """The report with the times of another one."""
        for row, other in zip(report["rows"], like["rows"]):
            row["seconds_per_image"] = other["seconds_per_image"]
        return report

    def test_prints_a_table_and_writes_a_page(self):
        done = self.genga("eval", TINY, *self.words, "--html", "page.html")
        lines = done.stdout.decode().splitlines()
        self.assertEqual(len(lines), 3)
        for word in ("SWD", "edges", "structure", "color drift", "checkerboard", "per image"):
            self.assertIn(word, lines[0])
        self.assertIn("photos", lines[1])
        self.assertTrue(lines[2].startswith("1  tiny"), lines[2])
        self.assertIn(f"best: tiny; use it: genga stylize -m {TINY} photo.jpg", done.stderr)
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertIn("data:image/jpeg;base64,", page)
        self.assertNotIn("http", page)
        self.fails("'page.html' exists already", "eval", TINY, *self.words, "--html", "page.html", status=2)
        self.genga("eval", TINY, *self.words, "--html", "page.html", "--overwrite")

    def test_page_that_cannot_be_written_is_refused_before_measuring(self):
        done = self.fails("cannot write", "eval", "no model", *self.words, "--html", "nowhere/page.html")
        self.assertNotIn("no model", done.stderr)

    @unittest.skipUnless(HAS_DATA, "built without genga-data")
    def test_held_out_and_dropped_images_are_the_manifests(self):
        for name, n_held_out in (("photos", 3), ("style", 2)):
            self.genga("data", "manifest", name, "-q")
            path = self.folder / name / "manifest.jsonl"
            entries = [json.loads(line) for line in path.read_text().splitlines()]
            for i, entry in enumerate(entries):
                entry["split"] = "held_out" if i < n_held_out else "train"
            entries[-1]["decisions"] = [{"step": "hand", "check": "drop", "keep": False}]
            path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        report = self.report(TINY, "--held-out")
        self.assertEqual((report["photos"], report["style_images"]), (3, 2))
        report = self.report(TINY)
        self.assertEqual((report["photos"], report["style_images"]), (11, 2))

    def test_held_out_photos_are_every_tenth(self):
        for i in range(12, 20):
            self.image(f"photos/{i:02}.png", 96, 72, seed=i)
        self.assertEqual(self.report(TINY, "--held-out")["photos"], 2)

    def test_measures_the_flicker_of_a_video(self):
        (self.folder / "walk.y4m").write_bytes(grey_video(64, 48, 4))
        report = self.report(TINY, "--video", "walk.y4m")
        self.assertEqual(report["frames"], 4)
        self.assertLess(report["baseline"]["values"]["warping"], 3)
        self.assertIsNotNone(report["rows"][0]["values"]["warping"])
        self.assertEqual(self.report(TINY, "--video", "walk.y4m", "--max-frames", "2")["frames"], 2)
        self.assertEqual(self.report(TINY, "--film", "walk.y4m", "--max-frames", "2")["frames"], 2)  # its old name

    def test_a_broken_checkpoint_does_not_stop_the_others(self):
        (self.folder / "broken.safetensors").write_bytes(b"no model")
        report = self.report("broken.safetensors", TINY, status=3)
        self.assertEqual([row["rank"] for row in report["rows"]], [1, None])
        self.assertIn("broken.safetensors", report["rows"][1]["error"])
        self.fails("broken.safetensors", "eval", "broken.safetensors", *self.words)  # alone: before measuring

    def test_says_in_one_sentence_what_is_wrong(self):
        self.fails("--photos", "eval", TINY, "--style", "style", status=2)
        self.fails("'nowhere' does not exist", "eval", TINY, "--photos", "nowhere", "--style", "style")
        self.fails("--size", "eval", TINY, "--photos", "photos", "--style", "style", "--size", "7", status=2)
        (self.folder / "empty").mkdir()
        self.fails("holds no images", "eval", TINY, "--photos", "photos", "--style", "empty")
        self.fails("neither checkpoints", "eval", "empty", *self.words)
        self.fails("style 'tyny' is", "eval", TINY, "tyny", *self.words)
        self.fails("1 of the style images", "eval", TINY, "--photos", "photos", "--style", "style/0.png", status=2)
        (self.folder / "net.onnx").write_bytes(b"no network")
        self.fails("is not an ONNX network", "eval", TINY, *self.words, "--features", "net.onnx")
        self.fails("Inception", "eval", TINY, *self.words, "--inception", TINY)
        self.fails("video 'video.mp4' does not exist", "eval", TINY, *self.words, "--video", "video.mp4")
        for i in range(5, 12):
            (self.folder / f"photos/{i:02}.png").unlink()
        self.fails("--held-out leaves 0", "eval", TINY, *self.words, "--held-out", status=2)


if __name__ == "__main__":
    unittest.main()
