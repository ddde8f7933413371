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
        for name in ("with space.png", "-dash.png", "star*[1].png", "ü.png", "new\nline.png", "no_suffix", "\U0001f642.png",
                     os.fsdecode(b"bad\xff.png")):
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
        self.assertEqual(self.files("out"), ["a.jpg.png", "a.png", "a.tif.png"])

    def test_names_do_not_depend_on_what_else_lies_there(self):
        self.image("in/a.png")
        self.stylize("in/a.png", "-o", "in/a.jpg")
        self.stylize("in", "-o", "out", "-f", "webp")
        before = self.contents("out")
        self.stylize("in/a.png", "-o", "in/a.tif")  # sorts last
        self.image("in/a.gif.png")  # sorts first
        self.stylize("in", "-o", "out", "-f", "webp", "--skip-existing")
        after = self.contents("out")
        self.assertEqual(sorted(after), ["a.gif.png.webp", "a.jpg.webp", "a.png.webp", "a.tif.webp"])
        self.assertEqual({name: after[name] for name in before}, before)

    def test_folders_of_one_name_stay_apart(self):
        self.image("x/a.png", seed=1)
        self.image("y/a.png", seed=2)
        self.stylize("x", "y", "-o", "out")
        self.assertEqual(self.files("out"), ["x/a.png", "y/a.png"])
        self.stylize("[xy]/*.png", "-o", "pattern")
        self.assertEqual(self.files("pattern"), ["x/a.png", "y/a.png"])
        self.stylize("x/a.png", "y/a.png", "-o", "named")
        self.assertEqual(self.files("named"), ["a-x.png", "a-y.png"])

    def test_what_is_passed_over_is_said_once(self):
        for name in ("in/a.png", "in/sub/b.png", "in/other/c.png"):
            self.image(name)
        for name in ("clip.mp4", "CLIP.MOV", "raw.NEF", "notes.txt"):
            (self.folder / "in" / name).write_bytes(b"x")
        lines = self.stylize("in", "-o", "out").stderr.splitlines()
        self.assertEqual(len(lines), 3, lines)
        self.assertIn("2 videos ('in/CLIP.MOV', ...) are passed over; genga video stylises a video", lines[0])
        self.assertIn("raw photograph 'in/raw.NEF' is passed over", lines[1])
        self.assertIn("2 subfolders ('in/other', ...) are not looked into; add --recursive", lines[2])
        self.assertEqual(self.stylize("in", "-o", "quiet", "-q").stderr, "")

    def test_a_name_without_suffix_is_a_new_folder(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "newdir")
        self.assertEqual(self.files("newdir"), ["a.png"])
        (self.folder / "file").write_text("x")
        self.fails("output 'file' is a file without suffix", "a.png", "-o", "file", "-m", TINY, status=2)

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


class OneFolderForBoth(Case):
    """Input and output in one folder: what an earlier run has made is no photo."""

    def again(self, *words, n=2, **more):
        """Runs the command n times; the files after the first run, which the others must leave as they are."""
        self.stylize(*words, **more)
        first = self.contents()
        for _ in range(n - 1):
            self.stylize(*words, **more)
            self.assertEqual(self.contents(), first)
        return sorted(first)

    def setUp(self):
        super().setUp()
        self.image("p/a.png", seed=1)
        self.image("p/b.png", seed=2)

    def test_another_format(self):
        names = self.again("p", "-o", "p", "-f", "webp", "--skip-existing", n=3)
        self.assertEqual(names, ["p/a.png", "p/a.png.webp", "p/b.png", "p/b.png.webp"])

    def test_other_options_do_not_take_results_either(self):
        self.stylize("p", "-o", "p", "-f", "webp", "--compare", "auto")
        self.stylize("p", "-o", "p", "-f", "jpg", "-m", OTHER)
        self.assertEqual(len(self.files("p")), 2 + 4 + 4)

    def test_the_same_format(self):
        names = self.again("p", "-o", "p", "--skip-existing")
        self.assertEqual(names, ["p/a-anime.png", "p/a.png", "p/b-anime.png", "p/b.png"])

    def test_without_credit_the_name_tells(self):
        for more in (["--no-credit"], ["-f", "gif"], ["--no-credit", "--no-metadata", "--compare", "auto"]):
            with self.subTest(more):
                self.again("p", "-o", "p", "--skip-existing", *more)
                for name in self.files("p"):
                    if name not in ("a.png", "b.png"):
                        (self.folder / "p" / name).unlink()

    def test_trees(self):
        self.image("p/deep/c.png")
        names = self.again("p", "-o", "p", "-r", "-f", "jpg", "--skip-existing")
        self.assertEqual(len(names), 6)

    def test_patterns_pass_the_output_folder_over(self):
        names = self.again("./*/*.png", "-o", "anime", "--skip-existing")
        self.assertEqual(names, ["anime/p/a.png", "anime/p/b.png", "p/a.png", "p/b.png"])

    def test_patterns_of_the_output_folder_itself(self):
        self.assertEqual(len(self.again("p/*", "-o", "p", "--skip-existing")), 4)

    def test_names_that_the_shell_expanded(self):
        self.stylize("p/a.png", "p/b.png", "-o", "out")
        self.again("out/a.png", "out/b.png", "p/a.png", "p/b.png", "-o", "out", "--skip-existing")
        self.assertEqual(self.files("out"), ["a.png", "b.png"])

    def test_results_are_said_and_may_be_taken_elsewhere(self):
        self.stylize("p", "-o", "out")
        self.fails("results of an earlier run", "out", "-o", "out", "-m", TINY, "-q")
        self.stylize("out", "-o", "twice")
        self.assertEqual(self.files("twice"), ["a.png", "b.png"])

    def test_overwrite_replaces_no_photo(self):
        self.image("p/a-anime.png", seed=3)
        before = self.contents("p")
        self.fails("--overwrite might replace a photo", "p", "-o", "p", "--overwrite", "-m", TINY, status=2)
        self.assertEqual(self.contents("p"), before)


class Names(Case):
    LONGEST = 255

    def test_as_long_as_the_file_system_allows(self):
        long = ["a" * (self.LONGEST - 4) + ".png", "\u6d77" * 83 + ".png", "b" * 236 + ".png"]
        for name in long:
            self.image(f"in/{name}")
        self.stylize("in", "-o", "same")
        self.assertEqual(self.files("same"), sorted(long))
        self.stylize("in", "-o", "more", "-f", "webp", "--compare", "auto", "-m", OTHER)
        self.assertEqual(len(self.files("more")), 12)
        before = self.contents("more")
        self.stylize("in", "-o", "more", "-f", "webp", "--compare", "auto", "-m", OTHER, "--skip-existing")
        self.assertEqual(self.contents("more"), before)

    def test_too_long_is_said_before_the_work(self):
        self.image("a.png")
        self.fails("File name too long", "a.png", "-o", "b" * 252 + ".png", "-m", TINY)
        self.fails("File name too long", "a.png", "-o", "b.png", "--compare", "b" * 252 + ".png", "-m", TINY)
        self.assertEqual(self.files(), ["a.png"])

    def test_brackets_and_braces_of_folders_are_no_pattern(self):
        for name in ("[2024] trip/sea.png", "[2024] trip/hill.png", "{a,b} *?/x[1].png", "deep/[x]/y.png"):
            self.image(name)
        for pattern, names in (
            ("[2024] trip/*.png", ["hill.png", "sea.png"]),
            ("[2024] trip/s??.png", ["sea.png"]),
            ("{a,b} *?/*", ["x[1].png"]),
            ("{a,b} *?/x[1].*", ["x[1].png"]),
            ("*/[x]/*.png", ["deep/[x]/y.png"]),
            ("./[[]2024[]] trip/*.png", ["[2024] trip/hill.png", "[2024] trip/sea.png"]),
            ("deep/[x]/{y,z}.png", ["y.png"]),
        ):
            with self.subTest(pattern):
                self.stylize(pattern, "-o", "out", "--overwrite")
                self.assertEqual(self.files("out"), names)
                for name in names:
                    (self.folder / "out" / name).unlink()


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

    def test_a_link_is_replaced_and_its_target_stays(self):
        (self.folder / "link.png").symlink_to("b.png")
        (self.folder / "nowhere.png").symlink_to("gone.png")
        self.fails("output 'nowhere.png' exists", "a.png", "-o", "nowhere.png", "-m", TINY)
        for name in ("link.png", "nowhere.png"):
            self.stylize("a.png", "-o", name, "--skip-existing")
            self.assertTrue((self.folder / name).is_symlink())
            self.stylize("a.png", "-o", name, "--overwrite")
            self.assertFalse((self.folder / name).is_symlink())
        self.assertEqual((self.folder / "b.png").read_bytes(), self.before)
        self.assertFalse((self.folder / "gone.png").exists())

    def test_a_folder_is_no_output(self):
        (self.folder / "out/a.png").mkdir(parents=True)
        self.fails("output 'out/a.png' is a folder", "a.png", "-o", "out", "--skip-existing", "-m", TINY)

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

    def test_each_is_skipped_and_made_for_itself(self):
        self.image("a.png")
        words = ("a.png", "-o", "out", "--compare", "auto")
        self.stylize(*words)
        first = self.contents("out")
        for name in first:
            (self.folder / "out" / name).unlink()
            self.stylize(*words, "--skip-existing")
            self.assertEqual(self.contents("out"), first)
        (self.folder / "out/a.png").unlink()
        self.fails("output 'out/a-compare.png' exists", *words, "-m", TINY)
        self.assertEqual(self.files("out"), ["a-compare.png"])

    def test_limits_of_the_format_are_known_before_the_work(self):
        self.image("wide.png", width=9000, height=1)
        done = self.fails("'x-compare.webp': 18032 x 1 pixels are more than webp can hold", "wide.png", "-o", "x.webp",
                          "--compare", "auto", "-m", TINY)
        self.assertEqual(self.files(), ["wide.png"], done.stderr)

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
