"""What the options of genga stylize do to the image."""

import json
import os
import struct
import unittest
from pathlib import Path

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

    def test_follows_a_photo_that_is_cropped(self):
        self.image("a.png", width=160, height=40)
        of_photo = bytes(255 if x < 70 else 0 for _ in range(40) for x in range(160))
        (self.folder / "mask.png").write_bytes(png_of_rows(160, 40, 8, 0, of_photo))
        of_result = bytes(255 if x < 10 else 0 for _ in range(40) for x in range(40))
        (self.folder / "of_result.png").write_bytes(png_of_rows(40, 40, 8, 0, of_result))
        for mask, crop, left, edge in (("mask.png", "centre", 60, 10), ("mask.png", "0.375,0.5", 40, 30),
                                       ("of_result.png", "center", 60, 10)):
            with self.subTest(mask=mask, crop=crop):
                words = ("a.png", "--size", "40x40", "--crop", crop, "--overwrite")
                self.stylize(*words, "-o", "out.png", "--mask", mask, "--feather", "0")
                self.stylize(*words, "-o", "full.png")
                photo, out, full = (read_png(self.folder / n) for n in ("a.png", "out.png", "full.png"))
                for x in range(40):
                    expected = full.pixel(x, 20) if x < edge else photo.pixel(left + x, 20)
                    self.assertEqual(out.pixel(x, 20), expected, x)

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

    def test_crops_where_it_is_told(self):
        rows = bytearray(b"\x80" * (300 * 60 * 3))
        for y in range(15, 45):
            for x in range(240, 270):
                rows[(y * 300 + x) * 3 : (y * 300 + x) * 3 + 3] = b"\xe0\x20\x20"
        (self.folder / "a.png").write_bytes(png_of_rows(300, 60, 8, 2, bytes(rows)))

        def red(crop):
            self.stylize("a.png", "-o", "out.png", "--size", "60x60", "--crop", crop, "--strength", "0", "--overwrite")
            out = read_png(self.folder / "out.png")
            self.assertEqual(out.size, (60, 60))
            return sum(out.pixel(x, y) == b"\xe0\x20\x20" for y in range(60) for x in range(60))

        self.assertEqual([red(crop) for crop in ("centre", "center", "0,0", "1,1", "attention")], [0, 0, 0, 900, 900])
        for crop in ("left", "1.5,0", "0.5", "0.5,", "nan,0"):
            self.fails(f"is '{crop}', expected centre, attention", "a.png", "-o", "b.png", "--size", "9x9", "--crop", crop,
                       status=2)

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

    def test_stays_without_other_metadata(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "a.jpg")  # says who made it
        for suffix in ("jpg", "png", "webp", "tif"):
            self.stylize("a.jpg", "-o", f"b.{suffix}", "--no-metadata", "-m", OTHER, "--overwrite", "--strength", "0.5")
            shown = self.genga("inspect", f"b-other.{suffix}").stdout.decode()
            self.assertIn("style            other", shown)
            self.assertIn("settings         strength 0.5", shown)

    def test_metadata_is_carried_unless_refused(self):
        self.image("a.png")
        # A JPEG that says who made it: our own credit line serves as foreign metadata.
        self.stylize("a.png", "-o", "a.jpg")
        self.stylize("a.jpg", "-o", "kept.jpg", "--no-credit")
        self.stylize("a.jpg", "-o", "dropped.jpg", "--no-credit", "--no-metadata")
        self.assertIn(b"Nobody in particular", (self.folder / "kept.jpg").read_bytes())
        self.assertNotIn(b"Nobody in particular", (self.folder / "dropped.jpg").read_bytes())


def with_places(jpeg):
    """The JPEG with a camera's maker and GPS in EXIF, in XMP, and in Photoshop's copy of EXIF."""

    def entry(tag, kind, count, value):
        return struct.pack("<HHI", tag, kind, count) + value

    gps_at = 8 + 2 + 2 * 12 + 4
    data_at = gps_at + 2 + 2 * 12 + 4
    latitude = struct.pack("<6I", 4242, 1, 4343, 1, 4444, 1)
    tiff = b"II*\0" + struct.pack("<I", 8)
    tiff += struct.pack("<H", 2) + entry(0x010F, 2, 4, b"Cam\0") + entry(0x8825, 4, 1, struct.pack("<I", gps_at)) + bytes(4)
    tiff += struct.pack("<H", 2) + entry(1, 2, 2, b"N\0\0\0") + entry(2, 5, 3, struct.pack("<I", data_at)) + bytes(4) + latitude
    xmp = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" exif:GPSLatitude="48,51N">
<exif:GPSLongitude>2,17E</exif:GPSLongitude><dc:source>My words</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>"""
    block = b"8BIM\x04\x22\0\0" + struct.pack(">I", len(tiff)) + tiff + b"\0" * (len(tiff) % 2)
    iptc = b"\x1c\x02\x78\0\x07Caption"
    block += b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    parts = ((0xE1, b"Exif\0\0" + tiff), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp), (0xED, b"Photoshop 3.0\0" + block))
    app = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in parts)
    return jpeg[:2] + app + jpeg[2:]


class Places(Case):
    SECRETS = (struct.pack("<2I", 4242, 1), struct.pack(">2I", 4242, 1), b"48,51N", b"2,17E")

    def test_go_and_the_rest_stays(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "plain.jpg", "--no-metadata", "--no-credit")
        (self.folder / "a.jpg").write_bytes(with_places((self.folder / "plain.jpg").read_bytes()))
        for name in ("b.jpg", "b.webp", "b.tif", "b.png"):
            self.stylize("a.jpg", "-o", f"kept_{name}")
            self.stylize("a.jpg", "-o", name, "--no-gps", "--compare", f"both_{name}")
            kept, data = ((self.folder / n).read_bytes() for n in (f"kept_{name}", name))
            if name.endswith(("jpg", "webp")):  # as they are; other formats pack them or keep less
                for word in (b"Cam", b"My words"):
                    self.assertIn(word, data, name)
                    self.assertIn(word, kept, name)
                self.assertTrue(self.SECRETS[0] in kept or self.SECRETS[1] in kept)
            for secret in self.SECRETS:
                self.assertNotIn(secret, data, name)
                self.assertNotIn(secret, (self.folder / f"both_{name}").read_bytes(), name)


class Transparency(Case):
    def test_that_goes_is_said(self):
        self.image("in/0.jpg", alpha=True)  # a PNG by content
        said = self.stylize("in", "-o", "out").stderr
        self.assertIn("'in/0.jpg' has transparent parts, which jpeg cannot hold", said)
        self.assertEqual(self.stylize("in", "-o", "out", "-f", "png").stderr, "")
        rows = bytes(v for _ in range(16 * 16) for v in (9, 99, 200, 255))
        (self.folder / "opaque.png").write_bytes(png_of_rows(16, 16, 8, 6, rows))
        self.assertEqual(self.stylize("opaque.png", "-o", "opaque.jpg").stderr, "")


class Words(Case):
    def test_values_that_are_missing(self):
        self.image("a.png")
        for words in (("a.png", "-o", "b.png", "--strength"), ("a.png", "--strength", "-o", "b.png")):
            self.fails("--strength needs a value: 0..1", *words, status=2)
        self.fails("--size needs a value: WxH|N", "a.png", "-o", "b.png", "--size", status=2)

    def test_styles_whatever_the_case(self):
        self.image("a.png")
        for name, nearest in (("MIKA", "mika"), ("Peper", "pepper")):
            self.fails(f"did you mean '{nearest}'?", "a.png", "-o", "b.png", "-n", name)
        done = self.genga("a.png", "-o", "b.png", "-n", "chibbi", status=None)
        self.assertNotIn("chibi'", done.stderr)  # which would be refused

    def test_a_runs_folder_is_its_result_or_its_newest_checkpoint(self):
        self.image("a.png")
        (self.folder / "run/checkpoints/step_000010").mkdir(parents=True)
        (self.folder / "run/checkpoints/step_000020").mkdir()
        (self.folder / "run/checkpoints/step_000030.part").mkdir()
        self.fails("neither model.safetensors nor checkpoints", "a.png", "-o", "b.png", "-m", "run")
        for step, model in (("10", OTHER), ("20", TINY), ("30.part", OTHER)):
            target = self.folder / f"run/checkpoints/step_0000{step}/model.safetensors"
            target.write_bytes(Path(model).read_bytes())
        self.genga("a.png", "-o", "b.png", "-m", "run")
        self.stylize("a.png", "-o", "tiny.png")
        self.assertEqual(read_png(self.folder / "b.png").rows, read_png(self.folder / "tiny.png").rows)
        (self.folder / "run/model.safetensors").write_bytes(Path(OTHER).read_bytes())
        self.genga("a.png", "-o", "c.png", "-m", "run/")
        self.genga("a.png", "-o", "other.png", "-m", OTHER)
        self.assertEqual(read_png(self.folder / "c.png").rows, read_png(self.folder / "other.png").rows)
        self.assertIn("run/model.safetensors", self.genga("inspect", "run").stdout.decode())


if __name__ == "__main__":
    unittest.main()
