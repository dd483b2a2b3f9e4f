"""Drafts: what makes an approval stale, what does not, and whose words are kept."""

from collections.abc import Callable

import pytest

from model.errors import BadInput, Conflict, NotFound
from model.words import Action, DecisionKind, PublicationState, ResponseState
from response import approvals, cases, drafts
from response.routing import Aim
from store import comments, publications, responses
from tests.response.desk import TEXT, Desk

S = ResponseState
P = PublicationState


def save(desk: Desk, response_id: int, text: str, seen: int | None = None) -> int:
    version = desk.response(response_id).version if seen is None else seen
    return drafts.save(desk.store, desk.alice, response_id, text, version)


def editors(desk: Desk, response_id: int) -> frozenset[int]:
    with desk.store.read() as tx:
        return responses.editors(tx, response_id)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_case_has_one_response_that_is_being_written(desk: Desk) -> None:
    case_id = desk.opened()
    response_id = drafts.start(desk.store, desk.alice, case_id)
    assert drafts.start(desk.store, desk.alice, case_id) == response_id
    with desk.store.read() as tx:
        (target,) = responses.targets(tx, response_id)
    lead = desk.case(case_id).lead_comment_id
    assert (target.channel, target.comment_id, target.comment_revision) == ("blog", lead, 1)
    with pytest.raises(NotFound):
        drafts.start(desk.store, desk.alice, 404)


def test_what_is_saved_is_fixed_and_whoever_saves_is_an_editor(desk: Desk) -> None:
    response_id = desk.written(desk.opened(), "  Dear all,\r\nwe are sorry.\r\n ")
    assert desk.response(response_id).draft == "Dear all,\nwe are sorry."
    assert editors(desk, response_id) == {desk.alice.id}


def test_whoever_only_looks_is_no_editor(desk: Desk) -> None:
    response_id = drafts.start(desk.store, desk.alice, desk.opened())
    save(desk, response_id, "   ")
    assert editors(desk, response_id) == frozenset()


def test_a_text_that_is_too_long_is_refused_with_its_length(desk: Desk) -> None:
    response_id = desk.written(desk.opened())
    with pytest.raises(BadInput, match=r"at most 20,000 characters; this has 20,001"):
        save(desk, response_id, "x" * 20_001)
    assert desk.response(response_id).draft == TEXT


def test_whoever_saves_second_is_told_and_nothing_is_overwritten(desk: Desk) -> None:
    response_id = desk.written(desk.opened())
    seen = desk.response(response_id).version
    save(desk, response_id, "From the first tab.")
    with pytest.raises(Conflict, match=r"Alice saved this draft at 2026-03-02 09:00 UTC\. Your text is kept"):
        save(desk, response_id, "From the second tab.", seen)
    assert desk.response(response_id).draft == "From the first tab."
    with pytest.raises(Conflict, match="Read it again before you send it"):
        drafts.submit(desk.store, desk.alice, response_id, seen)


# --- what makes approvals stale --------------------------------------------------------------------------------------

SAME = [TEXT, f"  {TEXT}\r\n", f"{TEXT}\x00"]
OTHER = [f"{TEXT}!", TEXT.replace(". ", ".  "), TEXT.lower(), ""]


@pytest.mark.parametrize("text", SAME)
def test_saving_the_same_bytes_changes_nothing(desk: Desk, text: str) -> None:
    submission_id = desk.waiting(3)
    desk.approved(desk.bob, submission_id=submission_id)
    response_id = desk.submission(submission_id).response_id
    before, actions = desk.response(response_id), desk.actions()
    # Nor does it matter who does it, or that the case is another's.
    assert drafts.save(desk.store, desk.dave, response_id, text, 0) == before.version
    assert (desk.response(response_id), desk.actions()) == (before, actions)
    assert desk.asked(submission_id) == {"Carla"}
    assert editors(desk, response_id) == {desk.alice.id}


@pytest.mark.parametrize("text", OTHER)
@pytest.mark.parametrize("approvers", [0, 1, 2])
def test_any_other_byte_makes_every_approval_stale(desk: Desk, text: str, approvers: int) -> None:
    submission_id = desk.waiting(3)
    desk.approved(*(desk.bob, desk.carla)[:approvers], submission_id=submission_id)
    response_id = desk.submission(submission_id).response_id
    save(desk, response_id, text)
    assert desk.response(response_id).state is S.DRAFT
    assert desk.submission(submission_id).ended_as == "stale"
    assert desk.asked(submission_id) == set()
    assert set(desk.going_out(response_id)) <= {P.DROPPED}
    with pytest.raises(Conflict, match="no longer open"):
        desk.decides(desk.carla, submission_id)


def test_an_approval_that_could_still_be_undone_settles_nothing_after_an_edit(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.decides(desk.bob, submission_id)
    save(desk, desk.submission(submission_id).response_id, "Another text.")
    desk.passes_on()
    assert desk.response(desk.submission(submission_id).response_id).state is S.DRAFT


@pytest.mark.parametrize("act", [drafts.take_back, drafts.withdraw])
def test_taken_back_or_given_up_it_goes_nowhere(desk: Desk, act: Callable[..., None]) -> None:
    submission_id = desk.waiting(2)
    response_id = desk.submission(submission_id).response_id
    desk.approved(desk.bob, submission_id=submission_id)
    assert desk.going_out(response_id) == [P.SCHEDULED]
    act(desk.store, desk.alice, response_id)
    assert desk.response(response_id).state is (S.DRAFT if act is drafts.take_back else S.WITHDRAWN)
    assert desk.going_out(response_id) == [P.DROPPED]
    assert desk.response(response_id).draft == TEXT, "no text is lost"


def test_what_was_rejected_or_given_up_is_over(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    response_id = desk.submission(submission_id).response_id
    desk.decides(desk.bob, submission_id, DecisionKind.REJECT, "Not like this.")
    desk.passes_on()
    assert desk.response(response_id).state is S.REJECTED
    for act in (
        lambda: save(desk, response_id, "Once more."),
        lambda: drafts.take_back(desk.store, desk.alice, response_id),
        lambda: drafts.withdraw(desk.store, desk.alice, response_id),
        lambda: desk.sent(response_id),
    ):
        with pytest.raises(Conflict, match="already 'rejected'"):
            act()


def test_after_a_reject_the_next_response_begins_with_its_text_and_its_editors(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.decides(desk.bob, submission_id, DecisionKind.REJECT, "Not like this.")
    desk.passes_on()
    old = desk.response(desk.submission(submission_id).response_id)
    assert old.case_id is not None
    cases.release(desk.store, desk.alice, old.case_id)
    again = drafts.start(desk.store, desk.dave, old.case_id)
    assert again != old.id
    assert desk.response(again).draft == TEXT
    assert editors(desk, again) == {desk.alice.id}, "Alice's words are still hers"


# --- sending ---------------------------------------------------------------------------------------------------------


def test_an_empty_draft_is_not_sent(desk: Desk) -> None:
    response_id = drafts.start(desk.store, desk.alice, desk.opened())
    with pytest.raises(BadInput, match="nothing to send yet"):
        desk.sent(response_id)


def test_the_version_sent_is_named_by_its_hash_and_numbered(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    response_id = desk.submission(submission_id).response_id
    drafts.take_back(desk.store, desk.alice, response_id)
    same = desk.sent(response_id)
    assert desk.submission(same).version_number == 1, "not a byte changed, so it is the same version"
    save(desk, response_id, "Another text.")
    other = desk.sent(response_id)
    assert desk.submission(other).version_number == 2
    hashes = [desk.submission(one).content_hash for one in (submission_id, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_route_is_that_of_the_moment_it_was_sent(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.opened(4, "children", number=2)
    assert desk.levels(submission_id) == [1], "what is in flight keeps its levels"
    response_id = desk.submission(submission_id).response_id
    drafts.take_back(desk.store, desk.alice, response_id)
    assert desk.levels(desk.sent(response_id)) == [1, 2, 3]


def test_what_needs_no_level_goes_by_own_authority_after_the_seconds_to_undo(desk: Desk) -> None:
    submission_id = desk.waiting(1)
    response_id = desk.submission(submission_id).response_id
    assert (desk.levels(submission_id), desk.response(response_id).state) == ([], S.APPROVED)
    (publication,) = desk.publications(response_id)
    assert publication.state is P.SCHEDULED
    assert (publication.not_before - desk.submission(submission_id).at).total_seconds() == 10
    drafts.take_back(desk.store, desk.alice, response_id)
    assert desk.going_out(response_id) == [P.DROPPED]


def test_the_outlook_says_before_what_the_route_will_be(desk: Desk) -> None:
    case_id = desk.opened(4, "children")
    response_id = desk.written(case_id)
    with desk.store.read() as tx:
        channels = frozenset(target.channel for target in responses.targets(tx, response_id))
        outlook = drafts.outlook(tx, desk.case(case_id), Aim(Action.REPLY, channels), frozenset({desk.alice.id}))
    assert [step.level for step in outlook.route.steps] == desk.levels(desk.sent(response_id)) == [1, 2, 3]
    assert outlook.asked == (frozenset({desk.bob.id}), frozenset({desk.carla.id}), frozenset())
    assert outlook.empty_level == 3


# --- the comment it answers ------------------------------------------------------------------------------------------


def test_an_answer_to_a_comment_that_was_edited_is_sent_only_when_the_author_has_read_it(desk: Desk) -> None:
    response_id = desk.written(desk.opened(2))
    desk.reads(1, "I was wrong, and I am sorry.")
    with pytest.raises(Conflict, match="The comment was edited since you began"):
        desk.sent(response_id)
    with pytest.raises(Conflict, match="edited once more"):
        drafts.confirm_revision(desk.store, desk.alice, response_id, 1)
    drafts.confirm_revision(desk.store, desk.alice, response_id, 2)
    desk.sent(response_id)


def test_the_same_text_for_another_revision_is_another_version(desk: Desk) -> None:
    first = desk.waiting(2)
    response_id = desk.submission(first).response_id
    desk.reads(1, "I was wrong, and I am sorry.")
    with pytest.raises(Conflict, match="Take the response back first"):
        drafts.confirm_revision(desk.store, desk.alice, response_id, 2)
    drafts.take_back(desk.store, desk.alice, response_id)
    drafts.confirm_revision(desk.store, desk.alice, response_id, 2)
    second = desk.sent(response_id)
    assert desk.submission(second).version_number == 2
    assert desk.submission(second).content_hash != desk.submission(first).content_hash


def test_an_answer_to_a_comment_that_is_gone_is_not_sent(desk: Desk) -> None:
    case_id = desk.opened(2)
    response_id = desk.written(case_id)
    with desk.store.write() as tx:
        comments.change(tx, desk.case(case_id).lead_comment_id, deleted_at=desk.case(case_id).opened_at)
    with pytest.raises(Conflict, match="was deleted, so there is nothing to answer"):
        desk.sent(response_id)
    assert desk.response(response_id).draft == TEXT


def test_a_closed_case_is_not_answered(desk: Desk) -> None:
    case_id = desk.opened(2)
    response_id = desk.written(case_id)
    cases.dismiss(desk.store, desk.alice, case_id, desk.case(case_id).version, "Settled.")
    for act in (lambda: desk.sent(response_id), lambda: drafts.start(desk.store, desk.alice, case_id)):
        with pytest.raises(Conflict, match="Reopen it to go on"):
            act()
    cases.reopen(desk.store, desk.alice, case_id)
    assert drafts.start(desk.store, desk.alice, case_id) == response_id, "the draft is still there"


def test_what_is_on_its_way_out_cannot_be_changed(desk: Desk) -> None:
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    response_id = desk.submission(submission_id).response_id
    (publication,) = desk.publications(response_id)
    with desk.store.write() as tx:
        publications.move(tx, publication.id, P.SCHEDULED, P.PUBLISHING, publication.changed_at)
    for act in (
        lambda: save(desk, response_id, "Too late."),
        lambda: drafts.take_back(desk.store, desk.alice, response_id),
        lambda: drafts.withdraw(desk.store, desk.alice, response_id),
    ):
        with pytest.raises(Conflict, match="already on its way out"):
            act()
    assert desk.response(response_id).state is S.APPROVED
    assert desk.going_out(response_id) == [P.PUBLISHING]


def test_every_change_of_a_response_is_on_the_record(desk: Desk) -> None:
    since = len(desk.actions())
    submission_id = desk.waiting(2)
    response_id = desk.submission(submission_id).response_id
    desk.decides(desk.bob, submission_id, DecisionKind.REQUEST_CHANGES, "Shorter, please.")
    desk.passes_on()
    save(desk, response_id, "Sorry.")
    again = desk.sent(response_id)
    approvals.undo(desk.store, desk.bob, desk.decides(desk.bob, again))
    desk.approved(desk.bob, submission_id=again)
    assert [a for a in desk.actions(since) if a.split(".")[0] not in ("comment", "source", "case")] == [
        "response.started",
        "response.submitted",
        "decision.request_changes",
        "submission.changes_requested",
        "response.submitted",
        "decision.approve",
        "decision.undone",
        "decision.approve",
        "submission.approved",
        "publication.scheduled",
    ]
    assert desk.audit_holds()
