"""Our own components: small scripts in the browser, served as files, as the wall lets none run that came in a message.

A component is a folder beside this file, with a script and a style sheet that are called like the folder.
"""

from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(folder.name for folder in FOLDER.iterdir() if (folder / f"{folder.name}.js").is_file()))

_known: WeakKeyDictionary[Any, dict[str, ComponentRenderer]] = WeakKeyDictionary()
_one_at_a_time = Lock()


def component(name: str) -> ComponentRenderer:
    """What puts the component of this name on the page; called within a script. KeyError for a name without a folder.

    Streamlit offers components as files to installed packages alone. What registers them has no public name: it is
    called here and nowhere else, once for each running server, and tests/web/test_components.py holds that it works.
    """
    manager = get_bidi_component_manager()
    with _one_at_a_time:
        if manager not in _known:
            ours = [ComponentConfig(one, one) for one in NAMES]
            manager.register_from_manifest(ComponentManifest("levelhead", "1", ours), FOLDER)
            _known[manager] = {
                one: st.components.v2.component(f"levelhead.{one}", js=f"{one}.js", css=f"{one}.css") for one in NAMES
            }
        return _known[manager][name]
