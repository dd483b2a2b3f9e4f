"""Templates at work: approved once, used without approval where that is enough, and routed normally everywhere else."""

import pytest

from model.errors import BadInput, Conflict, NotAllowed, NotFound
from model.template import Field, FieldKind, Form, Scope
from model.words import Channel, DecisionKind, PublicationState, ResponseState, Severity
from response import approvals, cases, drafts, template_use, templates, writing
from store import responses
from store import templates as rows
from store.templates import Template, Version
from tests.response.desk import Desk

S = ResponseState
BLOG = frozenset({Channel.BLOG})
MEDIUM = Scope(BLOG, Severity.MEDIUM, frozenset({"privacy"}))
FIELDS = (Field("name", FieldKind.NAME, 1, 40), Field("day", FieldKind.CHOICE, options=("Monday", "Friday")))
FORM = Form("Dear {name}, we are open on {day}.", FIELDS, MEDIUM)
HERS = "Dear Ada, we are open on Friday."


def template(desk: Desk, template_id: int) -> Template:
    with desk.store.read() as tx:
        found = rows.get(tx, template_id)
    assert found is not None
    return found


def newest(desk: Desk, template_id: int) -> Version:
    with desk.store.read() as tx:
        return rows.newest(tx, [template_id])[template_id]


def waiting(desk: Desk, template_id: int) -> int:
    """The submission of the version that waits."""
    with desk.store.read() as tx:
        found = responses.live_submission(tx, newest(desk, template_id).response_id)
    assert found is not None
    return found.id


def proposed(desk: Desk, form: Form = FORM, name: str = "Opening hours") -> int:
    return templates.propose(desk.store, desk.alice, name, form)


def approved(desk: Desk, form: Form = FORM) -> int:
    """A template that Bob has approved."""
    template_id = proposed(desk, form)
    desk.approved(desk.bob, submission_id=waiting(desk, template_id))
    return template_id


def used(desk: Desk, template_id: int, response_id: int, **values: str) -> str:
    """Fills a reply from a template, for Ada on Friday unless told."""
    with desk.store.read() as tx:
        version = rows.in_use(tx, [template_id])[template_id]
    filled = {"name": "Ada", "day": "Friday"} | values
    base = 0
    with desk.store.read() as tx:
        response = responses.get(tx, response_id)
        assert response is not None
        base = writing.in_hand(tx, response).seq
    return templates.use(desk.store, desk.alice, response_id, version.id, filled, "tab-1", base)[0]


def reply(desk: Desk, severity: int = 2, *matters: str, number: int = 1) -> int:
    case_id = desk.opened(severity, *matters, number=number, thread=f"https://blog.example.org/{number}")
    return drafts.start(desk.store, desk.alice, case_id)


def says(desk: Desk, submission_id: int) -> str:
    return " ".join(text for rule, text in desk.submission(submission_id).because if rule == template_use.RULE)


# --- approving one ---------------------------------------------------------------------------------------------------


def test_a_template_waits_for_the_levels_its_answers_would_need_and_then_is_in_use(desk: Desk) -> None:
    template_id = proposed(desk)
    submission_id = waiting(desk, template_id)
    assert desk.levels(submission_id) == [1]
    assert desk.asked(submission_id) == {"Bob"}
    with desk.store.read() as tx:
        assert rows.in_use(tx, [template_id]) == {}
    desk.approved(desk.bob, submission_id=submission_id)
    version = newest(desk, template_id)
    assert (version.state, version.number, version.submission_id) == (S.PUBLISHED, 1, submission_id)
    assert desk.publications(version.response_id) == []
    with desk.store.read() as tx:
        assert template_use.approval(tx, version) == "approved by Bob on 2 March 2026"
    assert desk.audit_holds()


def test_a_template_of_an_approver_is_approved_by_somebody_else(desk: Desk) -> None:
    template_id = proposed(desk)
    with pytest.raises(NotAllowed):
        desk.decides(desk.alice, waiting(desk, template_id))
    with pytest.raises(NotAllowed):
        templates.propose(desk.store, desk.charlie, "Mine", FORM)


def test_who_wrote_an_earlier_version_counts_as_having_written_this_one(desk: Desk) -> None:
    template_id = approved(desk)
    other = Form("Dear {name}, the door is open on {day}.", FIELDS, MEDIUM)
    templates.propose_again(desk.store, desk.dave, template_id, other, template(desk, template_id).version)
    version = newest(desk, template_id)
    with desk.store.read() as tx:
        assert responses.editors(tx, version.response_id) == {desk.alice.id, desk.dave.id}
    assert version.number == 2


def test_changes_are_requested_and_the_same_version_is_sent_again(desk: Desk) -> None:
    template_id = proposed(desk)
    first = waiting(desk, template_id)
    desk.decides(desk.bob, first, DecisionKind.REQUEST_CHANGES, "Add the address.")
    desk.passes_on()
    wider = Form("Dear {name}, come on {day}, to the hall.", FIELDS, Scope(BLOG | {Channel.X}, Severity.MEDIUM))
    templates.propose_again(desk.store, desk.alice, template_id, wider, template(desk, template_id).version)
    version = newest(desk, template_id)
    assert (version.number, version.form) == (1, wider)
    assert desk.submission(waiting(desk, template_id)).version_number == 2
    with desk.store.read() as tx:
        assert {target.channel for target in responses.targets(tx, version.response_id)} == {"blog", "x"}


def test_other_fields_with_the_same_text_are_another_content(desk: Desk) -> None:
    template_id = proposed(desk)
    before = desk.submission(waiting(desk, template_id)).content_hash
    templates.take_back(desk.store, desk.alice, template_id)
    longer = Form(FORM.text, (Field("name", FieldKind.NAME, 1, 60), FIELDS[1]), MEDIUM)
    templates.propose_again(desk.store, desk.alice, template_id, longer, template(desk, template_id).version)
    now = desk.submission(waiting(desk, template_id))
    assert now.content_hash != before
    assert now.version_number == 2


def test_two_templates_in_use_have_different_names_and_a_retired_one_gives_its_name_back(desk: Desk) -> None:
    template_id = proposed(desk)
    with pytest.raises(Conflict, match="another name"):
        proposed(desk, name=" Opening  hours ")
    templates.retire(desk.store, desk.dave, template_id, template(desk, template_id).version)
    assert newest(desk, template_id).state is S.WITHDRAWN
    assert proposed(desk) != template_id
    with pytest.raises(NotFound):
        templates.retire(desk.store, desk.dave, template_id, template(desk, template_id).version)


def test_only_one_version_waits_and_nothing_changed_is_no_version(desk: Desk) -> None:
    template_id = proposed(desk)
    with pytest.raises(Conflict, match="waits for approval already"):
        templates.propose_again(desk.store, desk.alice, template_id, FORM, template(desk, template_id).version)
    desk.approved(desk.bob, submission_id=waiting(desk, template_id))
    with pytest.raises(BadInput, match="Nothing was changed"):
        templates.propose_again(desk.store, desk.alice, template_id, FORM, template(desk, template_id).version)
    with pytest.raises(Conflict, match="same moment"):
        templates.propose_again(desk.store, desk.alice, template_id, FORM, 99)


def test_a_placeholder_that_no_field_is_behind_cannot_be_sent_by_another_way(desk: Desk) -> None:
    template_id = proposed(desk)
    templates.take_back(desk.store, desk.alice, template_id)
    response_id = newest(desk, template_id).response_id
    drafts.save(desk.store, desk.alice, response_id, "Dear {name} {other} {day}", desk.response(response_id).version)
    with pytest.raises(BadInput, match="no field is called so"):
        drafts.submit(desk.store, desk.alice, response_id, desk.response(response_id).version)


# --- using one -------------------------------------------------------------------------------------------------------


def test_a_reply_that_changes_nothing_but_its_fields_needs_no_more_approval(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = reply(desk)
    assert used(desk, template_id, response_id) == HERS
    assert desk.response(response_id).draft == HERS
    submission_id = desk.sent(response_id)
    assert desk.levels(submission_id) == []
    assert says(desk, submission_id) == "Template “Opening hours”, approved by Bob on 2 March 2026"
    assert desk.response(response_id).state is S.APPROVED
    (publication,) = desk.publications(response_id)
    assert publication.state is PublicationState.SCHEDULED
    assert (publication.not_before - desk.submission(submission_id).at).total_seconds() == 10


@pytest.mark.parametrize(
    "name",
    ["Ada https://evil.example", "Ada 7", "Ada\u202eb", "Idiot", "<b>Ada</b>", "A" * 41],
)
def test_a_name_from_outside_that_holds_more_than_a_name_routes_normally(desk: Desk, name: str) -> None:
    template_id = approved(desk)
    response_id = reply(desk)
    used(desk, template_id, response_id, name=name)
    submission_id = desk.sent(response_id)
    assert desk.levels(submission_id) == [1]
    assert "it is routed like any other" in says(desk, submission_id)


def test_any_other_change_routes_normally(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = reply(desk)
    used(desk, template_id, response_id)
    drafts.save(desk.store, desk.alice, response_id, HERS + " Really.", desk.response(response_id).version)
    submission_id = desk.sent(response_id)
    assert desk.levels(submission_id) == [1]
    assert "words outside its fields were changed" in says(desk, submission_id)
    drafts.take_back(desk.store, desk.alice, response_id)
    drafts.save(desk.store, desk.alice, response_id, HERS, desk.response(response_id).version)
    assert desk.levels(desk.sent(response_id)) == []


def test_a_choice_that_was_not_approved_routes_normally(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = reply(desk)
    used(desk, template_id, response_id, day="Sunday")
    assert desk.levels(desk.sent(response_id)) == [1]


def test_the_same_words_typed_by_hand_are_not_the_template(desk: Desk) -> None:
    approved(desk)
    response_id = reply(desk)
    drafts.save(desk.store, desk.alice, response_id, HERS, 1)
    assert desk.levels(desk.sent(response_id)) == [1]


def test_a_graver_comment_needs_the_levels_that_did_not_approve_the_template(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = reply(desk, 3)
    used(desk, template_id, response_id)
    submission_id = desk.sent(response_id)
    assert desk.levels(submission_id) == [1, 2]
    assert "was not approved by level 2" in says(desk, submission_id)


def test_a_case_that_was_escalated_is_answered_by_the_level_it_was_escalated_to(desk: Desk) -> None:
    template_id = approved(desk)
    response_id = reply(desk)
    used(desk, template_id, response_id)
    case_id = desk.response(response_id).case_id
    assert case_id is not None
    cases.escalate(desk.store, desk.alice, case_id, "Please look.", to_level=2)
    assert desk.levels(desk.sent(response_id)) == [1, 2]


def test_a_comment_that_could_not_be_assessed_takes_the_stricter_branch(desk: Desk) -> None:
    template_id = approved(desk)
    text = "You published my address."
    comment_id = desk.reads(5, text, 2, "privacy", degraded=("matters",))
    with desk.store.read() as tx:
        from store import cases as case_rows  # noqa: PLC0415

        case_id = case_rows.cases_of_comments(tx, [comment_id])[comment_id]
    response_id = drafts.start(desk.store, desk.alice, case_id)
    used(desk, template_id, response_id)
    assert 2 in desk.levels(desk.sent(response_id))


def test_a_retired_template_and_an_older_version_give_no_approval(desk: Desk) -> None:
    template_id = approved(desk)
    first, second = reply(desk), reply(desk, number=2)
    used(desk, template_id, first)
    used(desk, template_id, second)
    other = Form("Dear {name}, the door is open on {day}.", FIELDS, MEDIUM)
    templates.propose_again(desk.store, desk.alice, template_id, other, template(desk, template_id).version)
    assert desk.levels(desk.sent(first)) == [], "the version in use stays in use until the new one is approved"
    drafts.take_back(desk.store, desk.alice, first)
    desk.approved(desk.bob, submission_id=waiting(desk, template_id))
    stale = desk.sent(first)
    assert desk.levels(stale) == [1]
    assert "another version since" in says(desk, stale)
    used(desk, template_id, second)
    templates.retire(desk.store, desk.alice, template_id, template(desk, template_id).version)
    submission_id = desk.sent(second)
    assert desk.levels(submission_id) == [1]
    assert "retired" in says(desk, submission_id)


def test_only_templates_for_the_channel_are_offered_and_an_empty_field_is_asked_for(desk: Desk) -> None:
    template_id = approved(desk)
    proposed(desk, name="Not approved yet")
    elsewhere = Form("Dear {name}, on {day}", FIELDS, Scope(frozenset({Channel.X}), Severity.MEDIUM))
    other = proposed(desk, elsewhere, "For X")
    desk.approved(desk.bob, submission_id=waiting(desk, other))
    response_id = reply(desk)
    with desk.store.read() as tx:
        response = responses.get(tx, response_id)
        assert response is not None
        (offered,) = templates.ready(tx, response)
    assert (offered.template.id, offered.by) == (template_id, "approved by Bob on 2 March 2026")
    with pytest.raises(BadInput, match="Fill in 'name'"):
        used(desk, template_id, response_id, name=" ")


def test_what_approves_a_template_is_checked_when_it_takes_effect(desk: Desk) -> None:
    template_id = proposed(desk)
    submission_id = waiting(desk, template_id)
    with desk.store.write() as tx:
        rows.change_form(tx, newest(desk, template_id).id, Form(FORM.text, FIELDS[:1], MEDIUM))
    decision_id = desk.decides(desk.bob, submission_id)
    desk.clock.shift(11)
    with pytest.raises(Conflict, match="not those that were approved"):
        approvals.settle(desk.store, decision_id)
