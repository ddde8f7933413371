"""genga train as several processes (started as torchrun starts them), in short arithmetic, on other devices."""

import json
import math
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import unittest
from array import array

from support import Case, png

TRAIN = os.environ["GENGA_TRAIN"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tensors(path):
    """Name -> values of a safetensors file's f32 tensors."""
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    values = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values[name] = array("f", data[8 + size + begin : 8 + size + end])
    return values


SMALL = dict(
    photos="photo", style="style", method="genga", batch=4, crop=32, width=4, discriminator_width=4, steps=6, warmup=2,
    threads=1, device="cpu", checkpoint_every=3, preview_minutes=0, preview_images=1, preview_px=64,
)


class Training(Case):
    def setUp(self):
        super().setUp()
        for i in range(6):
            self.image(f"photo/{i}.png", 96, 80, seed=i)
            self.image(f"style/{i}.png", 80, 96, seed=10 + i)

    def start(self, run, rank=None, count=2, port=None, resume=False, env=None, quiet=True, **flags):
        """One process; rank None: alone, without a launcher."""
        variables = {"OMP_NUM_THREADS": "1"}
        if rank is not None:
            variables |= {"RANK": rank, "WORLD_SIZE": count, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        flags = {**({"resume": run} if resume else {"output": run, **SMALL}), **flags}
        words = [word for name, value in flags.items() for word in ("--" + name.replace("_", "-"), str(value))]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SLURM_")}
        process = subprocess.Popen(
            [TRAIN, "run", *(["--quiet"] if quiet else []), *words],
            cwd=self.folder,
            env=clean | {key: str(value) for key, value in (variables | (env or {})).items()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def end(self, process, status=0):
        error = process.communicate(timeout=240)[1]
        self.assertEqual(process.returncode, status, error)
        return error

    def log(self, run):
        return [json.loads(line) for line in (self.folder / run / "log.jsonl").read_text().splitlines()]


class Ranks(Training):
    def start_all(self, run, count=2, **more):
        port = free_port()
        return [self.start(run, rank, count, port, **more) for rank in range(count)]

    def state(self, run, step=6):
        return tensors(self.folder / run / f"checkpoints/step_{step:06d}/state.safetensors")

    def wait_for_step(self, run, processes):
        """Until the first checkpoint is there."""
        deadline = time.monotonic() + 200
        while not (self.folder / run / "latest").exists():
            self.assertTrue(all(p.poll() is None for p in processes), "ended too early")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_adaptive_balance_is_refused_before_a_folder_is_made(self):
        port = free_port()
        flags = dict(port=port, method="deligan", photos="", crop=64)
        for process in [self.start("run", rank, **flags) for rank in (0, 1)]:
            error = process.communicate(timeout=60)[1]
            self.assertEqual(process.returncode, 1, error)
            self.assertIn("set alternate", error)
        self.assertFalse((self.folder / "run").exists())

    def test_only_the_one_that_writes_speaks(self):
        said = [self.end(process) for process in self.start_all("run", quiet=False)]
        self.assertIn("report: run/report.html", said[0])
        self.assertEqual(said[1], "")

    def test_two_with_half_the_batch_equal_one_with_the_whole(self):
        self.end(self.start("one"))
        for process in self.start_all("two"):
            self.end(process)
        one, two = self.state("one"), self.state("two")
        self.assertEqual(one.keys(), two.keys())
        for name, values in one.items():
            self.assertEqual(len(values), len(two[name]), name)
            for a, b in zip(values, two[name]):
                self.assertTrue(math.isfinite(a), name)
                self.assertAlmostEqual(a, b, delta=1e-5, msg=name)
        self.assertEqual(len(list((self.folder / "two").glob("previews/*"))), 1)

    def test_a_killed_rank_stops_the_other_with_a_message(self):
        first, second = processes = self.start_all("run", steps=1000000)
        self.wait_for_step("run", processes)
        second.kill()
        begin = time.monotonic()
        error = self.end(first, status=1)
        self.assertLess(time.monotonic() - begin, 60)
        self.assertIn("rank 0 of 2: another rank has ended or cannot be reached", error)
        self.assertEqual(len(error.splitlines()), 1, error)

    def test_an_interrupted_rank_stops_all_with_a_checkpoint(self):
        first, second = processes = self.start_all("run", steps=1000000)
        self.wait_for_step("run", processes)
        second.send_signal(signal.SIGINT)
        self.end(first, status=130)
        self.end(second, status=-signal.SIGINT)
        last = self.log("run")[-1]
        self.assertEqual(last["event"], "end")
        self.assertTrue((self.folder / "run" / f"checkpoints/step_{last['step']:06d}").is_dir())

    def test_two_resume_to_the_bit(self):
        for process in self.start_all("whole"):
            self.end(process)
        # The same config throughout, stopped after its first checkpoint.
        processes = self.start_all("parts")
        self.wait_for_step("parts", processes)
        for process in processes:
            process.kill()
            process.wait()
        for process in self.start_all("parts", resume=True):
            self.end(process)
        self.assertEqual(self.state("whole"), self.state("parts"))

    def test_a_half_set_launcher_is_named(self):
        error = self.end(self.start("run", env={"RANK": "0", "WORLD_SIZE": "2"}), status=2)
        self.assertIn("RANK, WORLD_SIZE set without MASTER_ADDR, MASTER_PORT", error)
        self.assertEqual(len(error.splitlines()), 1, error)
        self.assertFalse((self.folder / "run").exists())

    def test_a_batch_that_cannot_be_shared_is_refused(self):
        for process in self.start_all("run", batch=3):
            self.assertIn("batch: is 3", self.end(process, status=2))
        self.assertFalse((self.folder / "run").exists())

    def test_ranks_with_different_configs_are_refused(self):
        port = free_port()
        first = self.start("run", 0, 2, port)
        second = self.start("run", 1, 2, port, seed=2)
        for process in (first, second):
            self.assertIn("config differs between ranks", self.end(process, status=2))


class Compute(Training):
    def test_bf16_trains_as_f32_does(self):
        self.end(self.start("f32", log_every=1))
        process = self.start("bf16", log_every=1, precision="bf16")
        error = process.communicate(timeout=240)[1]
        if "which needs oneDNN" in error:
            self.skipTest("SKIPPED: " + error.strip())
        self.assertEqual(process.returncode, 0, error)
        steps = [[line for line in self.log(run) if line["event"] == "step"] for run in ("f32", "bf16")]
        self.assertEqual(len(steps[0]), 6)
        differs = False
        for exact, short in zip(*steps):
            for name in ("target", "gradient", "low", "g_color", "d_color", "d_grey"):
                if name in exact:
                    differs = differs or exact[name] != short[name]
                    self.assertAlmostEqual(short[name], exact[name], delta=0.02 + 0.05 * abs(exact[name]), msg=name)
        self.assertTrue(differs, "nothing was computed in bf16")

    def test_what_this_machine_cannot_do_is_refused_before_anything_is_written(self):
        error = self.end(self.start("run", precision="f16"), status=2)
        self.assertIn("f16 needs a GPU", error)
        if shutil.which("nvidia-smi") is None:
            self.assertIn("use --device cpu", self.end(self.start("run", device="cuda"), status=1))
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
