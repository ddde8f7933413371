"""genga data frames, panels, faces, prepare: new collections cut out of videos, pages and images."""

import json
import os
import unittest

from support import Case, png_of_rows

COLORS = [(200, 60, 60), (60, 180, 80), (70, 90, 200), (210, 180, 60)]


def box(image, width, left, top, right, bottom, color):
    """A filled box with a pattern in it, framed in black."""
    for y in range(top, bottom):
        for x in range(left, right):
            frame = min(x - left, right - 1 - x, y - top, bottom - 1 - y) < 2
            shade = 0 if (x // 6 + y // 9) % 2 else 40
            at = 3 * (y * width + x)
            image[at : at + 3] = bytes(0 if frame else max(c - shade, 0) for c in color)


def page(width=240, height=320, gutter=12):
    """A white page of four panels: two rows of two."""
    image = bytearray(b"\xff" * (3 * width * height))
    w, h = (width - 3 * gutter) // 2, (height - 3 * gutter) // 2
    for i, color in enumerate(COLORS):
        left, top = gutter + i % 2 * (w + gutter), gutter + i // 2 * (h + gutter)
        box(image, width, left, top, left + w, top + h, color)
    return png_of_rows(width, height, 8, 2, bytes(image))


def video(shots, n_frames=25, width=96, height=64):
    """A YUV4MPEG2 video; each shot is a pattern of its own that moves. None: black."""
    data = bytearray(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 Cmono\n" % (width, height))
    for shot in shots:
        for i in range(n_frames):
            data += b"FRAME\n"
            if shot is None:
                data += bytes(16 for _ in range(width * height))
            else:
                a, b = 7 + 3 * shot, 5 + 2 * (shot % 3)
                data += bytes(
                    60 + 30 * (shot % 4) + (70 if ((x + i) // a + y // b) % 2 else 0)
                    for y in range(height)
                    for x in range(width)
                )
    return bytes(data)


class Cut(Case):
    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def data(self, *words, status=0):
        return json.loads(self.genga("data", *words, "--json", "-q", status=status).stdout)

    def entries(self, folder):
        lines = (self.folder / folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def says(self, text, *words, status=1):
        """Fails with one sentence about `text` among the lines of stderr."""
        done = self.genga("data", *words, status=status)
        errors = [line for line in done.stderr.splitlines() if line.startswith("genga: error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertIn(text, errors[0])
        return done


class Panels(Cut):
    def test_are_cut_with_the_licence_of_their_page(self):
        self.write("pages/one.png", page())
        self.write("pages/two.png", page(300, 260))
        self.genga("data", "manifest", "pages", "--licence", "CC BY 4.0", "--author", "A. Painter")
        report = self.data("panels", "pages", "-o", "panels")
        self.assertEqual(report["schema"], "genga.data.panels.2")
        self.assertEqual((report["sources"], report["images"]), (2, 8))
        for entry in self.entries("panels"):
            self.assertEqual((entry["licence"], entry["author"]), ("CC-BY-4.0", "A. Painter"))
            self.assertEqual(entry["origin"]["operation"], "panel")
            self.assertTrue((self.folder / "panels" / entry["file"]).is_file())
        report = self.data("panels", "pages", "-o", "panels")
        self.assertEqual((report["done_before"], report["images"]), (2, 0))
        self.assertEqual(len(self.entries("panels")), 8)

    def test_are_numbered_from_the_right_in_manga(self):
        self.write("page.png", page())
        self.data("panels", "page.png", "-o", "left")
        self.data("panels", "page.png", "-o", "right", "--right-to-left")
        left = {e["file"]: e["origin"]["box"][0] for e in self.entries("left")}
        right = {e["file"]: e["origin"]["box"][0] for e in self.entries("right")}
        self.assertLess(left["page_p01.png"], left["page_p02.png"])
        self.assertGreater(right["page_p01.png"], right["page_p02.png"])

    def test_pages_that_cannot_be_read_do_not_stop_the_others(self):
        self.write("pages/cut.png", page()[:900])
        self.write("pages/good.png", page())
        self.write("pages/words.jpg", b"no image at all")
        report = self.data("panels", "pages", "-o", "panels", status=3)
        self.assertEqual(report["images"], 4)
        self.assertEqual([p["file"] for p in report["problems"]], ["pages/cut.png", "pages/words.jpg"])

    def test_says_in_one_sentence_what_is_wrong(self):
        self.write("page.png", page())
        self.says("'nowhere' is not there", "panels", "nowhere", "-o", "out")
        self.says("-o", "panels", "page.png", status=2)
        self.write("file", b"x")
        self.says("output 'file' is a file", "panels", "page.png", "-o", "file")
        self.write("full/page.png", page())
        self.says("read and written at once", "panels", "full", "-o", "full", status=2)
        (self.folder / "empty").mkdir()
        self.says("holds nothing to take", "panels", "empty", "-o", "out", status=2)

    @unittest.skipIf(os.geteuid() == 0, "root may do everything")
    def test_folders_without_permission_are_named(self):
        self.write("page.png", page())
        (self.folder / "closed").mkdir(mode=0o555)
        self.says("closed", "panels", "page.png", "-o", "closed")


class Frames(Cut):
    def test_are_taken_one_a_scene(self):
        self.write("video.y4m", video([0, 1, None, 2]))
        report = self.data("frames", "video.y4m", "-o", "frames", "--licence", "cc0", "--author", "Me")
        self.assertEqual(report["images"], 3, report)
        self.assertEqual(report["left_out"], {"black, white or plain scene": 1})
        for entry, (begin, end) in zip(self.entries("frames"), ((0, 1), (1, 2), (3, 4))):
            self.assertTrue(begin <= entry["origin"]["time_s"] <= end, entry)
            self.assertEqual((entry["licence"], entry["author"]), ("CC0-1.0", "Me"))
        self.assertEqual(self.data("frames", "video.y4m", "-o", "frames")["done_before"], 1)

    def test_videos_that_are_none_are_named(self):
        self.write("words.mp4", b"no video at all, only words, and more words to be read")
        self.says("words.mp4", "frames", "words.mp4", "-o", "out")
        self.write("videos/good.y4m", video([0, 1]))
        self.write("videos/words.mkv", b"words")
        whole = video([3, 4, 5])
        self.write("videos/short.y4m", whole[: len(whole) // 2])
        report = self.data("frames", "videos", "-o", "out2", status=3)
        self.assertEqual([p["file"] for p in report["problems"]], ["videos/words.mkv"])
        self.assertGreaterEqual(report["images"], 3)
        self.says("--end 2 is not after --start 3", "frames", "videos", "-o", "o", "--start", "3", "--end", "2", status=2)
        self.says("before --start", "frames", "videos/good.y4m", "-o", "o", "--start", "90", status=2)

    def test_sound_without_images_is_named(self):
        header = b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x10\0\0"
        self.write("sound.avi", header + bytes(4096))
        self.says("sound.avi", "frames", "sound.avi", "-o", "out")


class Faces(Cut):
    def test_a_detector_must_be_given_and_be_one(self):
        self.write("a.png", page())
        self.says("lbpcascade_animeface", "faces", "a.png", "-o", "out", status=2)
        self.says("'none.xml' does not exist", "faces", "a.png", "-o", "out", "-m", "none.xml")
        self.write("bad.xml", b"<opencv_storage>")
        self.says("is not a cascade", "faces", "a.png", "-o", "out", "-m", "bad.xml")
        self.write("bad.onnx", b"\x08\x07words")
        self.says("bad.onnx", "faces", "a.png", "-o", "out", "-m", "bad.onnx")
        self.assertFalse((self.folder / "out").exists())


class Prepare(Cut):
    def test_makes_images_of_one_size_and_pairs(self):
        self.image("in/a.png", 80, 60)
        self.image("in/b.png", 60, 90, seed=3)
        report = self.data("prepare", "in", "-o", "out", "--size", "48x48", "--edge-smooth")
        self.assertEqual(report["images"], 4)
        kinds = {e["file"]: (e["width"], e["height"], e["origin"]["operation"]) for e in self.entries("out")}
        self.assertEqual(
            kinds,
            {
                "a.png": (48, 48, "prepare"),
                "smooth/a.png": (48, 48, "edge-smooth"),
                "b.png": (48, 48, "prepare"),
                "smooth/b.png": (48, 48, "edge-smooth"),
            },
        )
        self.assertEqual(self.data("prepare", "in", "-o", "out", "--size", "48x48", "--edge-smooth")["images"], 0)
        done = self.says("with other options", "prepare", "in", "-o", "out", "--size", "32", status=2)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)  # for both images

    def test_names_that_are_not_utf8_are_named_and_the_others_taken(self):
        self.image("in/a.png", 80, 60)
        with open(os.fsencode(self.folder) + b"/in/b\xff.png", "wb") as file:
            file.write((self.folder / "in/a.png").read_bytes())
        report = self.data("prepare", "in", "-o", "out", status=3)
        self.assertEqual(report["images"], 1)
        self.assertIn("its path is not UTF-8; rename it", report["problems"][0]["error"]["message"])
        self.assertEqual(self.files("out"), [".genga-done", ".manifest.lock", "a.png", "manifest.jsonl"])
        for command in ("manifest", "clean"):
            done = self.genga("data", command, "in", status=None)
            self.assertIn("its name is not UTF-8; rename it", done.stderr)
        self.assertEqual([entry["file"] for entry in self.entries("in")], ["a.png"])

    def test_an_image_that_changed_is_made_anew_beside_the_old_one(self):
        self.image("in/a.png", 80, 60)
        self.data("prepare", "in", "-o", "out")
        self.image("in/a.png", 80, 60, seed=9)
        self.assertEqual(self.data("prepare", "in", "-o", "out")["images"], 1)
        self.assertEqual(len({e["file"] for e in self.entries("out")}), 2)

    def test_tiles_and_colors(self):
        self.image("in/a.png", 80, 60)
        report = self.data("prepare", "in", "-o", "out", "--tiles", "32", "--stride", "16x28", "--remove-color-cast")
        self.assertEqual(report["images"], 8)
        self.assertIn("color cast", report["notes"][0])
        old = self.data("prepare", "in", "-o", "old", "--tiles", "32", "--remove-colour-cast")  # its old name
        self.assertEqual(old["notes"], report["notes"])


if __name__ == "__main__":
    unittest.main()
