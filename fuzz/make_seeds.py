#!/usr/bin/env python3
"""Writes the seed files that others' programs would write: fuzz/make_seeds.py fuzz/corpus. Always the same bytes."""
import io
import json
import struct
import sys
import tarfile
import zipfile
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


def tarred(members, mode="w"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=tarfile.PAX_FORMAT) as out:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return file.getvalue()


FLOATS = struct.pack("<4f", 1, -2, 0.5, 3)
NPZ = {
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
    "4_depth.body": "[" * 3000,
    "0_depth.body": "<div>" * 3000,
}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_seeds.py FOLDER")
    for target, files in (("read_npz", NPZ), ("read_archive", ARCHIVES), ("read_manifest", MANIFEST), ("read_web", WEB)):
        folder = Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            if target == "read_web":
                data = name[0].encode() + data  # the reader's number
            (folder / name).write_bytes(data)


main()
