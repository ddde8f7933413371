"""Pipes, the progress bar and what goes to which stream."""

import os
import pty
import select
import signal
import subprocess
import unittest

from support import GENGA, TINY, Case, Png, png, png_of_rows, ppm, read_png


class Pipes(Case):
    def test_standard_input_and_output(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "file.png")
        done = self.stylize("-i", "-", "-o", "-", "-f", "png", stdin=png(40, 24))
        self.assertEqual(Png(done.stdout).rows, read_png(self.folder / "file.png").rows)
        self.assertEqual(done.stderr, "")
        self.stylize("-", "-o", "b.png", stdin=ppm(40, 24))
        self.assertEqual(read_png(self.folder / "b.png").rows, Png(done.stdout).rows)
        self.stylize("-", "-o", "out/", "-f", "webp", stdin=png(40, 24))
        self.assertIn("out/stdin.webp", self.files())

    def test_the_format_is_the_inputs_unless_named(self):
        self.image("a.png")
        self.stylize("a.png", "-o", "a.jpg")
        for data, magic in ((png(40, 24), b"\x89PNG"), ((self.folder / "a.jpg").read_bytes(), b"\xff\xd8"),
                            (ppm(40, 24), b"\x89PNG")):  # which cannot be written
            self.assertTrue(self.stylize("-", "-o", "-", stdin=data).stdout.startswith(magic))

    def test_a_comparison_can_be_made_of_a_pipe(self):
        done = self.stylize("-", "-o", "-", "-f", "png", "--compare", "both.png", stdin=png(40, 24))
        self.assertEqual(Png(done.stdout).size, (40, 24))
        self.assertEqual(read_png(self.folder / "both.png").height, 24)

    def test_nonsense_is_refused(self):
        words = ["-i", "-", "-o", "-", "-m", TINY]
        self.fails("both want standard output", *words, "-f", "png", "--json", status=2)
        self.fails("--compare auto needs an output file", *words, "-f", "png", "--compare", "auto", status=2)
        self.fails("takes one image in one style", *words, "-f", "png", "-m", TINY, status=2)
        self.fails("more than once", "-i", "-", "-", "-o", "x/", "-m", TINY, status=2)
        self.fails("standard input is empty", *words, "-f", "png")
        self.fails("-", *words, "-f", "png", stdin=b"not an image at all")
        self.image("a.png")
        self.fails("takes one image", "*.png", "-o", "-", "-f", "png", "-m", TINY, status=2)

    def test_several_styles_read_standard_input_once(self):
        self.stylize("-m", TINY, "-", "-o", "out.png", stdin=png(40, 24))
        self.assertEqual(self.files(), ["out-tiny-2.png", "out-tiny.png"])

    def test_a_reader_that_goes_away_ends_the_program_silently(self):
        self.image("a.png", width=300, height=300)
        process = subprocess.Popen(
            [GENGA, "a.png", "-o", "-", "-f", "tiff", "-m", TINY],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(errors, b"")

    def test_a_full_disk_under_stdout_is_an_error(self):
        self.image("a.png")
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [GENGA, "a.png", "-o", "-", "-f", "png", "-m", TINY],
                cwd=self.folder, stdout=full, stderr=subprocess.PIPE, check=False,
            )
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)

    def test_a_closed_stderr_changes_nothing(self):
        self.image("a.png")
        command = '"$0" a.png missing.png -o out -m "$1" 2>&-'
        done = subprocess.run(["sh", "-c", command, GENGA, TINY], cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(self.files("out"), ["a.png"])

    def test_messages_for_a_closed_stderr_do_not_get_into_outputs(self):
        self.image("a.png")
        self.image("b.png", seed=1)
        self.stylize("a.png", "b.png", "-o", "good/", "--no-credit")
        command = '"$0" -v a.png b.png -o out/ --no-credit -m "$1" 2>&-'
        done = subprocess.run(["sh", "-c", command, GENGA, TINY], cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 0)
        for name in ("a.png", "b.png"):
            self.assertEqual((self.folder / "out" / name).read_bytes(), (self.folder / "good" / name).read_bytes())

    def test_a_closed_stdout_is_an_error(self):
        done = subprocess.run(
            ["sh", "-c", '"$0" --version >&-', GENGA], cwd=self.folder, stderr=subprocess.PIPE, check=False
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)


class Terminal(Case):
    def on_terminal(self, *words, env=None):
        """Runs genga with stderr on a pseudo terminal; returns what it shows."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [GENGA, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=slave, stdin=subprocess.DEVNULL,
            env={**os.environ, "TERM": "xterm", **(env or {})},
        )
        os.close(slave)
        shown = b""
        while True:
            ready, _, _ = select.select([master], [], [], 60)
            self.assertTrue(ready, "genga is silent for a minute")
            try:
                data = os.read(master, 4096)
            except OSError:  # the other end has closed
                break
            if not data:
                break
            shown += data
        os.close(master)
        self.assertEqual(process.stdout.read(), b"")
        process.stdout.close()
        return process.wait(timeout=60), shown.decode()

    def test_shows_a_bar_and_removes_it(self):
        # White 1-bit images are large and quick to make.
        for name in ("a.png", "b.png"):
            (self.folder / name).write_bytes(png_of_rows(1500, 1000, 1, 0, b"\xff" * (188 * 1000)))
        status, shown = self.on_terminal("a.png", "b.png", "-o", "out", "-m", TINY)
        self.assertEqual(status, 0)
        for word in ("1/2 a.png", "2/2 b.png", "#", "%", "MP/s", "\033[36m"):
            self.assertIn(word, shown)
        self.assertTrue(shown.endswith("\r\033[K"), repr(shown[-40:]))

    def test_no_color_takes_the_colors_and_quiet_the_bar(self):
        self.image("a.png", width=300, height=300)
        _, shown = self.on_terminal("a.png", "-o", "b.png", "-m", TINY, env={"NO_COLOR": "1"})
        self.assertIn("%", shown)
        self.assertNotIn("\033[3", shown)
        self.assertEqual(self.on_terminal("a.png", "-o", "c.png", "-m", TINY, "-q"), (0, ""))
        self.assertEqual(self.on_terminal("a.png", "-o", "d.png", "-m", TINY, env={"TERM": "dumb"}), (0, ""))

    def test_colors_errors_on_a_terminal_only(self):
        status, shown = self.on_terminal("missing.png", "-o", "b.png", "-m", TINY)
        self.assertEqual(status, 1)
        self.assertIn("\033[1;31merror:\033[0m input 'missing.png' does not exist", shown)


if __name__ == "__main__":
    unittest.main()
