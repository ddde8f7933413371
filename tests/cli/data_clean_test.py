"""genga data clean, keep, drop, stats, contact-sheet, split: choosing among the images of a collection."""

import json
import shutil
import unittest

from support import Case, png_of_rows


def flat(width, height, level=200):
    return png_of_rows(width, height, 8, 2, bytes([level, level, level]) * (width * height))


class Clean(Case):
    def setUp(self):
        super().setUp()
        for i in range(6):
            self.image(f"set/p{i}.png", 160, 120 + 8 * i, seed=i * 3)
        # Stripes of one kind are alike: that is what duplicates_test.cpp is about, not this.
        self.words = ["clean", "set", "--no-near-duplicate"]

    def lines(self):
        lines = [json.loads(line) for line in (self.folder / "set/manifest.jsonl").read_text().splitlines()]
        return {line["file"]: line for line in lines}

    def data(self, *words, **more):
        return self.genga("data", *words, **more)

    def report(self, *words, status=0):
        return json.loads(self.data(*self.words, "--json", "-q", *words, status=status).stdout)

    def test_drops_with_reasons_and_takes_back(self):
        self.image("set/tiny.png", 60, 50)
        (self.folder / "set/flat.png").write_bytes(flat(150, 150))
        shutil.copy(self.folder / "set/p1.png", self.folder / "set/zz.png")
        done = self.data(*self.words)
        self.assertIn("'set' had no manifest: one was made", done.stderr)
        self.assertIn("9 images, 6 kept, 3 dropped", done.stderr)
        self.assertIn("nothing was deleted", done.stderr)
        lines = self.lines()
        self.assertEqual(lines["tiny.png"]["decisions"][0]["check"], "size")
        self.assertEqual(lines["zz.png"]["decisions"][0]["note"], "the same file as p1.png")
        self.assertLessEqual({"grey", "detail"}, {d["check"] for d in lines["flat.png"]["decisions"]})
        self.assertIn("blur", lines["p0.png"]["measures"])
        self.data("clean", "set", "--undo")
        self.assertFalse(any("decisions" in line for line in self.lines().values()))

    def test_second_run_measures_nothing_and_takes_other_limits(self):
        self.assertEqual(self.report()["measured"], 6)
        before = (self.folder / "set/manifest.jsonl").read_bytes()
        again = self.report()
        self.assertEqual((again["measured"], again["dropped"]), (0, 0))
        self.assertEqual((self.folder / "set/manifest.jsonl").read_bytes(), before)
        strict = self.report("--size", "130", "--json")
        self.assertEqual((strict["counts"], strict["kept"]), ({"size": 2}, 4))
        self.assertEqual(strict["drops"][0]["reasons"][0]["value"], 120)
        self.assertEqual(self.report("--size", "130", "--no-size")["dropped"], 0)

    def test_dry_run_writes_nothing(self):
        self.assertEqual(self.report("--dry-run", "--size", "1000")["dropped"], 6)
        self.assertEqual(self.files("set"), [f"p{i}.png" for i in range(6)])

    def test_broken_and_missing_images_are_told(self):
        whole = (self.folder / "set/p0.png").read_bytes()
        (self.folder / "set/p0.png").write_bytes(whole[: len(whole) // 2])
        (self.folder / "set/no.jpg").write_bytes(b"not an image")
        self.data(*self.words, status=3)
        (self.folder / "set/p5.png").unlink()
        self.image("set/new.png", 160, 130, seed=50)
        done = self.data(*self.words, status=3)
        self.assertIn("'p5.png' is in the manifest, but no longer in the folder", done.stderr)
        self.assertIn("1 new in the folder", done.stderr)
        self.assertEqual(done.stderr.count("error:"), 2, done.stderr)
        self.assertEqual(self.lines()["p0.png"]["decisions"][0]["check"], "unreadable")
        (self.folder / "set/p0.png").write_bytes(whole)
        self.report(status=3)
        self.assertNotIn("decisions", self.lines()["p0.png"])

    def test_damaged_jpegs_are_dropped(self):
        self.image("whole.png", 160, 120, seed=40)
        self.stylize("whole.png", "-o", "set/whole.jpg", "--strength", "0", "--no-metadata")
        data = (self.folder / "set/whole.jpg").read_bytes()
        (self.folder / "set/half.jpg").write_bytes(data[: len(data) // 2])
        (self.folder / "set/half_ended.jpg").write_bytes(data[: len(data) // 2] + b"\xff\xd9")
        done = self.data(*self.words, status=3)
        for name in ("half.jpg", "half_ended.jpg"):
            self.assertEqual(self.lines()[name]["decisions"][0]["check"], "unreadable")
            self.assertIn(f"{name}': the image is damaged", done.stderr)
        self.assertNotIn("decisions", self.lines()["whole.jpg"])

    def test_split_after_all_were_given_one_page(self):
        self.data("manifest", "set", "--page", "https://example.org/comic", "-q")
        done = self.data("split", "set", "--held-out", "20%")
        self.assertIn("6 images of one page (https://example.org/comic) do not all stay together", done.stderr)
        self.assertIn([line["split"] for line in self.lines().values()].count("held_out"), (1, 2, 3))
        for n in range(6):
            self.data("split", "set", "--held-out", n, "-q")
            self.assertEqual([line["split"] for line in self.lines().values()].count("held_out"), n)

    def test_a_word_by_hand_overrules(self):
        self.report("--size", "130")
        self.data("keep", "set", "p0.png", "--note", "small, but good")
        self.data("drop", "set", "set/p4.png", "p5*")
        self.report("--size", "130")
        stats = json.loads(self.data("stats", "set", "--json").stdout)
        self.assertEqual((stats["kept"], stats["reasons"]), (3, {"clean: size": 1, "hand: drop": 2}))
        self.assertIn("hand: drop", self.data("stats", "set").stdout.decode())
        self.data("drop", "set", "*", "--undo")
        self.assertEqual(json.loads(self.data("stats", "set", "--json").stdout)["kept"], 4)
        self.fails("did you mean 'p0.png'", "data", "drop", "set", "p0.pn")

    def test_a_word_by_hand_means_names_before_patterns_and_takes_a_whole_folder(self):
        self.image("set/p[45].png", 200, 150)
        self.report()
        self.assertIn("1 image dropped by hand (1 changed)", self.data("drop", "set", "p[45].png").stderr)
        self.assertIn("2 images would be dropped", self.data("drop", "set", "p[4-5].png", "--dry-run").stderr)
        self.assertIn("0 of 7 are now kept", self.data("drop", "set", "set").stderr)
        self.data("drop", "set", ".", "--undo")
        self.fails("what is to be said of it is not UTF-8", "data", "drop", "set", "p4.png", "--note", "\udcff", status=2)

    def test_contact_sheet_shows_the_credit_that_it_speaks_of(self):
        self.data("manifest", "set", "--licence", "CC-BY-4.0", "--author", "A. Painter")
        self.data("contact-sheet", "set", "-o", "credit.html")
        html = (self.folder / "credit.html").read_text()
        self.assertIn("the images' makers must be credited.", html)
        self.assertIn("<summary>Credit to give</summary>A. Painter, Creative Commons Attribution 4.0", html)

    def test_contact_sheet_is_one_page_that_says_why(self):
        self.image("set/tiny.png", 60, 50)
        self.report()
        self.data("contact-sheet", "set", "-o", "sheet.html")
        html = (self.folder / "sheet.html").read_text()
        self.assertIn("its shorter side has 50 pixels, at least 100 wanted", html)
        self.assertEqual(html.count("<figure "), 7)
        self.assertNotIn("http", html.replace("http-equiv", ""))
        self.fails("exists already", "data", "contact-sheet", "set", "-o", "sheet.html", status=2)
        self.data("sheet", "set", "-o", "old.html")  # its old name
        self.assertEqual((self.folder / "old.html").read_text(), html)

    def test_split_is_repeatable_and_told(self):
        self.report()
        self.data("split", "set", "--held-out", "2", "--seed", "5")
        first = {file: line["split"] for file, line in self.lines().items()}
        self.assertEqual(sorted(first.values()).count("held_out"), 2)
        report = json.loads(self.data("split", "set", "--held-out", "2", "--seed", "5", "--json", "-q").stdout)
        self.assertEqual((report["train"], report["held_out"], report["moved"]), (4, 2, 0))
        self.fails("expected a fraction below 100% or a number", "data", "split", "set", "--held-out", "1.5", status=2)

    def test_refuses_what_makes_no_sense(self):
        (self.folder / "empty").mkdir()
        self.fails("holds no images", "data", "clean", "empty", status=2)
        self.fails("--white", "data", "clean", "set", "--white", "3", status=2)
        self.fails("has no manifest.jsonl", "data", "stats", "set")


if __name__ == "__main__":
    unittest.main()
