"""What people bring by hand, for tests: a file that is uploaded and saved, as page and worker do it together."""

from sqlalchemy import select

from ingest import uploads
from jobs import Context
from model.person import Person
from model.words import Channel
from store import uploads as rows
from store.comments import Comment, page
from store.db import Store
from store.jobs import Job
from store.schema import jobs
from store.uploads import Line, Upload


def begun(
    store: Store,
    by: Person,
    text: str | bytes,
    *,
    days: int = 30,
    name: str = "comments.csv",
    with_erased: bool = False,
) -> int:
    body = text.encode() if isinstance(text, str) else text
    return uploads.begin(store, by, body, name, Channel.FACEBOOK, days, with_erased=with_erased)


class Mine(Context):
    """A job whose lease holds: these tests are of what it does, not of who does it."""

    def still_mine(self) -> bool:
        return True


def saved(store: Store, upload_id: int) -> Upload:
    """Runs the job that the upload has asked for."""
    with store.read() as tx:
        asked = select(jobs.c.ref).where(jobs.c.name == "upload", jobs.c.ref == upload_id)
        assert tx.execute(asked).first() is not None
    uploads.save(Mine(store, Job(0, "upload", upload_id, "", 1, 1), lease_seconds=60))
    return upload(store, upload_id)


def upload(store: Store, upload_id: int) -> Upload:
    with store.read() as tx:
        found = rows.get(tx, upload_id)
    assert found is not None
    return found


def uploaded(store: Store, by: Person, text: str | bytes, *, days: int = 30, name: str = "comments.csv") -> Upload:
    return saved(store, begun(store, by, text, days=days, name=name))


def lines(store: Store, upload_id: int) -> list[Line]:
    with store.read() as tx:
        return rows.report(tx, upload_id)


def outcomes(store: Store, upload_id: int) -> list[str]:
    return [line.outcome for line in lines(store, upload_id)]


def listed(store: Store) -> list[Comment]:
    """The comments as their list shows them, newest first."""
    with store.read() as tx:
        return page(tx)
