"""genga models, inspect and bench."""

import json
import unittest

from support import GLOBAL, TINY, Case


class Models(Case):
    def test_lists_styles_with_licence_and_credit(self):
        document = json.loads(self.genga("models", "--json").stdout)
        self.assertEqual(document["schema"], "genga.models.1")
        for model in document["models"]:
            self.assertTrue(model["name"] and model["licence"] and model["attribution"], model)
            self.assertIn(model["name"].encode(), self.genga("models").stdout)
            self.assertIn(model["attribution"].encode(), self.genga("models", "--attribution").stdout)
        if document["models"]:
            self.assertEqual(sum(model["default"] for model in document["models"]), 1)


class Inspect(Case):
    def test_shows_card_cost_and_layers(self):
        text = self.genga("inspect", TINY).stdout.decode()
        for word in ("tiny", "CC0-1.0", "Nobody in particular", "parameters", "k per pixel", "px on each side", "Conv2d"):
            self.assertIn(word, text)
        self.assertIn("whole image: InstanceNorm 'norm'", self.genga("inspect", GLOBAL).stdout.decode())

    def test_json_has_the_same_at_any_size(self):
        small = json.loads(self.genga("inspect", TINY, "--json", "--size", "64").stdout)
        large = json.loads(self.genga("inspect", TINY, "--json", "--size", "640x320").stdout)
        self.assertEqual(small["schema"], "genga.inspect.1")
        self.assertEqual((large["width"], large["height"]), (640, 320))
        self.assertAlmostEqual(large["macs"] / small["macs"], 50, places=1)
        self.assertTrue(small["local"])
        self.assertLess(small["border_px"], 320)
        self.assertGreater(small["parameters"], 1000)

    def test_prints_graph_text_and_plan(self):
        self.assertIn(b"Conv2d(", self.genga("inspect", TINY, "--text").stdout)
        self.assertGreater(len(self.genga("inspect", TINY, "--plan", "--size", "64").stdout.splitlines()), 5)
        self.fails("--plan", "inspect", TINY, "--plan", "--text", status=2)

    def test_reads_the_credit_of_an_image(self):
        self.image("a.png")
        for suffix in ("png", "jpg", "webp", "tif"):
            self.stylize("a.png", "-o", f"b.{suffix}", "--strength", "0.5", "--keep-color", "1", "--stroke-scale", "2")
            self.assertEqual(json.loads(self.genga("inspect", f"b.{suffix}", "--json").stdout), {
                "schema": "genga.inspect.1", "made": "Stylised by Genga", "style": "tiny",
                "attribution": "Nobody in particular", "licence": "CC0-1.0",
                "settings": "strength 0.5, keep-color 1, stroke-scale 2"})
        self.assertIn("style            tiny", self.genga("inspect", "b.jpg").stdout.decode())
        self.fails("'a.png' carries no credit of Genga", "inspect", "a.png")

    def test_says_what_other_files_are(self):
        page = b"<!DOCTYPE html><html><body>Sign in</body></html>"
        pickle = b"PK\3\4" + bytes(26) + b"archive/data.pkl"
        for data, text in ((page, "is a web page"), (pickle, "is a PyTorch file (zip), expected safetensors"), (b"", "is empty"),
                           (b"version https://git-lfs.github.com/spec/v1\n", "run git lfs pull")):
            (self.folder / "m.safetensors").write_bytes(data)
            self.fails(text, "inspect", "m.safetensors")
            self.fails(text, "bench", "-m", "m.safetensors")

    def test_needs_a_model(self):
        self.fails("MODEL", "inspect", status=2)
        self.fails("nowhere", "inspect", "nowhere")


class Bench(Case):
    def test_measures_each_size(self):
        text = self.genga("bench", "-m", TINY, "--size", "64,96x48", "--runs", "3").stdout.decode()
        for word in ("64x64", "96x48", "MP/s", "GMAC/s", "peak memory"):
            self.assertIn(word, text)

    def test_json_is_consistent(self):
        document = json.loads(self.genga("bench", "-m", TINY, "--size", "64", "--runs", "3", "-j", "1", "--json").stdout)
        row = document["rows"][0]
        self.assertEqual((document["schema"], document["threads"], row["width"]), ("genga.bench.2", 1, 64))
        self.assertLessEqual(row["p10_s"], row["median_s"])
        self.assertLessEqual(row["median_s"], row["p90_s"])
        self.assertAlmostEqual(row["pixels_per_s"] * row["median_s"], 64 * 64, places=3)
        self.assertGreater(document["peak_rss_bytes"], 1 << 20)
        self.assertAlmostEqual(row["peak_fraction"] * document["peak_macs_per_s"] / row["macs_per_s"], 1, places=6)

    def test_profile_covers_every_step(self):
        document = json.loads(
            self.genga("bench", "-m", TINY, "--size", "64", "--runs", "3", "-j", "1", "--profile", "--json").stdout
        )
        steps = document["rows"][0]["steps"]
        plan = self.genga("inspect", TINY, "--plan", "--size", "64").stdout.decode().splitlines()[1:]
        self.assertEqual([step["step"] for step in steps], [line[4:] for line in plan])
        self.assertTrue(all(step["seconds"] > 0 for step in steps))
        self.assertTrue(any(step["macs"] > 0 for step in steps))


if __name__ == "__main__":
    unittest.main()
