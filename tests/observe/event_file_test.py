#!/usr/bin/env python3
"""Event files hold what TensorBoard expects, byte for byte: records, checksums, field numbers (standard library only)."""

import os
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "cli"))
os.environ.setdefault("GENGA", "")
os.environ.setdefault("GENGA_TEST_MODELS", "")
from support import Png  # noqa: E402

WRITE_EVENTS = os.environ["WRITE_EVENTS"]


def crc32c(data):
    """Bit by bit, as RFC 3720 defines it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read_records(data):
    """Bytes of the whole records, and how many bytes follow the last of them."""
    records, at = [], 0
    while len(data) - at >= 12:
        length, length_crc = struct.unpack_from("<QI", data, at)
        assert length_crc == masked(data[at : at + 8]), f"length at {at}"
        if len(data) - at < 16 + length:
            break
        record = data[at + 12 : at + 12 + length]
        (crc,) = struct.unpack_from("<I", data, at + 12 + length)
        assert crc == masked(record), f"record at {at}"
        records.append(record)
        at += 16 + length
    return records, len(data) - at


def varint(data, at):
    value, shift = 0, 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    """A protobuf message: field number -> list of raw values."""
    found, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            if kind == 2:
                size, at = varint(data, at)
            else:
                size = {1: 8, 5: 4}[kind]
            value = data[at : at + size]
            assert len(value) == size
            at += size
        found.setdefault(key >> 3, []).append(value)
    return found


def double(raw):
    return struct.unpack("<d", raw)[0]


def doubles(raw):
    return list(struct.unpack(f"<{len(raw) // 8}d", raw))


class Event:
    """TensorFlow's Event: wall_time 1, step 2, file_version 3, summary 5, session_log 7."""

    def __init__(self, record):
        raw = fields(record)
        self.time = double(raw[1][0])
        self.step = raw.get(2, [0])[0]
        self.version = raw[3][0].decode() if 3 in raw else None
        self.session = fields(raw[7][0]) if 7 in raw else None
        self.values = [fields(value) for value in fields(raw[5][0])[1]] if 5 in raw else []

    def scalars(self):
        return {value[1][0].decode(): struct.unpack("<f", value[2][0])[0] for value in self.values}


class EventFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="genga_events_")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "run" / "events"

    def files(self):
        return sorted(self.folder.iterdir())

    def events(self):
        subprocess.run([WRITE_EVENTS, self.folder], check=True, timeout=60)
        records, rest = read_records(self.files()[-1].read_bytes())
        self.assertEqual(rest, 0)
        return [Event(record) for record in records]

    def test_the_reader_knows_the_published_check_value(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)

    def test_name_and_first_record_are_tensorboards(self):
        first = self.events()[0]
        self.assertRegex(self.files()[0].name, r"^events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.\d+$")
        self.assertEqual(first.version, "brain.Event:2")
        self.assertLess(abs(first.time - time.time()), 60)

    def test_every_start_writes_a_file_of_its_own(self):
        self.events()
        self.events()
        self.assertEqual(len(self.files()), 2)

    def test_scalars(self):
        event = self.events()[1]
        self.assertEqual(event.step, 20)
        self.assertEqual(
            event.scalars(),
            {"generator/target": 0.25, "discriminator/d_color": -0.5, "gradient_norm/grad_generator": 1e6,
             "speed/images_per_second": 14},
        )

    def test_images_are_whole_pngs(self):
        event = self.events()[2]
        (value,) = event.values
        self.assertEqual((event.step, value[1]), (20, [b"preview"]))
        image = fields(value[4][0])
        self.assertEqual((image[1], image[2], image[3]), ([21], [33], [3]))
        png = Png(image[4][0])
        self.assertEqual((png.width, png.height, png.channels, png.bits), (33, 21, 3, 8))
        self.assertEqual(png.pixel(32, 20), bytes((160, 180, 7)))
        self.assertEqual(png.pixel(4, 1), bytes((20, 9, 7)))

    def test_histograms_count_every_value_once(self):
        event = self.events()[3]
        (value,) = event.values
        self.assertEqual(value[1], [b"generator/stem.weight"])
        raw = fields(value[5][0])
        low, high, count, total, squares = (double(raw[i][0]) for i in range(1, 6))
        self.assertEqual((low, high, count), (-1, 2, 7))
        self.assertAlmostEqual(total, 2.001, 6)
        self.assertAlmostEqual(squares, 5.500001, 6)
        limits, counts = doubles(raw[6][0]), doubles(raw[7][0])
        self.assertEqual(len(limits), len(counts))
        self.assertEqual(limits, sorted(set(limits)))
        self.assertEqual([n for n in counts if n], [1, 2, 1, 2, 1])
        ends = dict((v, next(limit for limit in limits if limit > v)) for v in (-1, 0, 0.5, 2))
        for v in (-1, 0.5, 2):
            self.assertLessEqual(abs(ends[v] - v), 0.11 * abs(v))
        self.assertEqual(ends[0], 1e-12)

    def test_a_restart_makes_readers_forget_later_steps(self):
        restart, after = self.events()[4:]
        self.assertEqual((restart.step, restart.session), (11, {1: [1]}))  # START: events from step 11 on are dropped
        self.assertEqual((after.step, after.scalars()), (11, {"generator/target": 0.125}))

    def test_a_killed_writer_leaves_at_most_its_last_record_cut(self):
        writer = subprocess.Popen([WRITE_EVENTS, self.folder, "forever"])
        try:
            deadline = time.time() + 60
            while not (self.folder.exists() and self.files() and self.files()[0].stat().st_size > 50_000):
                self.assertLess(time.time(), deadline, "a reader beside the writer sees nothing")
                time.sleep(0.005)
        finally:
            writer.kill()
            writer.wait()
        data = self.files()[0].read_bytes()[:200_000]  # the checksum in Python is slow
        records, rest = read_records(data)
        steps = [Event(record).step for record in records[1:]]
        self.assertEqual(steps, list(range(1, len(steps) + 1)))
        self.assertGreater(len(steps), 100)
        self.assertLess(rest, max(map(len, records)) + 16)


if __name__ == "__main__":
    unittest.main()
