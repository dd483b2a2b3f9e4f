"""The gate: everything that must hold before words leave the house. Pure.

It is checked in the transaction that writes the publication's intent and once more just before the call.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from model.language import _


@dataclass(frozen=True, slots=True)
class Picture:
    """What the gate looks at, all of one moment.

    Hashes are content hashes; `approved_hash` is what the submission was approved as, `present_hash` that of what
    would be sent now. `answered_revision` is the revision of the comment that was approved as answered,
    `present_revision` the one that stands now; both None for a post of our own. Times are aware.
    """

    now: datetime
    approved: bool
    approved_hash: str
    present_hash: str
    answered_revision: int | None
    present_revision: int | None
    comment_deleted: bool
    answered_elsewhere: str
    send_from: datetime | None
    send_until: datetime
    paused: str
    source_ready: bool
    sample: bool = False


def stops(picture: Picture, *, moderates: bool = False) -> tuple[str, ...]:
    """Why this may not go out now, each in words for a person; empty when it may.

    `moderates`: it says nothing to the comment, but hides or shows it.
    """
    found = []
    if not picture.approved:
        found.append(_("It is not approved at every level it needs."))
    if picture.approved_hash != picture.present_hash:
        found.append(_("The text or its targets are no longer those that were approved."))
    if picture.comment_deleted:
        found.append(_("The comment was deleted.") if moderates else _("The comment it answers was deleted."))
    elif picture.answered_revision != picture.present_revision:
        found.append(
            _("The comment was edited after this was asked for.")
            if moderates
            else _("The comment it answers was edited after this answer was written.")
        )
    if picture.answered_elsewhere:
        found.append(
            _(
                "The comment has been answered in the meantime: {how}",
                how=picture.answered_elsewhere,
            )
        )
    if picture.send_from and picture.now < picture.send_from:
        found.append(_("Its time to be sent has not come yet."))
    if picture.now > picture.send_until:
        found.append(
            _("The permission to do it has expired.") if moderates else _("The permission to send it has expired.")
        )
    if picture.paused:
        found.append(_("Publishing is paused: {why}", why=picture.paused))
    if not picture.source_ready:
        found.append(_not_ready(picture, moderates))
    if picture.sample:
        found.append(_("This is the sample: nothing of it leaves the house."))
    return tuple(found)


def only_paused(picture: Picture, *, moderates: bool = False) -> bool:
    """Whether nothing stops it but a pause, which ends by itself."""
    return bool(picture.paused) and not stops(replace(picture, paused=""), moderates=moderates)


def _not_ready(picture: Picture, moderates: bool) -> str:
    if moderates:
        return _("The source is switched off or has no account that may moderate.")
    if picture.answered_revision is None:
        return _("The source is switched off or has no account that may publish posts.")
    return _("The source is switched off or has no account that may reply.")
