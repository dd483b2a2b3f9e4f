"""A real Isso on loopback, in the environment that .ci/run makes for it, with a page that embeds it."""

import http.server
import re
import shutil
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.system.processes import end_group, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".venv-isso" / "bin" / "isso"
PASSWORD = "moderator"
SETTINGS = """
[general]
dbpath = {folder}/comments.db
host = {page}/
[server]
listen = {url}/
[guard]
enabled = false
[moderation]
enabled = {moderated}
[admin]
enabled = true
password = {password}
[rss]
base = {page}
[hash]
salt = tests
"""
PAGE = """<!doctype html><html><head><title>The camp</title>
<script data-isso="{url}/" src="{url}/js/embed.min.js"></script></head>
<body><h1>The camp</h1><section id="isso-thread"></section></body></html>"""


def missing() -> list[str]:
    return [] if PROGRAM.is_file() else [str(PROGRAM)]


class Isso:
    """The server from entering to leaving. `url` is its address, `page` that of the site which embeds it."""

    def __init__(self, *, moderated: bool = False) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._moderated = moderated
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with self._ends:
            self._folder = Path(tempfile.mkdtemp(prefix="levelhead-isso-"))
            self._ends.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self.page = self._site()
            settings = self._folder / "isso.cfg"
            settings.write_text(
                SETTINGS.format(
                    folder=self._folder,
                    page=self.page,
                    url=self.url,
                    password=PASSWORD,
                    moderated=str(self._moderated).lower(),
                )
            )
            with (self._folder / "isso.log").open("wb") as log:
                process = subprocess.Popen(
                    [PROGRAM, "-c", settings, "run"],
                    # Isso writes its feed's times in the machine's zone and calls them UTC.
                    env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._ends.callback(end_group, process)
            self._visitor = self._ends.enter_context(httpx2.Client(base_url=self.url, trust_env=False, timeout=30))
            self._keys: dict[int, Any] = {}
            wait_until(self._answers, 30, f"Isso at {self.url}; see {self._folder / 'isso.log'}")
            self._ends = self._ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _site(self) -> str:
        """The site: every address of it is the page with Isso's script."""
        body = PAGE.format(url=self.url).encode()

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._ends.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def _answers(self) -> bool:
        try:
            return self._visitor.get("/config").status_code == 200
        except httpx2.TransportError:
            return False

    def feed(self, uri: str) -> str:
        """The address of a thread's feed."""
        return f"{self.url}/feed?uri={uri}"

    def comment(self, uri: str, text: str, author: str = "", parent: int | None = None) -> int:
        """What a reader does; returns the number. With moderation it is held (status 202)."""
        told = {"text": text, "title": "The camp", "author": author or None, "parent": parent}
        answer = self._visitor.post("/new", params={"uri": uri}, json={k: v for k, v in told.items() if v is not None})
        assert answer.status_code in (201, 202), answer.text
        number = int(answer.json()["id"])
        # What lets the reader edit: one cookie a comment, marked for https alone, so a client of http drops it.
        self._keys[number] = answer.headers["set-cookie"].split(";")[0]
        return number

    def edit(self, number: int, text: str) -> None:
        """The reader edits within the time that Isso gives for it."""
        answer = self._visitor.put(f"/id/{number}", json={"text": text}, headers={"Cookie": self._keys[number]})
        assert answer.status_code == 200, answer.text

    def delete(self, number: int) -> None:
        answer = self._visitor.delete(f"/id/{number}", headers={"Cookie": self._keys[number]})
        assert answer.status_code == 200, answer.text

    def approve(self, number: int) -> None:
        """What the site's owner does in Isso's own administration."""
        login = self._visitor.post("/login/", data={"password": PASSWORD})
        assert login.status_code in (200, 302), login.text
        session = {"Cookie": login.headers["set-cookie"].split(";")[0]}
        page = self._visitor.get("/admin/", params={"mode": 2}, headers=session).text
        signed = re.search(rf"validate_com\({number}, '([^']+)'", page)
        assert signed, f"Comment {number} is not in Isso's queue:\n{page[-2000:]}"
        done = self._visitor.post(f"/id/{number}/activate/{signed[1]}")
        assert done.status_code == 200, done.text
