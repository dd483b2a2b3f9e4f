"""A real WordPress on loopback, made of Debian's packages, for as long as the tests run."""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.system.processes import end_group, free_port, wait_until

DEBIAN = Path("/usr/share/wordpress")
OURS = Path(__file__).parent / "blog"
PHP = ["php", "-d", "display_errors=stderr", "-d", "opcache.enable_cli=1"]
DATABASE = """
    create database blog character set utf8mb4;
    create user blog@localhost identified by 'blog';
    grant all on blog.* to blog@localhost;
"""
_numbers = itertools.count(1)


def missing() -> list[str]:
    """What this machine lacks to run WordPress, by the names of the files."""
    programs = ["php", "mariadbd", "mariadb-install-db"]
    lacking = [name for name in programs if not shutil.which(name, path=_path())]
    return lacking if (DEBIAN / "wp-load.php").is_file() else [*lacking, str(DEBIAN)]


def _path() -> str:
    """Debian keeps server programs where people other than root do not look."""
    return os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the blog."""

    id: int
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the blog with an application password."""

    id: int
    user: str
    password: str


class WordPress:
    """The blog, started on entering and gone with its folder on leaving.

    `url` is its address without a slash at its end; `admin` its administrator. What readers do goes the readers' way
    (the comment form), what the blog's owner does through the REST interface as administrator.
    """

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.admin = Account(1, "admin", "")
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with self._ends:
            # Not in pytest's folder: the address of a Unix socket may have 107 characters.
            self._folder = Path(tempfile.mkdtemp(prefix="levelhead-blog-", dir="/tmp"))
            self._ends.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self._socket = self._folder / "mariadb.sock"
            self._site = self._folder / "site"
            self._environment = {
                **os.environ,
                "PATH": _path(),
                "BLOG_URL": self.url,
                "BLOG_SOCKET": str(self._socket),
                # A database that starts clears its folder for temporary tables away, others' tables in use with it.
                "TMPDIR": str(self._folder),
                "PHP_CLI_SERVER_WORKERS": "4",
            }
            self._copy()
            self._start_database()
            self.admin = Account(1, "admin", self._php("install.php"))
            self._start_web()
            self._visitor = self._ends.enter_context(httpx2.Client(base_url=self.url, trust_env=False, timeout=30))
            self._owner = self._ends.enter_context(
                httpx2.Client(
                    base_url=f"{self.url}/wp-json/wp/v2",
                    auth=(self.admin.user, self.admin.password),
                    trust_env=False,
                    timeout=30,
                )
            )
            wait_until(self._answers, 30, f"the blog at {self.url}; see {self._folder / 'php.log'}")
            self._ends = self._ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _copy(self) -> None:
        """WordPress finds its settings beside its own files, so it gets files of its own, without languages."""
        shutil.copytree(
            DEBIAN,
            self._site,
            ignore=shutil.ignore_patterns("languages", "wp-config.php", ".htaccess"),
            ignore_dangling_symlinks=True,
        )
        for ours in OURS.glob("*.php"):
            shutil.copy(ours, self._site)
        plugins = self._site / "wp-content" / "mu-plugins"
        plugins.mkdir()
        (self._site / "quiet.php").rename(plugins / "quiet.php")

    def _start_database(self) -> None:
        data, first = self._folder / "database", self._folder / "first.sql"
        first.write_text("\n".join(" ".join(line.split()) for line in DATABASE.strip().splitlines()))
        whose = [f"--user={os.environ.get('USER', 'root')}"] if os.geteuid() == 0 else []
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", *whose, f"--datadir={data}", "--skip-test-db"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert made.returncode == 0, f"the blog's database could not be made:\n{made.stdout[-3000:]}"
        self._start(
            "mariadb",
            "mariadbd",
            "--no-defaults",
            *whose,
            f"--datadir={data}",
            f"--socket={self._socket}",
            f"--init-file={first}",
            "--skip-networking",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
        )
        wait_until(self._socket.exists, 30, f"MariaDB; see {self._folder / 'mariadb.log'}")

    def _start_web(self) -> None:
        self._start("php", *PHP, "-S", self.url.removeprefix("http://"), "router.php")

    def _start(self, name: str, *command: str) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self._site,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._ends.callback(end_group, process)

    def _php(self, script: str, told: str = "") -> str:
        done = subprocess.run(
            [*PHP, script],
            cwd=self._site,
            env=self._environment,
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{script} ended with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def _answers(self) -> bool:
        try:
            return self._visitor.get("/").status_code == 200
        except httpx2.TransportError:
            return False

    def rest(self, method: str, path: str, **what: Any) -> Any:
        """An answer of the REST interface (`path` below /wp-json/wp/v2) to the administrator; fails on an error."""
        answer = self._owner.request(method, path, **what)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def options(self, **values: object) -> None:
        """Sets WordPress options by their names, `comment_moderation=1` for example: new comments are held."""
        self._php("options.php", json.dumps(values))

    def post(self, title: str, text: str) -> Post:
        """Publishes a post."""
        made = self.rest("POST", "/posts", json={"title": title, "content": text, "status": "publish"})
        return Post(made["id"], made["link"], title)

    def comment(self, post: Post, author: str, text: str, parent: int | None = None) -> int:
        """What a reader does: fills in the form under the post, or under the comment `parent`. Returns the number."""
        form = {
            "comment_post_ID": post.id,
            "comment_parent": parent or 0,
            "author": author,
            "email": f"reader{next(_numbers)}@example.org",
            "comment": text,
        }
        answer = self._visitor.post("/wp-comments-post.php", data=form)
        number = re.search(r"#comment-(\d+)$", answer.headers.get("location", ""))
        assert number, f"The blog did not take the comment: {answer.status_code} {answer.text[:500]}"
        return int(number[1])

    def flood(self, posts: list[Post], text: str, many: int) -> None:
        """Many comments at once, spread over the posts: the text and a number from 1 on."""
        self._php("comments.php", json.dumps({"posts": [post.id for post in posts], "text": text, "many": many}))

    def plugin(self, name: str, code: str) -> None:
        """Saves a must-use plugin, as whoever runs the blog would; empty code takes it away."""
        path = self._site / "wp-content" / "mu-plugins" / f"{name}.php"
        path.write_text(code) if code else path.unlink(missing_ok=True)

    def comments(self, post: Post) -> list[dict[str, Any]]:
        """All comments of a post, held ones too, oldest first, as the interface shows them to an editor."""
        asked = {"post": post.id, "context": "edit", "status": "all", "per_page": 100, "order": "asc"}
        listed: list[dict[str, Any]] = self.rest("GET", "/comments", params=asked)
        return listed

    def edit_comment(self, number: int, text: str) -> None:
        self.rest("POST", f"/comments/{number}", json={"content": text})

    def approve_comment(self, number: int) -> None:
        """Shows a comment that was held."""
        self.rest("POST", f"/comments/{number}", json={"status": "approved"})

    def delete_comment(self, number: int) -> None:
        """Deletes a comment for good, not into the bin."""
        self.rest("DELETE", f"/comments/{number}", params={"force": "true"})

    def close_comments(self, post: Post) -> None:
        self.rest("POST", f"/posts/{post.id}", json={"comment_status": "closed"})

    def account(self, role: str, name: str) -> Account:
        """A new user with this role ('editor', 'author', 'subscriber' ...); the name gets a number of its own."""
        user = f"{name}{next(_numbers)}"
        login = {"username": user, "name": name, "email": f"{user}@example.org", "password": "a long password"}
        made = self.rest("POST", "/users", json={**login, "roles": [role]})
        given = self.rest("POST", f"/users/{made['id']}/application-passwords", json={"name": "levelhead"})
        return Account(made["id"], user, given["password"])

    def revoke(self, account: Account) -> None:
        """Takes back the account's application passwords."""
        self.rest("DELETE", f"/users/{account.id}/application-passwords")

    def html(self, url: str) -> str:
        """A page of the blog as any visitor gets it."""
        return self._visitor.get(url).raise_for_status().text
