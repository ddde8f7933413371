"""Every call to the system may fail: the n-th one is made to, for n = 1, 2, 3 ... until the program does without it.

After each: the old files intact or the new ones whole, an exit status that says which, one sentence, nothing temporary
left; and the same command again gives what it would have given. GENGA_FAULT_LIMIT: calls of each kind that are tried
(default 3; 0: all). See fault.cpp.
"""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from support import GENGA, HAS_DATA, TINY, Case, png

LIBRARY = os.environ["GENGA_FAULT_LIBRARY"]
LIMIT = int(os.environ.get("GENGA_FAULT_LIMIT", "3"))
FAULTS = [("open", "EIO"), ("read", "EIO"), ("read", "EINTR"), ("read", "short"), ("write", "ENOSPC"), ("write", "EINTR"),
          ("write", "short"), ("fsync", "EIO"), ("rename", "EIO"), ("allocate", "EIO")]  # fmt: skip
JOURNALS = ("out/manifest.jsonl", "out/.genga-done", "in/.clean-cache",
            "out/fetch-failures.jsonl")  # fmt: skip  # grow line by line; times are in them
HARMLESS = ("read:EINTR", "read:short", "write:EINTR", "write:short")  # the program goes on as if nothing had been
# libvips 8.14 takes an interrupted write for a broken disk: an error then, and nothing is lost.
HARMLESS_TO_LIBVIPS = ("read:EINTR", "read:short", "write:short")


class Fault(Case):
    def snapshot(self, folder):
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    def run_in(self, folder, words, fault=None, cwd=None):
        """Runs a command there, or in another folder; the fault is of a call on a file below `folder`."""
        env = dict(os.environ)
        fired = self.folder / "fired"
        fired.unlink(missing_ok=True)
        if fault:
            env |= {"LD_PRELOAD": LIBRARY, "GENGA_FAULT": fault, "GENGA_FAULT_FOLDER": str(folder),
                    "GENGA_FAULT_FIRED": str(fired)}  # fmt: skip
        done = subprocess.run(words, cwd=cwd or folder, capture_output=True, timeout=120, env=env, check=False)
        done.stderr = done.stderr.decode(errors="replace")
        return done, fired.exists()

    def sweep(self, words, make, volatile=(), harmless=HARMLESS):
        """words: the command. make(folder): what is there before. volatile: files whose bytes differ between two runs.
        harmless: faults that must change nothing."""
        before = self.folder / "before"
        before.mkdir()
        make(before)
        old = self.snapshot(before)
        clean = self.folder / "clean"
        shutil.copytree(before, clean)
        done, _ = self.run_in(clean, words)
        self.assertEqual(done.returncode, 0, done.stderr)
        new = self.snapshot(clean)
        self.assertNotEqual(old, new)

        tried = 0
        for call, error in FAULTS:
            n = 0
            while LIMIT == 0 or n < LIMIT:
                n += 1
                with self.subTest(fault=f"{call}:{error}:{n}"):
                    folder = self.folder / "work"
                    shutil.rmtree(folder, ignore_errors=True)
                    shutil.copytree(before, folder)
                    done, fired = self.run_in(folder, words, f"{call}:{error}:{n}")
                    said = f"status {done.returncode}: {done.stderr}"
                    if not fired:
                        n = None
                    else:
                        tried += 1
                        self.check(folder, done, f"{call}:{error}" in harmless, old, new, volatile, said)
                        done, _ = self.run_in(folder, words)
                        self.assertEqual(done.returncode, 0, f"run again: {done.stderr}; before that {said}")
                        now = self.snapshot(folder)
                        self.assertEqual(set(now) - set(volatile), set(new) - set(volatile), f"run again: {said}")
                        for name in set(new) - set(volatile):
                            self.assertEqual(now[name], new[name], f"run again: {name} differs; {said}")
                if n is None:
                    break
        self.assertGreater(tried, 10, "hardly a call was made to fail")

    def check(self, folder, done, harmless, old, new, volatile, said):
        self.assertIn(done.returncode, (0, 1, 3), said)  # no crash, and the mistake is not the user's
        if harmless:
            self.assertEqual(done.returncode, 0, said)
        if done.returncode != 0:
            self.assertRegex(done.stderr, "Input/output error|No space left|memory|write|read", said)
        now = self.snapshot(folder)
        for name in now:
            self.assertTrue(name in old or name in new or name in volatile, f"left behind: {name}; {said}")
        for name in set(now) - set(volatile):
            allowed = [new.get(name)] if harmless else [old.get(name), new.get(name)]
            self.assertIn(now[name], allowed, f"{name} is {'not new' if harmless else 'neither old nor new'}; {said}")
        for name in old:
            self.assertIn(name, now, f"lost; {said}")


class Images(Fault):
    def test_stylize_replaces_a_file_or_leaves_it(self):
        def make(folder):
            (folder / "in.png").write_bytes(png(40, 24))
            (folder / "out.png").write_bytes(png(8, 8))

        self.sweep([GENGA, "stylize", "-m", TINY, "-j", "1", "in.png", "-o", "out.png", "--overwrite", "-q"], make,
                   harmless=HARMLESS_TO_LIBVIPS)  # fmt: skip

    def test_stylize_of_a_folder(self):
        def make(folder):
            for i in range(2):
                (folder / "in").mkdir(exist_ok=True)
                (folder / "in" / f"{i}.png").write_bytes(png(40, 24, seed=i))

        self.sweep([GENGA, "stylize", "-m", TINY, "-j", "1", "in", "-o", "out", "-q", "--skip-existing"], make,
                   harmless=HARMLESS_TO_LIBVIPS)  # fmt: skip

    def test_convert(self):
        def make(folder):
            (folder / "out.safetensors").write_bytes(b"old")
            shutil.copy(TINY, folder / "in.safetensors")

        self.sweep([GENGA, "convert", "in.safetensors", "-o", "out.safetensors", "--overwrite"], make)


@unittest.skipUnless(HAS_DATA, "genga-data is not built")
class Data(Fault):
    DATA = str(Path(GENGA).parent / "genga-data")

    def make(self, folder):
        (folder / "in").mkdir()
        for i in range(3):
            (folder / "in" / f"{i}.png").write_bytes(png(120, 110, seed=i))

    def test_fetch_of_a_folder(self):
        self.sweep([self.DATA, "fetch", "in", "-o", "out", "--licence", "own"], self.make, volatile=JOURNALS)

    def test_clean(self):
        self.sweep([self.DATA, "clean", "in", "-j", "1"], self.make, volatile=JOURNALS)

    def test_prepare(self):
        self.sweep([self.DATA, "prepare", "in", "-o", "out", "--size", "64", "-j", "1"], self.make, volatile=JOURNALS)


if __name__ == "__main__":
    unittest.main()
