"""genga data fetch: lists and crawls against a real server that does everything wrong that servers do."""

import gzip
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest
from collections import Counter
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import GENGA, Case, png, read_png

# Nobody waits long in a test.
QUICK = ["--allow-private", "--retries", "2", "--back-off", "0.05", "--stall", "2", "--longest-wait", "3"]
QUICK_RATE = ["--rate", "1000"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.hits[self.path] += 1
            self.server.headers_seen[self.path] = dict(self.headers)
            times = self.server.hits[self.path]
        answer = self.server.answers.get(self.path)
        try:
            if answer is None:
                self.reply(404, b"nothing here", "text/plain")
            elif callable(answer):
                answer(self, times)
            else:
                self.reply(200, *answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def reply(self, status, body=b"", kind="image/png", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def start(self, *headers):
        """A head written by hand; the connection is closed behind it."""
        self.close_connection = True
        self.wfile.write("\r\n".join(("HTTP/1.1 200 OK", "Content-Type: image/png", *headers, "", "")).encode())

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.hits, self.headers_seen = Counter(), {}
        self.answers = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        pass


class FetchCase(Case):
    def setUp(self):
        super().setUp()
        self.server = Server()
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.answers, self.url = self.server.answers, self.server.url

    def images(self, n, first=0):
        """Images /0.png, /1.png, ... on the server; their addresses."""
        for i in range(first, first + n):
            self.answers[f"/{i}.png"] = (png(80, 72, seed=i), "image/png")
        return [f"{self.url}/{i}.png" for i in range(first, first + n)]

    def list_file(self, addresses, name="links.txt"):
        (self.folder / name).write_text("\n".join(addresses) + "\n")
        return name

    def fetch(self, *words, status=0, **more):
        rate = [] if "--rate" in words else QUICK_RATE
        return self.genga("data", "fetch", *words, "-o", "set", *QUICK, *rate, status=status, **more)

    def report(self, *words, **more):
        return json.loads(self.fetch(*words, "--json", "-q", **more).stdout)

    def lines(self, folder="set"):
        """The manifest's last word about each file, without what differs between runs."""
        entries = {}
        for line in (self.folder / folder / "manifest.jsonl").read_text().splitlines():
            entry = json.loads(line)
            entry.pop("fetched", None)
            entries[entry["file"]] = entry
        return entries

    def failures(self):
        path = self.folder / "set/fetch-failures.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Lists(FetchCase):
    def test_images_arrive_with_where_they_came_from(self):
        links = self.list_file(["# mine", *self.images(3)])
        done = self.fetch(links, "--licence", "cc by 4.0", "--author", "Ann")
        self.assertIn("set: 3 new images", done.stderr)
        self.assertEqual(done.stdout, b"")
        lines = self.lines()
        self.assertEqual(len(lines), 3)
        for file, entry in lines.items():
            self.assertRegex(file, r"^images/\d-[0-9a-f]{8}\.png$")
            self.assertEqual(read_png(self.folder / "set" / file).size, (80, 72))
            data = (self.folder / "set" / file).read_bytes()
            self.assertEqual(entry["sha256"], hashlib.sha256(data).hexdigest())
            self.assertEqual((entry["bytes"], entry["width"], entry["height"]), (len(data), 80, 72))
            self.assertTrue(entry["source"].startswith(self.url))
            self.assertEqual((entry["licence"], entry["author"]), ("CC-BY-4.0", "Ann"))

    def test_a_second_run_asks_for_nothing_that_is_there(self):
        links = self.list_file(self.images(3))
        self.fetch(links)
        before = self.server.hits.copy()
        counts = self.report(links)["counts"]
        self.assertEqual((counts["stored"], counts["known"]), (0, 3))
        self.assertEqual(self.server.hits - before, Counter())
        self.list_file(self.images(5))
        self.assertEqual(self.report(links)["counts"]["stored"], 2)

    def test_tables_bring_licence_author_and_checksums(self):
        a, b = self.images(2)
        sums = [hashlib.md5(png(80, 72, seed=0)).hexdigest(), hashlib.sha1(b"something else").hexdigest()]
        (self.folder / "l.csv").write_text(
            f'url,licence,author,title,page,tags,md5,sha1\n{a},CC0,"Doe, J.",T,http://x/,"sea, sky",{sums[0]},\n{b},,,,,,,{sums[1]}\n'
        )
        report = self.report("l.csv", "--licence", "own", status=3)
        self.assertEqual(report["problems"][0]["code"], "mismatch")
        self.assertIn(f"expected {sums[1]}", report["problems"][0]["reason"])
        (entry,) = self.lines().values()
        self.assertEqual((entry["licence"], entry["author"], entry["tags"]), ("CC0-1.0", "Doe, J.", ["sea", "sky"]))
        self.assertEqual((entry["title"], entry["page"]), ("T", "http://x/"))
        (self.folder / "l.jsonl").write_text(json.dumps({"url": b, "license": "CC BY 4.0", "tags": ["x"]}) + "\n")
        self.fetch("l.jsonl")
        self.assertEqual(sorted(e["licence"] for e in self.lines().values()), ["CC-BY-4.0", "CC0-1.0"])

    def test_says_which_images_have_no_licence(self):
        done = self.fetch(self.list_file(self.images(2)))
        self.assertIn("2 of the new images came without a licence that we know", done.stderr)

    def test_a_bad_row_costs_that_row_and_unknown_columns_are_named_once(self):
        a, b, c = self.images(3)
        for name, text, bad, notice in (
            ("comma.csv", f"url,licence\n{a},CC0\n{a}?crop=26,19,0,CC0\n{b},CC0\n{c}", "'comma.csv' line 3", None),
            ("quote.csv", f'URL\n{a}\n"{b}\n{b}\n{c}', "'quote.csv' line 3", None),
            ("laion.csv", f'URL,TEXT,WIDTH\n{a},"a sea, blue",96\n{b},hill,96\n{c},,\n', None, "columns TEXT, WIDTH are not used"),
            ("lines.jsonl", f'{{"url": "{a}", "sim": 1}}\n{{"url": "{a}", \n{{"Url": "{b}"}}\n{{"url": "{c}"}}', "'lines.jsonl' line 2", "column sim is"),
            ("items.json", json.dumps([a, {"url": 5}, {"url": b, "autor": "x"}, c]), "'items.json' item 2", "did you mean 'author'"),
        ):
            (self.folder / name).write_text(text)
            done = self.genga("data", "fetch", name, "-o", f"from_{name}", *QUICK, *QUICK_RATE)
            self.assertEqual(len(self.files(f"from_{name}/images")), 3, done.stderr)
            self.assertEqual(done.stderr.count(bad or "passed over by"), 1 if bad else 0, done.stderr)
            self.assertNotIn("line 1,", done.stderr)
            self.assertEqual(done.stderr.count(notice or "not used"), 1 if notice else 0, done.stderr)

    def test_what_decodes_as_an_image_is_one_whatever_its_type_says(self):
        kinds = ("text/html", "text/plain", "application/force-download", "application/x-png", "video/mp4", "")
        for i, kind in enumerate(kinds):
            self.server.answers[f"/t{i}.png"] = (png(80, 80, seed=i), kind)
        self.fetch(self.list_file([f"{self.server.url}/t{i}.png" for i in range(len(kinds))]))
        self.assertEqual(len(self.lines()), len(kinds))

    def test_broken_tables_are_refused_before_anything_is_written(self):
        for name, text, message in (
            ("a.csv", "links,licence\n", "no column is named 'url'"),
            ("d.json", "[{]", "is not JSON"),
            ("e.csv", "\ufeffurl\n".encode("utf-16-le").decode("latin-1"), "UTF-16"),
        ):
            (self.folder / name).write_bytes(text.encode("latin-1"))
            self.fails(message, "data", "fetch", name, "-o", "set", status=None)
        self.fails("'missing.txt'", "data", "fetch", "missing.txt", "-o", "set", status=1)
        self.fails("source 'danboru:x' does not exist", "data", "fetch", "danboru:x", "-o", "set", status=2)
        self.fails("no folder given", "data", "fetch", "a.csv", status=2)
        self.assertFalse((self.folder / "set").exists())

    def test_equal_images_are_stored_once(self):
        links = self.images(2)
        self.answers["/copy.png"] = self.answers["/0.png"]
        counts = self.report(self.list_file([*links, f"{self.url}/copy.png"]))["counts"]
        self.assertEqual((counts["stored"], counts["duplicates"]), (2, 1))
        self.assertEqual(len(self.files("set/images")), 2)
        self.assertEqual([f["code"] for f in self.failures()], ["duplicate"])
        before = self.server.hits["/copy.png"] + self.server.hits["/0.png"]
        self.assertEqual(self.report("links.txt")["counts"]["stored"], 0)
        self.assertEqual(self.server.hits["/copy.png"] + self.server.hits["/0.png"], before)

    def test_the_suffix_is_that_of_the_content(self):
        self.answers["/a.jpg"] = (png(80, 80), "image/jpeg")
        self.answers["/b?id=1"] = (png(80, 80, seed=1), "application/octet-stream")
        self.fetch(self.list_file([f"{self.url}/a.jpg", f"{self.url}/b?id=1"]))
        self.assertEqual({os.path.splitext(f)[1] for f in self.lines()}, {".png"})

    def test_limit_counts_what_earlier_runs_had(self):
        links = self.list_file(self.images(6))
        self.assertEqual(self.report(links, "--limit", "2", "--jobs", "1")["counts"]["stored"], 2)
        self.assertEqual(self.report(links, "--limit", "2")["counts"]["stored"], 0)
        self.assertEqual(self.report(links, "--limit", "5")["counts"]["stored"], 3)
        self.assertEqual(self.report(links)["counts"]["stored"], 1)

    def test_a_failure_makes_room_within_the_limit(self):
        links = self.images(3)
        self.assertEqual(self.report(self.list_file([f"{self.url}/gone.png", *links]), "--limit", "2")["counts"]["stored"], 2)

    def test_dry_run_fetches_and_writes_nothing(self):
        links = self.images(2)
        done = self.fetch(self.list_file(links), "--dry-run")
        self.assertEqual(done.stdout.decode().split(), links)
        self.assertFalse((self.folder / "set").exists())
        self.assertEqual(self.server.hits, Counter())

    def test_hosts_are_not_asked_more_often_than_told(self):
        links = self.list_file(self.images(5))
        begin = time.monotonic()
        self.fetch(links, "--rate", "5")
        self.assertGreater(time.monotonic() - begin, 0.9)  # robots.txt and five images: five pauses of 0.2 s


class Faults(FetchCase):
    """One address each; `FAULTS` says what the program makes of it."""

    def stall(self, request, _):
        request.start("Content-Length: 100000")
        request.wfile.write(b"\x89PNG\r\n\x1a\n")
        request.wfile.flush()
        time.sleep(6)

    def slow(self, request, _):
        body = png(80, 80, seed=50)
        request.start(f"Content-Length: {len(body)}")
        for i in range(0, len(body), len(body) // 5 + 1):
            request.wfile.write(body[i : i + len(body) // 5 + 1])
            request.wfile.flush()
            time.sleep(0.1)

    def truncated(self, request, _):
        body = png(80, 80, seed=51)
        request.start(f"Content-Length: {len(body)}")
        request.wfile.write(body[: len(body) // 2])

    def chunks_cut(self, request, _):
        request.start("Transfer-Encoding: chunked")
        request.wfile.write(b"1000\r\n" + bytes(100))

    def short_length(self, request, _):
        body = png(80, 80, seed=52)
        request.start(f"Content-Length: {len(body) // 2}")
        request.wfile.write(body)

    def endless(self, request, _):
        request.start("Transfer-Encoding: chunked")
        piece = b"\x89PNG\r\n\x1a\n" + bytes(65536 - 8)
        for _ in range(10000):
            request.wfile.write(b"10000\r\n" + piece + b"\r\n")

    def bomb(self, request, _):
        request.reply(200, self.packed_zeros, Content_Encoding="gzip")

    def long_headers(self, request, _):
        request.close_connection = True
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for i in range(100000):
            request.wfile.write(b"X-%d: %s\r\n" % (i, b"a" * 100))

    def reset(self, request, _):
        request.close_connection = True
        request.wfile.flush()
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.connection.close()

    def nothing(self, request, _):
        request.close_connection = True

    def garbage(self, request, _):
        request.close_connection = True
        request.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")

    def redirect(self, target):
        return lambda request, _: request.reply(302, b"", Location=target)

    def after(self, status, good, times, **headers):
        """`status` the first `times` times, then the image."""
        return lambda request, n: request.reply(status, b"later", "text/plain", **headers) if n <= times else request.reply(200, good)

    def setUp(self):
        super().setUp()
        self.packed_zeros = gzip.compress(bytes(32 << 20), 1)
        page = b"<!DOCTYPE html><html><body>not found</body></html>"
        good = png(80, 80, seed=60)
        soon = lambda request, n: (
            request.reply(429, b"", Retry_After=formatdate(time.time() + 2, usegmt=True)) if n == 1 else request.reply(200, png(80, 80, seed=64))
        )
        # name: (answer, code, words of the reason); code None: the image arrives.
        self.faults = {
            "slow": (self.slow, None, ""),
            "packed": (lambda r, _: r.reply(200, gzip.compress(png(80, 80, seed=61)), Content_Encoding="gzip"), None, ""),
            "busy": (self.after(429, png(80, 80, seed=62), 1, Retry_After=1), None, ""),
            "busy_date": (soon, None, ""),
            "recovers": (self.after(500, png(80, 80, seed=63), 2), None, ""),
            "moved": (self.redirect("/here.png"), None, ""),
            "stall": (self.stall, "network", "stalled before everything had come, 3 times"),
            "truncated": (self.truncated, "network", "before everything had come, 3 times"),
            "chunks_cut": (self.chunks_cut, "network", "before everything had come, 3 times"),
            "reset": (self.reset, "network", "3 times"),
            "nothing": (self.nothing, "network", "closed the connection without an answer, 3 times"),
            "garbage": (self.garbage, "network", "3 times"),
            "broken_500": (self.after(500, good, 99), "network", "answered 500 (the server failed), 3 times"),
            "busy_long": (self.after(429, good, 99, Retry_After=9999), "network", "asks to wait 9999 seconds, longer than 3"),
            "forbidden_403": (self.after(403, good, 99), "network", "answered 403 (forbidden)"),
            "loop": (self.redirect("/loop"), "network", "is redirected in a circle"),
            "chain": (lambda r, _: r.reply(302, b"", Location="/chain1"), "network", "is redirected more than 8 times"),
            "gone": (lambda r, _: r.reply(410), "not_found", "does not exist (the server answered 410)"),
            "missing": (lambda r, _: r.reply(404), "not_found", "does not exist (the server answered 404)"),
            "to_file": (self.redirect("file:///etc/passwd"), "wrong_type", "has the scheme 'file'"),
            "page_as_jpeg": (lambda r, _: r.reply(200, page, "image/jpeg"), "wrong_type", "holds a web page, sent as 'image/jpeg'"),
            "page": (lambda r, _: r.reply(200, page, "text/html"), "wrong_type", "holds a web page, sent as 'text/html'"),
            "json": (lambda r, _: r.reply(200, b'{"error": 1}', "image/png"), "wrong_type", "holds JSON"),
            "empty": (lambda r, _: r.reply(200), "wrong_type", "holds nothing"),
            "noise": (lambda r, _: r.reply(200, bytes(range(1, 256)) * 9), "wrong_type", ""),
            "cut": (lambda r, _: r.reply(200, good[: len(good) * 2 // 3]), "broken", ""),
            "short_length": (self.short_length, "broken", ""),
            "announces": (lambda r, _: r.start("Content-Length: 99999999999"), "too_large", "announces 93.1 GiB, more than the limit of 1.0 MiB"),
            "announces_much": (lambda r, _: r.reply(200, bytes(4 << 20)), "too_large", "announces 4.0 MiB, more than the limit of 1.0 MiB"),
            "endless": (self.endless, "too_large", "sends more than the limit of 1.0 MiB"),
            "bomb": (self.bomb, "too_large", "unpacks to more than the limit of 1.0 MiB"),
            "long_headers": (self.long_headers, "too_large", "headers of more than"),
            "icon": (lambda r, _: r.reply(200, png(16, 16)), "too_small", "is 16x16 pixels, and --min-side asks for 64"),
            "closed": (lambda r, _: r.reply(200, good), "robots", "closed to programs by the site's robots.txt"),
        }
        for name, (answer, _, _) in self.faults.items():
            self.answers[f"/{name}"] = answer
        for i in range(1, 20):
            self.answers[f"/chain{i}"] = self.redirect(f"/chain{i + 1}")
        self.answers["/here.png"] = (png(80, 80, seed=65), "image/png")
        self.answers["/robots.txt"] = (b"User-agent: *\nDisallow: /closed\n", "text/plain")

    def run_all(self, *words, **more):
        return self.report(self.list_file([f"{self.url}/{name}" for name in self.faults]), "--max-bytes", "1M", "--jobs", "16", *words, **more)

    def test_each_is_one_sentence_and_the_others_arrive(self):
        begin = time.monotonic()
        report = self.run_all(status=3)
        self.assertLess(time.monotonic() - begin, 100)
        problems = {problem["what"].rsplit("/", 1)[1]: problem for problem in report["problems"]}
        for name, (_, code, words) in self.faults.items():
            with self.subTest(name):
                if code is None:
                    self.assertNotIn(name, problems)
                    continue
                problem = problems[name]
                self.assertEqual(problem["code"], code, problem)
                self.assertIn(words, problem["reason"])
                self.assertIn(name, problem["reason"])
                self.assertNotIn("\n", problem["reason"])
                self.assertEqual(problem["may_pass"], code == "network")
        if os.environ.get("GENGA_SHOW_FAULTS"):
            for name, problem in problems.items():
                print(f"{name}: [{problem['code']}] {problem['reason'].replace(self.url, 'http://HOST')}")
        arrived = [name for name, (_, code, _) in self.faults.items() if code is None]
        self.assertEqual(report["counts"]["stored"], len(arrived))
        self.assertEqual({e["source"].rsplit("/", 1)[1] for e in self.lines().values()}, set(arrived))
        self.assertEqual(self.server.hits["/closed"], 0)
        self.assertEqual(self.server.hits["/missing"], 1)

        # A second run asks again only for what may have passed.
        before = self.server.hits.copy()
        self.answers["/stall"] = self.answers["/truncated"] = (png(80, 80, seed=70), "image/png")
        counts = self.run_all(status=3)["counts"]
        asked = {path[1:] for path in self.server.hits - before} - {"robots.txt"} - {f"chain{i}" for i in range(20)}
        self.assertEqual(asked, {name for name, (_, code, _) in self.faults.items() if code == "network"})
        self.assertEqual((counts["stored"], counts["duplicates"]), (1, 1))
        self.assertNotIn("/stall", [f["url"] for f in self.failures() if f["code"] != "duplicate"])

    def test_what_was_refused_is_tried_again_when_limits_are_wider(self):
        self.faults = {name: self.faults[name] for name in ("icon", "missing", "closed")}
        self.run_all(status=1)
        self.assertEqual(self.run_all("--min-side", "8", "--ignore-robots")["counts"]["stored"], 2)
        self.assertEqual(self.server.hits["/missing"], 1)
        self.run_all("--retry-all")
        self.assertEqual(self.server.hits["/missing"], 2)

    def test_a_host_that_asks_for_patience_is_left_alone_by_all(self):
        self.answers["/busy"] = self.after(429, png(80, 80, seed=62), 1, Retry_After=1)
        links = self.list_file([f"{self.url}/busy", *self.images(3)])
        begin = time.monotonic()
        self.assertEqual(self.report(links, "--jobs", "1")["counts"]["stored"], 4)
        self.assertGreater(time.monotonic() - begin, 1)


class Addresses(FetchCase):
    def test_private_ones_are_refused_unless_allowed(self):
        links = self.list_file(self.images(1) + [f"http://localhost:{self.server.server_port}/0.png"])
        done = self.genga("data", "fetch", links, "-o", "set", "--retries", "0", "--rate", "1000", "--json", status=1)
        report = json.loads(done.stdout)
        self.assertEqual({problem["code"] for problem in report["problems"]}, {"forbidden"})
        self.assertIn("give --allow-private if that is meant", report["problems"][0]["reason"])
        self.assertEqual(self.server.hits, Counter())
        self.assertEqual(self.report(links)["counts"]["stored"], 1)  # allowed now, so tried again

    def test_redirects_to_private_ones_are_refused(self):
        """A public address, reached through a proxy on this machine, redirects here."""
        public = "http://93.184.216.34"
        for target in (f"{self.url}/0.png", "http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]/", "http://2130706433/"):
            self.server.hits.clear()
            self.answers[f"{public}/a.png"] = lambda request, _: request.reply(302, b"", Location=target)
            self.images(1)
            links = self.list_file([f"{public}/a.png"])
            done = self.genga("data", "fetch", links, "-o", "set", "--retries", "0", "--rate", "1000", "--json", "--retry-all",
                              status=1, env={"http_proxy": self.url, "no_proxy": ""})
            (problem,) = json.loads(done.stdout)["problems"]
            self.assertEqual(problem["code"], "forbidden", problem)
            self.assertEqual(self.server.hits[f"{public}/a.png"], 1)
            self.assertEqual(self.server.hits["/0.png"], 0)

    def test_a_proxy_is_used_for_public_addresses_only(self):
        public = "http://93.184.216.34"
        self.answers[f"{public}/a.png"] = (png(80, 80), "image/png")
        links = self.list_file([f"{public}/a.png", *self.images(1, first=1)])
        self.assertEqual(self.report(links, env={"http_proxy": self.url, "no_proxy": ""})["counts"]["stored"], 2)
        self.assertEqual(self.server.hits["/1.png"], 1)  # asked directly: no proxy sees "http://127.0.0.1:..."

    def test_other_schemes_are_passed_over(self):
        report = self.report(self.list_file(["file:///etc/passwd", "ftp://a.org/b.png", *self.images(1)]))
        self.assertEqual((report["counts"]["passed_over"], report["counts"]["stored"]), (2, 1))


class Robots(FetchCase):
    def test_a_robots_file_that_fails_closes_the_site(self):
        self.answers["/robots.txt"] = lambda request, _: request.reply(503, b"")
        links = self.list_file(self.images(2))
        report = self.report(links, status=1)
        self.assertEqual(report["counts"]["failed"], 2)
        self.assertIn("so nothing is fetched from there", report["problems"][0]["reason"])
        self.assertEqual(self.report(links, "--ignore-robots")["counts"]["stored"], 2)

    def test_a_robots_file_that_is_missing_or_forbidden_opens_it(self):
        self.answers["/robots.txt"] = lambda request, _: request.reply(403, b"")
        self.assertEqual(self.report(self.list_file(self.images(1)))["counts"]["stored"], 1)
        self.assertEqual(self.server.hits["/robots.txt"], 1)

    def test_crawl_delay_is_kept(self):
        self.answers["/robots.txt"] = (b"User-agent: genga\nCrawl-delay: 0.4\n", "text/plain")
        begin = time.monotonic()
        self.fetch(self.list_file(self.images(4)))
        self.assertGreater(time.monotonic() - begin, 1.5)

    def test_a_huge_robots_file_counts_up_to_its_limit(self):
        self.answers["/robots.txt"] = (b"User-agent: *\nDisallow: /0.png\n" + b"#" * (2 << 20), "text/plain")
        self.assertEqual(self.report(self.list_file(self.images(2)))["counts"]["refused"], 1)


class Crawl(FetchCase):
    def page(self, path, body, head=""):
        self.answers[path] = (f"<html><head><title>Title of {path}</title>{head}</head><body>{body}</body></html>".encode(), "text/html; charset=utf-8")

    def setUp(self):
        super().setUp()
        self.images(8)
        licence = '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/"><meta name="author" content="Ann">'
        self.page("/", '<img src="0.png" alt="first"><a href="/one">1</a><a href="/closed/x">x</a><a href="http://other.example/">o</a>', licence + '<link rel="next" href="/?p=2">')
        self.page("/?p=2", '<img srcset="small.png 100w, 1.png 800w" src="small.png">')
        self.page("/one", '<a href="/2.png"><img src="thumb.png"></a><a href="two">2</a><a href="/">home</a>')
        self.page("/two", '<img src="3.png"><a href="three">3</a>')
        self.page("/three", '<img src="4.png">')
        self.page("/closed/x", '<img src="/5.png">')
        self.answers["/robots.txt"] = (b"User-agent: *\nDisallow: /closed/\n", "text/plain")

    def sources(self):
        return sorted(e["source"].rsplit("/", 1)[1] for e in self.lines().values())

    def test_follows_links_as_deep_as_told(self):
        self.fetch(f"{self.url}/", "--depth", "0")
        self.assertEqual(self.sources(), ["0.png", "1.png"])  # the next page is no link away
        self.fetch(f"{self.url}/", "--depth", "1")
        self.assertEqual(self.sources(), ["0.png", "1.png", "2.png"])
        report = self.report(f"{self.url}/", "--depth", "9")
        self.assertEqual(self.sources(), ["0.png", "1.png", "2.png", "3.png", "4.png"])
        self.assertEqual(self.server.hits["/closed/x"], 0)
        self.assertEqual(self.server.hits["/thumb.png"] + self.server.hits["/small.png"], 0)
        self.assertIn("closed to programs", report["problems"][0]["reason"])

    def test_images_keep_what_their_page_says(self):
        self.fetch(f"{self.url}/", "--depth", "0")
        entry = next(e for e in self.lines().values() if e["source"].endswith("/0.png"))
        self.assertEqual((entry["licence"], entry["author"], entry["title"]), ("CC-BY-SA-4.0", "Ann", "first"))
        self.assertEqual(entry["page"], f"{self.url}/")
        other = next(e for e in self.lines().values() if e["source"].endswith("/1.png"))
        self.assertNotIn("licence", other)

    def test_a_missing_page_costs_only_itself(self):
        del self.answers["/one"]
        report = self.report(f"{self.url}/")
        self.assertEqual(report["counts"]["stored"], 2)
        self.assertTrue(report["sources"][0]["finished"])
        done = self.genga("data", "fetch", f"{self.url}/nowhere", "-o", "set", *QUICK, *QUICK_RATE, status=1)
        self.assertIn("/nowhere' does not exist (the server answered 404)", done.stderr)

    def test_stops_at_max_pages(self):
        report = self.report(f"{self.url}/", "--depth", "9", "--max-pages", "2")
        self.assertEqual(report["counts"]["stored"], 2)
        self.assertIn("beyond the limit of 2 pages", json.dumps(report["problems"]))

    def test_pages_that_link_in_circles_end(self):
        for i in range(30):
            self.page(f"/ring{i}", f'<a href="/ring{(i + 1) % 30}">on</a><a href="/ring{i}#x">self</a>')
        self.fetch(f"{self.url}/ring0", "--depth", "100")
        self.assertEqual(max(self.server.hits[f"/ring{i}"] for i in range(30)), 1)


class Update(FetchCase):
    def test_unchanged_images_are_not_sent_again_and_newer_ones_are_kept_beside(self):
        state = {"tag": '"v1"', "body": png(80, 80, seed=1)}

        def tagged(request, _):
            if request.headers.get("If-None-Match") == state["tag"]:
                return request.reply(304, b"", ETag=state["tag"])
            return request.reply(200, state["body"], ETag=state["tag"], Last_Modified="Sun, 06 Nov 1994 08:49:37 GMT")

        self.answers["/a.png"] = tagged
        links = self.list_file([f"{self.url}/a.png"])
        self.fetch(links)
        (entry,) = self.lines().values()
        self.assertEqual((entry["etag"], entry["last_modified"]), ('"v1"', "Sun, 06 Nov 1994 08:49:37 GMT"))
        counts = self.report(links, "--update")["counts"]
        self.assertEqual((counts["unchanged"], counts["stored"]), (1, 0))
        self.assertEqual(self.server.headers_seen["/a.png"]["If-Modified-Since"], "Sun, 06 Nov 1994 08:49:37 GMT")
        state.update(tag='"v2"', body=png(80, 80, seed=2))
        self.assertEqual(self.report(links, "--update")["counts"]["replaced"], 1)
        old, new = self.lines().values()
        self.assertEqual(old["decisions"], [{"step": "fetch", "check": "replaced", "keep": False, "note": f"newer: {new['file']}"}])
        self.assertTrue((self.folder / "set" / old["file"]).exists())
        self.assertEqual(self.report(links, "--update")["counts"]["unchanged"], 1)


class Interrupted(FetchCase):
    N = 24

    def setUp(self):
        super().setUp()
        self.pace = 0.05
        self.links = self.list_file(self.images(self.N))
        for path, (body, _) in list(self.answers.items()):
            self.answers[path] = lambda request, _, body=body: (time.sleep(self.pace), request.reply(200, body))

    def start(self):
        process = subprocess.Popen(
            [GENGA, "data", "fetch", self.links, "-o", "set", *QUICK, *QUICK_RATE, "--jobs", "2"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wait_for_images(self, n):
        deadline = time.monotonic() + 60
        manifest = self.folder / "set/manifest.jsonl"
        while not manifest.exists() or manifest.read_bytes().count(b"\n") < n:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def whole(self):
        """What an uninterrupted run makes."""
        self.genga("data", "fetch", self.links, "-o", "whole", *QUICK, *QUICK_RATE)
        return self.lines("whole"), self.files("whole/images")

    def test_after_kill_the_same_run_goes_on(self):
        for n in (1, 9, 17):
            process = self.start()
            self.wait_for_images(n)
            process.kill()
            process.wait(timeout=60)
        (self.folder / "set/images/.x.png.1.0.part").write_bytes(b"left by a kill")
        self.fetch(self.links)
        self.assertEqual((self.lines(), self.files("set/images")), self.whole())
        self.assertLess(sum(self.server.hits.values()), 2 * self.N + 3 * 2 + 8)  # at most those on their way, again

    def test_after_ctrl_c_the_same_run_goes_on(self):
        process = self.start()
        self.wait_for_images(5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), -signal.SIGINT)
        self.assertIn(b"interrupted; run the same command again to go on from here", process.stderr.read())
        files = self.files("set/images")
        self.assertEqual(set(self.lines()), {f"images/{f}" for f in files})
        self.assertGreaterEqual(len(files), 5)
        self.assertLess(len(files), self.N)
        self.fetch(self.links)
        self.assertEqual((self.lines(), self.files("set/images")), self.whole())

    def test_ctrl_c_does_not_wait_for_a_server_that_hangs(self):
        self.pace = 30
        process = self.start()
        time.sleep(0.7)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), -signal.SIGINT)
        self.assertLess(time.monotonic() - begin, 5)

    def test_a_crawl_goes_on_where_it_was(self):
        for i in range(self.N):
            body = f'<img src="/{i}.png"><a href="/p{i + 1}">on</a>'.encode()
            self.answers[f"/p{i}"] = (body, "text/html")
        self.links = f"{self.url}/p0"
        words = ["--depth", "100", "--max-pages", str(self.N)]
        process = subprocess.Popen(
            [GENGA, "data", "fetch", self.links, "-o", "set", *QUICK, *words, "--rate", "6"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.addCleanup(process.kill)
        self.wait_for_images(8)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        self.fetch(self.links, *words)
        self.assertEqual(len(self.lines()), self.N)
        self.assertEqual(self.server.hits["/p0"], 1)
        self.assertLess(sum(self.server.hits[f"/p{i}"] for i in range(self.N)), self.N + 12)

    def test_two_at_once_are_refused(self):
        self.pace = 0.3
        self.start()
        self.wait_for_images(1)
        self.fails("another genga data command is writing this collection", "data", "fetch", self.links, "-o", "set", *QUICK, *QUICK_RATE, status=None)


class Disk(FetchCase):
    def test_a_full_one_is_one_error_and_what_is_there_stays(self):
        small = self.folder / "set"
        small.mkdir()
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small], capture_output=True, check=False
        ).returncode == 0
        if not mounted:
            self.skipTest("SKIPPED: a small tmpfs cannot be mounted here (needs root)")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        for i in range(20):
            self.answers[f"/{i}.png"] = (png(160, 160, seed=i) + os.urandom(30000), "image/png")
        links = self.list_file([f"{self.url}/{i}.png" for i in range(20)])
        done = self.fetch(links, status=1)
        self.assertIn("No space left on device", done.stderr)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)
        self.assertGreater(len(self.lines()), 0)
        for file, entry in self.lines().items():
            self.assertEqual(hashlib.sha256((small / file).read_bytes()).hexdigest(), entry["sha256"])
        self.assertEqual([f for f in self.files("set/images") if f.endswith(".part")], [])

    def test_an_address_without_scheme_is_told_how_to_be_written(self):
        self.fails("a web page is https://example.org/x", "data", "fetch", "example.org/x", "-o", "set", status=2)

    def test_damaged_state_is_named(self):
        links = self.list_file(self.images(1))
        self.fetch(links)
        (self.folder / "set/fetch-failures.jsonl").write_text("nonsense\n")
        self.fails("fetch-failures.jsonl' line 1: expected a JSON object", "data", "fetch", links, "-o", "set", *QUICK, *QUICK_RATE, status=1)


if __name__ == "__main__":
    unittest.main()
