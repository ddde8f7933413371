#!/usr/bin/env python3
"""Writes the seed files that others' programs would write: fuzz/make_seeds.py fuzz/corpus. Always the same bytes."""
import bz2
import gzip
import io
import json
import lzma
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path


def array(kind, shape, data, order="False"):
    header = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}".encode().ljust(63) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def zipped(members, packed=False):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as out:
        for name, data in members:
            out.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED if packed else None)
    return file.getvalue()


def tarred(members, form=tarfile.PAX_FORMAT, kind=tarfile.REGTYPE):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as out:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(data)
            else:
                info.linkname = "/etc/passwd"
            out.addfile(info, io.BytesIO(data))
    blocks = -(-len(file.getvalue().rstrip(b"\0")) // 512)
    return file.getvalue()[:512 * (blocks + 2)]  # without the filling up to 10,240 bytes


FLOATS = struct.pack("<4f", 1, -2, 0.5, 3)
NPZ = {
    "plain.npy": array("<f4", "(2, 2)", FLOATS),
    "half.npy": array("<f2", "(8,)", FLOATS),
    "stored.npz": zipped([("a.npy", array("<f4", "(2, 2)", FLOATS)), ("b.npy", array("<f2", "(8,)", FLOATS))]),
    "deflated.npz": zipped([("a.npy", array("<f4", "(2, 2)", FLOATS))], packed=True),
    "bad_order.npz": zipped([("a.npy", array("<f4", "(2, 2)", FLOATS, order="True"))]),
    "bad_shape.npz": zipped([("a.npy", array("<f4", "(1000000000, 1000000000)", FLOATS))]),
    "bad_type.npz": zipped([("a.npy", array("|O", "(2,)", FLOATS))]),
    "bad_bomb.npz": zipped([("a.npy", array("<f4", "(65536,)", bytes(262144)))], packed=True),
    "scalar.npz": zipped([("a.npy", array("<f4", "()", FLOATS[:4]))]),
}

MEMBERS = [("0001.jpg", b"\xff\xd8\xff\xd9"), ("0001.json", b'{"caption": "sky"}'), ("0001.txt", b"sky")]
ARCHIVES = {
    "plain.tar": tarred(MEMBERS),
    "packed.zip": zipped(MEMBERS, packed=True),
    "stored.zip": zipped(MEMBERS),
    "bad_names.tar": tarred([("../../etc/passwd", b"x"), ("/abs", b"x"), ("a/../b", b"x"), ("ok", b"x")]),
    "bad_bomb.zip": zipped([("zeros.jpg", bytes(1 << 20))], packed=True),
    "cut.tar": tarred(MEMBERS)[:700],
    "links.tar": tarred(MEMBERS[:1], kind=tarfile.SYMTYPE) + tarred(MEMBERS[1:2], kind=tarfile.LNKTYPE),
    "long_names.tar": tarred([("a/" * 90 + "0001.jpg", b"x")], form=tarfile.GNU_FORMAT),
    "old.tar": tarred(MEMBERS, form=tarfile.USTAR_FORMAT),
    "plain.tar.gz": gzip.compress(tarred(MEMBERS), mtime=0),
    "plain.tar.bz2": bz2.compress(tarred(MEMBERS)),
    "plain.tar.xz": lzma.compress(tarred(MEMBERS)),
    # Zstandard's frame of one block as it is.
    "plain.tar.zst": b"\x28\xb5\x2f\xfd\x60\x00\x01" + struct.pack("<I", (512 << 3) | 1)[:3] + tarred(MEMBERS)[:512],
    "encrypted.zip": zipped(MEMBERS).replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0").replace(
        b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0"),
}

MANIFEST = {
    "full.line": json.dumps({
        "file": "a/b.jpg", "url": "https://example.org/b.jpg", "page": "https://example.org/b", "sha256": "0" * 64,
        "width": 640, "height": 480, "licence": "CC-BY-4.0", "author": "Anna", "title": "\u96ea", "tags": ["sky", "sea"],
        "attribution": "Anna, CC BY 4.0"}),
    "small.line": '{"file": "a.jpg"}',
    "bad_key.line": '{"file": "a.jpg", "fyle": 1}',
    "bad_number.line": '{"file": "a.jpg", "width": 1e999}',
    "bad_depth.line": "[" * 3000,
    "bad_text.line": b'{"file": "\xff\xfe"}',
    "licence.line": "https://creativecommons.org/licenses/by-sa/4.0/deed.de",
}

POST = {"id": 7, "file_url": "https://example.org/7.png", "md5": "0" * 32, "rating": "g", "image_width": 900,
        "image_height": 700, "tag_string": "sky sea", "tag_string_artist": "anna", "score": 3, "source": "https://a.org"}
PAGE = """<html><head><title>Gallery</title><base href="/x/"><meta name="robots" content="index,follow">
<link rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/"><link rel=next href="?p=2"></head><body>
<a href="big.jpg"><img src="small.jpg" alt="a &amp; b"></a><img data-src="lazy.png" srcset="a.jpg 1x, b.jpg 2x, c.jpg 640w">
<a rel="nofollow" href="//elsewhere.org/">x</a><a href="javascript:x()">y</a></body></html>"""
WEB = {
    "0_page.body": PAGE,
    "1_robots.body": "User-agent: *\nDisallow: /private/*.jpg$\nAllow: /private/a\nCrawl-delay: 2.5\n\nUser-agent: genga\nDisallow:\n",
    "2_address.body": "../a%20b/./c.png?x=1&y=%C3%A9#top",
    "2_absolute.body": "HTTPS://User:pass@EXAMPLE.org:443/a//b?c",
    "3_list.body": 'url,author,title\nhttps://example.org/a.jpg,Anna,"a, ""quoted"" one"\n',
    "3_semicolons.body": "\ufeffurl;author\r\nhttps://example.org/a.jpg;Anna\r\n",
    "4_danbooru.body": json.dumps([POST, {"id": 8, "is_deleted": True}]),
    "5_gelbooru.body": json.dumps({"@attributes": {"count": 1}, "post": [POST | {"rating": "general", "tags": "sky"}]}),
    "6_moebooru.body": json.dumps([POST | {"rating": "s", "tags": "sky"}]),
    "7_commons.body": json.dumps({
        "continue": {"gsroffset": 50, "continue": "gsroffset||"},
        "query": {"pages": [{"pageid": 1, "title": "File:A.jpg", "imageinfo": [{
            "url": "https://example.org/A.jpg", "descriptionurl": "https://example.org/File:A.jpg", "mime": "image/jpeg",
            "width": 900, "height": 700, "sha1": "0" * 40, "extmetadata": {
                "LicenseShortName": {"value": "CC BY-SA 4.0"}, "Artist": {"value": "<a href='x'>Anna</a>"}}}]}]}}),
    "7_error.body": json.dumps({"error": {"code": "maxlag", "info": "Waiting", "lag": 7}}),
    "8_openverse.body": json.dumps({"result_count": 1, "page_count": 1, "results": [{
        "id": "x", "url": "https://example.org/a.jpg", "license": "by", "license_version": "4.0", "creator": "Anna",
        "title": "sea", "tags": [{"name": "sky"}], "width": 900, "height": 700}]}),
    "9_list.body": "# ours\nhttps://example.org/a.jpg # the first\n\nftp://example.org/b.jpg\nhttps://example.org/../c d.png\n",
    "a_list.body": "URL;Licence;tags;md5;sise\nhttps://example.org/a.jpg;CC0;sky, sea;" + "0" * 32 + ";3\nhttps://b.org/;;;x;\n",
    "b_list.body": json.dumps(["https://example.org/a.jpg", {"url": "https://example.org/b.jpg", "tags": ["sky"]}, 3]),
    "c_list.body": '{"url": "https://example.org/a.jpg", "author": "Anna", "extra": 1}\n\n{"url": 7}\n{"url"',
    "d_gallery.body": json.dumps({
        "category": "danbooru", "artist": ["Anna", {"name": "Ben"}], "license": {"name": "CC BY 4.0"}, "rating": "g",
        "page_url": "https://example.org/7", "tags": {"general": ["sky", "sea"], "character": "anna"}, "caption": "a sea"}),
    "d_caption.body": "1girl, hat, sea",
    "e_type.body": "Image/JPEG; charset=x",
    "e_page.body": "\ufeff  <!DOCTYPE html><html>",
    "4_depth.body": "[" * 3000,
    "0_depth.body": "<div>" * 3000,
}




def directory(order, entries, next_at=0):
    """entries: (tag, type, count, value): the value fits into 4 bytes, or is where it lies."""
    table = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        table += struct.pack(order + "HHI", tag, kind, count)
        table += value.ljust(4, b"\0") if isinstance(value, bytes) else struct.pack(order + "I", value)
    return table + struct.pack(order + "I", next_at)


def exif(order):
    """The main directory, the Exif directory with a maker's note and a comment, interoperability, a thumbnail."""
    mark = b"II" if order == "<" else b"MM"
    words, note, jpeg = b"ASCII\0\0\0words", b"\xff\xd8\xff\xe0note", b"\xff\xd8\xff\xd9"
    sub_at = 8 + 2 + 12 * 4 + 4
    inter_at = sub_at + 2 + 12 * 4 + 4
    thumb_at = inter_at + 2 + 12 + 4
    data_at = thumb_at + 2 + 12 * 2 + 4
    short = struct.pack(order + "H", 65535)
    main_part = directory(order, [(0x10E, 2, 4, b"sea\0"), (0x112, 3, 1, struct.pack(order + "H", 6)),
                                  (0x8769, 4, 1, sub_at), (0x8825, 4, 1, inter_at)], thumb_at)
    sub = directory(order, [(0x927C, 7, len(note), data_at + len(words)), (0x9286, 7, len(words), data_at),
                            (0xA001, 3, 1, short), (0xA005, 4, 1, inter_at)])
    inter = directory(order, [(1, 2, 4, b"R03\0")])
    thumb = directory(order, [(0x201, 4, 1, data_at + len(words) + len(note)), (0x202, 4, 1, len(jpeg))])
    return mark + struct.pack(order + "HI", 42, 8) + main_part + sub + inter + thumb + words + note + jpeg


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(bits, color, *extra):
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[color]
    rows = b"".join(b"\0" + bytes((x * 37 + y) % 256 for x in range(9 * channels * bits // 8)) for y in range(7))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 7, bits, color, 0, 0, 0)) + b"".join(extra) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def tiff(order, n_pages):
    """Pages of 4 x 2 grey pixels, uncompressed."""
    file = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 16) + bytes(range(0, 160, 20))
    for page in range(n_pages):
        entries = [(0xFE, 4, 1, 0), (0x100, 4, 1, 4), (0x101, 4, 1, 2), (0x102, 3, 1, struct.pack(order + "H", 8)),
                   (0x106, 3, 1, struct.pack(order + "H", 1)), (0x111, 4, 1, 8), (0x117, 4, 1, 8)]
        size = 2 + 12 * len(entries) + 4
        file += directory(order, entries, len(file) + size if page + 1 < n_pages else 0)
    return file


def gif(n_frames):
    frame = b"!\xf9\4\0\5\0\0\0,\0\0\0\0\2\0\2\0\0\2\3\x44\x02\x05\0"
    return b"GIF89a\2\0\2\0\x80\0\0\0\0\0\xff\xff\xff!\xff\x0bNETSCAPE2.0\3\1\0\0\0" + frame * n_frames + b";"


GAMMA = chunk(b"gAMA", struct.pack(">I", 100000))
CHROMA = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
IMAGES = {
    "gamma.png": png(16, 2, GAMMA, CHROMA, chunk(b"eXIf", exif(">"))),
    "grey_alpha.png": png(8, 4, chunk(b"tEXt", b"Comment\0Stylised by Genga, style mika"), chunk(b"sRGB", b"\0")),
    "hdr.png": png(16, 6, chunk(b"cICP", b"\x09\x10\0\1")),
    "animated.png": png(8, 2, chunk(b"acTL", struct.pack(">II", 3, 0))),
    "pages.tif": tiff(">", 2),
    "little.tif": tiff("<", 1),
    "animated.gif": gif(3),
    "color.ppm": b"P6\n3 2\n255\n" + bytes(range(18)),
    "deep.pgm": b"P5\n3 2\n65535\n" + bytes(range(12)),
    "bits.pbm": b"P1\n3 2\n1 0 1 0 1 0\n",
    "small.bmp": b"BM" + struct.pack("<IIIIiiHHIIiiII", 70, 0, 54, 40, 2, 2, 1, 24, 0, 16, 0, 0, 0, 0) + bytes(range(16)),
}

XMP = """<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:GPano='http://ns.google.com/photos/1.0/panorama/'
 xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'
 tiff:Orientation='6' GPano:FullPanoWidthPixels='48' photoshop:City='Berlin' photoshop:Headline='a&#10;b' hdrgm:Version='1.0'>
<exif:GPSLatitude xmlns:exif='http://ns.adobe.com/exif/1.0/'>52,30N</exif:GPSLatitude><!-- made by hand -->
<dc:title xmlns:dc='http://purl.org/dc/elements/1.1/'><rdf:Alt><rdf:li xml:lang='x-default'>a &amp; <![CDATA[<b>]]></rdf:li>
</rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"""


def block(number, data):
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2)


def record(dataset, data):
    return b"\x1c\2" + bytes([dataset]) + struct.pack(">H", len(data)) + data


IPTC = record(120, b"words") + record(90, b"Berlin") + record(202, b"\xff\xd8\xff") + b"\x1c\2\x19\x80\4\0\0\0\3key"
NCLX = b"\0\0\0\x0bcolrnclx" + struct.pack(">HHHB", 12, 8, 1, 128)
METADATA = {
    "0_little.part": exif("<"),
    "0_big.part": b"Exif\0\0" + exif(">"),
    "1_packet.part": XMP,
    "1_broken.part": XMP[:400],
    "2_app13.part": b"Photoshop 3.0\0" + block(0x404, IPTC) + block(0x40C, b"\xff\xd8\xff") + block(0x3ED, bytes(16)),
    "2_iptc.part": IPTC,
    "3_pages.part": tiff("<", 3),
    "3_raw.part": exif("<")[:8] + b"CR\2\0" + exif("<")[8:],
    "4_gamma.part": png(8, 2, GAMMA, CHROMA),
    "4_hdr.part": png(8, 2, chunk(b"cICP", b"\x0c\x08\0\1")),
    "4_animated.part": png(8, 2, chunk(b"acTL", struct.pack(">II", 3, 0)), GAMMA),
    "4_heif.part": b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf" + NCLX,
    "4_exif.part": exif(">"),
}

RUN_CONFIG = {
    "small.toml": 'photos = "p"\nstyle = ["s", "t"]\n',
    "full.toml": 'photos = ["p"]\nstyle = ["s"]\nmethod = "cut"\nsteps = 1_000\nlr = 1e-4\nw_nce = 1\ncrop = 256\nname = "mine"\n'
                 'augment = "color,translation"\nimage_memory = "800M"\ntitle = "\u96ea"\nschedule = "linear"\n',
    "preset.toml": 'preset = "style"\nphotos = ["p"]\nstyle = ["s"]\ndevice = "cpu"\nmax_minutes = 0.5\n',
    "two_presets.toml": 'preset = "animegan_v2_hayao,images_20"\nstyle = ["s"]\n',
    "old_names.toml": 'method = "seed_gan"\npicture_memory = "1G"\nsheet_px = 320\nn_critic = 2\nstyle = ["s"]\n',
    "bad_key.toml": "stepps = 3\n",
    "bad_type.toml": 'steps = "many"\n',
    "bad_range.toml": "batch = 0\n",
    "bad_table.toml": "[data]\nbatch = 1\n",
    "bad_depth.toml": "style = " + "[" * 3000,
    "bad_dots.toml": ".".join("a" * 2000) + " = 1\n",
}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_seeds.py FOLDER")
    targets = {"read_npz": NPZ, "read_archive": ARCHIVES, "read_manifest": MANIFEST, "read_web": WEB, "read_image": IMAGES,
               "read_metadata": METADATA, "read_run_config": RUN_CONFIG}
    for target, files in targets.items():
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            if target in ("read_web", "read_metadata"):
                data = name[0].encode() + data  # the reader's number
            (folder / name).write_bytes(data)


main()
