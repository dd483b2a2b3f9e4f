"""Makes the sample behind the door: python -m web.filler, which the supervisor starts in a home of its own."""

import sys

from ingest.sample.association import ALL
from ingest.sample.fill import fill
from model.errors import LevelheadError
from model.settings import settings
from store import own_key
from store.db import store
from store.migrate import migrate
from web import front
from web.front import Progress, Stage
from web.lifeline import hold_on


def main() -> int:
    """The exit code; what went wrong is one sentence on standard error."""
    hold_on()
    house = settings().home.parent
    said = -1

    def tell(part: float, comments: int) -> None:
        nonlocal said
        day = min(int(part * ALL), ALL)
        if day > said:
            said = day
            front.tell(house, Progress(Stage.MAKING, day, ALL, comments))

    try:
        migrate(store())
        own_key.settle(store())
        fill(store(), progress=tell)
    except LevelheadError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
