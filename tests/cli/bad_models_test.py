"""Model files that are broken, foreign or malicious: one clear sentence, and never more memory or time than the file has."""

import json
import os
import random
import resource
import struct
import unittest
from pathlib import Path

from support import TINY, Case


def split(data):
    """The header as JSON and the tensors' bytes."""
    (size,) = struct.unpack_from("<Q", data)
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def join(header, body):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def limited():
    """No model may make genga ask for 4 GiB. A sanitizer's shadow memory does by itself."""
    if not os.environ.get("GENGA_SANITIZE"):
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


class BadModels(Case):
    def setUp(self):
        super().setUp()
        self.image("a.png")
        self.good = Path(TINY).read_bytes()

    def refuses(self, data, text="bad.safetensors"):
        (self.folder / "bad.safetensors").write_bytes(data)
        done = self.fails(text, "a.png", "-o", "b.png", "-m", "bad.safetensors", preexec_fn=limited)
        self.assertEqual(self.files(), ["a.png", "bad.safetensors"])
        self.fails("", "inspect", "./bad.safetensors")
        return done.stderr

    def test_no_model_at_all(self):
        self.fails("gone.safetensors", "a.png", "-o", "b.png", "-m", "gone.safetensors")
        self.fails("", "a.png", "-o", "b.png", "-m", ".")
        self.refuses(b"")
        self.refuses(b"short")
        self.refuses(random.Random(1).randbytes(5000))
        self.refuses((self.folder / "a.png").read_bytes())

    def test_truncated_models(self):
        for part in (7, 8, 100, len(self.good) // 2, len(self.good) - 1):
            self.refuses(self.good[:part])
        self.refuses(self.good + b"surplus")

    def test_lengths_that_lie(self):
        for size in (2**64 - 1, 2**63, 2**40, len(self.good), 0):
            self.refuses(struct.pack("<Q", size) + self.good[8:])

    def test_headers_that_are_no_headers(self):
        _, body = split(self.good)
        self.refuses(join(b"[" * 100000, body))
        self.refuses(join(b"{}", body))
        self.refuses(join(b'{"a": 1}', body))
        self.refuses(join(b'{"__metadata__": {"genga.graph": 5}}', body))

    def test_foreign_safetensors(self):
        self.refuses(join({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)))

    def test_graphs_that_make_no_sense(self):
        header, body = split(self.good)
        graph = header["__metadata__"]["genga.graph"]
        for text in (
            "",
            "return x",
            "x = Nonsense()\nreturn x",
            graph.replace("Conv2d", "Conv9d", 1),
            graph.replace("Input(", "Input(channels=-3,", 1),
            "x = Input()\n" + "y = Upsample(x, factor=1000000000)\n" + "return y",
            "\n".join(f"n{i} = Input()" for i in range(20000)),
        ):
            header["__metadata__"]["genga.graph"] = text
            self.refuses(join(header, body))

    def test_tensors_of_wrong_shape_place_or_type(self):
        header, body = split(self.good)
        name = next(n for n in header if n.endswith(".weight"))
        entry = dict(header[name])
        for change in (
            {"shape": [2**62, 2**62]},
            {"shape": [1]},
            {"shape": [-1]},
            {"data_offsets": [0, 2**60]},
            {"data_offsets": [8, 4]},
            {"dtype": "I64"},
            {"dtype": "Q4_K"},
        ):
            header[name] = {**entry, **change}
            self.refuses(join(header, body))
        del header[name]
        self.refuses(join(header, body))

    def test_changed_weights_are_noticed_by_the_hash(self):
        data = bytearray(self.good)
        data[-5] ^= 0x40
        self.refuses(bytes(data))

    def test_names_in_the_card_do_not_lead_out_of_the_folder(self):
        header, body = split(self.good)
        card = json.loads(header["__metadata__"]["genga.card"])
        card["name"] = "../../escape"
        header["__metadata__"]["genga.card"] = json.dumps(card)
        (self.folder / "bad.safetensors").write_bytes(join(header, body))
        (self.folder / "x").mkdir()
        done = self.genga("a.png", "-o", "x/b.png", "-m", "bad.safetensors", "-m", TINY, status=None)
        self.assertIn(done.returncode, (0, 1))  # refused, or written under a harmless name
        for name in self.files():
            self.assertTrue(name.startswith("x/b-") or name in ("a.png", "bad.safetensors"), name)

    def test_random_changes_never_crash(self):
        rng = random.Random(7)
        (size,) = struct.unpack_from("<Q", self.good)
        for _ in range(25):
            data = bytearray(self.good)
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(8 + size)] = rng.randrange(256)
            (self.folder / "bad.safetensors").write_bytes(data)
            done = self.genga("inspect", "./bad.safetensors", status=None)
            self.assertIn(done.returncode, (0, 1), done.stderr)


if __name__ == "__main__":
    unittest.main()
