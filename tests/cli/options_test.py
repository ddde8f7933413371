"""What the options of genga stylize do to the image."""

import json
import os
import unittest

from support import OTHER, TINY, Case, png_of_rows, read_png


class Strength(Case):
    def test_0_leaves_the_photo_bit_for_bit(self):
        for name, more in (("a.png", {}), ("deep.png", {"bits": 16}), ("clear.png", {"alpha": True})):
            self.image(name, **more)
            self.stylize(name, "-o", "out.png", "--strength", "0", "--overwrite")
            before, after = read_png(self.folder / name), read_png(self.folder / "out.png")
            self.assertEqual((before.bits, before.channels), (after.bits, after.channels), name)
            self.assertEqual(before.rows, after.rows, name)

    def test_between_lies_between(self):
        self.image("a.png")
        for name, strength in (("none", 0), ("half", 0.5), ("full", 1)):
            self.stylize("a.png", "-o", f"{name}.png", "--strength", strength)
        none, half, full = (read_png(self.folder / f"{n}.png").rows for n in ("none", "half", "full"))
        for a, b, c in zip(none, half, full):
            self.assertLessEqual(abs(b - (a + c) / 2), 1.01)

    def test_keep_color_changes_colors(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "b.png")
        self.stylize("a.png", "-o", "c.png", "--keep-color", "1")
        self.assertNotEqual(read_png(self.folder / "b.png").rows, read_png(self.folder / "c.png").rows)


class Mix(Case):
    def test_lies_between_its_styles(self):
        self.image("a.png")
        for name, style in (("tiny", TINY), ("other", OTHER), ("mix", f"{TINY}:1,{OTHER}:3")):
            self.genga("stylize", "a.png", "-n", style, "-o", f"{name}.png")
        tiny, other, mix = (read_png(self.folder / f"{n}.png").rows for n in ("tiny", "other", "mix"))
        for a, b, c in zip(tiny, other, mix):
            self.assertLessEqual(abs(c - (a + 3 * b) / 4), 1.01)

    def test_names_what_it_is_made_of(self):
        self.image("a.png")
        done = self.genga("stylize", "a.png", "-n", f"{TINY}:0.5,{OTHER}:0.5", "-o", "out.png", "--json")
        self.assertIn("tiny50-other50", done.stdout.decode())

    def test_wants_a_weight_for_every_style_or_for_none(self):
        self.image("a.png")
        self.fails("give each one", "stylize", "a.png", "-n", f"{TINY}:0.5,{OTHER}", "-o", "b.png", status=2)
        self.fails("weights add up to 0", "stylize", "a.png", "-n", f"{TINY}:0,{OTHER}:0", "-o", "b.png", status=2)
        self.fails("expected 0 or more", "stylize", "a.png", "-n", f"{TINY}:-1,{OTHER}:1", "-o", "b.png", status=2)
        self.assertEqual(self.files(), ["a.png"])


class StrokeScale(Case):
    def test_changes_the_image_and_not_its_size(self):
        self.image("a.png", width=75, height=50)
        self.stylize("a.png", "-o", "one.png", "--stroke-scale", "1")
        self.stylize("a.png", "-o", "plain.png")
        self.stylize("a.png", "-o", "three.png", "--stroke-scale", "3")
        one, plain, three = (read_png(self.folder / f"{n}.png") for n in ("one", "plain", "three"))
        self.assertEqual(one.rows, plain.rows)
        self.assertNotEqual(three.rows, plain.rows)
        self.assertEqual(three.size, (75, 50))

    def test_follows_the_images_size_unless_given(self):
        self.genga("convert", TINY, "-o", "sized.safetensors", "--precision", "f32", "--set", "sized_for=40")
        self.image("a.png", width=75, height=50)

        def stylize(name, model, *words):
            done = self.genga("stylize", "a.png", "-m", model, "-o", f"{name}.png", "--json", "-v", *words)
            scale = json.loads(done.stdout)["items"][0]["stroke_scale"]
            self.assertIn(f"stroke scale {scale:g}, ", done.stderr)
            return scale, read_png(self.folder / f"{name}.png").rows

        scale, rows = stylize("auto", "sized.safetensors")
        self.assertEqual(scale, 2)
        self.assertEqual(stylize("named", "sized.safetensors", "--stroke-scale", "auto"), (2, rows))
        self.assertEqual(stylize("two", TINY, "--stroke-scale", "2"), (2, rows))
        self.assertEqual(stylize("any", TINY), stylize("one", "sized.safetensors", "--stroke-scale", "1"))
        self.assertEqual(stylize("three", "sized.safetensors", "--stroke-scale", "3")[0], 3)

    def test_comes_in_steps_and_is_not_too_large(self):
        self.image("a.png")
        for scale in ("0", "9", "x", "1.3"):
            words = ("stylize", "a.png", "-o", "b.png", "--stroke-scale", scale)
            self.fails(f"is '{scale}', expected auto, or 0.5 to 8 in steps of 0.125", *words, status=2)
        self.assertEqual(self.files(), ["a.png"])

    def test_keeps_tiles_exact(self):
        self.image("a.png", width=150, height=90)
        for scale in ("2", "0.5"):
            self.stylize("a.png", "-o", f"{scale}.png", "--stroke-scale", scale)
            self.stylize("a.png", "-o", f"{scale}-tiled.png", "--stroke-scale", scale, "--tile", "48")
            whole, tiled = (read_png(self.folder / f"{name}.png").rows for name in (scale, f"{scale}-tiled"))
            self.assertEqual(whole, tiled, scale)


class Mask(Case):
    def test_leaves_the_photo_where_it_is_black(self):
        self.image("a.png", width=64, height=32)
        mask = bytes(255 if x >= 32 else 0 for _ in range(32) for x in range(64))
        (self.folder / "mask.png").write_bytes(png_of_rows(64, 32, 8, 0, mask))
        self.stylize("a.png", "-o", "b.png", "--mask", "mask.png", "--feather", "1")
        self.stylize("a.png", "-o", "full.png")
        photo, out, full = (read_png(self.folder / n) for n in ("a.png", "b.png", "full.png"))
        for y in range(32):
            self.assertEqual([out.pixel(x, y) for x in range(24)], [photo.pixel(x, y) for x in range(24)])
            self.assertEqual([out.pixel(x, y) for x in range(40, 64)], [full.pixel(x, y) for x in range(40, 64)])

    def test_is_named_when_it_cannot_be_read(self):
        self.image("a.png")
        self.fails("gone.png", "a.png", "-o", "b.png", "--mask", "gone.png", "-m", TINY)
        self.assertEqual(self.files(), ["a.png"])


class Size(Case):
    def size_of(self, *words):
        self.stylize("a.png", "-o", "out.png", "--overwrite", *words)
        return read_png(self.folder / "out.png").size

    def test_resizes_exactly_or_by_the_long_side(self):
        self.image("a.png", width=80, height=40)
        self.assertEqual(self.size_of("--size", "40"), (40, 20))
        self.assertEqual(self.size_of("--size", "160"), (160, 80))
        self.assertEqual(self.size_of("--size", "30x30"), (30, 30))
        self.assertEqual(self.size_of("--size", "30x30", "--fit", "stretch"), (30, 30))
        self.assertEqual(self.size_of("--size", "30x30", "--fit", "contain"), (30, 15))

    def test_refuses_more_pixels_than_allowed(self):
        self.image("a.png", width=80, height=40)
        self.fails("a.png", "a.png", "-o", "b.png", "-m", TINY, "--max-pixels", "3000")
        self.stylize("a.png", "-o", "b.png", "--max-pixels", "3200")


class Tiles(Case):
    def test_no_tile_size_or_memory_limit_changes_the_result(self):
        self.image("a.png", width=150, height=90)
        self.stylize("a.png", "-o", "whole.png")
        whole = read_png(self.folder / "whole.png").rows
        for words in (["--tile", "32"], ["-t", "64", "-j", "1"], ["--memory", "64M"]):
            self.stylize("a.png", "-o", "tiled.png", "--overwrite", *words)
            self.assertEqual(read_png(self.folder / "tiled.png").rows, whole, words)


class Formats(Case):
    MAGIC = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG", "webp": b"RIFF", "tiff": b"II*\0", "gif": b"GIF8"}

    def test_follow_the_option_then_the_suffix(self):
        self.image("a.png")
        for name, magic in self.MAGIC.items():
            self.stylize("a.png", "-o", f"by_option_{name}", "-f", name)
            self.assertTrue((self.folder / f"by_option_{name}").read_bytes().startswith(magic), name)
            self.stylize("a.png", "-o", f"by_suffix.{name}")
            self.assertTrue((self.folder / f"by_suffix.{name}").read_bytes().startswith(magic), name)
        self.stylize("a.png", "-o", "UPPER.JPG")
        self.assertTrue((self.folder / "UPPER.JPG").read_bytes().startswith(b"\xff\xd8"))

    def test_quality_costs_bytes(self):
        self.image("a.png", width=100, height=100)
        self.stylize("a.png", "-o", "low.jpg", "--quality", "20")
        self.stylize("a.png", "-o", "high.jpg", "--quality", "98")
        self.assertLess(*(os.path.getsize(self.folder / n) for n in ("low.jpg", "high.jpg")))

    def test_alpha_and_16_bits_survive(self):
        self.image("a.png", alpha=True, bits=16)
        self.stylize("a.png", "-o", "b.png")
        before, after = read_png(self.folder / "a.png"), read_png(self.folder / "b.png")
        self.assertEqual((after.bits, after.channels), (16, 4))
        for x in range(0, 40, 7):
            self.assertEqual(before.pixel(x, 3)[6:], after.pixel(x, 3)[6:])


class Credit(Case):
    def test_is_written_unless_refused(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "b.png")
        self.stylize("a.png", "-o", "b.jpg")
        self.assertIn(b"style tiny: Nobody in particular (CC0-1.0)", read_png(self.folder / "b.png").text)
        self.assertIn(b"Nobody in particular", (self.folder / "b.jpg").read_bytes())
        self.stylize("a.png", "-o", "c.png", "--no-credit")
        self.assertNotIn(b"Nobody", read_png(self.folder / "c.png").text)

    def test_metadata_is_carried_unless_refused(self):
        self.image("a.png")
        # A JPEG that says who made it: our own credit line serves as foreign metadata.
        self.stylize("a.png", "-o", "a.jpg")
        self.stylize("a.jpg", "-o", "kept.jpg", "--no-credit")
        self.stylize("a.jpg", "-o", "dropped.jpg", "--no-credit", "--no-metadata")
        self.assertIn(b"Nobody in particular", (self.folder / "kept.jpg").read_bytes())
        self.assertNotIn(b"Nobody in particular", (self.folder / "dropped.jpg").read_bytes())


if __name__ == "__main__":
    unittest.main()
