"""The installation's secret key, kept outside the database, and what is made with it."""

import base64
import hashlib
import hmac
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import inspect, select

from model.errors import LevelheadError
from model.language import _
from model.settings import settings
from store.db import store
from store.schema import facts

FACT = "key"
"""The name of the fact that says by its fingerprint which key is the database's own (`store.own_key`)."""
TEMPORARY = "key.temporary"
"""The file beside the key's, for what processes need a key for while the database's own is missing: cookies, forms."""


class KeyMissing(LevelheadError):
    """The key is gone or is another one than what a secret was encrypted with."""


class Keys:
    """What is derived from one secret; each purpose has a key of its own."""

    def __init__(self, secret: str) -> None:
        """`secret` is 32 random bytes in URL-safe base64. Raises KeyMissing when it is not."""
        try:
            root = base64.urlsafe_b64decode(secret)
        except ValueError:
            root = b""
        if len(root) != 32:
            raise KeyMissing(
                _("The key must be 44 characters as Levelhead wrote it. Restore the file 'key' from a copy.")
            )
        self._root = root
        self._box = Fernet(base64.urlsafe_b64encode(self._derive("credentials")))

    def _derive(self, purpose: str) -> bytes:
        return hmac.new(self._root, purpose.encode(), hashlib.sha256).digest()

    def keyed_hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 (hex) of a text, under a key for this purpose alone."""
        return hmac.new(self._derive(purpose), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def derived(self, purpose: str) -> str:
        """A secret of 64 hex characters for one purpose, such as signing the cookies of the web framework."""
        return self._derive(purpose).hex()

    def fingerprint(self) -> str:
        """What tells this key from another, and says nothing about it."""
        return self.keyed_hash("fingerprint", "levelhead")[:16]

    def encrypt(self, text: str) -> bytes:
        """A text that only this key can read again."""
        return self._box.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """The text; raises KeyMissing when it was encrypted with another key."""
        try:
            return self._box.decrypt(token).decode()
        except InvalidToken as error:
            raise KeyMissing(
                _("The saved password cannot be read with this installation's key. Enter it again on the Sources page.")
            ) from error


def load_or_make(path: Path) -> str:
    """The secret in `path`, made there (readable by its owner alone) when there is none."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = base64.urlsafe_b64encode(os.urandom(32)).decode()
    handle, fresh = tempfile.mkstemp(dir=path.parent)  # 0600 from the start
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    try:
        # The file appears under its name only once it is written, and only if no other process was faster.
        os.link(fresh, path)
    except FileExistsError:
        return path.read_text().strip()
    finally:
        Path(fresh).unlink()
    return secret


@lru_cache(maxsize=1)
def keys() -> Keys:
    """The keys of this process: from LEVELHEAD_KEY, else from the file 'key' in the home, made for a new installation.

    Where the database has a key of its own and none is here, they are temporary and never take its place.
    """
    return present() or Keys(load_or_make(settings().home / (TEMPORARY if _one_is_known() else "key")))


def _one_is_known() -> bool:
    with store().read() as tx:
        if not inspect(tx).has_table(facts.name):
            return False
        return tx.execute(select(facts.c.name).where(facts.c.name == FACT)).first() is not None


def present() -> Keys | None:
    """The keys of this installation if it has any; none are made."""
    if settings().key:
        return Keys(settings().key)
    file = settings().home / "key"
    return Keys(file.read_text().strip()) if file.exists() else None
