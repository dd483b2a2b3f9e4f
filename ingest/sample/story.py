"""What the team of the sample does, step by step, by the functions that the pages call."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from access import people as joining
from ingest.sample.association import FOLDER, LOADER, Talk, before, since
from ingest.sample.house import House
from model import clock
from model.person import Person
from model.words import DecisionKind, PublicationState
from response import approvals, cases, deciding, drafts, goals, own, policies, publish
from store import cases as case_rows
from store import comments, publications, responses
from store.cases import Case
from store.responses import Response, Submission

_WHY = "As we agreed in our meeting."
_OURS = 900
"""From this number on, comments of a thread are answers of ours."""


DECISIONS = {
    "approve": DecisionKind.APPROVE,
    "send back": DecisionKind.REQUEST_CHANGES,
    "reject": DecisionKind.REJECT,
}
_MINUTE = timedelta(minutes=1)


class StoryBroken(Exception):
    """A step of the story cannot be done: the files of the sample do not fit the rules of the house any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: who does what in which thread; see data/sample/story.yaml. What an administrator does is
    done in no thread; `post` is what a post or statement of our own is called, `where` the places that it goes to."""

    at: timedelta
    who: str
    does: str
    thread: str = ""
    comment: int = 0
    text: str = ""
    to: str = ""
    level: int | None = None
    levels: tuple[int, ...] = ()
    maybe: bool = False
    post: str = ""
    where: tuple[str, ...] = ()


def load(days: int, folder: Path = FOLDER) -> list[Step]:
    """The story that ships, as far as it happened in the last so many days, in the order of its moments."""
    later = before(days)
    steps = _steps(folder, later) + (_steps(folder / "earlier", timedelta(0)) if later else [])
    steps.sort(key=lambda step: step.at)
    return sorted([*steps, *looks(steps)], key=lambda step: step.at)


def _steps(folder: Path, later: timedelta) -> list[Step]:
    files = (folder / name for name in ("own.yaml", "story.yaml"))
    return [_step(one, later) for file in files for one in yaml.load(file.read_text(), Loader=LOADER)["steps"]]  # noqa: S506 (a safe one)


def _step(told: Mapping[str, Any], later: timedelta) -> Step:
    values: dict[str, Any] = {_NAMES.get(name, name): value for name, value in told.items() if name != "at"}
    for name in ("levels", "where"):
        values[name] = tuple(values.get(name, ()))
    return Step(since(told["at"]) + later, **values)


_NAMES = {"in": "thread", "why": "text"}


def looks(steps: Sequence[Step]) -> list[Step]:
    """Whoever decides has looked at the text before: the moment at which it comes to their screen. It lies between what
    was done last with this text and the decision; a text of twenty words is read in a minute, and thought about."""
    found, last, chance = [], dict[str, timedelta](), random.Random(60)  # noqa: S311 (no secret)
    for step in steps:
        what = step.post or step.thread
        if step.does in DECISIONS:
            looked = max(step.at - chance.triangular(1, 14, 3) * _MINUTE, last.get(what, timedelta()) + _MINUTE)
            if looked < step.at:
                found.append(replace(step, at=looked, does="look"))
        last[what] = step.at
    return found


class Desk:
    """The team at its work. `decided` has the decisions that have yet to pass on."""

    def __init__(self, house: House) -> None:
        self._house, self._store = house, house.store
        self._answers = 0
        self._own: dict[str, int] = {}
        self.decided: list[int] = []
        self._ways: dict[str, Callable[[Step, Person], None]] = {
            "raise": lambda *_: None,  # whoever names a comment has made a case of it
            "claim": lambda step, by: _ignore(cases.claim(self._store, by, self._case(step).id)),
            "dismiss": self._dismiss,
            "spam": lambda step, by: cases.mark_spam(self._store, by, self._case(step).id, self._case(step).version),
            "ask": self._ask,
            "answer": self._answer,
            "draft": lambda step, by: _ignore(self._write(step, by)),
            "reply": self._reply,
            "withdraw": lambda step, by: drafts.withdraw(self._store, by, self._response(step).id),
            **dict.fromkeys(DECISIONS, self._decide),
            "look": self._look,
            "compose": self._compose,
            "post": self._post,
            "policy": self._policy,
            "levels": self._levels,
            "let out": self._let_out,
        }

    def do(self, step: Step) -> None:
        """Does one step at the present moment. Raises StoryBroken, or what the house says against it."""
        by = self._house.team[step.who]
        if step.comment:
            cases.raise_case(self._store, by, self._comment(step))
        elif step.maybe and not self._possible(step, by):
            return
        self._ways[step.does](step, by)

    def _possible(self, step: Step, by: Person) -> bool:
        with self._store.read() as tx:
            case = case_rows.open_of_thread(tx, self._thread(step))
            if step.does != "approve":
                return case is not None
            waiting = responses.waiting_for(tx, by.id)
            live = responses.live_of_case(tx, case.id) if case else None
            return live is not None and any(one.response_id == live.id for one in waiting)

    # --- what an administrator does ---------------------------------------------------------------------------------

    def _policy(self, step: Step, by: Person) -> None:
        """Saves one of the association's policies. What waits keeps the levels that it has."""
        with self._store.read() as tx:
            seen = policies.in_force(tx).number
        policies.save(self._store, by, self._house.association.policies[step.to], seen, why=step.text or _WHY)
        self._house.confirm()

    def _levels(self, step: Step, by: Person) -> None:
        one = self._house.team[step.to]
        joining.set_roles(self._store, by, one.id, one.roles, frozenset(step.levels), step.text or _WHY)
        self._house.confirm()
        approvals.ask_again(self._store)
        self._house.known(step.to)

    def _let_out(self, step: Step, by: Person) -> None:
        """Somebody leaves the team, and logs in no more."""
        joining.set_active(self._store, by, self._house.team[step.to].id, active=False)
        approvals.ask_again(self._store)
        del self._house.team[step.to]

    # --- where a step is done ----------------------------------------------------------------------------------------

    def _talk(self, step: Step) -> Talk:
        return self._house.association.talks[step.thread]

    def _thread(self, step: Step) -> int:
        talk = self._talk(step)
        with self._store.read() as tx:
            found = comments.threads_by_url(tx, self._house.sources[talk.place.key], [talk.address])
        return found[talk.address].id

    def _comment(self, step: Step) -> int:
        talk = self._talk(step)
        identity = talk.identity(step.comment)
        with self._store.read() as tx:
            known = comments.known(tx, self._house.sources[talk.place.key], [identity])
        if identity not in known:
            raise StoryBroken(f"{step}: nobody has read this comment by then.")
        return known[identity].id

    def _case(self, step: Step) -> Case:
        with self._store.read() as tx:
            found = case_rows.open_of_thread(tx, self._thread(step))
        if found is None:
            raise StoryBroken(f"{step}: this thread has no open case by then.")
        return found

    def _response(self, step: Step) -> Response:
        if not step.post:
            case_id = self._case(step).id
        with self._store.read() as tx:
            found = responses.get(tx, self._own[step.post]) if step.post else responses.live_of_case(tx, case_id)
        if found is None:
            raise StoryBroken(f"{step}: nobody writes an answer here by then.")
        return found

    def _submission(self, step: Step) -> Submission:
        with self._store.read() as tx:
            found = responses.live_submission(tx, self._response(step).id)
        if found is None:
            raise StoryBroken(f"{step}: nothing was sent for approval by then.")
        return found

    # --- what is done ------------------------------------------------------------------------------------------------

    def _dismiss(self, step: Step, by: Person) -> None:
        case = self._case(step)
        cases.dismiss(self._store, by, case.id, case.version, step.text)

    def _ask(self, step: Step, by: Person) -> None:
        person = self._house.team[step.to].id if step.to else None
        cases.escalate(self._store, by, self._case(step).id, step.text, to_person=person, to_level=step.level)

    def _answer(self, step: Step, by: Person) -> None:
        case = self._case(step)
        with self._store.read() as tx:
            asked = [one for one in case_rows.asked_of(tx, by.id) if one.case_id == case.id]
        if not asked:
            raise StoryBroken(f"{step}: nobody has asked.")
        cases.answer(self._store, by, asked[0].id, step.text)

    def _write(self, step: Step, by: Person) -> Response:
        response_id = drafts.start(self._store, by, self._case(step).id, self._comment(step) if step.comment else None)
        with self._store.read() as tx:
            response = responses.get(tx, response_id)
        assert response is not None
        drafts.save(self._store, by, response_id, step.text, response.version)
        return self._response(step)

    def _reply(self, step: Step, by: Person) -> None:
        response = self._write(step, by)
        if goal_id := self._house.goals.get(step.thread):
            goals.tag_response(self._store, by, response.id, goal_id)
        drafts.submit(self._store, by, response.id, response.version)

    def _compose(self, step: Step, by: Person) -> None:
        """A post or a statement of our own, or a new version of it, goes its way to the places that it is for. Without
        words of its own it is the post that begins a thread."""
        text = step.text or self._talk(step).whole
        if step.post not in self._own:
            there = {place.key: place.channel for place in self._house.association.places}
            self._own[step.post] = own.start(self._store, by, frozenset(there[key] for key in step.where))
        response = self._response(step)
        drafts.save(self._store, by, response.id, text, response.version)
        if goal_id := self._house.goals.get(step.thread):
            goals.tag_response(self._store, by, response.id, goal_id)
        drafts.submit(self._store, by, response.id, self._response(step).version)

    def _look(self, step: Step, by: Person) -> None:
        submission = self._submission(step)
        deciding.looked(self._store, by, submission.response_id, submission.version_number)

    def _decide(self, step: Step, by: Person) -> None:
        submission, kind = self._submission(step), DECISIONS[step.does]
        made = approvals.decide(self._store, by, submission.id, kind, step.text, submission.content_hash)
        self.decided.append(made)

    def _post(self, step: Step, by: Person) -> None:
        """Somebody puts an approved text on the channel by hand, and says where; then the channel shows it."""
        if step.post:
            self._post_own(step, by)
            return
        talk, submission = self._talk(step), self._submission(step)
        with self._store.read() as tx:
            handed = [
                one for one in publications.of_submission(tx, submission.id) if one.state is PublicationState.HAND_OFF
            ]
            text = responses.version(tx, submission.response_id, submission.version_number).content.text
            answered = comments.get(tx, handed[0].target.comment_id) if handed and handed[0].target.comment_id else None
        if answered is None:
            raise StoryBroken(f"{step}: nothing was handed to anybody.")
        self._answers += 1
        number = _OURS + self._answers
        publish.posted_by_hand(self._store, by, handed[0].id, talk.url(number))
        entry = talk.entry(number, self._house.association.name, clock.now(), text, 0)
        shown = replace(entry, in_reply_to=answered.external_id, parent_identity=answered.identity)
        self._house.will_show(talk.place, shown)

    def _post_own(self, step: Step, by: Person) -> None:
        """The same with a text of our own, on each channel that it is for. Feeds of comments show no posts."""
        with self._store.read() as tx:
            handed = publications.of_submission(tx, self._submission(step).id)
        if not handed:
            raise StoryBroken(f"{step}: nothing was handed to anybody.")
        there = {place.channel: place.address for place in self._house.association.places}
        for one in handed:
            address = self._talk(step).address if step.thread else f"{there[one.target.channel]}/{step.post}/"
            publish.posted_by_hand(self._store, by, one.id, address)


def _ignore(_: object) -> None:
    """For what is done for its effect alone."""
