"""Our components as Streamlit serves them: as files, under the address that the wall lets through."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_routes import create_bidi_component_routes

from web.middleware import INSIDE_FOLDERS
from web.ui.components import FOLDER, NAMES

pytestmark = pytest.mark.values

PREFIX = "/_stcore/bidi-components/"


def script(name: str) -> None:
    import streamlit as st  # noqa: PLC0415 (the script stands alone)
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager  # noqa: PLC0415

    from web.ui.components import component  # noqa: PLC0415

    st.session_state["manager"] = get_bidi_component_manager()
    component(name)(data={"label": "Text", "text": "", "rows": []}, key="one")
    component(name)(data={"label": "Text", "text": "", "rows": []}, key="two")


def served(name: str, path: str) -> httpx2.Response:
    """What a server whose script has shown a component answers at this address below the component."""
    app = AppTest.from_function(script, args=(name,)).run()
    routes = create_bidi_component_routes(app.session_state["manager"], None)

    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=Starlette(routes=routes))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(f"{PREFIX}levelhead.{name}/{path}")

    return asyncio.run(ask())


@pytest.mark.parametrize("name", NAMES)
def test_a_component_is_on_the_page_by_the_addresses_of_its_files_and_never_as_a_script_in_a_message(name: str) -> None:
    for _server in range(2):  # each AppTest is a server of its own, as after a restart
        app = AppTest.from_function(script, args=(name,)).run()
        assert not app.exception
        shown = [one.proto for one in app.main if one.type == "bidi_component"]
        assert len(shown) == 2
        for one in shown:
            assert one.component_name == f"levelhead.{name}"
            assert (one.js_content, one.css_content, one.html_content) == ("", "", "")
            assert one.js_source_path.partition("?")[0] == f"{name}.js"
            assert one.css_source_path.partition("?")[0] == f"{name}.css"


@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_a_component_are_served_where_the_wall_lets_people_in(name: str) -> None:
    assert PREFIX in INSIDE_FOLDERS
    for kind, types in ((".js", ("text/javascript", "application/javascript")), (".css", ("text/css",))):
        answer = served(name, f"{name}{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] in types
        assert answer.content == Path(FOLDER, name, f"{name}{kind}").read_bytes()


def test_nothing_outside_the_folders_of_components_is_served() -> None:
    assert NAMES
    for path in ("../__init__.py", "%2e%2e/__init__.py", "..%2f__init__.py", "/etc/passwd"):
        assert served(NAMES[0], path).status_code in (400, 404)
