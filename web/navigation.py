"""Navigation as one table: what pages there are, who may open them, and where."""

from dataclasses import dataclass
from pathlib import Path

from access.permissions import Permission, may
from model.language import later
from model.person import Person
from model.settings import ROOT


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its file in pages/, its title in English, its path in the address, who may open it. A hidden one has no
    tab."""

    file: str
    title: str
    path: str
    permission: Permission
    hidden: bool = False

    @property
    def script(self) -> Path:
        return ROOT / "pages" / self.file


PLACES: tuple[Place, ...] = (
    Place("queue.py", later("Queue"), "queue", Permission.TRIAGE),
    Place("reply.py", later("Reply"), "reply", Permission.TRIAGE, hidden=True),
    Place("new.py", later("New response"), "new", Permission.TRIAGE),
    Place("templates.py", later("Templates"), "templates", Permission.TRIAGE),
    Place("unconfirmed.py", later("Unconfirmed"), "unconfirmed", Permission.TRIAGE),
    Place("approvals.py", later("My approvals"), "approvals", Permission.WAITS),
    Place("question.py", later("Question"), "question", Permission.DECIDE, hidden=True),
    Place("comments.py", later("Comments"), "comments", Permission.COMMENTS),
    Place("upload.py", later("Add comments"), "upload", Permission.BRING),
    Place("search.py", later("Search"), "search", Permission.COMMENTS),
    Place("overview.py", later("Overview"), "overview", Permission.OVERVIEW),
    Place("costs.py", later("What approval cost"), "costs", Permission.OVERVIEW, hidden=True),
    Place("sources.py", later("Sources"), "sources", Permission.SOURCES),
    Place("people.py", later("People"), "people", Permission.PEOPLE),
    Place("policy.py", later("Policy"), "policy", Permission.POLICY),
    Place("data.py", later("Data"), "data", Permission.DATA),
    Place("audit.py", later("Audit log"), "audit", Permission.RECORD),
    Place("pause.py", later("Pause"), "pause", Permission.PAUSE),
    Place("health.py", later("Health"), "health", Permission.HEALTH),
    Place("me.py", later("My settings"), "me", Permission.OWN),
)


def place(file: str) -> Place:
    """The place of a page by its file name. Raises KeyError for a page that is not in the table."""
    return {here.file: here for here in PLACES}[Path(file).name]


def allowed(person: Person) -> tuple[Place, ...]:
    """The places a person may open, in their order; the first is where the person lands."""
    return tuple(here for here in PLACES if may(person, here.permission))
