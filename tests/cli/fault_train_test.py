"""Training while calls to the system fail, as fault_test.py has it for other commands: one failed call costs no checkpoint.

After each: an exit status that is right, one sentence, nothing temporary left, every checkpoint whole, and the run goes
on to the bytes that an undisturbed one gives.
"""

import json
import os
import shutil
import unittest

from fault_test import FAULTS, HARMLESS, LIMIT, Fault

TRAIN = os.environ["GENGA_TRAIN"]
RUN = ["--batch", 1, "--crop", 32, "--width", 4, "--discriminator-width", 4, "--warmup", 1, "--checkpoint-every", 1,
       "--keep", 1, "--log-every", 1, "--preview-images", 1, "--preview-px", 64, "--threads", 1, "--loader-threads", 1,
       "--device", "cpu", "--photos", "photos", "--style", "style", "-o", "run"]  # fmt: skip
# Starting LibTorch takes a second: by default some calls only, of those that may cost a checkpoint.
FEW = [("open", "EIO", (6,)), ("write", "EINTR", (2,)), ("write", "ENOSPC", (4, 9)), ("fsync", "EIO", (2,)),
       ("rename", "EIO", (2, 4)), ("unlink", "EIO", (2,)), ("allocate", "EIO", (30,))]  # fmt: skip


def is_whole(path):
    """Whether a safetensors file has all the bytes that its header tells of."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    return len(data) == 8 + size + max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")


class Train(Fault):
    def setUp(self):
        super().setUp()
        for i in range(3):
            self.image(f"photos/{i}.png", 40, 36, seed=i)
            self.image(f"style/{i}.png", 36, 40, seed=10 + i)
        self.run_folder = self.folder / "run"
        self.removed = {}  # checkpoints that a whole run has no more: what they held the first time they were seen

    def train(self, words, fault=None):
        return self.run_in(self.run_folder, [TRAIN, "run", "-q", *map(str, words)], fault, cwd=self.folder)

    def weights(self):
        """What an undisturbed run has at its end."""
        found = sorted(self.run_folder.glob("checkpoints/*/*")) + [self.run_folder / "model.safetensors"]
        return {str(path.relative_to(self.run_folder)): path.read_bytes() for path in found if path.exists()}

    def faults(self):
        if LIMIT > 0:
            yield from FEW
            return
        for call, error in [*FAULTS, ("unlink", "EIO")]:
            # Of some there are hundreds, most of them for tensors of the same steps and checkpoints.
            yield call, error, [*range(1, 40), *range(40, 10000, 29 if call == "allocate" else 7)]

    def sweep_run(self, words, before=None):
        """words: the command. before: a run's folder that it goes on with."""
        self.put(before)
        old = self.weights() if before else {}
        done, _ = self.train(words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        new = self.weights()
        tried = 0
        for call, error, numbers in self.faults():
            for n in numbers:
                with self.subTest(fault=f"{call}:{error}:{n}"):
                    self.put(before)
                    done, fired = self.train(words, f"{call}:{error}:{n}")
                    if fired:
                        tried += 1
                        self.check_run(done, f"{call}:{error}" in HARMLESS, old, new)
                        if LIMIT == 0 or done.returncode != 0:
                            self.check_goes_on(words, new, f"before that {done.returncode}: {done.stderr}")
                if not fired:
                    break
        self.assertGreater(tried, 7, "hardly a call was made to fail")

    def put(self, before):
        shutil.rmtree(self.run_folder, ignore_errors=True)
        if before:
            shutil.copytree(before, self.run_folder)

    def check_run(self, done, harmless, old, new):
        said = f"status {done.returncode}: {done.stderr}"
        self.assertIn(done.returncode, (0,) if harmless else (0, 1), said)
        if done.returncode != 0:
            cure = "--batch" if "memory" in done.stderr else ""
            self.assertRegex(done.stderr, rf"\Agenga: error: .*(Input/output error|No space left|memory.*{cure}).*\n\Z")
        names = self.files("run") if self.run_folder.exists() else []
        # What could not be removed now is removed the next time.
        left = [name for name in names if ".genga-" in name or (".part/" in name and done.returncode != 0)]
        self.assertEqual(left, [], said)
        names = [name for name in names if ".part/" not in name]
        for name in names:
            if name.endswith(".safetensors"):
                self.assertTrue(is_whole(self.run_folder / name), f"{name} is cut short; {said}")
                content = (self.run_folder / name).read_bytes()
                allowed = [known[name] for known in (old, new) if name in known]
                self.assertIn(content, allowed or [self.removed.setdefault(name, content)], f"{name} differs; {said}")
        for folder in self.run_folder.glob("checkpoints/*"):
            whole = folder.suffix == ".part" or len(list(folder.iterdir())) == 2
            self.assertTrue(whole, f"{folder} is not whole; {said}")
        if "latest" in names:
            newest = (self.run_folder / "latest").read_text().strip()
            self.assertTrue((self.run_folder / "checkpoints" / newest).is_dir(), f"{newest} is not there; {said}")
        if done.returncode == 0:
            self.assertLessEqual(set(new.items()), set(self.weights().items()), said)

    def check_goes_on(self, words, new, said):
        if (self.run_folder / "config.toml").exists():
            words = ["--resume", "run", *(["--steps", 3] if "--steps" in words else [])]
        done, _ = self.train(words)
        self.assertEqual(done.returncode, 0, f"gone on: {done.stderr}; {said}")
        now = self.weights()
        self.assertEqual(set(now), set(new), said)
        for name, content in new.items():
            self.assertEqual(now[name], content, f"gone on: {name} differs; {said}")

    def test_start(self):
        self.sweep_run([*RUN, "--steps", 3])

    def test_resume(self):
        self.train([*RUN, "--steps", 2])
        before = self.folder / "before"
        self.run_folder.rename(before)
        self.sweep_run(["--resume", "run", "--steps", 3], before)


if __name__ == "__main__":
    unittest.main()
