"""People without a browser: the web socket that Streamlit's page would open, its script run and its buttons pressed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from web.middleware import COOKIE

ANSWERS_WITHIN_S = 60


@dataclass
class Visit:
    """One open page. `buttons` are those of the last run by their label, `texts` what it said, `failed` its errors."""

    stream: ClientConnection
    page: str
    buttons: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, query: str = "", press: str = "") -> None:
        """Runs the page's script, as a reload or as the press of a button that the last run showed.

        Raises KeyError when there is no such button, TimeoutError when the script does not end in a minute.
        """
        asked = BackMsg()
        asked.rerun_script.page_name = self.page
        asked.rerun_script.query_string = query
        if press:
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[press], True
        self.buttons, self.texts, self.failed = {}, [], []
        self.stream.send(asked.SerializeToString())
        finished = False
        while not finished:
            answer = self.stream.recv(timeout=ANSWERS_WITHIN_S)
            assert isinstance(answer, bytes)
            # A rerun asked for by the script itself ends the first run early; what counts is the run that ends well.
            finished = self._take(ForwardMsg.FromString(answer))

    def _take(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            what = element.WhichOneof("type")
            if what == "button":
                self.buttons[element.button.label] = element.button.id
            elif what == "html":
                self.texts.append(element.html.body)
            elif what == "exception":
                self.failed.append(element.exception.message)
        return kind == "script_finished" and message.script_finished in (
            ForwardMsg.FINISHED_SUCCESSFULLY,
            ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
        )


@contextmanager
def visit(port: int, token: str, page: str, **cookies: str) -> Iterator[Visit]:
    """Somebody with this session, and further cookies, on a page of the server at `port`."""
    held = "; ".join(f"{name}={value}" for name, value in {COOKIE: token, **cookies}.items())
    with connect(
        f"ws://localhost:{port}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_WITHIN_S),
        origin=Origin(f"http://localhost:{port}"),
        additional_headers={"Cookie": held},
        max_size=None,
    ) as stream:
        yield Visit(stream, page)
