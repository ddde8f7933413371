"""Servers on this machine that answer as image boards and Wikimedia Commons do, for data_sources_test.py."""

import hashlib
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import png


class Server:
    """Base: answers GET by self.answer(path, query) -> (status, type, body) and keeps the requests."""

    def __init__(self):
        self.requests = []  # (path, query) in order
        self.planned = []  # answers given before the real ones: (status, type, body, headers)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802, the library's name
                outer.handle(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def handle(self, request):
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        headers = {}
        if self.is_api(url.path):
            self.requests.append((url.path, query))
        if self.is_api(url.path) and self.planned:
            status, kind, body, headers = self.planned.pop(0)
        elif url.path.startswith("/img/"):
            status, kind, body = 200, "image/png", self.image(int(url.path.split("/")[2].split(".")[0]))
        else:
            status, kind, body = self.answer(url.path, query)
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        request.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(body), **headers}.items():
            request.send_header(name, str(value))
        request.end_headers()
        request.wfile.write(body)

    @staticmethod
    def is_api(path):
        return not path.startswith("/img/")

    @staticmethod
    def image(number):
        return png(40 + number % 7, 30, seed=number)

    def file_url(self, number):
        return f"{self.base}/img/{number}.png"


class Board(Server):
    """Posts, newest first, a few at a time; page_size is what the server gives at most."""

    page_size = 3

    def __init__(self, ids):
        super().__init__()
        self.posts = {}
        self.after_page = []  # called in turn after each page, to change things meanwhile
        for number in ids:
            self.add(number)

    def add(self, number, **changes):
        self.posts[number] = {**self.post(number), **changes}

    def md5(self, number):
        return hashlib.md5(self.image(number)).hexdigest()

    def page(self, wanted, older_than=None):
        rows = [post for _, post in sorted(self.posts.items(), reverse=True) if wanted(post)]
        rows = [post for post in rows if older_than is None or post["id"] < older_than][: self.page_size]
        rows = json.loads(json.dumps(rows))
        if self.after_page:
            self.after_page.pop(0)()
        return rows


class Danbooru(Board):
    def post(self, number):
        return {
            "id": number,
            "rating": "g",
            "score": number % 10,
            "md5": self.md5(number),
            "image_width": 40 + number % 7,
            "image_height": 30,
            "file_ext": "png",
            "file_url": self.file_url(number),
            "source": f"https://art.example/{number}",
            "tag_string": "1girl hat",
            "tag_string_artist": "mori_(painter)",
            "is_deleted": False,
            "is_banned": False,
        }

    def answer(self, path, query):
        if path != "/posts.json":
            return 404, "text/html", b"<html>nothing here</html>"
        page = query.get("page", "")
        older_than = int(page[1:]) if page.startswith("b") else None
        wanted = "rating:g" in query["tags"].replace("rating:general", "rating:g").split()
        return 200, "application/json", self.page(lambda post: not wanted or post.get("rating") == "g", older_than)


class Gelbooru(Board):
    wrapped = True  # {"@attributes": ..., "post": [...]}; older boards give the bare list

    def post(self, number):
        return {
            "id": number,
            "rating": "general",
            "score": None,
            "md5": self.md5(number),
            "width": 40 + number % 7,
            "height": 30,
            "image": f"{number}.png",
            "directory": "img",
            "owner": "poster",
            "source": "https://art.example/?a=1&amp;b=2",
            "file_url": self.file_url(number),
            "tags": "hat sea",
        }

    def answer(self, path, query):
        if path != "/index.php" or query.get("page") != "dapi":
            return 404, "text/html", b"<html>nothing here</html>"
        below = [int(word[4:]) for word in query["tags"].split() if word.startswith("id:<")]
        rows = self.page(lambda post: True, below[0] if below else None)
        if not self.wrapped:
            return 200, "application/json", rows if rows else b""
        answer = {"@attributes": {"limit": self.page_size, "offset": 0, "count": len(rows)}}
        if rows:
            answer["post"] = rows
        return 200, "application/json", answer


class Moebooru(Board):
    def post(self, number):
        return {
            "id": number,
            "rating": "s",
            "score": 1,
            "md5": self.md5(number),
            "width": 40 + number % 7,
            "height": 30,
            "author": "poster",
            "source": f"https://art.example/{number}",
            "file_url": self.file_url(number).removeprefix("http:"),
            "status": "active",
            "tags": "hat sky",
        }

    def answer(self, path, query):
        if path != "/post.json":
            return 404, "text/html", b"<html>nothing here</html>"
        below = [int(word[4:]) for word in query["tags"].split() if word.startswith("id:<")]
        safe = "rating:safe" in query["tags"].split()
        return 200, "application/json", self.page(
            lambda post: not safe or post["rating"] == "s", below[0] if below else None
        )


class Commons(Server):
    """Category:Harbours holds files 1, 2 and 3 (given two at a time), a drawing and Category:Boats with file 4."""

    licences = {
        1: ("cc-by-sa-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0"),
        2: ("pd", "Public domain", None),
        3: (None, "Museum terms", None),
        4: ("cc0", "CC0", "http://creativecommons.org/publicdomain/zero/1.0/deed.en"),
    }

    def file(self, number, width):
        code, short, address = self.licences[number]
        metadata = {"LicenseShortName": {"value": short}, "ObjectName": {"value": f"Harbour {number}"}}
        metadata["Artist"] = {"value": f'<a href="//x.example/U{number}">Painter <b>{number}</b></a>'}
        if code:
            metadata["License"] = {"value": code, "hidden": ""}
        if address:
            metadata["LicenseUrl"] = {"value": address}
        info = {
            "mime": "image/png",
            "width": 40 + number % 7,
            "height": 30,
            "user": "Uploader",
            "sha1": hashlib.sha1(self.image(number)).hexdigest(),
            "url": self.file_url(number),
            "descriptionurl": f"{self.base}/wiki/File:{number}.png",
            "extmetadata": metadata,
        }
        if width:
            info |= {"thumburl": self.file_url(number + 100), "thumbwidth": 20, "thumbheight": 15}
        return {"pageid": 1000 + number, "ns": 6, "title": f"File:{number}.png", "imageinfo": [info]}

    def answer(self, path, query):
        if path != "/w/api.php":
            return 404, "text/html", b"<html>nothing here</html>"
        width = "iiurlwidth" in query
        drawing = {"pageid": 9, "ns": 6, "title": "File:Map.svg", "imageinfo": [{"mime": "image/svg+xml", "url": "x"}]}
        boats = {"pageid": 10, "ns": 14, "title": "Category:Boats"}
        harbours = {"pageid": 11, "ns": 14, "title": "Category:Harbours"}
        title = query.get("gcmtitle")
        if title == "Category:Boats":
            return 200, "application/json", {"batchcomplete": True, "query": {"pages": [self.file(4, width)]}}
        if title == "Category:Harbours" and "gcmcontinue" not in query:
            more = {"gcmcontinue": "file|2", "continue": "gcmcontinue||"}
            pages = [self.file(1, width), drawing, self.file(2, width)]
            return 200, "application/json", {"batchcomplete": True, "continue": more, "query": {"pages": pages}}
        if title == "Category:Harbours":
            pages = [self.file(3, width)] + ([boats, harbours] if "subcat" in query["gcmtype"] else [])
            return 200, "application/json", {"batchcomplete": True, "query": {"pages": pages}}
        return 200, "application/json", {"batchcomplete": True}
