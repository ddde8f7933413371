"""Files, folders, patterns, names of outputs, what happens to outputs that exist."""

import json
import os
import unittest

from support import GLOBAL, OTHER, TINY, Case, read_png


class OneFile(Case):
    def test_bare_words_and_ncnn_letters_mean_stylize(self):
        self.image("a.png")
        self.genga("-i", "a.png", "-o", "b.png", "-m", TINY)
        self.genga("a.png", "-o", "c.png", "-m", TINY, "-t", "64", "-j", "1", "-f", "png", "-v")
        self.genga("stylize", "--input", "a.png", "--output", "d.png", "--model", TINY, "--threads", "2")
        first = read_png(self.folder / "b.png")
        self.assertEqual(first.size, (40, 24))
        self.assertNotEqual(first.rows, read_png(self.folder / "a.png").rows)
        for name in ("c.png", "d.png"):
            self.assertEqual(read_png(self.folder / name).rows, first.rows)

    def test_prints_nothing_when_all_goes_well(self):
        self.image("a.png")
        done = self.stylize("a.png", "-o", "b.png")
        self.assertEqual((done.stdout, done.stderr), (b"", ""))
        self.assertIn("'a.png' -> 'c.png'", self.stylize("a.png", "-o", "c.png", "-v").stderr)

    def test_makes_the_output_folder(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "x/y/b.png")
        self.stylize("a.png", "-o", "new/")
        self.assertEqual(self.files(), ["a.png", "new/a.png", "x/y/b.png"])

    def test_errors_name_the_file_once(self):
        self.image("a.png")
        self.fails("'a.png': an image of", "a.png", "-o", "b.png", "-m", TINY, "--memory", "1")
        long_name = "b" * 252 + ".png"
        done = self.fails("cannot write", "a.png", "-o", long_name, "-m", TINY)
        self.assertEqual(done.stderr.count(long_name), 1)

    def test_odd_names_are_taken_as_they_are(self):
        for name in ("with space.png", "-dash.png", "star*[1].png", "ü.png", "new\nline.png", "no_suffix"):
            self.image(name)
            self.stylize(f"./{name}", "-o", "out.png", "--overwrite")
        self.genga("-m", TINY, "-o", "out2.png", "--", "-dash.png")
        self.assertIn("out2.png", self.files())

    def test_names_that_are_not_utf8_survive_json(self):
        name = os.fsdecode(b"bad\xff.png")
        self.image(name)
        item = self.report(name, "-o", "b.png")["items"][0]
        self.assertEqual(item["input"], "bad\ufffd.png")
        self.assertTrue(item["ok"])

    def test_control_bytes_in_names_do_not_reach_the_terminal(self):
        done = self.fails("input 'a?c.png' does not exist", "-i", "a\033c.png", "-o", "b.png", "-m", TINY)
        self.assertNotIn("\033", done.stderr)


class Folders(Case):
    def test_takes_a_folder_and_with_recursive_its_tree(self):
        for name in ("in/a.png", "in/deep/b.png", "in/deep/er/c.png"):
            self.image(name)
        (self.folder / "in/notes.txt").write_text("no image")
        self.image("in/.hidden.png")
        self.image("in/.cache/d.png")
        self.stylize("in", "-o", "flat")
        self.assertEqual(self.files("flat"), ["a.png"])
        self.stylize("in", "-o", "tree", "-r")
        self.assertEqual(self.files("tree"), ["a.png", "deep/b.png", "deep/er/c.png"])

    def test_an_output_folder_within_the_input_is_not_taken_again(self):
        self.image("in/a.png")
        self.stylize("in", "-o", "in/out", "-r")
        self.stylize("in", "-o", "in/out", "-r", "--overwrite")
        self.assertEqual(self.files("in"), ["a.png", "out/a.png"])

    def test_expands_patterns_that_the_shell_did_not(self):
        for name in ("a1.png", "a2.png", "b1.png"):
            self.image(name)
        self.stylize("a*.png", "-o", "out")
        self.assertEqual(self.files("out"), ["a1.png", "a2.png"])
        self.fails("no image matches 'z*.png'", "z*.png", "-o", "out", "-m", TINY)

    def test_solves_collisions(self):
        self.image("in/a.png", seed=1)
        self.stylize("in/a.png", "-o", "in/a.jpg")
        self.stylize("in/a.png", "-o", "in/a.tif")
        self.stylize("in", "-o", "out", "-f", "png")
        self.assertEqual(self.files("out"), ["a.png", "a.png.png", "a.tif.png"])

    def test_several_images_need_a_folder(self):
        self.image("a.png")
        self.image("b.png")
        self.image("c.png")
        self.fails("output 'c.png' is a file", "a.png", "b.png", "-o", "c.png", "-m", TINY, status=2)
        self.fails("output 'x/d.png' is an image's name", "a.png", "b.png", "-o", "x/d.png", "-m", TINY, status=2)
        self.assertEqual(self.files(), ["a.png", "b.png", "c.png"])

    def test_folders_without_images_say_so(self):
        (self.folder / "empty/below").mkdir(parents=True)
        self.fails("holds no images; add --recursive", "empty", "-o", "out", "-m", TINY)

    def test_one_bad_file_does_not_stop_the_rest(self):
        self.image("in/a.png")
        (self.folder / "in/b.png").write_bytes(b"not an image")
        self.image("in/c.png")
        self.fails("b.png", "in", "-o", "out", "-m", TINY, status=3)
        self.assertEqual(self.files("out"), ["a.png", "c.png"])
        self.fails("missing.png", "in/a.png", "missing.png", "-o", "out2", "-m", TINY, status=3)

    def test_all_bad_is_a_failure(self):
        (self.folder / "b.png").write_bytes(b"no")
        done = self.genga("b.png", "missing.png", "-o", "out", "-m", TINY, status=1)
        self.assertEqual(len(done.stderr.splitlines()), 2)
        self.assertEqual(self.files(), ["b.png"])


class Styles(Case):
    def test_each_style_gets_its_output(self):
        self.image("a.png")
        self.image("in/b.png")
        self.stylize("-m", OTHER, "a.png", "-o", "x.png")
        self.stylize("-m", OTHER, "in", "-o", "out")
        self.assertEqual(self.files(), ["a.png", "in/b.png", "out/b-other.png", "out/b-tiny.png", "x-other.png", "x-tiny.png"])
        self.assertNotEqual(read_png(self.folder / "x-tiny.png").rows, read_png(self.folder / "x-other.png").rows)

    def test_the_same_model_twice_gets_two_names(self):
        self.image("a.png")
        self.stylize("-m", TINY, "a.png", "-o", "x.png")
        self.assertEqual(self.files(), ["a.png", "x-tiny-2.png", "x-tiny.png"])

    def test_networks_with_whole_image_statistics_run(self):
        self.image("a.png")
        self.genga("a.png", "-o", "b.png", "-m", GLOBAL)
        self.assertEqual(read_png(self.folder / "b.png").size, (40, 24))


class Existing(Case):
    def setUp(self):
        super().setUp()
        self.image("a.png", seed=1)
        self.image("b.png", seed=2)
        self.before = (self.folder / "b.png").read_bytes()

    def test_refuses_and_names_the_cure(self):
        self.fails("output 'b.png' exists; add --overwrite or --skip-existing", "a.png", "-o", "b.png", "-m", TINY)
        self.assertEqual((self.folder / "b.png").read_bytes(), self.before)

    def test_skips_if_asked(self):
        item = self.report("a.png", "-o", "b.png", "--skip-existing")["items"][0]
        self.assertTrue(item["ok"] and item["skipped"])
        self.assertEqual((self.folder / "b.png").read_bytes(), self.before)

    def test_overwrites_if_asked(self):
        self.stylize("a.png", "-o", "b.png", "--overwrite")
        self.assertNotEqual((self.folder / "b.png").read_bytes(), self.before)

    def test_never_replaces_a_device_or_a_pipe(self):
        os.mkfifo(self.folder / "fifo.png")
        self.fails("output 'fifo.png' is a pipe", "a.png", "-o", "fifo.png", "-m", TINY, "--overwrite")
        self.assertTrue((self.folder / "fifo.png").is_fifo())

    def test_never_overwrites_the_input(self):
        self.fails("is the input itself", "a.png", "-o", "./a.png", "-m", TINY, "--overwrite")
        os.link(self.folder / "a.png", self.folder / "same.png")
        self.fails("is the input itself", "a.png", "-o", "same.png", "-m", TINY, "--overwrite")


class Comparisons(Case):
    def test_auto_puts_the_comparison_beside_the_output(self):
        self.image("in/a.png", width=40, height=24)
        self.stylize("in", "-o", "out", "--compare", "auto")
        self.assertEqual(self.files("out"), ["a-compare.png", "a.png"])
        both = read_png(self.folder / "out/a-compare.png")
        self.assertEqual(both.height, 24)
        self.assertGreaterEqual(both.width, 80)
        photo, anime = read_png(self.folder / "in/a.png"), read_png(self.folder / "out/a.png")
        self.assertEqual(both.pixel(5, 5)[:3], photo.pixel(5, 5))
        self.assertEqual(both.pixel(both.width - 1, 23)[:3], anime.pixel(39, 23))

    def test_a_name_is_for_one_image(self):
        self.image("a.png")
        self.image("b.png")
        self.stylize("a.png", "-o", "x.png", "--compare", "both.png", "--size", "20x20")
        self.assertEqual(read_png(self.folder / "both.png").height, 20)
        self.fails("use --compare auto", "a.png", "b.png", "-o", "out", "--compare", "s.png", "-m", TINY, status=2)
        self.fails("is the output itself", "a.png", "-o", "y.png", "--compare", "y.png", "-m", TINY, status=2)
        self.fails("both.png", "a.png", "-o", "y.png", "--compare", "both.png", "-m", TINY)


class JsonReport(Case):
    def test_is_one_document_with_stable_keys(self):
        self.image("a.png")
        document = self.report("a.png", "-o", "b.png")
        self.assertEqual(document["schema"], "genga.stylize.2")
        item = document["items"][0]
        keys = {"input", "output", "comparison", "style", "width", "height", "stroke_scale", "seconds", "ok", "skipped", "error"}
        self.assertEqual(set(item), keys)
        self.assertEqual((item["input"], item["output"], item["style"]), ("a.png", "b.png", "tiny"))
        self.assertEqual((item["width"], item["height"], item["ok"], item["error"]), (40, 24, True, None))

    def test_tells_failures(self):
        self.image("a.png")
        done = self.genga("a.png", "nothing.png", "-o", "out", "-m", TINY, "--json", status=3)
        items = {item["input"]: item for item in json.loads(done.stdout)["items"]}
        self.assertTrue(items["a.png"]["ok"])
        self.assertEqual(items["nothing.png"]["error"]["code"], "not_found")
        self.assertIsNone(items["nothing.png"]["output"])

    def test_is_printed_even_if_nothing_could_start(self):
        done = self.genga("a.png", "-o", "b.png", "-m", "gone.safetensors", "--json", status=1)
        document = json.loads(done.stdout)
        self.assertEqual(document["schema"], "genga.stylize.2")
        self.assertEqual(document["error"]["code"], "not_found")


if __name__ == "__main__":
    unittest.main()
