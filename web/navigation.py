"""Navigation as one table: what pages there are, who may open them, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from access.permissions import Permission, may
from model.language import later
from model.person import Person
from model.settings import ROOT


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its file in pages/, its title in English, its path in the address, who may open it, and the menu that it
    is in, in English; without one it has a tab of its own. A hidden one has neither."""

    file: str
    title: str
    path: str
    permission: Permission
    menu: str = ""
    hidden: bool = False

    @property
    def script(self) -> Path:
        return ROOT / "pages" / self.file


RESPONSES, COMMENTS, SETTINGS = later("Responses"), later("Comments"), later("Settings")

PLACES: tuple[Place, ...] = (
    Place("queue.py", later("Queue"), "queue", Permission.TRIAGE),
    Place("reply.py", later("Reply"), "reply", Permission.TRIAGE, hidden=True),
    Place("new.py", later("New response"), "new", Permission.TRIAGE, RESPONSES),
    Place("templates.py", later("Templates"), "templates", Permission.TRIAGE, RESPONSES),
    Place("unconfirmed.py", later("Unconfirmed"), "unconfirmed", Permission.TRIAGE, RESPONSES),
    Place("approvals.py", later("My approvals"), "approvals", Permission.WAITS),
    Place("question.py", later("Question"), "question", Permission.DECIDE, hidden=True),
    Place("comments.py", later("Comments"), "comments", Permission.COMMENTS, COMMENTS),
    Place("upload.py", later("Add comments"), "upload", Permission.BRING, COMMENTS),
    Place("search.py", later("Search"), "search", Permission.COMMENTS, COMMENTS),
    Place("good.py", later("How good is it here?"), "good", Permission.GOOD, COMMENTS),
    Place("overview.py", later("Overview"), "overview", Permission.OVERVIEW),
    Place("costs.py", later("What approval cost"), "costs", Permission.OVERVIEW, hidden=True),
    Place("board.py", later("For the board"), "board", Permission.BOARD, hidden=True),
    Place("begin.py", later("First set-up"), "begin", Permission.SOURCES, hidden=True),
    Place("sources.py", later("Sources"), "sources", Permission.SOURCES, SETTINGS),
    Place("people.py", later("People"), "people", Permission.PEOPLE, SETTINGS),
    Place("policy.py", later("Policy"), "policy", Permission.POLICY, SETTINGS),
    Place("matters.py", later("Matters"), "matters", Permission.MATTERS, SETTINGS),
    Place("opinion.py", later("Second opinion"), "opinion", Permission.OPINION, SETTINGS),
    Place("loosened.py", later("What was loosened"), "loosened", Permission.LOOSENED, hidden=True),
    Place("goals.py", later("Goals"), "goals", Permission.GOALS, SETTINGS),
    Place("data.py", later("Data"), "data", Permission.DATA, SETTINGS),
    Place("audit.py", later("Audit log"), "audit", Permission.RECORD, SETTINGS),
    Place("pause.py", later("Pause"), "pause", Permission.PAUSE, SETTINGS),
    Place("health.py", later("Health"), "health", Permission.HEALTH, SETTINGS),
    Place("me.py", later("My settings"), "me", Permission.OWN, SETTINGS),
)


def place(file: str) -> Place:
    """The place of a page by its file name. Raises KeyError for a page that is not in the table."""
    return {here.file: here for here in PLACES}[Path(file).name]


def allowed(person: Person) -> tuple[Place, ...]:
    """The places a person may open, in their order; the first is where the person lands."""
    return tuple(here for here in PLACES if may(person, here.permission))


def menus(places: Sequence[Place]) -> dict[str, list[Place]]:
    """The places that are not hidden by the menu they are in, in their order; "" has those with a tab of their own.

    Who may open but one page of a menu has a tab in its place: a menu of one is a click for nothing. Tabs come first,
    as Streamlit draws them.
    """
    shown = [here for here in places if not here.hidden]
    found: dict[str, list[Place]] = {"": []}
    for here in shown:
        alone = sum(other.menu == here.menu for other in shown) == 1
        found.setdefault("" if alone else here.menu, []).append(here)
    return found


def stands_at(tabs: dict[str, list[Place]], opened: Place | None) -> int | None:
    """At which place of the navigation, counted from 1, a page is found; None for one that is not in it."""
    for number, one in enumerate((*([here] for here in tabs[""]), *(tabs[name] for name in tabs if name)), start=1):
        if opened in one:
            return number
    return None
