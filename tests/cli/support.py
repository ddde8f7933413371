"""What the tests of the genga program share: running it, and images made and read by hand (standard library only)."""

import json
import os
import struct
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path

GENGA = os.environ["GENGA"]
HAS_DATA = (Path(GENGA).parent / "genga-data").exists()
HAS_TRAIN = (Path(GENGA).parent / "genga-train").exists()
MODELS = Path(os.environ["GENGA_TEST_MODELS"])
TINY = str(MODELS / "tiny.safetensors")
OTHER = str(MODELS / "other.safetensors")
GLOBAL = str(MODELS / "global.safetensors")
NOISE = str(MODELS / "noise.safetensors")
MIXTURE = str(MODELS / "mixture.safetensors")


class Case(unittest.TestCase):
    """Works in a folder of its own, which is removed at the end."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="genga_cli_")
        self.folder = Path(self._folder.name)
        self.addCleanup(self._folder.cleanup)

    def genga(self, *words, status=0, stdin=None, env=None, **more):
        """Runs genga in the folder and checks its exit status (None: any); stdout as bytes, stderr as str."""
        done = subprocess.run(
            [GENGA, *map(str, words)],
            cwd=self.folder,
            input=b"" if stdin is None else stdin,
            capture_output=True,
            timeout=120,
            env={**os.environ, **(env or {})},
            check=False,
            **more,
        )
        done.stderr = done.stderr.decode(errors="replace")  # names of files may be any bytes
        if status is not None:
            self.assertEqual(done.returncode, status, f"genga {' '.join(map(str, words))}\n{done.stderr}")
        return done

    def stylize(self, *words, **more):
        return self.genga("stylize", "-m", TINY, *words, **more)

    def fails(self, text, *words, status=1, **more):
        """genga refuses in one line that holds `text`."""
        done = self.genga(*words, status=status, **more)
        self.assertIn(text, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("genga: error: "), done.stderr)
        return done

    def report(self, *words, **more):
        return json.loads(self.stylize("--json", *words, **more).stdout)

    def image(self, name, width=40, height=24, **more):
        """A PNG with something to see in it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(width, height, **more))
        return path

    def files(self, folder="."):
        """Names of all files below the folder, temporary ones too."""
        root = self.folder / folder
        return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())

    def contents(self, folder="."):
        """The bytes of all files below the folder, by name."""
        return {name: (self.folder / folder / name).read_bytes() for name in self.files(folder)}


def pattern(width, height, seed=0):
    """RGB bytes: gradients and a few stripes, different for each seed."""
    rows = bytearray()
    for y in range(height):
        for x in range(width):
            rows += bytes(((x * 5 + seed * 40) % 256, (y * 7 + seed) % 256, 200 if (x + y) % 16 < 8 else 40))
    return bytes(rows)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_rows(width, height, bits, color_type, rows, extra=b""):
    """A PNG file; rows: bytes of all rows without filter bytes."""
    stride = len(rows) // height
    raw = b"".join(b"\0" + rows[y * stride : (y + 1) * stride] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(raw, 1))
        + chunk(b"IEND", b"")
    )


def png(width, height, seed=0, alpha=False, bits=8):
    rgb = pattern(width, height, seed)
    if alpha:
        rgb = b"".join(rgb[i : i + 3] + bytes([(i // 3) % 256]) for i in range(0, len(rgb), 3))
    if bits == 16:
        rgb = b"".join(bytes([b, 255 - b]) for b in rgb)
    return png_of_rows(width, height, bits, 6 if alpha else 2, rgb)


def ppm(width, height, seed=0):
    return b"P6\n%d %d\n255\n" % (width, height) + pattern(width, height, seed)


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def unfilter(kind, line, above, step):
    out = bytearray(line)
    for i, value in enumerate(line):
        left = out[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        out[i] = (value + (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]) % 256
    return bytes(out)


class Png:
    """A decoded PNG: width, height, bits, channels, rows (all bytes in order) and the words of its text chunks."""

    def __init__(self, data):
        assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
        at, packed, self.text = 8, b"", b""
        while at < len(data):
            (size,) = struct.unpack_from(">I", data, at)
            kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
            at += 12 + size
            if kind == b"IHDR":
                self.width, self.height, self.bits, color, _, _, interlaced = struct.unpack(">IIBBBBB", body)
                assert not interlaced and self.bits in (8, 16)
                self.channels = {0: 1, 2: 3, 4: 2, 6: 4}[color]
            elif kind == b"IDAT":
                packed += body
            elif kind in (b"tEXt", b"eXIf"):
                self.text += body
            elif kind == b"zTXt":  # keyword, 0, method, packed text
                self.text += zlib.decompress(body[body.index(b"\0") + 2 :])
        self.rows = self._unpack(zlib.decompress(packed))

    def _unpack(self, raw):
        step = self.channels * self.bits // 8
        stride = self.width * step
        above, rows = bytes(stride), []
        for y in range(self.height):
            line = raw[y * (stride + 1) : (y + 1) * (stride + 1)]
            above = unfilter(line[0], line[1:], above, step)
            rows.append(above)
        return b"".join(rows)

    @property
    def size(self):
        return self.width, self.height

    def pixel(self, x, y):
        step = self.channels * self.bits // 8
        at = (y * self.width + x) * step
        return self.rows[at : at + step]


def read_png(path):
    return Png(Path(path).read_bytes())
