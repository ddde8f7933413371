"""What is unusual in an image file: the pixels that come out, and the note or the one sentence."""

import struct
import unittest

from support import Case, chunk, pattern, png, png_of_rows, read_png


def tiff(width, height, pixel, photometric=2, more=()):
    """One page, every pixel the same bytes; more: further tags (tag, type, count, value)."""
    data = bytes(pixel) * (width * height)
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, len(pixel)),
        (278, 3, 1, height),
        (279, 4, 1, len(data)),
        *more,
    ]
    if len(data) % 2:
        data += b"\0"
    table = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + table + bytes(4)


def with_orientation(jpeg, orientation):
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


class Images(Case):
    def unchanged(self, name, data, *words):
        """Copies the image through genga without the network: the result's pixels, and what was said."""
        (self.folder / name).write_bytes(data)
        done = self.stylize(name, "-o", "result.png", "--strength", "0", "--overwrite", *words)
        return read_png(self.folder / "result.png"), done.stderr

    def jpeg(self):
        self.image("photo.png", 64, 48)
        self.stylize("photo.png", "-o", "made.jpg", "--strength", "0", "--overwrite")
        return (self.folder / "made.jpg").read_bytes()

    def test_channels_beside_color_and_alpha_are_left_out_and_said(self):
        extra = (338, 3, 2, 2)  # alpha, and one more
        image, said = self.unchanged("a.tif", tiff(9, 7, (10, 20, 30, 255, 99), more=[extra]))
        self.assertEqual(tuple(image.pixel(4, 4)), (10, 20, 30, 255))
        self.assertIn("'a.tif' has 1 channel beside color and alpha, which is left out", said)

    def test_raw_photographs_are_refused(self):
        (self.folder / "a.dng").write_bytes(tiff(9, 7, (1, 2, 3), more=[(50706, 1, 4, 0x401)]))
        self.fails("this is a raw photograph (DNG); export it as JPEG or TIFF first", "stylize", "a.dng", "-o", "b.png")
        self.assertFalse((self.folder / "b.png").exists())

    def test_damaged_jpegs_are_said(self):
        whole = self.jpeg()
        scan = whole.rindex(b"\xff\xda")
        cut = whole[: scan + (len(whole) - scan) // 3] + b"\xff\xd9"
        self.assertIn("'a.jpg' is damaged (premature end of data segment)", self.unchanged("a.jpg", cut)[1])
        self.assertEqual(self.unchanged("a.jpg", whole)[1], "")

    def test_png_gamma_counts(self):
        data = png_of_rows(8, 8, 8, 2, bytes((128, 55, 0)) * 64, chunk(b"gAMA", struct.pack(">I", 100000)))
        pixel = self.unchanged("a.png", data)[0].pixel(3, 3)
        for value, wanted in zip(pixel, (188, 128, 0)):
            self.assertAlmostEqual(value, wanted, delta=2)

    def test_animated_pngs_are_said(self):
        data = png_of_rows(8, 8, 8, 2, pattern(8, 8), chunk(b"acTL", struct.pack(">II", 3, 0)))
        self.assertIn("'a.png' has 3 pages or frames; the first is used", self.unchanged("a.png", data)[1])

    def test_masks_are_turned_with_the_photo_or_said_to_be_stretched(self):
        portrait = with_orientation(self.jpeg(), 6)
        for size, words in (((64, 48), "turned as the photo"), ((48, 64), None), ((30, 30), "it is stretched")):
            (self.folder / "m.png").write_bytes(png_of_rows(*size, 8, 0, bytes(size[0] * size[1])))
            said = self.unchanged("portrait.jpg", portrait, "--mask", "m.png")[1]
            if words is None:
                self.assertEqual(said, "")
            else:
                self.assertIn(words, said)
        (self.folder / "m.png").write_bytes(png(48, 64, alpha=True))
        self.assertIn("its alpha is the mask", self.unchanged("portrait.jpg", portrait, "--mask", "m.png")[1])


if __name__ == "__main__":
    unittest.main()
