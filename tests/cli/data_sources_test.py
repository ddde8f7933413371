"""genga data fetch: image boards, Wikimedia Commons, archives and libraries on disk."""

import gzip
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import unittest
import zipfile

from fake_apis import Commons, Danbooru, Gelbooru, Moebooru
from support import Case, png

FAST = ["--allow-private", "--rate", "1000", "--back-off", "0.01", "--min-side", "0"]


class Fetch(Case):
    def fetch(self, *words, status=0):
        """The report of a run."""
        words = ("data", "fetch", *words, *FAST, "--json", "-q")
        return json.loads(self.genga(*words, status=status).stdout)

    def serve(self, server):
        self.addCleanup(server.close)
        return server

    def lines(self, folder="set"):
        """What the manifest says, by the stem of the file."""
        rows = [json.loads(line) for line in (self.folder / folder / "manifest.jsonl").read_text().splitlines()]
        return {row["file"].removeprefix("images/").rsplit(".", 1)[0]: row for row in rows}

    @staticmethod
    def reasons(report):
        return {problem["what"]: problem["reason"] for problem in report["problems"]}


class Boards(Fetch):
    def from_board(self, server, source, *words, **more):
        return self.fetch(source, "-o", "set", "--api", server.base, *words, **more)

    def test_danbooru_images_come_with_artist_and_source_but_no_licence(self):
        board = self.serve(Danbooru(range(101, 109)))
        done = self.genga("data", "fetch", "danbooru:1girl hat", "-o", "set", "--api", board.base, *FAST)
        self.assertIn("does not license", done.stderr)
        rows = self.lines()
        self.assertEqual(set(rows), {f"danbooru_{i}" for i in range(101, 109)})
        row = rows["danbooru_105"]
        self.assertEqual(row["author"], "mori_(painter)")
        self.assertEqual(row["page"], f"{board.base}/posts/105")
        self.assertIn("source: https://art.example/105", row["attribution"])
        self.assertEqual(row["source"], board.file_url(105))
        self.assertEqual(row["tags"], ["1girl", "hat", "rating:general"])
        self.assertNotIn("licence", row)
        self.assertEqual((row["width"], row["height"]), (40, 30))
        self.assertEqual(board.requests[0][1]["tags"], "1girl hat rating:general")
        self.assertIn("8 of 8 have no known licence", self.genga("data", "licences", "set").stdout.decode())

    def test_posts_that_cannot_be_had_are_passed_over_with_a_reason(self):
        board = self.serve(Danbooru(range(1, 4)))
        board.add(4, is_banned=True, file_url=None)
        board.posts[5] = {key: value for key, value in board.post(5).items() if key not in ("file_url", "md5")}
        board.add(6, rating="e")
        board.add(7, file_url=board.file_url(7).replace(".png", ".mp4"))
        board.add(8, is_deleted=True)
        report = self.from_board(board, "danbooru:hat", "--rating", "any")
        reasons = self.reasons(report)
        self.assertEqual(report["counts"]["stored"], 4)
        self.assertEqual(reasons["post 4"], "was taken down at the artist's wish")
        self.assertIn("some accounts only", reasons["post 5"])
        self.assertIn(".mp4", reasons["post 7"])
        self.assertEqual(reasons["post 8"], "is deleted")
        self.assertEqual(self.lines()["danbooru_6"]["tags"][-1], "rating:explicit")

    def test_board_that_ignores_the_wished_rating_gives_no_others(self):
        board = self.serve(Danbooru([1, 2]))
        board.add(3, rating="e")
        board.page = lambda wanted, older_than: [] if older_than else list(board.posts.values())
        report = self.from_board(board, "danbooru:hat")
        self.assertEqual(report["counts"]["stored"], 2)
        self.assertEqual(self.reasons(report)["post 3"], "is rated explicit")

    def test_new_posts_while_paging_shift_nothing(self):
        for board, prefix in ((Danbooru, "danbooru"), (Gelbooru, "gelbooru"), (Moebooru, "konachan")):
            with self.subTest(prefix):
                server = self.serve(board(range(11, 20)))
                server.after_page = [lambda: server.add(20), lambda: server.add(21), lambda: server.posts.pop(15)]
                self.fetch(f"{prefix}:hat", "-o", prefix, "--api", server.base)
                names = set(self.lines(prefix))
                self.assertTrue({f"{prefix}_{i}" for i in range(11, 20) if i != 15} <= names, names)
                self.assertEqual(len(server.requests), 4)

    def test_overloaded_board_is_asked_again(self):
        board = self.serve(Danbooru([1, 2]))
        board.planned = [
            (429, "text/html", b"slow down", {"Retry-After": "0"}),
            (500, "text/html", b"oops", {}),
            (503, "text/html", b"busy", {}),
        ]
        self.assertEqual(self.from_board(board, "danbooru:hat")["counts"]["stored"], 2)
        self.assertEqual(len(board.requests), 5)

    def test_gelbooru_answers_of_both_ages_are_read(self):
        board = self.serve(Gelbooru(range(31, 36)))
        self.from_board(board, "gelbooru:hat", "--user", "7", "--key", "secret words")
        row = self.lines()["gelbooru_33"]
        self.assertNotIn("author", row)
        self.assertIn("source: https://art.example/?a=1&b=2", row["attribution"])
        query = board.requests[0][1]
        self.assertEqual((query["user_id"], query["api_key"]), ("7", "secret words"))
        self.assertNotIn("secret", (self.folder / "set/manifest.jsonl").read_text())
        older = self.serve(Gelbooru(range(31, 36)))
        older.wrapped = False
        for post in older.posts.values():
            del post["file_url"]
            post["directory"] = ""
        done = self.fetch("safebooru:hat", "-o", "older", "--api", older.base, "--dry-run")
        self.assertEqual(done["offers"][0]["url"], f"{older.base}/images//35.png")
        self.assertNotIn("rating:", older.requests[0][1]["tags"])

    def test_moebooru_images_are_safe_ones_by_default(self):
        board = self.serve(Moebooru(range(51, 55)))
        board.add(55, rating="q")
        report = self.from_board(board, "yandere:hat")
        self.assertEqual(report["counts"]["stored"], 4)
        self.assertEqual(board.requests[0][1]["tags"], "hat rating:safe")
        self.assertNotIn("author", self.lines()["yandere_51"])

    def test_search_without_results_stores_nothing_and_is_no_error(self):
        for board, prefix in ((Danbooru, "danbooru"), (Gelbooru, "gelbooru"), (Moebooru, "konachan")):
            server = self.serve(board([]))
            report = self.fetch(f"{prefix}:nothing", "-o", prefix, "--api", server.base)
            self.assertEqual(report["counts"]["stored"], 0)

    def test_wrong_answers_end_the_source_in_one_sentence(self):
        board = self.serve(Danbooru([1]))
        for plan, words in (
            ((200, "text/html", b"<!doctype html><title>Are you human?</title>", {}), "a web page"),
            ((200, "application/json", b"", {}), "answered with nothing"),
            ((200, "application/json", b'{"a": 1', {}), "where JSON was expected"),
            ((200, "application/json", {"success": False, "message": "too many tags"}, {}), "too many tags"),
            ((422, "application/json", {"success": False}, {}), "two tags at once"),
            ((403, "text/html", b"no", {}), "refuses the search (status 403)"),
            ((200, "application/json", {"posts": []}, {}), "no list of posts"),
        ):
            board.planned = [plan]
            done = self.genga("data", "fetch", "danbooru:x", "-o", "set", "--api", board.base, *FAST, "-q", status=None)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertIn(words, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_image_with_another_hash_than_announced_is_not_stored(self):
        board = self.serve(Danbooru([1, 2]))
        board.posts[2]["md5"] = "0" * 32
        report = self.from_board(board, "danbooru:hat", status=None)
        self.assertEqual(report["counts"]["stored"], 1)
        self.assertIn("expected " + "0" * 32, json.dumps(report["problems"]))

    def test_run_that_was_cut_off_goes_on_at_its_cursor(self):
        board = self.serve(Danbooru(range(1, 13)))
        board.after_page = [
            lambda: None,
            lambda: board.planned.extend([(500, "text/html", b"down", {})] * 50),
        ]
        self.from_board(board, "danbooru:hat", "--retries", "0", status=None)
        first = set(self.lines())
        self.assertEqual(first, {f"danbooru_{i}" for i in range(7, 13)})
        board.planned, board.requests = [], []
        self.from_board(board, "danbooru:hat")
        self.assertEqual(set(self.lines()), {f"danbooru_{i}" for i in range(1, 13)})
        self.assertIn(board.requests[0][1].get("page"), ("b10", "b7"))

    def test_unknown_rating_is_refused_before_anything_is_asked(self):
        board = self.serve(Danbooru([1]))
        done = self.genga(
            *("data", "fetch", "danbooru:x", "-o", "set", "--api", board.base, *FAST, "--rating", "genral"), status=None
        )
        self.assertIn("did you mean 'general'?", done.stderr)
        self.assertEqual(board.requests, [])


class Wiki(Fetch):
    def test_category_gives_licence_author_and_credit_of_every_file(self):
        wiki = self.serve(Commons())
        report = self.fetch("commons:Category:Harbours", "-o", "set", "--api", wiki.base)
        rows = self.lines()
        self.assertEqual(set(rows), {"commons_1001", "commons_1002", "commons_1003", "commons_1004"})
        self.assertEqual(rows["commons_1001"]["licence"], "CC-BY-SA-4.0")
        self.assertEqual(rows["commons_1001"]["author"], "Painter 1")
        self.assertEqual(
            rows["commons_1001"]["attribution"],
            'Painter 1, "Harbour 1", CC BY-SA 4.0 <https://creativecommons.org/licenses/by-sa/4.0>, '
            "via Wikimedia Commons",
        )
        self.assertEqual(rows["commons_1002"]["licence"], "PDM-1.0")
        self.assertEqual(rows["commons_1003"]["licence"], "Museum terms")
        self.assertEqual(rows["commons_1004"]["licence"], "CC0-1.0")
        self.assertIn("image/svg+xml", self.reasons(report)["File:Map.svg"])
        self.assertEqual([query["maxlag"] for _, query in wiki.requests], ["5"] * 3)
        self.assertIn("1 of 4 have no known licence", self.genga("data", "licences", "set").stdout.decode())

    def test_depth_0_leaves_subcategories_alone(self):
        wiki = self.serve(Commons())
        self.fetch("commons:Category:Harbours", "-o", "set", "--api", wiki.base, "--depth", "0")
        self.assertEqual(set(self.lines()), {"commons_1001", "commons_1002", "commons_1003"})

    def test_copies_of_a_wished_width_are_taken(self):
        wiki = self.serve(Commons())
        self.fetch("commons:Category:Boats", "-o", "set", "--api", wiki.base, "--copy-width", "18")
        self.assertEqual(self.lines()["commons_1004"]["source"], wiki.file_url(104))
        self.assertEqual(wiki.requests[0][1]["iiurlwidth"], "20")

    def test_lagging_wiki_is_left_alone_for_a_while(self):
        wiki = self.serve(Commons())
        lag = {"error": {"code": "maxlag", "info": "Waiting for a server: 6 seconds lagged", "lag": 6}}
        wiki.planned = [(200, "application/json", lag, {})] * 2
        self.fetch("commons:Category:Boats", "-o", "set", "--api", wiki.base)
        self.assertEqual(len(wiki.requests), 3)
        self.assertEqual(set(self.lines()), {"commons_1004"})

    def test_category_that_does_not_exist_is_named(self):
        wiki = self.serve(Commons())
        report = self.fetch("commons:Category:Nowhere", "-o", "set", "--api", wiki.base)
        self.assertEqual(self.reasons(report)["Category:Nowhere"], "is empty or does not exist")


class Archives(Fetch):
    def tar(self, name, members, mode="w", **more):
        """members: name -> bytes, or a TarInfo with its bytes."""
        path = self.folder / name
        with tarfile.open(path, mode, **more) as archive:
            for member, data in members:
                info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
                if info.isreg():
                    info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return path

    @staticmethod
    def special(name, kind, link=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        return info

    def samples(self, count, first=0):
        for i in range(first, first + count):
            yield f"{i:04}.png", png(40, 30, seed=i)
            sidecar = {"url": f"https://img.example/{i}.jpg", "caption": "a red boat", "license": "CC BY 4.0"}
            yield f"{i:04}.json", json.dumps({**sidecar, "author": "A. Painter"}).encode()
            yield f"{i:04}.txt", b"boat, sea"

    def test_webdataset_shards_are_read_with_their_sidecars(self):
        for shard in range(3):
            self.tar(f"shard-{shard:03}.tar", self.samples(4, first=4 * shard))
        report = self.fetch("shard-{000..002}.tar", "-o", "set")
        self.assertEqual(report["counts"]["stored"], 12)
        row = self.lines()["shard-001_0005"]
        self.assertEqual(row["licence"], "CC-BY-4.0")
        self.assertEqual(row["author"], "A. Painter")
        self.assertEqual(row["page"], "https://img.example/5.jpg")
        self.assertTrue(row["source"].endswith("shard-001.tar/0005.png"), row["source"])
        again = self.fetch("shard-{000..002}.tar", "-o", "set")
        self.assertEqual((again["counts"]["stored"], again["counts"]["known"]), (0, 12))

    def test_compressions_and_zip_are_read(self):
        self.tar("a.tar.gz", self.samples(2), "w:gz")
        self.tar("b.tar.xz", self.samples(2, first=2), "w:xz")
        self.tar("c.tar.bz2", self.samples(2, first=4), "w:bz2")
        with zipfile.ZipFile(self.folder / "d.cbz", "w") as archive:
            archive.writestr("浮世絵/001.png", png(40, 30, seed=50))
        sources = ["a.tar.gz", "b.tar.xz", "c.tar.bz2", "d.cbz"]
        if shutil.which("zstd"):
            self.tar("e.tar", self.samples(2, first=6))
            subprocess.run(["zstd", "-q", "--rm", "e.tar"], cwd=self.folder, check=True)
            os.rename(self.folder / "e.tar.zst", self.folder / "f.tar.zst")
            sources.append("f.tar.zst")
        report = self.fetch(*sources, "-o", "set")
        self.assertEqual(report["counts"]["stored"], 7 + 2 * (len(sources) - 4))
        self.assertIn("d_浮世絵_001", self.lines())

    def test_tricks_are_refused_one_by_one_and_nothing_leaves_the_collection(self):
        image = png(40, 30, seed=1)
        inner = self.tar("inner.tar", [("x.png", image)]).read_bytes()
        members = [
            ("/abs.png", image),
            ("../up.png", image),
            ("a/../../up.png", image),
            (self.special("soft.png", tarfile.SYMTYPE, "/etc/passwd"), b""),
            (self.special("hard.png", tarfile.LNKTYPE, "good.png"), b""),
            (self.special("device.png", tarfile.CHRTYPE), b""),
            (self.special("pipe.png", tarfile.FIFOTYPE), b""),
            ("big.png", bytes(200_000)),
            ("inner.tar", inner),
            ("empty.png", b""),
            ("text.png", b"<html>no image</html>"),
            ("cut.png", image[: len(image) // 2]),
            ("good.png", image),
        ]
        self.tar("tricks.tar", members)
        before = set(self.files())
        report = self.fetch("tricks.tar", "-o", "set", "--max-bytes", "100000", status=None)
        self.assertEqual(set(self.lines()), {"tricks_good"})
        new = set(self.files()) - before
        self.assertTrue(all(name.startswith("set/") for name in new), new)
        reasons = {what.rsplit("tar: ", 1)[-1]: reason for what, reason in self.reasons(report).items()}
        self.assertEqual(reasons["/abs.png"], "has an absolute path")
        self.assertEqual(reasons["../up.png"], "has a path that leaves the archive")
        self.assertEqual(reasons["a/../../up.png"], "has a path that leaves the archive")
        self.assertEqual(reasons["soft.png"], "is a symbolic link")
        self.assertEqual(reasons["hard.png"], "is a hard link")
        self.assertEqual(reasons["device.png"], "is a device")
        self.assertEqual(reasons["pipe.png"], "is no file")
        self.assertIn("more than the 97.7 KiB allowed", reasons["big.png"])
        self.assertEqual(reasons["inner.tar"], "is an archive within an archive")
        self.assertEqual(reasons["empty.png"], "is empty (0 bytes)")
        self.assertTrue(any(what.endswith("text.png") for what in reasons), reasons)
        self.assertTrue(any(what.endswith("cut.png") for what in reasons), reasons)

    def test_bomb_is_given_up_and_the_next_archive_read(self):
        zeros = bytes(1 << 20)
        with gzip.open(self.folder / "bomb.tar.gz", "wb", compresslevel=1) as packed:
            with tarfile.open(fileobj=packed, mode="w|") as archive:
                for i in range(280):
                    info = tarfile.TarInfo(f"{i}.dat")
                    info.size = len(zeros)
                    archive.addfile(info, io.BytesIO(zeros))
        self.tar("next.tar", self.samples(1))
        report = self.fetch("bomb.tar.gz", "next.tar", "-o", "set", status=None)
        self.assertEqual(set(self.lines()), {"next_0000"})
        self.assertIn("over 100 times its own size", json.dumps(report["sources"]))

    def test_of_a_cut_archive_what_came_before_is_kept(self):
        noise = random.Random(1)
        for name, mode in (("plain.tar", "w"), ("packed.tar.gz", "w:gz")):
            members = []
            for i in range(6):  # large enough for the packed one to be cut in its middle
                members += [*self.samples(1, first=i), (f"{i:04}.npy", noise.randbytes(100_000))]
            path = self.tar(name, members, mode)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            report = self.fetch(name, "-o", name.split(".")[0], status=None)
            self.assertIn("is cut short or damaged after", json.dumps(report["problems"]))
            rows = self.lines(name.split(".")[0])
            self.assertGreater(len(rows), 0)
            self.assertLess(len(rows), 6)
            self.assertEqual({row["licence"] for row in rows.values()}, {"CC-BY-4.0"})

    def test_what_is_no_archive_is_named(self):
        (self.folder / "page.tar").write_text("<html>404</html>")
        (self.folder / "empty.tar").write_bytes(b"")
        report = self.fetch("page.tar", "empty.tar", "-o", "set", status=None)
        text = json.dumps(report["sources"])
        self.assertIn("is no tar or zip archive", text)
        self.assertIn("is empty (0 bytes)", text)
        self.assertEqual(self.lines(), {})
        whole = self.tar("whole.tar", self.samples(2)).read_bytes()
        (self.folder / "cut.tar").write_bytes(whole[:700])  # within its first image
        for name in ("page.tar", "empty.tar", "cut.tar"):
            done = self.genga("data", "fetch", name, "-o", "set", "-q", status=1)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertRegex(done.stderr, f"{name}': is (no|empty|cut short)")
        self.genga("data", "fetch", "page.tar", "empty.tar", "-o", "set", status=1)
        self.genga("data", "fetch", "page.tar", "--dry-run", status=1)
        self.genga("data", "fetch", "page.tar", "whole.tar", "-o", "set", *FAST, status=3)  # one stops no other
        self.assertEqual(len(self.lines()), 2)
        done = self.genga("data", "fetch", "gone-{0..3}.tar", "-o", "other", status=None)
        self.assertIn("gone-0.tar': does not exist", done.stderr)


class Library(Fetch):
    def test_folder_is_taken_with_its_sidecars(self):
        for i in range(3):
            self.image(f"library/sub/{i}.png", 40, 30, seed=i)
        sidecar = {"tag_string_artist": "mori", "tag_string": "hat sea", "rating": "g", "license": "cc0"}
        (self.folder / "library/sub/0.png.json").write_text(json.dumps(sidecar))
        (self.folder / "library/sub/1.txt").write_text("1girl, red hat")
        (self.folder / "library/sub/2.json").write_text("{broken")
        report = self.fetch("library", "-o", "set", "--author", "Me")
        rows = self.lines()
        self.assertEqual(set(rows), {"sub_0", "sub_1", "sub_2"})
        self.assertEqual((rows["sub_0"]["author"], rows["sub_0"]["licence"]), ("mori", "CC0-1.0"))
        self.assertEqual(rows["sub_0"]["tags"], ["hat", "sea", "rating:g"])
        self.assertEqual((rows["sub_1"]["author"], rows["sub_1"]["tags"]), ("Me", ["1girl", "red hat"]))
        self.assertEqual([p for p in report["problems"] if p["what"].endswith("2.json")][0]["code"], "passed_over")
        stored = self.folder / "set" / rows["sub_0"]["file"]
        self.assertEqual((self.folder / "library/sub/0.png").read_bytes(), stored.read_bytes())

    def test_collection_is_taken_over_entirely(self):
        for i in range(3):
            self.image(f"old/p{i}.png", 40, 30, seed=i)
        self.genga("data", "manifest", "old", "--licence", "CC-BY-4.0", "--author", "Ann")
        path = self.folder / "old/manifest.jsonl"
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        rows[0] |= {"split": "held_out", "measures": {"sharpness": 4.5}}
        rows[0]["decisions"] = [{"step": "clean", "check": "blur", "keep": False, "value": 4.5, "limit": 8}]
        rows.append({"file": "gone.png", "author": "Ann"})
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.image("old/p2.png", 44, 30, seed=9)  # changed since
        report = self.fetch("old", "-o", "set", status=None)
        new = self.lines()
        for key in ("split", "measures", "decisions", "licence", "author", "sha256"):
            self.assertEqual(new["p0"][key], rows[0][key], key)
        self.assertIn("p1", new)
        reasons = {what.rsplit("/", 1)[-1]: reason for what, reason in self.reasons(report).items()}
        self.assertEqual(reasons["gone.png"], "is named by the manifest, but is not there")
        self.assertIn("sha256", reasons["p2.png"])

    def test_folder_that_cannot_be_read_is_named(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        self.image("library/open/1.png", 40, 30)
        self.image("library/shut/2.png", 40, 30, seed=2)
        (self.folder / "library/shut").chmod(0)
        self.addCleanup((self.folder / "library/shut").chmod, 0o755)
        report = self.fetch("library", "-o", "set", status=None)
        self.assertEqual(set(self.lines()), {"open_1"})
        self.assertIn("cannot be read", json.dumps(report["problems"]))

    def test_folder_without_images_is_refused_with_the_cure(self):
        (self.folder / "bare").mkdir()
        done = self.genga("data", "fetch", "bare", "-o", "set", status=None)
        self.assertIn("holds no images", done.stderr)
        (self.folder / "bare/a.tar").write_bytes(b"x")
        done = self.genga("data", "fetch", "bare", "-o", "set", status=None)
        self.assertIn("/*.tar'", done.stderr)


if __name__ == "__main__":
    unittest.main()
