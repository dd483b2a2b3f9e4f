"""The settings of an installation, all from the environment."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.words import Role

ROOT = Path(__file__).resolve().parent.parent
_PORTS = {"http": ":80", "https": ":443"}


class Settings(BaseSettings):
    """One attribute a setting; `LEVELHEAD_` and the name in capitals is the variable. The manual lists each."""

    model_config = SettingsConfigDict(env_prefix="LEVELHEAD_")

    home: Path = Field(ROOT / "var", description="Folder of database, key and logs.")
    database_url: str = Field("", description="SQLAlchemy address of the database; empty: SQLite in the home.")
    url: str = Field("", description="Public address, when it is not http://localhost:PORT.")
    bind: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8501, validation_alias="PORT", ge=1, le=65535, description="Port of the web server.")
    key: str = Field("", description="Secret key (44 characters); empty: the file 'key' in the home.", repr=False)
    lease_seconds: float = Field(60, gt=0, description="How long a worker owns a job without a sign of life.")
    worker: int | None = Field(None, ge=0, lt=1000, description="Number of a worker; empty: the lowest free one.")
    undo_seconds: float = Field(10, ge=0, description="How long a decision can be undone before it passes on.")
    look_seconds: float = Field(
        600, gt=0, description="How long our own answer is looked for when nobody knows whether it was sent."
    )
    poll_seconds: float = Field(300, gt=0, description="How often a lively source is read, in seconds.")
    second_look: bool = Field(True, description="Whether comments get a second look (on or off).")
    poll_longest_seconds: float = Field(
        3600, gt=0, description="How often a quiet source is read; at most twelve times LEVELHEAD_POLL_SECONDS."
    )

    smtp_host: str = Field("", description="Mail server for notices; empty: no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How mail is encrypted on its way to the server: starttls, tls or none."
    )
    smtp_user: str = Field("", description="User at the mail server; empty: no log-in there.")
    smtp_password: str = Field("", description="Password at the mail server.", repr=False)
    mail_from: str = Field("", description="Address that notices come from; needed with LEVELHEAD_SMTP_HOST.")
    mail_texts: bool = Field(False, description="Whether notices hold the text to be decided on (yes or no).")

    oidc_issuer: str = Field(
        "", description="Address of the OpenID provider people log in with; empty: passwords alone."
    )
    oidc_client_id: str = Field("", description="What the provider calls Levelhead.")
    oidc_client_secret: str = Field("", description="The secret that the provider gave with it.", repr=False)
    oidc_name: str = Field("single sign-on", description="What the log-in page calls the provider.")
    oidc_groups: str = Field("groups", description="The claim that holds a person's groups.")
    oidc_roles: Annotated[dict[str, frozenset[Role]], NoDecode] = Field(
        {}, description="Which group gives which roles: 'press=community manager; board=leadership, expert'."
    )
    oidc_trust_email: bool = Field(
        False, description="Whether an address counts that the provider does not call verified (yes or no)."
    )

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _groups_give_roles(cls, said: object) -> object:
        if not isinstance(said, str):
            return said
        found: dict[str, frozenset[Role]] = {}
        for part in filter(None, map(str.strip, said.split(";"))):
            group, _, roles = part.rpartition("=")
            names = {name.strip() for name in roles.split(",")}
            if not group.strip() or not names <= set(Role):
                raise ValueError(f"write 'group=role, role; group=role', with roles of these: {', '.join(Role)}")
            if Role.APPROVER in names:
                raise ValueError("no group makes an approver: approvers and their levels are named on the People page")
            found[group.strip()] = frozenset(map(Role, names))
        return found

    @field_validator("oidc_issuer")
    @classmethod
    def _web_address(cls, address: str) -> str:
        clean = address.strip().rstrip("/")
        parts = urlsplit(clean)
        if clean and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("give the provider's address, such as https://login.example.org")
        if clean and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("the provider is asked over https alone")
        return clean

    @model_validator(mode="after")
    def _provider_knows_us(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("LEVELHEAD_OIDC_ISSUER needs LEVELHEAD_OIDC_CLIENT_ID and LEVELHEAD_OIDC_CLIENT_SECRET")
        return self

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, address: str) -> str:
        clean = address.strip()
        if clean and not re.fullmatch(r"[^@\s<>,;\x00-\x1f]+@[^@\s<>,;\x00-\x1f]+", clean):
            raise ValueError("give one address alone, such as levelhead@example.org")
        return clean

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_host and not self.mail_from:
            raise ValueError("LEVELHEAD_SMTP_HOST needs LEVELHEAD_MAIL_FROM, the address that notices come from")
        return self

    @field_validator("url")
    @classmethod
    def _as_browsers_write_it(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url.strip().lower())
        if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.path.strip("/") or parts.query:
            raise ValueError("give scheme and host alone, such as https://levelhead.example.org")
        return f"{parts.scheme}://{parts.netloc.removesuffix(_PORTS[parts.scheme])}"

    def final_at(self, done: datetime) -> datetime:
        """When what was done at a moment can be undone no more, and passes on."""
        return done + timedelta(seconds=self.undo_seconds)

    @property
    def address(self) -> str:
        """The address for people, as far as this machine knows it without being asked by one; no slash at its end."""
        return self.url or f"http://localhost:{self.port}"

    @property
    def database(self) -> str:
        """The address of the database in SQLAlchemy's form."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'levelhead.db'}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Raises pydantic's ValidationError naming the variable that is wrong."""
    return Settings()
