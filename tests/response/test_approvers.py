"""Many approvers at once, each a process of its own."""

from pathlib import Path

from tests.installation import installation
from tests.soak import approvers


def test_twenty_approvers_decide_the_same_responses_once_and_each_loser_is_told_who_won(tmp_path: Path) -> None:
    with installation(tmp_path) as store:
        verdict = approvers.run(store, approvers=20, responses=20)
    assert verdict.wrong == (), verdict.figures
