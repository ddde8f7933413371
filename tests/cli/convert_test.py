"""genga convert."""

import json
import unittest

from support import TINY, Case, read_png


class Convert(Case):
    def card(self, model):
        return json.loads(self.genga("inspect", model, "--json").stdout)

    def test_halves_the_weights_and_keeps_the_picture(self):
        self.genga("convert", TINY, "-o", "half.safetensors")
        self.assertEqual(self.card("half.safetensors")["weight_bytes"] * 2, self.card(TINY)["weight_bytes"])
        self.picture("a.png")
        self.genga("stylize", "a.png", "-m", TINY, "-o", "full.png")
        self.genga("stylize", "a.png", "-m", "half.safetensors", "-o", "half.png")
        full, half = read_png(self.folder / "full.png"), read_png(self.folder / "half.png")
        self.assertLessEqual(max(abs(a - b) for a, b in zip(full.rows, half.rows)), 2)

    def test_replaces_lines_of_the_card(self):
        self.genga("convert", TINY, "-o", "b.safetensors", "--set", "name=ink", "--set", "licence=CC0-1.0 = free")
        card = self.card("b.safetensors")
        self.assertEqual((card["name"], card["licence"]), ("ink", "CC0-1.0 = free"))
        self.assertEqual(card["attribution"], self.card(TINY)["attribution"])

    def test_refuses_unknown_lines_and_existing_outputs(self):
        self.fails("did you mean 'licence'?", "convert", TINY, "-o", "b.safetensors", "--set", "license=x", status=2)
        self.assertEqual(self.files(), [])
        self.genga("convert", TINY, "-o", "b.safetensors")
        self.fails("--overwrite", "convert", TINY, "-o", "b.safetensors", status=2)
        self.genga("convert", TINY, "-o", "b.safetensors", "--overwrite", "--precision", "f32")


if __name__ == "__main__":
    unittest.main()
