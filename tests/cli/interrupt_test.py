"""Ctrl-C, SIGTERM, full disks and missing permissions: nothing half-written is left."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import GENGA, MODELS, TINY, Case, png_of_rows


class Interrupted(Case):
    def setUp(self):
        super().setUp()
        # Takes tens of seconds to stylise, and almost nothing to make.
        (self.folder / "big.png").write_bytes(png_of_rows(16000, 12000, 1, 0, b"\xaa" * (2000 * 12000)))
        (self.folder / "out").mkdir()

    def start(self, *words, **more):
        process = subprocess.Popen(
            [GENGA, "big.png", "-o", "out/", "-m", TINY, "-f", "png", "-j", "1", *words],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wait_for_work(self, process):
        """Until the output's temporary file is there."""
        deadline = time.monotonic() + 60
        while not self.files("out"):
            self.assertIsNone(process.poll(), "ended too early")
            self.assertLess(time.monotonic(), deadline, "no output was begun")
            time.sleep(0.02)
        time.sleep(0.3)

    def test_leaves_nothing_and_dies_by_the_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start()
            self.wait_for_work(process)
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=60), -number)  # a shell shows 128 + number: 130 for Ctrl-C
            self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(self.files("out"), [])

    def test_a_shell_sees_130(self):
        process = subprocess.Popen(
            ["bash", "-c", '"$0" big.png -o out/ -f png -j 1 -m "$1"; echo status $?', GENGA, TINY],
            cwd=self.folder, stdout=subprocess.PIPE, start_new_session=True,
        )
        self.addCleanup(process.stdout.close)
        self.wait_for_work(process)
        child = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
        if not child.stdout.strip():
            self.skipTest("pgrep is not there")
        os.kill(int(child.stdout.split()[0]), signal.SIGINT)
        self.assertIn(b"status 130", process.communicate(timeout=60)[0])

    def test_keeps_what_was_finished_and_reports_it(self):
        self.image("a.png")
        process = subprocess.Popen(
            [GENGA, "a.png", "big.png", "-o", "out/", "-m", TINY, "-j", "1", "--json"],
            cwd=self.folder, stdout=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        deadline = time.monotonic() + 60
        while not any(name != "a.png" for name in self.files("out") if "a.png" in self.files("out")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        report = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual(self.files("out"), ["a.png"])
        self.assertIn(b'"cancelled"', report)
        self.assertIn(b'"out/a.png"', report)

    def test_ignored_signals_stay_ignored(self):
        self.image("a.png")
        process = subprocess.Popen(
            [GENGA, "-", "-o", "b.png", "-m", TINY], cwd=self.folder, stdin=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        )
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.1)
        process.communicate((self.folder / "a.png").read_bytes(), timeout=60)
        self.assertEqual(process.returncode, 0)

    def test_is_noticed_while_waiting_for_a_pipe(self):
        process = subprocess.Popen(
            [GENGA, "-", "-o", "b.png", "-m", TINY], cwd=self.folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)
        self.addCleanup(process.stdin.close)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), -signal.SIGINT)


class DiskFull(Case):
    def test_is_one_error_and_leaves_nothing(self):
        small = self.folder / "small"
        small.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small], capture_output=True, check=False
        ).returncode == 0
        if not mounted:
            self.skipTest("SKIPPED: a small tmpfs cannot be mounted here (needs root)")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        self.image("a.png", width=500, height=400)
        for suffix in ("tif", "png", "webp", "jpg"):
            quality = ["--quality", "100"] if suffix in ("webp", "jpg") else []
            done = self.genga("a.png", "-o", f"small/b.{suffix}", "-m", TINY, *quality, status=None)
            if done.returncode == 0:  # this format made it small enough
                (small / f"b.{suffix}").unlink()
                continue
            self.assertEqual(done.returncode, 1)
            self.assertIn("small/b", done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertEqual(self.files("small"), [], suffix)


class Permissions(Case):
    """Run as nobody, since root may do everything."""

    def setUp(self):
        super().setUp()
        self.more = {}
        if os.geteuid() == 0:
            self.more = {"user": 65534, "group": 65534}
            os.chmod(self.folder, 0o755)
            try:
                subprocess.run([GENGA, "--version"], capture_output=True, check=True, **self.more)
            except (PermissionError, subprocess.CalledProcessError):
                self.skipTest("SKIPPED: the build folder cannot be reached by another user")
        if not os.access(MODELS, os.X_OK):
            self.skipTest("SKIPPED: the models cannot be reached")
        self.model = self.folder / "tiny.safetensors"
        shutil.copy(TINY, self.model)
        os.chmod(self.model, 0o644)
        self.image("a.png")

    def test_an_unwritable_folder_is_named(self):
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        self.fails("locked", "a.png", "-o", "locked/b.png", "-m", self.model, **self.more)
        self.fails("locked", "a.png", "-o", "locked/deeper/b.png", "-m", self.model, **self.more)

    def test_an_unreadable_image_folder_or_model_is_named(self):
        secret = self.image("secret.png")
        secret.chmod(0)
        out = Path(tempfile.mkdtemp(prefix="genga_out_"))
        self.addCleanup(shutil.rmtree, out)
        out.chmod(0o777)
        self.fails("secret.png", "secret.png", "-o", out / "b.png", "-m", self.model, **self.more)
        hidden = self.folder / "hidden"
        hidden.mkdir(mode=0o000)
        self.addCleanup(hidden.chmod, 0o755)
        self.fails("cannot read folder 'hidden'", "hidden", "-o", out / "x", "-m", self.model, **self.more)
        self.model.chmod(0)
        self.fails("tiny.safetensors", "a.png", "-o", out / "b.png", "-m", self.model, **self.more)

    def test_a_file_in_the_way_of_a_folder_is_named(self):
        (self.folder / "file").write_text("x")
        self.fails("cannot create folder 'file/deeper'", "a.png", "-o", "file/deeper/b.png", "-m", TINY)


if __name__ == "__main__":
    unittest.main()
