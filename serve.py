"""The web server's application: the dashboard behind its wall, with the routes beside it."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jobs
from model.errors import LevelheadError
from model.settings import ROOT, settings
from store.db import store
from store.keys import keys
from store.migrate import require_migrated

# Streamlit reads its settings when it is first imported.
os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = keys().derived("cookies")

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# What pages import is there before the first visitor comes, and covered by the freeze below.
import ingest.sources  # noqa: F401
import response.views  # noqa: F401
import web.ui.charts
import web.ui.reading  # noqa: F401
from web import front, sample
from web.forms import away
from web.frame import stumbled
from web.loading import Later, pages
from web.middleware import Wall
from web.routes import Routes
from web.sample import Door
from web.welcome import PATHS, doors

_KEEPS_EVERY_S = 60.0

# Before any session has run st.navigation, Streamlit would take each file in pages/ for a page of its own.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """What is done once, before the first visitor."""
    require_migrated(store())
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Addresses hold one-time codes and links, which no log may keep.
    logging.getLogger("uvicorn.access").disabled = True
    _keep_what_is_loaded()
    later.begin()
    keeping = asyncio.create_task(_keep_now_and_then())
    yield {}
    keeping.cancel()


def _keep_what_is_loaded() -> None:
    """Each script run ends in a full garbage collection: what is there for long need not be looked through each time.

    What was kept so before is looked through now, once, so that nothing that is over stays.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def _keep_now_and_then() -> None:
    """What open pages and compiled statements have added since then is a fifth of what a busy process works."""
    while True:
        await asyncio.sleep(_KEEPS_EVERY_S)
        _keep_what_is_loaded()


# Work that nobody who comes first need wait for: neither for a page, nor for whoever first enqueues.
later = Later(pages, lambda: jobs.load(store()), _keep_what_is_loaded)
made_up = sample.is_here(store)
door = Door(store, keys, settings()).table() if made_up else []
# The people of a sample are nobody's colleagues.
known = settings().model_copy(update={"oidc_issuer": ""}) if door else settings()
# A sample that nobody came to by the first of the two doors has no way back through it.
has_doors = front.has_doors(settings().home.resolve())
welcome = doors(store, keys, settings()).table() if has_doors or not made_up else []
also = ({sample.PATH} if door else frozenset()) | (PATHS if welcome else frozenset())
dashboard = st.App(
    ROOT / "dashboard.py",
    routes=[*Routes(store, keys, known, later.answered).table(), *door, *welcome],
    lifespan=lifespan,
    on_script_error=stumbled,
    exception_handlers={LevelheadError: lambda request, error: away(request.scope, error)},
)
app = Wall(dashboard, store=store, settings=settings(), also=also)

if __name__ == "__main__":
    import uvicorn

    from web.lifeline import hold_on

    hold_on()
    uvicorn.run(
        app,
        host=settings().bind,
        port=settings().port,
        # A proxy in front is believed about who asks, but only on this machine and only where there is one.
        proxy_headers=bool(settings().url),
        server_header=False,
        timeout_graceful_shutdown=5,
    )
