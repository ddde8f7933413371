"""Images that are broken, odd or not images: one clear sentence, or a right result."""

import os
import struct
import unittest
import zlib

from support import TINY, Case, chunk, pattern, png, png_of_rows, read_png


def gif(width, height, n_frames):
    """An animated GIF of grey frames, LZW with a clear code before every pixel."""
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF6, 0, 0)
    data += b"".join(bytes([2 * i, 2 * i, 2 * i]) for i in range(128))
    for frame in range(n_frames):
        data += b"!\xf9\x04\0\x0a\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x07"
        bits, n_bits, packed = 0, 0, bytearray()
        for code in [c for _ in range(width * height) for c in (128, 60 + frame * 30)] + [129]:
            bits |= code << n_bits
            n_bits += 8
            while n_bits >= 8:
                packed.append(bits & 255)
                bits, n_bits = bits >> 8, n_bits - 8
        for at in range(0, len(packed), 255):
            block = packed[at : at + 255]
            data += bytes([len(block)]) + block
        data += b"\0"
    return data + b";"


def cmyk_tiff(width, height):
    """Uncompressed CMYK, 8 bits, one strip: half the ink of magenta."""
    pixels = bytes([0, 128, 0, 0]) * (width * height)
    entries = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 4, 8 + 2 + 12 * 9 + 4), (259, 3, 1, 1), (262, 3, 1, 5),
        (273, 4, 1, 8 + 2 + 12 * 9 + 4 + 8), (277, 3, 1, 4), (278, 3, 1, height), (279, 4, 1, len(pixels)),
    ]
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        data += struct.pack("<HHI", tag, kind, count) + (struct.pack("<I", value))
    return data + struct.pack("<I", 0) + struct.pack("<4H", 8, 8, 8, 8) + pixels


class Broken(Case):
    def refuses(self, data, text="a.png"):
        (self.folder / "a.png").write_bytes(data)
        self.fails(text, "a.png", "-o", "b.png", "-m", TINY)
        self.assertEqual(self.files(), ["a.png"])

    def test_no_image_at_all(self):
        self.fails("input 'gone.png' does not exist", "gone.png", "-o", "b.png", "-m", TINY)
        self.refuses(b"")
        self.refuses(b"This is a text that pretends to be an image.\n" * 50)
        self.refuses(bytes(range(256)) * 40)
        self.refuses(b"%PDF-1.4\n%fake\n")

    def test_truncated_images(self):
        whole = png(200, 150)
        for part in (9, 30, len(whole) // 2, len(whole) - 20):
            self.refuses(whole[:part])

    def test_a_broken_checksum(self):
        data = bytearray(png(60, 60))
        data[len(data) // 2] ^= 0xFF
        self.refuses(bytes(data))

    def test_sizes_of_zero(self):
        header = struct.pack(">IIBBBBB", 0, 10, 8, 2, 0, 0, 0)
        self.refuses(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))

    def test_a_decompression_bomb_is_refused_before_it_is_unpacked(self):
        header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**7))) + chunk(b"IEND", b"")
        self.refuses(bomb, "--max-pixels")

    def test_the_sentence_names_the_file(self):
        (self.folder / "odd name.png").write_bytes(b"junk")
        self.fails("odd name.png", "./odd name.png", "-o", "b.png", "-m", TINY)

    def test_a_device_or_a_pipe_without_a_writer_does_not_hang(self):
        os.mkfifo(self.folder / "fifo.png")
        (self.folder / "zero.png").symlink_to("/dev/zero")
        for name in ("/dev/null", "/dev/zero", "zero.png", "fifo.png"):
            self.fails(f"'{name}': this is a pipe or a device", name, "-o", "b.png", "-m", TINY)
        self.image("a.png")
        self.fails("'fifo.png': this is a pipe", "a.png", "-o", "b.png", "-m", TINY, "--mask", "fifo.png")


class Odd(Case):
    def accepts(self, name, data, size, channels=None):
        (self.folder / name).write_bytes(data)
        self.stylize(name, "-o", "out.png", "--overwrite", "-f", "png")
        result = read_png(self.folder / "out.png")
        self.assertEqual(result.size, size)
        if channels is not None:
            self.assertEqual(result.channels, channels)
        return result

    def test_tiny_and_thin_images(self):
        for size in ((1, 1), (1, 7), (3, 2), (7, 9)):
            self.accepts("a.png", png(*size), size, 3)
        self.accepts("tall.png", png_of_rows(1, 10000, 8, 2, bytes(3 * 10000)), (1, 10000))
        self.accepts("wide.png", png_of_rows(10000, 1, 8, 2, bytes(3 * 10000)), (10000, 1))

    def test_grey_1_bit_palette_and_16_bit(self):
        self.accepts("grey.png", png_of_rows(16, 16, 8, 0, bytes(range(256))), (16, 16), 3)
        self.accepts("bits.png", png_of_rows(16, 16, 1, 0, b"\xa5\x5a" * 16), (16, 16), 3)
        palette = chunk(b"PLTE", bytes(range(48)))
        self.accepts("palette.png", png_of_rows(16, 16, 8, 3, bytes(i % 16 for i in range(256)), palette), (16, 16), 3)
        deep = self.accepts("deep.png", png(16, 16, bits=16), (16, 16), 3)
        self.assertEqual(deep.bits, 16)

    def test_transparent_images_keep_alpha(self):
        transparent = chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0\xff")
        self.accepts("a.png", png_of_rows(16, 16, 8, 3, b"\0\1" * 128, transparent), (16, 16), 4)

    def test_cmyk(self):
        (self.folder / "a.tif").write_bytes(cmyk_tiff(20, 10))
        self.stylize("a.tif", "-o", "photo.png", "--strength", "0")
        red, green, blue = read_png(self.folder / "photo.png").pixel(5, 5)[:3]
        self.assertGreater(min(red, blue), green + 40, "magenta ink lets red and blue through")
        self.accepts("b.tif", cmyk_tiff(20, 10), (20, 10), 3)

    def test_animated_images_give_their_first_frame(self):
        (self.folder / "a.gif").write_bytes(gif(20, 12, 3))
        done = self.stylize("a.gif", "-o", "first.png", "--strength", "0")
        self.assertIn("'a.gif' has 3 pages or frames; the first is used", done.stderr)
        self.assertEqual(self.stylize("a.gif", "-o", "quiet.png", "--quiet").stderr, "")
        first = read_png(self.folder / "first.png")
        self.assertEqual(first.size, (20, 12))
        self.assertEqual(first.pixel(3, 3)[:3], bytes([120] * 3))

    def test_the_content_counts_not_the_suffix(self):
        (self.folder / "a.jpg").write_bytes(png(16, 16))
        self.stylize("a.jpg", "-o", "b.png")
        (self.folder / "photo").write_bytes(b"P6\n8 8\n255\n" + pattern(8, 8))
        self.stylize("photo", "-o", "c.png")


if __name__ == "__main__":
    unittest.main()
