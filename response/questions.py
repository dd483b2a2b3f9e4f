"""A question to an expert: what was asked, the comment it is about, and the answer as words that can be quoted."""

from dataclasses import dataclass

from access.permissions import Permission, require
from model.errors import NotFound
from model.language import _
from model.person import Person
from response import views
from response.views import CaseView
from store import cases as rows
from store.cases import Escalation
from store.db import Store


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was put to a person, and its case."""

    asked: Escalation
    about: CaseView


def question(store: Store, by: Person, question_id: int | None) -> Question | None:
    """The question of this number, or the oldest one that waits for this person; None where nothing waits.

    Raises NotFound for what was put to nobody, or to somebody else: what others are asked is not shown.
    """
    require(by, Permission.DECIDE)
    with store.read() as tx:
        if question_id is None:
            asked = next(iter(rows.asked_of(tx, by.id)), None)
        else:
            asked = rows.escalation(tx, question_id)
            if asked is None or asked.to_person_id != by.id:
                raise NotFound(_("This question was not put to you. Open the link of your own notice."))
    return Question(asked, views.case_view(store, asked.case_id)) if asked else None


def quoted(answer: str, name: str) -> str:
    """An answer as words for a draft, with its source named."""
    return f"“{answer.strip()}” ({name})"
