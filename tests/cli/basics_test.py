"""Help, version, usage errors, man page, completions, and how genga hands over to genga-train."""

import os
import re
import resource
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from support import GENGA, HAS_DATA, HAS_TRAIN, TINY, Case


DATA_COMMANDS = (
    "clean", "contact-sheet", "drop", "faces", "fetch", "frames", "keep", "licences", "manifest", "panels", "prepare",
    "split", "stats",
)  # fmt: skip


class Help(Case):
    def test_prints_help_and_version_on_stdout(self):
        self.assertRegex(self.genga("--version").stdout, rb"^genga \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["-h"], ["stylize", "--help"], ["models", "-h"], ["bench", "--help"]):
            done = self.genga(*words)
            self.assertIn(b"Usage: genga", done.stdout)
            self.assertIn(b"Examples:", done.stdout)
            self.assertEqual(done.stderr, "")

    def test_help_fits_80_columns(self):
        commands = ["stylize", "sample", "models", "inspect", "convert", "bench", "eval", "completion", "man"]
        calls = [[]] + [[command] for command in commands]
        if HAS_DATA:
            calls += [["data"]] + [["data", command] for command in DATA_COMMANDS]
        if HAS_TRAIN:
            calls += [["train"], ["train", "run"], ["train", "methods"], ["train", "report"]]
        for words in calls:
            for line in self.genga(*words, "--help").stdout.decode().splitlines():
                self.assertLessEqual(len(line), 80, f"genga {' '.join(words)} --help: {line}")

    def test_help_is_short(self):
        self.assertLess(len(self.genga("--help").stdout.splitlines()), 30)
        self.assertLess(len(self.genga("stylize", "--help").stdout.splitlines()), 70)

    def test_starts_within_four_times_an_empty_python(self):
        if os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS"):
            self.skipTest("sanitizers start slowly")

        def cpu_seconds(*command):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

        # Processor time: on a busy machine the clock tells more about the others. Python is the yardstick, since machines
        # differ tenfold in what a new process costs. Measured: 2.0 times on Debian 12, 3.2 on Debian 13, whose Python starts
        # faster and whose libvips brings more libraries.
        ours, python = (min(cpu_seconds(*command) for _ in range(20))
                        for command in ([GENGA, "--version"], [sys.executable, "-c", "pass"]))
        self.assertLess(ours, 4 * python)

    def test_nothing_given_is_a_usage_error_that_shows_help(self):
        done = self.genga(status=2)
        self.assertEqual(done.stdout, b"")
        self.assertIn("Usage: genga", done.stderr)

    def test_a_full_disk_under_stdout_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([GENGA, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output: No space left", done.stderr)


class Usage(Case):
    def test_names_the_nearest_command_and_option(self):
        self.fails("did you mean 'stylize'?", "stylise", status=2)
        self.fails("did you mean '--strength'?", "stylize", "a.jpg", "-o", "b.png", "--strenght", "1", status=2)
        self.fails("did you mean '--keep-color'?", "-i", "a.jpg", "--keep-colour", "1", status=2)
        self.fails("unknown option '--frobnicate'; see genga bench --help", "bench", "--frobnicate", status=2)

    def test_refuses_nonsense_values_by_name(self):
        for option, value, text in (
            ("--strength", "2", "--strength: is '2', expected a number from 0 to 1"),
            ("--strength", "much", "expected a number"),
            ("--keep-color", "-1", "expected a number from 0 to 1"),
            ("--tile", "-5", "expected a whole number"),
            ("--threads", "many", "expected a whole number"),
            ("--quality", "0", "from 1 to 100"),
            ("--size", "12x", "expected WIDTHxHEIGHT"),
            ("--memory", "lots", "write it like 800M"),
            ("--max-pixels", "-3", "expected a number of pixels"),
        ):
            self.fails(text, "stylize", "a.jpg", "-o", "b.png", option, value, status=2)
        self.fails("did you mean 'cover'?", "a.jpg", "-o", "b.png", "--size", "9x9", "--fit", "covr", status=2)

    def test_options_that_need_or_exclude_each_other_say_so(self):
        self.fails("--fit", "a.jpg", "-o", "b.png", "--fit", "cover", status=2)
        self.fails("--feather", "a.jpg", "-o", "b.png", "--feather", "3", status=2)
        self.fails("--overwrite", "a.jpg", "-o", "b.png", "--overwrite", "--skip-existing", status=2)
        self.fails("--output", "a.jpg", "-o", "b.png", "-o", "c.png", status=2)

    def test_input_and_output_must_be_given(self):
        self.image("a.png")
        self.fails("no output given: add -o", "./a.png", status=2)
        self.fails("no input given", "stylize", "-o", "b.png", status=2)
        self.fails("no format that can be written", "a.png", "-o", "b.xyz", "-m", TINY, status=2)
        self.fails("did you mean 'webp'?", "a.png", "-o", "out/", "-f", "wepb", "-m", TINY, status=2)

    def test_models_that_do_not_exist_are_refused_before_any_work(self):
        self.image("a.png")
        self.fails("nowhere.safetensors", "a.png", "-o", "b.png", "-m", TINY, "-m", "nowhere.safetensors")
        self.fails("nostyle", "a.png", "-o", "b.png", "-n", "nostyle")
        self.assertEqual(self.files(), ["a.png"])


class Texts(Case):
    def test_man_page_is_good_roff(self):
        page = self.genga("man").stdout
        self.assertTrue(page.startswith(b".TH GENGA 1"))
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed: page not checked")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, check=True)
        self.assertEqual(done.stderr.decode(), "")
        text = re.sub(b".\x08", b"", done.stdout)  # bold is a letter struck twice
        for word in (b"--keep-color", b"EXIT STATUS", b"genga bench"):
            self.assertIn(word, text)

    def test_completions_are_good_shell(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.genga("completion", shell).stdout
            self.assertIn(b"keep-color", script)
            if shutil.which(shell) is None:
                print(f"SKIPPED: {shell} is not installed, its completions are not checked")
                continue
            path = self.folder / f"genga.{shell}"
            path.write_bytes(script)
            subprocess.run([shell, "-n", path], check=True)

    def complete(self, *words):
        """What bash would offer for the last word."""
        script = self.folder / "genga.bash"
        script.write_bytes(self.genga("completion", "bash").stdout)
        code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _genga; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(
            ["bash", "-c", code, "bash", script, *words], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    def test_bash_completes_commands_options_values_and_files(self):
        self.image("a photo.png")
        self.assertEqual(self.complete("genga", "sty"), ["stylize"])
        self.assertEqual(self.complete("genga", "stylize", "--kee"), ["--keep-color"])
        self.assertEqual(self.complete("genga", "--kee"), ["--keep-color"])
        self.assertEqual(self.complete("genga", "stylize", "--fit", "c"), ["cover", "contain"])
        self.assertIn("png", self.complete("genga", "stylize", "-f", ""))
        self.assertEqual(self.complete("genga", "stylize", "-i", "a"), ["a", "photo.png"])
        self.assertEqual(self.complete("genga", "completion", "f"), ["fish"])

    @unittest.skipUnless(HAS_DATA, "built without genga-data")
    def test_man_page_and_completions_know_the_commands_of_genga_data(self):
        page = self.genga("man").stdout
        for command in (b"data fetch", b"data clean", b"data prepare"):
            self.assertIn(b".SS " + command + b"\n", page)
        self.assertIn(b"remove\\-color\\-cast", page)
        self.assertEqual(self.complete("genga", "data", "pre"), ["prepare"])
        self.assertEqual(self.complete("genga", "data", "prepare", "--remove"), ["--remove-color-cast"])
        self.assertEqual(self.complete("genga", "data", "prepare", "--superpixels", "s"), ["slic", "structure"])
        self.assertEqual(self.complete("genga", "data", "keep", "--remove"), [])
        self.assertEqual(self.complete("genga", "data", "-"), ["-h", "--help"])
        self.assertNotIn("prepare", self.complete("genga", "stylize", "pre"))
        for shell in ("zsh", "fish"):
            self.assertIn(b"remove-color-cast", self.genga("completion", shell).stdout)

    @unittest.skipUnless(HAS_TRAIN, "built without genga-train")
    def test_man_page_and_completions_know_the_commands_of_genga_train(self):
        page = self.genga("man").stdout
        for command in (b"train run", b"train methods", b"train report"):
            self.assertIn(b".SS " + command + b"\n", page)
        self.assertIn(b"\\-\\-photo\\-scale\\-low", page)
        self.assertEqual(self.complete("genga", "train", "rep"), ["report"])
        self.assertEqual(self.complete("genga", "train", "run", "--photo-scale-l"), ["--photo-scale-low"])
        self.assertEqual(self.complete("genga", "train", "--photo-scale-l"), ["--photo-scale-low"])
        self.assertEqual(self.complete("genga", "train", "--method", "cartoon"), ["cartoongan"])
        self.assertEqual(self.complete("genga", "train", "run", "--lite", "t"), ["true"])
        self.assertEqual(self.complete("genga", "train", "report", "--photo"), [])
        for shell in ("zsh", "fish"):
            self.assertIn(b"photo-scale-low", self.genga("completion", shell).stdout)

    def test_old_names_of_options_are_not_shown(self):
        texts = [self.genga("man").stdout, self.genga("eval", "--help").stdout]
        texts += [self.genga("completion", shell).stdout for shell in ("bash", "zsh", "fish")]
        for text in texts:
            for old in (b"film", b"colour-cast", b"colour\\-cast"):
                self.assertNotIn(old, text)


class Train(Case):
    def test_hands_all_arguments_over(self):
        twin = self.folder / "bin"
        twin.mkdir()
        os.symlink(GENGA, twin / "genga")  # links are followed: what counts is where the program lies
        fake = twin / "genga-train"
        fake.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"; exit 7\n')
        fake.chmod(0o755)
        copy = self.folder / "alone" / "genga"
        copy.parent.mkdir()
        shutil.copy(GENGA, copy)
        done = subprocess.run(
            [copy, "train", "--resume", "RUN", "--help"],
            env={**os.environ, "PATH": f"{twin}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 7)
        self.assertEqual(done.stdout.splitlines()[1:], ["--resume", "RUN", "--help"])
        # Beside the program comes before PATH.
        beside = copy.parent / "genga-train"
        beside.write_text("#!/bin/sh\nexit 8\n")
        beside.chmod(0o755)
        self.assertEqual(subprocess.run([copy, "train"], check=False).returncode, 8)

    def test_says_what_to_do_when_it_is_not_installed(self):
        copy = self.folder / "genga"
        shutil.copy(GENGA, copy)
        done = subprocess.run(
            [copy, "train", "--help"], env={**os.environ, "PATH": ""}, capture_output=True, text=True, check=False
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("genga-train is neither in", done.stderr)
        self.assertIn("make install", done.stderr)


if __name__ == "__main__":
    assert Path(TINY).exists(), f"{TINY} is missing; build the target cli_test_models"
    unittest.main()
