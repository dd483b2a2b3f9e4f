"""Pictures of a page as it stands, in each look, where LEVELHEAD_SHOTS names a folder for them."""

import os

from tests.browser.conftest import DESK
from tests.browser.people import Person

LOOKS = (
    ("1440-light", 1440, 900, "light"),
    ("1440-dark", 1440, 900, "dark"),
    ("1024-dark", 1024, 768, "dark"),
    ("390-dark", 390, 844, "dark"),
)


def shots(one: Person, name: str) -> None:
    """The pictures of a page, named after it and its look; afterwards it is as wide and as light as before."""
    if not os.environ.get("LEVELHEAD_SHOTS"):
        return
    for look, width, height, scheme in LOOKS:
        one.page.set_viewport_size({"width": width, "height": height})
        one.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        one.screen.shoot(f"{name}-{look}")
    one.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    one.page.emulate_media(color_scheme="light")
