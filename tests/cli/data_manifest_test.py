"""genga data manifest and licences: what is known of images, and what it allows."""

import fcntl
import json
import os
import signal
import subprocess
import time
import unittest

from support import GENGA, Case


class Manifest(Case):
    def setUp(self):
        super().setUp()
        for i in range(4):
            self.image(f"set/p{i}.png", 48, 40, seed=i)

    def lines(self, folder="set"):
        return [json.loads(line) for line in (self.folder / folder / "manifest.jsonl").read_text().splitlines()]

    def data(self, *words, **more):
        return self.genga("data", *words, **more)

    def test_describes_a_folder_and_is_idempotent(self):
        done = self.data("manifest", "set", "--licence", "cc by 4.0", "--author", "Ann", "--tag", "sea")
        self.assertIn("4 images, 4 of them kept; 4 new", done.stderr)
        self.assertEqual(done.stdout, b"")
        lines = self.lines()
        self.assertEqual([line["file"] for line in lines], ["p0.png", "p1.png", "p2.png", "p3.png"])
        self.assertEqual({line["licence"] for line in lines}, {"CC-BY-4.0"})
        self.assertEqual((lines[0]["width"], lines[0]["height"], lines[0]["tags"]), (48, 40, ["sea"]))
        before = (self.folder / "set/manifest.jsonl").read_bytes()
        self.data("manifest", "set", "-q")
        self.assertEqual((self.folder / "set/manifest.jsonl").read_bytes(), before)

    def test_says_only_what_was_not_said_unless_told_to_replace(self):
        self.data("manifest", "set", "--author", "Ann", "--only", "p[01]*")
        self.data("manifest", "set", "--author", "Ben")
        self.assertEqual([line["author"] for line in self.lines()], ["Ann", "Ann", "Ben", "Ben"])
        self.data("manifest", "set", "--author", "Cat", "--replace", "--dry-run")
        self.assertEqual(self.lines()[0]["author"], "Ann")
        self.data("manifest", "set", "--author", "Cat", "--replace")
        self.assertEqual({line["author"] for line in self.lines()}, {"Cat"})

    def test_reports_what_is_missing_changed_and_broken(self):
        self.data("manifest", "set")
        (self.folder / "set/p0.png").unlink()
        self.image("set/p1.png", 60, 50, seed=9)
        (self.folder / "set/bad.png").write_bytes(b"no image")
        report = json.loads(self.data("manifest", "set", "--json", "-q").stdout)
        self.assertEqual(report["schema"], "genga.data.manifest.2")
        self.assertEqual(report["missing"], ["p0.png"])
        self.assertEqual(report["changed"], ["p1.png"])
        self.assertEqual([item["file"] for item in report["unreadable"]], ["bad.png"])
        self.assertEqual(len(self.lines()), 5)
        self.assertFalse(self.lines()[4]["decisions"][0]["keep"])

    def test_what_cannot_be_written_is_said_before_images_are_read(self):
        # A folder into which not even root can write; it holds no images, which is what reading would say.
        for command in ("manifest", "clean"):
            self.fails("cannot write", "data", command, "/proc/self/fdinfo")
            self.fails("holds no images", "data", command, "/proc/self/fdinfo", "--dry-run", status=2)

    def test_refuses_bad_manifests_naming_line_and_key(self):
        path = self.folder / "set/manifest.jsonl"
        for line, message in (
            ('{"file":"p0.png","licens":"x"}', "line 2: unknown key 'licens'; did you mean 'licence'?"),
            ('{"file":"../../etc/passwd"}', "line 2: 'file' is '../../etc/passwd', expected a path inside"),
            ('{"file":"p0.png","width":"x"}', "line 2: 'width' is \"x\", expected a whole number"),
            ("nonsense", "line 2: is not JSON"),
        ):
            text = '{"file":"p1.png"}\n' + line + "\n"
            path.write_text(text)
            self.fails(message, "data", "manifest", "set")
            self.fails(message, "data", "licences", "set")
            self.assertEqual(path.read_text(), text)

    def test_collections_within_a_collection_speak_for_themselves(self):
        self.image("set/cut/a.png", 48, 40, seed=7)
        self.data("manifest", "set/cut", "--licence", "own")
        self.image("set/plain/b.png", 48, 40, seed=8)
        for folder in ("set", "set/"):
            self.data("manifest", folder, "--licence", "CC0")
            self.assertEqual(sorted(line["file"] for line in self.lines())[4:], ["plain/b.png"])

    def test_names_folders_that_are_not_there(self):
        self.fails("'none': does not exist; give the folder", "data", "licences", "none")
        self.fails("'none': does not exist; give the folder", "data", "manifest", "none")
        self.fails("'set/p0.png': is no folder", "data", "clean", "set/p0.png")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_folder_that_refuses_is_named_and_its_images_are_not_missing(self):
        self.image("set/shut/a.png", 48, 40, seed=7)
        self.data("manifest", "set")
        (self.folder / "set/shut").chmod(0)
        report = json.loads(self.data("manifest", "set", "--json", "-q").stdout)
        (self.folder / "set/shut").chmod(0o755)
        self.assertEqual(report["missing"], [])
        self.assertIn("cannot be read: Permission denied", report["unreadable"][0]["reason"])

    def test_unreadable_files_have_a_line_each(self):
        (self.folder / "set/bad.png").write_bytes(b"no image")
        self.assertIn("left out:\n  'set/bad.png': this is not", self.data("manifest", "set").stderr)

    def test_a_torn_last_line_is_passed_over(self):
        self.data("manifest", "set", "--author", "Ann")
        path = self.folder / "set/manifest.jsonl"
        path.write_text(path.read_text()[:-20])
        self.assertIn("1 new", self.data("manifest", "set").stderr)
        self.assertEqual(len(self.lines()), 4)

    def test_refuses_while_another_command_writes(self):
        self.data("manifest", "set")
        with open(self.folder / "set/.manifest.lock", "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.fails("another genga data command is writing", "data", "manifest", "set")
        self.data("manifest", "set")

    def test_bad_arguments_are_one_clear_sentence(self):
        self.fails("'nowhere': does not exist; give the folder", "data", "manifest", "nowhere")
        (self.folder / "empty").mkdir()
        self.fails("'empty': holds no images", "data", "manifest", "empty", status=2)
        self.fails("has no manifest.jsonl; make one with genga data manifest set", "data", "licences", "set")
        self.fails("did you mean 'manifest'?", "data", "manifst", "set", status=2)
        self.fails("unknown option '--licnce'; did you mean '--licence'?", "data", "manifest", "set", "--licnce", "x", status=2)

    def test_a_full_disk_leaves_the_old_manifest(self):
        self.data("manifest", "set", "--author", "Ann")
        before = (self.folder / "set/manifest.jsonl").read_bytes()
        limited = f"ulimit -f 0; trap '' XFSZ; exec {GENGA} data manifest set --author Ben --replace"
        done = subprocess.run(["bash", "-c", limited], cwd=self.folder, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"cannot write", done.stderr)
        self.assertEqual((self.folder / "set/manifest.jsonl").read_bytes(), before)
        self.assertEqual(len(list((self.folder / "set").iterdir())), 4 + 2)  # images, manifest, lock

    def test_ctrl_c_leaves_the_old_manifest(self):
        for i in range(300):
            self.image(f"many/p{i:03}.png", 64, 64, seed=i)
        process = subprocess.Popen([GENGA, "data", "manifest", "many", "--threads", "1"], cwd=self.folder,
                                   stderr=subprocess.PIPE)  # fmt: skip
        time.sleep(0.12)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        if process.returncode != 0:  # else it was faster
            self.assertEqual(process.returncode, -signal.SIGINT)
            self.assertFalse((self.folder / "many/manifest.jsonl").exists())
        self.data("manifest", "many")
        self.assertEqual(len(self.lines("many")), 300)

    def test_names_that_are_no_utf8_are_named(self):
        os.rename(os.fsencode(self.folder / "set/p0.png"), os.fsencode(self.folder) + b"/set/\xff.png")
        report = json.loads(self.data("manifest", "set", "--json", "-q").stdout)
        self.assertIn("not UTF-8; rename it", report["unreadable"][0]["reason"])
        self.assertEqual(report["images"], 3)


class Licences(Case):
    def collection(self, name, *words):
        self.image(f"{name}/a.png", 48, 40)
        self.genga("data", "manifest", name, *words)

    def report(self, *folders):
        return json.loads(self.genga("data", "licences", *folders, "--json").stdout)

    def test_the_strictest_decides(self):
        self.collection("free", "--licence", "CC0")
        self.collection("by", "--licence", "https://creativecommons.org/licenses/by-sa/3.0/de/", "--author", "Ann")
        self.collection("nc", "--licence", "cc-by-nc-4.0", "--attribution", "Ben 2020")
        self.collection("none")
        free = self.report("free")
        self.assertEqual((free["commercial_use"], free["attribution_needed"]), (True, False))
        both = self.report("free", "by")
        self.assertEqual((both["commercial_use"], both["share_alike"]), (True, True))
        self.assertIn("Ann", both["attribution"])
        self.assertFalse(self.report("free", "nc")["commercial_use"])
        unknown = self.report("free", "none")
        self.assertEqual((unknown["unknown"], unknown["licence"], unknown["commercial_use"]), (1, "unknown", False))
        self.assertIn("1 of 2 have no known licence", self.genga("data", "licences", "free", "none").stdout.decode())
        self.assertEqual(self.genga("data", "licences", "nc", "--credits").stdout, b"Ben 2020\n")

    def test_lists_what_it_knows(self):
        text = self.genga("data", "licences", "--list").stdout.decode()
        for name in ("CC0-1.0", "CC-BY-SA-4.0", "MIT"):
            self.assertIn(name, text)


if __name__ == "__main__":
    unittest.main()
