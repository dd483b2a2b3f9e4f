"""The four tours: for each kind of person seven steps, each about one page. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from model.language import Labels, later
from model.person import Person
from model.words import Role


class Kind(StrEnum):
    """For whom a tour is."""

    WORKS = "works"
    DECIDES = "decides"
    LEADS = "leads"
    ADMINISTERS = "administers"


WHO = Labels(
    {
        Kind.WORKS: later("for community managers"),
        Kind.DECIDES: later("for those who decide"),
        Kind.LEADS: later("for leadership"),
        Kind.ADMINISTERS: later("for administrators"),
    }
)
"""For whom, in words."""
ROLES: Mapping[Kind, frozenset[Role]] = {
    Kind.WORKS: frozenset({Role.MANAGER}),
    Kind.DECIDES: frozenset({Role.APPROVER, Role.EXPERT}),
    Kind.LEADS: frozenset({Role.LEADERSHIP}),
    Kind.ADMINISTERS: frozenset({Role.ADMIN}),
}
"""Who takes a tour: everybody with one of these roles may open all of its pages."""


class Pane(StrEnum):
    """One of the two panes of a page that has them. A narrow screen has room for one: the list, until a row is open."""

    LIST = "list"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Step:
    """What one step is about: a page by its file, what is said of it, and what gets a frame there: a selector of our
    own containers, empty for the page as a whole. `pane` is where that stands on a page with two panes; `instead` gets
    the frame where it is not on the page."""

    file: str
    title: str
    says: str
    frames: str = ""
    pane: Pane | None = None
    instead: str = ""


TOURS: Mapping[Kind, tuple[Step, ...]] = {
    Kind.WORKS: (
        Step(
            "queue.py",
            later("What needs a person"),
            later(
                "Each row is a case: the gravest first, then what has waited longest for its time. The reason stands in"
                " words, and the sentence that matters is underlined."
            ),
            ".st-key-list",
            Pane.LIST,
        ),
        Step(
            "queue.py",
            later("Why it is here"),
            later(
                "Open a row: the thread, with the words that were flagged. Each mark has a number, and at the side its"
                " rule and its share. No score hides, deletes or answers anything by itself."
            ),
            ".st-key-read",
            Pane.OPEN,
        ),
        Step(
            "queue.py",
            later("One person, one case"),
            later(
                "Claim a case, and the others see that you are on it. Dismiss, Spam and Escalate stand beside it. Each"
                " can be undone for ten seconds."
            ),
            ".st-key-acts",
            Pane.OPEN,
        ),
        Step(
            "queue.py",
            later("Who approves is said before you write"),
            later(
                "Press Reply on a case: above the empty field stands which levels have to approve, and which rule asks"
                " for it. Every letter is saved as you write."
            ),
            ".st-key-acts",
            Pane.OPEN,
        ),
        Step(
            "templates.py",
            later("Answers that were approved beforehand"),
            later(
                "A template is approved once. A reply that changes nothing but its fields goes out without asking"
                " again."
            ),
        ),
        Step(
            "upload.py",
            later("What was said elsewhere"),
            later(
                "A call, a closed group, a file of comments: bring them in here, and they are assessed like all others."
                " A whole upload can be undone."
            ),
        ),
        Step(
            "me.py",
            later("How you are told"),
            later(
                "Choose what reaches you at once, in a digest or never, and your quiet hours. Single letters are keys;"
                " who dictates switches them off here."
            ),
        ),
    ),
    Kind.DECIDES: (
        Step(
            "approvals.py",
            later("What waits for you"),
            later(
                "Everything that needs your decision, and nothing else. What waits longest stands first, with its"
                " deadline."
            ),
            ".st-key-list",
            Pane.LIST,
        ),
        Step(
            "approvals.py",
            later("What was said"),
            later(
                "The comment in its thread, with the words that were flagged, and why this needs you. You need not look"
                " for anything."
            ),
            ".st-key-said",
            Pane.OPEN,
        ),
        Step(
            "approvals.py",
            later("Exactly this text"),
            later(
                "What will be sent, letter by letter. You approve this version for these channels: if anyone changes a"
                " letter, you are asked again, and see what changed since your last look."
            ),
            ".st-key-sent",
            Pane.OPEN,
        ),
        Step(
            "approvals.py",
            later("Three answers"),
            later(
                "Approve, request changes or reject; the last two ask for a reason, which the author reads. Each can be"
                " undone for ten seconds. Nobody approves what they wrote."
            ),
            ".st-key-decide",
            Pane.OPEN,
        ),
        Step(
            "question.py",
            later("A question to you"),
            later(
                "A colleague may ask what only you know. It is one question on one page, with the comment below it."
                " Nothing is published by your answer."
            ),
        ),
        Step(
            "approvals.py",
            later("When you do not answer in time"),
            later(
                "Silence is never a yes. Your deputy is asked as well, then the next higher level; what is late waits"
                " for a person. An administrator names deputies."
            ),
        ),
        Step(
            "me.py",
            later("How you are told"),
            later(
                "A notice says what waits, since when and where, and leads to the decision, on a telephone too. Choose"
                " what reaches you at once or in a digest, and your quiet hours."
            ),
        ),
    ),
    Kind.LEADS: (
        Step(
            "overview.py",
            later("Is it calm?"),
            later(
                "The title answers that, and the line beside it says why. How it is judged is one press away: a written"
                " rule, not a feeling."
            ),
            ".st-key-verdict",
        ),
        Step(
            "overview.py",
            later("Four figures, with what is usual"),
            later(
                "Each stands against the same weekdays of the eight weeks before. Where there is too little to compare,"
                " it says so instead of a percentage."
            ),
            ".st-key-figures",
        ),
        Step(
            "overview.py",
            later("Each chart says what it found"),
            later(
                "Its title is the finding. Below it are the same numbers as a table and as a file. A click leads to the"
                " comments behind it, for those who may read them."
            ),
            ".stPlotlyChart",
        ),
        Step(
            "overview.py",
            later("Early signs"),
            later(
                "An unusual rise is said in one sentence, with what it is unusual against. No sentence below the title"
                " means that there is no such rise, or no past to compare with yet."
            ),
            ".lh-signs",
            instead=".st-key-verdict",
        ),
        Step(
            "costs.py",
            later("What approval costs"),
            later(
                "For each level: how long responses waited, what was changed and how often it said no. With that, trust"
                " can grow by evidence."
            ),
        ),
        Step(
            "pause.py",
            later("When everything has to stop"),
            later(
                "A pause holds all publishing at once, for everybody, with a reason. It ends by itself at the time that"
                " you choose."
            ),
        ),
        Step(
            "me.py",
            later("How you are told"),
            later("Choose the language, whether a digest comes by mail, and your quiet hours."),
        ),
    ),
    Kind.ADMINISTERS: (
        Step(
            "sources.py",
            later("Where comments come from"),
            later(
                "Paste an address and see what would be read before it is saved. Each source says how its reading goes,"
                " and whether something may be missing."
            ),
        ),
        Step(
            "people.py",
            later("Who may do what"),
            later(
                "Everybody has roles, and approvers the levels at which they decide. A person comes in by a link that"
                " works once."
            ),
            ".lh-people",
        ),
        Step(
            "policy.py",
            later("Who has to approve what"),
            later(
                "The rules as sentences, and as text. Before a change is in force you see what it changes, and what the"
                " last 90 days would have needed."
            ),
        ),
        Step(
            "data.py",
            later("What is kept, and for how long"),
            later("Each kind of data has its own time. Erasing what a commenter wrote shows first what would go."),
        ),
        Step(
            "audit.py",
            later("What happened, and what did not"),
            later(
                "Every step is on the record, with who, when and why: also a notice that was not sent. Nothing in it"
                " can be changed afterwards."
            ),
        ),
        Step(
            "pause.py",
            later("When everything has to stop"),
            later(
                "A pause holds all publishing at once, for everybody, with a reason. It ends by itself at the time that"
                " you choose."
            ),
        ),
        Step(
            "health.py",
            later("How Levelhead runs"),
            later(
                "Each thing in one line, with what to do next. A monitor can read the same. First set-up is found here"
                " again while something of it is left."
            ),
            ".lh-health",
        ),
    ),
}


def kinds(person: Person) -> tuple[Kind, ...]:
    """The tours that fit somebody's roles; the first is for what they do most."""
    return tuple(kind for kind in Kind if ROLES[kind] & person.roles)
