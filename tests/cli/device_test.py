"""--device: the module libgenga_torch.so, on the CPU; what is said where it or a GPU is missing."""

import json
import unittest
from pathlib import Path

from support import GLOBAL, MIXTURE, TINY, Case, read_png


def largest_difference(a, b):
    return max(abs(x - y) for x, y in zip(read_png(a).rows, read_png(b).rows, strict=True))


class Device(Case):
    def on_torch(self, *words, **more):
        return self.stylize("--device", "cpu-torch", *words, **more)

    def test_a_photo_comes_out_as_from_the_engine(self):
        photo = self.image("a.png", 70, 50)
        self.stylize(photo, "-o", "engine.png")
        self.on_torch(photo, "-o", "torch.png")
        self.assertLessEqual(largest_difference(self.folder / "engine.png", self.folder / "torch.png"), 1)

    def test_tiles_equal_the_whole(self):
        photo = self.image("a.png", 600, 560)
        self.on_torch(photo, "-o", "whole.png", "--tile", "1024")
        self.on_torch(photo, "-o", "tiles.png", "--tile", "64", "-j", "1")
        self.assertLessEqual(largest_difference(self.folder / "whole.png", self.folder / "tiles.png"), 1)

    def test_whole_image_norms_are_frozen_as_in_the_engine(self):
        photo = self.image("a.png", 300, 200)
        words = ["-m", GLOBAL, "--tile", "64"]
        self.genga("stylize", *words, photo, "-o", "engine.png")
        self.genga("stylize", *words, "--device", "cpu-torch", photo, "-o", "torch.png")
        self.assertLessEqual(largest_difference(self.folder / "engine.png", self.folder / "torch.png"), 1)

    def test_a_folder_of_images(self):
        for i, (width, height) in enumerate([(40, 24), (40, 24), (33, 57)]):
            self.image(f"in/{i}.png", width, height, seed=i)
        self.stylize("in", "-o", "engine/")
        self.on_torch("in", "-o", "torch/")
        self.assertEqual(self.files("torch"), ["0.png", "1.png", "2.png"])
        for name in self.files("torch"):
            self.assertLessEqual(largest_difference(self.folder / "engine" / name, self.folder / "torch" / name), 1)

    def test_images_from_noise(self):
        words = ["sample", "-m", MIXTURE, "--seeds", "7"]
        self.genga(*words, "-o", "engine.png")
        self.genga(*words, "--device", "cpu-torch", "-o", "torch.png")
        self.assertLessEqual(largest_difference(self.folder / "engine.png", self.folder / "torch.png"), 1)

    def test_bench_says_where_it_ran(self):
        words = ["bench", "-m", TINY, "--size", "64", "--runs", "2", "--profile"]
        report = json.loads(self.genga(*words, "--device", "cpu-torch", "--json").stdout)
        self.assertTrue(report["device"].startswith("cpu-torch in "), report["device"])
        self.assertIsNone(report["peak_macs_per_s"])
        row = report["rows"][0]
        self.assertGreater(row["frames_per_s"], 0)
        self.assertIn("Conv2d", " ".join(step["step"] for step in row["steps"]))
        self.assertIn(b"cpu-torch in ", self.genga(*words, "--device", "cpu-torch").stdout)
        self.assertEqual(json.loads(self.genga(*words, "--json").stdout)["device"], "cpu")

    def test_auto_is_the_cpu_where_there_is_no_gpu(self):
        if Path("/dev/nvidiactl").exists():
            self.skipTest("this machine has a GPU")
        photo = self.image("a.png")
        self.stylize(photo, "-o", "cpu.png")
        self.stylize("--device", "auto", photo, "-o", "auto.png")
        self.assertEqual(read_png(self.folder / "cpu.png").rows, read_png(self.folder / "auto.png").rows)

    def test_refuses_what_is_not_there(self):
        photo = self.image("a.png")
        self.fails("--device: is 'gpu', expected auto, cpu, cuda, cuda:N or cpu-torch", "stylize", photo, "-o", "b.png",
                   "--device", "gpu", status=2)  # fmt: skip
        done = self.fails("device 'cuda:99': ", "stylize", "-m", TINY, photo, "-o", "b.png", "--device", "cuda:99")
        self.assertIn("or use --device cpu", done.stderr)
        self.fails("device 'cuda:99': ", "sample", "-m", MIXTURE, "-o", "b.png", "--device", "cuda:99")
        self.fails("device 'cuda:99': ", "bench", "-m", TINY, "--device", "cuda:99")
        self.assertEqual(self.files(), ["a.png"])


if __name__ == "__main__":
    unittest.main()
