"""Between a PostgreSQL server and those who connect: commits arrive, and what the server says to them can be lost."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

_COMMIT = b"COMMIT\x00"
_PIECE = 65_536


class Deaf:
    """Passes everything on, from a socket in `folder` to the server at `url` (one in the file system). While it
    `loses`, what the server says to a commit is not passed on, and the connection ends; `lost` counts those."""

    def __init__(self, url: str, folder: Path) -> None:
        parsed = make_url(url)
        name = f".s.PGSQL.{parsed.port or 5432}"
        self._server, self._here = Path(str(parsed.query["host"])) / name, folder / name
        self.url = parsed.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        self.loses, self.lost = False, 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self._here))
        self._socket.listen(100)
        threading.Thread(target=self._serve, daemon=True).start()

    def end(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
            except OSError:
                return
            unheard = threading.Event()
            for pump in (self._from_client, self._from_server):
                threading.Thread(target=pump, args=(client, server, unheard), daemon=True).start()

    def _from_client(self, client: socket.socket, server: socket.socket, unheard: threading.Event) -> None:
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                if self.loses and _COMMIT in piece:
                    unheard.set()
                server.sendall(piece)
        _end(server)

    def _from_server(self, client: socket.socket, server: socket.socket, unheard: threading.Event) -> None:
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                if unheard.is_set():
                    self.lost += 1
                    break
                client.sendall(piece)
        _end(client)
        _end(server)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def deaf(url: str, folder: Path) -> Iterator[Deaf]:
    """One in `folder`, which nobody else uses, as long as it lasts."""
    between = Deaf(url, folder)
    try:
        yield between
    finally:
        between.end()
