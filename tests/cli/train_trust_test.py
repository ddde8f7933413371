"""genga train can be trusted: kill -9 and resume, Ctrl-C, a full disk, and every wrong input with one clear sentence."""

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

from support import GENGA, Case, png, png_of_rows, read_png

TRAIN = os.environ["GENGA_TRAIN"]
SMALL = Path(os.environ["GENGA_SMALL_CONFIGS"])  # one tiny config per method


class TrainCase(Case):
    def setUp(self):
        super().setUp()
        for i in range(12):
            self.image(f"photos/p{i:02}.png", 96, 80, seed=i)
        for i in range(4):
            self.image(f"style/s{i}.png", 96, 80, seed=50 + i)

    def command(self, method, out, *words):
        folders = ["--style", "style"] + ([] if method in ("deligan", "dcgan", "seed_gan") else ["--photos", "photos"])
        return [TRAIN, "run", "--method", method, "-c", str(SMALL / f"{method}.toml"), *folders, "-o", out,
                "--threads", "1", *map(str, words)]  # fmt: skip

    def train(self, *words, status=0, **more):
        words = [word if isinstance(word, bytes) else str(word) for word in words]
        done = subprocess.run([TRAIN, *words], cwd=self.folder, capture_output=True, text=True, timeout=300,
                              check=False, **more)  # fmt: skip
        self.assertEqual(done.returncode, status, f"{words}\n{done.stderr}")
        return done

    def refuses(self, text, *words, status=2):
        """One sentence that holds `text`, and no run folder."""
        done = self.train("run", *words, "-o", "run", status=status)
        self.assertIn(text, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("genga: error: "), done.stderr)
        self.assertFalse((self.folder / "run").exists())

    def wait_for(self, name, process):
        """Until the file is there, which the running process writes."""
        deadline = time.monotonic() + 120
        while not (self.folder / name).exists():
            self.assertIsNone(process.poll(), f"ended before it wrote {name}")
            self.assertLess(time.monotonic(), deadline, f"{name} did not come")
            time.sleep(0.01)

    def digest(self, run):
        state = (self.folder / run / "latest").read_text().strip()
        return {
            name: hashlib.sha256((self.folder / run / "checkpoints" / state / name).read_bytes()).hexdigest()
            for name in ("state.safetensors", "model.safetensors")
        }


class Resume(TrainCase):
    def killed_run(self, method, out, steps, *words):
        """Starts and kills at a random moment after the first checkpoint and before the last steps."""
        process = subprocess.Popen(self.command(method, out, *words), cwd=self.folder, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 120
        log, step = self.folder / out / "log.jsonl", random.randint(steps // 4 + 1, steps - 4)
        while not (log.exists() and f'"step":{step},' in log.read_text()):
            self.assertLess(time.monotonic(), deadline, f"step {step} did not come")
            self.assertIsNone(process.poll(), "the run ended before it could be killed")
            time.sleep(random.uniform(0, 0.01))
        process.kill()
        process.wait()

    def check_method(self, method, steps=20, kills=1):
        words = ("--steps", steps, "--checkpoint-every", steps // 4, "--log-every", 1, "--preview-minutes", 0)
        self.train(*self.command(method, "whole", *words)[1:])
        for attempt in range(kills):
            out = f"killed{attempt}"
            self.killed_run(method, out, steps, *words)
            self.train("run", "--resume", out)
            self.assertEqual(self.digest("whole"), self.digest(out), f"{method}: resumed differs from uninterrupted")

    def test_genga_resumes_to_the_bit(self):
        self.check_method("genga", kills=2)

    def test_cyclegan_with_its_replay_buffer_resumes_to_the_bit(self):
        self.check_method("cyclegan", steps=60)  # its buffer is full after 50

    def test_deligan_with_its_adaptive_balance_resumes_to_the_bit(self):
        self.check_method("deligan")

    def test_a_run_killed_before_its_first_checkpoint_starts_again(self):
        process = subprocess.Popen(self.command("genga", "run", "--steps", 100000, "--checkpoint-every", 90000),
                                   cwd=self.folder, stderr=subprocess.DEVNULL)  # fmt: skip
        self.addCleanup(process.kill)
        self.wait_for("run/config.toml", process)  # the log is there a moment earlier
        process.kill()
        process.wait()
        self.train("run", "--resume", "run", "--steps", 4)
        self.assertEqual((self.folder / "run/latest").read_text(), "step_000004\n")

    def test_a_damaged_checkpoint_is_set_aside_and_the_one_before_is_used(self):
        self.train(*self.command("genga", "run", "--steps", 6, "--checkpoint-every", 3)[1:])
        newest = self.folder / "run/checkpoints/step_000006"
        whole = (newest / "state.safetensors").read_bytes()
        (newest / "state.safetensors").write_bytes(whole[: len(whole) // 2])
        done = self.train("run", "--resume", "run")
        self.assertIn("step_000006/state.safetensors", done.stderr)
        self.assertIn("going on from step 3, the damaged checkpoint is kept as step_000006.damaged", done.stderr)
        self.assertEqual((newest / "state.safetensors").read_bytes(), whole)  # the same steps again
        self.assertTrue((self.folder / "run/checkpoints/step_000006.damaged/state.safetensors").exists())
        for step in ("step_000003", "step_000006"):
            (self.folder / "run/checkpoints" / step / "state.safetensors").write_bytes(b"damaged")
        done = self.train("run", "--resume", "run", status=1)
        self.assertIn("start a new run", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_a_run_is_resumed_from_anywhere(self):
        self.train(*self.command("genga", "run", "--steps", 2)[1:])
        (self.folder / "elsewhere").mkdir()
        done = subprocess.run([TRAIN, "run", "--resume", "../run", "--steps", "3"], cwd=self.folder / "elsewhere",
                              capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_ctrl_c_writes_a_checkpoint_and_a_model_and_dies_by_the_signal(self):
        process = subprocess.Popen(self.command("genga", "run", "--steps", 100000), cwd=self.folder,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
        self.addCleanup(process.stderr.close)
        log = self.folder / "run/log.jsonl"
        while not (log.exists() and '"start"' in log.read_text()):
            self.assertIsNone(process.poll(), "ended too early")
            time.sleep(0.01)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), -signal.SIGINT)  # a shell shows 130
        text = process.stderr.read()
        how = "go on with: genga train --resume run\n"
        self.assertEqual(text.count(how), 1, text)
        self.assertLess(text.index(how), text.index("preview"), "told only when all is written")
        self.assertTrue((self.folder / "run/latest").exists())
        self.genga("stylize", "photos/p00.png", "-o", "out.png", "-m", "run/model.safetensors")

    def test_a_shell_sees_130(self):
        command = self.command("genga", "run", "--steps", 100000, "--log-every", 1, "-q")
        process = subprocess.Popen(["bash", "-c", '"$@"; echo status $?', "bash", *command], cwd=self.folder,
                                   stdout=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
        self.addCleanup(process.kill)
        self.wait_for_steps(process)
        child = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
        if not child.stdout.strip():
            self.skipTest("pgrep is not there")
        os.kill(int(child.stdout.split()[0]), signal.SIGINT)
        self.assertIn("status 130", process.communicate(timeout=60)[0])

    def test_ignored_signals_stay_ignored(self):
        process = self.begun_run(stderr=subprocess.DEVNULL,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))  # fmt: skip
        process.send_signal(signal.SIGINT)
        step = self.last_step()
        deadline = time.monotonic() + 60
        while self.last_step() < step + 3:
            self.assertIsNone(process.poll(), "the signal was not ignored")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), -signal.SIGTERM)

    def test_the_second_ctrl_c_ends_at_once(self):
        process = self.begun_run(stderr=subprocess.DEVNULL)
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), -signal.SIGINT)

    def last_step(self):
        lines = (self.folder / "run/log.jsonl").read_text().splitlines()
        return max(json.loads(line).get("step", 0) for line in lines if line.endswith("}"))

    def wait_for_steps(self, process):
        log = self.folder / "run/log.jsonl"
        while not (log.exists() and '"step":2,' in log.read_text()):
            self.assertIsNone(process.poll(), "ended too early")
            time.sleep(0.01)
    def begun_run(self, **more):
        """A long run in "run" that has taken its first steps."""
        process = subprocess.Popen(self.command("genga", "run", "--steps", 100000, "--log-every", 1), cwd=self.folder,
                                   **more)  # fmt: skip
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_for_steps(process)
        return process

    def test_two_processes_never_write_in_one_folder(self):
        process = self.begun_run(stderr=subprocess.DEVNULL)
        done = self.train("run", "--resume", "run", status=2)
        self.assertIn("another process is training in this folder", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), -signal.SIGTERM)

    def test_a_closed_terminal_ends_it_with_a_checkpoint(self):
        process = self.begun_run(stderr=subprocess.DEVNULL)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=60), -signal.SIGHUP)
        self.assertTrue((self.folder / "run/latest").exists())

    def test_needs_no_model_to_start_from_once_it_has_begun(self):
        self.train(*self.command("genga", "first", "--steps", 2)[1:])
        self.train(*self.command("genga", "run", "--steps", 2, "--init-from", "first/model.safetensors")[1:])
        (self.folder / "first/model.safetensors").unlink()
        self.train("run", "--resume", "run", "--steps", 3)


    def test_says_what_changes_and_refuses_fewer_steps_than_are_done(self):
        self.train(*self.command("genga", "run", "--steps", 10, "--schedule", "linear", "--lr-end", 0,
                                 "--log-every", 1)[1:])
        config = (self.folder / "run/config.toml").read_text()
        done = self.train("run", "--resume", "run", "--steps", 5, status=2)
        self.assertIn("steps: is 5, but 'run' has done 10 already", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual((self.folder / "run/config.toml").read_text(), config)
        self.image("style/more.png", 96, 80, seed=99)
        done = self.train("run", "--resume", "run", "--steps", 12, "--batch", 4, "--crop", 16)
        for text in ("steps is 12, not 10", "batch is 4, not 2", "crop is 16, not 32", "5 style images (before: 4)",
                     "learning rate goes from 0.2 to 0.333 times lr"):  # fmt: skip
            self.assertEqual(done.stderr.count(text), 1, done.stderr)
        rates = [json.loads(line).get("rate") for line in (self.folder / "run/log.jsonl").read_text().splitlines()]
        rates = [rate for rate in rates if rate is not None]
        self.assertEqual([round(rate, 3) for rate in rates], [1] * 6 + [0.8, 0.6, 0.4, 0.2] + [0.333, 0.167])
        card = self.genga("inspect", "run/model.safetensors").stdout.decode()
        self.assertIn("12 of 12 steps", card)
        self.assertIn("from step 10 batch 4", card)
        self.assertEqual(self.train("run", "--resume", "run").stderr.count("from step"), 0)


class Licences(TrainCase):
    """Every way in which a model comes from another: what the other asks for goes along."""

    def card(self, model):
        return json.loads(self.genga("inspect", model, "--json").stdout)

    def check(self, model, licence="CC-BY-NC-4.0", credit="Bo, 2020"):
        card = self.card(model)
        self.assertIn(licence, card["licence"], model)
        self.assertIn(credit, card["attribution"], model)
        self.assertNotIn("also commercially", card["limits"], model)
        return card

    def test_a_licence_goes_along_every_way(self):
        own = ("--licence", "CC-BY-NC-4.0", "--attribution", "Bo, 2020", "--name", "start")
        self.train(*self.command("genga", "first", "--steps", 2, *own)[1:])
        first = "first/model.safetensors"
        free = ("--licence", "CC0-1.0", "--steps", 2, "--name", "next", "--keep", 2, "--checkpoint-every", 1)
        self.train(*self.command("genga", "second", "--init-from", first, *free)[1:])  # fine-tuning
        self.check("second/model.safetensors")
        for step in ("step_000001", "step_000002"):  # checkpoints
            self.check(f"second/checkpoints/{step}/model.safetensors")
        (self.folder / first).rename(self.folder / "start.safetensors")
        self.train("run", "--resume", "second", "--steps", 3)  # a resume, without the base
        self.check("second/model.safetensors")
        again = "second/checkpoints/step_000003/model.safetensors"
        self.train(*self.command("genga", "third", "--init-from", again, *free)[1:])  # the next generation
        self.check("third/model.safetensors")
        plan = self.train(*self.command("genga", "run", "--init-from", again, "--dry-run")[1:]).stdout
        self.assertIn("Bo, 2020", plan)
        done = subprocess.run(self.command("cut", "other", "--init-from", again, *free), cwd=self.folder,
                              capture_output=True, check=False, timeout=300)  # fmt: skip
        self.assertEqual(done.returncode, 2, done.stderr)  # another architecture
        for method, more in ("cut", ()), ("cartoongan", ("--perceptual", "none", "--w-content", 0)):
            self.train(*self.command(method, f"{method}1", "--steps", 2, *more, *own)[1:])
            begun = f"{method}1/model.safetensors"
            self.train(*self.command(method, f"{method}2", "--init-from", begun, *more, *free)[1:])
            self.check(f"{method}2/model.safetensors")
        self.genga("convert", "third/model.safetensors", "-o", "copy.safetensors")
        self.check("copy.safetensors")
        self.genga("convert", "third/model.safetensors", "-o", "third.onnx")
        self.assertIn(b"CC-BY-NC-4.0", (self.folder / "third.onnx").read_bytes())
        self.assertIn(b"Bo, 2020", (self.folder / "third.onnx").read_bytes())
        self.genga("stylize", "photos/p00.png", "-m", "third/model.safetensors", "-o", "out.png")
        self.assertIn(b"Bo, 2020", self.text_of("out.png"))
        self.genga("stylize", "photos/p00.png", "-n", "pepper:0.5,mika:0.5", "-o", "mix.png")
        self.assertIn(b"David Revoy", self.text_of("mix.png"))
        self.assertIn(b"CC-BY-4.0", self.text_of("mix.png"))

    def text_of(self, name):
        return read_png(self.folder / name).text


class Advice(TrainCase):
    """Which preset --dry-run proposes for so many images."""

    def plan(self, method, *words):
        return self.train(*self.command(method, "run", "--dry-run", *words)[1:]).stdout

    def test_methods_from_noise_are_told_the_nearest_preset(self):
        self.assertIn("--preset images_20:", self.plan("dcgan"))
        self.assertNotIn("--preset", self.plan("dcgan", "--preset", "images_20"))
        small = png(20, 16)
        for i in range(70):
            (self.folder / f"style/more{i}.png").write_bytes(small)
        self.assertIn("--preset images_200:", self.plan("dcgan"))

    def test_methods_from_photos_are_not(self):
        self.assertNotIn("--preset", self.plan("genga"))

    def test_names_of_earlier_versions_are_understood(self):
        self.assertNotIn("--preset", self.plan("dcgan", "--preset", "pictures_20"))
        old = ("--sheet-minutes", 0, "--sheet-px", 64, "--d-smooth", 0.25, "--w-teacher", 2)
        self.train(*self.command("genga", "run", "--steps", 1, *old)[1:])
        config = (self.folder / "run/config.toml").read_text()
        for line in ("preview_minutes = 0.0", "preview_px = 64", "w_discriminator_smooth = 0.25", "w_target = 2.0"):
            self.assertIn(line + "\n", config)
        self.assertNotIn("--sheet-px", self.train("run", "--help").stdout)


class Stderr(TrainCase):
    """A run does not depend on who reads its messages."""

    def check(self, **more):
        self.train(*self.command("genga", "run", "--steps", 2, "--log-every", 1)[1:], **more)
        for line in (self.folder / "run/log.jsonl").read_text().splitlines():
            json.loads(line)

    def test_may_be_closed(self):
        self.check(preexec_fn=lambda: os.close(2))

    def test_may_lose_its_reader(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        self.check(preexec_fn=lambda: os.dup2(writer, 2))

    def test_may_be_full(self):
        full = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, full)
        self.check(preexec_fn=lambda: os.dup2(full, 2))


class Help(TrainCase):
    def test_looks_as_genga_s_does(self):
        text = self.train("--help").stdout
        self.assertIn("Usage: genga train COMMAND [options]\n", text)
        for word in ("run", "methods", "report", "Examples:"):
            self.assertIn(word, text)
        text = self.train("run", "--help").stdout
        self.assertIn("Usage: genga train run [options]\n", text)
        self.assertRegex(text, r"--lr X +Generator's learning rate \(default 0.001\)")
        self.assertEqual(self.train("--method", "genga", "--help").stdout, text)  # "run" may be left out
        self.assertRegex(self.train("--version").stdout, r"^genga \d+\.\d+\.\d+\n$")

    def test_shows_what_the_method_reads(self):
        genga, cut = (self.train("run", "--method", method, "--help").stdout for method in ("genga", "cut"))
        self.assertNotIn("--w-nce", genga)
        self.assertRegex(cut, r"--w-nce X +Weight: patchwise contrast \(default 0.5\)")

    def test_nothing_given_is_a_usage_error_that_shows_help(self):
        done = self.train(status=2)
        self.assertEqual(done.stdout, "")
        self.assertIn("Usage: genga train", done.stderr)


class DiskFull(TrainCase):
    def test_keeps_the_last_good_checkpoint(self):
        self.train(*self.command("genga", "run", "--steps", 5, "--checkpoint-every", 5)[1:])
        before = self.digest("run")

        def limit():  # files of at most 4 KiB more than the log has: as a disk that fills up
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

        done = self.train("run", "--resume", "run", "--steps", 50, status=1, preexec_fn=limit)
        self.assertIn("genga: error: ", done.stderr)
        self.assertEqual(self.digest("run"), before)
        self.assertEqual([f for f in self.files("run") if f.endswith((".part", ".tmp")) or ".part/" in f], [])
        self.train("run", "--resume", "run", "--steps", 8)  # room again
        self.assertEqual((self.folder / "run/latest").read_text(), "step_000008\n")


class BadInput(TrainCase):
    def test_folders(self):
        (self.folder / "empty").mkdir()
        self.refuses("empty", "--photos", "empty", "--style", "style")
        self.refuses("nowhere", "--photos", "photos", "--style", "nowhere", status=1)
        self.refuses("--style", "--photos", "photos")
        self.refuses("--photos", "--style", "style")

    def test_unknown_names_get_the_nearest(self):
        self.refuses("did you mean 'cyclegan'", "--method", "cyclegn", "--photos", "photos", "--style", "style", status=1)
        self.refuses("did you mean '--w-cycle'", "--w-cycel", "3", "--photos", "photos", "--style", "style")
        for word in ("hayao", "animegan_v2_hayo"):
            self.refuses("did you mean 'animegan_v2_hayao'", "--preset", word, "--style", "style", status=1)
        self.assertIn("did you mean 'report'", self.train("raport", "run", status=2).stderr)
        self.assertIn("see genga train --help", self.train("foo", status=2).stderr)
        (self.folder / "bad.toml").write_text("stesp = 3\n")
        self.refuses("did you mean 'steps'", "-c", "bad.toml", "--photos", "photos", "--style", "style")

    def test_wrong_values_name_their_option(self):
        data = ("--photos", "photos", "--style", "style")
        self.refuses("batch: is '--lr'", "--batch", "--lr", "0.1", *data)
        done = self.train("run", *data, "-o", "run", "--batch", status=2)
        self.assertTrue(done.stderr.startswith("genga: error: --batch"), done.stderr)
        self.refuses("image_memory", *data, "--image-memory", "much")
        self.refuses("nowhere.npz': No such file", "--method", "cartoongan", "--perceptual", "nowhere.npz", *data, status=1)

    def test_method_and_data_must_match(self):
        self.refuses("takes none", "--method", "dcgan", "--photos", "photos", "--style", "style")
        self.refuses("has no use for it", "--w-cycle", "3", "--photos", "photos", "--style", "style")
        self.refuses("multiple of", "--crop", "33", "--photos", "photos", "--style", "style")

    def test_unreadable_images_amid_good_ones_are_passed_over_and_named(self):
        (self.folder / "photos/broken.png").write_bytes(png(96, 80)[:200])
        (self.folder / "style/text.jpg").write_text("not an image")
        words = self.command("genga", "run", "--steps", 12)[1:]
        done = self.train(*words)
        for name in ("text.jpg", "broken.png"):  # once, although lines are logged every 20 steps
            self.assertEqual(done.stderr.count(f"skipped '{self.folder / 'style'}/{name}'") +
                             done.stderr.count(f"skipped '{self.folder / 'photos'}/{name}'"), 1, done.stderr)  # fmt: skip
        quiet = self.train(*self.command("genga", "quiet", "--steps", 12, "-q")[1:])
        self.assertEqual(quiet.stderr, "")
        log = (self.folder / "quiet/log.jsonl").read_text()
        plan = self.train(*words, "--dry-run").stdout
        for name in ("text.jpg", "broken.png"):
            self.assertEqual((log.count(name + '","reason"'), plan.count(f"{name}':")), (1, 1), plan)

    def test_skipped_images_are_named_when_a_run_is_broken_off(self):
        (self.folder / "style/text.jpg").write_text("not an image")
        words = ("--steps", 100000, "--log-every", 1000000, "--checkpoint-every", 20)
        process = subprocess.Popen(self.command("genga", "run", *words), cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        self.wait_for("run/latest", process)  # by then every style image has been drawn
        process.send_signal(signal.SIGINT)
        self.assertIn("text.jpg", process.communicate(timeout=120)[1])

    def test_small_images_are_named_and_long_strips_are_not(self):
        self.image("style/tiny.png", 20, 60, seed=7)
        rows = png_of_rows(60, 3000, 8, 2, bytes((x * 7 + y // 3 * 50) % 256 for y in range(3000) for x in range(60) for _ in range(3)))
        (self.folder / "style/strip.png").write_bytes(rows)
        words = ("--steps", 12, "--max-side", 200)
        done = self.train(*self.command("genga", "run", *words)[1:])
        self.assertIn("tiny.png': is 20 x 60 px, below the 32 px of a crop", done.stderr)
        self.assertNotIn("strip.png", done.stderr)
        plan = self.train(*self.command("genga", "run", *words, "--dry-run")[1:]).stdout
        self.assertIn("tiny.png': is 20 x 60 px", plan)

    def test_damaged_images_are_skipped_and_named(self):
        self.image("whole.png", 96, 80, seed=3)
        self.genga("stylize", "whole.png", "-o", "whole.jpg", "--strength", "0", "--no-metadata",
                   "--no-credit")  # fmt: skip
        data = (self.folder / "whole.jpg").read_bytes()
        (self.folder / "style/half.jpg").write_bytes(data[: len(data) // 2] + b"\xff\xd9")
        done = self.train(*self.command("genga", "run", "--steps", 12)[1:])
        self.assertRegex(done.stderr, r"skipped '.*half.jpg': the image is damaged")

    def test_control_bytes_in_names_do_not_reach_the_terminal(self):
        (self.folder / "style/a\033[2Jb.png").write_text("not an image")
        done = self.train(*self.command("genga", "run", "--steps", 20)[1:])
        self.assertIn("a?[2Jb.png", done.stderr)
        done = self.train("run", "--photos", "photos", "--style", "no\033[2Jwhere", "-o", "other", status=1)
        self.assertIn("no?[2Jwhere", done.stderr)

    def test_nothing_but_unreadable_images(self):
        for path in (self.folder / "style").iterdir():
            path.write_text("not an image")
        done = self.train(*self.command("genga", "run", "--steps", 3)[1:], status=2)
        self.assertIn("can be read", done.stderr)

    def test_names_that_are_not_utf8(self):
        folder = os.fsencode(self.folder) + b"/f\xff"
        os.mkdir(folder)
        with open(folder + b"/p\xfe.png", "wb") as file:
            file.write(png(40, 40))
        done = self.train("run", "--photos", "photos", "--style", b"f\xff", "-o", "run", status=2, errors="replace")
        self.assertIn("not UTF-8; rename the folder", done.stderr)
        self.assertFalse((self.folder / "run").exists())
        os.rename(folder, self.folder / "style2")
        self.train("run", "-c", SMALL / "genga.toml", "--photos", "photos", "--style", "style2", "--steps", 2, "-o", "run")

    def test_one_small_image_is_enough(self):
        for folder in ("one", "two"):
            self.image(f"{folder}/a.png", 20, 16)
        self.train("run", "-c", SMALL / "genga.toml", "--photos", "one", "--style", "two", "--steps", 2, "-o", "run")

    def test_checkpoint_of_another_method(self):
        self.train(*self.command("genga", "run", "--steps", 2)[1:])
        done = self.train("run", "--resume", "run", "--method", "cut", status=2)
        self.assertIn("cannot go on", done.stderr)
        done = self.train("run", "--resume", "run", "--preset", "cut", status=2)
        self.assertIn("has begun", done.stderr)
        done = self.train("run", "--resume", "run", "--width", "8", status=1)
        self.assertIn("of other networks", done.stderr)
        self.assertIn("tensor '", done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_weights_of_another_architecture(self):
        self.train(*self.command("genga", "run", "--steps", 2)[1:])
        done = self.train(*self.command("genga", "other", "--width", 8, "--init-from", "run/model.safetensors")[1:],
                          status=2)  # fmt: skip
        self.assertIn("init_from", done.stderr)
        self.assertFalse((self.folder / "other").exists())


if __name__ == "__main__":
    unittest.main()
