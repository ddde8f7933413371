"""genga convert."""

import json
import struct
import unittest
import zipfile

from support import TINY, Case, read_png


def write_npz(path, arrays):
    """NumPy's .npz of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape in arrays.items():
            text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}\n".encode()
            size = 4
            for side in shape:
                size *= side
            archive.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(size))


def squeezenet():
    """The published names and shapes."""
    arrays = {"conv1_w": (96, 3, 7, 7), "conv1_b": (96,)}
    channels = 96
    for i, (squeeze, expand) in enumerate(((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))):
        parts = (("conv1x1_1", squeeze, channels, 1), ("conv1x1_2", expand, squeeze, 1), ("conv3x3_2", expand, squeeze, 3))
        for part, out, src, side in parts:
            arrays[f"fire{i + 2}__{part}_w"] = (out, src, side, side)
            arrays[f"fire{i + 2}__{part}_b"] = (out,)
        channels = 2 * expand
    return arrays


class Convert(Case):
    def card(self, model):
        return json.loads(self.genga("inspect", model, "--json").stdout)

    def test_writes_onnx_for_other_programs(self):
        self.genga("convert", TINY, "-o", "tiny.onnx", "--set", "licence=CC0-1.0")
        file = (self.folder / "tiny.onnx").read_bytes()
        for word in (b"genga", b"Conv", b"CC0-1.0", b"input_range"):
            self.assertIn(word, file)
        self.fails("'tiny.onnx' exists already", "convert", TINY, "-o", "tiny.onnx", status=2)

    def test_onnx_says_which_sides_it_takes(self):
        done = self.genga("convert", "mika", "-o", "m.ONNX")
        self.assertIn("sides are multiples of 8", done.stderr)
        file = (self.folder / "m.ONNX").read_bytes()
        self.assertIn(b"sides_multiple_of\x12\x018", file)
        self.fails("an ONNX file", "inspect", "./m.ONNX")

    def test_suffixes_that_it_does_not_write(self):
        self.fails("did you mean '.onnx'?", "convert", TINY, "-o", "a.onxx", status=2)
        for name in ("a.pt", "a", "a.safetensors.bak"):
            self.fails("expected .safetensors (a model file) or .onnx", "convert", TINY, "-o", name, status=2)
        self.assertEqual(self.files(), [])

    def test_halves_the_weights_and_keeps_the_image(self):
        self.genga("convert", TINY, "-o", "half.safetensors")
        self.assertEqual(self.card("half.safetensors")["weight_bytes"] * 2, self.card(TINY)["weight_bytes"])
        self.image("a.png")
        self.genga("stylize", "a.png", "-m", TINY, "-o", "full.png")
        self.genga("stylize", "a.png", "-m", "half.safetensors", "-o", "half.png")
        full, half = read_png(self.folder / "full.png"), read_png(self.folder / "half.png")
        self.assertLessEqual(max(abs(a - b) for a, b in zip(full.rows, half.rows)), 2)

    def test_replaces_lines_of_the_card(self):
        self.genga("convert", TINY, "-o", "b.safetensors", "--set", "name=ink", "--set", "licence=CC0-1.0 = free")
        card = self.card("b.safetensors")
        self.assertEqual((card["name"], card["licence"]), ("ink", "CC0-1.0 = free"))
        self.assertEqual(card["attribution"], self.card(TINY)["attribution"])

    def test_says_what_images_strokes_are_made_for(self):
        self.genga("convert", TINY, "-o", "b.safetensors", "--set", "sized_for=1400")
        self.assertEqual((self.card(TINY)["sized_for"], self.card("b.safetensors")["sized_for"]), (0, 1400))
        self.assertIn("images of 1400 px", self.genga("inspect", "b.safetensors").stdout.decode())
        self.genga("convert", "b.safetensors", "-o", "c.safetensors", "--set", "name=ink")
        self.assertEqual(self.card("c.safetensors")["sized_for"], 1400)
        self.genga("convert", "b.safetensors", "-o", "b.onnx")
        self.assertIn(b"sized_for", (self.folder / "b.onnx").read_bytes())
        for size in ("", "x", "-1", "1.5", "9999999999"):
            self.fails(f"is '{size}'", "convert", TINY, "-o", "d.safetensors", "--set", f"sized_for={size}", status=2)
        self.fails("sized_for is 1000001", "convert", TINY, "-o", "d.safetensors", "--set", "sized_for=1000001", status=2)

    def test_makes_a_model_of_published_features(self):
        write_npz(self.folder / "published.npz", squeezenet())
        self.genga("convert", "published.npz", "-o", "features.safetensors", "--precision", "f32")
        card = self.card("features.safetensors")
        self.assertEqual(card["architecture"], "squeezenet")
        self.assertEqual(card["weight_bytes"], 4 * (735_424 + 12))  # and the preprocessing
        write_npz(self.folder / "other.npz", {"stem_w": (1, 1)})
        self.fails("'stem_w'", "convert", "other.npz", "-o", "b.safetensors")

    def test_refuses_unknown_lines_and_existing_outputs(self):
        self.fails("did you mean 'licence'?", "convert", TINY, "-o", "b.safetensors", "--set", "license=x", status=2)
        self.assertEqual(self.files(), [])
        self.genga("convert", TINY, "-o", "b.safetensors")
        self.fails("--overwrite", "convert", TINY, "-o", "b.safetensors", status=2)
        self.genga("convert", TINY, "-o", "b.safetensors", "--overwrite", "--precision", "f32")


if __name__ == "__main__":
    unittest.main()
